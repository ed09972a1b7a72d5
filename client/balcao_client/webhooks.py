"""For programs that receive our webhooks: whether a message is genuine (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict, cast

TOLERANCE_SECONDS: Final = 300.0
_PREFIX: Final = "whsec_"
_STAMP: Final = re.compile(r"[0-9]{1,12}")


class WebhookMessage(TypedDict):
    """A message. `id` may come twice; of one `subject`, what has a lower `sequence` than you know is old."""

    id: str
    type: str
    timestamp: str
    subject: str
    sequence: int
    data: dict[str, Any]


class WebhookRefused(Exception):
    """The message is not from the shop, is too old or too far ahead, or is no message at all."""


def verify_webhook(
    secrets: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> WebhookMessage:
    """The message, once one of the secrets fits one of its signatures. Raises WebhookRefused.

    `body` are the bytes as they came, `tolerance` the seconds its time stamp may be away from `now` (seconds since 1970).
    Give the old and the new secret while you exchange them. Nothing is told of which part did not fit.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not message_id or not _STAMP.fullmatch(stamp):
        raise WebhookRefused("This is no signed message.")
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        raise WebhookRefused("The message is too old, or from the future.")
    signed = f"{message_id}.{stamp}.".encode() + body
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    wanted = [_signature(secret, signed) for secret in known]
    stated = [one.encode() for one in given.get("webhook-signature", "").split(" ")]
    # All are compared, so the time tells nothing of which one fits.
    fits = [hmac.compare_digest(one, other) for one in wanted for other in stated]
    if not any(fits):
        raise WebhookRefused("The signature does not fit.")
    return _message(body)


def _signature(secret: str, signed: bytes) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = secret.encode()
    if not key:
        raise ValueError("an empty secret would let everybody in")
    return b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def _message(body: bytes) -> WebhookMessage:
    try:
        found: Any = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise WebhookRefused("The body is no message.")
    return cast("WebhookMessage", cast("object", found))
