"""The documents of orders, as the API promises them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Open(BaseModel):
    """Answers may grow fields; programs ignore what they do not know."""

    model_config = ConfigDict(extra="allow")


class DiscountDocument(Open):
    """One discount and what it took off."""

    label: str
    target: str
    amount_cents: int


class LineDocument(Open):
    """One priced line."""

    product_id: UUID
    sku_id: UUID
    name: str
    sku_name: str
    quantity: int
    unit_price_cents: int
    options_cents: int
    options: list[dict[str, Any]]
    discount_cents: int
    total_cents: int


class TotalsDocument(Open):
    """A priced cart."""

    lines: list[LineDocument]
    subtotal_cents: int
    line_discount_cents: int
    order_discount_cents: int
    shipping_cents: int
    shipping_discount_cents: int
    total_cents: int
    discounts: list[DiscountDocument]


class PreviewDocument(TotalsDocument):
    """The breakdown and what would stand in the way right now."""

    notices: list[dict[str, Any]]


class PixDocument(Open):
    """The code to copy, its QR, and until when it holds."""

    copy_paste: str
    qr_svg: str | None = None
    expires_at: datetime | None


class PaymentDocument(Open):
    """A payment of an order."""

    id: UUID
    method: str
    status: str
    amount_cents: int
    pix: PixDocument | None
    redirect_url: str | None


class PlacedOrderDocument(TotalsDocument):
    """A new order."""

    id: UUID
    code: int
    status: str
    version: int
    tracking_token: str
    tracking_url: str


class PlacedDocument(Open):
    """The answer to a checkout."""

    order: PlacedOrderDocument
    payment: PaymentDocument


class EventDocument(Open):
    """Something that happened to an order."""

    kind: str
    from_: str | None = None
    to: str | None
    at: datetime
    note: str


class OrderLineDocument(Open):
    """A line as it was sold."""

    id: UUID
    product_id: UUID
    sku_id: UUID
    name: str
    quantity: int
    unit_price_cents: int
    options_cents: int
    options: list[dict[str, Any]]
    total_cents: int


class OrderDocument(Open):
    """An order with lines, payment and history."""

    id: UUID
    code: int
    status: str
    version: int
    fulfilment: str
    lines: list[OrderLineDocument]
    subtotal_cents: int
    shipping_cents: int
    total_cents: int
    customer: dict[str, Any]
    address: dict[str, Any] | None
    payment: PaymentDocument | None
    events: list[EventDocument]
