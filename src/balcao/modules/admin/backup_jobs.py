"""Backups by the clock and by order of the platform's people. The work itself is the kernel's, in a thread."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import select

from balcao.kernel.backups.catalogue import kept_backups
from balcao.kernel.backups.creating import create_backup
from balcao.kernel.backups.manifest import Manifest
from balcao.kernel.backups.retention import is_overdue, newest_verified
from balcao.kernel.backups.retiring import clean_up
from balcao.kernel.backups.runs import Run, begin_run, end_run, get_run
from balcao.kernel.backups.server import connected
from balcao.kernel.backups.site import Site, site_of
from balcao.kernel.backups.verifying import verify_backup
from balcao.kernel.errors import DomainError
from balcao.kernel.identity.models import User
from balcao.kernel.jobs.job import JobContext, job
from balcao.kernel.settings import Settings
from balcao.kernel.tenants import PLATFORM_TENANT
from balcao.modules.messaging.public import queue_email

Done = TypeVar("Done")
LANE: Final = "backups"
# Once an installation: for the platform's own business, and while there is none for the oldest.
ONCE: Final = f"select id from tenants order by slug <> '{PLATFORM_TENANT}', created_at limit 1"  # noqa: S608 - a constant
OVERDUE_TEXT: Final[Mapping[str, tuple[str, str]]] = {
    "pt_BR": (
        "Não há backup verificado há mais de 26 horas",
        (
            "Olá, {name}!\n\nO último backup verificado desta instalação é de {last}. Veja o registro do programa e faça um "
            "agora: ./balcao backup create\n"
        ),
    ),
    "en": (
        "No verified backup for more than 26 hours",
        (
            "Hello, {name}!\n\nThe newest verified backup of this installation is of {last}. Look into the program's log and "
            "make one now: ./balcao backup create\n"
        ),
    ),
}
NEVER: Final[Mapping[str, str]] = {"pt_BR": "nunca", "en": "never"}
log = structlog.get_logger("balcao.backups")


def site_of_job(context: JobContext) -> Site:
    """The installation as its backups see it. Restores run as a program of their own, with what modules want done."""
    transactions = context.transactions
    return site_of(
        context.settings, transactions.database.direct_url, context.blobs, clock=transactions.clock
    )


async def in_thread(work: Callable[[threading.Event], Done]) -> Done:
    """Runs blocking work beside the loop; a worker that is told to stop stops it, its child programs included."""
    stop = threading.Event()
    try:
        return await asyncio.to_thread(work, stop)
    except asyncio.CancelledError:
        stop.set()
        raise


@job("admin.nightly_backup", queue="bulk", backoff=(600,), lock=LANE, cron="30 6 * * *", due=ONCE)
async def nightly_backup(context: JobContext) -> None:
    """Makes a verified backup (03:30 in Brasília), copies it away, and removes what is too old."""
    if not context.settings.backup_enabled:
        return
    site = site_of_job(context)
    await in_thread(lambda stop: create_backup(site, "scheduled", verify=True, stop=stop))
    await in_thread(lambda _: clean_up(site))


@job("admin.watch_backups", queue="soon", backoff=(), cron="47 * * * *", due=ONCE)
async def watch_backups(context: JobContext) -> None:
    """Writes an error into the log, and once a day to the platform's owners, when no backup was verified for 26 hours."""
    if not context.settings.backup_enabled:
        return
    site = site_of_job(context)
    backups = await asyncio.to_thread(kept_backups, site)
    installed_at = await asyncio.to_thread(_installed_at, site)
    now = site.clock()
    if installed_at is None or not is_overdue(backups, now, installed_at):
        return
    newest = newest_verified(backups)
    log.error("backup_overdue", newest=newest.name if newest else None)
    if context.tenant.slug != PLATFORM_TENANT:
        return
    locale = context.tenant.locale if context.tenant.locale in OVERDUE_TEXT else "pt_BR"
    subject, body = OVERDUE_TEXT[locale]
    last = f"{newest.created_at:%d/%m/%Y %H:%M} UTC" if newest else NEVER[locale]
    async with context.unit_of_work() as uow:
        owners = await uow.session.execute(select(User).where(User.role == "owner", User.is_active))
        for owner in owners.scalars():
            await queue_email(
                uow,
                to=owner.email,
                to_name=owner.name,
                subject=subject,
                body=body.format(name=owner.name, last=last),
                dedupe_key=f"backup-overdue:{now:%Y-%m-%d}:{owner.id}",
                template="backup_overdue",
            )


def _installed_at(site: Site) -> Any:
    with connected(site.database_url) as connection:
        row = connection.execute("select min(created_at) from tenants").fetchone()
    return row[0] if row else None


@job("admin.run_backup", queue="bulk", backoff=(), lock=LANE)
async def run_backup(
    context: JobContext, run_id: UUID, kind: Literal["create", "verify"], verify: bool = False
) -> None:
    """Makes or verifies a backup somebody asked for, and keeps the record of it."""
    site = site_of_job(context)
    url = site.database_url
    if not await asyncio.to_thread(begin_run, url, run_id):
        return
    run = await asyncio.to_thread(get_run, url, run_id)

    def work(stop: threading.Event) -> Manifest:
        if kind == "verify":
            return verify_backup(site, run.backup_name, stop=stop)
        return create_backup(site, "manual", name=run.backup_name, verify=verify, stop=stop)

    try:
        made = await in_thread(work)
    except DomainError as error:
        log.warning("backup_failed", kind=kind, name=run.backup_name, code=error.code, **error.ext)
        await asyncio.to_thread(end_run, url, run_id, error_code=error.code, report=error.ext)
    except Exception as error:
        report = {"error": type(error).__name__}
        await asyncio.to_thread(end_run, url, run_id, error_code="failed", report=report)
        raise
    else:
        report = {"size_bytes": made.size_bytes, "rows": made.rows, "verified": made.verified_at is not None}
        await asyncio.to_thread(end_run, url, run_id, name=made.name, report=report)


@job("admin.start_restore", queue="now", backoff=())
async def start_restore(context: JobContext, run_id: UUID) -> None:
    """Starts the restore as a program of its own: it outlives this worker's line to the database it exchanges."""
    site = site_of_job(context)
    run = await asyncio.to_thread(get_run, site.database_url, run_id)
    if run.status != "queued":
        return
    process = await asyncio.to_thread(_launch, context.settings, site, run)
    log.warning("restore_started", name=run.backup_name, process=process, asked_by=run.asked_by)


def _launch(settings: Settings, site: Site, run: Run) -> int:
    command = [
        sys.executable, "-m", "balcao.cli", "restore", run.backup_name, "--yes", "--run", str(run.id),
        "--data", str(settings.data_dir.absolute()), "--from", str(site.shelf.folder),
    ]  # fmt: skip
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True).pid
