"""Sizes of files, typed and shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.brazil.sizes import UNITS, exact_size, parse_size, rounded_size
from balcao.kernel.i18n import Catalogues

PORTUGUESE = Catalogues([]).translator("pt_BR")
ENGLISH = Catalogues([]).translator("en")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("5 GB", 5 * 10**9), ("1,5 GB", 1_500_000_000), ("1.5gb", 1_500_000_000), ("500 MB", 500 * 10**6),
        ("1.500 MB", 1_500_000_000), ("1.500,25 MB", 1_500_250_000), ("0,5 tb", 5 * 10**11), ("20 kb", 20_000),
        (" 12 bytes ", 12), ("1 byte", 1), ("0 MB", 0), ("12.34 MB", 12_340_000), ("1,234 KB", 1234), ("1, GB", 10**9),
    ],
)  # fmt: skip
def test_what_people_type(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    ["", "5", "5.000", "GB", "cinco GB", "5 G", "5 GiB", "-1 GB", "1,2,3 GB", "1.50.0 GB", "1,5 B", ",5 GB", ", GB",
     "5 GB 5", "1.2.3 MB", "5\u0665 GB", "9" * 40 + " GB"],
)  # fmt: skip
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "portuguese", "english"),
    [
        (0, "0 B", "0 B"), (999, "999 B", "999 B"), (1000, "1 KB", "1 KB"), (1_500_000_000, "1,5 GB", "1.5 GB"),
        (5 * 10**9, "5 GB", "5 GB"), (12_340_000, "12 MB", "12 MB"), (999_600_000, "1 GB", "1 GB"),
        (9_960_000, "10 MB", "10 MB"), (2_000 * 10**12, "2.000 TB", "2,000 TB"), (1_049_000, "1 MB", "1 MB"),
    ],
)  # fmt: skip
def test_shown(size: int, portuguese: str, english: str) -> None:
    assert (PORTUGUESE.size(size), ENGLISH.size(size)) == (portuguese, english)


@settings(deadline=None)
@given(st.integers(0, 10**15))
def test_what_a_form_shows_it_reads_again(size: int) -> None:
    for words in (PORTUGUESE, ENGLISH):
        assert words.read_size(words.size(size, exact=True)) == size
    number, decimals, unit = exact_size(size)
    assert number * dict(UNITS)[unit] == size * 10**decimals


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, (0, 0, "MB")), (1, (1, 0, "B")), (1000, (1, 0, "KB")), (1500, (15, 1, "KB")), (1234, (1234, 3, "KB")),
        (1_234_500, (12_345, 1, "KB")), (10**12, (1, 0, "TB")),
    ],
)  # fmt: skip
def test_a_form_shows_the_largest_unit_that_takes_three_decimals(
    size: int, shown: tuple[int, int, str]
) -> None:
    assert exact_size(size) == shown


@pytest.mark.parametrize(
    ("text", "why"),
    [("5", "not a size with its unit"), ("1,5 B", "not whole bytes"), ("1.2.3 MB", "not a number")],
)
def test_a_refusal_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        parse_size(text)


def test_thirty_characters_are_not_too_long() -> None:
    assert parse_size("5 MB".rjust(30, "0")) == 5_000_000


@settings(deadline=None)
@given(st.integers(0, 10**15))
def test_a_size_to_look_at_is_short_and_near(size: int) -> None:
    number, decimals, unit = rounded_size(size)
    worth = dict(UNITS)[unit]
    assert number < 1000 or unit == "TB"
    assert abs(number * worth - size * 10**decimals) * 2 <= worth
