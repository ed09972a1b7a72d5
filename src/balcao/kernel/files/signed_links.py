"""Links to private files that work for whoever holds them, until they expire.

The signature covers the path and the moment of expiry. Keys rotate: the first signs, all of them verify.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

from balcao.kernel.errors import DomainError

KEY_MIN_BYTES: Final = 32
EXPIRY_PARAMETER: Final = "exp"
SIGNATURE_PARAMETER: Final = "sig"
_CONTEXT: Final = b"balcao signed link 1\n"


class LinkInvalidError(DomainError):
    """The link was changed, signed by nobody we know, or its time is over: the same answer for all three."""

    status = 403
    code = "link_invalid"
    title = "Link not valid."
    detail = "This link does not work any more. Ask for a new one."


class LinkSigner:
    """Signs and verifies paths with rotating keys, each of 32 bytes or more."""

    def __init__(self, current: bytes, *previous: bytes) -> None:
        keys = (current, *previous)
        if any(len(key) < KEY_MIN_BYTES for key in keys):
            raise ValueError(f"a signing key needs {KEY_MIN_BYTES} bytes or more")
        self._keys: Sequence[bytes] = keys

    def sign(self, path: str, expires_at: datetime) -> str:
        """The path with its expiry (whole seconds) and signature as query parameters."""
        expires = int(expires_at.timestamp())
        query = {EXPIRY_PARAMETER: expires, SIGNATURE_PARAMETER: _signature(self._keys[0], path, expires)}
        return f"{path}?{urlencode(query)}"

    def verify(self, path: str, query: Mapping[str, str], now: datetime) -> datetime:
        """The expiry of a good link. Raises LinkInvalidError for any other; takes as long for each of them."""
        stated, signature = query.get(EXPIRY_PARAMETER, ""), query.get(SIGNATURE_PARAMETER, "")
        well_formed = stated.isascii() and stated.isdecimal() and len(stated) <= 11 and signature.isascii()
        expires = int(stated) if well_formed else 0
        given = signature if well_formed else ""
        # Every key is tried even after a match, so that the time taken does not tell which one signed.
        matches = [hmac.compare_digest(given, _signature(key, path, expires)) for key in self._keys]
        if not any(matches) or expires <= now.timestamp():
            raise LinkInvalidError
        return datetime.fromtimestamp(expires, UTC)


def _signature(key: bytes, path: str, expires: int) -> str:
    message = _CONTEXT + str(expires).encode() + b"\n" + path.encode()
    return base64.urlsafe_b64encode(hmac.digest(key, message, sha256)).rstrip(b"=").decode()
