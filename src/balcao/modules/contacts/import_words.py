"""How an import is told to people: English msgids for its states, stages, refusals and levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STATUS_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "queued": ("Waiting its turn", "waits"),
    "processing": ("At work", "info"),
    "needs_mapping": ("Waits for you", "waits"),
    "done": ("Done", "done"),
    "failed": ("Did not work", "stop"),
    "canceled": ("Stopped", None),
}
"""The word of each status, and the tone of its badge."""

STAGES: Final = (
    "received",
    "inspecting",
    "mapping",
    "cleaning",
    "deduping",
    "writing",
    "merging",
    "finished",
)
STAGE_WORDS: Final[Mapping[str, str]] = {
    "received": "Received",
    "inspecting": "Opening the file",
    "mapping": "Understanding the columns",
    "cleaning": "Cleaning row by row",
    "deduping": "Finding repeated people",
    "writing": "Writing the clean file",
    "merging": "Bringing people into your contacts",
    "finished": "Finished",
}

ERROR_WORDS: Final[Mapping[str, str]] = {
    "FILE_UNSUPPORTED": "This is not a spreadsheet we can read. Send .xlsx, .xls, .ods or .csv.",
    "FILE_EMPTY": "The file is empty.",
    "FILE_PASSWORD_PROTECTED": "The file is locked with a password. Open it in Excel, save a copy without the password and send that one.",
    "FILE_TOO_COMPLEX": "The file asks for more memory than any list of people needs. Copy the rows into a new spreadsheet and send that one.",
    "FILE_TOO_LARGE": "The file is too large. Split it in two, or save it as CSV.",
    "FILE_CORRUPT": "The file is damaged or was cut off on its way. Open it, save it again and send it once more.",
    "FILE_NO_TABLE": "No table of people was found in this file.",
    "FILE_TOO_MANY_ROWS": "The file has more rows than a spreadsheet may have (1,048,576). Split it in two.",
    "FILE_PLAN_LIMIT": "This file has more rows than your plan takes in a month.",
}
OTHER_ERROR: Final = (
    "Something went wrong while we read this file. Try again; if it happens once more, tell us its number."
)

LEVEL_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "error": ("Left out", "stop"),
    "warning": ("Check it", "waits"),
    "info": ("Put right", "info"),
}
"""What became of a cell, by level, and the tone of its badge."""

CONFIDENCE_WORDS: Final = (
    (0.95, "Certain"),
    (0.85, "Very likely"),
    (0.60, "Likely, please look"),
    (0.0, "A guess"),
)
EVIDENCE_WORDS: Final[Mapping[str, str]] = {
    "saved": "As in your saved columns",
    "seen": "As in an earlier file of yours",
    "shape": "A kind of file we know",
    "synonym": "By its name",
    "stop_words": "By its name",
    "contained": "By a part of its name",
    "fuzzy": "By a similar name",
    "content": "By what is in it",
    "chosen": "Chosen by you",
    "none": "Nothing told us",
}

CLASS_WORDS: Final[Mapping[str, str]] = {
    "new": "{n} new",
    "changed": "{n} known, with new data",
    "unchanged": "{n} known, nothing new",
    "conflict": "{n} left alone: they fit two contacts",
}
"""What the people of an import were to the address book."""
ROW_STATE_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "o": ("Goes out", "done"),
    "d": ("Repeated row", "info"),
    "s": ("Blocked", "stop"),
    "n": ("Nobody to reach", "stop"),
    "t": ("Line of totals", None),
    "h": ("Header again", None),
    "f": ("Page footer", None),
}
ROW_STATES: Final[Mapping[str, str]] = {
    "output": "o",
    "duplicate": "d",
    "suppressed": "s",
    "no_identifier": "n",
    "total": "t",
    "repeated_header": "h",
    "footer": "f",
}
"""The states of a row as the API calls them, and the letter they have in the result files."""

RANK_OF_LEVEL: Final[Mapping[str, int]] = {"error": 0, "warning": 1, "info": 2}


def error_text(code: str) -> str:
    """The msgid that explains why an import failed."""
    return ERROR_WORDS.get(code, OTHER_ERROR)


def confidence_text(confidence: float) -> str:
    """The msgid for how sure the program is of a column."""
    return next(text for least, text in CONFIDENCE_WORDS if confidence >= least)


def column_letter(position: int) -> str:
    """The letter of a column as spreadsheets write it: 0 is A, 26 is AA. Empty for a row as a whole (-1)."""
    letters = ""
    number = position + 1
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_position(letter: str) -> int:
    """The position from 0 of a column's letter, or of its number from 1. Raises ValueError."""
    text = letter.strip().upper()
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 16_384:
        return int(text) - 1
    if not (text.isascii() and text.isalpha() and len(text) <= 3):
        raise ValueError(letter)
    number = 0
    for mark in text:
        number = number * 26 + ord(mark) - 64
    return number - 1
