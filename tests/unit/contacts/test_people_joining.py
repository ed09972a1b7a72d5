"""Which rows of a list are one person, and what that person keeps of each: the edges of the rules."""

from __future__ import annotations

import pytest

from balcao.modules.contacts.people_fields import INDEX, PERSON
from balcao.modules.contacts.pipeline.duplicates import (
    LARGEST_SHARED,
    NAMELESS,
    Keys,
    is_same_name,
    same_people,
)
from balcao.modules.contacts.pipeline.joining_people import (
    NOTES_LIMIT,
    joined_person,
    left_out,
    listed,
    time_of_day,
)

MOBILE, OTHER_MOBILE, LANDLINE = "+5511987654321", "+5521912345678", "+551134567890"
LIKE_THE_LANDLINE = "+5511934567890"
"""A mobile that has the landline's eight digits: another telephone."""


def person(**values: str) -> list[str]:
    return [values.get(name, "") for name in PERSON]


def fields(row: list[str]) -> dict[str, str]:
    return {name: row[place] for name, place in INDEX.items() if row[place]}


def test_a_person_keeps_the_first_of_everything_and_unites_the_rest() -> None:
    rows = [
        person(email="a@x.com", additional_emails="b@x.com, c@x.com", phone=LANDLINE, tags="VIP", notes="um"),
        person(email="C@x.com", additional_emails="d@x.com", phone=MOBILE, additional_phones=OTHER_MOBILE,
               tags="vip, Novo", notes="dois", city="Itu"),
        person(phone=MOBILE, additional_phones=LIKE_THE_LANDLINE, notes="um"),
    ]  # fmt: skip
    assert fields(joined_person(rows)) == {
        "email": "a@x.com", "additional_emails": "b@x.com, c@x.com, d@x.com", "phone": MOBILE, "city": "Itu",
        "additional_phones": f"{LANDLINE}, {OTHER_MOBILE}, {LIKE_THE_LANDLINE}", "tags": "VIP, Novo", "notes": "um\ndois",
    }  # fmt: skip


def test_without_a_mobile_the_first_number_is_the_main_one() -> None:
    rows = [person(phone=LANDLINE, additional_phones="+551145678901"), person()]
    assert fields(joined_person(rows)) == {"phone": LANDLINE, "additional_phones": "+551145678901"}
    assert joined_person([person(city="Itu"), person()]) == person(city="Itu")


def test_the_newest_row_wins_by_its_day_and_then_by_its_time() -> None:
    cities = ("Itu", "Rio", "Belém")
    days = ("2024-05-01", "2025-05-01", "2024-12-31")
    rows = [person(city=city, created_at=day) for city, day in zip(cities, days, strict=True)]
    assert fields(joined_person(rows))["city"] == "Rio"
    same_day = [person(city=city, created_at="2024-05-01") for city in cities]
    assert fields(joined_person(same_day, ["09:00:00", "10:00:00", "08:00:00"]))["city"] == "Rio"
    assert fields(joined_person(same_day, ["08:00:00", "08:00:00", "10:00:00"]))["city"] == "Belém"
    assert fields(joined_person(same_day, ["10:00:00", "10:00:00", "10:00:00"]))["city"] == "Itu"
    assert fields(joined_person([rows[0], person(city="Rio")]))["city"] == "Itu"
    equal_then_older = [*same_day[:2], person(city="Belém", created_at="2024-04-30")]
    assert fields(joined_person(equal_then_older, ["10:00:00", "10:00:00", "11:00:00"]))["city"] == "Itu"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("7:05 PM", "19:05:00"), ("12:00 PM", "12:00:00"), ("12:00 AM", "00:00:00"), ("1:59 pm", "13:59:00"),
        ("11:00 am", "11:00:00"), ("23:59:58.123", "23:59:58"), ("24:00", ""), ("9:60", ""), ("sem hora", ""),
    ],
)  # fmt: skip
def test_times_of_day_sort(text: str, time: str) -> None:
    assert time_of_day(text) == time


def test_what_there_was_no_room_for_is_named() -> None:
    numbers = [f"+55119{place:08d}" for place in range(80_000_000, 80_000_013)]
    every = person(phone=numbers[0], additional_phones=", ".join(numbers[1:11]))
    assert left_out([every], joined_person([every])) == []
    more = person(phone="+551180000003", additional_phones=f"{numbers[11]}, {numbers[12]}", email="A@x.com")
    rows = [every, more]
    assert left_out(rows, joined_person(rows)) == [
        ("PHONE_TOO_MANY", "extra_phone", f"{numbers[11]}, {numbers[12]}")
    ]
    mails = [person(email=f"a{place}@x.com", additional_emails=f"b{place}@x.com") for place in range(6)]
    assert left_out(mails, joined_person(mails)) == [("EMAIL_TOO_MANY", "extra_email", "b5@x.com")]
    assert left_out(mails[:5], joined_person(mails[:5])) == []


def test_notes_that_were_cut_are_told() -> None:
    def cut(*notes: str) -> list[tuple[str, str, str]]:
        rows = [person(notes=text) for text in notes]
        return left_out(rows, joined_person(rows))

    told = [("NOTES_TRUNCATED", "notes", "")]
    half = NOTES_LIMIT // 2
    assert cut("a" * half, "b" * half) == told  # the end of the first line takes the last letter's place
    assert cut("a" * half, "b" * (half - 1)) == []
    assert cut("a" * NOTES_LIMIT, "a" * NOTES_LIMIT) == []
    assert cut("a" * NOTES_LIMIT, "b") == told
    assert cut("a" * (NOTES_LIMIT - 1), "b") == told


def test_a_joined_field_has_parts() -> None:
    assert (listed(""), listed("a"), listed("a, b")) == ([], ["a"], ["a", "b"])


def groups(*rows: tuple[str, str, str], apart: tuple[int, ...] = ()) -> dict[int, list[int]]:
    """Groups of (name, e-mail, telephone key); contato@ is everybody's, and so is a key that begins with 3."""
    keys = Keys()
    for _, email, phone in rows:
        keys.add(email, phone, is_role=email.startswith("contato"), is_landline=phone.startswith("3"))
    return same_people(keys, lambda row: rows[row][0], apart=apart)


def test_what_is_a_persons_own_joins_whatever_the_name() -> None:
    assert groups(("ana", "a@x", ""), ("bia", "a@x", "")) == {0: [0, 1]}
    assert groups(("ana", "", "1"), ("bia", "", "1")) == {0: [0, 1]}
    assert groups(("ana", "contato@x", ""), ("bia", "contato@x", "")) == {}
    assert groups(("ana", "", "31"), ("bia", "", "31")) == {}
    assert groups() == {}


def test_rows_that_stand_apart_join_nobody_and_keep_nobody_from_joining() -> None:
    rows = ("ana", "a@x", ""), ("bia", "a@x", ""), ("caio", "a@x", "")
    assert groups(*rows, apart=(1,)) == {0: [0, 2]}
    assert groups(*rows, apart=(0,)) == {1: [1, 2]}
    shared = ("ana", "", "31"), ("ana", "", "31"), ("ana", "", "31")
    assert groups(*shared, apart=(1,)) == {0: [0, 2]}


def test_a_row_without_a_name_is_passed_over_and_the_next_is_looked_at() -> None:
    assert groups(("ana", "", "31"), ("", "", "31"), ("ana", "", "31")) == {0: [0, 2]}


def test_many_rows_come_in_the_order_of_the_file() -> None:
    rows = [("", f"e{number % 7}", "") for number in range(400)]
    assert groups(*rows) == {first: list(range(first, 400, 7)) for first in range(7)}


def test_names_are_compared_in_the_order_of_the_file() -> None:
    """Each name resembles the next, and the first does not resemble the last: who comes first decides."""
    names = ["a" * (40 - step) + "b" * step for step in range(20)]
    leaders: list[int] = []
    expected: dict[int, list[int]] = {}
    for row, name in enumerate(names):
        first = next((leader for leader in leaders if is_same_name(names[leader], name)), row)
        if first == row:
            leaders.append(row)
        expected.setdefault(first, []).append(row)
    assert len(expected) > 1
    rows = [(name, "", phone) for name in names for phone in ("31", "32", "33")]
    assert groups(*rows) == {
        first * 3 + phone: [row * 3 + phone for row in members]
        for first, members in expected.items()
        for phone in range(3)
    }


def test_a_mobile_with_the_digits_of_a_landline_is_another_telephone() -> None:
    keys = Keys()
    keys.add("", "551134567890", is_role=False, is_landline=True)
    keys.add("", "551134567890", is_role=False, is_landline=False)
    assert same_people(keys, lambda _: "ana") == {}


def test_groups_grow_together_at_their_first_row() -> None:
    chained = [("", f"e{number // 2}", f"{1000 + (number + 1) // 2}") for number in range(12)]
    assert groups(*chained) == {0: list(range(12))}
    assert groups(*reversed(chained)) == {0: list(range(12))}


def test_the_names_of_a_switchboard_are_compared_with_the_first_rows_only() -> None:
    """Names of unlike letters, so that none resembles another."""
    names = [f"{first}{second}" * 6 for first in "abcdefghijklmnop" for second in "qrstuvwxyz0123456"]
    rows = [(name, "", "31") for name in names[: LARGEST_SHARED + 1]]
    assert groups(*rows, rows[LARGEST_SHARED - 1]) == {
        LARGEST_SHARED - 1: [LARGEST_SHARED - 1, LARGEST_SHARED + 1]
    }
    assert groups(*rows, rows[LARGEST_SHARED]) == {}


def test_names_are_the_same_from_85_of_100_on() -> None:
    assert is_same_name("a" * 17 + "bbb", "a" * 17 + "ccc")  # 85 exactly
    assert not is_same_name("a" * 16 + "bbbb", "a" * 16 + "cccc")
    nameless = NAMELESS + "a" * 40
    assert is_same_name(nameless, nameless)
    assert not is_same_name(nameless, nameless + "b")
    assert not is_same_name(nameless, "a" * 40)
    assert not is_same_name("a" * 40, nameless)
