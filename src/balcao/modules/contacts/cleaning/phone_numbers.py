"""One telephone number out of its digits (contacts specification, 4.1, rules 6 to 12).

Numbering: Anatel. 67 area codes; mobiles have nine digits beginning with 9, fixed lines eight beginning with 2-5;
mobiles written before 2016 have eight digits and lack the leading 9.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from balcao.brazil.documents import cpf_check_digits
from balcao.modules.contacts.cleaning.findings import Finding

AREA: Final = "(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"
"""The pattern of the 67 area codes (DDD)."""
AREA_CODES: Final = frozenset(str(code) for code in range(11, 100) if re.fullmatch(AREA, str(code)))

MISSING_DDD: Final = Finding("PHONE_MISSING_DDD")
INVALID_DDD: Final = Finding("PHONE_INVALID_DDD")
TOO_SHORT: Final = Finding("PHONE_TOO_SHORT")
TOO_LONG: Final = Finding("PHONE_TOO_LONG")
PLACEHOLDER: Final = Finding("PHONE_PLACEHOLDER")
SPECIAL_SERVICE: Final = Finding("PHONE_SPECIAL_SERVICE")
INVALID: Final = Finding("PHONE_INVALID")
CARRIER_REMOVED: Final = Finding("PHONE_CARRIER_REMOVED")
NINTH_DIGIT_ADDED: Final = Finding("PHONE_NINTH_DIGIT_ADDED")
NINTH_DIGIT_UNCERTAIN: Final = Finding("PHONE_NINTH_DIGIT_UNCERTAIN")
SUSPECT_REPEATED: Final = Finding("PHONE_SUSPECT_REPEATED")

_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_PLUS_FIRST: Final = re.compile(r"[^0-9+]*\+")
_BRACKETED_AREA: Final = re.compile(r"[^0-9(]*(\+?[^0-9(]*(?:55|0)?)[^0-9(]*\([^0-9]*(0?[0-9]{2})[^0-9]*\)")
_SERVICE: Final = re.compile(
    rf"(?:{AREA})?0[3589]00[0-9]{{6,7}}"  # 0800, 0300, 0500, 0900, with or without an area code
    r"|800[0-9]{7}"  # 0800 of a spreadsheet that took it for a number
    r"|(?:300[0-9]|400[0-9]|4020)[0-9]{4}"  # the same number in the whole country
)
_CPF_MASK: Final = re.compile(r"\s*[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\s*")


class PhoneNumber(NamedTuple):
    """A good number. `kind` is "mobile", "landline" or "foreign"."""

    e164: str
    kind: str


class Area(NamedTuple):
    """The area code for a number that brings none, and whether it is a guess."""

    code: str
    is_assumed: bool


class Reading(NamedTuple):
    """What the digits gave: a number, or nothing and the reason among the findings."""

    number: PhoneNumber | None
    findings: tuple[Finding, ...]


NO_AREA: Final = Area("", is_assumed=False)
NOTHING_FOUND: Final[tuple[Finding, ...]] = ()


def digits_of(text: str) -> str:
    """Only the digits 0-9 of a text."""
    return _NOT_DIGITS.sub("", text)


def read_number(text: str, area: Area = NO_AREA) -> Reading:
    """The number in a text without letters: digits, brackets, a plus and any punctuation.

    `area` serves numbers without area code. Never raises: a text that is no number has its reason in the findings.
    """
    digits = digits_of(text)
    bracket = _BRACKETED_AREA.match(text)
    if not digits.strip("0"):
        return Reading(None, (PLACEHOLDER,))
    if _PLUS_FIRST.match(text):
        return _international(digits.lstrip("0"), area, has_bracket=bracket is not None)
    if digits.startswith("00"):
        if bracket and bracket[2] == "00":
            return Reading(None, (INVALID_DDD,))
        return _international(digits[2:], area, has_bracket=bracket is not None)
    if _is_cpf(text, digits):
        return Reading(None, (INVALID,))
    if digits.startswith("55") and (12 <= len(digits) <= 16 or (bracket and bracket[1].endswith("55"))):
        digits = digits[2:]
    return _national(digits, area, has_bracket=bracket is not None)


def _international(digits: str, area: Area, *, has_bracket: bool) -> Reading:
    """Rule 6: a plus or 00 stood before these digits, so that 55 is the country and not an area."""
    if digits.startswith("55"):
        return _national(digits[2:], area, has_bracket=has_bracket)
    return read_foreign(digits)


def _is_cpf(text: str, digits: str) -> bool:
    """Whether this is a person's document in the wrong column: its check digits hold and no mobile is written so."""
    if len(digits) != 11 or digits == digits[0] * 11:
        return False
    if not _CPF_MASK.fullmatch(text) and (text != digits or digits[0] == "0" or digits[:2] in AREA_CODES):
        return False
    return cpf_check_digits(digits[:9]) == digits[9:]


def _national(digits: str, area: Area, *, has_bracket: bool) -> Reading:
    """Rules 7 to 9: what follows the country, perhaps with a trunk 0 and a carrier, perhaps without area code."""
    written, findings = digits, NOTHING_FOUND
    if digits.startswith("0"):
        digits = digits[1:]
        if len(digits) in {12, 13}:
            digits, findings = digits[2:], (CARRIER_REMOVED,)
    if _SERVICE.fullmatch(written) or _SERVICE.fullmatch(digits):
        return Reading(None, (SPECIAL_SERVICE,))
    if len(digits) == 8 or (len(digits) == 9 and digits[0] == "9"):
        return _without_area(digits, area, findings, has_bracket=has_bracket)
    if len(digits) < 10:
        return Reading(None, (TOO_SHORT,))
    # 0(11) 98765-43210: the bracket holds the area code, not a carrier, and the number has a digit too many.
    if len(digits) > 11 or (findings and has_bracket and len(digits) == 10 and digits[2] in "6789"):
        return Reading(None, (TOO_LONG,))
    return _brazilian(digits, findings)


def _without_area(digits: str, area: Area, findings: tuple[Finding, ...], *, has_bracket: bool) -> Reading:
    if has_bracket:
        return Reading(None, (TOO_SHORT,))
    if not area.code:
        return Reading(None, (MISSING_DDD,))
    if area.is_assumed:
        findings += (Finding("PHONE_DDD_ASSUMED", area.code),)
    return _brazilian(area.code + digits, findings)


def _brazilian(digits: str, findings: tuple[Finding, ...]) -> Reading:
    """Rules 10 and 11: two digits of area and eight or nine of the subscriber."""
    area, local = digits[:2], digits[2:]
    if area not in AREA_CODES:
        return Reading(None, (INVALID_DDD,))
    first, is_old = local[0], len(local) == 8
    is_landline = is_old and first in "2345"
    if local == first * len(local) and not is_landline:
        return Reading(None, (PLACEHOLDER,))
    if first in "01" if is_old else first != "9":
        return Reading(None, (INVALID,))
    if is_old and not is_landline:
        local = "9" + local
        findings += (NINTH_DIGIT_ADDED if first in "89" else NINTH_DIGIT_UNCERTAIN,)
    if local[-8:] == local[-1] * 8:
        findings += (SUSPECT_REPEATED,)
    return Reading(PhoneNumber(f"+55{area}{local}", "landline" if is_landline else "mobile"), findings)


@lru_cache(maxsize=4096)
def read_foreign(digits: str) -> Reading:
    """The number of another country, its country code first; kept when libphonenumber knows such numbers to exist."""
    from phonenumbers import (  # late: most lists hold no foreign number, and the tables are large
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_valid_number,
        parse,
    )

    try:
        number = parse(f"+{digits}")
    except NumberParseException:
        return Reading(None, (INVALID,))
    if not is_valid_number(number):
        return Reading(None, (INVALID,))
    e164 = format_number(number, PhoneNumberFormat.E164)
    if len(e164) < 9 or number.country_code == 55:
        return Reading(None, (INVALID,))
    return Reading(PhoneNumber(e164, "foreign"), ())


def kind_of(e164: str) -> str:
    """ "mobile", "landline" or "foreign" of an E.164 number."""
    if not e164.startswith("+55"):
        return "foreign"
    return "mobile" if len(e164) == 14 else "landline"


def phone_key(e164: str) -> str:
    """What two spellings of a number share: country, area code and the last eight digits, so that the forms with and
    without the ninth digit meet. Another country's number is its own key. Serves to compare, never to dial.
    """
    if e164.startswith("+55") and len(e164) == 14:
        return e164[1:5] + e164[6:]
    return e164.removeprefix("+")
