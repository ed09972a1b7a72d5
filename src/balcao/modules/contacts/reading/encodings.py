"""Which encoding a text file is in: the ladder of the contacts specification, 5.2, over the whole file.

Byte order mark → zero bytes (UTF-16 without mark) → strict UTF-8 → Windows-1252, unless the Portuguese letters come out
clearly better as DOS or Macintosh text. A file of UTF-8 with a few foreign bytes stays UTF-8; those bytes alone are read as
Windows-1252.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final

from balcao.modules.contacts.reading.limits import FileRefused, too_complex

BLOCK: Final = 1 << 20
ERRORS: Final = "balcao.windows_byte"
"""Name of the error handler that reads a byte which is no UTF-8 as Windows-1252."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHOICES: Final[Mapping[str, str]] = {
    "utf8": "utf-8-sig", "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be", "utf8sig": "utf-8-sig",
    "cp1252": "cp1252", "windows1252": "cp1252", "latin1": "cp1252", "iso88591": "cp1252", "iso885915": "iso8859-15",
    "cp850": "cp850", "cp860": "cp860", "cp437": "cp437", "macroman": "mac_roman", "cp1250": "cp1250",
}  # fmt: skip
_ASCII: Final = bytes(range(128))
_RUN: Final = re.compile(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?")
_UTF8: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ENOUGH_RUNS: Final = 50_000
_MOST_RUNS: Final = 50_000
_LOWER: Final = frozenset("áàâãçéêíóôõúü")
_UPPER: Final = frozenset("ÁÀÂÃÇÉÊÍÓÔÕÚÜ")
_SIGNS: Final = frozenset("ºª°–—“”‘’•…€§®©´«»·²³¼½¾\u00a0£")
_RIVALS: Final = ("cp850", "mac_roman", "cp860")


@dataclass(frozen=True, slots=True)
class TextFacts:
    """A text file looked through once. `encoding` is Python's name, to be used with ERRORS; `lines` counts line ends,
    `zeros` the zero bytes that belong to no UTF-16.
    """

    encoding: str
    lines: int
    zeros: int
    is_blank: bool


def _windows_byte(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(ERRORS, _windows_byte)


def encoding_label(encoding: str) -> str:
    """The name to show for an encoding of TextFacts."""
    return {"utf-8-sig": "utf-8", "mac_roman": "mac-roman"}.get(encoding, encoding)


def chosen_encoding(name: str | None) -> str | None:
    """Python's name of an encoding a person chose; None for none, or one that no table is in."""
    return _CHOICES.get(re.sub(r"[^a-z0-9]", "", name.lower())) if name else None


def marked_encoding(head: bytes) -> str | None:
    """The encoding that the first bytes state, or that their zero bytes give away."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    even, odd = head[::2], head[1::2]
    if len(head) < 4 or not odd:
        return None
    if odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def look_through(file: IO[bytes], chosen: str | None = None, *, has_lines: bool = True) -> TextFacts:
    """Reads the whole file once, in blocks. Raises FileRefused for a line of more than a megabyte in a file that
    `has_lines`.
    """
    file.seek(0)
    encoding = chosen or marked_encoding(file.read(BLOCK // 16))
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = returns = zeros = 0
    is_blank = is_utf8 = True
    while block := file.read(BLOCK):
        line_feeds, block_returns = block.count(b"\n"), block.count(b"\r")
        if has_lines and not line_feeds and not block_returns and len(block) == BLOCK:
            raise too_complex("line")
        lines, returns, zeros = lines + line_feeds, returns + block_returns, zeros + block.count(0)
        is_blank = is_blank and not block.strip(b"\x00\x1a\xef\xbb\xbf\xff\xfe \t\r\n,;")
        if is_utf8 and encoding is None:
            is_utf8 = _decodes(decoder, block)
    if encoding is None:
        encoding = "utf-8-sig" if is_utf8 else _one_byte_encoding(file)
    return TextFacts(encoding, lines or returns, 0 if encoding.startswith("utf-16") else zeros, is_blank)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block)
    except UnicodeDecodeError:
        return False
    return True


def _one_byte_encoding(file: IO[bytes]) -> str:
    runs, high, proper = _high_bytes(file)
    if proper >= 8 and proper >= 0.95 * high:
        return "utf-8-sig"
    base = _score(runs, "cp1252")
    best = max(_RIVALS, key=lambda name: _score(runs, name))
    lead = _score(runs, best) - base
    if lead <= 0:
        return "cp1252"
    if lead > max(4, 0.5 * sum(runs.values())):
        return best
    return _second_opinion(runs, best)


def _high_bytes(file: IO[bytes]) -> tuple[Counter[bytes], int, int]:
    """Runs of bytes above 127 with their neighbours, how many such bytes there are, and how many make proper UTF-8.

    From the beginning until there are enough to tell, wherever in the file the first of them stands.
    """
    runs: Counter[bytes] = Counter()
    high = proper = seen = 0
    file.seek(0)
    while seen < _ENOUGH_RUNS and (block := file.read(BLOCK)):
        rest = block.translate(None, _ASCII)
        if not rest:
            continue
        high += len(rest)
        proper += sum(map(len, _UTF8.findall(block)))
        found = [run for run in _RUN.findall(block) if len(run) <= 32]
        seen += len(found)
        if len(runs) < _MOST_RUNS:
            runs.update(found)
    return runs, high, proper


def _score(runs: Mapping[bytes, int], encoding: str) -> float:
    """How much the runs look like Portuguese in an encoding: accented letters in the case of their neighbours."""
    return sum(_run_score(run.decode(encoding, "replace")) * count for run, count in runs.items())


def _run_score(text: str) -> float:
    score = 0.0
    for index, char in enumerate(text):
        if char.isascii():
            continue
        before, after = text[index - 1 : index] if index else "", text[index + 1 : index + 2]
        if char in _LOWER:
            score += 0.5 if after.isupper() else 3
        elif char in _UPPER:
            score += -1 if before.islower() else 0.5 if after.islower() and before.isupper() else 2
        elif char in _SIGNS:
            score += -1 if before.isalpha() and after.isalpha() else 0
        elif char == "\ufffd":
            score -= 5
        else:
            score -= 1 if char.isalpha() else 3
    return score


def _second_opinion(runs: Mapping[bytes, int], rival: str) -> str:
    """Too close to call by letters alone: the rival only where a general detector sees it too."""
    import chardet

    said = chardet.detect(b" ".join(sorted(runs)))["encoding"] or ""
    return rival if chosen_encoding(said) == rival else "cp1252"


def check_not_blank(facts: TextFacts) -> None:
    """Raises FileRefused for a text of blanks and separators only."""
    if facts.is_blank:
        raise FileRefused("FILE_EMPTY", "blank")
