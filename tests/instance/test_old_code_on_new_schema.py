"""Expand, then contract: the program of the release before the newest migration works on today's schema.

Both run at the same time while a release is exchanged, so the menu, signing in and an order must pass.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from balcao.cli.bench.deploy_shoppers import Shelf, make_shop
from balcao.cli.bench.shop import OWNER, SLUG
from balcao.cli.seed import DEMO_PASSWORD
from balcao.kernel.db.migrate import newest_revision
from tests.instance.program import ROOT, environment, free_port

# What the old command does, without its look at the schema: releases from 0004 on accept a newer one by themselves.
SERVE = """
import sys
from pathlib import Path
from balcao.cli import serve
serve.need_schema = lambda url: None
door = getattr(serve, "Door", None)
data, port = Path(sys.argv[1]), int(sys.argv[2])
if door is None:
    serve.run_serve(port=port, host="127.0.0.1", workers=1, data=data)
else:
    serve.run_serve(door("127.0.0.1", port, None), workers=1, data=data, drain=None)
"""


def git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"the history of the program is not here: {done.stderr.strip()}")
    return done.stdout.strip()


def before_newest_migration() -> str:
    """The last commit without the newest migration that is committed."""
    if git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("the history is shallow: fetch all of it")
    newest = max(ROOT.glob(f"migrations/versions/{newest_revision()}_*.py"))
    added = git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest.relative_to(ROOT)))
    return git("rev-parse", f"{added}^") if added else git("rev-parse", "HEAD")


class OldProgram:
    """The former release, serving."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.headers = {"x-tenant": SLUG, "content-type": "application/json"}

    def ask(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {**self.headers, **headers})
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if "json" in answer.headers[
                "content-type"
            ] else text.decode()


@pytest.fixture(scope="module")
def shelf(workshop: Path) -> Iterator[tuple[Path, Shelf]]:
    """A shop made by today's program, on today's schema."""
    data = workshop / "today"
    instance, shelf = make_shop(data)
    yield data, shelf
    instance.stop()


@pytest.fixture(scope="module")
def old(shelf: tuple[Path, Shelf], workshop: Path) -> Iterator[OldProgram]:
    commit = before_newest_migration()
    code = workshop / "before"
    code.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit, "src", "migrations"], capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(code)], input=archive.stdout, check=True)
    port = free_port()
    with (workshop / "before.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SERVE, str(shelf[0]), str(port)], cwd=code, stdout=log, stderr=log,
            env=environment(PYTHONPATH=str(code / "src"), DEFAULT_TENANT=SLUG), start_new_session=True,
        )  # fmt: skip
    program = OldProgram(f"http://127.0.0.1:{port}")
    ends = time.monotonic() + 60
    while True:
        try:
            program.ask("/health/live")
            break
        except (urllib.error.URLError, OSError):
            assert process.poll() is None and time.monotonic() < ends, (workshop / "before.log").read_text()
            time.sleep(0.1)
    yield program
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)


def test_its_migrations_end_before_todays(old: OldProgram, workshop: Path) -> None:
    files = [
        path.name.partition("_")[0] for path in (workshop / "before/migrations/versions").glob("[0-9]*_*.py")
    ]
    assert max(files) < newest_revision()


def test_the_menu(old: OldProgram) -> None:
    status, page = old.ask(f"/loja/{SLUG}")
    assert status == 200
    assert "Produto 1" in page
    status, catalogue = old.ask("/catalog")
    assert status == 200
    assert len([product for category in catalogue["categories"] for product in category["products"]]) == 50


def test_signing_in_and_the_panels_data(old: OldProgram) -> None:
    status, signed = old.ask("/auth/login", {"email": OWNER, "password": DEMO_PASSWORD})
    assert status == 200
    status, _ = old.ask("/admin/orders", None, authorization=f"Bearer {signed['access_token']}")
    assert status == 200


def test_an_order(old: OldProgram, shelf: tuple[Path, Shelf]) -> None:
    store, goods = shelf[1]
    address = {
        "postal_code": "01310-100", "street": "Avenida Paulista", "number": "1000", "district": "Bela Vista",
        "city": "São Paulo", "state": "SP",
    }  # fmt: skip
    status, quote = old.ask("/shipping/quote", {"store_id": str(store), "address": address})
    assert status == 200
    chosen = next(one for one in goods if one.option_id is None)
    order = {
        "store_id": str(store), "fulfilment": "delivery", "quote_id": quote["quote_id"], "address": address,
        "items": [{"product_id": chosen.product_id, "quantity": 2, "options": []}],
        "customer": {"name": "Ana Souza", "phone": "11987654321"}, "payment": {"method": "pix"},
    }  # fmt: skip
    status, placed = old.ask("/checkout", order, **{"idempotency-key": "old-code-new-schema-1"})
    assert status == 201
    assert placed["order"]["total_cents"] > 0
