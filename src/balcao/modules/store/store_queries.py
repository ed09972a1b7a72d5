"""The stores of a tenant as buyers see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from balcao.brazil.phones import format_phone, wa_link
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.checkout_load import schedule_of
from balcao.modules.store.opening_hours import OpenState, opening_state

Json = dict[str, Any]

_STORES = text("""
select to_jsonb(s) as store,
 (select coalesce(jsonb_agg(jsonb_build_array(h.weekday, h.opens, h.closes)), '[]') from store_hours h
   where h.tenant_id = :tenant and h.store_id = s.id) as hours,
 (select coalesce(jsonb_agg(jsonb_build_array(e.day, e.opens, e.closes, e.reason)), '[]') from store_exceptions e
   where e.tenant_id = :tenant and e.store_id = s.id and e.day >= :today) as exceptions,
 (select coalesce(jsonb_agg(jsonb_build_array(p.until, p.reason)), '[]') from store_pauses p
   where p.tenant_id = :tenant and p.store_id = s.id and p.until > :now) as pauses
from stores s where s.tenant_id = :tenant and s.is_active order by s.position, s.name, s.id
""")


async def open_stores(uow: UnitOfWork) -> list[Json]:
    """Active stores with their open state. One statement."""
    now = uow.now()
    parameters = {"tenant": uow.tenant_id, "now": now, "today": (now - timedelta(days=1)).date()}
    rows = (await uow.session.execute(_STORES, parameters)).mappings()
    documents: list[Json] = []
    for row in rows:
        schedule = schedule_of(row["hours"], row["exceptions"], row["pauses"])
        documents.append(store_document(row["store"], opening_state(schedule, row["store"]["timezone"], now)))
    return documents


def store_document(store: Mapping[str, Any], state: OpenState) -> Json:
    """A store in the shape of GET /stores."""
    fulfilments = [
        name
        for name, on in (("delivery", store["accepts_delivery"]), ("pickup", store["accepts_pickup"]))
        if on
    ]
    street = ", ".join(part for part in (store["street"], store["number"]) if part)
    return {
        "id": store["id"],
        "slug": store["slug"],
        "name": store["name"],
        "description": store["description"],
        "is_open": state.is_open,
        "open_reason": state.reason,
        "note": state.note,
        "closes_at": state.closes_at.isoformat() if state.closes_at else None,
        "next_opening": state.next_opening.isoformat() if state.next_opening else None,
        "takes_preorders": store["preorder"],
        "fulfilments": fulfilments,
        "payment_methods": store["payment_methods"],
        "address": {
            "line": " · ".join(part for part in (street, store["district"], store["city"]) if part),
            **{
                name: store[name]
                for name in ("postal_code", "street", "number", "complement", "district", "city", "state")
            },
        },
        "phone": store["phone"],
        "phone_text": format_phone(store["phone"]) if store["phone"] else "",
        "whatsapp_url": wa_link(store["phone"]) if store["phone"] else None,
        "sla_minutes": store["preparation_minutes"],
        "timezone": store["timezone"],
    }
