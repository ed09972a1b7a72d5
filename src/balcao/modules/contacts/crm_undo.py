"""Taking a sending back: contacts it made are removed at the CRM, contacts it changed in safe mode get back what they had."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final, Literal
from uuid import UUID

import structlog
from sqlalchemy import text

from balcao.kernel.jobs.job import JobContext, job
from balcao.kernel.tenant_secrets import SecretLostError
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_errors import CrmNotConnectedError
from balcao.modules.contacts.crm_people import opened_image
from balcao.modules.contacts.crm_push_rows import count_items, find_push, lane_of, topic, touch
from balcao.modules.contacts.crm_reach import (
    CrmReach,
    Sleep,
    fresh_access,
    get_connection,
    note_answers,
    reach_of_job,
    take_requests,
)
from balcao.modules.contacts.models import GhlPush
from balcao.ports.crm import Crm, CrmAccess, CrmAnswer, CrmVerdict
from balcao.ports.errors import ProviderUnavailable

log = structlog.get_logger("balcao.contacts.crm")
TURN: Final = timedelta(seconds=60)
LONGEST_NAP_SECONDS: Final = 1.0
TRIES: Final = 3
_ENDS: Final[dict[CrmVerdict, str]] = {
    CrmVerdict.MISSING: "gone",
    CrmVerdict.REFUSED: "failed",
    CrmVerdict.DUPLICATE: "failed",
}
Step = Literal["on", "over"]

_NEXT = text("""
select id, remote_id, is_new, before from ghl_push_items
where tenant_id = :tenant and push_id = :push and undone = '' and remote_id <> '' and (is_new or before is not null)
order by row limit 1
""")
_TELL = text("update ghl_push_items set undone = :undone where tenant_id = :tenant and id = :id")


@job("contacts.undo_crm_push", queue="bulk", backoff=(5, 30, 120, 600, 1800))
async def undo_crm_push(context: JobContext, push_id: UUID) -> None:
    """Works for a minute, then asks for another turn. Removing twice does no harm, so a crash in between does none."""
    await undo_for_a_turn(context, push_id)


async def undo_for_a_turn(context: JobContext, push_id: UUID, *, sleep: Sleep = asyncio.sleep) -> None:
    """The job's work; `sleep` waits seconds."""
    reach = reach_of_job(context, sleep=sleep)
    ends = reach.now() + TURN
    push = await reach.run(lambda uow: _undoing(uow, push_id))
    if push is None:
        return
    try:
        access = await fresh_access(reach, push.connection_id)
        connection = await reach.run(lambda uow: get_connection(uow, push.connection_id))
        crm = reach.crm(connection.provider)
        unanswered = 0
        while reach.now() < ends:
            answer = await _one(reach, push, crm, access)
            if answer is None:
                return
            if answer.verdict is CrmVerdict.UNAUTHORIZED:
                access = await fresh_access(reach, push.connection_id, refused=access.token)
            unanswered = unanswered + 1 if answer.verdict in _SILENT else 0
            if unanswered >= TRIES:
                break
    except CrmNotConnectedError:
        await reach.run(lambda uow: _stop(uow, push_id, "crm_not_connected"))
        return
    except ProviderUnavailable as error:
        log.warning("crm_unavailable", push=str(push_id), detail=error.detail)
    later = reach.now() + timedelta(seconds=30) if reach.now() < ends else None
    await reach.run(lambda uow: _again(uow, push_id, later))


_SILENT: Final = frozenset({CrmVerdict.UNCLEAR, CrmVerdict.UNREACHABLE, CrmVerdict.UNAUTHORIZED})


async def _one(reach: CrmReach, push: GhlPush, crm: Crm, access: CrmAccess) -> CrmAnswer | None:
    """The next contact; None when there is none left."""

    async def take(uow: UnitOfWork) -> tuple[Any, float]:
        values = {"tenant": uow.tenant_id, "push": push.id}
        row = (await uow.session.execute(_NEXT, values)).first()
        if row is None or await _undoing(uow, push.id) is None:
            return None, 0.0
        grant = take_requests(await get_connection(uow, push.connection_id, lock=True), 1, uow.now())
        return row, 0.0 if grant.count else grant.wait

    row, wait = await reach.run(take)
    if row is None:
        await reach.run(lambda uow: _finish(uow, push.id))
        return None
    if wait > 0:
        await reach.sleep(min(wait, LONGEST_NAP_SECONDS))
        return CrmAnswer(CrmVerdict.BUSY)
    answer = await _taken_back(reach, crm, access, row)
    await reach.run(lambda uow: _note(uow, push, row, answer))
    return answer


async def _taken_back(reach: CrmReach, crm: Crm, access: CrmAccess, row: Any) -> CrmAnswer:
    if row.is_new:
        return await crm.delete(access, row.remote_id)
    try:
        image = opened_image(reach.keys, reach.tenant.id, row.before)
    except SecretLostError:
        return CrmAnswer(CrmVerdict.REFUSED)
    return await crm.update(access, row.remote_id, image, erases_empty=True)


async def _note(uow: UnitOfWork, push: GhlPush, row: Any, answer: CrmAnswer) -> None:
    connection = await get_connection(uow, push.connection_id, lock=True)
    note_answers(connection, [(answer.limits, answer.verdict is CrmVerdict.BUSY)], uow.now())
    undone = _ENDS.get(answer.verdict, "")
    if answer.verdict is CrmVerdict.STORED:
        undone = "deleted" if row.is_new else "restored"
    if undone:
        await uow.session.execute(_TELL, {"tenant": uow.tenant_id, "id": row.id, "undone": undone})
        uow.announce(topic(push.id))


async def _undoing(uow: UnitOfWork, push_id: UUID) -> GhlPush | None:
    push = await find_push(uow, push_id)
    return push if push is not None and push.status == "undoing" else None


async def _finish(uow: UnitOfWork, push_id: UUID) -> None:
    push = await find_push(uow, push_id, lock=True)
    if push is not None and push.status == "undoing":
        touch(uow, push, "undone")
        push.undone_at = uow.now()
        push.counts = dict(await count_items(uow, push_id))


async def _stop(uow: UnitOfWork, push_id: UUID, problem: str) -> None:
    push = await find_push(uow, push_id, lock=True)
    if push is not None and push.status == "undoing":
        touch(uow, push, "canceled")
        push.problem = problem


async def _again(uow: UnitOfWork, push_id: UUID, at: Any) -> None:
    push = await find_push(uow, push_id)
    if push is not None and push.status == "undoing":
        uow.enqueue(undo_crm_push, at=at, lock=lane_of(push), push_id=push_id)
