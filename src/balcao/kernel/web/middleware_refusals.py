"""Answers the edge gives by itself: problem documents (RFC 9457) in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from balcao.kernel.i18n import Translator
from balcao.kernel.web.headers import RawHeaders

PROBLEM: Final = b"application/problem+json"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status with a code; `title` and `detail` are English msgids. `closes` ends the connection afterwards."""

    status: int
    code: str
    title: str
    detail: str
    headers: RawHeaders = field(default_factory=RawHeaders)
    closes: bool = False

    def with_headers(self, headers: RawHeaders) -> Refusal:
        """The same refusal with more headers."""
        return Refusal(
            self.status, self.code, self.title, self.detail, [*self.headers, *headers], self.closes
        )

    def body(self, words: Translator, request_id: str) -> bytes:
        """The problem document."""
        document: Mapping[str, Any] = {
            "type": f"/docs/errors#{self.code}",
            "title": words.t(self.title),
            "status": self.status,
            "code": self.code,
            "detail": words.t(self.detail),
            "request_id": request_id,
        }
        return orjson.dumps(document)


HOST_UNKNOWN: Final = Refusal(
    400, "host_unknown", "This address is not served here.", "Check the address and try again."
)
MALFORMED: Final = Refusal(
    400, "bad_request", "The request could not be understood.", "Check the address and try again."
)
CROSS_ORIGIN: Final = Refusal(
    403,
    "cross_origin",
    "This request came from another site.",
    "Open the page again and repeat what you were doing.",
)
PAYLOAD_TOO_LARGE: Final = Refusal(
    413, "payload_too_large", "This is too large.", "Send something smaller.", closes=True
)
BODY_TOO_SLOW: Final = Refusal(
    408, "body_too_slow", "The upload took too long.", "Check your connection and try again.", closes=True
)
RATE_LIMITED: Final = Refusal(
    429, "rate_limited", "Too many requests.", "Too many requests. Wait a moment and try again."
)
MAINTENANCE: Final = Refusal(
    503,
    "maintenance",
    "We will be right back.",
    "The installation is being looked after. Try again in a minute.",
    headers=[(b"retry-after", b"30")],
)
INTERNAL_ERROR: Final = Refusal(
    500,
    "internal_error",
    "Something went wrong on our side.",
    "It was written down. Try again in a moment.",
)
