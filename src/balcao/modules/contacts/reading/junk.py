"""Rows of a list that are nobody: blanks, totals, the header again, footers of pages (contacts specification, 5.3)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.findings import Cell

_TOTAL: Final = re.compile(
    r"(?:sub\W?)?tota(?:l|is)\b|soma(?:t[óo]ria)?\b|qtde?s?\b|quantidade\b|somme\b|count\b|grand total\b|sum\b",
    re.IGNORECASE,
)
_AFTER_TOTAL: Final = re.compile(
    r"[\s:.=()\-–|\d,R$%]*(?:(?:geral|parcial|final|de|do|da|dos|das|em|por|a|o|no|na|p[áa]gina|relat[óo]rio|registros?|clientes?"
    r"|contatos?|linhas?|itens|leads?|pessoas?|cadastros?|alunos?|pacientes?|m[êe]s|ano|dia|lista|records?|rows?|contacts?"
    r"|listados?|encontrados?|exibidos?|impressos?)\b[\s:.=()\-–|\d,R$%]*)*",
    re.IGNORECASE,
)
_FOOTER: Final = re.compile(
    r"(?:p[áa]g(?:ina)?s?\.?|page|folha|fl\.?)\s*:?\s*\d+(?:\s*(?:de|of|/|-)\s*\d+)?\s*$"
    r"|(?:relat[óo]rio|lista(?:gem)?|documento|arquivo|report|planilha|dados)\s+(?:gerad|emitid|impress|exportad|extra[íi]d|criad|generated|exported)"
    r"|(?:gerad|emitid|impress|exportad|extra[íi]d)[oa]s?\s+(?:em|por|pel[oa]|no|na|[àa]s|automaticamente)\b"
    r"|(?:data|hora)\s+(?:d[ae]\s+)?(?:emiss[ãa]o|impress[ãa]o|gera[çc][ãa]o|exporta[çc][ãa]o)\b"
    r"|(?:fim|final|t[ée]rmino)\s+d[oae]\s+(?:relat[óo]rio|lista|listagem|arquivo|documento)\b"
    r"|(?:fonte|filtros?(?:\s+aplicados?)?)\s*:|\(?continua(?:\s+na|\s*\.|\s*\)|$)|todos os direitos reservados|©",
    re.IGNORECASE,
)
_REACHABLE: Final = re.compile(r"@|(?:\d[\s().\-–]{0,3}){8}")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_MONEY: Final = re.compile(r"\s*R\$", re.IGNORECASE)
_STARTS: Final = frozenset("sStTqQcCgGpPfFrRlLdDaAiIeEhH(©")
"""First letters of everything above: what begins otherwise needs no look at all."""


def row_junk(row: Sequence[Cell], headers: Sequence[str], contact_columns: Collection[int]) -> str:
    """blank, total, repeated_header or footer; "" for a row that may be somebody.

    `contact_columns` are the positions mapped to names, e-mails and telephones; when there are none, a lonely cell is no
    footer. About a microsecond for an ordinary row.
    """
    first = -1
    filled = 0
    for position, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        if isinstance(cell, str) and cell.isspace():
            continue
        if first < 0:
            first = position
        filled += 1
        if filled == 2:
            break
    if not filled:
        return "blank"
    value = row[first]
    if isinstance(value, str):
        if _is_header(value, first, headers) and _repeats(row, headers):
            return "repeated_header"
        found = _by_words(value.strip(), row, first)
        if found:
            return found
    if filled == 1 and contact_columns and first not in contact_columns and len(headers) > 1:
        return "footer"
    return ""


def _is_header(value: str, position: int, headers: Sequence[str]) -> bool:
    return position < len(headers) and bool(headers[position]) and _alike(value, headers[position])


def _alike(one: str, other: str) -> bool:
    return one == other or " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _repeats(row: Sequence[Cell], headers: Sequence[str]) -> bool:
    """Every filled cell is its own header, and most headers are there."""
    same = 0
    for position, cell in enumerate(row):
        text = cell_text(cell).strip()
        if not text:
            continue
        if position >= len(headers) or not _alike(text, headers[position]):
            return False
        same += 1
    return same * 2 > sum(1 for header in headers if header)


def _by_words(text: str, row: Sequence[Cell], first: int) -> str:
    if text[:1] not in _STARTS:
        return ""
    total = _TOTAL.match(text)
    if total and _AFTER_TOTAL.fullmatch(text, total.end()) and _is_counted(row, first):
        return "total"
    if _FOOTER.match(text) and not any(_REACHABLE.search(cell_text(cell)) for cell in row[first + 1 :]):
        return "footer"
    return ""


def _is_counted(row: Sequence[Cell], first: int) -> bool:
    """Beside a total stand numbers, no words and nothing one could call or write to."""
    for cell in row[first + 1 :]:
        text = cell_text(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            continue
        is_wordy = _LETTERS.search(text) and not _MONEY.match(text) and not _AFTER_TOTAL.fullmatch(text)
        if "@" in text or (is_wordy and not _TOTAL.match(text.strip())):
            return False
        if _REACHABLE.search(text) and "," not in text and "." not in text:
            return False
    return True
