"""The copy of the backups in an S3-compatible store, spoken to over its real protocol."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from balcao.kernel.backups.bucket import Bucket, BucketUnavailableError, bucket_of
from balcao.kernel.backups.catalogue import list_backups
from balcao.kernel.backups.creating import create_backup
from balcao.kernel.backups.errors import BackupDamagedError, BackupNotFoundError
from balcao.kernel.backups.restoring import restore_backup
from balcao.kernel.backups.retiring import clean_up
from balcao.kernel.backups.site import Site
from balcao.kernel.backups.verifying import verify_backup
from balcao.kernel.settings import Settings
from tests.contracts.test_blobs import BUCKET, s3_endpoint
from tests.factories.backups import fill, fresh_database, make_site, one, run

__all__ = ["s3_endpoint"]  # the fixture: a server of the protocol


def settings_with(endpoint: str, prefix: str = "backups", **more: str) -> Settings:
    return Settings(
        _env_file=None, backup_s3_bucket=BUCKET, backup_s3_endpoint=endpoint, backup_s3_prefix=prefix,
        backup_s3_access_key_id="test", backup_s3_secret_access_key="test", **more,
    )  # type: ignore[call-arg, arg-type]  # fmt: skip


@pytest.fixture(scope="module")
def url(database_url: str, settings: Settings) -> str:
    url = fresh_database(database_url, "balcao_bk_bucket")
    fill(settings, url)
    return url


@pytest.fixture
def site(s3_endpoint: str, url: str, settings: Settings, tmp_path: Path) -> Site:  # noqa: F811
    bucket = bucket_of(settings_with(s3_endpoint, f"b{uuid4().hex[:8]}"))
    return make_site(settings, url, tmp_path, bucket=bucket)


def test_a_copy_goes_there_and_comes_back_to_an_empty_machine(site: Site, tmp_path: Path) -> None:
    made = create_backup(site, "manual")
    assert [(item.name, item.location) for item in list_backups(site)] == [(made.name, "both")]
    from balcao.kernel.backups.shelf import Shelf

    elsewhere = replace(site, shelf=Shelf(tmp_path / "empty" / "backups"))
    assert [(item.name, item.location) for item in list_backups(elsewhere)] == [(made.name, "bucket")]
    run(site.database_url, "update products set name = 'Bolo'")
    verify_backup(elsewhere, made.name)
    assert site.bucket is not None and site.bucket.manifest(made.name).verified_at is not None
    restore_backup(elsewhere, made.name, safety_backup=False)
    assert one(site.database_url, "select name from products") == "Pão"


def test_a_copy_that_was_changed_there_is_refused(site: Site, tmp_path: Path) -> None:
    from balcao.kernel.backups.shelf import Shelf

    made = create_backup(site, "manual")
    assert site.bucket is not None
    harmed = site.shelf.folder / made.file_name
    harmed.write_bytes(harmed.read_bytes()[:-500])
    site.bucket.send(site.shelf, made)
    elsewhere = replace(site, shelf=Shelf(tmp_path / "empty"))
    with pytest.raises(BackupDamagedError):
        verify_backup(elsewhere, made.name)
    assert elsewhere.shelf.names() == []


def test_what_is_too_old_goes_there_too(site: Site) -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    old = create_backup(replace(site, clock=lambda: now - timedelta(days=50)), "manual").name
    new = create_backup(site, "manual", verify=True).name
    done = clean_up(site)
    assert (done.local, done.bucket) == ([old], [old])
    assert site.bucket is not None and site.bucket.names() == [new]
    with pytest.raises(BackupNotFoundError):
        site.bucket.manifest(old)


def test_a_bucket_that_does_not_answer_hides_nothing_that_is_here(site: Site) -> None:
    made = create_backup(site, "manual")
    dead = replace(site, bucket=_impatient(bucket_of(settings_with("http://127.0.0.1:9"))))
    assert [(item.name, item.location) for item in list_backups(dead)] == [(made.name, "local")]
    with pytest.raises(BucketUnavailableError):
        dead.bucket.names()  # type: ignore[union-attr]


def test_the_settings_say_which_bucket(s3_endpoint: str) -> None:  # noqa: F811
    assert bucket_of(Settings(_env_file=None)) is None  # type: ignore[call-arg]
    own = Settings(_env_file=None, storage_backend="s3", s3_bucket=BUCKET, s3_endpoint=s3_endpoint)  # type: ignore[call-arg]
    assert isinstance(bucket_of(own), Bucket)


def _impatient(bucket: Bucket | None) -> Bucket:
    assert bucket is not None
    return bucket
