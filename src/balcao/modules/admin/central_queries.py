"""What central administration looks at: figures of all, businesses, plans, what billing said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.db.paging import Page, PageQuery, like_prefix
from balcao.kernel.errors import NotFoundError
from balcao.kernel.tenants import PLATFORM_TENANT
from balcao.modules.admin.billing_rules import SubscriptionStatus
from balcao.modules.store.public import sales_of_all

SAO_PAULO: Final = ZoneInfo("America/Sao_Paulo")
HERE_NOW: Final = timedelta(minutes=15)
SOON: Final = timedelta(days=7)


class Dashboard(BaseModel):
    """The installation at a glance. Days and months are those of São Paulo; money is in centavos.

    `recurring_cents` is what the paying subscriptions are worth a month; sales are what the shops' buyers ordered.
    """

    tenants_active: int
    tenants_suspended: int
    tenants_canceled: int
    people_here_now: int
    stores_active: int
    orders_today: int
    orders_month: int
    sales_today_cents: int
    sales_month_cents: int
    recurring_cents: int
    trials_ending: int
    past_due: int


class TenantLine(BaseModel):
    """A business in the list, with its plan and how much it uses."""

    id: UUID
    slug: str
    name: str
    status: str
    custom_host: str | None
    users_limit: int
    stores_limit: int | None
    users_active: int
    created_at: datetime
    last_login_at: datetime | None
    plan: str | None
    plan_name: str | None
    price_cents: int | None
    subscription_status: SubscriptionStatus | None
    past_due_since: datetime | None
    trial_end_at: datetime | None
    current_period_end: datetime | None
    cancel_at: datetime | None


class PlanLine(BaseModel):
    """A plan and how many businesses are on it. `limits` are ceilings by name; what is missing has none."""

    id: UUID
    slug: str
    name: str
    price_cents: int
    interval: str
    modules: list[str]
    limits: dict[str, int]
    is_active: bool
    tenants: int


class BillingEventLine(BaseModel):
    """A message of the billing system and what became of it."""

    id: UUID
    event_id: str
    kind: str
    tenant_slug: str
    sequence: int | None
    outcome: str
    reason: str
    received_at: datetime


class TrailLine(BaseModel):
    """One entry of a business's audit trail, with the name of whoever did it."""

    at: datetime
    who: str
    impersonator: str | None
    verb: str
    entity: str
    entity_id: str
    before: dict[str, Any]
    after: dict[str, Any]


_COUNTS: Final = text("""
select count(*) filter (where t.status = 'active') as tenants_active,
       count(*) filter (where t.status = 'suspended') as tenants_suspended,
       count(*) filter (where t.status = 'canceled') as tenants_canceled,
       count(*) filter (where t.status = 'active' and s.status = 'past_due') as past_due,
       count(*) filter (where t.status = 'active' and s.status = 'trialing'
                          and s.trial_end_at between :now and :soon) as trials_ending,
       coalesce(sum(case p.interval when 'yearly' then p.price_cents / 12 else p.price_cents end)
                filter (where t.status = 'active' and s.status in ('active', 'past_due')), 0)::bigint as recurring_cents,
       (select count(distinct (tenant_id, user_id)) from user_sessions
         where created_at > :recent and impersonator = '' and tenant_id <> all (select id from tenants where slug = :central)
       ) as people_here_now
from tenants t left join subscriptions s on s.tenant_id = t.id left join plans p on p.id = s.plan_id
where t.slug <> :central
""")


async def dashboard(session: AsyncSession, now: datetime) -> Dashboard:
    """The figures of this moment."""
    day = now.astimezone(SAO_PAULO).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {"now": now, "soon": now + SOON, "recent": now - HERE_NOW, "central": PLATFORM_TENANT}
    counts = (await session.execute(_COUNTS, asked)).mappings().one()
    sales = await sales_of_all(session, day=day, month=day.replace(day=1))
    return Dashboard(
        **counts,
        stores_active=sales.stores_active,
        orders_today=sales.orders_today,
        orders_month=sales.orders_month,
        sales_today_cents=sales.sales_today_cents,
        sales_month_cents=sales.sales_month_cents,
    )


_TENANT_COLUMNS = """
select t.id, t.slug, t.name, t.status, t.custom_host, t.users_limit, t.stores_limit, t.created_at,
       p.slug as plan, p.name as plan_name, p.price_cents, s.status as subscription_status, s.past_due_since,
       s.trial_end_at, s.current_period_end, s.cancel_at,
       (select count(*) from users u where u.tenant_id = t.id and u.is_active) as users_active,
       (select max(u.last_login_at) from users u where u.tenant_id = t.id) as last_login_at
"""
_TENANTS = """
from tenants t left join subscriptions s on s.tenant_id = t.id left join plans p on p.id = s.plan_id
where (t.id = cast(:id as uuid) or (cast(:id as uuid) is null and t.slug <> :central))
  and (:status = '' or t.status = :status) and (:subscription = '' or s.status = :subscription)
  and (:plan = '' or p.slug = :plan)
  and (:like = '' or lower(t.name) like :like or t.slug like :like or exists (
    select from business_profiles b where b.tenant_id = t.id
       and (b.document = :document or b.contact_email like :like or lower(b.legal_name) like :like)))
"""
_LIST_TENANTS: Final = text(
    f"{_TENANT_COLUMNS} {_TENANTS} order by lower(t.name), t.id limit :limit offset :offset"
)
_COUNT_TENANTS: Final = text(f"select count(*) {_TENANTS}")  # noqa: S608 - fixed texts


async def list_tenants(
    session: AsyncSession,
    page: PageQuery,
    *,
    q: str = "",
    status: str = "",
    subscription: str = "",
    plan: str = "",
    tenant_id: UUID | None = None,
) -> Page[TenantLine]:
    """Businesses by name; the platform's own is none, and shown only by its id. `q` looks into name, address word, legal name and e-mail, and knows a whole CPF or CNPJ."""
    needle = q.strip().lower()
    parameters: dict[str, Any] = {
        "id": str(tenant_id) if tenant_id else None, "central": PLATFORM_TENANT, "status": status, "subscription": subscription, "plan": plan,
        "like": like_prefix(needle) if needle else "",
        "document": "".join(mark for mark in q.upper() if mark.isalnum()),
    }  # fmt: skip
    total = int((await session.execute(_COUNT_TENANTS, parameters)).scalar_one())
    slice_of = {"limit": page.limit, "offset": page.offset}
    rows = (await session.execute(_LIST_TENANTS, parameters | slice_of)).mappings().all()
    items = [TenantLine.model_validate(dict(row)) for row in rows]
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


async def tenant_line(session: AsyncSession, tenant_id: UUID) -> TenantLine:
    """One business. NotFoundError."""
    found = await list_tenants(session, PageQuery(limit=1), tenant_id=tenant_id)
    if not found.items:
        raise NotFoundError
    return found.items[0]


_PLANS: Final = text("""
select p.id, p.slug, p.name, p.price_cents, p.interval, p.modules, p.limits, p.is_active,
       (select count(*) from subscriptions s where s.plan_id = p.id) as tenants
from plans p where (cast(:id as uuid) is null or p.id = cast(:id as uuid))
order by not p.is_active, p.price_cents, lower(p.name), p.id limit 500
""")


async def list_plans(session: AsyncSession, plan_id: UUID | None = None) -> list[PlanLine]:
    """Plans, cheapest first, those no longer offered last."""
    rows = await session.execute(_PLANS, {"id": str(plan_id) if plan_id else None})
    return [PlanLine.model_validate(dict(row)) for row in rows.mappings()]


_SWITCHES: Final = text("""
select coalesce((select p.modules from subscriptions s join plans p on p.id = s.plan_id where s.tenant_id = :tenant),
                '{}') as in_plan,
       coalesce((select jsonb_object_agg(m.module, m.is_on) from module_switches m where m.tenant_id = :tenant),
                '{}'::jsonb) as switches
""")


async def switches_of(session: AsyncSession, tenant_id: UUID) -> tuple[frozenset[str], dict[str, bool]]:
    """Modules of the plan of a business, and what the platform switched besides."""
    row = (await session.execute(_SWITCHES, {"tenant": tenant_id})).mappings().one()
    return frozenset(row["in_plan"]), dict(row["switches"])


_EVENTS: Final = text("""
select id, event_id, kind, tenant_slug, sequence, outcome, reason, received_at, count(*) over () as total
from billing_events where (:slug = '' or tenant_slug = :slug) and (:outcome = '' or outcome = :outcome)
order by received_at desc, id desc limit :limit offset :offset
""")


async def list_billing_events(
    session: AsyncSession, page: PageQuery, *, slug: str = "", outcome: str = ""
) -> Page[BillingEventLine]:
    """What the billing system sent, newest first, of one business or of all."""
    parameters = {"slug": slug, "outcome": outcome, "limit": page.limit, "offset": page.offset}
    rows = (await session.execute(_EVENTS, parameters)).mappings().all()
    items = [BillingEventLine.model_validate(dict(row)) for row in rows]
    total = int(rows[0]["total"]) if rows else 0
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


_TRAIL: Final = text("""
select a.at, coalesce(u.name, a.actor_kind) as who, a.impersonator, a.verb, a.entity, a.entity_id, a.before, a.after
from audit_entries a
  left join users u on u.id = a.actor_id and u.tenant_id in (a.tenant_id, (select id from tenants where slug = :central))
where a.tenant_id = :tenant order by a.at desc, a.id desc limit :limit offset :offset
""")
_COUNT_TRAIL: Final = text("select count(*) from audit_entries where tenant_id = :tenant")


async def trail_of(session: AsyncSession, tenant_id: UUID, page: PageQuery) -> tuple[list[TrailLine], int]:
    """Entries of a business's audit trail, newest first, and how many there are."""
    total = int((await session.execute(_COUNT_TRAIL, {"tenant": tenant_id})).scalar_one())
    slice_of = {"limit": page.limit, "offset": page.offset}
    rows = await session.execute(_TRAIL, {"tenant": tenant_id, "central": PLATFORM_TENANT} | slice_of)
    return [TrailLine.model_validate(dict(row)) for row in rows.mappings()], total
