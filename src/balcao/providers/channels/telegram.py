"""Telegram by its Bot API. The token is part of the address there, so the address is told to nobody but the server."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from balcao.ports.channels import ChannelAccess, ChannelIdentity
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.providers.channels.line import DEFAULT_TIMEOUT_SECONDS, Line, Reply, seconds, shown_text

_TOKEN: Final = re.compile(r"([0-9]{1,20}):[A-Za-z0-9_-]{1,200}")


class Telegram:
    """Asks the Bot API at `base_url`, such as https://api.telegram.org."""

    name = "telegram"

    def __init__(self, base_url: str, *, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS) -> None:
        self._line = Line(self.name, base_url, timeout_seconds=timeout_seconds)

    async def check(self, access: ChannelAccess) -> ChannelIdentity:
        """The bot's name and its @name. Raises as the port says."""
        token = _TOKEN.fullmatch(access.token)
        if token is None:
            raise ProviderRejected("channel_unauthorized", "the token is malformed")
        reply = await self._line.post_in_secret("/getMe", f"/bot{access.token}/getMe")
        if reply.status != HTTPStatus.OK or reply.document.get("ok") is not True:
            raise _refusal(reply)
        bot = reply.part("result")
        name = shown_text(bot.get("first_name"))
        # The number before the colon is the bot's own: whoever answers for another is not Telegram.
        if str(bot.get("id", "")) != token[1] or not name:
            raise ProviderUnavailable("telegram answered another shape")
        username = shown_text(bot.get("username"))
        return ChannelIdentity(name, f"@{username}" if username else "")

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._line.aclose()


def _refusal(reply: Reply) -> Exception:
    """What a status means; a token that never was is 404 there, one that was revoked 401."""
    found = reply.document.get("error_code")
    status = found if reply.status == HTTPStatus.OK and isinstance(found, int) else reply.status
    wait = seconds(reply.part("parameters").get("retry_after")) or reply.retry_after
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return ProviderRejected("channel_unauthorized", f"answered {status}")
    if status == HTTPStatus.FORBIDDEN:
        return ProviderRejected("channel_forbidden", f"answered {status}")
    if status == HTTPStatus.BAD_REQUEST:
        return ProviderRejected("channel_refused", f"answered {status}")
    return ProviderUnavailable(f"telegram answered {status}", retry_after=wait)
