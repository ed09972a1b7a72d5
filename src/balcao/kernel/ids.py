"""Identifiers: UUIDv7 (RFC 9562), so that rows made together lie together in the index."""

from __future__ import annotations

import os
import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last_ms = 0
_sequence = 0


def new_id() -> UUID:
    """A fresh UUIDv7. Ids made by one process rise strictly: 12 bits count within the millisecond."""
    global _last_ms, _sequence  # noqa: PLW0603 - the counter of this process
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms, _sequence = now, secrets.randbelow(0x400)
        else:
            _sequence += 1
            if _sequence > 0xFFF:
                _last_ms, _sequence = _last_ms + 1, 0
        milliseconds, sequence = _last_ms, _sequence
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (sequence << 64) | (0b10 << 62) | tail)


def new_token(size: int = 32) -> str:
    """An unguessable URL-safe token of `size` random bytes."""
    return secrets.token_urlsafe(size)
