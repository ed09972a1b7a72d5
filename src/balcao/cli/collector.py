"""The garbage collector during a start: put off, then told that what was made so far stays."""

from __future__ import annotations

import gc


def start_quickly() -> None:
    """Puts the collector off until `settle`: reading the program makes much that stays, and the collector would go
    through it again and again, a sixth of a start's work."""
    gc.disable()


def settle() -> None:
    """From here on garbage is collected; what the start made is not looked through again."""
    gc.freeze()
    gc.enable()
