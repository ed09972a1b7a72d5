"""GoHighLevel's error report as it comes in: stored for a moment, read, joined to the import's people, forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from balcao.kernel.runtime import Work
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_error_logs import LOG_BYTES, LogResult, keep_log, match_lines, read_log
from balcao.modules.contacts.import_queries import get_finished
from balcao.modules.contacts.import_results import people_of_import
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.uploads import SizeLimits, receive_upload


async def take_error_log(
    works: Work, import_id: UUID, stream: AsyncIterator[bytes], content_type: str
) -> LogResult:
    """Reads an uploaded report and keeps its lines as issues of the import.

    Raises NotFoundError, ImportNotReadyError, ResultsGoneError, ErrorLogUnreadableError and what `receive_upload` raises.
    """
    job = await works.run(lambda uow: get_finished(uow, import_id))
    blobs = works.runtime.blobs
    sent = await receive_upload(
        stream, content_type, blobs, works.tenant.id, SizeLimits(LOG_BYTES, LOG_BYTES)
    )
    try:
        data = await blobs.read(sent.key)
    finally:
        await blobs.delete(sent.key)
    lines = await asyncio.to_thread(read_log, data)
    matched = await match_lines(lines, _people(works, job))

    async def keep(uow: UnitOfWork) -> LogResult:
        return await keep_log(uow, import_id, lines, matched)

    return await works.run(keep)


async def _people(works: Work, job: ImportJob) -> AsyncIterator[tuple[int, Sequence[str]]]:
    async for person in people_of_import(works.runtime.blobs, works.tenant.id, job):
        yield person.row, person.person
