"""The folder in which processes keep their figures for each other: begun anew, and cleared of the dead.

Counts of processes that ended stay in the sum while others of the installation live, for a sum that falls reads as a
restart. Files are named after machine and process; those of other machines are left alone until they are a day old.
"""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

STALE_SECONDS: Final = 24 * 3600
VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
MACHINE: Final = platform.node().replace("_", "-") or "machine"


def shared_folder() -> Path:
    """The folder the processes of this installation share."""
    return Path(os.environ[VARIABLE])


def share_figures(data: Path) -> None:
    """Makes this process, and those it starts, keep their figures in the data folder. Before the metrics are read.

    A folder named in the environment already stays. When nobody lives who wrote there, it is emptied.
    """
    folder = Path(os.environ.setdefault(VARIABLE, str((data / "metrics").resolve())))
    folder.mkdir(parents=True, exist_ok=True)
    mine = [path for path in folder.glob("*.db") if _owner(path)[0] == MACHINE]
    if not any(is_alive(_owner(path)[1]) for path in mine):
        _remove(mine)
    limit = time.time() - STALE_SECONDS
    _remove(path for path in folder.glob("*.db") if path not in mine and _changed(path) < limit)


def forget_the_dead(folder: Path) -> None:
    """Removes what only the living tell: gauges of processes of this machine that ended."""
    for path in folder.glob("gauge_live*.db"):
        owner, process = _owner(path)
        if owner == MACHINE and not is_alive(process):
            _remove([path])


def is_alive(process: int) -> bool:
    """Whether a process of this number runs here."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return process > 0


def _owner(path: Path) -> tuple[str, int]:
    """Machine and process of a file named `kind_machine-process.db`; process 0 when it says none."""
    machine, _, process = path.stem.rpartition("_")[2].rpartition("-")
    return machine, int(process) if process.isdecimal() else 0


def _changed(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return time.time()


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
