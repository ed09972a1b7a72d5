"""Names: table N of the specification word for word, and the cells that people really write."""

import pytest

from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.cleaning.name_words import Spelling
from balcao.modules.contacts.cleaning.names import NAME_LIMIT, NameCell, clean_full_name, clean_name_part

TABLE_N = [
    ("MARIA DA SILVA", "Maria", "da Silva"),
    ("joão pedro dos santos", "João", "Pedro dos Santos"),
    ("  ana   maria ", "Ana", "Maria"),
    ("Maria McDonald", "Maria", "McDonald"),
    ("SILVA, JOÃO", "João", "Silva"),
    ("josé d'ávila", "José", "D'Ávila"),
    ("ANA-MARIA DE SOUZA", "Ana-Maria", "de Souza"),
    ("Dr. JOÃO DA SILVA", "João", "da Silva"),
    ("JOÃO PAULO II", "João", "Paulo II"),
    ("joao", "Joao", ""),
    ("JosÃ© da ConceiÃ§Ã£o", "José", "da Conceição"),
    ("maria e silva", "Maria", "e Silva"),
    ("Sra. MARIA", "Maria", ""),
    ("maria 😀 souza", "Maria", "Souza"),
    ("JOSÉ CARLOS JR.", "José", "Carlos Jr"),
    ("=cmd|' /C calc'!A0", "", ""),
    ("-Maria Souza", "Maria", "Souza"),
    ("n/a", "", ""),
]


def _codes(name: NameCell) -> list[str]:
    return [finding.code for finding in name.findings]


@pytest.mark.parametrize(("cell", "first", "last"), TABLE_N)
def test_table_n(cell: str, first: str, last: str) -> None:
    name = clean_full_name(cell)
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("maria  DAS dores", "Maria", "das Dores"),
        ("MARIA da SILVA", "Maria", "da Silva"),
        ("Maria DA SILVA", "Maria", "DA SILVA"),
        ("João SILVA", "João", "SILVA"),
        ("DA SILVA", "Da", "Silva"),
        ("Von maria", "Von", "Maria"),
        ("JOÃO D'ARC", "João", "D'Arc"),
        ("O'NEILL", "O'Neill", ""),
        ("D’ÁVILA", "D'Ávila", ""),
        ("STELLA D`AVILA", "Stella", "D'Avila"),
        ("Sant'Anna", "Sant'Anna", ""),
        ("ANA B. COSTA", "Ana", "B. Costa"),
        ("J.R. TOLKIEN", "J.R.", "Tolkien"),
        ("Ana", "Ana", ""),
        ("Ñ", "Ñ", ""),
        ("МАРИЯ ИВАНОВА", "Мария", "Иванова"),
        ("李小龍", "李小龍", ""),
        ("MARIA SILVA NETO JR", "Maria", "Silva Neto Jr"),
        ("José II", "José", "II"),
        ("pio xii", "Pio", "XII"),
        ("IV", "IV", ""),
        ("VI", "Vi", ""),
        ("JOÃO DO Ó", "João", "do Ó"),
        ("Mc DONALD", "Mc", "DONALD"),
        ("Mª APARECIDA", "Mª", "Aparecida"),
        ("maria123", "Maria123", ""),
        ("Maria/João", "Maria/João", ""),
        ("maria/joão", "Maria/João", ""),
        ("maria / joão", "Maria", "e João"),
        ("Maria /", "Maria", ""),
        ("/ Maria", "Maria", ""),
        ("Maria & João", "Maria", "& João"),
        ("Maria -Souza", "Maria", "Souza"),
        ("Na", "Na", ""),
        ("nd", "Nd", ""),
        ("0", "0", ""),
        (True, "Verdadeiro", ""),
        (123, "123", ""),
        (None, "", ""),
        ("Maria 03-05-1990", "Maria", "03-05-1990"),
        ("Maria 123 456 789 012 345 678", "Maria", "123 456 789 012 345 678"),
        ("03/05/1990", "03/05/1990", ""),
    ],
)
def test_spelling(cell: Cell, first: str, last: str) -> None:
    name = clean_full_name(cell)
    assert (name.first, name.last) == (first, last)
    assert set(_codes(name)) <= {"NAME_FORMATTED"}


@pytest.mark.parametrize(
    "cell",
    ["Sem nome", "CONSUMIDOR FINAL", "não identificado", "NAN", "null", "- ", "Não informado", "(sem nome)"],
)
def test_what_tills_write_for_nobody_is_nothing(cell: str) -> None:
    assert clean_full_name(cell) == NameCell("", "")
    assert clean_name_part(cell).value == ""


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("da Silva, Maria", "Maria da Silva"),
        ("Silva,João", "João Silva"),
        ("Silva, Dr. João", "João Silva"),
    ],
)
def test_surname_first_is_turned_round(cell: str, name: str) -> None:
    found = clean_full_name(cell)
    assert f"{found.first} {found.last}" == name
    assert "NAME_SWAPPED" in _codes(found)


@pytest.mark.parametrize(
    ("cell", "name", "codes"),
    [
        ("Silva, Jr.", "Silva Jr", ["NAME_FORMATTED"]),
        ("João Silva, MBA", "João Silva", ["NAME_TITLE_REMOVED"]),
        ("MARIA, JOANA E ANA", "Maria Joana e Ana", ["NAME_FORMATTED"]),
        ("Ana,", "Ana ", ["NAME_FORMATTED"]),
        ("Maria, 2", "Maria 2", ["NAME_FORMATTED"]),
        ("Maria, Ana, Bia", "Maria Ana Bia", ["NAME_FORMATTED"]),
    ],
)
def test_other_commas_turn_nothing_round(cell: str, name: str, codes: list[str]) -> None:
    found = clean_full_name(cell)
    assert f"{found.first} {found.last}" == name
    assert _codes(found) == codes


@pytest.mark.parametrize(
    "cell",
    [
        "Sr Dr Maria", "Profª Maria", "Prof.ª MARIA", "D. Maria", "Dona Maria", "Sr(a). Maria", "Sr.(a) Maria", "Dr.Maria",
        "Sra.Maria", "DRA MARIA", "eng. maria", "Sr. e Sra. Maria", "Exma. Sra. Maria", "Senhora Maria", "Sr/Sra Maria", "Sr.Dr.Maria", "Dr. - Sra. Maria",
    ],
)  # fmt: skip
def test_forms_of_address_are_taken_off(cell: str) -> None:
    found = clean_full_name(cell)
    assert (found.first, found.last) == ("Maria", "")
    assert _codes(found) == ["NAME_TITLE_REMOVED"]


def test_a_second_look_adds_to_the_first() -> None:
    found = clean_full_name("Sr.Dr.Maria (mãe)")
    assert (found.first, found.note, _codes(found)) == (
        "Maria",
        "mãe",
        ["NAME_NOTE_MOVED", "NAME_TITLE_REMOVED"],
    )


@pytest.mark.parametrize("cell", ["D.", "E Sra. Maria", "Maria Prof"])
def test_what_only_looks_like_a_form_of_address_stays(cell: str) -> None:
    assert "NAME_TITLE_REMOVED" not in _codes(clean_full_name(cell))


def test_a_form_of_address_alone_is_no_name_but_may_be_a_last_name() -> None:
    assert clean_full_name("Dr.") == NameCell("", "", findings=(Finding("NAME_TITLE_REMOVED"),))
    assert clean_name_part("DR", is_last=True).value == "Dr"


@pytest.mark.parametrize(
    ("cell", "first", "note"),
    [
        ("MARIA (mãe do João)", "Maria", "mãe do João"),
        ("Maria - cliente", "Maria", "cliente"),
        ("Maria [loja] – antiga", "Maria", "loja; antiga"),
        ("Maria (ligar", "Maria", "ligar"),
        ("Maria (=1+1)", "Maria", "1+1"),
        ("(Maria)", "Maria", ""),
        ("Maria ()", "Maria", ""),
        (". - Maria", "Maria", ""),
        ("Ana (a) - (b)", "Ana", "a; b"),
    ],
)
def test_what_was_added_to_a_name_is_kept_as_a_note(cell: str, first: str, note: str) -> None:
    found = clean_full_name(cell)
    assert (found.first, found.last, found.note) == (first, "", note)
    assert ("NAME_NOTE_MOVED" in _codes(found)) == bool(note)


@pytest.mark.parametrize(
    ("cell", "company", "last"),
    [
        ("SILVA LTDA, COMERCIO", "SILVA LTDA, COMERCIO", "Ltda Comercio"),
        ("MARIA DA SILVA ME", "MARIA DA SILVA ME", "da Silva ME"),
        ("Padaria do Zé LTDA", "Padaria do Zé LTDA", "do Zé LTDA"),
        ("PADARIA DO ZÉ LTDA.", "PADARIA DO ZÉ LTDA.", "do Zé Ltda"),
        ("SILVA & CIA", "SILVA & CIA", "& Cia"),
        ("SILVA COMERCIO S.A.", "SILVA COMERCIO S.A.", "Comercio S.A"),
        ("Silva ME - Padaria", "Silva ME - Padaria", "ME Padaria"),
        ("001 - PADARIA LTDA-ME", "PADARIA LTDA-ME", "Ltda-Me"),
    ],
)
def test_companies_are_told_too(cell: str, company: str, last: str) -> None:
    found = clean_full_name(cell)
    assert (found.company, found.last) == (company, last)
    assert "NAME_LOOKS_COMPANY" in _codes(found)
    assert clean_name_part(cell).extra == (company,)


@pytest.mark.parametrize(
    "cell", ["Maria da Silva Me", "maria da silva me", "MEI", "Mei Ling", "MARIA ME SILVA", "Cia Silva"]
)
def test_words_that_companies_end_with_are_not_companies(cell: str) -> None:
    assert clean_full_name(cell).company == ""


@pytest.mark.parametrize(
    ("cell", "name", "email"),
    [
        ("maria@x.com.br", "", "maria@x.com.br"),
        ("Maria <maria@x.com>", "Maria", "maria@x.com"),
        ("Maria - maria@x.com", "Maria", "maria@x.com"),
        ("Maria e-mail: maria@x.com", "Maria", "maria@x.com"),
        ("maria@gmail", "", "maria@gmail"),
    ],
)
def test_an_email_is_moved(cell: str, name: str, email: str) -> None:
    found = clean_full_name(cell)
    assert (found.first, found.email, _codes(found)) == (name, email, ["NAME_IS_EMAIL"])


@pytest.mark.parametrize(
    ("cell", "name", "phone"),
    [
        (11987654321, "", "11987654321"),
        ("11987654321", "", "11987654321"),
        ("+55 (11) 98765-4321", "", "+55 (11) 98765-4321"),
        ("11 98765-4321 / 11 91234-5678", "", "11 98765-4321 / 11 91234-5678"),
        ("Maria 11 98765-4321", "Maria", "11 98765-4321"),
        ("Maria (11) 98765-4321", "Maria", "(11) 98765-4321"),
        ("Maria Cel: 11 98765-4321", "Maria", "11 98765-4321"),
    ],
)
def test_a_telephone_is_moved(cell: Cell, name: str, phone: str) -> None:
    found = clean_full_name(cell)
    assert (found.first, found.phone, _codes(found)) == (name, phone, ["NAME_IS_PHONE"])


def test_a_telephone_between_a_name_and_a_note() -> None:
    found = clean_full_name("João Silva (11) 98765-4321 - cliente")
    assert (found.first, found.last, found.note) == ("João", "Silva", "cliente")


@pytest.mark.parametrize(
    "cell",
    [
        "MARIA SOUZA 52998224725", "12.345.678 MARIA SOUZA", "Maria Souza 529.982.247-25", "Maria Souza 11.222.333/0001-81",
        "Maria Souza 11222333000181", "1 - Maria Souza", "01) MARIA SOUZA", "Nº 12: Maria Souza", "*Maria Souza*", '"Maria" Souza',
        "👩‍👩‍👧 Maria 🇧🇷 Souza ❤️", "maria_souza", "Maria;Souza", "~Maria™ Souza",
    ],
)  # fmt: skip
def test_numbers_and_symbols_are_taken_out(cell: str) -> None:
    found = clean_full_name(cell)
    assert (found.first, found.last, _codes(found)) == ("Maria", "Souza", ["NAME_SYMBOLS_REMOVED"])


def test_a_document_alone_is_no_telephone() -> None:
    assert clean_full_name("529.982.247-25") == NameCell("", "", findings=(Finding("NAME_SYMBOLS_REMOVED"),))
    assert clean_full_name("52998224725").phone == ""


@pytest.mark.parametrize("cell", ["𝓜𝓪𝓻𝓲𝓪", "ＭＡＲＩＡ", "Ⓜⓐⓡⓘⓐ", "'Maria", "maria."])
def test_ornaments_are_plain_letters(cell: str) -> None:
    assert clean_full_name(cell) == NameCell("Maria", "", findings=(Finding("NAME_FORMATTED"),))


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1|x",
        "＝HYPERLINK(",
        '@SUM("A1")',
        "-Maria (mãe)",
        "+x!",
        "\t=cmd|x",
        '=HYPERLINK("http://x.com","Maria")',
    ],
)
def test_payloads_are_emptied(cell: str) -> None:
    assert clean_full_name(cell) == NameCell("", "", findings=(Finding("CELL_FORMULA_BLANKED"),))


@pytest.mark.parametrize("cell", ["=Maria", "@maria", "+ Maria", "＝Maria", "\t-=Maria"])
def test_signs_of_a_formula_are_taken_off(cell: str) -> None:
    assert clean_full_name(cell) == NameCell("Maria", "", findings=(Finding("CELL_FORMULA_NEUTRALIZED"),))


@pytest.mark.parametrize(
    ("cell", "value"), [("Jo?o", "Jo?o"), ("Concei??o", "Concei??o"), ("Jo\ufffdo", "Jo\ufffdo")]
)
def test_lost_letters_are_told(cell: str, value: str) -> None:
    assert clean_full_name(cell) == NameCell(value, "", findings=(Finding("TEXT_LETTERS_LOST"),))


@pytest.mark.parametrize(
    "cell", ["JosÃ©", "JOSÃ©", "JOSÃ‰", "josã©", "JosÃƒÂ©", "Jos&eacute;", "Jos├®", "Jos√©"]
)
def test_broken_accents_are_repaired(cell: str) -> None:
    assert clean_full_name(cell) == NameCell("José", "", findings=(Finding("TEXT_ENCODING_FIXED"),))


@pytest.mark.parametrize(
    ("cell", "name"),
    [("IRMÃ DULCE", "Irmã Dulce"), ("SÃO PAULO", "São Paulo"), ("IRMÃ\u00a0DULCE", "Irmã Dulce")],
)
def test_real_tildes_stay(cell: str, name: str) -> None:
    found = clean_full_name(cell)
    assert (f"{found.first} {found.last}", _codes(found)) == (name, ["NAME_FORMATTED"])


def test_long_names_are_cut_between_words() -> None:
    found = clean_full_name("X" * 300)
    assert (len(found.first), _codes(found)) == (NAME_LIMIT, ["TEXT_TOO_LONG"])
    found = clean_full_name("Abc " * 100)
    assert (len(f"{found.first} {found.last}"), found.last[-3:]) == (251, "Abc")
    assert _codes(clean_full_name("maria " * 1_000)) == ["TEXT_TOO_LONG"]


@pytest.mark.parametrize(
    ("cell", "is_last", "value"),
    [
        ("MARIA", False, "Maria"),
        ("Maria", False, "Maria"),
        ("DA SILVA", True, "da Silva"),
        ("DA SILVA", False, "Da Silva"),
        ("PAULO II", True, "Paulo II"),
        ("II", True, "II"),
        ("VI", True, "VI"),
        ("SILVA, JOÃO", True, "Silva João"),
        ("Dr. Ana", False, "Ana"),
        (None, False, ""),
        ("D’ÁVILA", True, "D'Ávila"),
    ],
)
def test_parts_of_a_name(cell: Cell, is_last: bool, value: str) -> None:
    assert clean_name_part(cell, is_last=is_last).value == value


def test_what_stood_in_a_part_comes_along() -> None:
    assert clean_name_part("maria@x.com") == ("", ("maria@x.com",), (Finding("NAME_IS_EMAIL"),))
    assert clean_name_part("11987654321", is_last=True) == ("", ("11987654321",), (Finding("NAME_IS_PHONE"),))
    assert clean_name_part("Maria (mãe)").findings == (Finding("NAME_NOTE_MOVED", "mãe"),)


def test_the_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balcao.modules.contacts.cleaning.name_words._MOST_REMEMBERED", 1)
    words = Spelling()
    assert [words["ana"], words["de"], words["bia"]] == ["Ana", "de", "Bia"]
    assert dict(words) == {"ana": "Ana"}
