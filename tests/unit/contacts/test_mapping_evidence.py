"""How contents change a score, and what they say when the header says nothing."""

import pytest

from balcao.modules.contacts.mapping.evidence import (
    DETECTORS,
    are_first_names,
    are_surnames,
    evidence_of,
    fields_by_content,
    weighed,
)
from balcao.modules.contacts.people_fields import FIELDS

GOOD_AND_BAD = {
    "email": ("ana@x.com", "Ana"),
    "phone": ("11987654321", "Ana"),
    "cpf": ("529.982.247-25", "Ana"),
    "cnpj": ("11.222.333/0001-81", "Ana"),
    "cpf_cnpj": ("11.222.333/0001-81", "Ana"),
    "postal_code": ("01001-000", "Ana"),
    "state": ("SP", "Usado"),
    "city": ("São Paulo", 3550308),
    "country": ("Brasil", 55),
    "birthday": ("25/12/1980", "Ana"),
    "created_at": ("2024-01-05 10:00", "Ana"),
    "website": ("www.x.com.br", "Google"),
    "full_name": ("Ana Souza", "Sim"),
    "first_name": ("Ana", "ana@x.com"),
    "last_name": ("Souza", "11987654321"),
    "address": ("Rua das Flores, 10", "ana@x.com"),
    "address_number": ("123", "Rua das Flores"),
    "ddd": ("11", "São Paulo"),
    "ddi": ("+55", "Brasil"),
}


@pytest.mark.parametrize("field", sorted(GOOD_AND_BAD))
def test_contents_speak_for_and_against(field):
    good, bad = GOOD_AND_BAD[field]
    assert weighed(0.90, field, evidence_of([good] * 8 + [bad] * 2)) == 0.95
    assert weighed(0.90, field, evidence_of([good] * 5 + [bad] * 5)) == 0.90
    assert weighed(0.90, field, evidence_of([good] * 2 + [bad] * 8)) == 0.50
    assert weighed(0.97, field, evidence_of([good] * 10)) == 1.0


def test_every_detector_is_of_a_field():
    assert set(DETECTORS) <= set(FIELDS)
    assert set(GOOD_AND_BAD) | {"extra_email", "mobile", "whatsapp", "extra_phone"} == set(DETECTORS)


@pytest.mark.parametrize(
    ("field", "cells"),
    [
        ("notes", ["11987654321"] * 5),
        ("email", []),
        ("email", ["-", "n/a", ""]),
        ("email", ["Ana", "Bia"]),
        ("cpf", ["111.222.333-44"] * 5),
        ("phone", ["20987654321"] * 5),
        ("full_name", ["Ana", "Bia", "Caio"]),
        ("address", ["-2+3"] * 5),
        ("ddd", ["20"] * 5),
        ("birthday", ["03/05", "32996", "25/12"]),
    ],
)
def test_what_changes_nothing(field, cells):
    assert weighed(0.90, field, evidence_of(cells)) == 0.90


def by_content(cells, *, is_bare=True, may_name=True):
    return fields_by_content(evidence_of(cells), is_bare=is_bare, may_name=may_name)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["ana@x.com"] * 10, {"email": 0.75}),
        (["ana@x.com"] * 8 + ["Ana", "Bia"], {"email": 0.60}),
        (["ana@x.com"] * 7 + ["Ana"] * 3, {}),
        (["11987654321"] * 5, {"mobile": 0.75}),
        (["11 3456-7890"] * 5, {"phone": 0.75}),
        (["52998224725"] * 5, {"cpf": 0.75}),
        (["11.222.333/0001-81"] * 5, {"cnpj": 0.75}),
        (["01001-000"] * 5, {"postal_code": 0.75}),
        (["SP", "RJ", "MG"], {"state": 0.75}),
        ([], {}),
        (["-"], {}),
    ],
)
def test_what_can_hardly_be_anything_else(cells, expected):
    assert by_content(cells, is_bare=False, may_name=False) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["Ana Souza", "Bia Lima", "Zyx Qwert"], {"full_name": 0.75}),
        (["Ana", "Bia", "Zyx"], {"full_name": 0.70}),
        (["Camiseta Azul", "Calça Jeans", "Meia Branca"], {"full_name": 0.60}),
        (["Camiseta", "Calça", "Meia"], {}),
        (["São Paulo", "Campinas", "Cabreúva", "Santos"], {"city": 0.71}),
        (["Rua A", "Av. B", "Sítio Bom"], {"address": 0.70}),
        (["Sol LTDA", "Lua ME"], {"company": 0.75}),
        (["www.x.com.br"] * 3, {"website": 0.75}),
        (["@ana.souza"] * 3, {"instagram": 0.75}),
        (["25/12/1980"] * 3, {"birthday": 0.75}),
        (["25/12/2024"] * 3, {}),
        (["Brasil"] * 3, {"country": 0.75}),
    ],
)
def test_without_header_anything_may_be_guessed(cells, expected):
    assert by_content(cells) == expected


def test_under_a_strange_header_only_the_unmistakable_is_guessed():
    assert by_content(["São Paulo"] * 3, is_bare=False, may_name=False) == {}
    assert by_content(["Ana Souza"] * 3, is_bare=False, may_name=False) == {}
    assert by_content(["Ana Souza"] * 3, is_bare=False, may_name=True) == {"full_name": 0.75}
    assert by_content(["Camiseta Azul"] * 3, is_bare=False, may_name=True) == {}


def test_first_names_and_surnames():
    first, last, full = (
        evidence_of(cells) for cells in (["Ana", "Bia"], ["Souza", "da Silva"], ["Ana Souza"])
    )
    assert (are_first_names(first), are_first_names(last), are_first_names(full)) == (True, False, False)
    assert (are_surnames(first), are_surnames(last), are_surnames(full)) == (False, True, False)
