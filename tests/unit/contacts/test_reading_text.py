"""Text files: encodings, separators, quotes, line ends, and the pollution of real exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from balcao.modules.contacts.reading.limits import FileRefused, ReadingLimits
from balcao.modules.contacts.reading.tables import TableChoice
from tests.factories.reading import read
from tests.factories.sheets import csv_bytes

ROWS = [
    ["Nome", "E-mail", "Celular", "Endereço", "Município", "UF"],
    [
        "José da Conceição",
        "jose@exemplo.com.br",
        "(11) 98765-4321",
        "Rua X, 10, Apto 2, Centro",
        "São Paulo",
        "SP",
    ],
    ["JOÃO ÁVILA", "joao@exemplo.com.br", "(11) 98765-4322", "Av. Brasil, 5, Fundos, Ipê", "Maceió", "AL"],
    [
        "Márcia Gonçalves",
        "marcia@exemplo.com.br",
        "(21) 98765-4323",
        "Praça Sé, 1, Sala 3, Sul",
        "Vitória",
        "ES",
    ],
]


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp850", "cp850"),
        ("mac_roman", "mac-roman"),
    ],
)
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_encodings_give_the_same_table(tmp_path: Path, encoding: str, label: str, delimiter: str) -> None:
    found = read(tmp_path, csv_bytes(ROWS, delimiter=delimiter, encoding=encoding))
    assert found.headers == ROWS[0]
    assert found.rows == ROWS[1:]
    assert (found.facts.kind, found.facts.encoding, found.facts.delimiter) == ("csv", label, delimiter)
    assert found.facts.header_row == 1
    assert found.numbers == [2, 3, 4]
    assert not found.findings


def test_accents_that_appear_late(tmp_path: Path) -> None:
    rows = [["Nome", "Cidade"], *[["Ana", "Campinas"]] * 30_000, ["José", "São Paulo"]]
    assert read(tmp_path, csv_bytes(rows, encoding="cp1252")).rows[-1] == ["José", "São Paulo"]
    assert read(tmp_path, csv_bytes(rows)).rows[-1] == ["José", "São Paulo"]


def test_utf8_with_some_foreign_bytes_stays_utf8(tmp_path: Path) -> None:
    content = csv_bytes([["Nome", "Cidade"], *[["José", "São Paulo"]] * 20]) + "João;Belém\r\n".encode(
        "cp1252"
    )
    found = read(tmp_path, content)
    assert found.facts.encoding == "utf-8"
    assert found.rows[0] == ["José", "São Paulo"]
    assert found.rows[-1] == ["João", "Belém"]


def test_a_cut_letter_at_the_end_does_not_change_the_encoding(tmp_path: Path) -> None:
    found = read(tmp_path, "Nome;Cidade\nJosé;Belém\nAna;Macei".encode() + b"\xc3")
    assert found.rows[0] == ["José", "Belém"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, ending: str) -> None:
    found = read(tmp_path, csv_bytes(ROWS, ending=ending))
    assert found.rows == ROWS[1:]


def test_stated_delimiter_is_heeded_and_counts_as_a_row(tmp_path: Path) -> None:
    found = read(tmp_path, "sep=|\nNome|Telefone\nAna; Bia|11987654321\n")
    assert found.headers == ["Nome", "Telefone"]
    assert found.rows == [["Ana; Bia", "11987654321"]]
    assert (found.facts.header_row, found.numbers, found.facts.delimiter) == (2, [3], "|")


def test_choices_of_a_person_win(tmp_path: Path) -> None:
    content = "Título;x\nNome,Telefone\nJosé;1,11\n".encode("cp850")
    choice = TableChoice(encoding="cp850", delimiter=",", header_row=2)
    found = read(tmp_path, content, choice=choice)
    assert found.headers == ["Nome", "Telefone"]
    assert found.rows == [["José;1", "11"]]
    assert found.facts.encoding == "cp850"
    assert read(tmp_path, content, choice=TableChoice(header_row=0, delimiter=";")).numbers == [1, 2, 3]


def test_an_unknown_encoding_is_found_out_instead(tmp_path: Path) -> None:
    found = read(tmp_path, csv_bytes(ROWS, encoding="cp1252"), choice=TableChoice(encoding="rot13"))
    assert found.rows == ROWS[1:]


def test_one_column_of_emails_is_not_split(tmp_path: Path) -> None:
    found = read(tmp_path, "e-mail\n" + "ana@exemplo.com;bia@exemplo.com\ncaio@exemplo.com\n" * 20)
    assert found.headers == ["e-mail"]
    assert found.rows[0] == ["ana@exemplo.com;bia@exemplo.com"]
    assert found.facts.delimiter == ""


def test_one_column_of_turned_names_is_not_split(tmp_path: Path) -> None:
    assert read(tmp_path, "Nome\nSilva, João\nSouza, Ana\n").rows == [["Silva, João"], ["Souza, Ana"]]


def test_colons_split_only_known_headers(tmp_path: Path) -> None:
    assert read(tmp_path, "Nome:Telefone\nAna:11987654321\n").rows == [["Ana", "11987654321"]]
    assert read(tmp_path, "Horários\n10:30\n11:30\n").headers == ["Horários"]


def test_quotes_line_breaks_and_doubled_quotes(tmp_path: Path) -> None:
    found = read(tmp_path, 'Nome;Origem\n"Ana ""Nina"" Souza";"linha 1\nlinha 2; fim"\nBia;x\n')
    assert found.rows == [['Ana "Nina" Souza', "linha 1\nlinha 2; fim"], ["Bia", "x"]]
    assert found.numbers == [2, 3]


def test_apostrophes_as_quotes_and_backslashes(tmp_path: Path) -> None:
    assert read(tmp_path, "Nome,Cidade\n'Silva, Ana','São Paulo'\n'Bia','D''Oeste'\n").rows == [
        ["Silva, Ana", "São Paulo"],
        ["Bia", "D'Oeste"],
    ]
    assert read(tmp_path, 'Nome,Cidade\n"Ana \\"Nina\\", Souza","SP"\n').rows == [['Ana "Nina", Souza', "SP"]]
    assert read(tmp_path, "Nome,Telefone\nD'Ávila,'11987654321\n").rows == [["D'Ávila", "'11987654321"]]


def test_blank_after_the_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, 'Nome, Cidade\n"Ana", "Campinas, SP"\n').rows == [["Ana", "Campinas, SP"]]


def test_unclosed_quote_costs_one_row_only(tmp_path: Path) -> None:
    found = read(tmp_path, 'Nome;Telefone\nAna;"11\n' + "Bia;22\n" * 80)
    assert found.rows == [["Ana", "11"], *[["Bia", "22"]] * 80]
    assert found.codes == [(2, -1, "FILE_QUOTE_UNBALANCED")]


def test_unclosed_quote_that_closes_oddly(tmp_path: Path) -> None:
    found = read(tmp_path, 'Nome;Telefone;Cidade\nAna;"11;X\nBia;"22";Y\nCaio;33;Z\n')
    assert found.rows == [["Ana", "11", "X"], ["Bia", "22", "Y"], ["Caio", "33", "Z"]]
    assert found.codes == [(2, -1, "FILE_QUOTE_UNBALANCED")]


def test_unclosed_quote_in_the_last_row(tmp_path: Path) -> None:
    assert read(tmp_path, 'Nome;Telefone\nAna;11\nBia;"22\n').rows == [["Ana", "11"], ["Bia", "22"]]


def test_very_many_unclosed_quotes(tmp_path: Path) -> None:
    found = read(tmp_path, "Nome;Telefone\n" + '"Ana;11\n' * 3_000)
    assert found.rows == [["Ana", "11"]] * 3_000
    assert len(found.findings) == 3_000


def test_whole_lines_in_quotes(tmp_path: Path) -> None:
    found = read(tmp_path, '"Nome,Telefone"\n"Ana,11"\n"Bia,22"\n')
    assert found.headers == ["Nome", "Telefone"]
    assert found.rows == [["Ana", "11"], ["Bia", "22"]]


def test_zero_bytes_are_skipped_with_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, b"Nome;Telefone\nA\x00na;11\nBia;22\n")
    assert found.rows == [["Ana", "11"], ["Bia", "22"]]
    assert found.notes == ["FILE_NUL_BYTES"]


def test_short_and_long_rows_and_blank_ones(tmp_path: Path) -> None:
    found = read(tmp_path, "Nome;Telefone;Cidade\nAna\nBia;22;X;;\n\nCaio;33;Y;sobra;mais\n")
    assert found.rows == [["Ana", "", ""], ["Bia", "22", "X"], ["", "", ""], ["Caio", "33", "Y"]]
    assert found.numbers == [2, 3, 4, 5]
    assert found.codes == [(5, -1, "ROW_EXTRA_CELLS")]
    assert found.findings[0][2].note == "sobra | mais"


def test_end_mark_of_dos_is_no_row_content(tmp_path: Path) -> None:
    assert read(tmp_path, b"Nome;Telefone\r\nAna;11\r\n\x1a").rows == [["Ana", "11"], ["", ""]]


def test_giant_cells_and_lines_are_refused(tmp_path: Path) -> None:
    for content in ("Nome;x\n" + "y" * 3_000_000, "Nome;x\n" + "y" * 1_100_000 + "\n"):
        with pytest.raises(FileRefused) as refused:
            read(tmp_path, content)
        assert refused.value.code == "FILE_TOO_COMPLEX"


def test_a_cell_of_half_a_megabyte_is_fine(tmp_path: Path) -> None:
    assert read(tmp_path, "Nome;Origem\nAna;" + "y" * 500_000 + "\n").rows == [["Ana", "y" * 500_000]]


def test_more_rows_than_the_limit(tmp_path: Path) -> None:
    for quote in ("", '"'):
        content = "Nome;Telefone\n" + f"{quote}Ana{quote};11\n" * 50
        with pytest.raises(FileRefused) as refused:
            read(tmp_path, content, limits=ReadingLimits(rows=40))
        assert refused.value.code == "FILE_TOO_MANY_ROWS"


def test_blocks_keep_order_whatever_their_size(tmp_path: Path) -> None:
    content = "Nome;Telefone\n" + "".join(f"Ana {n};{n}\n" for n in range(1_234))
    whole = read(tmp_path, content)
    assert [row[1] for row in whole.rows] == [str(n) for n in range(1_234)]
    for size in (1, 7, 500, 1_234, 5_000):
        assert read(tmp_path, content, size=size) == whole


SPECTRUM = {
    "comma_in_quotes": (
        'first,last,address,city,zip\nJohn,Doe,120 any st.,"Anytown, WW",08123\n',
        [["John", "Doe", "120 any st.", "Anytown, WW", "08123"]],
    ),
    "empty": ('a,b,c\n1,"",""\n2,3,4\n', [["1", "", ""], ["2", "3", "4"]]),
    "empty_crlf": ('a,b,c\r\n1,"",""\r\n2,3,4\r\n', [["1", "", ""], ["2", "3", "4"]]),
    "escaped_quotes": ('a,b\n1,"ha ""ha"" ha"\n3,4\n', [["1", 'ha "ha" ha'], ["3", "4"]]),
    "json": (
        'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
        [["1", '{"type": "Point", "coordinates": [102.0, 0.5]}']],
    ),
    "location_coordinates": (
        'Contact Phone Number,Location Coordinates,Cities,Counties\n9167000001,"37°36\'37.8""N 121°2\'17.9""W",Livermore,Alameda\n',
        [["9167000001", "37°36'37.8\"N 121°2'17.9\"W", "Livermore", "Alameda"]],
    ),
    "newlines": (
        'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
        [["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]],
    ),
    "newlines_crlf": (
        'a,b,c\r\n1,2,3\r\n"Once upon \r\na time",5,6\r\n7,8,9\r\n',
        [["1", "2", "3"], ["Once upon \r\na time", "5", "6"], ["7", "8", "9"]],
    ),
    "quotes_and_newlines": ('a,b\n1,"ha \n""ha"" \nha"\n3,4\n', [["1", 'ha \n"ha" \nha'], ["3", "4"]]),
    "simple": ("a,b,c\n1,2,3\n", [["1", "2", "3"]]),
    "simple_crlf": ("a,b,c\r\n1,2,3\r\n", [["1", "2", "3"]]),
    "utf8": ("a,b,c\n1,2,3\n4,5,ʤ\n", [["1", "2", "3"], ["4", "5", "ʤ"]]),
}


@pytest.mark.parametrize("name", SPECTRUM)
def test_well_known_acid_files(tmp_path: Path, name: str) -> None:
    content, rows = SPECTRUM[name]
    found = read(tmp_path, content)
    assert found.rows == rows
    assert found.headers == content.splitlines()[0].split(",")


_TABLE = [
    ["Nome", "TIME", "Qty", "Telefone", "Price", "ProductType", "Comment"],
    *[
        [f"{day:02d}/05/2018", f"{day:02d}:15:00", str(day), f"P-{day}", f"{day}.5", "Laptop, large", f"Comment of day {day}"]
        for day in range(1, 29)
    ],
]  # fmt: skip


def _quoted(rows: list[list[str]], delimiter: str = ",", quote: str = '"', ending: str = "\r\n") -> str:
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + ending for row in rows)


POLLUTED = {
    "clean": _quoted(_TABLE),
    "delimiter ;": _quoted(_TABLE, ";"),
    "delimiter tab": _quoted(_TABLE, "\t"),
    "delimiter bar": _quoted(_TABLE, "|"),
    "delimiter comma and blank": _quoted(_TABLE, ", "),
    "delimiter #": _quoted(_TABLE, "#"),
    "delimiter ~": _quoted(_TABLE, "~"),
    "delimiter blank": _quoted(_TABLE, " "),
    "quote '": _quoted(_TABLE, quote="'"),
    "quote ' and ;": _quoted(_TABLE, ";", "'"),
    "ends LF": _quoted(_TABLE, ending="\n"),
    "ends CR": _quoted(_TABLE, ending="\r"),
    "no end at the end": _quoted(_TABLE).rstrip(),
    "blank lines before": "\r\n\r\n" + _quoted(_TABLE),
    "minimal quotes": "".join(",".join(f'"{c}"' if "," in c else c for c in row) + "\r\n" for row in _TABLE),
    "utf-8 mark": "\ufeff" + _quoted(_TABLE),
    "title line": "Sales of May\r\n" + _quoted(_TABLE),
    "five lines of preamble": "A report\r\nof sales\r\n\r\nmade by hand\r\n\r\n" + _quoted(_TABLE),
    "trailing delimiters": "".join(line + ",\r\n" for line in _quoted(_TABLE).split("\r\n") if line),
}


@pytest.mark.parametrize("name", POLLUTED)
def test_pollution_does_not_change_the_table(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, POLLUTED[name])
    assert found.headers == _TABLE[0]
    assert [row for row in found.rows if any(row)] == _TABLE[1:]
