"""API keys over HTTP. People make and revoke them; a key cannot make another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from balcao.kernel.db.paging import Page, ShortListQuery
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.api.schemas import CLEAN, PasswordAgain, Permissions, StoreIds, example
from balcao.modules.admin.api_keys import (
    ApiKeyView,
    KeyInput,
    MadeKey,
    grantable,
    list_keys,
    make_key,
    revoke_key,
)
from balcao.modules.admin.fresh_sign_in import require_fresh

router = APIRouter(prefix="/admin/api-keys", tags=["api keys"])
VIEW = Depends(Allow("admin.api_keys:view", people_only=True))
EDIT = Depends(Allow("admin.api_keys:edit", people_only=True))


class ApiKeyCreate(BaseModel):
    """A key for a program: what it may do, in which stores (none: all), and until when (left out: until revoked). The
    password once more is not needed within ten minutes of signing in."""

    model_config = example(
        name="Sistema de entregas",
        permissions=["store.orders:view"],
        store_ids=[],
        expires_at="2030-12-31T23:59:59-03:00",
        current_password="balcao-demo",  # noqa: S106 - the demo's own
    )
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=CLEAN)]
    permissions: Permissions
    store_ids: StoreIds = []
    expires_at: AwareDatetime | None = None
    current_password: PasswordAgain = None


class ApiKeyMade(BaseModel):
    """A fresh key. `key` is shown this once."""

    id: UUID
    key: str
    name: str
    last_four: str
    permissions: list[str]
    store_ids: list[UUID]
    expires_at: datetime | None


@router.get("", dependencies=[VIEW])
async def keys(uow: ReadUow, query: Annotated[ShortListQuery, Query()]) -> Page[ApiKeyView]:
    """The keys, live ones first. Their secrets are not kept."""
    return Page[ApiKeyView].of(await list_keys(uow), query)


@router.post("", status_code=201, dependencies=[EDIT])
async def create_key(
    works: Works, runtime: Installation, response: Response, body: ApiKeyCreate
) -> ApiKeyMade:
    """Makes a key and shows it this once. 403 beyond_own_rights for more than one holds oneself, 403
    fresh_sign_in_required without the password ten minutes after signing in."""
    await require_fresh(runtime, works.tenant, works.actor, body.current_password)
    wanted = KeyInput(body.name, body.permissions, body.store_ids, body.expires_at)

    async def make(uow: UnitOfWork) -> tuple[MadeKey, ApiKeyView]:
        made = await make_key(uow, wanted, grantable(runtime.modules, uow.tenant))
        return made, (await list_keys(uow, made.id))[0]

    made, view = await works.run(make)
    response.headers["cache-control"] = "no-store"
    shown = view.model_dump(include=set(ApiKeyMade.model_fields))
    return ApiKeyMade(key=made.key, **shown)


@router.delete("/{key_id}", status_code=204, dependencies=[EDIT])
async def end_key(key_id: UUID, uow: Uow) -> None:
    """Revokes a key: it stops working at once, everywhere."""
    await revoke_key(uow, key_id)
