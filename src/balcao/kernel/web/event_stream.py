"""Live pages: server-sent events that say "look again", never what changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.responses import StreamingResponse

from balcao.kernel.bulletin import Bulletin
from balcao.kernel.web.closing import Closing, farewell
from balcao.kernel.web.dependencies import runtime_of

HEARTBEAT_SECONDS: Final = 15.0
RETRY_MILLISECONDS: Final = 3000
GATHER_SECONDS: Final = 0.2
"""Several changes of one moment are told once."""
LIFETIME_SECONDS: Final = 15 * 60.0
"""Then the browser connects anew, and whoever lost the right to listen stays outside."""

Gone = Callable[[], Awaitable[bool]]


def event_stream(
    request: Request, tenant_id: UUID, events: Mapping[str, Sequence[str]], *, at_once: Sequence[str] = ()
) -> StreamingResponse:
    """Answers with an event for each posting of its topics; `events` maps event names to bulletin topics.

    `at_once` names events to send when the line opens, for what changed while the page was on its way. No database
    session may be open in the route: the answer lasts minutes. It ends when the reader goes or the server stops; then
    the reader is told to come back in a moment, to another process.
    """
    closing: Closing = request.app.state.closing

    async def gone() -> bool:
        return closing.is_over or await request.is_disconnected()

    async def told() -> AsyncIterator[bytes]:
        bulletin = runtime_of(request).bulletin
        async for lines in tell_changes(bulletin, tenant_id, events, gone=gone, at_once=at_once):
            yield lines
        if closing.is_over:
            yield farewell()

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(told(), media_type="text/event-stream", headers=headers)


async def tell_changes(
    bulletin: Bulletin,
    tenant_id: UUID,
    events: Mapping[str, Sequence[str]],
    *,
    gone: Gone,
    at_once: Sequence[str] = (),
    heartbeat: float = HEARTBEAT_SECONDS,
    lifetime: float = LIFETIME_SECONDS,
) -> AsyncIterator[bytes]:
    """The lines of the stream. Seconds for `heartbeat` (a comment that keeps proxies from closing) and `lifetime`."""
    ends = asyncio.get_running_loop().time() + lifetime
    async with AsyncExitStack() as subscribed:
        topics = {topic for wanted in events.values() for topic in wanted}
        wake = await subscribed.enter_async_context(bulletin.subscription(tenant_id, *topics))
        marks = {
            name: await subscribed.enter_async_context(bulletin.subscription(tenant_id, *wanted))
            for name, wanted in events.items()
        }
        yield f"retry: {RETRY_MILLISECONDS}\n\n".encode() + b"".join(map(_event, at_once))
        while asyncio.get_running_loop().time() < ends:
            heard = await _heard(wake, heartbeat)
            if await gone():
                return
            if not heard:
                yield b": still here\n\n"
                continue
            for name, mark in marks.items():
                if mark.is_set():
                    mark.clear()
                    yield _event(name)


async def _heard(wake: asyncio.Event, heartbeat: float) -> bool:
    try:
        await asyncio.wait_for(wake.wait(), heartbeat)
    except TimeoutError:
        return False
    await asyncio.sleep(GATHER_SECONDS)
    wake.clear()
    return True


def _event(name: str) -> bytes:
    return f"event: {name}\ndata: {{}}\n\n".encode()
