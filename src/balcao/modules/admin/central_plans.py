"""Plans: what businesses may subscribe to. A plan somebody is on is taken out of the offer, never erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.errors import AlreadyExistsError, DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.observability.logging import security_log
from balcao.kernel.tenants import Plan, Subscription
from balcao.modules.admin.billing_rules import LIMIT_NAMES
from balcao.modules.admin.central_tenants import clean_business_name, clean_slug
from balcao.modules.admin.central_work import Central


class PlanInUseError(DomainError):
    """Businesses are on this plan; `tenants` counts them. It can be taken out of the offer."""

    code = "plan_in_use"
    title = "Plan in use."
    detail = "Businesses are on this plan, so it stays. Take it out of the offer instead."


def clean_plan(values: Mapping[str, Any], known_modules: frozenset[str]) -> dict[str, Any]:
    """The values in the form they are stored; 422 for an unknown module or ceiling."""
    clean = dict(values)
    if "slug" in clean:
        clean["slug"] = clean_slug(clean["slug"])
    if "name" in clean:
        clean["name"] = clean_business_name(clean["name"])
    if "modules" in clean:
        clean["modules"] = sorted(set(clean["modules"]))
        if not set(clean["modules"]) <= known_modules:
            raise ValidationFailedError.at("/modules", "There is no such module.")
    if "limits" in clean and not set(clean["limits"]) <= set(LIMIT_NAMES):
        raise ValidationFailedError.at("/limits", "There is no such ceiling.")
    return clean


async def create_plan(central: Central, values: Mapping[str, Any], known_modules: frozenset[str]) -> UUID:
    """Makes a plan. AlreadyExistsError for a taken slug."""
    clean = clean_plan(values, known_modules)
    plan_id = new_id()
    async with central.writing() as session:
        taken = await session.execute(select(Plan.id).where(Plan.slug == clean["slug"]))
        if taken.first() is not None:
            raise AlreadyExistsError
        session.add(Plan(id=plan_id, **clean))
    security_log.info("plan_made", plan=clean["slug"], actor=central.actor.label)
    return plan_id


async def change_plan(
    central: Central, plan_id: UUID, values: Mapping[str, Any], known_modules: frozenset[str]
) -> None:
    """Changes what is given; businesses on the plan have its new modules and ceilings at once."""
    clean = clean_plan(values, known_modules)
    async with central.writing() as session:
        plan = await _locked_plan(session, plan_id)
        for name, value in clean.items():
            setattr(plan, name, value)


async def remove_plan(central: Central, plan_id: UUID) -> None:
    """Erases a plan nobody was ever on. PlanInUseError otherwise."""
    async with central.writing() as session:
        plan = await _locked_plan(session, plan_id)
        query = select(func.count()).select_from(Subscription).where(Subscription.plan_id == plan.id)
        tenants = int((await session.execute(query)).scalar_one())
        if tenants:
            raise PlanInUseError(tenants=tenants)
        await session.execute(delete(Plan).where(Plan.id == plan.id))


async def _locked_plan(session: AsyncSession, plan_id: UUID) -> Plan:
    plan = (
        await session.execute(select(Plan).where(Plan.id == plan_id).with_for_update())
    ).scalar_one_or_none()
    if plan is None:
        raise NotFoundError
    return plan
