"""What other modules may use of payments: open one, settle it, call it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Update, select, update

from balcao.brazil.pix_code import InvalidPixCode, encode_static
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.events import domain_event
from balcao.kernel.work import UnitOfWork
from balcao.modules.payments.documents import payment_document as payment_document
from balcao.modules.payments.models import Payment

ON_DELIVERY = frozenset({"cash", "card_on_delivery", "meal_voucher"})
OPEN_STATUSES = ("created", "pending")


class PaymentMethodError(DomainError):
    """The store does not take this way of paying, or the amount for change is too small."""

    status = 422
    code = "payment_method"
    title = "Payment method unavailable."
    detail = "This way of paying is not available here."


class PaymentClosedError(DomainError):
    """The payment was settled or called off before."""

    code = "payment_closed"
    title = "Payment closed."
    detail = "This payment is no longer open."


@domain_event
class PaymentMoved:
    """A payment was opened or came to another state: created, approved, canceled, expired, or refund_due."""

    payment_id: UUID
    subject_kind: str
    subject_id: UUID
    to: str


@dataclass(frozen=True, slots=True)
class PixTerms:
    """Whose account a static Pix goes to, under which reference (1-25 letters and digits), and until when."""

    key: str
    receiver: str
    city: str
    txid: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as screens and answers show it. Amounts in centavos."""

    id: UUID
    method: str
    status: str
    amount_cents: int
    copy_paste: str | None
    expires_at: datetime | None
    approved_at: datetime | None
    refund_due: bool


def pix_copy_paste(terms: PixTerms, amount_cents: int) -> str:
    """The static BR Code of a charge. Raises PaymentMethodError when the store's key or name cannot make one."""
    try:
        return encode_static(terms.key, terms.receiver, terms.city or "BRASIL", amount_cents, terms.txid)
    except InvalidPixCode as error:
        raise PaymentMethodError("The Pix key of this shop is not complete.") from error


def _view(row: Payment) -> PaymentView:
    return PaymentView(
        row.id,
        row.method,
        row.status,
        row.amount_cents,
        row.copy_paste,
        row.expires_at,
        row.approved_at,
        row.refund_due,
    )


async def payments_of(uow: UnitOfWork, subject_kind: str, subject_id: UUID) -> list[PaymentView]:
    """The payments of one thing, oldest first."""
    query = select(Payment).where(Payment.subject_kind == subject_kind, Payment.subject_id == subject_id)
    rows = (await uow.session.execute(query.order_by(Payment.created_at, Payment.id))).scalars()
    return [_view(row) for row in rows]


async def open_pix(
    uow: UnitOfWork, subject_kind: str, subject_id: UUID, amount_cents: int, terms: PixTerms
) -> PaymentView:
    """A further Pix for something whose first one expired."""
    payment = Payment(
        tenant_id=uow.tenant_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        method="pix",
        status="pending",
        amount_cents=amount_cents,
        txid=terms.txid,
        copy_paste=pix_copy_paste(terms, amount_cents),
        expires_at=terms.expires_at,
    )
    uow.session.add(payment)
    await uow.session.flush()
    uow.publish(PaymentMoved(payment.id, subject_kind, subject_id, "created"))
    return _view(payment)


async def approve_payment(
    uow: UnitOfWork,
    subject_kind: str,
    subject_id: UUID,
    payment_id: UUID,
    *,
    end_to_end_id: str | None = None,
) -> PaymentView:
    """A person confirms that the money arrived. Confirming twice changes nothing.

    Raises NotFoundError for a payment of something else, PaymentClosedError for one that was refused or called off.
    An expired one may still be confirmed: the money is there.
    """
    query = select(Payment).where(
        Payment.id == payment_id, Payment.subject_kind == subject_kind, Payment.subject_id == subject_id
    )
    payment = (await uow.session.execute(query.with_for_update())).scalar_one_or_none()
    if payment is None:
        raise NotFoundError
    if payment.status == "approved":
        return _view(payment)
    if payment.status not in (*OPEN_STATUSES, "expired", "canceled"):
        raise PaymentClosedError
    payment.status = "approved"
    payment.approved_at = uow.now()
    payment.approved_by = uow.actor.label
    payment.end_to_end_id = end_to_end_id or None
    payment.version += 1
    await uow.session.flush()
    uow.publish(PaymentMoved(payment.id, subject_kind, subject_id, "approved"))
    return _view(payment)


async def settle_on_delivery(uow: UnitOfWork, subject_kind: str, subject_id: UUID) -> None:
    """What was to be paid at the door has been: its open payments are approved."""
    await _move(
        uow,
        update(Payment)
        .where(
            Payment.subject_kind == subject_kind,
            Payment.subject_id == subject_id,
            Payment.status.in_(OPEN_STATUSES),
            Payment.method.in_(ON_DELIVERY),
        )
        .values(
            status="approved", approved_at=uow.now(), approved_by=uow.actor.label, version=Payment.version + 1
        ),
        "approved",
    )


async def _move(uow: UnitOfWork, change: Update, to: str) -> None:
    """Runs an update of payments and tells of each that it moved."""
    moved = change.returning(Payment.id, Payment.subject_kind, Payment.subject_id)
    rows = await uow.session.execute(moved.execution_options(synchronize_session=False))
    for row in rows.all():
        uow.publish(PaymentMoved(row.id, row.subject_kind, row.subject_id, to))


async def close_open_payments(uow: UnitOfWork, subject_kind: str, subject_id: UUID, status: str) -> None:
    """Open payments end as `canceled` or `expired`; approved ones are marked to be given back."""
    of_subject = (Payment.subject_kind == subject_kind, Payment.subject_id == subject_id)
    await _move(
        uow,
        update(Payment)
        .where(*of_subject, Payment.status.in_(OPEN_STATUSES))
        .values(status=status, version=Payment.version + 1),
        status,
    )
    await _move(
        uow,
        update(Payment)
        .where(*of_subject, Payment.status == "approved", Payment.amount_cents > 0)
        .values(refund_due=True, version=Payment.version + 1),
        "refund_due",
    )


async def mark_refund_due(uow: UnitOfWork, subject_kind: str, subject_id: UUID) -> None:
    """Approved money that has to go back to the payer."""
    await _move(
        uow,
        update(Payment)
        .where(
            Payment.subject_kind == subject_kind,
            Payment.subject_id == subject_id,
            Payment.status == "approved",
        )
        .values(refund_due=True, version=Payment.version + 1),
        "refund_due",
    )
