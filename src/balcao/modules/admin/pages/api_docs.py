"""The API's own pages: Swagger UI, ReDoc, the list of errors, the Postman collection. Everything comes from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.web import middleware_refusals
from balcao.kernel.web.dependencies import Installation, Public, Words
from balcao.kernel.web.headers import CONTENT_SECURITY_POLICY
from balcao.kernel.web.middleware_refusals import Refusal
from balcao.kernel.web.templates import render
from balcao.modules.admin.postman import postman_collection

router = APIRouter()
OPEN = Depends(Public("programs have to know how to ask"))


async def _where_open(runtime: Installation) -> None:
    """404 where API_DOCS is closed: a stranger learns nothing of the doors there are."""
    if not runtime.settings.docs_are_open:
        raise NotFoundError


WHERE_OPEN = Depends(_where_open)
# ReDoc's style library fills an empty style element through the object model, which adds no markup: the hash of the
# empty text lets exactly that element in, the second hash one fixed style sheet of its own. Its search runs in a worker
# made of a blob.
REDOC_STYLES: Final = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
REDOC_POLICY: Final = CONTENT_SECURITY_POLICY.replace(
    "style-src 'self'", f"style-src 'self' {REDOC_STYLES}"
).replace("worker-src 'self'", "worker-src 'self' blob:")


@router.get("/docs", dependencies=[OPEN, WHERE_OPEN])
async def swagger_ui(request: Request) -> Response:
    """Swagger UI on /openapi.json."""
    return render(request, "admin/swagger.html")


@router.get("/redoc", dependencies=[OPEN, WHERE_OPEN])
async def redoc(request: Request) -> Response:
    """ReDoc on /openapi.json."""
    response = render(request, "admin/redoc.html")
    response.headers["content-security-policy"] = REDOC_POLICY
    return response


@router.get("/docs/errors", dependencies=[OPEN])
async def errors(request: Request, words: Words) -> Response:
    """Every error code with its status and words; problem documents link here."""
    edge = [kind for kind in vars(middleware_refusals).values() if isinstance(kind, Refusal)]
    known = {kind.code: kind for kind in [*edge, *reversed([*_all_errors(DomainError)])]}
    rows = [
        {"code": code, "status": kind.status, "title": words(kind.title), "text": words(kind.detail)}
        for code, kind in sorted(known.items())
    ]
    return render(request, "admin/errors.html", rows=rows)


def _all_errors(kind: type[DomainError]) -> Iterable[type[DomainError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _all_errors(below)


@router.get("/postman.json", dependencies=[OPEN, WHERE_OPEN])
async def postman(request: Request, runtime: Installation) -> Response:
    """The API as a Postman collection (v2.1), made from the OpenAPI document."""
    collection = postman_collection(request.app.openapi(), runtime.settings.api_base_url)
    return Response(
        orjson.dumps(collection, option=orjson.OPT_INDENT_2),
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="balcao.postman_collection.json"'},
    )
