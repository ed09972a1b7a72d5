"""The tiles that stand in for a shop's pictures."""

from __future__ import annotations

import cmath
import math
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.web.tiles import MOTIFS, tile_cover_svg, tile_design, tile_svg

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _tile(seed: bytes | str, **changes: object) -> str:
    return tile_svg(seed, **{"size": 96, "foreground": "#1F4FD8", "background": "#FBF7F0", **changes})


def _outlines(path: str) -> list[list[complex]]:
    """The path as polygons: curves and arcs are walked in short steps."""
    outlines: list[list[complex]] = []
    here = 0j
    for command, text in re.findall(r"([MLQCAZ])([^MLQCAZ]*)", path):
        values = [float(value) for value in NUMBER.findall(text)]
        if command == "Z":
            continue
        end = complex(values[-2], values[-1])
        if command == "M":
            outlines.append([end])
        elif command == "A":
            outlines[-1] += _arc(here, end, values[0], values[4] == 1)
        else:
            controls = [here, *(complex(values[i], values[i + 1]) for i in range(0, len(values), 2))]
            outlines[-1] += [_bezier(controls, step / 12) for step in range(1, 13)]
        here = end
    return outlines


def _bezier(points: list[complex], t: float) -> complex:
    while len(points) > 1:
        points = [a + (b - a) * t for a, b in pairwise(points)]
    return points[0]


def _arc(start: complex, end: complex, radius: float, clockwise: bool) -> list[complex]:
    chord = end - start
    radius = max(radius, abs(chord) / 2)
    depth = math.sqrt(max(0.0, radius**2 - abs(chord) ** 2 / 4))
    centre = (start + end) / 2 + chord / abs(chord) * complex(0, depth if clockwise else -depth)
    sweep = 2 * math.asin(min(1.0, abs(chord) / 2 / radius)) * (1 if clockwise else -1)
    return [centre + (start - centre) * cmath.exp(1j * sweep * step / 16) for step in range(1, 17)]


def _inked(outlines: list[list[complex]], point: complex) -> bool:
    """Even-odd: whether a ray to the right crosses an odd number of edges."""
    crossings = 0
    for outline in outlines:
        for a, b in zip(outline, outline[1:] + outline[:1], strict=True):
            if (a.imag > point.imag) != (b.imag > point.imag):
                at = a.real + (point.imag - a.imag) / (b.imag - a.imag) * (b.real - a.real)
                crossings += at > point.real
    return crossings % 2 == 1


def test_the_same_seed_draws_the_same_tile_whether_text_or_bytes() -> None:
    assert _tile("padaria") == _tile(b"padaria")
    assert tile_cover_svg("padaria", 1600, 600) == tile_cover_svg("padaria", 1600, 600)


def test_two_hundred_shops_look_different() -> None:
    drawings = {tile_design(f"tenant-{i}").path for i in range(200)}
    assert len(drawings) >= 170


def test_every_motif_is_chosen_by_some_seed_and_draws_something_of_its_own() -> None:
    assert len(MOTIFS) >= 8
    assert {tile_design(f"tenant-{i}").motif for i in range(400)} == set(MOTIFS)
    assert len({tile_design("one seed", motif).path for motif in MOTIFS}) == len(MOTIFS)


@pytest.mark.parametrize("motif", list(MOTIFS))
@pytest.mark.parametrize("seed", ["a", "b"])
def test_a_tile_is_unchanged_by_a_quarter_turn(motif: str, seed: str) -> None:
    outlines = _outlines(tile_design(seed, motif).path)
    points = [complex(x + 0.37, y + 0.41) for x in range(-48, 48, 7) for y in range(-48, 48, 7)]
    differing = [point for point in points if _inked(outlines, point) != _inked(outlines, point * 1j)]
    inked = sum(_inked(outlines, point) for point in points)
    assert len(differing) <= len(points) * 0.02, (
        "coordinates are rounded, so only points on an edge may differ"
    )
    assert 0.12 < inked / len(points) < 0.75, "neither an empty floor nor a flat one"


@pytest.mark.parametrize("motif", list(MOTIFS))
def test_what_leaves_a_tile_on_one_side_enters_its_neighbour_on_the_other(motif: str) -> None:
    outlines = _outlines(tile_design("neighbours", motif).path)
    heights = [y + 0.43 for y in range(-49, 49)]
    differing = [
        y for y in heights if _inked(outlines, complex(49.9, y)) != _inked(outlines, complex(-49.9, y))
    ]
    assert len(differing) <= 3


@given(seed=st.binary(max_size=64), size=st.integers(min_value=1, max_value=2000))
@settings(deadline=None, max_examples=60)
def test_any_seed_gives_a_small_valid_document_in_two_colours(seed: bytes, size: int) -> None:
    text = _tile(seed, size=size)
    root = ET.fromstring(text)
    assert root.get("width") == root.get("height") == str(size)
    assert {path.get("fill") for path in root.iter(f"{SVG}path")} == {"#1F4FD8", "#FBF7F0"}
    assert "nan" not in text
    assert "style" not in text
    assert len(text) < 6000


def test_a_mask_has_no_ground() -> None:
    root = ET.fromstring(_tile("padaria", background="none", foreground="#000"))
    assert [path.get("fill") for path in root.iter(f"{SVG}path")] == ["#000"]


def test_a_title_makes_it_an_image_and_is_escaped() -> None:
    text = _tile("padaria", title="Pão & <café>")
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "Pão & <café>"
    assert "aria-hidden" not in text


def test_without_a_title_it_is_hidden_from_assistive_technology() -> None:
    root = ET.fromstring(_tile("padaria"))
    assert root.get("aria-hidden") == "true"
    assert root.find(f"{SVG}title") is None


@pytest.mark.parametrize("colour", ['red"/><script>', "url(#x)", "#12", "", "rgb(1,2,3)", "var(--x);"])
def test_a_colour_that_could_carry_anything_else_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        _tile("padaria", foreground=colour)
    with pytest.raises(ValueError, match="colour"):
        tile_cover_svg("padaria", 10, 10, background=colour)


@pytest.mark.parametrize("colour", ["#abc", "#1F4FD8", "#1F4FD880", "currentColor", "var(--accent)", "ivory"])
def test_plain_colours_pass(colour: str) -> None:
    assert f'fill="{colour}"' in _tile("padaria", foreground=colour)


def test_sizes_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        _tile("padaria", size=0)
    with pytest.raises(ValueError, match="width"):
        tile_cover_svg("padaria", 10, 0)
    with pytest.raises(ValueError, match="tile"):
        tile_cover_svg("padaria", 10, 10, tile=0)


def test_an_unknown_motif_is_refused() -> None:
    with pytest.raises(KeyError):
        tile_design("padaria", "paisley")


def test_a_cover_is_as_large_as_asked_and_lays_two_colours() -> None:
    root = ET.fromstring(tile_cover_svg("padaria", 1600, 600, foreground="#B5442E", second="#F2A71B"))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("1600", "600", "0 0 1600 600")
    fills = [path.get("fill") for path in root.iter(f"{SVG}path")]
    assert fills.count("#B5442E") == fills.count("#F2A71B") == 2


def test_covers_of_two_shops_on_one_page_do_not_share_a_pattern_name() -> None:
    names = {
        pattern.get("id")
        for seed in ("a", "b")
        for pattern in ET.fromstring(tile_cover_svg(seed, 9, 9)).iter(f"{SVG}pattern")
    }
    assert len(names) == 2
