"""Brazilian telephone numbers, kept as E.164 (+55, area code, 8 or 9 digits).

Rules: Anatel. 67 area codes; mobiles have nine digits beginning with 9, fixed lines eight beginning with 2-5.
"""

import re
from urllib.parse import quote

_AREA_CODE = re.compile(r"1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9]")
_PUNCTUATION = str.maketrans("", "", " ()-.\u00a0\u2011\u2013\t")
_BRAZILIAN = re.compile(r"\+55([0-9]{2})([0-9]{4,5})([0-9]{4})")
_INTERNATIONAL = re.compile(r"\+?([0-9]{8,15})")


class InvalidPhone(ValueError):  # noqa: N818  named by what it says, as every refusal of this package
    """A text that is no Brazilian telephone number; `reason` says why.

    Reasons: phone_empty, phone_characters, phone_country, phone_length, phone_area_code, phone_subscriber.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_phone(text: str) -> str:
    """The E.164 form of a Brazilian number typed with or without +55, a leading 0 or 00, and punctuation.

    The number of digits decides what they are, never a leading 55: (55) 99999-1234 is area code 55. A written plus
    sign is the exception, since it can only stand before a country. Old eight-digit mobiles get their ninth digit.
    Letters and carrier codes ("0 15 11 ...") are refused. Raises InvalidPhone with a reason code.
    """
    bare = text.strip().translate(_PUNCTUATION)
    has_plus = bare.startswith("+")
    digits = bare.removeprefix("+")
    if not digits:
        raise InvalidPhone("phone_empty")
    if not (digits.isascii() and digits.isdecimal()):
        raise InvalidPhone("phone_characters")
    if not has_plus:
        digits = digits.removeprefix("00").removeprefix("0")
    return "+55" + _canonical_national(_national(digits, has_plus=has_plus))


def _national(digits: str, *, has_plus: bool) -> str:
    """Area code and subscriber: 10 or 11 digits as they are, 12 or 13 without the country."""
    if len(digits) in {12, 13} and digits.startswith("55"):
        return digits[2:]
    if has_plus and not digits.startswith("55"):
        raise InvalidPhone("phone_country")
    if has_plus or len(digits) not in {10, 11}:
        raise InvalidPhone("phone_length")
    return digits


def _canonical_national(national: str) -> str:
    area, subscriber = national[:2], national[2:]
    if not _AREA_CODE.fullmatch(area):
        raise InvalidPhone("phone_area_code")
    if len(subscriber) == 9:
        if subscriber[0] != "9":
            raise InvalidPhone("phone_subscriber")
        return national
    if subscriber[0] in "2345":
        return national
    if subscriber[0] in "6789":
        return area + "9" + subscriber
    raise InvalidPhone("phone_subscriber")


def is_mobile(e164: str) -> bool:
    """Whether an E.164 number is a Brazilian mobile in its nine-digit form."""
    match = _BRAZILIAN.fullmatch(e164)
    return match is not None and len(match[2]) == 5


def format_phone(e164: str) -> str:
    """(11) 98765-4321 or (11) 3456-7890; a number of another country comes back as it is."""
    match = _BRAZILIAN.fullmatch(e164)
    return f"({match[1]}) {match[2]}-{match[3]}" if match else e164


def mask_phone(e164: str) -> str:
    """A number fit for logs and shared screens: only the area code and the last four digits stay readable."""
    match = _BRAZILIAN.fullmatch(e164)
    if match:
        return f"({match[1]}) {'*' * len(match[2])}-{match[3]}"
    visible = e164[-4:] if len(e164) > 8 else ""
    return "*" * (len(e164) - len(visible)) + visible


def same_whatsapp_number(a: str, b: str) -> bool:
    """Whether two numbers reach the same WhatsApp account.

    Both are in international form: E.164 or the bare digits that WhatsApp uses, which for Brazilian mobiles may
    lack the ninth digit. A fixed line never equals a mobile. Any other text equals nothing.
    """
    left, right = _whatsapp_canonical(a), _whatsapp_canonical(b)
    return left is not None and left == right


def _whatsapp_canonical(text: str) -> str | None:
    match = _INTERNATIONAL.fullmatch(text)
    if not match:
        return None
    digits = match[1]
    if len(digits) == 12 and digits.startswith("55") and digits[4] in "6789":
        return f"{digits[:4]}9{digits[4:]}"
    return digits


def tel_link(e164: str) -> str:
    """A link that dials the number."""
    return f"tel:{e164}"


def wa_link(phone: str, text: str = "") -> str:
    """A link that opens a WhatsApp conversation with the E.164 number, the text already typed."""
    link = f"https://wa.me/{phone.removeprefix('+')}"
    return f"{link}?text={quote(text, safe='')}" if text else link
