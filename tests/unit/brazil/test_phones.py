"""Brazilian telephone numbers."""

import pytest

from balcao.brazil.phones import (
    InvalidPhone,
    format_phone,
    is_mobile,
    mask_phone,
    parse_phone,
    same_whatsapp_number,
    tel_link,
    wa_link,
)


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("(11) 98765-4321", "+5511987654321"),
        ("11987654321", "+5511987654321"),
        ("+55 11 98765-4321", "+5511987654321"),
        ("5511987654321", "+5511987654321"),
        ("005511987654321", "+5511987654321"),
        ("0 11 98765-4321", "+5511987654321"),
        ("011.98765.4321", "+5511987654321"),
        ("(55) 99999-1234", "+5555999991234"),
        ("55 99999-1234", "+5555999991234"),
        ("+55 55 99999-1234", "+5555999991234"),
        ("(55) 3222-1234", "+555532221234"),
        ("(11) 3456-7890", "+551134567890"),
        ("+551134567890", "+551134567890"),
        ("(11) 8765-4321", "+5511987654321"),
        ("(21) 7876-5432", "+5521978765432"),
        ("551187654321", "+5511987654321"),
        ("(11)\u00a098765\u20114321", "+5511987654321"),
    ],
)
def test_parse(text: str, e164: str) -> None:
    assert parse_phone(text) == e164


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "phone_empty"),
        (" - ", "phone_empty"),
        ("+", "phone_empty"),
        ("(11) 98765-432a", "phone_characters"),
        ("11 98765 4321 ramal 2", "phone_characters"),
        ("11/98765-4321", "phone_characters"),
        ("11+987654321", "phone_characters"),
        ("٠١١٩٨٧٦٥٤٣٢١", "phone_characters"),
        ("+1 202 555 0123", "phone_country"),
        ("+33 9 12 34 56 78", "phone_country"),
        ("+55 99999-1234", "phone_length"),
        ("98765-4321", "phone_length"),
        ("3456-7890", "phone_length"),
        ("119876543210", "phone_length"),
        ("0 15 11 98765-4321", "phone_length"),
        ("0800 123 4567", "phone_area_code"),
        ("(10) 98765-4321", "phone_area_code"),
        ("(23) 98765-4321", "phone_area_code"),
        ("(11) 88765-4321", "phone_subscriber"),
        ("(11) 1234-5678", "phone_subscriber"),
        ("(11) 0234-5678", "phone_subscriber"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(InvalidPhone) as refusal:
        parse_phone(text)
    assert (refusal.value.reason, str(refusal.value)) == (reason, reason)


def test_there_are_67_area_codes() -> None:
    accepted: list[str] = []
    for area in range(100):
        try:
            parse_phone(f"+55{area:02d}987654321")
        except InvalidPhone:
            continue
        accepted.append(f"{area:02d}")
    assert len(accepted) == 67
    assert "20" not in accepted
    assert {"11", "28", "38", "55", "79", "99"} <= set(accepted)


def test_format_and_kind() -> None:
    assert format_phone("+5511987654321") == "(11) 98765-4321"
    assert format_phone("+551134567890") == "(11) 3456-7890"
    assert format_phone("+12025550123") == "+12025550123"
    assert is_mobile("+5511987654321")
    assert not is_mobile("+551134567890")
    assert not is_mobile("+12025550123")


def test_mask() -> None:
    assert mask_phone("+5511987654321") == "(11) *****-4321"
    assert mask_phone("+551134567890") == "(11) ****-7890"
    assert mask_phone("+12025550123") == "********0123"
    assert mask_phone("12345678") == "********"
    assert mask_phone("123456789") == "*****6789"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("+5511987654321", "5511987654321", True),
        ("+5511987654321", "551187654321", True),
        ("+5571981234567", "557181234567", True),
        ("+551134567890", "551134567890", True),
        ("+551134567890", "+5511934567890", False),
        ("+5511987654321", "+5521987654321", False),
        ("+12025550123", "12025550123", True),
        ("+33912345678", "+5533912345678", False),
        ("(11) 98765-4321", "+5511987654321", False),
        ("", "", False),
    ],
)
def test_same_whatsapp_number(a: str, b: str, same: bool) -> None:
    assert same_whatsapp_number(a, b) is same
    assert same_whatsapp_number(b, a) is same


def test_links() -> None:
    assert tel_link("+5511987654321") == "tel:+5511987654321"
    assert wa_link("+5511987654321") == "https://wa.me/5511987654321"
    assert wa_link("+5511987654321", "Olá, é o pedido nº 1/2 & 2") == (
        "https://wa.me/5511987654321?text=Ol%C3%A1%2C%20%C3%A9%20o%20pedido%20n%C2%BA%201%2F2%20%26%202"
    )
