"""The grade Mozilla's HTTP Observatory gives: its published rules as data, over every kind of answer the program has.

What only the proxy can do (redirecting http to https) is looked at where the proxy is: this is the program's own part.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator, Mapping
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT
from balcao.web_app import web_app
from tests.factories.shops import PASSWORD, Shop, make_shop

# https://github.com/mozilla/http-observatory/blob/main/httpobs/docs/scoring.md, with the changes of 2024.
MODIFIERS: Mapping[str, int] = {
    "cookies-not-found": 0,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-secure-with-httponly-sessions": 0,
    "cookies-without-secure-flag-but-protected-by-hsts": -5,
    "cookies-session-without-secure-flag-but-protected-by-hsts": -10,
    "cookies-samesite-flag-invalid": -20,
    "cookies-anticsrf-without-samesite-flag": -20,
    "cookies-session-without-httponly-flag": -30,
    "cookies-session-without-secure-flag": -40,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-restricted-access": 0,
    "cross-origin-resource-sharing-implemented-with-universal-access": -50,
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline-in-style-src-only": 0,
    "csp-implemented-with-unsafe-eval": -10,
    "csp-implemented-with-insecure-scheme": -20,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-not-implemented": -25,
    "csp-header-invalid": -25,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "hsts-header-invalid": -20,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "referrer-policy-unsafe": -5,
    "referrer-policy-header-invalid": -5,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-but-no-scripts-loaded": 0,
    "sri-not-implemented-response-not-html": 0,
    "sri-not-implemented-but-external-scripts-loaded-securely": -5,
    "sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
    "x-content-type-options-nosniff": 0,
    "x-content-type-options-not-implemented": -5,
    "x-content-type-options-header-invalid": -5,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 0,
    "x-frame-options-not-implemented": -20,
    "cross-origin-resource-policy-implemented-with-same-origin": 10,
    "cross-origin-resource-policy-implemented-with-same-site": 10,
    "cross-origin-resource-policy-implemented-with-cross-origin": 0,
    "cross-origin-resource-policy-not-implemented": 0,
    "cross-origin-resource-policy-header-invalid": -5,
}
GRADES = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"), (45, "C-"),
          (40, "D+"), (30, "D"), (25, "D-"), (0, "F"))  # fmt: skip
BONUS_FROM = 90
SIX_MONTHS = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
UNSAFE_REFERRER = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}
SESSION_NAME = re.compile(r"sess|sid|token|auth|login|jsessionid|phpsessid", re.IGNORECASE)
CSRF_NAME = re.compile(r"csrf|xsrf", re.IGNORECASE)


def csp_of(header: str | None) -> dict[str, list[str]]:
    parts = [part.split() for part in (header or "").split(";") if part.strip()]
    return {name.lower(): values for name, *values in reversed(parts)}  # the first of a name counts


def csp_result(header: str | None) -> str:
    if header is None:
        return "csp-not-implemented"
    policy = csp_of(header)
    if not policy:
        return "csp-header-invalid"
    fallback = policy.get("default-src", ["*"])
    scripts, styles = policy.get("script-src", fallback), policy.get("style-src", fallback)
    objects = policy.get("object-src", fallback)
    # A nonce or a hash makes browsers pass over unsafe-inline.
    guarded = any(source.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for source in scripts)
    if ("'unsafe-inline'" in scripts and not guarded) or "data:" in scripts + objects or {"*", "http:", "https:"} & {*scripts, *objects}:  # fmt: skip
        return "csp-implemented-with-unsafe-inline"
    if any(source.startswith(("http:", "ftp:")) for values in policy.values() for source in values):
        return "csp-implemented-with-insecure-scheme"
    if "'unsafe-eval'" in scripts:
        return "csp-implemented-with-unsafe-eval"
    if "'unsafe-inline'" in styles:
        return "csp-implemented-with-unsafe-inline-in-style-src-only"
    return "csp-implemented-with-no-unsafe" + ("-default-src-none" if fallback == ["'none'"] else "")


def hsts_result(header: str | None) -> str:
    if header is None:
        return "hsts-not-implemented"
    found = re.fullmatch(r"max-age=(\d+)(?:;\s*includeSubDomains)?(?:;\s*preload)?", header, re.IGNORECASE)
    if found is None:
        return "hsts-header-invalid"
    return f"hsts-implemented-max-age-{'at-least' if int(found[1]) >= SIX_MONTHS else 'less-than'}-six-months"


def referrer_result(header: str | None) -> str:
    if header is None:
        return "referrer-policy-not-implemented"
    last = header.split(",")[-1].strip().lower()
    kind = "private" if last in PRIVATE else "unsafe" if last in UNSAFE_REFERRER else "header-invalid"
    return f"referrer-policy-{kind}"


def cookies_result(cookies: list[str], *, has_hsts: bool) -> str:
    if not cookies:
        return "cookies-not-found"
    worst, all_samesite = "cookies-secure-with-httponly-sessions", True
    for cookie in cookies:
        name, flags = cookie.partition("=")[0], [part.strip().lower() for part in cookie.split(";")[1:]]
        is_session = bool(SESSION_NAME.search(name))
        samesite = next((flag.partition("=")[2] for flag in flags if flag.startswith("samesite")), None)
        all_samesite = all_samesite and samesite in {"lax", "strict"}
        found = worst
        if samesite is not None and samesite not in {"lax", "strict", "none"}:
            found = "cookies-samesite-flag-invalid"
        if CSRF_NAME.search(name) and samesite is None:
            found = "cookies-anticsrf-without-samesite-flag"
        if "secure" not in flags:
            kind = "cookies-session-without-secure-flag" if is_session else "cookies-without-secure-flag"
            found = f"{kind}-but-protected-by-hsts" if has_hsts or not is_session else kind
        if is_session and "httponly" not in flags:
            found = "cookies-session-without-httponly-flag"
        worst = min(worst, found, key=MODIFIERS.__getitem__)
    return (
        f"{worst}-and-samesite"
        if worst == "cookies-secure-with-httponly-sessions" and all_samesite
        else worst
    )


class Scripts(HTMLParser):
    """Addresses of the scripts of a page, and whether each carries its checksum."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and given.get("src"):
            self.found.append((str(given["src"]), bool(given.get("integrity"))))


def sri_result(answer: httpx.Response) -> str:
    if "html" not in answer.headers.get("content-type", ""):
        return "sri-not-implemented-response-not-html"
    found = Scripts(answer.text).found
    if not found:
        return "sri-not-implemented-but-no-scripts-loaded"
    outside = [src for src, has_sum in found if src.startswith(("http:", "https:", "//")) and not has_sum]
    if any(src.startswith("http:") for src in outside):
        return "sri-not-implemented-and-external-scripts-not-loaded-securely"
    kind = "external-scripts-loaded-securely" if outside else "all-scripts-loaded-from-secure-origin"
    return f"sri-not-implemented-but-{kind}"


def results_of(answer: httpx.Response) -> list[str]:
    headers = answer.headers
    csp, sniff, frame = headers.get("content-security-policy"), headers.get("x-content-type-options"), headers.get("x-frame-options")  # fmt: skip
    resource, cors = headers.get("cross-origin-resource-policy"), headers.get("access-control-allow-origin")
    ancestors = csp_of(csp).get("frame-ancestors")
    framing = ("implemented-via-csp" if ancestors in (["'none'"], ["'self'"]) else
               "sameorigin-or-deny" if (frame or "").upper() in {"DENY", "SAMEORIGIN"} else "not-implemented")  # fmt: skip
    corp = "not-implemented" if resource is None else f"implemented-with-{resource}"
    shared = (
        "not-implemented"
        if cors is None
        else f"implemented-with-{'universal' if cors == '*' else 'restricted'}-access"
    )
    hsts = hsts_result(headers.get("strict-transport-security"))
    return [
        csp_result(csp),
        hsts,
        referrer_result(headers.get("referrer-policy")),
        cookies_result(headers.get_list("set-cookie"), has_hsts="at-least" in hsts),
        sri_result(answer),
        f"x-content-type-options-{'not-implemented' if sniff is None else 'nosniff' if sniff == 'nosniff' else 'header-invalid'}",
        f"x-frame-options-{framing}",
        f"cross-origin-resource-policy-{corp if f'cross-origin-resource-policy-{corp}' in MODIFIERS else 'header-invalid'}",
        f"cross-origin-resource-sharing-{shared}",
    ]


def score_of(results: list[str]) -> int:
    """Penalties first; bonuses only for whoever has 90 without them."""
    modifiers = [MODIFIERS[result] for result in results]
    bare = 100 + sum(modifier for modifier in modifiers if modifier < 0)
    return max(0, bare + sum(modifier for modifier in modifiers if modifier > 0)) if bare >= BONUS_FROM else max(0, bare)  # fmt: skip


def grade_of(answer: httpx.Response) -> str:
    score = score_of(results_of(answer))
    return next(grade for least, grade in GRADES if score >= least)


@pytest_asyncio.fixture
async def https(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """The program as it stands behind a proxy that speaks TLS."""
    settings = runtime.settings.model_copy(
        update={"api_base_url": "https://testserver", "cors_origins": "https://partner.example"}
    )
    app = web_app(dataclasses.replace(runtime, settings=settings, limiter=RateLimiter()))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://testserver") as client:
        yield client


async def sign_in(https: httpx.AsyncClient, shop: Shop) -> httpx.Response:
    form = {"email": shop.owner_email, "password": PASSWORD}
    return await https.post("/painel/entrar", data=form, headers={"Origin": "https://testserver"})


def pages_of(shop: Shop) -> dict[str, tuple[str, int]]:
    """Every kind of answer with its address and the status it must have, so that none is graded by mistake."""
    shop_url = f"/loja/{shop.tenant.slug}"
    return {
        "home": ("/", 200),
        "shop": (shop_url, 200),
        "privacy": (f"{shop_url}/privacidade", 200),
        "sign-in": ("/painel/entrar", 200),
        "docs": ("/docs", 200),
        "redoc": ("/redoc", 200),
        "schema": ("/openapi.json", 200),
        "lost page": (f"{shop_url}/nada/nada", 404),
        "lost everything": ("/nada", 404),
        "redirect": ("/painel", 303),
        "api": ("/api/v1/stores", 200),
        "api refused": ("/api/v1/admin/inventory", 401),
        "api lost": ("/api/v1/nada", 404),
        "health": ("/health/live", 200),
        "style": ("/static/css/base.css", 200),
        "script": ("/static/js/app.js", 200),
        "lost file": ("/static/nada.js", 404),
        "metrics": ("/metrics", 404),
    }


async def test_every_kind_of_answer_is_graded_a_plus(https: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=5)
    grades: dict[str, Any] = {}
    for name, (path, status) in pages_of(shop).items():
        https.cookies.clear()
        named = {"X-Tenant": shop.tenant.slug} if path.startswith("/api/") else {"Accept": "text/html"}
        answer = await https.get(path, headers=named)
        assert answer.status_code == status, (name, answer.status_code)
        if grade_of(answer) != "A+":
            grades[name] = results_of(answer)
    assert grades == {}
    assert score_of(results_of(await https.get("/painel/entrar"))) >= 125


async def test_panel_and_central_are_graded_a_plus_cookies_included(
    https: httpx.AsyncClient, runtime: Runtime
) -> None:
    shop = await make_shop(runtime)
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set slug = :slug where id = :id"),
            {"slug": PLATFORM_TENANT, "id": shop.tenant.id},
        )
    runtime.tenants.forget()
    try:
        entered = await sign_in(https, shop)
        assert entered.status_code == 303
        assert any(name.startswith("sess") for name in https.cookies) or entered.headers["set-cookie"]
        assert cookies_result(entered.headers.get_list("set-cookie"), has_hsts=True) == (
            "cookies-secure-with-httponly-sessions-and-samesite"
        )
        assert grade_of(entered) == "A+"
        for path in ("/painel/conta", "/central/operacoes", "/central/operacoes/agora", "/central/backups"):
            answer = await https.get(path)
            assert (answer.status_code, grade_of(answer)) == (200, "A+"), (path, results_of(answer))
    finally:
        async with platform_work(runtime.database) as session:
            await session.execute(
                text("update tenants set slug = :slug where id = :id"),
                {"slug": f"was-central-{uuid4().hex[:8]}", "id": shop.tenant.id},
            )
        runtime.tenants.forget()


async def test_refusals_of_the_edge_and_unchanged_answers_are_graded_a_plus(
    https: httpx.AsyncClient, shop: Shop
) -> None:
    headers = {"X-Tenant": shop.tenant.slug}
    first = await https.get("/api/v1/catalog", headers=headers)
    unchanged = await https.get(
        "/api/v1/catalog", headers={**headers, "If-None-Match": first.headers["etag"]}
    )
    crossed = await https.post(
        "/painel/entrar", headers={"Origin": "https://evil.example", "Cookie": "session=x"}
    )
    partner = await https.get("/api/v1/stores", headers={**headers, "Origin": "https://partner.example"})
    too_large = await https.post("/api/v1/checkout", headers={**headers, "Content-Length": "99999999"})
    limited = [await https.post("/api/v1/auth/login", json={}, headers=headers) for _ in range(12)][-1]
    for answer, status in (
        (first, 200), (unchanged, 304), (crossed, 403), (partner, 200), (too_large, 413), (limited, 429),
    ):  # fmt: skip
        assert (answer.status_code, grade_of(answer)) == (status, "A+"), results_of(answer)
    assert partner.headers["access-control-allow-origin"] == "https://partner.example"


async def test_over_plain_http_no_answer_promises_https(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live")
    assert "strict-transport-security" not in answer.headers
    assert "upgrade-insecure-requests" not in answer.headers["content-security-policy"]
    assert "server" not in answer.headers and "x-powered-by" not in answer.headers


GOOD = {
    "content-security-policy": "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    ("changed", "score"),
    [
        ({}, 130),
        ({"content-security-policy": "default-src 'self'; frame-ancestors 'none'"}, 125),
        ({"content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"}, 80),
        ({"content-security-policy": "default-src 'none'; script-src 'unsafe-eval'; frame-ancestors 'none'"}, 110),
        ({"content-security-policy": None}, 55),
        ({"strict-transport-security": None}, 80),
        ({"strict-transport-security": "max-age=300"}, 120),
        ({"strict-transport-security": "forever"}, 80),
        ({"x-content-type-options": None}, 125),
        ({"referrer-policy": "unsafe-url"}, 120),
        ({"cross-origin-resource-policy": "anything"}, 115),
        ({"access-control-allow-origin": "*"}, 50),
        ({"set-cookie": "session=1; Secure; HttpOnly; SameSite=Lax"}, 135),
        ({"set-cookie": "session=1; Secure; SameSite=Lax"}, 70),
        ({"set-cookie": "theme=1"}, 125),
    ],
)  # fmt: skip
def test_the_rules_find_what_is_wrong(changed: dict[str, str | None], score: int) -> None:
    headers = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    assert score_of(results_of(httpx.Response(200, headers=headers))) == score


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("/static/a.js", "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"),
        ("https://cdn.example/a.js", "sri-not-implemented-but-external-scripts-loaded-securely"),
        ("http://cdn.example/a.js", "sri-not-implemented-and-external-scripts-not-loaded-securely"),
    ],
)
def test_scripts_of_others_are_found(script: str, result: str) -> None:
    page = httpx.Response(
        200, headers={"content-type": "text/html"}, text=f'<script src="{script}"></script>'
    )
    assert sri_result(page) == result
