"""A person's fields in their one form, and two images as one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.errors import ValidationFailedError
from balcao.modules.contacts.people_rules import (
    COLUMNS,
    as_json,
    blank_person,
    clean_person,
    derived,
    from_json,
    full_name,
    keys_of,
    masked_document,
    merged_person,
    settled,
    tags_of,
)

PERSON = {"first_name": "Ana", "phone": "+5511987654321", "email": "ana@x.com.br"}


def person(**fields: Any) -> dict[str, Any]:
    return blank_person() | fields


def test_fields_take_their_one_form() -> None:
    clean = clean_person(
        {
            "first_name": "  Ana\u200b  Maria ", "state": "sp", "postal_code": "01.001-000", "document": "11.222.333/0001-81",
            "notes": "um\ndois", "website": "", "tags": ["a.b; C", "c"], "phone": "11 98765-4321 / 11 91234-5678",
            "email": "Ana@Exemplo.com.br; outra@exemplo.com.br", "birthday": date(1990, 5, 3),
        }
    )  # fmt: skip
    assert clean == {
        "first_name": "Ana Maria", "state": "SP", "postal_code": "01001-000", "document": "11222333000181",
        "notes": "um\ndois", "website": "", "tags": ["a b", "C"], "phone": "+5511987654321",
        "additional_phones": ["+5511912345678"], "email": "ana@exemplo.com.br",
        "additional_emails": ["outra@exemplo.com.br"], "birthday": date(1990, 5, 3),
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        {"phone": "abc"}, {"email": "abc"}, {"additional_phones": ["1"]}, {"additional_emails": ["x"]},
        {"postal_code": "1"}, {"document": "1"}, {"birthday": date(1899, 12, 31)}, {"company": "x" * 201},
        {"tags": [str(n) for n in range(51)]}, {"tags": ["x" * 61]},
        {"additional_emails": [f"pessoa{n}@exemplo.com.br" for n in range(11)]},
        {"additional_phones": [f"(11) 98765-43{n}" for n in range(10, 21)]},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(typed: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailedError) as refused:
        clean_person(typed)
    assert [item["pointer"] for item in refused.value.ext["errors"]] == [f"/{name}" for name in typed]


def test_empty_texts_empty_a_field() -> None:
    for name in ("phone", "email", "postal_code", "document", "company"):
        assert clean_person({name: "  "}) == {name: ""}
    assert clean_person({"additional_emails": [""], "additional_phones": [" "]}) == {
        "additional_emails": [], "additional_phones": [],
    }  # fmt: skip


def test_a_field_nobody_knows_is_a_fault_of_the_program() -> None:
    with pytest.raises(AssertionError):
        clean_person({"nonsense": "x"})


def test_what_is_said_of_a_number_is_said_in_its_own_words() -> None:
    with pytest.raises(ValidationFailedError) as refused:
        clean_person({"phone": "98765-4321"})
    assert refused.value.ext["errors"][0]["message"] == "Number without area code."


def test_derived_columns_and_keys() -> None:
    facts = derived(person(**PERSON, last_name="Conceição"))
    assert (facts["name_key"], facts["phone_kind"]) == ("ana conceicao", "mobile")
    assert derived(person()) == {"name_key": "", "phone_key": "", "phone_kind": ""}
    old, new = "(11) 8765-4321", "+5511987654321"
    assert (
        derived(person(phone=clean_person({"phone": old})["phone"]))["phone_key"]
        == derived(person(phone=new))["phone_key"]
    )
    keys = keys_of(person(additional_emails=["B@x.com"], additional_phones=[new]))
    assert {kind for kind, _ in keys} == {"email", "phone"}
    assert ("email", "b@x.com") in keys


def test_the_main_ones_are_not_further_ones_too() -> None:
    done = settled(
        person(
            **PERSON,
            additional_emails=["ANA@x.com.br", "b@x.com"],
            additional_phones=["+551187654321", "+551134567890"],
        )
    )
    assert (done["additional_emails"], done["additional_phones"]) == (["b@x.com"], ["+551134567890"])


def test_two_become_one() -> None:
    keep = person(**PERSON, tags=["A"], notes="um", extra={"owner": "Bia"}, birthday=None)
    other = person(
        first_name="Aninha", last_name="Souza", phone="+5511911112222", email="aninha@x.com.br", tags=["a", "B"],
        notes="dois", extra={"owner": "Caio", "gender": "f"}, birthday=date(1990, 5, 3),
    )  # fmt: skip
    one = merged_person(keep, other)
    assert (one["first_name"], one["last_name"], one["birthday"]) == ("Ana", "Souza", date(1990, 5, 3))
    assert one["additional_phones"] == ["+5511911112222"]
    assert one["additional_emails"] == ["aninha@x.com.br"]
    assert (one["tags"], one["notes"]) == (["A", "B"], "um\ndois")
    assert one["extra"] == {"owner": "Bia", "gender": "f"}
    assert merged_person(keep, person()) == keep
    assert merged_person(person(), other) == other
    assert merged_person(one, other)["notes"] == "um\ndois"


def test_documents_are_masked() -> None:
    assert masked_document("52998224725") == "***.982.247-**"
    assert masked_document("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert masked_document("") == ""


def test_images_come_back() -> None:
    values = person(**PERSON, birthday=date(1990, 5, 3), tags=["A"])
    for name in COLUMNS:
        assert from_json(name, as_json(values[name])) == values[name]
    assert from_json("birthday", None) is None
    assert full_name("Ana", "") == "Ana"


@settings(deadline=None)
@given(st.lists(st.text()))
def test_tags_are_settled_once_and_for_all(values: list[str]) -> None:
    tags = tags_of(values)
    assert tags_of(tags) == tags
    assert len({tag.casefold() for tag in tags}) == len(tags)
    assert all(tag == tag.strip() and "." not in tag and "\x00" not in tag for tag in tags)
