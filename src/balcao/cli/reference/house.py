"""The pages of events, jobs, and modules with their plans."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

from balcao.cli.reference.errors import portuguese
from balcao.cli.reference.markdown import code, codes, page, said, table
from balcao.cli.reference.source import event_classes, publishers
from balcao.kernel import job_runner, plans, tenants
from balcao.kernel.queue import Job
from balcao.registry import MODULES


def _event_row(module: str, name: str) -> tuple[str, ...]:
    event: type[Any] = getattr(importlib.import_module(module), name)
    listeners = [
        f"{item.module}.{item.name}"
        for owner in MODULES
        for item in owner.reactions
        if item.event_type is event
    ]
    fields = [f"{item.name}: {item.type}" for item in dataclasses.fields(event)]
    return (
        code(name),
        said(event),
        codes(fields),
        codes(sorted(publishers().get(name, set()))) or "nobody",
        codes(listeners) or "nobody yet",
    )


def events_page() -> str:
    """`docs/reference/events.md`."""
    return page(
        "Events",
        "Facts one module tells the others, ids only. `uow.publish(event)` writes one job per listener whose module is "
        "on, in the transaction of what happened; each listener runs once per event.",
        table(
            ("event", "meaning", "fields", "published in", "listeners"),
            [_event_row(module, name) for module, name in event_classes()],
        ),
    )


def _wait(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _job_row(job: Job) -> tuple[str, ...]:
    when = f"`{job.cron}` (UTC), for every business of `{job.due}`" if job.cron else "when asked"
    arguments = [f"{name}" for name in job.arguments.model_fields]
    retries = ", ".join(_wait(seconds) for seconds in job.backoff)
    return code(job.name), code(job.queue), when, codes(arguments), retries, said(job.function)


def jobs_page() -> str:
    """`docs/reference/jobs.md`."""
    found = sorted((job for module in MODULES for job in module.jobs), key=lambda job: job.name)
    reactions = sorted(
        ((item.job_name, said(item.function)) for module in MODULES for item in module.reactions),
    )
    waits = ", ".join(_wait(seconds) for seconds in job_runner.REACTION_BACKOFF)
    keeping = (
        f"A job whose worker has been silent for {job_runner.STALLED_SECONDS:g} s goes back to the queue, and finished "
        f"ones are forgotten after {job_runner.KEEP_FINISHED_HOURS} h: `kernel.recover_jobs`, every minute. A periodic "
        "job is started by a task `schedule:<name>`."
    )
    return page(
        "Jobs",
        "Queues by patience: `now` (under 5 s), `soon`, `bulk`. The waits before each retry get some jitter; what a "
        "provider or a rule refused is not tried again.",
        table(("job", "queue", "when", "arguments", "retries after", "what it does"), map(_job_row, found)),
        f"## Reactions\n\nEach is a job in `now`, tried again after {waits}.",
        table(("job", "what it does"), ((code(name), text) for name, text in reactions)),
        f"## The queue keeps house\n\n{keeping}",
    )


def modules_page() -> str:
    """`docs/reference/modules.md`."""
    words = portuguese().translator("pt_BR")
    rows = [
        (
            code(module.name),
            f"{module.title} / {words(module.title)}",
            "always" if module.name in tenants.MANDATORY_MODULES else "by plan or switch",
            "yes" if module.gated else "no",
            str(sum(len(router.routes) for router in (*module.routers, *module.pages))),
            str(len(module.jobs)),
            str(len(module.reactions)),
            str(len(module.permissions)),
        )
        for module in MODULES
    ]
    columns = (
        "module",
        "name",
        "switched on",
        "doors ask the plan",
        "routes",
        "jobs",
        "reactions",
        "permissions",
    )
    rules = "\n".join(
        f"- {said(rule)}" for rule in (tenants.effective_modules, tenants.is_paying, plans.require_module)
    )
    return page(
        "Modules and plans",
        "A plan is a row of `plans`: a price and a list of modules. What a business has is derived at each look and "
        "never stored, so a lapsed plan deletes nothing.",
        table(columns, rows),
        f"## The rules\n\n{rules}",
    )
