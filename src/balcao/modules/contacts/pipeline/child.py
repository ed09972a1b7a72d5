"""The process that reads and cleans one file: limited, without a way to the network, told by JSON and telling by JSON.

    python -m balcao.modules.contacts.pipeline.child < request > messages

Messages, one a line: {"progress": [stage, rows done, rows in all]}, {"early": report so far}, and one of {"done": report},
{"refused": code} or {"broken": kind of error, "at": place}. No text of a cell leaves in an error.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from typing import Any, Final

import orjson

from balcao.modules.contacts.pipeline.request import Request

SAY_EVERY: Final = 0.5
"""Seconds between two messages on progress."""
_FORBIDDEN: Final = frozenset(
    {"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.exec"}
)


def main() -> None:
    """Reads the request, obeys its limits, says what came of it."""
    request = Request.from_json(sys.stdin.buffer.read())
    limit_process(request)
    try:
        _say({"done": run(request)})
    except MemoryError:
        _say({"refused": "FILE_TOO_COMPLEX"})
    except Exception as error:  # noqa: BLE001 - the last place that can say anything
        _say(_fault_of(error))


def limit_process(request: Request) -> None:
    """Address space, processor time, no core file, no network, no other program."""
    limits = request.limits
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(event)


def _fault_of(error: Exception) -> dict[str, Any]:
    """What may be told of an error: a refusal's code, else its kind and where it was raised, never its text."""
    code = getattr(error, "code", None)
    if isinstance(code, str) and code.startswith("FILE_"):
        return {"refused": code}
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    at = f"{place.tb_frame.f_code.co_filename.rpartition('balcao/')[2]}:{place.tb_lineno}" if place else ""
    return {"broken": type(error).__name__, "at": at}


def _say(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(message) + b"\n")
    sys.stdout.buffer.flush()


class Speaker:
    """Tells how far it is, not more often than is worth listening to."""

    def __init__(self) -> None:
        self._next = 0.0
        self._stage = ""
        self.began: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage != self._stage or now >= self._next:
            self._stage, self._next = stage, now + SAY_EVERY
            self.began.setdefault(stage, now)
            _say({"progress": [stage, done, total]})


def run(request: Request) -> dict[str, Any]:
    """Cleans the file into the request's folder and answers the report. Raises FileRefused."""
    from balcao.modules.contacts.pipeline.inspecting import inspect
    from balcao.modules.contacts.pipeline.report import early_report, final_report, mapping_report
    from balcao.modules.contacts.pipeline.results import Results
    from balcao.modules.contacts.pipeline.stages import Cleaning

    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    tell = Speaker()
    tell("inspecting", 0, None)
    inspected = inspect(request)
    total = inspected.table.rows_total
    tell("mapping", 0, total)
    if request.options.review and request.chosen is None and not inspected.mapping.is_sure:
        return mapping_report(inspected)
    cleaning = Cleaning(inspected, tell)
    is_first = True
    for done in cleaning.read():
        if is_first:
            is_first = False
            _say({"early": early_report(inspected, cleaning)})
        tell("cleaning", done, total)
    limits = request.limits
    results = Results(request.work_folder, part_rows=limits.part_rows, part_bytes=limits.part_bytes)
    cleaning.write(results)
    results.close()
    cleaning.tally.close()
    return final_report(inspected, cleaning, results, tell.began)


if __name__ == "__main__":
    main()
