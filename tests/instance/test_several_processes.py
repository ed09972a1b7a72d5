"""Two processes that serve and two that work, on one database: nothing is known to one of them only."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from balcao.cli.bench.chaos_mail import MailSink
from balcao.cli.bench.chaos_parts import Part, redis_part
from balcao.kernel.db.embedded import EmbeddedPostgres
from tests.instance.several import (
    Several,
    eventually,
    goods,
    listening,
    order,
    owner,
    price_seen,
    raise_price,
)

ORDERS = 24
COHERENT_SECONDS = 1.0


@pytest.fixture
def database(make_copy: Callable[[str], Path]) -> Iterator[tuple[Path, str]]:
    data = make_copy("data")
    server = EmbeddedPostgres(data / "postgres")
    server.start()
    yield data, server.database_url()
    server.stop()


@pytest.fixture
def several(database: tuple[Path, str], tmp_path: Path) -> Iterator[Several]:
    data, url = database
    processes = Several(tmp_path, data, url)
    yield processes
    processes.stop()


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")
def test_with_redis_they_count_and_remember_as_one_and_go_on_when_it_dies(several: Several) -> None:
    redis, address = redis_part(several.folder)
    several.add(redis)
    several.settings = {"REDIS_URL": address, "CACHE_BYTES": "1000000"}
    one, other = several.serve(), several.serve()
    with MailSink(delay_seconds=0.02) as sink:
        several.work(**sink.environment())
        several.work(**sink.environment())
        several.wait()
        store, product = goods(one)
        boss = owner(one)
        _a_price_is_seen_at_once(boss, one, other, product)
        _each_mail_goes_out_once(several, sink, (one, other), store, product)
        _live_pages_hear_of_the_other_process(owner(other), one, store, product)
        _without_redis_they_go_on(several, redis, boss, (one, other), store, product)
    assert "Traceback" not in several.said()


def _a_price_is_seen_at_once(boss: httpx.Client, one: str, other: str, product: str) -> None:
    for base in (one, other, one):
        price_seen(base, product)  # both hold the catalogue
    for _ in range(3):
        price = raise_price(boss, product)
        assert eventually(lambda price=price: price_seen(one, product) == price, seconds=COHERENT_SECONDS)
        assert eventually(lambda price=price: price_seen(other, product) == price, seconds=COHERENT_SECONDS)


def _each_mail_goes_out_once(
    several: Several, sink: MailSink, bases: tuple[str, str], store: str, product: str
) -> None:
    buyers = [f"compra{number}@cliente.example" for number in range(ORDERS)]
    for number, buyer in enumerate(buyers):
        order(bases[number % 2], store, product, email=buyer)
    wanted = "select count(*) from messages where channel = 'email' and recipient like 'compra%'"
    assert eventually(lambda: len(sink.recipients) == ORDERS and _idle(several.database_url)), several.said()
    with psycopg.connect(several.database_url) as connection:
        assert (
            connection.execute(f"{wanted} and status = 'sent'").fetchone()
            == connection.execute(wanted).fetchone()
        )  # type: ignore[arg-type]
        workers = connection.execute(
            "select count(distinct worker_id) from procrastinate_jobs where task_name = 'messaging.send_email' "
            "and status = 'succeeded'"
        ).fetchone()
    assert all(count == 1 for count in sink.accepted.values())
    assert workers == (2,), "both took their part"


def _live_pages_hear_of_the_other_process(boss: httpx.Client, one: str, store: str, product: str) -> None:
    with listening(boss) as heard:
        assert eventually(lambda: heard == ["order.changed"])  # what is told when the line opens
        order(one, store, product)
        assert eventually(lambda: "order.placed" in heard), heard


def _without_redis_they_go_on(
    several: Several, redis: Part, boss: httpx.Client, bases: tuple[str, str], store: str, product: str
) -> None:
    redis.kill()
    for number in range(6):
        order(bases[number % 2], store, product)
    one, other = bases
    price = raise_price(boss, product)
    assert eventually(lambda: price_seen(other, product) == price, seconds=COHERENT_SECONDS)
    redis.start()
    redis.wait()
    price = raise_price(boss, product)
    assert eventually(lambda: price_seen(other, product) == price, seconds=COHERENT_SECONDS)
    assert eventually(lambda: price_seen(one, product) == price, seconds=COHERENT_SECONDS)


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")
def test_a_limit_is_one_limit_however_many_serve(several: Several) -> None:
    redis, address = redis_part(several.folder)
    several.add(redis)
    several.settings = {"REDIS_URL": address, "RATE_LIMIT_SCALE": "1"}
    bases = several.serve(), several.serve()
    several.wait()
    # Ten sign-ins a minute and address, whether good or bad.
    said = [_wrong_sign_in(bases[number % 2]) for number in range(14)]
    assert sorted(set(said)) == [401, 429]
    assert said.count(401) == 10


def _wrong_sign_in(base: str) -> int:
    body = {"email": "ninguem@carga-0001.example", "password": "errada-demais"}
    return httpx.post(f"{base}/auth/login", json=body, headers={"X-Tenant": "carga-0001"}).status_code


def test_without_redis_a_change_reaches_the_other_process(several: Several) -> None:
    one, other = several.serve(), several.serve()
    several.wait()
    _, product = goods(one)
    _a_price_is_seen_at_once(owner(one), one, other, product)


def _idle(url: str) -> bool:
    """Nothing waits for a worker, and nobody works."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "select count(*) from procrastinate_jobs where queue_name = 'now' and status in ('todo', 'doing') "
            "and task_name not like 'kernel.%' and task_name not like 'schedule:%' "
            "and coalesce(scheduled_at, now()) <= now()"
        ).fetchone()
    return row == (0,)
