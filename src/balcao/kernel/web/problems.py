"""Errors as RFC 9457 problem documents, or as a page for a person with a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, NotFoundError, UnauthenticatedError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import request_id_of, translator_of
from balcao.kernel.web.templates import render
from balcao.kernel.web.validation_words import message_of

PROBLEM = "application/problem+json"
PAGE_PREFIXES = ("/loja", "/painel", "/central")
SIGN_IN = "/painel/entrar"
log = structlog.get_logger("balcao.problems")


class MethodNotAllowedError(DomainError):
    """The address exists, the method does not."""

    status = 405
    code = "method_not_allowed"
    detail = "This address does not accept this method."


class BadRequestError(DomainError):
    """The request could not be read at all."""

    status = 400
    code = "bad_request"
    detail = "The request could not be understood."


class PayloadTooLargeError(DomainError):
    """The body is larger than the route takes."""

    status = 413
    code = "payload_too_large"
    detail = "This is too large."


def wants_page(request: Request) -> bool:
    """True when a person's browser asks for one of our pages (not htmx, not a program)."""
    path = request.url.path
    is_page = path == "/" or path.startswith(PAGE_PREFIXES)
    return is_page and "text/html" in request.headers.get("accept", "")


def problem_response(words: Translator, error: DomainError, request_id: str) -> Response:
    """The problem document of a domain error in the caller's language."""
    title = words(error.detail) if error.message != error.detail else words(error.message, **error.params)
    body: dict[str, Any] = {
        "type": f"/docs/errors#{error.code}",
        "title": title,
        "status": error.status,
        "code": error.code,
        "detail": words(error.message, **error.params),
        **_translated(words, error.ext),
        "request_id": request_id,
    }
    content = orjson.dumps(body, default=str)
    return Response(content, error.status, dict(error.headers), media_type=PROBLEM)


def _translated(words: Translator, ext: Mapping[str, Any]) -> dict[str, Any]:
    """Payload errors carry English msgids; everything else is data."""
    out = dict(ext)
    if "errors" in out:
        out["errors"] = [{**item, "message": words(item["message"])} for item in out["errors"]]
    return out


def _problem_page(request: Request, words: Translator, error: DomainError) -> Response:
    in_panel = request.url.path.startswith("/painel")
    return render(
        request,
        "problem.html",
        status=error.status,
        problem={
            "status": error.status,
            "title": words(error.detail),
            "detail": words(error.message, **error.params),
            "code": error.code,
            "request_id": request_id_of(request),
        },
        home_url="/painel" if in_panel else "/",
        home_label=words("Back to the panel") if in_panel else words("Back to the start"),
        retry=error.status in {429, 503},
    )


async def answer_domain_error(request: Request, error: Exception) -> Response:
    """A refusal: problem document, page, or the way to the sign-in."""
    assert isinstance(error, DomainError)
    words = translator_of(request)
    if isinstance(error, UnauthenticatedError) and wants_page(request):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(target, safe='/')}", 303)
    if wants_page(request):
        return _problem_page(request, words, error)
    return problem_response(words, error, request_id_of(request))


async def answer_validation_error(request: Request, error: Exception) -> Response:
    """A payload that does not fit the route: 422 with a pointer for each field."""
    assert isinstance(error, RequestValidationError)
    words = translator_of(request)
    errors = [
        {"pointer": "/" + "/".join(str(part) for part in item["loc"][1:]), "message": message_of(words, item)}
        for item in error.errors()
    ]
    malformed = any(item["type"] == "json_invalid" for item in error.errors())
    if malformed:
        return await answer_domain_error(request, BadRequestError(errors=errors))
    return await answer_domain_error(request, ValidationFailedError(errors))


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Starlette's own refusals, in our form."""
    assert isinstance(error, HTTPException)
    kinds: dict[int, DomainError] = {
        404: NotFoundError(),
        405: MethodNotAllowedError(),
        413: PayloadTooLargeError(),
    }
    known = kinds.get(error.status_code, BadRequestError())
    known.headers.update(error.headers or {})
    return await answer_domain_error(request, known)


def install_problem_handlers(app: FastAPI) -> None:
    """Hangs the handlers into the application."""
    app.add_exception_handler(DomainError, answer_domain_error)
    app.add_exception_handler(RequestValidationError, answer_validation_error)
    app.add_exception_handler(HTTPException, answer_http_exception)
