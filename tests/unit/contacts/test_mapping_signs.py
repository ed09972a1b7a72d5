"""What a cell looks like: the signs, and what must not be taken for one another."""

from datetime import date, datetime

import pytest

from balcao.modules.contacts.mapping import signs as s
from balcao.modules.contacts.mapping.evidence import evidence_of

NAMES = {
    name: value
    for name, value in vars(s).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, int)
}


def found(cell):
    signs = s.signs_of(cell)
    return {name for name, bit in NAMES.items() if signs & bit}


def test_signs_are_different_bits():
    assert len(NAMES) == len(set(NAMES.values())) == 37
    assert all(bit & (bit - 1) == 0 for bit in NAMES.values())


@pytest.mark.parametrize("cell", ["", " ", "-", "n/a", "não informado", "0", None, "\u200b", float("nan")])
def test_what_stands_for_nothing(cell):
    assert found(cell) == {"BLANK"}


@pytest.mark.parametrize(
    ("cell", "signs"),
    [
        ("ana@x.com.br", {"AT", "EMAIL"}),
        ("Ana <ana@x.com>", {"AT", "EMAIL"}),
        ("maria@gmail", {"AT"}),
        ("@loja.da.ana", {"AT", "HANDLE"}),
        ("@SUM(1+1)", {"AT"}),
        ("???", {"ODD"}),
        ("12:34", {"ODD"}),
        (True, {"CHOICE"}),
        ("Sim", {"CHOICE"}),
        ("não", {"CHOICE"}),
        ("Ana", {"TEXT", "ONE_NAME", "FIRST_NAME"}),
        ("Ana Souza", {"TEXT", "NAME", "FIRST_NAME", "SURNAME"}),
        ("SILVA, JOÃO", {"TEXT", "NAME", "FIRST_NAME"}),
        ("José d'Ávila Jr.", {"TEXT", "NAME", "FIRST_NAME"}),
        ("Camiseta Azul", {"TEXT", "NAME"}),
        ("uma frase com muito mais do que seis palavras", {"TEXT"}),
        ("SP", {"TEXT", "STATE", "UF_CODE", "TWO_LETTERS", "ONE_NAME"}),
        ("São Paulo", {"TEXT", "STATE", "CITY", "NAME"}),
        ("SP - São Paulo", {"TEXT", "STATE"}),
        ("Estado de Minas Gerais", {"TEXT", "STATE", "NAME"}),
        ("Campinas/SP", {"TEXT", "CITY"}),
        ("Cabreúva - SP", {"TEXT", "CITY"}),
        ("Cabreúva (XX)", {"TEXT"}),
        ("Brasil", {"TEXT", "COUNTRY", "ONE_NAME"}),
        ("BR", {"TEXT", "COUNTRY", "TWO_LETTERS", "ONE_NAME"}),
        ("Rua das Flores", {"TEXT", "STREET", "NAME"}),
        ("Av. Paulista, 1000", {"TEXT", "STREET"}),
        ("Padaria Sol LTDA", {"TEXT", "COMPANY", "NAME"}),
        ("Mercado S/A", {"TEXT", "COMPANY"}),
        ("www.loja.com.br", {"TEXT", "URL", "ONE_NAME"}),
        ("https://loja.com/p1", {"TEXT", "URL"}),
        ("1.234,56", {"ODD"}),
    ],
)
def test_words(cell, signs):
    assert found(cell) == signs


@pytest.mark.parametrize(
    "cell",
    ["11987654321", 11987654321, 11987654321.0, "(11) 98765-4321", "+55 11 98765-4321", "5511987654321",
     "0 15 11 98765-4321", "0xx11 98765-4321", "55 (0) 11 98765-4321", "p:+5511987654321", "WhatsApp: 11 98765-4321",
     "11 98765-4321 / 11 3456-7890", "11 98765-4321\n11 3456-7890", "11 8765-4321", "(11) 98765-4321 (Ana)",
     "https://wa.me/5511987654321", "１１９８７６５４３２１"],
)  # fmt: skip
def test_mobiles(cell):
    assert {"PHONE", "MOBILE", "PHONE_SHAPE"} <= found(cell)


@pytest.mark.parametrize(
    "cell", ["11 3456-7890", "1134567890", "+1 212 555 0100", "11 98765-4321 11 3456-7890"]
)
def test_telephones_that_are_no_mobiles(cell):
    assert {"PHONE", "PHONE_SHAPE"} <= found(cell)
    assert "MOBILE" not in found(cell)


@pytest.mark.parametrize("cell", ["98765-4321", "3456-7890", "9 8765 4321", "98765-4321 (casa"])
def test_telephones_without_area_code(cell):
    assert {"LOCAL", "PHONE_SHAPE"} <= found(cell)
    assert "PHONE" not in found(cell)


@pytest.mark.parametrize(
    "cell", ["5,51199E+12", "20987654321", "11 1234-5678", "123456789012345", "789123456789", "0987654321012"]
)
def test_what_is_still_shaped_like_a_telephone(cell):
    assert "PHONE_SHAPE" in found(cell)
    assert not found(cell) & {"PHONE", "LOCAL"}


@pytest.mark.parametrize(
    "cell",
    ["529.982.247-25", "529982247-25", "111.222.333-44", "11.222.333/0001-81", "01001-000", "05/03/1990",
     "2024-01-05 10:20:30", "52998224725", "R$ 1.234,56", "Rua 7, 100", "12", "+12", "35240112345678000190550010000001231"],
)  # fmt: skip
def test_what_is_not_shaped_like_a_telephone(cell):
    assert not found(cell) & {"PHONE", "LOCAL", "PHONE_SHAPE"}


@pytest.mark.parametrize(
    "cell", ["529.982.247-25", "52998224725", "1234567890", 1234567890, "529.982.247/25"]
)
def test_valid_cpfs(cell):
    assert {"CPF", "CPF_SHAPE"} <= found(cell)


@pytest.mark.parametrize("cell", ["529.982.247-26", "111.111.111-11", "12345678901", "00000000000"])
def test_invalid_cpfs_keep_their_shape(cell):
    assert "CPF_SHAPE" in found(cell)
    assert "CPF" not in found(cell)


def test_a_mobile_is_no_mistyped_cpf():
    assert "CPF_SHAPE" not in found("11987654321")


@pytest.mark.parametrize(
    "cell", ["11.222.333/0001-81", "11222333000181", "12.ABC.345/01DE-35", 191, "000191"]
)
def test_cnpjs(cell):
    expected = cell not in {191, "000191"}
    assert ({"CNPJ", "CNPJ_SHAPE"} <= found(cell)) is expected


@pytest.mark.parametrize("cell", ["11.222.333/0001-82", "00000000000000", "12.ABC.345/01DE-36"])
def test_invalid_cnpjs_keep_their_shape(cell):
    assert "CNPJ_SHAPE" in found(cell)
    assert "CNPJ" not in found(cell)


@pytest.mark.parametrize(
    ("cell", "signs"),
    [
        ("01001-000", {"CEP", "CEP_MASKED", "CEP_SHAPE"}),
        ("01.001-000", {"CEP", "CEP_MASKED", "CEP_SHAPE"}),
        (1001000, {"CEP", "CEP_SHAPE", "PHONE_SHAPE"}),
        ("00000000", {"CEP_SHAPE", "CPF_SHAPE", "DATE_SHAPE", "PHONE_SHAPE"}),
        ("01001", {"CEP_SHAPE", "SMALL_NUMBER"}),
        ("z:01001", {"TEXT", "CEP_SHAPE"}),
    ],
)
def test_postal_codes(cell, signs):
    assert found(cell) == signs


@pytest.mark.parametrize(
    ("cell", "is_birth"),
    [
        ("25/12/1980", True), ("25.12.80", False), ("1980-12-25", True), ("25/12/2024 10:00", False),
        ("2024-01-05T10:00:00+00:00", False), ("3 de maio de 1990", True), ("03-mai-90", False),
        (date(1990, 5, 3), True), (datetime(2024, 1, 5, 10), False), (date(1890, 1, 1), False),
    ],
)  # fmt: skip
def test_dates(cell, is_birth):
    assert {"DATE", "DATE_SHAPE"} <= found(cell)
    assert ("BIRTH_YEAR" in found(cell)) is is_birth


@pytest.mark.parametrize("cell", [32996, 32996.0, "25/12", "3 de maio", "19900503", "May 3, 1990"])
def test_what_may_be_a_date(cell):
    assert "DATE_SHAPE" in found(cell)
    assert "DATE" not in found(cell)


@pytest.mark.parametrize(
    ("cell", "signs"),
    [
        ("11", {"SMALL_NUMBER", "TWO_DIGITS", "DDD", "DDI"}),
        ("20", {"SMALL_NUMBER", "TWO_DIGITS", "DDI"}),
        ("(011)", {"TWO_DIGITS", "DDD"}),
        ("(20)", {"TWO_DIGITS"}),
        ("+55", {"DDI"}),
        ("123-A", {"TEXT", "SMALL_NUMBER"}),
        ("km 12", {"TEXT", "SMALL_NUMBER"}),
        ("nº 45", {"TEXT", "SMALL_NUMBER"}),
    ],
)
def test_small_numbers(cell, signs):
    assert found(cell) == signs


def test_shares_leave_out_what_stands_for_nothing():
    evidence = evidence_of(["ana@x.com", "-", "", "bia@x.com", "11987654321", "caio"])
    assert len(evidence.signs) == 4
    assert evidence.share(s.EMAIL) == 0.5
    assert evidence_of([]).share(s.EMAIL) == 0.0
    assert evidence_of([]).variety == 0.0
    assert evidence_of(["a", "a", "b", "b"]).variety == 0.5


def test_only_five_hundred_cells_are_looked_at():
    assert len(evidence_of(["ana@x.com"] * 900).signs) == 500
