"""The five kinds of Pix key."""

import pytest

from balcao.brazil.pix_keys import InvalidPixKey, PixKeyKind, validate_key


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("529.982.247-25", PixKeyKind.CPF, "52998224725"),
        ("52998224725", PixKeyKind.CPF, "52998224725"),
        ("12.abc.345/01de-35", PixKeyKind.CNPJ, "12ABC34501DE35"),
        ("11222333000181", PixKeyKind.CNPJ, "11222333000181"),
        ("+55 11 98765-4321", PixKeyKind.PHONE, "+5511987654321"),
        ("(11) 98765-4321", PixKeyKind.PHONE, "+5511987654321"),
        ("5511987654321", PixKeyKind.PHONE, "+5511987654321"),
        ("551134567890", PixKeyKind.PHONE, "+551134567890"),
        (" Contato+Pix@Padaria.com.BR ", PixKeyKind.EMAIL, "contato+pix@padaria.com.br"),
        ("123E4567-E12B-12D1-A456-426655440000", PixKeyKind.RANDOM, "123e4567-e12b-12d1-a456-426655440000"),
    ],
)
def test_kinds(text: str, kind: PixKeyKind, key: str) -> None:
    assert validate_key(text) == (kind, key)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "pix_key_empty"),
        ("   ", "pix_key_empty"),
        ("11987654321", "document_check_digit"),
        ("529.982.247-26", "document_check_digit"),
        ("111.111.111-11", "document_repeated"),
        ("12ABC34501DE3A", "document_characters"),
        ("+1 202 555 0123", "phone_country"),
        ("(10) 98765-4321", "phone_area_code"),
        ("padaria@", "pix_key_email"),
        ("@padaria.com.br", "pix_key_email"),
        ("a@b", "pix_key_email"),
        ("a b@padaria.com", "pix_key_email"),
        ("a@-padaria.com", "pix_key_email"),
        ("a" * 66 + "@exemplo.com", "pix_key_email"),
        ("josé@padaria.com.br", "pix_key_unknown"),
        ("\u212a@padaria.com.br", "pix_key_unknown"),
        ("123e4567e12b12d1a456426655440000", "pix_key_unknown"),
        ("123e4567-e12b-12d1-a456-42665544000g", "pix_key_unknown"),
        ("padaria", "pix_key_unknown"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(InvalidPixKey) as refusal:
        validate_key(text)
    assert (refusal.value.reason, str(refusal.value)) == (reason, reason)
