"""Posted forms of the panel: text to values, with a message beside each field that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from fastapi import Request

from balcao.brazil.currency import InvalidAmount, parse_brl
from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.money import PRICE_MAX_CENTS

FIELDS_LIMIT = 2000


@dataclass(slots=True)
class Form:
    """What was typed, and what is wrong with it so far. Messages are English msgids."""

    values: Mapping[str, str]
    several: Mapping[str, list[str]]
    faults: dict[str, str] = field(default_factory=dict[str, str])

    def text(self, name: str, limit: int = 200) -> str:
        """The trimmed text of a field, empty when it was not sent."""
        value = self.values.get(name, "").strip()
        if len(value) > limit:
            self.fault(name, "This is too long.")
            return ""
        return value.replace("\x00", "")

    def listed(self, name: str) -> list[str]:
        """Every value of a name that may come several times."""
        return self.several.get(name, [])

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self.values

    def whole(self, name: str, low: int, high: int, *, empty: int | None = None) -> int:
        """A whole number; `empty` stands for a field left blank. A fault answers `low`."""
        typed = self.text(name, 20)
        if not typed and empty is not None:
            return empty
        digits = typed.replace(".", "")
        if not (digits.isascii() and digits.isdigit()) or not low <= int(digits) <= high:
            self.fault(name, "Write a whole number.")
            return low
        return int(digits)

    def money(self, name: str, *, empty: int | None = None) -> int | None:
        """Centavos of an amount such as 12,90; `empty` stands for a field left blank."""
        typed = self.text(name, 40)
        if not typed:
            return empty
        try:
            cents = parse_brl(typed)
        except InvalidAmount:
            cents = -1
        if not 0 <= cents <= PRICE_MAX_CENTS:
            self.fault(name, "Write an amount such as 12,90.")
            return empty
        return cents

    def clock(self, name: str) -> time | None:
        """A time of day, or None when blank."""
        typed = self.text(name, 10)
        if not typed:
            return None
        try:
            moment = time.fromisoformat(typed)
        except ValueError:
            self.fault(name, "This must be a time of day.")
            return None
        return moment.replace(second=0, microsecond=0, tzinfo=None)

    def day(self, name: str) -> date | None:
        """A date, or None when blank."""
        typed = self.text(name, 10)
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.fault(name, "This must be a date.")
            return None

    def fault(self, name: str, message: str) -> None:
        """Marks a field; the first message stays."""
        self.faults.setdefault(name, message)

    def check(self) -> None:
        """Raises ValidationFailedError when something was marked."""
        if self.faults:
            raise ValidationFailedError(
                [{"pointer": f"/{name}", "message": text} for name, text in self.faults.items()]
            )


async def posted(request: Request) -> Form:
    """The form of a request; files are ignored."""
    sent = await request.form(max_fields=FIELDS_LIMIT)
    values: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            values[name] = value
            several.setdefault(name, []).append(value)
    return Form(values, several)
