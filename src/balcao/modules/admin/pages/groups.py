"""Groups in the panel: a name, a grid of permissions, the stores they hold for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation, ReadUow, Words, Works
from balcao.kernel.web.templates import panel_context
from balcao.kernel.web.tenant_of_request import Caller
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.groups import GroupInput, add_group, change_group, delete_group, get_group
from balcao.modules.admin.pages.forms import answer, errors_of, field_of, go
from balcao.modules.admin.pages.team import EDIT, team_tabs
from balcao.modules.admin.team_queries import group_view, list_groups, permission_areas
from balcao.modules.store.public import store_names

router = APIRouter()
VIEW = Depends(Allow("admin.team:view"))
HERE = "/painel/equipe/grupos"
BLANK: dict[str, Any] = {"name": "", "permissions": [], "store_ids": [], "is_active": True, "version": ""}


@router.get(HERE, dependencies=[VIEW])
async def groups_page(request: Request, uow: ReadUow, words: Words) -> Response:
    """Every group with how many people are in it."""
    return answer(
        request, "admin/groups.html", **panel_context(request, uow.tenant, uow.actor),
        tabs=team_tabs(words, "groups"), groups=await list_groups(uow), shop_stores=dict(await store_names(uow)),
    )  # fmt: skip


def _wanted(form: FormData) -> dict[str, Any]:
    stores: list[UUID] = []
    for value in form.getlist("store_ids")[:200]:
        try:
            stores.append(UUID(str(value)))
        except ValueError:
            raise NotFoundError from None
    return {
        "name": field_of(form, "name", 120),
        "permissions": [str(value)[:80] for value in form.getlist("permissions")[:200]],
        "store_ids": stores,
        "is_active": bool(field_of(form, "is_active", 5)),
        "version": field_of(form, "version", 12),
    }


async def _group_page(
    request: Request, runtime: Runtime, who: Caller, words: Any, values: dict[str, Any],
    *, group_id: UUID | None = None, error: DomainError | None = None,
) -> Response:  # fmt: skip
    errors, problem = errors_of(words, error) if error is not None else ({}, "")
    async with runtime.transactions.begin(who.tenant, who.actor, read_only=True) as uow:
        group = await group_view(uow, group_id) if group_id else None
        stores = await store_names(uow)
    return answer(
        request, "admin/group.html", status=422 if error is not None else 200,
        **panel_context(request, who.tenant, who.actor), group=group, values=values, shop_stores=stores,
        areas=permission_areas(runtime.modules, who.tenant, words), errors=errors, problem=problem,
    )  # fmt: skip


@router.get(f"{HERE}/novo", dependencies=[EDIT])
async def new_group_page(
    request: Request, runtime: Installation, who: CurrentCaller, words: Words
) -> Response:
    """An empty group form."""
    return await _group_page(request, runtime, who, words, BLANK)


@router.post(f"{HERE}/novo", dependencies=[EDIT])
async def new_group_form(
    request: Request, runtime: Installation, who: CurrentCaller, works: Works, words: Words
) -> Response:
    """Makes a group."""
    values = _wanted(await request.form())
    wanted = GroupInput(values["name"], values["permissions"], values["store_ids"], values["is_active"])
    try:
        await works.run(lambda uow: add_group(uow, wanted, runtime.permissions_in(uow.tenant)))
    except DomainError as error:
        return await _group_page(request, runtime, who, words, values, error=error)
    return go(request, HERE, "saved")


@router.get(f"{HERE}/{{group_id}}", dependencies=[VIEW])
async def group_page(
    request: Request, runtime: Installation, who: CurrentCaller, words: Words, uow: ReadUow, group_id: UUID
) -> Response:
    """One group."""
    group = await group_view(uow, group_id)
    values = {name: getattr(group, name) for name in BLANK}
    return await _group_page(request, runtime, who, words, values, group_id=group_id)


@router.post(f"{HERE}/{{group_id}}", dependencies=[EDIT])
async def group_form(
    request: Request, runtime: Installation, who: CurrentCaller, works: Works, words: Words, group_id: UUID
) -> Response:
    """Saves one group. Boxes the person may not tick come disabled and keep their state."""
    values = _wanted(await request.form())

    async def save(uow: UnitOfWork) -> None:
        group = await get_group(uow, group_id)
        known = runtime.permissions_in(uow.tenant)
        kept = [code for code in group.permissions if code in known and not uow.actor.can(code)]
        changes = {key: values[key] for key in ("name", "store_ids", "is_active")}
        changes["permissions"] = [*values["permissions"], *kept]
        version = int(values["version"]) if values["version"].isdecimal() else None
        await change_group(uow, group_id, changes, known, version=version)

    try:
        await works.run(save)
    except NotFoundError:
        raise
    except DomainError as error:
        return await _group_page(request, runtime, who, words, values, group_id=group_id, error=error)
    return go(request, HERE, "saved")


@router.post(f"{HERE}/{{group_id}}/excluir", dependencies=[EDIT])
async def delete_form(
    request: Request, runtime: Installation, who: CurrentCaller, works: Works, words: Words, group_id: UUID
) -> Response:
    """Deletes a group nobody is in."""
    try:
        await works.run(lambda uow: delete_group(uow, group_id))
    except NotFoundError:
        raise
    except DomainError as error:
        async with runtime.transactions.begin(who.tenant, who.actor, read_only=True) as uow:
            group = await group_view(uow, group_id)
        values = {name: getattr(group, name) for name in BLANK}
        return await _group_page(request, runtime, who, words, values, group_id=group_id, error=error)
    return go(request, HERE, "group_deleted")
