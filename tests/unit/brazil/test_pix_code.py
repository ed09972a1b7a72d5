"""Pix codes, against the worked examples and the samples that the Central Bank publishes."""

from typing import Any

import pytest

from balcao.brazil.pix_code import InvalidPixCode, PixCode, crc16, decode, encode_static, fit_message

RANDOM_KEY = "123e4567-e12b-12d1-a456-426655440000"
WORKED_RANDOM_KEY = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000520400005303986540566.505802BR"
    "5913PADARIA DO ZE6009SAO PAULO62130509PED0000426304207A"
)
WORKED_PHONE_KEY = (
    "00020126490014br.gov.bcb.pix0114+55119876543210209Pedido 425204000053039865406123.455802BR"
    "5913PADARIA DO ZE6009SAO PAULO62130509PED00004263041C12"
)
MANUAL_STATIC = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)
MANUAL_DYNAMIC = (
    "00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd441"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***630464E4"
)
MANUAL_RECURRING = (
    "00020126180014br.gov.bcb.pix5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***"
    "80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/2353c790eefb11eaadc10242ac120002630462C9"
)


def sealed(body: str) -> str:
    """A body with the checksum that belongs to it."""
    return f"{body}6304{crc16(f'{body}6304'.encode())}"


def test_crc_check_value() -> None:
    assert crc16(b"123456789") == "29B1"


def test_the_phone_key_sample_of_a_public_library_has_a_wrong_checksum() -> None:
    body = WORKED_PHONE_KEY[:-8]
    with pytest.raises(InvalidPixCode, match="pix_crc"):
        decode(f"{body}6304E3A2")


def test_worked_random_key() -> None:
    assert encode_static(RANDOM_KEY, "PADARIA DO ZÉ", "SÃO PAULO", 6650, "PED000042") == WORKED_RANDOM_KEY


def test_worked_phone_key_with_message() -> None:
    code = encode_static("(11) 98765-4321", "PADARIA DO ZE", "SAO PAULO", 12_345, "PED000042", "Pedido 42")
    assert code == WORKED_PHONE_KEY


def test_without_amount_and_txid() -> None:
    assert encode_static(RANDOM_KEY, "Fulano de Tal", "BRASILIA") == MANUAL_STATIC


@pytest.mark.parametrize(("single_use", "field"), [(True, "010212"), (False, "010211"), (None, "2658")])
def test_single_use(single_use: bool | None, field: str) -> None:
    code = encode_static(RANDOM_KEY, "Loja", "Recife", single_use=single_use)
    assert code.startswith(f"000201{field}")
    assert decode(code).single_use is single_use


def test_names_are_folded_and_cut() -> None:
    code = decode(encode_static(RANDOM_KEY, "Pães & Cafés da Praça José do Ó ☕", "São José dos Campos"))
    assert code.receiver_name == "Paes & Cafes da Praca Jos"
    assert code.city == "Sao Jose dos Ca"


def test_a_cut_that_ends_in_a_space_loses_it() -> None:
    assert decode(encode_static(RANDOM_KEY, "A" * 24 + " BC", "Recife")).receiver_name == "A" * 24


def test_line_breaks_and_nulls_become_spaces() -> None:
    assert decode(encode_static(RANDOM_KEY, "Loja\nda\x00Ana", "Recife")).receiver_name == "Loja da Ana"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": "529.982.247-26"}, "pix_key"),
        ({"key": ""}, "pix_key"),
        ({"receiver_name": "☕"}, "pix_name"),
        ({"receiver_name": "  "}, "pix_name"),
        ({"city": ""}, "pix_city"),
        ({"amount_cents": 0}, "pix_amount"),
        ({"amount_cents": -100}, "pix_amount"),
        ({"amount_cents": 10**12}, "pix_amount"),
        ({"txid": ""}, "pix_txid"),
        ({"txid": "PED-1"}, "pix_txid"),
        ({"txid": "A" * 26}, "pix_txid"),
        ({"txid": "é"}, "pix_txid"),
        ({"message": "m" * 38}, "pix_message"),
        ({"message": "☕"}, "pix_message"),
    ],
)
def test_encode_refuses(change: dict[str, Any], reason: str) -> None:
    arguments: dict[str, Any] = {"key": RANDOM_KEY, "receiver_name": "Loja", "city": "Recife"} | change
    with pytest.raises(InvalidPixCode) as refusal:
        encode_static(**arguments)
    assert refusal.value.reason == reason


def test_a_message_is_cut_to_exactly_what_fits() -> None:
    fitting = fit_message(RANDOM_KEY, "m" * 50)
    assert fitting == "m" * 37
    assert decode(encode_static(RANDOM_KEY, "Loja", "Recife", message=fitting)).message == fitting
    assert fit_message(RANDOM_KEY, "Pão ½ ☕ " * 9) == "Pao 1/2 Pao 1/2 Pao 1/2 Pao 1/2 Pao 1"
    assert fit_message(RANDOM_KEY, "m" * 36 + " x") == "m" * 36
    assert fit_message(RANDOM_KEY, " ☕ ") is None
    with pytest.raises(InvalidPixCode, match="pix_key"):
        fit_message("nobody", "Pedido")


def test_the_longest_key_leaves_no_room_for_a_message() -> None:
    longest = "a" * 65 + "@exemplo.com"
    assert len(longest) == 77
    assert fit_message(longest, "Pedido") is None
    assert decode(encode_static(longest, "Loja", "Recife")).key == longest
    with pytest.raises(InvalidPixCode, match="pix_message"):
        encode_static(longest, "Loja", "Recife", message="m")


def test_decode_static() -> None:
    assert decode(f" {WORKED_PHONE_KEY}\n") == PixCode(
        key="+5511987654321",
        url=None,
        message="Pedido 42",
        amount_cents=12_345,
        receiver_name="PADARIA DO ZE",
        city="SAO PAULO",
        postal_code=None,
        txid="PED000042",
        merchant_category="0000",
        single_use=None,
    )
    without_amount = decode(MANUAL_STATIC)
    assert without_amount.key == RANDOM_KEY
    assert without_amount.amount_cents is None
    assert without_amount.txid is None
    assert (without_amount.receiver_name, without_amount.city) == ("Fulano de Tal", "BRASILIA")


def test_decode_dynamic() -> None:
    code = decode(MANUAL_DYNAMIC)
    assert code.key is None
    assert code.url == "pix.example.com/8b3da2f39a4140d1a91abd93113bd441"
    assert code.single_use is True


def test_decode_recurring_only() -> None:
    code = decode(MANUAL_RECURRING)
    assert (code.key, code.url, code.receiver_name) == (None, None, "Fulano de Tal")


def test_a_template_of_any_place_may_stand_for_the_key() -> None:
    for place in ("80", "99"):
        moved = sealed(MANUAL_RECURRING[:-8].replace("80800014", f"{place}800014"))
        assert decode(moved).key is None


ACCOUNT = "26360014br.gov.bcb.pix0114+5511987654321"
TAIL = "5802BR5904Loja6006Recife"


@pytest.mark.parametrize(
    ("body", "cents"),
    [
        ("5402" + "10", 1000),
        ("5404" + "10.5", 1050),
        ("5405" + "10.50", 1050),
        ("5413" + "9999999999.99", 10**12 - 1),
    ],
)
def test_decode_amounts(body: str, cents: int) -> None:
    assert decode(sealed(f"000201{ACCOUNT}520400005303986{body}{TAIL}")).amount_cents == cents


def test_decode_counts_characters_and_checks_bytes() -> None:
    code = decode(sealed(f"000201{ACCOUNT}5204000053039865802BR5904Café6006Recife610850010000"))
    assert code.receiver_name == "Café"
    assert code.postal_code == "50010000"
    assert code.txid is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (MANUAL_STATIC[:-1] + "E", "pix_crc"),
        (MANUAL_STATIC.replace("BRASILIA", "BRASILIB"), "pix_crc"),
        (MANUAL_STATIC[:-4] + "1d3d", "pix_field"),
        (MANUAL_STATIC + "6101X", "pix_field"),
        (MANUAL_STATIC + "x", "pix_field"),
        (MANUAL_STATIC[:-2], "pix_field"),
        (MANUAL_STATIC[:-8], "pix_missing"),
        (sealed("0002"), "pix_field"),
        (sealed("00AA01"), "pix_field"),
        (sealed("000200" + "0000"), "pix_field"),
        (sealed(f"000201000201{ACCOUNT}520400005303986{TAIL}"), "pix_repeated"),
        (sealed(f"{ACCOUNT}520400005303986{TAIL}"), "pix_missing"),
        (sealed(f"000201520400005303986{TAIL}"), "pix_missing"),
        (sealed(f"000201{ACCOUNT}5303986{TAIL}"), "pix_missing"),
        (sealed(f"000201{ACCOUNT}52040000{TAIL}"), "pix_missing"),
        (sealed(f"000201{ACCOUNT}5204000053039865904Loja6006Recife"), "pix_missing"),
        (sealed(f"000201{ACCOUNT}5204000053039865802BR6006Recife"), "pix_missing"),
        (sealed(f"000201{ACCOUNT}5204000053039865802BR5904Loja"), "pix_missing"),
        (sealed(f"000202{ACCOUNT}520400005303986{TAIL}"), "pix_version"),
        (sealed(f"000201{ACCOUNT}520400005303840{TAIL}"), "pix_currency"),
        (sealed(f"000201{ACCOUNT}5204000053039865802US5904Loja6006Recife"), "pix_country"),
        (sealed(f"000201010213{ACCOUNT}520400005303986{TAIL}"), "pix_single_use"),
        (sealed(f"00020126180014br.gov.bcb.pix520400005303986{TAIL}"), "pix_account"),
        (sealed(f"00020126140010other.bank520400005303986{TAIL}"), "pix_account"),
        (sealed(f"00020126180114+5511987654321520400005303986{TAIL}"), "pix_account"),
        (sealed(f"00020126020014520400005303986{TAIL}"), "pix_field"),
        (sealed(f"000201{ACCOUNT}5204000053039865404-1.0{TAIL}"), "pix_amount"),
        (sealed(f"000201{ACCOUNT}52040000530398654051.234{TAIL}"), "pix_amount"),
        (sealed(f"000201{ACCOUNT}5204000053039865414" + "99999999999.99" + TAIL), "pix_amount"),
        ("", "pix_missing"),
        ("pix", "pix_field"),
        ("0" * 1001, "pix_too_long"),
        ("0" * 1000, "pix_field"),
    ],
)
def test_decode_refuses(code: str, reason: str) -> None:
    with pytest.raises(InvalidPixCode) as refusal:
        decode(code)
    assert refusal.value.reason == reason


def test_a_checksum_field_of_the_wrong_size_is_refused() -> None:
    body = f"000201{ACCOUNT}520400005303986{TAIL}6312ABCD6304"
    with pytest.raises(InvalidPixCode, match="pix_field"):
        decode(body + crc16(body.encode()))
