"""The drill: a loaded installation, a backup, a disaster, and everything back on an empty machine."""

from __future__ import annotations

import json
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from balcao.kernel.db.embedded import EmbeddedPostgres
from tests.factories.backups import fingerprint, one
from tests.instance.program import Program, balcao, environment, start

RESTORED_WITHIN_SECONDS = 60.0
MAY_CHANGE = {
    "user_sessions",
    "messages",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_workers",
}


@contextmanager
def database(data: Path) -> Iterator[str]:
    """The embedded database of a folder, for as long as somebody looks into it."""
    server = EmbeddedPostgres(data / "postgres")
    server.start()
    try:
        yield server.database_url()
    finally:
        server.stop()


def invariants(url: str) -> list[Any]:
    """What must hold of any shop: totals, stock against its movements, and how much of everything there is."""
    return [
        one(url, "select sum(total_cents) from orders"),
        one(url, "select sum(total_cents) from order_lines"),
        one(url, "select sum(on_hand - reserved) from stock_items"),
        one(
            url,
            "select count(*) from orders o where not exists (select from order_lines i where i.order_id = o.id)",
        ),
        one(url, "select count(*) from pg_policies"),
        one(url, "select count(*) from pg_constraint where contype in ('f', 'c')"),
    ]


def test_everything_comes_back_on_an_empty_machine(
    workshop: Path, make_copy: Callable[[str], Path], keep: list[Program]
) -> None:
    data, machine = make_copy("lost"), workshop / "empty machine"
    seeded = balcao("seed", "--scale", "3", "--orders", "100", "--data", str(data))
    assert seeded.returncode == 0, seeded.stderr
    with database(data) as url:
        psycopg.connect(url, autocommit=True).execute(
            "update messages set status = 'queued' where id in (select id from messages where channel = 'email' limit 3)"
        )
        waiting = one(url, "select count(*) from messages where status in ('queued', 'failed')")
        before, held = fingerprint(url), invariants(url)
    made = balcao("backup", "create", "--data", str(data))
    assert "Verified by a restore." in made.stdout, made.stderr
    safe = workshop / "safe"
    shutil.copytree(data / "backups", safe)
    with database(data):
        pass
    shutil.rmtree(data)  # the disaster
    try:
        restored = balcao("restore", "--yes", "--from", str(safe), "--data", str(machine))
        assert restored.returncode == 0, restored.stderr
        print(restored.stdout)  # the timings, with -s
        assert "AUTH_SECRET is not the one of the backup" in restored.stdout
        with database(machine) as url:
            after = fingerprint(url)
            assert {table for table in before if before[table] != after[table]} <= MAY_CHANGE
            assert {table for table in after if table not in before} == set()
            assert invariants(url) == held
            assert one(url, "select count(*) from messages where error = 'held_after_restore'") == waiting
            assert one(url, "select count(*) from messages where status in ('queued', 'failed')") == 0
        program = start(machine, workshop / "empty.log")
        keep.append(program)
        assert b"Vila Mariana" in program.get("/loja/padaria")
        assert b'"status":"ok"' in program.get("/health")
        program.stop()
    finally:
        EmbeddedPostgres(machine / "postgres").stop_orphan()
        shutil.rmtree(machine, ignore_errors=True)
        shutil.rmtree(safe, ignore_errors=True)


@contextmanager
def visitors(program: Program) -> Iterator[list[int]]:
    """Somebody who opens the shop again and again, and what each time was answered."""
    seen: list[int] = []
    done = threading.Event()

    def visit() -> None:
        while not done.wait(0.02):
            try:
                program.get("/loja/padaria")
                seen.append(200)
            except urllib.error.HTTPError as error:
                seen.append(error.code)

    thread = threading.Thread(target=visit)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


class Api:
    """A signed-in person of the platform, over HTTP."""

    def __init__(self, program: Program) -> None:
        self.base = program.url
        self.token = ""
        self.sign_in()

    def sign_in(self) -> None:
        answer = self.ask("/auth/login", {"email": "central@balcao.example", "password": "balcao-demo"})
        self.token = answer["access_token"] if "access_token" in answer else answer["token"]

    def ask(self, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def after(self, refusal: int) -> None:
        """Signs in again after a restore ended the session; shut doors are waited for."""
        assert refusal in {401, 503}
        if refusal == 401:
            self.sign_in()

    def wait_for(self, run: str) -> dict[str, Any]:
        """How something ended; doors that are shut meanwhile, and the sign-in that a restore ends, are expected."""
        ends = time.monotonic() + RESTORED_WITHIN_SECONDS
        while time.monotonic() < ends:
            try:
                state = self.ask(f"/backup/jobs/{run}")
                if state["status"] in {"done", "failed"}:
                    return state
            except urllib.error.HTTPError as error:
                self.after(error.code)
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError("it did not end")


def test_a_running_installation_is_restored_over_http(
    make_copy: Callable[[str], Path], keep: list[Program]
) -> None:
    data = make_copy("running")
    program = start(data, data.parent / "running.log")
    keep.append(program)
    api = Api(program)
    asked = api.ask("/backup/create", {})
    assert api.wait_for(asked["id"])["status"] == "done", program.log
    with database(data) as url:
        psycopg.connect(url, autocommit=True).execute("update stores set name = 'Trocada'")
    phrase = next(item["confirm"] for item in api.ask("/backup/list")["items"])
    restore = api.ask("/backup/restore", {"backup_name": asked["name"], "confirm": phrase})
    with visitors(program) as seen:
        state = api.wait_for(restore["id"])
    assert state["status"] == "done", (state, program.log)
    assert 503 in seen, "the doors were shut meanwhile"
    assert set(seen) <= {200, 503}
    assert state["report"]["safety_backup"].startswith("backup_")
    assert b"Vila Mariana" in program.get("/loja/padaria")
    with database(data) as url:
        assert one(url, "select count(*) from stores where name = 'Trocada'") == 0
        assert one(url, "select count(*) from maintenance") == 0
    kinds = [item["kind"] for item in api.ask("/backup/list")["items"]]
    assert kinds == ["before_restore", "manual"]
    assert program.stop() == 0
    secret = json.loads((data / "secrets.json").read_text())["auth_secret"]
    kept = "".join(path.read_text(errors="replace") for path in (data / "backups").glob("*.json"))
    assert secret not in program.log + kept


def test_a_wrong_name_or_a_missing_backup_changes_nothing(make_copy: Callable[[str], Path]) -> None:
    data = make_copy("unharmed")
    for name in ("../../etc/passwd", "backup_20200101_000000"):
        refused = balcao("restore", name, "--yes", "--data", str(data))
        assert (refused.returncode, refused.stderr.strip()) == (1, "There is no backup of this name.")
    unsure = balcao("backup", "create", "--no-verify", "--data", str(data))
    assert unsure.returncode == 0, unsure.stderr
    no = balcao("restore", "--data", str(data), input="outra\n")
    assert no.returncode == 1
    assert "Nothing was changed." in no.stderr
    listed = balcao("backup", "list", "--data", str(data), env=environment(BACKUP_RECIPIENTS="age1x"))
    assert "manual, not verified" in listed.stdout
