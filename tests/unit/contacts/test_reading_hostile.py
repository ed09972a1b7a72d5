"""Hostile files, each read in a process of its own with little memory and time: refused or read, never more than that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from balcao.modules.contacts.reading.limits import FileRefused
from tests.factories.reading import read
from tests.factories.sheets import MAIN, inline_rows, ods_bytes, raw_xlsx, with_declared_size, zip_bytes

_CHILD = """
import json, resource, sys
from pathlib import Path
from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits
from balcao.modules.contacts.reading.open import open_table
from balcao.modules.contacts.reading.tables import TableChoice
resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
known = {"Nome": "full_name", "Celular": "mobile"}
try:
    with open_table(Path(sys.argv[1]), filename="a", choice=TableChoice(), limits=ReadingLimits(), recognise=known.get) as table:
        rows = sum(len(block.rows) for block in table.blocks())
    print(json.dumps([rows, ""]))
except FileRefused as error:
    print(json.dumps([0, error.code]))
"""
_SHEET = "xl/worksheets/sheet1.xml"
_TWO = inline_rows([["Nome", "Celular"], ["Ana", "11987654321"], ["Bia", "11987654322"]])


def _blown_up() -> bytes:
    cell = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"A" * 150_000_000 + b"</t></is></c></row>"
    return raw_xlsx(b"<worksheet><sheetData>" + cell + b"</sheetData></worksheet>", level=1)


def _entities() -> str:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{levels}]><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData></worksheet>'
    )


_MANY = b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 1_200_000 + b"</sheetData></worksheet>"
_ODS_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'

HOSTILE = {
    "two corners": lambda: raw_xlsx(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    ),
    "one giant cell": _blown_up,
    "one giant cell, size hidden": lambda: with_declared_size(_blown_up(), _SHEET, 40_000),
    "rows without end": lambda: raw_xlsx(_MANY, level=1),
    "rows without end, not even compressed": lambda: raw_xlsx(_MANY, level=0),
    "entities": lambda: raw_xlsx(_entities()),
    "entities in UTF-16": lambda: raw_xlsx(_entities().encode("utf-16")),
    "columns beyond the last": lambda: raw_xlsx('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'),
    "a row number beyond the last": lambda: raw_xlsx('<row r="9999999"><c r="A9999999"><v>1</v></c></row>'),
    "an endless row": lambda: raw_xlsx(
        '<row r="1">' + '<c r="A1"><v>1</v></c>' * 400_000 + "</row>", level=1
    ),
    "an endless tag": lambda: raw_xlsx('<row r="1" x="' + "y" * 9_000_000 + '"/>', level=0),
    "many parts": lambda: zip_bytes({f"{n}.csv": "" for n in range(1_100)}),
    "OpenDocument rows × columns": lambda: ods_bytes(
        '<table:table table:name="x"><table:table-row table:number-rows-repeated="1048576">'
        + _ODS_CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"')
        + "</table:table-row></table:table>"
    ),
    "OpenDocument corners": lambda: ods_bytes(
        f'<table:table table:name="x"><table:table-row>{_ODS_CELL}</table:table-row><table:table-row '
        'table:number-rows-repeated="1048574"/><table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
        f"{_ODS_CELL}</table:table-row></table:table>"
    ),
    "comments without end in a page": lambda: b"<html><table><tr><td>a" + b"<!--" * 2_000_000,
    "a line without end": lambda: b"Nome;Celular\n" + b"x" * 30_000_000,
}
_CODES = {"FILE_TOO_COMPLEX", "FILE_CORRUPT", "FILE_UNSUPPORTED"}


def _read(path: Path, content: bytes) -> tuple[int, str]:
    path.write_bytes(content)
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert child.returncode == 0, child.stderr
    rows, code = json.loads(child.stdout)
    return rows, code


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(tmp_path: Path, name: str) -> None:
    content = HOSTILE[name]()
    _, code = _read(tmp_path / "upload", content)
    assert code in _CODES
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.code == code


@pytest.mark.parametrize("cells", ["", '<c r="A{0}" s="1"/><c r="B{0}" s="1"/>'])
def test_stray_formatting_costs_nothing(tmp_path: Path, cells: str) -> None:
    blank = "".join(f'<row r="{n}" s="1">{cells.format(n)}</row>' for n in range(4, 200_000))
    content = raw_xlsx(_TWO + blank + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert _read(tmp_path / "upload", content) == (2, "")


def test_styled_rows_without_cells(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}" s="1" customFormat="1"/>' for n in range(4, 300_000))
    last = '<row r="300000"><c r="A300000" t="inlineStr"><is><t>Caio</t></is></c></row>'
    assert _read(tmp_path / "upload", raw_xlsx(_TWO + blank + last)) == (3, "")


def test_a_wrong_dimension_is_ignored(tmp_path: Path) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><dimension ref="A1:A1"/><sheetData>{_TWO}</sheetData></worksheet>'
    assert _read(tmp_path / "upload", raw_xlsx(sheet)) == (2, "")


def _binary_sheet(*cells: tuple[int, int]) -> bytes:
    """Records of an xlsb sheet: for each cell its row's header and a number."""
    records = b""
    for row, column in cells:
        records += b"\x00\x11" + row.to_bytes(4, "little") + bytes(13)
        records += b"\x05\x10" + column.to_bytes(4, "little") + bytes(12)
    return records


@pytest.mark.parametrize("cells", [((0, 0), (1_048_575, 16_383)), ((0, 16_384),), ((1_048_576, 0),)])
def test_giant_grids_of_xlsb_are_refused(tmp_path: Path, cells: tuple[tuple[int, int], ...]) -> None:
    content = zip_bytes({"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": _binary_sheet(*cells)})
    assert _read(tmp_path / "upload", content) == (0, "FILE_TOO_COMPLEX")
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.code == "FILE_TOO_COMPLEX"


def test_small_xlsb_passes_the_guard_and_fails_as_broken(tmp_path: Path) -> None:
    content = zip_bytes({"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": _binary_sheet((0, 0), (9, 2))})
    assert _read(tmp_path / "upload", content)[1] in {"FILE_CORRUPT", "FILE_EMPTY"}
