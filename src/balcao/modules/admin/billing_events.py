"""What the billing system tells: a subscription's state, and businesses that were sold.

Every message is a row with a unique id, written in the transaction that applies it, so a message that comes twice, or
twice at once, changes something once. The business is locked, and an older sequence number changes nothing any more.
What was refused may be sent again under its id, once it is mended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.ids import new_id
from balcao.kernel.observability.logging import security_log
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT, Plan, TenantRow
from balcao.modules.admin.billing_bodies import IntakeMessage, StatusMessage
from balcao.modules.admin.billing_profile import clean_profile, save_profile
from balcao.modules.admin.billing_rules import limits_of_business
from balcao.modules.admin.central_people import invite_owner
from balcao.modules.admin.central_tenants import (
    NewTenant,
    PlatformTenantError,
    clean_business_name,
    clean_slug,
    find_plan,
    insert_tenant,
    locked_subscription,
    put_subscription,
)
from balcao.modules.admin.central_work import tell_everybody
from balcao.modules.admin.models import BillingEvent

Outcome = Literal["applied", "stale"]
_ONE_AT_A_TIME: Final = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")
PERIOD_FIELDS: Final = ("current_period_end", "trial_end_at", "cancel_at")


class BillingEventReusedError(DomainError):
    """The id of a message that was applied came with another body."""

    code = "billing_event_reused"
    title = "Message id used before."
    detail = "A message with this id and another body was applied before."


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a message: applied, or older than what is known. `is_repeat`: it was dealt with before."""

    tenant_id: UUID | None
    slug: str
    outcome: Outcome
    is_repeat: bool = False
    created: bool = False


Step = Callable[[AsyncSession], Awaitable[Told]]


async def apply_status(runtime: Runtime, message: StatusMessage, body: bytes) -> Told:
    """Sets the state of a subscription. NotFoundError for an unknown business, PlanUnknownError for a plan."""

    async def step(session: AsyncSession) -> Told:
        tenant = await _tenant(session, tenant_id=message.tenant_id, slug=message.tenant_slug or "")
        if tenant is None:
            raise NotFoundError
        if await _is_older(session, tenant.id, message.sequence):
            return Told(tenant.id, tenant.slug, "stale")
        plan = await _plan_of(session, message.plan_id, message.plan)
        await _subscribe(runtime, session, tenant, plan, message.status, message)
        return Told(tenant.id, tenant.slug, "applied")

    return await _once(runtime, "status", message.event_id, message.sequence, body, step)


async def apply_intake(runtime: Runtime, message: IntakeMessage, body: bytes) -> Told:
    """Makes the business that was sold, or brings the one that is there up to date, and puts it on its plan.

    The owner gets an invitation by e-mail when nobody has signed up yet.
    """
    profile = clean_profile(message.profile_values())

    async def step(session: AsyncSession) -> Told:
        slug = clean_slug(message.address_word, "/tenant_slug")
        # There may be no row to lock yet: two sales of one address are taken one after the other.
        await session.execute(_ONE_AT_A_TIME, {"key": f"tenant:{slug}"})
        plan = await _plan_of(session, message.plan_id, message.plan)
        tenant = await _tenant(session, slug=slug)
        created = tenant is None
        if tenant is None:
            tenant = await _make(session, message, slug, plan)
        elif await _is_older(session, tenant.id, message.sequence):
            return Told(tenant.id, tenant.slug, "stale")
        if not created and message.name:
            tenant.name = clean_business_name(message.name)
        await _subscribe(runtime, session, tenant, plan, "active", message)
        for column, value in message.limits().items():
            setattr(tenant, column, value)
        await session.flush()
        await save_profile(session, tenant.id, profile)
        return Told(tenant.id, tenant.slug, "applied", created=created)

    told = await _once(runtime, "intake", message.event_id, message.sequence, body, step)
    if told.tenant_id is not None and profile.get("contact_email"):
        # Outside that transaction, and on repeats too: a process that died in between leaves no business without a letter.
        words = runtime.catalogues.translator("pt_BR")
        await invite_owner(runtime, told.tenant_id, profile["contact_email"], words, again=False)
    return told


async def _make(session: AsyncSession, message: IntakeMessage, slug: str, plan: Plan | None) -> TenantRow:
    plan = plan or await find_plan(session, slug="")
    wanted = NewTenant(slug, message.name or message.trade_name or slug, plan.slug)
    tenant_id = await insert_tenant(session, wanted, plan, "active")
    tenant = await _tenant(session, tenant_id=tenant_id)
    assert tenant is not None, "it was made in this transaction"
    return tenant


async def _once(
    runtime: Runtime, kind: str, event_id: str | None, sequence: int | None, body: bytes, step: Step
) -> Told:
    """Runs `step` for the first message of an id; a refusal is written down too, and raised."""
    refusal: DomainError | None = None
    body_hash = hashlib.sha256(body).hexdigest()
    async with platform_work(runtime.database) as session:
        event, is_new = await _event(session, kind, event_id or f"unnamed:{new_id()}", sequence, body_hash)
        if not is_new and event.outcome != "refused":
            return await _told_before(session, event, body_hash)
        row = event.id
        values: dict[str, Any] = {"body_hash": body_hash, "sequence": sequence}
        try:
            async with session.begin_nested():
                told = await step(session)
            values |= {"outcome": told.outcome, "reason": "", "tenant_slug": told.slug}
        except DomainError as error:
            refusal, told = error, None
            values |= {"outcome": "refused", "reason": error.code}
        await session.execute(
            update(BillingEvent)
            .where(BillingEvent.id == row)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    if refusal is not None or told is None:
        assert refusal is not None, "a step that tells nothing has raised"
        security_log.warning("billing_refused", reason=refusal.code, kind=kind)
        raise refusal
    assert told.tenant_id is not None, "only a repeat may have lost its business"
    tell_everybody(runtime, told.tenant_id)
    security_log.info("billing_told", kind=kind, tenant=told.slug, outcome=told.outcome)
    return told


async def _event(
    session: AsyncSession, kind: str, event_id: str, sequence: int | None, body_hash: str
) -> tuple[BillingEvent, bool]:
    """The row of a message, held; a second one of the same id waits here until the first is through."""
    made = await session.execute(
        insert(BillingEvent)
        .values(
            id=new_id(), event_id=event_id, kind=kind, sequence=sequence, body_hash=body_hash, outcome="refused"
        )
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(BillingEvent.id)
    )  # fmt: skip
    is_new = made.first() is not None
    query = select(BillingEvent).where(BillingEvent.event_id == event_id).with_for_update()
    return (await session.execute(query)).scalar_one(), is_new


async def _told_before(session: AsyncSession, event: BillingEvent, body_hash: str) -> Told:
    if event.body_hash != body_hash:
        raise BillingEventReusedError
    tenant = await _tenant(session, slug=event.tenant_slug)
    outcome: Outcome = "stale" if event.outcome == "stale" else "applied"
    return Told(tenant.id if tenant else None, event.tenant_slug, outcome, is_repeat=True)


async def _tenant(
    session: AsyncSession, *, tenant_id: UUID | None = None, slug: str = ""
) -> TenantRow | None:
    """The business, held to the end of the transaction, so that its messages are applied one after the other."""
    key = TenantRow.id == tenant_id if tenant_id is not None else TenantRow.slug == slug.strip().lower()
    query = select(TenantRow).where(key).with_for_update(key_share=True)
    tenant = (await session.execute(query)).scalar_one_or_none()
    if tenant is not None and tenant.slug == PLATFORM_TENANT:
        raise PlatformTenantError
    return tenant


async def _is_older(session: AsyncSession, tenant_id: UUID, sequence: int | None) -> bool:
    row = await locked_subscription(session, tenant_id)
    return row is not None and sequence is not None and sequence <= row.billing_sequence


async def _plan_of(session: AsyncSession, plan_id: UUID | None, slug: str | None) -> Plan | None:
    if plan_id is None and not slug:
        return None
    return await find_plan(session, slug=slug or "", plan_id=plan_id)


async def _subscribe(
    runtime: Runtime, session: AsyncSession, tenant: TenantRow, plan: Plan | None, status: str, message: Any
) -> None:
    current = await locked_subscription(session, tenant.id)
    if plan is not None and (current is None or current.plan_id != plan.id):
        for column, value in limits_of_business(plan.limits).items():
            setattr(tenant, column, value)
    given = message.model_dump(include=set(PERIOD_FIELDS), exclude_unset=True)
    values = {"status": status, **given}
    if message.sequence is not None:
        values["billing_sequence"] = message.sequence
    await put_subscription(session, tenant.id, plan, values, runtime.clock())
