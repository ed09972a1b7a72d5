"""Sending calls, trying again what may be tried again, and making errors of refusals; once for each kind of program."""

from __future__ import annotations

from asyncio import sleep as pause
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from time import sleep
from typing import Any

import httpx

from balcao_client.calls import Call, filled, signed
from balcao_client.connection import Connection, next_request, no_cookies
from balcao_client.errors import BalcaoError, error_of
from balcao_client.events import READ_SECONDS, Event, EventLines
from balcao_client.files import AsyncFile, File
from balcao_client.lines import in_words, unbroken, unbroken_async, unreachable
from balcao_client.waits import PASSING, Waits, retry_after

Outcome = httpx.Response | str
"""A response, or in words why there is none."""


def _wait_after(outcome: Outcome, call: Call, waits: Waits) -> float | None:
    """Seconds until the next try; None when this outcome is the last."""
    if not call.may_repeat:
        return None
    if isinstance(outcome, str):
        return waits.next(None)
    if outcome.status_code not in PASSING:
        return None
    return waits.next(retry_after(outcome.headers.get("retry-after")))


def _settled(outcome: Outcome) -> httpx.Response:
    if isinstance(outcome, str):
        raise unreachable(outcome)
    if not outcome.is_success:
        raise error_of(outcome)
    return outcome


def _parsed(response: httpx.Response) -> Any:
    if response.status_code == 204 or not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        said = f"This is not JSON but {response.headers.get('content-type', 'nothing known')}."
    raise BalcaoError(said, code="unexpected_answer", status=response.status_code)


def _call(method: str, path: str, parts: tuple[object, ...], more: Mapping[str, Any]) -> Call:
    return Call(method, filled(path, parts), **more)


class Sender:
    """Sends and waits."""

    def __init__(self, connection: Connection, transport: httpx.BaseTransport | None) -> None:
        self.connection = connection
        self._http = httpx.Client(transport=transport, cookies=no_cookies(), follow_redirects=False)

    def close(self) -> None:
        """Gives the connections back."""
        self._http.close()

    def json(self, method: str, path: str, *parts: object, **more: Any) -> Any:
        """The answer as it was parsed; None for an empty one. `more` are the fields of `Call`."""
        return _parsed(self._answer(_call(method, path, parts, more)))

    def signed(self, path: str, body: Any, secret: str) -> Any:
        """Like `json`, for a message that a secret vouches for."""
        content, headers = signed(body, secret)
        return self.json("POST", path, body=content, headers=headers)

    def file(self, path: str, *parts: object, **more: Any) -> File:
        """A file that is fetched when it is read."""
        call = _call("GET", path, parts, more)
        return File(lambda: self._opened(call))

    def events(self, path: str, *parts: object) -> Generator[Event]:
        """The events of a stream until it ends."""
        lines = EventLines()
        with self._opened(_call("GET", path, parts, {}), read_timeout=READ_SECONDS) as response:
            for line in unbroken(response.iter_lines()):
                if event := lines.take(line):
                    yield event

    @contextmanager
    def _opened(self, call: Call, *, read_timeout: float | None = None) -> Generator[httpx.Response]:
        response = self._answer(call, is_open=True, read_timeout=read_timeout)
        try:
            yield response
        finally:
            response.close()

    def _answer(
        self, call: Call, *, is_open: bool = False, read_timeout: float | None = None
    ) -> httpx.Response:
        request = self.connection.request(call, read_timeout=read_timeout)
        waits = Waits(self.connection.retry_seconds)
        while True:
            outcome = self._once(request, is_open=is_open)
            wait = _wait_after(outcome, call, waits)
            if wait is None:
                return _settled(outcome)
            sleep(wait)

    def _once(self, request: httpx.Request, *, is_open: bool) -> Outcome:
        try:
            response, number = self._http.send(request, stream=True), 0
            while (target := next_request(response, number)) is not None:
                response.close()
                response, number = self._http.send(target, stream=True), number + 1
            if not (is_open and response.is_success):
                try:
                    response.read()
                finally:
                    response.close()
            return response
        except httpx.RequestError as error:
            return in_words(error)


class AsyncSender:
    """Sends and lets others work meanwhile."""

    def __init__(self, connection: Connection, transport: httpx.AsyncBaseTransport | None) -> None:
        self.connection = connection
        self._http = httpx.AsyncClient(transport=transport, cookies=no_cookies(), follow_redirects=False)

    async def close(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def json(self, method: str, path: str, *parts: object, **more: Any) -> Any:
        """The answer as it was parsed; None for an empty one. `more` are the fields of `Call`."""
        return _parsed(await self._answer(_call(method, path, parts, more)))

    async def signed(self, path: str, body: Any, secret: str) -> Any:
        """Like `json`, for a message that a secret vouches for."""
        content, headers = signed(body, secret)
        return await self.json("POST", path, body=content, headers=headers)

    def file(self, path: str, *parts: object, **more: Any) -> AsyncFile:
        """A file that is fetched when it is read."""
        call = _call("GET", path, parts, more)
        return AsyncFile(lambda: self._opened(call))

    async def events(self, path: str, *parts: object) -> AsyncGenerator[Event]:
        """The events of a stream until it ends."""
        lines = EventLines()
        async with self._opened(_call("GET", path, parts, {}), read_timeout=READ_SECONDS) as response:
            async for line in unbroken_async(response.aiter_lines()):
                if event := lines.take(line):
                    yield event

    @asynccontextmanager
    async def _opened(
        self, call: Call, *, read_timeout: float | None = None
    ) -> AsyncGenerator[httpx.Response]:
        response = await self._answer(call, is_open=True, read_timeout=read_timeout)
        try:
            yield response
        finally:
            await response.aclose()

    async def _answer(
        self, call: Call, *, is_open: bool = False, read_timeout: float | None = None
    ) -> httpx.Response:
        request = self.connection.request(call, read_timeout=read_timeout)
        waits = Waits(self.connection.retry_seconds)
        while True:
            outcome = await self._once(request, is_open=is_open)
            wait = _wait_after(outcome, call, waits)
            if wait is None:
                return _settled(outcome)
            await pause(wait)

    async def _once(self, request: httpx.Request, *, is_open: bool) -> Outcome:
        try:
            response, number = await self._http.send(request, stream=True), 0
            while (target := next_request(response, number)) is not None:
                await response.aclose()
                response, number = await self._http.send(target, stream=True), number + 1
            if not (is_open and response.is_success):
                try:
                    await response.aread()
                finally:
                    await response.aclose()
            return response
        except httpx.RequestError as error:
            return in_words(error)


class Area:
    """A part of the API."""

    def __init__(self, send: Sender) -> None:
        self._send = send


class AsyncArea:
    """A part of the API."""

    def __init__(self, send: AsyncSender) -> None:
        self._send = send
