"""A store's week and its special days in the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Allow, ReadUow, Works, translator_of
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.holidays import next_holidays
from balcao.modules.store.hours_editing import (
    INTERVALS_A_DAY,
    HoursInput,
    SpanInput,
    check_week,
    days_ahead,
    exception_days,
    minutes_of,
    remove_exception,
    replace_week,
    set_exception,
    state_now,
)
from balcao.modules.store.opening_hours import Interval, Schedule
from balcao.modules.store.pages.panel_forms import Form, posted
from balcao.modules.store.pages.panel_store_frame import BASE, done, faults_of, show, state_words, store_frame
from balcao.modules.store.pages.shop_frame import WEEKDAYS, day_text
from balcao.modules.store.stores_editing import get_store

router = APIRouter(prefix=BASE)
VIEW = [Depends(Allow("store.stores:view"))]
EDIT = [Depends(Allow("store.stores:edit"))]
WORKDAYS = range(1, 5)
HOLIDAYS_SHOWN = 6
EXCEPTION_SPANS = 2

Typed = list[list[tuple[str, str]]]


@router.get("/{store_id}/horarios", dependencies=VIEW)
async def hours_page(request: Request, uow: ReadUow, store_id: UUID) -> Response:
    """The week as it is, and what the coming days look like."""
    frame, _, schedule = await store_frame(request, uow, store_id, "/horarios")
    words = translator_of(request)
    return render(
        request, "store/panel/stores/hours.html", **frame, **_week_context(_typed_of(schedule), {}),
        **_preview(words, schedule, frame["zone"], uow.now(), {}),
    )  # fmt: skip


def _typed_of(schedule: Schedule) -> Typed:
    week: Typed = [[] for _ in range(7)]
    for hours in sorted(schedule.intervals, key=lambda item: item.opens):
        week[hours.weekday].append((f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}"))
    return week


def _week_context(week: Typed, errors: dict[str, str]) -> dict[str, Any]:
    """Every day with its intervals and a blank one, two at least."""
    days: list[dict[str, Any]] = []
    for weekday, spans in enumerate(week):
        slots = min(INTERVALS_A_DAY, max(2, len(spans) + 1))
        rows = [*spans, *[("", "")] * (slots - len(spans))]
        days.append({
            "name": WEEKDAYS[weekday],
            "rows": [
                {"opens": opens, "closes": closes, "overnight": _is_overnight(opens, closes),
                 "error": errors.get(f"{weekday}-{at}", "")}
                for at, (opens, closes) in enumerate(rows)
            ],
        })  # fmt: skip
    return {"days": days, "always_open": not any(week)}


def _is_overnight(opens: str, closes: str) -> bool:
    """True when a shift ends on the next day; closing at midnight is the end of the same one."""
    return bool(opens and closes) and closes <= opens and closes != "00:00"


def _preview(
    words: Translator, schedule: Schedule, zone: str, now: datetime, errors: dict[str, str]
) -> dict[str, Any]:
    """The next seven days in words, and the state right now."""
    local = ZoneInfo(zone)
    coming = [
        {
            "name": day_text(words, item.day.isoformat(), now, zone),
            "spans": [
                f"{shift.starts_at.astimezone(local):%H:%M}–{shift.ends_at.astimezone(local):%H:%M}"
                for shift in item.shifts
            ],
        }
        for item in days_ahead(schedule, zone, now)
    ]
    return {
        "coming": coming,
        "now_words": state_words(words, state_now(schedule, zone, now), zone, now),
        "week_fault": next(iter(errors.values()), ""),
    }


def _read_week(form: Form) -> tuple[Typed, list[HoursInput], list[str]]:
    """What was typed, the intervals it makes, and the field each comes from."""
    typed: Typed = [[] for _ in range(7)]
    week: list[HoursInput] = []
    origin: list[str] = []
    for weekday in range(7):
        for at in range(INTERVALS_A_DAY):
            name = f"{weekday}-{at}"
            opens, closes = form.text(f"{name}-opens", 8), form.text(f"{name}-closes", 8)
            if not opens and not closes:
                continue
            place = f"{weekday}-{len(typed[weekday])}"
            typed[weekday].append((opens, closes))
            start, end = form.clock(f"{name}-opens"), form.clock(f"{name}-closes")
            if start is None or end is None:
                form.fault(place, "Give both times, opening and closing.")
                continue
            week.append(HoursInput(weekday, start, end))
            origin.append(place)
    return typed, week, origin


def _week_errors(
    words: Translator, form: Form, week: Sequence[HoursInput], origin: Sequence[str]
) -> dict[str, str]:
    errors = {name: words(text) for name, text in form.faults.items() if name.count("-") == 1}
    try:
        check_week(week)
    except ValidationFailedError as refused:
        for item in refused.ext["errors"]:
            position = int(item["pointer"].split("/")[2])
            errors.setdefault(origin[position], words(item["message"]))
    return errors


@router.post("/{store_id}/horarios", dependencies=EDIT)
async def save_hours(request: Request, works: Works, store_id: UUID) -> Response:
    """Saves the week; `do=copy` only puts Monday's hours on the other working days, `do=look` only shows what comes of it."""
    form, words = await posted(request), translator_of(request)
    typed, week, origin = _read_week(form)
    errors = _week_errors(words, form, week, origin)
    what = form.text("do")
    if what == "copy":
        monday = [hours for hours in week if hours.weekday == 0]
        for weekday in WORKDAYS:
            typed[weekday] = list(typed[0])
        week = [hours for hours in week if hours.weekday not in WORKDAYS]
        week += [replace(hours, weekday=weekday) for weekday in WORKDAYS for hours in monday]
        errors = {}
    if what not in {"copy", "look"} and not errors:
        await works.run(lambda uow: replace_week(uow, store_id, week))
        return done(f"{BASE}/{store_id}/horarios", "saved")

    async def again(uow: UnitOfWork) -> dict[str, Any]:
        frame, _, schedule = await store_frame(request, uow, store_id, "/horarios")
        if not errors:
            intervals = tuple(Interval(hours.weekday, hours.opens, hours.closes) for hours in week)
            schedule = replace(schedule, intervals=intervals)
        return {
            **frame, **_week_context(typed, errors), **_preview(words, schedule, frame["zone"], uow.now(), errors),
        }  # fmt: skip

    return await show(
        request,
        works,
        "store/panel/stores/hours.html",
        again,
        status=422 if errors and what != "look" else 200,
    )


@router.get("/{store_id}/dias", dependencies=VIEW)
async def days_page(request: Request, uow: ReadUow, store_id: UUID) -> Response:
    """The days that are not like their weekday, and the holidays to come."""
    return render(request, "store/panel/stores/days.html", **await _days_context(request, uow, store_id))


async def _days_context(request: Request, uow: UnitOfWork, store_id: UUID) -> dict[str, Any]:
    frame, _, schedule = await store_frame(request, uow, store_id, "/dias")
    words, zone, now = translator_of(request), frame["zone"], uow.now()
    today = now.astimezone(ZoneInfo(zone)).date()
    special = [item for item in exception_days(schedule) if item.day >= today]
    known = {item.day for item in special}
    rows = [
        {
            "day": item.day, "name": day_text(words, item.day.isoformat(), now, zone), "reason": item.reason,
            "year": item.day.year if item.day.year != today.year else "",
            "spans": [f"{span.opens:%H:%M}–{span.closes:%H:%M}" for span in item.spans],
        }
        for item in special
    ]  # fmt: skip
    holidays = [
        {"day": item.day, "name": words(item.name), "when": day_text(words, item.day.isoformat(), now, zone)}
        for item in next_holidays(today, HOLIDAYS_SHOWN + len(known))
        if item.day not in known
    ][:HOLIDAYS_SHOWN]
    return {**frame, "special": rows, "holidays": holidays, "today": today, "typed": {}}


@router.post("/{store_id}/dias", dependencies=EDIT)
async def save_day(request: Request, works: Works, store_id: UUID) -> Response:
    """Closes a date, or gives it hours of its own."""
    form, words = await posted(request), translator_of(request)
    day, reason = form.day("day"), form.text("reason", 120)
    spans = [] if form.text("kind") == "closed" else _read_spans(form)

    async def verb(uow: UnitOfWork) -> None:
        await get_store(uow, store_id)
        if day is None:
            form.fault("day", "Choose the day.")
        if form.text("kind") != "closed" and not spans:
            form.fault("0-opens", "Give both times, opening and closing.")
        form.check()
        await set_exception(uow, store_id, day or date.min, spans, reason)

    try:
        await works.run(verb)
    except DomainError as error:
        if error.status == 404:
            raise
        faults = faults_of(words, error, {"intervals/0": "0-opens", "intervals/1": "1-opens"})

        async def again(uow: UnitOfWork) -> dict[str, Any]:
            return {**await _days_context(request, uow, store_id), **faults, "typed": dict(form.values)}

        return await show(request, works, "store/panel/stores/days.html", again, status=422)
    return done(f"{BASE}/{store_id}/dias", "saved")


def _read_spans(form: Form) -> list[SpanInput]:
    spans: list[SpanInput] = []
    for at in range(EXCEPTION_SPANS):
        opens: time | None = form.clock(f"{at}-opens")
        closes: time | None = form.clock(f"{at}-closes")
        if opens is not None and closes is not None:
            spans.append(SpanInput(opens, closes))
        elif opens is not None or closes is not None:
            form.fault(f"{at}-opens", "Give both times, opening and closing.")
    return sorted(spans, key=lambda span: minutes_of(span.opens))


@router.post("/{store_id}/dias/{day}/apagar", dependencies=EDIT)
async def forget_day(works: Works, store_id: UUID, day: date) -> Response:
    """The date follows its weekday again."""
    await works.run(lambda uow: remove_exception(uow, store_id, day))
    return done(f"{BASE}/{store_id}/dias", "removed")
