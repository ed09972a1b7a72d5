"""Backups over HTTP, for the people of the platform: one backup holds every business."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import text

from balcao.kernel.backups.catalogue import Listed, list_backups
from balcao.kernel.backups.creating import free_name
from balcao.kernel.backups.errors import ConfirmationWrongError, SignInAgainError
from balcao.kernel.backups.manifest import checked_name, confirmation_of
from balcao.kernel.backups.retiring import clean_up
from balcao.kernel.backups.runs import Run, ask_for, end_run, get_run, need_quiet
from balcao.kernel.backups.site import Site, site_of
from balcao.kernel.db.paging import Page, ShortListQuery
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import AllowPlatform, CurrentCaller, Installation, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.api.schemas import example
from balcao.modules.admin.backup_jobs import run_backup, start_restore

FRESH = timedelta(minutes=15)
router = APIRouter(prefix="/backup", tags=["backups"])
VIEW = Depends(AllowPlatform("admin.backups:view"))
EDIT = Depends(AllowPlatform("admin.backups:edit"))


class CreateBackup(BaseModel):
    """`verify` restores the backup once before it counts as verified."""

    model_config = example(verify=True)
    verify: bool = False


class NamedBackup(BaseModel):
    """Which backup."""

    model_config = example(backup_name="backup_20260131_063000")
    backup_name: str = Field(max_length=40)


class RestoreBackup(BaseModel):
    """Which backup, and the phrase that confirms: its name and the database's, as the list shows it."""

    model_config = example(backup_name="backup_20260131_063000", confirm="backup_20260131_063000 balcao")
    backup_name: str = Field(max_length=40)
    confirm: str = Field(max_length=120)


class CleanUp(BaseModel):
    """`dry_run` only says what would go."""

    model_config = example(dry_run=True)
    dry_run: bool = False


class Asked(BaseModel):
    """What was asked for; `GET /backup/jobs/{id}` tells how it ends."""

    id: UUID
    name: str
    status: str


class BackupView(BaseModel):
    """A backup. `location` is local, bucket or both; `confirm` the phrase that restores it."""

    name: str
    created_at: datetime
    verified_at: datetime | None
    location: str
    size_bytes: int
    kind: str
    rows: int
    media_files: int
    encrypted: bool
    revision: str
    readable: bool
    confirm: str


class Backups(Page[BackupView]):
    """Every backup, newest first."""


class RunView(BaseModel):
    """Something asked for, and what came of it."""

    id: UUID
    kind: Literal["create", "verify", "restore", "cleanup"]
    status: Literal["queued", "running", "done", "failed"]
    name: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error_code: str
    report: dict[str, Any]


class Removed(BaseModel):
    """Backups removed here and in the bucket, and former databases; with `dry_run`, those that would be."""

    dry_run: bool
    local: list[str]
    bucket: list[str]
    databases: list[str]


def _site(runtime: Runtime) -> Site:
    return site_of(runtime.settings, runtime.database.direct_url, runtime.blobs, clock=runtime.clock)


@router.post("/create", status_code=202, dependencies=[EDIT])
async def create(works: Works, runtime: Installation, body: CreateBackup | None = None) -> Asked:
    """Asks for a backup of everything. One at a time: 409 while another is under way."""
    site = _site(runtime)
    wanted = body or CreateBackup()

    def reserve() -> tuple[UUID, str]:
        need_quiet(site.database_url)
        name = free_name(site, site.clock())
        return ask_for(site.database_url, "create", name=name, asked_by=works.actor.label), name

    run_id, name = await asyncio.to_thread(reserve)

    async def enqueue(uow: UnitOfWork) -> None:
        uow.enqueue(run_backup, run_id=run_id, kind="create", verify=wanted.verify)

    await works.run(enqueue)
    return Asked(id=run_id, name=name, status="queued")


@router.get("/list", dependencies=[VIEW])
async def listed(runtime: Installation, query: Annotated[ShortListQuery, Query()]) -> Backups:
    """Every backup, here and in the bucket, newest first."""
    site = _site(runtime)
    found = await asyncio.to_thread(list_backups, site)
    return Backups.of([_view(one, site.database) for one in found], query)


@router.post("/verify", status_code=202, dependencies=[EDIT])
async def verify(works: Works, runtime: Installation, body: NamedBackup) -> Asked:
    """Asks for a verification: the backup is restored into a database of its own, compared, and dropped."""
    site = _site(runtime)
    run_id = await asyncio.to_thread(_ask, site, "verify", body.backup_name, works.actor.label)

    async def enqueue(uow: UnitOfWork) -> None:
        uow.enqueue(run_backup, run_id=run_id, kind="verify")

    await works.run(enqueue)
    return Asked(id=run_id, name=body.backup_name, status="queued")


@router.post("/restore", status_code=202, dependencies=[EDIT])
async def restore(works: Works, runtime: Installation, body: RestoreBackup) -> Asked:
    """Asks to replace everything by a backup. Needs the phrase and a fresh sign-in; all doors answer 503 meanwhile."""
    site = _site(runtime)
    checked_name(body.backup_name)
    expected = confirmation_of(body.backup_name, site.database)
    await asyncio.to_thread(site.manifest, body.backup_name)
    if body.confirm != expected:
        raise ConfirmationWrongError(expected)
    await works.run(_need_fresh_session)
    run_id = await asyncio.to_thread(_ask, site, "restore", body.backup_name, works.actor.label)
    security_log.warning("restore_asked_for", name=body.backup_name, actor=works.actor.label)

    async def enqueue(uow: UnitOfWork) -> None:
        uow.enqueue(start_restore, run_id=run_id)

    await works.run(enqueue)
    return Asked(id=run_id, name=body.backup_name, status="queued")


@router.post("/cleanup", dependencies=[EDIT])
async def cleanup(who: CurrentCaller, runtime: Installation, body: CleanUp | None = None) -> Removed:
    """Removes backups and former databases whose time is over; never the newest verified one."""
    site, dry_run = _site(runtime), bool(body and body.dry_run)

    def work() -> dict[str, Any]:
        done = clean_up(site, dry_run=dry_run).document()
        if not dry_run:
            run_id = ask_for(site.database_url, "cleanup", asked_by=who.actor.label)
            end_run(site.database_url, run_id, report=done)
        return done

    return Removed(dry_run=dry_run, **await asyncio.to_thread(work))


@router.get("/jobs/{run_id}", dependencies=[VIEW])
async def run_state(run_id: UUID, runtime: Installation) -> RunView:
    """What became of something asked for."""
    return _run_view(await asyncio.to_thread(get_run, runtime.database.direct_url, run_id))


def _ask(site: Site, kind: str, name: str, asked_by: str) -> UUID:
    site.manifest(checked_name(name))
    need_quiet(site.database_url)
    return ask_for(site.database_url, kind, name=name, asked_by=asked_by)


async def _need_fresh_session(uow: UnitOfWork) -> None:
    query = text("select created_at from user_sessions where tenant_id = :tenant and id = :id")
    opened = (
        await uow.session.execute(query, {"tenant": uow.tenant_id, "id": uow.actor.session_id})
    ).scalar_one_or_none()
    if opened is None or uow.now() - opened > FRESH:
        raise SignInAgainError


def _view(one: Listed, database: str) -> BackupView:
    manifest = one.manifest
    return BackupView(
        name=one.name,
        created_at=one.created_at,
        verified_at=manifest.verified_at if manifest else None,
        location=one.location,
        size_bytes=manifest.size_bytes if manifest else 0,
        kind=manifest.kind if manifest else "",
        rows=manifest.rows if manifest else 0,
        media_files=manifest.media.files if manifest else 0,
        encrypted=bool(manifest and manifest.recipients),
        revision=manifest.revision if manifest else "",
        readable=manifest is not None,
        confirm=confirmation_of(one.name, database),
    )


def _run_view(run: Run) -> RunView:
    return RunView.model_validate(
        {
            "id": run.id, "kind": run.kind, "status": run.status, "name": run.backup_name, "created_at": run.created_at,
            "started_at": run.started_at, "finished_at": run.finished_at, "error_code": run.error_code,
            "report": run.report,
        }
    )  # fmt: skip
