"""The people of an import into the book and out of it, chunk by chunk, each in a transaction of its own."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import update

from balcao.kernel.jobs.job import JobContext
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts import import_blobs
from balcao.modules.contacts.import_results import CLASS_NAMES
from balcao.modules.contacts.import_undo import Cursor, Undone, undo_chunk
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.people_merge import CHUNK_ROWS, RECORD_BYTES, merge_chunk


class LostError(Exception):
    """Another attempt has the import now, or it was cancelled or deleted."""


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at one import."""

    context: JobContext
    import_id: UUID
    attempt: int

    async def note(self, uow: UnitOfWork, **values: Any) -> None:
        """Changes the import's row, if it is still ours and wanted. Raises LostError otherwise."""
        changed = await uow.session.execute(
            update(ImportJob)
            .where(
                ImportJob.tenant_id == uow.tenant_id,
                ImportJob.id == self.import_id,
                ImportJob.attempt == self.attempt,
                ImportJob.status == "processing",
                ImportJob.cancel_requested_at.is_(None),
            )
            .values(heartbeat_at=uow.now(), updated_at=uow.now(), **values)
            .returning(ImportJob.id)
            .execution_options(synchronize_session=False)
        )
        if changed.first() is None:
            raise LostError
        uow.announce(f"import:{self.import_id}")


async def merge_people(run: Run, people: Path, report: dict[str, Any], *, created_ms: int) -> None:
    """Merges the lines of `people`, stores what each was to the book, and adds the sums to the report."""
    context, counts = run.context, Counter[str]()
    with tempfile.NamedTemporaryFile(dir=people.parent, suffix=".bin", delete=False) as classes:
        done = 0
        for lines in _chunks(people):
            async with context.unit_of_work() as uow:
                found = await merge_chunk(
                    uow, run.import_id, lines, created_ms=created_ms, import_tag=report["import_tag"]
                )
                done += len(found) // RECORD_BYTES
                await run.note(uow, rows_done=done, merged_rows=done)
            classes.write(found)
            counts.update(chr(letter) for letter in found[::RECORD_BYTES])
    key = import_blobs.result_key(context.tenant.id, run.import_id, str(run.attempt), "classes.bin")
    await import_blobs.store(context.blobs, Path(classes.name), key)
    report["classes"] = {name: counts[letter] for letter, name in CLASS_NAMES.items()}
    async with context.unit_of_work() as uow:
        await run.note(uow, report=report)
        uow.announce("contacts")


def _chunks(people: Path) -> Iterator[bytes]:
    with people.open("rb") as file:
        while lines := b"".join(islice(file, CHUNK_ROWS)):
            yield lines


async def take_out(context: JobContext, row: ImportJob) -> Undone:
    """Takes the people of an import out of the book again (see `import_undo`)."""
    undone, cursor = Undone(), Cursor.of(row.id, milliseconds(row.created_at))
    while not cursor.is_done:
        async with context.unit_of_work() as uow:
            undone.add(await undo_chunk(uow, row.id, cursor))
            uow.announce("contacts")
    return undone


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, as they begin a UUIDv7."""
    return int(moment.timestamp() * 1000)
