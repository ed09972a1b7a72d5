"""Sending an import to GoHighLevel as people steer it: estimate, start, pause, go on, cancel, send failed ones, undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import select, text

from balcao.kernel.errors import NotFoundError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_errors import (
    CrmNotConnectedError,
    NothingToSendError,
    PushRunningError,
    PushStateError,
)
from balcao.modules.contacts.crm_pacing import Estimate, estimate
from balcao.modules.contacts.crm_preparing import prepare_push
from balcao.modules.contacts.crm_push_rows import LIST_TOPIC, get_push, lane_of, topic, touch
from balcao.modules.contacts.crm_reach import get_connection
from balcao.modules.contacts.crm_sending import ask_for_turn
from balcao.modules.contacts.crm_undo import undo_crm_push
from balcao.modules.contacts.import_errors import ImportNotReadyError, ImportUndoneError
from balcao.modules.contacts.models import GhlPush, ImportJob

Only = Literal["all", "new", "changed", "fresh"]
OPEN: Final = frozenset({"preparing", "running", "paused", "paused_daily", "needs_reconnect", "undoing"})
_CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "all": ("new", "changed", "unchanged", "conflict"),
    "new": ("new",),
    "changed": ("changed",),
    "fresh": ("new", "changed"),
}
"""Which of the report's classes a choice sends; "fresh" is what the address book learnt: new and changed people."""


@dataclass(frozen=True, slots=True)
class PushOrder:
    """What somebody wants sent. `safe_mode` looks before each change, so that it can be undone and no e-mail is lost."""

    connection_id: UUID
    only: Only = "all"
    safe_mode: bool = False
    send_suppressed_as_dnd: bool = False


async def ready_import(uow: UnitOfWork, import_id: UUID) -> ImportJob:
    """An import whose people can be sent. Raises NotFoundError, ImportNotReadyError, ImportUndoneError."""
    job = (await uow.session.execute(select(ImportJob).where(ImportJob.id == import_id))).scalar_one_or_none()
    if job is None:
        raise NotFoundError
    if job.status != "done" or job.report is None or job.results_deleted_at is not None:
        raise ImportNotReadyError(status=job.status)
    if job.undone_at is not None:
        raise ImportUndoneError
    return job


def contacts_of(report: dict[str, Any], only: str, *, suppressed: bool = False) -> int:
    """How many people of an import a choice covers."""
    classes: dict[str, int] = report.get("classes") or {}
    if only == "all" and not classes:
        count = int(report.get("counts", {}).get("rows_output", 0))
    else:
        count = sum(int(classes.get(name, 0)) for name in _CLASSES[only])
    return count + (int(report.get("counts", {}).get("suppressed", 0)) if suppressed else 0)


async def estimate_push(uow: UnitOfWork, import_id: UUID, order: PushOrder) -> Estimate:
    """What a sending would take. Raises NotFoundError, ImportNotReadyError, ImportUndoneError."""
    job = await ready_import(uow, import_id)
    connection = await get_connection(uow, order.connection_id)
    assert job.report is not None, "a ready import has its report"
    contacts = contacts_of(job.report, order.only, suppressed=order.send_suppressed_as_dnd)
    return estimate(
        contacts, safe_mode=order.safe_mode, rate=connection.rate, daily_limit=connection.daily_limit
    )


async def start_push(uow: UnitOfWork, import_id: UUID, order: PushOrder) -> UUID:
    """Begins a sending; the rest is done by jobs.

    Raises NotFoundError, ImportNotReadyError, ImportUndoneError, CrmNotConnectedError, NothingToSendError, and
    PushRunningError while the same import is on its way to the same account.
    """
    job = await ready_import(uow, import_id)
    connection = await get_connection(uow, order.connection_id, lock=True)
    if connection.status != "connected":
        raise CrmNotConnectedError
    assert job.report is not None, "a ready import has its report"
    total = contacts_of(job.report, order.only, suppressed=order.send_suppressed_as_dnd)
    if total == 0:
        raise NothingToSendError
    running = select(GhlPush.id).where(
        GhlPush.import_id == import_id,
        GhlPush.connection_id == order.connection_id,
        GhlPush.status.in_(OPEN),
    )
    found = (await uow.session.execute(running.limit(1))).scalar_one_or_none()
    if found is not None:
        raise PushRunningError(push_id=str(found))
    push_id = new_id()
    uow.session.add(
        GhlPush(
            tenant_id=uow.tenant_id, id=push_id, import_id=import_id, connection_id=order.connection_id,
            only=order.only, safe_mode=order.safe_mode, suppressed_as_dnd=order.send_suppressed_as_dnd, total=total,
            started_by=uow.actor.label,
        )
    )  # fmt: skip
    await uow.session.flush()
    uow.enqueue(prepare_push, push_id=push_id)
    uow.announce(LIST_TOPIC, topic(push_id))
    return push_id


async def pause_push(uow: UnitOfWork, push_id: UUID) -> None:
    """Stops a sending for now: nothing new leaves within two seconds. Raises PushStateError."""
    push = await get_push(uow, push_id, lock=True)
    if push.status == "paused":
        return
    _require(push, "running", "paused_daily", "needs_reconnect")
    touch(uow, push, "paused")


async def resume_push(uow: UnitOfWork, push_id: UUID) -> None:
    """Goes on at the first contact that has not arrived. Raises PushStateError, CrmNotConnectedError."""
    push = await get_push(uow, push_id, lock=True)
    if push.status == "running":
        return
    _require(push, "paused", "paused_daily", "needs_reconnect", "failed")
    connection = await get_connection(uow, push.connection_id)
    if connection.status != "connected":
        raise CrmNotConnectedError
    _go_on(uow, push)


def _go_on(uow: UnitOfWork, push: GhlPush) -> None:
    """Running again; people not yet taken from the import are taken first."""
    touch(uow, push, "running" if push.started_at is not None else "preparing")
    push.problem, push.resume_at, push.finished_at = "", None, None
    if push.started_at is not None:
        ask_for_turn(uow, push)
    else:
        uow.enqueue(prepare_push, push_id=push.id)


async def cancel_push(uow: UnitOfWork, push_id: UUID) -> None:
    """Ends a sending; who arrived stays there. Raises PushStateError once it ended."""
    push = await get_push(uow, push_id, lock=True)
    if push.status == "canceled":
        return
    _require(push, "preparing", "running", "paused", "paused_daily", "needs_reconnect", "failed")
    touch(uow, push, "canceled")
    push.finished_at, push.resume_at = uow.now(), None


async def retry_failed(uow: UnitOfWork, push_id: UUID) -> int:
    """Sends the failed contacts once more, and only them; answers how many. Raises PushStateError."""
    push = await get_push(uow, push_id, lock=True)
    _require(push, "done", "running", "paused", "failed")
    again = await uow.session.execute(
        text(
            "update ghl_push_items set state = 'pending', attempts = 0, code = '', detail = '', finished_at = null, "
            "next_attempt_at = null where tenant_id = :tenant and push_id = :push and state = 'failed' "
            "and person is not null returning id"
        ),
        {"tenant": uow.tenant_id, "push": push_id},
    )
    count = len(again.all())
    if count and push.status in {"done", "failed"}:
        connection = await get_connection(uow, push.connection_id)
        if connection.status != "connected":
            raise CrmNotConnectedError
        _go_on(uow, push)
    uow.announce(LIST_TOPIC, topic(push_id))
    return count


async def undo_push(uow: UnitOfWork, push_id: UUID) -> None:
    """Removes the contacts this sending made at GoHighLevel (restorable there for 60 days), and gives those it changed
    in safe mode back what they had. Others stay as they are. Raises PushStateError, CrmNotConnectedError.
    """
    push = await get_push(uow, push_id, lock=True)
    _require(push, "done", "canceled", "paused", "failed")
    connection = await get_connection(uow, push.connection_id)
    if connection.status != "connected":
        raise CrmNotConnectedError
    touch(uow, push, "undoing")
    uow.enqueue(undo_crm_push, lock=lane_of(push), push_id=push.id)


async def continue_pushes(uow: UnitOfWork, connection_id: UUID) -> None:
    """The account works again: what waited for it goes on by itself."""
    for push in await _pushes_of(uow, connection_id, "needs_reconnect"):
        _go_on(uow, push)


async def stop_pushes(uow: UnitOfWork, connection_id: UUID, status: str) -> None:
    """The account is gone: what was on its way waits."""
    for push in await _pushes_of(uow, connection_id, "running", "paused_daily"):
        touch(uow, push, status)


async def _pushes_of(uow: UnitOfWork, connection_id: UUID, *statuses: str) -> list[GhlPush]:
    query = select(GhlPush).where(GhlPush.connection_id == connection_id, GhlPush.status.in_(statuses))
    return list((await uow.session.execute(query.with_for_update())).scalars())


def _require(push: GhlPush, *statuses: str) -> None:
    if push.status not in statuses:
        raise PushStateError(status=push.status)
