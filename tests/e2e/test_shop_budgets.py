"""What a first visit to the shop costs a buyer on a slow line: bytes, script, time to the picture, and nothing that jumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.page_checks import cdp

pytestmark = pytest.mark.e2e
ALL_BYTES, SCRIPT_BYTES = 120_000, 40_000
PAINT_MS, SHIFT = 1000, 0.02
MEASURE = """
globalThis.measured = { paint: 0, shift: 0 };
new PerformanceObserver((list) => { for (const entry of list.getEntries()) measured.paint = entry.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) measured.shift += entry.value; }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class Cost:
    """One first visit with an empty cache. Bytes as they came over the line, headers and compression counted."""

    all_bytes: int
    script_bytes: int
    picture_bytes: int
    paint_ms: float
    shift: float


def _first_visit(browser: Browser, url: str, width: int) -> Cost:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="pt-BR")
    page = context.new_page()
    page.add_init_script(MEASURE)
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def answered(event: dict[str, Any]) -> None:
        drawn_by_us = "/media/" not in event["response"]["url"]
        kinds[event["requestId"]] = (
            "Picture" if event["type"] == "Image" and not drawn_by_us else event["type"]
        )

    with cdp(page) as session:
        session.send("Network.enable")
        session.on("Network.responseReceived", answered)
        session.on(
            "Network.loadingFinished",
            lambda event: sizes.__setitem__(event["requestId"], int(event["encodedDataLength"])),
        )
        page.goto(url)
        page.wait_for_load_state("networkidle")
        measured = page.evaluate("measured")
    context.close()

    def weight(*wanted: str) -> int:
        return sum(size for request, size in sizes.items() if kinds.get(request) in wanted)

    pictures = weight("Picture")
    return Cost(
        sum(sizes.values()) - pictures, weight("Script"), pictures, measured["paint"], measured["shift"]
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_first_visit_stays_within_its_budget(base_url: str, browser: Browser, width: int) -> None:
    """The best of three visits counts for time and for what moves with it (letters that come late), because this machine
    does other things besides; for bytes each one."""
    visits = [_first_visit(browser, f"{base_url}/loja/padaria", width) for _ in range(3)]
    for cost in visits:
        assert 10_000 < cost.script_bytes <= SCRIPT_BYTES
        assert 50_000 < cost.all_bytes <= ALL_BYTES
        assert cost.picture_bytes > 0
    assert 0 < min(cost.paint_ms for cost in visits) <= PAINT_MS
    assert min(cost.shift for cost in visits) <= SHIFT
