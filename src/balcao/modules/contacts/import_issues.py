"""The list of an import's cells: the first hundred thousand as rows, to be filtered."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import delete

from balcao.kernel.db.engine import driver_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.models import ImportIssue

_STAGE = (
    b'create temporary table issue_stage (position bigint, "row" bigint, "column" bigint, field text, code text, '
    b"level text, original text, value text, note text) on commit drop"
)
_INSERT = """
insert into job_issues (tenant_id, id, import_id, position, "row", "column", field, code, level, original, value, note)
select %(tenant)s, gen_random_uuid(), %(import)s, position, "row", "column", field, code, level, original, value, note
from issue_stage order by position
"""
_PIECE = 1_000_000


async def keep_issues(uow: UnitOfWork, import_id: UUID, lines: Path) -> None:
    """Replaces the import's rows of the list by those of a file of COPY lines (pipeline.issues)."""
    await uow.session.execute(
        delete(ImportIssue).where(ImportIssue.tenant_id == uow.tenant_id, ImportIssue.import_id == import_id)
    )
    driver = driver_of(await uow.session.connection())
    await driver.execute(_STAGE)
    async with driver.cursor() as cursor, cursor.copy(b"copy issue_stage from stdin") as copy:
        with lines.open("rb") as file:  # noqa: ASYNC230 - a local scratch file, a piece at a time
            while piece := file.read(_PIECE):
                await copy.write(piece)
    await driver.execute(_INSERT.encode(), {"tenant": uow.tenant_id, "import": import_id})
