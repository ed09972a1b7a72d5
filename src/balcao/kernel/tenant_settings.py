"""What a business says about itself: its name, its colour and its clock. Written through the platform door.

A colour is accepted when a link in it can be read on both papers after the style sheet bounded its lightness (tokens.css:
`--accent-of-tenant`), so the same bounds stand here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, cos, hypot, sin
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select

from balcao.kernel.actor import Actor
from balcao.kernel.bulletin import PLATFORM, Bulletin
from balcao.kernel.db.engine import Database
from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.platform_work import platform_work
from balcao.kernel.tenants import TENANTS_TOPIC, TenantRow

PAPER = "#FBF7F0"
DARK_PAPER = "#15130F"
MIN_CONTRAST = 4.5
"""What text needs: the accent colours links too."""
LIGHT_CEILING, DARK_FLOOR, DARK_CHROMA = 0.53, 0.76, 0.14
NAME_LENGTH = 80
_HEX = re.compile(r"#[0-9a-f]{6}")

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class AccentContrast:
    """Contrast (WCAG 2, 1 to 21) of the accent as it is shown on the light and on the dark paper."""

    light: float
    dark: float

    @property
    def is_enough(self) -> bool:
        """True when a link in the accent can be read on both."""
        return min(self.light, self.dark) >= MIN_CONTRAST


def accent_contrast(accent: str) -> AccentContrast:
    """How well `#rrggbb` stands out once its lightness is bounded as the style sheet bounds it."""
    lightness, chroma, hue = _oklch(_linear(accent))
    light = _rgb(min(lightness, LIGHT_CEILING), chroma, hue)
    dark = _rgb(max(lightness, DARK_FLOOR), min(chroma, DARK_CHROMA), hue)
    return AccentContrast(_contrast(light, _linear(PAPER)), _contrast(dark, _linear(DARK_PAPER)))


async def update_appearance(
    database: Database, bulletin: Bulletin, tenant_id: UUID, changes: Mapping[str, Any], *, actor: Actor
) -> TenantRow:
    """Changes `name`, `accent` (None: the house colour) and `timezone` of a tenant; every process hears of it.

    `actor` is who does, for the audit trail.

    Raises ValidationFailedError, NotFoundError.
    """
    clean = _clean(changes)
    async with platform_work(database, actor=actor) as session:
        query = select(TenantRow).where(TenantRow.id == tenant_id).with_for_update()
        row = (await session.execute(query)).scalar_one_or_none()
        if row is None:
            raise NotFoundError
        for name, value in clean.items():
            setattr(row, name, value)
        await session.flush()
        session.expunge(row)
    bulletin.post(PLATFORM, [TENANTS_TOPIC])
    bulletin.post(tenant_id, ["catalog"])
    return row


def _clean(changes: Mapping[str, Any]) -> dict[str, Any]:
    errors: list[dict[str, str]] = []
    clean: dict[str, Any] = dict(changes)
    if "name" in clean:
        # It stands in subjects of letters: one line, and nothing in it that cannot be seen.
        clean["name"] = " ".join(str(clean["name"]).split())
        if not 1 <= len(clean["name"]) <= NAME_LENGTH or not clean["name"].isprintable():
            errors.append({"pointer": "/name", "message": "Give the business a name of up to 80 characters."})
    if clean.get("accent") is not None:
        clean["accent"] = str(clean["accent"]).strip().lower()
        if not _HEX.fullmatch(clean["accent"]):
            errors.append({"pointer": "/accent", "message": "A colour is # and six hexadecimal digits."})
        elif not accent_contrast(clean["accent"]).is_enough:
            errors.append(
                {
                    "pointer": "/accent",
                    "message": "Words in this colour cannot be read on the page. Choose a darker one.",
                }
            )
    if "timezone" in clean and clean["timezone"] not in available_timezones():
        message = "Choose a time zone of the list, such as America/Sao_Paulo."
        errors.append({"pointer": "/timezone", "message": message})
    if errors:
        raise ValidationFailedError(errors)
    return clean


def _linear(text: str) -> Rgb:
    """Linear light of an sRGB colour."""

    def channel(at: int) -> float:
        value = int(text[at : at + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return channel(1), channel(3), channel(5)


def _oklch(rgb: Rgb) -> tuple[float, float, float]:
    """Lightness, chroma and hue (radians) in Oklab (Björn Ottosson, 2020)."""
    r, g, b = rgb
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, hypot(green_red, blue_yellow), atan2(blue_yellow, green_red)


def _rgb(lightness: float, chroma: float, hue: float) -> Rgb:
    """Linear light again; what a screen cannot show is cut off, as browsers may do."""
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in channels)
    return red, green, blue


def _contrast(one: Rgb, other: Rgb) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return round((high + 0.05) / (low + 0.05), 2)


def _luminance(rgb: Rgb) -> float:
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
