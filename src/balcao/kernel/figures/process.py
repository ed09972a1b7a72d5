"""Figures of this process that are counted where they arise, and copied into the metrics when somebody looks.

Alone, a process copies when it is asked. Where several share their figures, each copies every five seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import shutil
import threading
import time
from pathlib import Path
from typing import Final

from sqlalchemy import QueuePool

from balcao.kernel.bulletin import Bulletin
from balcao.kernel.cache import Cache
from balcao.kernel.db.engine import Database
from balcao.kernel.figures.on_disk import DiskFigures
from balcao.kernel.observability import metrics
from balcao.kernel.observability.metrics import Follower

COPY_SECONDS: Final = 5.0
_SELF: Final = Path("/proc/self")
_CLOCK_TICKS: Final = os.sysconf("SC_CLK_TCK")


class ProcessFigures:
    """Copies what one process knows of itself. `start` begins doing so by itself."""

    def __init__(
        self, database: Database, cache: Cache, bulletin: Bulletin, folder: Path, on_disk: DiskFigures
    ) -> None:
        self._database, self._cache, self._bulletin, self._folder = database, cache, bulletin, folder
        self._on_disk = on_disk
        self._hits = Follower(metrics.CACHE_HITS)
        self._misses = Follower(metrics.CACHE_MISSES)
        self._evictions = Follower(metrics.CACHE_EVICTIONS)
        self._invalidations = Follower(metrics.CACHE_INVALIDATIONS)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins copying every few seconds, and watching how late the event loop is."""
        self.copy()
        self._tasks = [asyncio.create_task(self._copy_for_ever())]

    async def stop(self) -> None:
        """Copies a last time and ends."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self.copy()
        metrics.PROCESSES.set(0)

    def copy(self) -> None:
        """Brings the metrics of this process up to date; under a millisecond."""
        self._copy_pool()
        stats = self._cache.stats
        self._hits.reach(stats.hits)
        self._misses.reach(stats.misses)
        self._evictions.reach(stats.evictions)
        self._invalidations.reach(stats.invalidations)
        metrics.CACHE_BYTES.set(stats.bytes)
        metrics.CACHE_ENTRIES.set(self._cache.entries)
        metrics.LIVE_PAGES.set(self._bulletin.waiting)
        disk = shutil.disk_usage(self._folder if self._folder.exists() else "/")
        metrics.DISK_FREE.set(disk.free)
        metrics.DISK_TOTAL.set(disk.total)
        copy_operating_system()

    def _copy_pool(self) -> None:
        pool = self._database.engine.sync_engine.pool
        if isinstance(pool, QueuePool):
            metrics.DB_POOL_SIZE.set(pool.size())
            metrics.DB_POOL_USED.set(pool.checkedout())
            metrics.DB_POOL_IDLE.set(pool.checkedin())

    async def _copy_for_ever(self) -> None:
        while True:
            due = time.monotonic() + COPY_SECONDS
            await asyncio.sleep(COPY_SECONDS)
            metrics.LOOP_LAG.set(max(0.0, time.monotonic() - due))
            self.copy()
            if self._on_disk.is_due:
                await asyncio.to_thread(self._on_disk.look)


_cpu = Follower(metrics.PROCESS_CPU)
_collections = [Follower(metrics.PROCESS_GC.labels(str(number))) for number in range(len(gc.get_stats()))]


def copy_operating_system() -> None:
    """What the system says of this process. Where it has no /proc, memory is the most there ever was."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _cpu.reach(used.ru_utime + used.ru_stime)
    for follower, generation in zip(_collections, gc.get_stats(), strict=True):
        follower.reach(generation["collections"])
    metrics.PROCESSES.set(1)
    metrics.PROCESS_THREADS.set(threading.active_count())
    metrics.PROCESS_FILES_MAX.set(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    metrics.PROCESS_MEMORY.set(used.ru_maxrss * 1024)
    metrics.PROCESS_STARTED.set(_STARTED)
    with contextlib.suppress(OSError):
        pages = int((_SELF / "statm").read_text(encoding="ascii").split()[1])
        metrics.PROCESS_MEMORY.set(pages * resource.getpagesize())
        metrics.PROCESS_FILES.set(len(list((_SELF / "fd").iterdir())))


def _started_at() -> float:
    """Seconds since 1970 at which this process began; the import of this file where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        ticks = float(
            (_SELF / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
        )
        up = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
        return time.time() - up + ticks / _CLOCK_TICKS
    return time.time()


_STARTED: Final = _started_at()
