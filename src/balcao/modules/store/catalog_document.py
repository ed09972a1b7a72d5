"""The catalogue as buyers read it, put together from plain rows. Pure: the same rows give the same document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from balcao.kernel.money import round_half_up_div

Json = dict[str, Any]


def catalog_categories(tenant_id: str, rows: Mapping[str, Any]) -> list[Json]:
    """Categories with their products, in order. Products without a category come last, under a nameless one.

    `rows` are the arrays of the catalogue statement. A product without an active sku has no price and is left out.
    """
    shelves: dict[str | None, list[Json]] = {category: [] for category, _ in rows["categories"]}
    gone = _SoldOut(rows["sold_out"])
    groups, skus = _groups_by_product(rows, gone), _skus_by_product(rows["skus"])
    images = _images_by_product(tenant_id, rows["images"])
    for product in rows["products"]:
        own = skus.get(product[0])
        if own:
            document = _product(product, own, groups.get(product[0], []), images.get(product[0], []), gone)
            shelves.setdefault(product[1], []).append(document)
    categories: list[Json] = [
        {"id": category, "name": name, "products": shelves[category]}
        for category, name in rows["categories"]
        if shelves[category]
    ]
    if shelves.get(None):
        categories.append({"id": None, "name": "", "products": shelves[None]})
    return categories


class _SoldOut:
    """Skus and options of which nothing is left; `today` are those that come back with tomorrow's quota."""

    def __init__(self, rows: Iterable[tuple[str, bool]]) -> None:
        self.all = {subject for subject, _ in rows}
        self.today = {subject for subject, daily in rows if daily}


def _skus_by_product(rows: Iterable[Any]) -> dict[str, list[Any]]:
    skus: dict[str, list[Any]] = {}
    for row in rows:
        skus.setdefault(row[0], []).append(row)
    return skus


def _groups_by_product(rows: Mapping[str, Any], gone: _SoldOut) -> dict[str, list[Json]]:
    options: dict[str, list[Json]] = {}
    for group, option, name, cents, most in rows["options"]:
        document = {
            "id": option, "name": name, "price_cents": cents, "max_per_item": most, "available": option not in gone.all,
        }  # fmt: skip
        options.setdefault(group, []).append(document)
    groups: dict[str, list[Json]] = {}
    for product, group, name, low, high, mode in rows["groups"]:
        document = {
            "id": group, "name": name, "min": low, "max": high, "pricing_mode": mode, "options": options.get(group, []),
        }  # fmt: skip
        groups.setdefault(product, []).append(document)
    return groups


def _product(row: Any, skus: list[Any], groups: list[Json], images: list[Json], gone: _SoldOut) -> Json:
    product, _, code, name, description, availability, lead_days, tags = row
    # What has to be ordered days ahead does not come out of today's quota.
    missing = gone.all - gone.today if availability == "order" else gone.all
    offered = [
        {"id": sku, "name": label, "price_cents": cents, "available": sku not in missing}
        for _, sku, label, cents in skus
    ]
    left = [sku["price_cents"] for sku in offered if sku["available"]]
    mandatory = [group for group in groups if group["min"]]
    if availability == "available" and not (left and all(map(_can_be_filled, mandatory))):
        availability = "sold_out"
    cheapest = min(left or [sku["price_cents"] for sku in offered])
    return {
        "id": product, "code": code, "name": name, "description": description,
        "price_cents": offered[0]["price_cents"], "from_price_cents": cheapest + sum(map(_least, mandatory)),
        "availability": availability, "lead_days": lead_days, "tags": tags, "image": images[0] if images else None,
        "more_images": images[1:], "skus": offered, "option_groups": groups,
    }  # fmt: skip


def _can_be_filled(group: Json) -> bool:
    """Whether the options that are left reach the group's minimum."""
    return sum(option["max_per_item"] for option in group["options"] if option["available"]) >= group["min"]


def _least(group: Json) -> int:
    """What a mandatory group adds at least, in centavos: its cheapest options, as many as it asks for.

    Counts what is left; when that cannot fill the group, what it would cost if nothing were sold out.
    """
    can = _can_be_filled(group)
    prices = sorted(
        option["price_cents"]
        for option in group["options"]
        if option["available"] or not can
        for _ in range(min(option["max_per_item"], group["min"]))
    )[: group["min"]]
    if not prices:
        return 0
    if group["pricing_mode"] == "highest":
        return prices[-1]
    if group["pricing_mode"] == "sum":
        return sum(prices)
    return round_half_up_div(sum(prices), len(prices))


def _images_by_product(tenant_id: str, rows: Iterable[Any]) -> dict[str, list[Json]]:
    images: dict[str, list[Json]] = {}
    for product, *picture in rows:
        document = picture_document(tenant_id, *picture)
        if document is not None:
            images.setdefault(product, []).append(document)
    return images


def picture_document(
    tenant_id: str, file_id: str, alt: str, widths: list[int], width: int, height: int
) -> Json | None:
    """A public picture of the given original size with its WebP widths, as pages and programs show it.

    `src`, `width` and `height` are those of the widest; None while there is none.
    """
    if not widths:
        return None
    base = f"/media/{tenant_id}/{file_id}/w"
    widths.sort()
    widest = widths[-1]
    return {
        "src": f"{base}{widest}.webp",
        "srcset": ", ".join([f"{base}{size}.webp {size}w" for size in widths]),
        "width": widest,
        "height": max(1, round_half_up_div(height * widest, width)) if width else widest,
        "alt": alt,
    }
