"""The catalogue as buyers read it, put together from plain rows. Pure: the same rows give the same document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from balcao.kernel.money import round_half_up_div

Json = dict[str, Any]


def catalog_categories(tenant_id: str, rows: Mapping[str, Any]) -> list[Json]:
    """Categories with their products, in order. Products without a category come last, under a nameless one.

    `rows` are the arrays of the catalogue statement, None where there are none. A product without an active sku has no
    price and is left out.
    """
    known = [(category, name) for category, name in rows["categories"] or ()]
    shelves: dict[str | None, list[Json]] = {category: [] for category, _ in known}
    gone = _SoldOut(rows["sold_out"] or ())
    groups, skus = _groups_by_product(rows, gone), _skus_by_product(rows["skus"] or ())
    images = _images_by_product(tenant_id, rows["images"] or ())
    for product in rows["products"] or ():
        own = skus.get(product[0])
        if own:
            document = _product(
                product, own, groups.get(product[0], _NO_GROUPS), images.get(product[0], _NO_IMAGES), gone
            )
            shelves.setdefault(product[1], []).append(document)
    categories: list[Json] = [
        {"id": category, "name": name, "products": shelves[category]}
        for category, name in known
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
        # What has to be ordered days ahead does not come out of today's quota.
        self.for_orders = self.all - self.today


class _Group:
    """A group as one or more products offer it: its document, what it adds at least, whether it can be filled."""

    __slots__ = ("can_be_filled", "document", "least")

    def __init__(self, document: Json) -> None:
        self.document = document
        self.can_be_filled = not document["min"] or _can_be_filled(document)
        self.least = _least(document) if document["min"] else 0


_NO_GROUPS: tuple[_Group, ...] = ()
_NO_IMAGES: list[Json] = []


def _skus_by_product(rows: Iterable[Any]) -> dict[str, list[Any]]:
    skus: dict[str, list[Any]] = {}
    for row in rows:
        skus.setdefault(row[0], []).append(row)
    return skus


def _groups_by_product(rows: Mapping[str, Any], gone: _SoldOut) -> dict[str, list[_Group]]:
    options: dict[str, list[Json]] = {}
    for group, option, name, cents, most in rows["options"] or ():
        document = {
            "id": option, "name": name, "price_cents": cents, "max_per_item": most, "available": option not in gone.all,
        }  # fmt: skip
        options.setdefault(group, []).append(document)
    made: dict[tuple[Any, ...], _Group] = {}
    groups: dict[str, list[_Group]] = {}
    for row in rows["groups"] or ():
        # Many products offer the same group on the same terms: it is put together once.
        product, *terms = row
        key = tuple(terms)
        known = made.get(key)
        if known is None:
            group, name, low, high, mode = terms
            known = made[key] = _Group(
                {
                    "id": group,
                    "name": name,
                    "min": low,
                    "max": high,
                    "pricing_mode": mode,
                    "options": options.get(group, []),
                }
            )
        groups.setdefault(product, []).append(known)
    return groups


def _product(row: Any, skus: list[Any], groups: Sequence[_Group], images: list[Json], gone: _SoldOut) -> Json:
    product, _, code, name, description, availability, lead_days, tags = row
    missing = gone.for_orders if availability == "order" else gone.all
    offered = [
        {"id": sku, "name": label, "price_cents": cents, "available": sku not in missing}
        for _, sku, label, cents in skus
    ]
    left = [sku["price_cents"] for sku in offered if sku["available"]]
    if availability == "available" and not (left and all(group.can_be_filled for group in groups)):
        availability = "sold_out"
    cheapest = min(left or [sku["price_cents"] for sku in offered])
    return {
        "id": product, "code": code, "name": name, "description": description,
        "price_cents": offered[0]["price_cents"], "from_price_cents": cheapest + sum(group.least for group in groups),
        "availability": availability, "lead_days": lead_days, "tags": tags, "image": images[0] if images else None,
        "more_images": images[1:], "skus": offered, "option_groups": [group.document for group in groups],
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
