"""The files an import leaves: blocks of records, lines of CSV and COPY, joined people."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao.brazil.addresses import fold
from balcao.modules.contacts.people_fields import GHL_COLUMNS, INDEX, PERSON
from balcao.modules.contacts.pipeline.block_files import RECORDS_PER_BLOCK, BlockReader, BlockWriter
from balcao.modules.contacts.pipeline.duplicates import Keys, same_people
from balcao.modules.contacts.pipeline.joining_people import joined_person
from balcao.modules.contacts.pipeline.outputs import contact_id, copy_line, csv_line, id_prefix, name_key

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


def test_a_person_begins_with_the_columns_of_gohighlevel() -> None:
    assert [name for _, name in GHL_COLUMNS] == list(PERSON[: len(GHL_COLUMNS)])


@pytest.mark.parametrize("count", [0, 1, RECORDS_PER_BLOCK, RECORDS_PER_BLOCK + 1, 3 * RECORDS_PER_BLOCK - 1])
async def test_records_are_read_from_any_position(tmp_path: Path, count: int) -> None:
    path = tmp_path / "some.blk"
    writer = BlockWriter(path)
    for number in range(count):
        writer.add(orjson.dumps([number, "é\n"]))
    writer.close()
    data = path.read_bytes()

    async def read(start: int, stop: int) -> bytes:
        return data[start:stop]

    reader = await BlockReader.open(read, len(data))
    assert reader.count == count
    for start in {0, 1, RECORDS_PER_BLOCK - 1, RECORDS_PER_BLOCK, count - 1, count, count + 7}:
        expected = [[number, "é\n"] for number in range(count)][max(start, 0) : max(start, 0) + 3]
        assert await reader.slice(start, 3) == expected
    assert [record[0] async for record in reader.records()] == list(range(count))


@pytest.mark.parametrize("data", [b"", b"x" * 11, b"x" * 40, b"\x00\x00\x00\x00\x00\x00\xff\xffBLK1"])
async def test_a_file_cut_off_is_recognised(data: bytes) -> None:
    async def read(start: int, stop: int) -> bytes:
        return data[start:stop]

    with pytest.raises(ValueError, match="records"):
        await BlockReader.open(read, len(data))


@given(st.lists(TEXTS, min_size=2, max_size=12))
def test_a_line_of_csv_is_read_back_as_it_was(values: list[str]) -> None:
    line = csv_line(values)
    assert line.endswith("\r\n")
    assert next(csv.reader(io.StringIO(line, newline=""))) == values


@given(st.lists(TEXTS, min_size=len(PERSON), max_size=len(PERSON)))
def test_a_line_for_the_book_has_every_value_once(person: list[str]) -> None:
    line = copy_line(7, "id", "mobile", "+551198765", person)
    assert line.endswith("\n")
    assert "\n" not in line[:-1]
    escapes = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}

    def plain(text: str) -> str:
        read, at = "", 0
        while at < len(text):
            pair = text[at : at + 2]
            read, at = (read + escapes[pair], at + 2) if text[at] == "\\" else (read + text[at], at + 1)
        return read

    assert [plain(text) for text in line[:-1].split("\t")][6:] == person


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_key_of_a_name_is_its_fold(first: str, last: str) -> None:
    assert fold(name_key(first, last)) == fold(f"{first} {last}")


def test_ids_are_of_version_7_and_differ_by_row_only() -> None:
    prefix = id_prefix("01a20927-4467-736e-a762-17aaf68c1f2d", 1_790_000_000_000)
    first, second = UUID(contact_id(prefix, 2)), UUID(contact_id(prefix, 1_048_576))
    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first.int >> 80 == 1_790_000_000_000
    assert first != second
    assert first.int >> 48 == second.int >> 48


def someone(**values: str) -> list[str]:
    return [values.get(name, "") for name in PERSON]


def groups_of(*people: tuple[str, str, str, str], apart: tuple[int, ...] = ()) -> dict[int, list[int]]:
    """Groups of (name, e-mail, telephone key, "role", "landline" or "")."""
    keys = Keys()
    for _, email, phone, kind in people:
        keys.add(email, phone, is_role=kind == "role", is_landline=kind == "landline")
    return same_people(keys, lambda place: people[place][0], apart=apart)


def test_rows_meet_through_others() -> None:
    people = ("ana", "a@x", "1", ""), ("bia", "", "2", ""), ("ana", "a@x", "3", ""), ("ana", "", "3", "")
    assert groups_of(*people) == {0: [0, 2, 3]}
    assert groups_of(*people, apart=(2,)) == {}


def test_what_is_shared_joins_the_same_names_only() -> None:
    landline = ("bia", "", "1", "landline"), ("caio", "", "1", "landline"), ("bia", "", "1", "landline")
    assert groups_of(*landline) == {0: [0, 2]}
    role = (
        ("ana souza", "contato@x", "", "role"),
        ("ana sousa", "contato@x", "", "role"),
        ("", "contato@x", "", "role"),
    )
    assert groups_of(*role) == {0: [0, 1]}
    assert groups_of(("ana", "", "", ""), ("ana", "", "", "")) == {}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_groups_are_what_a_slow_search_finds(pairs: list[tuple[int, int]]) -> None:
    people = [("", f"e{email}" if email else "", f"p{phone}" if phone else "", "") for email, phone in pairs]
    group = list(range(len(people)))
    for _ in people:
        for one, other in ((a, b) for a in range(len(people)) for b in range(a)):
            if any(people[one][at] and people[one][at] == people[other][at] for at in (1, 2)):
                group[one] = group[other] = min(group[one], group[other])
    expected: dict[int, list[int]] = {}
    for place, first in enumerate(group):
        expected.setdefault(first, []).append(place)
    assert groups_of(*people) == {first: rows for first, rows in expected.items() if len(rows) > 1}


def test_the_first_row_wins_or_the_newest_and_everything_is_united() -> None:
    old = someone(first_name="Ana", email="ana@x.com.br", phone="+5511987654321", tags="VIP", city="Itu")
    new = someone(first_name="ANA", last_name="Souza", email="a2@x.com.br", phone="+5511987654321",
                  additional_phones="+551134567890", tags="vip, Novo", city="Rio")  # fmt: skip
    joined = joined_person([old, new])
    at = {name: joined[place] for name, place in INDEX.items()}
    assert (at["first_name"], at["last_name"], at["city"], at["tags"]) == ("Ana", "Souza", "Itu", "VIP, Novo")
    assert (at["email"], at["additional_emails"]) == ("ana@x.com.br", "a2@x.com.br")
    assert at["additional_phones"] == "+551134567890"
    old[INDEX["created_at"]], new[INDEX["created_at"]] = "2024-01-01", "2025-01-01"
    assert joined_person([old, new])[INDEX["city"]] == "Rio"
