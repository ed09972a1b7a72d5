"""The catalogue in the panel: everything on one page, prices and availability changed in place, many at once."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError, VersionConflictError
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Work, Works, translator_of
from balcao.kernel.web.templates import is_partial, panel_context, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_bulk import BulkChange, change_products, reorder_products
from balcao.modules.store.catalog_editing import set_price, update_product
from balcao.modules.store.catalog_lists import (
    Availability,
    Document,
    ProductFilter,
    list_categories,
    list_products,
    product_document,
    store_choices,
)
from balcao.modules.store.pages.panel_forms import Form, posted

router = APIRouter(prefix="/painel/catalogo")
VIEW = [Depends(Allow("store.catalog:view"))]
EDIT = [Depends(Allow("store.catalog:edit"))]
HOME = "/painel/catalogo"
PER_PAGE = 200
AVAILABILITIES: Mapping[str, str] = {
    "available": "Available",
    "order": "To order",
    "unavailable": "Unavailable",
}
DONE: Mapping[str, tuple[str, str]] = {
    "salvo": ("Saved. Your shop shows it already.", "done"),
    "criado": ("The product is on the menu.", "done"),
    "copiado": ("This is the copy. It stays hidden until you show it.", "done"),
    "apagado": ("Erased.", "done"),
    "fotos": ("The pictures were saved.", "done"),
    "foto-recusada": ("The product was saved, but a picture could not be used. Send it again here.", "waits"),
    "mudou": ("Somebody changed this a moment ago. Look at the current state and try again.", "waits"),
    "nada": ("Tick the products first.", "waits"),
    "percentual": ("Write a percentage such as 5 or -10.", "stop"),
    "preco-alto": ("A price would pass the highest one, R$ 999.999,99.", "stop"),
}
STEPS = (1, 5, 10, 50, 100)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the address asks to see."""

    q: str = ""
    categoria: str = ""
    disponibilidade: str = ""
    ver: str = ""

    def address(self, **more: Any) -> str:
        """The address that asks for it."""
        wanted = {
            "q": self.q, "categoria": self.categoria, "disponibilidade": self.disponibilidade, "ver": self.ver, **more,
        }  # fmt: skip
        kept = {name: value for name, value in wanted.items() if value}
        return f"{HOME}?{urlencode(kept)}" if kept else HOME

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.q or self.categoria or self.disponibilidade or self.ver)

    def filter(self) -> ProductFilter:
        """As the list takes it; what makes no sense asks for nothing."""
        category = None if self.categoria in {"", "sem"} else id_of(self.categoria)
        available = self.disponibilidade if self.disponibilidade in AVAILABILITIES else None
        active = {"visiveis": True, "ocultos": False}.get(self.ver)
        return ProductFilter(
            self.q.replace("\x00", ""), category, self.categoria == "sem",
            availability=cast("Availability | None", available), is_active=active,
        )  # fmt: skip


def id_of(value: str) -> UUID:
    """An id out of a form or an address. NotFoundError for anything else."""
    try:
        return UUID(value)
    except ValueError:
        raise NotFoundError from None


def frame(request: Request, uow: UnitOfWork, feito: str = "") -> dict[str, Any]:
    """What every page of the catalogue has around it."""
    words = translator_of(request)
    done = DONE.get(feito)
    return {
        **panel_context(request, uow.tenant, uow.actor),
        "toasts": [{"text": words(done[0]), "tone": done[1]}] if done else [],
        "can_edit": uow.actor.can("store.catalog:edit"),
        "sees_all": uow.actor.store_ids is None,
        "availabilities": [(value, words(label)) for value, label in AVAILABILITIES.items()],
    }


@router.get("", dependencies=VIEW)
async def catalogue(
    request: Request,
    uow: ReadUow,
    words: Words,
    q: Annotated[str, Query(max_length=100)] = "",
    categoria: Annotated[str, Query(max_length=36)] = "",
    disponibilidade: Annotated[str, Query(max_length=20)] = "",
    ver: Annotated[str, Query(max_length=10)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    feito: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The products by category, in the order of the menu."""
    seen = Seen(q.strip(), categoria, disponibilidade, ver)
    products, total = await list_products(uow, seen.filter(), limit=PER_PAGE, offset=offset)
    categories = await list_categories(uow)
    return render(
        request,
        "store/panel/catalog/list.html",
        **frame(request, uow, feito),
        seen=seen,
        shelves=_shelves(products, categories, words("Without a category")),
        categories=categories,
        category_choices=[(category["id"], category["name"]) for category in categories],
        several_stores=len(await store_choices(uow)) > 1,
        total=total,
        limit=PER_PAGE,
        offset=offset,
        steps=STEPS,
        here=seen.address(offset=offset),
        page_url=lambda start: seen.address(offset=start),  # pyright: ignore[reportUnknownLambdaType] - called by the template
    )


def _shelves(products: list[Document], categories: list[Document], loose: str) -> list[dict[str, Any]]:
    """The products under their categories; the list comes in that order already."""
    by_id = {category["id"]: category for category in categories}
    shelves: list[dict[str, Any]] = []
    for product in products:
        if not shelves or shelves[-1]["id"] != product["category_id"]:
            category = by_id.get(product["category_id"])
            shelves.append(
                {
                    "id": product["category_id"],
                    "name": category["name"] if category else loose,
                    "is_active": category["is_active"] if category else True,
                    "products": [],
                }
            )
        shelves[-1]["products"].append(product)
    return shelves


@router.post("/produtos/ordem", status_code=204, dependencies=EDIT)
async def order(request: Request, works: Works) -> None:
    """The order of a shelf after a drag."""
    form = await posted(request)
    ids = [id_of(value) for value in form.listed("ids")[:PER_PAGE]]
    await works.run(lambda uow: reorder_products(uow, ids))


@router.post("/produtos/{product_id}/preco", dependencies=EDIT)
async def price(request: Request, works: Works, product_id: UUID) -> Response:
    """A new price, typed in the list."""
    form = await posted(request)
    cents = form.money("price")
    if cents is None:
        form.fault("price", "Write an amount such as 12,90.")
    version = form.whole("version", 1, 2**31)

    async def verb(uow: UnitOfWork) -> None:
        form.check()
        await set_price(uow, product_id, cents or 0, version)

    return await _in_place(request, works, form, product_id, verb)


@router.post("/produtos/{product_id}/disponibilidade", dependencies=EDIT)
async def availability(request: Request, works: Works, product_id: UUID) -> Response:
    """On sale, to order, or off for now."""
    form = await posted(request)
    wanted = form.text("availability", 20)

    async def verb(uow: UnitOfWork) -> None:
        if wanted not in AVAILABILITIES:
            raise ValidationFailedError.at("/availability", "Choose one of the three.")
        await update_product(uow, product_id, {"availability": wanted}, None)

    return await _in_place(request, works, form, product_id, verb)


@router.post("/produtos/{product_id}/visivel", dependencies=EDIT)
async def visible(request: Request, works: Works, product_id: UUID) -> Response:
    """Shown on the menu or hidden."""
    form = await posted(request)
    changes = {"is_active": form.text("is_active") == "1"}
    return await _in_place(
        request, works, form, product_id, lambda uow: update_product(uow, product_id, changes, None)
    )


async def _in_place(
    request: Request,
    works: Work,
    form: Form,
    product_id: UUID,
    verb: Callable[[UnitOfWork], Awaitable[None]],
) -> Response:
    """Runs a small change; a script gets the line anew, others go back to where they clicked."""
    words = translator_of(request)
    refused: DomainError | None = None
    try:
        await works.run(verb)
    except (ValidationFailedError, VersionConflictError) as error:
        refused = error
    if not is_partial(request):
        if refused is not None and not isinstance(refused, VersionConflictError):
            raise refused
        return RedirectResponse(back_to(form, "mudou" if refused else "salvo"), 303)
    faults: list[dict[str, str]] = refused.ext.get("errors", []) if refused else []
    message = words(faults[0]["message"]) if faults else (words(refused.message) if refused else None)

    async def show(uow: UnitOfWork) -> Response:
        product = await product_document(uow, product_id)
        several = len(await store_choices(uow)) > 1
        return render(
            request, "store/panel/catalog/line.html", **frame(request, uow), product=product, here=HOME,
            several_stores=several, error=message if faults else None,
            typed=form.values.get("price") if faults else None, status=422 if faults else 200,
        )  # fmt: skip

    response = await works.run(show)
    toast = {"text": message or words("Saved."), "tone": "waits" if refused else "done"}
    # json writes everything outside ASCII as escapes, which is what a header can carry.
    response.headers["HX-Trigger"] = json.dumps({"balcao:toast": toast})
    return response


@router.post("/varios", dependencies=EDIT)
async def many(request: Request, works: Works) -> Response:
    """One change for every ticked product."""
    form = await posted(request)
    ids = [id_of(value) for value in form.listed("ids")[:500]]
    if not ids:
        return RedirectResponse(back_to(form, "nada"), 303)
    change = _bulk_change(form)
    if "percent" in form.faults:
        return RedirectResponse(back_to(form, "percentual"), 303)
    form.check()
    try:
        await works.run(lambda uow: change_products(uow, ids, change))
    except ValidationFailedError as error:
        too_dear = error.ext["errors"][0]["pointer"] == "/price_basis_points"
        return RedirectResponse(back_to(form, "preco-alto" if too_dear else "mudou"), 303)
    return RedirectResponse(back_to(form, "salvo"), 303)


def _bulk_change(form: Form) -> BulkChange:
    """What the pressed button asks for."""
    action, _, value = form.text("action", 60).partition(":")
    if action == "availability" and value in AVAILABILITIES:
        return BulkChange(availability=value)
    if action in {"show", "hide"}:
        return BulkChange(is_active=action == "show")
    if action == "category":
        chosen = form.text("category_id", 36)
        return BulkChange(category_id=id_of(chosen) if chosen else None, leave_category=not chosen)
    if action == "price":
        step = form.whole("round_to_cents", 1, 10_000)
        return BulkChange(price_basis_points=_basis_points(form), round_to_cents=step)
    form.fault("action", "Choose what to change.")
    return BulkChange()


def _basis_points(form: Form) -> int | None:
    """Per cent as people write it, "10", "-5,5", with at most two decimals."""
    typed = form.text("percent", 12).replace("%", "").replace(" ", "").replace("−", "-").replace(",", ".")
    match = re.fullmatch(r"([+-]?)(\d{1,3})(?:\.(\d{1,2}))?", typed)
    if match is None:
        form.fault("percent", "Write a percentage such as 5 or -10.")
        return None
    points = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    points = -points if match[1] == "-" else points
    if not -9_900 <= points <= 100_000 or points == 0:
        form.fault("percent", "Write a percentage such as 5 or -10.")
        return None
    return points


def back_to(form: Form, feito: str) -> str:
    """Where the person was, if that is a page of the catalogue."""
    target = form.text("back", 500)
    if not (target == HOME or target.startswith((f"{HOME}?", f"{HOME}/"))) or "\\" in target:
        target = HOME
    return f"{target}{'&' if '?' in target else '?'}feito={feito}"
