"""`GET /metrics`: who may read it, that it says what the reference says, and that its figures move."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
import pytest_asyncio
import structlog
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from balcao.cli.reference.book import ROOT
from balcao.cli.reference.metrics import every_series
from balcao.kernel.db.migrate import migrate
from balcao.kernel.figures import scrape
from balcao.kernel.figures.declared import Figures, read
from balcao.kernel.figures.scrape import Readings
from balcao.kernel.job_runner import build_queue
from balcao.kernel.module import Module
from balcao.kernel.observability.metrics import BULLETIN_LAG
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.registry import build_runtime
from balcao.web_app import web_app
from tests.factories.shops import Shop, make_shop
from tests.integration.store.ordering import cart, place

TOKEN = "a-token-of-monitoring-a-token-of-monitoring"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def _app_client(runtime: Runtime, host: str = "localhost", peer: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=web_app(runtime), client=(peer, 4711))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")


@pytest_asyncio.fixture
async def near(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on the same machine."""
    async with _app_client(runtime) as client:
        yield client


async def _samples(client: httpx.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def _key(name: str, **labels: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return f"balcao_{name}", tuple(sorted(labels.items()))


async def test_the_page_and_the_reference_name_the_same(near: httpx.AsyncClient) -> None:
    answer = await near.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = dict(re.findall(r"^# TYPE (\S+) (\S+)$", answer.text, re.MULTILINE))
    helped = dict(re.findall(r"^# HELP (\S+) (.+)$", answer.text, re.MULTILINE))
    declared = every_series()
    assert told == {one.name: one.kind for one in declared}
    assert helped == {one.name: one.help for one in declared}
    assert len(told) >= 60
    page = (ROOT / "docs/reference/metrics.md").read_text(encoding="utf-8")
    assert [one.name for one in declared if f"`{one.name}`" not in page] == []
    assert [one.name for one in declared if not one.unit or not one.help.endswith(".")] == []


async def test_every_sample_has_the_labels_it_was_declared_with(near: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500)
    assert (await place(near, shop, cart(shop, ("Pão", 1)))).status_code == 201
    declared = {one.name.removesuffix("_total"): one for one in every_series()}
    families = list(text_string_to_metric_families((await near.get("/metrics")).text))
    for family in families:
        wanted = set(declared[family.name].labels)
        found = {frozenset(sample.labels) - {"le"} for sample in family.samples}
        assert found <= {frozenset(wanted)}, family.name
    assert sum(len(family.samples) for family in families) < 10_000


@pytest.mark.parametrize(
    ("peer", "host", "headers", "status"),
    [
        ("127.0.0.1", "localhost", {}, 200),
        ("127.0.0.1", "127.0.0.1:8000", {}, 200),
        ("::1", "[::1]:8000", {}, 200),
        ("::1", "[::1]", {}, 200),
        ("127.0.0.1", "shop.example", {}, 404),
        ("127.0.0.1", "localhost", {"x-forwarded-for": "203.0.113.9"}, 404),
        ("127.0.0.1", "localhost", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("127.0.0.1", "localhost", {"x-real-ip": "203.0.113.9"}, 404),
        ("127.0.0.1", "localhost", {"via": "1.1 nginx"}, 404),
        ("203.0.113.9", "localhost", {}, 404),
        ("10.0.0.7", "127.0.0.1", {}, 404),
        ("203.0.113.9", "localhost", {"authorization": "Bearer "}, 404),
    ],
)
async def test_without_a_token_only_this_machine_reads(
    runtime: Runtime, peer: str, host: str, headers: dict[str, str], status: int
) -> None:
    async with _app_client(runtime, peer=peer) as client:
        answer = await client.get("/metrics", headers={"host": host, **headers})
    assert answer.status_code == status
    assert ("balcao_" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        ("", 404),
        ("Bearer", 404),
        (f"Basic {TOKEN}", 404),
        (f"Bearer {TOKEN}x", 404),
        (f"Bearer {TOKEN[:-1]}", 404),
        ("Bearer ação", 404),
    ],
)
@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.9"])
async def test_with_a_token_it_alone_counts(runtime: Runtime, peer: str, header: str, status: int) -> None:
    settings = runtime.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    async with _app_client(replace(runtime, settings=settings), peer=peer) as client:
        answer = await client.get("/metrics", headers={"authorization": header.encode()})
    assert answer.status_code == status


async def test_it_takes_nothing_from_a_buyers_allowance(runtime: Runtime, near: httpx.AsyncClient) -> None:
    seen: list[str] = []
    hit = runtime.limiter.hit_local

    def note(rule, *keys):
        seen.append(rule.name)
        return hit(rule, *keys)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime.limiter, "hit_local", note)
        await near.get("/metrics")
    assert seen == ["metrics"]


async def test_requests_are_counted_by_template_method_and_class(near: httpx.AsyncClient, shop: Shop) -> None:
    style = _key("http_request_seconds_count", method="GET", route="/aparencia/{slug}.css", status="2xx")
    wrong = _key("http_request_seconds_count", method="POST", route="/health", status="4xx")
    live = _key("http_request_seconds_count", method="GET", route="/health/live", status="2xx")
    sent = _key("http_response_bytes_sum", status="2xx")
    before = await _samples(near)
    answer = await near.get(f"/aparencia/{shop.tenant.slug}.css")
    await near.post("/health")
    await near.get("/health/live")
    await near.get("/api/v1/health/live")
    after = await _samples(near)
    assert after[style] - before.get(style, 0) == 1
    assert after[wrong] - before.get(wrong, 0) == 1
    assert after[live] - before.get(live, 0) == 2, "with and without /api/v1 is one route"
    assert after[sent] - before[sent] >= int(answer.headers["content-length"])
    assert after[_key("http_requests_in_flight")] >= 1


async def test_addresses_and_methods_without_end_share_one_label(near: httpx.AsyncClient) -> None:
    await near.get("/one-more")
    await near.request("BREW", "/health")
    before = await _samples(near)
    for number in range(25):
        assert (await near.get(f"/{uuid4().hex}/{number}")).status_code == 404
        await near.request(f"BREW{number}", "/health")
        await near.get(f"/loja/{uuid4().hex}")
    after = await _samples(near)
    unmatched = _key("http_request_seconds_count", method="GET", route="unmatched", status="4xx")
    assert after[unmatched] - before[unmatched] == 25
    fresh = {
        labels for name, labels in set(after) - set(before) if name == "balcao_http_request_seconds_count"
    }
    assert {dict(labels)["route"] for labels in fresh} <= {"/loja/{tenant}"}
    assert not [labels for _, labels in after if "BREW" in str(labels)]


async def test_cache_and_database_figures_move(near: httpx.AsyncClient, shop: Shop, runtime: Runtime) -> None:
    await shop.add_product("Pão", 500)
    before = await _samples(near)
    for _ in range(3):
        answer = await near.get("/catalog", headers={"x-tenant": shop.tenant.slug})
        assert answer.status_code == 200
    after = await _samples(near)
    hits, misses = _key("cache_hits_total"), _key("cache_misses_total")
    assert after[misses] - before[misses] >= 1
    assert after[hits] - before[hits] >= 2
    statements = [_key("db_statement_seconds_count", kind=kind) for kind in ("statement", "value", "batch")]
    assert sum(after[key] - before[key] for key in statements) >= 1
    assert after[_key("db_pool_size")] == runtime.settings.database_pool_size
    assert after[_key("db_size_bytes")] > 1_000_000
    assert after[_key("disk_total_bytes")] > after[_key("disk_free_bytes")] > 0
    assert after[_key("process_resident_bytes")] > 10_000_000
    assert 0 < after[_key("process_open_files")] <= after[_key("process_open_files_limit")]


async def test_an_order_shows_in_the_business_figures(runtime: Runtime, shop: Shop) -> None:
    await shop.add_product("Pão", 1234)
    async with _app_client(runtime) as fresh:
        before = await _samples(fresh)
        answer = await place(fresh, shop, cart(shop, ("Pão", 2)))
        assert answer.status_code == 201
    total = answer.json()["order"]["total_cents"]
    async with _app_client(runtime) as fresh:
        after = await _samples(fresh)

    def grown(name: str, **labels: str) -> float:
        return after[_key(name, **labels)] - before.get(_key(name, **labels), 0)

    status = answer.json()["order"]["status"]
    by_status = [
        after[key] - before.get(key, 0)
        for key in after
        if key[0] == "balcao_orders_last_day" and dict(key[1])["status"] == status
    ]
    assert (grown("orders_placed_total"), sum(by_status)) == (1, 1)
    assert grown("orders_open", status=status) == 1
    assert grown("revenue_last_day_cents") == (0 if status == "awaiting_payment" else total)
    assert sum(after[key] - before.get(key, 0) for key in after if key[0] == "balcao_payments_last_day") == 1


@pytest_asyncio.fixture
async def house(settings: Settings, database_url: str) -> AsyncIterator[Runtime]:
    """An installation whose queue nobody else fills."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("drop database if exists balcao_metrics")
        connection.execute("create database balcao_metrics")
    url = urlsplit(database_url)._replace(path="/balcao_metrics").geturl()
    migrate(url)
    runtime = build_runtime(settings, url)
    yield runtime
    await runtime.close()


async def test_jobs_are_told_by_task_and_queue(house: Runtime) -> None:
    runtime, shop = house, await make_shop(house)
    await shop.add_product("Pão", 500)
    customer = {"name": "Ana Souza", "phone": "(11) 98765-4321", "email": "ana@example.com"}
    async with _app_client(runtime) as client:
        assert (await place(client, shop, cart(shop, ("Pão", 1), customer=customer))).status_code == 201
        waiting = await _samples(client)
    task = "store.tell_buyer_of_new_order"
    known = [dict(key[1]) for key in waiting if key[0] == "balcao_jobs"]
    assert [labels for labels in known if labels["status"] == "todo" and task in labels["task"]]
    assert waiting[_key("queue_ready", queue="now")] >= 1
    assert waiting[_key("queue_oldest_seconds", queue="now")] >= 0
    queue = build_queue(runtime)
    async with queue.open_async():
        await queue.run_worker_async(wait=False, install_signal_handlers=False)
    async with _app_client(runtime) as client:
        done = await _samples(client)
    runs = [
        done[key] - waiting.get(key, 0)
        for key in done
        if key[0] == "balcao_job_seconds_count" and task in dict(key[1])["task"]
    ]
    assert sum(runs) >= 1
    assert done[_key("queue_ready", queue="now")] == 0
    assert [key for key in done if key[0] == "balcao_jobs" and dict(key[1])["status"] == "todo"] == []
    sent = _key(
        "provider_call_seconds_count", port="email", provider="mailbox", operation="send", outcome="ok"
    )
    assert done[sent] - waiting.get(sent, 0) == 1


async def test_the_way_of_a_change_through_the_database_is_timed(runtime: Runtime) -> None:
    def heard() -> float:
        return next(s.value for m in BULLETIN_LAG.collect() for s in m.samples if s.name.endswith("_count"))

    before = heard()
    for _ in range(200):  # the first posting may find the line not yet open
        runtime.bulletin.post(uuid4(), ["a topic of this test"])
        await asyncio.sleep(0.05)
        if heard() > before:
            break
    assert heard() > before


async def test_a_database_that_does_not_answer_leaves_the_rest(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _app_client(runtime) as client:
        with monkeypatch.context() as patch:
            patch.setattr(scrape, "platform_work", _lost)
            lost = await _samples(client)
    assert _key("queue_ready", queue="now") in lost
    assert _key("orders_placed_total") not in lost
    assert lost[_key("http_requests_in_flight")] >= 1
    async with _app_client(runtime) as client:
        again = await _samples(client)
    assert again[_key("scrape_failures_total", part="store")] >= 1
    assert _key("orders_placed_total") in again


def _lost(*_args: object, **_named: object) -> object:
    raise ConnectionError("postgresql://owner:senha@db.example")


async def test_a_question_is_asked_once_within_its_time(runtime: Runtime) -> None:
    series = read("gauge", "asked", "The moment of asking.", "microseconds")
    statement = "select 'asked', array[]::text[], extract(epoch from clock_timestamp()) * 1000000"
    readings = Readings(runtime.database, [Figures("asked", (series,), statement, max_age=60)])
    first, *others = await asyncio.gather(*(readings.read() for _ in range(5)))
    assert {other[0].samples[0].value for other in others} == {first[0].samples[0].value}
    hasty = Readings(runtime.database, [Figures("asked", (series,), statement, max_age=0)])
    one, two = await hasty.read(), await hasty.read()
    assert one[0].samples[0].value < two[0].samples[0].value


async def test_a_slow_question_is_cut_off(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrape, "ASK_WITHIN_MS", 50)
    slow = "select 'slow', array[]::text[], 1 from pg_sleep(20)"
    series = (read("gauge", "slow", "Never told.", "times"),)
    for of_server in (True, False):
        readings = Readings(runtime.database, [Figures("slow", series, slow, of_server=of_server)])
        assert await asyncio.wait_for(readings.read(), 10) == []


async def test_no_figure_names_a_business(near: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão Secretíssimo", 500)
    await place(near, shop, cart(shop, ("Pão Secretíssimo", 1)))
    page = (await near.get("/metrics")).text
    assert [word for word in (shop.tenant.slug, str(shop.tenant.id), "Secretíssimo") if word in page] == []


def test_modules_bring_figures_of_their_own(runtime: Runtime) -> None:
    with_figures = {module.name for module in runtime.modules if module.metrics}
    assert with_figures >= {"store", "contacts", "messaging", "payments"}
    assert Module.__dataclass_fields__["metrics"].default == ()


async def test_who_is_not_let_in_stands_in_the_security_log(
    near: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    crossed = {"authorization": f"Bearer {shop.token}", "x-tenant": other_shop.tenant.slug}
    forged = {"authorization": f"Bearer {shop.token[:-6]}AAAAAA", "x-tenant": shop.tenant.slug}
    before = await _samples(near)
    with structlog.testing.capture_logs() as lines:
        assert (await near.get("/admin/orders", headers=crossed)).status_code == 403
        assert (await near.get("/admin/orders", headers=forged)).status_code == 401
    events = {line["event"]: line for line in lines}
    assert events["cross_tenant_try"]["tenant"] == shop.tenant.slug
    assert (events["forbidden"]["client"], events["forbidden"]["route"]) == ("127.0.0.0", "/admin/orders")
    assert events["signature_refused"]["of"] == "session"
    assert shop.token not in str(lines)
    after = await _samples(near)
    for event in ("cross_tenant_try", "forbidden", "signature_refused"):
        key = _key("security_events_total", event=event)
        assert after[key] - before.get(key, 0) == 1
