"""What the continuous archive consists of: base backups, and the segments of the server's log since. Pure rules.

A chain is a base backup and every segment from its first one on, none missing. A packed segment is called
`SEGMENT.YYYYMMDD_HHMMSS_MICROS.gz`, with `.age` when it is encrypted: the stamp (UTC) is when its last change arrived.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from balcao.kernel.backups.errors import BackupDamagedError

SEGMENT: Final = re.compile(r"[0-9A-F]{24}", re.ASCII)
HISTORY: Final = re.compile(r"[0-9A-F]{8}\.history", re.ASCII)
BASE: Final = re.compile(r"base_\d{8}_\d{6}", re.ASCII)
SERVER: Final = re.compile(r"server_\d{1,20}", re.ASCII)
SEALED: Final = ".age"
PACKED: Final = ".gz"
NOTE: Final = "base.json"
CONTENT: Final = ("base.tar.gz", "pg_wal.tar.gz", "backup_manifest")
_PIECE: Final = re.compile(r"([0-9A-F]{24}|[0-9A-F]{8}\.history)\.(\d{8}_\d{6}_\d{6})\.gz(\.age)?", re.ASCII)
_STAMP: Final = "%Y%m%d_%H%M%S_%f"
_SEGMENT_BYTES: Final = 16 * 1024 * 1024


class BaseFile(BaseModel):
    """What a file of a base backup must weigh and hash to, as it is stored."""

    model_config = ConfigDict(frozen=True)

    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Base(BaseModel):
    """A base backup. `finished_at` is when it was whole: moments from then on can be reached through it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    form: Literal[1] = 1
    name: str = Field(pattern=BASE.pattern)
    finished_at: AwareDatetime
    first_segment: str = Field(pattern=f"^{SEGMENT.pattern}$")
    segment_bytes: int = Field(default=_SEGMENT_BYTES, ge=1 << 20)
    database_bytes: int = Field(default=0, ge=0)
    recipients: tuple[str, ...] = ()
    files: Mapping[str, BaseFile] = Field(default_factory=dict[str, BaseFile])

    def stored(self, file_name: str) -> str:
        """The name a file of it is stored under."""
        return file_name + SEALED if self.recipients else file_name


def read_base(name: str, content: bytes) -> Base:
    """The note of a base backup. BackupDamagedError when it is none, or of another."""
    try:
        base = Base.model_validate_json(content)
    except ValidationError:
        raise BackupDamagedError(f"the note of {name} cannot be read") from None
    if base.name != name or set(base.files) != {base.stored(one) for one in CONTENT}:
        raise BackupDamagedError(f"the note of {name} speaks of something else")
    return base


@dataclass(frozen=True, slots=True)
class Piece:
    """A packed segment, or a packed note on a timeline (`is_history`)."""

    file_name: str
    name: str
    reached_at: datetime

    @property
    def is_sealed(self) -> bool:
        """Whether it is encrypted."""
        return self.file_name.endswith(SEALED)

    @property
    def is_history(self) -> bool:
        """Whether it is the note on a timeline: tiny, and kept for good."""
        return HISTORY.fullmatch(self.name) is not None


def piece_of(file_name: str) -> Piece | None:
    """The piece a file name tells; None for anything else."""
    match = _PIECE.fullmatch(file_name)
    if match is None:
        return None
    try:
        return Piece(file_name, match[1], datetime.strptime(match[2], _STAMP).replace(tzinfo=UTC))
    except ValueError:
        return None


def piece_name(name: str, reached_at: datetime, *, sealed: bool) -> str:
    """What a segment is called when it is packed."""
    return f"{name}.{reached_at.astimezone(UTC):{_STAMP}}{PACKED}{SEALED if sealed else ''}"


def number_of(segment: str, segment_bytes: int) -> int:
    """Which segment of the log it is, whatever the timeline. PostgreSQL's own rule (XLogFromFileName)."""
    return int(segment[8:16], 16) * (0x1_0000_0000 // segment_bytes) + int(segment[16:24], 16)


def unbroken(base: Base, segments: Iterable[str]) -> list[str]:
    """The segments from the base's first one on, up to the first that is missing."""
    by_number = _numbered(base, segments)
    number = number_of(base.first_segment, base.segment_bytes)
    found: list[str] = []
    while number in by_number:
        found += sorted(by_number[number])
        number += 1
    return found


def is_broken(base: Base, segments: Iterable[str]) -> bool:
    """Whether a segment since the base is missing although a later one is there."""
    by_number = _numbered(base, segments)
    first = number_of(base.first_segment, base.segment_bytes)
    return bool(by_number) and max(by_number) - first + 1 != len(by_number)


def outlived(
    bases: Sequence[Base], segments: Iterable[str], keep: timedelta, now: datetime
) -> tuple[list[Base], list[str]]:
    """Base backups that no moment within `keep` needs, and the segments before the first one of the oldest kept.

    So whole chains stay: the newest base backup from before `keep`, all later ones, and all segments since.
    """
    ordered = sorted(bases, key=_finished)
    reaching = [base for base in ordered if base.finished_at <= now - keep]
    kept = ordered[ordered.index(reaching[-1]) :] if reaching else ordered
    gone = ordered[: len(ordered) - len(kept)]
    if not kept:
        return [], []
    first = min(number_of(base.first_segment, base.segment_bytes) for base in kept)
    size = kept[0].segment_bytes
    return gone, [name for name in segments if number_of(name, size) < first]


def is_former(bases: Sequence[Base], newest: datetime | None, own: Sequence[Base], since: datetime) -> bool:
    """Whether the archive of a former server serves nobody: nothing came since, and our own reaches back as far."""
    own_reaches = any(base.finished_at <= since for base in own)
    times = [base.finished_at for base in bases] + ([newest] if newest is not None else [])
    return own_reaches and all(moment < since for moment in times)


def _numbered(base: Base, segments: Iterable[str]) -> dict[int, list[str]]:
    first = number_of(base.first_segment, base.segment_bytes)
    found: dict[int, list[str]] = {}
    for segment in segments:
        if (number := number_of(segment, base.segment_bytes)) >= first:
            found.setdefault(number, []).append(segment)
    return found


def _finished(base: Base) -> datetime:
    return base.finished_at
