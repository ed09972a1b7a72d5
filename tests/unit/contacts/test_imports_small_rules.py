"""Small rules of the imports' doors: letters of columns, cells no spreadsheet runs, options, names of files."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.errors import ValidationFailedError
from balcao.modules.contacts.api.attachments import content_disposition
from balcao.modules.contacts.corrections import (
    CellCorrection,
    CorrectionsUnreadableError,
    ReturnedLine,
    changed_cells,
    csv_rows,
    returned_lines,
)
from balcao.modules.contacts.csv_safety import TRIGGERS, quoted_formula, unquoted_formula
from balcao.modules.contacts.downloads import csv_text, stem_of
from balcao.modules.contacts.import_options import DEFAULTS, parse_options
from balcao.modules.contacts.import_words import (
    column_letter,
    column_position,
    confidence_text,
    error_text,
)
from balcao.modules.contacts.people_fields import INDEX, PERSON
from balcao.modules.contacts.pipeline.request import Options
from balcao.modules.contacts.row_view import Column, clean_text_of, mask_document, view_row

HEADER = ["Row", "Column", "Original", "New value", "Corrected value"]


@given(st.integers(0, 16_383))
@settings(deadline=None)
def test_a_column_is_its_letter(position: int) -> None:
    assert column_position(column_letter(position)) == position
    assert column_position(str(position + 1)) == position


def test_letters_as_spreadsheets_write_them() -> None:
    assert [column_letter(n) for n in (-1, 0, 25, 26, 701, 702, 16_383)] == [
        "",
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
    assert column_position(" ab ") == 27
    for wrong in ("", "A1", "Ç", "ABCD", "0", "-1", "99999"):
        with pytest.raises(ValueError):
            column_position(wrong)


@given(st.text())
@settings(deadline=None)
def test_no_text_stays_a_formula_and_every_one_comes_back(text: str) -> None:
    safe = quoted_formula(text)
    assert not safe.lstrip(" \u00a0").startswith(tuple(TRIGGERS))
    if not text.startswith("'"):
        assert unquoted_formula(safe) == text


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\x00\r", exclude_categories=("Cs",))),
            min_size=2,
            max_size=2,
        )
    )
)
@settings(deadline=None)
def test_csv_comes_back_as_it_was_written(rows: list[list[str]]) -> None:
    text = csv_text(rows)
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows


def test_the_options_are_those_of_the_cleaning() -> None:
    assert {name: getattr(Options(), name) for name in Options.__slots__} == DEFAULTS


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ({"default_ddd": "(011)"}, {"default_ddd": "11"}),
        ({"default_ddd": ""}, {"default_ddd": ""}),
        ({"review": "sim", "dedupe": "não", "import_tag": True}, {"review": True, "dedupe": False, "import_tag": True}),
        ({"header_row": " 3 ", "sheet": " Leads "}, {"header_row": 3, "sheet": "Leads"}),
        ({"header_row": "", "sheet": "", "encoding": "", "delimiter": ""}, {"header_row": None, "sheet": None, "encoding": None, "delimiter": None}),
        ({"header_row": 0}, {"header_row": 0}),
        ({"encoding": "Windows-1252", "delimiter": "\t"}, {"encoding": "cp1252", "delimiter": "\t"}),
        ({"delimiter": "tab", "profile": "", "repair": "SUGGEST"}, {"delimiter": "\t", "profile": "ghl", "repair": "suggest"}),
        ({"file": "x", "force": "1"}, {}),
    ],
)  # fmt: skip
def test_options_as_forms_send_them(given_text: dict[str, object], kept: dict[str, object]) -> None:
    assert parse_options(given_text) == kept


@pytest.mark.parametrize("ddd", ["20", "1", "111", "ab", "00"])
def test_area_codes_that_are_none(ddd: str) -> None:
    with pytest.raises(ValidationFailedError):
        parse_options({"default_ddd": ddd})


def test_long_names_of_sheets_are_refused() -> None:
    with pytest.raises(ValidationFailedError):
        parse_options({"sheet": "x" * 256})


@pytest.mark.parametrize(
    ("filename", "stem"),
    [("Leads março.xlsx", "Leads março"), ("a/b?c.csv", "b-c"), ("...", "contatos"), ("", "contatos"), ("x" * 200 + ".csv", "x" * 100)],
)  # fmt: skip
def test_names_of_downloads(filename: str, stem: str) -> None:
    assert stem_of(filename) == stem


def test_the_header_of_a_download_is_plain_and_true() -> None:
    header = content_disposition('lead"s\r\nção.csv')
    assert (
        header == "attachment; filename=\"lead_s__cao.csv\"; filename*=UTF-8''lead%22s%0D%0A%C3%A7%C3%A3o.csv"
    )
    assert content_disposition("日本") == "attachment; filename=\"file\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC"


def test_words_for_what_is_not_known() -> None:
    assert error_text("SOMETHING") == error_text("ELSE")
    assert error_text("FILE_EMPTY") != error_text("SOMETHING")
    assert [confidence_text(share) for share in (1.0, 0.95, 0.85, 0.6, 0.0)] == [
        "Certain", "Certain", "Very likely", "Likely, please look", "A guess",
    ]  # fmt: skip


def test_documents_are_hidden() -> None:
    assert mask_document("529.982.247-25") == "***.982.247-**"
    assert mask_document("123") == "•••"
    assert mask_document("n/a") == "n/a"


def test_a_cell_shows_what_came_out_of_it() -> None:
    person = [""] * len(PERSON)
    for name, text in {
        "first_name": "Ana", "email": "ana@x.com", "additional_emails": "b@y.com", "phone": "+5511987654321",
        "additional_phones": "+551134567890", "cnpj": "11222333000181", "city": "Campinas",
    }.items():  # fmt: skip
        person[INDEX[name]] = text
    assert clean_text_of("full_name", "ANA", person) == "Ana"
    assert clean_text_of("extra_phone", "11 3456-7890", person) == "+551134567890"
    assert clean_text_of("whatsapp", "8765-4321 / 3456 7890", person) == "+5511987654321, +551134567890"
    assert clean_text_of("email", "B@Y.con", person) == "b@y.com"
    assert clean_text_of("cpf_cnpj", "11.222.333/0001-81", person) == "11222333000181"
    assert clean_text_of("neighborhood", "Centro", person) == ""
    view = view_row([3, "o", ["ANA"], person, 0], [Column(0, "A", "Nome", "full_name"), Column(1, "B", "Bairro", "neighborhood")], [], {1: "Sé"}, masked=True)  # fmt: skip
    assert [(cell.value, cell.is_changed, cell.corrected) for cell in view.cells] == [
        ("Ana", True, None),
        ("", False, "Sé"),
    ]
    assert view.ref is None


def test_lists_that_come_back() -> None:
    rows = [
        HEADER,
        ["4", "B", "'=1", "", "x"],
        ["5.0", "3", "a", "b", ""],
        ["", "B", "", "", "y"],
        ["6", "", "", "", "y"],
        ["7"],
    ]
    assert list(returned_lines(rows)) == [ReturnedLine(4, 1, "=1", "", "x"), ReturnedLine(5, 2, "a", "b", "")]
    for wrong in ([], [["Nome", "Telefone"]], [["Row", "Column"]]):
        with pytest.raises(CorrectionsUnreadableError):
            list(returned_lines(wrong))
    assert csv_rows("Linha;Coluna\r\n4;B\r\n".encode("cp1252")) == [["Linha", "Coluna"], ["4", "B"]]


def test_what_a_person_changed_in_the_list() -> None:
    known = {(4, 1): ("a", "b"), (5, 1): ("a", "b")}
    lines = [
        ReturnedLine(4, 1, "a", "b", ""), ReturnedLine(4, 1, "a", "c", ""), ReturnedLine(5, 1, "d", "b", ""),
        ReturnedLine(6, 1, "e", "f", ""), ReturnedLine(6, 1, "e", "f", "g"),
    ]  # fmt: skip
    assert changed_cells(lines, known) == [
        CellCorrection(4, 1, "c"),
        CellCorrection(5, 1, "d"),
        CellCorrection(6, 1, "g"),
    ]
