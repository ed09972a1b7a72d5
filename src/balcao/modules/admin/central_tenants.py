"""What central administration does to a business: make it, change it, switch its modules, put it on a plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.observability.logging import security_log
from balcao.kernel.tenants import (
    MANDATORY_MODULES,
    PLATFORM_TENANT,
    ModuleSwitch,
    Plan,
    Subscription,
    TenantRow,
)
from balcao.modules.admin.billing_profile import clean_profile, save_profile
from balcao.modules.admin.billing_rules import limits_of_business, next_past_due_since
from balcao.modules.admin.central_work import Central

SwitchState = Literal["on", "off", "plan"]
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_HOST: Final = re.compile(
    r"(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)


class PlatformTenantError(DomainError):
    """The business whose people run the installation is not shut, renamed or entered from within."""

    code = "platform_tenant"
    title = "The platform's own business."
    detail = "This is the platform's own business: it cannot be shut, renamed or entered."


class PlanUnknownError(DomainError):
    """There is no such plan, or it is not offered any more."""

    status = 422
    code = "plan_unknown"
    title = "Unknown plan."
    detail = "There is no such plan, or it is not offered any more."


@dataclass(frozen=True, slots=True)
class NewTenant:
    """A business to make. Limits that are None come from the plan, or from the table's own defaults."""

    slug: str
    name: str
    plan: str
    trial_end_at: datetime | None = None
    users_limit: int | None = None
    stores_limit: int | None = None
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])


def clean_slug(value: str, pointer: str = "/slug") -> str:
    """The address word of a business; 422 for what cannot stand in an address."""
    slug = value.strip().lower()
    if not _SLUG.fullmatch(slug):
        raise ValidationFailedError.at(
            pointer, "Use 2 to 63 small letters, digits and dashes, beginning with a letter or digit."
        )
    return slug


def clean_business_name(value: str) -> str:
    """The name of a business, up to 80 characters."""
    name = " ".join(value.split())
    if not 1 <= len(name) <= 80 or any(mark < " " or mark == "\x7f" for mark in name):
        raise ValidationFailedError.at("/name", "Give the business a name of up to 80 characters.")
    return name


def clean_host(value: str | None) -> str | None:
    """A host name of its own, such as pedidos.padaria.com.br, or none."""
    host = (value or "").strip().lower().rstrip(".")
    if not host:
        return None
    if not _HOST.fullmatch(host):
        raise ValidationFailedError.at("/custom_host", "Write a host name, such as pedidos.padaria.com.br.")
    return host


async def find_plan(session: AsyncSession, *, slug: str = "", plan_id: UUID | None = None) -> Plan:
    """A plan that is offered, by slug or id. PlanUnknownError."""
    key = Plan.id == plan_id if plan_id is not None else Plan.slug == slug
    plan = (await session.execute(select(Plan).where(key, Plan.is_active))).scalar_one_or_none()
    if plan is None:
        raise PlanUnknownError
    return plan


async def insert_tenant(session: AsyncSession, wanted: NewTenant, plan: Plan, status: str) -> UUID:
    """The rows of a new business on its plan, and its profile. A taken slug is a violated constraint."""
    tenant_id = new_id()
    limits: dict[str, Any] = {**limits_of_business(plan.limits)}
    if wanted.users_limit is not None:
        limits["users_limit"] = wanted.users_limit
    if wanted.stores_limit is not None:
        limits["stores_limit"] = wanted.stores_limit
    session.add(
        TenantRow(id=tenant_id, slug=clean_slug(wanted.slug), name=clean_business_name(wanted.name), **limits)
    )
    await session.flush()
    session.add(
        Subscription(tenant_id=tenant_id, plan_id=plan.id, status=status, trial_end_at=wanted.trial_end_at)
    )
    await session.flush()
    await save_profile(session, tenant_id, clean_profile(wanted.profile))
    return tenant_id


async def create_tenant(central: Central, wanted: NewTenant) -> UUID:
    """Makes a business; it pays from now on, or after its trial."""
    clean_profile(wanted.profile)
    async with central.writing() as session:
        plan = await find_plan(session, slug=wanted.plan)
        status = "trialing" if wanted.trial_end_at is not None else "active"
        tenant_id = await insert_tenant(session, wanted, plan, status)
    security_log.info("tenant_made", tenant=wanted.slug, actor=central.actor.label)
    return tenant_id


async def locked_tenant(session: AsyncSession, tenant_id: UUID) -> TenantRow:
    """The row of a business, held to the end of the transaction. NotFoundError."""
    query = select(TenantRow).where(TenantRow.id == tenant_id).with_for_update(key_share=True)
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def change_tenant(central: Central, tenant_id: UUID, changes: Mapping[str, Any]) -> None:
    """Changes slug, name, status, custom_host, users_limit, stores_limit and profile, as far as they are given."""
    clean = _clean_changes(changes)
    profile = clean_profile(changes.get("profile") or {})
    async with central.writing(tenant_id) as session:
        row = await locked_tenant(session, tenant_id)
        if row.slug == PLATFORM_TENANT and (
            clean.get("slug", row.slug) != row.slug or clean.get("status", "active") != "active"
        ):
            raise PlatformTenantError
        before = row.status
        for name, value in clean.items():
            setattr(row, name, value)
        await session.flush()
        await save_profile(session, tenant_id, profile)
        slug, after = row.slug, row.status
    if before != after:
        security_log.info("tenant_status_changed", tenant=slug, status=after, actor=central.actor.label)


def _clean_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    clean = {name: value for name, value in changes.items() if name != "profile"}
    if "slug" in clean:
        clean["slug"] = clean_slug(clean["slug"])
    if "name" in clean:
        clean["name"] = clean_business_name(clean["name"])
    if "custom_host" in clean:
        clean["custom_host"] = clean_host(clean["custom_host"])
    return clean


async def set_switches(
    central: Central, tenant_id: UUID, states: Mapping[str, SwitchState], known: frozenset[str]
) -> None:
    """Switches modules on or off for one business, or gives them back to the plan."""
    for module in states:
        if module not in known or module in MANDATORY_MODULES:
            raise ValidationFailedError.at(f"/{module}", "This module cannot be switched.")
    async with central.writing(tenant_id) as session:
        await locked_tenant(session, tenant_id)
        for module, state in sorted(states.items()):
            if state == "plan":
                gone = (ModuleSwitch.tenant_id == tenant_id, ModuleSwitch.module == module)
                await session.execute(delete(ModuleSwitch).where(*gone))
                continue
            is_on = state == "on"
            await session.execute(
                insert(ModuleSwitch)
                .values(id=new_id(), tenant_id=tenant_id, module=module, is_on=is_on)
                .on_conflict_do_update(index_elements=["tenant_id", "module"], set_={"is_on": is_on})
            )


async def locked_subscription(session: AsyncSession, tenant_id: UUID) -> Subscription | None:
    """The subscription of a business, held to the end of the transaction."""
    query = select(Subscription).where(Subscription.tenant_id == tenant_id).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()


async def put_subscription(
    session: AsyncSession, tenant_id: UUID, plan: Plan | None, values: Mapping[str, Any], now: datetime
) -> Subscription:
    """Sets plan, status and dates of a subscription; makes it when there is none, which needs the plan.

    The caller holds the row of the business. PlanUnknownError without a plan.
    """
    row = await locked_subscription(session, tenant_id)
    if row is None:
        if plan is None:
            raise PlanUnknownError
        row = Subscription(tenant_id=tenant_id, plan_id=plan.id, status="active", billing_sequence=0)
        session.add(row)
    elif plan is not None:
        row.plan_id = plan.id
    for name, value in values.items():
        setattr(row, name, value)
    row.past_due_since = next_past_due_since(row.status, row.past_due_since, now)
    await session.flush()
    return row


async def change_subscription(
    central: Central, tenant_id: UUID, plan_slug: str, values: Mapping[str, Any]
) -> None:
    """Puts a business on a plan, in a status, with the end of its trial, its period, and the day it leaves."""
    async with central.writing(tenant_id) as session:
        tenant = await locked_tenant(session, tenant_id)
        current = await locked_subscription(session, tenant_id)
        plan = await _wanted_plan(session, plan_slug, current)
        changes_plan = current is None or current.plan_id != plan.id
        if changes_plan:
            for column, value in limits_of_business(plan.limits).items():
                setattr(tenant, column, value)
        await put_subscription(session, tenant_id, plan, values, central.runtime.clock())
        slug = tenant.slug
    security_log.info("subscription_changed", tenant=slug, plan=plan_slug, actor=central.actor.label)


async def _wanted_plan(session: AsyncSession, slug: str, current: Subscription | None) -> Plan:
    """The plan asked for. The one a business is on may stay although it is not offered any more."""
    plan = (await session.execute(select(Plan).where(Plan.slug == slug))).scalar_one_or_none()
    if plan is None or not (plan.is_active or (current is not None and current.plan_id == plan.id)):
        raise PlanUnknownError
    return plan


async def force_first_steps(central: Central, tenant_id: UUID, *, is_forced: bool) -> None:
    """Shows the first steps to a business again, whatever is filled in, or stops doing so."""
    async with central.writing(tenant_id) as session:
        await locked_tenant(session, tenant_id)
        mode = "force_first_access_test" if is_forced else "manual"
        await save_profile(session, tenant_id, {"activation_mode": mode})
