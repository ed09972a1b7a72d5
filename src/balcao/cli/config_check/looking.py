"""What only a look outside tells: the database, Redis, the store of files, the disk, the mail server."""

from __future__ import annotations

import asyncio
import os
import shutil
import smtplib
import ssl
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg

from balcao.cli.config_check.findings import Finding, fine, stop, unsafe, warn
from balcao.cli.config_check.rules import is_this_machine
from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.migrate import database_revision, newest_revision, schema_state
from balcao.kernel.db.preflight import database_problem, plain_url
from balcao.kernel.db.server_account import DatabaseServerError
from balcao.kernel.errors import DomainError
from balcao.kernel.files.blobs import FREE_FLOOR_BYTES, blob_key
from balcao.kernel.ids import new_id
from balcao.kernel.settings import Environment, Settings
from balcao.registry import blob_store

SECONDS: Final = 5
ENOUGH_BYTES: Final = 2 * 1024**3
SKEW_NOTED: Final = 2.0  # seconds
SKEW_REFUSED: Final = 30.0  # tokens and signatures of others allow little more
NOBODY: Final = UUID(int=0)

_SERVER = """
select current_setting('server_version') as version, current_setting('max_connections')::int as connections,
  extract(epoch from clock_timestamp())::float8 as now,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted
"""


def look_at_database(settings: Settings, env: Environment) -> Iterator[Finding]:
    """Reachable, new enough, ours, with the roles it takes, at this version's schema, and of the same hour."""
    if settings.database_url:
        yield from _server(settings, env, plain_url(settings.database_direct_url or settings.database_url))
        yield from _ways_beside(settings)
        return
    folder = settings.data_dir / "postgres"
    if not folder.is_dir():
        yield fine("DATABASE_URL", "is empty: the embedded server is made at the first start.")
        return
    server = EmbeddedPostgres(folder)
    try:
        server.start()
        yield from _server(settings, env, server.database_url())
    except DatabaseServerError as error:
        yield stop(
            "DATABASE_URL", "is empty, and the embedded server does not start: {reason}", reason=str(error)
        )
    finally:
        server.stop()


def _server(settings: Settings, env: Environment, url: str) -> Iterator[Finding]:
    problem = database_problem(url)
    if problem is not None:
        yield stop("DATABASE_URL", "leads to a database that cannot be used: {reason}", reason=problem)
        return
    before = time.time()
    with psycopg.connect(url, connect_timeout=SECONDS) as connection:
        row = connection.execute(_SERVER).fetchone()
        host = connection.info.host
        assert row is not None
    version, connections, now, encrypted = row
    yield fine("DATABASE_URL", "leads to PostgreSQL {version}, with the rights it takes.", version=version)
    yield from _schema(url)
    # Their clock was read somewhere between our two looks at ours.
    skew = max(0.0, before - now, now - time.time())
    if skew > SKEW_REFUSED:
        yield unsafe(
            env, "DATABASE_URL", "leads to a machine whose clock differs by {seconds} s.", seconds=round(skew)
        )
    elif skew > SKEW_NOTED:
        yield warn(
            "DATABASE_URL", "leads to a machine whose clock differs by {seconds} s.", seconds=round(skew)
        )
    if not encrypted and env != "development" and not host.startswith("/") and not is_this_machine(host):
        yield warn("DATABASE_URL", "leads to another machine without encryption. Add ?sslmode=require.")
    wanted = settings.database_pool_size + settings.database_pool_overflow
    if connections < wanted + 10:
        yield warn("DATABASE_POOL_SIZE", "asks for {wanted} connections of the {there} the server has.", wanted=wanted, there=connections)  # fmt: skip


def _ways_beside(settings: Settings) -> Iterator[Finding]:
    """The pooler lets us in, and what is called a replica is one."""
    if settings.database_direct_url:
        problem = database_problem(plain_url(settings.database_url))
        yield (
            stop("DATABASE_URL", "leads to a pooler that lets nobody in: {reason}", reason=problem)
            if problem
            else fine("DATABASE_URL", "leads through a pooler.")
        )
    if settings.database_read_url:
        try:
            with psycopg.connect(plain_url(settings.database_read_url), connect_timeout=SECONDS) as replica:
                follows = replica.execute("select pg_is_in_recovery()").fetchone() == (True,)
        except psycopg.Error as error:
            kind = type(error).__name__
            yield warn("DATABASE_READ_URL", "leads to a replica that does not answer ({kind}).", kind=kind)
            return
        yield (
            fine("DATABASE_READ_URL", "leads to a replica.")
            if follows
            else warn("DATABASE_READ_URL", "leads to no replica; nothing is read there.")
        )


def _schema(url: str) -> Iterator[Finding]:
    revision, newest = database_revision(url), newest_revision()
    if revision == newest:
        yield fine(
            "DATABASE_URL", "leads to a database at this version's schema ({revision}).", revision=newest
        )
    elif revision is None:
        yield stop("DATABASE_URL", "leads to an empty database. Run: balcao migrate")
    elif schema_state(revision) == "newer":
        yield fine("DATABASE_URL", "leads to a database at a newer schema ({revision}). This version works on it.", revision=revision)  # fmt: skip
    else:
        yield stop("DATABASE_URL", "leads to a database at schema {revision}; this version needs {newest}. Run: balcao migrate", revision=revision, newest=newest)  # fmt: skip


def look_at_redis(settings: Settings, _env: Environment) -> Iterator[Finding]:
    """Reachable when set, and made to throw away what does not fit."""
    for variable, url in (("REDIS_URL", settings.redis_url), ("RATE_LIMIT_REDIS_URL", settings.rate_limit_redis_url)):  # fmt: skip
        if url:
            yield from _redis(variable, url)


def _redis(variable: str, url: str) -> Iterator[Finding]:
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        client = Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)  # pyright: ignore[reportUnknownMemberType]
        with client:
            client.ping()  # pyright: ignore[reportUnknownMemberType]
            memory = client.info("memory")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    except (RedisError, OSError, ValueError) as error:
        # The kind only: a library may quote the address, and the address holds the password.
        yield stop(variable, "leads to a Redis that does not answer ({kind}).", kind=type(error).__name__)
        return
    policy = memory.get("maxmemory_policy")
    if policy == "noeviction":
        yield warn(
            variable,
            "leads to a Redis that forgets nothing when it is full. Set maxmemory-policy allkeys-lru.",
        )
    yield fine(variable, "answers.")


def look_at_files(settings: Settings, _env: Environment) -> Iterator[Finding]:
    """The store of files takes a file and gives it up again, and so does the folder of passing files."""
    if settings.temp_dir is not None:
        yield from _folder("TEMP_DIR", settings.temp_dir)
    if settings.storage_backend == "s3":
        try:
            asyncio.run(_put_and_remove(settings))
        except (DomainError, OSError, ValueError) as error:
            yield stop("S3_BUCKET", "does not take files ({kind}).", kind=type(error).__name__)
            return
        yield fine("S3_BUCKET", "takes files.")
        return
    for variable, folder in (("BALCAO_DATA", settings.data_dir), ("MEDIA_ROOT", settings.media_path)):
        yield from _folder(variable, folder)


def _folder(variable: str, folder: Path) -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile(dir=_nearest(folder)):
            yield fine(variable, "can be written to.")
    except OSError as error:
        yield stop(variable, "cannot be written to: {reason}.", reason=error.strerror)


async def _put_and_remove(settings: Settings) -> None:
    blobs, key = blob_store(settings), blob_key(NOBODY, "check", new_id(), "probe.txt")
    await blobs.put(key, b"balcao check-config", "text/plain")
    await blobs.delete(key)


def look_at_disk(settings: Settings, _env: Environment) -> Iterator[Finding]:
    """Room to work with."""
    folders = [("BALCAO_DATA", settings.data_dir)]
    folders += [("MEDIA_ROOT", settings.media_path)] if settings.storage_backend == "local" else []
    for variable, folder in folders:
        free = shutil.disk_usage(_nearest(folder)).free
        if free < FREE_FLOOR_BYTES:
            yield stop(
                variable,
                "lies on a disk with {mb} MB left: nothing more would be stored.",
                mb=free // 1024**2,
            )
        elif free < ENOUGH_BYTES:
            yield warn(variable, "lies on a disk with only {mb} MB left.", mb=free // 1024**2)
        else:
            yield fine(variable, "lies on a disk with {gb} GB left.", gb=free // 1024**3)


def look_at_rights(settings: Settings, env: Environment) -> Iterator[Finding]:
    """Files with secrets are ours alone."""
    for path in (Path(".env"), settings.data_dir / "secrets.json", settings.data_dir / "secrets"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            mode = "700" if path.is_dir() else "600"
            yield unsafe(
                env, str(path), "can be read by others on this machine. Give it mode {mode}.", mode=mode
            )


def look_at_mail(settings: Settings, _env: Environment) -> Iterator[Finding]:
    """The mail server lets us in. Nothing is sent."""
    if settings.email_provider != "smtp" or not settings.smtp_host:
        return
    try:
        _sign_in_to_mail(settings)
    except smtplib.SMTPAuthenticationError:
        yield stop("SMTP_PASSWORD", "is refused by the mail server.")
    except (smtplib.SMTPException, OSError) as error:
        yield stop("SMTP_HOST", "does not let us in ({kind}).", kind=type(error).__name__)
    else:
        yield fine("SMTP_HOST", "lets us in.")


def _sign_in_to_mail(settings: Settings) -> None:
    context = ssl.create_default_context()
    address = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security == "tls":
        line = smtplib.SMTP_SSL(*address, timeout=SECONDS, context=context)
    else:
        line = smtplib.SMTP(*address, timeout=SECONDS)
    with line:
        if settings.smtp_security == "starttls":
            line.starttls(context=context)
        if settings.smtp_username:
            line.login(settings.smtp_username, settings.smtp_password.get_secret_value())
        else:
            line.noop()


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there: the check makes none."""
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links
    while not folder.is_dir():
        folder = folder.parent
    return folder
