"""API keys over HTTP. People make and revoke them; a key cannot make another."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, Field

from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow
from balcao.modules.admin.api.schemas import CLEAN, Permissions, StoreIds, example
from balcao.modules.admin.api_keys import ApiKeyView, KeyInput, grantable, list_keys, make_key, revoke_key

router = APIRouter(prefix="/admin/api-keys", tags=["api keys"])
VIEW = Depends(Allow("admin.api_keys:view", people_only=True))
EDIT = Depends(Allow("admin.api_keys:edit", people_only=True))


class ApiKeyCreate(BaseModel):
    """A key for a program: what it may do, in which stores (none: all), and until when (left out: until revoked)."""

    model_config = example(
        name="Sistema de entregas",
        permissions=["store.orders:view"],
        store_ids=[],
        expires_at="2030-12-31T23:59:59-03:00",
    )
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=CLEAN)]
    permissions: Permissions
    store_ids: StoreIds = []
    expires_at: AwareDatetime | None = None


class ApiKeyMade(BaseModel):
    """A fresh key. `key` is shown this once."""

    id: UUID
    key: str
    name: str
    last_four: str
    permissions: list[str]
    store_ids: list[UUID]
    expires_at: datetime | None


class ApiKeys(BaseModel):
    """The keys of the business."""

    items: list[ApiKeyView]


@router.get("", dependencies=[VIEW])
async def keys(uow: ReadUow) -> ApiKeys:
    """The keys, live ones first. Their secrets are not kept."""
    return ApiKeys(items=await list_keys(uow))


@router.post("", status_code=201, dependencies=[EDIT])
async def create_key(uow: Uow, runtime: Installation, response: Response, body: ApiKeyCreate) -> ApiKeyMade:
    """Makes a key and shows it this once. 403 beyond_own_rights for more than one holds oneself."""
    wanted = KeyInput(body.name, body.permissions, body.store_ids, body.expires_at)
    made = await make_key(uow, wanted, grantable(runtime.modules, uow.tenant))
    view = (await list_keys(uow, made.id))[0]
    response.headers["cache-control"] = "no-store"
    shown = view.model_dump(include=set(ApiKeyMade.model_fields))
    return ApiKeyMade(key=made.key, **shown)


@router.delete("/{key_id}", status_code=204, dependencies=[EDIT])
async def end_key(key_id: UUID, uow: Uow) -> None:
    """Revokes a key: it stops working at once, everywhere."""
    await revoke_key(uow, key_id)
