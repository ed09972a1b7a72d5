"""Passes over an open file, each with a place of its own, that leave the file open for the next."""

from __future__ import annotations

import io
from typing import IO

from balcao.modules.contacts.reading.encodings import ERRORS


class _Raw(io.RawIOBase):
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._file.seek(self._at)
        chunk = self._file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)


def text_stream(file: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """A file as text from its beginning; CR, LF and CRLF all end a line and stay in it. Bad bytes raise nothing."""
    return io.TextIOWrapper(io.BufferedReader(_Raw(file), 1 << 17), encoding, ERRORS, newline="")
