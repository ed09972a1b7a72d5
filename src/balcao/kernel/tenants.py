"""Tenants, what they pay for, and the small frozen picture of one that every request carries."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.engine import Database, begin_as
from balcao.kernel.db.models import PlatformModel, Stamped
from balcao.kernel.db.row_security import APP_ROLE
from balcao.kernel.errors import TenantUnknownError
from balcao.kernel.ids import new_id

# The business whose people run the installation.
PLATFORM_TENANT = "central"
GRACE = timedelta(days=5)
MANDATORY_MODULES = frozenset({"admin", "messaging", "payments"})
DIRECTORY_TTL_SECONDS = 30.0
TENANTS_TOPIC = "tenants"


class Plan(PlatformModel, Stamped):
    """What a tenant may subscribe to: a price and a set of modules."""

    __tablename__ = "plans"
    __audit__ = ()
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    price_cents: Mapped[int] = mapped_column(default=0)
    interval: Mapped[str] = mapped_column(server_default="monthly", default="monthly")
    modules: Mapped[list[str]]
    # Ceilings by name, such as {"import_rows": rows a month}; a name that is missing has no ceiling.
    limits: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    is_active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (
        CheckConstraint("price_cents >= 0", name="price"),
        CheckConstraint("interval in ('monthly', 'yearly')", name="interval"),
    )


class TenantRow(PlatformModel, Stamped):
    """A business on this installation. Status: active, suspended or canceled."""

    __tablename__ = "tenants"
    __audit__ = ()
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="active", default="active")
    timezone: Mapped[str] = mapped_column(server_default="America/Sao_Paulo", default="America/Sao_Paulo")
    locale: Mapped[str] = mapped_column(server_default="pt_BR", default="pt_BR")
    accent: Mapped[str | None]
    custom_host: Mapped[str | None] = mapped_column(unique=True)
    users_limit: Mapped[int] = mapped_column(server_default=text("5"), default=5)
    stores_limit: Mapped[int | None]
    # Types of events that some webhook endpoint of the business asks for; may name more than that, never less.
    webhook_events: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'", name="slug"),
        CheckConstraint("status in ('active', 'suspended', 'canceled')", name="status"),
        CheckConstraint("accent is null or accent ~ '^#[0-9a-f]{6}$'", name="accent"),
    )


class Subscription(PlatformModel, Stamped):
    """The plan a tenant is on. Lapsing changes the status only; nothing is ever deleted for it."""

    __tablename__ = "subscriptions"
    __audit__ = ()
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    status: Mapped[str] = mapped_column(server_default="active", default="active")
    past_due_since: Mapped[datetime | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    current_period_end: Mapped[datetime | None]
    trial_end_at: Mapped[datetime | None]
    cancel_at: Mapped[datetime | None]
    # Number of the newest billing event that was applied; older ones that arrive late change nothing.
    billing_sequence: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    __table_args__ = (
        CheckConstraint(
            "status in ('trialing', 'active', 'past_due', 'canceled', 'suspended')", name="status"
        ),
    )


class ModuleSwitch(PlatformModel, Stamped):
    """An override of the plan for one tenant: a module switched on or off by the platform."""

    __tablename__ = "module_switches"
    __audit__ = ()
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    module: Mapped[str]
    is_on: Mapped[bool]
    __table_args__ = (UniqueConstraint("tenant_id", "module"),)


@dataclass(frozen=True, slots=True)
class Tenant:
    """What a request knows of its tenant. Modules are derived from plan, status and switches, never stored.

    `subscribed` is what the plan includes whether it is paid or not; `modules` is what is switched on right now.
    """

    id: UUID
    slug: str
    name: str
    status: str
    timezone: str
    locale: str
    accent: str | None
    users_limit: int
    stores_limit: int | None
    paying: bool
    subscribed: frozenset[str]
    modules: frozenset[str]
    limits: Mapping[str, int] = field(default_factory=dict[str, int], hash=False)
    webhook_events: frozenset[str] = frozenset()


def effective_modules(
    plan_modules: frozenset[str], switches: Mapping[str, bool], *, paying: bool
) -> frozenset[str]:
    """Plan modules while paying, plus the mandatory ones, then the platform's overrides."""
    modules = set(plan_modules if paying else ()) | MANDATORY_MODULES
    for module, is_on in switches.items():
        (modules.add if is_on else modules.discard)(module)
    return frozenset(modules)


def is_paying(
    status: str,
    past_due_since: datetime | None,
    now: datetime,
    *,
    trial_end_at: datetime | None = None,
    cancel_at: datetime | None = None,
) -> bool:
    """Active and trialing sell; past due, and a trial that ended, sell through a grace of five days.

    `cancel_at` is the day for which the business gave notice: nothing is sold from then on.
    """
    if cancel_at is not None and now >= cancel_at:
        return False
    if status == "trialing":
        return trial_end_at is None or now < trial_end_at + GRACE
    if status == "past_due":
        return past_due_since is not None and now < past_due_since + GRACE
    return status == "active"


_SELECT = """
select t.id, t.slug, t.name, t.status, t.timezone, t.locale, t.accent, t.users_limit, t.stores_limit,
       t.webhook_events,
       coalesce(s.status, 'canceled') as plan_status, s.past_due_since, s.trial_end_at, s.cancel_at,
       coalesce(p.modules, '{}') as modules,
       coalesce(p.limits, '{}') as limits,
       coalesce((select jsonb_object_agg(m.module, m.is_on) from module_switches m where m.tenant_id = t.id),
                '{}'::jsonb) as switches
from tenants t left join subscriptions s on s.tenant_id = t.id left join plans p on p.id = s.plan_id
"""


def _tenant_of(row: Mapping[str, Any], now: datetime) -> Tenant:
    paying = is_paying(
        row["plan_status"], row["past_due_since"], now, trial_end_at=row["trial_end_at"], cancel_at=row["cancel_at"]
    )  # fmt: skip
    plan_modules, switches = frozenset(row["modules"]), row["switches"]
    return Tenant(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        status=row["status"],
        timezone=row["timezone"],
        locale=row["locale"],
        accent=row["accent"],
        users_limit=row["users_limit"],
        stores_limit=row["stores_limit"],
        paying=paying,
        subscribed=effective_modules(plan_modules, switches, paying=True),
        modules=effective_modules(plan_modules, switches, paying=paying),
        limits=row["limits"],
        webhook_events=frozenset(row["webhook_events"]),
    )


class TenantDirectory:
    """Finds tenants by slug, id or host, remembering each for half a minute or until the bulletin says otherwise."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], tuple[float, Tenant]] = {}

    def forget(self) -> None:
        """Drops everything remembered."""
        self._known.clear()

    def peek(self, kind: str, value: str) -> Tenant | None:
        """The remembered tenant, without a look at the database."""
        found = self._known.get((kind, value))
        return found[1] if found is not None and found[0] > time.monotonic() else None

    async def find(self, kind: str, value: str) -> Tenant:
        """The tenant whose `slug`, `id` or `custom_host` is `value`; TenantUnknownError when there is none."""
        value = value.strip().lower()
        remembered = self.peek(kind, value)
        if remembered is not None:
            return remembered
        column = {
            "slug": "t.slug = :value",
            "id": "t.id = cast(:value as uuid)",
            "host": "t.custom_host = :value",
        }
        if kind == "id":
            value = canonical_uuid(value)
        async with self._database.session() as session:
            await begin_as(session, APP_ROLE, "", read_only=True, timeout_ms=5000)
            tenant = await _select_tenant(session, column[kind], value)
        if tenant is None:
            raise TenantUnknownError
        self._known[kind, value] = (time.monotonic() + DIRECTORY_TTL_SECONDS, tenant)
        return tenant


async def _select_tenant(session: AsyncSession, condition: str, value: str) -> Tenant | None:
    rows = await session.execute(text(f"{_SELECT} where {condition}"), {"value": value})  # noqa: S608 - fixed texts
    row = rows.mappings().first()
    return None if row is None else _tenant_of(dict(row), datetime.now(UTC))


def canonical_uuid(value: str) -> str:
    """The canonical text of a UUID a caller sent; TenantUnknownError when it is none."""
    try:
        return str(UUID(value))
    except ValueError:
        raise TenantUnknownError from None
