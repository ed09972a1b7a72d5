"""CPF and CNPJ: table O of the specification, and the cells that people and spreadsheets really write."""

import pytest

from balcao.modules.contacts.cleaning.documents import clean_cnpj, clean_cpf, clean_cpf_cnpj
from balcao.modules.contacts.cleaning.findings import Cell, Cleaned, Finding

FORMATTED = (Finding("DOCUMENT_FORMATTED"),)
NO_CPF = Cleaned("", (), (Finding("CPF_INVALID"),))
NO_CNPJ = Cleaned("", (), (Finding("CNPJ_INVALID"),))


def test_table_o() -> None:
    assert clean_cpf("529.982.247-25").value == "52998224725"
    assert clean_cpf("111.111.111-11") == NO_CPF
    assert clean_cpf(1234567890).value == "01234567890"
    assert clean_cnpj("11.222.333/0001-81").value == "11222333000181"
    assert clean_cnpj("12.ABC.345/01DE-35").value == "12ABC34501DE35"
    assert clean_cnpj("12.ABC.345/01DE-36") == NO_CNPJ


@pytest.mark.parametrize(
    "cell",
    [
        "529.982.247-25", "529982247-25", " 52998224725", "529 982 247 25", "529.982.247/25", "CPF: 529.982.247-25", "CPF nº 52998224725", "'52998224725",
        "52998224725.0", "52998224725,00", 52998224725, 52998224725.0, "5.2998224725E+10", "5,2998224725e10", "５２９.９８２.２４７-２５", "529–982–247–25",
    ],
)  # fmt: skip
def test_one_cpf_in_many_dresses(cell: Cell) -> None:
    for clean in (clean_cpf, clean_cpf_cnpj):
        found = clean(cell)
        assert found.value == "52998224725"
        assert found.findings in ((), FORMATTED)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (191, ""),
        ("00000000191", "00000000191"),
        (1234567890, "01234567890"),
        (12345679, ""),
    ],
)
def test_leading_zeros_of_a_cpf(cell: Cell, value: str) -> None:
    assert clean_cpf(cell).value == value


@pytest.mark.parametrize(
    "cell",
    ["111.111.111-11", "000.000.000-00", "529.982.247-26", "529.982.247-35", "5,2998E+10", "abc", "529982247", "RG 12.345.678-9", "11.222.333/0001-81", True, "...x", "1٢345678909"],
)  # fmt: skip
def test_no_cpf(cell: Cell) -> None:
    assert clean_cpf(cell) == NO_CPF


@pytest.mark.parametrize(
    "cell",
    [
        "11.222.333/0001-81", "11222333/0001-81", "11222333000181", 11222333000181, 11222333000181.0, "CNPJ 11.222.333/0001-81", "CNPJ/MF nº 11222333000181",
        "1.1222333000181E+13", "11222333000181.0",
    ],
)  # fmt: skip
def test_one_cnpj_in_many_dresses(cell: Cell) -> None:
    for clean in (clean_cnpj, clean_cpf_cnpj):
        assert clean(cell).value == "11222333000181"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12abc34501de35", "12ABC34501DE35"),
        ("CNPJ: 12.ABC.345/01DE-35", "12ABC34501DE35"),
        (191808000101, "00191808000101"),
        ("0191808000101", "00191808000101"),
    ],
)
def test_cnpj_with_letters_and_without_zeros(cell: Cell, value: str) -> None:
    assert clean_cnpj(cell) == Cleaned(value, (), FORMATTED)


@pytest.mark.parametrize(
    "cell",
    [
        "00.000.000/0000-00",
        "11.222.333/0001-82",
        "11.222.333/0001-91",
        "12ABC34501DEAB",
        "1,12E+13",
        "52998224725",
        "12ıBC34501DE35",
        "123456789012345",
    ],
)
def test_no_cnpj(cell: Cell) -> None:
    assert clean_cnpj(cell) == NO_CNPJ


@pytest.mark.parametrize(
    "cell", [None, "", "-", "n/a", "0", "   .   .   -  ", "___.___.___-__", "  .   .   /    -  ", "'"]
)
def test_nothing(cell: Cell) -> None:
    for clean in (clean_cpf, clean_cnpj, clean_cpf_cnpj):
        assert clean(cell) == Cleaned("")


def test_either_is_told_by_its_length() -> None:
    assert clean_cpf_cnpj("529.982.247-26") == NO_CPF
    assert clean_cpf_cnpj("11.222.333/0001-82") == NO_CNPJ
    assert clean_cpf_cnpj(191808000101).value == "00191808000101"
    assert clean_cpf_cnpj("52998224725") == Cleaned("52998224725")
    assert clean_cnpj("11222333000181") == Cleaned("11222333000181")
