"""What the shop tells the rest of the house. Ids only."""

from __future__ import annotations

from uuid import UUID

from balcao.kernel.events import domain_event


@domain_event
class OrderPlaced:
    """An order came in, with its first status."""

    order_id: UUID
    status: str


@domain_event
class OrderStatusChanged:
    """An order moved from one status to another."""

    order_id: UUID
    from_status: str
    to_status: str


@domain_event
class StockLow:
    """What may still be sold of an item fell to its threshold; once per crossing."""

    stock_item_id: UUID


@domain_event
class ProductsChanged:
    """Products came in, were changed, or went: `change` is created, updated or deleted."""

    product_ids: tuple[UUID, ...]
    change: str


@domain_event
class StorePauseChanged:
    """A store stopped taking orders for a while, or takes them again before that time."""

    store_id: UUID
    is_paused: bool
