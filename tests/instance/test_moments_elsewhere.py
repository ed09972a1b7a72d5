"""The continuous archive encrypted and in a bucket: the machine burns, and a moment comes back on an empty one."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pyrage
import pytest

from balcao.kernel.backups import continuous
from balcao.kernel.backups.archive import Archive, archive_caught_up
from balcao.kernel.backups.archive_copy import copy_of, prune_copies
from balcao.kernel.backups.bucket import Bucket, BucketUnavailableError, bucket_of
from balcao.kernel.backups.continuous import REACH, archive_of
from balcao.kernel.backups.creating import create_backup
from balcao.kernel.backups.errors import (
    BackupDamagedError,
    BackupImpossibleError,
    BackupKeyMissingError,
)
from balcao.kernel.backups.moments import backup_of_moment
from balcao.kernel.backups.reaching import reaches_of, spans_of
from balcao.kernel.backups.restoring import restore_backup
from balcao.kernel.backups.site import Site
from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.migrate import migrate
from balcao.kernel.files.blobs import blob_key
from balcao.kernel.settings import Settings
from tests.contracts.test_blobs import BUCKET, s3_endpoint
from tests.factories.backups import make_site, one, run
from tests.instance.test_moments import archiving, arrived, plan, settled, until

__all__ = ["s3_endpoint"]  # the fixture: a server of the protocol
TENANT = UUID(int=0x3C)
KILLS_ITSELF = """
import os, signal, sys, threading
from pathlib import Path
from balcao.kernel.backups import continuous
from balcao.kernel.backups.bucket import Bucket
from balcao.kernel.settings import Settings
from tests.factories.backups import make_site
from tests.instance.test_moments_elsewhere import bucket_at

put = Bucket.put_file
def put_and_die(self, file_name, path):
    put(self, file_name, path)
    if "/wal/" in file_name:
        os.kill(os.getpid(), signal.SIGKILL)
Bucket.put_file = put_and_die
continuous._TIDY_EVERY_SECONDS = 0.1
url, folder, endpoint, prefix, recipient = sys.argv[1:]
site = make_site(Settings(auth_secret="a" * 40, data_dir=Path(folder)), url, Path(folder),
    bucket=bucket_at(endpoint, prefix), recipients=(recipient,))
continuous.archive_continuously(site, threading.Event())
"""


def bucket_at(endpoint: str, prefix: str) -> Bucket:
    settings = Settings(
        _env_file=None, backup_s3_bucket=BUCKET, backup_s3_endpoint=endpoint, backup_s3_prefix=prefix,
        backup_s3_access_key_id="test", backup_s3_secret_access_key="test",
    )  # type: ignore[call-arg, arg-type]  # fmt: skip
    bucket = bucket_of(settings)
    assert bucket is not None
    return bucket


@pytest.fixture(autouse=True)
def _busily(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuous, "_TIDY_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(continuous, "_LOOK_EVERY_SECONDS", 0.05)


@pytest.fixture(name="prefix")
def _prefix() -> str:
    return f"c{uuid4().hex[:8]}"


@pytest.fixture(name="key")
def _key() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture(name="site")
def _site(
    tmp_path: Path,
    s3_endpoint: str,  # noqa: F811
    prefix: str,
    key: pyrage.x25519.Identity,
) -> Iterator[Site]:
    """A shop's machine that encrypts to a key it does not have, and has a bucket."""
    (tmp_path / "shop").mkdir()
    server = EmbeddedPostgres(tmp_path / "shop" / "postgres", durable=False)
    server.start()
    try:
        url = server.database_url()
        migrate(url)
        settings = Settings(auth_secret="a" * 40, data_dir=tmp_path / "shop")  # type: ignore[arg-type]
        bucket = bucket_at(s3_endpoint, prefix)
        yield make_site(settings, url, tmp_path / "shop", bucket=bucket, recipients=(str(key.to_public()),))
    finally:
        server.stop()


@pytest.fixture(name="empty")
def _empty(tmp_path: Path, site: Site) -> Iterator[Site]:
    """Another machine: nothing but the program and the address of the bucket."""
    (tmp_path / "empty").mkdir()
    server = EmbeddedPostgres(tmp_path / "empty" / "postgres", durable=False)
    server.start()
    try:
        settings = Settings(auth_secret="a" * 40, data_dir=tmp_path / "empty")  # type: ignore[arg-type]
        yield make_site(settings, server.database_url(), tmp_path / "empty", bucket=site.bucket)
    finally:
        server.stop()


def closed(site: Site) -> None:
    """Ends the segment at hand and waits until it is in the bucket."""
    name = one(site.database_url, "select pg_walfile_name(pg_current_wal_lsn())")
    arrived(site, site.database_url)
    run(site.database_url, "select pg_switch_wal()")
    until(lambda: name in sent(site))


def sent(site: Site) -> list[str]:
    assert site.bucket is not None
    return [piece.name for piece in copy_of(site.bucket, archive_of(site).server).pieces()]


def files_in(bucket: Bucket | None) -> list[str]:
    assert bucket is not None
    return sorted(bucket.sizes("continuous"))


def test_a_moment_comes_back_out_of_the_bucket_on_an_empty_machine(
    site: Site, empty: Site, key: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    run(
        site.database_url,
        "insert into tenants (id, slug, name) values (%(id)s, 'loja', 'Loja')",
        {"id": TENANT},
    )
    picture = blob_key(TENANT, "products", uuid4(), "w400.webp")
    asyncio.run(site.blobs.put(picture, b"bread", "image/webp"))
    create_backup(site, "manual")
    with archiving(site):
        plan(site.database_url, "dear")
        closed(site)
        moment = one(site.database_url, "select clock_timestamp()")
        run(site.database_url, "delete from plans")
        closed(site)
        until(lambda: archive_caught_up(site.shelf.folder) > moment.timestamp())
        archive = archive_of(site)
        for path in archive.spool.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for path in [*archive.wal.iterdir(), *archive.folder.glob("base_*/*.age")]:
            assert path.read_bytes().startswith(b"age-encryption.org/v1")
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not list(archive.folder.glob("base_*/*.gz"))
    assert archive.wal.parent.stat().st_mode & 0o077 == 0
    assert all(name.endswith((".age", "base.json")) for name in files_in(site.bucket))

    # Without the key, or with another: nothing is written.
    (tmp_path / "other.txt").write_text(str(pyrage.x25519.Identity.generate()))
    for identity in (None, tmp_path / "nowhere.txt", tmp_path / "other.txt"):
        with pytest.raises(BackupKeyMissingError):
            backup_of_moment(replace(empty, identity_file=identity), moment)
        assert not empty.shelf.folder.exists()

    (tmp_path / "key.txt").write_text(str(key))
    opening = replace(empty, identity_file=tmp_path / "key.txt")
    with pytest.raises(BackupImpossibleError) as refused:
        backup_of_moment(opening, datetime.now(UTC) + timedelta(days=1))
    begin, end = spans_of(reaches_of(opening))[0]
    assert begin < moment <= end
    assert f"{begin:%Y-%m-%d %H:%M:%S}" in str(refused.value)
    made = backup_of_moment(opening, moment)
    assert made.file_name.endswith(".age")
    assert not list((opening.shelf.folder / "continuous").iterdir())
    report = restore_backup(opening, made.name, safety_backup=False)
    assert one(empty.database_url, "select string_agg(slug, ',') from plans") == "dear"
    assert (report.media_brought, report.media_missing) == (1, 0)
    assert asyncio.run(empty.blobs.read(picture)) == b"bread"


def test_what_was_changed_or_is_missing_in_the_bucket_is_refused(
    site: Site, empty: Site, key: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    (tmp_path / "key.txt").write_text(str(key))
    opening = replace(empty, identity_file=tmp_path / "key.txt")
    with archiving(site):
        until(lambda: bool(reaches_of(opening)))
        moment = one(site.database_url, "select clock_timestamp()")
        for slug in ("one", "two", "three"):
            plan(site.database_url, slug)
            closed(site)
    bucket, server = site.bucket, archive_of(site).server
    assert bucket is not None
    pieces = copy_of(bucket, server).pieces()
    victim = next(piece for piece in pieces if piece.name == sorted(sent(site))[-2])
    path, local = f"continuous/{server}/wal/{victim.file_name}", tmp_path / "harmed"
    bucket.get_file(path, local)
    whole = local.read_bytes()
    local.write_bytes(whole[:-30] + bytes([whole[-30] ^ 1]) + whole[-29:])
    bucket.put_file(path, local)
    with pytest.raises(BackupDamagedError, match=f"segment {victim.name} was changed"):
        backup_of_moment(opening, moment)
    bucket.remove_file(path)
    with pytest.raises(BackupDamagedError, match="are missing"):
        backup_of_moment(opening, None)
    with pytest.raises(BackupImpossibleError, match="the archive reaches"):
        backup_of_moment(opening, pieces[-1].reached_at)
    base = reaches_of(opening)[0].base
    local.write_bytes(b"another base backup")
    bucket.put_file(f"continuous/{server}/{base.name}/{base.stored('base.tar.gz')}", local)
    with pytest.raises(BackupDamagedError):
        backup_of_moment(opening, base.finished_at)
    assert not list((opening.shelf.folder / "continuous").iterdir())
    with pytest.raises(BucketUnavailableError):
        reaches_of(replace(opening, bucket=bucket_at("http://127.0.0.1:9", "nobody")))
    assert reaches_of(replace(site, bucket=bucket_at("http://127.0.0.1:9", "nobody")))


def test_an_archiver_killed_right_after_sending_sends_nothing_twice(
    site: Site,
    s3_endpoint: str,  # noqa: F811
    prefix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive, puts = archive_of(site), list[str]()
    put = Bucket.put_file

    def counted(self: Bucket, file_name: str, path: Path) -> None:
        put(self, file_name, path)
        puts.append(file_name)

    for _ in range(2):
        before = set(files_in(site.bucket))
        command = [
            sys.executable, "-c", KILLS_ITSELF, site.database_url, str(tmp_path / "shop"), s3_endpoint, prefix,
            site.recipients[0],
        ]  # fmt: skip
        child = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        until(lambda: bool(archive.bases()))
        for _ in range(2):  # the second stays behind
            plan(site.database_url, uuid4().hex)
            run(site.database_url, "select pg_switch_wal()")
        assert child.wait(60) == -signal.SIGKILL
        killed_after = set(files_in(site.bucket)) - before
        assert [name for name in killed_after if "/wal/" in name]
    before = set(files_in(site.bucket))
    assert len(before) == 4 + 2  # a base backup and its note, and a segment of each
    monkeypatch.setattr(Bucket, "put_file", counted)
    with archiving(site):  # the receiver of the killed one may still hold the slot
        closed(site)
    names = [name.removeprefix("continuous/") for name in puts]
    assert not before & set(names)
    assert names == sorted(names)
    assert len(set(names)) == len(names) >= 3
    assert before | set(names) == set(files_in(site.bucket))
    assert spans_of(reaches_of(site))[0][1] > archive.bases()[0].finished_at
    assert not reaches_of(site)[0].gap


def test_chains_stay_whole_in_the_bucket_and_former_servers_go_late(
    s3_endpoint: str,  # noqa: F811
    prefix: str,
    tmp_path: Path,
) -> None:
    bucket, now, stop = bucket_at(s3_endpoint, prefix), datetime(2026, 6, 1, tzinfo=UTC), threading.Event()
    own, former = (Archive(tmp_path / "continuous" / f"server_{number}") for number in (1, 2))
    for archive, ages in ((own, (30, 16, 3)), (former, (40,))):
        archive.make()
        for segment, age in enumerate(ages, 2):
            settled(archive, now - timedelta(days=age), segment * 2)
        for segment in range(3, 10):
            path = archive.spool / f"{segment:024X}"
            path.write_bytes(bytes(1 << 16))
            moment = (now - timedelta(days=ages[-1])).timestamp()
            os.utime(path, (moment, moment))
        archive.pack(())
        assert copy_of(bucket, archive.server).send(archive, stop) == 7 + 4 * len(ages)
        assert copy_of(bucket, archive.server).send(archive, stop) == 0
    # One that was cut off: its note went first.
    bucket.remove_file(f"continuous/server_1/{own.bases()[0].name}/base.json")
    copy = copy_of(bucket, "server_1")
    assert [base.first_segment for base in copy.bases()] == [f"{6:024X}", f"{8:024X}"]
    early = prune_copies(bucket, copy, REACH, now - timedelta(days=10))
    assert early == [f"{segment:024X}" for segment in (3, 4, 5)]
    assert "server_2" in prune_copies(bucket, copy, REACH, now)
    assert not [name for name in files_in(bucket) if name.startswith("server_2/")]
    assert [piece.name for piece in copy_of(bucket, "server_1").pieces()] == [
        f"{segment:024X}" for segment in range(6, 10)
    ]
    assert len(files_in(bucket)) == 4 + 2 * 4
    assert prune_copies(bucket, copy, REACH, now) == []
    assert own.prune_former(REACH, now) == ["server_2"]
    assert own.prune_former(REACH, now) == []
    assert len(own.bases()) == 3


def test_a_server_that_let_go_is_followed_anew(site: Site) -> None:
    """The archiver was away for so long that changes are lost: later ones are archived, and the hole is known."""
    url, local = site.database_url, replace(site, bucket=None, recipients=())
    with archiving(local):
        arrived(local, url)
    run(url, "alter system set max_slot_wal_keep_size = '1MB'")
    run(url, "select pg_reload_conf()")
    for number in range(4):
        plan(url, f"lost{number}")
        run(url, "select pg_switch_wal()")
        run(url, "checkpoint")
    assert one(url, "select wal_status from pg_replication_slots") == "lost"
    lost = one(url, "select clock_timestamp()")
    archive = archive_of(local)
    with archiving(local):
        until(lambda: len(archive.bases()) == 2)
        plan(url, "kept")
        arrived(local, url)
    with pytest.raises(BackupImpossibleError, match=r" to .* from .* to "):
        backup_of_moment(local, lost)
    newest = backup_of_moment(local, None)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("delete from plans")
    restore_backup(local, newest.name, safety_backup=False)
    assert one(url, "select count(*) from plans") == 5
