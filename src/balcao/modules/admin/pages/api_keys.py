"""API keys in the panel: the list, a new one, its text shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow, Words, Works
from balcao.kernel.web.templates import panel_context
from balcao.modules.admin.api_keys import KeyInput, MadeKey, grantable, list_keys, make_key, revoke_key
from balcao.modules.admin.fresh_sign_in import is_fresh, require_fresh
from balcao.modules.admin.pages.forms import answer, field_of, go, secret_of
from balcao.modules.admin.pages.password_again import status_of, told
from balcao.modules.admin.team_queries import permission_areas, permission_labels
from balcao.modules.store.public import store_names

router = APIRouter()
VIEW = Depends(Allow("admin.api_keys:view", people_only=True))
EDIT = Depends(Allow("admin.api_keys:edit", people_only=True))
HERE = "/painel/chaves"
LIVES: Final = (("", "Until I revoke it"), ("30", "30 days"), ("90", "90 days"), ("365", "One year"))
BLANK: Final[dict[str, Any]] = {"name": "", "permissions": [], "store_ids": [], "days": "365"}
STATES: Final = {"live": ("In use", "done"), "expired": ("Expired", "waits"), "revoked": ("Revoked", "stop")}


@router.get(HERE, dependencies=[VIEW])
async def keys_page(request: Request, uow: ReadUow, runtime: Installation, words: Words) -> Response:
    """Every key with what it may do and when it was used."""
    return answer(
        request, "admin/api_keys.html", **panel_context(request, uow.tenant, uow.actor), keys=await list_keys(uow),
        states=STATES, shop_stores=dict(await store_names(uow)), labels=permission_labels(runtime.modules, words),
    )  # fmt: skip


def _typed(form: FormData) -> dict[str, Any]:
    stores: list[UUID] = []
    for value in form.getlist("store_ids")[:200]:
        try:
            stores.append(UUID(str(value)))
        except ValueError:
            raise NotFoundError from None
    return {
        "name": field_of(form, "name", 80),
        "permissions": [str(value)[:80] for value in form.getlist("permissions")[:200]],
        "store_ids": stores,
        "days": field_of(form, "days", 4),
    }


async def _new_page(
    request: Request,
    works: Works,
    words: Any,
    values: dict[str, Any],
    *,
    error: DomainError | None = None,
    made: MadeKey | None = None,
) -> Response:
    async with works.runtime.transactions.begin(works.tenant, works.actor, read_only=True) as uow:
        stores = await store_names(uow)
    response = answer(
        request, "admin/api_key.html", status=status_of(error),
        **panel_context(request, works.tenant, works.actor), values=values, shop_stores=stores, **told(words, error),
        areas=permission_areas(works.runtime.modules, works.tenant, words), made=made,
        is_fresh=is_fresh(works.actor, works.runtime.clock()),
        lives=[(value, words(label)) for value, label in LIVES],
        example=f"curl -H 'X-Api-Key: {made.key}' {works.runtime.settings.api_base_url}/api/v1/auth/me" if made else "",
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    if error is not None:
        response.headers.update(error.headers)
    return response


@router.get(f"{HERE}/nova", dependencies=[EDIT])
async def new_key_page(request: Request, works: Works, words: Words) -> Response:
    """An empty form."""
    return await _new_page(request, works, words, BLANK)


@router.post(f"{HERE}/nova", dependencies=[EDIT])
async def new_key_form(request: Request, works: Works, words: Words) -> Response:
    """Makes a key and shows it this once."""
    form = await request.form()
    values, password = _typed(form), secret_of(form, "current_password")
    try:
        if values["days"] not in {value for value, _ in LIVES}:
            raise ValidationFailedError.at("/days", "Choose one of the list.")
        days = int(values["days"]) if values["days"] else None
        ends = works.runtime.clock() + timedelta(days=days) if days else None
        wanted = KeyInput(values["name"], values["permissions"], values["store_ids"], ends)
        allowed = grantable(works.runtime.modules, works.tenant)
        await require_fresh(works.runtime, works.tenant, works.actor, password)
        made = await works.run(lambda uow: make_key(uow, wanted, allowed))
    except DomainError as error:
        return await _new_page(request, works, words, values, error=error)
    return await _new_page(request, works, words, values, made=made)


@router.post(f"{HERE}/{{key_id}}/revogar", dependencies=[EDIT])
async def revoke_form(request: Request, uow: Uow, key_id: UUID) -> Response:
    """Revokes a key."""
    await revoke_key(uow, key_id)
    return go(request, HERE, "key_revoked")
