"""The page of one product: what it is, what it costs, what goes with it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, NotFoundError, VersionConflictError
from balcao.kernel.files.images import ImageRejectedError
from balcao.kernel.files.pictures import PictureTooHeavyError
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Words, Work, Works, translator_of
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.api.admin_catalog_schemas import ProductIn, ProductPatch
from balcao.modules.store.catalog_editing import (
    create_product,
    delete_product,
    duplicate_product,
    update_product,
)
from balcao.modules.store.catalog_lists import (
    Document,
    list_categories,
    list_option_groups,
    product_document,
    store_choices,
)
from balcao.modules.store.catalog_rules import CHOICES_MAX, LEAD_DAYS_MAX, PICTURES_MAX
from balcao.modules.store.pages.panel_catalog import EDIT, HOME, frame
from balcao.modules.store.pages.panel_catalog_form import (
    BLANKS,
    LINK_FIELDS,
    SKU_FIELDS,
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
from balcao.modules.store.product_pictures import add_picture, drop_sizes, forget_unused

router = APIRouter(prefix="/painel/catalogo/produtos")
SCALARS = (
    "name",
    "description",
    "category_id",
    "store_id",
    "tags",
    "availability",
    "lead_days",
    "is_active",
    "version",
)


@router.get("/novo", dependencies=EDIT)
async def new_page(
    request: Request, uow: ReadUow, categoria: Annotated[str, Query(max_length=36)] = ""
) -> Response:
    """An empty form."""
    values: dict[str, str] = dict.fromkeys(SCALARS, "")
    values |= {"category_id": categoria, "availability": "available", "is_active": "1", "lead_days": "1"}
    return await _show(request, uow, None, Draft(values, {"sku": [dict(BLANKS["sku"])], "link": []}))


@router.post("/novo", dependencies=EDIT)
async def create(request: Request, works: Works, runtime: Installation) -> Response:
    """Makes the product, then hangs the pictures that came with it."""
    form = await posted(request)
    draft, step = _read(form)
    words = translator_of(request)
    if step is not None:
        take_step(step, draft.rows)
        return await _again(request, works, None, draft, 200)
    body = fill(ProductIn, _body(form, draft), words, draft)
    note_faults(draft, form, words)
    if body is None or draft.errors:
        return await _again(request, works, None, draft, 422)
    wanted = body.draft()
    try:
        made = await works.run(lambda uow: create_product(uow, wanted))
    except DomainError as error:
        note_refusal(draft, error, words)
        return await _again(request, works, None, draft, 422)
    ok = await _hang_all(request, works, runtime, made)
    return RedirectResponse(f"{HOME}/produtos/{made}?feito={'criado' if ok else 'foto-recusada'}", 303)


async def _hang_all(request: Request, works: Work, runtime: Installation, product_id: UUID) -> bool:
    """Hangs every picture of the form; False when one was refused."""
    limit, good = runtime.settings.upload_max_bytes, True
    for file in (await request.form()).getlist("pictures")[:PICTURES_MAX]:
        if not isinstance(file, UploadFile) or not file.filename:
            continue
        data = await file.read(limit + 1)
        try:
            await add_picture(
                runtime.transactions,
                runtime.blobs,
                works.tenant,
                works.actor,
                product_id,
                data,
                "",
                max_bytes=limit,
            )
        except (ImageRejectedError, PictureTooHeavyError):
            good = False
    return good


@router.get("/{product_id}", dependencies=[Depends(Allow("store.catalog:view"))])
async def page(
    request: Request, uow: ReadUow, product_id: UUID, feito: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """The product as it is."""
    product = await product_document(uow, product_id)
    return await _show(request, uow, product, _draft_of(product), feito=feito)


@router.post("/{product_id}", dependencies=EDIT)
async def save(request: Request, works: Works, product_id: UUID) -> Response:
    """Saves the form; one that is stale comes back with what was typed and may then be saved knowingly."""
    form = await posted(request)
    draft, step = _read(form)
    words = translator_of(request)
    if step is not None:
        take_step(step, draft.rows)
        return await _again(request, works, product_id, draft, 200)
    body = fill(
        ProductPatch, {**_body(form, draft), "version": form.whole("version", 1, 2**31)}, words, draft
    )
    note_faults(draft, form, words)
    if body is None or draft.errors:
        return await _again(request, works, product_id, draft, 422)
    changes = body.changes()
    try:
        await works.run(lambda uow: update_product(uow, product_id, changes, body.version))
    except NotFoundError:
        raise
    except DomainError as error:
        note_refusal(draft, error, words)
        if isinstance(error, VersionConflictError):
            draft.values["version"] = str(error.ext["current"]["version"])
            draft.problem = words(
                "Somebody else saved this product meanwhile. What you typed is still here: save again to keep yours."
            )
        return await _again(request, works, product_id, draft, 422)
    return RedirectResponse(f"{HOME}/produtos/{product_id}?feito=salvo", 303)


@router.post("/{product_id}/copiar", dependencies=EDIT)
async def copy(works: Works, product_id: UUID, words: Words) -> Response:
    """A hidden copy to start the next product from."""

    async def verb(uow: UnitOfWork) -> UUID:
        name = (await product_document(uow, product_id))["name"]
        return await duplicate_product(uow, product_id, words("{name} (copy)", name=name))

    return RedirectResponse(f"{HOME}/produtos/{await works.run(verb)}?feito=copiado", 303)


@router.post("/{product_id}/apagar", dependencies=EDIT)
async def erase(request: Request, works: Works, runtime: Installation, product_id: UUID) -> Response:
    """Erases a product nobody bought; for the others the page says what to do instead."""

    async def verb(uow: UnitOfWork) -> list[dict[str, Any]]:
        return await forget_unused(uow, await delete_product(uow, product_id))

    try:
        sizes = await works.run(verb)
    except NotFoundError:
        raise
    except DomainError as error:
        words, refused = translator_of(request), error

        async def show(uow: UnitOfWork) -> Response:
            product = await product_document(uow, product_id)
            draft = _draft_of(product)
            note_refusal(draft, refused, words)
            return await _show(request, uow, product, draft, status=refused.status)

        return await works.run(show)
    await drop_sizes(runtime.blobs, sizes)
    return RedirectResponse(f"{HOME}?feito=apagado", 303)


def _read(form: Form) -> tuple[Draft, str | None]:
    """What was typed; and the step, when a button asks for another row rather than to save."""
    step = form.values.get("step")
    rows = {"sku": read_rows(form, "sku", SKU_FIELDS), "link": read_rows(form, "link", LINK_FIELDS)}
    if not step:
        # The first size stays, so that a form without a price says so beside the field.
        rows["sku"] = without_blanks("sku", rows["sku"]) or rows["sku"][:1] or [dict(BLANKS["sku"])]
        rows["link"] = without_blanks("link", rows["link"])
    values = {name: form.values.get(name, "") for name in SCALARS}
    return Draft(values, rows), step or None


def _body(form: Form, draft: Draft) -> dict[str, Any]:
    """The form as a body of the API. What cannot be read is marked in the form."""
    values, single = draft.values, len(draft.rows["sku"]) == 1
    return {
        "name": values["name"],
        "description": values["description"],
        "category_id": values["category_id"] or None,
        "store_id": values["store_id"] or None,
        "tags": [tag.strip() for tag in values["tags"].split(",") if tag.strip()],
        "availability": values["availability"] or "available",
        "lead_days": form.whole("lead_days", 0, LEAD_DAYS_MAX, empty=0),
        "is_active": values["is_active"] == "1",
        "skus": [
            {
                "id": row["id"] or None,
                "name": row["name"],
                "price_cents": cents_of(form, row, f"sku-{index}-price", empty=None) or 0,
                "is_active": single or row["active"] == "1",
            }
            for index, row in enumerate(draft.rows["sku"])
        ],
        "option_groups": [
            {
                "group_id": row["group_id"],
                "min": number_of(form, row, "min", f"link-{index}-min", CHOICES_MAX),
                "max": number_of(form, row, "max", f"link-{index}-max", CHOICES_MAX),
            }
            for index, row in enumerate(draft.rows["link"])
        ],
    }


def _draft_of(product: Document) -> Draft:
    values = {name: str(product[name] if product[name] is not None else "") for name in SCALARS}
    values["tags"] = ", ".join(product["tags"])
    values["is_active"] = "1" if product["is_active"] else ""
    return Draft(
        values,
        {
            "sku": [
                {
                    "id": str(sku["id"]), "name": sku["name"], "price": money_text(sku["price_cents"]),
                    "active": "1" if sku["is_active"] else "",
                }
                for sku in product["skus"]
            ],
            "link": [
                {"group_id": str(link["group_id"]), "min": str(link["min"]), "max": str(link["max"])}
                for link in product["option_groups"]
            ],
        },
    )  # fmt: skip


async def _again(
    request: Request, works: Work, product_id: UUID | None, draft: Draft, status: int
) -> Response:
    async def show(uow: UnitOfWork) -> Response:
        product = await product_document(uow, product_id) if product_id else None
        return await _show(request, uow, product, draft, status=status)

    return await works.run(show)


async def _show(
    request: Request,
    uow: UnitOfWork,
    product: Document | None,
    draft: Draft,
    *,
    status: int = 200,
    feito: str = "",
) -> Response:
    groups, _ = await list_option_groups(uow)
    categories = await list_categories(uow)
    shared = frame(request, uow, feito)
    stores = await store_choices(uow)
    if product is not None and not shared["sees_all"]:
        shared["can_edit"] = shared["can_edit"] and product["store_id"] is not None
    return render(
        request,
        "store/panel/catalog/product.html",
        status=status,
        **shared,
        product=product,
        draft=draft,
        category_choices=[(category["id"], category["name"]) for category in categories],
        store_list=stores,
        store_choices=stores,
        group_choices=[(group["id"], group["name"]) for group in groups],
        groups={str(group["id"]): group for group in groups},
        pictures_max=PICTURES_MAX,
    )
