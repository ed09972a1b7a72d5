"""The OpenAPI document: what FastAPI knows of the routes, and how each of them refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from balcao.kernel.errors import (
    DomainError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
    UnavailableError,
    ValidationFailedError,
    VersionConflictError,
)
from balcao.kernel.web.dependencies import Allow
from balcao.kernel.web.problems import PROBLEM, BadRequestError, PayloadTooLargeError

PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). `code` is stable; `title` names it, `detail` says what happened, both in the caller's language.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "minLength": 1},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "detail": {"type": "string", "minLength": 1},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer (RFC 6901) into the body"},
                    "message": {"type": "string", "minLength": 1},
                },
            },
        },
    },
    "additionalProperties": True,
}
REASONS: Final[dict[str, str]] = {
    "400": "The request cannot be read",
    "401": "Sign in first",
    "403": "Not permitted",
    "404": "Not there, or not yours",
    "409": "Conflicts with the current state",
    "413": "Too large",
    "422": "Some fields need attention",
    "429": "Too many requests; Retry-After says when to come back",
    "default": "Any other refusal",
}
# The refusal shown as the example of a status.
_SHOWN: Final[dict[str, type[DomainError]]] = {
    "400": BadRequestError,
    "401": UnauthenticatedError,
    "403": ForbiddenError,
    "404": NotFoundError,
    "409": VersionConflictError,
    "413": PayloadTooLargeError,
    "422": ValidationFailedError,
    "429": RateLimitedError,
    "default": UnavailableError,
}
SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "admin_token"},
    "api_key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "A key of a business for programs; it may do what it was made for.",
    },
}
PEOPLES_SCHEMES: Final = ("bearer", "cookie")
_FASTAPI_SCHEMAS: Final = ("HTTPValidationError", "ValidationError")
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})


def describe_refusals(app: FastAPI) -> None:
    """Makes the application's document say, for each route, who may enter and what refusals look like."""
    plain = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain(), _guarded(app))
        return plain()

    app.openapi = document


def _guarded(app: FastAPI) -> dict[tuple[str, str], bool]:
    """Path and method of the routes that want a sign-in, and whether they want a person."""
    return dict(_guarded_routes(app))


def _guarded_routes(app: FastAPI) -> Iterator[tuple[tuple[str, str], bool]]:
    for context in iter_route_contexts(app.routes):
        route: Any = getattr(context, "original_route", context)
        if not isinstance(route, APIRoute):
            continue
        guards = [d.dependency for d in route.dependencies if isinstance(d.dependency, Allow)]
        if guards:
            path = getattr(context, "path", None) or route.path
            people_only = any(guard.no_keys for guard in guards)
            yield from (((str(path), method.lower()), people_only) for method in route.methods or ())


def _complete(document: dict[str, Any], guarded: Mapping[tuple[str, str], bool]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _FASTAPI_SCHEMAS:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = SECURITY_SCHEMES
    components["examples"] = {kind.code: _example(kind) for kind in _SHOWN.values()}
    for path, item in document["paths"].items():
        for method in _METHODS & item.keys():
            people_only = guarded.get((path, method))
            _describe(method, item[method], is_guarded=people_only is not None, people_only=bool(people_only))
            _show_refusals(item[method]["responses"])


def _example(kind: type[DomainError]) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": f"/docs/errors#{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "code": kind.code,
        "detail": kind.detail,
        "request_id": "9f0c6a1d2b7e4835a1c0d2e4",
    }
    if kind is ValidationFailedError:
        value["errors"] = [{"pointer": "/name", "message": "This field is missing."}]
    return {"summary": kind.title, "value": value}


def _show_refusals(responses: Mapping[str, Any]) -> None:
    for status, response in responses.items():
        problem = response.get("content", {}).get(PROBLEM)
        if problem is not None and status in _SHOWN:
            code = _SHOWN[status].code
            problem["examples"] = {code: {"$ref": f"#/components/examples/{code}"}}


def _describe(method: str, operation: dict[str, Any], *, is_guarded: bool, people_only: bool) -> None:
    responses = operation["responses"]
    statuses = {"429", "default"}
    if "422" in responses:
        statuses |= {"404", "422"}
    if "requestBody" in operation:
        statuses |= {"400", "413", "422"}
    if method != "get":
        statuses.add("409")
    if is_guarded:
        statuses |= {"401", "403"}
        schemes = PEOPLES_SCHEMES if people_only else SECURITY_SCHEMES
        operation["security"] = [{name: []} for name in schemes]
    if _is_fastapis_own(responses.get("422", {})):
        del responses["422"]
    for status in sorted(statuses):
        responses.setdefault(status, _refusal(REASONS[status]))
    for status, response in responses.items():
        if status.startswith("4"):
            response["content"] = _refusal("")["content"]


def _is_fastapis_own(response: dict[str, Any]) -> bool:
    return _FASTAPI_SCHEMAS[0] in str(response.get("content", ""))


def _refusal(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {PROBLEM: {"schema": schema}}}
