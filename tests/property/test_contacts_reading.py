"""Reading never raises anything but a refusal, and gives back what was written."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balcao.modules.contacts.reading.junk import row_junk
from balcao.modules.contacts.reading.limits import FileRefused
from balcao.modules.contacts.reading.tables import TableChoice
from tests.factories.reading import read
from tests.factories.sheets import csv_bytes, ods_bytes, ods_table, raw_xlsx, xls_bytes, xlsx_bytes, zip_bytes

FOLDER = Path(tempfile.mkdtemp(prefix="balcao-reading-"))
ROWS = [
    ["Nome", "Celular", "Cidade"],
    ["José", "11987654321", "São Paulo"],
    ["Ana, a 'b' \"c\"", "21987654322", "Maceió"],
]
SEEDS = (
    csv_bytes(ROWS),
    csv_bytes(ROWS, encoding="utf-16"),
    xlsx_bytes({"A": ROWS, "B": [["x"]]}),
    raw_xlsx(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings="<sst><si><t>Nome</t></si></sst>", level=0
    ),
    xls_bytes(ROWS),
    ods_bytes(ods_table(ROWS)),
    b"<html><table><tr><td rowspan=2>a<td colspan=9>b</table><!-- x --></html>",
    zip_bytes({"a.csv": csv_bytes(ROWS)}),
)
_CODES = {
    "FILE_UNSUPPORTED", "FILE_EMPTY", "FILE_PASSWORD_PROTECTED", "FILE_TOO_COMPLEX", "FILE_TOO_LARGE", "FILE_CORRUPT",
    "FILE_NO_TABLE", "FILE_TOO_MANY_ROWS",
}  # fmt: skip
CODES = {code: code for code in _CODES}
"""Any other code is a KeyError, and so a failure."""
SLOW = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def outcome(content: bytes, choice: TableChoice | None = None) -> object:
    """What reading gives, or the code of its refusal; whatever it gives is in form."""
    try:
        found = read(FOLDER, content, choice=choice)
    except FileRefused as refused:
        return CODES[refused.code]
    assert all(len(row) == len(found.headers) for row in found.rows)
    assert len(found.numbers) == len(found.rows)
    return found


@SLOW
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    assert outcome(content) == outcome(content)


@SLOW
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "cp1252", "mac_roman"]))
def test_any_text(text: str, encoding: str) -> None:
    outcome(text.encode(encoding, "replace"))


@SLOW
@given(
    st.text(alphabet="Nome;,\t|\"'\\\r\n aé1@", max_size=200),
    st.sampled_from([None, ";", ",", '"', "\n", "\\"]),
)
def test_separators_and_quotes_in_any_order(text: str, delimiter: str | None) -> None:
    outcome(text.encode(), TableChoice(delimiter=delimiter))


@SLOW
@given(st.text(alphabet="<>/trdable!-[]\"'= &;x1CDATA", max_size=300))
def test_any_page(text: str) -> None:
    outcome(b"<table>" + text.encode())


@SLOW
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(st.integers(0, 1 << 20), st.binary(max_size=6), st.integers(0, 30)), min_size=1, max_size=4
    ),
)
def test_damaged_files(content: bytes, damages: list[tuple[int, bytes, int]]) -> None:
    for place, added, removed in damages:
        at = place % (len(content) + 1)
        content = content[:at] + added + content[at + removed :]
    outcome(content)


@SLOW
@given(st.text(alphabet='<>/crowvfis ="A1Bt0&;!-', max_size=120))
def test_any_row_xml(inside: str) -> None:
    outcome(raw_xlsx(f'<row r="1"><c r="A1" t="str"><v>Nome</v></c>{inside}</row>', level=1))


cell = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
table = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), max_size=12)
)


@SLOW
@given(table, st.sampled_from([";", ",", "\t", "|"]), st.sampled_from(["\r\n", "\n"]))
def test_quoted_text_comes_back_as_written(rows: list[list[str]], delimiter: str, ending: str) -> None:
    width = len(rows[0]) if rows else 2
    header = ["Nome", "Celular", "Cidade", "UF", "CEP"][:width]
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(
        [header, *rows]
    )
    found = read(FOLDER, target.getvalue().encode())
    assert found.headers == header
    assert found.rows == rows


value = st.one_of(
    st.none(),
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12
    ).filter(lambda text: not text.startswith("=") and "_x" not in text and text.strip() == text),
    st.integers(0, 10**14),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)


@SLOW
@given(st.lists(st.lists(value, min_size=3, max_size=3), max_size=15), st.booleans())
def test_cells_come_back_as_written(rows: list[list[Any]], repeated: bool) -> None:
    rows = rows * 3 if repeated else rows
    found = read(FOLDER, xlsx_bytes({"A": [["Nome", "Celular", "Cidade"], *rows]}))
    got = dict(zip(found.numbers, found.rows, strict=True))
    for number, row in enumerate(rows, start=2):
        if any(cell is not None for cell in row):
            assert all(_is_same(one, other) for one, other in zip(got[number], row, strict=True))


def _is_same(one: Any, other: Any) -> bool:
    """The same value; a midnight is a date, an empty text no cell, and the library writes 16 digits of a fraction."""
    if isinstance(other, float):
        return math.isclose(one or 0, other, rel_tol=1e-12)
    if isinstance(other, datetime) and other.time() == datetime.min.time():
        return one == other.date()
    return one in {None, ""} if other is None else one == other


@SLOW
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(), st.booleans()), max_size=6
    )
)
def test_junk_has_five_answers(row: list[Any]) -> None:
    assert row_junk(row, ["Nome", "Celular", "Cidade"], {0, 1}) in {
        "",
        "blank",
        "total",
        "repeated_header",
        "footer",
    }
    assert row_junk([], [], ()) == "blank"
