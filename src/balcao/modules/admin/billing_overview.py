"""What an owner sees of their own plan: state, dates, what is included, and how much of the limits is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.kernel.files.quota import LIMIT as STORAGE
from balcao.kernel.files.quota import storage_used
from balcao.kernel.module import Module
from balcao.kernel.tenants import GRACE
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.billing_rules import SubscriptionStatus
from balcao.modules.admin.team_queries import ModuleView
from balcao.modules.contacts.public import used_rows_this_month
from balcao.modules.store.public import stores_count


class LimitUse(BaseModel):
    """A ceiling and how much of it is used; `limit` None is none, `used` None is not counted yet."""

    name: str
    limit: int | None
    used: int | None


class BillingView(BaseModel):
    """One's own plan. `sells_until` is when selling stops unless a late payment arrives."""

    plan: str | None
    plan_name: str | None
    price_cents: int | None
    interval: str | None
    status: SubscriptionStatus | None
    is_paying: bool
    started_at: datetime | None
    current_period_end: datetime | None
    trial_end_at: datetime | None
    cancel_at: datetime | None
    past_due_since: datetime | None
    sells_until: datetime | None
    modules: list[ModuleView]
    limits: list[LimitUse]


_SUBSCRIPTION: Final = text("""
select p.slug as plan, p.name as plan_name, p.price_cents, p.interval, s.status, s.started_at, s.current_period_end,
       s.trial_end_at, s.cancel_at, s.past_due_since, p.limits
from subscriptions s join plans p on p.id = s.plan_id where s.tenant_id = :tenant
""")
_LIMITS: Final = text(
    "select t.users_limit, t.stores_limit, (select count(*) from users u where u.tenant_id = t.id and u.is_active) as users "
    "from tenants t where t.id = :tenant"
)
_NOTHING: Final[dict[str, Any]] = dict.fromkeys(
    (
        "plan", "plan_name", "price_cents", "interval", "status", "started_at", "current_period_end", "trial_end_at",
        "cancel_at", "past_due_since",
    )
)  # fmt: skip


async def billing_view(uow: UnitOfWork, modules: Sequence[Module], words: Any) -> BillingView:
    """The plan of the acting business."""
    row = (await uow.session.execute(_SUBSCRIPTION, {"tenant": uow.tenant_id})).mappings().first()
    found = {**(row or _NOTHING)}
    ceilings: dict[str, int] = found.pop("limits", {})
    tenant = uow.tenant
    included = [
        ModuleView(
            name=module.name,
            title=words(module.title),
            in_plan=module.name in tenant.subscribed,
            is_on=module.name in tenant.modules,
        )
        for module in modules
        if module.gated
    ]
    return BillingView.model_validate(
        {
            **found,
            "is_paying": tenant.paying,
            "sells_until": _sells_until(found),
            "modules": included,
            "limits": await _limits(uow, ceilings),
        }
    )


def _sells_until(found: dict[str, Any]) -> datetime | None:
    if found["status"] == "past_due" and found["past_due_since"]:
        return found["past_due_since"] + GRACE
    if found["status"] == "trialing" and found["trial_end_at"]:
        return found["trial_end_at"] + GRACE
    return found["cancel_at"]


async def _limits(uow: UnitOfWork, ceilings: dict[str, int]) -> list[LimitUse]:
    """People and stores always, the plan's other ceilings by name."""
    own = (await uow.session.execute(_LIMITS, {"tenant": uow.tenant_id})).one()
    uses = [
        LimitUse(name="users", limit=own.users_limit, used=own.users),
        LimitUse(name="stores", limit=own.stores_limit, used=await stores_count(uow.session, uow.tenant_id)),
    ]
    for name, limit in sorted(ceilings.items()):
        if name not in {"users", "stores"}:
            uses.append(LimitUse(name=name, limit=limit, used=await _used(uow, name)))
    return uses


async def _used(uow: UnitOfWork, name: str) -> int | None:
    if name == "import_rows":
        return await used_rows_this_month(uow, UUID(int=0))
    return await storage_used(uow) if name == STORAGE else None
