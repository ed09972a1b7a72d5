"""What a refusal says: a name that stays the same, and beside it what happened."""

from __future__ import annotations

from itertools import chain
from string import Formatter

from balcao.cli.reference.errors import error_classes, portuguese, refusals
from balcao.kernel.errors import DomainError


def _pairs() -> list[tuple[str, str, str, str]]:
    """Code, title, detail and where it stands, of every refusal of the routes and of the edge."""
    classes = (
        (kind.code, kind.title, kind.detail, kind.__name__) for kind in [DomainError, *error_classes()]
    )
    return [*chain(classes, ((item.code, item.title, item.detail, "the edge") for item in refusals()))]


def test_every_code_names_itself() -> None:
    own = [kind for kind in error_classes() if "code" in vars(kind)]
    assert len(own) > 100
    assert [kind.__name__ for kind in own if "title" not in vars(kind)] == []


def test_a_title_is_short_stable_and_not_the_detail() -> None:
    titles: dict[str, set[str]] = {}
    for code, title, detail, where in _pairs():
        titles.setdefault(code, set()).add(title)
        assert title != detail, (code, where)
        assert 4 <= len(title) <= 45 and title.endswith("."), (title, where)
        assert not [name for _, name, _, _ in Formatter().parse(title) if name], (title, where)
    assert {code: found for code, found in titles.items() if len(found) > 1} == {}


def test_no_two_codes_have_one_name_and_all_have_a_portuguese_one() -> None:
    catalogues = portuguese()
    known, words = catalogues.msgids("pt_BR"), catalogues.translator("pt_BR")
    names = {code: title for code, title, _, _ in _pairs()}
    assert sorted(set(names.values()) - known) == []
    assert len(set(names.values())) == len(names)
    assert len({words(title) for title in names.values()}) == len(names)
