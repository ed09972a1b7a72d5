"""Who sent a billing message, and when: an HMAC over time stamp and body. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

TOLERANCE: Final = timedelta(minutes=5)
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_SECONDS: Final = re.compile(r"[0-9]{1,12}")


def sign_billing(secret: str, body: bytes, timestamp: str) -> str:
    """The signature of `timestamp.body`, in hex; of the body alone when `timestamp` is empty (the former way)."""
    message = timestamp.encode() + b"." + body if timestamp else body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_from_billing(
    secrets: Sequence[str], body: bytes, *, signature: str, timestamp: str, now: datetime, legacy: bool
) -> bool:
    """True for a message that one of the secrets signed within five minutes of `now`.

    `signature` is hex, with or without `sha256=`; `timestamp` is in seconds since 1970. With `legacy`, a message
    without a time stamp may be signed over its body alone.
    """
    given = signature.strip().lower().removeprefix("sha256=")
    if not _HEX.fullmatch(given):
        return False
    timestamp = timestamp.strip()
    if timestamp and not _is_fresh(timestamp, now):
        return False
    if not timestamp and not legacy:
        return False
    # Every secret is compared, so the time tells nothing of which one it was.
    matches = [hmac.compare_digest(sign_billing(secret, body, timestamp), given) for secret in secrets]
    return any(matches)


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not _SECONDS.fullmatch(timestamp):
        return False
    try:
        stated = datetime.fromtimestamp(int(timestamp), UTC)
    except (OverflowError, ValueError):
        return False
    return abs(now - stated) <= TOLERANCE
