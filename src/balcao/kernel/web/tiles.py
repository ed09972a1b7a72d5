"""Hydraulic floor tiles (ladrilho hidráulico) drawn from a seed: no shop ever looks blank, no two look the same.

A tile is a square of 100 units with its origin in the middle. Three zones are drawn: a field (one of ten motifs), a rosette in
its eye, and an ornament at the corners that becomes whole where four tiles meet. Each zone repeats by quarter turns, which is what makes
the floor continue. Everything is one even-odd path, so a shape inside a shape cuts it out: the drawing works as a picture
in two colours and as a CSS mask.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from balcao.kernel.web.tile_shapes import (
    Point,
    around,
    beside,
    circle,
    drop,
    lobes,
    number,
    pair,
    petal,
    polar,
    polygon,
    star,
)

_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|currentColor|none|transparent|[a-z]{3,20}|var\(--[a-z-]{1,40}\)")
_CORNER: Point = (50.0, 50.0)


@dataclass(frozen=True, slots=True)
class TileDesign:
    """What the seed chose: the names say what is drawn; `path` is the outline of the whole tile, filled even-odd."""

    motif: str
    rosette: str
    corner: str
    path: str


class _Choices:
    """A stream of small choices taken from the digest of a seed; the same seed always chooses the same."""

    def __init__(self, seed: bytes | str) -> None:
        data = seed.encode() if isinstance(seed, str) else seed
        self._bytes = hashlib.sha256(b"tile:" + data).digest()
        self._next = 0

    def below(self, limit: int) -> int:
        """A number in [0, limit), limit at most 256."""
        value = self._bytes[self._next % len(self._bytes)]
        self._next += 1
        return value % limit


# -- fields: between the eye (radius 14) and the corners (radius 20) ------------------------------------------------


def _field_star(pick: _Choices) -> str:
    inner = (27.0, 30.0, 33.0)[pick.below(3)]
    rim = circle(18.5) if pick.below(2) else star(8, 25, 19)
    return star(8, 48, inner) + rim


def _field_flower(pick: _Choices) -> str:
    fat = (15.0, 17.0, 20.0)[pick.below(3)]
    vein = 0.4 if pick.below(2) else 0.55
    outline = around(8, lambda a: petal(a, 15, 48, fat, belly=0.6))
    return outline + around(8, lambda a: petal(a, 21, 42, fat * vein, belly=0.6))


def _field_vesica(pick: _Choices) -> str:
    """Four leaves of crossing circles, the oldest floor pattern of all."""

    def leaf(scale: float) -> Callable[[float], str]:
        start, end, r = 34 - 19 * scale, 34 + 18 * scale, number(21.5 * scale)

        def draw(a: float) -> str:
            foot, tip = pair(polar(start, a)), pair(polar(end, a))
            return f"M{foot}A{r} {r} 0 0 1 {tip}A{r} {r} 0 0 1 {foot}Z"

        return draw

    shapes = "".join(around(4, leaf(scale), 45) for scale in ((1.0, 0.72, 0.4), (1.0, 0.66))[pick.below(2)])
    return shapes + around(4, lambda a: petal(a, 16, 50, 13, belly=0.72))


def _field_cross(pick: _Choices) -> str:
    flare = (15.0, 18.0, 21.0)[pick.below(3)]

    def arm(a: float) -> str:
        low, high = beside(16, a, -5), beside(50, a, -flare)
        low2, high2 = beside(16, a, 5), beside(50, a, flare)
        mid, mid2 = beside(32, a, -5), beside(32, a, 5)
        return f"M{pair(low)}Q{pair(mid)} {pair(high)}L{pair(high2)}Q{pair(mid2)} {pair(low2)}Z"

    return (
        around(4, arm)
        + around(4, lambda a: petal(a, 30, 50, flare * 0.45, belly=0.8))
        + around(4, lambda a: drop(a, 17, 46, 6), 45)
    )


def _field_pinwheel(pick: _Choices) -> str:
    blades, turn = (8, 12)[pick.below(2)], (26.0, 34.0)[pick.below(2)]

    def blade(a: float) -> str:
        foot, tip = polar(16, a), polar(44.5, a + turn)
        out = f"C{pair(polar(25, a - 12))} {pair(polar(40, a - 4))} {pair(tip)}"
        back = f"C{pair(polar(36, a + turn - 10))} {pair(polar(25, a + turn * 0.62))} {pair(foot)}"
        return f"M{pair(foot)}{out}{back}Z"

    return circle(48.5) + circle(15) + around(blades, blade)


def _field_steps(pick: _Choices) -> str:
    cut = (10.0, 12.0)[pick.below(2)]

    def stair(scale: float) -> str:
        quarter: list[Point] = [(cut * 0.8, -48), (cut * 0.8, -36), (cut * 1.9, -36), (cut * 1.9, -cut * 1.9)]
        mirrored: list[Point] = [(-y, -x) for x, y in reversed(quarter[:-1])]
        points: list[Point] = []
        for k in range(4):
            for x, y in quarter + mirrored:
                for _ in range(k):
                    x, y = -y, x  # noqa: PLW2901  one quarter turn at a time
                points.append((x * scale, y * scale))
        return polygon(points)

    return stair(1.0) + stair(0.78) + stair(0.56) + circle(15.5)


def _field_fans(pick: _Choices) -> str:
    """Shells that open from every corner, with flutes."""
    flutes = (5, 7)[pick.below(2)]
    shells = ""
    for corner, base in (
        ((50.0, 50.0), 270.0),
        ((-50.0, 50.0), 0.0),
        ((-50.0, -50.0), 90.0),
        ((50.0, -50.0), 180.0),
    ):
        shells += circle(48, corner) + circle(43.5, corner)
        step = 90 / flutes
        shells += "".join(
            drop(base + step * (i + 0.5), 22, 40.5, 20 / flutes * 1.25, corner) for i in range(flutes)
        )
    return shells


def _field_lace(pick: _Choices) -> str:
    count = (12, 16, 20)[pick.below(3)]
    dots = around(count, lambda a: circle(1.5, polar(37.6, a + 180 / count)))
    return lobes(count, 41) + dots + circle(33.5) + around(8, lambda a: drop(a, 15, 31, 4.2))


def _field_leaves(pick: _Choices) -> str:
    """Leaves that grow from the eye to the corners, with two side shoots each."""
    spread = (33.0, 36.0)[pick.below(2)]
    main = around(4, lambda a: petal(a, 15, 52, 21, belly=0.6) + petal(a, 20, 47, 10, belly=0.6), 45)
    shoots = around(
        4,
        lambda a: petal(a + spread, 17, 49, 8.5, belly=0.7) + petal(a - spread, 17, 49, 8.5, belly=0.7),
        45,
    )
    return main + shoots


def _field_knot(pick: _Choices) -> str:
    """Two square bands laid over one another; where they cross the colours change places."""
    wide, thin = (49.0, 52.0)[pick.below(2)], (9.0, 11.0)[pick.below(2)]

    def square(radius: float, turn: float) -> str:
        return polygon([polar(radius, turn + 90 * i) for i in range(4)])

    bands = "".join(square(wide, turn) + square(wide - thin * 1.4, turn) for turn in (0.0, 45.0))
    return bands + around(8, lambda a: petal(a, 15.5, 27, 4, belly=0.5), 22.5)


# -- rosettes: inside radius 14 -------------------------------------------------------------------------------------


def _rosette_disc() -> str:
    return circle(13) + circle(9) + circle(5)


def _rosette_daisy() -> str:
    return around(8, lambda a: drop(a, 3, 13, 3)) + circle(2.2)


def _rosette_star() -> str:
    return star(8, 13, 6.5) + circle(3.2)


def _rosette_clover() -> str:
    return around(4, lambda a: circle(4.4, polar(7.2, a)), 45) + around(4, lambda a: petal(a, 2.5, 13, 2.4))


def _rosette_diamond() -> str:
    return star(4, 13, 5.5) + around(4, lambda a: circle(2.3, polar(9.4, a)), 45) + circle(3)


def _rosette_lace() -> str:
    return lobes(8, 10.8, 22.5) + circle(8.2) + star(4, 7, 2.6)


# -- corners: whole where four tiles meet, inside radius 20 ----------------------------------------------------------


def _at_corners(draw: Callable[[Point], str]) -> str:
    x, y = _CORNER
    return "".join(draw(corner) for corner in ((x, y), (-x, y), (-x, -y), (x, -y)))


def _corner_rings() -> str:
    return _at_corners(lambda c: circle(17, c) + circle(12.5, c) + circle(7, c))


def _corner_daisy() -> str:
    return _at_corners(lambda c: around(8, lambda a: drop(a, 4, 17.5, 4.4, c)) + circle(2.8, c))


def _corner_star() -> str:
    return _at_corners(lambda c: star(8, 18, 10.5, 0, c) + star(8, 9, 5, 22.5, c))


def _corner_leaves() -> str:
    return _at_corners(
        lambda c: around(4, lambda a: petal(a, 1.5, 19, 11, c) + petal(a + 45, 1.5, 15, 6, c), 45)
    )


def _corner_square() -> str:
    return _at_corners(
        lambda c: (
            polygon([polar(18, 90 * i, c) for i in range(4)])
            + polygon([polar(12, 90 * i, c) for i in range(4)])
            + circle(4.5, c)
        )
    )


def _corner_lace() -> str:
    return _at_corners(
        lambda c: lobes(12, 14.5, 15, c) + circle(11.5, c) + around(4, lambda a: petal(a, 1, 10.5, 3.6, c))
    )


MOTIFS: dict[str, Callable[[_Choices], str]] = {
    "star": _field_star,
    "flower": _field_flower,
    "vesica": _field_vesica,
    "cross": _field_cross,
    "pinwheel": _field_pinwheel,
    "steps": _field_steps,
    "fans": _field_fans,
    "lace": _field_lace,
    "leaves": _field_leaves,
    "knot": _field_knot,
}
_ROSETTES: dict[str, Callable[[], str]] = {
    "disc": _rosette_disc,
    "daisy": _rosette_daisy,
    "star": _rosette_star,
    "clover": _rosette_clover,
    "diamond": _rosette_diamond,
    "lace": _rosette_lace,
}
_CORNERS: dict[str, Callable[[], str]] = {
    "rings": _corner_rings,
    "daisy": _corner_daisy,
    "star": _corner_star,
    "leaves": _corner_leaves,
    "square": _corner_square,
    "lace": _corner_lace,
}


def tile_design(seed: bytes | str, motif: str | None = None) -> TileDesign:
    """The drawing that belongs to `seed`; `motif` fixes the field (one of MOTIFS), else the seed chooses it. KeyError for an unknown motif."""
    pick = _Choices(seed)
    chosen = list(MOTIFS)[pick.below(len(MOTIFS))]
    field = motif or chosen
    rosette = list(_ROSETTES)[pick.below(len(_ROSETTES))]
    corner = list(_CORNERS)[pick.below(len(_CORNERS))]
    path = MOTIFS[field](pick) + _ROSETTES[rosette]() + _CORNERS[corner]()
    return TileDesign(motif=field, rosette=rosette, corner=corner, path=path)


def tile_svg(
    seed: bytes | str,
    *,
    size: int,
    foreground: str,
    background: str,
    title: str | None = None,
    motif: str | None = None,
) -> str:
    """One tile as an SVG document of `size` CSS pixels, in two colours; `background="none"` makes it fit for a mask.

    With a title it is an image to assistive technology, without one it is hidden from it.
    ValueError for a size under 1 or a colour that is not a plain CSS colour.
    """
    design = tile_design(seed, motif)
    ground = "" if background == "none" else f'<path fill="{_colour(background)}" d="M-50-50h100v100h-100z"/>'
    body = f'{ground}<path fill="{_colour(foreground)}" fill-rule="evenodd" d="{design.path}"/>'
    return _document(size, size, "-50 -50 100 100", body, title)


def tile_cover_svg(
    seed: bytes | str,
    width: int,
    height: int,
    *,
    foreground: str = "#1F4FD8",
    background: str = "#FBF7F0",
    second: str | None = None,
    tile: int = 120,
    title: str | None = None,
) -> str:
    """A floor of the seed's tiles, `width` by `height` pixels. With `second`, every other tile is laid in that colour.

    ValueError for a size or tile under 1 or a colour that is not a plain CSS colour.
    """
    if tile < 1:
        raise ValueError("tile must be at least 1")
    path, mark = tile_design(seed).path, _mark(seed)
    places = (
        (0, 0, foreground),
        (1, 0, second or foreground),
        (0, 1, second or foreground),
        (1, 1, foreground),
    )
    tiles = "".join(
        f'<svg x="{x * 100}" y="{y * 100}" width="100" height="100" viewBox="-50 -50 100 100">'
        f'<path fill="{_colour(colour)}" fill-rule="evenodd" d="{path}"/></svg>'
        for x, y, colour in places
    )
    scale = number(tile / 100)
    joints = f'<path d="M0 0h200v200h-200zM100 0v200M0 100h200" fill="none" stroke="{_colour(foreground)}" stroke-opacity=".18" stroke-width=".6"/>'
    body = (
        f'<defs><pattern id="{mark}" width="200" height="200" patternUnits="userSpaceOnUse" patternTransform="scale({scale})">'
        f'{tiles}{joints}</pattern></defs><path fill="{_colour(background)}" d="M0 0h{width}v{height}h-{width}z"/>'
        f'<path fill="url(#{mark})" d="M0 0h{width}v{height}h-{width}z"/>'
    )
    return _document(width, height, f"0 0 {width} {height}", body, title)


def _mark(seed: bytes | str) -> str:
    data = seed.encode() if isinstance(seed, str) else seed
    return "t" + hashlib.sha256(b"mark:" + data).hexdigest()[:10]


def _colour(value: str) -> str:
    if not _COLOUR.fullmatch(value):
        raise ValueError(f"not a plain CSS colour: {value!r}")
    return value


def _document(width: int, height: int, view_box: str, body: str, title: str | None) -> str:
    if width < 1 or height < 1:
        raise ValueError("width and height must be at least 1")
    role = 'role="img"' if title else 'aria-hidden="true"'
    name = f"<title>{escape(title)}</title>" if title else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{view_box}" {role}>{name}{body}</svg>'
