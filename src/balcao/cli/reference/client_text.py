"""Lines of generated Python, laid out as the formatter would: files are the same with and without it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

WIDTH: Final = 110
HEADER: Final = "# Made by ./balcao reference from the API's document. Change the API, not this file."
UNBROKEN: Final = "\0"
"""A space of a docstring where no line ends."""


def generated(about: str, names: Mapping[str, Sequence[str]], body: str) -> str:
    """A whole generated file; of `names`, by module, only what the text uses is imported."""
    code = re.sub(r'""".*?"""', "", body, flags=re.DOTALL)
    groups: dict[bool, list[str]] = {}
    for module, wanted in names.items():
        found = [name for name in wanted if re.search(rf"\b{name}\b", code)]
        if found:
            line = f"from {module} import {', '.join(found)}"
            groups.setdefault(module.startswith("balcao_client"), []).append(line)
    imports = ["\n".join(sorted(lines)) for _, lines in sorted(groups.items())]
    head = [HEADER, f'"""{about}"""', "from __future__ import annotations", *imports]
    return "\n\n".join(head).replace("\n\n", "\n", 1) + "\n\n\n" + body


def bracketed(before: str, parts: Sequence[str], after: str, indent: int) -> str:
    """`before(parts)after` on one line when it fits, otherwise a line for each part."""
    room = " " * indent
    line = f"{room}{before}({', '.join(parts)}){after}"
    if len(line) <= WIDTH:
        return f"{line}\n"
    inside = "".join(f"{room}    {part},\n" for part in parts)
    return f"{room}{before}(\n{inside}{room}){after}\n"


def docstring(text: str, indent: int) -> str:
    """The lines of a docstring, with the last line break; nothing for nothing."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    if not paragraphs:
        return ""
    wide = WIDTH - indent - 6  # both quotes
    lines = [
        line for part in paragraphs for line in (*textwrap.wrap(part, wide, break_on_hyphens=False), "")
    ][:-1]
    plain = "\n".join(lines).replace(UNBROKEN, " ").replace("\\", "\\\\").replace('"""', "'''")
    if len(lines) == 1:
        plain += " " if plain.endswith('"') else ""
    else:
        plain += "\n"
    return "".join(f"{' ' * indent}{line}".rstrip() + "\n" for line in f'"""{plain}"""'.split("\n"))
