"""Reais as people write them: "R$ 1.234,56" for the screen, "75.14" for payment codes.

Every amount is an integer number of centavos.
"""

import re
from decimal import Decimal

_NBSP = "\u00a0"
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_DIGITS = re.compile(r"[0-9]+")
# Longer texts cannot be an amount of this product, and int() on huge digit strings is slow.
_TEXT_MAX = 40
_PIX_AMOUNT_MAX_CENTS = 999_999_999_999


class InvalidAmount(ValueError):  # noqa: N818  named by what it says, as every refusal of this package
    """A text that is not an amount of money; `reason` says why.

    Reasons: amount_empty, amount_too_long, amount_characters, amount_grouping, amount_decimals.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def format_brl(cents: int, *, nbsp: bool = True) -> str:
    """Centavos as "R$ 1.234,56" ("-R$ 5,00" below zero), with a no-break space unless told otherwise."""
    reais, centavos = divmod(abs(cents), 100)
    grouped = f"{reais:,}".replace(",", ".")
    sign = "-" if cents < 0 else ""
    return f"{sign}R${_NBSP if nbsp else ' '}{grouped},{centavos:02d}"


def parse_brl(text: str) -> int:
    """Centavos of an amount typed by a person: "R$ 1.234,56", "1234.5", "1.234" (= 1234,00), ",50".

    A comma is always the decimal mark. Without one, dots before groups of exactly three digits group thousands,
    and a last dot before one or two digits is the decimal mark. Badly grouped digits are refused, not guessed.
    Raises InvalidAmount (a ValueError) with a reason code.
    """
    if len(text) > _TEXT_MAX:
        raise InvalidAmount("amount_too_long")
    bare = "".join(text.split()).upper()
    negative = bare.startswith("-")
    bare = bare.removeprefix("-").removeprefix("R$")
    if not negative and bare.startswith("-"):
        negative, bare = True, bare[1:]
    if not bare:
        raise InvalidAmount("amount_empty")
    if set(bare) - set("0123456789.,"):
        raise InvalidAmount("amount_characters")
    whole, decimals = _split_decimals(bare)
    cents = int(whole or "0") * 100 + int(decimals.ljust(2, "0"))
    return -cents if negative else cents


def _split_decimals(bare: str) -> tuple[str, str]:
    """The digits before and after the decimal mark, thousands marks removed."""
    if "," in bare:
        whole, _, decimals = bare.partition(",")
        if not _DIGITS.fullmatch(decimals) or len(decimals) > 2:
            raise InvalidAmount("amount_decimals")
        return _ungroup(whole), decimals
    head, dot, tail = bare.rpartition(".")
    if dot and len(tail) != 3:
        if not 1 <= len(tail) <= 2:
            raise InvalidAmount("amount_decimals")
        return _ungroup(head), tail
    return _ungroup(bare), "00"


def _ungroup(whole: str) -> str:
    if not whole or _DIGITS.fullmatch(whole):
        return whole
    if not _GROUPED.fullmatch(whole):
        raise InvalidAmount("amount_grouping")
    return whole.replace(".", "")


def cents_to_decimal(cents: int) -> Decimal:
    """Centavos as an exact decimal number of reais with two places, for providers that want a number."""
    return Decimal(cents).scaleb(-2)


def pix_amount(cents: int) -> str:
    """Centavos as a Pix code carries them: "75.14", a dot, two places, no grouping, at most 13 characters.

    Raises ValueError when the amount is not positive or does not fit.
    """
    if not 1 <= cents <= _PIX_AMOUNT_MAX_CENTS:
        raise ValueError("a Pix amount is between R$ 0,01 and R$ 9.999.999.999,99")
    return f"{cents // 100}.{cents % 100:02d}"
