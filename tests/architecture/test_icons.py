"""The icon sprite holds what the program shows, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from balcao.registry import MODULES

SOURCE = Path(__file__).parents[2] / "src" / "balcao"
SPRITE = SOURCE / "kernel" / "web" / "static" / "icons.svg"
KINDS = {".html", ".py", ".js", ".css", ".toml"}


def _texts() -> str:
    files = (path for path in SOURCE.rglob("*") if path.suffix in KINDS and "vendor" not in path.parts)
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _in_sprite() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))


def test_no_icon_is_carried_in_vain() -> None:
    texts = _texts()
    assert [
        name for name in sorted(_in_sprite()) if not re.search(rf"""['"#]{re.escape(name)}(?![\w-])""", texts)
    ] == []


def test_no_icon_is_missing() -> None:
    shown = set(re.findall(r"icon(?:_name)?\s*[=(]\s*'([a-z0-9-]+)'", _texts()))
    shown |= {item.icon for module in MODULES for item in module.nav}
    assert shown - _in_sprite() == set()
