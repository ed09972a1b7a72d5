"""Texts of one line, notes, and answers of yes or no (contacts specification, sections 4 and 5.5).

No line that leaves here begins with a sign that a spreadsheet takes for a formula; no text holds a control character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.cells import PLACEHOLDERS, cell_text, is_placeholder, tidy
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding

FORMULA_SIGNS: Final = "=+\\-@＝＋－＠﹦﹢﹣﹫⁼⁺₌₊﬩⩵"
"""What starts a formula, in every width that a program may fold to the plain sign. For use inside [ ] of a pattern."""
NEUTRALIZED: Final = Finding("CELL_FORMULA_NEUTRALIZED")
FORMATTED: Final = Finding("TEXT_FORMATTED")
TOO_LONG: Final = Finding("TEXT_TOO_LONG")
REPAIRED: Final = Finding("TEXT_ENCODING_FIXED")
NOTES_LIMIT: Final = 5_000
"""Characters of a note that GoHighLevel takes (contacts specification, 1.1)."""

_PLAIN_LINE: Final = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ÿ][!-%'-~À-ÖØ-öø-ÿ]*+(?: [!-%'-~À-ÖØ-öø-ÿ]++)*+")
"""Nothing to tidy, to repair or to neutralise. The sign & is missing because it may begin an entity."""
_OPENS_NO_PLACEHOLDER: Final = frozenset("abcdefghijklmopqrtuvwyzABCDEFGHIJKLMOPQRTUVWYZ123456789")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LEADING_SIGNS: Final = re.compile(rf"[\s{FORMULA_SIGNS}]+")
_WHOLE_AS_FRACTION: Final = re.compile(r"([0-9]+)\.0")
_LINE_ENDS: Final = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_MANY_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def stands_for_nothing(text: str) -> bool:
    """Whether a tidied text is a placeholder; quick where most texts are."""
    if text[:1] in _OPENS_NO_PLACEHOLDER:
        return False
    return text.lower() in PLACEHOLDERS if text.isascii() else is_placeholder(text)


def is_clean_line(text: str, limit: int) -> bool:
    """Whether a line can stay as it is. Some that could are not recognised: those take the longer way."""
    return (
        len(text) <= limit
        and _PLAIN_LINE.fullmatch(text) is not None
        and text[-2:] != ".0"
        and not stands_for_nothing(text)
    )


def without_controls(text: str) -> str:
    """The text without characters that nobody sees, no database takes and no file can hold; line ends and tabs stay."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def one_line(text: str, findings: list[Finding]) -> str:
    """A tidied line with its accents repaired; what starts a formula is off. Notes what was done."""
    return _settled(text, tidy, findings)


def _settled(
    text: str, tidied: Callable[[str], str], findings: list[Finding], *, keeps_signs: bool = False
) -> str:
    is_repaired = is_unsafe = False
    while True:
        repaired = repair_encoding(text)
        line = tidied(without_controls(repaired))
        if stands_for_nothing(line):
            safe = ""
        else:
            safe = without_leading_signs(line)
            is_unsafe |= safe is not line
            safe = line if keeps_signs else safe
        is_repaired |= repaired is not text
        # What is taken off may uncover more of the same: =&amp;#61;1.
        if safe == text or not safe:
            break
        text = safe
    findings += [REPAIRED] * (is_repaired and bool(safe)) + [NEUTRALIZED] * is_unsafe
    return safe


def without_leading_signs(text: str) -> str:
    """The text from its first character on that does not start a formula; the very same object when that is the first."""
    signs = _LEADING_SIGNS.match(text)
    return text[signs.end() :] if signs else text


def changed(cell: Cell, value: str, findings: list[Finding], formatted: Finding) -> tuple[Finding, ...]:
    """The findings, and `formatted` when nothing else tells that the value is not what the cell held."""
    if not findings and value != cell_text(cell):
        findings.append(formatted)
    return tuple(findings)


def clean_text(cell: Cell, *, limit: int = 255) -> Cleaned:
    """One line: company, parts of an address, source, job title … At most `limit` characters; spelling is left alone.

    A whole number that a program wrote with a fraction (120.0) loses it. Nothing usable gives an empty value.
    """
    if isinstance(cell, str) and is_clean_line(cell, limit):
        return Cleaned(cell)
    findings: list[Finding] = []
    text = one_line(cell_text(cell), findings)
    if whole := _WHOLE_AS_FRACTION.fullmatch(text):
        text = "" if stands_for_nothing(whole[1]) else whole[1]
    if len(text) > limit:
        text = text[:limit].rstrip()
        findings.append(TOO_LONG)
    return Cleaned(text, (), changed(cell, text, findings, FORMATTED) if text or findings else ())


def clean_notes(cell: Cell) -> Cleaned:
    """Several lines, kept as lines with one empty line between them at most; 5,000 characters at most.

    A note may begin with what starts a formula ("- called twice"): it is kept, and every file that leaves puts an apostrophe
    before it.
    """
    if cell is None:
        return EMPTY
    if isinstance(cell, str) and is_clean_line(cell, NOTES_LIMIT):
        return Cleaned(cell)
    findings: list[Finding] = []
    text = _settled(cell_text(cell), _tidy_lines, findings, keeps_signs=True)
    if len(text) > NOTES_LIMIT:
        text = text[:NOTES_LIMIT].rstrip()
        findings.append(Finding("NOTES_TRUNCATED"))
    return Cleaned(text, (), changed(cell, text, findings, FORMATTED) if text or findings else ())


def _tidy_lines(text: str) -> str:
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    return _MANY_EMPTY_LINES.sub("\n\n", "\n".join([tidy(line) for line in lines])).strip()


_YES_WORDS: Final = (
    "sim s si x 1 1.0 true verdadeiro verdade v t yes y ok on aceito aceita aceitou autorizo autoriza autorizado autorizou "
    "concordo concorda concordou confirmado confirmo marcado checked agree agreed accepted ✓ ✔ ✔️ ☑ ☑️ ✅ 👍"
)
_NO_WORDS: Final = (
    "nao n no 0 0.0 false falso f off nunca recuso recusa recusou recusado discordo desmarcado unchecked disagree declined "
    "refused ✗ ✘ ✖ ✖️ ❌ 👎"
)


def _meaning(words: str, answer: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), answer)


_ANSWERS: Final[Mapping[str, str]] = MappingProxyType(_meaning(_YES_WORDS, "yes") | _meaning(_NO_WORDS, "no"))
_BEGINS_WITH_ANSWER: Final = re.compile(
    r"(?:(?:sim|yes|aceito|autorizo|concordo)(?P<yes>)|(?:nao|no)(?P<no>))\b[\s,.;:!-]+\w.*", re.DOTALL
)
_MOMENT: Final = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})(?:[T ,].*)?")
_NO_MOMENT: Final = re.compile(r"[0/:. T-]+")
_CHOICE_FORMATTED: Final = (Finding("CHOICE_FORMATTED"),)
_YES: Final = Cleaned("yes", (), _CHOICE_FORMATTED)
_NO: Final = Cleaned("no", (), _CHOICE_FORMATTED)
_UNKNOWN: Final = Cleaned("", (), (Finding("CHOICE_UNKNOWN"),))


def clean_choice(cell: Cell) -> Cleaned:
    """ "yes", "no" or nothing. A moment means yes: programs write when somebody agreed or left, and blank otherwise."""
    if cell in ("yes", "no"):
        return Cleaned(str(cell))
    if isinstance(cell, bool):
        return _YES if cell else _NO
    if isinstance(cell, date):
        return _YES
    text = fold(tidy(repair_encoding(cell_text(cell)))).strip(" .!()[]\"'")
    answer = _ANSWERS.get(text)
    if answer is None and (begun := _BEGINS_WITH_ANSWER.fullmatch(text)) and not stands_for_nothing(text):
        answer = begun.lastgroup
    if answer is None and _MOMENT.fullmatch(text):
        answer = "no" if _NO_MOMENT.fullmatch(text) else "yes"
    if answer is None:
        return EMPTY if stands_for_nothing(text) else _UNKNOWN
    return _YES if answer == "yes" else _NO
