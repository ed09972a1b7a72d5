"""People, groups, sessions and the plan over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from balcao.kernel.db.paging import Page, PageQuery, ShortListQuery
from balcao.kernel.identity.passwords import check_password_shape, hash_password
from balcao.kernel.identity.sessions import revoke_session, revoke_sessions_of
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation, ReadUow, Uow, Words, Works
from balcao.modules.admin.api.schemas import (
    CLEAN,
    GroupCreate,
    GroupPatch,
    InvitationCreate,
    InvitationSent,
    PersonCreate,
    PersonPatch,
    Revoked,
)
from balcao.modules.admin.groups import GroupInput, add_group, change_group, delete_group
from balcao.modules.admin.invitations import cancel_invitation, invite
from balcao.modules.admin.people import NewPerson, add_person, change_person, clean_email, clean_name
from balcao.modules.admin.sessions_of_team import check_may_end, owner_of_session
from balcao.modules.admin.team_queries import (
    AreaView,
    GroupView,
    InvitationView,
    ModulesView,
    PersonView,
    SessionView,
    group_view,
    list_groups,
    list_people,
    list_sessions,
    open_invitations,
    permission_areas,
    person_view,
    plan_and_modules,
)

router = APIRouter(prefix="/admin", tags=["team"])
VIEW, EDIT = Depends(Allow("admin.team:view")), Depends(Allow("admin.team:edit"))
PEOPLE = Depends(Allow("admin.team:edit", people_only=True))
NO_KEYS = Depends(Allow("admin.team:edit", no_keys=True))


@router.get("/users", dependencies=[VIEW])
async def people(
    uow: ReadUow,
    page: Annotated[PageQuery, Query()],
    q: Annotated[str, Query(max_length=80, pattern=CLEAN)] = "",
    active: bool | None = None,
) -> Page[PersonView]:
    """The people of the team by name."""
    return await list_people(uow, page, q=q, active=active)


@router.post("/users", status_code=201, dependencies=[PEOPLE])
async def create_person(works: Works, body: PersonCreate) -> PersonView:
    """Adds somebody with a password they are told. 409 users_limit when the plan is full. API keys may not: whom they
    add would outlive them."""
    check_password_shape(body.password)
    person = NewPerson(
        clean_email(body.email), clean_name(body.name), body.role, body.group_id,
        await hash_password(body.password), body.max_active_sessions,
    )  # fmt: skip

    async def add(uow: Uow) -> PersonView:
        return await person_view(uow, (await add_person(uow, person)).id)

    return await works.run(add)


@router.get("/users/invitations", dependencies=[VIEW])
async def invitations(uow: ReadUow, query: Annotated[ShortListQuery, Query()]) -> Page[InvitationView]:
    """Invitations nobody answered yet, newest first."""
    return Page[InvitationView].of(await open_invitations(uow), query)


@router.post("/users/invitations", status_code=201, dependencies=[PEOPLE])
async def send_invitation(
    uow: Uow, runtime: Installation, words: Words, body: InvitationCreate
) -> InvitationSent:
    """Invites somebody by e-mail; an earlier invitation to the same address stops working. API keys may not."""
    sent = await invite(
        uow, runtime, words, email=clean_email(body.email), role=body.role, group_id=body.group_id
    )
    return InvitationSent(id=sent.id, email=sent.email, expires_at=sent.expires_at)


@router.delete("/users/invitations/{invitation_id}", status_code=204, dependencies=[EDIT])
async def withdraw_invitation(invitation_id: UUID, uow: Uow) -> None:
    """Takes an invitation back: its link stops working."""
    await cancel_invitation(uow, invitation_id)


@router.get("/users/{user_id}", dependencies=[VIEW])
async def person(user_id: UUID, uow: ReadUow) -> PersonView:
    """One person of the team."""
    return await person_view(uow, user_id)


@router.patch("/users/{user_id}", dependencies=[EDIT])
async def patch_person(user_id: UUID, uow: Uow, body: PersonPatch) -> PersonView:
    """Changes a person. Deactivating ends their sessions at once; the last active owner stays. An API key may change the
    name and the number of sign-ins and deactivate; role, group and coming back are for people (403 people_only)."""
    changes = body.changes()
    if "name" in changes:
        changes["name"] = clean_name(changes["name"])
    await change_person(uow, user_id, changes, version=body.version)
    return await person_view(uow, user_id)


@router.delete("/users/{user_id}", status_code=204, dependencies=[EDIT])
async def deactivate_person(user_id: UUID, uow: Uow) -> None:
    """Lets somebody go: they cannot sign in any more, what they did stays under their name."""
    await change_person(uow, user_id, {"is_active": False})


@router.get("/users/{user_id}/sessions", dependencies=[VIEW])
async def sessions_of_person(
    user_id: UUID, uow: ReadUow, page: Annotated[PageQuery, Query()]
) -> Page[SessionView]:
    """Live sign-ins of one person."""
    await person_view(uow, user_id)
    return await list_sessions(uow, page, user_id)


@router.delete("/users/{user_id}/sessions", dependencies=[PEOPLE])
async def end_sessions_of_person(user_id: UUID, uow: Uow) -> Revoked:
    """Ends every sign-in of one person."""
    await check_may_end(uow, user_id)
    return Revoked(revoked=await revoke_sessions_of(uow, user_id, "revoked_by_team"))


@router.get("/sessions", dependencies=[VIEW])
async def sessions(
    uow: ReadUow, page: Annotated[PageQuery, Query()], user_id: UUID | None = None
) -> Page[SessionView]:
    """Live sign-ins of the whole team, newest first."""
    return await list_sessions(uow, page, user_id)


@router.delete("/sessions/{session_id}", status_code=204, dependencies=[PEOPLE])
async def end_session(session_id: UUID, uow: Uow) -> None:
    """Ends one sign-in of anybody of the team."""
    await check_may_end(uow, await owner_of_session(uow, session_id))
    await revoke_session(uow, session_id, "revoked_by_team")


@router.get("/permissions", dependencies=[VIEW])
async def permissions(who: CurrentCaller, runtime: Installation, words: Words) -> dict[str, list[AreaView]]:
    """Everything a group may be allowed, by area."""
    return {"items": permission_areas(runtime.modules, who.tenant, words)}


@router.get("/groups", dependencies=[VIEW])
async def groups(uow: ReadUow, page: Annotated[PageQuery, Query()]) -> Page[GroupView]:
    """Groups by name."""
    found = await list_groups(uow)
    part = found[page.offset : page.offset + page.limit]
    return Page(items=part, total=len(found), limit=page.limit, offset=page.offset)


@router.post("/groups", status_code=201, dependencies=[NO_KEYS])
async def create_group(uow: Uow, runtime: Installation, body: GroupCreate) -> GroupView:
    """Makes a group. Only an owner may put into it what they do not hold themselves, in stores they see. API keys may
    not."""
    wanted = GroupInput(body.name, body.permissions, body.store_ids, body.is_active)
    return await group_view(uow, (await add_group(uow, wanted, runtime.permissions_in(uow.tenant))).id)


@router.get("/groups/{group_id}", dependencies=[VIEW])
async def group(group_id: UUID, uow: ReadUow) -> GroupView:
    """One group."""
    return await group_view(uow, group_id)


@router.patch("/groups/{group_id}", dependencies=[NO_KEYS])
async def patch_group(group_id: UUID, uow: Uow, runtime: Installation, body: GroupPatch) -> GroupView:
    """Changes a group; its people feel it with their next request. API keys may not."""
    await change_group(
        uow, group_id, body.changes(), runtime.permissions_in(uow.tenant), version=body.version
    )
    return await group_view(uow, group_id)


@router.delete("/groups/{group_id}", status_code=204, dependencies=[NO_KEYS])
async def remove_group(group_id: UUID, uow: Uow) -> None:
    """Deletes a group nobody is in; 409 group_in_use otherwise. API keys may not."""
    await delete_group(uow, group_id)


@router.get("/modules", dependencies=[VIEW])
async def modules(
    uow: ReadUow, runtime: Installation, words: Words, query: Annotated[ShortListQuery, Query()]
) -> ModulesView:
    """The plan, the parts of the product it includes, and the limits."""
    return await plan_and_modules(uow, runtime.modules, words, query)
