"""The way of one file from rows to results: one pass over its rows, a look at who is the same, one pass over what came of
them.
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.emails import is_role_email
from balcao.modules.contacts.cleaning.findings import Cell, Finding
from balcao.modules.contacts.cleaning.phones import kind_of, phone_key
from balcao.modules.contacts.mapping.joining import contact_columns
from balcao.modules.contacts.people_fields import INDEX
from balcao.modules.contacts.pipeline.duplicates import NAMELESS, Keys, same_people
from balcao.modules.contacts.pipeline.inspecting import Inspected
from balcao.modules.contacts.pipeline.joining_people import left_out, listed
from balcao.modules.contacts.pipeline.outputs import contact_id, copy_line, ghl_line, id_prefix, name_key
from balcao.modules.contacts.pipeline.people import Assembler, People, has_identifier
from balcao.modules.contacts.pipeline.results import Results
from balcao.modules.contacts.pipeline.spool import Spool
from balcao.modules.contacts.pipeline.suppressed import Suppressed
from balcao.modules.contacts.pipeline.tally import Tally
from balcao.modules.contacts.reading.junk import row_junk

Progress = Callable[[str, int, int | None], None]
BLOCK_ROWS: Final = 2_000
EARLY_ROWS: Final = 100
OPT_OUTS: Final = "optouts"
"""A file of who said in the list itself that they want no contact: e-mail, telephone key and telephone, by tabs."""
_JUNK: Final = {
    "total": ("t", Finding("ROW_TOTAL")),
    "repeated_header": ("h", Finding("ROW_REPEATED_HEADER")),
    "footer": ("f", Finding("ROW_FOOTER")),
}
_AFTER_ALL: Final = 1 << 60
_NO_IDENTIFIER: Final = Finding("ROW_NO_IDENTIFIER")
_FIRST, _LAST, _EMAIL = INDEX["first_name"], INDEX["last_name"], INDEX["email"]
_PHONE, _STATE = INDEX["phone"], INDEX["state"]
_EMAILS, _PHONES = INDEX["additional_emails"], INDEX["additional_phones"]


@dataclass(slots=True)
class Measures:
    """What the report says of the people that come out."""

    ufs: Counter[str] = field(default_factory=Counter[str])
    ddds: Counter[str] = field(default_factory=Counter[str])
    emails: int = 0
    phones: int = 0
    mobiles: int = 0

    def add(self, person: Sequence[str], sign: int = 1) -> None:
        """Counts a person in, or out again."""
        number = person[_PHONE]
        self.ufs[person[_STATE]] += sign
        self.emails += sign * bool(person[_EMAIL])
        self.phones += sign * bool(number)
        if number:
            self.mobiles += sign * (kind_of(number) == "mobile")
            self.ddds[number[3:5] if number.startswith("+55") else ""] += sign

    def add_block(self, persons: Sequence[Sequence[str]], kinds: Sequence[str]) -> None:
        """Counts many in, at once."""
        numbers = [person[_PHONE] for person in persons]
        self.ufs.update([person[_STATE] for person in persons])
        self.ddds.update([number[3:5] if number.startswith("+55") else "" for number in numbers if number])
        self.emails += sum([1 for person in persons if person[_EMAIL]])
        self.phones += sum([1 for number in numbers if number])
        self.mobiles += kinds.count("mobile")


class Cleaning:
    """One file being cleaned into a folder."""

    def __init__(self, inspected: Inspected, progress: Progress) -> None:
        request = inspected.request
        self._inspected, self._progress = inspected, progress
        self._options = request.options
        self.counts: Counter[str] = Counter()
        self.measures = Measures()
        self.tally = Tally(request.work_folder)
        self.early: list[list[str]] = []
        self._spool = Spool(request.work_folder / "spool")
        self._keys = Keys()
        self._numbers = array("I")
        self._dated = inspected.plan().created_at
        columns = inspected.rules()
        self._assembler = Assembler(
            inspected.plan(),
            columns,
            self.tally,
            import_tag=inspected.import_tag,
            is_ghl_export=inspected.mapping.shape == "ghl",
            default_ddd=self._options.default_ddd,
            fix_domains=self._options.repair == "fix",
        )
        self._suppressed = Suppressed(request.suppressions, request.tenant_id)
        self._optouts = (request.work_folder / OPT_OUTS).open("w", encoding="utf-8")
        self._junk: deque[tuple[int, list[Cell], str]] = deque()
        self._prefix = id_prefix(request.import_id, request.created_ms)
        self._contacts = contact_columns(inspected.mapping.columns)
        self._corrections = {
            int(row): {int(column): text for column, text in cells.items()}
            for row, cells in request.corrections.items()
        }
        self._is_text = inspected.table.facts.delimiter is not None

    def read(self) -> Iterator[int]:
        """Cleans block after block; yields the rows read so far."""
        table = self._inspected.table
        for note in table.facts.notes:
            self.tally.note(0, -1, "", note, "", "")
        for position, name in self._inspected.doubtful_dates():
            self.tally.note(0, position, name, Finding("DATE_ORDER_ASSUMED"), "", "")
        for block in table.blocks(size=BLOCK_ROWS):
            for row, column, finding in block.findings:
                self.tally.note(row, column, "", finding, "", "")
            self._correct(block.numbers, block.rows)
            numbers, rows = self._without_junk(block.numbers, block.rows)
            people = self._assembler.clean(numbers, rows)
            self._take(numbers, rows, people)
            if len(self.early) < EARLY_ROWS:
                self.early.extend(people.persons[: EARLY_ROWS - len(self.early)])
            self.counts["rows_read"] += len(block.rows)
            yield self.counts["rows_read"]

    def _correct(self, numbers: Sequence[int], rows: Sequence[list[Cell]]) -> None:
        if not self._corrections:
            return
        for number, row in zip(numbers, rows, strict=True):
            for column, text in self._corrections.get(number, {}).items():
                if column < len(row):
                    row[column] = text

    def _without_junk(
        self, numbers: Sequence[int], rows: Sequence[list[Cell]]
    ) -> tuple[list[int], list[list[Cell]]]:
        """The rows that may be people; the others are counted, and kept as they were read."""
        headers, contacts = self._inspected.table.headers, self._contacts
        kept_numbers: list[int] = []
        kept: list[list[Cell]] = []
        for number, row in zip(numbers, rows, strict=True):
            kind = row_junk(row, headers, contacts)
            if not kind:
                kept_numbers.append(number)
                kept.append(row)
            elif kind == "blank":
                self.counts["blank"] += 1
                self.tally.count(-1, "ROW_BLANK")
            else:
                self._junk.append((number, row, kind))
        return kept_numbers, kept

    def _drop_until(self, number: int) -> None:
        """Writes the junk that stands before a row, so that every row is in the file's order."""
        while self._junk and self._junk[0][0] < number:
            at, row, kind = self._junk.popleft()
            state, finding = _JUNK[kind]
            self._drop(at, state, row, finding)

    def _drop(self, number: int, state: str, row: Sequence[Cell], finding: Finding) -> None:
        self.tally.note(number, -1, "", finding, "", "")
        self._add(number, orjson.dumps([number, state, _texts(row), None, None]), b"", b"")

    def _add(self, number: int, record: bytes, ghl: bytes, people: bytes) -> None:
        self._spool.add(record, ghl, people)
        self._numbers.append(number)
        if not people:
            self._keys.add("", "", is_role=False, is_landline=False)

    def _take(self, numbers: Sequence[int], rows: Sequence[list[Cell]], people: People) -> None:
        """Writes a block of people to the spool."""
        good = [place for place, person in enumerate(people.persons) if self._may_leave(person)]
        self.measures.add_block(
            [people.persons[place] for place in good], [people.kinds[place] for place in good]
        )
        chosen = set(good)
        for place, (number, row, person) in enumerate(zip(numbers, rows, people.persons, strict=True)):
            if self._junk:
                self._drop_until(number)
            cells = row if self._is_text else _texts(row)
            if place in chosen:
                state = "o"
            elif has_identifier(person):
                state = "s"
                if self._suppressed.reason(person) == "opt_out":
                    self._optouts.write(
                        "\t".join((person[_EMAIL], people.keys[place], person[_PHONE])) + "\n"
                    )
            else:
                self.tally.note(number, -1, "", _NO_IDENTIFIER, "", "")
                self._add(number, orjson.dumps([number, "n", cells, None, None]), b"", b"")
                continue
            kind, key = people.kinds[place], people.keys[place]
            line = copy_line(
                number, contact_id(self._prefix, number), kind, key, person, is_role=people.roles[place]
            )
            self._add(
                number,
                orjson.dumps([number, state, cells, person, None]),
                ghl_line(person).encode(),
                line.encode(),
            )
            self._keys.add(person[_EMAIL], key, is_role=people.roles[place], is_landline=kind == "landline")
            if person[_EMAILS] or person[_PHONES]:
                self._add_further_keys(person)
        self._drop_until(_AFTER_ALL)

    def _add_further_keys(self, person: Sequence[str]) -> None:
        for email in listed(person[_EMAILS]):
            self._keys.add_further_email(email, is_role=is_role_email(email))
        for number in listed(person[_PHONES]):
            self._keys.add_further_phone(phone_key(number))

    def _may_leave(self, person: Sequence[str]) -> bool:
        return has_identifier(person) and not self._suppressed.reason(person)

    def write(self, results: Results) -> None:
        """Joins who is the same and writes the results, in the file's order."""
        self._spool.finish()
        self._optouts.close()
        groups = self._groups()
        leaders = {row: first for first, members in groups.items() for row in members[1:]}
        self._progress("writing", 0, len(self._spool))
        for place, (record, ghl, people) in enumerate(self._spool.rows()):
            if place in groups:
                self._write_joined(results, groups[place])
            elif place in leaders:
                leader = self._numbers[leaders[place]]
                results.add_duplicate(record, leader)
                self.tally.note(self._numbers[place], -1, "", Finding("ROW_DUPLICATE", str(leader)), "", "")
            elif people and record[record.index(b'"') + 1] == 111:  # the state "o"
                results.add_person(record, ghl, people)
            else:
                results.add_dropped(record)
                if people:
                    self._note_suppressed(orjson.loads(record))
            if not place % BLOCK_ROWS:
                self._progress("writing", place, len(self._spool))
        self._spool.remove()

    def _note_suppressed(self, record: list[Any]) -> None:
        finding = Finding("ROW_SUPPRESSED", self._suppressed.reason(record[3]))
        self.tally.note(record[0], -1, "", finding, "", "")

    def _groups(self) -> dict[int, list[int]]:
        self._progress("deduping", 0, len(self._spool))
        if not self._options.dedupe:
            return {}
        alone = {row for pair in self._options.apart for row in pair[:1]}
        apart = [place for place, number in enumerate(self._numbers) if number in alone] if alone else []
        return same_people(self._keys, self._name_of, apart=apart)

    def _name_of(self, place: int) -> str:
        person = self._spool.record(place)[3]
        if not person:
            return ""
        # Without a name, nothing but the same telephone and e-mail makes two rows one person.
        return name_key(person[_FIRST], person[_LAST]) or NAMELESS + "\n".join(
            (person[_EMAIL], person[_PHONE])
        )

    def _write_joined(self, results: Results, members: Sequence[int]) -> None:
        """One person of several rows. Who is suppressed in one of them is suppressed altogether."""
        records = [self._spool.record(place) for place in members]
        first = records[0]
        for record in records:
            if record[1] == "o":
                self.measures.add(record[3], -1)
        outcome = results.join(records, self._dated)
        if outcome is None:
            self._note_suppressed(next(record for record in records if record[1] == "s"))
            return
        person, key, kind = outcome
        self.measures.add(person)
        for code, name, lost in left_out([record[3] for record in records], person):
            self.tally.note(first[0], -1, name, Finding(code), lost, "")
        is_role = is_role_email(person[_EMAIL])
        line = copy_line(first[0], contact_id(self._prefix, first[0]), kind, key, person, is_role=is_role)
        results.add_joined(records, person, ghl_line(person).encode(), line.encode())


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell if type(cell) is str else cell_text(cell) for cell in row]
