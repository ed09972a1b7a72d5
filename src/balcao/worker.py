"""Entry point of the worker processes."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext

from balcao.kernel.job_runner import Part, build_queue, run_worker
from balcao.kernel.runtime import Runtime


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
        async with _metrics_door(runtime, metrics_host, metrics_port):
            await run_worker(
                build_queue(runtime),
                concurrency=concurrency,
                outside=runtime.settings.outside_places,
                only=only,
            )
    finally:
        await runtime.close()


def _metrics_door(runtime: Runtime, host: str, port: int | None) -> AbstractAsyncContextManager[None]:
    if port is None:
        return nullcontext()
    from balcao.kernel.web.metrics_door import (
        metrics_door,
    )  # the web framework, for workers that show their figures

    return metrics_door(runtime, host, port)
