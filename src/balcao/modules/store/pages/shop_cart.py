"""The basket: putting things in, changing how many, taking them out. Every step is a plain form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.money import QUANTITY_MAX
from balcao.kernel.web.dependencies import Public, Words, Work, Works
from balcao.kernel.web.templates import go_to, is_partial, render
from balcao.modules.store.cart import (
    NOTES_MAX,
    CartItem,
    ProductGoneError,
    price_line,
    products_by_id,
    with_item,
    with_quantity,
)
from balcao.modules.store.option_rules import OptionRuleBroken
from balcao.modules.store.pages.shop_frame import (
    Visit,
    change_visit,
    keep_cart,
    shop_context,
    typed_fields,
    visit,
)
from balcao.modules.store.pages.shop_menu import render_sheet

router = APIRouter(prefix="/loja", dependencies=[Depends(Public("buyers fill a basket without signing in"))])
CHOICE, COUNT = "g-", "o-"

RULE_TEXTS: Mapping[str, str] = {
    "too_few": "Choose at least {min} in “{group}”.",
    "too_many": "Choose at most {max} in “{group}”.",
    "too_many_of_option": "At most {max} of “{option}”.",
    "inactive_option": "“{option}” is sold out for now.",
    "unknown_option": "One of the options is not offered any more.",
    "bad_quantity": "This quantity is not possible.",
}


@router.get("/{tenant}/{store}/sacola")
async def basket(request: Request, store: str, works: Works) -> Response:
    """The basket: in the drawer, or a page of its own."""
    here = await visit(request, works, store)
    if is_partial(request) and _page_of(request) in (f"{here.url}/sacola", f"{here.url}/finalizar"):
        # These pages show the basket themselves: a drawer over them would leave them telling the old one.
        return go_to(request, f"{here.url}/sacola")
    page = "store/shop/drawer.html" if is_partial(request) else "store/shop/cart.html"
    return render(request, page, **shop_context(request, here))


def _page_of(request: Request) -> str:
    """The path of the page that htmx asks from."""
    return urlsplit(request.headers.get("hx-current-url", "")).path


def _with_slip(request: Request, here: Visit) -> dict[str, Any]:
    """The context of a partial answer; only the menu has the slip beside it."""
    return {**shop_context(request, here), "has_slip": _page_of(request) in (here.shop_url, here.url)}


@router.post("/{tenant}/{store}/sacola")
async def add(request: Request, store: str, works: Works, words: Words) -> Response:
    """Puts a product into the basket; a choice that breaks a rule comes back with the reason and what was chosen."""
    here = await visit(request, works, store)
    typed = await typed_fields(request)
    product = products_by_id(here.catalogue).get(typed.get("product_id", ""))
    if product is None:
        raise NotFoundError
    try:
        item = _item(typed)
        price_line(product, item)
        after, token = await change_visit(request, works, here, lambda basket: with_item(basket, item))
    except OptionRuleBroken as broken:
        problem = words(
            RULE_TEXTS[broken.kind],
            min=broken.min,
            max=broken.max,
            group=broken.group_name,
            option=broken.option_name,
        )
        return render_sheet(request, works, here, product, typed, problem, broken.group_id)
    except ProductGoneError:
        return render_sheet(request, works, here, product, typed, words("Sold out for now."))
    except ValidationFailedError as error:
        return render_sheet(request, works, here, product, typed, words(error.ext["errors"][0]["message"]))
    response = _answer(request, after, words("Added to the basket"))
    keep_cart(response, works, token)
    return response


@router.post("/{tenant}/{store}/sacola/{line}")
async def change(request: Request, store: str, line: str, works: Works) -> Response:
    """Changes how many of a line; the button `remove` takes it out."""
    here = await visit(request, works, store)
    typed = await typed_fields(request)
    quantity = 0 if "remove" in typed else _whole(typed.get("quantity", ""), here, line)
    after, token = await change_visit(
        request, works, here, lambda basket: with_quantity(basket, line, quantity)
    )
    response = _redirect_or_drawer(request, works, after)
    keep_cart(response, works, token)
    return response


def _whole(text: str, here: Visit, line: str) -> int:
    """The quantity typed; what cannot be read leaves the line as it is."""
    now = next((item.quantity for item in here.basket.items if item.key == line), 0)
    return min(QUANTITY_MAX, int(text)) if text.isdecimal() and len(text) < 6 else now


def _redirect_or_drawer(request: Request, works: Work, after: Visit) -> Response:
    if is_partial(request):
        return render(request, "store/shop/basket_changed.html", **_with_slip(request, after))
    return RedirectResponse(f"{after.url}/sacola", 303)


def _answer(request: Request, after: Visit, told: str) -> Response:
    """To htmx the new basket button and slip (the sheet closes); to a plain form the basket's page."""
    if not is_partial(request):
        return RedirectResponse(f"{after.url}/sacola", 303)
    response = render(request, "store/shop/basket_added.html", **_with_slip(request, after))
    response.headers["hx-trigger"] = json.dumps({"balcao:toast": {"text": told, "tone": "done"}})
    return response


def _item(typed: Mapping[str, str]) -> CartItem:
    """The line that the sheet's form describes. Unreadable ids and counts are what no honest form sends."""
    try:
        quantity = int(typed.get("quantity", "1"))
        options: list[tuple[UUID, int]] = []
        for name, value in typed.items():
            if name.startswith(CHOICE) and value:
                options.append((UUID(value), 1))
            elif name.startswith(COUNT) and value not in ("", "0"):
                options.append((UUID(name.removeprefix(COUNT)), int(value)))
        product_id, sku_id = UUID(typed["product_id"]), UUID(typed.get("sku", ""))
    except ValueError:
        raise ValidationFailedError.at("/quantity", "Choose the size and a quantity from 1 to 999.") from None
    if not 1 <= quantity <= QUANTITY_MAX:
        raise ValidationFailedError.at("/quantity", "Choose the size and a quantity from 1 to 999.")
    notes = " ".join(typed.get("notes", "").split())[:NOTES_MAX]
    return CartItem(product_id, sku_id, quantity, notes, tuple(sorted(options)))
