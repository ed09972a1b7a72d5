"""Which segments the continuous archive may let go of, and which moments a chain leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.backups.chains import (
    CONTENT,
    Base,
    BaseFile,
    is_broken,
    is_former,
    number_of,
    outlived,
    piece_name,
    piece_of,
    read_base,
    unbroken,
)
from balcao.kernel.backups.errors import BackupDamagedError

NOW = datetime(2026, 6, 1, 2, 3, 4, 567_890, tzinfo=UTC)
KEEP = timedelta(days=14)
numbers = st.integers(1, 600)


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{number // 256:08X}{number % 256:08X}"


def base(first: int, age_days: float, *recipients: str) -> Base:
    finished_at = NOW - timedelta(days=age_days)
    made = Base(
        name=f"base_{finished_at:%Y%m%d_%H%M%S}", finished_at=finished_at, first_segment=segment(first),
        segment_bytes=1 << 24, recipients=recipients,
    )  # fmt: skip
    files = {made.stored(name): BaseFile(size_bytes=1, sha256="0" * 64) for name in CONTENT}
    return made.model_copy(update={"files": files})


@given(numbers)
def test_segments_are_counted_as_the_server_does(number: int) -> None:
    assert number_of(segment(number), 1 << 24) == number_of(segment(number, 7), 1 << 24) == number
    # With segments of 64 MB, 64 of them make 4 GB.
    assert number_of("000000010000000200000003", 1 << 26) == 2 * 64 + 3


@settings(deadline=None)
@given(numbers, st.sets(numbers))
def test_a_chain_ends_before_the_first_hole(first: int, there: set[int]) -> None:
    one, names = base(first, 1), [segment(number) for number in there]
    run = unbroken(one, names)
    later = {number for number in there if number >= first}
    assert run == [segment(first + at) for at in range(len(run))]
    assert first + len(run) not in there
    assert is_broken(one, names) == (len(later) > len(run))


def test_both_timelines_of_a_number_belong_to_the_chain() -> None:
    names = [segment(5), segment(6), segment(6, 2), segment(7, 2)]
    assert unbroken(base(5, 1), names) == names
    assert not is_broken(base(5, 1), names)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=6), st.sets(st.integers(1, 60)))
def test_every_moment_that_has_to_stay_keeps_its_whole_chain(
    made: list[tuple[int, int]], there: set[int]
) -> None:
    # Later base backups begin at later segments.
    ages, firsts = sorted({age for age, _ in made}, reverse=True), sorted(first for _, first in made)
    bases = [base(first, age) for age, first in zip(ages, firsts, strict=False)]
    names = [segment(number) for number in there]
    gone, segments = outlived(bases, names, KEEP, NOW)
    kept = [one for one in bases if one not in gone]
    assert bool(kept) == bool(bases)
    for days in range(15):
        moment = NOW - timedelta(days=days)
        leading = [one for one in bases if one.finished_at <= moment]
        assert not leading or leading[-1] in kept
    for name in segments:
        assert all(name < one.first_segment for one in kept)
    if kept:
        assert {name for name in names if name < kept[0].first_segment} == set(segments)
    assert outlived(kept, [name for name in names if name not in segments], KEEP, NOW) == ([], [])


def test_a_former_server_goes_when_our_own_archive_reaches_as_far_back() -> None:
    since, old = NOW - KEEP, [base(1, 40)]
    assert is_former(old, NOW - timedelta(days=20), [base(1, 14)], since)
    assert is_former([], None, [base(1, 15)], since)
    assert not is_former(old, NOW - timedelta(days=13), [base(1, 20)], since)
    assert not is_former([base(1, 2)], None, [base(1, 20)], since)
    assert not is_former(old, None, [base(1, 13)], since)
    assert not is_former(old, None, [], since)


@given(st.booleans(), st.sampled_from([segment(3), "00000002.history"]))
def test_the_name_of_a_piece_tells_what_it_is(sealed: bool, name: str) -> None:
    found = piece_of(piece_name(name, NOW, sealed=sealed))
    assert found is not None
    assert (found.name, found.reached_at, found.is_sealed) == (name, NOW, sealed)
    assert found.is_history == name.endswith("history")


@pytest.mark.parametrize(
    "name",
    [
        segment(1),
        f"{segment(1)}.20260101_000000_000000.gz.partial",
        f"{segment(1)}.20261301_000000_000000.gz",
        f"{segment(1)}.20260101_000000.gz",
        "../x.gz",
    ],
)
def test_other_names_are_no_pieces(name: str) -> None:
    assert piece_of(name) is None


def test_a_note_that_is_not_the_base_backups_is_refused() -> None:
    for one in (base(1, 1), base(1, 1, "age1")):
        assert read_base(one.name, one.model_dump_json().encode()) == one
    whole = base(1, 1)
    for content in (
        b"{",
        whole.model_copy(update={"files": {}}).model_dump_json().encode(),
        whole.model_copy(update={"recipients": ("age1",)}).model_dump_json().encode(),
        base(1, 2).model_dump_json().encode(),
        whole.model_dump_json().replace(whole.name, "base_../..").encode(),
    ):
        with pytest.raises(BackupDamagedError):
            read_base(whole.name, content)
