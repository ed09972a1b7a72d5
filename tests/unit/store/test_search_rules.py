"""Search as people type: no accents, beginnings of words, small mistakes."""

from uuid import UUID

import pytest

from balcao.modules.store.search_terms import (
    SearchEntry,
    entry,
    like_patterns,
    rank,
    search,
    similarity,
    terms,
    trigram_keys,
    trigrams,
    words,
)

NAMES = (
    "Pão francês",
    "Pão de queijo",
    "Pão na chapa",
    "Queijo quente",
    "Croissant de manteiga",
    "Croissant de chocolate",
    "Bolo de cenoura com chocolate",
    "Bolo de aniversário",
    "Café coado",
    "Cafeteira pequena",
    "Suco de laranja",
    "Torta de limão",
    "Torradas da casa",
    "Água com gás",
    "Coxinha de frango",
    "Pizza meio a meio",
)
MENU = [entry(UUID(int=number), name) for number, name in enumerate(NAMES, start=1)]


def found(query: str, limit: int = 20, entries: list[SearchEntry] | None = None) -> list[str]:
    return [hit.name for hit in search(MENU if entries is None else entries, query, limit)]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("pao frances", "Pão francês"),
        ("PÃO FRANCÊS", "Pão francês"),
        ("frances pao", "Pão francês"),
        ("pão de quejo", "Pão de queijo"),
        ("pao de keijo", "Pão de queijo"),
        ("croasant", "Croissant de manteiga"),
        ("croisant", "Croissant de manteiga"),
        ("xocolate", "Croissant de chocolate"),
        ("boloo cenoura", "Bolo de cenoura com chocolate"),
        ("coxinhas", "Coxinha de frango"),
        ("coxihna", "Coxinha de frango"),
        ("agua", "Água com gás"),
        ("agau", "Água com gás"),
        ("anivers", "Bolo de aniversário"),
        ("piza", "Pizza meio a meio"),
        ("cros", "Croissant de manteiga"),
        ("croas", "Croissant de manteiga"),
    ],
)
def test_finds(query: str, name: str) -> None:
    assert name in found(query)


def test_right_spelling_hides_guesses() -> None:
    assert found("torta") == ["Torta de limão"]
    assert found("pao queijo") == ["Pão de queijo"]


def test_a_whole_word_comes_before_a_beginning() -> None:
    assert found("cafe") == ["Café coado", "Cafeteira pequena"]


def test_equal_hits_are_ordered_by_length_then_name() -> None:
    assert found("pao") == ["Pão francês", "Pão de queijo", "Pão na chapa"]


def test_when_nothing_has_every_term_half_of_them_will_do() -> None:
    assert found("suco morango") == ["Suco de laranja"]
    assert found("suco gelado morango") == []


def test_words_that_only_sound_alike_stay_apart() -> None:
    assert found("morango") == []
    assert found("suco frangos") == ["Suco de laranja"]


def test_short_terms_must_be_right() -> None:
    assert found("pan") == []


@pytest.mark.parametrize("query", ["", "   ", "%", "_", "' --", "🍞"])
def test_nothing_to_look_for_finds_nothing(query: str) -> None:
    assert found(query) == []
    assert like_patterns(query) == ()


def test_limit() -> None:
    assert len(found("pao", 2)) == 2
    assert found("pao", 0) == []
    assert found("pao", -1) == []
    many = [entry(UUID(int=number), f"Pão {number}") for number in range(1, 151)]
    assert len(found("pao", 1000, many)) == 100


def test_other_text_is_found_below_names_and_only_as_typed() -> None:
    entries = [
        entry(UUID(int=1), "Baguete", "sem gluten artesanal 7891000100103"),
        entry(UUID(int=2), "Artesanal da casa"),
    ]
    assert found("artesanal", entries=entries) == ["Artesanal da casa", "Baguete"]
    assert found("7891000", entries=entries) == ["Baguete"]
    assert found("artezanal", entries=entries) == ["Artesanal da casa"]


def test_hits_carry_their_id_and_score() -> None:
    (hit,) = search(MENU, "pao frances")
    assert (hit.id, hit.name, hit.score) == (UUID(int=1), "Pão francês", 1.0)


def test_rank_orders_exact_beginning_typo_nothing() -> None:
    scores = [rank("Pão de queijo", query) for query in ("queijo", "quei", "quejo", "lasanha")]
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], scores[-1]) == (1.0, 0.0)
    assert len(set(scores)) == 4
    assert rank("Pão", "") == 0.0


def test_terms_drop_fillers_and_repeats() -> None:
    assert terms("Pão de Queijo, de queijo!") == ("pao", "queijo")
    assert terms("com") == ("com",)
    assert terms("um dois tres quatro cinco seis sete oito nove")[-1] == "oito"


def test_a_very_long_query_is_cut() -> None:
    assert terms("a" * 5000) == ("a" * 100,)


def test_words_keep_digits_and_split_on_everything_else() -> None:
    assert words("Coca-Cola 2L (gelada)_zero") == ("coca", "cola", "2l", "gelada", "zero")


def test_like_patterns_hold_no_wildcard_of_the_shopper() -> None:
    assert like_patterns(r"100% pão_de\queijo") == ("% 100%", "% pao%", "% queijo%")


def test_trigrams_are_padded() -> None:
    assert trigrams("pao") == {"  p", " pa", "pao", "ao "}
    assert similarity("pao", "pao") == 1.0
    assert similarity("pao", "xyz") == 0.0


def test_a_misspelling_shares_keys_with_the_name() -> None:
    assert set(trigram_keys("croasant")) & set(trigram_keys("Croissant de manteiga"))
    assert list(trigram_keys("pão")) == sorted(trigrams("pao"))
