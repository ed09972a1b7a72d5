"""Backups by hand: what the schedule and the routes do, and restoring onto an empty machine."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from uuid import UUID

import typer

from balcao.cli.instance import fail, load_settings, running
from balcao.kernel.backups.catalogue import Listed, list_backups
from balcao.kernel.backups.creating import create_backup
from balcao.kernel.backups.errors import BackupNotFoundError
from balcao.kernel.backups.manifest import Manifest, checked_name
from balcao.kernel.backups.programs import ProgramFailedError
from balcao.kernel.backups.restoring import Restored, restore_backup
from balcao.kernel.backups.retiring import clean_up
from balcao.kernel.backups.runs import begin_run, end_run
from balcao.kernel.backups.site import Site, site_of
from balcao.kernel.backups.verifying import verify_backup
from balcao.kernel.errors import DomainError
from balcao.kernel.observability.logging import configure_logging
from balcao.registry import after_restore, blob_store


@contextlib.contextmanager
def opened_site(data: Path | None, folder: Path | None = None) -> Generator[Site]:
    """The site of the instance, its database running; what goes wrong becomes a sentence and the exit code 1."""
    settings = load_settings(data_dir=data)
    configure_logging(settings.log_format, "ERROR")  # what there is to say is printed
    with running(settings) as url, _said():
        yield site_of(
            settings,
            url,
            blob_store(settings),
            after_restore=after_restore(),
            folder=folder,
        )


@contextlib.contextmanager
def _said() -> Generator[None]:
    try:
        yield
    except DomainError as error:
        reason = error.ext.get("reason") or error.ext.get("expected") or ""
        text = error.message.format(**error.params)
        fail(text if not reason or str(reason) in text else f"{text} ({reason})")
    except ProgramFailedError as error:
        fail(str(error))


def run_create(*, data: Path | None, verify: bool) -> None:
    """Makes a backup and says what is in it."""
    with opened_site(data) as site:
        made = create_backup(site, "manual", verify=verify)
        typer.echo(f"{made.name}: {_size(made)}, {made.rows} rows, {made.media.files} media files listed.")
        typer.echo("Verified by a restore." if verify else "Not verified yet.")
        typer.echo(str(site.shelf.folder / made.file_name))


def run_list(*, data: Path | None, folder: Path | None) -> None:
    """Prints every backup, newest first."""
    with opened_site(data, folder) as site:
        for one in list_backups(site):
            typer.echo(_line(one))


def run_verify(*, data: Path | None, folder: Path | None, name: str) -> None:
    """Restores a backup beside the live database, compares, and drops it again."""
    with opened_site(data, folder) as site:
        verified = verify_backup(site, checked_name(name) if name else _newest(site))
        typer.echo(f"{verified.name} is whole: {verified.rows} rows in {len(verified.tables)} tables.")


def run_cleanup(*, data: Path | None, dry_run: bool) -> None:
    """Removes what is too old."""
    with opened_site(data) as site:
        done = clean_up(site, dry_run=dry_run)
        verb = "would go" if dry_run else "gone"
        for place, names in (("here", done.local), ("bucket", done.bucket), ("database", done.databases)):
            for name in names:
                typer.echo(f"{verb}: {name} ({place})")
        if not (done.local or done.bucket or done.databases):
            typer.echo("Nothing is too old.")


def run_restore(
    *,
    data: Path | None,
    folder: Path | None,
    name: str,
    sure: bool,
    safety_backup: bool,
    run: UUID | None = None,
) -> None:
    """Replaces the database by a backup, after a word of confirmation."""
    with opened_site(data, folder) as site:
        wanted = checked_name(name) if name else _newest(site)
        if not sure:
            typer.echo(f"This replaces the database “{site.database}” by {wanted}.")
            if typer.prompt("Type the name of the database to go on") != site.database:
                fail("Nothing was changed.")
        if run is None:
            report = restore_backup(site, wanted, safety_backup=safety_backup, tell=typer.echo)
        else:
            with _noted(site, run) as noted:
                noted.update((restored := restore_backup(site, wanted)).document())
            report = restored
        _tell(report)


@contextlib.contextmanager
def _noted(site: Site, run: UUID) -> Generator[dict[str, object]]:
    """Keeps the record of a run somebody asked for over HTTP. It lies in whichever database is live at the end."""
    report: dict[str, object] = {}
    begin_run(site.database_url, run)
    try:
        yield report
    except DomainError as error:
        end_run(site.database_url, run, error_code=error.code, report=error.ext)
        raise
    except BaseException as error:
        end_run(site.database_url, run, error_code="failed", report={"error": type(error).__name__})
        raise
    end_run(site.database_url, run, report=report)


def _tell(report: Restored) -> None:
    typer.echo(f"Restored {report.name}: {report.rows} rows.")
    for what, rows in report.changed.items():
        if rows:
            typer.echo(f"  {what}: {rows}")
    typer.echo("  " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in report.seconds.items()))
    typer.echo(f"The former database is kept for seven days as {report.former_database}.")
    if report.media_brought:
        typer.echo(f"{report.media_brought} stored files were put back.")
    if report.media_missing:
        typer.echo(
            f"{report.media_missing} files that the backup lists are not in the storage, and no copy is here."
        )
    if report.other_secret:
        typer.echo(
            "AUTH_SECRET is not the one of the backup: sign-ins and links end, and tokens of other programs stay "
            "unreadable until its value is given as AUTH_SECRET_PREVIOUS."
        )


def _newest(site: Site) -> str:
    found = [one for one in list_backups(site) if one.manifest is not None]
    if not found:
        raise BackupNotFoundError
    return next((one.name for one in found if one.manifest and one.manifest.verified_at), found[0].name)


def _line(one: Listed) -> str:
    if one.manifest is None:
        return f"{one.name}  {one.location:6}  unreadable manifest"
    verified = one.manifest.verified_at
    state = f"verified {verified:%Y-%m-%d %H:%M} UTC" if verified else "not verified"
    sealed = ", encrypted" if one.manifest.recipients else ""
    return f"{one.name}  {one.location:6}  {_size(one.manifest):>10}  {one.manifest.kind}, {state}{sealed}"


def _size(manifest: Manifest) -> str:
    return f"{manifest.size_bytes / 1_000_000:.1f} MB"
