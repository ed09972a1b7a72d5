"""Ready answers of before a restore that an optional Redis holds: they tell of rows that are no more."""

from __future__ import annotations

import contextlib
from typing import Any

import structlog

KEYS = "balcao:cache:*"
AT_ONCE = 500
log = structlog.get_logger("balcao.backups")


def forget_shared_cache(redis_url: str) -> int:
    """Removes every shared answer; answers how many keys went. A Redis that is down holds nothing anybody reads."""
    if not redis_url:
        return 0
    from redis import Redis
    from redis.exceptions import RedisError

    gone = 0
    try:
        client: Any = Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=5)  # pyright: ignore[reportUnknownMemberType]
        with contextlib.closing(client):
            for key in client.scan_iter(KEYS, count=AT_ONCE):
                gone += int(client.unlink(key))
    except (RedisError, OSError) as error:
        log.warning("shared_cache_kept", error=type(error).__name__)
    return gone
