"""Where the parts of a person stand in a row: worked out once for a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from balcao.modules.contacts.mapping.columns import MappedColumn
from balcao.modules.contacts.mapping.special_rules import says_whole_name

PHONE_FIELDS: Final = ("whatsapp", "mobile", "phone", "extra_phone")
"""The order in which the first mobile becomes the contact's telephone (contacts specification, 4.1)."""
EMAIL_FIELDS: Final = ("email", "extra_email")
_REACHING: Final = frozenset({*PHONE_FIELDS, *EMAIL_FIELDS, "full_name", "first_name", "last_name"})


@dataclass(frozen=True, slots=True)
class PhoneColumn:
    """A column of telephones, and the columns of area and country codes that its numbers may lack."""

    position: int
    field: str
    ddd: int | None
    ddi: int | None


@dataclass(frozen=True, slots=True)
class RowPlan:
    """Positions from 0, None for what the file does not have; several in the order in which they count.

    Names: `full_name` is to be taken apart; `first_name` and `last_name` are not. With `first_name` beside it, `full_name`
    only fills rows whose parts are empty; with `last_name` alone beside it ("Nome completo", "Sobrenome"), `last_name`
    only fills rows whose whole name was a single word.
    """

    first_name: int | None
    last_name: int | None
    full_name: int | None
    emails: tuple[int, ...]
    phones: tuple[PhoneColumn, ...]
    ddd: int | None
    ddi: int | None
    company: int | None
    job_title: int | None
    address: int | None
    address_number: int | None
    address_extra: int | None
    neighborhood: int | None
    city: int | None
    state: int | None
    postal_code: int | None
    country: int | None
    birthday: int | None
    cpf: int | None
    cnpj: int | None
    cpf_cnpj: int | None
    gender: int | None
    tags: tuple[int, ...]
    notes: tuple[int, ...]
    source: int | None
    website: int | None
    instagram: int | None
    owner: int | None
    external_id: int | None
    created_at: int | None
    opt_out: int | None
    opt_in: int | None

    @property
    def address_parts(self) -> tuple[int, ...]:
        """Street, number, complement and district, those the file has, in the order of a Brazilian address."""
        parts = (self.address, self.address_number, self.address_extra, self.neighborhood)
        return tuple([part for part in parts if part is not None])


def plan_of(columns: Sequence[MappedColumn]) -> RowPlan:
    """How the rows of a file are put together. Where a name column and a last-name column stand alone beside each other,
    the name is the first name, unless its header promises the whole name."""
    at: dict[str, list[MappedColumn]] = {}
    for column in columns:
        if column.field:
            at.setdefault(column.field, []).append(column)

    def one(field: str) -> int | None:
        return at[field][0].position if field in at else None

    first, last, full = one("first_name"), one("last_name"), one("full_name")
    if (
        full is not None
        and last is not None
        and first is None
        and not says_whole_name(at["full_name"][0].normalised)
    ):
        first, full = full, None
    single = {
        name: one(name)
        for name in RowPlan.__slots__
        if name not in {"first_name", "last_name", "full_name", "emails", "phones", "tags", "notes"}
    }
    return RowPlan(
        first_name=first,
        last_name=last,
        full_name=full,
        emails=tuple([column.position for column in _in_order(at.get(name, ()) for name in EMAIL_FIELDS)]),
        phones=tuple(
            [
                PhoneColumn(
                    column.position, column.field or "", _code(at, "ddd", column), _code(at, "ddi", column)
                )
                for column in _in_order(at.get(name, ()) for name in PHONE_FIELDS)
            ]
        ),
        tags=tuple([column.position for column in _in_order([at.get("tags", ())])]),
        notes=tuple([column.position for column in _in_order([at.get("notes", ())])]),
        **single,
    )


def contact_columns(columns: Iterable[MappedColumn]) -> frozenset[int]:
    """Positions of the columns that name or reach a person: what a page's footer never fills."""
    return frozenset([column.position for column in columns if column.field in _REACHING])


def _in_order(groups: Iterable[Iterable[MappedColumn]]) -> list[MappedColumn]:
    """Group after group; within one the sure columns first, then as their headers count, then as they stand."""
    return [
        column
        for group in groups
        for column in sorted(group, key=lambda c: (c.status != "applied", c.ordinal, c.position))
    ]


def _code(at: dict[str, list[MappedColumn]], field: str, phone: MappedColumn) -> int | None:
    """The nearest column of codes before a telephone; the first one when none stands before it."""
    positions = [column.position for column in at.get(field, ())]
    before = [position for position in positions if position < phone.position]
    return max(before) if before else min(positions, default=None)
