"""The measure of the tests: it looks at files that are there, and counts what survived."""

from __future__ import annotations

import pytest
import typer

from balcao.cli.bench.mutants import ROOT, RULES, Mutant, report, run_mutants_bench


def test_every_file_and_every_test_is_there() -> None:
    named = {name for rules in RULES for name in (*rules.paths(""), *rules.tests)}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_a_part_of_a_path_chooses_files() -> None:
    chosen = [path for rules in RULES for path in rules.paths("pricing")]
    assert chosen == ["src/balcao/modules/store/pricing.py"]


def test_what_no_test_noticed_or_ran_survived_and_is_told() -> None:
    mutants = [
        Mutant("src/balcao/kernel/money.py", "a", "killed"),
        Mutant("src/balcao/kernel/money.py", "b", "survived", 12, "return a + b", "return a - b"),
        Mutant("src/balcao/kernel/money.py", "c", "timeout", 9, "while a:", "while True:"),
        Mutant("src/balcao/brazil/sizes.py", "d", "no tests", 3, "return 1", "return 2"),
    ]
    assert report(mutants) == [
        "| file | mutants | killed | survived | score |",
        "|---|--:|--:|--:|--:|",
        "| kernel/money.py | 3 | 2 | 1 | 66.7 % |",
        "| brazil/sizes.py | 1 | 0 | 1 | 0.0 % |",
        "| all | 4 | 2 | 2 | 50.0 % |",
        "",
        "src/balcao/brazil/sizes.py:3 no tests\n  - return 1\n  + return 2",
        "src/balcao/kernel/money.py:9 timeout\n  - while a:\n  + while True:",
        "src/balcao/kernel/money.py:12 survived\n  - return a + b\n  + return a - b",
    ]


def test_a_file_that_is_none_of_them_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("balcao.cli.bench.mutants.find_spec", lambda _: object())
    with pytest.raises(typer.Exit) as refused:
        run_mutants_bench(part="checkout")
    assert refused.value.exit_code == 2
    assert "'checkout'" in capsys.readouterr().err


def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("balcao.cli.bench.mutants.find_spec", lambda _: None)
    with pytest.raises(typer.Exit) as refused:
        run_mutants_bench(part="")
    assert refused.value.exit_code == 1
    assert "pip install -r requirements-bench.lock" in capsys.readouterr().err
