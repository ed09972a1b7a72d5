"""The pictures on the page of a product: each change answers with the block of pictures alone, or with the page."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.web.dependencies import Installation, Work, Works, translator_of
from balcao.kernel.web.templates import is_partial, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_lists import product_document
from balcao.modules.store.catalog_rules import ALT_MAX, PICTURES_MAX
from balcao.modules.store.pages.panel_catalog import EDIT, HOME, frame, id_of
from balcao.modules.store.pages.panel_forms import posted
from balcao.modules.store.product_pictures import (
    add_picture,
    describe_picture,
    drop_sizes,
    order_pictures,
    remove_picture,
)

router = APIRouter(prefix="/painel/catalogo/produtos/{product_id}/fotos")


@router.post("", dependencies=EDIT)
async def upload(request: Request, works: Works, runtime: Installation, product_id: UUID) -> Response:
    """Takes pictures, several at a time; the first that cannot be used ends it and is named."""
    limit = runtime.settings.upload_max_bytes

    async def store() -> None:
        for file in (await request.form()).getlist("pictures")[:PICTURES_MAX]:
            if isinstance(file, UploadFile) and file.filename:
                data = await file.read(limit + 1)
                await add_picture(
                    runtime.transactions, runtime.blobs, works.tenant, works.actor, product_id, data, "",
                    max_bytes=limit,
                )  # fmt: skip

    return await _answer(request, works, product_id, store)


@router.post("/ordem", dependencies=EDIT)
async def order(request: Request, works: Works, product_id: UUID) -> Response:
    """The order after a drag, or a new cover."""
    form = await posted(request)
    ids = [id_of(value) for value in form.listed("ids")[: PICTURES_MAX * 2]]

    async def store() -> None:
        await works.run(lambda uow: order_pictures(uow, product_id, ids))

    return await _answer(request, works, product_id, store)


@router.post("/{picture_id}", dependencies=EDIT)
async def describe(request: Request, works: Works, product_id: UUID, picture_id: UUID) -> Response:
    """The words for those who do not see it."""
    form = await posted(request)
    alt = " ".join(form.text("alt", ALT_MAX).split())

    async def store() -> None:
        form.check()
        await works.run(lambda uow: describe_picture(uow, product_id, picture_id, alt))

    return await _answer(request, works, product_id, store)


@router.post("/{picture_id}/apagar", dependencies=EDIT)
async def erase(
    request: Request, works: Works, runtime: Installation, product_id: UUID, picture_id: UUID
) -> Response:
    """Takes it down."""

    async def store() -> None:
        sizes = await works.run(lambda uow: remove_picture(uow, product_id, picture_id))
        await drop_sizes(runtime.blobs, sizes)

    return await _answer(request, works, product_id, store)


async def _answer(
    request: Request, works: Work, product_id: UUID, store: Callable[[], Awaitable[None]]
) -> Response:
    words = translator_of(request)
    problem: str | None = None
    try:
        await store()
    except NotFoundError:
        raise
    except DomainError as error:
        if error.status not in {409, 413, 422} or not is_partial(request):
            raise
        problem = words(error.message, **error.params)
    if not is_partial(request):
        return RedirectResponse(f"{HOME}/produtos/{product_id}?feito=fotos#fotos", 303)

    async def show(uow: UnitOfWork) -> Response:
        product = await product_document(uow, product_id)
        context: dict[str, Any] = {**frame(request, uow), "product": product, "pictures_max": PICTURES_MAX}
        return render(
            request,
            "store/panel/catalog/pictures.html",
            status=422 if problem else 200,
            problem=problem,
            **context,
        )

    response = await works.run(show)
    if problem is None:
        toast = {"text": words("The pictures were saved."), "tone": "done"}
        response.headers["HX-Trigger"] = json.dumps({"balcao:toast": toast})
    return response
