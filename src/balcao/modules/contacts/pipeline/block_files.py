"""Files of many small JSON records that are read a page at a time: zstd blocks, and an index of them at the end.

    block block … block index length-of-index(8 bytes, big endian) b"BLK1"

Each block holds `RECORDS_PER_BLOCK` records (the last one fewer), one JSON array a line; the index is a JSON list of the
blocks' starting bytes and the number of records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Final

import orjson
import zstandard

RECORDS_PER_BLOCK: Final = 500
_MARK: Final = b"BLK1"
_TAIL: Final = 12
_LEVEL: Final = 1

ReadBytes = Callable[[int, int], Awaitable[bytes]]
"""Reads bytes from a start to a stop (exclusive)."""


class BlockWriter:
    """Writes a file of records. Whole only after `close`."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._pack = zstandard.ZstdCompressor(level=_LEVEL)
        self._starts: list[int] = []
        self._at = 0
        self._waiting: list[bytes] = []
        self.count = 0

    def add(self, record: bytes) -> None:
        """One more record: the JSON of an array, without a line break."""
        self._waiting.append(record)
        if len(self._waiting) == RECORDS_PER_BLOCK:
            self._flush()

    def add_all(self, records: Iterable[bytes]) -> None:
        """Several records."""
        for record in records:
            self.add(record)

    def close(self) -> None:
        """Writes what is left, and the index."""
        if self._waiting:
            self._flush()
        index = orjson.dumps([self._starts, self.count])
        self._file.write(index + len(index).to_bytes(8, "big") + _MARK)
        self._file.close()

    def _flush(self) -> None:
        block = self._pack.compress(b"\n".join(self._waiting))
        self._starts.append(self._at)
        self._file.write(block)
        self._at += len(block)
        self.count += len(self._waiting)
        self._waiting.clear()


class BlockReader:
    """Reads records by their position, wherever the bytes lie. `count` is how many there are."""

    def __init__(self, read: ReadBytes, starts: list[int], end: int, count: int) -> None:
        self._read = read
        self._starts = starts
        self._end = end
        self.count = count

    @classmethod
    async def open(cls, read: ReadBytes, size: int) -> BlockReader:
        """A reader of a file of `size` bytes. Raises ValueError when it is not one of ours, or cut off."""
        if size < _TAIL:
            raise ValueError("not a file of records")
        tail = await read(size - _TAIL, size)
        end = size - _TAIL - int.from_bytes(tail[:8], "big")
        if tail[8:] != _MARK or end < 0:
            raise ValueError("not a file of records")
        starts, count = orjson.loads(await read(end, size - _TAIL))
        return cls(read, starts, end, count)

    async def slice(self, start: int, count: int) -> list[list[Any]]:
        """Up to `count` records from position `start` on."""
        records: list[list[Any]] = []
        async for record in self.records(start):
            if len(records) == count:
                break
            records.append(record)
        return records

    async def records(self, start: int = 0) -> AsyncIterator[list[Any]]:
        """The records from a position on, block by block."""
        first, skipped = divmod(max(0, start), RECORDS_PER_BLOCK)
        for number in range(first, len(self._starts)):
            for line in (await self._block(number))[skipped:]:
                yield orjson.loads(line)
            skipped = 0

    async def lines(self) -> AsyncIterator[list[bytes]]:
        """Every block's records as they were written, for passing on without looking inside."""
        for number in range(len(self._starts)):
            yield await self._block(number)

    async def _block(self, number: int) -> list[bytes]:
        stop = self._starts[number + 1] if number + 1 < len(self._starts) else self._end
        packed = await self._read(self._starts[number], stop)
        return zstandard.ZstdDecompressor().decompress(packed).split(b"\n")
