"""A cell of telephones as E.164 numbers (contacts specification, 4.1).

Usual spellings of one Brazilian number are settled by one pattern; everything else is cut into pieces and read one
by one. No number leaves here that does not match ^\\+[1-9]\\d{7,14}$.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.cells import cell_text, is_placeholder, tidy
from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.cleaning.phone_numbers import (
    AREA,
    INVALID,
    NO_AREA,
    TOO_LONG,
    Area,
    PhoneNumber,
    Reading,
    digits_of,
    kind_of,
    phone_key,
    read_foreign,
    read_number,
)
from balcao.modules.contacts.cleaning.phone_pieces import ONE, Piece, plain, split_cell

__all__ = ["PhoneCell", "PhoneNumber", "clean_phone", "kind_of", "phone_key"]

_NUMBER: Final = rf"(?:\+?55[ -]?|0[xX]{{2}} ?)?\(?0?(?:[xX]{{2}})?({AREA})\)?[ .-]?(9[ .]?[0-9]{{4}}|[2-5][0-9]{{3}})[ .-]?([0-9]{{4}})"
_COMMON: Final = re.compile(_NUMBER)
_LABELLED: Final = re.compile(
    rf"(?:(?!(?:[cC][pP][fF]|[rR][gG])\b)[^\W\d_]++[ .:=/-]++)*+{_NUMBER}(?:[ ,.(-]++[^\W\d_]++)*+[ ).!-]*+"
)
"""The same with words around it: Tel: (11) 98765-4321 (Maria)."""
_REPEATED: Final = frozenset(digit * 8 for digit in "0123456789")
_FORMATTED: Final = Finding("PHONE_FORMATTED")
_ONLY_FORMATTED: Final = (_FORMATTED,)
_ZEROS: Final = Finding("PHONE_SUSPICIOUS_ZEROS")
_LOSSY: Final = Finding("PHONE_SCIENTIFIC_LOSSY")
_LETTER_O: Final = Finding("PHONE_LETTER_O")
_LONGEST: Final = 1_000
_LARGEST: Final = 10**40
_NOTHING_MEANT: Final = re.compile(r"[\W_]*|(?:nao|sem|nenhum|nada|nunca)\b.*", re.DOTALL)
_ERROR_VALUE: Final = re.compile(r"\s*#[A-ZÚ/0]+[!?]\s*")


class PhoneCell(NamedTuple):
    """The good numbers of a cell in their order, what was found, and what belongs in the notes ("Ramal 123")."""

    numbers: tuple[PhoneNumber, ...]
    findings: tuple[Finding, ...]
    note: str = ""


_EMPTY: Final = PhoneCell((), ())


def clean_phone(cell: Cell, *, default_ddd: str = "", ddd: str = "", ddi: str = "") -> PhoneCell:
    """The telephones of a cell. `ddd` and `ddi` are the texts of the row's own columns of area and country codes;
    `default_ddd` serves numbers that have neither, with a warning. Never raises.
    """
    if isinstance(cell, str):
        text = cell
    elif isinstance(cell, date):
        return _refused(INVALID)
    elif isinstance(cell, int) and abs(cell) > _LARGEST:
        return _refused(TOO_LONG)
    else:
        text = cell_text(cell)
    if not ddi and len(text) <= _LONGEST:
        common = _COMMON.fullmatch(text) or _LABELLED.fullmatch(text)
        if common is not None:
            area, first, last = common.groups()
            if len(first) == 6:
                first = "9" + first[2:]
            if first[-4:] + last not in _REPEATED and (last != "0000" or text is cell):
                e164 = f"+55{area}{first}{last}"
                number = PhoneNumber(e164, "mobile" if len(first) == 5 else "landline")
                return PhoneCell((number,), () if text == e164 else _ONLY_FORMATTED)
        elif (text is cell or not text.endswith("000000")) and ONE.fullmatch(text):
            return _clean_one(read_number(text, _area(ddd, default_ddd)))
    return _clean_slowly(cell, text, _area(ddd, default_ddd), _country(ddi))


def _clean_one(reading: Reading) -> PhoneCell:
    """A cell that is one number and nothing else."""
    if reading.number is None:
        return PhoneCell((), reading.findings)
    return PhoneCell((reading.number,), reading.findings or _ONLY_FORMATTED)


def _clean_slowly(cell: Cell, text: str, area: Area, country: str) -> PhoneCell:
    if len(text) > _LONGEST:
        return _refused(TOO_LONG)
    written = text
    text = plain(text)
    if is_placeholder(tidy(written, "NFKC")) or _ERROR_VALUE.fullmatch(text):
        return _EMPTY
    pieces = split_cell(text)
    if not pieces:
        return _EMPTY if _NOTHING_MEANT.fullmatch(fold(written)) else _refused(INVALID)
    found = _Found(area, country)
    for piece in pieces:
        found.add(piece, is_alone=len(pieces) == 1)
    if isinstance(cell, int | float) and cell % 1_000_000 == 0:
        found.findings.append(_ZEROS)
    return found.as_cell(cell)


def _refused(reason: Finding) -> PhoneCell:
    return PhoneCell((), (reason,))


def _area(ddd: str, default_ddd: str) -> Area:
    """The area code of the row's own column, else the one that the person who sent the file gave for all."""
    own = digits_of(tidy(ddd).removesuffix(".0")).lstrip("0")
    if len(own) == 4:
        own = own.removeprefix("55")
    if own:
        return Area(own, is_assumed=False)
    default = digits_of(default_ddd).lstrip("0")
    return Area(default, is_assumed=True) if default else NO_AREA


def _country(ddi: str) -> str:
    """The country code of the row's own column; empty for Brazil and for none."""
    code = digits_of(tidy(ddi).removesuffix(".0")).lstrip("0")
    return "" if code == "55" else code


class _Found:
    """The numbers of one cell while its pieces are read."""

    def __init__(self, area: Area, country: str) -> None:
        self.area = area
        self.country = country
        self.numbers: dict[str, PhoneNumber] = {}
        self.findings: list[Finding] = []
        self.extensions: list[str] = []
        self.last: PhoneNumber | None = None

    def add(self, piece: Piece, *, is_alone: bool) -> None:
        if piece.is_lossy:
            self.findings.append(_LOSSY)
        elif piece.extension:
            self.extensions.append(piece.extension)
        elif piece.shorthand:
            self._add_shorthand(piece.shorthand)
        else:
            self._add_number(piece, is_alone=is_alone)

    def _add_shorthand(self, ending: str) -> None:
        if self.last is None:
            return  # the number before it was refused, and that is said already
        reading = read_number(self.last.e164[: -len(ending)] + ending)
        if reading.number is None:
            self.findings += reading.findings
        else:
            self.findings.append(Finding("PHONE_SHORTHAND", reading.number.e164))
            self._keep(reading.number)

    def _add_number(self, piece: Piece, *, is_alone: bool) -> None:
        reading = self._read(piece.text)
        if reading.number is None:
            text = "" if is_alone else piece.text.strip()
            self.findings += [Finding(finding.code, text) for finding in reading.findings]
            self.last = None
            return
        self._keep(reading.number)
        self.findings += reading.findings
        if piece.has_letter_o:
            self.findings.append(_LETTER_O)

    def _read(self, text: str) -> Reading:
        if self.country and "+" not in text and not digits_of(text).startswith("00"):
            return self._read_abroad(digits_of(text))
        return read_number(text, self.area)

    def _read_abroad(self, digits: str) -> Reading:
        if self.area.code and not self.area.is_assumed:
            reading = read_foreign(self.country + self.area.code + digits.lstrip("0"))
            if reading.number is not None:
                return reading
        reading = read_foreign(self.country + digits.lstrip("0"))
        if reading.number is None and digits.startswith(self.country):
            return read_foreign(digits)
        return reading

    def _keep(self, number: PhoneNumber) -> None:
        self.numbers.setdefault(number.e164, number)
        self.last = number
        if number.kind != "foreign":
            self.area = Area(number.e164[3:5], is_assumed=True)

    def as_cell(self, cell: Cell) -> PhoneCell:
        note = f"Ramal {', '.join(self.extensions)}" if self.extensions and self.numbers else ""
        if note:
            self.findings.append(Finding("PHONE_EXTENSION_REMOVED", note))
        if not self.findings and [*self.numbers] != [cell]:
            self.findings.append(_FORMATTED)
        return PhoneCell(tuple(self.numbers.values()), tuple(dict.fromkeys(self.findings)), note)
