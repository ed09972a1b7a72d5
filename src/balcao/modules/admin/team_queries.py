"""The team as lists: people, groups, sessions, invitations, permissions, and what the plan includes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.brazil.addresses import fold
from balcao.kernel.db.paging import Page, PageQuery, ShortListQuery, like_prefix
from balcao.kernel.errors import NotFoundError
from balcao.kernel.identity.devices import device_label
from balcao.kernel.module import Module
from balcao.kernel.tenants import PLATFORM_TENANT, Tenant
from balcao.kernel.work import UnitOfWork


class PersonView(BaseModel):
    """Somebody of the team."""

    id: UUID
    email: str
    name: str
    role: str
    group_id: UUID | None
    group_name: str | None
    is_active: bool
    max_active_sessions: int
    active_sessions: int
    last_login_at: datetime | None
    created_at: datetime
    version: int


class InvitationView(BaseModel):
    """An invitation nobody has answered yet."""

    id: UUID
    email: str
    role: str
    group_id: UUID | None
    group_name: str | None
    created_at: datetime
    expires_at: datetime


class GroupView(BaseModel):
    """A group and how many people are in it. No store listed: every store."""

    id: UUID
    name: str
    permissions: list[str]
    store_ids: list[UUID]
    is_active: bool
    people: int
    created_at: datetime
    version: int


class SessionView(BaseModel):
    """A live sign-in. `device` is what the browser said, `device_label` the same for people."""

    id: UUID
    user_id: UUID
    user_name: str
    device: str
    device_label: str
    address: str
    created_at: datetime
    expires_at: datetime
    is_current: bool


class ModuleView(BaseModel):
    """A part of the product: in the plan, and switched on right now."""

    name: str
    title: str
    in_plan: bool
    is_on: bool


class PlanView(BaseModel):
    """What the business pays for."""

    slug: str
    name: str
    price_cents: int
    status: str


class ModulesView(Page[ModuleView]):
    """Plan, modules and limits with their use."""

    plan: PlanView | None
    users_limit: int
    users_active: int
    stores_limit: int | None


class PermissionView(BaseModel):
    """A permission with its words in the caller's language."""

    code: str
    label: str


class AreaView(BaseModel):
    """A part of a module and what may be allowed in it."""

    module: str
    module_title: str
    area: str
    area_title: str
    permissions: list[PermissionView]


_PEOPLE = """
from users u left join user_groups g on (g.tenant_id, g.id) = (u.tenant_id, u.group_id)
where u.tenant_id = :tenant and (cast(:id as uuid) is null or u.id = cast(:id as uuid))
  and (cast(:active as boolean) is null or u.is_active = cast(:active as boolean))
  and (:like = '' or lower(u.name) like :like or u.email like :like)
"""
_PERSON_COLUMNS = """
select u.id, u.email, u.name, u.role, u.group_id, g.name as group_name, u.is_active, u.max_active_sessions,
       u.last_login_at, u.created_at, u.version,
       (select count(*) from user_sessions s where (s.tenant_id, s.user_id) = (u.tenant_id, u.id)
          and s.revoked_at is null and s.expires_at > :now) as active_sessions, count(*) over () as total
"""
_LIST_PEOPLE = text(
    f"{_PERSON_COLUMNS} {_PEOPLE} order by not u.is_active, lower(u.name), u.id limit :limit offset :offset"
)
_COUNT_PEOPLE = text(f"select count(*) {_PEOPLE}")  # noqa: S608 - fixed texts


async def list_people(
    uow: UnitOfWork, page: PageQuery, *, q: str = "", active: bool | None = None, user_id: UUID | None = None
) -> Page[PersonView]:
    """People by name, those who left last."""
    needle = q.strip().lower()
    parameters: dict[str, Any] = {
        "tenant": uow.tenant_id, "now": uow.now(), "active": active, "like": like_prefix(needle) if needle else "",
        "id": str(user_id) if user_id else None,
    }  # fmt: skip
    slice_of = {"limit": page.limit, "offset": page.offset}
    rows = (await uow.session.execute(_LIST_PEOPLE, parameters | slice_of)).mappings().all()
    if rows:
        total = int(rows[0]["total"])
    else:
        total = (await uow.session.execute(_COUNT_PEOPLE, parameters)).scalar_one()
    return Page(
        items=[PersonView.model_validate(dict(row)) for row in rows],
        total=total,
        limit=page.limit,
        offset=page.offset,
    )


async def person_view(uow: UnitOfWork, user_id: UUID) -> PersonView:
    """One person of this team; NotFoundError for anybody else."""
    found = await list_people(uow, PageQuery(limit=1), user_id=user_id)
    if not found.items:
        raise NotFoundError
    return found.items[0]


_INVITATIONS = text("""
select i.id, i.email, coalesce(i.role, 'operator') as role, i.group_id, g.name as group_name, i.created_at, i.expires_at
from one_time_tokens i left join user_groups g on (g.tenant_id, g.id) = (i.tenant_id, i.group_id)
where i.tenant_id = :tenant and i.purpose = 'invitation' and i.used_at is null and i.expires_at > :now
order by i.created_at desc, i.id desc limit 100
""")


async def open_invitations(uow: UnitOfWork) -> list[InvitationView]:
    """Invitations that still work, newest first; at most a hundred."""
    rows = await uow.session.execute(_INVITATIONS, {"tenant": uow.tenant_id, "now": uow.now()})
    return [InvitationView.model_validate(dict(row)) for row in rows.mappings()]


_GROUPS = text("""
select g.id, g.name, g.permissions, g.store_ids, g.is_active, g.created_at, g.version,
       (select count(*) from users u where (u.tenant_id, u.group_id) = (g.tenant_id, g.id)) as people
from user_groups g
where g.tenant_id = :tenant and (cast(:id as uuid) is null or g.id = cast(:id as uuid))
order by lower(g.name), g.id
""")


async def list_groups(uow: UnitOfWork, group_id: UUID | None = None) -> list[GroupView]:
    """Every group by name, or the one asked for."""
    parameters = {"tenant": uow.tenant_id, "id": str(group_id) if group_id else None}
    rows = await uow.session.execute(_GROUPS, parameters)
    return [GroupView.model_validate(dict(row)) for row in rows.mappings()]


async def group_view(uow: UnitOfWork, group_id: UUID) -> GroupView:
    """One group of this business; NotFoundError for any other."""
    found = await list_groups(uow, group_id)
    if not found:
        raise NotFoundError
    return found[0]


_SESSIONS = text("""
select s.id, s.user_id, u.name as user_name, s.device, s.address, s.created_at, s.expires_at, count(*) over () as total
from user_sessions s join users u on (u.tenant_id, u.id) = (s.tenant_id, s.user_id)
where s.tenant_id = :tenant and s.revoked_at is null and s.expires_at > :now
  and (cast(:user as uuid) is null or s.user_id = cast(:user as uuid))
order by s.created_at desc, s.id desc limit :limit offset :offset
""")


async def list_sessions(uow: UnitOfWork, page: PageQuery, user_id: UUID | None = None) -> Page[SessionView]:
    """Live sign-ins, newest first, of one person or of the whole team."""
    parameters: dict[str, Any] = {
        "tenant": uow.tenant_id, "now": uow.now(), "user": str(user_id) if user_id else None,
        "limit": page.limit, "offset": page.offset,
    }  # fmt: skip
    rows = (await uow.session.execute(_SESSIONS, parameters)).mappings().all()
    items = [
        SessionView(
            **{key: row[key] for key in row if key != "total"},
            device_label=device_label(row["device"]),
            is_current=row["id"] == uow.actor.session_id,
        )
        for row in rows
    ]
    total = int(rows[0]["total"]) if rows else 0
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


_PLAN = text("""
select p.slug, p.name, p.price_cents, s.status from subscriptions s join plans p on p.id = s.plan_id
where s.tenant_id = :tenant
""")
_USE = text("select count(*) from users where tenant_id = :tenant and is_active")


async def plan_and_modules(
    uow: UnitOfWork, modules: Sequence[Module], words: Any, query: ShortListQuery | None = None
) -> ModulesView:
    """What the plan includes, what is switched on, and how much of the limits is used."""
    tenant = uow.tenant
    plan = (await uow.session.execute(_PLAN, {"tenant": tenant.id})).mappings().first()
    used = (await uow.session.execute(_USE, {"tenant": tenant.id})).scalar_one()
    items = [
        ModuleView(
            name=module.name,
            title=words(module.title),
            in_plan=not module.gated or module.name in tenant.subscribed,
            is_on=not module.gated or module.name in tenant.modules,
        )
        for module in modules
    ]
    return ModulesView.of(
        items,
        query,
        plan=PlanView.model_validate(dict(plan)) if plan else None,
        users_limit=tenant.users_limit,
        users_active=used,
        stores_limit=tenant.stores_limit,
    )


def permission_areas(modules: Sequence[Module], tenant: Tenant, words: Any) -> list[AreaView]:
    """Every permission of the parts the plan includes, by area, for the grid of a group."""
    areas: dict[str, AreaView] = {}
    for module in modules:
        if module.gated and module.name not in tenant.subscribed:
            continue
        titles = _area_titles(module)
        for permission in module.permissions:
            if permission.of_platform and tenant.slug != PLATFORM_TENANT:
                continue
            area = permission.code.partition(":")[0]
            if area not in areas:
                areas[area] = AreaView(
                    module=module.name,
                    module_title=words(module.title),
                    area=area,
                    area_title=words(
                        titles.get(area) or area.partition(".")[2].replace("_", " ").capitalize()
                    ),
                    permissions=[],
                )
            areas[area].permissions.append(
                PermissionView(code=permission.code, label=words(permission.label))
            )
    return sorted(areas.values(), key=lambda view: (fold(view.module_title), view.module))


# Areas without an entry in the menu whose code is no word of people.
_AREA_TITLES: Final = {"admin.onboarding": "First steps", "contacts.crm": "CRM"}


def _area_titles(module: Module) -> dict[str, str]:
    """An area is called like its entry in the menu; of two entries, like the later one."""
    ordered = sorted(module.nav, key=lambda item: item.position)
    return _AREA_TITLES | {
        item.permission.partition(":")[0]: item.label for item in ordered if item.permission
    }


def permission_labels(modules: Sequence[Module], words: Any) -> dict[str, str]:
    """What every permission is called, by its code."""
    return {each.code: words(each.label) for module in modules for each in module.permissions}
