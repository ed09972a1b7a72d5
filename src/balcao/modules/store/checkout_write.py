"""Writing an order in as few statements as it takes: customer, code, then everything else at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from balcao.kernel.db.engine import Question, plain
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.cart_pricing import PricedCart
from balcao.modules.store.checkout_command import CheckoutRequest, CustomerInput
from balcao.modules.store.stock import Reservation


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is decided about an order before it is written."""

    id: UUID
    code: int
    status: str
    store_id: UUID
    customer_id: UUID
    tracking_hash: str
    tracking_expires_at: datetime
    scheduled_for: datetime | None
    promised_at: datetime | None
    due_at: datetime | None
    placed_at: datetime
    payment_id: UUID
    pix_copy_paste: str | None
    pix_expires_at: datetime | None
    payment_method: str
    language: str


_CUSTOMER = plain(
    text("""
insert into customers (tenant_id, id, phone, name, email, document, last_order_at)
values (:tenant, :id, :phone, :name, :email, :document, :now)
on conflict (tenant_id, phone) do update set
  name = case when customers.verified_at is null then excluded.name else customers.name end,
  email = coalesce(excluded.email, customers.email), document = coalesce(excluded.document, customers.document),
  last_order_at = excluded.last_order_at
returning id
""")
)
_CODE = plain(
    text("""
insert into order_counters (tenant_id, id, last_code) values (:tenant, :tenant, 1)
on conflict (tenant_id) do update set last_code = order_counters.last_code + 1 returning last_code
""")
)


def customer_question(uow: UnitOfWork, customer: CustomerInput) -> Question[UUID]:
    """The customer of a phone. A name the merchant verified stays; the order keeps its own snapshot anyway."""
    parameters = {
        "tenant": uow.tenant_id, "id": new_id(), "phone": customer.phone, "name": customer.name,
        "email": customer.email, "document": customer.document, "now": uow.now(),
    }  # fmt: skip
    return Question(_CUSTOMER, parameters, lambda rows: rows[0][0])


def code_question(uow: UnitOfWork) -> Question[int]:
    """The next order number of the tenant. Its row stays locked until the commit, so it is taken late."""
    return Question(_CODE, {"tenant": uow.tenant_id}, lambda rows: int(rows[0][0]))


_ORDER = plain(
    text("""
with the_order as (
  insert into orders (tenant_id, id, store_id, customer_id, code, fulfilment, status, tracking_hash, tracking_expires_at,
    customer_name, customer_phone, customer_email, customer_document, address, quote_id, metres, scheduled_for,
    promised_at, payment_method, change_for_cents, subtotal_cents, line_discount_cents, order_discount_cents,
    shipping_cents, shipping_discount_cents, total_cents, notes, language, placed_at, due_at, version)
  select :tenant, o.id, o.store_id, o.customer_id, o.code, o.fulfilment, o.status, o.tracking_hash,
    o.tracking_expires_at, o.customer_name, o.customer_phone, o.customer_email, o.customer_document, o.address,
    o.quote_id, o.metres, o.scheduled_for, o.promised_at, o.payment_method, o.change_for_cents, o.subtotal_cents,
    o.line_discount_cents, o.order_discount_cents, o.shipping_cents, o.shipping_discount_cents, o.total_cents, o.notes,
    o.language, o.placed_at, o.due_at, 1
  from jsonb_populate_record(null::orders, cast(:order as jsonb)) o returning id),
the_lines as (
  insert into order_lines (tenant_id, id, order_id, position, product_id, sku_id, name, sku_name, quantity,
    unit_price_cents, options_cents, options, line_discount_cents, order_discount_cents, total_cents, notes)
  select :tenant, l.id, :order_id, l.position, l.product_id, l.sku_id, l.name, l.sku_name, l.quantity,
    l.unit_price_cents, l.options_cents, l.options, l.line_discount_cents, l.order_discount_cents, l.total_cents, l.notes
  from jsonb_populate_recordset(null::order_lines, cast(:lines as jsonb)) l),
the_event as (
  insert into order_events (tenant_id, id, order_id, kind, to_status, actor, at)
  values (:tenant, :event_id, :order_id, 'placed', :status, :actor, :now)),
the_payment as (
  insert into payments (tenant_id, id, subject_kind, subject_id, method, status, amount_cents, txid, copy_paste,
    expires_at, version)
  values (:tenant, :payment_id, 'store.order', :order_id, :method, :payment_status, :total, :txid, :copy_paste,
    :pix_expires_at, 1)),
the_stock as (
  insert into stock_movements (tenant_id, id, stock_item_id, day, kind, on_hand, reserved, order_id, seq, actor)
  select :tenant, m.id, m.item, m.day, 'reserve', 0, m.quantity, :order_id, 0, :actor
  from unnest(cast(:movement_ids as uuid[]), cast(:items as uuid[]), cast(:days as date[]),
    cast(:quantities as bigint[])) as m(id, item, day, quantity))
update idempotency_keys set status = 201, response = cast(:answer as jsonb)
where tenant_id = :tenant and scope = :scope and key = :key
""")
)


def order_question(
    uow: UnitOfWork, order: NewOrder, request: CheckoutRequest, cart: PricedCart, taken: Reservation, scope: str,
    key: str, answer: dict[str, Any],
) -> Question[None]:  # fmt: skip
    """Order, lines, first event, payment, stock movements and the stored answer: one statement."""
    totals = cart.totals
    items = list(taken.quantities)
    return Question(
        _ORDER,
        {
            "tenant": uow.tenant_id,
            "order_id": order.id,
            "order": orjson.dumps(_order_row(order, request, cart)).decode(),
            "lines": orjson.dumps(_line_rows(order, cart)).decode(),
            "event_id": new_id(),
            "status": order.status,
            "actor": uow.actor.label if uow.actor.kind in {"user", "key"} else "buyer",
            "now": order.placed_at,
            "payment_id": order.payment_id,
            "method": request.payment.method,
            "payment_status": "pending" if totals.needs_payment else "approved",
            "total": totals.total_cents,
            "txid": f"P{order.code}" if order.pix_copy_paste else None,
            "copy_paste": order.pix_copy_paste,
            "pix_expires_at": order.pix_expires_at,
            "movement_ids": [new_id() for _ in items],
            "items": items,
            "days": [taken.days[item] for item in items],
            "quantities": list(taken.quantities.values()),
            "scope": scope,
            "key": key,
            "answer": orjson.dumps(answer).decode(),
        },
        lambda _: None,
    )


def _order_row(order: NewOrder, request: CheckoutRequest, cart: PricedCart) -> dict[str, Any]:
    totals, customer, quote = cart.totals, request.customer, cart.quote
    return {
        "id": order.id,
        "store_id": order.store_id,
        "customer_id": order.customer_id,
        "code": order.code,
        "fulfilment": request.fulfilment,
        "status": order.status,
        "tracking_hash": order.tracking_hash,
        "tracking_expires_at": order.tracking_expires_at,
        "customer_name": customer.name,
        "customer_phone": customer.phone,
        "customer_email": customer.email,
        "customer_document": customer.document,
        "address": request.address.model_dump(mode="json") if request.address else None,
        "quote_id": quote.id if quote else None,
        "metres": quote.metres if quote else None,
        "scheduled_for": order.scheduled_for,
        "promised_at": order.promised_at,
        "payment_method": request.payment.method,
        "change_for_cents": request.payment.change_for_cents,
        "subtotal_cents": totals.subtotal_cents,
        "line_discount_cents": totals.line_discount_cents,
        "order_discount_cents": totals.order_discount_cents,
        "shipping_cents": totals.shipping_cents,
        "shipping_discount_cents": totals.shipping_discount_cents,
        "total_cents": totals.total_cents,
        "notes": request.notes,
        "language": order.language,
        "placed_at": order.placed_at,
        "due_at": order.due_at,
    }


def _line_rows(order: NewOrder, cart: PricedCart) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "position": position,
            "product_id": line.product.id,
            "sku_id": line.sku.id,
            "name": line.product.name,
            "sku_name": line.sku.name,
            "quantity": priced.quantity,
            "unit_price_cents": priced.unit_price_cents,
            "options_cents": priced.options_cents,
            "options": [
                {"option_id": option.option_id, "group": option.group_name, "name": option.name,
                 "quantity": option.quantity, "price_cents": option.price_cents}
                for option in line.options
            ],
            "line_discount_cents": priced.discount_cents,
            "order_discount_cents": priced.order_discount_share_cents,
            "total_cents": priced.total_cents,
            "notes": line.notes,
        }
        for position, (line, priced) in enumerate(zip(cart.lines, cart.totals.lines, strict=True))
    ]  # fmt: skip
