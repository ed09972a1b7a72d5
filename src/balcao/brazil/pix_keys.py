"""Pix keys: the five kinds of address that money can be sent to (DICT, Banco Central)."""

import re
from enum import StrEnum

from balcao.brazil.documents import DocumentKind, InvalidDocument, parse_document
from balcao.brazil.phones import InvalidPhone, parse_phone

_EMAIL_MAX = 77
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"[a-z0-9.!#$&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})+")
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# A phone is told from a document by what only phones are written with, or by a length no document has.
_PHONE_MARKS = re.compile(r"[+()]")
_PHONE_DIGITS = re.compile(r"55[0-9]{10,11}")


class PixKeyKind(StrEnum):
    """The kinds of key; `random` is the UUID that a bank generates."""

    CPF = "cpf"
    CNPJ = "cnpj"
    PHONE = "phone"
    EMAIL = "email"
    RANDOM = "random"


class InvalidPixKey(ValueError):  # noqa: N818  named by what it says, as every refusal of this package
    """A text that is no Pix key; `reason` says why.

    Reasons: pix_key_empty, pix_key_email, pix_key_unknown, and those of documents and phones.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def validate_key(text: str) -> tuple[PixKeyKind, str]:
    """The kind of a Pix key and the key as banks store it; nothing is guessed, since money follows it.

    Eleven bare digits are a CPF, never a phone: phones carry +55 or the area code in parentheses.
    Raises InvalidPixKey with a reason code.
    """
    key = text.strip()
    if not key:
        raise InvalidPixKey("pix_key_empty")
    if not key.isascii():
        raise InvalidPixKey("pix_key_unknown")
    if "@" in key:
        return PixKeyKind.EMAIL, _email(key.lower())
    if _RANDOM.fullmatch(key.lower()):
        return PixKeyKind.RANDOM, key.lower()
    if _PHONE_MARKS.search(key) or _PHONE_DIGITS.fullmatch(key):
        return PixKeyKind.PHONE, _phone(key)
    return _document(key)


def _email(key: str) -> str:
    if len(key) > _EMAIL_MAX or not _EMAIL.fullmatch(key):
        raise InvalidPixKey("pix_key_email")
    return key


def _phone(key: str) -> str:
    try:
        return parse_phone(key)
    except InvalidPhone as error:
        raise InvalidPixKey(error.reason) from error


def _document(key: str) -> tuple[PixKeyKind, str]:
    try:
        document = parse_document(key)
    except InvalidDocument as error:
        if error.reason == "document_length":
            raise InvalidPixKey("pix_key_unknown") from error
        raise InvalidPixKey(error.reason) from error
    kind = PixKeyKind.CPF if document.kind is DocumentKind.CPF else PixKeyKind.CNPJ
    return kind, document.value
