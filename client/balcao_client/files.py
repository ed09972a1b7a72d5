"""Files that the API answers with: nothing is asked before they are read."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from email.message import Message
from pathlib import Path
from typing import IO

import httpx

from balcao_client.lines import unbroken, unbroken_async


def file_name(response: httpx.Response) -> str | None:
    """The name the API gives the file; only the last part of it, for it is not to say where things are put."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("content-disposition", "")
    found = header.get_filename()
    return Path(found.replace("\\", "/")).name or None if found else None


@contextmanager
def _put(target: Path) -> Generator[IO[bytes]]:
    """A file that takes its name when it is whole."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


class File:
    """A file to be fetched, each time it is read."""

    def __init__(self, ask: Callable[[], AbstractContextManager[httpx.Response]]) -> None:
        self._ask = ask
        self.name: str | None = None
        """The name the API gave it; known once it was read."""
        self.media_type: str | None = None
        """Known once it was read."""

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, piece by piece, as they arrive."""
        with self._ask() as response:
            self.name, self.media_type = file_name(response), response.headers.get("content-type")
            yield from unbroken(response.iter_bytes())

    def read(self) -> bytes:
        """All of it."""
        return b"".join(self.chunks())

    def save(self, target: Path | str) -> Path:
        """Writes it to `target`, which is replaced once everything has arrived."""
        with _put(Path(target)) as file:
            for chunk in self.chunks():
                file.write(chunk)
        return Path(target)


class AsyncFile:
    """A file to be fetched, each time it is read."""

    def __init__(self, ask: Callable[[], AbstractAsyncContextManager[httpx.Response]]) -> None:
        self._ask = ask
        self.name: str | None = None
        """The name the API gave it; known once it was read."""
        self.media_type: str | None = None
        """Known once it was read."""

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Its bytes, piece by piece, as they arrive."""
        async with self._ask() as response:
            self.name, self.media_type = file_name(response), response.headers.get("content-type")
            async for chunk in unbroken_async(response.aiter_bytes()):
                yield chunk

    async def read(self) -> bytes:
        """All of it."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def save(self, target: Path | str) -> Path:
        """Writes it to `target`, which is replaced once everything has arrived."""
        with _put(Path(target)) as file:
            async for chunk in self.chunks():
                file.write(chunk)
        return Path(target)
