"""Messaging credentials of a business over HTTP. They go in and never come out: answers carry masks."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from balcao.kernel.db.paging import Page, ShortListQuery
from balcao.kernel.web.dependencies import AllowPlatform
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.api.schemas import Version, example
from balcao.modules.admin.central_channels import channels_of, delete_channel, put_channel, try_channel
from balcao.modules.messaging.public import Channel, ChannelView

router = APIRouter(prefix="/admin/central/tenants/{tenant_id}/messaging-credentials", tags=["central"])
VIEW = Depends(AllowPlatform("admin.central:view"))
EDIT = Depends(AllowPlatform("admin.central:edit"))
Text = Annotated[str, Field(max_length=2000)]
Secret = Annotated[Text | None, Field(repr=False)]
BOT_TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"  # noqa: S105 - the one of Telegram's own pages


class ChannelBody(BaseModel):
    """The credentials of one channel; the fields of the other are not sent, or null.

    WhatsApp needs `phone_number_id` and `access_token`, Telegram `bot_token`. Of a secret, its mask as it was read means:
    keep. A field left out stays as it is, null or an empty text takes it out. An exchanged `app_secret` or `verify_token`
    holds for 24 hours more. `version` is the one that was read; another one stored meanwhile is a conflict.
    """

    model_config = example(
        phone_number_id="106540352242922", waba_id="102290129340398", access_token="EAAG0123456789abcdefghij",  # noqa: S106
        app_secret="0f1e2d3c4b5a69788796a5b4c3d2e1f0", verify_token="uma-palavra-so-nossa",  # noqa: S106
    )  # fmt: skip
    phone_number_id: Text | None = None
    waba_id: Text | None = None
    access_token: Secret = None
    app_secret: Secret = None
    verify_token: Secret = None
    bot_token: Annotated[Secret, Field(examples=[BOT_TOKEN])] = None
    chat_id: Annotated[Text | None, Field(examples=["-1001234567890"])] = None
    version: Version | None = None

    def sent(self) -> dict[str, Any]:
        """The fields that came, the version apart."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


@router.get("", dependencies=[VIEW])
async def channels(
    central: CentralWork, tenant_id: UUID, query: Annotated[ShortListQuery, Query()]
) -> Page[ChannelView]:
    """The channels of a business that have credentials, with masks in the place of secrets."""
    return Page[ChannelView].of(await channels_of(central, tenant_id), query)


@router.put("/{channel}", dependencies=[EDIT])
async def save(central: CentralWork, tenant_id: UUID, channel: Channel, body: ChannelBody) -> ChannelView:
    """Enters or changes the credentials of a channel. Nothing of a secret is answered but its mask."""
    return await put_channel(central, tenant_id, channel, body.sent(), body.version)


@router.delete("/{channel}", status_code=204, dependencies=[EDIT])
async def remove(central: CentralWork, tenant_id: UUID, channel: Channel) -> Response:
    """Forgets the credentials of a channel. At the provider they hold until they are revoked there."""
    await delete_channel(central, tenant_id, channel)
    return Response(status_code=204)


@router.post("/{channel}/check", dependencies=[EDIT])
async def check(central: CentralWork, tenant_id: UUID, channel: Channel) -> ChannelView:
    """Asks WhatsApp or Telegram who answers to the stored credentials; `check_outcome` tells how that went.

    `unauthorized`: the token does not hold; `forbidden`: it may not do this; `unknown`: no such number for it; `refused`:
    another refusal; `unavailable`: no sensible answer, try again; `lost`: a secret cannot be read any more, enter it anew.
    """
    return await try_channel(central, tenant_id, channel)
