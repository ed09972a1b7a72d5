"""Stores: where, when and how far a tenant sells."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk


class Store(TenantModel, Stamped, Versioned):
    """A shop of the tenant: one address, one schedule, one stock. Coordinates are degrees (WGS 84)."""

    __tablename__ = "stores"
    __audit__ = ("pix_key",)
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="", default="")
    position: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    timezone: Mapped[str] = mapped_column(server_default="America/Sao_Paulo", default="America/Sao_Paulo")
    phone: Mapped[str] = mapped_column(server_default="", default="")
    postal_code: Mapped[str] = mapped_column(server_default="", default="")
    street: Mapped[str] = mapped_column(server_default="", default="")
    number: Mapped[str] = mapped_column(server_default="", default="")
    complement: Mapped[str] = mapped_column(server_default="", default="")
    district: Mapped[str] = mapped_column(server_default="", default="")
    city: Mapped[str] = mapped_column(server_default="", default="")
    state: Mapped[str] = mapped_column(server_default="", default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accepts_delivery: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    accepts_pickup: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    preparation_minutes: Mapped[int] = mapped_column(server_default=text("45"), default=45)
    payment_methods: Mapped[list[str]] = mapped_column(
        server_default=text("'{pix,cash,card_on_delivery}'"),
        default=lambda: ["pix", "cash", "card_on_delivery"],
    )
    pix_key: Mapped[str] = mapped_column(server_default="", default="")
    pix_receiver: Mapped[str] = mapped_column(server_default="", default="")
    pix_minutes: Mapped[int] = mapped_column(server_default=text("30"), default=30)
    preorder: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    lead_minutes: Mapped[int] = mapped_column(server_default=text("60"), default=60)
    max_days_ahead: Mapped[int] = mapped_column(server_default=text("7"), default=7)
    slot_minutes: Mapped[int] = mapped_column(server_default=text("30"), default=30)
    slot_capacity: Mapped[int | None]
    accept_minutes: Mapped[int] = mapped_column(server_default=text("15"), default=15)
    auto_accept: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    distance_factor_percent: Mapped[int] = mapped_column(server_default=text("125"), default=125)
    # Raised whenever hours, areas or fees change: quotes made under another number are void.
    settings_version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    cover_file_id: Mapped[UUID | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "slug"),
        tenant_fk("cover_file_id", "files"),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name="slug"),
        CheckConstraint("preparation_minutes between 0 and 1440", name="preparation_minutes"),
        CheckConstraint("slot_minutes between 5 and 480", name="slot_minutes"),
        CheckConstraint("accept_minutes between 0 and 240", name="accept_minutes"),
        CheckConstraint("pix_minutes between 5 and 1440", name="pix_minutes"),
        CheckConstraint("distance_factor_percent between 100 and 300", name="distance_factor"),
    )


class StoreHours(TenantModel):
    """One interval of a weekday (0 = Monday), store time. `closes <= opens` ends on the next day."""

    __tablename__ = "store_hours"
    __audit__ = ()
    store_id: Mapped[UUID]
    weekday: Mapped[int]
    opens: Mapped[time] = mapped_column(Time())
    closes: Mapped[time] = mapped_column(Time())
    __table_args__ = (
        tenant_fk("store_id", "stores", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "store_id", "weekday", "opens"),
        CheckConstraint("weekday between 0 and 6", name="weekday"),
    )


class StoreException(TenantModel):
    """A date that is not like its weekday: closed (no times), or one interval of its own. Several rows, several intervals."""

    __tablename__ = "store_exceptions"
    __audit__ = ()
    store_id: Mapped[UUID]
    day: Mapped[date] = mapped_column(Date())
    opens: Mapped[time | None] = mapped_column(Time())
    closes: Mapped[time | None] = mapped_column(Time())
    reason: Mapped[str] = mapped_column(server_default="", default="")
    __table_args__ = (
        tenant_fk("store_id", "stores", ondelete="CASCADE"),
        Index("ix_store_exceptions_day", "tenant_id", "store_id", "day"),
        CheckConstraint("(opens is null) = (closes is null)", name="interval"),
    )


class StorePause(TenantModel, Stamped):
    """The store stops taking orders until a moment, for a reason buyers may read."""

    __tablename__ = "store_pauses"
    __audit__ = ()
    store_id: Mapped[UUID]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default="", default="")
    actor: Mapped[str]
    __table_args__ = (
        tenant_fk("store_id", "stores", ondelete="CASCADE"),
        Index("ix_store_pauses_until", "tenant_id", "store_id", "until"),
    )


class DeliveryArea(TenantModel, Stamped):
    """A row of the delivery table: by distance (metres, half-open), by district, or by postal code range."""

    __tablename__ = "delivery_areas"
    __audit__ = ()
    store_id: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str]
    priority: Mapped[int] = mapped_column(server_default=text("100"), default=100)
    metres_min: Mapped[int | None]
    metres_max: Mapped[int | None]
    districts: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    city: Mapped[str] = mapped_column(server_default="", default="")
    postal_from: Mapped[str | None]
    postal_to: Mapped[str | None]
    fee_cents: Mapped[int]
    min_order_cents: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    free_above_cents: Mapped[int | None]
    eta_min: Mapped[int] = mapped_column(server_default=text("30"), default=30)
    eta_max: Mapped[int] = mapped_column(server_default=text("60"), default=60)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (
        tenant_fk("store_id", "stores", ondelete="CASCADE"),
        Index("ix_delivery_areas_store", "tenant_id", "store_id"),
        CheckConstraint("kind in ('km', 'district', 'postal_range')", name="kind"),
        CheckConstraint(
            "kind <> 'km' or (metres_min is not null and metres_max > metres_min and metres_min >= 0)",
            name="km",
        ),
        CheckConstraint(
            "kind <> 'postal_range' or (postal_from is not null and postal_to >= postal_from)", name="postal"
        ),
        CheckConstraint(
            "fee_cents >= 0 and min_order_cents >= 0 and coalesce(free_above_cents, 0) >= 0", name="amounts"
        ),
        CheckConstraint("eta_min >= 0 and eta_max >= eta_min", name="eta"),
    )
