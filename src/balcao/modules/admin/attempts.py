"""Counting attempts at anything that opens an account."""

from __future__ import annotations

import hashlib
from typing import Final

from balcao.kernel.errors import RateLimitedError
from balcao.kernel.observability.logging import security_log
from balcao.kernel.rate_limit import Refused, Rule, Window
from balcao.kernel.runtime import Runtime

# platform.md 4: ten attempts a minute for one account and for one address, whatever else the address does.
ACCOUNT_RULE: Final = Rule("sign_in_account", (Window(10, 60),))
ADDRESS_RULE: Final = Rule("sign_in_address", (Window(10, 60),))


def account_mark(email: str) -> str:
    """A stable mark of an e-mail address for counters and logs; the address itself stays out of both."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:16]


async def count_attempt(runtime: Runtime, rule: Rule, key: str) -> None:
    """Counts one attempt; RateLimitedError with Retry-After when it is one too many."""
    outcome = await runtime.limiter.hit(rule, key)
    if isinstance(outcome, Refused):
        security_log.warning("sign_in_throttled", rule=rule.name)
        raise RateLimitedError(headers=outcome.headers(rule))
