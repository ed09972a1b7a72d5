"""The languages of the interface: texts, and how amounts, dates and telephones are written.

Texts in the code are English and are their own keys. Each `locale` folder holds `pt_BR.po`; all folders become one
catalogue per language when the program starts.
"""

from __future__ import annotations

import gettext as stdlib_gettext
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.pofile import read_po

from balcao.brazil.currency import format_brl
from balcao.brazil.phones import format_phone
from balcao.brazil.sizes import exact_size, parse_size, rounded_size

Language = Literal["pt_BR", "en"]

DEFAULT_LANGUAGE: Final[Language] = "pt_BR"
LANGUAGES: Final[tuple[Language, ...]] = ("pt_BR", "en")
HTML_CODES: Final[Mapping[Language, str]] = {"pt_BR": "pt-BR", "en": "en"}
DEFAULT_ZONE: Final = "America/Sao_Paulo"
_LOCALES: Final = {language: Locale.parse(language) for language in LANGUAGES}
# Short forms carry digits only, so they need no table of month names and are made without one.
_SHORT_DATE: Final[Mapping[Language, str]] = {"pt_BR": "%d/%m/%Y", "en": "%Y-%m-%d"}
_SHORT_MOMENT: Final[Mapping[Language, str]] = {"pt_BR": "%d/%m/%Y %H:%M", "en": "%Y-%m-%d %H:%M"}
Style = Literal["short", "medium", "long", "full"]


class Translator:
    """Speaks one language: `t("Hello, {name}", name=…)`. Parameters are filled after translating, only when given."""

    __slots__ = ("_forms", "_plural_of", "_texts", "language")

    def __init__(
        self,
        language: Language,
        texts: Mapping[str, str],
        forms: Mapping[str, tuple[str, ...]],
        plural_of: Callable[[int], int],
    ) -> None:
        self.language: Language = language
        self._texts = texts
        self._forms = forms
        self._plural_of = plural_of

    def __call__(self, msgid: str, /, **params: Any) -> str:
        """The text in this language; the msgid itself when nobody translated it."""
        text = self._texts.get(msgid, msgid)
        return text.format(**params) if params else text

    t = __call__
    gettext = __call__

    def ngettext(self, singular: str, plural: str, n: int, /, **params: Any) -> str:
        """The form for `n` things; `{n}` is filled with the number as people write it."""
        forms = self._forms.get(singular)
        if forms is None:
            text = singular if n == 1 else plural
        else:
            text = forms[min(self._plural_of(abs(n)), len(forms) - 1)]
        return text.format(n=self.number(n), **params)

    def pgettext(self, context: str, msgid: str, /, **params: Any) -> str:
        """A text whose meaning depends on where it stands."""
        text = self._texts.get(f"{context}\x04{msgid}", msgid)
        return text.format(**params) if params else text

    def msgids(self) -> frozenset[str]:
        """Everything this language translates."""
        return frozenset(self._texts) | frozenset(self._forms)

    @property
    def html_code(self) -> str:
        """The code for `<html lang>` and Content-Language."""
        return HTML_CODES[self.language]

    def money(self, cents: int) -> str:
        """Centavos as reais: R$ 1.234,56, or R$ 1,234.56 in English."""
        text = format_brl(cents)
        return text if self.language == "pt_BR" else text.translate(_SWAP_MARKS)

    def number(self, value: int, decimals: int = 0) -> str:
        """A whole number with its thousands grouped; with `decimals`, `value` counts units of 10^-decimals."""
        whole, rest = divmod(abs(value), 10**decimals)
        text = f"{'-' if value < 0 else ''}{whole:,}" + (f".{rest:0{decimals}d}" if decimals else "")
        return text if self.language == "en" else text.translate(_SWAP_MARKS)

    def size(self, count: int, *, exact: bool = False) -> str:
        """Bytes as "1,5 GB", rounded to be looked at; `exact` shows every digit, for a field."""
        number, decimals, unit = exact_size(count) if exact else rounded_size(count)
        return f"{self.number(number, decimals)} {unit}"

    def read_size(self, text: str) -> int:
        """Bytes of a size typed with this language's decimal mark. ValueError."""
        return parse_size(text, decimal_mark="." if self.language == "en" else ",")

    def moment(self, value: datetime, zone: str = DEFAULT_ZONE, style: Style = "short") -> str:
        """An aware moment as the clock on the wall of `zone` shows it."""
        local = value.astimezone(_zone(zone))
        if style == "short":
            return local.strftime(_SHORT_MOMENT[self.language])
        return format_datetime(local, style, tzinfo=local.tzinfo, locale=_LOCALES[self.language])

    def time(self, value: datetime, zone: str = DEFAULT_ZONE) -> str:
        """The hour and minute of a moment in `zone`, 24 hours."""
        return value.astimezone(_zone(zone)).strftime("%H:%M")

    def date(self, value: date, zone: str = DEFAULT_ZONE, style: Style = "short") -> str:
        """A day; of a moment, the day it has in `zone`."""
        day = value.astimezone(_zone(zone)).date() if isinstance(value, datetime) else value
        if style == "short":
            return day.strftime(_SHORT_DATE[self.language])
        return format_date(day, style, locale=_LOCALES[self.language])

    def ago(self, value: datetime, now: datetime) -> str:
        """How far a moment lies from now: "há 5 minutos", "em 2 dias"."""
        return format_timedelta(value - now, add_direction=True, locale=_LOCALES[self.language])

    def phone(self, e164: str) -> str:
        """(11) 98765-4321; a number of another country as it is."""
        return format_phone(e164)


_SWAP_MARKS: Final = str.maketrans(",.", ".,")


@dataclass(slots=True)
class _Loading:
    texts: dict[str, str] = field(default_factory=dict[str, str])
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    plural_of: Callable[[int], int] | None = None


class Catalogues:
    """The texts of all languages. `conflicts` names msgids that two files translate differently: the first one won."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.conflicts: list[str] = []
        loading: dict[Language, _Loading] = {language: _Loading() for language in LANGUAGES}
        for folder in folders:
            for language in LANGUAGES:
                path = folder / f"{language}.po"
                if path.is_file():
                    self._read(path, loading[language])
        self._translators: dict[str, Translator] = {
            language: Translator(language, found.texts, found.forms, found.plural_of or _ENGLISH_PLURAL)
            for language, found in loading.items()
        }

    def _read(self, path: Path, into: _Loading) -> None:
        with path.open("rb") as stream:
            catalogue = read_po(stream, abort_invalid=True)
        into.plural_of = into.plural_of or _plural_rule(catalogue.plural_expr)
        for message in catalogue:
            if not message.id or message.fuzzy or not message.string:
                continue
            singular = message.id if isinstance(message.id, str) else str(message.id[0])
            key = f"{message.context}\x04{singular}" if message.context else singular
            if isinstance(message.string, str):
                self._add(into.texts, key, message.string, path)
            elif all(message.string):
                self._add(into.forms, key, tuple(map(str, message.string)), path)

    def _add(self, into: dict[str, Any], key: str, value: str | tuple[str, ...], path: Path) -> None:
        if into.setdefault(key, value) != value:
            self.conflicts.append(f"{path}: {key!r}")

    def translator(self, language: str) -> Translator:
        """The translator of a language; of an unknown one, the default language's."""
        return self._translators.get(language) or self._translators[DEFAULT_LANGUAGE]

    def msgids(self, language: Language) -> frozenset[str]:
        """Everything a language translates; contexts stand before their text, parted by U+0004."""
        return self._translators[language].msgids()


def _plural_rule(expression: str) -> Callable[[int], int]:
    compile_rule: Callable[[str], Callable[[int], int]] = stdlib_gettext.c2py
    return compile_rule(expression)


_ENGLISH_PLURAL: Final = _plural_rule("n != 1")


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=2048)
def negotiate(accept_language: str | None, cookie: str | None = None) -> Language:
    """The language for a caller: the cookie's choice, else the best of Accept-Language, else Brazilian Portuguese."""
    if cookie is not None and (chosen := _language_of(cookie)):
        return chosen
    best: Language = DEFAULT_LANGUAGE
    best_quality = 0.0
    for part in (accept_language or "")[:200].split(","):
        tag, _, parameters = part.partition(";")
        language = _language_of(tag)
        quality = _quality(parameters)
        if language is not None and quality > best_quality:
            best, best_quality = language, quality
    return best


def _language_of(tag: str) -> Language | None:
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return {"pt": "pt_BR", "en": "en", "*": DEFAULT_LANGUAGE}.get(primary)  # pyright: ignore[reportReturnType]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
