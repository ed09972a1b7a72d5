"""Keeps secrets and personal data out of the log: by the name of the field, then by the look of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final, cast

MASK: Final = "***"
MAX_DEPTH: Final = 4

_SECRET_WORDS: Final = (
    "password",
    "senha",
    "secret",
    "token",
    "authorization",
    "cookie",
    "api_key",
    "apikey",
    "signature",
    "otp",
    "document",
    "cpf",
    "cnpj",
    "phone",
    "whatsapp",
    "email",
    "e_mail",
    "birth",
    "card_number",
    "cvv",
)
_SENSITIVE_NAME: Final = re.compile("|".join(_SECRET_WORDS))
# Verdicts by name: logs use the same few dozen names over and over. Bounded, because names may come from data.
_verdicts: dict[str, bool] = {}
_VERDICTS_MAX: Final = 2000

# The parameters SQLAlchemy prints, rows that PostgreSQL quotes, credentials, e-mail addresses, CPF and CNPJ, telephones; digits inside ids are left.
_SENSITIVE_TEXT: Final = re.compile(
    r"""
      \[parameters:.*?\]$
    | (?<=DETAIL:)[^\n]+
    | \b(?:[Bb]earer|[Bb]asic)\s+[\w.~+/=-]{8,}
    | \beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)
    | [\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+
    | (?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])
    | (?<![\w.-])[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-\d{2}(?![\w-])
    | \+\d{10,15}\b
    | \(\d{2}\)\s?\d{4,5}-?\d{4}\b
    | (?<![\w.-])\d{11}(?:\d{2,3})?(?![\w.-])
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# Most texts of a log line have none of the characters a finding needs; this test is five times cheaper.
_MAY_BE_SENSITIVE: Final = re.compile(
    r"@|\d{4}|eyJ|[Bb]earer|[Bb]asic|\d\.\d{3}|/[0-9A-Z]{4}-|\[parameters:|DETAIL:"
)
_NEVER_SCRUBBED: Final = frozenset({"timestamp", "request_id", "level", "logger"})


def is_sensitive_name(name: str) -> bool:
    """Whether a field of this name must never show its value."""
    verdict = _verdicts.get(name)
    if verdict is None:
        verdict = _SENSITIVE_NAME.search(name.lower().replace("-", "_")) is not None
        if len(_verdicts) < _VERDICTS_MAX:
            _verdicts[name] = verdict
    return verdict


def scrub(text: str) -> str:
    """The text with whatever looks like a credential or personal data masked."""
    return _SENSITIVE_TEXT.sub(MASK, text) if _MAY_BE_SENSITIVE.search(text) else text


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor: masks fields by name, at any depth, and texts by look."""
    for name, value in event.items():
        if is_sensitive_name(name):
            event[name] = MASK
        elif value.__class__ is str:
            if name not in _NEVER_SCRUBBED and _MAY_BE_SENSITIVE.search(value):
                event[name] = _SENSITIVE_TEXT.sub(MASK, value)
        elif value.__class__ not in _HARMLESS:
            event[name] = _redacted(value, 0)
    return event


_HARMLESS: Final = frozenset({int, float, bool, type(None)})


def _redacted(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return MASK
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value).items()
        return {
            name: MASK if is_sensitive_name(str(name)) else _redacted(inner, depth + 1)
            for name, inner in items
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(member, depth + 1) for member in cast("Iterable[Any]", value)]
    if isinstance(value, int | float | bool | None):
        return value
    return scrub(str(value))
