"""The client itself, for programs that wait and for those that do not."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from typing import Any, ParamSpec, Self, TypeVar, cast

import httpx

from balcao_client.areas import Areas, AsyncAreas
from balcao_client.connection import Connection
from balcao_client.models import Credentials, Entered
from balcao_client.pages import Listed, Walk
from balcao_client.sending import AsyncSender, Sender

P = ParamSpec("P")
T = TypeVar("T")


class Balcao(Areas):
    """The API of one business. `timeout` is in seconds for each try, `retry_seconds` for all of them together.

    `tenant` is the short name or the id of the business; a key knows its own. `http://` is refused unless it leads to this
    machine or `allow_http` says that the way is safe. `transport` is one of httpx, for tests and for special networks.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        token: str | None = None,
        tenant: str | None = None,
        language: str = "pt-BR",
        timeout: float = 30.0,
        retry_seconds: float = 30.0,
        allow_http: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._connection = Connection(
            base_url, api_key, token, tenant, language, timeout, retry_seconds, allow_http
        )
        self._sender = Sender(self._connection, transport)
        super().__init__(self._sender)

    def sign_in(self, email: str, password: str, *, otp: str | None = None) -> Entered:
        """Signs a person in and keeps the token for the calls to come; `otp` is the second factor's code."""
        signed_in = self.auth.login(_login(email, password, otp))
        self._connection.token = signed_in["access_token"]
        return signed_in

    def pages(self, fetch: Callable[P, Listed[T]], *args: P.args, **kwargs: P.kwargs) -> Generator[T]:
        """Everything of a list, page after page: `client.pages(client.catalogue.list_products, q="bolo")`."""
        ask, walk = cast("Callable[..., Any]", fetch), Walk(fetch, kwargs)
        while True:
            answer = ask(*args, **walk.query)
            yield from answer["items"]
            if not walk.turn(answer):
                return

    def close(self) -> None:
        """Gives the connections back."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection!r})"


class AsyncBalcao(AsyncAreas):
    """The API of one business, for asyncio. The arguments are those of `Balcao`."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        token: str | None = None,
        tenant: str | None = None,
        language: str = "pt-BR",
        timeout: float = 30.0,
        retry_seconds: float = 30.0,
        allow_http: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(
            base_url, api_key, token, tenant, language, timeout, retry_seconds, allow_http
        )
        self._sender = AsyncSender(self._connection, transport)
        super().__init__(self._sender)

    async def sign_in(self, email: str, password: str, *, otp: str | None = None) -> Entered:
        """Signs a person in and keeps the token for the calls to come; `otp` is the second factor's code."""
        signed_in = await self.auth.login(_login(email, password, otp))
        self._connection.token = signed_in["access_token"]
        return signed_in

    async def pages(
        self, fetch: Callable[P, Coroutine[Any, Any, Listed[T]]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[T]:
        """Everything of a list, page after page: `client.pages(client.catalogue.list_products, q="bolo")`."""
        ask, walk = cast("Callable[..., Coroutine[Any, Any, Any]]", fetch), Walk(fetch, kwargs)
        while True:
            answer = await ask(*args, **walk.query)
            for item in answer["items"]:
                yield item
            if not walk.turn(answer):
                return

    async def close(self) -> None:
        """Gives the connections back."""
        await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._connection!r})"


def _login(email: str, password: str, otp: str | None) -> Credentials:
    body: Credentials = {"email": email, "password": password}
    if otp is not None:
        body["otp"] = otp
    return body
