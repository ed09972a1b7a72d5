"""Lists of options in the panel: what may be chosen with a product, and what it costs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, NotFoundError, VersionConflictError
from balcao.kernel.web.dependencies import Allow, ReadUow, Work, Works, translator_of
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.api.admin_catalog_schemas import OptionGroupIn, OptionGroupPatch
from balcao.modules.store.catalog_lists import Document, list_option_groups, option_group_document
from balcao.modules.store.catalog_options import (
    create_option_group,
    delete_option_group,
    update_option_group,
)
from balcao.modules.store.catalog_rules import CHOICES_MAX
from balcao.modules.store.pages.panel_catalog import EDIT, HOME, frame
from balcao.modules.store.pages.panel_catalog_form import (
    BLANKS,
    OPTION_FIELDS,
    Draft,
    cents_of,
    fill,
    money_text,
    note_faults,
    note_refusal,
    number_of,
    read_rows,
    take_step,
    without_blanks,
)
from balcao.modules.store.pages.panel_forms import Form, posted

router = APIRouter(prefix="/painel/catalogo/complementos")
VIEW = [Depends(Allow("store.catalog:view"))]
SCALARS = ("name", "pricing_mode", "is_active", "version")


@router.get("", dependencies=VIEW)
async def groups_page(
    request: Request, uow: ReadUow, feito: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Every list, with a glimpse of its options and how many products offer it."""
    groups, _ = await list_option_groups(uow)
    return render(request, "store/panel/catalog/groups.html", **frame(request, uow, feito), groups=groups)


@router.get("/novo", dependencies=EDIT)
async def new_page(request: Request, uow: ReadUow) -> Response:
    """An empty list with room for three options."""
    values = {"name": "", "pricing_mode": "sum", "is_active": "1", "version": ""}
    return _show(request, uow, None, Draft(values, {"option": [dict(BLANKS["option"]) for _ in range(3)]}))


@router.post("/novo", dependencies=EDIT)
async def create(request: Request, works: Works) -> Response:
    """Makes the list."""
    form = await posted(request)
    draft, step = _read(form)
    words = translator_of(request)
    if step is not None:
        take_step(step, draft.rows)
        return await _again(request, works, None, draft, 200)
    body = fill(OptionGroupIn, _body(form, draft), words, draft)
    note_faults(draft, form, words)
    if body is None or draft.errors:
        return await _again(request, works, None, draft, 422)
    options = [option.draft() for option in body.options]
    try:
        await works.run(
            lambda uow: create_option_group(
                uow, body.name, options, pricing_mode=body.pricing_mode, is_active=body.is_active
            )
        )
    except DomainError as error:
        note_refusal(draft, error, words)
        return await _again(request, works, None, draft, 422)
    return RedirectResponse(f"{HOME}/complementos?feito=salvo", 303)


@router.get("/{group_id}", dependencies=VIEW)
async def group_page(
    request: Request, uow: ReadUow, group_id: UUID, feito: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """One list."""
    group = await option_group_document(uow, group_id)
    return _show(request, uow, group, _draft_of(group), feito=feito)


@router.post("/{group_id}", dependencies=EDIT)
async def save(request: Request, works: Works, group_id: UUID) -> Response:
    """Saves the list; a stale form comes back with what was typed."""
    form = await posted(request)
    draft, step = _read(form)
    words = translator_of(request)
    if step is not None:
        take_step(step, draft.rows)
        return await _again(request, works, group_id, draft, 200)
    version = form.whole("version", 1, 2**31)
    body = fill(OptionGroupPatch, {**_body(form, draft), "version": version}, words, draft)
    note_faults(draft, form, words)
    if body is None or draft.errors:
        return await _again(request, works, group_id, draft, 422)
    changes: dict[str, Any] = {
        "name": body.name,
        "pricing_mode": body.pricing_mode,
        "is_active": body.is_active,
        "options": [option.draft() for option in body.options or []],
    }
    try:
        await works.run(lambda uow: update_option_group(uow, group_id, changes, version))
    except NotFoundError:
        raise
    except DomainError as error:
        note_refusal(draft, error, words)
        if isinstance(error, VersionConflictError):
            draft.values["version"] = str(error.ext["current"]["version"])
            draft.problem = words(
                "Somebody else saved this list meanwhile. What you typed is still here: save again to keep yours."
            )
        return await _again(request, works, group_id, draft, 422)
    return RedirectResponse(f"{HOME}/complementos/{group_id}?feito=salvo", 303)


@router.post("/{group_id}/apagar", dependencies=EDIT)
async def erase(request: Request, works: Works, group_id: UUID) -> Response:
    """Erases a list no product offers."""
    try:
        await works.run(lambda uow: delete_option_group(uow, group_id))
    except NotFoundError:
        raise
    except DomainError as error:
        words, refused = translator_of(request), error

        async def show(uow: UnitOfWork) -> Response:
            group = await option_group_document(uow, group_id)
            draft = _draft_of(group)
            note_refusal(draft, refused, words)
            return _show(request, uow, group, draft, status=refused.status)

        return await works.run(show)
    return RedirectResponse(f"{HOME}/complementos?feito=apagado", 303)


def _read(form: Form) -> tuple[Draft, str | None]:
    step = form.values.get("step")
    rows = read_rows(form, "option", OPTION_FIELDS)
    if not step:
        rows = without_blanks("option", rows)
    return Draft({name: form.values.get(name, "") for name in SCALARS}, {"option": rows}), step or None


def _body(form: Form, draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.values["name"],
        "pricing_mode": draft.values["pricing_mode"] or "sum",
        "is_active": draft.values["is_active"] == "1",
        "options": [
            {
                "id": row["id"] or None,
                "name": row["name"],
                "price_cents": cents_of(form, row, f"option-{index}-price", empty=0) or 0,
                "max_per_item": number_of(form, row, "max", f"option-{index}-max", CHOICES_MAX) or 1,
                "is_active": row["active"] == "1",
            }
            for index, row in enumerate(draft.rows["option"])
        ],
    }


def _draft_of(group: Document) -> Draft:
    values = {
        "name": group["name"], "pricing_mode": group["pricing_mode"], "is_active": "1" if group["is_active"] else "",
        "version": str(group["version"]),
    }  # fmt: skip
    rows = [
        {
            "id": str(option["id"]), "name": option["name"], "price": money_text(option["price_cents"]),
            "max": str(option["max_per_item"]), "active": "1" if option["is_active"] else "",
        }
        for option in group["options"]
    ]  # fmt: skip
    return Draft(values, {"option": rows})


async def _again(request: Request, works: Work, group_id: UUID | None, draft: Draft, status: int) -> Response:
    async def show(uow: UnitOfWork) -> Response:
        group = await option_group_document(uow, group_id) if group_id else None
        return _show(request, uow, group, draft, status=status)

    return await works.run(show)


def _show(
    request: Request,
    uow: UnitOfWork,
    group: Document | None,
    draft: Draft,
    *,
    status: int = 200,
    feito: str = "",
) -> Response:
    shared = frame(request, uow, feito)
    shared["can_edit"] = shared["can_edit"] and shared["sees_all"]
    return render(
        request, "store/panel/catalog/group.html", status=status, **shared, group=group, draft=draft
    )
