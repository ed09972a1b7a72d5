"""Stock as lists: every sellable thing of the stores one sees, with today's counts, and the ledger of one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.brazil.addresses import fold
from balcao.kernel.db.paging import Page, PageQuery, like_prefix
from balcao.kernel.errors import NotFoundError
from balcao.kernel.work import UnitOfWork

StockView = Literal["all", "counted", "uncounted", "low", "out"]


class StockItemView(BaseModel):
    """A sellable thing in one store. Without counting `available` is null: it can always be bought."""

    id: UUID
    store_id: UUID
    store_name: str
    product_id: UUID | None
    sku_id: UUID | None
    option_id: UUID | None
    name: str
    track: Literal["none", "quantity", "daily"]
    on_hand: int
    reserved: int
    available: int | None
    shortfall: int
    daily_quota: int | None
    low_threshold: int
    is_low: bool
    is_out: bool
    version: int


class MovementView(BaseModel):
    """One line of the ledger. `on_hand` and `reserved` are what it added, the `_after` ones what stood then."""

    id: UUID
    at: datetime
    day: date | None
    kind: Literal["receive", "adjust", "reserve", "release", "commit", "return", "count"]
    on_hand: int
    reserved: int
    on_hand_after: int
    reserved_after: int
    reason: str
    order_id: UUID | None
    order_code: int | None
    actor: str
    actor_name: str


@dataclass(frozen=True, slots=True)
class StockFilter:
    """Which items: of one store or all, by name, by state. `item_id` asks for a single one."""

    store_id: UUID | None = None
    q: str = ""
    view: StockView = "all"
    item_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StockTotals:
    """How many items each view holds, for the store and name searched."""

    counted: int
    uncounted: int
    low: int
    out: int


_ACCENTED = "áàâãäåéèêëíìîïóòôõöúùûüçñ"
_PLAIN = "aaaaaaeeeeiiiiooooouuuucn"

# Options are listed once they are counted; before that only where somebody looks for what is not.
_ITEMS = f"""
with places as (
  select id, name, position, timezone from stores
  where tenant_id = :tenant and (cast(:store as uuid) is null or id = :store)
    and (cast(:scope as uuid[]) is null or id = any(:scope))
), subjects as (
  select st.id as store_id, k.id as sku_id, null::uuid as option_id, p.id as product_id,
         case when k.name = '' then p.name else p.name || ' · ' || k.name end as name,
         p.search_text || ' ' || translate(lower(k.name), '{_ACCENTED}', '{_PLAIN}') as haystack,
         p.is_active and k.is_active as active, coalesce(c.position, 2147483647) as shelf, p.position as place,
         k.position as part, i.id as item_id
  from skus k join products p on (p.tenant_id, p.id) = (k.tenant_id, k.product_id)
  join places st on p.store_id is null or p.store_id = st.id
  left join categories c on (c.tenant_id, c.id) = (p.tenant_id, p.category_id)
  left join stock_items i on i.tenant_id = :tenant and i.store_id = st.id and i.sku_id = k.id
  where k.tenant_id = :tenant
  union all
  select st.id, null, o.id, null, g.name || ' · ' || o.name,
         translate(lower(g.name || ' ' || o.name), '{_ACCENTED}', '{_PLAIN}'),
         o.is_active and g.is_active,
         2147483647, 2147483647, o.position, i.id
  from options o join option_groups g on (g.tenant_id, g.id) = (o.tenant_id, o.group_id)
  cross join places st
  left join stock_items i on i.tenant_id = :tenant and i.store_id = st.id and i.option_id = o.id
  where o.tenant_id = :tenant
), items as (
  select coalesce(i.id, b.id) as id, b.id as begun_as,
         s.store_id, st.name as store_name, st.position as store_position, s.product_id, s.sku_id, s.option_id, s.name,
         s.shelf, s.place, s.part,
         coalesce(i.track, 'none') as track, coalesce(i.shortfall, 0) as shortfall, i.daily_quota,
         coalesce(i.low_threshold, 0) as low_threshold, coalesce(i.version, 0) as version,
         case when i.track = 'daily' then coalesce(d.on_hand, i.daily_quota) else coalesce(i.on_hand, 0) end as on_hand,
         case when i.track = 'daily' then coalesce(d.reserved, 0) else coalesce(i.reserved, 0) end as reserved
  from subjects s
  join places st on st.id = s.store_id
  cross join lateral (select md5(st.id::text || coalesce(s.sku_id, s.option_id)::text)::uuid as id) b
  left join stock_items i on i.tenant_id = :tenant and i.id = s.item_id
  left join stock_days d on d.tenant_id = :tenant and i.track = 'daily' and d.stock_item_id = i.id
    and d.day = (cast(:now as timestamptz) at time zone st.timezone)::date
  where (s.item_id is not null or s.active) and (:q = '' or s.haystack like :q)
), counted as (
  select *, greatest(on_hand - reserved, 0) as left_over, track <> 'none' as is_counted,
         track <> 'none' and on_hand <= reserved as is_out,
         track <> 'none' and on_hand > reserved and on_hand - reserved <= low_threshold as is_low
  from items
), chosen as (
  select * from counted
  where (cast(:item as uuid) is null or id = :item or begun_as = :item)
    and case :view when 'counted' then is_counted when 'uncounted' then not is_counted
                   when 'low' then is_low or is_out when 'out' then is_out else is_counted or sku_id is not null or cast(:item as uuid) is not null end
)
"""  # noqa: S608 - the only texts put together are constants of this file

_PAGE = text(f"""{_ITEMS}
select (select count(*) from chosen) as total,
       (select count(*) from counted where is_counted) as n_counted,
       (select count(*) from counted where not is_counted) as n_uncounted,
       (select count(*) from counted where is_low or is_out) as n_low,
       (select count(*) from counted where is_out) as n_out, part.*
from (select 1) as always
left join (select * from chosen order by store_position, store_name, store_id, is_counted desc, shelf, place, part, name, id
           limit :limit offset :offset) as part on true
order by part.store_position, part.store_name, part.store_id, part.is_counted desc, part.shelf, part.place, part.part,
         part.name, part.id
""")  # noqa: S608 - the only texts put together are constants of this file


def _view_of(row: Mapping[Any, Any]) -> StockItemView:
    counted = row["track"] != "none"
    fields = {name: row[name] for name in StockItemView.model_fields if name != "available"}
    return StockItemView(**fields, available=row["left_over"] if counted else None)


async def list_stock(
    uow: UnitOfWork, wanted: StockFilter, page: PageQuery
) -> tuple[Page[StockItemView], StockTotals]:
    """A page of items with the sizes of all views, in one statement. NotFoundError for a store out of sight."""
    if wanted.store_id is not None and not uow.actor.sees_store(wanted.store_id):
        raise NotFoundError
    scope = uow.actor.store_ids
    parameters = {
        "tenant": uow.tenant_id, "store": wanted.store_id, "scope": None if scope is None else sorted(scope),
        "q": like_prefix(fold(wanted.q)) if wanted.q.strip() else "", "view": wanted.view, "item": wanted.item_id,
        "now": uow.now(), "limit": page.limit, "offset": page.offset,
    }  # fmt: skip
    rows = (await uow.session.execute(_PAGE, parameters)).mappings().all()
    items = [_view_of(dict(row)) for row in rows if row["id"] is not None]
    first = rows[0]
    totals = StockTotals(first["n_counted"], first["n_uncounted"], first["n_low"], first["n_out"])
    return Page(items=items, total=first["total"], limit=page.limit, offset=page.offset), totals


async def get_stock(uow: UnitOfWork, item_id: UUID) -> StockItemView:
    """One item as lists show it. NotFoundError."""
    page, _ = await list_stock(uow, StockFilter(item_id=item_id), PageQuery(limit=1))
    if not page.items:
        raise NotFoundError
    return page.items[0]


_LEDGER = text("""
with lines as (
  select m.*, count(*) over () as total,
         sum(m.on_hand) over (partition by m.day order by m.at, m.id) as on_hand_after,
         sum(m.reserved) over (partition by m.day order by m.at, m.id) as reserved_after
  from stock_movements m
  where m.tenant_id = :tenant and m.stock_item_id = :item
)
select l.*, o.code as order_code, coalesce(u.name, '') as actor_name
from lines l
left join orders o on o.tenant_id = :tenant and o.id = l.order_id
left join users u on u.tenant_id = :tenant and 'user:' || u.id::text = l.actor
order by l.at desc, l.id desc limit :limit offset :offset
""")


async def list_movements(uow: UnitOfWork, item_id: UUID, page: PageQuery) -> Page[MovementView]:
    """The ledger of an item, newest first, with what stood after each line. NotFoundError."""
    item = await get_stock(uow, item_id)
    parameters = {"tenant": uow.tenant_id, "item": item.id, "limit": page.limit, "offset": page.offset}
    rows = (await uow.session.execute(_LEDGER, parameters)).mappings().all()
    items = [MovementView(**{name: row[name] for name in MovementView.model_fields}) for row in rows]
    total = rows[0]["total"] if rows else 0
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)
