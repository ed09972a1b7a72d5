"""What the catalogue routes answer. Prices are centavos."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from balcao.modules.store.api.admin_catalog_schemas import Availability, PricingMode


class SkuDocument(BaseModel):
    """A size."""

    id: UUID
    name: str
    price_cents: int
    is_active: bool


class LinkDocument(BaseModel):
    """An offered option group."""

    group_id: UUID
    name: str
    min: int
    max: int
    pricing_mode: PricingMode
    is_active: bool


class PictureDocument(BaseModel):
    """A picture and its addresses; `thumb` is the smallest size."""

    id: UUID
    file_id: UUID
    alt: str
    src: str
    srcset: str
    thumb: str
    width: int
    height: int


class ProductDocument(BaseModel):
    """A product as the panel sees it. `price_cents` and `price_max_cents` span the sizes on sale."""

    id: UUID
    code: int
    name: str
    description: str
    tags: list[str]
    store_id: UUID | None
    store_name: str | None
    category_id: UUID | None
    category_name: str | None
    availability: Availability
    lead_days: int
    is_active: bool
    position: int
    version: int
    created_at: datetime
    price_cents: int
    price_max_cents: int
    skus: list[SkuDocument]
    option_groups: list[LinkDocument]
    image: PictureDocument | None
    pictures: list[PictureDocument]


class CategoryDocument(BaseModel):
    """A category and how many products it holds."""

    id: UUID
    name: str
    store_id: UUID | None
    store_name: str | None
    position: int
    is_active: bool
    version: int
    products: int


class OptionDocument(BaseModel):
    """An option of a list."""

    id: UUID
    name: str
    price_cents: int
    max_per_item: int
    is_active: bool


class OfferDocument(BaseModel):
    """A product that offers a list, with its limits."""

    product_id: UUID
    name: str
    min: int
    max: int


class OptionGroupDocument(BaseModel):
    """A list of options and where it is offered."""

    id: UUID
    name: str
    pricing_mode: PricingMode
    is_active: bool
    version: int
    options: list[OptionDocument]
    products: list[OfferDocument]


class Changed(BaseModel):
    """How many products a bulk change touched."""

    changed: int
