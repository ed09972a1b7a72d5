"""Is the installation well? For people, load balancers and the start-up wait of `balcao up`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from balcao.kernel.db.migrate import SchemaState, schema_state
from balcao.kernel.errors import NotFoundError
from balcao.kernel.redis_link import TIMEOUT_SECONDS
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.closing import Closing
from balcao.kernel.web.dependencies import Installation, Public

DISK_FLOOR_BYTES = 500_000_000
QUEUE_LATE_SECONDS = 300
# Waiting mail is a reason to wake somebody, not to shut the shop: this long means that nothing is worked on any more.
QUEUE_STUCK_SECONDS = 1800
_OLDEST_JOB = text(
    "select coalesce(extract(epoch from now() - min(coalesce(scheduled_at, e.at))), 0) "
    "from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id and e.type = 'deferred' "
    "where j.status = 'todo' and coalesce(j.scheduled_at, now()) <= now()"
)
router = APIRouter(tags=["health"])
Level = Literal["ok", "degraded", "down"]
Found = tuple[Level, str | None]
Look = Callable[[Runtime], Awaitable[Found]]


class Part(BaseModel):
    """One part's state and how long the look took, in milliseconds."""

    status: Level
    latency_ms: float
    detail: str | None = None


class Health(BaseModel):
    """The whole, and each part."""

    status: Level
    parts: dict[str, Part]


async def _timed(look: Look, runtime: Runtime) -> Part:
    began = time.perf_counter()
    try:
        status, detail = await look(runtime)
    except Exception as error:  # noqa: BLE001 - any failure of a look means the part is down
        status, detail = "down", type(error).__name__
    return Part(status=status, latency_ms=round((time.perf_counter() - began) * 1000, 2), detail=detail)


async def examine(runtime: Runtime) -> Health:
    """Looks at database, schema, queue, disk and, when configured, Redis. The whole is as bad as its worst part; Redis is
    never needed, so it only degrades."""
    looks: dict[str, Look] = {
        "database": _look_at_database,
        "migration": _look_at_schema,
        "queue": _look_at_queue,
        "disk": _look_at_disk,
    }
    if runtime.settings.redis_url:
        looks["redis"] = _look_at_redis
    parts = {name: await _timed(look, runtime) for name, look in looks.items()}
    levels = {part.status for part in parts.values()}
    status: Level = "down" if "down" in levels else "degraded" if "degraded" in levels else "ok"
    return Health(status=status, parts=parts)


async def _look_at_database(runtime: Runtime) -> Found:
    async with runtime.database.engine.connect() as connection:
        await connection.execute(text("select 1"))
    return "ok", None


async def _look_at_schema(runtime: Runtime) -> Found:
    """A newer schema is fine (`schema_state` says why), an older one is not."""
    async with runtime.database.engine.connect() as connection:
        revision = (await connection.execute(text("select version_num from alembic_version"))).scalar()
    match _state(revision):
        case "same":
            return "ok", None
        case "newer":
            return "ok", f"the schema is newer than this program: {revision}"
        case _:
            return "down", f"this program does not work on schema {revision}; run balcao migrate"


@lru_cache(maxsize=8)
def _state(revision: str | None) -> SchemaState:
    return schema_state(revision)


async def _look_at_queue(runtime: Runtime) -> Found:
    async with runtime.database.engine.connect() as connection:
        waited = float((await connection.execute(_OLDEST_JOB)).scalar_one())
    if waited < QUEUE_LATE_SECONDS:
        return "ok", None
    return "degraded" if waited < QUEUE_STUCK_SECONDS else "down", f"oldest job waits {waited:.0f} s"


async def _look_at_disk(runtime: Runtime) -> Found:
    folder = runtime.settings.data_dir
    free = shutil.disk_usage(folder if folder.exists() else ".").free
    return ("ok", None) if free > DISK_FLOOR_BYTES else ("down", f"{free // 1_000_000} MB free")


async def _look_at_redis(runtime: Runtime) -> Found:
    """A line of its own: that of the requests is left alone for a moment once it failed."""
    from redis.asyncio import Redis

    client = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        runtime.settings.redis_url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    )
    try:
        await client.ping()  # pyright: ignore[reportUnknownMemberType, reportGeneralTypeIssues]
    except Exception as error:  # noqa: BLE001 - whatever it is: requests go on without Redis
        return "degraded", type(error).__name__
    finally:
        await client.aclose()
    return "ok", None


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
async def ready(request: Request, runtime: Installation, response: Response) -> Health:
    """Ready for requests: the same look as /health, and not about to stop."""
    closing: Closing = request.app.state.closing
    if closing.is_on:
        response.status_code = 503
        return Health(status="down", parts={"server": Part(status="down", latency_ms=0, detail="stopping")})
    return await health(runtime, response)


@router.get("/debug/db", dependencies=[Depends(Public("answers only with DEBUG=true"))])
async def debug_database(runtime: Installation) -> dict[str, Any]:
    """The connection pool, while DEBUG is on; 404 otherwise."""
    if not runtime.settings.debug:
        raise NotFoundError
    return {"pool": runtime.database.engine.pool.status()}
