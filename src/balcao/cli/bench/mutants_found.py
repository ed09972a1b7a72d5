"""What became of the mutants that mutmut made in the folder it is started in: one JSON line each.

Run as a script of its own, in that folder: `python mutants_found.py`. It knows mutmut's files, and nobody else does.
"""

# pyright: basic, reportMissingImports=false

from __future__ import annotations

import ast
import json
import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any


def main() -> None:
    """Prints file, line, the change and the outcome of every mutant."""
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.stats import status_by_exit_code
    from mutmut.utils.file_utils import walk_mutatable_files

    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        starts = _starts(path)
        for name, code in data.exit_code_by_key.items():
            outcome = status_by_exit_code[code]
            found: dict[str, Any] = {"file": str(path), "name": name, "outcome": outcome}
            if outcome != "killed":
                found |= _change(name, path, starts)
            print(json.dumps(found))  # noqa: T201 - a script


def _starts(path: Path) -> dict[str, int]:
    """The line of each function's `def`, by the name mutmut gives it."""
    starts: dict[str, int] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            methods = [
                child for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            ]
            starts |= {f"xǁ{node.name}ǁ{method.name}": method.lineno for method in methods}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            starts[f"x_{node.name}"] = node.lineno
    return starts


def _change(name: str, path: Path, starts: dict[str, int]) -> dict[str, Any]:
    import libcst
    from mutmut.mutation.diff_apply import read_functions_from_index

    functions = read_functions_from_index(name, path)
    assert functions is not None
    before, after = (
        libcst.Module([function.with_changes(leading_lines=[], decorators=[])]).code.splitlines()
        for function in functions
    )
    function = re.sub(r"__mutmut_\d+$", "", name.rpartition(".")[2])
    for what, first, last, other_first, other_last in SequenceMatcher(
        None, before, after, False
    ).get_opcodes():
        if what != "equal":
            return {
                "line": starts[function] + first,
                "before": " ".join(line.strip() for line in before[first:last]),
                "after": " ".join(line.strip() for line in after[other_first:other_last]),
            }
    raise AssertionError(f"{name} changes nothing")


if __name__ == "__main__":
    main()
