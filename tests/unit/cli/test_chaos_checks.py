"""The judge of the chaos finds each way in which orders can go wrong, and nothing where nothing did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from balcao.cli.bench.chaos_checks import Verdict, judge_orders
from balcao.cli.bench.chaos_shoppers import Told

Kept = dict[str, str | None]


def _said(told: Told, orders: dict[str, int], kept: Kept) -> list[str]:
    verdict = Verdict()
    judge_orders(verdict, told, orders, kept)
    return verdict.violations


def _well() -> tuple[Told, dict[str, int], Kept]:
    return Told(orders={"k1": "o1", "k2": "o2"}), {"o1": 1, "o2": 1}, {"k1": "o1", "k2": "o2"}


def _lost(told: Told, orders: dict[str, int], kept: Kept) -> None:
    del orders["o2"]


def _doubled(told: Told, orders: dict[str, int], kept: Kept) -> None:
    orders["o3"] = 1


def _other_answer(told: Told, orders: dict[str, int], kept: Kept) -> None:
    kept["k1"] = None


def _two_for_one(told: Told, orders: dict[str, int], kept: Kept) -> None:
    told.changed.append("k1")


def _refused(told: Told, orders: dict[str, int], kept: Kept) -> None:
    told.refused.append("409 out_of_stock")


def _given_up(told: Told, orders: dict[str, int], kept: Kept) -> None:
    told.unanswered.append("k3")


def test_nothing_is_found_where_nothing_went_wrong() -> None:
    assert _said(*_well()) == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_lost, "1 acknowledged orders are not there, as o2"),
        (_doubled, "1 orders belong to no answer, as o3"),
        (_other_answer, "1 keys hold another answer than was given, as k1"),
        (_two_for_one, "1 shoppers got two orders for one key, as k1"),
        (_refused, "1 shoppers were refused, as 409 out_of_stock"),
        (_given_up, "1 shoppers were never answered, as k3"),
    ],
)
def test_what_went_wrong_is_found(harm: Callable[[Told, dict[str, int], Kept], None], words: str) -> None:
    told, orders, kept = _well()
    harm(told, orders, kept)
    assert words in _said(told, orders, kept)
