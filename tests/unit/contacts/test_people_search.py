"""One box for everything one may remember of somebody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.modules.contacts.cleaning.phones import phone_key
from balcao.modules.contacts.people_search import Search, read_search

MOBILE = phone_key("+5511987654321")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Search("none")),
        ("   ", Search("none")),
        ("#VIP", Search("tag", "VIP")),
        ("#", Search("name", "#")),
        ("#a", Search("tag", "a")),
        ("an\x00a", Search("name", "ana")),
        ("Ana@X.com.br", Search("email", "ana@x.com.br")),
        ("@X.com.br", Search("domain", "x.com.br")),
        ("(11) 98765-4321", Search("number", "11987654321", MOBILE)),
        ("11 8765-4321", Search("number", "1187654321", MOBILE)),
        ("+55 11 98765-4321", Search("number", "5511987654321", MOBILE)),
        ("529.982.247-25", Search("number", "52998224725", "", "52998224725")),
        ("12.ABC.345/01DE-35", Search("number", "123450135", "", "12ABC34501DE35")),
        ("+351 912 345 678", Search("number", "351912345678", phone_key("+351912345678"))),
        ("4321", Search("digits", "4321")),
        ("98765-4321", Search("digits", "987654321")),
        ("321", Search("name", "321")),
        ("José  da CONCEIÇÃO", Search("name", "jose da conceicao")),
        ("ana @ casa", Search("name", "ana @ casa")),
    ],
)
def test_what_was_typed_is_understood(typed: str, wanted: Search) -> None:
    assert read_search(typed) == wanted


def test_words_of_a_name() -> None:
    assert read_search("Ana  Souza").words == ["ana", "souza"]


@settings(deadline=None)
@given(st.text())
def test_nothing_typed_is_too_strange(typed: str) -> None:
    search = read_search(typed)
    assert "\x00" not in search.text
    assert search == read_search(f"  {typed} ") or "\x00" in typed or len(typed) > 190
