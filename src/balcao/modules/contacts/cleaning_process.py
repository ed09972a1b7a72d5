"""The other process that reads and cleans a file: started, listened to, stopped. The worker lives whatever happens to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import structlog

import balcao
from balcao.modules.contacts.pipeline.request import Request

CHECK_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = 1800.0
LONGEST_LINE: Final = 8_000_000
"""A message may carry the rows of a first preview."""
log = structlog.get_logger("balcao.contacts.imports")


@dataclass(slots=True)
class Heard:
    """The latest that the process said."""

    stage: str = "inspecting"
    rows_done: int = 0
    rows_total: int | None = None
    early_report: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    refused: str = ""


class CleaningFailedError(Exception):
    """The file could not be cleaned: `code` is a FILE_… code, or IMPORT_FAILED when the fault is ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CleaningStoppedError(Exception):
    """It was told to stop."""


Check = Callable[[Heard], Awaitable[bool]]
"""Told once a second how far it is; answers False to stop."""


async def clean(request: Request, check: Check) -> dict[str, Any]:
    """Runs one request to its end and answers the report. Raises CleaningFailedError, CleaningStoppedError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "balcao.modules.contacts.pipeline.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=request.folder,
        env=_environment(),
        limit=LONGEST_LINE,
        start_new_session=True,
    )
    heard = Heard()
    listening = asyncio.create_task(_talk(process, request, heard))
    try:
        await _watch(listening, heard, check)
    finally:
        _kill(process)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        code = await process.wait()
    if heard.result is not None:
        return heard.result
    if not heard.refused:
        # Killed by its limits or by the system: whatever the file is, it is too much.
        log.warning("import_process_died", code=code, stage=heard.stage)
    raise CleaningFailedError(heard.refused or "FILE_TOO_COMPLEX")


def _environment() -> dict[str, str]:
    """No secret of the installation is handed on; one thread, since the pool of numpy's threads eats address space."""
    source = str(Path(balcao.__file__).parents[1])
    return {
        "PYTHONPATH": source,
        "PATH": os.environ.get("PATH", ""),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "LC_ALL": "C.UTF-8",
    }


async def _watch(listening: asyncio.Task[None], heard: Heard, check: Check) -> None:
    async with asyncio.timeout(LONGEST_SECONDS) as patience:
        while not listening.done():
            await asyncio.wait([listening], timeout=CHECK_SECONDS)
            if not listening.done() and not await check(heard):
                raise CleaningStoppedError
    if patience.expired():
        raise CleaningFailedError("FILE_TOO_COMPLEX")
    listening.result()


async def _talk(process: asyncio.subprocess.Process, request: Request, heard: Heard) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(request.to_json())
        await process.stdin.drain()
    process.stdin.close()
    async for line in process.stdout:
        _note(orjson.loads(line), heard)


def _note(message: dict[str, Any], heard: Heard) -> None:
    if "progress" in message:
        heard.stage, heard.rows_done, heard.rows_total = message["progress"]
    elif "early" in message:
        heard.early_report = message["early"]
    elif "done" in message:
        heard.result = message["done"]
    elif "refused" in message:
        heard.refused = message["refused"]
    elif "broken" in message:
        heard.refused = "IMPORT_FAILED"
        log.error("import_process_broken", error=message["broken"], at=message["at"])


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
