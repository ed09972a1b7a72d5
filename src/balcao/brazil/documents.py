"""CPF and CNPJ, the tax numbers of people and companies, with the letters that CNPJ allows since July 2026.

Rules: Receita Federal, modulo 11; a letter counts as its ASCII code minus 48 (so 0-9 keep their value).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_CPF = re.compile(r"[0-9]{11}")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
_MASK_CHARACTERS = str.maketrans("", "", "./- \u00a0")
_CPF_LENGTH, _CNPJ_LENGTH = 11, 14


class DocumentKind(StrEnum):
    """Which register a number belongs to."""

    CPF = "cpf"
    CNPJ = "cnpj"


@dataclass(frozen=True, slots=True)
class Document:
    """A valid tax number; `value` is clean: no mask, upper case, leading zeros kept."""

    kind: DocumentKind
    value: str


class InvalidDocument(ValueError):  # noqa: N818  named by what it says, as every refusal of this package
    """A text that is no valid CPF or CNPJ; `reason` says why.

    Reasons: document_empty, document_characters, document_length, document_repeated, document_check_digit.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_document(text: str) -> Document:
    """Read a CPF or a CNPJ, masked or not; the length (11 or 14) tells which one it is.

    Raises InvalidDocument with a reason code.
    """
    cleaned = _clean(text)
    if len(cleaned) == _CPF_LENGTH:
        return Document(DocumentKind.CPF, _checked_cpf(cleaned))
    if len(cleaned) == _CNPJ_LENGTH:
        return Document(DocumentKind.CNPJ, _checked_cnpj(cleaned))
    raise InvalidDocument("document_length")


def parse_cpf(text: str) -> str:
    """The 11 clean digits of a CPF. Raises InvalidDocument with a reason code."""
    cleaned = _clean(text)
    if len(cleaned) != _CPF_LENGTH:
        raise InvalidDocument("document_length")
    return _checked_cpf(cleaned)


def parse_cnpj(text: str) -> str:
    """The 14 clean characters of a CNPJ, upper case. Raises InvalidDocument with a reason code."""
    cleaned = _clean(text)
    if len(cleaned) != _CNPJ_LENGTH:
        raise InvalidDocument("document_length")
    return _checked_cnpj(cleaned)


def cpf_check_digits(base: str) -> str:
    """The two check digits of the first nine digits of a CPF. Raises ValueError on any other input."""
    if not re.fullmatch(r"[0-9]{9}", base):
        raise ValueError("the base of a CPF has nine digits")
    first = _check_digit(base, (10, 9, 8, 7, 6, 5, 4, 3, 2))
    return first + _check_digit(base + first, (11, 10, 9, 8, 7, 6, 5, 4, 3, 2))


def cnpj_check_digits(base: str) -> str:
    """The two check digits of the first twelve characters of a CNPJ. Raises ValueError on any other input."""
    if not re.fullmatch(r"[0-9A-Z]{12}", base):
        raise ValueError("the base of a CNPJ has twelve digits or capital letters")
    first = _check_digit(base, (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
    return first + _check_digit(base + first, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))


def format_document(document: Document) -> str:
    """The number as people read it: 000.000.000-00 or XX.XXX.XXX/XXXX-DD."""
    v = document.value
    if document.kind is DocumentKind.CPF:
        return f"{v[:3]}.{v[3:6]}.{v[6:9]}-{v[9:]}"
    return f"{v[:2]}.{v[2:5]}.{v[5:8]}/{v[8:12]}-{v[12:]}"


def _clean(text: str) -> str:
    cleaned = text.strip().translate(_MASK_CHARACTERS)
    if not cleaned:
        raise InvalidDocument("document_empty")
    # Before upper(): it turns letters of other alphabets (such as a dotless i) into plain capitals.
    if not (cleaned.isascii() and cleaned.isalnum()):
        raise InvalidDocument("document_characters")
    return cleaned.upper()


def _checked_cpf(cleaned: str) -> str:
    if not _CPF.fullmatch(cleaned):
        raise InvalidDocument("document_characters")
    return _checked(cleaned, cpf_check_digits(cleaned[:9]))


def _checked_cnpj(cleaned: str) -> str:
    if not _CNPJ.fullmatch(cleaned):
        raise InvalidDocument("document_characters")
    return _checked(cleaned, cnpj_check_digits(cleaned[:12]))


def _checked(cleaned: str, check_digits: str) -> str:
    if len(set(cleaned)) == 1:
        raise InvalidDocument("document_repeated")
    if not cleaned.endswith(check_digits):
        raise InvalidDocument("document_check_digit")
    return cleaned


def _check_digit(characters: str, weights: tuple[int, ...]) -> str:
    total = sum((ord(c) - 48) * weight for c, weight in zip(characters, weights, strict=True))
    remainder = total % 11
    return "0" if remainder < 2 else str(11 - remainder)
