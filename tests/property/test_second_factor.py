"""Codes of the second factor: which moment they are good for, and that they are good once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.identity.second_factor import (
    code_at,
    matching_step,
    new_recovery_codes,
    recovery_hash,
    step_at,
    without_code,
)

# RFC 6238, appendix B: the key "12345678901234567890" and the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {
    59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
    2000000000: "279037", 20000000000: "353130",
}  # fmt: skip
STEPS = st.integers(2, 10**9)


@pytest.mark.parametrize(("second", "code"), RFC_CODES.items())
def test_the_codes_of_the_standard(second: int, code: str) -> None:
    step = step_at(datetime.fromtimestamp(second, UTC))
    assert code_at(RFC_SECRET, step) == code
    assert matching_step(RFC_SECRET, code, step, 0) == step


@settings(deadline=None, max_examples=200)
@given(now=STEPS, offset=st.integers(-4, 4), used=st.integers(-6, 6))
def test_a_code_is_good_beside_its_step_and_after_what_was_used(now: int, offset: int, used: int) -> None:
    step, last = now + offset, now + used
    found = matching_step(RFC_SECRET, code_at(RFC_SECRET, max(0, step)), now, last)
    window = {at for at in (now - 1, now, now + 1) if at > last}
    # Two steps may have the same six digits: one in a million.
    same = {at for at in window if code_at(RFC_SECRET, at) == code_at(RFC_SECRET, max(0, step))}
    assert (found in same) if same else (found is None)
    if abs(offset) <= 1 and step > last:
        assert found is not None


@settings(deadline=None, max_examples=100)
@given(now=STEPS)
def test_a_step_that_was_used_is_used_up(now: int) -> None:
    code = code_at(RFC_SECRET, now)
    step = matching_step(RFC_SECRET, code, now, 0)
    assert step is not None
    later = {code_at(RFC_SECRET, at) for at in (step + 1, now + 1)}
    if code not in later:
        assert matching_step(RFC_SECRET, code, now, step) is None
        assert matching_step(RFC_SECRET, code, now + 1, step) is None


@settings(deadline=None, max_examples=200)
@given(typed=st.text(max_size=30), now=STEPS)
def test_whatever_is_typed_is_a_code_or_refused(typed: str, now: int) -> None:
    found = matching_step(RFC_SECRET, typed, now, 0)
    digits = "".join(typed.split())
    assert (found is not None) == (digits in {code_at(RFC_SECRET, at) for at in (now - 1, now, now + 1)})


def test_a_code_may_be_typed_with_a_gap() -> None:
    assert matching_step(RFC_SECRET, " 287 082 ", 1, 0) == 1


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_recovery_codes_leave_the_list_one_by_one(data: st.DataObject) -> None:
    codes = new_recovery_codes()
    hashes = [recovery_hash(code) for code in codes]
    assert len(set(hashes)) == 10
    for code in data.draw(st.permutations(codes)):
        typed = data.draw(
            st.sampled_from([code, code.upper(), code.replace("-", " "), code.replace("-", "")])
        )
        left = without_code(hashes, typed)
        assert left is not None
        assert len(left) == len(hashes) - 1
        assert without_code(left, code) is None
        hashes = left
    assert hashes == []
