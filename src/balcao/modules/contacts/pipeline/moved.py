"""What stands in a column of names and belongs elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from balcao.brazil.addresses import fold
from balcao.modules.contacts.pipeline.columns import Result

Texts = dict[str, list[str]]
"""The columns of a block of people, by field."""


@dataclass(slots=True)
class Moved:
    """What stood in columns of names and belongs elsewhere, row by row: raw e-mails and telephones, and notes.

    `columns` are the positions of the names that the e-mails and telephones stood in.
    """

    emails: list[str]
    phones: list[str]
    notes: list[str]
    columns: list[int]

    def take(self, place: int, column: int, *, email: str = "", phone: str = "", note: str = "") -> None:
        """Remembers what one cell held."""
        if email or phone:
            self.columns[place] = column
        self.emails[place] = email or self.emails[place]
        self.phones[place] = phone or self.phones[place]
        self.notes[place] = "\n".join(filter(None, (self.notes[place], note)))


def rest_of_name(first: str, whole: Result) -> str:
    """What follows the first name in the whole one; nothing when that begins otherwise."""
    words, count = [whole.first, *whole.last.split()], len(first.split())
    return " ".join(words[count:]) if fold(" ".join(words[:count])) == fold(first) else ""


def move_from_parts(position: int, found: Sequence[Result], texts: Texts, moved: Moved) -> None:
    """Takes out of a column of first or last names what is neither."""
    for place, result in enumerate(found):
        for code, note in result.findings:
            if code == "NAME_IS_EMAIL":
                moved.take(place, position, email=result.extra[0])
            elif code == "NAME_IS_PHONE":
                moved.take(place, position, phone=result.extra[0])
            elif code == "NAME_LOOKS_COMPANY":
                texts["company"][place] = texts["company"][place] or result.extra[-1]
            elif code == "NAME_NOTE_MOVED":
                moved.take(place, position, note=note)
