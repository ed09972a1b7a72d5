"""Jobs and what went wrong with them, in words for whoever runs the installation; the technical names stand beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from balcao.kernel.errors import DomainError
from balcao.kernel.i18n import Translator
from balcao.kernel.module import Module

SCHEDULE: Final = "schedule:"
KERNEL_TASKS: Final[Mapping[str, str]] = {"kernel.recover_jobs": "Takes up jobs whose worker went silent"}
# What a job ran into, by the class of the error; refusals of our own have a title.
MISHAPS: Final[Mapping[str, str]] = {
    "ProviderUnavailable": "The outside service did not answer",
    "ProviderRejected": "The outside service refused",
    "TimeoutError": "It took too long",
    "OSError": "A file or a line failed",
    "ConnectionError": "The line broke",
    "OperationalError": "The database was not there",
    "InterfaceError": "The database was not there",
    "DBAPIError": "The database refused",
    "IntegrityError": "The database refused",
    "ProgrammingError": "The database refused",
    "DataError": "The database refused",
    "TaskNotFound": "This version does not know the task",
    "ValidationError": "What it was asked with does not fit",
    "MemoryError": "The memory was not enough",
}
UNKNOWN: Final = "A fault of the program"
NOT_NOTED: Final = "It was cut off"


def task_words(modules: Sequence[Module]) -> dict[str, str]:
    """What each task does, as English msgids, by the task's name in the queue."""
    return {**KERNEL_TASKS, **{name: said for module in modules for name, said in module.task_words.items()}}


def _refusals(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _refusals(below)


class JobWords:
    """Says tasks and errors in one language."""

    def __init__(self, words: Translator, modules: Sequence[Module]) -> None:
        self._words = words
        self._tasks = task_words(modules)

    def task(self, name: str) -> str:
        """What a task does; its name where nobody said it."""
        asked = name.removeprefix(SCHEDULE)
        if asked not in self._tasks:
            return name
        said = self._words(self._tasks[asked])
        return self._words("By the clock: {task}", task=said) if asked != name else said

    def error(self, kind: str | None) -> str:
        """What a job failed of; `kind` is a class and a code, empty when the worker itself was lost."""
        name = (kind or "").partition(" ")[0]
        if not name:
            return self._words(NOT_NOTED)
        return self._words(MISHAPS.get(name) or _title_of(name, _refusals()) or UNKNOWN).removesuffix(".")


def _title_of(name: str, refusals: Iterable[type[DomainError]]) -> str | None:
    return next((kind.title for kind in refusals if kind.__name__ == name), None)
