"""A column at a time: the rule of its field over a block of cells, with a memory for what repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final, TypeAlias

from balcao.modules.contacts.cleaning.dates import DateOrder, clean_date
from balcao.modules.contacts.cleaning.documents import clean_cnpj, clean_cpf, clean_cpf_cnpj
from balcao.modules.contacts.cleaning.emails import clean_email
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell
from balcao.modules.contacts.cleaning.links import clean_instagram, clean_website
from balcao.modules.contacts.cleaning.names import NameCell, clean_full_name, clean_name_part
from balcao.modules.contacts.cleaning.phones import PhoneCell, clean_phone
from balcao.modules.contacts.cleaning.places import (
    CityCell,
    clean_city,
    clean_country,
    clean_postal_code,
    clean_state,
)
from balcao.modules.contacts.cleaning.tags import clean_tags
from balcao.modules.contacts.cleaning.texts import (
    clean_choice,
    clean_notes,
    clean_text,
)

Result: TypeAlias = Any
"""Cleaned, PhoneCell, NameCell or CityCell: each has `findings`."""
Rule: TypeAlias = Callable[[Cell], Result]
EMPTY_PHONE: Final = PhoneCell((), ())
EMPTY_NAME: Final = NameCell("", "")
EMPTY_CITY: Final = CityCell("", "", ())
MOST_REMEMBERED: Final = 5_000
REMEMBERED: Final = frozenset(
    {"city", "state", "country", "source", "tags", "company", "job_title", "neighborhood", "gender", "owner", "opt_in",
     "opt_out", "address_extra", "address_number", "ddd", "ddi", "created_at", "birthday"}
)  # fmt: skip
"""Fields whose cells repeat."""
PHONES: Final = frozenset({"phone", "mobile", "whatsapp", "extra_phone"})
EMAILS: Final = frozenset({"email", "extra_email"})


def rules(
    *, default_ddd: str, fix_domains: bool, today: date, is_1904: bool, orders: dict[str, DateOrder]
) -> dict[str, Rule]:
    """The rule of each field, as the options of this import have it."""
    text = partial(clean_text, limit=255)
    found: dict[str, Rule] = dict.fromkeys(
        ("company", "job_title", "address", "address_number", "address_extra", "neighborhood", "source", "gender", "owner",
         "external_id", "ddd", "ddi"),
        text,
    )  # fmt: skip
    found |= dict.fromkeys(PHONES, partial(clean_phone, default_ddd=default_ddd))
    found |= dict.fromkeys(EMAILS, partial(clean_email, fix_domains=fix_domains))
    found |= {
        "full_name": clean_full_name,
        "first_name": clean_name_part,
        "last_name": partial(clean_name_part, is_last=True),
        "city": clean_city,
        "state": clean_state,
        "postal_code": clean_postal_code,
        "country": clean_country,
        "cpf": clean_cpf,
        "cnpj": clean_cnpj,
        "cpf_cnpj": clean_cpf_cnpj,
        "tags": clean_tags,
        "notes": clean_notes,
        "website": clean_website,
        "instagram": clean_instagram,
        "opt_out": clean_choice,
        "opt_in": clean_choice,
    }
    for name in ("birthday", "created_at"):
        found[name] = partial(
            clean_date,
            order=orders[name],
            is_1904=is_1904,
            is_birthday=name == "birthday",
            today=today,
        )
    return found


class _Memory(dict[str, Result]):
    """Results by text; a text that is new is worked out."""

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, text: str) -> Result:
        result = self[text] = self._rule(text)
        return result


class ColumnRule:
    """The rule of one column of the file."""

    def __init__(self, position: int, field: str, rule: Rule) -> None:
        self.position = position
        self.field = field
        self.rule = rule
        self.empty: Result = (
            EMPTY_PHONE
            if field in PHONES
            else EMPTY_NAME
            if field == "full_name"
            else EMPTY_CITY
            if field == "city"
            else EMPTY
        )
        self._memory = _Memory(rule) if field in REMEMBERED else None

    def clean(self, cells: Sequence[Cell]) -> list[Result]:
        """The results of a block of cells, one for each."""
        rule, empty = self.rule, self.empty
        memory = self._memory
        if memory is None:
            return [empty if cell is None or cell == "" else rule(cell) for cell in cells]
        if len(memory) > MOST_REMEMBERED:
            memory.clear()
        return [
            empty if cell is None or cell == "" else memory[cell] if type(cell) is str else rule(cell)
            for cell in cells
        ]

    def clean_phones(self, cells: Sequence[Cell], ddds: Sequence[str], ddis: Sequence[str]) -> list[Result]:
        """The same for telephones whose area or country codes stand in columns of their own."""
        rule = self.rule
        return [
            EMPTY_PHONE if cell is None or cell == "" else rule(cell, ddd=ddd, ddi=ddi)  # type: ignore[call-arg]
            for cell, ddd, ddi in zip(cells, ddds, ddis, strict=True)
        ]
