"""When a store is open, over HTTP: its week, its special days and its pauses."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from balcao.kernel.web.dependencies import Allow, ReadUow, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.hours_editing import (
    HoursInput,
    SpanInput,
    days_ahead,
    exception_days,
    load_schedules,
    pause_store,
    remove_exception,
    replace_week,
    resume_store,
    set_exception,
    state_now,
)
from balcao.modules.store.opening_hours import OpenReason, Schedule
from balcao.modules.store.stores_editing import get_store

router = APIRouter(prefix="/admin/stores", tags=["stores"])
VIEW = [Depends(Allow("store.stores:view"))]
EDIT = [Depends(Allow("store.stores:edit"))]


class IntervalView(BaseModel):
    """Opening and closing by the store's clock; closing at or before opening is the next day's."""

    model_config = ConfigDict(extra="forbid")
    opens: time
    closes: time

    @field_validator("opens", "closes")
    @classmethod
    def _whole_minutes(cls, value: time) -> time:
        if value.tzinfo is not None or value.second or value.microsecond:
            raise ValueError("This must be a time of day.")
        return value


class WeekdayInterval(IntervalView):
    """An interval of a weekday, 0 is Monday."""

    weekday: Annotated[int, Field(ge=0, le=6)]


class WeekIn(BaseModel):
    """The whole week; an empty list means always open."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"hours": [{"weekday": 4, "opens": "18:00", "closes": "02:00"}]}]},
    )
    hours: Annotated[list[WeekdayInterval], Field(max_length=42)]


class ExceptionIn(BaseModel):
    """Hours of one date; none of them means closed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"intervals": [{"opens": "08:00", "closes": "12:00"}], "reason": "Véspera"}]
        },
    )
    intervals: Annotated[list[IntervalView], Field(max_length=6)] = []
    reason: Annotated[str, Field(max_length=120)] = ""


class ExceptionView(BaseModel):
    """A date unlike its weekday."""

    day: date
    is_closed: bool
    intervals: list[IntervalView]
    reason: str


class ShiftView(BaseModel):
    """An unbroken stretch of being open, as instants."""

    starts_at: datetime
    ends_at: datetime


class DayView(BaseModel):
    """What a date looks like."""

    day: date
    shifts: list[ShiftView]


class OpeningView(BaseModel):
    """Whether the store is open, until when, and the coming week."""

    is_open: bool
    reason: OpenReason
    note: str
    closes_at: datetime | None
    next_opening: datetime | None
    days: list[DayView]


class HoursView(BaseModel):
    """The week, the special days and what they make of today."""

    timezone: str
    always_open: bool
    hours: list[WeekdayInterval]
    exceptions: list[ExceptionView]
    opening: OpeningView


class PauseIn(BaseModel):
    """How long no orders are taken, and what buyers read."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"minutes": 30, "reason": "Cozinha cheia"}]}
    )
    minutes: int
    reason: Annotated[str, Field(max_length=120)] = ""


def opening_view(schedule: Schedule, zone: str, now: datetime) -> OpeningView:
    """The state at a moment with the seven days from it on."""
    state = state_now(schedule, zone, now)
    days = [
        DayView(
            day=item.day,
            shifts=[ShiftView(starts_at=shift.starts_at, ends_at=shift.ends_at) for shift in item.shifts],
        )
        for item in days_ahead(schedule, zone, now)
    ]
    return OpeningView(
        is_open=state.is_open, reason=state.reason, note=state.note, closes_at=state.closes_at,
        next_opening=state.next_opening, days=days,
    )  # fmt: skip


async def _hours_view(uow: UnitOfWork, store_id: UUID, at: datetime | None = None) -> HoursView:
    await get_store(uow, store_id)
    schedule, zone = (await load_schedules(uow, [store_id]))[store_id]
    exceptions = [
        ExceptionView(
            day=item.day, is_closed=not item.spans, reason=item.reason,
            intervals=[IntervalView(opens=span.opens, closes=span.closes) for span in item.spans],
        )
        for item in exception_days(schedule)
    ]  # fmt: skip
    return HoursView(
        timezone=zone,
        always_open=not schedule.intervals,
        hours=[
            WeekdayInterval(weekday=item.weekday, opens=item.opens, closes=item.closes)
            for item in schedule.intervals
        ],
        exceptions=exceptions,
        opening=opening_view(schedule, zone, at or uow.now()),
    )


@router.get("/{store_id}/hours", dependencies=VIEW)
async def read_hours(uow: ReadUow, store_id: UUID, at: datetime | None = None) -> HoursView:
    """The week, the special days, and what they make of a moment (now by default)."""
    return await _hours_view(uow, store_id, at if at is None or at.tzinfo else None)


@router.put("/{store_id}/hours", dependencies=EDIT)
async def write_hours(works: Works, store_id: UUID, body: WeekIn) -> HoursView:
    """Set the whole week."""

    async def verb(uow: UnitOfWork) -> HoursView:
        await replace_week(
            uow, store_id, [HoursInput(item.weekday, item.opens, item.closes) for item in body.hours]
        )
        return await _hours_view(uow, store_id)

    return await works.run(verb)


@router.put("/{store_id}/exceptions/{day}", dependencies=EDIT)
async def write_exception(works: Works, store_id: UUID, day: date, body: ExceptionIn) -> HoursView:
    """Give a date hours of its own, or close it."""

    async def verb(uow: UnitOfWork) -> HoursView:
        spans = [SpanInput(item.opens, item.closes) for item in body.intervals]
        await set_exception(uow, store_id, day, spans, body.reason.strip())
        return await _hours_view(uow, store_id)

    return await works.run(verb)


@router.delete("/{store_id}/exceptions/{day}", dependencies=EDIT, status_code=204)
async def drop_exception(works: Works, store_id: UUID, day: date) -> Response:
    """Let a date follow its weekday again."""
    await works.run(lambda uow: remove_exception(uow, store_id, day))
    return Response(status_code=204)


@router.post("/{store_id}/pause", dependencies=EDIT)
async def pause(works: Works, store_id: UUID, body: PauseIn) -> OpeningView:
    """Take no orders for some minutes."""

    async def verb(uow: UnitOfWork) -> OpeningView:
        await pause_store(uow, store_id, body.minutes, body.reason.strip())
        return (await _hours_view(uow, store_id)).opening

    return await works.run(verb)


@router.post("/{store_id}/resume", dependencies=EDIT)
async def resume(works: Works, store_id: UUID) -> OpeningView:
    """Take orders again at once."""

    async def verb(uow: UnitOfWork) -> OpeningView:
        await resume_store(uow, store_id)
        return (await _hours_view(uow, store_id)).opening

    return await works.run(verb)
