"""What a backup is: its name, and the manifest that lies beside the file. Pure rules.

The name is `backup_YYYYMMDD_HHMMSS` (UTC, the moment whose data it holds). The manifest says what the file must weigh,
hash to and contain; it carries no secret.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError

NAME: Final = re.compile(r"backup_(\d{8}_\d{6})", re.ASCII)
_STAMP: Final = "%Y%m%d_%H%M%S"
_HASH: Final = r"^[0-9a-f]{64}$"

Kind = Literal["manual", "scheduled", "before_restore", "moment"]


def name_of(moment: datetime) -> str:
    """The name of the backup of a moment."""
    return f"backup_{stamp_of(moment)}"


def stamp_of(moment: datetime) -> str:
    """The moment as names carry it, in UTC."""
    return moment.astimezone(UTC).strftime(_STAMP)


def checked_name(name: str) -> str:
    """The name, if it is one and its moment exists. BackupNotFoundError otherwise: nothing else ever becomes a path."""
    moment_of(name)
    return name


def moment_of(name: str) -> datetime:
    """The moment a name tells. BackupNotFoundError for anything that is not a name."""
    match = NAME.fullmatch(name)
    if match is None:
        raise BackupNotFoundError
    try:
        return datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise BackupNotFoundError from None


class MediaList(BaseModel):
    """The list of stored files, a file of its own: how many there are, what they weigh, and the list's SHA-256."""

    model_config = ConfigDict(frozen=True)

    files: int = Field(ge=0)
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern=_HASH)


class Manifest(BaseModel):
    """A backup as it was made. `tables` counts the rows of every table; `walled` the tables under forced row security.

    `plain_sha256` and `plain_bytes` are those of the dump before encryption (the same when there is none).
    `key_mark` tells whether an AUTH_SECRET is the one that sealed what is in the database, and nothing else about it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    form: Literal[1] = 1
    name: str
    kind: Kind
    created_at: datetime
    finished_at: datetime
    server_major: int
    revision: str
    size_bytes: int = Field(gt=0)
    sha256: str = Field(pattern=_HASH)
    plain_bytes: int = Field(gt=0)
    plain_sha256: str = Field(pattern=_HASH)
    recipients: tuple[str, ...] = ()
    tables: Mapping[str, int]
    walled: int = Field(ge=0)
    media: MediaList
    key_mark: str
    verified_at: datetime | None = None

    @property
    def file_name(self) -> str:
        """The name of the file with the data."""
        return f"{self.name}.dump.age" if self.recipients else f"{self.name}.dump"

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(self.tables.values())

    def text(self) -> str:
        """The manifest as it is written."""
        return self.model_dump_json(indent=2) + "\n"


def read_manifest(name: str, text: str | bytes) -> Manifest:
    """The manifest of the backup `name`. BackupDamagedError when it is cut off, strange, or that of another backup."""
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError:
        raise BackupDamagedError("the manifest cannot be read") from None
    if manifest.name != name:
        raise BackupDamagedError("the manifest is that of another backup")
    return manifest


def key_mark(auth_secret: str) -> str:
    """A mark by which two installations can tell whether they share AUTH_SECRET. It gives away nothing of it."""
    return hmac.digest(auth_secret.encode(), b"balcao backup: which AUTH_SECRET", "sha256")[:8].hex()


def differences(
    manifest: Manifest, *, tables: Mapping[str, int], revision: str | None, walled: int
) -> list[str]:
    """What a restored database has otherwise than the manifest says, in words; nothing when it is whole."""
    found = [
        f"table {table}: {tables.get(table, 'missing')} instead of {rows} rows"
        for table, rows in sorted(manifest.tables.items())
        if tables.get(table) != rows
    ]
    found += [f"table {table} is not in the manifest" for table in sorted(set(tables) - set(manifest.tables))]
    if revision != manifest.revision:
        found.append(f"schema revision {revision} instead of {manifest.revision}")
    if walled != manifest.walled:
        found.append(f"{walled} instead of {manifest.walled} tables are under row security")
    return found


def confirmation_of(name: str, database: str) -> str:
    """What a person types before `name` replaces the live database: nobody types it by mistake, or for another one."""
    return f"{name} {database}"
