"""Errors as RFC 9457 problem documents, or as a page for a person with a browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import (
    DomainError,
    ModuleOffError,
    NotFoundError,
    TenantSuspendedError,
    TenantUnknownError,
    UnauthenticatedError,
    ValidationFailedError,
)
from balcao.kernel.i18n import Translator
from balcao.kernel.observability.logging import security_log
from balcao.kernel.web.dependencies import request_id_of, translator_of
from balcao.kernel.web.route_template import route_template
from balcao.kernel.web.templates import is_partial, render
from balcao.kernel.web.validation_words import message_of

PROBLEM = "application/problem+json"
PAGE_PREFIXES = ("/loja", "/painel", "/central")
SIGN_IN = "/painel/entrar"
_NO_SHOP = (TenantUnknownError, TenantSuspendedError, ModuleOffError)


class MethodNotAllowedError(DomainError):
    """The address exists, the method does not."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed."
    detail = "This address does not accept this method."


class BadRequestError(DomainError):
    """The request could not be read at all."""

    status = 400
    code = "bad_request"
    title = "The request could not be understood."
    detail = "Check the address and what was sent with it."


class PayloadTooLargeError(DomainError):
    """The body is larger than the route takes."""

    status = 413
    code = "payload_too_large"
    title = "This is too large."
    detail = "Send something smaller."


def wants_page(request: Request) -> bool:
    """True when a person's browser asks for one of our pages (not htmx, not a program)."""
    path = request.url.path
    is_page = path == "/" or path.startswith(PAGE_PREFIXES)
    return is_page and "text/html" in request.headers.get("accept", "")


def problem_response(words: Translator, error: DomainError, request_id: str) -> Response:
    """The problem document of a domain error in the caller's language."""
    body: dict[str, Any] = {
        "type": f"/docs/errors#{error.code}",
        "title": words(error.title),
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
    detail = words(error.message, **error.params)
    if isinstance(error, NotFoundError) and error.message == error.detail:
        detail = words("The address may have a typing mistake, or what was here is gone.")
    home_url, home_label = _way_back(request, words, error)
    return render(
        request,
        "problem.html",
        status=error.status,
        problem={
            "status": error.status,
            "title": words(error.title),
            "detail": detail,
            "code": error.code,
            "request_id": request_id_of(request),
        },
        home_url=home_url,
        home_label=home_label,
        retry=error.status in {429, 503},
    )


def _way_back(request: Request, words: Translator, error: DomainError) -> tuple[str, str]:
    """Where the page's button leads: the panel, the shop one was in, or the first page."""
    area, _, rest = request.url.path.removeprefix("/").partition("/")
    if area == "painel":
        return "/painel", words("Back to the panel")
    shop = rest.partition("/")[0]
    if area == "loja" and shop != rest and shop and not isinstance(error, _NO_SHOP):
        return f"/loja/{shop}", words("Back to the shop")
    return "/", words("Back to the start")


async def answer_domain_error(request: Request, error: Exception) -> Response:
    """A refusal: problem document, page, or the way to the sign-in."""
    assert isinstance(error, DomainError)
    if error.status == 403:
        _note_refusal(request, error)
    words = translator_of(request)
    if isinstance(error, UnauthenticatedError) and wants_page(request):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(target, safe='/')}", 303)
    if wants_page(request):
        return _problem_page(request, words, error)
    answer = problem_response(words, error, request_id_of(request))
    return _told_to_htmx(request, words, error, answer) if is_partial(request) else answer


def _note_refusal(request: Request, error: DomainError) -> None:
    """Who was not let in where: a line of the security log."""
    caller = getattr(request.state, "caller", None)
    client = getattr(request.state, "client_masked", None)
    security_log.warning(
        "signature_refused" if error.code == "link_invalid" else "forbidden",
        code=error.code,
        method=request.method,
        route=route_template(request.scope),
        tenant=caller.tenant.slug if caller is not None else None,
        actor=caller.actor.label if caller is not None else None,
        client=client,
    )


def _told_to_htmx(request: Request, words: Translator, error: DomainError, answer: Response) -> Response:
    """A refusal of something on a page becomes a toast, and nothing is swapped; see `render` for why it says 200."""
    if error.status >= 500:
        return answer
    if isinstance(error, UnauthenticatedError):
        page = urlsplit(request.headers.get("hx-current-url", "")).path or request.url.path
        return Response(status_code=204, headers={"hx-redirect": f"{SIGN_IN}?next={quote(page, safe='/')}"})
    # Headers are ASCII; the escapes have to be those of JSON.
    said = json.dumps({"balcao:toast": {"text": words(error.message, **error.params), "tone": "stop"}})
    answer.headers["hx-trigger"] = said
    answer.headers["hx-reswap"] = "none"
    answer.headers["x-form-status"] = str(answer.status_code)
    answer.status_code = 200
    return answer


async def answer_validation_error(request: Request, error: Exception) -> Response:
    """A payload that does not fit the route: 422 with a pointer for each field."""
    assert isinstance(error, RequestValidationError)
    words = translator_of(request)
    errors = [
        {"pointer": _pointer(item["loc"][1:]), "message": message_of(words, item)} for item in error.errors()
    ]
    malformed = any(item["type"] == "json_invalid" for item in error.errors())
    if malformed:
        return await answer_domain_error(request, BadRequestError(errors=errors))
    return await answer_domain_error(request, ValidationFailedError(errors))


def _pointer(parts: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a place in the body."""
    return "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in parts)


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
