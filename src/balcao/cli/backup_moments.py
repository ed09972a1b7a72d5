"""Continuous archiving by hand, and backups of a moment of the past."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType

import typer

from balcao.cli.backup import opened_site
from balcao.cli.instance import fail, load_settings
from balcao.kernel.backups.continuous import archive_continuously, archive_of
from balcao.kernel.backups.moments import backup_of_moment
from balcao.kernel.backups.reaching import reaches_of, spans_of
from balcao.kernel.observability.logging import configure_logging


def run_continuous(*, data: Path | None) -> None:
    """Archives until a signal. Only for the embedded server."""
    settings = load_settings(data_dir=data)
    if settings.database_url:
        fail("DATABASE_URL names a server of its own: archive that one with pgBackRest, see docs/backups.md.")
    stop = threading.Event()
    with opened_site(data) as site:
        configure_logging(settings.log_format, settings.log_level)

        def end(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        sealed = ", encrypted" if site.recipients else ""
        also = " and, once closed, to the bucket" if site.bucket is not None else ""
        typer.echo(f"Every change goes to {archive_of(site).folder}{also}{sealed}. Ctrl-C ends it.")
        archive_continuously(site, stop)


def run_moment(*, data: Path | None, at: str) -> None:
    """Makes a backup of a moment, or says which moments can be reached."""
    if at and at != "newest":
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            fail(f"“{at}” is no moment. Write it like 2026-01-31T14:05:00-03:00.")
        if moment.tzinfo is None:
            fail("Say the zone as well, like 2026-01-31T14:05:00-03:00.")
    else:
        moment = None
    with opened_site(data) as site:
        if not at:
            reaches = reaches_of(site)
            if not reaches:
                fail("Nothing was archived yet. `balcao backup --continuous` does it while it runs.")
            for begin, end in spans_of(reaches):
                typer.echo(f"From {begin:%Y-%m-%d %H:%M:%S} to {end:%Y-%m-%d %H:%M:%S} UTC.")
            return
        made = backup_of_moment(site, moment)
        typer.echo(f"{made.name}: {made.rows} rows, verified by a restore.")
        typer.echo(f"./balcao restore {made.name} puts it in the place of the present database.")
