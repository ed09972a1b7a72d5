"""A payment as other programs read it. Amounts in centavos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.work import UnitOfWork

_PAYMENT = text("""
select jsonb_build_object('id', p.id, 'version', p.version, 'method', p.method, 'status', p.status,
  'refund_due', p.refund_due, 'amount_cents', p.amount_cents, 'currency', p.currency, 'created_at', p.created_at,
  'expires_at', p.expires_at, 'approved_at', p.approved_at,
  'subject', jsonb_build_object('kind', p.subject_kind, 'id', p.subject_id))
from payments p where p.tenant_id = :tenant and p.id = :payment
""")


async def payment_document(uow: UnitOfWork, payment_id: UUID) -> dict[str, Any] | None:
    """A payment without anything of the payer; None when it is not there."""
    found = await uow.session.execute(_PAYMENT, {"tenant": uow.tenant_id, "payment": payment_id})
    return found.scalar_one_or_none()
