"""The stores of a tenant as buyers see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text

from balcao.brazil.phones import format_phone, wa_link
from balcao.kernel.cache import CachedBytes
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_document import picture_document
from balcao.modules.store.checkout_load import schedule_of
from balcao.modules.store.opening_hours import OpenState, Schedule, opening_state
from balcao.modules.store.shelf_answers import answer, dump_answer

Json = dict[str, Any]
STORES_MAX: Final = 100
_ADDRESS: Final = ("postal_code", "street", "number", "complement", "district", "city", "state")

# The widths in which a picture `f` is served. Few numbers, where the whole list of sizes is half of what would travel.
PICTURE_WIDTHS: Final = """jsonb_path_query_array(f.renditions,'$[*] ? (@.format == "webp").width')"""
# One store `s` with its schedule, as JSON. Bound: tenant, now. Yesterday's exceptions count: their nights may go on.
STORE_ROW: Final = f"""json_build_object('about', to_json(s),
'cover', (select json_build_array(f.id, {PICTURE_WIDTHS}, f.width, f.height) from files f
where f.tenant_id = :tenant and f.id = s.cover_file_id and f.is_public),
'hours', (select json_agg(json_build_array(h.weekday, h.opens, h.closes) order by h.weekday, h.opens)
from store_hours h where h.tenant_id = :tenant and h.store_id = s.id),
'exceptions', (select json_agg(json_build_array(e.day, e.opens, e.closes, e.reason) order by e.day, e.opens)
from store_exceptions e where e.tenant_id = :tenant and e.store_id = s.id
and e.day >= (cast(:now as timestamptz) at time zone s.timezone)::date - 1),
'pauses', (select json_agg(json_build_array(p.until, p.reason))
from store_pauses p where p.tenant_id = :tenant and p.store_id = s.id and p.until > :now))"""  # noqa: S608 - fixed texts

_STORES = text(f"""
select json_agg({STORE_ROW} order by s.position, s.name, s.id)::text
from stores s where s.tenant_id = :tenant and s.is_active
""")  # noqa: S608 - fixed texts


def stores_name(limit: int, offset: int) -> str:
    """The name under which a page of stores is kept."""
    return f"stores:{limit}:{offset}"


async def stores_bytes(runtime: Runtime, tenant: Tenant, limit: int, offset: int) -> CachedBytes:
    """A page of active stores as the bytes of GET /stores; never told over an opening or a closing."""

    async def make() -> bytes:
        async with runtime.transactions.begin(tenant, read_only=True) as uow:
            rows, now = await _rows(uow), uow.now()
        shown = [told_store(str(tenant.id), row, now) for row in rows[offset : offset + limit]]
        items, edges = [item for item, _ in shown], [edge for _, edge in shown]
        document: Json = {"items": items, "total": len(rows), "limit": limit, "offset": offset}
        return dump_answer(document, min(edges, default=now + timedelta(days=1)))

    return await answer(runtime, tenant.id, stores_name(limit, offset), make)


async def open_stores(uow: UnitOfWork) -> list[Json]:
    """Active stores with their open state. One statement."""
    now = uow.now()
    return [told_store(str(uow.tenant_id), row, now)[0] for row in await _rows(uow)]


def told_store(tenant_id: str, row: Mapping[str, Any], now: datetime) -> tuple[Json, datetime]:
    """A store read with STORE_ROW as buyers are told of it, and the moment until which that stays true."""
    about: Json = row["about"]
    hours: list[Any] = row["hours"] or []
    schedule = schedule_of(hours, row["exceptions"] or [], row["pauses"] or [])
    state = opening_state(schedule, about["timezone"], now)
    document = _document(about, state)
    cover = row["cover"]
    document["cover"] = picture_document(tenant_id, cover[0], about["name"], *cover[1:]) if cover else None
    document["hours"] = [
        {"weekday": day, "opens": opens[:5], "closes": closes[:5]} for day, opens, closes in hours
    ]
    return document, _next_edge(schedule, state, about["timezone"], now)


async def _rows(uow: UnitOfWork) -> list[Json]:
    found: str | None = (
        await uow.session.execute(_STORES, {"tenant": uow.tenant_id, "now": uow.now()})
    ).scalar_one()
    return orjson.loads(found) if found else []


def _next_edge(schedule: Schedule, state: OpenState, timezone: str, now: datetime) -> datetime:
    """The next moment at which the clock alone may change what buyers are told, UTC.

    It is an opening, a closing, the end of a pause, or the store's midnight, when daily stock starts again.
    """
    local = now.astimezone(_zone(timezone))
    midnight = datetime.combine(local.date() + timedelta(days=1), time(0), local.tzinfo)
    edges = [state.closes_at, state.next_opening, *(pause.until for pause in schedule.pauses), midnight]
    return min(edge.astimezone(UTC) for edge in edges if edge is not None and edge > now)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _document(row: Mapping[str, Any], state: OpenState) -> Json:
    """The row of a store in the shape of GET /stores. Moments carry the offset of the store's own clock."""
    ways = (("delivery", row["accepts_delivery"]), ("pickup", row["accepts_pickup"]))
    street = ", ".join(part for part in (row["street"], row["number"]) if part)
    return {
        "id": row["id"],
        "slug": row["slug"],
        "name": row["name"],
        "description": row["description"],
        "is_open": state.is_open,
        "open_reason": state.reason,
        "note": state.note,
        "closes_at": _local(state.closes_at, row["timezone"]),
        "next_opening": _local(state.next_opening, row["timezone"]),
        "takes_preorders": row["preorder"],
        "fulfilments": [name for name, on in ways if on],
        "payment_methods": row["payment_methods"],
        "address": {
            "line": " · ".join(part for part in (street, row["district"], row["city"]) if part),
            **{name: row[name] for name in _ADDRESS},
        },
        "phone": row["phone"],
        "phone_text": format_phone(row["phone"]) if row["phone"] else "",
        "whatsapp_url": wa_link(row["phone"]) if row["phone"] else None,
        "sla_minutes": row["preparation_minutes"],
        "timezone": row["timezone"],
    }


def _local(moment: datetime | None, timezone: str) -> str | None:
    return moment.astimezone(_zone(timezone)).isoformat() if moment else None
