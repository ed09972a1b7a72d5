"""Plans over HTTP, and what one business has of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from balcao.kernel.db.paging import ShortListQuery
from balcao.kernel.errors import NotFoundError
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import MANDATORY_MODULES, effective_modules
from balcao.kernel.web.dependencies import AllowPlatform, Installation, Words
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.api.central_schemas import (
    PlanCreate,
    PlanPatch,
    Plans,
    SubscriptionBody,
    Switches,
    SwitchesBody,
    SwitchView,
)
from balcao.modules.admin.central_people import tenant_of
from balcao.modules.admin.central_plans import change_plan, create_plan, remove_plan
from balcao.modules.admin.central_queries import PlanLine, TenantLine, list_plans, switches_of, tenant_line
from balcao.modules.admin.central_tenants import SwitchState, change_subscription, set_switches
from balcao.modules.admin.central_work import Central

router = APIRouter(prefix="/admin/central", tags=["central"])
VIEW = Depends(AllowPlatform("admin.central:view"))
EDIT = Depends(AllowPlatform("admin.central:edit"))


def switchable(runtime: Runtime) -> frozenset[str]:
    """Modules that a plan may include or not."""
    return frozenset(module.name for module in runtime.modules if module.gated) - MANDATORY_MODULES


async def switches_view(
    central: Central, tenant_id: UUID, words: Words, query: ShortListQuery | None = None
) -> Switches:
    """Every module that can be switched, as it stands for a business."""
    tenant = await tenant_of(central.runtime, tenant_id)
    async with central.reading() as session:
        in_plan, switches = await switches_of(session, tenant_id)
    on = effective_modules(in_plan, switches, paying=tenant.paying)
    states: dict[bool | None, SwitchState] = {True: "on", False: "off", None: "plan"}
    names = switchable(central.runtime)
    return Switches.of(
        [
            SwitchView(
                name=module.name,
                title=words(module.title),
                in_plan=module.name in in_plan,
                switch=states[switches.get(module.name)],
                is_on=module.name in on,
            )
            for module in central.runtime.modules
            if module.name in names
        ],
        query,
    )


@router.get("/plans", dependencies=[VIEW])
async def plans(central: CentralWork, query: Annotated[ShortListQuery, Query()]) -> Plans:
    """Every plan, cheapest first, and how many businesses are on it."""
    async with central.reading() as session:
        return Plans.of(await list_plans(session), query)


async def _plan(central: Central, plan_id: UUID) -> PlanLine:
    async with central.reading() as session:
        found = await list_plans(session, plan_id)
    if not found:
        raise NotFoundError
    return found[0]


@router.post("/plans", status_code=201, dependencies=[EDIT])
async def make_plan(central: CentralWork, runtime: Installation, body: PlanCreate) -> PlanLine:
    """Makes a plan."""
    return await _plan(central, await create_plan(central, body.model_dump(), switchable(runtime)))


@router.get("/plans/{plan_id}", dependencies=[VIEW])
async def plan(central: CentralWork, plan_id: UUID) -> PlanLine:
    """One plan."""
    return await _plan(central, plan_id)


@router.patch("/plans/{plan_id}", dependencies=[EDIT])
async def patch_plan(central: CentralWork, runtime: Installation, plan_id: UUID, body: PlanPatch) -> PlanLine:
    """Changes a plan. Businesses on it have its new modules and ceilings at once."""
    await change_plan(central, plan_id, body.changes(), switchable(runtime))
    return await _plan(central, plan_id)


@router.delete("/plans/{plan_id}", status_code=204, dependencies=[EDIT])
async def delete_plan(central: CentralWork, plan_id: UUID) -> Response:
    """Erases a plan nobody is on; 409 otherwise: take it out of the offer instead."""
    await remove_plan(central, plan_id)
    return Response(status_code=204)


@router.put("/tenants/{tenant_id}/subscription", dependencies=[EDIT])
async def put_subscription(central: CentralWork, tenant_id: UUID, body: SubscriptionBody) -> TenantLine:
    """Puts a business on a plan, in a status, with the end of its trial and period, and the day it leaves."""
    await change_subscription(central, tenant_id, body.plan, body.values())
    async with central.reading() as session:
        return await tenant_line(session, tenant_id)


@router.get("/tenants/{tenant_id}/modules", dependencies=[VIEW])
async def modules(
    central: CentralWork, words: Words, tenant_id: UUID, query: Annotated[ShortListQuery, Query()]
) -> Switches:
    """Modules of a business: in its plan, switched by the platform, on right now."""
    return await switches_view(central, tenant_id, words, query)


@router.put("/tenants/{tenant_id}/modules", dependencies=[EDIT])
async def put_modules(
    central: CentralWork, runtime: Installation, words: Words, tenant_id: UUID, body: SwitchesBody
) -> Switches:
    """Switches modules for one business, or gives them back to its plan. Modules left out stay as they are."""
    await set_switches(central, tenant_id, body.modules, switchable(runtime))
    return await switches_view(central, tenant_id, words)
