"""What the cleaning process is handed of a business: options, mappings it kept, corrections, who must not be contacted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text

from balcao.kernel.db.engine import driver_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.import_merging import milliseconds
from balcao.modules.contacts.models import ImportCorrection, ImportJob, MappingProfile
from balcao.modules.contacts.pipeline.request import Limits, Request, options_of

_SUPPRESSIONS = "copy (select kind || ' ' || digest from suppressions where tenant_id = '{tenant}') to stdout"
_USED = text("""
select coalesce(sum((report->'counts'->>'rows_read')::bigint), 0) from import_jobs
where tenant_id = :tenant and id <> :import and status = 'done'
  and created_at >= date_trunc('month', cast(:now as timestamptz))
""")


async def request_of(uow: UnitOfWork, row: ImportJob, folder: Path, today: str) -> Request:
    """The request for an import; writes the suppression list into the folder."""
    profiles = await uow.session.execute(
        select(MappingProfile.signature, MappingProfile.columns).where(
            MappingProfile.tenant_id == uow.tenant_id
        )
    )
    suppressions = folder / "suppressions"
    await _write_suppressions(uow, suppressions)
    return Request(
        source=str(folder / "source"),
        filename=row.filename_original,
        folder=str(folder),
        tenant_id=str(uow.tenant_id),
        import_id=str(row.id),
        created_ms=milliseconds(row.created_at),
        sha256=row.sha256,
        today=today,
        options=options_of(row.options),
        limits=replace(Limits()),
        chosen=row.mapping,
        saved={profile.signature: profile.columns for profile in profiles},
        corrections=await _corrections(uow, row.id),
        suppressions=str(suppressions),
    )


async def _corrections(uow: UnitOfWork, import_id: UUID) -> dict[str, dict[str, str]]:
    query = select(ImportCorrection.row, ImportCorrection.column, ImportCorrection.value).where(
        ImportCorrection.tenant_id == uow.tenant_id, ImportCorrection.import_id == import_id
    )
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    for row, column, value in await uow.session.execute(query):
        cells[str(row)][str(column)] = value
    return dict(cells)


async def _write_suppressions(uow: UnitOfWork, path: Path) -> None:
    driver = driver_of(await uow.session.connection())
    statement = _SUPPRESSIONS.format(tenant=uow.tenant_id).encode()
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        with path.open("wb") as file:  # noqa: ASYNC230 - a local scratch file, a piece at a time
            async for piece in copy:
                file.write(piece)


async def used_rows_this_month(uow: UnitOfWork, but: UUID) -> int:
    """Rows of this month's other imports, for the plan's ceiling."""
    found = await uow.session.execute(_USED, {"tenant": uow.tenant_id, "import": but, "now": uow.now()})
    return int(found.scalar_one())
