"""From clean columns to clean people: what stands in several cells becomes one person in PERSON's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from balcao.modules.contacts.cleaning.emails import clean_email, is_role_email
from balcao.modules.contacts.cleaning.findings import Cell, Finding, is_listed
from balcao.modules.contacts.cleaning.phones import PhoneNumber, clean_phone, phone_key
from balcao.modules.contacts.cleaning.places import city_in_state, uf_of_postal_code
from balcao.modules.contacts.mapping.joining import RowPlan
from balcao.modules.contacts.people_fields import INDEX, PERSON
from balcao.modules.contacts.pipeline.columns import MOST_REMEMBERED, PHONES, ColumnRule, Result
from balcao.modules.contacts.pipeline.moved import Moved, Texts, move_from_parts, rest_of_name
from balcao.modules.contacts.pipeline.tally import Tally

MOST_EXTRAS: Final = 10
NOTES_LIMIT: Final = 5_000
_SINGLE: Final = (
    "company", "source", "website", "owner", "job_title", "gender", "instagram", "external_id", "created_at", "birthday",
    "opt_out", "opt_in", "cpf", "cnpj", "state", "postal_code",
)  # fmt: skip
"""Fields of one column that need nothing else."""
TOO_MANY_PHONES: Final = Finding("PHONE_TOO_MANY")
TOO_MANY_EMAILS: Final = Finding("EMAIL_TOO_MANY")
NOTES_TRUNCATED: Final = Finding("NOTES_TRUNCATED")
CITY_STATE_SPLIT: Final = Finding("CITY_STATE_SPLIT")

Cells = Mapping[int, Sequence[Cell]]
Results = Mapping[int, Sequence[Result]]


@dataclass(slots=True)
class People:
    """A block of people, and beside each the kind and key of its telephone and whether its e-mail is a function's."""

    persons: list[list[str]]
    kinds: list[str]
    keys: list[str]
    roles: list[bool]


class Assembler:
    """Puts the people of a file together. Made once; knows which column feeds what."""

    def __init__(
        self,
        plan: RowPlan,
        columns: Sequence[ColumnRule],
        tally: Tally,
        *,
        import_tag: str,
        is_ghl_export: bool,
        default_ddd: str = "",
        fix_domains: bool = True,
    ) -> None:
        self._plan = plan
        self._columns = columns
        self._tally = tally
        self._tag = import_tag
        self._is_ghl_export = is_ghl_export
        self._default_ddd, self._fix_domains = default_ddd, fix_domains
        self._coded = {
            phone.position: phone for phone in plan.phones if phone.ddd is not None or phone.ddi is not None
        }
        self._uf_by_cep: dict[str, str] = {}
        self._city_by_state: dict[Cell, str] = {}

    def clean(self, numbers: Sequence[int], rows: Sequence[Sequence[Cell]]) -> People:
        """The people of a block of rows; findings go to the tally."""
        count, plan = len(rows), self._plan
        cells = {column.position: [row[column.position] for row in rows] for column in self._columns}
        results = self._clean_columns(cells, count)
        self._note(numbers, cells, results)
        texts: Texts = {name: [""] * count for name in PERSON}
        for name in _SINGLE:
            position = getattr(plan, name)
            if position is not None:
                texts[name] = [result.value for result in results[position]]
        texts["address"] = _joined(results, plan.address_parts, ", ", count)
        self._fill_documents(results, texts)
        self._fill_places(numbers, cells, results, texts, count)
        moved = self._fill_names(results, texts, count)
        self._fill_emails(numbers, results, texts, moved)
        self._fill_notes(numbers, results, texts, moved.notes)
        kinds = self._fill_phones(numbers, results, texts, moved)
        self._fill_tags(results, texts, count)
        if self._is_ghl_export:
            texts["contact_id"], texts["external_id"] = texts["external_id"], texts["contact_id"]
        return People(
            [list(person) for person in zip(*(texts[name] for name in PERSON), strict=True)],
            kinds,
            [phone_key(number) if number else "" for number in texts["phone"]],
            [bool(email) and is_role_email(email) for email in texts["email"]],
        )

    def _clean_columns(self, cells: Cells, count: int) -> dict[int, list[Result]]:
        results = {
            column.position: column.clean(cells[column.position])
            for column in self._columns
            if column.position not in self._coded
        }
        for column in self._columns:
            phone = self._coded.get(column.position)
            if phone is not None and column.field in PHONES:
                ddds, ddis = (
                    [""] * count if at is None else [result.value for result in results[at]]
                    for at in (phone.ddd, phone.ddi)
                )
                results[column.position] = column.clean_phones(cells[column.position], ddds, ddis)
        return results

    def _note(self, numbers: Sequence[int], cells: Cells, results: Results) -> None:
        """Counts what was found; what is only counted at once for the block, the rest cell by cell."""
        tally = self._tally
        for column in self._columns:
            position, found = column.position, results[column.position]
            listed: set[tuple[Finding, ...]] = set()
            for findings, times in Counter([result.findings for result in found if result.findings]).items():
                if any(is_listed(finding.code) for finding in findings):
                    listed.add(findings)
                else:
                    for finding in findings:
                        tally.count(position, finding.code, times)
            if not listed:
                continue
            for number, cell, result in zip(numbers, cells[position], found, strict=True):
                if result.findings in listed:
                    shown = shown_value(result)
                    for finding in result.findings:
                        tally.note(number, position, column.field, finding, cell, shown)

    def _fill_documents(self, results: Results, texts: Texts) -> None:
        position = self._plan.cpf_cnpj
        if position is not None:
            for place, result in enumerate(results[position]):
                name = "cpf" if len(result.value) == 11 else "cnpj"
                if result.value and not texts[name][place]:
                    texts[name][place] = result.value

    def _fill_places(
        self, numbers: Sequence[int], cells: Cells, results: Results, texts: Texts, count: int
    ) -> None:
        plan = self._plan
        if plan.city is not None:
            cities = results[plan.city]
            texts["city"] = [city.city for city in cities]
            if any(city.state for city in cities):
                texts["state"] = [uf or city.state for uf, city in zip(texts["state"], cities, strict=True)]
        if plan.state is not None:
            self._find_cities(numbers, cells[plan.state], results[plan.state], texts["city"])
        # Brazil where nothing is said; nothing where the country was not understood.
        texts["country"] = (
            ["BR"] * count
            if plan.country is None
            else [
                result.value if result.findings else result.value or "BR" for result in results[plan.country]
            ]
        )
        if plan.postal_code is not None:
            self._check_postal_codes(numbers, cells[plan.postal_code], texts)

    def _find_cities(
        self, numbers: Sequence[int], cells: Sequence[Cell], states: Sequence[Result], cities: list[str]
    ) -> None:
        """The city of a cell such as Campinas/SP in the column of states, where no other cell gives one."""
        known, position = self._city_by_state, self._plan.state
        assert position is not None
        for place, state in enumerate(states):
            if state.findings and state.value and not cities[place]:
                cell = cells[place]
                city = known.get(cell)
                if city is None:
                    city = city_in_state(cell)
                    if len(known) < MOST_REMEMBERED:
                        known[cell] = city
                if city:
                    cities[place] = city
                    shown = f"{city}/{state.value}"
                    self._tally.note(numbers[place], position, "state", CITY_STATE_SPLIT, cell, shown)

    def _check_postal_codes(
        self, numbers: Sequence[int], cells: Sequence[Cell], texts: Mapping[str, Sequence[str]]
    ) -> None:
        known, position = self._uf_by_cep, self._plan.postal_code
        assert position is not None
        for place, (cep, state) in enumerate(zip(texts["postal_code"], texts["state"], strict=True)):
            if cep and len(state) == 2:
                uf = known.get(cep[:5])
                if uf is None:
                    uf = known[cep[:5]] = uf_of_postal_code(cep)
                if uf and uf != state:
                    finding = Finding("CEP_UF_MISMATCH", uf)
                    self._tally.note(numbers[place], position, "postal_code", finding, cells[place], cep)

    def _fill_names(self, results: Results, texts: Texts, count: int) -> Moved:
        """First and last names; answers what else stood in columns of names."""
        plan = self._plan
        moved = Moved([""] * count, [""] * count, [""] * count, [-1] * count)
        for name, position in (("first_name", plan.first_name), ("last_name", plan.last_name)):
            if position is not None:
                texts[name] = [result.value for result in results[position]]
                move_from_parts(position, results[position], texts, moved)
        if plan.full_name is None:
            return moved
        firsts, lasts, companies = texts["first_name"], texts["last_name"], texts["company"]
        if plan.first_name is None and plan.last_name is None:
            firsts = texts["first_name"] = [found.first for found in results[plan.full_name]]
            lasts = texts["last_name"] = [found.last for found in results[plan.full_name]]
        for place, found in enumerate(results[plan.full_name]):
            if plan.first_name is not None:
                # The whole name fills the rows whose parts are empty.
                if not firsts[place]:
                    firsts[place], lasts[place] = found.first, lasts[place] or found.last
                elif found.last and not lasts[place]:
                    lasts[place] = rest_of_name(firsts[place], found)
            elif plan.last_name is not None:
                firsts[place], lasts[place] = found.first, found.last or lasts[place]
            if found.findings:
                companies[place] = companies[place] or found.company
                moved.take(place, plan.full_name, email=found.email, phone=found.phone, note=found.note)
        return moved

    def _fill_emails(self, numbers: Sequence[int], results: Results, texts: Texts, moved: Moved) -> None:
        raw = moved.emails
        columns = [results[position] for position in self._plan.emails]
        places: Iterable[int] = range(len(raw)) if columns or any(raw) else ()
        if len(columns) == 1:
            only = columns[0]
            texts["email"] = [result.value for result in only]
            places = [place for place in places if raw[place] or only[place].extra]
        for place in places:
            found: list[str] = []
            for column in columns:
                found += [column[place].value, *column[place].extra]
            if raw[place]:
                email = clean_email(raw[place], fix_domains=self._fix_domains)
                found += [email.value, *email.extra]
                self._note_moved(numbers[place], moved.columns[place], "email", raw[place], email)
            emails = list(dict.fromkeys(filter(None, found)))
            texts["email"][place] = emails[0] if emails else ""
            texts["additional_emails"][place] = ", ".join(emails[1 : MOST_EXTRAS + 1])
            if len(emails) > MOST_EXTRAS + 1:
                left_out = ", ".join(emails[MOST_EXTRAS + 1 :])
                self._tally.note(numbers[place], -1, "extra_email", TOO_MANY_EMAILS, left_out, "")

    def _note_moved(self, row: int, column: int, field: str, raw: str, result: Result) -> None:
        """What was found in a cell that stood in a column of names: the move itself is noted already."""
        for finding in result.findings:
            if is_listed(finding.code):
                self._tally.note(row, column, field, finding, raw, shown_value(result))

    def _fill_phones(self, numbers: Sequence[int], results: Results, texts: Texts, moved: Moved) -> list[str]:
        """Fills telephones and answers the kind of each main one."""
        raw = moved.phones
        columns = [results[phone.position] for phone in self._plan.phones]
        if not columns and not any(raw):
            return [""] * len(raw)
        places: Iterable[int] = range(len(raw))
        kinds = [""] * len(raw)
        if len(columns) == 1:
            only = columns[0]
            texts["phone"] = [cell.numbers[0].e164 if cell.numbers else "" for cell in only]
            kinds = [cell.numbers[0].kind if cell.numbers else "" for cell in only]
            places = [
                place for place in places if raw[place] or len(only[place].numbers) > 1 or only[place].note
            ]
        for place in places:
            found = [column[place] for column in columns]
            if raw[place]:
                phone = clean_phone(raw[place], default_ddd=self._default_ddd)
                found.append(phone)
                self._note_moved(numbers[place], moved.columns[place], "phone", raw[place], phone)
            kinds[place] = self._choose_phone(numbers[place], place, found, texts)
        return kinds

    def _choose_phone(self, row: int, place: int, found: Sequence[Any], texts: Texts) -> str:
        """The first mobile, else the first number; the others once each, up to ten. Answers the kind."""
        # A landline and a mobile may have the same key: 3456-7890 and 93456-7890.
        by_key: dict[tuple[str, bool], PhoneNumber] = {}
        for cell in found:
            for number in cell.numbers:
                by_key.setdefault((phone_key(number.e164), number.kind == "landline"), number)
            if cell.note:
                notes = "\n".join(filter(None, (texts["notes"][place], cell.note)))
                texts["notes"][place] = self._cut_notes(row, notes)
        if not by_key:
            return ""
        every = list(by_key.values())
        main = next((number for number in every if number.kind == "mobile"), every[0])
        others = [number.e164 for number in every if number is not main]
        if len(others) > MOST_EXTRAS:
            left_out = ", ".join(others[MOST_EXTRAS:])
            self._tally.note(row, -1, "extra_phone", TOO_MANY_PHONES, left_out, "")
        texts["phone"][place] = main.e164
        texts["additional_phones"][place] = ", ".join(others[:MOST_EXTRAS])
        return main.kind

    def _fill_notes(
        self, numbers: Sequence[int], results: Results, texts: Texts, added: Sequence[str]
    ) -> None:
        notes = _joined(results, self._plan.notes, "\n", len(added))
        if any(added):
            notes = ["\n".join(filter(None, pair)) for pair in zip(notes, added, strict=True)]
        elif len(self._plan.notes) < 2:
            texts["notes"] = notes
            return
        texts["notes"] = [self._cut_notes(row, text) for row, text in zip(numbers, notes, strict=True)]

    def _cut_notes(self, row: int, notes: str) -> str:
        """Notes of several cells, within the limit of one."""
        if len(notes) <= NOTES_LIMIT:
            return notes
        self._tally.note(row, -1, "notes", NOTES_TRUNCATED, notes, "")
        return notes[:NOTES_LIMIT].rstrip()

    def _fill_tags(self, results: Results, texts: Texts, count: int) -> None:
        tags = _joined(results, self._plan.tags, ", ", count)
        if len(self._plan.tags) > 1:
            tags = [_unrepeated(text) for text in tags]
        tag = self._tag
        texts["tags"] = [f"{text}, {tag}" if text else tag for text in tags] if tag else tags


def _joined(results: Results, positions: Sequence[int], between: str, count: int) -> list[str]:
    if not positions:
        return [""] * count
    parts = [[result.value for result in results[position]] for position in positions]
    if len(parts) == 1:
        return parts[0]
    return [between.join(filter(None, row)) for row in zip(*parts, strict=True)]


def _unrepeated(tags: str) -> str:
    found: dict[str, str] = {}
    for tag in tags.split(", "):
        if tag:
            found.setdefault(tag.casefold(), tag)
    return ", ".join(found.values())


def shown_value(result: Result) -> str:
    """A result as it is shown beside the cell it came from."""
    if hasattr(result, "numbers"):
        return ", ".join([number.e164 for number in result.numbers])
    if hasattr(result, "first"):
        return f"{result.first} {result.last}".strip() or result.email or result.phone
    if hasattr(result, "city"):
        return f"{result.city}/{result.state}" if result.state else result.city
    return ", ".join([result.value, *result.extra]) if result.extra else result.value


def has_identifier(person: Sequence[str]) -> bool:
    """Whether GoHighLevel would take the person: a name, an e-mail or a telephone."""
    return bool(person[_FIRST] or person[_LAST] or person[_EMAIL] or person[_PHONE])


_FIRST, _LAST, _EMAIL, _PHONE = (INDEX[name] for name in ("first_name", "last_name", "email", "phone"))
