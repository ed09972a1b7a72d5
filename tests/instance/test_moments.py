"""Going back to a moment: somebody deletes what matters, and what was there a second before comes back."""

from __future__ import annotations

import os
import signal
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import pytest

from balcao.kernel.backups.archive import Archive
from balcao.kernel.backups.chains import Base
from balcao.kernel.backups.continuous import REACH, archive_continuously, archive_of
from balcao.kernel.backups.errors import BackupImpossibleError, BackupRunningError
from balcao.kernel.backups.moments import backup_of_moment
from balcao.kernel.backups.reaching import Reach, lay_out_base
from balcao.kernel.backups.restoring import restore_backup
from balcao.kernel.backups.site import Site
from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.migrate import migrate
from balcao.kernel.settings import Settings
from tests.factories.backups import make_site, one, run

PATIENCE_SECONDS = 60.0


@pytest.fixture(name="server_url")
def _server(tmp_path: Path) -> Iterator[str]:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    try:
        url = server.database_url()
        migrate(url)
        yield url
    finally:
        server.stop()


@contextmanager
def archiving(site: Site) -> Iterator[None]:
    """The archiver at work beside the test, with its first base backup made."""
    stop, failed = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            archive_continuously(site, stop)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        until(lambda: bool(failed or archive_of(site).bases()))
        yield
    finally:
        stop.set()
        thread.join()
        assert not failed, [getattr(error, "ext", error) for error in failed]


def until(there: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.05)


def arrived(site: Site, url: str) -> None:
    """Waits until everything committed so far is in the archive."""
    lsn = one(url, "select pg_current_wal_flush_lsn()")
    query = "select flush_lsn >= %(lsn)s::pg_lsn from pg_stat_replication where application_name = 'pg_receivewal'"
    until(lambda: bool(one(url, query, {"lsn": lsn})))
    # A commit nobody follows is not replayed past a target; the next one says that the moment is over.
    run(url, "select pg_logical_emit_message(true, 'test', 'later')")


def receivers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.name() == "pg_receivewal"]


def plan(url: str, slug: str) -> None:
    run(
        url,
        f"insert into plans (id, slug, name, price_cents, modules, is_active) values (gen_random_uuid(), '{slug}', '{slug}', 1, '{{}}', true)",
    )


def test_what_was_deleted_comes_back(server_url: str, tmp_path: Path) -> None:
    settings = Settings(auth_secret="a" * 40, data_dir=tmp_path)  # type: ignore[arg-type]
    site = make_site(settings, server_url, tmp_path)
    with pytest.raises(BackupImpossibleError):
        backup_of_moment(site, None)
    with archiving(site):
        with pytest.raises(BackupRunningError):
            archive_continuously(site, threading.Event())
        plan(server_url, "dear")
        run(server_url, "select pg_switch_wal()")
        for receiver in receivers():
            os.kill(receiver.pid, signal.SIGKILL)
        moment = one(server_url, "select clock_timestamp()")
        run(server_url, "delete from plans")
        plan(server_url, "after")
        until(lambda: bool(receivers()))
        arrived(site, server_url)
        arrived(site, server_url)
    site_archive = archive_of(site)
    assert list(site_archive.spool.glob("*.partial"))
    with pytest.raises(BackupImpossibleError):
        backup_of_moment(site, datetime.now(UTC) + timedelta(days=1))
    made = backup_of_moment(site, moment)
    assert made.kind == "moment"
    assert made.verified_at is not None
    assert not list(site_archive.folder.parent.glob("moment_*"))
    newest = backup_of_moment(site, None)
    with psycopg.connect(server_url, autocommit=True) as connection:
        assert connection.execute("select slug from plans").fetchall() == [("after",)]
    restore_backup(site, made.name, safety_backup=False)
    assert one(server_url, "select string_agg(slug, ',') from plans") == "dear"
    restore_backup(site, newest.name, safety_backup=False)
    assert one(server_url, "select string_agg(slug, ',') from plans") == "after"


def test_a_base_backup_is_laid_out_by_a_python_without_filters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian 12 has 3.11.2; filters came with 3.11.4."""
    extract = tarfile.TarFile.extractall

    def former(
        self: tarfile.TarFile, path: Path, members: None = None, *, numeric_owner: bool = False
    ) -> None:
        extract(self, path, members, numeric_owner=numeric_owner)

    monkeypatch.setattr(tarfile.TarFile, "extractall", former)
    monkeypatch.delattr(tarfile, "data_filter")
    archive = Archive(tmp_path / "continuous" / "server_1")
    archive.make()
    now = datetime.now(UTC)
    base = settled(archive, now, 1)
    settings = Settings(auth_secret="a" * 40, data_dir=tmp_path)  # type: ignore[arg-type]
    (tmp_path / "moment").mkdir()
    reach = Reach(archive, None, base, now, gap=False)
    lay_out_base(make_site(settings, "postgresql:///none", tmp_path), reach, tmp_path / "moment")
    found = {path.name for path in (tmp_path / "moment").rglob("*") if path.is_file()}
    assert found == {"base", "pg_wal"}


def settled(archive: Archive, finished_at: datetime, segment: int) -> Base:
    """A base backup of next to nothing."""
    partial = archive.new_base(finished_at)
    partial.mkdir()
    for name in ("base", "pg_wal"):
        with tarfile.open(partial / f"{name}.tar.gz", "w:gz") as packed:
            packed.addfile(tarfile.TarInfo(name))
    (partial / "backup_manifest").write_text("{}")
    name = partial.name.removesuffix(".partial")
    base = Base(name=name, finished_at=finished_at, first_segment=f"{segment:024X}", segment_bytes=1 << 24)
    return archive.settle_base(partial, base)


def test_a_segment_cut_off_while_it_was_made_is_filled_up(tmp_path: Path) -> None:
    """What a killed receiver leaves, which it would refuse to go on with."""
    archive = Archive(tmp_path / "continuous" / "server_1")
    archive.make()
    cut, empty = archive.spool / f"{1:024X}.partial", archive.spool / f"{2:024X}.partial"
    cut.write_bytes(b"x" * 10)
    empty.touch()
    archive.mend(4096)
    assert cut.read_bytes() == b"x" * 10 + bytes(4086)
    assert empty.stat().st_size == 0


def test_what_no_moment_needs_goes(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "continuous" / "server_1")
    archive.make()
    now = datetime(2026, 6, 1, tzinfo=UTC)
    for age, segment in ((40, 2), (20, 4), (3, 6)):
        settled(archive, now - timedelta(days=age), segment)
    for segment in range(1, 9):
        (archive.spool / f"{segment:024X}").write_bytes(b"x" * 100)
    (archive.spool / "00000002.history").write_text("1")
    assert archive.pack(()) == 9
    assert not list(archive.spool.iterdir())
    gone = archive.prune(REACH, now)
    assert gone[0].startswith("base_")
    assert len(gone) == 4
    assert [base.first_segment for base in archive.bases()] == [f"{4:024X}", f"{6:024X}"]
    assert [piece.name for piece in archive.pieces()] == [
        *(f"{segment:024X}" for segment in range(4, 9)), "00000002.history",
    ]  # fmt: skip
    assert archive.prune(REACH, now) == []
