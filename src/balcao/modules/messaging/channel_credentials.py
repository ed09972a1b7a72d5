"""How a business is known at WhatsApp and Telegram: entered once, sealed, and never shown again but for an ending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import structlog
from pydantic import BaseModel, Field
from sqlalchemy import select, update

from balcao.kernel.errors import NotFoundError, ValidationFailedError, VersionConflictError
from balcao.kernel.ids import new_id
from balcao.kernel.tenant_secrets import SealingKeys, SecretLostError, is_sealed_anew, seal, unseal
from balcao.kernel.work import UnitOfWork
from balcao.modules.messaging.channel_rules import (
    BOTH_SECRETS,
    CHANNELS,
    CHECKED_FIELDS,
    RULES,
    Channel,
    ending,
    mask,
    purpose,
    wanted_change,
)
from balcao.modules.messaging.models import ChannelCredential

CheckOutcome = Literal["", "ok", "unauthorized", "forbidden", "unknown", "refused", "unavailable", "lost"]
Masked = Field(
    description="Four dots and the last four characters. Sent back as it is, the stored text stays."
)
# Which columns keep the one before, of secrets that others prove themselves with: they may know the new one later.
_FORMER: Final = {
    "app_secret": ("former_app_secret", "former_app_until"),
    "verify_token": ("former_verify_token", "former_verify_until"),
}
log = structlog.get_logger("balcao.messaging")


class ChannelView(BaseModel):
    """The credentials of a channel as they may be shown. Null stands for a field that is empty or another channel's.

    `check_outcome` tells what the provider said at `checked_at`; it is empty until it was asked about these credentials.
    """

    channel: Channel
    phone_number_id: str | None
    waba_id: str | None
    access_token: str | None = Masked
    app_secret: str | None = Masked
    verify_token: str | None = Masked
    bot_token: str | None = Masked
    chat_id: str | None
    former_app_secret_until: datetime | None
    former_verify_token_until: datetime | None
    checked_at: datetime | None
    check_outcome: CheckOutcome
    shown_name: str
    shown_number: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True, repr=False)
class ChannelCredentials:
    """The credentials of a channel in the clear, for whoever sends or receives. They have no repr.

    What a webhook brings is proved with any of `app_secrets` or `verify_tokens`: the present one, then the one it had
    until less than 24 hours ago. Both are empty when the business cannot receive.
    """

    channel: Channel
    version: int
    phone_number_id: str = ""
    waba_id: str = ""
    access_token: str = ""
    app_secret: str = ""
    verify_token: str = ""
    bot_token: str = ""
    chat_id: str = ""
    former_app_secrets: tuple[str, ...] = ()
    former_verify_tokens: tuple[str, ...] = ()

    @property
    def app_secrets(self) -> tuple[str, ...]:
        """Every app secret that a signature may be made with, the present one first."""
        return ((self.app_secret,) if self.app_secret else ()) + self.former_app_secrets

    @property
    def verify_tokens(self) -> tuple[str, ...]:
        """Every verify token that is accepted, the present one first."""
        return ((self.verify_token,) if self.verify_token else ()) + self.former_verify_tokens


async def list_channels(uow: UnitOfWork) -> list[ChannelView]:
    """The channels of the business that have credentials."""
    query = select(ChannelCredential).where(ChannelCredential.tenant_id == uow.tenant_id)
    found = {row.channel: row for row in (await uow.session.execute(query)).scalars()}
    return [view_of(found[channel], uow.now()) for channel in CHANNELS if channel in found]


async def find_channel(uow: UnitOfWork, channel: Channel, *, lock: bool = False) -> ChannelCredential | None:
    """The stored row, or None. `lock` holds it to the end of the transaction and reads it afresh."""
    query = select(ChannelCredential).where(
        ChannelCredential.tenant_id == uow.tenant_id, ChannelCredential.channel == channel
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await uow.session.execute(query)).scalar_one_or_none()


def view_of(row: ChannelCredential, now: datetime) -> ChannelView:
    """A stored row as it may be shown."""
    shown = _shown(row)
    fields = {name: shown.get(name) for rules in RULES.values() for name in rules}
    return ChannelView.model_validate(
        {
            **fields, "channel": row.channel, "former_app_secret_until": _still(row.former_app_until, now),
            "former_verify_token_until": _still(row.former_verify_until, now), "checked_at": row.checked_at,
            "check_outcome": row.check_outcome, "shown_name": row.shown_name, "shown_number": row.shown_number,
            "created_at": row.created_at, "updated_at": row.updated_at, "version": row.version,
        }
    )  # fmt: skip


def _still(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None


def _shown(row: ChannelCredential) -> dict[str, str]:
    """The fields that are filled, each as it is shown."""
    shown: dict[str, str] = {}
    for name, rule in RULES[_channel(row)].items():
        stored = getattr(row, name)
        if stored:
            shown[name] = mask(str(row.endings.get(name, ""))) if rule.is_secret else stored
    return shown


def _channel(row: ChannelCredential) -> Channel:
    return "whatsapp" if row.channel == "whatsapp" else "telegram"


async def save_channel(
    uow: UnitOfWork, keys: SealingKeys, channel: Channel, sent: Mapping[str, str | None], version: int | None
) -> ChannelView:
    """Enters or changes credentials by the rules of `wanted_change`. Nothing new changes nothing.

    Raises ValidationFailedError with a pointer per field, and VersionConflictError when `version` is given and is not
    the stored one's, or others entered the same channel first.
    """
    row = await find_channel(uow, channel, lock=True)
    if version is not None and (row is None or row.version != version):
        current = view_of(row, uow.now()).model_dump(mode="json") if row else None
        raise VersionConflictError(current=current)
    wanted = wanted_change(channel, sent, _shown(row) if row else {})
    if wanted.errors:
        raise ValidationFailedError(
            [{"pointer": f"/{name}", "message": message} for name, message in wanted.errors]
        )
    now = uow.now()
    is_new = row is None
    if row is None:
        row = ChannelCredential(
            tenant_id=uow.tenant_id, id=new_id(), channel=channel, endings={}, version=1,
            check_outcome="", created_at=now, updated_at=now,
        )  # fmt: skip
        for name, rule in RULES[channel].items():
            setattr(row, name, None if rule.is_secret else "")
    changed = {name for name, text in wanted.values.items() if _set(row, keys, name, text, now)}
    changed |= {name for name in wanted.removed if _empty(row, name)}
    if is_new:
        uow.session.add(row)
    elif changed:
        row.version, row.updated_at = row.version + 1, now
    if changed & CHECKED_FIELDS:
        row.checked_at, row.check_outcome, row.shown_name, row.shown_number = None, "", "", ""
    if not is_new:
        _seal_anew(row, keys)
    await uow.session.flush()
    return view_of(row, now)


def _set(row: ChannelCredential, keys: SealingKeys, name: str, text: str, now: datetime) -> bool:
    """Stores a field; whether it is another than before. A secret with a past leaves its predecessor standing."""
    channel = _channel(row)
    if not RULES[channel][name].is_secret:
        before = getattr(row, name)
        setattr(row, name, text)
        return before != text
    if _opened(row, keys, name) == text:
        return False
    if name in _FORMER and getattr(row, name) is not None:
        former, until = _FORMER[name]
        setattr(row, former, getattr(row, name))
        setattr(row, until, now + BOTH_SECRETS)
    setattr(row, name, seal(keys, row.tenant_id, purpose(channel, name), text))
    row.endings = {**row.endings, name: ending(text)}
    return True


def _empty(row: ChannelCredential, name: str) -> bool:
    """Takes a field out; whether there was anything. Of a secret nothing stays, its predecessor neither."""
    was_there = bool(getattr(row, name))
    if not RULES[_channel(row)][name].is_secret:
        setattr(row, name, "")
        return was_there
    setattr(row, name, None)
    row.endings = {field: text for field, text in row.endings.items() if field != name}
    for column in _FORMER.get(name, ()):
        setattr(row, column, None)
    return was_there


def _opened(row: ChannelCredential, keys: SealingKeys, name: str, column: str = "") -> str | None:
    """A secret in the clear; empty when there is none, None when no key of ours opens it."""
    sealed = getattr(row, column or name)
    if sealed is None:
        return ""
    try:
        return unseal(keys, row.tenant_id, purpose(_channel(row), name), sealed)
    except SecretLostError:
        return None


async def remove_channel(uow: UnitOfWork, channel: Channel) -> None:
    """Forgets the credentials of a channel, former secrets too. NotFoundError."""
    row = await find_channel(uow, channel, lock=True)
    if row is None:
        raise NotFoundError
    await uow.session.delete(row)


async def channel_credentials(
    uow: UnitOfWork, keys: SealingKeys, channel: Channel
) -> ChannelCredentials | None:
    """The credentials of a channel in the clear, or None when there are none that can be read.

    Texts sealed under a former AUTH_SECRET are sealed anew by the way, unless the transaction only reads.
    """
    row = await find_channel(uow, channel)
    if row is None:
        return None
    if not uow.read_only and _is_stale(row, keys):
        row = await find_channel(uow, channel, lock=True)
        if row is None:
            return None
        _seal_anew(row, keys)
    return opened_credentials(row, keys, uow.now())


def opened_credentials(row: ChannelCredential, keys: SealingKeys, now: datetime) -> ChannelCredentials | None:
    """A stored row in the clear; None when a secret of it opens with no key of ours: somebody must enter it again."""
    channel = _channel(row)
    values: dict[str, Any] = {}
    for name, rule in RULES[channel].items():
        values[name] = _opened(row, keys, name) if rule.is_secret else getattr(row, name)
    lost = [name for name, value in values.items() if value is None]
    if lost:
        log.warning("channel_secret_lost", tenant=str(row.tenant_id), channel=channel, fields=lost)
        return None
    formers: dict[str, tuple[str, ...]] = {}
    for name, (column, until) in _FORMER.items():
        is_held = _still(getattr(row, until), now) is not None
        former = _opened(row, keys, name, column) if is_held else ""
        formers[name] = (former,) if former else ()
    return ChannelCredentials(
        channel, row.version, **values,
        former_app_secrets=formers["app_secret"], former_verify_tokens=formers["verify_token"],
    )  # fmt: skip


def _secrets(row: ChannelCredential) -> list[tuple[str, str]]:
    """The columns that hold a sealed text, each with the field it is sealed for."""
    columns = [(name, name) for name, rule in RULES[_channel(row)].items() if rule.is_secret]
    columns += [(column, name) for name, (column, _) in _FORMER.items()]
    return [(column, name) for column, name in columns if getattr(row, column) is not None]


def _is_stale(row: ChannelCredential, keys: SealingKeys) -> bool:
    channel = _channel(row)
    return any(
        not is_sealed_anew(keys, row.tenant_id, purpose(channel, name), getattr(row, column))
        for column, name in _secrets(row)
    )


def _seal_anew(row: ChannelCredential, keys: SealingKeys) -> None:
    """Seals with the present key what a former one still opens. What none opens stays as it is."""
    for column, name in _secrets(row):
        bound = purpose(_channel(row), name)
        if is_sealed_anew(keys, row.tenant_id, bound, getattr(row, column)):
            continue
        text = _opened(row, keys, name, column)
        if text is not None:
            setattr(row, column, seal(keys, row.tenant_id, bound, text))


async def seal_channels_anew(uow: UnitOfWork, keys: SealingKeys) -> None:
    """Seals what a former AUTH_SECRET still opens with the present one, so that the former one may be taken away."""
    for channel in CHANNELS:
        row = await find_channel(uow, channel)
        if row is not None and _is_stale(row, keys):
            locked = await find_channel(uow, channel, lock=True)
            if locked is not None:
                _seal_anew(locked, keys)


async def forget_former(uow: UnitOfWork) -> None:
    """Drops the former secrets whose 24 hours are over."""
    row = ChannelCredential
    for secret, until in ((row.former_app_secret, row.former_app_until), (row.former_verify_token, row.former_verify_until)):  # fmt: skip
        await uow.session.execute(
            update(row)
            .where(row.tenant_id == uow.tenant_id, until <= uow.now())
            .values({secret: None, until: None})
            .execution_options(synchronize_session=False)
        )
