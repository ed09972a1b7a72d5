"""What was to be sent is not kept for ever: payloads of contacts that never arrived go after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import text

from balcao.kernel.jobs.job import JobContext, job

KEPT: Final = timedelta(days=90)
_DUE: Final = (
    "select distinct tenant_id from ghl_push_items i where (person is not null or before is not null) and exists "
    "(select from ghl_pushes p where p.tenant_id = i.tenant_id and p.id = i.push_id and p.finished_at < now() - interval '90 days')"
)
_FORGET = text("""
update ghl_push_items i set person = null, before = null from ghl_pushes p
where i.tenant_id = :tenant and p.tenant_id = :tenant and p.id = i.push_id and p.finished_at < :before
  and (i.person is not null or i.before is not null)
""")


@job("contacts.forget_crm_payloads", queue="soon", cron="41 4 * * *", due=_DUE)
async def forget_crm_payloads(context: JobContext) -> None:
    """Ninety days after a sending ended, failed contacts can no longer be sent again, nor changed ones put back."""
    async with context.unit_of_work() as uow:
        await uow.session.execute(_FORGET, {"tenant": uow.tenant_id, "before": uow.now() - KEPT})
