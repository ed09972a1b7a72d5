"""The messaging credentials of a business, as central administration enters, tests and removes them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Work
from balcao.kernel.tenant_secrets import sealing_keys_of
from balcao.modules.admin.central_people import for_central, tenant_of
from balcao.modules.admin.central_work import Central
from balcao.modules.messaging.public import (
    Channel,
    ChannelView,
    check_channel,
    list_channels,
    remove_channel,
    save_channel,
)


async def _work(central: Central, tenant_id: UUID) -> Work:
    """Transactions of the business, on its trail in the name of the person of the platform. TenantUnknownError."""
    tenant = await tenant_of(central.runtime, tenant_id)
    actor = for_central(central.actor)
    return Work(central.runtime, tenant, actor, central.request_id, central.address)


async def channels_of(central: Central, tenant_id: UUID) -> list[ChannelView]:
    """The channels of a business that have credentials. TenantUnknownError."""
    tenant = await tenant_of(central.runtime, tenant_id)
    async with central.runtime.transactions.begin(tenant, read_only=True) as uow:
        return await list_channels(uow)


async def put_channel(
    central: Central, tenant_id: UUID, channel: Channel, sent: Mapping[str, str | None], version: int | None
) -> ChannelView:
    """Enters or changes credentials. ValidationFailedError, VersionConflictError, TenantUnknownError."""
    work = await _work(central, tenant_id)
    keys = sealing_keys_of(central.runtime.settings)
    saved = await work.run(lambda uow: save_channel(uow, keys, channel, sent, version))
    _say("channel_credentials_saved", central, work, channel)
    return saved


async def delete_channel(central: Central, tenant_id: UUID, channel: Channel) -> None:
    """Forgets the credentials of a channel. NotFoundError, TenantUnknownError."""
    work = await _work(central, tenant_id)
    await work.run(lambda uow: remove_channel(uow, channel))
    _say("channel_credentials_removed", central, work, channel)


async def try_channel(central: Central, tenant_id: UUID, channel: Channel) -> ChannelView:
    """Asks the provider whether the credentials hold. NotFoundError, VersionConflictError, TenantUnknownError."""
    return await check_channel(await _work(central, tenant_id), channel)


def _say(event: str, central: Central, work: Work, channel: Channel) -> None:
    security_log.info(event, tenant=work.tenant.slug, channel=channel, actor=central.actor.label)
