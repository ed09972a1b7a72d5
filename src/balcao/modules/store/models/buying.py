"""On the way to an order: customers, carts, freight quotes and time slots."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, tenant_fk


class Customer(TenantModel, Stamped):
    """A buyer, known by phone (E.164). A name the merchant verified is not overwritten by what a checkout says."""

    __tablename__ = "customers"
    phone: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    document: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("tenant_id", "phone"),)


class Cart(TenantModel, Stamped):
    """A buyer's basket in one store, held by an unguessable cookie of which only the digest is kept."""

    __tablename__ = "carts"
    store_id: Mapped[UUID]
    token_hash: Mapped[str]
    items: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"), default=list)
    draft: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    updated_at: Mapped[datetime]
    __table_args__ = (
        tenant_fk("store_id", "stores", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "store_id", "token_hash"),
        Index("ix_carts_updated", "tenant_id", "updated_at"),
    )


class Quote(TenantModel, Stamped):
    """A freight promise for one destination, under one version of the store's settings, for 30 minutes."""

    __tablename__ = "quotes"
    store_id: Mapped[UUID]
    area_id: Mapped[UUID | None]
    destination_hash: Mapped[str]
    metres: Mapped[int | None]
    is_estimated: Mapped[bool]
    fee_cents: Mapped[int]
    min_order_cents: Mapped[int]
    free_above_cents: Mapped[int | None]
    eta_min: Mapped[int]
    eta_max: Mapped[int]
    settings_version: Mapped[int]
    expires_at: Mapped[datetime]
    __table_args__ = (
        tenant_fk("store_id", "stores", ondelete="CASCADE"),
        Index("ix_quotes_expires", "tenant_id", "expires_at"),
        CheckConstraint("fee_cents >= 0", name="fee"),
    )


class TimeSlot(TenantModel):
    """How many orders were taken for a slot of a store; the guarded counter behind `slot_full`."""

    __tablename__ = "time_slots"
    __audit__ = ()
    store_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    taken: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    __table_args__ = (
        tenant_fk("store_id", "stores", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "store_id", "starts_at"),
        CheckConstraint("taken >= 0", name="taken"),
    )
