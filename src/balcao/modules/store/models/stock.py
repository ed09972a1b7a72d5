"""Stock: what is on the shelf, what is promised, and the ledger both are the sum of."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk


class StockItem(TenantModel, Stamped, Versioned):
    """The stock of one sku, or of one option, in one store. No row, or `none`: not counted.

    `quantity` counts in this row. `daily` starts each date with `daily_quota`, counted in StockDay.
    """

    __tablename__ = "stock_items"
    store_id: Mapped[UUID]
    sku_id: Mapped[UUID | None]
    option_id: Mapped[UUID | None]
    track: Mapped[str] = mapped_column(server_default="quantity", default="quantity")
    on_hand: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    reserved: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    # What a forced count left promised beyond the shelf; the only way `reserved` may pass `on_hand`.
    shortfall: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    daily_quota: Mapped[int | None]
    low_threshold: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    __table_args__ = (
        tenant_fk("store_id", "stores"),
        tenant_fk("sku_id", "skus", ondelete="CASCADE"),
        tenant_fk("option_id", "options", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "store_id", "sku_id", "option_id", postgresql_nulls_not_distinct=True),
        Index("ix_stock_items_sku", "tenant_id", "sku_id"),
        Index("ix_stock_items_option", "tenant_id", "option_id"),
        CheckConstraint("(sku_id is null) <> (option_id is null)", name="one_subject"),
        CheckConstraint("track in ('none', 'quantity', 'daily')", name="track"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("shortfall >= 0", name="shortfall"),
        CheckConstraint("reserved <= on_hand + shortfall", name="reserved_on_hand"),
        CheckConstraint("(track = 'daily') = (daily_quota is not null)", name="daily_quota"),
    )


class StockDay(TenantModel, Stamped):
    """The count of a daily item on one date (store time)."""

    __tablename__ = "stock_days"
    stock_item_id: Mapped[UUID]
    day: Mapped[date] = mapped_column(Date())
    on_hand: Mapped[int]
    reserved: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    __table_args__ = (
        tenant_fk("stock_item_id", "stock_items", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "stock_item_id", "day"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("reserved <= on_hand", name="reserved_on_hand"),
    )


class StockMovement(TenantModel):
    """One line of the ledger, append only. `on_hand` and `reserved` are what it added to each.

    A movement caused by an order is unique per (line, item, kind, seq), so repeating it does nothing.
    """

    __tablename__ = "stock_movements"
    stock_item_id: Mapped[UUID]
    day: Mapped[date | None] = mapped_column(Date())
    kind: Mapped[str]
    on_hand: Mapped[int]
    reserved: Mapped[int]
    order_id: Mapped[UUID | None]
    seq: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    reason: Mapped[str] = mapped_column(server_default="", default="")
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        tenant_fk("stock_item_id", "stock_items"),
        tenant_fk("order_id", "orders"),
        Index("ix_stock_movements_item", "tenant_id", "stock_item_id", "at"),
        Index(
            "uq_stock_movements_order",
            "tenant_id",
            "order_id",
            "stock_item_id",
            "day",
            "kind",
            "seq",
            unique=True,
            postgresql_where=text("order_id is not null"),
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(
            "kind in ('receive', 'adjust', 'reserve', 'release', 'commit', 'return', 'count')", name="kind"
        ),
    )
