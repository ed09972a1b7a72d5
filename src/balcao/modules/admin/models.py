"""What a business is on paper, what billing said of it, and the programs outside that it tells of its events."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import PlatformModel, Stamped, TenantModel, Versioned, tenant_fk
from balcao.kernel.ids import new_id


def _text(default: str = "") -> Mapped[str]:
    return mapped_column(server_default=default, default=default)


def _document() -> Mapped[dict[str, Any]]:
    return mapped_column(JSONB(), server_default=text("'{}'"), default=dict)


class BusinessProfile(TenantModel, Stamped, Versioned):
    """The legal person behind a tenant, whom to call, and how it came here. One row per tenant.

    `document` is a clean CPF or CNPJ (letters allowed, RFB IN 2.229/2024). `billing_address` has the keys postal_code,
    street, number, complement, district, city, state. `activation_mode` force_first_access_test shows the first steps
    again whatever is filled in. `onboarded_at` is when the first steps were finished.
    """

    __tablename__ = "business_profiles"
    __audit__ = (
        "document", "contact_name", "contact_email", "contact_phone", "financial_name", "financial_email",
        "financial_phone", "billing_address", "signup_payload",
    )  # fmt: skip
    person_type: Mapped[str] = _text("company")
    document: Mapped[str] = _text()
    legal_name: Mapped[str] = _text()
    trade_name: Mapped[str] = _text()
    state_registration: Mapped[str] = _text()
    municipal_registration: Mapped[str] = _text()
    contact_name: Mapped[str] = _text()
    contact_email: Mapped[str] = _text()
    contact_phone: Mapped[str] = _text()
    financial_name: Mapped[str] = _text()
    financial_email: Mapped[str] = _text()
    financial_phone: Mapped[str] = _text()
    billing_address: Mapped[dict[str, Any]] = _document()
    onboarding_origin: Mapped[str] = _text("manual")
    activation_mode: Mapped[str] = _text("manual")
    activation_notes: Mapped[str] = _text()
    payment_provider: Mapped[str] = _text()
    payment_reference: Mapped[str] = _text()
    signup_payload: Mapped[dict[str, Any]] = _document()
    activated_at: Mapped[datetime | None]
    onboarded_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        CheckConstraint("person_type in ('individual', 'company')", name="person_type"),
        CheckConstraint(
            "activation_mode in ('manual', 'automatic_webhook', 'force_first_access_test')",
            name="activation_mode",
        ),
    )


class BillingEvent(PlatformModel):
    """What the billing system sent, once per event id, and what became of it. Outcome: applied, stale or refused."""

    __tablename__ = "billing_events"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    tenant_slug: Mapped[str] = _text()
    sequence: Mapped[int | None]
    body_hash: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str] = _text()
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        CheckConstraint("kind in ('status', 'intake')", name="kind"),
        CheckConstraint("outcome in ('applied', 'stale', 'refused')", name="outcome"),
        Index("ix_billing_events_received", "received_at"),
    )


class WebhookEndpoint(TenantModel, Stamped, Versioned):
    """An address of the business that hears of events. `failures` counts refused tries since the last good one.

    The former secret signs beside the new one until `previous_until`. `silences` counts tries in a row without any answer;
    after such a one nothing is sent before `rest_until`.
    """

    __tablename__ = "webhook_endpoints"
    __audit__ = ("url", "sealed_secret", "sealed_previous")  # an address may carry a token of its own
    url: Mapped[str]
    description: Mapped[str] = _text()
    events: Mapped[list[str]]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary())
    sealed_previous: Mapped[bytes | None] = mapped_column(LargeBinary(), nullable=True)
    previous_until: Mapped[datetime | None]
    status: Mapped[str] = _text("on")
    failures: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = _text()
    silences: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    rest_until: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("status in ('on', 'off', 'stopped')", name="status"),)


class WebhookMessage(TenantModel, Stamped):
    """One event as it is told outside. `sequence` orders the messages of one subject, such as `order:<id>`.

    `people` are digests of whom it names. Once one of them asked to be forgotten (`erased_at`) the payload is empty.
    """

    __tablename__ = "webhook_messages"
    event_type: Mapped[str]
    subject: Mapped[str]
    sequence: Mapped[int]
    source_event: Mapped[str]
    payload: Mapped[dict[str, Any]]
    people: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    erased_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "subject", "sequence"),
        # One event may be about several things at once: two people who become one.
        UniqueConstraint("tenant_id", "source_event", "event_type", "subject"),
        Index("ix_webhook_messages_created", "tenant_id", "created_at"),
        Index("ix_webhook_messages_people", "people", postgresql_using="gin"),
    )


class WebhookDelivery(TenantModel, Stamped):
    """A message on its way to one endpoint."""

    __tablename__ = "webhook_deliveries"
    endpoint_id: Mapped[UUID]
    message_id: Mapped[UUID]
    status: Mapped[str] = _text("waiting")
    tries: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_try_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    __table_args__ = (
        tenant_fk("endpoint_id", "webhook_endpoints", ondelete="CASCADE"),
        tenant_fk("message_id", "webhook_messages", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "endpoint_id", "message_id"),
        CheckConstraint("status in ('waiting', 'delivered', 'failed', 'held')", name="status"),
        Index("ix_webhook_deliveries_endpoint", "tenant_id", "endpoint_id", "created_at"),
    )


class WebhookTry(TenantModel):
    """One try of a delivery: the answer's status, or why there was none. `duration_ms` is in milliseconds."""

    __tablename__ = "webhook_tries"
    delivery_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    status_code: Mapped[int | None]
    problem: Mapped[str] = _text()
    excerpt: Mapped[str] = _text()
    duration_ms: Mapped[int]
    __table_args__ = (
        tenant_fk("delivery_id", "webhook_deliveries", ondelete="CASCADE"),
        Index("ix_webhook_tries_delivery", "tenant_id", "delivery_id", "at"),
    )
