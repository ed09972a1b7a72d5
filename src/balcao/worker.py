"""Entry point of the worker processes."""

from __future__ import annotations

from balcao.kernel.job_runner import Part, build_queue, run_worker
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.metrics_door import metrics_door


async def work(
    runtime: Runtime,
    *,
    concurrency: int = 4,
    only: Part = "all",
    metrics_host: str = "127.0.0.1",
    metrics_port: int | None = None,
) -> None:
    """Takes jobs (`only`: those of some queues) until the process is told to stop, and tells its figures at a port."""
    runtime.start()
    try:
        async with metrics_door(runtime, metrics_host, metrics_port):
            await run_worker(
                build_queue(runtime),
                concurrency=concurrency,
                outside=runtime.settings.outside_places,
                only=only,
            )
    finally:
        await runtime.close()
