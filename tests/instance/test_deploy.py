"""Releases change under load through the real nginx, over TLS, with deploy.sh: nobody's request is lost."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from balcao.cli.bench.deploy import Planned, load, rehearse
from balcao.cli.bench.deploy_load import Stream, tally
from balcao.cli.bench.deploy_shoppers import Shelf, make_shop, shoppers, trusting
from balcao.cli.bench.deploy_stage import Stage, find_nginx
from balcao.cli.bench.shop import SLUG
from tests.instance.several import eventually

PER_SECOND = 25.0

pytestmark = pytest.mark.skipif(
    find_nginx() is None or None in map(shutil.which, ("openssl", "flock", "curl")),
    reason="needs nginx, openssl, curl and flock (on Debian: apt-get install nginx openssl curl util-linux)",
)


class Told(BaseHTTPRequestHandler):
    """A chat's webhook: keeps what is posted."""

    said: list[bytes]

    def do_POST(self) -> None:
        self.said.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def webhook() -> Iterator[tuple[str, list[bytes]]]:
    said: list[bytes] = []
    server = HTTPServer(("127.0.0.1", 0), type("Chat", (Told,), {"said": said}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", said
    server.shutdown()


@pytest.fixture(scope="module")
def shop(workshop: Path, webhook: tuple[str, list[bytes]]) -> Iterator[tuple[Stage, Shelf]]:
    """A stage with nginx and a first release that serves."""
    folder = workshop / "deploy"
    folder.mkdir()
    folder.chmod(0o755)
    settings = {
        "RATE_LIMIT_SCALE": "1000",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "WARNING",
        "DEFAULT_TENANT": SLUG,
        "API_DOCS": "closed",  # as in production
    }
    knobs = {
        "WATCH_SECONDS": "2", "SETTLE_SECONDS": "6", "KEEP_OLD_SECONDS": "600", "MAX_P95_MS": "20000",
        "MIN_FREE_MB": "1", "WEBHOOK_URL": webhook[0],
    }  # fmt: skip
    stage = Stage(folder, sys.executable, settings, knobs)
    instance, shelf = make_shop(stage.data)
    try:
        stage.prepare()
        stage.start_nginx()
        first = stage.run_deploy("deploy", "--skip-backup", str(stage.release("first")))
        assert first.returncode == 0, first.stderr
        yield stage, shelf
    finally:
        stage.stop()
        instance.stop()


@pytest.fixture
def browser(shop: tuple[Stage, Shelf]) -> Iterator[httpx.Client]:
    stage, _ = shop
    with httpx.Client(base_url=stage.base, verify=trusting(stage), timeout=20) as client:
        yield client


def curl(stage: Stage, path: str, *words: str) -> str:
    return subprocess.run(
        ["curl", "-sS", "--cacert", str(stage.certificate), *words, stage.base + path],
        capture_output=True, text=True, check=True, timeout=30,
    ).stdout  # fmt: skip


def test_releases_change_and_a_broken_one_is_taken_back_without_a_lost_request(
    shop: tuple[Stage, Shelf], webhook: tuple[str, list[bytes]]
) -> None:
    stage, shelf = shop
    webhook[1].clear()
    stream = Stream(stage.https, trusting(stage), shoppers(stage, shelf), PER_SECOND)
    releases = [
        Planned("good", stage.release("second")),
        Planned("broken", stage.release("third", broken=True), {"READY_SECONDS": "5"}),
    ]
    good, broken = asyncio.run(rehearse(stage, stream, releases, quiet=0.5, skip_backup=True))
    assert good.code == 0, good.said
    assert (good.served_before, good.served_after) == ("blue", "green")
    assert broken.code == 1, broken.said
    assert "is not ready after 5 s" in broken.said
    assert (broken.served_before, broken.served_after) == ("green", "green")
    assert (stage.home / "current").resolve().name.startswith("second-")
    came = tally(stream.answers, 0, float("inf"))
    assert came.requests > PER_SECOND * 10
    assert (came.failed, came.refused) == (0, 0), came.problems
    served = (stage.folder / "logs/nginx-access.log").read_text()
    assert "run/live.sock" in served and '"status":502' not in served
    assert any(b"second-" in said and b"serves" in said for said in webhook[1])
    assert any(b"third-" in said and b"taken back" in said for said in webhook[1])


def test_back_to_the_release_before_and_forth_again(shop: tuple[Stage, Shelf]) -> None:
    """The resting release is started again when it was put away; the load goes on."""
    stage, shelf = shop
    before = stage.serving()

    async def back() -> subprocess.CompletedProcess[str]:
        async with load(stage, stream):
            return await asyncio.to_thread(stage.run_deploy, "rollback")

    stream = Stream(stage.https, trusting(stage), shoppers(stage, shelf), PER_SECOND)
    done = asyncio.run(back())
    assert done.returncode == 0, done.stderr
    assert stage.serving() != before
    came = tally(stream.answers, 0, float("inf"))
    assert (came.failed, came.refused) == (0, 0), came.problems
    said = stage.run_deploy("status").stdout.splitlines()
    assert [line for line in said if "serves" in line and "ready" in line and stage.serving() in line]


def test_a_second_deploy_is_refused_while_one_runs(shop: tuple[Stage, Shelf]) -> None:
    stage, _ = shop
    with (stage.home / "shared" / "deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = stage.run_deploy("rollback")
    assert refused.returncode == 75
    assert "another deploy is under way" in refused.stderr


@pytest.mark.parametrize(
    ("knob", "said"), [("MIN_FREE_MB=99999999999", "MB free"), ("BALCAO_ENV=ENVFILE", "settings must change")]
)
def test_what_cannot_go_well_is_refused_before_anything_changes(
    shop: tuple[Stage, Shelf], knob: str, said: str
) -> None:
    stage, _ = shop
    settings = stage.folder / "deploy.env"
    unsafe = stage.folder / "unsafe.env"
    unsafe.write_text("ENV=production\nAUTH_SECRET=" + "s" * 40 + "\nTRUSTED_HOSTS=x.example\n")
    kept, before = settings.read_text(), stage.serving()
    settings.write_text(kept + knob.replace("ENVFILE", str(unsafe)) + "\n")
    try:
        refused = stage.run_deploy("deploy", "--skip-backup", str(stage.release("first")))
    finally:
        settings.write_text(kept)
    assert refused.returncode == 1
    assert said in refused.stderr + refused.stdout
    assert "start" not in refused.stderr
    assert stage.serving() == before


def test_http_2_redirect_and_each_header_once(shop: tuple[Stage, Shelf], browser: httpx.Client) -> None:
    stage, _ = shop
    version, status = curl(stage, "/", "-o", "/dev/null", "-w", "%{http_version} %{http_code}").split()
    assert (version, status) == ("2", "200")
    plain = httpx.get(f"http://localhost:{stage.http}/loja/x?y=1")
    assert (plain.status_code, plain.headers["location"]) == (301, f"{stage.base}/loja/x?y=1")
    for path, accept in (
        ("/", "*/*"),
        ("/static/css/base.css", "*/*"),
        ("/.env", "text/html"),
        ("/metrics", "*/*"),
    ):
        answer = browser.get(path, headers={"accept": accept, "x-request-id": "from-a-caller-0001"})
        names = [name.lower() for name, _ in answer.headers.multi_items() if name.lower() != "vary"]
        assert sorted(names) == sorted(set(names)), (path, names)
        assert answer.headers["x-request-id"] == "from-a-caller-0001"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
        assert answer.headers["server"] == "nginx"
    assert "from-a-caller-0001" in stage.access_log.read_text()
    assert browser.get("/", headers={"x-request-id": "<script>"}).headers["x-request-id"] != "<script>"


def test_files_stay_in_the_cache_of_nginx(shop: tuple[Stage, Shelf], browser: httpx.Client) -> None:
    stage, _ = shop
    address = next(
        part for part in browser.get(f"/loja/{SLUG}").text.split('"') if part.startswith("/static/css/")
    )
    for _ in range(2):
        answer = browser.get(address)
        assert "immutable" in answer.headers["cache-control"]
    # nginx writes the line after the answer has left.
    assert eventually(lambda: '"cache":"HIT"' in stage.access_log.read_text())
    # A file of another release under its own address is given out and kept by nobody.
    other = browser.get(address.partition("?")[0] + "?v=0123456789abcdef")
    assert (other.status_code, other.headers["cache-control"]) == (200, "no-store")


def test_what_nginx_refuses_it_refuses_kindly(shop: tuple[Stage, Shelf], browser: httpx.Client) -> None:
    large = b"x" * 1_200_000
    page = browser.post("/checkout", content=large, headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "grande demais" in page.text
    program = browser.post("/checkout", content=large, headers={"accept-language": "en"})
    assert program.headers["content-type"].startswith("application/problem+json")
    assert (program.status_code, program.json()["code"]) == (413, "payload_too_large")
    assert "too large" in program.json()["title"]
    for path in ("/docs", "/openapi.json", "/api/v1/openapi.json", "/metrics", "/debug/db", "/.git/config"):
        assert browser.get(path).status_code == 404
        assert browser.get(path).json()["code"] == "not_found"
    type_of_problem = browser.get("/nothing/here").json()["type"]
    assert type_of_problem.endswith("not_found")
    assert browser.get(type_of_problem).status_code == 200, "the page that explains it"


def test_callers_say_nothing_about_themselves(shop: tuple[Stage, Shelf]) -> None:
    """A caller's own X-Forwarded-Host and -For do not reach the program; an unknown name gets no certificate."""
    stage, _ = shop
    headers = [
        "-H",
        "X-Forwarded-Host: evil.example",
        "-H",
        "X-Forwarded-Proto: http",
        "-H",
        "Origin: " + stage.base,
    ]
    made = curl(
        stage,
        "/auth/login",
        *headers,
        "-H",
        "content-type: application/json",
        "-d",
        "{}",
        "-w",
        "%{http_code}",
    )
    assert made.endswith("422"), "the origin check saw our own name and https"
    refused = subprocess.run(
        ["curl", "-sk", "--connect-to", f"evil.example:443:127.0.0.1:{stage.https}", "https://evil.example/"],
        check=False,
    )
    assert refused.returncode == 35


def test_events_pass_as_they_come_and_end_with_the_server(shop: tuple[Stage, Shelf]) -> None:
    """An event stream through nginx: its first line at once, not when a buffer is full; at the end of the old release it
    is told to come back."""
    stage, _ = shop
    with httpx.Client(base_url=stage.base, verify=trusting(stage), timeout=20) as client:
        signed = client.post(
            "/auth/login",
            json={"email": "dona@bancada.example", "password": "balcao-demo"},
            headers={"x-tenant": SLUG},
        )
        headers = {"authorization": f"Bearer {signed.json()['access_token']}", "x-tenant": SLUG}
        with client.stream("GET", "/painel/pedidos/eventos", headers=headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in stream.headers
            lines = stream.iter_lines()
            assert next(lines) == "retry: 3000"
            colour = stage.serving()
            os.kill(int((stage.run / f"{colour}.pid").read_text()), signal.SIGTERM)
            rest = [line for line in lines if line.startswith("retry:")]
            assert len(rest) == 1 and 500 <= int(rest[0].split()[1]) <= 3000
    # Nobody serves now: nginx says so kindly.
    _wait_until_gone(stage.run / f"{colour}.sock")
    (stage.run / "spare.sock").unlink(missing_ok=True)
    away = curl(stage, f"/loja/{SLUG}", "-H", "accept: text/html", "-D", "-").lower()
    assert " 502" in away.splitlines()[0]
    assert "retry-after: 5" in away
    assert "já voltamos" in away
    assert stage.run_deploy("rollback").returncode == 0
    assert " 200" in curl(stage, f"/loja/{SLUG}", "-o", "/dev/null", "-D", "-").splitlines()[0]


def test_too_many_from_one_address_are_asked_to_wait(shop: tuple[Stage, Shelf]) -> None:
    stage, _ = shop
    stage.render(unlimited=False)
    config = str(stage.folder / "nginx" / "nginx.conf")
    nginx = find_nginx()
    assert nginx is not None
    subprocess.run([nginx, "-t", "-q", "-c", config], check=True)
    subprocess.run([nginx, "-s", "reload", "-c", config], check=True)
    ends = time.monotonic() + 10
    statuses, refused = set[int](), list[httpx.Response]()
    while not refused and time.monotonic() < ends:
        # A reload ends connections of before it: those of the fixture are not used.
        with (
            contextlib.suppress(httpx.TransportError),
            httpx.Client(base_url=stage.base, verify=trusting(stage)) as client,
        ):
            found = [client.get("/") for _ in range(60)]
            statuses |= {answer.status_code for answer in found}
            refused = [answer for answer in found if answer.status_code == 429]
            file = client.get("/static/css/base.css")
    assert statuses == {200, 429}
    assert refused[0].headers["retry-after"] == "2"
    assert refused[0].json()["code"] == "rate_limited"
    assert file.status_code == 200, "files are not counted"


def _wait_until_gone(path: Path) -> None:
    ends = time.monotonic() + 20
    while path.exists():
        assert time.monotonic() < ends
        time.sleep(0.05)
