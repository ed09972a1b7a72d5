"""What a restore does to answers that Redis keeps."""

from __future__ import annotations

from redis import Redis

from balcao.kernel.backups.shared_cache import forget_shared_cache


def test_answers_go_and_nothing_else(redis_process) -> None:  # type: ignore[no-untyped-def]
    with Redis.from_url(redis_process.url) as client:
        for number in range(3):
            client.set(f"balcao:cache:{{t}}:data:{number}", b"x")
        client.set("somebody:else", b"x")
        assert forget_shared_cache(redis_process.url) == 3
        assert client.keys() == [b"somebody:else"]


def test_without_redis_there_is_nothing_to_forget() -> None:
    assert forget_shared_cache("") == 0
    assert forget_shared_cache("redis://127.0.0.1:9/0") == 0
