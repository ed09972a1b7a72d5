"""One person out of several rows: who wins, what is filled in, what is united."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from balcao.modules.contacts.cleaning.phones import kind_of, phone_key
from balcao.modules.contacts.people_fields import INDEX

Person = list[str]
MOST_EXTRAS: Final = 10
_EMAIL, _PHONE, _TAGS = INDEX["email"], INDEX["phone"], INDEX["tags"]
_EMAILS, _PHONES, _CREATED = INDEX["additional_emails"], INDEX["additional_phones"], INDEX["created_at"]
_FIRST, _LAST, _NOTES = INDEX["first_name"], INDEX["last_name"], INDEX["notes"]


def listed(text: str) -> list[str]:
    """The parts of a joined field."""
    return text.split(", ") if text else []


def joined_person(members: Sequence[Person]) -> Person:
    """The person of several rows, given in the file's order.

    The newest row wins when rows have dates, else the first; what it leaves empty comes from the others; tags, e-mails,
    telephones and notes are united.
    """
    ranked = list(members)
    if any(member[_CREATED] for member in members):
        ranked.sort(key=lambda member: member[_CREATED], reverse=True)
    person = list(ranked[0])
    for member in ranked[1:]:
        for position, value in enumerate(member):
            if value and not person[position]:
                person[position] = value
    person[_TAGS] = ", ".join(_unrepeated(tag for member in ranked for tag in listed(member[_TAGS])))
    person[_NOTES] = "\n".join(_unrepeated(member[_NOTES] for member in ranked if member[_NOTES]))[:5000]
    _unite_phones(person, ranked)
    emails = _unrepeated(
        email for member in ranked for email in (member[_EMAIL], *listed(member[_EMAILS])) if email
    )
    person[_EMAILS] = ", ".join([email for email in emails if email != person[_EMAIL]][:MOST_EXTRAS])
    return person


def _unite_phones(person: Person, ranked: Sequence[Person]) -> None:
    """The first mobile, else the first number, is the main one; no number comes twice, in its old form or its new."""
    numbers: dict[tuple[str, bool], str] = {}
    for member in ranked:
        for number in (member[_PHONE], *listed(member[_PHONES])):
            if number:
                numbers.setdefault((phone_key(number), kind_of(number) == "landline"), number)
    main = next((number for number in numbers.values() if kind_of(number) == "mobile"), "")
    person[_PHONE] = main or next(iter(numbers.values()), "")
    others = [number for number in numbers.values() if number != person[_PHONE]]
    person[_PHONES] = ", ".join(others[:MOST_EXTRAS])


def _unrepeated(values: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(value.casefold(), value)
    return list(found.values())
