"""A log in a file that starts anew at a size, for places without a collector of standard output."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import BinaryIO


class RotatingFile:
    """A log file that starts anew at `max_bytes`; the `keep` former ones stay as name.1, name.2 …

    Several processes may write to the same one: each notices when another began a new file and follows it there.
    """

    def __init__(self, path: Path, *, max_bytes: int = 50_000_000, keep: int = 5) -> None:
        self._path, self._max_bytes, self._keep = path, max_bytes, keep
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._opened()

    def write(self, data: bytes) -> None:
        """Appends lines; a batch is never split over two files."""
        if self._was_moved():
            self._reopen()
        if self._is_full(len(data)):
            self._rotate(len(data))
        self._file.write(data)

    def flush(self) -> None:
        """Hands the lines to the operating system."""
        self._file.flush()

    def _opened(self) -> BinaryIO:
        # Logs may hold what businesses do; the group may read them, as Debian's adm does, nobody else.
        return open(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640), "ab")  # noqa: SIM115, PTH123

    def _reopen(self) -> None:
        self._file.close()
        self._file = self._opened()

    def _was_moved(self) -> bool:
        try:
            return self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino
        except FileNotFoundError:
            return True

    def _is_full(self, more: int) -> bool:
        self._file.flush()
        size = os.fstat(self._file.fileno()).st_size
        return bool(size) and size + more > self._max_bytes

    def _rotate(self, more: int) -> None:
        with self._path.with_name(f"{self._path.name}.lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if self._was_moved():  # another process was faster
                self._reopen()
            if not self._is_full(more):
                return
            for number in range(self._keep, 0, -1):
                source = self._numbered(number - 1)
                if source.exists():
                    source.replace(self._numbered(number))
            self._reopen()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path
