"""How a webhook proves where it comes from. Pure.

Two signatures travel with every message: that of Standard Webhooks (`webhook-signature`, HMAC-SHA-256 over
`id.timestamp.body` under the bytes behind `whsec_`, base64), and a plain one (`X-Signature`, HMAC-SHA-256 over
`timestamp.body` under the secret as it is written, hex). While a secret is exchanged, both carry one per secret.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A fresh secret: `whsec_` and the base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def plain_signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA-256 of `timestamp.body`, in hex; the timestamp is in seconds since 1970."""
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def standard_signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of Standard Webhooks: `v1,` and the base64 of HMAC-SHA-256 of `id.timestamp.body`."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def signed_headers(secrets_: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one try; the newest secret comes first."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            standard_signature(secret, message_id, timestamp, body) for secret in secrets_
        ),
        "x-timestamp": str(timestamp),
        "x-signature": ",".join(plain_signature(secret, timestamp, body) for secret in secrets_),
    }


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()  # a secret of another making: its own letters
