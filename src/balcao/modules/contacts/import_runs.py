"""Working an import off: claim, clean in another process, keep the results, merge the people, finish.

Every step may be the last one of this process. What lies in an attempt's folder belongs to nobody until the row names the
attempt; a merge may be done twice; a worker that lost its job to another finds the attempt changed and stops.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, update

from balcao.kernel.errors import NotFoundError
from balcao.kernel.files.blobs import BlobKey
from balcao.kernel.jobs.job import JobContext, job
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts import import_blobs
from balcao.modules.contacts.cleaning_process import CleaningFailedError, CleaningStoppedError, Heard, clean
from balcao.modules.contacts.import_inputs import request_of, used_rows_this_month
from balcao.modules.contacts.import_issues import keep_issues
from balcao.modules.contacts.import_merging import LostError, Run, merge_people, take_out
from balcao.modules.contacts.import_retention import forget_overdue
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pipeline.request import RESULT_FILES
from balcao.modules.contacts.suppressions import Entry, suppress

BACKOFF: Final = (5, 30, 120)
SCRATCH_SECONDS: Final = 24 * 3600.0
PEOPLE: Final = "people.copy"
"""A file of lines for the book, made by the cleaning process and gone with its folder."""
log = structlog.get_logger("balcao.contacts.imports")


@job("contacts.run_import", queue="bulk", backoff=BACKOFF)
async def run_import(context: JobContext, import_id: UUID) -> None:
    """Cleans one file and takes its people into the book. Does nothing for an import that is finished or cancelled."""
    if await _cancel(context, import_id):
        return
    run = await _claim(context, import_id)
    if run is None:
        return
    folder = await asyncio.to_thread(make_scratch, context.settings.data_dir, import_id, run.attempt)
    try:
        await _work(run, folder)
    except CleaningFailedError as error:
        await _end(run, "failed", error_code=error.code)
    except (CleaningStoppedError, LostError):
        await _cancel(context, import_id)
    except Exception:
        if await _was_overtaken(run):
            return  # its files went when the other attempt began
        if context.last_attempt:
            await _end(run, "failed", error_code="IMPORT_FAILED")
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_scratch(data_dir: Path, import_id: UUID, attempt: int) -> Path:
    """A folder of this machine for one attempt, readable by nobody else. What killed workers left behind goes now."""
    root = data_dir / "scratch"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    yesterday = time.time() - SCRATCH_SECONDS
    for left in root.iterdir():
        if left.name.startswith(f"{import_id}-") or left.stat().st_mtime < yesterday:
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{import_id}-{attempt}-", dir=root))


async def _claim(context: JobContext, import_id: UUID) -> Run | None:
    async with context.unit_of_work() as uow:
        query = select(ImportJob).where(ImportJob.id == import_id).with_for_update()
        row = (await uow.session.execute(query)).scalar_one_or_none()
        if row is None or row.status not in {"queued", "processing"}:
            return None
        row.attempt += 1
        row.status, row.stage = "processing", "inspecting"
        row.started_at, row.heartbeat_at, row.updated_at = uow.now(), uow.now(), uow.now()
        uow.announce("imports", f"import:{import_id}")
        return Run(context, import_id, row.attempt)


async def _work(run: Run, folder: Path) -> None:
    context = run.context
    async with context.unit_of_work(read_only=True) as uow:
        row = await _row(uow, run.import_id)
        request = await request_of(uow, row, folder, _today(uow))
        used = await used_rows_this_month(uow, run.import_id)
    assert row.source_key is not None
    await import_blobs.fetch(context.blobs, BlobKey(row.source_key), folder / "source")
    report = await clean(request, _Reporter(run).check)
    if report.get("stopped_at") == "mapping":
        await _wait_for_mapping(run, report)
        return
    _check_plan(context, used + report["counts"]["rows_read"])
    await _keep(run, folder, report)
    if row.merged_rows:
        await take_out(context, row)
    await merge_people(run, folder / PEOPLE, report, created_ms=request.created_ms)
    await _end(run, "done")
    await import_blobs.forget(context.blobs, context.tenant.id, run.import_id, keep=str(run.attempt))


def _today(uow: UnitOfWork) -> str:
    return uow.now().astimezone(ZoneInfo(uow.tenant.timezone)).date().isoformat()


def _check_plan(context: JobContext, rows: int) -> None:
    ceiling = context.tenant.limits.get("import_rows")
    if ceiling is not None and rows > ceiling:
        raise CleaningFailedError("FILE_PLAN_LIMIT")


@dataclass(slots=True)
class _Reporter:
    """Writes down how far the other process is, and hears whether it shall stop."""

    run: Run
    has_early_report: bool = False

    async def check(self, heard: Heard) -> bool:
        values: dict[str, Any] = {
            "stage": heard.stage,
            "rows_done": heard.rows_done,
            "rows_total": heard.rows_total,
        }
        if heard.early_report is not None and not self.has_early_report:
            values["report"], self.has_early_report = heard.early_report, True
        try:
            async with self.run.context.unit_of_work() as uow:
                await self.run.note(uow, **values)
        except LostError:
            return False
        return True


async def _wait_for_mapping(run: Run, report: Mapping[str, Any]) -> None:
    async with run.context.unit_of_work() as uow:
        await run.note(uow, status="needs_mapping", stage="mapping", report=dict(report))
        uow.announce("imports")


async def _keep(run: Run, folder: Path, report: dict[str, Any]) -> None:
    """Stores the results; from the commit on they are the import's."""
    context = run.context
    for name in RESULT_FILES:
        key = import_blobs.result_key(context.tenant.id, run.import_id, str(run.attempt), name)
        await import_blobs.store(context.blobs, folder / name, key)
    async with context.unit_of_work() as uow:
        await keep_issues(uow, run.import_id, folder / "issues.copy")
        await suppress(uow, _opted_out(folder / "optouts"), source="import")
        await run.note(
            uow,
            stage="merging",
            report=report,
            results_key=str(run.attempt),
            rows_done=0,
            rows_total=report["counts"]["rows_output"],
            merged_rows=0,
        )


def _opted_out(path: Path) -> Iterator[Entry]:
    """Those who said in the file itself that they want no contact; later files leave them out as well."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            email, key, phone = line.rstrip("\n").split("\t")
            if email:
                yield Entry("email", email)
            if key:
                yield Entry("phone", key, phone)


async def _end(run: Run, status: str, *, error_code: str | None = None) -> None:
    try:
        async with run.context.unit_of_work() as uow:
            values: dict[str, Any] = {"status": status, "finished_at": uow.now(), "error_code": error_code}
            if status == "done":
                values["stage"] = "finished"
            else:
                values["dedupe_key"] = None
            await run.note(uow, **values)
            uow.announce("imports")
    except LostError:
        await _cancel(run.context, run.import_id)
    log.info("import_ended", import_id=str(run.import_id), status=status, code=error_code)


async def _was_overtaken(run: Run) -> bool:
    async with run.context.unit_of_work(read_only=True) as uow:
        query = select(ImportJob.attempt).where(ImportJob.id == run.import_id)
        return (await uow.session.execute(query)).scalar_one_or_none() != run.attempt


async def _cancel(context: JobContext, import_id: UUID) -> bool:
    """A wish to cancel becomes a fact: what was merged leaves the book again, then the row says so. False without one."""
    async with context.unit_of_work() as uow:
        query = select(ImportJob).where(ImportJob.id == import_id)
        row = (await uow.session.execute(query)).scalar_one_or_none()
        if row is None or row.status != "processing" or row.cancel_requested_at is None:
            return False
        # From here on no attempt that is still alive can write.
        row.attempt += 1
    if row.merged_rows:
        await take_out(context, row)
    await import_blobs.forget(context.blobs, context.tenant.id, import_id, keep="no-attempt")
    async with context.unit_of_work() as uow:
        await uow.session.execute(
            update(ImportJob)
            .where(
                ImportJob.tenant_id == uow.tenant_id,
                ImportJob.id == import_id,
                ImportJob.status == "processing",
                ImportJob.cancel_requested_at.is_not(None),
            )
            .values(
                status="canceled", finished_at=uow.now(), updated_at=uow.now(), dedupe_key=None, results_key=None,
                report=None, merged_rows=0,
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        uow.announce("imports", f"import:{import_id}")
    return True


async def _row(uow: UnitOfWork, import_id: UUID) -> ImportJob:
    found = (
        await uow.session.execute(select(ImportJob).where(ImportJob.id == import_id))
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    uow.session.expunge(found)
    return found


@job("contacts.undo_import", queue="bulk", backoff=BACKOFF)
async def undo_people(context: JobContext, import_id: UUID) -> None:
    """Takes an undone import's people out of the book and writes into its report what came of it."""
    async with context.unit_of_work(read_only=True) as uow:
        row = await _row(uow, import_id)
    if row.undone_at is None or row.status != "done" or (row.report or {}).get("undo"):
        return
    undone = await take_out(context, row)
    async with context.unit_of_work() as uow:
        query = select(ImportJob).where(ImportJob.id == import_id).with_for_update()
        fresh = (await uow.session.execute(query)).scalar_one_or_none()
        if fresh is None or fresh.undone_at is None:
            return
        fresh.report = {**(fresh.report or {}), "undo": asdict(undone)}
        fresh.merged_rows, fresh.updated_at = 0, uow.now()
        uow.announce("imports", f"import:{import_id}", "contacts")


@job("contacts.forget_files", queue="soon")
async def forget_files(context: JobContext, import_id: UUID, source_id: UUID | None = None) -> None:
    """Removes the files of an import that was deleted."""
    for file_id in (import_id, source_id):
        if file_id is not None:
            async for info in context.blobs.list(context.tenant.id, f"{import_blobs.AREA}/{file_id}"):
                await context.blobs.delete(info.key)


@job(
    "contacts.forget_old_files",
    queue="soon",
    cron="41 4 * * *",
    due="select distinct tenant_id from import_jobs where (source_deleted_at is null "
    "and created_at < now() - interval '30 days') or (results_deleted_at is null and results_key is not null "
    "and created_at < now() - interval '90 days')",
)
async def forget_old_files(context: JobContext) -> None:
    """Deletes uploads and results whose time is over (settings `import_source_days`, `import_results_days`)."""
    await forget_overdue(context)
