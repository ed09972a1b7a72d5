"""Webhooks over HTTP, straight to the address that was checked: a name is resolved once, and what it said is what is called."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.webhooks import EXCERPT_LENGTH, TIMEOUT_SECONDS, OutgoingWebhook, WebhookAnswer
from balcao.providers.webhooks.addresses import Network, may_be_told

if TYPE_CHECKING:
    import httpx

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
_EXCERPT_BYTES: Final = EXCERPT_LENGTH * 4
_AGENT: Final = "Balcao-Webhooks/1"


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class DirectWebhooks:
    """Sends to public addresses, over https unless `plain_http`; `networks` are private ones allowed as well."""

    name = "direct"

    def __init__(
        self,
        *,
        plain_http: bool = False,
        networks: Sequence[Network] = (),
        timeout_seconds: float = TIMEOUT_SECONDS,
        resolver: Resolver = resolved,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._schemes = {"https", "http"} if plain_http else {"https"}
        self._networks = tuple(networks)
        self._timeout_seconds = timeout_seconds
        self._resolver = resolver
        self._tls = tls

    async def send(self, message: OutgoingWebhook) -> WebhookAnswer:
        """One POST. Raises ProviderRejected or ProviderUnavailable (see the port)."""
        import httpx  # a tenth of a second that only those pay who send something

        try:
            # httpx limits each step; a server that trickles bytes would outlast them all.
            async with asyncio.timeout(self._timeout_seconds):
                address = await self._address_of(message.url)
                return await self._exchange(message, address)
        except (TimeoutError, httpx.TimeoutException):
            raise ProviderUnavailable("timeout") from None
        except httpx.ConnectError as error:
            raise ProviderUnavailable("tls" if _is_of_tls(error) else "refused") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise ProviderUnavailable("broken") from None

    async def _address_of(self, url: str) -> str:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise ProviderRejected("webhook_address", "malformed") from None
        if parts.scheme not in self._schemes or not host:
            raise ProviderRejected("webhook_address", "scheme")
        try:
            addresses = await self._resolver(host, port)
        except (OSError, UnicodeError):
            raise ProviderUnavailable("name_unknown") from None
        # One private address among public ones is how a name is made to point inwards: none of them is called.
        if not addresses or not all(may_be_told(address, self._networks) for address in addresses):
            raise ProviderRejected("webhook_address", "private network")
        return addresses[0]

    async def _exchange(self, message: OutgoingWebhook, address: str) -> WebhookAnswer:
        import httpx

        url = httpx.URL(message.url)
        headers = {
            "accept-encoding": "identity",
            "user-agent": _AGENT,
            **message.headers,
            "host": url.netloc.decode("ascii"),
        }
        # The connection goes to the address that was looked at; name and certificate stay those of the host.
        pinned = url.copy_with(host=address.partition("%")[0])
        async with httpx.AsyncClient(
            verify=self._context(), trust_env=False, follow_redirects=False, timeout=self._timeout_seconds
        ) as client:
            request = client.build_request(
                "POST", pinned, content=message.body, headers=headers,
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )  # fmt: skip
            response = await client.send(request, stream=True)
            try:
                return WebhookAnswer(response.status_code, await _beginning(response))
            finally:
                await response.aclose()

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


async def _beginning(response: httpx.Response) -> str:
    """The first words of an answer as text. The status has been heard: what happens to the rest changes nothing."""
    import httpx

    raw = bytearray()
    try:
        async with asyncio.timeout(1.0):
            async for chunk in response.aiter_raw():
                raw += chunk
                if len(raw) >= _EXCERPT_BYTES:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass
    text = bytes(raw[:_EXCERPT_BYTES]).decode("utf-8", "replace")
    return "".join(mark if mark.isprintable() else " " for mark in text)[:EXCERPT_LENGTH].strip()


def _is_of_tls(error: BaseException) -> bool:
    """Whether a failed connection was about its certificate or cipher."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
