"""The job that sends: a few contacts at a time, at the pace all workers share, each step on record before and after it.

Short transactions, and never a call inside one. What was begun and never answered (a crash, a time-out) is looked up at
the CRM before it is repeated, so nobody is made twice.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import structlog

from balcao.kernel.jobs.job import JobContext, job
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_delivering import Parcel, Talk, deliver
from balcao.modules.contacts.crm_errors import CrmNotConnectedError
from balcao.modules.contacts.crm_outcomes import UNREADABLE, Outcome
from balcao.modules.contacts.crm_pacing import DAILY_PAUSE, is_day_spent
from balcao.modules.contacts.crm_parcels import Batch, claim_parcels, keep_image, keep_outcome, next_due
from balcao.modules.contacts.crm_people import CrmPerson
from balcao.modules.contacts.crm_push_rows import count_items, find_push, lane_of, topic, touch
from balcao.modules.contacts.crm_reach import (
    CrmReach,
    Sleep,
    fresh_access,
    get_connection,
    give_back,
    give_up_connection,
    note_answers,
    reach_of_job,
    take_requests,
)
from balcao.modules.contacts.crm_tagging import add_waiting_tags, are_tags_due
from balcao.modules.contacts.models import GhlPush
from balcao.ports.crm import CrmAccess, CrmField, CrmLimits
from balcao.ports.errors import ProviderUnavailable

BATCH: Final = 8
LEAST: Final = 4
"""Contacts a round is worth its transactions for."""
TURN: Final = timedelta(seconds=60)
"""After a minute the job hands itself back, so that other businesses get their turn."""
LONGEST_NAP_SECONDS: Final = 1.0
"""A pause or an end that somebody ordered is seen within this time."""
HOLD_SECONDS: Final = 5.0
"""Whoever must wait longer gives its worker's place back."""
COUNT_EVERY: Final = timedelta(seconds=2)
log = structlog.get_logger("balcao.contacts.crm")


@job("contacts.send_to_crm", queue="bulk", backoff=(5, 30, 120, 600, 1800))
async def send_to_crm(context: JobContext, push_id: UUID, turn: int) -> None:
    """Sends for a minute, then asks for another turn. Does nothing for a sending that is paused, ended or deleted."""
    await send_for_a_turn(context, push_id, turn)


def ask_for_turn(uow: UnitOfWork, push: GhlPush, *, at: datetime | None = None) -> None:
    """Queues the sending. One worker at a time speaks to an account; turns asked for before count no more."""
    push.turn += 1
    uow.enqueue(send_to_crm, at=at, lock=lane_of(push), push_id=push.id, turn=push.turn)


async def send_for_a_turn(
    context: JobContext, push_id: UUID, number: int, *, sleep: Sleep = asyncio.sleep
) -> None:
    """The job's work; `sleep` waits seconds."""
    reach = reach_of_job(context, sleep=sleep)
    turn = _Turn(reach, push_id, number, ends=reach.now() + TURN)
    try:
        while await turn.step() == "on":
            pass
    except CrmNotConnectedError:
        await reach.run(lambda uow: _wait_for_connection(uow, push_id, number))
    except ProviderUnavailable as error:
        log.warning("crm_unavailable", push=str(push_id), detail=error.detail)
        await reach.run(lambda uow: _again(uow, push_id, number, reach.now() + timedelta(seconds=30)))


Step = Literal["on", "over"]


class _Turn:
    """One minute of one sending."""

    def __init__(self, reach: CrmReach, push_id: UUID, number: int, *, ends: datetime) -> None:
        self._reach = reach
        self._push_id = push_id
        self._number = number
        self._ends = ends
        self._access: CrmAccess | None = None
        self._was_refused = False
        self._counted_at: datetime | None = None

    async def step(self) -> Step:
        """One round: take a few contacts, send them together, note what became of them."""
        reach = self._reach
        if reach.now() >= self._ends:
            return await self._hand_back()
        batch = await reach.run(self._take)
        if batch is None:
            return "over"
        if not batch.parcels and not batch.unreadable:
            return await self._idle(batch)
        if batch.unreadable:
            await reach.run(lambda uow: self._keep_unreadable(uow, batch.unreadable))
        if batch.parcels:
            await self._send(batch)
        return "on"

    async def _take(self, uow: UnitOfWork) -> Batch | None:
        """Claims the next contacts, as many as the pace allows; None when there is nothing to do here any more."""
        push = await find_push(uow, self._push_id, lock=True)
        if push is None or push.turn != self._number or not _may_send(uow, push):
            return None
        connection = await get_connection(uow, push.connection_id, lock=True)
        if connection.status != "connected":
            raise CrmNotConnectedError
        now = uow.now()
        grant = take_requests(connection, BATCH, now, least=LEAST)
        wait = 0.0 if grant.count else grant.wait
        batch = Batch(
            [], [], wait, push.safe_mode, push.suppressed_as_dnd, connection.id, connection.provider
        )
        if grant.count == 0:
            return batch
        taken = await claim_parcels(uow, self._reach.keys, push.id, grant.count, batch)
        give_back(connection, grant.count - taken)
        push.heartbeat_at = now
        return batch

    async def _send(self, batch: Batch) -> None:
        reach = self._reach
        if self._access is None:
            self._access = await self._opened(batch)
        talk = Talk(
            reach, batch.connection_id, reach.crm(batch.provider), self._access, self._remember,
            safe_mode=batch.safe_mode, sends_suppressed=batch.sends_suppressed,
        )  # fmt: skip
        outcomes = await asyncio.gather(*(deliver(talk, parcel) for parcel in batch.parcels))
        told = list(zip(batch.parcels, outcomes, strict=True))
        await reach.run(lambda uow: self._keep(uow, batch.connection_id, told, talk.heard))
        if any(outcome.needs_reconnect for outcome in outcomes):
            await self._renew(batch.connection_id, arrived=any(outcome.remote_id for outcome in outcomes))
        elif any(outcome.remote_id for outcome in outcomes):
            self._was_refused = False

    async def _opened(self, batch: Batch) -> CrmAccess:
        """The access; when there is none, what was just taken goes back untouched."""
        try:
            return await fresh_access(self._reach, batch.connection_id)
        except (CrmNotConnectedError, ProviderUnavailable):
            untouched = [
                (parcel, Outcome("retry", is_unclear=parcel.is_unclear, counts=False))
                for parcel in batch.parcels
            ]
            await self._reach.run(lambda uow: self._keep(uow, batch.connection_id, untouched, []))
            raise

    async def _renew(self, connection_id: UUID, *, arrived: bool) -> None:
        """After a 401: new tokens, once. When those are refused too, somebody must connect again."""
        assert self._access is not None, "a refused token was used"
        if self._was_refused and not arrived:
            await give_up_connection(self._reach, connection_id)
            raise CrmNotConnectedError
        self._was_refused = True
        self._access = await fresh_access(self._reach, connection_id, refused=self._access.token)

    async def _remember(self, item_id: UUID, image: dict[CrmField, str]) -> None:
        reach = self._reach
        await reach.run(lambda uow: keep_image(uow, reach.keys, item_id, image))

    async def _keep(
        self,
        uow: UnitOfWork,
        connection_id: UUID,
        told: list[tuple[Parcel, Outcome]],
        heard: list[tuple[CrmLimits, bool]],
    ) -> None:
        """What became of a batch, its effect on the pace, and the day's quota."""
        push = await find_push(uow, self._push_id, lock=True)
        connection = await get_connection(uow, connection_id, lock=True)
        note_answers(connection, heard, uow.now())
        for parcel, outcome in told:
            await keep_outcome(uow, parcel, outcome)
        if push is None:
            return
        if push.status == "running" and any(is_day_spent(limits) for limits, _ in heard):
            _rest_for_today(uow, push)
        await self._count(uow, push)

    async def _keep_unreadable(self, uow: UnitOfWork, items: list[tuple[UUID, int]]) -> None:
        for item_id, attempts in items:
            parcel = Parcel(item_id, CrmPerson({}), attempts, uow.now())
            await keep_outcome(uow, parcel, Outcome("failed", UNREADABLE))

    async def _count(self, uow: UnitOfWork, push: GhlPush) -> None:
        now = uow.now()
        push.heartbeat_at = now
        if self._counted_at is None or now - self._counted_at >= COUNT_EVERY:
            self._counted_at = now
            push.counts = dict(await count_items(uow, push.id))
            uow.announce(topic(push.id))

    async def _idle(self, batch: Batch) -> Step:
        """Nothing could be taken: because of the pace, or because everybody is on the way or there."""
        reach = self._reach
        if batch.wait > 0:
            return await self._nap(batch.wait)
        if await reach.run(lambda uow: are_tags_due(uow, self._push_id)):
            return await self._tag(batch)
        due = await reach.run(lambda uow: next_due(uow, self._push_id))
        if due is None:
            await reach.run(self._finish)
            return "over"
        return await self._nap(max(0.1, (due - reach.now()).total_seconds()))

    async def _tag(self, batch: Batch) -> Step:
        if self._access is None:
            self._access = await fresh_access(self._reach, batch.connection_id)
        crm = self._reach.crm(batch.provider)
        told = await add_waiting_tags(self._reach, self._push_id, batch.connection_id, crm, self._access)
        if told.needs_reconnect:
            await self._renew(batch.connection_id, arrived=False)
        return "on" if told.wait <= 0 else await self._nap(told.wait)

    async def _hand_back(self) -> Step:
        """Another turn, later. Who arrived in this one gets its tags first."""
        reach = self._reach
        batch = await reach.run(self._for_tags)
        if batch is not None and self._access is not None:
            await self._tag(batch)
        await reach.run(lambda uow: _again(uow, self._push_id, self._number, None))
        return "over"

    async def _for_tags(self, uow: UnitOfWork) -> Batch | None:
        push = await find_push(uow, self._push_id)
        if push is None or push.status != "running" or not await are_tags_due(uow, push.id):
            return None
        connection = await get_connection(uow, push.connection_id)
        return Batch([], [], 0.0, push.safe_mode, push.suppressed_as_dnd, connection.id, connection.provider)

    async def _nap(self, seconds: float) -> Step:
        reach = self._reach
        if seconds > HOLD_SECONDS:
            at = reach.now() + timedelta(seconds=seconds)
            await reach.run(lambda uow: _again(uow, self._push_id, self._number, at))
            return "over"
        await reach.sleep(min(seconds, LONGEST_NAP_SECONDS))
        return "on"

    async def _finish(self, uow: UnitOfWork) -> None:
        push = await find_push(uow, self._push_id, lock=True)
        if push is None or push.status != "running":
            return
        push.counts = dict(await count_items(uow, push.id))
        push.finished_at = uow.now()
        touch(uow, push, "done")


def _may_send(uow: UnitOfWork, push: GhlPush) -> bool:
    if push.status == "paused_daily" and push.resume_at is not None and push.resume_at <= uow.now():
        touch(uow, push, "running")
        push.resume_at = None
    return push.status == "running"


def _rest_for_today(uow: UnitOfWork, push: GhlPush) -> None:
    touch(uow, push, "paused_daily")
    push.resume_at = uow.now() + DAILY_PAUSE
    ask_for_turn(uow, push, at=push.resume_at)


async def _mine(uow: UnitOfWork, push_id: UUID, number: int) -> GhlPush | None:
    """The sending while it runs and this turn is the one that counts."""
    push = await find_push(uow, push_id, lock=True)
    return push if push is not None and push.status == "running" and push.turn == number else None


async def _again(uow: UnitOfWork, push_id: UUID, number: int, at: datetime | None) -> None:
    push = await _mine(uow, push_id, number)
    if push is not None:
        push.counts = dict(await count_items(uow, push_id))
        ask_for_turn(uow, push, at=at)
        uow.announce(topic(push_id))


async def _wait_for_connection(uow: UnitOfWork, push_id: UUID, number: int) -> None:
    push = await _mine(uow, push_id, number)
    if push is not None:
        push.counts = dict(await count_items(uow, push_id))
        touch(uow, push, "needs_reconnect")
