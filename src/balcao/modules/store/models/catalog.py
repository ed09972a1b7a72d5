"""The catalogue: categories, products, sellable skus, option groups and pictures."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk


class Category(TenantModel, Stamped, Versioned):
    """A shelf of the menu. Without a store it shows in all."""

    __tablename__ = "categories"
    __audit__ = ()
    store_id: Mapped[UUID | None]
    name: Mapped[str]
    position: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (
        tenant_fk("store_id", "stores"),
        UniqueConstraint("tenant_id", "store_id", "name", postgresql_nulls_not_distinct=True),
    )


class Product(TenantModel, Stamped, Versioned):
    """Something sold. `availability`: available, order (to be ordered `lead_days` ahead) or unavailable."""

    __tablename__ = "products"
    __audit__ = ()
    store_id: Mapped[UUID | None]
    category_id: Mapped[UUID | None]
    code: Mapped[int]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="", default="")
    search_text: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    availability: Mapped[str] = mapped_column(server_default="available", default="available")
    lead_days: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    position: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (
        tenant_fk("store_id", "stores"),
        tenant_fk("category_id", "categories"),
        UniqueConstraint("tenant_id", "code"),
        Index("ix_products_category", "tenant_id", "category_id", "position"),
        CheckConstraint("availability in ('available', 'order', 'unavailable')", name="availability"),
        CheckConstraint("lead_days between 0 and 60", name="lead_days"),
        CheckConstraint("length(name) between 1 and 120", name="name"),
    )


class Sku(TenantModel, Stamped):
    """What is really sold of a product, with its price. A product with one has it hidden (empty name)."""

    __tablename__ = "skus"
    __audit__ = ()
    product_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(server_default="", default="")
    price_cents: Mapped[int]
    position: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (
        tenant_fk("product_id", "products", ondelete="CASCADE"),
        Index("ix_skus_product", "tenant_id", "product_id", "position"),
        CheckConstraint("price_cents between 0 and 99999999", name="price"),
    )


class OptionGroup(TenantModel, Stamped, Versioned):
    """A list of options a product may offer. Its price is the sum, the highest or the average of the chosen ones."""

    __tablename__ = "option_groups"
    __audit__ = ()
    name: Mapped[str]
    pricing_mode: Mapped[str] = mapped_column(server_default="sum", default="sum")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (CheckConstraint("pricing_mode in ('sum', 'highest', 'average')", name="pricing_mode"),)


class Option(TenantModel, Stamped):
    """One choice of a group."""

    __tablename__ = "options"
    __audit__ = ()
    group_id: Mapped[UUID]
    name: Mapped[str]
    price_cents: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    max_per_item: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    position: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (
        tenant_fk("group_id", "option_groups", ondelete="CASCADE"),
        Index("ix_options_group", "tenant_id", "group_id", "position"),
        CheckConstraint("price_cents between 0 and 99999999", name="price"),
        CheckConstraint("max_per_item between 1 and 99", name="max_per_item"),
    )


class ProductOptionGroup(TenantModel):
    """The link of a group to a product carries the limits: the same list may be optional here and required there."""

    __tablename__ = "product_option_groups"
    __audit__ = ()
    product_id: Mapped[UUID]
    group_id: Mapped[UUID]
    min_choices: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    max_choices: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    position: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    __table_args__ = (
        tenant_fk("product_id", "products", ondelete="CASCADE"),
        tenant_fk("group_id", "option_groups", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "product_id", "group_id"),
        CheckConstraint(
            "min_choices >= 0 and max_choices >= 1 and max_choices >= min_choices", name="limits"
        ),
    )


class ProductImage(TenantModel, Stamped):
    """A picture of a product; the first is its cover."""

    __tablename__ = "product_images"
    __audit__ = ()
    product_id: Mapped[UUID]
    file_id: Mapped[UUID]
    alt: Mapped[str] = mapped_column(server_default="", default="")
    position: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    __table_args__ = (
        tenant_fk("product_id", "products", ondelete="CASCADE"),
        tenant_fk("file_id", "files"),
        Index("ix_product_images_product", "tenant_id", "product_id", "position"),
    )
