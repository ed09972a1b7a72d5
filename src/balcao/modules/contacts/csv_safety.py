"""Cells that no spreadsheet takes for a formula (contacts specification, section 5.5)."""

from __future__ import annotations

from typing import Final

TRIGGERS: Final = "=+-@\t\r\n＝＋－＠"
"""A cell that starts with one of these, alone or after blanks, may be run as a formula."""
E164_FIELDS: Final = frozenset({"phone", "additional_phones"})
"""Fields whose numbers must begin with a plus sign."""


def quoted_formula(text: str) -> str:
    """The text, behind an apostrophe when a spreadsheet could take it for a formula."""
    bare = text.lstrip(" \u00a0")
    return f"'{text}" if bare and bare[0] in TRIGGERS else text


def unquoted_formula(text: str) -> str:
    """The text without the apostrophe that `quoted_formula` put before it."""
    return text[1:] if text.startswith("'") and quoted_formula(text[1:]) != text[1:] else text
