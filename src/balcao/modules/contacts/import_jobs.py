"""The life of an import: made, mapped, cancelled, run again, deleted. The work itself is in import_runs.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.errors import NotFoundError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.import_errors import (
    ImportSourceGoneError,
    ImportStateError,
    ImportUndoneError,
    MappingInvalidError,
)
from balcao.modules.contacts.import_runs import forget_files, run_import, undo_people
from balcao.modules.contacts.models import ImportCorrection, ImportJob, MappingProfile
from balcao.modules.contacts.people_fields import FIELDS
from balcao.modules.contacts.pipeline.request import Options

ACTIVE: Final = frozenset({"queued", "processing"})
OPTION_NAMES: Final = frozenset(Options.__slots__)


async def get_import(uow: UnitOfWork, import_id: UUID, *, lock: bool = False) -> ImportJob:
    """The import, or NotFoundError. `lock` holds its row until the end of the transaction."""
    query = select(ImportJob).where(ImportJob.id == import_id)
    found = (await uow.session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    return found


async def create_import(
    uow: UnitOfWork,
    *,
    filename: str,
    size: int,
    sha256: str,
    source_key: str,
    options: Mapping[str, Any],
    forced: bool = False,
    import_id: UUID | None = None,
) -> tuple[ImportJob, bool]:
    """A new import of a stored file, queued. The same file again answers the import there is, and True, unless forced.

    Two uploads of one file at the same moment make one import.
    """
    values = {
        "tenant_id": uow.tenant_id, "id": import_id or new_id(), "filename_original": filename, "size_bytes": size,
        "sha256": sha256, "source_key": source_key, "dedupe_key": None if forced else sha256,
        "options": {name: value for name, value in options.items() if name in OPTION_NAMES},
        "created_by": uow.actor.label,
    }  # fmt: skip
    statement = insert(ImportJob).values(**values).on_conflict_do_nothing().returning(ImportJob.id)
    made = (await uow.session.execute(statement)).scalar_one_or_none()
    if made is None:
        same = select(ImportJob).where(ImportJob.dedupe_key == sha256)
        existing = (await uow.session.execute(same)).scalar_one_or_none()
        if existing is None:
            raise NotFoundError
        return existing, True
    _queue(uow, made)
    return await get_import(uow, made), False


def _queue(uow: UnitOfWork, import_id: UUID) -> None:
    """One import of a business at a time, so that one business never takes every place."""
    uow.enqueue(run_import, import_id=import_id, lock=f"import:{uow.tenant_id}")
    uow.announce("imports", f"import:{import_id}")


async def cancel_import(uow: UnitOfWork, import_id: UUID) -> ImportJob:
    """Stops an import: at once while it waits, within two seconds while it works. Raises ImportStateError once it ended."""
    job = await get_import(uow, import_id, lock=True)
    if job.status in {"queued", "needs_mapping"}:
        job.status, job.finished_at, job.dedupe_key = "canceled", uow.now(), None
    elif job.status == "processing":
        job.cancel_requested_at = job.cancel_requested_at or uow.now()
    else:
        raise ImportStateError(status=job.status)
    _touched(uow, job)
    return job


async def retry_import(uow: UnitOfWork, import_id: UUID) -> ImportJob:
    """Runs a failed or cancelled import again from its stored file. Raises ImportStateError, ImportSourceGoneError."""
    job = await get_import(uow, import_id, lock=True)
    if job.status not in {"failed", "canceled"}:
        raise ImportStateError(status=job.status)
    _again(uow, job)
    return job


async def choose_mapping(
    uow: UnitOfWork, import_id: UUID, columns: Mapping[int, str], *, save_as: str | None = None
) -> ImportJob:
    """Takes a person's mapping ({column position: field}, "" to leave out) and runs the import with it.

    `save_as` keeps it for the next file of that shape. Raises MappingInvalidError, ImportStateError.
    """
    job = await get_import(uow, import_id, lock=True)
    if job.status not in {"needs_mapping", "done", "failed", "canceled"} or job.report is None:
        raise ImportStateError(status=job.status)
    known = {column["position"]: column for column in job.report["columns"]}
    check_mapping(columns, known.keys())
    job.mapping = {str(position): field for position, field in columns.items()}
    if save_as:
        await _save_profile(uow, job, columns, save_as)
    _again(uow, job)
    return job


def check_mapping(columns: Mapping[int, str], positions: Any) -> None:
    """Raises MappingInvalidError unless every column and field is known and single fields are given once."""
    errors: list[dict[str, str]] = []
    used: dict[str, int] = {}
    for position, name in columns.items():
        if position not in positions or (name and name not in FIELDS):
            errors.append({"pointer": f"/columns/{position}", "message": "There is no such column or field."})
        elif name and not FIELDS[name].many and name in used:
            errors.append(
                {"pointer": f"/columns/{position}", "message": "Another column has this field already."}
            )
        used[name] = position
    if errors:
        raise MappingInvalidError(errors=errors)


async def _save_profile(uow: UnitOfWork, job: ImportJob, columns: Mapping[int, str], name: str) -> None:
    assert job.report is not None
    chosen = {
        column["normalised"]: columns.get(column["position"], column["field"] or "")
        for column in job.report["columns"]
        if column["normalised"]
    }
    values = {
        "tenant_id": uow.tenant_id, "id": new_id(), "name": name.strip()[:80], "signature": job.report["signature"],
        "columns": chosen, "actor": uow.actor.label,
    }  # fmt: skip
    statement = insert(MappingProfile).values(**values)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "signature"],
        set_={"name": statement.excluded.name, "columns": statement.excluded.columns},
    )
    await uow.session.execute(statement)


async def rerun_with_options(
    uow: UnitOfWork, import_id: UUID, changes: Mapping[str, Any] | None = None
) -> ImportJob:
    """Reads the stored file again with other options (a sheet, an encoding, a default area code), or after corrections.

    A choice of another table forgets the mapping chosen for the one before. Raises ImportStateError,
    ImportSourceGoneError.
    """
    job = await get_import(uow, import_id, lock=True)
    if job.status in ACTIVE:
        raise ImportStateError(status=job.status)
    wanted = {name: value for name, value in (changes or {}).items() if name in OPTION_NAMES}
    if {"sheet", "all_sheets", "header_row"} & wanted.keys():
        job.mapping = None
    job.options = {**job.options, **wanted}
    _again(uow, job)
    return job


def _again(uow: UnitOfWork, job: ImportJob) -> None:
    if job.source_deleted_at is not None or job.source_key is None:
        raise ImportSourceGoneError
    job.status, job.stage, job.rows_done = "queued", "received", 0
    job.cancel_requested_at = job.error_code = job.finished_at = job.undone_at = None
    _touched(uow, job)
    _queue(uow, job.id)


async def undo_import(uow: UnitOfWork, import_id: UUID) -> ImportJob:
    """Takes the import's people out of the address book again, and gives changed ones back what they had.

    Who was touched since stays, and is listed in the report. Done by a job; the row's `stage` tells.
    """
    job = await get_import(uow, import_id, lock=True)
    if job.undone_at is not None:
        raise ImportUndoneError
    if job.status != "done":
        raise ImportStateError(status=job.status)
    job.undone_at = uow.now()
    job.dedupe_key = None
    _touched(uow, job)
    uow.enqueue(undo_people, import_id=job.id, lock=f"import:{uow.tenant_id}")
    return job


async def delete_import(uow: UnitOfWork, import_id: UUID) -> None:
    """Removes an import and its files; people it made stay. Raises ImportStateError while it runs."""
    job = await get_import(uow, import_id, lock=True)
    if job.status == "processing":
        raise ImportStateError(status=job.status)
    await uow.session.execute(delete(ImportCorrection).where(ImportCorrection.import_id == job.id))
    await uow.session.delete(job)
    source_id = UUID(job.source_key.split("/")[2]) if job.source_key else None
    uow.enqueue(forget_files, import_id=import_id, source_id=source_id)
    uow.announce("imports", f"import:{import_id}")


def _touched(uow: UnitOfWork, job: ImportJob) -> None:
    job.updated_at = uow.now()
    job.version += 1
    uow.announce("imports", f"import:{job.id}")
