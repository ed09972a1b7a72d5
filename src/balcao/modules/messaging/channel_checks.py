"""Asking a provider whether the credentials of a business hold, outside every transaction, and noting what it said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import structlog

from balcao.kernel.errors import NotFoundError, VersionConflictError
from balcao.kernel.runtime import Work
from balcao.kernel.tenant_secrets import sealing_keys_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.messaging.channel_credentials import (
    ChannelCredentials,
    ChannelView,
    CheckOutcome,
    channel_credentials,
    find_channel,
    view_of,
)
from balcao.modules.messaging.channel_rules import Channel
from balcao.ports.channels import Channel as Messenger
from balcao.ports.channels import ChannelAccess, ChannelIdentity
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

_REFUSED: Final[Mapping[str, CheckOutcome]] = {
    "channel_unauthorized": "unauthorized",
    "channel_forbidden": "forbidden",
    "channel_unknown": "unknown",
}
NAME_LENGTH: Final = 120
log = structlog.get_logger("balcao.messaging")


async def check_channel(work: Work, channel: Channel) -> ChannelView:
    """Asks the provider who answers to the stored credentials, and stores its answer. A refusal is an answer too.

    Raises NotFoundError without credentials, VersionConflictError when they were changed while it was asked.
    """
    keys = sealing_keys_of(work.runtime.settings)

    async def read(uow: UnitOfWork) -> tuple[int, ChannelCredentials | None]:
        row = await find_channel(uow, channel)
        if row is None:
            raise NotFoundError
        return row.version, await channel_credentials(uow, keys, channel)

    version, credentials = await work.run(read)
    messenger = work.runtime.providers.channels[channel]
    outcome, identity = await _asked(messenger, credentials)
    log.info("channel_checked", tenant=work.tenant.slug, channel=channel, outcome=outcome)
    return await work.run(lambda uow: _note(uow, channel, version, outcome, identity))


async def _asked(
    messenger: Messenger, credentials: ChannelCredentials | None
) -> tuple[CheckOutcome, ChannelIdentity | None]:
    if credentials is None:
        return "lost", None
    token = credentials.access_token or credentials.bot_token
    try:
        return "ok", await messenger.check(ChannelAccess(token, credentials.phone_number_id))
    except ProviderRejected as error:
        return cast("CheckOutcome", _REFUSED.get(error.code, "refused")), None
    except ProviderUnavailable:
        return "unavailable", None


async def _note(
    uow: UnitOfWork, channel: Channel, version: int, outcome: CheckOutcome, identity: ChannelIdentity | None
) -> ChannelView:
    row = await find_channel(uow, channel, lock=True)
    if row is None:
        raise NotFoundError
    if row.version != version:
        raise VersionConflictError(current=view_of(row, uow.now()).model_dump(mode="json"))
    row.checked_at, row.check_outcome = uow.now(), outcome
    if identity is not None:
        row.shown_name, row.shown_number = identity.name[:NAME_LENGTH], identity.number[:NAME_LENGTH]
    await uow.session.flush()
    return view_of(row, uow.now())
