"""Asking a messenger who answers to the credentials of a business."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChannelAccess:
    """Whose account, and with which right. The token never shows in a repr.

    `account` is the id that the messenger gave it: of a telephone number at WhatsApp; Telegram needs none.
    """

    token: str = field(repr=False)
    account: str = ""


@dataclass(frozen=True, slots=True)
class ChannelIdentity:
    """Who answers, as customers see it. `number` is a telephone number or an @name; empty when there is none."""

    name: str
    number: str = ""


class Channel(Protocol):
    """One messenger. No error, log line or span of it carries a token, also where the token is part of the address."""

    name: str

    async def check(self, access: ChannelAccess) -> ChannelIdentity:
        """Who the credentials belong to; changes nothing there.

        Raises ProviderRejected: `channel_unauthorized` (the token holds no more, or never did), `channel_forbidden` (it
        may not do this), `channel_unknown` (no such account, for this token), `channel_refused` (anything else that
        will not change); ProviderUnavailable when nothing sensible came.
        """
        ...

    async def aclose(self) -> None:
        """Closes the connections."""
        ...
