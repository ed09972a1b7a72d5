"""What a migration would do, read from its file before it runs.

While a release is exchanged, old and new code work on one schema. So a migration may only add what the old code can do
without (expand); what the old code still uses goes in the release after (contract).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from balcao.kernel.db.migrate import MIGRATIONS

_REMOVING: Final = frozenset({"drop_column", "drop_table", "rename_table"})
_NARROWING: Final = frozenset({"type_", "new_column_name"})
_IN_SQL: Final = re.compile(
    r"\b(?:drop\s+(?:table|column|view|function)|rename\s+(?:to|column)|set\s+not\s+null|alter\s+column\s+\S+\s+type)\b",
    re.IGNORECASE,
)


def pending(revision: str | None) -> list[Path]:
    """The files that `migrate` would run on a database at this revision, in order."""
    files = sorted((MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    return [path for path in files if revision is None or path.name.partition("_")[0] > revision]


def contractions(path: Path) -> list[str]:
    """What in this file takes something from the code of the release before: `line 12: drop_column`. Empty: it only adds."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = [
        part for part in tree.body if not (isinstance(part, ast.FunctionDef) and part.name == "downgrade")
    ]
    found = [finding for part in body for node in ast.walk(part) for finding in _taken_by(node)]
    return [f"line {line}: {what}" for line, what in sorted(found)]


def _taken_by(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for match in _IN_SQL.finditer(node.value):
            yield node.lineno, " ".join(match.group().lower().split())
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return
    name, words = node.func.attr, {word.arg: word.value for word in node.keywords}
    if name in _REMOVING:
        yield node.lineno, name
    if name == "alter_column" and (_NARROWING & words.keys() or _is_false(words.get("nullable"))):
        yield node.lineno, name
    if name == "add_column" and len(node.args) > 1 and isinstance(node.args[1], ast.Call):
        column = {word.arg: word.value for word in node.args[1].keywords}
        if _is_false(column.get("nullable")) and not {"server_default"} & column.keys():
            yield node.lineno, "add_column that must be filled"


def _is_false(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is False
