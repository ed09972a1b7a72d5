"""Once a week, what lies in the store of files is compared with the rows, business by business."""

from __future__ import annotations

from balcao.kernel.files.sweeping import known_files, stored_files, sweep
from balcao.kernel.jobs.job import JobContext, job
from balcao.modules.contacts.public import IMPORTS_AREA, IMPORTS_IDS
from balcao.modules.store.public import PICTURES_AREA


@job("admin.sweep_files", queue="bulk", backoff=(600,), cron="20 7 * * 0", due="select id from tenants")
async def sweep_files(context: JobContext) -> None:
    """Removes stored files older than a day that no row knows, and writes into the log which a row misses."""
    stored = await stored_files(context.blobs, context.tenant.id)
    async with context.unit_of_work(read_only=True) as uow:
        known = await known_files(uow, (PICTURES_AREA,), {IMPORTS_AREA: IMPORTS_IDS})
        now = uow.now()
    await sweep(context.blobs, stored, known, now)
