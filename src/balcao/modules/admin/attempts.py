"""Counting attempts at anything that opens an account."""

from __future__ import annotations

from balcao.kernel.errors import RateLimitedError
from balcao.kernel.observability.logging import security_log
from balcao.kernel.rate_limit import Refused, Rule
from balcao.kernel.runtime import Runtime


async def count_attempt(runtime: Runtime, rule: Rule, key: str) -> None:
    """Counts one attempt; RateLimitedError with Retry-After when it is one too many."""
    outcome = await runtime.limiter.hit(rule, key)
    if isinstance(outcome, Refused):
        security_log.warning("sign_in_throttled", rule=rule.name)
        raise RateLimitedError(headers=outcome.headers(rule))
