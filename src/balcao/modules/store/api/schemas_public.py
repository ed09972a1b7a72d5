"""The documents of the shop window, as the API promises them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Open(BaseModel):
    """Answers may grow fields; programs ignore what they do not know."""

    model_config = ConfigDict(extra="allow")


class StoreDocument(Open):
    """A store and its open state."""

    id: UUID
    slug: str
    name: str
    is_open: bool
    next_opening: datetime | None
    fulfilments: list[str]
    payment_methods: list[str]
    address: dict[str, Any]
    phone: str
    sla_minutes: int
    timezone: str


class StoresDocument(Open):
    """The stores of a business."""

    items: list[StoreDocument]
    total: int
    limit: int
    offset: int


class ImageDocument(Open):
    """A picture with its sizes."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str


class SkuDocument(Open):
    """A sellable variant."""

    id: UUID
    name: str
    price_cents: int
    available: bool


class OptionDocument(Open):
    """One choice."""

    id: UUID
    name: str
    price_cents: int
    max_per_item: int
    available: bool


class OptionGroupDocument(Open):
    """A list of choices with its limits on this product."""

    id: UUID
    name: str
    min: int
    max: int
    pricing_mode: str
    options: list[OptionDocument]


class ProductDocument(Open):
    """A product as a buyer sees it."""

    id: UUID
    code: int
    name: str
    description: str
    price_cents: int
    from_price_cents: int
    availability: str
    image: ImageDocument | None
    skus: list[SkuDocument]
    option_groups: list[OptionGroupDocument]


class CategoryDocument(Open):
    """A shelf; products without one come last, under a shelf without a name."""

    id: UUID | None
    name: str
    products: list[ProductDocument]


class CatalogDocument(Open):
    """The catalogue of a store."""

    store: StoreDocument
    categories: list[CategoryDocument]
    banners: list[dict[str, Any]]


class EtaDocument(Open):
    """Minutes until delivery."""

    min: int
    max: int


class QuoteDocument(Open):
    """A freight promise."""

    quote_id: UUID
    fee_cents: int
    distance_km: float | None
    estimated: bool
    eta_minutes: EtaDocument
    min_order_cents: int
    free_above_cents: int | None
    expires_at: datetime
