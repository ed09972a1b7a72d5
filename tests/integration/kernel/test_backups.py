"""Backups on a real server: made, verified, broken on purpose, restored."""

from __future__ import annotations

import gzip
import json
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pyrage
import pytest

from balcao.kernel.backups.catalogue import list_backups
from balcao.kernel.backups.creating import create_backup
from balcao.kernel.backups.errors import (
    BackupDamagedError,
    BackupImpossibleError,
    BackupKeyMissingError,
    BackupNotFoundError,
    BackupRunningError,
)
from balcao.kernel.backups.manifest import Manifest
from balcao.kernel.backups.programs import StoppedError
from balcao.kernel.backups.restoring import restore_backup
from balcao.kernel.backups.retiring import clean_up
from balcao.kernel.backups.server import one_at_a_time, sibling
from balcao.kernel.backups.site import Site
from balcao.kernel.backups.verifying import verify_backup
from balcao.kernel.db.migrate import migrate
from balcao.kernel.settings import Settings
from tests.conftest import SECRET
from tests.factories.backups import (
    databases_beside,
    fill,
    fingerprint,
    fresh_database,
    make_site,
    one,
    run,
)
from tests.factories.shops import Shop

ADD_MESSAGE = (
    "insert into messages (tenant_id, id, channel, template, recipient, body, dedupe_key, status) "
    "values (%(tenant)s, gen_random_uuid(), 'email', 't', 'ana@example.com', 'Oi', %(key)s, %(status)s)"
)


@pytest.fixture(scope="module")
def template(database_url: str, settings: Settings) -> tuple[str, Shop]:
    """A database with a shop; tests work on copies."""
    url = fresh_database(database_url, "balcao_bk_template")
    return url, fill(settings, url)


@pytest.fixture
def shop(template: tuple[str, Shop]) -> Shop:
    return template[1]


@pytest.fixture
def site(template: tuple[str, Shop], settings: Settings, tmp_path: Path) -> Iterator[Site]:
    name = f"balcao_bk_{uuid4().hex[:8]}"
    server = sibling(template[0], "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template balcao_bk_template")  # type: ignore[arg-type]
    yield make_site(settings, sibling(template[0], name), tmp_path)
    with psycopg.connect(server, autocommit=True) as connection:
        for left in connection.execute(
            "select datname from pg_database where datname like %s", (f"{name}%",)
        ).fetchall():
            connection.execute(f'drop database "{left[0]}" with (force)')  # type: ignore[arg-type]


def dump_of(site: Site, manifest: Manifest) -> Path:
    return site.shelf.folder / manifest.file_name


def test_the_address_may_leave_the_server_to_the_surroundings(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`postgresql:///name`, as on a machine with the server's socket where this account expects it."""
    with psycopg.connect(site.database_url) as connection:
        info = connection.info
        monkeypatch.setenv("PGHOST", info.host)
        monkeypatch.setenv("PGPORT", str(info.port))
        monkeypatch.setenv("PGUSER", info.user)
        monkeypatch.setenv("PGPASSWORD", info.password)
        bare = replace(site, database_url=f"postgresql:///{info.dbname}")
    made = create_backup(bare, "manual", verify=True)
    assert made.verified_at is not None
    restore_backup(bare, made.name, safety_backup=False)


def test_a_backup_is_made_and_is_what_its_manifest_says(site: Site, shop: Shop) -> None:
    key = f"{shop.tenant.id}/products/{uuid4()}/w400.webp"
    stored = site.shelf.folder.parent / "media" / key
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"picture")
    made = create_backup(site, "manual", verify=True)
    assert made.verified_at is not None
    assert made.tables["products"] == 1
    assert "backup_runs" not in made.tables and "maintenance" not in made.tables
    assert made.rows == sum(made.tables.values()) > 10
    assert (made.media.files, made.media.size_bytes) == (1, 7)
    listed = gzip.decompress((site.shelf.folder / f"{made.name}.media.jsonl.gz").read_bytes())
    assert json.loads(listed) == [key, 7]
    copy = site.shelf.folder / "media" / key
    assert copy.samefile(stored), "on one disk a copy takes no room"
    stored.unlink()
    assert copy.read_bytes() == b"picture"
    assert sorted(path.name for path in site.shelf.folder.iterdir() if path.is_file()) == [
        f"{made.name}.dump", f"{made.name}.json", f"{made.name}.media.jsonl.gz",
    ]  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in site.shelf.folder.glob("backup_*")} == {0o600}
    assert stat.S_IMODE(site.shelf.folder.stat().st_mode) == 0o700
    assert SECRET not in (site.shelf.folder / f"{made.name}.json").read_text()
    assert [(item.name, item.location) for item in list_backups(site)] == [(made.name, "local")]
    assert databases_beside(site.database_url) == []


def test_a_backup_that_is_verified_later_says_so(site: Site) -> None:
    made = create_backup(site, "manual")
    assert site.manifest(made.name).verified_at is None
    verify_backup(site, made.name)
    assert site.manifest(made.name).verified_at is not None
    assert databases_beside(site.database_url) == []


@pytest.mark.parametrize("harm", ["cut", "changed", "gone", "manifest cut", "rows"])
def test_a_damaged_backup_is_refused_and_nothing_changes(site: Site, harm: str) -> None:
    made = create_backup(site, "manual")
    before = fingerprint(site.database_url)
    path = dump_of(site, made)
    match harm:
        case "cut":
            path.write_bytes(path.read_bytes()[:-2000])
        case "changed":
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        case "gone":
            path.unlink()
        case "manifest cut":
            (site.shelf.folder / f"{made.name}.json").write_text(made.text()[:200])
        case _:
            tables = {**made.tables, "products": made.tables["products"] + 1}
            site.shelf.write_manifest(made.model_copy(update={"tables": tables}))
    for act in (verify_backup, restore_backup):
        with pytest.raises(BackupDamagedError):
            act(site, made.name)
    assert fingerprint(site.database_url) == before
    assert one(site.database_url, "select count(*) from maintenance") == 0
    assert databases_beside(site.database_url) == []


def test_a_dump_cut_in_half_is_found_even_when_the_manifest_was_made_to_fit(site: Site) -> None:
    """The sums would pass: the restore itself finds it."""
    made = create_backup(site, "manual")
    path = dump_of(site, made)
    path.write_bytes(path.read_bytes()[: made.size_bytes * 2 // 3])
    from balcao.kernel.backups.shelf import digest

    forged = made.model_copy(update={"size_bytes": path.stat().st_size, "sha256": digest(path)})
    site.shelf.write_manifest(forged)
    with pytest.raises(BackupDamagedError):
        verify_backup(site, made.name)
    assert databases_beside(site.database_url) == []


def test_a_restore_brings_back_the_moment_and_sends_nothing_twice(site: Site, shop: Shop) -> None:
    url = site.database_url
    for number, status in enumerate(["queued", "failed", "sent"]):
        run(url, ADD_MESSAGE, {"tenant": shop.tenant.id, "key": f"m{number}", "status": status})
    run(
        url,
        "insert into procrastinate_jobs (task_name, queue_name, status) values ('x.work', 'now', 'doing')",
    )
    made = create_backup(site, "manual")
    before = fingerprint(url)
    run(url, "update products set name = 'Bolo'")
    run(url, "update messages set status = 'sent' where status = 'queued'")
    run(url, "update user_sessions set revoked_at = now(), revoked_reason = 'stolen'")
    run(url, "insert into backup_runs (id, kind, asked_by) values (gen_random_uuid(), 'create', 'user:1')")
    run(url, "update procrastinate_jobs set status = 'succeeded' where task_name = 'x.work'")
    steps: list[str] = []
    report = restore_backup(site, made.name, tell=steps.append)
    after = fingerprint(url)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {
        "messages", "procrastinate_jobs", "procrastinate_events", "user_sessions",
    }  # fmt: skip
    assert one(url, "select name from products") == "Pão"
    held = "select count(*) from messages where status = 'dead' and error = 'held_after_restore'"
    assert one(url, held) == 2
    assert one(url, "select count(*) from messages where status in ('queued', 'failed')") == 0
    assert one(url, "select status::text from procrastinate_jobs where task_name = 'x.work'") == "todo"
    assert one(url, "select count(*) from user_sessions where revoked_at is null") == 0
    assert one(url, "select count(*) from backup_runs") == 1
    assert one(url, "select count(*) from maintenance") == 0
    assert (report.changed["messages_held"], report.changed["jobs_reset"]) == (2, 1)
    assert steps == ["check", "shut", "safety_backup", "restore", "reconcile", "exchange", "media"]
    assert databases_beside(url) == [report.former_database]
    assert one(sibling(url, report.former_database), "select name from products") == "Bolo"
    assert site.manifest(report.safety_backup).kind == "before_restore"
    assert report.lost_seconds >= 0


def test_the_application_role_works_in_a_restored_database(site: Site, shop: Shop) -> None:
    made = create_backup(site, "manual")
    restore_backup(site, made.name)
    with psycopg.connect(site.database_url) as connection:
        connection.execute("set local role balcao_app")
        assert connection.execute("select count(*) from products").fetchone() == (0,)
        connection.execute(f"set local app.tenant_id = '{shop.tenant.id}'")  # type: ignore[arg-type]
        assert connection.execute("select count(*) from products").fetchone() == (1,)
        connection.execute("update products set name = name || '!'")
    with psycopg.connect(site.database_url) as connection:
        connection.execute("set local role balcao_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update tenants set name = 'x'")


def test_a_database_keeps_its_settings_and_rights(site: Site) -> None:
    url, name = site.database_url, site.database
    run(url, f"alter database {name} set work_mem to '5MB'")
    run(url, f"revoke connect on database {name} from public")
    made = create_backup(site, "manual")
    restore_backup(site, made.name)
    assert one(url, "show work_mem") == "5MB"
    acl = "select has_database_privilege('balcao_app', current_database(), 'connect')"
    assert one(url, acl) is False


def test_encrypted_for_a_key_that_is_elsewhere(site: Site, tmp_path: Path) -> None:
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    key_file = tmp_path / "key.txt"
    key_file.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    sealed_site = replace(site, recipients=(str(identity.to_public()),))
    made = create_backup(sealed_site, "manual", verify=True)
    assert made.verified_at is not None and made.file_name.endswith(".dump.age")
    path = dump_of(site, made)
    assert path.read_bytes().startswith(b"age-encryption.org/v1") and b"PGDMP" not in path.read_bytes()
    assert pyrage.decrypt(path.read_bytes(), [identity]).startswith(b"PGDMP")
    with pytest.raises(BackupKeyMissingError):
        verify_backup(sealed_site, made.name)
    (tmp_path / "other.txt").write_text(str(other))
    with pytest.raises(BackupKeyMissingError):
        verify_backup(replace(sealed_site, identity_file=tmp_path / "other.txt"), made.name)
    with_key = replace(sealed_site, identity_file=key_file)
    run(site.database_url, "delete from skus where false; update products set name = 'Bolo'")
    restore_backup(with_key, made.name)
    assert one(site.database_url, "select name from products") == "Pão"
    assert not [path for path in site.shelf.folder.iterdir() if path.suffix in {".dump", ".partial"}]
    assert str(identity) not in (site.shelf.folder / f"{made.name}.json").read_text()


@pytest.mark.parametrize("sealed", [False, True])
def test_stored_files_come_back_too_and_go_with_the_last_backup_that_lists_them(
    site: Site, shop: Shop, tmp_path: Path, sealed: bool
) -> None:
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(str(identity))
    if sealed:
        site = replace(site, recipients=(str(identity.to_public()),), identity_file=tmp_path / "key.txt")
    stored = tmp_path / "media" / str(shop.tenant.id) / "products" / str(uuid4()) / "w400.webp"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"picture")
    now = datetime.now(UTC)
    made = create_backup(replace(site, clock=lambda: now - timedelta(days=40)), "manual")
    (copy,) = [path for path in (site.shelf.folder / "media").rglob("*") if path.is_file()]
    assert (copy.suffix == ".age", copy.read_bytes() == b"picture") == (sealed, not sealed)
    stored.unlink()
    report = restore_backup(site, made.name)
    assert (report.media_brought, report.media_missing) == (1, 0)
    assert stored.read_bytes() == b"picture"
    stored.unlink()
    create_backup(site, "manual", verify=True)
    assert copy.exists()
    assert clean_up(site).local == [made.name]
    assert not copy.exists()


def test_a_key_that_is_none_is_named_by_its_place(site: Site) -> None:
    with pytest.raises(BackupImpossibleError, match="key 1 of BACKUP_RECIPIENTS"):
        create_backup(replace(site, recipients=("age1nonsense",)), "manual")


def test_a_restore_that_fails_at_the_last_step_changes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create_backup(site, "manual")
    run(site.database_url, "update products set name = 'Bolo'")

    def fail(*_: object) -> None:
        raise psycopg.OperationalError("the server went away")

    monkeypatch.setattr("balcao.kernel.backups.restoring.exchange", fail)
    with pytest.raises(psycopg.OperationalError):
        restore_backup(site, made.name)
    assert one(site.database_url, "select name from products") == "Bolo"
    assert one(site.database_url, "select count(*) from maintenance") == 0
    assert databases_beside(site.database_url) == []


def test_an_exchange_that_is_refused_opens_the_live_database_again(site: Site) -> None:
    from balcao.kernel.backups.server import exchange

    with pytest.raises(psycopg.errors.InvalidCatalogName):
        exchange(site.database_url, "balcao_not_there", f"{site.database}_old_20260101_000000")
    assert one(site.database_url, "select 1") == 1
    assert databases_beside(site.database_url) == []


def test_one_at_a_time(site: Site) -> None:
    made = create_backup(site, "manual")
    with one_at_a_time(site.database_url):
        for act in (
            lambda: create_backup(site, "manual"),
            lambda: verify_backup(site, made.name),
            lambda: restore_backup(site, made.name),
            lambda: clean_up(site),
        ):
            with pytest.raises(BackupRunningError):
                act()


def test_two_of_one_second_have_two_names(site: Site) -> None:
    moment = datetime(2026, 1, 31, 6, 30, tzinfo=UTC)
    still = replace(site, clock=lambda: moment)
    names = [create_backup(still, "manual").name for _ in range(2)]
    assert names == ["backup_20260131_063000", "backup_20260131_063001"]


def test_told_to_stop_it_leaves_nothing(site: Site) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        create_backup(site, "manual", stop=stop)
    assert list(site.shelf.folder.iterdir()) == []


def test_cleaning_up_takes_what_it_said_it_would(site: Site) -> None:
    now = datetime.now(UTC)
    names: list[str] = []
    for days in (90, 60, 40, 1):
        aged = replace(site, clock=lambda days=days: now - timedelta(days=days))
        names.append(create_backup(aged, "manual", verify=days == 60).name)
    foreign = site.shelf.folder / "backup_of_grandmother.json"
    foreign.write_text("{}")
    (site.shelf.folder / "backup_20200101_000000.json").symlink_to(foreign)
    run(sibling(site.database_url, "postgres"), f"create database {site.database}_old_20200101_000000")
    planned = clean_up(site, dry_run=True)
    assert planned.local == [names[0], names[2]]
    assert planned.databases == [f"{site.database}_old_20200101_000000"]
    assert len(site.shelf.names()) == 4
    done = clean_up(site)
    assert done == planned
    assert site.shelf.names() == [names[1], names[3]]
    assert not [path for path in site.shelf.folder.iterdir() if path.name.startswith((names[0], names[2]))]
    assert foreign.exists() and databases_beside(site.database_url) == []


def test_a_link_to_elsewhere_is_not_followed(site: Site, tmp_path: Path) -> None:
    made = create_backup(site, "manual")
    path = dump_of(site, made)
    path.rename(tmp_path / "elsewhere.dump")
    path.symlink_to(tmp_path / "elsewhere.dump")
    with pytest.raises(BackupNotFoundError):
        verify_backup(site, made.name)


def test_a_backup_of_a_newer_version_is_refused(site: Site) -> None:
    made = create_backup(site, "manual")
    site.shelf.write_manifest(made.model_copy(update={"revision": "9999"}))
    with pytest.raises(BackupImpossibleError, match="schema 9999"):
        restore_backup(site, made.name)


def test_a_server_newer_than_our_programs_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balcao.kernel.backups.programs.NEWEST_SERVER", 14)
    with pytest.raises(BackupImpossibleError, match="programs that came with Balcão are of 14"):
        create_backup(site, "manual")


@pytest.fixture
def plain_owner(database_url: str, settings: Settings, tmp_path: Path) -> Iterator[Site]:
    """A site whose account owns its database and is nothing more, as managed servers give it."""
    name = f"bk_dona_{uuid4().hex[:6]}"
    server = sibling(database_url, "postgres")
    run(server, f"create role {name} login nosuperuser nobypassrls createrole")
    run(server, f"grant balcao_app, balcao_platform to {name}")
    url = fresh_database(database_url, name, owner=name).replace("postgres@/", f"{name}@/")
    fill(settings, url)
    yield make_site(settings, url, tmp_path)
    with psycopg.connect(server, autocommit=True) as connection:
        for left in connection.execute(
            "select datname from pg_database where datname like %s", (f"{name}%",)
        ).fetchall():
            connection.execute(f'drop database "{left[0]}" with (force)')  # type: ignore[arg-type]
        connection.execute(f"revoke balcao_app, balcao_platform from {name}")  # type: ignore[arg-type]
        connection.execute(f"drop role {name}")  # type: ignore[arg-type]


def test_a_plain_account_backs_up_every_row_and_restores(plain_owner: Site, database_url: str) -> None:
    site, name = plain_owner, plain_owner.database
    made = create_backup(site, "manual")
    assert made.tables["products"] == 1
    with pytest.raises(BackupImpossibleError, match=f"alter role {name} createdb"):
        verify_backup(site, made.name)
    run(sibling(database_url, "postgres"), f"alter role {name} createdb")
    verify_backup(site, made.name)
    before = fingerprint(site.database_url)
    run(site.database_url, "set role balcao_platform; update products set name = 'Bolo'")
    restore_backup(site, made.name)
    after = fingerprint(site.database_url)
    assert {table for table in before if before[table] != after[table]} <= {"user_sessions"}
    assert migrate(site.database_url) is False


def test_an_account_that_does_not_see_all_rows_is_told_so(plain_owner: Site, database_url: str) -> None:
    name = plain_owner.database
    run(sibling(database_url, "postgres"), f"grant balcao_platform to {name} with inherit false")
    with pytest.raises(BackupImpossibleError, match="does not see all rows"):
        create_backup(plain_owner, "manual")
