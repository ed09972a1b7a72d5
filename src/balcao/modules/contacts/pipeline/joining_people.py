"""One person out of several rows: who wins, what is filled in, what is united."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from balcao.modules.contacts.cleaning.phones import kind_of, phone_key
from balcao.modules.contacts.people_fields import INDEX

Person = list[str]
MOST_EXTRAS: Final = 10
NOTES_LIMIT: Final = 5_000
_EMAIL, _PHONE, _TAGS = INDEX["email"], INDEX["phone"], INDEX["tags"]
_EMAILS, _PHONES, _CREATED = INDEX["additional_emails"], INDEX["additional_phones"], INDEX["created_at"]
_FIRST, _LAST, _NOTES = INDEX["first_name"], INDEX["last_name"], INDEX["notes"]
_TIME: Final = re.compile(
    r"(?<![0-9:])([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?[.0-9]*(?:\s*([apAP])\.?[mM])?"
)


def listed(text: str) -> list[str]:
    """The parts of a joined field."""
    return text.split(", ") if text else []


def time_of_day(text: str) -> str:
    """The time in the text of a moment as HH:MM:SS, which sorts; empty when there is none."""
    found = _TIME.search(text)
    if found is None:
        return ""
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + 12 * (found[4] in "pP")
    return f"{hour:02d}:{found[2]}:{found[3] or '00'}"


def joined_person(members: Sequence[Person], times: Sequence[str] = ()) -> Person:
    """The person of several rows, given in the file's order; `times` are their times of day (see time_of_day).

    The newest row wins when rows have dates, else the first; what it leaves empty comes from the others; tags, e-mails,
    telephones and notes are united.
    """
    ranked = list(members)
    if any(member[_CREATED] for member in members):
        moments = [(member[_CREATED], *times[place : place + 1]) for place, member in enumerate(members)]
        order = sorted(range(len(members)), key=moments.__getitem__, reverse=True)
        ranked = [members[place] for place in order]
    person = list(ranked[0])
    for member in ranked[1:]:
        for position, value in enumerate(member):
            if value and not person[position]:
                person[position] = value
    person[_TAGS] = ", ".join(_unrepeated(tag for member in ranked for tag in listed(member[_TAGS])))
    person[_NOTES] = _all_notes(ranked)[:NOTES_LIMIT]
    _unite_phones(person, ranked)
    emails = _unrepeated(
        email for member in ranked for email in (member[_EMAIL], *listed(member[_EMAILS])) if email
    )
    person[_EMAILS] = ", ".join([email for email in emails if email != person[_EMAIL]][:MOST_EXTRAS])
    return person


def left_out(members: Sequence[Person], person: Person) -> list[tuple[str, str, str]]:
    """Codes, fields and values of what the joined person had no room for."""
    found: list[tuple[str, str, str]] = []
    for code, field, main, others in (
        ("EMAIL_TOO_MANY", "extra_email", _EMAIL, _EMAILS),
        ("PHONE_TOO_MANY", "extra_phone", _PHONE, _PHONES),
    ):
        kept = listed(person[others])
        if len(kept) == MOST_EXTRAS:
            known = {_key(value) for value in (person[main], *kept)}
            every = _unrepeated(
                value for one in members for value in (one[main], *listed(one[others])) if value
            )
            if lost := [value for value in every if _key(value) not in known]:
                found.append((code, field, ", ".join(lost)))
    if len(_all_notes(members)) > NOTES_LIMIT:
        found.append(("NOTES_TRUNCATED", "notes", ""))
    return found


def _all_notes(members: Iterable[Person]) -> str:
    return "\n".join(_unrepeated(member[_NOTES] for member in members if member[_NOTES]))


def _key(value: str) -> str:
    return phone_key(value) if value.startswith("+") else value


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
