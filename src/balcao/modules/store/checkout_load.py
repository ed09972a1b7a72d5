"""Everything a cart needs to be priced and promised, read in one statement at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.db.engine import Question, plain
from balcao.kernel.errors import NotFoundError
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.opening_hours import DayException, Interval, Pause, Schedule, Span
from balcao.modules.store.option_rules import OptionGroupRule, OptionRule

_LOAD = plain(
    text("""
with wanted as (select unnest(cast(:products as uuid[])) as id)
select jsonb_build_object(
  'store', (select to_jsonb(s) from stores s where s.tenant_id = :tenant and s.id = :store and s.is_active),
  'hours', (select coalesce(jsonb_agg(jsonb_build_array(h.weekday, h.opens, h.closes)), '[]') from store_hours h
            where h.tenant_id = :tenant and h.store_id = :store),
  'exceptions', (select coalesce(jsonb_agg(jsonb_build_array(e.day, e.opens, e.closes, e.reason)), '[]')
            from store_exceptions e where e.tenant_id = :tenant and e.store_id = :store and e.day >= :today),
  'pauses', (select coalesce(jsonb_agg(jsonb_build_array(p.until, p.reason)), '[]') from store_pauses p
            where p.tenant_id = :tenant and p.store_id = :store and p.until > :now),
  'products', (select coalesce(jsonb_agg(jsonb_build_object(
            'id', p.id, 'name', p.name, 'availability', p.availability, 'lead_days', p.lead_days,
            'for_sale', p.is_active and coalesce(c.is_active, true) and coalesce(p.store_id, :store) = :store)), '[]')
            from products p left join categories c on (c.tenant_id, c.id) = (p.tenant_id, p.category_id)
            where p.tenant_id = :tenant and p.id in (select id from wanted)),
  'skus', (select coalesce(jsonb_agg(jsonb_build_array(k.id, k.product_id, k.name, k.price_cents, k.is_active)
            order by k.position, k.id), '[]') from skus k
            where k.tenant_id = :tenant and k.product_id in (select id from wanted)),
  'groups', (select coalesce(jsonb_agg(jsonb_build_array(l.product_id, g.id, g.name, l.min_choices, l.max_choices,
            g.pricing_mode) order by l.position, g.id), '[]')
            from product_option_groups l join option_groups g on (g.tenant_id, g.id) = (l.tenant_id, l.group_id)
            where l.tenant_id = :tenant and l.product_id in (select id from wanted) and g.is_active),
  'options', (select coalesce(jsonb_agg(jsonb_build_array(o.id, o.group_id, o.name, o.price_cents, o.max_per_item,
            o.is_active) order by o.position, o.id), '[]') from options o
            where o.tenant_id = :tenant and o.group_id in (select l.group_id from product_option_groups l
              where l.tenant_id = :tenant and l.product_id in (select id from wanted))),
  'stock', (select coalesce(jsonb_agg(jsonb_build_array(i.id, coalesce(i.sku_id, i.option_id), i.track)), '[]')
            from stock_items i where i.tenant_id = :tenant and i.store_id = :store and i.track <> 'none'
              and (i.sku_id in (select k.id from skus k where k.tenant_id = :tenant
                     and k.product_id in (select id from wanted))
                or i.option_id = any(cast(:options as uuid[])))),
  'quote', (select to_jsonb(q) from quotes q where q.tenant_id = :tenant and q.id = cast(:quote as uuid))
)
""")
)


@dataclass(frozen=True, slots=True)
class SkuOffer:
    """A sellable sku."""

    id: UUID
    name: str
    price_cents: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class ProductOffer:
    """A product as it can be sold in the store at this moment."""

    id: UUID
    name: str
    availability: str
    lead_days: int
    for_sale: bool
    skus: tuple[SkuOffer, ...]
    groups: tuple[OptionGroupRule, ...]


@dataclass(frozen=True, slots=True)
class QuoteTerms:
    """A stored freight promise."""

    id: UUID
    store_id: UUID
    destination_hash: str
    metres: int | None
    fee_cents: int
    min_order_cents: int
    free_above_cents: int | None
    eta_min: int
    eta_max: int
    settings_version: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """The store and its goods, for one cart."""

    store: Mapping[str, Any]
    store_id: UUID
    schedule: Schedule
    products: Mapping[UUID, ProductOffer]
    stock: Mapping[UUID, tuple[UUID, str]]
    quote: QuoteTerms | None


def offer_question(
    uow: UnitOfWork, store_id: UUID, product_ids: list[UUID], option_ids: list[UUID], quote_id: UUID | None
) -> Question[Offer]:
    """Store, schedule, products, options, stock items and quote; reading raises NotFoundError without a store."""
    now = uow.now()
    parameters = {
        "tenant": uow.tenant_id, "store": store_id, "products": sorted(set(product_ids)),
        "options": sorted(set(option_ids)), "quote": quote_id, "now": now, "today": date.fromordinal(now.date().toordinal() - 1),
    }  # fmt: skip
    return Question(_LOAD, parameters, lambda rows: _offer(store_id, rows[0][0]))


def _offer(store_id: UUID, found: Mapping[str, Any]) -> Offer:
    if found["store"] is None:
        raise NotFoundError
    return Offer(
        store=found["store"],
        store_id=store_id,
        schedule=schedule_of(found["hours"], found["exceptions"], found["pauses"]),
        products=_products(found),
        stock={UUID(subject): (UUID(item), track) for item, subject, track in found["stock"]},
        quote=_quote(found["quote"]),
    )


async def load_offer(
    uow: UnitOfWork, store_id: UUID, product_ids: list[UUID], option_ids: list[UUID], quote_id: UUID | None
) -> Offer:
    """The offer at once; NotFoundError when the store is not there."""
    (offer,) = await uow.ask(offer_question(uow, store_id, product_ids, option_ids, quote_id))
    return offer


def schedule_of(hours: list[Any], exceptions: list[Any], pauses: list[Any]) -> Schedule:
    """The schedule from rows as JSON arrays: [weekday, opens, closes], [day, opens, closes, reason], [until, reason]."""
    return Schedule(
        intervals=tuple(
            Interval(day, time.fromisoformat(opens), time.fromisoformat(closes))
            for day, opens, closes in hours
        ),
        exceptions=tuple(
            DayException(
                date.fromisoformat(day),
                (Span(time.fromisoformat(opens), time.fromisoformat(closes)),) if opens else (),
                reason,
            )
            for day, opens, closes, reason in exceptions
        ),
        pauses=tuple(Pause(datetime.fromisoformat(until), reason) for until, reason in pauses),
    )


def _products(found: Mapping[str, Any]) -> dict[UUID, ProductOffer]:
    options: dict[str, dict[UUID, OptionRule]] = {}
    for option, group, name, cents, most, active in found["options"]:
        options.setdefault(group, {})[UUID(option)] = OptionRule(UUID(option), name, cents, most, active)
    groups: dict[str, list[OptionGroupRule]] = {}
    for product, group, name, low, high, mode in found["groups"]:
        rule = OptionGroupRule(UUID(group), name, low, high, mode, options.get(group, {}))
        groups.setdefault(product, []).append(rule)
    skus: dict[str, list[SkuOffer]] = {}
    for sku, product, name, cents, active in found["skus"]:
        skus.setdefault(product, []).append(SkuOffer(UUID(sku), name, cents, active))
    return {
        UUID(row["id"]): ProductOffer(
            UUID(row["id"]), row["name"], row["availability"], row["lead_days"], row["for_sale"],
            tuple(skus.get(row["id"], ())), tuple(groups.get(row["id"], ())),
        )
        for row in found["products"]
    }  # fmt: skip


def _quote(row: Mapping[str, Any] | None) -> QuoteTerms | None:
    if row is None:
        return None
    return QuoteTerms(
        UUID(row["id"]), UUID(row["store_id"]), row["destination_hash"], row["metres"], row["fee_cents"],
        row["min_order_cents"], row["free_above_cents"], row["eta_min"], row["eta_max"], row["settings_version"],
        datetime.fromisoformat(row["expires_at"]),
    )  # fmt: skip
