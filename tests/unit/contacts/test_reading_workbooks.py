"""Spreadsheets: xlsx, the older and the open ones, pages named .xls, archives of one, and everything refused."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits
from balcao.modules.contacts.reading.tables import TableChoice
from balcao.modules.contacts.reading.xlsx_book import is_date_format
from balcao.modules.contacts.reading.xlsx_texts import PackedTexts
from tests.factories.reading import read
from tests.factories.sheets import (
    MAIN,
    csv_bytes,
    inline_rows,
    ods_bytes,
    ods_table,
    ole_bytes,
    raw_xlsx,
    xls_bytes,
    xlsx_bytes,
    zip_bytes,
)

CONTACTS = [
    ["Nome", "Celular", "Cidade"],
    ["José", "11987654321", "São Paulo"],
    ["Ana & Cia <x>", "21987654322", "Maceió"],
]


def refusal(
    folder: Path, content: bytes, filename: str = "lista.xlsx", limits: ReadingLimits | None = None
) -> str:
    with pytest.raises(FileRefused) as refused:
        read(folder, content, filename, limits=limits)
    return refused.value.code


def test_cells_keep_their_types(tmp_path: Path) -> None:
    moment = datetime(2024, 2, 29, 13, 45)
    found = read(
        tmp_path,
        xlsx_bytes({"Plan1": [["Nome", "Celular", "Nasc.", "Ativo", "Valor", "Quando"],
                              ["José", 11987654321, date(1990, 5, 3), True, 1.5, moment],
                              [" x ", -3, date(1900, 1, 5), False, 1e20, None]]}),
        "a.xlsx",
    )  # fmt: skip
    assert found.rows == [
        ["José", 11987654321, date(1990, 5, 3), True, 1.5, moment],
        [" x ", -3, date(1900, 1, 5), False, 1e20, ""],
    ]
    assert isinstance(found.rows[0][1], int)
    assert found.facts.kind == "xlsx"
    assert not found.notes


def test_dates_of_the_1904_system(tmp_path: Path) -> None:
    found = read(
        tmp_path, xlsx_bytes({"A": [["Nome", "Data de nascimento"], ["Ana", date(1990, 5, 3)]]}, is_1904=True)
    )
    assert found.rows == [["Ana", date(1990, 5, 3)]]
    assert found.facts.is_1904


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("dd/mm/yyyy", True), ("[$-416]d mmm yy", True), ("hh:mm", True), ("[h]:mm", True), ("General", False), ("0.00", False),
        ('0 "dias"', False), ("[Red]0", False), ("00000-000", False), ("_-R$ * #,##0.00", False), ("0.00E+00", False),
        ("@", False), ("\\d0", False),
    ],
)  # fmt: skip
def test_date_formats(code: str, is_date: bool) -> None:
    assert is_date_format(code) is is_date


def test_rows_keep_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    rows = '<row r="3"><c r="B3" t="str"><v>Nome</v></c><c r="C3" t="str"><v>Celular</v></c></row>'
    rows += (
        '<row r="7"><c r="B7" t="str"><v>Ana</v></c><c r="C7"><v>1.1987654321E10</v></c></row><row r="9"/>'
    )
    rows += '<row r="5000"><c r="C5000"><v>22</v></c></row>'
    found = read(tmp_path, raw_xlsx(rows))
    assert found.headers == ["", "Nome", "Celular"]
    assert found.facts.header_row == 3
    assert found.numbers == [4, 5, 6, 7, 5000]
    assert [row for row in found.rows if any(row)] == [[None, "Ana", 11987654321.0], [None, None, 22]]


@pytest.mark.parametrize(
    "sheet",
    [
        "<row><c t='str'><v>Nome</v></c><c t='str'><v>Celular</v></c></row><row><c t='str'><v>Ana</v></c><c><v>11</v></c></row>",
        (
            '<row r="1"><c t="inlineStr" r="A1"><is><t>Nome</t></is></c><c r="B1" t="inlineStr"><is><r><t>Celu</t></r><r><rPr/>'
            '<t>lar</t></r></is></c></row><row r="2"><c r="A2" t="str" s="0"><f>B1</f><v>Ana</v></c><c r="B2"><f>5+6</f><v>11</v></c></row>'
        ),
        (
            '<row r="1" x14ac:dyDescent="0.25"><c r="A1" t="str"><v><![CDATA[Nome]]></v></c><c r="B1" t="str"><v>Celular</v></c></row>'
            '<!-- note --><row r="2"><c r="A2" t="str"><v>Ana</v></c><c r="B2" t="n"><v>11</v></c></row>'
        ),
    ],
)
def test_other_ways_to_write_the_same(tmp_path: Path, sheet: str) -> None:
    found = read(tmp_path, raw_xlsx(sheet))
    assert found.headers == ["Nome", "Celular"]
    assert found.rows == [["Ana", 11]]


def test_prefixed_tags_backslashed_names_and_utf16(tmp_path: Path) -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="s"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    strings = f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>Nome</x:t></x:si><x:si><x:t>José</x:t></x:si></x:sst>'
    found = read(tmp_path, raw_xlsx(sheet, strings=strings.encode()))
    assert (found.headers, found.rows) == (["Nome"], [["José"]])
    again = read(tmp_path, raw_xlsx(sheet.encode("utf-16"), strings=strings.encode("utf-16")))
    assert (again.headers, again.rows) == (["Nome"], [["José"]])
    odd = raw_xlsx(sheet, strings=strings).replace(b"xl/sharedStrings.xml", b"xl\\SharedStrings.xml")
    assert read(tmp_path, odd).rows == [["José"]]


def test_shared_texts_of_every_form(tmp_path: Path) -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>Nome</t></si><si><t xml:space="preserve"> A &amp; B </t></si><si/><si><t/></si>'
        '<si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r><rPh sb="0" eb="1"><t>não</t></rPh></si>'
        "<si><t>a_x000D_b&#10;c</t></si></sst>"
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in range(1, 7))
    found = read(tmp_path, raw_xlsx(rows, strings=strings))
    assert [row[0] for row in found.rows if any(row)] == [" A & B ", "rich ", "a\rb\nc"]


def test_packed_texts_are_the_same_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = xlsx_bytes({"A": [*CONTACTS, ["Zoë 😀", "x", "x"]]})
    plain = read(tmp_path, content)
    monkeypatch.setattr("balcao.modules.contacts.reading.xlsx_texts._ROOM", 0)
    assert read(tmp_path, content) == plain
    assert plain.rows[-1] == ["Zoë 😀", "x", "x"]
    texts = PackedTexts()
    texts.extend(["a", ""])
    assert (len(texts), texts[0], texts[1]) == (2, "a", "")
    with pytest.raises(IndexError):
        texts[-1]


def test_clocks_iso_dates_and_serials_out_of_range(tmp_path: Path) -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>'
    values = ["0.5", "0.75003", "32996", "32996.25", "11987654321", "-4", "59", "texto"]
    rows = inline_rows([["Nome", "Celular"]]) + "".join(
        f'<row r="{n}"><c r="A{n}" s="1"><v>{value}</v></c><c r="B{n}" t="d"><v>2024-02-29T00:00:00</v></c></row>'
        for n, value in enumerate(values, start=2)
    )
    found = read(tmp_path, raw_xlsx(rows, styles=styles))
    assert [row[0] for row in found.rows] == [
        "12:00", "18:00:03", date(1990, 5, 3), datetime(1990, 5, 3, 6), 11987654321, -4, date(1900, 2, 28), "texto",
    ]  # fmt: skip
    assert {row[1] for row in found.rows} == {date(2024, 2, 29)}


def test_dates_and_gaps_of_open_documents(tmp_path: Path) -> None:
    def one(kind: str, more: str) -> str:
        return f'<table:table-cell office:value-type="{kind}" {more}><text:p>x</text:p></table:table-cell>'

    table = ods_table([["Nome", "Celular", "Cidade"]]).removesuffix("</table:table>")
    table += '<table:table-row table:number-rows-repeated="3"/><table:table-row>'
    table += '<table:table-cell table:number-columns-repeated="1"/>' + one(
        "date", 'office:date-value="1990-05-03"'
    )
    table += one("float", 'office:value="11987654321"') + "</table:table-row></table:table>"
    found = read(tmp_path, ods_bytes(table), "a.ods")
    assert found.numbers == [2, 3, 4, 5]
    assert [cell or None for cell in found.rows[3]] == [None, date(1990, 5, 3), 11987654321]


def test_rows_of_changing_columns_read_alike_with_and_without_templates(tmp_path: Path) -> None:
    """Compared with another reader, over rows that leave cells out, blank, or of other types."""
    rows: list[list[object]] = [["Nome", "Celular", "Cidade", "Valor"]]
    for n in range(400):
        rows.append([f"Ana {n}", 11_900_000_000 + n, "X" if n % 3 else None, n / 4 if n % 5 else "texto"])
        if n % 7 == 0:
            rows.append([None, f"nota & {n}", None, True])
    content = xlsx_bytes({"A": rows})
    found = read(tmp_path, content)
    other = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [[cell or "" for cell in row] for row in found.rows] == [
        [cell or "" for cell in row] for row in other[1:]
    ]


def test_formulas_without_a_value_and_errors(tmp_path: Path) -> None:
    rows = inline_rows([["Nome", "Celular"]])
    rows += '<row r="2"><c r="A2" t="str"><v>Ana</v></c><c r="B2"><f>A1</f></c></row>'
    rows += '<row r="3"><c r="A3" t="str"><v>Bia</v></c><c r="B3"><f>A1</f><v></v></c></row>'
    rows += '<row r="4"><c r="A4" t="str"><v>Caio</v></c><c r="B4" t="str"><f>IF(1,"")</f><v></v></c></row>'
    rows += '<row r="5"><c r="A5" t="str"><v>Duda</v></c><c r="B5" t="e"><f>NA()</f><v>#N/A</v></c></row>'
    rows += '<row r="6"><c r="B6"><f t="shared" si="0"/></c></row>'
    found = read(tmp_path, raw_xlsx(rows))
    assert [row[0] for row in found.rows] == ["Ana", "Bia", "Caio", "Duda", ""]
    assert not any(row[1] for row in found.rows)
    assert found.codes == [
        (2, 1, "CELL_FORMULA_NO_VALUE"), (3, 1, "CELL_FORMULA_NO_VALUE"), (5, 1, "CELL_ERROR_VALUE"),
        (6, 1, "CELL_FORMULA_NO_VALUE"),
    ]  # fmt: skip


def test_formulas_of_a_library_that_writes_zero_for_want_of_a_result(tmp_path: Path) -> None:
    found = read(tmp_path, xlsx_bytes({"A": [["Nome", "Celular"], ["Ana", "=1+1"], ["Bia", 0]]}))
    assert found.codes == [(2, 1, "CELL_FORMULA_NO_VALUE")]
    assert [row[1] or 0 for row in found.rows] == [0, 0]


def test_the_visible_list_is_chosen(tmp_path: Path) -> None:
    lead = [f"Ana {n}" for n in range(30)]
    content = xlsx_bytes(
        {
            "Capa": [["Bem-vindo"], ["à nossa planilha"]],
            "Oculta": [["Nome", "Celular"], *[["x", "11987654321"]] * 500],
            "Leads": [["Nome", "Celular"], *[[name, "11987654321"] for name in lead]],
        },
        hidden=["Oculta"],
    )
    found = read(tmp_path, content)
    assert found.facts.sheet == "Leads"
    assert [row[0] for row in found.rows] == lead
    assert [(sheet.name, sheet.rows, sheet.is_visible) for sheet in found.facts.sheets] == [
        ("Capa", 2, True), ("Oculta", 501, False), ("Leads", 31, True),
    ]  # fmt: skip
    assert len(read(tmp_path, content, choice=TableChoice(sheet="Oculta")).rows) == 500
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content, choice=TableChoice(sheet="Nenhuma"))
    assert refused.value.code == "FILE_NO_TABLE"


def test_all_sheets_of_one_header_are_read_as_one(tmp_path: Path) -> None:
    head = ["Nome", "Celular"]
    content = xlsx_bytes(
        {"Jan": [head, ["Ana", "11"], ["Bia", "22"]], "Notas": [["Data", "x"]], "Fev": [head, ["Caio", "33"]]}
    )
    found = read(tmp_path, content, choice=TableChoice(all_sheets=True))
    assert [row[0] for row in found.rows] == ["Ana", "Bia", "Caio"]
    assert found.numbers == [2, 3, 5]
    assert len(read(tmp_path, content).rows) == 2


def test_merged_cells_reach_down_in_the_data_only(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Nome", "Cidade"], *[[f"Ana {n}", None] for n in range(70)]]
    content = xlsx_bytes(
        {"A": rows},
        merged={"A": [(1, 1, 3, 1, "Campinas"), (10, 1, 65, 1, "longe"), (66, 0, 67, 1, "bloco")]},
    )
    found = read(tmp_path, content)
    assert [row[1] or None for row in found.rows[:4]] == ["Campinas", "Campinas", "Campinas", None]
    assert found.rows[9][1] == "longe"
    assert not found.rows[10][1]


def test_a_list_squeezed_into_the_first_column(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        xlsx_bytes({"A": [["Nome;Celular;Cidade"], ["Ana;11;SP"], ['Bia;22;"a;b"'], ["Só um nome"]]}),
    )
    assert found.headers == ["Nome", "Celular", "Cidade"]
    assert found.rows == [["Ana", "11", "SP"], ["Bia", "22", "a;b"], ["Só um nome", "", ""]]
    assert read(tmp_path, xlsx_bytes({"A": [["Nome"], ["Silva, Ana"], ["Souza, Bia"]]})).headers == ["Nome"]


def test_more_sheets_rows_than_wanted(tmp_path: Path) -> None:
    content = xlsx_bytes({"A": [["Nome", "Celular"], *[["Ana", "11"]] * 50]})
    assert refusal(tmp_path, content, limits=ReadingLimits(rows=40)) == "FILE_TOO_MANY_ROWS"
    assert refusal(tmp_path, content, limits=ReadingLimits(xlsx_bytes=100)) == "FILE_TOO_LARGE"


def test_old_and_open_workbooks(tmp_path: Path) -> None:
    old = read(tmp_path, xls_bytes([["Nome", "Celular"], ["José", 11987654321.0]]), "a.xls")
    assert (old.facts.kind, old.headers, old.rows) == ("xls", ["Nome", "Celular"], [["José", 11987654321.0]])
    hidden = '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/></style:style>'
    free = read(tmp_path, ods_bytes(ods_table(CONTACTS[:2]), styles=hidden), "a.ods")
    assert (free.facts.kind, free.rows, free.numbers) == ("ods", CONTACTS[1:2], [2])


PAGE = (
    "<html xmlns:x='urn:x'><head><meta charset=windows-1252><title>x</title><style>td {mso: '<td>'}</style></head><body>"
    "<table><tr><td>Logo</td></tr></table><!-- <table><tr><td>não</td></tr></table> -->"
    "<table border=1><tr><th>Nome<th>Celular<th>Cidade</tr><tr><td rowspan='2'>Ana &amp; José<td x:num=\"11987654321\">1,2E+10</td>"
    "<td colspan=1>São<br>Paulo</td></tr><TR><TD>22</TD></TR></table></body></html>"
)


def test_pages_named_xls(tmp_path: Path) -> None:
    for encoding in ("utf-8", "cp1252", "utf-16"):
        found = read(tmp_path, PAGE.encode(encoding), "relatorio.xls")
        assert found.headers == ["Nome", "Celular", "Cidade"]
        assert found.rows == [["Ana & José", 11987654321, "São\nPaulo"], ["Ana & José", "22", ""]]
        assert (found.facts.kind, found.notes) == ("html", ["FILE_TYPE_DIFFERS"])


def test_xml_spreadsheets_of_2003(tmp_path: Path) -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"

    def cell(kind: str, text: str, more: str = "") -> str:
        return f'<Cell{more}><Data ss:Type="{kind}">{text}</Data></Cell>'

    content = (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        '<Worksheet ss:Name="Oculta"><Table><Row>' + cell("String", "Nome") + cell("String", "Celular") + "</Row>"
        + ("<Row>" + cell("String", "x") + "</Row>") * 9 + "</Table><WorksheetOptions><Visible>SheetHidden</Visible>"
        '</WorksheetOptions></Worksheet><Worksheet ss:Name="Leads"><Table><Row>' + cell("String", "Nome")
        + cell("String", "Celular") + cell("String", "Cidade") + '</Row><Row ss:Index="4">' + cell("String", "José")
        + cell("Number", "11987654321") + "</Row><Row>" + cell("String", "Maceió", ' ss:Index="3"') + "</Row><Row>"
        + cell("Error", "#N/A") + cell("DateTime", "1990-05-03T00:00:00.000") + "</Row></Table></Worksheet></Workbook>"
    )  # fmt: skip
    found = read(tmp_path, content, "a.xls")
    assert (found.facts.kind, found.facts.sheet) == ("xml", "Leads")
    assert found.numbers == [4, 5, 6]
    assert found.rows == [["José", 11987654321, ""], ["", "", "Maceió"], ["", "1990-05-03", ""]]
    assert found.codes == [(6, 0, "CELL_ERROR_VALUE")]


def test_archives_of_one_table(tmp_path: Path) -> None:
    text = csv_bytes(CONTACTS)
    assert (
        read(
            tmp_path, zip_bytes({"__MACOSX/._a.csv": "x", "pasta/a.csv": text, "leia.pdf": "x"}), "a.zip"
        ).rows
        == CONTACTS[1:]
    )
    inner = read(tmp_path, zip_bytes({"a.xlsx": xlsx_bytes({"A": CONTACTS})}), "a.zip")
    assert (inner.facts.kind, inner.rows, inner.notes) == ("xlsx", CONTACTS[1:], [])
    assert refusal(tmp_path, zip_bytes({"a.csv": text, "b.csv": text}), "a.zip") == "FILE_UNSUPPORTED"
    assert refusal(tmp_path, zip_bytes({"a.txt": zip_bytes({"a.csv": text})}), "a.zip") == "FILE_UNSUPPORTED"
    assert refusal(tmp_path, zip_bytes({"../a.csv": text}), "a.zip") == "FILE_TOO_COMPLEX"


def test_content_decides_and_the_name_is_noted(tmp_path: Path) -> None:
    assert read(tmp_path, csv_bytes(CONTACTS), "a.xlsx").notes == ["FILE_TYPE_DIFFERS"]
    assert read(tmp_path, xlsx_bytes({"A": CONTACTS}), "a.csv").notes == ["FILE_TYPE_DIFFERS"]
    assert read(tmp_path, csv_bytes(CONTACTS), "a.txt").notes == []
    assert read(tmp_path, csv_bytes(CONTACTS), "semponto").notes == []


def test_wrong_files_have_their_own_codes(tmp_path: Path) -> None:
    book = xlsx_bytes({"A": CONTACTS})
    for content, code in (
        (b"", "FILE_EMPTY"),
        (b" \r\n;;;\r\n", "FILE_EMPTY"),
        (xlsx_bytes({"A": []}), "FILE_EMPTY"),
        (b"PK\x05\x06" + bytes(18), "FILE_EMPTY"),
        (b"%PDF-1.7 abc", "FILE_UNSUPPORTED"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "FILE_UNSUPPORTED"),
        (bytes(range(256)) * 20, "FILE_UNSUPPORTED"),
        (b'<?xml version="1.0"?><nfe><a>1</a></nfe>', "FILE_UNSUPPORTED"),
        (zip_bytes({"word/document.xml": "<x/>"}), "FILE_UNSUPPORTED"),
        (zip_bytes({"mimetype": "application/vnd.oasis.opendocument.text"}), "FILE_UNSUPPORTED"),
        (ole_bytes("WordDocument", b"x"), "FILE_UNSUPPORTED"),
        (ole_bytes("EncryptedPackage", b"x"), "FILE_PASSWORD_PROTECTED"),
        (xls_bytes(CONTACTS)[:1_200], "FILE_CORRUPT"),
        (book[: len(book) // 2], "FILE_CORRUPT"),
        (raw_xlsx('<row r="1"><c r="A1" t="s"><v>5</v></c></row>'), "FILE_CORRUPT"),
        (raw_xlsx('<row r="1"><c r="A1"><v>5</v></row>'), "FILE_CORRUPT"),
        (b"<html><body><p>Nada aqui</p></body></html>", "FILE_NO_TABLE"),
    ):
        assert refusal(tmp_path, content, "a.csv") == code, content[:40]
    locked = bytearray(zip_bytes({"a.csv": "Nome;x\nAna;1\n"}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(signature) + at] |= 1
    assert refusal(tmp_path, bytes(locked), "a.zip") == "FILE_PASSWORD_PROTECTED"
