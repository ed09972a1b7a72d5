"""What each task of the queue does is said in words, in both languages."""

from __future__ import annotations

from balcao.cli.reference.errors import portuguese
from balcao.modules.admin.pages.job_words import KERNEL_TASKS, MISHAPS, NOT_NOTED, UNKNOWN, task_words
from balcao.registry import MODULES


def test_every_task_has_words_in_its_module() -> None:
    for module in MODULES:
        tasks = {job.name for job in module.jobs} | {reaction.job_name for reaction in module.reactions}
        assert set(module.task_words) == tasks, module.name


def test_the_words_have_portuguese() -> None:
    said = {*task_words(MODULES).values(), *KERNEL_TASKS.values(), *MISHAPS.values(), UNKNOWN, NOT_NOTED}
    assert len(said) > 25
    assert sorted(said - portuguese().msgids("pt_BR")) == []
