"""`balcao serve` between two releases: local sockets, the drain, and schemas of other releases."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.migrate import newest_revision
from tests.instance.program import ROOT, Program, balcao, environment, free_port


class OverSocket(http.client.HTTPConnection):
    """HTTP at a local socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(str(self._path))


def ask(path: Path, what: str, **headers: str) -> tuple[int, dict[str, str], Any]:
    connection = OverSocket(path)
    try:
        connection.request("GET", what, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        kind = answer.headers.get("content-type", "")
        return (
            answer.status,
            {k.lower(): v for k, v in answer.headers.items()},
            json.loads(body) if "json" in kind else body,
        )
    finally:
        connection.close()


@contextmanager
def serving(data: Path, at: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    with at.with_suffix(".log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "balcao.cli", "serve", "--uds", str(at), "--data", str(data), *words],
            cwd=ROOT, env=environment(DEFAULT_TENANT="padaria"), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        ends = time.monotonic() + 60
        while True:
            try:
                ask(at, "/health/live")
                break
            except (OSError, http.client.HTTPException):
                assert process.poll() is None and time.monotonic() < ends, at.with_suffix(".log").read_text()
                time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def set_revision(data: Path, revision: str) -> None:
    server = EmbeddedPostgres(data / "postgres")
    server.start()  # finds the one that runs
    with psycopg.connect(server.database_url()) as connection:
        connection.execute("update alembic_version set version_num = %s", (revision,))
    server.stop()  # others use it


@pytest.fixture(scope="module")
def data(workshop: Path, first_start: Program) -> Iterator[Path]:
    """An instance for this file, its database server running throughout."""
    copy = workshop / "served"
    subprocess.run(["cp", "-a", str(first_start.data), str(copy)], check=True)
    server = EmbeddedPostgres(copy / "postgres")
    server.start()
    yield copy
    server.stop()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_turns_unready_and_answers_on_until_the_drain_is_over(
    data: Path, tmp_path: Path, workers: str
) -> None:
    at, port = tmp_path / "s", free_port()
    with serving(data, at, "--port", str(port), "--drain", "3", "--workers", workers) as process:
        status, headers, _ = ask(at, "/health/ready")
        assert status == 200 and "connection" not in headers
        with socket.create_connection(("127.0.0.1", port)):
            pass  # both doors are open
        os.kill(process.pid, signal.SIGTERM)
        ends = time.monotonic() + 20
        while ask(at, "/health/ready")[0] == 200:
            assert time.monotonic() < ends
            time.sleep(0.05)
        status, headers, body = ask(at, "/health/ready")
        assert (status, body["parts"]["server"]["detail"]) == (503, "stopping")
        status, headers, _ = ask(at, "/loja/padaria")
        assert (status, headers["connection"]) == (200, "close")
        assert process.wait(30) == 0
    assert not at.exists()


def test_behind_a_socket_the_proxy_is_believed(data: Path, tmp_path: Path) -> None:
    with serving(data, tmp_path / "s") as process:
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        assert "strict-transport-security" in ask(tmp_path / "s", "/", **forwarded)[1]
        assert "strict-transport-security" not in ask(tmp_path / "s", "/")[1]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
    assert (tmp_path / "s").exists(), "it had no time to put its socket away"


def test_a_socket_left_behind_is_replaced_and_one_in_use_is_not(data: Path, tmp_path: Path) -> None:
    at = tmp_path / "s"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(at))
    left.close()
    with serving(data, at):
        second = balcao("serve", "--uds", str(at), "--data", str(data))
        assert second.returncode == 1
        assert f"Another server listens at {at}" in second.stderr
        assert ask(at, "/health/live")[0] == 200


def test_a_newer_schema_is_fine_an_older_or_a_strange_one_is_not(data: Path, tmp_path: Path) -> None:
    at = tmp_path / "s"
    set_revision(data, "9999")
    with serving(data, at):
        status, _, body = ask(at, "/health/ready")
        assert status == 200
        assert body["parts"]["migration"] == {**body["parts"]["migration"], "status": "ok", "detail": "the schema is newer than this program: 9999"}  # fmt: skip
        plan = balcao("migrate", "--plan", "--data", str(data))
        assert plan.returncode == 0 and "newer than this program" in plan.stdout
        assert balcao("migrate", "--data", str(data)).stdout.strip() == "already current"
    for revision, said in (("0001", "Run `balcao migrate` first"), ("ours-not", "no version of Balcão has")):
        set_revision(data, revision)
        refused = balcao("serve", "--uds", str(at), "--data", str(data))
        assert refused.returncode == 1 and said in refused.stderr
    set_revision(data, newest_revision())
