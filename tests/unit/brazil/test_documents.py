"""CPF and CNPJ, with the worked examples of the specification."""

import pytest

from balcao.brazil.documents import (
    Document,
    DocumentKind,
    InvalidDocument,
    cnpj_check_digits,
    cpf_check_digits,
    format_document,
    parse_cnpj,
    parse_cpf,
    parse_document,
)


@pytest.mark.parametrize(
    ("text", "clean", "masked"),
    [
        ("529.982.247-25", "52998224725", "529.982.247-25"),
        ("  529 982 247 25 ", "52998224725", "529.982.247-25"),
        ("111.444.777-35", "11144477735", "111.444.777-35"),
        ("000.000.001-91", "00000000191", "000.000.001-91"),
    ],
)
def test_cpf(text: str, clean: str, masked: str) -> None:
    document = parse_document(text)
    assert document == Document(DocumentKind.CPF, clean)
    assert parse_cpf(text) == clean
    assert format_document(document) == masked


@pytest.mark.parametrize(
    ("text", "clean", "masked"),
    [
        ("12.ABC.345/01DE-35", "12ABC34501DE35", "12.ABC.345/01DE-35"),
        ("12.ABC.345/01de-35", "12ABC34501DE35", "12.ABC.345/01DE-35"),
        ("11.222.333/0001-81", "11222333000181", "11.222.333/0001-81"),
        ("00.000.000/0001-91", "00000000000191", "00.000.000/0001-91"),
        ("A1.B2C.3D4/0001-93", "A1B2C3D4000193", "A1.B2C.3D4/0001-93"),
        ("00.191.808/0001-01", "00191808000101", "00.191.808/0001-01"),
    ],
)
def test_cnpj(text: str, clean: str, masked: str) -> None:
    document = parse_document(text)
    assert document == Document(DocumentKind.CNPJ, clean)
    assert parse_cnpj(text) == clean
    assert format_document(document) == masked


@pytest.mark.parametrize(
    ("base", "digits"),
    [
        ("12ABC34501DE", "35"),
        ("112223330001", "81"),
        ("000000000001", "91"),
        ("A1B2C3D40001", "93"),
        ("001918080001", "01"),
        (
            "112223331000",
            "54",
        ),  # 105 leaves 6, 117 leaves 7: the thousandth branch, so that every weight counts
    ],
)
def test_cnpj_check_digits(base: str, digits: str) -> None:
    assert cnpj_check_digits(base) == digits


def test_cpf_check_digits() -> None:
    assert cpf_check_digits("529982247") == "25"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "document_empty"),
        (" .-/ ", "document_empty"),
        ("529.982.247-26", "document_check_digit"),
        ("529.982.247-35", "document_check_digit"),
        ("111.111.111-11", "document_repeated"),
        ("00000000000", "document_repeated"),
        ("00.000.000/0000-00", "document_repeated"),
        ("12.ABC.345/01DE-36", "document_check_digit"),
        ("12.ABC.345/01DE-45", "document_check_digit"),
        ("12ABC34501DE3A", "document_characters"),
        ("5299822472A", "document_characters"),
        ("529,982,247-25", "document_characters"),
        ("529.982.247_25", "document_characters"),
        ("٥٢٩٩٨٢٢٤٧٢٥", "document_characters"),
        ("12ıBC34501DE35", "document_characters"),
        ("5299822472", "document_length"),
        ("1122233300018", "document_length"),
        ("112223330001811", "document_length"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(InvalidDocument) as refusal:
        parse_document(text)
    assert refusal.value.reason == reason


def test_a_document_of_the_other_kind_is_refused() -> None:
    with pytest.raises(InvalidDocument, match=r"^document_length$"):
        parse_cpf("11.222.333/0001-81")
    with pytest.raises(InvalidDocument, match=r"^document_length$"):
        parse_cnpj("529.982.247-25")


@pytest.mark.parametrize("base", ["", "52998224", "5299822477", "52998224A"])
def test_cpf_base_must_be_nine_digits(base: str) -> None:
    with pytest.raises(ValueError, match=r"^the base of a CPF has nine digits$"):
        cpf_check_digits(base)


@pytest.mark.parametrize("base", ["", "12ABC34501D", "12abc34501de", "12ABC34501DE3"])
def test_cnpj_base_must_be_twelve_characters(base: str) -> None:
    with pytest.raises(ValueError, match=r"^the base of a CNPJ has twelve digits or capital letters$"):
        cnpj_check_digits(base)
