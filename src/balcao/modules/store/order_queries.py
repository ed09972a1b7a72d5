"""Orders as screens and answers show them: few statements, plain dictionaries."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from balcao.brazil.phones import mask_phone
from balcao.kernel.db.paging import like_prefix
from balcao.kernel.errors import NotFoundError
from balcao.kernel.work import UnitOfWork
from balcao.modules.payments.public import payments_of
from balcao.modules.store.order_states import ActorKind, OrderStatus, needs_reason, next_statuses

Json = dict[str, Any]
SUBJECT = "store.order"
BOARD_STATUSES = (
    "awaiting_payment", "received", "confirmed", "preparing", "ready", "out_for_delivery", "picked_up", "delivered",
)  # fmt: skip
BOARD_ENDS = 50

_ORDER = text("""
select to_jsonb(o) || jsonb_build_object('store', jsonb_build_object('id', s.id, 'slug', s.slug, 'name', s.name,
         'phone', s.phone, 'timezone', s.timezone),
  'lines', (select jsonb_agg(to_jsonb(l) - 'tenant_id' - 'order_id' order by l.position) from order_lines l
            where l.tenant_id = :tenant and l.order_id = o.id),
  'events', (select jsonb_agg(jsonb_build_object('kind', e.kind, 'from', e.from_status, 'to', e.to_status, 'at', e.at,
            'actor', e.actor, 'actor_name', e.actor_name, 'note', e.note) order by e.at, e.id)
            from order_events e where e.tenant_id = :tenant and e.order_id = o.id)) as doc
from orders o join stores s on (s.tenant_id, s.id) = (o.tenant_id, o.store_id)
where o.tenant_id = :tenant and o.id = :order
""")
_HIDDEN = ("tenant_id", "tracking_hash", "tracking_expires_at", "customer_id", "due_at")


async def _load(uow: UnitOfWork, order_id: UUID) -> Json:
    found = (
        await uow.session.execute(_ORDER, {"tenant": uow.tenant_id, "order": order_id})
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    return found


async def _complete(uow: UnitOfWork, order: Json) -> Json:
    payments = [
        {
            "id": str(view.id), "method": view.method, "status": view.status, "amount_cents": view.amount_cents,
            "pix": {"copy_paste": view.copy_paste, "expires_at": view.expires_at} if view.copy_paste else None,
            "approved_at": view.approved_at, "refund_due": view.refund_due, "redirect_url": None,
        }
        for view in await payments_of(uow, SUBJECT, UUID(order["id"]))
    ]  # fmt: skip
    document = {name: value for name, value in order.items() if name not in _HIDDEN}
    document["customer"] = {
        "name": order["customer_name"],
        "phone": order["customer_phone"],
        "email": order["customer_email"],
        "document": order["customer_document"],
    }
    for name in ("customer_name", "customer_phone", "customer_email", "customer_document"):
        del document[name]
    document["payments"] = payments
    document["payment"] = payments[-1] if payments else None
    return document


async def order_detail(uow: UnitOfWork, order_id: UUID, kind: ActorKind) -> Json:
    """An order for the staff, with history and the moves this person may make. NotFoundError outside their stores."""
    order = await _load(uow, order_id)
    if not uow.actor.sees_store(UUID(order["store_id"])):
        raise NotFoundError
    document = await _complete(uow, order)
    status = OrderStatus(order["status"])
    document["next_statuses"] = [
        {"status": str(target), "needs_reason": needs_reason(status, target)}
        for target in next_statuses(status, order["fulfilment"], kind)
    ]
    return document


async def order_for_tracking(uow: UnitOfWork, order_id: UUID, token_hash: str) -> Json:
    """An order for whoever holds its token: personal data masked, staff names left out.

    NotFoundError for a wrong or expired token: the order's existence does not leak.
    """
    order = await _load(uow, order_id)
    expires = datetime.fromisoformat(order["tracking_expires_at"])
    if not hmac.compare_digest(order["tracking_hash"], token_hash) or expires <= uow.now():
        raise NotFoundError
    document = await _complete(uow, order)
    document["customer"] = {
        "name": order["customer_name"].split(" ")[0],
        "phone": mask_phone(order["customer_phone"]),
        "email": None,
        "document": None,
    }
    if document["address"]:
        address = document["address"]
        document["address"] = {
            **{name: address.get(name) for name in ("street", "district", "city", "state")},
            "number": "•••",
            "complement": "",
            "postal_code": address["postal_code"][:5] + "-•••",
        }
    for event in document["events"]:
        event["actor"], event["actor_name"] = event["actor"].partition(":")[0], ""
    status = OrderStatus(order["status"])
    document["may_cancel"] = status in {OrderStatus.AWAITING_PAYMENT, OrderStatus.RECEIVED}
    return document


_LIST = """
select jsonb_build_object('id', o.id, 'code', o.code, 'status', o.status, 'version', o.version, 'fulfilment', o.fulfilment,
  'store_id', o.store_id, 'store', s.name, 'customer_name', o.customer_name, 'customer_phone', o.customer_phone,
  'payment_method', o.payment_method, 'change_for_cents', o.change_for_cents, 'total_cents', o.total_cents,
  'scheduled_for', o.scheduled_for, 'promised_at', o.promised_at, 'placed_at', o.placed_at, 'channel', o.channel,
  'district', o.address->>'district', 'notes', o.notes,
  'items', (select coalesce(jsonb_agg(jsonb_build_object('quantity', l.quantity, 'name', l.name, 'sku_name', l.sku_name,
     'notes', l.notes, 'options', l.options) order by l.position), '[]')
     from order_lines l where l.tenant_id = :tenant and l.order_id = o.id),
  'cancel_requested', exists(select from order_events e where e.tenant_id = :tenant and e.order_id = o.id
     and e.kind = 'cancel_requested'))
from orders o join stores s on (s.tenant_id, s.id) = (o.tenant_id, o.store_id)
where o.tenant_id = :tenant and (:no_scope or o.store_id = any(cast(:scope as uuid[])))
"""


def _scope(uow: UnitOfWork, store_id: UUID | None) -> Json:
    if store_id is not None:
        scope = [store_id] if uow.actor.sees_store(store_id) else []
        return {"no_scope": False, "scope": scope}
    stores = uow.actor.store_ids
    return {"no_scope": stores is None, "scope": sorted(stores or ())}


# Of a state that holds very many orders: those that wait longest, those that just came, those that want to be canceled.
_ON_BOARD = text("""
select id, status, many from (
  select o.id, o.status, count(*) over state as many,
    row_number() over (partition by o.status order by o.placed_at, o.id) as place,
    exists(select from order_events e where e.tenant_id = :tenant and e.order_id = o.id and e.kind = 'cancel_requested') as plea
  from orders o
  where o.tenant_id = :tenant and o.status = any(:statuses) and (:no_scope or o.store_id = any(cast(:scope as uuid[])))
  window state as (partition by o.status)) x
where place <= :ends or place > many - :ends or plea
""")


async def board(uow: UnitOfWork, store_id: UUID | None = None) -> tuple[list[Json], dict[str, int]]:
    """Open orders of the stores in sight, oldest first, and how many there are of each state.

    Of a state with more than twice `BOARD_ENDS` orders come the oldest, the newest and those asking to be canceled.
    """
    parameters = {"tenant": uow.tenant_id, **_scope(uow, store_id)}
    found = (
        await uow.session.execute(
            _ON_BOARD, {**parameters, "statuses": list(BOARD_STATUSES), "ends": BOARD_ENDS}
        )
    ).all()
    query = text(_LIST + " and o.id = any(:chosen) order by o.placed_at, o.id")
    cards = (await uow.session.execute(query, {**parameters, "chosen": [row.id for row in found]})).scalars()
    return list(cards), {row.status: row.many for row in found}


async def list_orders(
    uow: UnitOfWork, *, limit: int, offset: int, status: str | None = None, q: str = "", store_id: UUID | None = None,
    days: int | None = None,
) -> tuple[list[Json], int]:  # fmt: skip
    """Orders newest first, by status, text (code, phone digits or name) and age, with the count of all that match."""
    parameters: Json = {"tenant": uow.tenant_id, "limit": limit, "offset": offset, **_scope(uow, store_id)}
    where = ""
    if status:
        where += " and o.status = :status"
        parameters["status"] = status
    if days is not None:
        where += " and o.placed_at >= :since"
        parameters["since"] = uow.now() - timedelta(days=days)
    if q.strip():
        digits = "".join(char for char in q if char.isdigit())
        where += " and (o.customer_name ilike :name or o.code = :code or (:phone <> '%%' and o.customer_phone like :phone))"
        code = int(digits) if digits and len(digits) < 10 else -1
        parameters |= {
            "name": like_prefix(q.strip()),
            "code": code,
            "phone": f"%{digits}%" if len(digits) > 3 else "%%",
        }
    count = text(f"select count(*) from ({_LIST}{where}) x")  # noqa: S608 - fixed texts; values are bound
    page = text(f"{_LIST}{where} order by o.placed_at desc, o.id desc limit :limit offset :offset")
    total = int((await uow.session.execute(count, parameters)).scalar_one())
    return list((await uow.session.execute(page, parameters)).scalars()), total


_TODAY = text("""
select count(*) filter (where status not in ('canceled', 'expired')) as orders,
  coalesce(sum(total_cents) filter (where status not in ('canceled', 'expired')), 0)::bigint as sales_cents,
  count(*) filter (where status in ('canceled', 'expired')) as canceled,
  count(*) filter (where placed_at >= :since and status in ('received', 'awaiting_payment')) as waiting,
  coalesce(jsonb_object_agg(hour, n) filter (where hour is not null), '{}') as hours
from (select o.*, extract(hour from o.placed_at at time zone :zone)::int as hour, count(*) over
  (partition by extract(hour from o.placed_at at time zone :zone)) as n from orders o
  where o.tenant_id = :tenant and o.placed_at >= :since and (:no_scope or o.store_id = any(cast(:scope as uuid[])))) o
""")
_BEST = text("""
select l.name, sum(l.quantity)::bigint as quantity, sum(l.total_cents)::bigint as total_cents
from order_lines l join orders o on (o.tenant_id, o.id) = (l.tenant_id, l.order_id)
where o.tenant_id = :tenant and l.tenant_id = :tenant and o.placed_at >= :since and o.status not in ('canceled', 'expired')
  and (:no_scope or o.store_id = any(cast(:scope as uuid[])))
group by l.name order by quantity desc, l.name limit 8
""")


async def today_figures(uow: UnitOfWork, store_id: UUID | None = None) -> Json:
    """Today in the tenant's zone: orders, gross sales (not canceled), average ticket, what waits, best sellers, hours."""
    zone = ZoneInfo(uow.tenant.timezone)
    midnight = uow.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    parameters = {"tenant": uow.tenant_id, "since": midnight, "zone": str(zone), **_scope(uow, store_id)}
    figures = dict((await uow.session.execute(_TODAY, parameters)).mappings().one())
    del parameters["zone"]
    best = [dict(row) for row in (await uow.session.execute(_BEST, parameters)).mappings()]
    average = figures["sales_cents"] // figures["orders"] if figures["orders"] else 0
    return {
        **figures,
        "average_cents": average,
        "best": best,
        "hours": {int(h): n for h, n in figures["hours"].items()},
    }
