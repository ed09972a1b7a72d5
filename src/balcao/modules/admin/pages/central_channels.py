"""The forms of a business's messaging credentials. A secret that is left open stays; nothing typed into one comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.web.dependencies import AllowPlatform, CurrentCaller, Words
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.central_channels import delete_channel, put_channel, try_channel
from balcao.modules.admin.pages.central_forms import tried
from balcao.modules.admin.pages.central_tenant import ONE, place_of, tenant_page
from balcao.modules.admin.pages.forms import field_of, go
from balcao.modules.messaging.public import Channel

router = APIRouter()
EDIT = Depends(AllowPlatform("admin.central:edit"))
PLAIN: Final[dict[Channel, tuple[str, ...]]] = {
    "whatsapp": ("phone_number_id", "waba_id"),
    "telegram": ("chat_id",),
}
SECRET: Final[dict[Channel, tuple[str, ...]]] = {
    "whatsapp": ("access_token", "app_secret", "verify_token"),
    "telegram": ("bot_token",),
}
LONGEST: Final = 2000


def _whole(form: FormData, name: str) -> str:
    value = form.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""


def _sent(form: FormData, channel: Channel) -> dict[str, str | None]:
    """The form as a change: plain fields as they stand, secrets that were typed, and those ticked to be taken out."""
    sent: dict[str, str | None] = {name: _whole(form, name) for name in PLAIN[channel]}
    for name in SECRET[channel]:
        if text := _whole(form, name):
            sent[name] = text
        elif field_of(form, f"remove_{name}", 1):
            sent[name] = None
    return sent


@router.post(f"{ONE}/mensagens/{{channel}}", dependencies=[EDIT])
async def save_form(
    request: Request, who: CurrentCaller, words: Words, central: CentralWork, tenant_id: UUID, channel: Channel
) -> Response:  # fmt: skip
    """Enters or changes the credentials of a channel."""
    form = await request.form()
    version = field_of(form, "version", 10)
    typed = {name: field_of(form, name, LONGEST) for name in PLAIN[channel]}

    async def save() -> None:
        known = int(version) if version.isascii() and version.isdigit() else None
        await put_channel(central, tenant_id, channel, _sent(form, channel), known)

    return await tried(
        save,
        lambda error: tenant_page(
            request, who, words, central, tenant_id, "mensagens", typed=typed, error=error
        ),
        lambda: go(request, f"{place_of(tenant_id)}/mensagens", "saved"),
    )


def _act(
    verb: Callable[[CentralWork, UUID, Channel], Awaitable[object]], flash: str, said: str
) -> Callable[..., Awaitable[Response]]:
    async def act(
        request: Request, who: CurrentCaller, words: Words, central: CentralWork, tenant_id: UUID, channel: Channel
    ) -> Response:  # fmt: skip
        return await tried(
            lambda: verb(central, tenant_id, channel),
            lambda error: tenant_page(request, who, words, central, tenant_id, "mensagens", error=error),
            lambda: go(request, f"{place_of(tenant_id)}/mensagens", flash),
        )

    act.__doc__ = said
    return act


for _path, _verb, _flash, _said in (
    ("testar", try_channel, "channel_checked", "Asks the provider whether the credentials hold."),
    ("remover", delete_channel, "channel_removed", "Forgets the credentials of a channel."),
):
    router.add_api_route(
        f"{ONE}/mensagens/{{channel}}/{_path}", _act(_verb, _flash, _said), methods=["POST"],
        dependencies=[EDIT], response_model=None,
    )  # fmt: skip
