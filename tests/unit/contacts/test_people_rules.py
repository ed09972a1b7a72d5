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


TAGS = [str(number) for number in range(100, 151)]
EMAILS = [f"pessoa{number}@exemplo.com.br" for number in range(10, 21)]
PHONES = [f"(11) 98765-43{number}" for number in range(10, 21)]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"phone": "abc"}, "Not a telephone number."), ({"phone": "98765-4321"}, "Number without area code."),
        ({"phone": "-"}, "Not a telephone number."),
        ({"additional_phones": ["1"]}, "Digits are missing."), ({"additional_phones": ["-"]}, "Not a telephone number."),
        ({"email": "abc"}, "E-mail without @."), ({"email": "-"}, "Not an e-mail."),
        ({"additional_emails": ["abc"]}, "E-mail without @."), ({"additional_emails": ["-"]}, "Not an e-mail."),
        ({"postal_code": "1"}, "A CEP has eight digits, such as 01310-100."),
        ({"document": "1"}, "Not a CPF or CNPJ: look at its digits again."),
        ({"birthday": date(1899, 12, 31)}, "This date cannot be a birthday."),
        ({"company": "x" * 201}, "This is too long."),
        ({"tags": TAGS}, "Fifty tags at most, of up to 60 characters."),
        ({"tags": ["x" * 61]}, "Fifty tags at most, of up to 60 characters."),
        ({"additional_emails": EMAILS}, "Ten at most."), ({"additional_phones": PHONES}, "Ten at most."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_in_words(typed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationFailedError) as refused:
        clean_person(typed)
    assert refused.value.ext["errors"] == [{"pointer": f"/{name}", "message": message} for name in typed]


def test_what_just_fits_is_taken() -> None:
    for typed in (
        {"company": "x" * 200}, {"tags": TAGS[:50]}, {"tags": ["x" * 60]}, {"birthday": date(1900, 1, 1)},
        {"additional_emails": EMAILS[:10]},
    ):  # fmt: skip
        assert clean_person(typed) == typed
    assert len(clean_person({"additional_phones": PHONES[:10]})["additional_phones"]) == 10


def test_what_a_database_cannot_keep_is_left_out() -> None:
    typed = {"first_name": "An\x00a", "notes": "um\x00a", "tags": ["VI\x00P"]}
    assert clean_person(typed) == {"first_name": "Ana", "notes": "uma", "tags": ["VIP"]}


def test_only_two_letters_of_a_state_are_capitals() -> None:
    typed = {"last_name": "Sá", "state": "Minas Gerais"}
    assert clean_person(typed) == typed


def test_a_mistyped_domain_is_left_as_it_was_typed() -> None:
    typed = {"email": "ana@gmial.com", "additional_emails": ["bia@gmial.com"]}
    assert clean_person(typed) == typed


def test_further_ones_are_united_whichever_field_comes_first() -> None:
    emails = {"email": "a@x.com.br; b@x.com.br", "additional_emails": ["c@x.com.br; d@x.com.br"]}
    phones = {"phone": "11 98765-4322 / 11 91234-5678", "additional_phones": ["11 98765-4321"]}
    clean = clean_person(emails | phones)
    assert clean["additional_emails"] == ["b@x.com.br", "c@x.com.br", "d@x.com.br"]
    assert clean["additional_phones"] == ["+5511912345678", "+5511987654321"]
    clean = clean_person(dict(reversed((emails | phones).items())))
    assert clean["additional_emails"] == ["c@x.com.br", "d@x.com.br", "b@x.com.br"]
    assert clean["additional_phones"] == ["+5511987654321", "+5511912345678"]


def test_empty_texts_empty_a_field() -> None:
    for name in ("phone", "email", "postal_code", "document", "company"):
        assert clean_person({name: "  "}) == {name: ""}
    assert clean_person({"additional_emails": [""], "additional_phones": [" "]}) == {
        "additional_emails": [], "additional_phones": [],
    }  # fmt: skip


def test_a_field_nobody_knows_is_a_fault_of_the_program() -> None:
    with pytest.raises(AssertionError, match="nonsense is no field of a person"):
        clean_person({"nonsense": "x"})


def test_derived_columns_and_keys() -> None:
    facts = derived(person(**PERSON, last_name="Conceição"))
    assert facts == {"name_key": "ana conceicao", "phone_key": "551187654321", "phone_kind": "mobile"}
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


def test_tags_begin_without_the_signs_of_a_formula() -> None:
    assert tags_of(["#vip", "=@Xis", "vip#"]) == ["vip", "Xis", "vip#"]


@settings(deadline=None)
@given(st.lists(st.text()))
def test_tags_are_settled_once_and_for_all(values: list[str]) -> None:
    tags = tags_of(values)
    assert tags_of(tags) == tags
    assert len({tag.casefold() for tag in tags}) == len(tags)
    assert all(tag == tag.strip() and "." not in tag and "\x00" not in tag for tag in tags)
