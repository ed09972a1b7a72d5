"""The documents of the shop window, as the API promises them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
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
    """The stores of a business. After `fresh_until` the clock alone may have opened or closed one."""

    items: list[StoreDocument]
    total: int
    limit: int
    offset: int
    fresh_until: datetime


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
    """A product as a buyer sees it. `availability`: available, sold_out, order (days ahead) or unavailable.

    `price_cents` is that of the first sku; `from_price_cents` the least one can pay, mandatory options included.
    """

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
    """The catalogue of a store. After `fresh_until` the clock alone may have changed it."""

    store: StoreDocument
    categories: list[CategoryDocument]
    banners: list[dict[str, Any]]
    fresh_until: datetime


class ShelfDocument(BaseModel):
    """The category a found product stands in."""

    id: UUID | None
    name: str


class FoundDocument(ProductDocument):
    """A product that fits what was typed."""

    category: ShelfDocument


class SearchDocument(BaseModel):
    """What a search found, best first."""

    items: list[FoundDocument]
    total: int
    limit: int
    offset: int


class CepDocument(BaseModel):
    """What is known of a postal code: its street, its town (one CEP for all of it), or only the range it lies in."""

    postal_code: str
    street: str
    district: str
    city: str
    state: str
    ibge: str
    source: Literal["street", "town", "range"]


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
