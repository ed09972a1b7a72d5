"""The installation's state and its queue over HTTP, for the people of the platform."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from balcao.kernel.jobs.administration import Outcome
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import AllowPlatform, Installation
from balcao.kernel.web.health import examine
from balcao.modules.admin.api.central_caller import CentralWork
from balcao.modules.admin.api.schemas import example
from balcao.modules.admin.operations_look import look, order_kind, order_one
from balcao.modules.admin.operations_values import Operations

router = APIRouter(prefix="/admin/central/operations", tags=["operations"])
VIEW = Depends(AllowPlatform("admin.operations:view"))
EDIT = Depends(AllowPlatform("admin.operations:edit"))
JobId = Annotated[int, Path(ge=1, le=2**63 - 1)]
# What the queue's tables may hold of a name; a mark no name has is refused before the database refuses it.
NAME = r"^[^\x00]*$"


class KindOfJobs(BaseModel):
    """Dead jobs of one task whose last error was of one kind, as `failures` of the state names them."""

    model_config = example(task="messaging.send_email", kind="ProviderUnavailable")
    task: str = Field(min_length=1, max_length=200, pattern=NAME)
    kind: str = Field(max_length=300, pattern=NAME)


class Ordered(BaseModel):
    """What became of one job."""

    id: int
    outcome: Outcome


class OrderedMany(BaseModel):
    """How many jobs ended in which way. 500 are taken at once."""

    outcomes: dict[str, int]


@router.get("", dependencies=[VIEW])
async def state(request: Request, runtime: Installation) -> Operations:
    """Queues, failures, workers, outside services, disk, database, cache and backups, as they are now."""
    return await state_now(request, runtime)


async def state_now(request: Request, runtime: Runtime) -> Operations:
    """The state, health included; the page shows the same."""
    health = await examine(runtime)
    return await look(runtime, request.app.state.scrape, health.model_dump())


@router.post("/jobs/{job_id}/retry", dependencies=[EDIT])
async def retry(central: CentralWork, job_id: JobId) -> Ordered:
    """Puts a dead job back into the queue, with all its tries before it."""
    return Ordered(id=job_id, outcome=await order_one(central, "retry", job_id))


@router.post("/jobs/{job_id}/cancel", dependencies=[EDIT])
async def cancel(central: CentralWork, job_id: JobId) -> Ordered:
    """Takes a waiting job out, asks a running one to stop, forgets a dead one."""
    return Ordered(id=job_id, outcome=await order_one(central, "cancel", job_id))


@router.post("/jobs/retry", dependencies=[EDIT])
async def retry_kind(central: CentralWork, body: KindOfJobs) -> OrderedMany:
    """Puts the dead jobs of a kind back into the queue."""
    return OrderedMany(outcomes=await order_kind(central, "retry", body.task, body.kind))


@router.post("/jobs/cancel", dependencies=[EDIT])
async def cancel_kind(central: CentralWork, body: KindOfJobs) -> OrderedMany:
    """Forgets the dead jobs of a kind."""
    return OrderedMany(outcomes=await order_kind(central, "cancel", body.task, body.kind))
