"""A start without detours: no collecting of garbage meanwhile, no libraries that nobody asked for."""

from __future__ import annotations

import gc
import sys
from typing import Any


def start_quickly() -> None:
    """Puts the collector off until `settle`: reading the program makes much that stays, and the collector would go
    through it again and again, a sixth of a start's work."""
    gc.disable()
    _read_log_library()


def settle() -> None:
    """From here on garbage is collected; what the start made is not looked through again."""
    gc.freeze()
    gc.enable()


def _read_log_library() -> None:
    """structlog takes Rich along when it finds it (ninety modules, 5 MB), for tracebacks in a shape that ours never have.

    The command line's help, which does use Rich, reads it when it is printed.
    """
    modules: dict[str, Any] = sys.modules
    if "structlog" in modules or "rich" in modules:
        return
    modules["rich"] = None  # what the interpreter knows as: not to be had
    try:
        import structlog as structlog
    finally:
        del modules["rich"]
