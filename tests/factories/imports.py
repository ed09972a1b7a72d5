"""An import that is finished, with every file the cleaning of it would have left."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from balcao.kernel.files.blobs import blob_key
from balcao.kernel.ids import new_id
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.import_blobs import AREA, BYTES, result_key
from balcao.modules.contacts.models import ImportIssue, ImportJob
from balcao.modules.contacts.people_fields import INDEX, PERSON
from balcao.modules.contacts.pipeline.block_files import BlockWriter
from balcao.modules.contacts.pipeline.outputs import GHL_HEADER, ghl_line
from tests.factories.shops import Shop

COLUMNS = (("Nome", "full_name"), ("Zap", "whatsapp"), ("E-mail", "email"), ("CPF", "cpf"))


def person(**fields: str) -> list[str]:
    """A person's texts in order."""
    texts = [""] * len(PERSON)
    for name, text in {"country": "BR", **fields}.items():
        texts[INDEX[name]] = text
    return texts


@dataclass
class Source:
    """The rows of a file and what became of them. `ref` of a repeated row is the row it was joined with."""

    rows: list[list[Any]] = field(default_factory=list)
    issues: list[list[Any]] = field(default_factory=list)
    groups: list[list[Any]] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)

    def add(
        self,
        number: int,
        state: str,
        cells: Sequence[str],
        people: list[str] | None,
        *,
        kind: str = "n",
        ref: int | None = None,
    ) -> None:
        """A row; `kind` is its class (n, m, u, c) when it comes out."""
        if state == "o":
            ref = len(self.classes)
            self.classes.append(kind)
        self.rows.append([number, state, list(cells), people, ref])

    def found(self, row: int, column: int, code: str, original: str, value: str = "", note: str = "") -> None:
        """An issue of a cell."""
        name = COLUMNS[column][1] if column >= 0 else ""
        self.issues.append([row, column, name, code, original, value, note])


def ordinary_source() -> Source:
    """Six rows: two people (one of two rows), one without anything to reach them, one blocked, one of totals."""
    source = Source()
    ana = person(
        first_name="Ana", last_name="Souza", phone="+5511987654321", email="ana@x.com.br", cpf="52998224725"
    )
    first = person(first_name="Ana", phone="+5511987654321", cpf="52998224725")
    second = person(first_name="Ana", last_name="Souza", phone="+5511987654321", email="ana@x.com.br")
    source.add(2, "o", ["ANA", "11 8765-4321", "", "529.982.247-25"], ana)
    source.add(3, "d", ["ana souza", "(11) 98765-4321", "Ana@x.com.br", ""], second, ref=2)
    bia = person(first_name="Bia", last_name="Lima", email="bia@hotmail.com")
    source.add(4, "o", ["Bia Lima", "98765-4321", "bia@hotmial.com", ""], bia, kind="m")
    source.add(5, "n", ["", "n/a", "", "1"], person())
    source.add(
        6,
        "s",
        ["Caio", "", "caio@concorrente.com.br", ""],
        person(first_name="Caio", email="caio@concorrente.com.br"),
    )
    source.add(7, "t", ["Total: 5", "", "", ""], None)
    source.found(2, 1, "PHONE_NINTH_DIGIT_ADDED", "11 8765-4321", "+5511987654321")
    source.found(3, -1, "ROW_DUPLICATE", "", "", "2")
    source.found(4, 1, "PHONE_MISSING_DDD", "98765-4321")
    source.found(4, 2, "EMAIL_DOMAIN_FIXED", "bia@hotmial.com", "bia@hotmail.com")
    source.found(5, 3, "CPF_INVALID", "=1+1")
    source.found(5, -1, "ROW_NO_IDENTIFIER", "")
    source.found(6, -1, "ROW_SUPPRESSED", "")
    source.found(7, -1, "ROW_TOTAL", "")
    source.groups.append([2, [2, 3], [first, second], ana])
    return source


def report_of(source: Source, *, part_rows: int = 10_000, **more: Any) -> dict[str, Any]:
    """The report of a source: counts that balance, codes, parts."""
    states = Counter(row[1] for row in source.rows)
    codes = Counter(issue[3] for issue in source.issues)
    levels = Counter(dict.fromkeys(("info", "warning", "error"), 0))
    for code, count in codes.items():
        levels[CODES[code].level] += count
    classes = Counter(source.classes)
    columns = [
        {
            "position": position, "letter": chr(65 + position), "header": header, "normalised": header.lower(),
            "field": name, "confidence": 0.95 if position else 0.7, "evidence": "synonym", "status": "applied", "ordinal": 0,
            "samples": [row[2][position] for row in source.rows if position < len(row[2]) and row[2][position]][:5],
        }
        for position, (header, name) in enumerate(COLUMNS)
    ]  # fmt: skip
    return {
        "file": {"sha256": "0" * 64, "size_bytes": 100, "kind": "csv", "encoding": "cp1252", "delimiter": ";",
                 "sheet": None, "sheets": [], "header_row": 1, "notes": [["FILE_TYPE_DIFFERS", "csv"]]},
        "columns": columns, "signature": "aa", "shape": None, "needs_review": False, "import_tag": "importacao-2026-03-01-abcd",
        "source": [[row[0], row[2]] for row in source.rows[:20]],
        "counts": {"rows_read": len(source.rows), "rows_output": states["o"], "duplicates": states["d"],
                   "suppressed": states["s"], "totals": states["t"], "repeated_headers": 0, "footers": 0, "blank": 0,
                   "no_identifier": states["n"]},
        "total_rows": states["o"], "pct_with_email": 100.0, "pct_with_phone": 50.0, "pct_mobile": 50.0,
        "codes": dict(codes), "codes_by_column": {}, "levels": dict(levels), "issues_listed": len(source.issues),
        "ufs": {"SP": 1}, "ddds": {"11": 1}, "parts": _parts(source, part_rows), "duration_seconds": 0.4,
        "classes": {"new": classes["n"], "changed": classes["m"], "unchanged": classes["u"], "conflict": classes["c"]},
        **more,
    }  # fmt: skip


def _outputs(source: Source) -> list[bytes]:
    return [ghl_line(row[3]).encode() for row in source.rows if row[1] == "o"]


def _parts(source: Source, part_rows: int) -> list[dict[str, int]]:
    parts, at = [], len(GHL_HEADER)
    lines = _outputs(source)
    for start in range(0, len(lines), part_rows):
        size = sum(map(len, lines[start : start + part_rows]))
        parts.append({"rows": len(lines[start : start + part_rows]), "bytes": size, "start": at})
        at += size
    return parts


async def make_import(
    shop: Shop,
    source: Source | None = None,
    *,
    status: str = "done",
    report: dict[str, Any] | None = None,
    **columns: Any,
) -> UUID:
    """An import of the business in some state; a finished one has its files."""
    source = source or ordinary_source()
    import_id, results = new_id(), "1" if status == "done" else None
    if results:
        await _write(shop, import_id, results, source)
    source_key = blob_key(shop.tenant.id, AREA, import_id, "source")
    await shop.runtime.blobs.put(source_key, b"Nome;Zap\r\nANA;1\r\n", BYTES)
    found = (
        report if report is not None else report_of(source) if status in {"done", "needs_mapping"} else None
    )
    values = {
        "filename_original": "Leads março.csv", "size_bytes": 2_300, "sha256": hashlib.sha256(import_id.bytes).hexdigest(),
        "source_key": source_key, "dedupe_key": str(import_id), "options": {}, "report": found, "results_key": results,
        "created_by": "test", "stage": "finished" if status == "done" else "received", "attempt": 1,
        "finished_at": shop.runtime.clock() if status == "done" else None, **columns,
    }  # fmt: skip
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        uow.session.add(ImportJob(tenant_id=shop.tenant.id, id=import_id, status=status, **values))
        await uow.session.flush()
        for position, issue in enumerate(source.issues if status == "done" else []):
            row, column, name, code, original, value, note = issue
            uow.session.add(
                ImportIssue(
                    tenant_id=shop.tenant.id, id=new_id(), import_id=import_id, position=position, row=row,
                    column=column, field=name, code=code, level=CODES[code].level, original=original, value=value, note=note,
                )
            )  # fmt: skip
    return import_id


async def _write(shop: Shop, import_id: UUID, results: str, source: Source) -> None:
    async def put(name: str, data: bytes) -> None:
        await shop.runtime.blobs.put(result_key(shop.tenant.id, import_id, results, name), data, BYTES)

    await put("rows.blk", _records(source.rows))
    await put("issues.blk", _records(source.issues))
    await put("duplicates.blk", _records(source.groups))
    await put("ghl.csv", GHL_HEADER.encode() + b"".join(_outputs(source)))
    await put("classes.bin", b"".join(letter.encode() + new_id().bytes for letter in source.classes))


def _records(records: list[list[Any]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records"
        writer = BlockWriter(path)
        writer.add_all(map(orjson.dumps, records))
        writer.close()
        return path.read_bytes()
