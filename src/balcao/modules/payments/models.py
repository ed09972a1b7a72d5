"""Payments: who owes what for which thing, and how it was settled."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned

METHODS = ("pix", "pix_online", "card_online", "cash", "card_on_delivery", "meal_voucher")
STATUSES = (
    "created", "pending", "approved", "rejected", "expired", "canceled", "refunded_partial", "refunded", "in_dispute",
)  # fmt: skip


def _sql_list(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Payment(TenantModel, Stamped, Versioned):
    """One try to be paid for one thing (`subject_kind`, `subject_id`: an order, later a book or a course)."""

    __tablename__ = "payments"
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    method: Mapped[str]
    status: Mapped[str]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(server_default="BRL", default="BRL")
    txid: Mapped[str | None]
    copy_paste: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    end_to_end_id: Mapped[str | None]
    refund_due: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    __table_args__ = (
        Index("ix_payments_subject", "tenant_id", "subject_kind", "subject_id"),
        Index(
            "uq_payments_end_to_end", "tenant_id", "end_to_end_id", unique=True,
            postgresql_where=text("end_to_end_id is not null"),
        ),
        CheckConstraint(f"method in ({_sql_list(METHODS)})", name="method"),
        CheckConstraint(f"status in ({_sql_list(STATUSES)})", name="status"),
        CheckConstraint("amount_cents >= 0", name="amount"),
    )  # fmt: skip
