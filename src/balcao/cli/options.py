"""Options that several commands take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def from_where_started(folder: Path | None) -> Path | None:
    """The launcher goes to the checkout; a folder the person names is meant from where the person stands."""
    return folder and Path(os.environ.get("BALCAO_STARTED_IN", "")) / folder.expanduser()


Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder with all state of the instance; .balcao by default.",
        callback=from_where_started,
    ),
]
