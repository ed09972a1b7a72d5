"""Finding products by what people type: without accents, by the beginning of words, forgiving small mistakes.

Two ways share the same terms. `like_patterns` is for SQL over an accent-free column; `search` ranks a few hundred
entries in memory, where trigrams and one-letter slips are cheap enough without any database extension.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from balcao.brazil.addresses import fold

QUERY_MAX = 100
TERMS_MAX = 8
LIMIT_MAX = 100

_WORD = re.compile(r"[^\W_]+")
_FILLERS = frozenset(
    {"a", "ao", "as", "c", "com", "da", "das", "de", "do", "dos", "e", "em", "na", "no", "o", "os"}
)
# "morango" and "frango" are 0.53 alike and must stay apart; "quejo" and "queijo" are 0.61.
_SIMILAR_ENOUGH = 0.55
_FORGIVING_FROM = 4
_PREFIX_SCORE = 0.9
_TEXT_SCORE = 0.5
_TYPO_FACTOR = 0.7
_FEWEST_TERMS = 0.5


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """Something that can be found; make it with `entry`. Words are folded."""

    id: UUID
    name: str
    name_words: tuple[str, ...]
    text_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A found entry; `score` runs from 0 to 1."""

    id: UUID
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class _Match:
    score: float
    found: int
    slips: int


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order."""
    return tuple(_WORD.findall(fold(text)))


def terms(query: str) -> tuple[str, ...]:
    """What to look for: folded words without repeats and, unless nothing else is left, without fillers like "de"."""
    found = tuple(dict.fromkeys(words(query[:QUERY_MAX])))
    telling = tuple(word for word in found if word not in _FILLERS)
    return (telling or found)[:TERMS_MAX]


def like_patterns(query: str) -> tuple[str, ...]:
    r"""One pattern per term for `' ' || column LIKE pattern ESCAPE '\'` on an accent-free column; join with AND.

    Each finds a word that begins with the term. Terms hold letters and digits only, so nothing typed is a wildcard.
    """
    return tuple(f"% {term}%" for term in terms(query))


# The words of a menu come back with every search.
@lru_cache(maxsize=8192)
def trigrams(word: str) -> frozenset[str]:
    """The three-letter pieces of a folded word, padded so that its beginning weighs more than its end."""
    padded = f"  {word} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def trigram_keys(text: str) -> tuple[str, ...]:
    """The trigrams of all telling words, sorted: for an array column with a GIN index, where `&&` finds candidates
    that forgive typos, to be ranked by `search`."""
    return tuple(sorted({piece for term in terms(text) for piece in trigrams(term)}))


def similarity(one: str, other: str) -> float:
    """How alike two folded words are, from 0 to 1: twice the shared trigrams over all of them."""
    left, right = trigrams(one), trigrams(other)
    return 2 * len(left & right) / (len(left) + len(right))


def entry(id: UUID, name: str, text: str = "") -> SearchEntry:  # noqa: A002 - the field it fills
    """Prepare something to be found by its name and, more weakly and without typos, by other text (tags, codes)."""
    return SearchEntry(id, name, words(name), frozenset(words(text)))


def rank(name: str, query: str) -> float:
    """How well a name answers a query, from 0 (not at all) to 1 (every term is a word of the name)."""
    return _match(words(name), frozenset(), terms(query)).score


def search(entries: Iterable[SearchEntry], query: str, limit: int = 20) -> tuple[SearchHit, ...]:
    """The best entries, best first, at most `limit` (itself at most 100).

    Entries with every term as typed hide those that need a correction, and these hide those
    with only half of the terms, where corrections no longer count.
    """
    looked_for = terms(query)
    if not looked_for:
        return ()
    matched = [(item, _match(item.name_words, item.text_words, looked_for)) for item in entries]
    hits = _best_tier(matched, len(looked_for))
    hits.sort(key=lambda hit: (-hit[1].score, len(hit[0].name_words), hit[0].name_words, hit[0].id))
    return tuple(
        SearchHit(item.id, item.name, match.score) for item, match in hits[: min(max(limit, 0), LIMIT_MAX)]
    )


def _best_tier(
    matched: Sequence[tuple[SearchEntry, _Match]], wanted: int
) -> list[tuple[SearchEntry, _Match]]:
    complete = [pair for pair in matched if pair[1].found == wanted]
    exact = [pair for pair in complete if pair[1].slips == 0]
    return (
        exact
        or complete
        or [pair for pair in matched if pair[1].found - pair[1].slips >= wanted * _FEWEST_TERMS]
    )


def _match(name_words: Sequence[str], text_words: frozenset[str], looked_for: Sequence[str]) -> _Match:
    score, found, slips = 0.0, 0, 0
    for term in looked_for:
        direct = max((_direct(term, word) for word in name_words), default=0.0)
        if not direct and any(_direct(term, word) for word in text_words):
            direct = _TEXT_SCORE
        corrected = 0.0 if direct else max((_corrected(term, word) for word in name_words), default=0.0)
        score += direct or corrected
        found += bool(direct or corrected)
        slips += bool(corrected)
    return _Match(score / max(len(looked_for), 1), found, slips)


def _direct(term: str, word: str) -> float:
    if word == term:
        return 1.0
    return _PREFIX_SCORE if word.startswith(term) else 0.0


def _corrected(term: str, word: str) -> float:
    """The worth of a word that the term may have meant; short terms must be typed right."""
    if len(term) < _FORGIVING_FROM:
        return 0.0
    alike = similarity(term, word)
    if alike >= _SIMILAR_ENOUGH or _one_slip_apart(term, word) or _one_slip_apart(term, word[: len(term)]):
        return _TYPO_FACTOR * max(alike, _SIMILAR_ENOUGH)
    return 0.0


def _one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter more, less, changed or swapped with its neighbour tells two different words apart."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start + 1 : start + 2] + one[start : start + 1] + one[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or swapped == other[start:]
