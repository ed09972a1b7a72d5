"""Backups on a server older than the programs that came with us: what Debian and Ubuntu install."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from balcao.kernel.backups import verifying
from balcao.kernel.backups.creating import create_backup
from balcao.kernel.backups.errors import BackupDamagedError
from balcao.kernel.backups.restoring import restore_backup
from balcao.kernel.backups.site import Site
from balcao.kernel.backups.verifying import verify_backup
from balcao.kernel.db.embedded import binaries
from balcao.kernel.db.row_security import role_statements
from balcao.kernel.db.server_account import server_account
from balcao.kernel.settings import Settings
from tests.factories.backups import fill, make_site, one, run
from tests.instance.several import eventually

OLDER = [
    folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("1[567]/bin"))
    if (folder / "initdb").exists()
]

pytestmark = pytest.mark.skipif(
    not OLDER, reason="needs an older PostgreSQL (on Debian: apt-get install postgresql)"
)


@pytest.fixture(name="server_url", scope="module")
def _server(workshop: Path, settings: Settings) -> Iterator[str]:
    """A server of its own with an account that owns its database and may make roles and databases, nothing more."""
    folder = workshop / "older"
    account = server_account(folder, binaries())
    folder.mkdir(mode=0o700)
    account.give(folder)
    with (workshop / "older.log").open("wb") as log:
        make = [f"{OLDER[0]}/initdb", "--auth=trust", "--username=postgres", "--no-sync", "-D", str(folder)]
        assert account.launch(make, log).wait(60) == 0
        knobs = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off"]
        words = [
            f"{OLDER[0]}/postgres",
            "-D",
            str(folder),
            *(part for knob in knobs for part in ("-c", knob)),
        ]
        server = account.launch(words, log)
    address = f"postgresql://{{}}@/{{}}?host={quote(str(folder), safe='')}"
    try:
        assert eventually(lambda: _answers(address.format("postgres", "postgres")))
        run(address.format("postgres", "postgres"), "create role dona login createrole createdb")
        run(
            address.format("postgres", "postgres"),
            "create database balcao owner dona encoding 'UTF8' template template0",
        )
        url = address.format("dona", "balcao")
        fill(settings, url)
        yield url
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(name="site")
def _site(server_url: str, settings: Settings, tmp_path: Path) -> Site:
    return make_site(settings, server_url, tmp_path)


def test_a_backup_is_made_verified_and_restored(site: Site) -> None:
    made = create_backup(site, "manual", verify=True)
    assert made.verified_at is not None
    run(site.database_url, "insert into plans (id, slug, name, price_cents, modules, is_active) "
        "values (gen_random_uuid(), 'late', 'Late', 1, '{}', true)")  # fmt: skip
    restore_backup(site, made.name, safety_backup=False)
    assert one(site.database_url, "select count(*) from plans where slug = 'late'") == 0
    assert one(site.database_url, "select count(*) from plans") > 0


def test_whatever_else_it_refuses_counts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """One setting that it does not know is let pass; a table that is in the way is not."""
    made = create_backup(site, "manual")
    statements = [*role_statements(), "create table public.alembic_version (version_num text)"]
    monkeypatch.setattr(verifying, "role_statements", lambda: statements)
    with pytest.raises(BackupDamagedError):
        verify_backup(site, made.name)
