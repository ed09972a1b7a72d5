"""What every page in a browser test is held to: a quiet console, our own host alone, and no barrier that axe can find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel.messages.pofile import read_po
from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, Request, Response

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SOURCE = Path(__file__).parents[2] / "src" / "balcao"
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (390, "dark"))
LEFT_BY_THE_PAGE = "net::ERR_ABORTED"  # a stream or a fetch that ends because its page was left
# The policy's own event, told to Python: a violation is known even where the browser keeps its console quiet.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  globalThis.tellViolation?.(`${event.effectiveDirective} refused ${event.blockedURI || "inline"} in ${event.documentURI}`);
});
"""
# Nothing may be measured while it still moves: half-faded text has half its contrast.
SETTLE = """
async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish();
  }
}
"""
# What a shop wrote itself is in its own language: names of its goods, people, groups and messages.
SEEN_TEXTS = """
() => {
  const texts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const place = walker.currentNode.parentElement;
    if (!place.closest("script, style, svg, noscript, [lang]:not(html)")) texts.add(walker.currentNode.textContent.trim());
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    document.querySelectorAll(`[${name}]`).forEach((each) => texts.add(each.getAttribute(name).trim()));
  return [...texts];
}
"""


@dataclass
class Watch:
    """Everything that should not happen on a page, as readable lines in `problems`."""

    base: str
    problems: list[str] = field(default_factory=list)
    expected: set[tuple[int, str]] = field(default_factory=set)

    def assert_clean(self) -> None:
        """No console error, script error, policy violation, foreign request, or failed request so far."""
        assert self.problems == [], "\n".join(self.problems)

    @contextmanager
    def expecting(self, status: int, path: str) -> Iterator[None]:
        """Inside, the document at `path` may answer `status` (a page that says no, visited on purpose)."""
        rule = (status, self.base + path)
        self.expected.add(rule)
        yield
        self.expected.discard(rule)

    def _heard(self, message: ConsoleMessage) -> None:
        said_of = (message.location or {}).get("url", "")
        if message.type == "error" and not any(
            said_of == url and f"status of {status}" in message.text for status, url in self.expected
        ):
            self.problems.append(f"console: {message.text} ({said_of})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")) and request.url != self.base:
            self.problems.append(f"request to another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT_BY_THE_PAGE:
            self.problems.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and (response.status, response.url) not in self.expected:
            self.problems.append(f"answered {response.status}: {response.request.method} {response.url}")


def watch(page: Page, base: str) -> Watch:
    """Starts watching; call it before the first `goto`. `base` is the installation's address without a slash."""
    seen = Watch(base.rstrip("/"))
    page.expose_function("tellViolation", lambda text: seen.problems.append(f"policy: {text}"))
    page.add_init_script(TELL_VIOLATIONS)
    page.on("console", seen._heard)
    page.on("pageerror", lambda error: seen.problems.append(f"script: {error}"))
    page.on("request", seen._asked)
    page.on("requestfailed", seen._failed)
    page.on("response", seen._answered)
    return seen


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


@contextmanager
def cdp(page: Page) -> Iterator[CDPSession]:
    """A session of the browser's own protocol, closed afterwards."""
    context: BrowserContext = page.context
    session = context.new_cdp_session(page)
    try:
        yield session
    finally:
        session.detach()


def violations(page: Page, within: str | None = None) -> list[str]:
    """What axe finds on the page as it stands, one line per rule with the elements. `within` is a CSS selector.

    axe runs in a world of its own beside the page's: our policy stays as strict as for any visitor, and the page
    cannot see it.
    """
    page.evaluate(SETTLE)
    with cdp(page) as session:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
        place = {"contextId": world["executionContextId"], "returnByValue": True}
        _value(session.send("Runtime.evaluate", {"expression": f"{_axe_source()};0", **place}))
        where = "document" if within is None else f"document.querySelector({within!r})"
        options = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
        told = "r.violations.map(v => [v.id, v.help, v.nodes.map(n => n.target.join(' ') + ' ← ' + n.any.concat(n.all, n.none).map(c => c.message).join('; '))])"
        found = session.send(
            "Runtime.evaluate",
            {
                "expression": f"axe.run({where}, {_as_js(options)}).then(r => {told})",
                "awaitPromise": True,
                **place,
            },
        )
    return [f"{rule}: {words}\n    " + "\n    ".join(nodes[:12]) for rule, words, nodes in _value(found)]


def faults(page: Page, about: str, within: str | None = None) -> list[str]:
    """Barriers on a wide screen in the light and on a phone in the dark, and anything wider than the screen.

    `within` is for a menu that hangs over a page one may still touch: what it half covers is not meant to be hit.
    """
    told: list[str] = []
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=theme)
        told += [f"{about} at {width} {theme}: {fault}" for fault in violations(page, within)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            told.append(f"{about} at {width}: wider than the screen")
    return told


def catalogue() -> dict[str, str]:
    """Every English text with its Portuguese, where the two differ."""
    words: dict[str, str] = {}
    for path in sorted(SOURCE.glob("**/locale/pt_BR.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="pt_BR"):
                if message.id and message.id != message.string:
                    words[str(message.id)] = str(message.string)
    return words


def _as_js(value: Any) -> str:
    return repr(value).replace("'", '"')


def _value(answer: dict[str, Any]) -> Any:
    if "exceptionDetails" in answer:
        raise AssertionError(f"axe could not run: {answer['exceptionDetails']}")
    return answer["result"].get("value")


def assert_accessible(page: Page, about: str = "", *, within: str | None = None) -> None:
    """Fails with every rule that the page breaks and where; `about` names the situation in the message."""
    found = violations(page, within)
    assert not found, f"{about or page.url}:\n" + "\n".join(found)


def assert_accessible_in_both_themes(page: Page, about: str = "") -> None:
    """The same page in light and in dark, without loading it again."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert_accessible(page, f"{about or page.url} ({theme})")
