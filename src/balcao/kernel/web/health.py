"""Is the installation well? For people, load balancers and the start-up wait of `balcao up`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import text

from balcao.kernel.errors import NotFoundError
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Installation, Public

DISK_FLOOR_BYTES = 500_000_000
QUEUE_STUCK_SECONDS = 300
router = APIRouter(tags=["health"])
Level = Literal["ok", "degraded", "down"]


class Part(BaseModel):
    """One part's state and how long the look took, in milliseconds."""

    status: Level
    latency_ms: float
    detail: str | None = None


class Health(BaseModel):
    """The whole, and each part."""

    status: Level
    parts: dict[str, Part]


async def _timed(look: Callable[[], Awaitable[tuple[Level, str | None]]]) -> Part:
    began = time.perf_counter()
    try:
        status, detail = await look()
    except Exception as error:  # noqa: BLE001 - any failure of a look means the part is down
        status, detail = "down", type(error).__name__
    return Part(status=status, latency_ms=round((time.perf_counter() - began) * 1000, 2), detail=detail)


async def examine(runtime: Runtime) -> Health:
    """Looks at database, queue and disk. The installation is down when the database is."""

    async def database() -> tuple[Level, str | None]:
        async with runtime.database.engine.connect() as connection:
            await connection.execute(text("select 1"))
        return "ok", None

    async def queue() -> tuple[Level, str | None]:
        async with runtime.database.engine.connect() as connection:
            query = (
                "select coalesce(extract(epoch from now() - min(coalesce(scheduled_at, e.at))), 0) "
                "from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id and e.type = 'deferred' "
                "where j.status = 'todo' and coalesce(j.scheduled_at, now()) <= now()"
            )
            waiting = float((await connection.execute(text(query))).scalar_one())
        return (
            ("ok", None)
            if waiting < QUEUE_STUCK_SECONDS
            else ("degraded", f"oldest job waits {waiting:.0f} s")
        )

    async def disk() -> tuple[Level, str | None]:
        free = shutil.disk_usage(
            runtime.settings.data_dir if runtime.settings.data_dir.exists() else "."
        ).free
        return ("ok", None) if free > DISK_FLOOR_BYTES else ("down", f"{free // 1_000_000} MB free")

    parts = {"database": await _timed(database), "queue": await _timed(queue), "disk": await _timed(disk)}
    levels = {part.status for part in parts.values()}
    status: Level = "down" if "down" in levels else "degraded" if "degraded" in levels else "ok"
    return Health(status=status, parts=parts)


DOWN: dict[int | str, dict[str, Any]] = {503: {"model": Health, "description": "A needed part is down"}}


@router.get("/health", dependencies=[Depends(Public("monitoring asks without signing in"))], responses=DOWN)
async def health(runtime: Installation, response: Response) -> Health:
    """Every part with its state; 503 when a needed one is down."""
    result = await examine(runtime)
    response.status_code = 503 if result.status == "down" else 200
    return result


@router.get("/health/live", dependencies=[Depends(Public("the process answers; nothing else is asked"))])
async def live() -> dict[str, str]:
    """The process is alive. Touches nothing."""
    return {"status": "ok"}


@router.get(
    "/health/ready",
    dependencies=[Depends(Public("load balancers ask before sending requests"))],
    responses=DOWN,
)
async def ready(runtime: Installation, response: Response) -> Health:
    """Ready for requests: the same look as /health."""
    return await health(runtime, response)


@router.get("/debug/db", dependencies=[Depends(Public("answers only with DEBUG=true"))])
async def debug_database(runtime: Installation) -> dict[str, Any]:
    """The connection pool, while DEBUG is on; 404 otherwise."""
    if not runtime.settings.debug:
        raise NotFoundError
    return {"pool": runtime.database.engine.pool.status()}
