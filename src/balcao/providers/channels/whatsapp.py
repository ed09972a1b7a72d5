"""WhatsApp by Meta's Cloud API. Which version of it is spoken is a setting."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from balcao.ports.channels import ChannelAccess, ChannelIdentity
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.providers.channels.line import DEFAULT_TIMEOUT_SECONDS, Line, Reply, shown_text

_ID: Final = re.compile(r"[0-9]{1,32}")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{8,4096}")
# Graph API error codes: https://developers.facebook.com/docs/graph-api/guides/error-handling
_UNAUTHORIZED: Final = frozenset({0, 102, 190})
_FORBIDDEN: Final = frozenset({3, 10, *range(200, 300)})
_BUSY: Final = frozenset({1, 2, 4, 17, 32, 341, 613, 80007, 130429, 131000, 131016})
_NO_SUCH_OBJECT: Final = 100


class WhatsApp:
    """Asks the Graph API at `base_url`, such as https://graph.facebook.com, in `version`, such as v23.0."""

    name = "whatsapp"

    def __init__(
        self, base_url: str, *, version: str, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    ) -> None:
        self._line = Line(self.name, base_url, timeout_seconds=timeout_seconds)
        self._version = version

    async def check(self, access: ChannelAccess) -> ChannelIdentity:
        """The name customers see, and the telephone number. Raises as the port says."""
        if not _ID.fullmatch(access.account):
            raise ProviderRejected("channel_unknown", "the id is malformed")
        if not _TOKEN.fullmatch(access.token):
            raise ProviderRejected("channel_unauthorized", "the token is malformed")
        reply = await self._line.get(
            f"/{self._version}/{access.account}",
            token=access.token,
            query={"fields": "id,display_phone_number,verified_name"},
        )
        if reply.status != HTTPStatus.OK:
            raise _refusal(reply)
        number = shown_text(reply.document.get("display_phone_number"))
        if str(reply.document.get("id", "")) != access.account or not number:
            raise ProviderUnavailable("whatsapp answered another shape")
        return ChannelIdentity(shown_text(reply.document.get("verified_name")), number)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._line.aclose()


def _refusal(reply: Reply) -> Exception:
    """What a status and Meta's own code mean. The code says more: a bad token is 400 or 401, a missing number too."""
    found = reply.part("error").get("code")
    code = found if isinstance(found, int) else -1
    status = reply.status
    detail = f"{status}, code {code}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS or code in _BUSY:
        return ProviderUnavailable(f"whatsapp answered {detail}", retry_after=reply.retry_after)
    if status < HTTPStatus.BAD_REQUEST:
        return ProviderUnavailable(f"whatsapp answered {detail}")
    if code in _UNAUTHORIZED or (status == HTTPStatus.UNAUTHORIZED and code not in _FORBIDDEN):
        return ProviderRejected("channel_unauthorized", detail)
    if code in _FORBIDDEN or status == HTTPStatus.FORBIDDEN:
        return ProviderRejected("channel_forbidden", detail)
    if code == _NO_SUCH_OBJECT or status == HTTPStatus.NOT_FOUND:
        return ProviderRejected("channel_unknown", detail)
    return ProviderRejected("channel_refused", detail)
