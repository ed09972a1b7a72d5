"""How long an address is left alone that gives no answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from balcao.modules.admin.webhook_rests import ABSENCES, FIRST_REST, LONGEST_REST, SILENT, rest_after


def test_who_lets_us_wait_rests_at_once_and_longer_each_time() -> None:
    waits = [rest_after(count, "timeout") for count in range(1, 12)]
    assert waits[:5] == [FIRST_REST * factor for factor in (1, 2, 4, 8, 16)]
    assert waits[5:] == [LONGEST_REST] * 6
    assert rest_after(10**6, "timeout") == LONGEST_REST


@pytest.mark.parametrize("problem", sorted(SILENT - {"timeout"}))
def test_who_is_not_there_rests_after_the_third_time(problem: str) -> None:
    assert [rest_after(count, problem) for count in range(1, ABSENCES)] == [None] * (ABSENCES - 1)
    assert rest_after(ABSENCES, problem) == timedelta(minutes=2)


@pytest.mark.parametrize("problem", ["", "status", "redirect", "webhook_address", "secret_lost"])
def test_who_answers_or_whom_we_may_not_call_does_not_rest(problem: str) -> None:
    assert rest_after(9, problem) is None


def test_nobody_rests_for_nothing() -> None:
    assert rest_after(0, "timeout") is None
