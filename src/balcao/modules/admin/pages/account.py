"""One's own account: password and sign-ins."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.sessions import revoke_session, revoke_sessions_of
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation, Uow, Words
from balcao.kernel.web.templates import panel_context
from balcao.kernel.web.tenant_of_request import Caller
from balcao.modules.admin.fresh_sign_in import is_fresh
from balcao.modules.admin.pages.forms import answer, go, secret_of
from balcao.modules.admin.pages.password_again import status_of, told
from balcao.modules.admin.password_links import change_own_password
from balcao.modules.admin.second_factor import person_of, state_of
from balcao.modules.admin.team_queries import list_sessions

router = APIRouter()
SIGNED_IN = Depends(Allow(people_only=True))
HERE = "/painel/conta"


async def show_account(
    request: Request,
    runtime: Runtime,
    who: Caller,
    words: Translator,
    *,
    error: DomainError | None = None,
    act: str = "",
) -> Response:
    """The page of one's own account; `act` names the form that comes back with its mistakes."""
    async with runtime.transactions.begin(who.tenant, who.actor, read_only=True) as uow:
        sessions = await list_sessions(uow, PageQuery(limit=50), who.actor.id)
        factor = await state_of(uow, person_of(who.actor))
    response = answer(
        request, "admin/account.html", status=status_of(error), **panel_context(request, who.tenant, who.actor),
        **told(words, error), sessions=sessions.items, factor=factor, act=act, is_fresh=is_fresh(who.actor, runtime.clock()),
    )  # fmt: skip
    if error is not None:
        response.headers.update(error.headers)
    return response


@router.get(HERE, dependencies=[SIGNED_IN])
async def account_page(request: Request, runtime: Installation, who: CurrentCaller, words: Words) -> Response:
    """Own password and own sign-ins."""
    return await show_account(request, runtime, who, words)


@router.post(f"{HERE}/senha", dependencies=[SIGNED_IN])
async def password_form(
    request: Request, runtime: Installation, who: CurrentCaller, words: Words
) -> Response:
    """Sets the own password."""
    form = await request.form()
    try:
        await change_own_password(
            runtime, who.tenant, who.actor, secret_of(form, "current_password"), secret_of(form, "new_password"),
            session_id=who.actor.session_id,
        )  # fmt: skip
    except DomainError as error:
        return await show_account(request, runtime, who, words, error=error, act="password")
    return go(request, HERE, "password_changed")


@router.post(f"{HERE}/sessoes/encerrar-outras", dependencies=[SIGNED_IN])
async def end_others(request: Request, uow: Uow) -> Response:
    """Ends every own sign-in but this one."""
    assert uow.actor.id is not None, "Allow() let a person in"
    await revoke_sessions_of(uow, uow.actor.id, "revoked", keep=uow.actor.session_id)
    return go(request, HERE, "sessions_ended")


@router.post(f"{HERE}/sessoes/{{session_id}}/encerrar", dependencies=[SIGNED_IN])
async def end_one(request: Request, uow: Uow, session_id: UUID) -> Response:
    """Ends one own sign-in."""
    await revoke_session(uow, session_id, "revoked", user_id=uow.actor.id)
    return go(request, HERE, "session_ended")
