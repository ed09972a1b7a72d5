"""The pure rules of backups: names, manifests, retention, what a restored database must show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.manifest import (
    Manifest,
    MediaList,
    checked_name,
    confirmation_of,
    differences,
    key_mark,
    moment_of,
    name_of,
    read_manifest,
)
from balcao.kernel.backups.media_list import missing_media
from balcao.kernel.backups.retention import OVERDUE, Kept, doomed, is_overdue, newest_verified
from balcao.kernel.backups.server import database_of, name_beside, outdated_databases, sibling

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
COUNTS = st.dictionaries(st.sampled_from(["orders", "users", "stores", "messages"]), st.integers(0, 9))


def manifest(**changes: object) -> Manifest:
    values: dict[str, object] = {
        "name": "backup_20260520_063000", "kind": "scheduled", "created_at": NOW, "finished_at": NOW, "server_major": 18,
        "revision": "0003", "size_bytes": 10, "sha256": "a" * 64, "plain_bytes": 10, "plain_sha256": "a" * 64,
        "tables": {"orders": 3}, "walled": 2, "media": MediaList(files=0, size_bytes=0, sha256="b" * 64), "key_mark": "00",
    }  # fmt: skip
    return Manifest.model_validate(values | changes)


@settings(deadline=None)
@given(MOMENTS)
def test_a_name_tells_its_moment(moment: datetime) -> None:
    assert moment_of(name_of(moment)) == moment.replace(microsecond=0)
    assert checked_name(name_of(moment)) == name_of(moment)


@pytest.mark.parametrize(
    "name",
    [
        "", "../../etc/passwd", "backup_20260520_063000/..", "/backup_20260520_063000", "backup_20260520_063000\n",
        "backup_20260520_063000.json", "backup_20260520_06300", "backup_20261399_063000", "BACKUP_20260520_063000",
        "backup_２０２６０５２０_063000", "backup_20260520_063000\x00", "..", "backup_20260520-063000",
    ],
)  # fmt: skip
def test_nothing_else_is_a_name(name: str) -> None:
    with pytest.raises(BackupNotFoundError):
        checked_name(name)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_whatever_passes_as_a_name_is_one_part_of_a_path(text: str) -> None:
    try:
        name = checked_name(text)
    except BackupNotFoundError:
        return
    assert name == name_of(moment_of(name))


@settings(deadline=None)
@given(st.data())
def test_a_manifest_cut_anywhere_is_damaged(data: st.DataObject) -> None:
    text = manifest().text().rstrip()
    assert read_manifest("backup_20260520_063000", text) == manifest()
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(BackupDamagedError):
        read_manifest("backup_20260520_063000", text[:cut])


def test_the_manifest_of_another_backup_is_refused() -> None:
    with pytest.raises(BackupDamagedError):
        read_manifest("backup_20260520_063001", manifest().text())


def test_the_file_is_called_by_what_it_is() -> None:
    assert manifest().file_name == "backup_20260520_063000.dump"
    assert manifest(recipients=("age1x",)).file_name == "backup_20260520_063000.dump.age"
    assert manifest(tables={"a": 2, "b": 5}).rows == 7


@settings(deadline=None)
@given(COUNTS, COUNTS, st.sampled_from(["0002", "0003", None]), st.integers(0, 3))
def test_only_an_equal_database_has_no_differences(
    was: dict[str, int], found: dict[str, int], revision: str | None, walled: int
) -> None:
    said = differences(manifest(tables=was), tables=found, revision=revision, walled=walled)
    assert (said == []) == (was == found and revision == "0003" and walled == 2)


KEPT = st.builds(
    Kept,
    st.uuids().map(str),
    st.integers(0, 100).map(lambda days: NOW - timedelta(days=days)),
    st.none() | st.just(NOW),
)


@settings(deadline=None)
@given(st.lists(KEPT, max_size=12), st.integers(1, 60))
def test_retention_takes_only_the_old_and_never_the_last_good_one(backups: list[Kept], days: int) -> None:
    gone = set(doomed(backups, NOW, timedelta(days=days)))
    left = [one for one in backups if one.name not in gone]
    assert all(NOW - one.created_at > timedelta(days=days) for one in backups if one.name in gone)
    assert bool(left) == bool(backups)
    newest, kept_newest = newest_verified(backups), newest_verified(left)
    assert (newest is None) == (kept_newest is None)
    if newest is not None and kept_newest is not None:
        assert kept_newest.created_at == newest.created_at
    assert doomed(left, NOW, timedelta(days=days)) == []


@settings(deadline=None)
@given(st.lists(KEPT, max_size=6), st.integers(0, 60))
def test_overdue_is_26_hours_after_the_last_good_data(backups: list[Kept], hours: int) -> None:
    installed = NOW - timedelta(hours=hours)
    good = [one.created_at for one in backups if one.verified_at is not None]
    assert is_overdue(backups, NOW, installed) == (NOW - max([installed, *good]) > OVERDUE)


def test_a_key_mark_tells_secrets_apart_and_nothing_more() -> None:
    assert key_mark("a" * 32) == key_mark("a" * 32) != key_mark("b" * 32)
    assert len(key_mark("a" * 32)) == 16


def test_the_phrase_names_backup_and_database() -> None:
    assert confirmation_of("backup_20260520_063000", "balcao") == "backup_20260520_063000 balcao"


def test_databases_beside_the_live_one() -> None:
    url = "postgresql://ana:s%40x@/balcao?host=%2Ftmp%2Fx"
    assert database_of(sibling(url, "outro")) == "outro"
    assert sibling(url, "outro").replace("/outro?", "/balcao?") == url
    assert len(name_beside("x" * 63, "restore", NOW)) <= 63
    old = {"balcao_old_20260501_000000": NOW - timedelta(days=8), "balcao_old_20260519_000000": NOW}
    assert outdated_databases(old, NOW, timedelta(days=7)) == ["balcao_old_20260501_000000"]


def test_media_that_are_gone_or_changed_are_missing() -> None:
    assert missing_media([("a", 1), ("b", 2), ("c", 3)], [("a", 1), ("b", 9)]) == ["b", "c"]
