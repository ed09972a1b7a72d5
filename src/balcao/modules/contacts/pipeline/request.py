"""What the cleaning process is told, and what it says: JSON on its standard input and output."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

RESULT_FILES = ("rows.blk", "issues.blk", "duplicates.blk", "ghl.csv")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose for an import. `apart`: rows (as the spreadsheet counts) that are nobody's repetition."""

    profile: str = "ghl"
    default_ddd: str = ""
    review: bool = False
    repair: str = "fix"
    dedupe: bool = True
    import_tag: bool = True
    sheet: str | None = None
    all_sheets: bool = False
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    apart: list[list[int]] = field(default_factory=list[list[int]])


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, rows, and the ceilings of the process itself."""

    xlsx_bytes: int = 50_000_000
    text_bytes: int = 200_000_000
    rows: int = 1_048_576
    part_rows: int = 10_000
    part_bytes: int = 19_000_000
    memory_bytes: int = 2_000_000_000
    cpu_seconds: int = 300


@dataclass(frozen=True, slots=True)
class Request:
    """One file to clean. Paths are of this machine; `folder` receives the results.

    `corrections` are cells of the source to read otherwise: {row: {column: text}}. `suppressions` is a file of lines
    `kind digest`. `saved` are kept mappings by header signature, `chosen` is a person's mapping by column position.
    `inspect_only` stops after the mapping.
    """

    source: str
    filename: str
    folder: str
    tenant_id: str
    import_id: str
    created_ms: int
    sha256: str
    today: str
    options: Options = field(default_factory=Options)
    limits: Limits = field(default_factory=Limits)
    chosen: dict[str, str] | None = None
    saved: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    corrections: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    suppressions: str = ""

    def to_json(self) -> bytes:
        """The bytes for the other process."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> Request:
        """What was sent. The two sides are of one program, so nothing is checked twice."""
        given: dict[str, Any] = orjson.loads(text)
        given["options"] = Options(**given["options"])
        given["limits"] = Limits(**given["limits"])
        return cls(**given)

    @property
    def work_folder(self) -> Path:
        """Where results are written."""
        return Path(self.folder)


def options_of(stored: dict[str, Any]) -> Options:
    """The options of an import's row; names of an older version are passed over."""
    known = Options.__slots__
    return Options(**{name: value for name, value in stored.items() if name in known})
