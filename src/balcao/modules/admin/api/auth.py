"""Signing in and out, one's own sessions and password, over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request, Response

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.identity.sessions import revoke_session, revoke_sessions_of
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation, Public, ReadUow, Uow, Words
from balcao.modules.admin.api.schemas import (
    Account,
    Credentials,
    Entered,
    PasswordChange,
    ResetConfirmation,
    ResetRequest,
    Revoked,
    SignUp,
    account_of,
    entered,
)
from balcao.modules.admin.invitations import accept_invitation
from balcao.modules.admin.password_links import change_own_password, send_reset_links, set_password_by_link
from balcao.modules.admin.people import clean_email
from balcao.modules.admin.session_cookie import (
    caller_of_request,
    clear_session_cookie,
    end_session,
    given_tenant,
    set_session_cookie,
)
from balcao.modules.admin.sign_in import count_address, sign_in
from balcao.modules.admin.team_queries import SessionView, list_sessions

router = APIRouter(prefix="/auth", tags=["auth"])
SIGNED_IN = Depends(Allow())
PEOPLE = Depends(Allow(people_only=True))


@router.post("/login", dependencies=[Depends(Public("this is how one signs in"))])
async def login(request: Request, response: Response, runtime: Installation, body: Credentials) -> Entered:
    """Opens a session. Without a named business, the one where e-mail and password fit; 409 when they fit in several,
    401 otp_required when the account has a second factor and no code was sent."""
    tenant = await given_tenant(request, runtime)
    signed_in = await sign_in(
        runtime, body.email, body.password, tenant, caller_of_request(request), body.otp
    )
    set_session_cookie(response, signed_in, runtime)
    response.headers["cache-control"] = "no-store"
    return entered(signed_in)


@router.post("/signup", status_code=201, dependencies=[Depends(Public("an invitation lets one in"))])
async def signup(request: Request, response: Response, runtime: Installation, body: SignUp) -> Entered:
    """Takes an invitation: makes the account (the first owner of a business, or one of its team) and signs in."""
    signed_in = await accept_invitation(
        runtime, body.token, body.name, body.password, caller_of_request(request)
    )
    set_session_cookie(response, signed_in, runtime)
    response.headers["cache-control"] = "no-store"
    return entered(signed_in)


@router.get("/me", dependencies=[SIGNED_IN])
async def me(who: CurrentCaller) -> Account:
    """Who is signed in."""
    return account_of(who.actor, who.tenant)


@router.post(
    "/logout", status_code=204, dependencies=[Depends(Public("ending what may have ended is no error"))]
)
async def logout(request: Request, runtime: Installation) -> Response:
    """Ends the session and clears the cookie."""
    await end_session(request, runtime)
    response = Response(status_code=204)
    clear_session_cookie(response, runtime)
    return response


@router.get("/sessions", dependencies=[PEOPLE])
async def my_sessions(uow: ReadUow, page: Annotated[PageQuery, Query()]) -> Page[SessionView]:
    """One's own live sign-ins, newest first."""
    return await list_sessions(uow, page, uow.actor.id)


@router.delete("/sessions/{session_id}", status_code=204, dependencies=[PEOPLE])
async def end_my_session(session_id: UUID, uow: Uow) -> None:
    """Ends one of one's own sign-ins."""
    await revoke_session(uow, session_id, "revoked", user_id=uow.actor.id)


@router.delete("/sessions", dependencies=[PEOPLE])
async def end_my_other_sessions(uow: Uow) -> Revoked:
    """Ends every own sign-in but this one."""
    assert uow.actor.id is not None, "Allow() let a person in"
    return Revoked(revoked=await revoke_sessions_of(uow, uow.actor.id, "revoked", keep=uow.actor.session_id))


@router.post("/password", status_code=204, dependencies=[PEOPLE])
async def change_password(who: CurrentCaller, runtime: Installation, body: PasswordChange) -> None:
    """Sets one's own password and ends every other sign-in."""
    await change_own_password(
        runtime,
        who.tenant,
        who.actor,
        body.current_password,
        body.new_password,
        session_id=who.actor.session_id,
    )


@router.post(
    "/password-reset",
    status_code=202,
    response_class=Response,
    dependencies=[Depends(Public("for whoever forgot"))],
)
async def ask_for_reset(
    request: Request, runtime: Installation, words: Words, later: BackgroundTasks, body: ResetRequest
) -> Response:
    """Sends a link for a new password, if there is such a person. The answer is the same when there is not."""
    await count_address(runtime, caller_of_request(request))
    tenant = await given_tenant(request, runtime)
    later.add_task(send_reset_links, runtime, clean_email(body.email), tenant, words)
    return Response(status_code=202, background=later)


@router.post(
    "/password-reset/confirm", status_code=204, dependencies=[Depends(Public("the link is the key"))]
)
async def confirm_reset(request: Request, runtime: Installation, body: ResetConfirmation) -> None:
    """Sets the password with the token of the link, and ends every sign-in of the person."""
    await count_address(runtime, caller_of_request(request))
    await set_password_by_link(runtime, body.token, body.password)
