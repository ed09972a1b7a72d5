"""Any cell as text, and the texts that stand for nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Final

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.findings import Cell

_BLANKS: Final = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE: Final = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065),
     *range(0x2066, 0x206A), 0xFEFF]
)  # fmt: skip
_PLAIN: Final = re.compile(r"[!-~]+(?: [!-~]+)*")
"""Printable ASCII with single blanks inside: nothing to tidy."""

PLACEHOLDERS: Final = frozenset(
    {
        "", "-", "--", ".", "?", "x", "0", "n/a", "na", "nan", "null", "none", "nd", "n/d", "s/n", "nt", "nao tem",
        "nao possui", "nao informado", "sem telefone", "sem email", "#n/d", "#n/a", "#ref!", "#valor!", "#value!",
    }
)  # fmt: skip
_BEGINNINGS: Final = frozenset(word[0].upper() for word in PLACEHOLDERS if word) | {
    word[0] for word in PLACEHOLDERS if word
}
_NAMES_AFTER_ALL: Final = frozenset({"na", "nd", "nt", "x", "xx", "0"})
_LONGEST_PLACEHOLDER: Final = 16


def cell_text(cell: Cell) -> str:
    """The cell as a person would type it: 11987654321 and never 1.1987654321E+10, VERDADEIRO, 1990-05-03."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "VERDADEIRO" if cell else "FALSO"
    if isinstance(cell, date):
        return _moment_text(cell)
    return str(int(cell)) if isinstance(cell, int) or cell.is_integer() else repr(cell)


def _moment_text(cell: date) -> str:
    if not isinstance(cell, datetime):
        return cell.isoformat()
    return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(sep=" ")


def tidy(text: str, form: str = "NFC") -> str:
    """Without invisible marks, trimmed, runs of blanks as one. `form` is NFC, or NFKC for telephones and e-mails."""
    if _PLAIN.fullmatch(text):
        return text
    if not text.isascii():
        text = unicodedata.normalize(form, text).translate(_INVISIBLE)  # pyright: ignore[reportArgumentType]
    return _BLANKS.sub(" ", text).strip()


def is_placeholder(text: str) -> bool:
    """Whether a tidied text stands for nothing, whatever its case and accents. Not a fault: simply empty."""
    if len(text) > _LONGEST_PLACEHOLDER:
        return False
    if text.isascii():
        return text.lower() in PLACEHOLDERS
    return (text[0] in _BEGINNINGS or not text[0].isascii()) and fold(text) in PLACEHOLDERS


def is_placeholder_name(text: str) -> bool:
    """The same in a column of names, where Na, Nd and the like may be somebody's name."""
    return is_placeholder(text) and fold(text) not in _NAMES_AFTER_ALL
