"""What the business is as a whole: its name, colour and clock."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from balcao.kernel.tenant_settings import accent_contrast, update_appearance
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Installation

router = APIRouter(prefix="/admin/config", tags=["settings"])


class ContrastView(BaseModel):
    """Contrast of the accent on the light and on the dark page, 1 to 21."""

    light: float
    dark: float


class ConfigView(BaseModel):
    """The business."""

    id: UUID
    slug: str
    name: str
    accent: str | None
    accent_contrast: ContrastView | None
    timezone: str
    locale: str
    users_limit: int
    stores_limit: int | None
    modules: list[str]


class ConfigPatch(BaseModel):
    """What changes. A null accent brings the house colour back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "Padaria Três Marias", "accent": "#b5442e", "timezone": "America/Sao_Paulo"}
            ]
        },
    )
    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    accent: str | None = None
    timezone: str | None = None

    def given(self) -> dict[str, Any]:
        """What was sent; only the accent can be emptied."""
        sent = self.model_dump(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name == "accent"}


def _view(tenant: Tenant, **changed: Any) -> ConfigView:
    accent = changed.get("accent", tenant.accent)
    contrast = accent_contrast(accent) if accent else None
    return ConfigView(
        id=tenant.id,
        slug=tenant.slug,
        name=changed.get("name", tenant.name),
        accent=accent,
        accent_contrast=ContrastView(light=contrast.light, dark=contrast.dark) if contrast else None,
        timezone=changed.get("timezone", tenant.timezone),
        locale=tenant.locale,
        users_limit=tenant.users_limit,
        stores_limit=tenant.stores_limit,
        modules=sorted(tenant.modules),
    )


@router.get("", dependencies=[Depends(Allow("store.stores:view"))])
async def read_config(who: CurrentCaller) -> ConfigView:
    """The business as it is."""
    return _view(who.tenant)


@router.patch("", dependencies=[Depends(Allow("store.stores:edit", every_store=True))])
async def change_config(who: CurrentCaller, runtime: Installation, body: ConfigPatch) -> ConfigView:
    """Change name, colour or clock."""
    row = await update_appearance(
        runtime.database, runtime.bulletin, who.tenant.id, body.given(), actor=who.actor
    )
    return _view(who.tenant, name=row.name, accent=row.accent, timezone=row.timezone)
