"""The operations page of the platform's people: how the installation runs, and what to do with dead jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import AllowPlatform, CurrentCaller, Installation, Words
from balcao.kernel.web.templates import panel_context, render
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.api.operations import JobId, state_now
from balcao.modules.admin.operations_look import order_kind, order_one
from balcao.modules.admin.operations_values import Operations
from balcao.modules.admin.pages.forms import answer, field_of, go
from balcao.modules.admin.pages.job_words import JobWords

router = APIRouter()
HERE: Final = "/central/operacoes"
VIEW = Depends(AllowPlatform("admin.operations:view"))
EDIT = Depends(AllowPlatform("admin.operations:edit"))
_PARTS: Final[Mapping[str, str]] = {
    "database": "Database",
    "migration": "Schema",
    "queue": "Queue",
    "disk": "Disk",
    "redis": "Redis",
}
_KIB, _UNITS = 1024, ("KB", "MB", "GB", "TB")


def size_of(words: Translator, count: float) -> str:
    """Bytes for people: "1,2 GB"."""
    value, unit = count / _KIB, _UNITS[0]
    for larger in _UNITS[1:]:
        if value < _KIB:
            break
        value, unit = value / _KIB, larger
    is_round = value >= 100 or unit == _UNITS[0]
    return f"{words.number(round(value) if is_round else round(value * 10), 0 if is_round else 1)} {unit}"


def span_of(words: Translator, seconds: float) -> str:
    """A stretch of time for people, in its largest unit: "3 min"."""
    if seconds < 1:
        return f"{words.number(round(seconds * 1000))} ms"
    for size, unit in ((86_400, words("d")), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{words.number(int(seconds // size))} {unit}"
    return f"{words.number(int(seconds))} s"


def _context(words: Translator, state: Operations, runtime: Runtime) -> dict[str, Any]:
    return {
        "said": JobWords(words, runtime.modules),
        "state": state,
        "part_labels": _PARTS,
        "size": partial(size_of, words),
        "span": partial(span_of, words),
        "here": HERE,
    }


@router.get(HERE, dependencies=[VIEW])
async def operations_page(
    request: Request, who: CurrentCaller, runtime: Installation, words: Words
) -> Response:
    """Everything at once; it refreshes itself."""
    state = await state_now(request, runtime)
    panel = panel_context(request, who.tenant, who.actor)
    return answer(request, "admin/operations/page.html", **panel, **_context(words, state, runtime))


@router.get(f"{HERE}/agora", dependencies=[VIEW])
async def operations_now(
    request: Request, who: CurrentCaller, runtime: Installation, words: Words
) -> Response:
    """The part that changes, for the page that asks every ten seconds."""
    state = await state_now(request, runtime)
    return render(
        request, "admin/operations/state.html", actor=who.actor, zone=who.tenant.timezone,
        **_context(words, state, runtime),
    )  # fmt: skip


async def _told(request: Request, work: Awaitable[object], done: str) -> Response:
    """Back to the page with a word; another may have been quicker, and then it says so."""
    try:
        await work
    except ValidationFailedError:
        raise
    except DomainError:
        return go(request, HERE, "jobs_changed")
    return go(request, HERE, done)


@router.post(f"{HERE}/trabalhos/{{job_id}}/repetir", dependencies=[EDIT])
async def retry_form(request: Request, central: CentralWork, job_id: JobId) -> Response:
    """Puts a dead job back."""
    return await _told(request, order_one(central, "retry", job_id), "jobs_retried")


@router.post(f"{HERE}/trabalhos/{{job_id}}/descartar", dependencies=[EDIT])
async def cancel_form(request: Request, central: CentralWork, job_id: JobId) -> Response:
    """Forgets a dead job, or stops one that waits or runs."""
    return await _told(request, order_one(central, "cancel", job_id), "jobs_canceled")


@router.post(f"{HERE}/trabalhos/repetir", dependencies=[EDIT])
async def retry_kind_form(request: Request, central: CentralWork) -> Response:
    """Puts the dead jobs of a kind back."""
    form = await request.form()
    work = order_kind(central, "retry", field_of(form, "task"), field_of(form, "kind"))
    return await _told(request, work, "jobs_retried")


@router.post(f"{HERE}/trabalhos/descartar", dependencies=[EDIT])
async def cancel_kind_form(request: Request, central: CentralWork) -> Response:
    """Forgets the dead jobs of a kind."""
    form = await request.form()
    work = order_kind(central, "cancel", field_of(form, "task"), field_of(form, "kind"))
    return await _told(request, work, "jobs_canceled")
