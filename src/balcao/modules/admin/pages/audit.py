"""The trail of changes in the panel."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Words
from balcao.kernel.web.templates import panel_context
from balcao.modules.admin.api_keys import list_keys
from balcao.modules.admin.audit import AuditFilter, NotOurCursorError, find_entries, names_for
from balcao.modules.admin.audit_words import ENTITIES, Reader
from balcao.modules.admin.pages.forms import answer
from balcao.modules.admin.team_queries import list_people, permission_labels

router = APIRouter()
VIEW = Depends(Allow("admin.audit:view"))
HERE = "/painel/auditoria"
PER_PAGE = 50
FIELDS = ("who", "entity", "entity_id", "from", "to", "request_id")


def _typed(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip()[:100] for name in FIELDS}


def _wanted(typed: dict[str, str], zone: str) -> AuditFilter:
    """What the form asks for. Days are the business's own; what cannot be read looks for nothing special."""
    last = _day(typed["to"])
    return AuditFilter(
        who=_uuid(typed["who"]),
        entity=typed["entity"] if typed["entity"] in ENTITIES else "",
        entity_id=typed["entity_id"],
        since=_midnight(_day(typed["from"]), zone),
        until=_midnight(last + timedelta(days=1) if last is not None else None, zone),
        request_id=typed["request_id"],
    )


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2200 else None


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) if day is not None else None


def _url(typed: dict[str, str], path: str = HERE, **more: str) -> str:
    query = urlencode({name: value for name, value in {**typed, **more}.items() if value})
    return f"{path}?{query}" if query else path


def _csv_url(typed: dict[str, str], wanted: AuditFilter) -> str:
    moments = {
        name: value.isoformat() if value else ""
        for name, value in (("since", wanted.since), ("until", wanted.until))
    }
    kept = {name: typed[name] for name in ("entity", "entity_id", "request_id")}
    return _url(
        {**kept, "who": str(wanted.who or ""), "entity": wanted.entity, **moments},
        "/api/v1/admin/audit/export.csv",
    )


@router.get(HERE, dependencies=[VIEW])
async def audit_page(request: Request, uow: ReadUow, runtime: Installation, words: Words) -> Response:
    """Who changed what, when and from where."""
    typed, zone = _typed(request), uow.tenant.timezone
    wanted = _wanted(typed, zone)
    try:
        lines, following = await find_entries(
            uow, wanted, limit=PER_PAGE, cursor=request.query_params.get("cursor", "")[:200]
        )
    except NotOurCursorError:  # an address somebody shortened: begin at the top
        lines, following = await find_entries(uow, wanted, limit=PER_PAGE)
    reader = Reader(words, zone, await names_for(uow, lines), permission_labels(runtime.modules, words))
    rows: list[dict[str, Any]] = [
        {
            "line": line, "sentence": reader.sentence(line), "details": reader.details(line), "who": reader.who(line),
            "same_thing": _url({"entity": line.entity, "entity_id": line.entity_id}),
            "same_request": _url({"request_id": line.request_id}) if line.request_id else "",
        }
        for line in lines
    ]  # fmt: skip
    people = await list_people(uow, PageQuery(limit=100))
    actors = [(str(person.id), person.name) for person in people.items]
    actors += [(str(key.id), words("Key {name}", name=key.name)) for key in await list_keys(uow)]
    return answer(
        request, "admin/audit.html", **panel_context(request, uow.tenant, uow.actor), rows=rows, typed=typed,
        actors=actors, entities=sorted(((code, words(label)) for code, label in ENTITIES.items()), key=lambda e: e[1]),
        next_url=_url(typed, cursor=following) if following else "", csv_url=_csv_url(typed, wanted),
        is_filtered=any(typed.values()),
    )  # fmt: skip
