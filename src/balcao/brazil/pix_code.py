"""The Pix BR Code: the text behind a Pix QR code, which a payer can also paste into the bank's app.

Rules: Manual do BR Code and Manual de Padrões para Iniciação do Pix (Banco Central), an EMV merchant-presented
code: fields of a two-digit id, a two-digit length in characters and a value, closed by a CRC-16.
"""

import re
import unicodedata
from binascii import crc_hqx
from dataclasses import dataclass

from balcao.brazil.currency import pix_amount
from balcao.brazil.pix_keys import InvalidPixKey, validate_key

_GUI = "br.gov.bcb.pix"
_NAME_MAX, _CITY_MAX, _ACCOUNT_MAX = 25, 15, 99
_NO_TXID = "***"
_TXID = re.compile(r"[A-Za-z0-9]{1,25}")
_AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?")
_MANDATORY = ("00", "26", "52", "53", "58", "59", "60")
_CRC = re.compile(r"[0-9A-F]{4}")
# A code of the product has under 300 characters; one with every optional field full stays under 1,000.
_CODE_MAX = 1_000


class InvalidPixCode(ValueError):  # noqa: N818  named by what it says, as every refusal of this package
    """A code that cannot be made or read; `reason` says why.

    Making: pix_key, pix_name, pix_city, pix_amount, pix_txid, pix_message.
    Reading: pix_too_long, pix_crc, pix_field, pix_repeated, pix_missing, pix_version, pix_account, pix_currency,
    pix_country, pix_amount, pix_single_use.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PixCode:
    """What a BR Code says. Static codes carry a key; dynamic ones a URL; a recurring mandate may carry neither.

    `amount_cents` is None when the payer types it; `single_use` is None when the code does not say.
    """

    key: str | None
    url: str | None
    message: str | None
    amount_cents: int | None
    receiver_name: str
    city: str
    postal_code: str | None
    txid: str | None
    merchant_category: str
    single_use: bool | None


def encode_static(
    key: str,
    receiver_name: str,
    city: str,
    amount_cents: int | None = None,
    txid: str | None = None,
    message: str | None = None,
    *,
    single_use: bool | None = None,
) -> str:
    """The text of a static Pix code, paid straight to the key without any provider.

    Name and city lose their accents and are cut to 25 and 15 characters; the message loses its accents but is never
    cut (see `fit_message`). Without an amount the payer types it. The txid is 1 to 25 letters and digits.
    Raises InvalidPixCode with a reason code.
    """
    account = _tlv("00", _GUI) + _tlv("01", _normalised_key(key))
    if message:
        account += _tlv("02", _checked_message(message, room=_ACCOUNT_MAX - len(account) - 4))
    code = _tlv("00", "01")
    if single_use is not None:
        code += _tlv("01", "12" if single_use else "11")
    code += _tlv("26", account) + _tlv("52", "0000") + _tlv("53", "986")
    if amount_cents is not None:
        code += _tlv("54", _amount_text(amount_cents))
    code += _tlv("58", "BR")
    code += _tlv("59", _short_ascii(receiver_name, _NAME_MAX, "pix_name"))
    code += _tlv("60", _short_ascii(city, _CITY_MAX, "pix_city"))
    code += _tlv("62", _tlv("05", _checked_txid(txid))) + "6304"
    return code + crc16(code.encode("ascii"))


def fit_message(key: str, text: str) -> str | None:
    """What of a text fits as the message beside a key, in plain ASCII; None when nothing does.

    Raises InvalidPixCode for a bad key.
    """
    used = len(_tlv("00", _GUI) + _tlv("01", _normalised_key(key))) + 4
    return _ascii(text)[: max(0, _ACCOUNT_MAX - used)].rstrip() or None


def decode(text: str) -> PixCode:
    """Read a BR Code, static or dynamic. Raises InvalidPixCode with a reason code.

    Refused: a wrong checksum, lengths that overrun, repeated or missing mandatory fields, a currency other than the
    real, and anything after the checksum.
    """
    code = text.strip()
    if len(code) > _CODE_MAX:
        raise InvalidPixCode("pix_too_long")
    fields = _fields(code)
    _check_ending(code, fields)
    if any(field_id not in fields for field_id in _MANDATORY):
        raise InvalidPixCode("pix_missing")
    _check_constants(fields)
    return _pix_code(fields)


def crc16(data: bytes) -> str:
    """CRC-16/CCITT-FALSE of the bytes as four upper-case hexadecimal digits; b"123456789" gives 29B1."""
    return f"{crc_hqx(data, 0xFFFF):04X}"


def _tlv(field_id: str, value: str) -> str:
    return f"{field_id}{len(value):02d}{value}"


def _normalised_key(key: str) -> str:
    try:
        return validate_key(key)[1]
    except InvalidPixKey as error:
        raise InvalidPixCode("pix_key") from error


def _ascii(text: str) -> str:
    """Printable ASCII with single spaces: accents dropped, what has no plain form left out."""
    # The fraction slash, or "½ kg" would become "12 kg".
    plain = unicodedata.normalize("NFKD", text).replace("\u2044", "/")
    return " ".join("".join(c if c.isprintable() else " " for c in plain if c.isascii()).split())


def _short_ascii(text: str, limit: int, reason: str) -> str:
    short = _ascii(text)[:limit].rstrip()
    if not short:
        raise InvalidPixCode(reason)
    return short


def _checked_message(message: str, *, room: int) -> str:
    plain = _ascii(message)
    if not plain or len(plain) > room:
        raise InvalidPixCode("pix_message")
    return plain


def _checked_txid(txid: str | None) -> str:
    if txid is None:
        return _NO_TXID
    if not _TXID.fullmatch(txid):
        raise InvalidPixCode("pix_txid")
    return txid


def _amount_text(amount_cents: int) -> str:
    try:
        return pix_amount(amount_cents)
    except ValueError as error:
        raise InvalidPixCode("pix_amount") from error


def _fields(text: str) -> dict[str, str]:
    """Split fields of id, length and value; each id at most once."""
    fields: dict[str, str] = {}
    position = 0
    while position < len(text):
        header = text[position : position + 4]
        if not re.fullmatch(r"[0-9]{4}", header):
            raise InvalidPixCode("pix_field")
        field_id, length = header[:2], int(header[2:])
        value = text[position + 4 : position + 4 + length]
        if not length or len(value) < length:
            raise InvalidPixCode("pix_field")
        if field_id in fields:
            raise InvalidPixCode("pix_repeated")
        fields[field_id] = value
        position += 4 + length
    return fields


def _check_ending(code: str, fields: dict[str, str]) -> None:
    """The checksum is the last field and true for every byte before its own four digits."""
    if "63" not in fields:
        raise InvalidPixCode("pix_missing")
    if list(fields)[-1] != "63" or not _CRC.fullmatch(fields["63"]):
        raise InvalidPixCode("pix_field")
    if crc16(code[:-4].encode()) != code[-4:]:
        raise InvalidPixCode("pix_crc")


def _check_constants(fields: dict[str, str]) -> None:
    if fields["00"] != "01":
        raise InvalidPixCode("pix_version")
    if fields["53"] != "986":
        raise InvalidPixCode("pix_currency")
    if fields["58"].upper() != "BR":
        raise InvalidPixCode("pix_country")
    if fields.get("01", "11") not in {"11", "12"}:
        raise InvalidPixCode("pix_single_use")


def _pix_code(fields: dict[str, str]) -> PixCode:
    account = _fields(fields["26"])
    has_template = any("80" <= field_id <= "99" for field_id in fields)
    if account.get("00", "").lower() != _GUI or not ("01" in account or "25" in account or has_template):
        raise InvalidPixCode("pix_account")
    txid = _fields(fields.get("62", "")).get("05", _NO_TXID)
    return PixCode(
        key=account.get("01"),
        url=account.get("25"),
        message=account.get("02"),
        amount_cents=_amount_cents(fields.get("54")),
        receiver_name=fields["59"],
        city=fields["60"],
        postal_code=fields.get("61"),
        txid=None if txid == _NO_TXID else txid,
        merchant_category=fields["52"],
        single_use=fields["01"] == "12" if "01" in fields else None,
    )


def _amount_cents(text: str | None) -> int | None:
    if text is None:
        return None
    match = _AMOUNT.fullmatch(text)
    if not match or len(text) > 13:
        raise InvalidPixCode("pix_amount")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
