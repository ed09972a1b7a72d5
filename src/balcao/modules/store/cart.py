"""A buyer's basket in one store: what is in it, what it costs by the catalogue of now, and how it is kept.

The basket lives on the server under the digest of an unguessable cookie, so that it works without script. Prices are
never stored in it: they come from the catalogue each time, and the order is priced again inside its own transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.money import QUANTITY_MAX
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.models import Cart
from balcao.modules.store.option_rules import (
    ChosenOption,
    OptionGroupRule,
    OptionRule,
    OptionRuleBroken,
    PricingMode,
    options_cents,
    resolve_options,
)

CART_LINES_MAX = 50
NOTES_MAX = 200
BUYABLE = frozenset({"available", "order"})


@dataclass(frozen=True, slots=True)
class CartItem:
    """One line of a basket; `options` are (option id, quantity) on one unit of the product."""

    product_id: UUID
    sku_id: UUID
    quantity: int
    notes: str = ""
    options: tuple[tuple[UUID, int], ...] = ()

    @property
    def key(self) -> str:
        """What tells this line from the others: the same choice is the same line, whatever its quantity."""
        parts = [
            str(self.sku_id),
            self.notes,
            *(f"{option}x{count}" for option, count in sorted(self.options)),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """The line as the basket's row keeps it, and as a checkout asks for it."""
        return {
            "product_id": str(self.product_id),
            "sku_id": str(self.sku_id),
            "quantity": self.quantity,
            "notes": self.notes,
            "options": [{"option_id": str(option), "quantity": count} for option, count in self.options],
        }


@dataclass(frozen=True, slots=True)
class Basket:
    """What a buyer chose, and what was typed at the checkout so far."""

    items: tuple[CartItem, ...] = ()
    draft: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def count(self) -> int:
        """Units in the basket."""
        return sum(item.quantity for item in self.items)


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line as a page shows it. `problem` is an English msgid when the line cannot be ordered as it is."""

    item: CartItem
    name: str
    sku_name: str
    options: tuple[ChosenOption, ...]
    unit_cents: int
    product: Mapping[str, Any] | None
    problem: str | None = None

    @property
    def total_cents(self) -> int:
        """Quantity times the unit with its options, in centavos; discounts come later."""
        return self.unit_cents * self.item.quantity


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """A basket against the catalogue of now."""

    lines: tuple[BasketLine, ...]

    @property
    def count(self) -> int:
        """Units in the basket."""
        return sum(line.item.quantity for line in self.lines)

    @property
    def total_cents(self) -> int:
        """The lines that can be ordered, in centavos, before discounts and freight."""
        return sum(line.total_cents for line in self.lines if line.problem is None)

    @property
    def is_orderable(self) -> bool:
        """True when there is something and nothing stands in the way."""
        return bool(self.lines) and all(line.problem is None for line in self.lines)


class ProductGoneError(Exception):
    """The product or the chosen size is not in the catalogue, or cannot be bought now."""


def is_buyable(product: Mapping[str, Any]) -> bool:
    """Whether a product of the catalogue can go into a basket now."""
    return product["availability"] in BUYABLE and any(sku["available"] for sku in product["skus"])


def option_groups_of(product: Mapping[str, Any]) -> tuple[OptionGroupRule, ...]:
    """The option groups of a catalogue product, as the pure rules want them."""
    return tuple(
        OptionGroupRule(
            id=UUID(group["id"]),
            name=group["name"],
            min=group["min"],
            max=group["max"],
            pricing_mode=cast("PricingMode", group["pricing_mode"]),
            options={
                UUID(option["id"]): OptionRule(
                    UUID(option["id"]), option["name"], option["price_cents"], option["max_per_item"],
                    option["available"],
                )
                for option in group["options"]
            },
        )
        for group in product["option_groups"]
    )  # fmt: skip


def price_line(product: Mapping[str, Any], item: CartItem) -> BasketLine:
    """The line with its price by the catalogue of now.

    Raises ProductGoneError when product or size cannot be bought, OptionRuleBroken when the choice breaks a rule.
    """
    sku = next((sku for sku in product["skus"] if sku["id"] == str(item.sku_id)), None)
    if sku is None or not sku["available"] or product["availability"] not in BUYABLE:
        raise ProductGoneError
    groups = option_groups_of(product)
    chosen = resolve_options(groups, item.options)
    unit = int(sku["price_cents"]) + options_cents(groups, chosen)
    return BasketLine(item, product["name"], sku["name"], chosen, unit, product)


def products_by_id(catalogue: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Every product of a catalogue by its id."""
    return {
        product["id"]: product for category in catalogue["categories"] for product in category["products"]
    }


def price_basket(catalogue: Mapping[str, Any], basket: Basket) -> PricedBasket:
    """Prices every line; one that cannot be ordered stays, with its reason, so that the buyer decides."""
    products = products_by_id(catalogue)
    return PricedBasket(tuple(_line(products.get(str(item.product_id)), item) for item in basket.items))


def _line(product: Mapping[str, Any] | None, item: CartItem) -> BasketLine:
    if product is None:
        return BasketLine(item, "—", "", (), 0, None, "This is not sold any more.")
    try:
        return price_line(product, item)
    except ProductGoneError:
        return BasketLine(item, product["name"], "", (), 0, product, "Sold out for now.")
    except OptionRuleBroken:
        return BasketLine(item, product["name"], "", (), 0, product, "The choices changed: add it again.")


def with_item(basket: Basket, item: CartItem) -> Basket:
    """The basket with one more line, or with more of a line that is there. Raises ValidationFailedError when full."""
    items = list(basket.items)
    for position, known in enumerate(items):
        if known.key == item.key:
            items[position] = replace(known, quantity=min(QUANTITY_MAX, known.quantity + item.quantity))
            return replace(basket, items=tuple(items))
    if len(items) >= CART_LINES_MAX:
        raise ValidationFailedError.at("/items", "The basket is full. Order this first.")
    return replace(basket, items=(*items, item))


def with_quantity(basket: Basket, key: str, quantity: int) -> Basket:
    """The basket with another quantity of one line; nothing or less takes it out. An unknown line changes nothing."""
    items = [
        replace(item, quantity=min(QUANTITY_MAX, quantity)) if item.key == key else item
        for item in basket.items
        if item.key != key or quantity > 0
    ]
    return replace(basket, items=tuple(items))


async def read_basket(uow: UnitOfWork, store_id: UUID, digest: str) -> Basket:
    """The basket kept under a cookie's digest; an empty one when there is none."""
    statement = select(Cart.items, Cart.draft).where(
        Cart.tenant_id == uow.tenant_id, Cart.store_id == store_id, Cart.token_hash == digest
    )
    row = (await uow.session.execute(statement)).first()
    return Basket() if row is None else _basket(row.items, row.draft)


async def change_basket(
    uow: UnitOfWork, store_id: UUID, digest: str, change: Callable[[Basket], Basket]
) -> Basket:
    """Changes the basket under a row lock, so that two clicks at once both count; makes it when it is new."""
    now = uow.now()
    await uow.session.execute(
        insert(Cart)
        .values(tenant_id=uow.tenant_id, id=new_id(), store_id=store_id, token_hash=digest, updated_at=now)
        .on_conflict_do_nothing(index_elements=["tenant_id", "store_id", "token_hash"])
    )
    mine = (Cart.tenant_id == uow.tenant_id, Cart.store_id == store_id, Cart.token_hash == digest)
    row = (await uow.session.execute(select(Cart.items, Cart.draft).where(*mine).with_for_update())).one()
    basket = change(_basket(row.items, row.draft))
    await uow.session.execute(
        update(Cart)
        .where(*mine)
        .values(items=[item.as_json() for item in basket.items], draft=dict(basket.draft), updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return basket


def _basket(items: Sequence[Mapping[str, Any]], draft: Mapping[str, Any]) -> Basket:
    return Basket(tuple(_item(item) for item in items), draft)


def _item(kept: Mapping[str, Any]) -> CartItem:
    options = tuple((UUID(option["option_id"]), int(option["quantity"])) for option in kept["options"])
    return CartItem(
        UUID(kept["product_id"]), UUID(kept["sku_id"]), int(kept["quantity"]), kept["notes"], options
    )
