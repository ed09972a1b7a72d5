"""Errors a caller can act on. Each has a stable code, an HTTP status and a text in both languages.

`title` and `detail` are English msgids: the name of the refusal, the same every time (RFC 9457, 3.1.3), and what happened;
named parameters fill the latter after translation. `ext` travels in the problem document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a reason. Subclasses fix `status`, `code`, its `title` and the default `detail`."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "conflict"
    title: ClassVar[str] = "Conflict with the current state."
    detail: ClassVar[str] = "The request conflicts with the current state."

    def __init__(
        self,
        detail: str | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **ext: Any,
    ) -> None:
        self.message = detail or self.detail
        self.params = dict(params or {})
        self.headers = dict(headers or {})
        self.ext = ext
        super().__init__(self.message)


class NotFoundError(DomainError):
    """Not there, or not yours: the same answer, so existence never leaks."""

    status = 404
    code = "not_found"
    title = "Not found."
    detail = "There is nothing here."


class TenantUnknownError(DomainError):
    """No tenant could be told from the request."""

    status = 404
    code = "tenant_unknown"
    title = "Unknown business."
    detail = "No business was found for this address."


class TenantSuspendedError(DomainError):
    """The tenant was suspended or closed by the platform."""

    status = 403
    code = "tenant_suspended"
    title = "Business not active."
    detail = "This business is not active at the moment."


class PlanInactiveError(DomainError):
    """The tenant's plan lapsed: browsing goes on, selling stops."""

    status = 402
    code = "plan_inactive"
    title = "Plan not active."
    detail = "This business is not taking orders at the moment."


class ModuleOffError(DomainError):
    """The tenant's plan does not include the module."""

    status = 404
    code = "module_off"
    title = "Not switched on."
    detail = "This part of the product is not switched on for this business."


class UnauthenticatedError(DomainError):
    """Sign-in is needed, or the session ended."""

    status = 401
    code = "unauthenticated"
    title = "Sign-in needed."
    detail = "Sign in to continue."


class ForbiddenError(DomainError):
    """Signed in, but without the permission."""

    status = 403
    code = "forbidden"
    title = "Not allowed."
    detail = "You do not have permission to do this."


class PeopleOnlyError(ForbiddenError):
    """A program with an API key asked for what a person decides: passwords, sessions, keys, second factors, and who of
    the team may do what."""

    code = "people_only"
    title = "Not for API keys."
    detail = "An API key cannot do this. Sign in as a person."


class ImpersonatingError(DomainError):
    """Somebody of the platform acts in a person's name: what only that person may do is shut."""

    status = 403
    code = "impersonating"
    title = "Not possible as support."
    detail = "As support you cannot change passwords, keys or sign-ins. Only the person can."


class ValidationFailedError(DomainError):
    """The payload is wrong. `errors` lists `{pointer, message}`."""

    status = 422
    code = "validation"
    title = "Fields to correct."
    detail = "Some fields need attention."

    def __init__(self, errors: list[dict[str, str]], detail: str | None = None) -> None:
        super().__init__(detail, errors=errors)

    @classmethod
    def at(cls, pointer: str, message: str) -> ValidationFailedError:
        """One field is wrong; `pointer` is its JSON pointer, `message` an English msgid."""
        return cls([{"pointer": pointer, "message": message}])


class VersionConflictError(DomainError):
    """Somebody changed the resource first. `current` holds its present state."""

    code = "version_conflict"
    title = "Changed meanwhile."
    detail = "Somebody changed this a moment ago. Look at the current state and try again."


class AlreadyExistsError(DomainError):
    """A name or number that must be unique is taken."""

    code = "already_exists"
    title = "Already taken."
    detail = "There is already one with this name."


class RateLimitedError(DomainError):
    """Too many requests; `Retry-After` says when to come back."""

    status = 429
    code = "rate_limited"
    title = "Too many requests."
    detail = "Too many requests. Wait a moment and try again."


class UnavailableError(DomainError):
    """A needed part is down for a moment; trying again is right."""

    status = 503
    code = "unavailable"
    title = "Unavailable for the moment."
    detail = "This is not available right now. Try again in a moment."
