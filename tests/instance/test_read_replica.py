"""A real hot standby: asked while it is fresh, left alone while it is behind, missed by nobody when it dies."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest

from balcao.cli.bench.chaos_parts import PostgresPart
from balcao.kernel.db.embedded import EmbeddedPostgres, binaries
from balcao.kernel.db.server_account import server_account
from tests.instance.several import Several, eventually, goods, order, owner

LIST = "/orders?limit=1"
LAG_SECONDS = 3


@pytest.fixture
def primary(make_copy: Callable[[str], Path]) -> Iterator[tuple[Path, str]]:
    data = make_copy("data")
    server = EmbeddedPostgres(data / "postgres")
    server.start()
    yield data, server.database_url()
    server.stop()


@pytest.fixture
def standby(primary: tuple[Path, str]) -> Iterator[PostgresPart]:
    data, url = primary
    [socket] = parse_qs(urlsplit(url).query)["host"]
    folder = data.parent / "standby"
    folder.mkdir(mode=0o700)
    account = server_account(data / "postgres", binaries())
    account.give(folder)
    command = [
        str(binaries() / "pg_basebackup"), "-h", socket, "-U", "postgres", "-D", str(folder), "-R", "-c", "fast",
        "-X", "stream",
    ]  # fmt: skip
    with (data.parent / "basebackup.log").open("wb") as log:
        made = account.launch(command, log)
        assert made.wait(60) == 0, (data.parent / "basebackup.log").read_text()
    part = PostgresPart(folder)
    part.start()
    part.url = part.url or url
    yield part
    part.server.stop_orphan()
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_it_answers_while_it_is_fresh_and_is_not_missed(
    primary: tuple[Path, str], standby: PostgresPart, tmp_path: Path
) -> None:
    data, url = primary
    settings = {"DATABASE_READ_URL": standby.url, "DATABASE_READ_MAX_LAG_SECONDS": str(LAG_SECONDS)}
    several = Several(tmp_path, data, url, settings)
    try:
        one, other = several.serve(), several.serve()
        several.wait()
        store, product = goods(one)
        boss, second = owner(one), owner(other)
        _answers(one, boss)
        _never_what_was_before_a_change(boss, second, one, store, product)
        _not_while_its_replay_is_paused(standby, boss, second, one, store, product)
        _answers(one, boss)
        _not_missed_when_it_dies(standby, boss, one, store, product)
        assert "Traceback" not in several.said()
    finally:
        several.stop()


def _reads(base: str, place: str) -> int:
    """How many reads were answered there, as /metrics tells."""
    told = httpx.get(f"{base}/metrics", timeout=20).raise_for_status().text
    found = re.findall(rf'balcao_db_replica_reads_total{{[^}}]*place="{place}"[^}}]*}} (\S+)', told)
    return int(sum(float(one) for one in found))


def _answers(base: str, boss: httpx.Client) -> None:
    """Once nobody has written for a moment, the replica answers."""

    def asked() -> bool:
        before = _reads(base, "replica")
        boss.get(LIST).raise_for_status()
        return _reads(base, "replica") > before

    assert eventually(asked, every=0.2), httpx.get(f"{base}/metrics").text


def _newest(client: httpx.Client) -> str:
    return client.get(LIST).raise_for_status().json()["items"][0]["id"]


def _never_what_was_before_a_change(
    boss: httpx.Client, second: httpx.Client, one: str, store: str, product: str
) -> None:
    for _ in range(5):
        placed = order(one, store, product)["id"]
        assert _newest(boss) == placed, "the process that took it shows it at once"
        assert _newest_asked_freshly(second) == placed, "and so does any other, when asked for it"
        assert eventually(lambda placed=placed: _newest(second) == placed, seconds=LAG_SECONDS)


def _newest_asked_freshly(client: httpx.Client) -> str:
    answer = client.get(LIST, headers={"Cache-Control": "no-cache"})
    return answer.raise_for_status().json()["items"][0]["id"]


def _not_while_its_replay_is_paused(
    standby: PostgresPart, boss: httpx.Client, second: httpx.Client, one: str, store: str, product: str
) -> None:
    _say(standby, "select pg_wal_replay_pause()")
    placed = order(one, store, product)["id"]
    assert _newest(boss) == placed
    assert eventually(lambda: _newest(second) == placed, seconds=LAG_SECONDS)
    # However long it stays behind, nobody is told what was before.
    before = _reads(one, "replica")
    assert eventually(lambda: _reads(one, "primary") and _newest(boss) == placed)
    assert all(_newest(client) == placed for client in (boss, second) * 5)
    assert _reads(one, "replica") == before
    _say(standby, "select pg_wal_replay_resume()")


def _not_missed_when_it_dies(
    standby: PostgresPart, boss: httpx.Client, one: str, store: str, product: str
) -> None:
    os.kill(standby.pid, signal.SIGKILL)
    assert all(boss.get(LIST).status_code == 200 for _ in range(10))
    placed = order(one, store, product)["id"]
    assert _newest(boss) == placed
    standby.start()
    _answers(one, boss)


def _say(standby: PostgresPart, statement: str) -> None:
    with psycopg.connect(standby.url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def test_a_browser_that_sent_something_is_marked(
    primary: tuple[Path, str], standby: PostgresPart, tmp_path: Path
) -> None:
    several = Several(tmp_path, primary[0], primary[1], {"DATABASE_READ_URL": standby.url})
    try:
        base = several.serve()
        several.wait()
        boss = owner(base)
        assert boss.cookies["balcao_wrote"] == "1"  # signing in was a change
        before = _reads(base, "replica"), _reads(base, "primary")
        assert boss.get(LIST).status_code == 200
        assert (_reads(base, "replica"), _reads(base, "primary")) == before, "the replica was not thought of"
    finally:
        several.stop()
