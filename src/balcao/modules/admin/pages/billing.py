"""The owner's own plan in the panel: what it is, what it includes, and the billing profile."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.errors import DomainError
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation, Words, Works
from balcao.kernel.web.templates import panel_context
from balcao.kernel.web.tenant_of_request import Caller
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.billing_overview import billing_view
from balcao.modules.admin.billing_profile import (
    ADDRESS_LENGTHS,
    OWN_FIELDS,
    clean_profile,
    load_profile,
    profile_view,
    save_profile,
)
from balcao.modules.admin.pages.central_forms import (
    INTERVALS,
    LIMIT_WORDS,
    SIZES,
    SUBSCRIPTION_STATES,
    pointed,
    problem_of,
    profile_of,
    tried,
)
from balcao.modules.admin.pages.forms import answer, field_of, go

router = APIRouter()
HERE: Final = "/painel/assinatura"
VIEW, EDIT = Depends(Allow("admin.billing:view")), Depends(Allow("admin.billing:edit"))


async def _page(
    request: Request, runtime: Runtime, who: Caller, words: Any,
    *, typed: dict[str, Any] | None = None, error: DomainError | None = None,
) -> Response:  # fmt: skip
    async with runtime.transactions.begin(who.tenant, who.actor, read_only=True) as uow:
        billing = await billing_view(uow, runtime.modules, words)
        profile = profile_view(await load_profile(uow.session, uow.tenant_id))
    return answer(
        request, "admin/billing.html", status=200 if error is None else 422,
        **panel_context(request, who.tenant, who.actor), billing=billing, profile=profile, typed=typed or {},
        subscriptions=SUBSCRIPTION_STATES, intervals=INTERVALS, limit_words=LIMIT_WORDS, sizes=SIZES, problem=problem_of(error, words),
        errors=pointed(error, words),
    )  # fmt: skip


@router.get(HERE, dependencies=[VIEW])
async def billing_page(request: Request, runtime: Installation, who: CurrentCaller, words: Words) -> Response:
    """Plan, state, limits and their use, and the billing profile."""
    return await _page(request, runtime, who, words)


@router.post(HERE, dependencies=[EDIT])
async def profile_form(
    request: Request, runtime: Installation, who: CurrentCaller, words: Words, works: Works
) -> Response:
    """Saves the billing profile."""
    form = await request.form()
    typed = {name: field_of(form, name, 254) for name in (*OWN_FIELDS, *ADDRESS_LENGTHS)}

    async def save(uow: UnitOfWork) -> None:
        await save_profile(uow.session, uow.tenant_id, clean_profile(profile_of(form)))

    return await tried(
        lambda: works.run(save),
        lambda error: _page(request, runtime, who, words, typed=typed, error=error),
        lambda: go(request, HERE, "saved"),
    )
