"""Lines that break. The exceptions of httpx hold the request, and with it the key: none of them leaves the client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import TypeVar

import httpx

from balcao_client.errors import BalcaoUnreachable

T = TypeVar("T")


def in_words(error: httpx.RequestError) -> str:
    """What broke."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def unreachable(said: str) -> BalcaoUnreachable:
    """The exception for it."""
    return BalcaoUnreachable(said, code="unreachable")


def unbroken(pieces: Iterator[T]) -> Generator[T]:
    """The pieces of an answer. Raises BalcaoUnreachable, outside the handler, when the line breaks between them."""
    try:
        yield from pieces
        return
    except httpx.RequestError as error:
        lost = in_words(error)
    raise unreachable(lost)


async def unbroken_async(pieces: AsyncIterator[T]) -> AsyncGenerator[T]:
    """The pieces of an answer. Raises BalcaoUnreachable, outside the handler, when the line breaks between them."""
    try:
        async for piece in pieces:
            yield piece
        return
    except httpx.RequestError as error:
        lost = in_words(error)
    raise unreachable(lost)
