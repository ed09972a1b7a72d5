"""Orders: snapshots of what was promised, at what price, and everything that happened since."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk

STATUSES = (
    "awaiting_payment", "received", "confirmed", "preparing", "ready", "out_for_delivery", "picked_up", "delivered",
    "completed", "canceled", "expired",
)  # fmt: skip
_STATUS_LIST = ", ".join(f"'{status}'" for status in STATUSES)


class Order(TenantModel, Versioned):
    """An order. Customer and address are snapshots; all amounts are centavos and add up (checked here)."""

    __tablename__ = "orders"
    store_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    code: Mapped[int]
    channel: Mapped[str] = mapped_column(server_default="web", default="web")
    fulfilment: Mapped[str]
    status: Mapped[str]
    tracking_hash: Mapped[str]
    tracking_expires_at: Mapped[datetime]
    customer_name: Mapped[str]
    customer_phone: Mapped[str]
    customer_email: Mapped[str | None]
    customer_document: Mapped[str | None]
    address: Mapped[dict[str, Any] | None]
    quote_id: Mapped[UUID | None]
    metres: Mapped[int | None]
    scheduled_for: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    payment_method: Mapped[str]
    change_for_cents: Mapped[int | None]
    subtotal_cents: Mapped[int]
    line_discount_cents: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    order_discount_cents: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    shipping_cents: Mapped[int]
    shipping_discount_cents: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    total_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(server_default="BRL", default="BRL")
    notes: Mapped[str] = mapped_column(server_default="", default="")
    language: Mapped[str] = mapped_column(server_default="pt_BR", default="pt_BR")
    placed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # When the sweeper acts next: payment expiry, acceptance limit or automatic completion.
    due_at: Mapped[datetime | None]
    __table_args__ = (
        tenant_fk("store_id", "stores"),
        tenant_fk("customer_id", "customers"),
        UniqueConstraint("tenant_id", "code"),
        Index("ix_orders_board", "tenant_id", "store_id", "status", "placed_at"),
        Index("ix_orders_placed", "tenant_id", "placed_at"),
        Index("ix_orders_customer", "tenant_id", "customer_id"),
        Index(
            "ix_orders_slot",
            "tenant_id",
            "store_id",
            "scheduled_for",
            postgresql_where=text("scheduled_for is not null"),
        ),
        Index("ix_orders_due", "due_at", postgresql_where=text("due_at is not null")),
        CheckConstraint(f"status in ({_STATUS_LIST})", name="status"),
        CheckConstraint("fulfilment in ('delivery', 'pickup')", name="fulfilment"),
        CheckConstraint("(fulfilment = 'delivery') = (address is not null)", name="address"),
        CheckConstraint("channel in ('web', 'manual')", name="channel"),
        CheckConstraint(
            "total_cents = subtotal_cents - line_discount_cents - order_discount_cents"
            " + shipping_cents - shipping_discount_cents",
            name="total",
        ),
        CheckConstraint(
            "subtotal_cents >= 0 and line_discount_cents >= 0 and order_discount_cents >= 0 and shipping_cents >= 0"
            " and shipping_discount_cents between 0 and shipping_cents and total_cents >= 0",
            name="amounts",
        ),
    )


class OrderLine(TenantModel):
    """One line as it was sold: names, prices and options are snapshots."""

    __tablename__ = "order_lines"
    order_id: Mapped[UUID]
    position: Mapped[int]
    product_id: Mapped[UUID]
    sku_id: Mapped[UUID]
    name: Mapped[str]
    sku_name: Mapped[str] = mapped_column(server_default="", default="")
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
    options_cents: Mapped[int]
    options: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"), default=list)
    line_discount_cents: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    order_discount_cents: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    total_cents: Mapped[int]
    notes: Mapped[str] = mapped_column(server_default="", default="")
    __table_args__ = (
        tenant_fk("order_id", "orders", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "order_id", "position"),
        Index("ix_order_lines_product", "tenant_id", "product_id"),
        CheckConstraint("quantity between 1 and 999", name="quantity"),
        CheckConstraint(
            "total_cents = quantity * (unit_price_cents + options_cents) - line_discount_cents - order_discount_cents"
            " and total_cents >= 0 and unit_price_cents >= 0 and options_cents >= 0",
            name="total",
        ),
    )


class OrderEvent(TenantModel):
    """Something that happened to an order, append only."""

    __tablename__ = "order_events"
    order_id: Mapped[UUID]
    kind: Mapped[str]
    from_status: Mapped[str | None]
    to_status: Mapped[str | None]
    actor: Mapped[str]
    actor_name: Mapped[str] = mapped_column(server_default="", default="")
    note: Mapped[str] = mapped_column(server_default="", default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        tenant_fk("order_id", "orders", ondelete="CASCADE"),
        Index("ix_order_events_order", "tenant_id", "order_id", "at"),
    )


class OrderCounter(TenantModel, Stamped):
    """The last order code of a tenant. One row, its id is the tenant's own."""

    __tablename__ = "order_counters"
    last_code: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    __table_args__ = (UniqueConstraint("tenant_id"),)
