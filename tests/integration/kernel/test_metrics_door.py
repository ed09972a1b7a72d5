"""The worker's door for monitoring, and the moments that lie in files: backups and the certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from balcao.kernel.backups.archive import archive_caught_up, note_caught_up
from balcao.kernel.backups.catalogue import newest_verified_here
from balcao.kernel.backups.manifest import Manifest, MediaList
from balcao.kernel.backups.shelf import Shelf
from balcao.kernel.figures.on_disk import ARCHIVE_CAUGHT_UP, BACKUP_VERIFIED, CERTIFICATE_ENDS, DiskFigures
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.metrics_door import metrics_door
from tests.instance.program import free_port

TOKEN = "a-token-of-monitoring-a-token-of-monitoring"
ENDS = datetime(2031, 3, 4, 5, 6, 7, tzinfo=UTC)


async def test_a_worker_tells_its_figures_to_whoever_may_read_them(runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    port = free_port()
    async with (
        metrics_door(replace(runtime, settings=settings), "127.0.0.1", port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        told = await client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert told.status_code == 200
        assert "balcao_queue_workers" in told.text and "balcao_job_seconds" in told.text
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/health/live")).json() == {"status": "ok"}
        assert (await client.get("/painel/entrar")).status_code == 404
    with pytest.raises(httpx.ConnectError):
        await httpx.AsyncClient().get(f"http://127.0.0.1:{port}/health/live")


async def test_without_a_port_there_is_no_door(runtime: Runtime) -> None:
    async with metrics_door(runtime, "127.0.0.1", None):
        pass


def _certificate(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loja.example.com")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, ENDS - timedelta(days=90), ENDS)
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


def _backup(shelf: Shelf, moment: datetime, *, verified: bool) -> None:
    digest = "0" * 64
    shelf.write_manifest(
        Manifest(
            name=f"backup_{moment:%Y%m%d_%H%M%S}",
            kind="scheduled",
            created_at=moment,
            finished_at=moment,
            server_major=17,
            revision="0001",
            size_bytes=1,
            sha256=digest,
            plain_bytes=1,
            plain_sha256=digest,
            tables={},
            walled=0,
            media=MediaList(files=0, size_bytes=0, sha256=digest),
            key_mark="",
            verified_at=moment if verified else None,
        )
    )


def test_the_newest_verified_backup_is_told_by_the_moment_of_its_data(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert newest_verified_here(Shelf(tmp_path / "nowhere")) == newest_verified_here(shelf) == 0.0
    first, second, third = (datetime(2031, 1, day, 6, 30, tzinfo=UTC) for day in (1, 2, 3))
    _backup(shelf, second, verified=True)
    _backup(shelf, first, verified=True)
    _backup(shelf, third, verified=False)
    (tmp_path / "backup_20310104_063000.json").write_text("{", encoding="utf-8")
    assert newest_verified_here(shelf) == second.timestamp()


def test_what_lies_in_files_is_looked_at_now_and_then(tmp_path: Path) -> None:
    moment = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert archive_caught_up(tmp_path) == 0.0
    (tmp_path / "continuous").mkdir()
    note_caught_up(tmp_path / "continuous", moment)
    figures = DiskFigures(
        lambda: 1234.0, _certificate(tmp_path / "front.pem"), lambda: archive_caught_up(tmp_path)
    )
    assert figures.is_due
    figures.look()
    assert not figures.is_due
    assert CERTIFICATE_ENDS._value.get() == ENDS.timestamp()
    assert BACKUP_VERIFIED._value.get() == 1234.0
    assert ARCHIVE_CAUGHT_UP._value.get() == moment.timestamp()


def test_what_cannot_be_read_is_told_as_none(tmp_path: Path) -> None:
    def unreadable() -> float:
        raise PermissionError

    (tmp_path / "front.pem").write_text("no certificate", encoding="utf-8")
    for certificate in (tmp_path / "front.pem", tmp_path / "absent.pem", None):
        CERTIFICATE_ENDS.set(1)
        BACKUP_VERIFIED.set(1)
        DiskFigures(unreadable, certificate).look()
        assert CERTIFICATE_ENDS._value.get() == BACKUP_VERIFIED._value.get() == 0.0
