"""Accents that broke on the way, put back: UTF-8 read as another encoding (JosÃ©), and HTML entities (Jos&eacute;).

A text is decoded again as a whole or not at all (contacts specification, 4.3), so that IRMÃ DULCE stays what it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _bytes_of_windows_1252() -> dict[str, int]:
    found = {chr(byte): byte for byte in range(256)}
    for byte in range(0x80, 0xA0):
        # Five bytes mean nothing in this encoding; readers pass them through as control characters.
        letter = bytes([byte]).decode("cp1252", errors="ignore")
        if letter:
            found[letter] = byte
    return found


_BYTES: Final[Mapping[str, int]] = MappingProxyType(_bytes_of_windows_1252())
_FOLLOWERS: Final = "".join(re.escape(letter) for letter, byte in _BYTES.items() if 0x80 <= byte < 0xC0)
_EVIDENCE: Final = re.compile(
    # Two bytes: Latin letters and combining accents; three: punctuation and the mark at a file's start; four: emoji.
    f"[Â-ÅÌ][{_FOLLOWERS}]|[âï][{_FOLLOWERS}]{{2}}|ð[{_FOLLOWERS}]{{3}}"
)
_DOUBTFUL: Final = re.compile(r"Ã(?:[–—…’](?!\w)|(?<!\bÃ)\u00a0)")
"""What somebody may have typed: IRMÃ… and IRMÃ followed by a blank that does not break."""
_LOWERED: Final = re.compile("[ãâ](?=[¡-©¬®-º¼-¾])")
"""The same damage after a program wrote it in lower case; quotation marks and dashes may follow a real ã."""
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_OTHER_ENCODINGS: Final = (("├", "cp850"), ("┬", "cp850"), ("√", "mac_roman"))
"""The sign that every accent of UTF-8 begins with when DOS or an old Macintosh reads it."""


def repair_encoding(text: str) -> str:
    """The text with its accents put back, or the very same object when nothing is broken or nothing can be known."""
    if "&" in text and _ENTITY.search(text):
        text = _without_entities(text)
    if text.isascii():
        return text
    # Some files were broken twice or thrice. Every round shortens the text.
    while (repaired := _decoded_again(text)) is not None:
        text = repaired
    return text


def _without_entities(text: str) -> str:
    while (plain := _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)) != text:
        text = plain
    return text


def _decoded_again(text: str) -> str | None:
    for sign, encoding in _OTHER_ENCODINGS:
        if sign in text:
            return _through(text, encoding)
    text = _LOWERED.sub(lambda letter: letter[0].upper(), text)
    broken = len(_EVIDENCE.findall(text))
    if not broken or broken <= len(_DOUBTFUL.findall(text)):
        return None
    try:
        repaired = bytes([_BYTES[letter] for letter in text]).decode()
    except (KeyError, UnicodeDecodeError):
        return None
    return repaired if len(_EVIDENCE.findall(repaired)) < broken else None


def _through(text: str, encoding: str) -> str | None:
    try:
        return text.encode(encoding).decode()
    except UnicodeError:
        return None
