"""The line to a messenger: one request, one JSON answer. What is secret of an address stays out of every log."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from balcao.ports.errors import ProviderUnavailable

if TYPE_CHECKING:
    import httpx

DEFAULT_TIMEOUT_SECONDS: Final = 8.0
LARGEST_ANSWER_BYTES: Final = 100_000
LONGEST_WAIT_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, the document in it (empty for what is no JSON object), and the wait it asked for."""

    status: int
    document: Mapping[str, Any]
    retry_after: float | None

    def part(self, name: str) -> Mapping[str, Any]:
        """An object inside the document; empty when there is none."""
        return part(self.document, name)


class Line:
    """Requests to one host within a total time limit. Redirects are not followed: the token stays with this host.

    Raises ValueError for an address that is neither https nor on this machine.
    """

    def __init__(self, name: str, base_url: str, *, timeout_seconds: float) -> None:
        url = urlsplit(base_url)
        if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.hostname or "")):
            raise ValueError("the address of a messenger must begin with https://")
        self._name = name
        self._base_url = base_url
        self._root = url.path.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._client: httpx.AsyncClient | None = None

    async def get(self, path: str, *, token: str, query: Mapping[str, str]) -> Reply:
        """A GET with the token in a header. Raises ProviderUnavailable."""
        return await self._ask("GET", path, query=query, headers={"authorization": f"Bearer {token}"})

    async def post_in_secret(self, shown_path: str, secret_path: str) -> Reply:
        """A POST to `secret_path`, which is seen by the server alone: the client, and with it logs, errors and traces,
        knows the request by `shown_path`. Raises ProviderUnavailable.
        """
        target = (self._root + secret_path).encode("ascii")
        return await self._ask("POST", shown_path, extensions={"target": target})

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> Reply:
        import httpx  # a tenth of a second that only those pay who ask somebody

        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._base_url, timeout=self._timeout_seconds, follow_redirects=False
            )
        request = self._client.build_request(
            method, path, params=query, headers={"accept": "application/json", **(headers or {})},
            extensions={**(extensions or {}), "timeout": httpx.Timeout(self._timeout_seconds).as_dict()},
        )  # fmt: skip
        try:
            # httpx limits each step; a server that trickles bytes would outlast them all.
            async with asyncio.timeout(self._timeout_seconds):
                return await self._exchange(self._client, request)
        except (httpx.HTTPError, TimeoutError) as error:
            raise ProviderUnavailable(f"{self._name}: {type(error).__name__}") from None

    async def _exchange(self, client: httpx.AsyncClient, request: httpx.Request) -> Reply:
        response = await client.send(request, stream=True)
        try:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > LARGEST_ANSWER_BYTES:
                    raise ProviderUnavailable(f"{self._name}: the answer is too large")
        finally:
            await response.aclose()
        return Reply(response.status_code, _parsed(bytes(raw)), seconds(response.headers.get("retry-after")))


def part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside a document; empty when there is none."""
    found = document.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}


def shown_text(value: object) -> str:
    """A text that people wrote, in one printable line; empty for anything else."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in value).split())


def seconds(value: object) -> float | None:
    """A wait somebody asked for, an hour at most; None when it is no number of seconds."""
    text = str(value) if isinstance(value, (str, int)) else ""
    return min(float(text), LONGEST_WAIT_SECONDS) if text.isascii() and text.isdecimal() else None


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        document: object = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return cast("Mapping[str, Any]", document) if isinstance(document, dict) else {}


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
