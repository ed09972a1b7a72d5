"""Backups in the panel of the platform's people: the verbs of the API, with forms."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.backups.bucket import BucketUnavailableError
from balcao.kernel.backups.errors import (
    BackupDamagedError,
    BackupImpossibleError,
    BackupKeyMissingError,
    BackupNotFoundError,
    BackupRunningError,
)
from balcao.kernel.backups.manifest import checked_name
from balcao.kernel.backups.retention import Kept, newest_verified
from balcao.kernel.backups.runs import Run, list_runs
from balcao.kernel.db.paging import ShortListQuery
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import AllowPlatform, CurrentCaller, Installation, Words, Works
from balcao.kernel.web.templates import panel_context, render
from balcao.kernel.web.tenant_of_request import Caller
from balcao.modules.admin.api.backups import (
    BackupView,
    CleanUp,
    CreateBackup,
    NamedBackup,
    Removed,
    RestoreBackup,
    cleanup,
    create,
    listed,
    restore,
    verify,
)
from balcao.modules.admin.backup_jobs import nightly_backup
from balcao.modules.admin.operations_figures import next_daily
from balcao.modules.admin.pages.forms import answer, errors_of, field_of, go
from balcao.modules.admin.pages.operations import size_of, span_of

router = APIRouter()
HERE: Final = "/central/backups"
VIEW = Depends(AllowPlatform("admin.backups:view"))
EDIT = Depends(AllowPlatform("admin.backups:edit"))
UNDER_WAY: Final = frozenset({"queued", "running"})
# Why a run failed, as an English msgid.
FAILURES: Final[Mapping[str, str]] = {
    "failed": "Something went wrong on our side.",
    "interrupted": "It was interrupted.",
    **{
        kind.code: kind.detail
        for kind in (
            BackupDamagedError, BackupImpossibleError, BackupKeyMissingError, BackupNotFoundError, BackupRunningError,
            BucketUnavailableError,
        )
    },
}  # fmt: skip


def _context(words: Translator, runtime: Runtime, items: list[BackupView], runs: list[Run]) -> dict[str, Any]:
    settings, now = runtime.settings, runtime.clock()
    newest = newest_verified(Kept(one.name, one.created_at, one.verified_at) for one in items)
    cron = nightly_backup.cron
    return {
        "items": items,
        "runs": runs,
        "is_busy": any(run.status in UNDER_WAY for run in runs),
        "newest": newest,
        "next_at": next_daily(cron, now) if settings.backup_enabled and cron else None,
        "failures": FAILURES,
        "keep_days": settings.backup_retention_days,
        "now": now,
        "size": partial(size_of, words),
        "span": partial(span_of, words),
        "here": HERE,
    }


async def _page(
    request: Request, who: Caller, runtime: Runtime, words: Translator, *, error: DomainError | None = None,
    removed: Removed | None = None,
) -> Response:  # fmt: skip
    found = await listed(runtime, ShortListQuery())
    runs = await asyncio.to_thread(list_runs, runtime.database.direct_url)
    problem = errors_of(words, error)[1] if error is not None else ""
    response = answer(
        request, "admin/backups/page.html", status=error.status if error is not None else 200,
        **panel_context(request, who.tenant, who.actor), **_context(words, runtime, found.items, runs), problem=problem,
        removed=removed,
    )  # fmt: skip
    response.headers.update(error.headers if error is not None else {})
    return response


@router.get(HERE, dependencies=[VIEW])
async def backups_page(request: Request, who: CurrentCaller, runtime: Installation, words: Words) -> Response:
    """Every backup, and what was asked for last."""
    return await _page(request, who, runtime, words)


@router.get(f"{HERE}/agora", dependencies=[VIEW])
async def backups_now(request: Request, who: CurrentCaller, runtime: Installation, words: Words) -> Response:
    """The part that changes, for the page that asks while something is under way."""
    found = await listed(runtime, ShortListQuery())
    runs = await asyncio.to_thread(list_runs, runtime.database.direct_url)
    context = _context(words, runtime, found.items, runs)
    return render(
        request, "admin/backups/state.html", actor=who.actor, zone=who.tenant.timezone, **context
    )  # fmt: skip


async def _asked(
    request: Request, who: Caller, runtime: Runtime, words: Translator, work: Awaitable[object], done: str
) -> Response:
    try:
        await work
    except DomainError as error:
        return await _page(request, who, runtime, words, error=error)
    return go(request, HERE, done)


@router.post(f"{HERE}/fazer", dependencies=[EDIT])
async def create_form(
    request: Request, who: CurrentCaller, works: Works, runtime: Installation, words: Words
) -> Response:
    """Asks for a backup, verified or not."""
    form = await request.form()
    work = create(works, runtime, CreateBackup(verify=bool(field_of(form, "verify", 5))))
    return await _asked(request, who, runtime, words, work, "backup_asked")


@router.post(f"{HERE}/conferir", dependencies=[EDIT])
async def verify_form(
    request: Request, who: CurrentCaller, works: Works, runtime: Installation, words: Words
) -> Response:
    """Asks for a verification."""
    form = await request.form()
    work = verify(works, runtime, NamedBackup(backup_name=field_of(form, "backup_name", 40)))
    return await _asked(request, who, runtime, words, work, "backup_asked")


@router.post(f"{HERE}/limpar", dependencies=[EDIT])
async def cleanup_form(request: Request, who: CurrentCaller, runtime: Installation, words: Words) -> Response:
    """First says what would go; with `sure`, removes it."""
    form = await request.form()
    is_sure = bool(field_of(form, "sure", 5))
    try:
        removed = await cleanup(who, runtime, CleanUp(dry_run=not is_sure))
    except DomainError as error:
        return await _page(request, who, runtime, words, error=error)
    if is_sure:
        return go(request, HERE, "backups_removed")
    return await _page(request, who, runtime, words, removed=removed)


async def _restore_page(
    request: Request, who: Caller, runtime: Runtime, words: Translator, name: str,
    error: DomainError | None = None, typed: str = "",
) -> Response:  # fmt: skip
    checked_name(name)
    backup = next((one for one in (await listed(runtime, ShortListQuery())).items if one.name == name), None)
    if backup is None:
        raise NotFoundError
    problem = errors_of(words, error)[1] if error is not None else ""
    return answer(
        request, "admin/backups/restore.html", status=error.status if error is not None else 200,
        **panel_context(request, who.tenant, who.actor), backup=backup, problem=problem, typed=typed, here=HERE,
        wants_sign_in=error is not None and error.code == "sign_in_again", size=partial(size_of, words),
    )  # fmt: skip


def _name_in(form: FormData) -> str:
    return field_of(form, "backup_name", 40)


@router.get(f"{HERE}/restaurar", dependencies=[EDIT])
async def restore_page(
    request: Request, who: CurrentCaller, runtime: Installation, words: Words, backup: str = ""
) -> Response:
    """What a restore does, and the phrase that confirms it."""
    return await _restore_page(request, who, runtime, words, backup)


@router.post(f"{HERE}/restaurar", dependencies=[EDIT])
async def restore_form(
    request: Request, who: CurrentCaller, works: Works, runtime: Installation, words: Words
) -> Response:
    """Asks for the restore; the phrase must be right and the sign-in fresh."""
    form = await request.form()
    name, typed = _name_in(form), field_of(form, "confirm", 120)
    try:
        await restore(works, runtime, RestoreBackup(backup_name=name, confirm=typed))
    except NotFoundError:
        raise
    except DomainError as error:
        return await _restore_page(request, who, runtime, words, name, error, typed)
    return go(request, HERE, "restore_asked")
