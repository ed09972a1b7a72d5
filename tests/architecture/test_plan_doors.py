"""The plan gates every door of a module: routes, jobs, reactions and the menu."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from balcao.kernel.actor import Actor
from balcao.kernel.errors import ModuleOffError, PlanInactiveError, TenantSuspendedError
from balcao.kernel.job_runner import build_queue
from balcao.kernel.plans import require_active, require_module, require_selling
from balcao.kernel.queue import Job
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import MANDATORY_MODULES, PLATFORM_TENANT, Tenant, effective_modules
from balcao.kernel.web.app import create_app
from balcao.kernel.web.dependencies import RequiresModule
from balcao.kernel.web.templates import panel_nav
from balcao.registry import MODULES
from tests.factories.shops import Shop, make_tenant

GATED = [module for module in MODULES if module.gated]


@pytest.fixture(scope="session")
def doors(runtime: Runtime) -> dict[str, list[tuple[str, set[str]]]]:
    """For each endpoint of a module: its path and the modules its door asks for."""
    found: dict[str, list[tuple[str, set[str]]]] = {}
    for context in iter_route_contexts(create_app(runtime).routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            asked = {
                dependency.call.module
                for dependency in context.dependant.dependencies
                if isinstance(dependency.call, RequiresModule)
            }
            owner = route.endpoint.__module__.split(".")
            if owner[1] == "modules":
                found.setdefault(owner[2], []).append((context.path, asked))
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_every_route_of_a_module_asks_the_plan(
    module: Any, doors: dict[str, list[tuple[str, set[str]]]]
) -> None:
    wanted = {module.name} if module.gated else set()
    assert [path for path, asked in doors.get(module.name, []) if asked != wanted] == []
    assert bool(doors.get(module.name)) == bool(module.routers or module.pages)


def test_only_what_every_business_has_is_open_without_a_plan() -> None:
    assert {module.name for module in MODULES if not module.gated} <= MANDATORY_MODULES


@pytest.mark.parametrize("path", ["/catalog", "/api/v1/catalog", "/stores"])
async def test_the_shop_of_a_plan_without_it_is_not_there(
    client: httpx.AsyncClient, runtime: Runtime, path: str
) -> None:
    tenant = await make_tenant(runtime, modules=[])
    answer = await client.get(path, headers={"X-Tenant": tenant.slug})
    assert (answer.status_code, answer.json()["code"]) == (404, "module_off")


@pytest.mark.parametrize("module", GATED, ids=lambda module: module.name)
def test_reactions_of_a_module_that_is_off_are_not_asked(runtime: Runtime, module: Any) -> None:
    for reaction in module.reactions:
        event = reaction.event_type(**dict.fromkeys(reaction.event_type.__dataclass_fields__, "x"))
        known = runtime.transactions.reactions
        assert reaction in known.to(event, _with_modules({module.name}))
        assert reaction not in known.to(
            event, _with_modules({other.name for other in MODULES} - {module.name})
        )


def _with_modules(modules: set[str]) -> Any:
    return SimpleNamespace(modules=frozenset(modules), webhook_events=frozenset())


@dataclass
class _Queued:
    attempts: int = 0
    id: int = 1


@dataclass
class _Context:
    job: _Queued


async def test_a_job_of_a_module_that_is_off_does_nothing(runtime: Runtime) -> None:
    done: list[str] = []
    store = next(module for module in MODULES if module.name == "store")

    async def note(context: Any) -> None:
        done.append(context.tenant.slug)

    jobs = tuple(Job(job.name, note, job.queue, job.arguments, job.backoff) for job in store.jobs)
    queue = build_queue(replace(runtime, modules=(replace(store, jobs=jobs),)))
    without, having = await make_tenant(runtime, modules=[]), await make_tenant(runtime)
    for tenant in (without, having):
        for job in jobs:
            await queue.tasks[job.name].func(_Context(_Queued()), tenant_id=str(tenant.id), args={})
    assert done == [having.slug] * len(jobs)
    await queue.tasks[jobs[0].name].func(_Context(_Queued()), tenant_id=str(uuid4()), args={})
    assert len(done) == len(jobs)


def _with(tenant: Tenant, modules: frozenset[str]) -> Tenant:
    return replace(tenant, modules=modules, subscribed=modules)


def test_the_menu_shows_what_is_on_and_allowed(runtime: Runtime, shop: Shop) -> None:
    words = runtime.catalogues.translator("en")
    owner = Actor("user", permissions=runtime.permissions)
    for module in MODULES:
        of_platform = {item.href for item in module.nav if item.href.startswith("/central")}
        mine = {item.href for item in module.nav} - of_platform
        others = frozenset(other.name for other in MODULES) - {module.name}

        def shown(tenant: Tenant, actor: Actor) -> set[str]:
            return {item["href"] for item in panel_nav(runtime, tenant, actor, "/painel", words)}

        everything = _with(shop.tenant, others | {module.name})
        assert mine <= shown(everything, owner)
        assert of_platform & shown(everything, owner) == set()
        assert of_platform <= shown(replace(everything, slug=PLATFORM_TENANT), owner)
        assert mine & shown(_with(shop.tenant, others), owner) == set()
        open_to_all = {item.href for item in module.nav if not item.permission}
        assert mine & shown(_with(shop.tenant, others | {module.name}), Actor("user")) == open_to_all


def test_a_lapsed_plan_stays_readable_and_sells_nothing(shop: Shop) -> None:
    lapsed = replace(shop.tenant, paying=False, modules=MANDATORY_MODULES, subscribed=frozenset({"store"}))
    require_module(lapsed, "store", reading=True)
    with pytest.raises(PlanInactiveError):
        require_module(lapsed, "store", reading=False)
    with pytest.raises(PlanInactiveError):
        require_selling(lapsed)
    with pytest.raises(ModuleOffError):
        require_module(lapsed, "courses", reading=True)
    require_module(lapsed, "payments", reading=False)
    require_selling(shop.tenant)


def test_a_suspended_business_is_shut(shop: Shop) -> None:
    for check in (require_active, require_selling):
        with pytest.raises(TenantSuspendedError):
            check(replace(shop.tenant, status="suspended"))
    require_active(replace(shop.tenant, status="suspended"), reading=True)
    with pytest.raises(TenantSuspendedError):
        require_active(replace(shop.tenant, status="canceled"), reading=True)


def test_the_platform_has_the_last_word_on_a_module() -> None:
    plan = frozenset({"store"})
    assert effective_modules(plan, {}, paying=True) == plan | MANDATORY_MODULES
    assert effective_modules(plan, {}, paying=False) == MANDATORY_MODULES
    assert effective_modules(plan, {"store": False, "desk": True}, paying=True) == MANDATORY_MODULES | {
        "desk"
    }
