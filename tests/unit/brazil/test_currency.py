"""Amounts of money as people and payment codes write them."""

from decimal import Decimal

import pytest

from balcao.brazil.currency import InvalidAmount, cents_to_decimal, format_brl, parse_brl, pix_amount


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (123_456, "R$ 1.234,56"),
        (-500, "-R$ 5,00"),
        (0, "R$ 0,00"),
        (7, "R$ 0,07"),
        (-7, "-R$ 0,07"),
        (99_999_999, "R$ 999.999,99"),
        (123_456_789_012, "R$ 1.234.567.890,12"),
    ],
)
def test_format(cents: int, expected: str) -> None:
    assert format_brl(cents, nbsp=False) == expected
    assert format_brl(cents) == expected.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("R$ 1.234,56", 123_456),
        ("R$\u00a01.234,56", 123_456),
        ("r$1.234,56", 123_456),
        ("1.234", 123_400),
        ("1.234.567", 123_456_700),
        ("1.5", 150),
        ("1234.56", 123_456),
        ("1.234.56", 123_456),
        ("75,14", 7514),
        ("75.14", 7514),
        ("1.234.567,8", 123_456_780),
        ("1 234,56", 123_456),
        ("66", 6600),
        (",50", 50),
        (".5", 50),
        ("007,10", 710),
        ("-R$ 5,00", -500),
        ("R$ -5,00", -500),
        ("-5", -500),
        ("-0,01", -1),
    ],
)
def test_parse(text: str, cents: int) -> None:
    assert parse_brl(text) == cents


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "amount_empty"),
        ("  ", "amount_empty"),
        ("-", "amount_empty"),
        ("R$", "amount_empty"),
        ("R$ -", "amount_empty"),
        ("1,2,3", "amount_decimals"),
        ("1,234", "amount_decimals"),
        ("1,", "amount_decimals"),
        ("1.", "amount_decimals"),
        (".", "amount_decimals"),
        (",", "amount_decimals"),
        ("1.2345", "amount_decimals"),
        ("1,5.0", "amount_decimals"),
        ("12.34,00", "amount_grouping"),
        ("1234.567", "amount_grouping"),
        ("0.500", "amount_grouping"),
        (".123", "amount_grouping"),
        ("1..234", "amount_grouping"),
        ("1.2.3", "amount_grouping"),
        ("--5", "amount_characters"),
        ("5-", "amount_characters"),
        ("cinco", "amount_characters"),
        ("1e3", "amount_characters"),
        ("1x", "amount_characters"),
        ("US$ 5", "amount_characters"),
        ("٣", "amount_characters"),
        ("9" * 41, "amount_too_long"),
    ],
)
def test_parse_refuses(text: str, reason: str) -> None:
    with pytest.raises(InvalidAmount) as refusal:
        parse_brl(text)
    assert (refusal.value.reason, str(refusal.value)) == (reason, reason)
    assert isinstance(refusal.value, ValueError)


def test_forty_characters_are_not_too_long() -> None:
    assert parse_brl("1".rjust(40, "0")) == 100


@pytest.mark.parametrize(
    ("cents", "expected"), [(7514, "75.14"), (1, "0.01"), (100, "1.00"), (999_999_999_999, "9999999999.99")]
)
def test_pix_amount(cents: int, expected: str) -> None:
    assert pix_amount(cents) == expected
    assert len(expected) <= 13


@pytest.mark.parametrize("cents", [0, -1, 1_000_000_000_000])
def test_pix_amount_refuses(cents: int) -> None:
    with pytest.raises(ValueError, match=r"^a Pix amount is between R\$ 0,01 and R\$ 9\.999\.999\.999,99$"):
        pix_amount(cents)


def test_cents_to_decimal_is_exact() -> None:
    assert cents_to_decimal(7514) == Decimal("75.14")
    assert str(cents_to_decimal(7500)) == "75.00"
    assert str(cents_to_decimal(-1)) == "-0.01"
