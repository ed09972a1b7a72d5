"""Tags: one text, separated by commas (contacts specification, 4.4 and 1.1)."""

from __future__ import annotations

import re
from typing import Final

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.texts import REPAIRED, TOO_LONG, changed, one_line, stands_for_nothing

TAG_LIMIT: Final = 255
"""Characters of one tag."""
_ONE_PLAIN_TAG: Final = re.compile(
    r"[1-9A-MO-RT-WYZa-mo-rt-wyzÀ-ÖØ-öø-ÿ][0-9A-Za-zÀ-ÖØ-öø-ÿ ]*[0-9A-Za-zÀ-ÖØ-öø-ÿ]"
)
_SEPARATORS: Final = re.compile(r"[,;|\r\n\t]|:::")
_WRAPPING: Final = '[]{}"“”* '
"""What lists and quoted texts of other programs leave around a tag; Google marks its own groups with a star."""
_WHOLE_AS_FRACTION: Final = re.compile(r"([0-9]+)\.0")
_FORMATTED: Final = Finding("TAGS_FORMATTED")
_MOST_REMEMBERED: Final = 4_096
_seen: Final[dict[str, Cleaned]] = {}


def clean_tags(cell: Cell) -> Cleaned:
    """The tags of a cell joined with ", ", each once whatever its case, in their order.

    A period becomes a blank, because GoHighLevel would split the tag there.
    """
    if not isinstance(cell, str):
        return EMPTY if cell is None else _tags(cell_text(cell))
    if (known := _seen.get(cell)) is None:
        known = _tags(cell)
        if len(_seen) < _MOST_REMEMBERED and len(cell) <= TAG_LIMIT:
            _seen[cell] = known
    return known


def _tags(text: str) -> Cleaned:
    if _ONE_PLAIN_TAG.fullmatch(text) and "  " not in text and len(text) <= TAG_LIMIT:
        return Cleaned(text)
    findings: list[Finding] = []
    tags: dict[str, str] = {}
    # Before the tags are taken apart: an entity ends with a semicolon.
    legible = repair_encoding(text)
    if legible is not text:
        findings.append(REPAIRED)
    if whole := _WHOLE_AS_FRACTION.fullmatch(legible.strip()):
        legible = whole[1]
    for piece in _SEPARATORS.split(legible):
        if tag := _tag(piece, findings):
            tags.setdefault(tag.casefold(), tag)
    value = ", ".join(tags.values())
    unique = list(dict.fromkeys(findings))
    return Cleaned(value, (), changed(text, value, unique, _FORMATTED) if value or unique else ())


def _tag(piece: str, findings: list[Finding]) -> str:
    tag = piece
    # A period or a bracket that is taken off may have hidden a sign that starts a formula.
    while (bare := " ".join(one_line(tag, findings).strip(_WRAPPING).replace(".", " ").split())) != tag:
        tag = bare
    if len(tag) > TAG_LIMIT:
        tag = tag[:TAG_LIMIT].rstrip()
        findings.append(TOO_LONG)
    return "" if stands_for_nothing(tag) else tag
