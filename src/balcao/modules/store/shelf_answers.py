"""Ready answers of the shop window: bytes that are true until something is changed or the clock passes an edge.

A change drops them through the topic. The clock needs no timer: every answer ends with the moment until which it is
true (`fresh_until`), and one whose moment has passed is followed by another under a name that carries that moment.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from balcao.kernel.cache import CachedBytes
from balcao.kernel.runtime import Runtime

CATALOG_TOPIC: Final = "catalog"
TTL_SECONDS: Final = 30.0
# Half a minute holds an edge or two; whoever has followed this many is given the last answer.
_EDGES_MAX: Final = 5
_MARK: Final = b'"fresh_until":"'
_TAIL_BYTES: Final = 64

Document = dict[str, Any]


def dump_answer(document: Document, fresh_until: datetime) -> bytes:
    """The document as JSON with its moment at the end, where it is found without parsing."""
    return orjson.dumps({**document, "fresh_until": fresh_until.isoformat()})


def peek_answer(runtime: Runtime, tenant_id: UUID, name: str) -> CachedBytes | None:
    """The answer if this process holds it and it is still true; no waiting."""
    now = runtime.clock().timestamp()
    wanted = name
    for _ in range(_EDGES_MAX):
        body = runtime.cache.peek((tenant_id, wanted))
        if body is None:
            return None
        until = _until(body)
        if now < until:
            return body
        wanted = _following(name, until)
    return None


async def answer(
    runtime: Runtime, tenant_id: UUID, name: str, make: Callable[[], Awaitable[bytes]]
) -> CachedBytes:
    """The answer of that name, made once however many ask. `make` is called outside of any transaction."""
    body = await runtime.cache.get_or_make(tenant_id, name, make, TTL_SECONDS, (CATALOG_TOPIC,))
    for _ in range(_EDGES_MAX):
        until = _until(body)
        if runtime.clock().timestamp() < until:
            break
        wanted = _following(name, until)
        body = await runtime.cache.get_or_make(tenant_id, wanted, make, TTL_SECONDS, (CATALOG_TOPIC,))
    return body


def _following(name: str, until: float) -> str:
    return f"{name}@{until}"


def _until(body: CachedBytes) -> float:
    """The moment of an answer, noted on the bytes themselves so that the note dies with them."""
    notes: dict[str, Any] = vars(body)
    known: float | None = notes.get("fresh_until")
    if known is None:
        tail = body[-_TAIL_BYTES:]
        moment = tail[tail.rindex(_MARK) + len(_MARK) : -2].decode()
        known = notes["fresh_until"] = datetime.fromisoformat(moment).timestamp()
    return known
