"""The menu of a store, its product sheets, and what makes them shareable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import Response

from balcao.brazil.currency import cents_to_decimal
from balcao.kernel.errors import NotFoundError
from balcao.kernel.web.dependencies import Public, Work, Works, translator_of
from balcao.kernel.web.templates import is_partial, render, render_text
from balcao.modules.store.cart import is_buyable, products_by_id
from balcao.modules.store.pages.shop_frame import Visit, shop_context, visit
from balcao.modules.store.search_terms import entry, search
from balcao.modules.store.shelf_answers import CATALOG_TOPIC

router = APIRouter(
    prefix="/loja", dependencies=[Depends(Public("buyers look at the shop without signing in"))]
)
HITS_MAX = 60
SHELVES_SECONDS = 300.0
Json = Mapping[str, Any]


@router.get("/{tenant}")
async def first_menu(request: Request, works: Works, q: str = "") -> Response:
    """The menu of the first store of the business."""
    return await _menu(request, works, None, q)


@router.get("/{tenant}/{store}")
async def menu(request: Request, store: str, works: Works, q: str = "") -> Response:
    """The menu of one store."""
    return await _menu(request, works, store, q)


async def _menu(request: Request, works: Work, store: str | None, query: str) -> Response:
    here = await visit(request, works, store)
    query = query.strip()[:100]
    base = str(works.runtime.settings.api_base_url).rstrip("/")
    categories = _found(here, query) if query else _shelves(here)
    return render(
        request,
        "store/shop/menu.html",
        **shop_context(request, here),
        categories=categories,
        shelves=await _drawn(request, works, here, categories, query),
        query=query,
        canonical=f"{base}{here.url}",
        share_picture=_share_picture(here, base),
        schema_org=_schema_org(here, base),
    )


async def _drawn(
    request: Request, works: Work, here: Visit, categories: list[dict[str, Any]], query: str
) -> Markup:
    """The shelves as HTML. Those of the whole menu are kept for as long as the catalogue is the same."""

    async def make() -> bytes:
        return render_text(request, "store/shop/shelves.html", categories=categories, query=query).encode()

    if query or not categories:
        return Markup((await make()).decode())  # noqa: S704 - what a template made
    language = translator_of(request).language
    name = f"shelves:{here.url}:{language}:{here.catalogue['etag']}"
    kept = await works.runtime.cache.get_or_make(
        works.tenant.id, name, make, SHELVES_SECONDS, (CATALOG_TOPIC,)
    )
    return Markup(kept.decode())  # noqa: S704 - what a template made


def _shelves(here: Visit) -> list[dict[str, Any]]:
    return [
        {
            "id": category["id"],
            "name": category["name"],
            "products": [_tile(here, p) for p in category["products"]],
        }
        for category in here.catalogue["categories"]
        if category["products"]
    ]


def _found(here: Visit, query: str) -> list[dict[str, Any]]:
    products = products_by_id(here.catalogue)
    entries = [entry(UUID(id_), p["name"], p["description"]) for id_, p in products.items()]
    hits = [_tile(here, products[str(hit.id)]) for hit in search(entries, query, HITS_MAX)]
    return [{"id": "achados", "name": None, "products": hits}] if hits else []


def _tile(here: Visit, product: Json) -> dict[str, Any]:
    prices = {sku["price_cents"] for sku in product["skus"]}
    return {
        "name": product["name"],
        "text": product["description"],
        "href": f"{here.url}/produto/{product['id']}",
        "image": product["image"],
        "from_cents": product["from_price_cents"],
        "has_from": len(prices) > 1 or product["from_price_cents"] != product["price_cents"],
        "off": not is_buyable(product),
        "to_order": product["availability"] == "order",
    }


@router.get("/{tenant}/{store}/produto/{product_id}")
async def product_sheet(request: Request, store: str, product_id: UUID, works: Works) -> Response:
    """One product with its sizes and options: a sheet over the menu, or a page of its own."""
    here = await visit(request, works, store)
    product = products_by_id(here.catalogue).get(str(product_id))
    if product is None:
        raise NotFoundError
    return render_sheet(request, works, here, product, {}, None)


def render_sheet(
    request: Request, works: Work, here: Visit, product: Json, typed: Mapping[str, str], problem: str | None,
    broken_group: UUID | None = None,
) -> Response:  # fmt: skip
    """The product sheet, with what was typed and, when it came back, the reason."""
    skus = [sku for sku in product["skus"] if sku["available"]]
    chosen = typed.get("sku") or (skus[0]["id"] if skus else "")
    base = next(
        (sku["price_cents"] for sku in product["skus"] if sku["id"] == chosen), product["price_cents"]
    )
    page = "store/shop/sheet.html" if is_partial(request) else "store/shop/product.html"
    address = str(works.runtime.settings.api_base_url).rstrip("/")
    return render(
        request,
        page,
        status=422 if problem else 200,
        **shop_context(request, here),
        product=product,
        groups=[_group(group) for group in product["option_groups"]],
        buyable=is_buyable(product),
        chosen_sku=chosen,
        base_cents=base,
        typed=typed,
        problem=problem,
        broken_group=str(broken_group) if broken_group else None,
        canonical=f"{address}{here.url}/produto/{product['id']}",
        share_picture=_absolute(address, product["image"]["src"]) if product["image"] else None,
        schema_org=_script_json(
            {"@context": "https://schema.org", **_schema_product(here, product, address)}
        ),
    )


def _group(group: Json) -> dict[str, Any]:
    """How a group is asked: one of several, ticks, or counts."""
    several = group["max"] > 1 and any(option["max_per_item"] > 1 for option in group["options"])
    kind = "one" if group["max"] == 1 else "count" if several else "ticks"
    return {**group, "kind": kind}


def _absolute(base: str, url: str) -> str:
    return url if url.startswith("http") else f"{base}{url}"


def _share_picture(here: Visit, base: str) -> str | None:
    pictures: Iterator[str] = (
        product["image"]["src"]
        for category in here.catalogue["categories"]
        for product in category["products"]
        if product["image"]
    )
    first = next(pictures, None)
    return _absolute(base, first) if first else None


def _schema_org(here: Visit, base: str) -> Markup:
    store, address = here.store, here.store.get("address")
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "FoodEstablishment",
        "name": here.tenant.name,
        "url": f"{base}{here.url}",
        "telephone": store.get("phone") or None,
        "currenciesAccepted": "BRL",
        "hasMenu": f"{base}{here.url}",
    }
    if isinstance(address, Mapping):
        parts: Json = address  # pyright: ignore[reportUnknownVariableType]
        data["address"] = {
            "@type": "PostalAddress",
            "streetAddress": ", ".join(part for part in (parts.get("street"), parts.get("number")) if part),
            "addressLocality": parts.get("city"),
            "addressRegion": parts.get("state"),
            "postalCode": parts.get("postal_code"),
            "addressCountry": "BR",
        }
    return _script_json({key: value for key, value in data.items() if value})


def _schema_product(here: Visit, product: Json, base: str) -> dict[str, Any]:
    stock = "InStock" if is_buyable(product) else "OutOfStock"
    data: dict[str, Any] = {
        "@type": "Product",
        "name": product["name"],
        "description": product["description"] or None,
        "image": _absolute(base, product["image"]["src"]) if product["image"] else None,
        "offers": {
            "@type": "Offer",
            "price": str(cents_to_decimal(product["from_price_cents"])),
            "priceCurrency": "BRL",
            "availability": f"https://schema.org/{stock}",
            "url": f"{base}{here.url}/produto/{product['id']}",
        },
    }
    return {key: value for key, value in data.items() if value}


def _script_json(data: Json) -> Markup:
    """JSON for a data block: nothing in it can end the script element or open a comment."""
    text = orjson.dumps(data).decode()
    for mark, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(mark, escaped)
    return Markup(text)  # noqa: S704 - every mark that HTML knows was escaped above
