"""Outlines the tiles are made of: every function returns SVG path data around a centre, angles clockwise from straight up."""

from __future__ import annotations

import math
from collections.abc import Callable

Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def pair(point: Point) -> str:
    """A point as path data."""
    return f"{number(point[0])} {number(point[1])}"


def polar(radius: float, degrees: float, centre: Point = (0.0, 0.0)) -> Point:
    """A point at `radius` from the centre, `degrees` clockwise from straight up."""
    angle = math.radians(degrees - 90)
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def circle(radius: float, centre: Point = (0.0, 0.0)) -> str:
    """A circle of two arcs."""
    top, bottom = (centre[0], centre[1] - radius), (centre[0], centre[1] + radius)
    r = number(radius)
    return f"M{pair(top)}A{r} {r} 0 0 1 {pair(bottom)}A{r} {r} 0 0 1 {pair(top)}Z"


def polygon(points: list[Point]) -> str:
    """A closed outline through the points."""
    return "M" + "L".join(pair(point) for point in points) + "Z"


def star(points: int, outer: float, inner: float, turn: float = 0.0, centre: Point = (0.0, 0.0)) -> str:
    """A star of so many points, its first tip `turn` degrees from straight up."""
    step = 180 / points
    return polygon(
        [polar(outer if i % 2 == 0 else inner, turn + i * step, centre) for i in range(2 * points)]
    )


def petal(
    degrees: float, start: float, end: float, width: float, centre: Point = (0.0, 0.0), belly: float = 0.5
) -> str:
    """A pointed leaf from radius `start` to `end`; `belly` says where along it the leaf is widest."""
    length = end - start
    angle = math.degrees(math.atan2(width, start + length * belly))
    wide = math.hypot(start + length * belly, width)
    left, right = polar(wide, degrees - angle, centre), polar(wide, degrees + angle, centre)
    foot, tip = polar(start, degrees, centre), polar(end, degrees, centre)
    return f"M{pair(foot)}Q{pair(left)} {pair(tip)}Q{pair(right)} {pair(foot)}Z"


def drop(degrees: float, start: float, end: float, width: float, centre: Point = (0.0, 0.0)) -> str:
    """A round-headed petal: a point at `start`, a half circle of radius `width` that ends at `end`."""
    head = end - width
    left, right = beside(head, degrees, -width, centre), beside(head, degrees, width, centre)
    foot, r = polar(start, degrees, centre), number(width)
    return f"M{pair(foot)}L{pair(left)}A{r} {r} 0 0 1 {pair(right)}Z"


def beside(radius: float, degrees: float, aside: float, centre: Point = (0.0, 0.0)) -> Point:
    """The point at `radius` along `degrees`, moved `aside` units to its right."""
    base = polar(radius, degrees, centre)
    angle = math.radians(degrees)
    return base[0] + aside * math.cos(angle), base[1] + aside * math.sin(angle)


def lobes(count: int, radius: float, turn: float = 0.0, centre: Point = (0.0, 0.0)) -> str:
    """A ring of outward half circles, as the edge of a lace cloth."""
    step = 360 / count
    points = [polar(radius, turn + i * step, centre) for i in range(count)]
    r = number(radius * math.sin(math.radians(step / 2)) * 1.02)
    arcs = "".join(f"A{r} {r} 0 0 1 {pair(points[(i + 1) % count])}" for i in range(count))
    return f"M{pair(points[0])}{arcs}Z"


def around(count: int, draw: Callable[[float], str], turn: float = 0.0) -> str:
    """The same drawing so many times around the centre."""
    return "".join(draw(turn + i * 360 / count) for i in range(count))
