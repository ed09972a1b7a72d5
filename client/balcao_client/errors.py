"""What goes wrong: problem documents of the API (RFC 9457) as exceptions, and a network that does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import httpx

from balcao_client.waits import retry_after

_KNOWN: Final = {"type", "title", "status", "code", "detail", "errors", "request_id"}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; `pointer` is its JSON pointer (RFC 6901) in the body, `/lines/0/price_cents`."""

    pointer: str
    message: str


class BalcaoError(Exception):
    """The API refused, or did not answer as it should.

    `code` is stable and documented, `detail` is for people, in the client's language. `retry_after` is in seconds, when
    the API said it. `extra` has what this code tells besides, such as `items` of `insufficient_stock`.
    """

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        status: int = 0,
        errors: tuple[FieldError, ...] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.status = status
        self.errors = errors
        self.request_id = request_id
        self.retry_after = retry_after
        self.extra: Mapping[str, Any] = extra or {}

    def __str__(self) -> str:
        fields = "; ".join(f"{error.pointer}: {error.message}" for error in self.errors)
        about = f"{self.status or ''} {self.code}".strip() + f": {self.detail}"
        request = f" [request {self.request_id}]" if self.request_id else ""
        return f"{about} ({fields}){request}" if fields else f"{about}{request}"


class BalcaoUnreachable(BalcaoError):
    """Nobody answered, or the line broke. What a write did is unknown, unless it carried an idempotency key."""


class BadRequest(BalcaoError):
    """400, 405, 413 …: the request itself is at fault."""


class Unauthenticated(BalcaoError):
    """401: no key or token, or one that does not count any more."""


class PermissionDenied(BalcaoError):
    """402, 403: known, but may not do this, or the plan does not have it."""


class NotFound(BalcaoError):
    """404: not there, or not yours."""


class Conflict(BalcaoError):
    """409, 410, 412: what there is does not allow it; `code` says why."""


class VersionConflict(Conflict):
    """Somebody was faster: `current` is what there is now. Take its version and write again, if it still makes sense."""

    @property
    def current(self) -> Any:
        """The present state, when the API sent it."""
        return self.extra.get("current")


class ValidationFailed(BalcaoError):
    """422: `errors` says which fields."""


class RateLimited(BalcaoError):
    """429: too often; `retry_after` seconds from now it may be tried again."""


class ServerFailed(BalcaoError):
    """5xx: the fault is the server's."""


_BY_STATUS: Final[Mapping[int, type[BalcaoError]]] = {
    401: Unauthenticated,
    402: PermissionDenied,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    410: Conflict,
    412: Conflict,
    422: ValidationFailed,
    429: RateLimited,
}


def error_of(response: httpx.Response) -> BalcaoError:
    """The exception of an answer that is no success; its body has been read."""
    problem = _problem(response)
    status, code = response.status_code, str(problem.get("code") or f"http_{response.status_code}")
    return _kind(status, code)(
        str(problem.get("detail") or problem.get("title") or response.reason_phrase or "No problem document"),
        code=code,
        status=status,
        errors=tuple(_fields(problem.get("errors"))),
        request_id=problem.get("request_id") or response.headers.get("x-request-id"),
        retry_after=retry_after(response.headers.get("retry-after")),
        extra={key: value for key, value in problem.items() if key not in _KNOWN},
    )


def _kind(status: int, code: str) -> type[BalcaoError]:
    if code == "version_conflict":
        return VersionConflict
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return ServerFailed
    return BadRequest if status >= 400 else BalcaoError


def _problem(response: httpx.Response) -> dict[str, Any]:
    if "json" not in response.headers.get("content-type", ""):
        return {}
    try:
        found: Any = response.json()
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _fields(errors: Any) -> list[FieldError]:
    if not isinstance(errors, list):
        return []
    items = [cast("dict[str, Any]", item) for item in cast("list[Any]", errors) if isinstance(item, dict)]
    return [FieldError(str(item.get("pointer", "")), str(item.get("message", ""))) for item in items]
