"""The command: reads, judges, looks, and says it in the person's language."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import typer
from dotenv import dotenv_values

from balcao.cli.config_check.findings import Finding, Level
from balcao.cli.config_check.looking import (
    look_at_database,
    look_at_disk,
    look_at_files,
    look_at_mail,
    look_at_redis,
    look_at_rights,
)
from balcao.cli.config_check.reading import Read, read_settings
from balcao.cli.config_check.rules import judge
from balcao.kernel.i18n import Catalogues, Translator
from balcao.kernel.settings import Environment

LOCALE: Final = Path(__file__).parents[1] / "locale"
MARKS: Final[Mapping[Level, str]] = {"stop": "✗", "warn": "!", "fine": "✓"}
CODES: Final[Mapping[Level, int]] = {"stop": 2, "warn": 1, "fine": 0}
MIGRATE: Final = "Run: balcao migrate"
"""How findings end that a migration settles."""
ENV_FILE: Final = Path(".env")


def run_check_config(
    *, data: Path | None, env: Environment | None, online: bool, quiet: bool, before_migrating: bool = False
) -> int:
    """Prints what was found. 0: all in order; 1: it runs, with something to know; 2: something stops it or is unsafe.
    `before_migrating`: a schema that `migrate` brings up to date is in order."""
    words = translator_of(os.environ)
    read = read_settings({} if data is None else {"data_dir": data}, env)
    typer.echo(words("Settings of Balcão for {env}:", env=words(read.env)))
    unread = {finding.subject for finding in read.findings}
    judged = [item for item in judge(read.settings, read.env, _variables()) if item.subject not in unread]
    findings = [*read.findings, *judged, *_looks(read, online=online)]
    if before_migrating:
        findings = [finding for finding in findings if not finding.text.endswith(MIGRATE)]
    for level in ("stop", "warn", "fine"):
        for finding in findings:
            if finding.level == level and not (quiet and level == "fine"):
                typer.echo(line_of(finding, words))
    typer.echo(_summary(findings, words))
    return max((CODES[finding.level] for finding in findings), default=0)


def translator_of(environment: Mapping[str, str]) -> Translator:
    """Portuguese when the terminal's language is, English otherwise."""
    chosen = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return Catalogues([LOCALE]).translator("pt_BR" if chosen.lower().startswith("pt") else "en")


def line_of(finding: Finding, words: Translator) -> str:
    """One finding as one line, or more when it names statements to run."""
    # A reason may hold braces of its own, so it is never read as a pattern.
    return f"  {MARKS[finding.level]} {finding.subject} {words(finding.text, **finding.params)}"


def _looks(read: Read, *, online: bool) -> Iterator[Finding]:
    looks = [look_at_database, look_at_redis, look_at_files, look_at_disk, look_at_rights]
    for look in [*looks, look_at_mail] if online else looks:
        yield from look(read.settings, read.env)


def _variables() -> set[str]:
    return {*os.environ, *(dotenv_values(ENV_FILE) if ENV_FILE.is_file() else ())}


def _summary(findings: list[Finding], words: Translator) -> str:
    levels = [finding.level for finding in findings]
    stops, warnings = levels.count("stop"), levels.count("warn")
    if stops:
        return words.ngettext(
            "{n} thing must change before it can start.", "{n} things must change before it can start.", stops
        )
    if warnings:
        return words.ngettext(
            "It can start. {n} thing to know.", "It can start. {n} things to know.", warnings
        )
    return words("All in order.")
