"""`balcao bench mutants`: small faults put into the pure rules, one at a time; do their tests notice?

mutmut makes the faults and runs the tests. It works on a copy that holds the product and the tests of these rules alone,
so nothing here needs a database, and nothing in this folder changes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import typer

from balcao.cli.bench.report import machine

ROOT: Final = Path(__file__).resolve().parents[4]
FOUND: Final = Path(__file__).parent / "mutants_found.py"


@dataclass(frozen=True, slots=True)
class Rules:
    """Pure files, and the tests that must notice when one of them is wrong."""

    folder: str
    files: tuple[str, ...]
    tests: tuple[str, ...]

    def paths(self, part: str) -> list[str]:
        """The files whose path has `part` in it, from the top of the repository."""
        paths = [f"src/balcao/{self.folder}{name}.py" for name in self.files]
        return [path for path in paths if part in path]


RULES: Final = (
    Rules(
        "modules/store/",
        ("pricing", "stock_rules", "option_rules", "order_states", "time_slots", "delivery_areas", "opening_hours"),
        ("tests/unit/store", "tests/property/test_store_rules.py"),
    ),
    Rules(
        "",
        ("kernel/money", *(
            f"brazil/{name}" for name in ("addresses", "currency", "documents", "phones", "pix_code", "pix_keys", "sizes")
        )),
        ("tests/unit/brazil", "tests/unit/test_money.py", "tests/property/test_brazil.py"),
    ),
    Rules(
        "modules/contacts/",
        ("people_rules", "people_search", "suppression_digests", "pipeline/duplicates", "pipeline/joining_people"),
        (*(
            f"tests/unit/contacts/test_{name}.py"
            for name in ("people_rules", "people_search", "people_joining", "suppression_digests", "results_files", "heldout_fields")
        ),),
    ),
    Rules(
        "modules/contacts/cleaning/",
        (
            "cells", "countries", "dates", "documents", "email_domains", "email_pieces", "emails", "encoding_repair",
            "links", "name_pieces", "names", "phone_numbers", "phone_pieces", "phones", "places", "tags", "texts",
        ),
        (*(
            f"tests/unit/contacts/test_{name}.py"
            for name in ("dates", "documents", "emails", "heldout_cells", "heldout_fields", "names", "phones", "places", "texts")
        ), "tests/property/test_contacts_cells.py", "tests/property/test_contacts_phones_emails.py"),
    ),
)  # fmt: skip
_LEFT_OUT: Final = ("__pycache__", "static", "templates", "demo")
# The same examples in every run, few of them where a test does not say how many, and no time spent on making a failing
# one smaller.
_CONFTEST: Final = """\
from hypothesis import Phase, settings

settings.register_profile(
    "mutants", derandomize=True, database=None, deadline=None, max_examples=25,
    report_multiple_bugs=False, phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutants")
"""
# A test that takes t seconds gets (t + 1) * 10: only what never ends takes that long, on a busy machine too.
_PROJECT: Final = """\
[tool.mutmut]
source_paths = ["src"]
only_mutate = {files}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider"]
timeout_constant = 1.0
timeout_multiplier = 10.0
track_dependencies = false
use_git_change_detection = false

[tool.pytest.ini_options]
addopts = "-q"
asyncio_mode = "auto"
"""
# What hangs was noticed. Anything else counts against the tests, a mutant that could not be tried too.
_NOTICED: Final = ("killed", "timeout")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault and what became of it. Where it is and what it changes is told of those that were not killed."""

    file: str
    name: str
    outcome: str
    line: int = 0
    before: str = ""
    after: str = ""

    @property
    def survived(self) -> bool:
        """No test noticed it, or no test ran it."""
        return self.outcome not in _NOTICED


def run_mutants_bench(*, part: str) -> None:
    """The command: a table of the files whose path has `part` in it, then every mutant that was not simply killed."""
    if find_spec("mutmut") is None:
        typer.echo(
            "`balcao bench mutants` makes its faults with mutmut: pip install -r requirements-bench.lock",
            err=True,
        )
        raise typer.Exit(1)
    wanted = [(rules, paths) for rules in RULES if (paths := rules.paths(part))]
    if not wanted:
        typer.echo(f"No file of the pure rules has {part!r} in its path.", err=True)
        raise typer.Exit(2)
    typer.echo(machine())
    started = time.monotonic()
    mutants: list[Mutant] = []
    for rules, paths in wanted:
        typer.echo(f"  {', '.join(path.removeprefix('src/balcao/') for path in paths)} …", err=True)
        mutants += _mutants(rules, paths)
    typer.echo("\n".join(report(mutants)))
    typer.echo(f"\n{time.monotonic() - started:.0f} s")


def _mutants(rules: Rules, paths: Sequence[str]) -> list[Mutant]:
    folder = Path(tempfile.mkdtemp(prefix="balcao-mutants-"))
    try:
        _copy(folder, rules.tests)
        (folder / "tests/conftest.py").write_text(_CONFTEST, encoding="utf-8")
        project = _PROJECT.format(files=json.dumps(list(paths)), tests=json.dumps(list(rules.tests)))
        (folder / "pyproject.toml").write_text(project, encoding="utf-8")
        _run_mutmut(folder, os.cpu_count() or 1)
        # On a busy machine one may only seem to hang: once more, one at a time.
        if hung := [mutant.name for mutant in _found(folder) if mutant.outcome == "timeout"]:
            _run_mutmut(folder, 1, *hung)
        return _found(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(folder: Path, tests: Iterable[str]) -> None:
    """The product's code and the tests named, with what makes their folders packages."""
    shutil.copytree(ROOT / "src/balcao", folder / "src/balcao", ignore=shutil.ignore_patterns(*_LEFT_OUT))
    packages = (path.relative_to(ROOT) for path in (ROOT / "tests").rglob("__init__.py"))
    for name in (*map(str, packages), *tests):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*_LEFT_OUT)
            )
        else:
            shutil.copyfile(ROOT / name, target)


def _run_mutmut(folder: Path, processes: int, *names: str) -> None:
    """Tries the mutants named, or all."""
    start = "from mutmut.__main__ import cli; cli()"
    _python(folder, "-c", start, "run", "--max-children", str(processes), *names)


def _found(folder: Path) -> list[Mutant]:
    return [Mutant(**json.loads(line)) for line in _python(folder, str(FOUND)).splitlines()]


def _python(folder: Path, *arguments: str) -> str:
    """What Python writes, in the copy; every set has the same order and every clock the same zone in every run."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": "", "TZ": "UTC"}
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    if ran.returncode:
        # What came before a carriage return was only there to be written over.
        said = [line.rpartition("\r")[2] for line in (ran.stdout + ran.stderr).splitlines()]
        typer.echo("\n".join(said[-40:]), err=True)
        raise typer.Exit(1)
    return ran.stdout


def report(mutants: Sequence[Mutant]) -> list[str]:
    """A row per file, then the mutants that were not simply killed."""
    lines = ["| file | mutants | killed | survived | score |", "|---|--:|--:|--:|--:|"]
    files = Counter(mutant.file for mutant in mutants)
    survived = Counter(mutant.file for mutant in mutants if mutant.survived)
    for file, made in files.items():
        lines.append(_row(file.removeprefix("src/balcao/"), made, survived[file]))
    return [*lines, _row("all", files.total(), survived.total()), "", *_told(mutants)]


def _row(name: str, made: int, survived: int) -> str:
    return f"| {name} | {made} | {made - survived} | {survived} | {100 * (made - survived) / max(1, made):.1f} % |"


def _told(mutants: Iterable[Mutant]) -> list[str]:
    """Every mutant that was not simply killed, where it is and what it changes."""
    return [
        f"{mutant.file}:{mutant.line} {mutant.outcome}\n  - {mutant.before}\n  + {mutant.after}"
        for mutant in sorted(mutants, key=lambda mutant: (mutant.file, mutant.line, mutant.name))
        if mutant.outcome != "killed"
    ]
