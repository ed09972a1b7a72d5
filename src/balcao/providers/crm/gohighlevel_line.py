"""The line to GoHighLevel: one request, one answer or the way in which none came."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from balcao.ports.crm import CrmVerdict
from balcao.ports.errors import ProviderRejected
from balcao.providers.crm.gohighlevel_answers import ID, Reply

if TYPE_CHECKING:
    import httpx

DEFAULT_TIMEOUT_SECONDS: Final = 20.0
LARGEST_ANSWER_BYTES: Final = 2_000_000
_TOKEN: Final = re.compile(r"[\x21-\x7e]{8,8192}")


class NoReplyError(Exception):
    """No answer came. `verdict` tells whether the request may have been carried out."""

    def __init__(self, verdict: CrmVerdict, kind: str) -> None:
        super().__init__(kind)
        self.verdict = verdict
        self.kind = kind


class Line:
    """Requests to one host within a total time limit. Redirects are not followed: the token stays with this host.

    Raises ValueError for an address that is neither https nor on this machine.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float, version: str = "") -> None:
        url = urlsplit(base_url)
        if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.hostname or "")):
            raise ValueError("the address of a CRM must begin with https://")
        self._base_url = base_url
        self._timeout_seconds = timeout_seconds
        self._version = version
        self._client: httpx.AsyncClient | None = None

    async def ask(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        secrets: tuple[str, ...] = (),
    ) -> Reply:
        """One request. Raises NoReplyError, and ProviderRejected for a token that could not travel in a header."""
        headers = {"accept": "application/json"}
        if token:
            if not _TOKEN.fullmatch(token):
                raise ProviderRejected("crm_unauthorized", "the token is malformed")
            headers["authorization"] = f"Bearer {token}"
        if self._version:
            headers["version"] = self._version
        import httpx  # a tenth of a second that only those pay who send something

        client = self._opened()
        request = client.build_request(method, path, params=query, json=body, data=form, headers=headers)
        try:
            # httpx limits each step; a server that trickles bytes would outlast them all.
            async with asyncio.timeout(self._timeout_seconds):
                return await self._exchange(client, request, (token, *secrets))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NoReplyError(CrmVerdict.UNREACHABLE, type(error).__name__) from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise NoReplyError(CrmVerdict.UNCLEAR, type(error).__name__) from None

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _opened(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._base_url, timeout=self._timeout_seconds, follow_redirects=False
            )
        return self._client

    async def _exchange(
        self, client: httpx.AsyncClient, request: httpx.Request, secrets: tuple[str, ...]
    ) -> Reply:
        response = await client.send(request, stream=True)
        try:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > LARGEST_ANSWER_BYTES:
                    raise NoReplyError(CrmVerdict.UNCLEAR, "answer too large")
        finally:
            await response.aclose()
        return Reply(response.status_code, response.headers, _parsed(bytes(raw)), secrets=secrets)


def checked_id(text: str, code: str) -> str:
    """An id that may stand in a path. Raises ProviderRejected(code)."""
    if not ID.fullmatch(text):
        raise ProviderRejected(code)
    return text


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
