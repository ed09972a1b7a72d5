"""What a person may choose for an import, checked: from a form, a query or a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from balcao.brazil.phones import InvalidPhone, parse_phone
from balcao.kernel.errors import ValidationFailedError

PROFILES: Final = ("ghl", "extended", "excel")
REPAIRS: Final = ("fix", "suggest")
ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "iso-8859-1": "ISO-8859-1",
    "utf-16": "UTF-16",
    "cp850": "DOS (CP850)",
    "mac-roman": "Mac Roman",
}
DELIMITERS: Final[Mapping[str, str]] = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}
DEFAULTS: Final[Mapping[str, Any]] = {
    "profile": "ghl",
    "default_ddd": "",
    "review": False,
    "repair": "fix",
    "dedupe": True,
    "import_tag": True,
    "sheet": None,
    "all_sheets": False,
    "header_row": None,
    "encoding": None,
    "delimiter": None,
    "apart": [],
}
LAST_HEADER_ROW: Final = 1000
SHEET_LIMIT: Final = 255
_YES: Final = frozenset({"1", "true", "on", "yes", "sim", "y", "s"})
_NO: Final = frozenset({"0", "false", "off", "no", "nao", "não", "n", ""})


class _Refused(Exception):
    """A value that does not fit; the argument is an English msgid."""


def parse_options(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The options among the fields given, as they are kept in the import's row; others are passed over.

    Texts stand for numbers and for yes and no, as forms send them; an empty text means "as the program finds".
    Raises ValidationFailedError naming every field that does not fit.
    """
    found: dict[str, Any] = {}
    faults: list[dict[str, str]] = []
    for name, parse in _PARSERS.items():
        if name not in fields:
            continue
        try:
            found[name] = parse(fields[name])
        except _Refused as refused:
            faults.append({"pointer": f"/{name}", "message": str(refused)})
    if faults:
        raise ValidationFailedError(faults)
    return found


def parse_choice(value: Any) -> bool:
    """Yes or no, however it is written. Raises ValueError."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValueError(text)


def _choice(value: Any) -> bool:
    try:
        return parse_choice(value)
    except ValueError:
        raise _Refused("This must be yes or no.") from None


def _one_of(allowed: tuple[str, ...], default: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        text = str(value).strip().lower()
        if text and text not in allowed:
            raise _Refused("This value is not accepted.")
        return text or default

    return parse


def _ddd(value: Any) -> str:
    text = str(value or "").strip().strip("()").removeprefix("0")
    if not text:
        return ""
    try:
        number = parse_phone(f"({text}) 98765-4321")
    except InvalidPhone:
        number = ""
    if number != f"+55{text}987654321":
        raise _Refused("This area code does not exist.")
    return text


def _sheet(value: Any) -> str | None:
    text = str(value or "").strip()
    if len(text) > SHEET_LIMIT:
        raise _Refused("This is too long.")
    return text or None


def _row(value: Any) -> int | None:
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 <= int(text) <= LAST_HEADER_ROW:
        raise _Refused("Write the number of the row with the headers.")
    return int(text)


def _encoding(value: Any) -> str | None:
    text = str(value or "").strip().lower().replace("_", "-")
    text = {"utf8": "utf-8", "windows-1252": "cp1252", "latin-1": "iso-8859-1", "latin1": "iso-8859-1"}.get(
        text, text
    )
    if text and text not in ENCODINGS:
        raise _Refused("This encoding is not known.")
    return text or None


def _delimiter(value: Any) -> str | None:
    text = str(value or "")
    if text in DELIMITERS.values():
        return text
    text = text.strip().lower()
    if not text:
        return None
    if text not in DELIMITERS:
        raise _Refused("Choose semicolon, comma, tab or bar.")
    return DELIMITERS[text]


_PARSERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "profile": _one_of(PROFILES, "ghl"),
    "default_ddd": _ddd,
    "review": _choice,
    "repair": _one_of(REPAIRS, "fix"),
    "dedupe": _choice,
    "import_tag": _choice,
    "sheet": _sheet,
    "all_sheets": _choice,
    "header_row": _row,
    "encoding": _encoding,
    "delimiter": _delimiter,
}
