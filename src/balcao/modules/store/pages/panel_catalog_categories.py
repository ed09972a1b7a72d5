"""Categories in the panel: a list one drags into order, each line its own small form."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.web.dependencies import Allow, ReadUow, Work, Works, translator_of
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.api.admin_catalog_schemas import CategoryIn, CategoryPatch
from balcao.modules.store.catalog_bulk import reorder_categories
from balcao.modules.store.catalog_lists import list_categories, store_choices
from balcao.modules.store.catalog_shelves import create_category, delete_category, update_category
from balcao.modules.store.pages.panel_catalog import EDIT, HOME, frame, id_of
from balcao.modules.store.pages.panel_catalog_form import Draft, fill, note_faults, note_refusal
from balcao.modules.store.pages.panel_forms import Form, posted

router = APIRouter(prefix="/painel/catalogo/categorias")
HERE = f"{HOME}/categorias"


@router.get("", dependencies=[Depends(Allow("store.catalog:view"))])
async def categories_page(
    request: Request, uow: ReadUow, feito: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Every category in the order of the menu."""
    return await _show(request, uow, None, _read(Form({"is_active": "1"}, {})), feito=feito)


@router.post("", dependencies=EDIT)
async def create(request: Request, works: Works) -> Response:
    """Adds one at the end."""
    form = await posted(request)
    draft, words = _read(form), translator_of(request)
    body = fill(CategoryIn, _body(draft), words, draft)
    if body is None:
        return await _again(request, works, None, draft)
    try:
        await works.run(lambda uow: create_category(uow, body.name, store_id=body.store_id))
    except DomainError as error:
        note_refusal(draft, error, words)
        return await _again(request, works, None, draft)
    return RedirectResponse(f"{HERE}?feito=salvo", 303)


@router.post("/ordem", status_code=204, dependencies=EDIT)
async def order(request: Request, works: Works) -> None:
    """The order after a drag."""
    form = await posted(request)
    ids = [id_of(value) for value in form.listed("ids")[:500]]
    await works.run(lambda uow: reorder_categories(uow, ids))


@router.post("/{category_id}", dependencies=EDIT)
async def save(request: Request, works: Works, category_id: UUID) -> Response:
    """Saves one line."""
    form = await posted(request)
    draft, words = _read(form), translator_of(request)
    version = form.whole("version", 1, 2**31)
    body = fill(CategoryPatch, {**_body(draft), "version": version}, words, draft)
    note_faults(draft, form, words)
    if body is None or draft.errors:
        return await _again(request, works, category_id, draft)
    changes = {"name": body.name, "store_id": body.store_id, "is_active": body.is_active}
    try:
        await works.run(lambda uow: update_category(uow, category_id, changes, version))
    except NotFoundError:
        raise
    except DomainError as error:
        note_refusal(draft, error, words)
        return await _again(request, works, category_id, draft)
    return RedirectResponse(f"{HERE}?feito=salvo", 303)


@router.post("/{category_id}/apagar", dependencies=EDIT)
async def erase(request: Request, works: Works, category_id: UUID) -> Response:
    """Erases an empty one."""
    try:
        await works.run(lambda uow: delete_category(uow, category_id))
    except NotFoundError:
        raise
    except DomainError as error:
        draft = _read(Form({"is_active": "1"}, {}))
        note_refusal(draft, error, translator_of(request))
        return await _again(request, works, None, draft, error.status)
    return RedirectResponse(f"{HERE}?feito=apagado", 303)


def _read(form: Form) -> Draft:
    return Draft({name: form.values.get(name, "") for name in ("name", "store_id", "is_active")}, {})


def _body(draft: Draft) -> dict[str, Any]:
    values = draft.values
    return {
        "name": values["name"], "store_id": values["store_id"] or None, "is_active": values["is_active"] == "1",
    }  # fmt: skip


async def _again(
    request: Request, works: Work, category_id: UUID | None, draft: Draft, status: int = 422
) -> Response:
    return await works.run(lambda uow: _show(request, uow, category_id, draft, status=status))


async def _show(
    request: Request,
    uow: UnitOfWork,
    category_id: UUID | None,
    draft: Draft,
    *,
    status: int = 200,
    feito: str = "",
) -> Response:
    """`category_id` is the line the draft belongs to; None is the one for a new category."""
    stores = await store_choices(uow)
    return render(
        request, "store/panel/catalog/categories.html", status=status, **frame(request, uow, feito),
        categories=await list_categories(uow), store_list=stores, store_choices=stores, edited=category_id, draft=draft,
    )  # fmt: skip
