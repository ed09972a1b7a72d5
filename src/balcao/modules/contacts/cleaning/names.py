"""Names of people (contacts specification, 4.3): whole names, and first or last names that have a column each."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.name_pieces import NamePieces, take_apart
from balcao.modules.contacts.cleaning.name_words import (
    COMPANY_ENDINGS,
    FIRST_WORDS_ASIDE,
    LAST_CAPITALS_OF_COMPANIES,
    LAST_WORDS_OF_COMPANIES,
    PARTICLES,
    ROMAN_ALONE,
    ROMAN_NUMERALS,
    SPELLING,
    spelled,
)
from balcao.modules.contacts.cleaning.texts import TOO_LONG


class NameCell(NamedTuple):
    """A name, and what else stood in its cell. `email` and `phone` are raw: the caller cleans them like any other.

    `company` is to fill the company if that is empty; `note` is what a person had added (“mãe do João”), worth keeping.
    """

    first: str
    last: str
    company: str = ""
    email: str = ""
    phone: str = ""
    findings: tuple[Finding, ...] = ()
    note: str = ""


NAME_LIMIT: Final = 255
"""Characters of a name as a whole."""

_NOTHING: Final = NameCell("", "")
_FORMATTED: Final = (Finding("NAME_FORMATTED"),)
_LETTER: Final = "[A-Za-zÀ-ÖØ-öø-ÿ]"
_SIMPLE: Final = re.compile(
    rf"(?:{_LETTER}++(?:['-]{_LETTER}++)*+ |{_LETTER}\. )*+{_LETTER}++(?:['-]{_LETTER}++)*+"
)
"""Words of letters, with a hyphen or an apostrophe inside, and initials with their period; single blanks."""
_ASIDE: Final = frozenset(
    {*COMPANY_ENDINGS, *LAST_WORDS_OF_COMPANIES, *map(str.lower, LAST_CAPITALS_OF_COMPANIES), *ROMAN_NUMERALS}
)
_RAISED: Final = str.maketrans("", "", "ªº")
_ENDINGS: Final = {
    **COMPANY_ENDINGS,
    **LAST_WORDS_OF_COMPANIES,
    **{word.lower(): word for word in LAST_CAPITALS_OF_COMPANIES},
}


def clean_full_name(cell: Cell) -> NameCell:
    """First name and the rest. All capitals or all small letters get ordinary spelling; mixed spelling is left alone.

    Particles do not count for that: "maria DAS dores" is all small letters.
    """
    if isinstance(cell, str):
        if words := _quick(cell, is_last=False):
            first, *others = words
            last = " ".join(others)
            same = (f"{first} {last}" if others else first) == cell
            return NameCell(first, last) if same else NameCell(first, last, "", "", "", _FORMATTED)
    elif cell is None:
        return _NOTHING
    original = cell_text(cell)
    words, pieces = _settled(original, is_whole=True, is_last=False)
    if words and not pieces.findings and " ".join(words) != original:
        pieces.tell("NAME_FORMATTED")
    return NameCell(
        first=words[0] if words else "",
        last=" ".join(words[1:]),
        company=pieces.company,
        email=pieces.email,
        phone=pieces.phone,
        findings=tuple(pieces.findings),
        note=pieces.note,
    )


def clean_name_part(cell: Cell, *, is_last: bool = False) -> Cleaned:
    """A first name, or a last name (`is_last`), that has a column of its own: nothing is split or turned round.

    `extra` holds the raw e-mail or telephone that stood there instead, told apart by NAME_IS_EMAIL and NAME_IS_PHONE;
    after NAME_LOOKS_COMPANY it ends with the company's name. The note of NAME_NOTE_MOVED is worth keeping.
    """
    if cell is None:
        return EMPTY
    original = cell_text(cell)
    if words := _quick(original, is_last=is_last):
        value = " ".join(words)
        return Cleaned(value) if value == original else Cleaned(value, (), _FORMATTED)
    words, pieces = _settled(original, is_whole=False, is_last=is_last)
    value = " ".join(words)
    if value and not pieces.findings and value != original:
        return Cleaned(value, (), _FORMATTED)
    extra = tuple(filter(None, (pieces.email, pieces.phone, pieces.company)))
    return Cleaned(value, extra, tuple(pieces.findings))


def _quick(text: str, *, is_last: bool) -> list[str] | None:
    """The words of a simple name in ordinary spelling; None when one of them asks for a closer look."""
    text = text.strip()
    if len(text) > NAME_LIMIT or not _SIMPLE.fullmatch(text):
        return None
    lower = text.lower()
    words = lower.split(" ")
    if words[0] in FIRST_WORDS_ASIDE or not _ASIDE.isdisjoint(
        lower.replace("-", " ").split(" ") if "-" in lower else words
    ):
        return None
    if text.isupper() or text == lower:
        spelling = [SPELLING[word] for word in words]
        if not is_last and words[0] in PARTICLES:
            spelling[0] = spelled(words[0])
        return spelling
    spelling = text.split(" ")
    first = spelling[0]
    # What is mixed may be nothing but the particles: maria DAS dores.
    return None if first.isupper() or first == words[0] or words[0] in PARTICLES else spelling


def _settled(text: str, *, is_whole: bool, is_last: bool) -> tuple[list[str], NamePieces]:
    """The words of a name and what else was in its cell. What is taken off may uncover more: Sr.Dr.Ana."""
    pieces = take_apart(text, is_whole=is_whole, is_last=is_last)
    words = _within_limit(_spelled_words(pieces, is_last=is_last), pieces)
    while words and _quick(whole := " ".join(words), is_last=is_last) != words:
        more = take_apart(whole, is_whole=is_whole, is_last=is_last)
        more_words = _within_limit(_spelled_words(more, is_last=is_last), more)
        pieces.join(more)
        if more_words == words:
            break
        words = more_words
    return words, pieces


def _spelled_words(pieces: NamePieces, *, is_last: bool) -> list[str]:
    words = pieces.words
    telling = "".join([word for word in words if word.lower() not in PARTICLES]) or "".join(words)
    # The raised letters of Mª and Drª count as small ones.
    telling = telling.translate(_RAISED)
    if not (telling.isupper() or telling.islower()):
        return words
    lower = [word.lower() for word in words]
    spelling = [SPELLING[word] for word in lower]
    if not is_last:
        spelling[0] = spelled(lower[0])
    if lower[-1] in ROMAN_NUMERALS and (len(lower) > 1 or is_last or lower[-1] in ROMAN_ALONE):
        spelling[-1] = lower[-1].upper()
    if pieces.company:
        spelling = [
            _ENDINGS.get(word.rstrip("."), usual) for word, usual in zip(lower, spelling, strict=True)
        ]
    return spelling


def _within_limit(words: list[str], pieces: NamePieces) -> list[str]:
    length = sum(map(len, words)) + len(words) - 1
    if length <= NAME_LIMIT:
        return words
    if TOO_LONG not in pieces.findings:
        pieces.findings.append(TOO_LONG)
    kept = " ".join(words)[:NAME_LIMIT].split()
    # The last word was probably cut; what is left of it is no name.
    return kept[:-1] if len(kept) > 1 else kept
