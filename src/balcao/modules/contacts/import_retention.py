"""How long an import's files are kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from balcao.kernel.files.blobs import BlobKey
from balcao.kernel.jobs.job import JobContext
from balcao.modules.contacts import import_blobs
from balcao.modules.contacts.models import ImportJob

AT_ONCE = 50


async def forget_overdue(context: JobContext) -> None:
    """Deletes the files first and notes it after: a crash in between deletes them again."""
    settings = context.settings
    async with context.unit_of_work(read_only=True) as uow:
        sources = uow.now() - timedelta(days=settings.import_source_days)
        results = uow.now() - timedelta(days=settings.import_results_days)
        query = (
            select(ImportJob)
            .where(
                ImportJob.status.not_in(["queued", "processing"]),
                or_(
                    (ImportJob.created_at < sources) & ImportJob.source_deleted_at.is_(None),
                    (ImportJob.created_at < results) & ImportJob.results_deleted_at.is_(None),
                ),
            )
            .limit(AT_ONCE)
        )
        overdue = list((await uow.session.execute(query)).scalars())
    for row in overdue:
        if row.created_at < sources and row.source_key:
            await context.blobs.delete(BlobKey(row.source_key))
        if row.created_at < results:
            await import_blobs.forget(context.blobs, context.tenant.id, row.id)
        async with context.unit_of_work() as uow:
            fresh = await uow.session.get(ImportJob, (uow.tenant_id, row.id))
            if fresh is not None:
                fresh.source_deleted_at = fresh.source_deleted_at or uow.now()
                fresh.dedupe_key = None
                if row.created_at < results:
                    fresh.results_deleted_at = uow.now()
