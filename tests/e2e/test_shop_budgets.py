"""What a first visit to the shop costs a buyer on a slow line: bytes, script, time to the picture, and nothing that jumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

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
    """The best of three visits counts for time, because this machine does other things besides; for bytes and for what
    moves each one."""
    visits = [_first_visit(browser, f"{base_url}/loja/padaria", width) for _ in range(3)]
    for cost in visits:
        assert 10_000 < cost.script_bytes <= SCRIPT_BYTES
        assert 50_000 < cost.all_bytes <= ALL_BYTES
        assert cost.picture_bytes > 0
    assert 0 < min(cost.paint_ms for cost in visits) <= PAINT_MS
    assert max(cost.shift for cost in visits) <= SHIFT


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_letters_come_late(base_url: str, browser: Browser, width: int) -> None:
    """The page stands in letters of the system, drawn at our measures, until ours are there."""
    # Waiting for a condition inside the page takes eval, which our policy forbids.
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="pt-BR", bypass_csp=True)
    page = context.new_page()
    page.add_init_script(MEASURE)
    held: list[Route] = []
    page.route("**/*.woff2*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.goto(f"{base_url}/loja/padaria", wait_until="domcontentloaded")
    page.wait_for_function("measured.paint > 0")
    page.wait_for_timeout(500)  # the browser shows no letters at all for the first tenth of a second
    assert held and not page.evaluate("document.fonts.check('16px \"Instrument Sans\"')")
    for route in held:
        route.continue_()
    page.wait_for_function("document.fonts.check('16px \"Instrument Sans\"')")
    page.wait_for_load_state("networkidle")
    shift = page.evaluate("measured.shift")
    context.close()
    assert shift <= SHIFT


def test_the_slip_has_its_place_before_it_arrives(base_url: str, browser: Browser) -> None:
    """The slip is the last thing in the document, so the menu may be painted without it."""
    context = browser.new_context(viewport={"width": 1280, "height": 844}, locale="pt-BR")
    page = context.new_page()
    page.goto(f"{base_url}/loja/padaria")
    wide = "Math.round(document.querySelector('#main').getBoundingClientRect().width)"
    before = page.evaluate(wide)
    page.evaluate("document.querySelector('.aside').remove()")
    after = page.evaluate(wide)
    page.goto(f"{base_url}/loja/padaria/vila-mariana/sobre")
    alone = page.evaluate(wide)
    context.close()
    assert before == after < alone
