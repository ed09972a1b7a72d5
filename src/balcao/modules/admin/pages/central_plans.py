"""Plans in the browser."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import AllowPlatform, CurrentCaller, Words
from balcao.kernel.web.templates import panel_context
from balcao.kernel.web.tenant_of_request import Caller
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.api.central_plans import switchable
from balcao.modules.admin.billing_rules import LIMIT_NAMES
from balcao.modules.admin.central_plans import change_plan, create_plan, remove_plan
from balcao.modules.admin.central_queries import PlanLine, list_plans
from balcao.modules.admin.central_work import Central
from balcao.modules.admin.pages.central_forms import (
    INTERVALS,
    LIMIT_WORDS,
    SIZES,
    cents_of,
    limits_of,
    pointed,
    problem_of,
    tried,
)
from balcao.modules.admin.pages.forms import answer, field_of, go

router = APIRouter()
HERE: Final = "/central/planos"
VIEW = Depends(AllowPlatform("admin.central:view"))
EDIT = Depends(AllowPlatform("admin.central:edit"))


@router.get(HERE, dependencies=[VIEW])
async def plans_page(request: Request, who: CurrentCaller, words: Words, central: CentralWork) -> Response:
    """Every plan, and how many businesses are on it."""
    async with central.reading() as session:
        plans = await list_plans(session)
    titles = {module.name: words(module.title) for module in central.runtime.modules}
    return answer(
        request, "admin/central/plans.html", **panel_context(request, who.tenant, who.actor), plans=plans,
        intervals=INTERVALS, limit_words=LIMIT_WORDS, sizes=SIZES, titles=titles, here=HERE,
    )  # fmt: skip


def _wanted(form: FormData, names: frozenset[str]) -> dict[str, Any]:
    """What a plan form says, as it was typed."""
    typed: dict[str, Any] = {name: field_of(form, name, 80) for name in ("name", "slug", "price", "interval")}
    typed["modules"] = [name for name in sorted(names) if field_of(form, f"module_{name}", 3)]
    typed["limits"] = {name: field_of(form, f"limit_{name}", 30) for name in LIMIT_NAMES}
    typed["is_active"] = bool(field_of(form, "is_active", 3))
    return typed


def _typed_of(plan: PlanLine | None) -> dict[str, Any]:
    if plan is None:
        return {
            "name": "", "slug": "", "price": None, "cents": None, "interval": "monthly", "modules": ["store"],
            "limits": {}, "is_active": True,
        }  # fmt: skip
    return plan.model_dump() | {"price": None, "cents": plan.price_cents}


async def _plan_of(central: Central, plan_id: UUID) -> PlanLine:
    async with central.reading() as session:
        found = await list_plans(session, plan_id)
    if not found:
        raise NotFoundError
    return found[0]


async def _form_page(
    request: Request, who: Caller, words: Any, central: Central, plan: PlanLine | None,
    *, typed: dict[str, Any] | None = None, error: DomainError | None = None,
) -> Response:  # fmt: skip
    names = switchable(central.runtime)
    modules = [
        (module.name, words(module.title)) for module in central.runtime.modules if module.name in names
    ]
    return answer(
        request, "admin/central/plan.html", status=200 if error is None else 422,
        **panel_context(request, who.tenant, who.actor), plan=plan, typed={"cents": None} | (typed or _typed_of(plan)),
        modules=modules, limit_words=LIMIT_WORDS, sizes=SIZES, here=HERE, problem=problem_of(error, words),
        errors=pointed(error, words),
        intervals=[("monthly", words("Every month")), ("yearly", words("Every year"))],
    )  # fmt: skip


def _values(form: FormData, typed: dict[str, Any], words: Translator) -> dict[str, Any]:
    return {
        "name": typed["name"], "price_cents": cents_of(form, "price"), "modules": typed["modules"],
        "interval": "yearly" if typed["interval"] == "yearly" else "monthly", "limits": limits_of(form, words),
        "is_active": typed["is_active"],
    }  # fmt: skip


@router.get(f"{HERE}/novo", dependencies=[EDIT])
async def new_plan_page(request: Request, who: CurrentCaller, words: Words, central: CentralWork) -> Response:
    """The form of a new plan."""
    return await _form_page(request, who, words, central, None)


@router.post(f"{HERE}/novo", dependencies=[EDIT])
async def new_plan_form(request: Request, who: CurrentCaller, words: Words, central: CentralWork) -> Response:
    """Makes a plan."""
    form = await request.form()
    names = switchable(central.runtime)
    typed = _wanted(form, names)

    async def make() -> None:
        await create_plan(central, {"slug": typed["slug"], **_values(form, typed, words)}, names)

    return await tried(
        make,
        lambda error: _form_page(request, who, words, central, None, typed=typed, error=error),
        lambda: go(request, HERE, "saved"),
    )


@router.get(f"{HERE}/{{plan_id}}", dependencies=[VIEW])
async def plan_page(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork, plan_id: UUID
) -> Response:
    """One plan."""
    return await _form_page(request, who, words, central, await _plan_of(central, plan_id))


@router.post(f"{HERE}/{{plan_id}}", dependencies=[EDIT])
async def plan_form(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork, plan_id: UUID
) -> Response:
    """Saves a plan; businesses on it have the change at once."""
    plan = await _plan_of(central, plan_id)
    form = await request.form()
    names = switchable(central.runtime)
    typed = _wanted(form, names)

    async def save() -> None:
        await change_plan(central, plan_id, _values(form, typed, words), names)

    return await tried(
        save,
        lambda error: _form_page(request, who, words, central, plan, typed=typed, error=error),
        lambda: go(request, HERE, "saved"),
    )


@router.post(f"{HERE}/{{plan_id}}/apagar", dependencies=[EDIT])
async def remove_form(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork, plan_id: UUID
) -> Response:
    """Erases a plan nobody is on."""
    plan = await _plan_of(central, plan_id)
    return await tried(
        lambda: remove_plan(central, plan_id),
        lambda error: _form_page(request, who, words, central, plan, error=error),
        lambda: go(request, HERE, "plan_removed"),
    )
