"""The team in the panel: people, invitations, sign-ins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.identity.models import ROLES
from balcao.kernel.identity.passwords import check_password_shape, hash_password
from balcao.kernel.identity.sessions import revoke_session, revoke_sessions_of
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation, ReadUow, Uow, Words, Works
from balcao.kernel.web.templates import ROLE_LABELS, panel_context
from balcao.kernel.web.tenant_of_request import Caller
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.invitations import cancel_invitation, invite
from balcao.modules.admin.pages.forms import answer, errors_of, field_of, go, secret_of
from balcao.modules.admin.people import NewPerson, add_person, change_person, clean_email, clean_name
from balcao.modules.admin.second_factor import state_of
from balcao.modules.admin.sessions_of_team import check_may_end, owner_of_session
from balcao.modules.admin.team_queries import (
    list_groups,
    list_people,
    list_sessions,
    open_invitations,
    person_view,
    plan_and_modules,
)

router = APIRouter()
VIEW, EDIT = Depends(Allow("admin.team:view")), Depends(Allow("admin.team:edit"))
PEOPLE = Depends(Allow("admin.team:edit", people_only=True))
HERE = "/painel/equipe"
PER_PAGE = 50


def team_tabs(words: Any, current: str) -> list[dict[str, Any]]:
    """People, groups, sign-ins."""
    tabs = (
        ("people", "People", HERE),
        ("groups", "Groups", f"{HERE}/grupos"),
        ("sessions", "Sign-ins", f"{HERE}/sessoes"),
    )
    return [{"label": words(label), "href": href, "active": name == current} for name, label, href in tabs]


def _people_url(offset: int) -> str:
    return f"{HERE}?offset={offset}"


def _sessions_url(offset: int) -> str:
    return f"{HERE}/sessoes?offset={offset}"


def _roles(words: Any, who: Caller) -> list[tuple[str, str]]:
    """Only an owner makes owners."""
    return [
        (role, words(ROLE_LABELS[role])) for role in ROLES if role != "owner" or who.actor.role == "owner"
    ]


@router.get(HERE, dependencies=[VIEW])
async def people_page(
    request: Request, uow: ReadUow, runtime: Installation, words: Words, offset: int = 0
) -> Response:
    """Who works here, and who was invited."""
    page = await list_people(uow, PageQuery(limit=PER_PAGE, offset=max(0, min(offset, 1_000_000))))
    return answer(
        request, "admin/people.html", **panel_context(request, uow.tenant, uow.actor),
        tabs=team_tabs(words, "people"), page=page, invitations=await open_invitations(uow), role_labels=ROLE_LABELS,
        plan=await plan_and_modules(uow, runtime.modules, words), page_url=_people_url,
    )  # fmt: skip


def _wanted(form: FormData) -> dict[str, Any]:
    """What a person form says, kept as typed for when it comes back."""
    return {
        "email": field_of(form, "email"),
        "name": field_of(form, "name", 120),
        "role": field_of(form, "role", 20),
        "group_id": field_of(form, "group_id", 40),
        "max_active_sessions": field_of(form, "max_active_sessions", 3) or "3",
        "is_active": bool(field_of(form, "is_active", 5)),
    }


BLANK: dict[str, Any] = {
    "email": "", "name": "", "role": "operator", "group_id": "", "max_active_sessions": "3", "is_active": True,
}  # fmt: skip


def _appointment(values: dict[str, Any]) -> tuple[str, UUID | None]:
    """Role and group out of a form; 422 for a value no list offered."""
    if values["role"] not in ROLES:
        raise ValidationFailedError.at("/role", "Choose one of the list.")
    try:
        return values["role"], UUID(values["group_id"]) if values["group_id"] else None
    except ValueError:
        raise ValidationFailedError.at("/group_id", "Choose one of the list.") from None


def _session_limit(values: dict[str, Any]) -> int:
    text = values["max_active_sessions"]
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 20:
        raise ValidationFailedError.at("/max_active_sessions", "Choose between 1 and 20.")
    return int(text)


async def _person_page(
    request: Request, runtime: Runtime, who: Caller, words: Any, *, mode: str, values: dict[str, Any],
    person_id: UUID | None = None, error: DomainError | None = None,
) -> Response:  # fmt: skip
    errors, problem = errors_of(words, error) if error is not None else ({}, "")
    async with runtime.transactions.begin(who.tenant, who.actor, read_only=True) as uow:
        person = await person_view(uow, person_id) if person_id else None
        groups = await list_groups(uow)
        sessions = (await list_sessions(uow, PageQuery(limit=20), person_id)).items if person_id else []
        factor = await state_of(uow, person_id) if person_id else None
    return answer(
        request, "admin/person.html", status=422 if error is not None else 200,
        **panel_context(request, who.tenant, who.actor), mode=mode, values=values, person=person, sessions=sessions,
        may_reset_factor=factor is not None and factor.is_on and who.actor.role == "owner" and person_id != who.actor.id,
        roles=_roles(words, who), role_labels=ROLE_LABELS, groups=[(str(group.id), group.name) for group in groups], errors=errors,
        problem=problem,
    )  # fmt: skip


async def _tried(
    verb: Callable[[], Awaitable[object]], back: Callable[[DomainError], Awaitable[Response]], done: Response
) -> Response:
    """Runs a form's verb; what the person can mend comes back with the form."""
    try:
        await verb()
    except NotFoundError:
        raise
    except DomainError as error:
        return await back(error)
    return done


@router.get(f"{HERE}/convidar", dependencies=[EDIT])
async def invite_page(request: Request, runtime: Installation, who: CurrentCaller, words: Words) -> Response:
    """The form of an invitation."""
    return await _person_page(request, runtime, who, words, mode="invite", values=BLANK)


@router.post(f"{HERE}/convidar", dependencies=[EDIT])
async def invite_form(
    request: Request, runtime: Installation, who: CurrentCaller, works: Works, words: Words
) -> Response:
    """Sends an invitation."""
    values = _wanted(await request.form())

    async def send(uow: UnitOfWork) -> None:
        role, group_id = _appointment(values)
        await invite(uow, runtime, words, email=clean_email(values["email"]), role=role, group_id=group_id)

    return await _tried(
        lambda: works.run(send),
        lambda error: _person_page(request, runtime, who, words, mode="invite", values=values, error=error),
        go(request, HERE, "invited"),
    )


@router.post(f"{HERE}/convites/{{invitation_id}}/cancelar", dependencies=[EDIT])
async def cancel_form(request: Request, uow: Uow, invitation_id: UUID) -> Response:
    """Takes an invitation back."""
    await cancel_invitation(uow, invitation_id)
    return go(request, HERE, "invitation_canceled")


@router.get(f"{HERE}/nova", dependencies=[EDIT])
async def add_page(request: Request, runtime: Installation, who: CurrentCaller, words: Words) -> Response:
    """The form for somebody without e-mail at hand: the owner tells them a first password."""
    return await _person_page(request, runtime, who, words, mode="add", values=BLANK)


@router.post(f"{HERE}/nova", dependencies=[EDIT])
async def add_form(
    request: Request, runtime: Installation, who: CurrentCaller, works: Works, words: Words
) -> Response:
    """Adds somebody with a password."""
    form = await request.form()
    values, password = _wanted(form), secret_of(form, "password")

    async def add() -> None:
        role, group_id = _appointment(values)
        email, name = clean_email(values["email"]), clean_name(values["name"])
        check_password_shape(password)
        limit = _session_limit(values)
        person = NewPerson(email, name, role, group_id, await hash_password(password), limit)
        await works.run(lambda uow: add_person(uow, person))

    return await _tried(
        add,
        lambda error: _person_page(request, runtime, who, words, mode="add", values=values, error=error),
        go(request, HERE, "person_added"),
    )


@router.get(f"{HERE}/pessoas/{{user_id}}", dependencies=[VIEW])
async def person_page(
    request: Request, runtime: Installation, who: CurrentCaller, words: Words, uow: ReadUow, user_id: UUID
) -> Response:
    """One person: name, role, group, sign-ins."""
    person = await person_view(uow, user_id)
    values = BLANK | {
        "email": person.email, "name": person.name, "role": person.role, "is_active": person.is_active,
        "group_id": str(person.group_id or ""), "max_active_sessions": str(person.max_active_sessions),
    }  # fmt: skip
    return await _person_page(request, runtime, who, words, mode="edit", values=values, person_id=user_id)


@router.post(f"{HERE}/pessoas/{{user_id}}", dependencies=[EDIT])
async def person_form(
    request: Request, runtime: Installation, who: CurrentCaller, works: Works, words: Words, user_id: UUID
) -> Response:
    """Saves one person."""
    form = await request.form()
    values, version = _wanted(form), field_of(form, "version", 12)

    async def save(uow: UnitOfWork) -> None:
        role, group_id = _appointment(values)
        changes = {
            "name": clean_name(values["name"]), "role": role, "group_id": group_id, "is_active": values["is_active"],
            "max_active_sessions": _session_limit(values),
        }  # fmt: skip
        await change_person(uow, user_id, changes, version=int(version) if version.isdecimal() else None)

    return await _tried(
        lambda: works.run(save),
        lambda error: _person_page(
            request, runtime, who, words, mode="edit", values=values, person_id=user_id, error=error
        ),
        go(request, HERE, "saved"),
    )


@router.post(f"{HERE}/pessoas/{{user_id}}/encerrar", dependencies=[PEOPLE])
async def end_all_of_person(request: Request, uow: Uow, user_id: UUID) -> Response:
    """Ends every sign-in of one person."""
    await check_may_end(uow, user_id)
    await revoke_sessions_of(uow, user_id, "revoked_by_team", keep=uow.actor.session_id)
    return go(request, f"{HERE}/pessoas/{user_id}", "sessions_ended")


@router.get(f"{HERE}/sessoes", dependencies=[VIEW])
async def sessions_page(request: Request, uow: ReadUow, words: Words, offset: int = 0) -> Response:
    """Everybody's live sign-ins."""
    page = await list_sessions(uow, PageQuery(limit=PER_PAGE, offset=max(0, min(offset, 1_000_000))))
    return answer(
        request, "admin/sessions.html", **panel_context(request, uow.tenant, uow.actor),
        tabs=team_tabs(words, "sessions"), page=page, page_url=_sessions_url,
    )  # fmt: skip


@router.post(f"{HERE}/sessoes/{{session_id}}/encerrar", dependencies=[PEOPLE])
async def end_session_form(request: Request, uow: Uow, session_id: UUID) -> Response:
    """Ends one sign-in of anybody of the team."""
    await check_may_end(uow, await owner_of_session(uow, session_id))
    await revoke_session(uow, session_id, "revoked_by_team")
    return go(request, f"{HERE}/sessoes", "session_ended")
