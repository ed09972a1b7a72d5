"""Answers made smaller: when, how, and when not."""

import gzip
import json

import brotli
import pytest
import zstandard

from balcao.kernel.web.middleware_compression import PackedBodies, negotiated
from tests.unit.kernel.conftest import answering, ask

LARGE = json.dumps([{"name": f"Pizza {n}", "price_cents": n} for n in range(400)]).encode()


@pytest.mark.parametrize(
    ("accepted", "token"),
    [
        ("gzip, deflate, br, zstd", b"zstd"),
        ("gzip, br", b"br"),
        ("gzip", b"gzip"),
        ("GZIP", b"gzip"),
        ("zstd;q=0.1, br;q=0.5, gzip;q=0.9", b"gzip"),
        ("*", b"zstd"),
        ("zstd;q=0, *;q=0.5", b"br"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=x", None),
        ("deflate", None),
    ],
)
def test_the_clients_preference_decides(accepted: str, token: bytes | None) -> None:
    chosen = negotiated(accepted.encode())
    assert (chosen.token if chosen else None) == token


UNPACK = {
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


@pytest.mark.parametrize("token", list(UNPACK))
async def test_a_large_answer_is_packed_and_means_the_same(edge, token: str) -> None:
    app = answering(200, LARGE, content_type="application/json", content_length=str(len(LARGE)), etag='"abc"')
    answer = await ask(edge(app), headers={"accept-encoding": token})
    assert answer.headers["content-encoding"] == token
    assert int(answer.headers["content-length"]) == len(answer.body) < len(LARGE) * 0.3
    assert answer.headers["etag"] == 'W/"abc"'
    assert answer.headers["vary"] == "Accept-Encoding"
    assert UNPACK[token](answer.body) == LARGE


@pytest.mark.parametrize("token", list(UNPACK))
async def test_a_stream_is_packed_piece_by_piece(edge, token: str) -> None:
    pieces = [LARGE[:100], LARGE[100:9000], LARGE[9000:]]

    async def app(_scope, _receive, send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]}
        )
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    answer = await ask(edge(app), headers={"accept-encoding": token})
    assert len(answer.chunks) == 4
    assert all(answer.chunks)
    assert "content-length" not in answer.headers
    assert UNPACK[token](answer.body) == LARGE


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, LARGE, {"content_type": "text/event-stream"}),
        (200, LARGE, {"content_type": "image/webp"}),
        (200, LARGE, {"content_type": "video/mp4"}),
        (200, LARGE, {"content_type": "text/html", "content_encoding": "br"}),
        (206, LARGE, {"content_type": "text/html"}),
        (200, LARGE, {"content_type": "text/html", "cache_control": "no-transform"}),
        (200, LARGE, {}),
        (200, LARGE[:1023], {"content_type": "application/json"}),
        (200, LARGE[:1023], {"content_type": "application/json", "content_length": "1023"}),
        (304, b"", {"etag": '"a"'}),
    ],
)
async def test_what_must_not_be_packed_is_left_alone(
    edge, status: int, body: bytes, headers: dict[str, str]
) -> None:
    answer = await ask(
        edge(answering(status, body, **headers)), headers={"accept-encoding": "gzip, br, zstd"}
    )
    assert answer.body == body
    assert answer.headers.get("content-encoding") == headers.get("content_encoding")


async def test_without_accept_encoding_or_for_head_nothing_is_packed(edge) -> None:
    app = edge(answering(200, LARGE, content_type="application/json"))
    assert (await ask(app)).body == LARGE
    head = edge(answering(200, b"", content_type="application/json", content_length=str(len(LARGE))))
    answer = await ask(head, "HEAD", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-length"] == str(len(LARGE))


async def test_a_body_with_an_etag_is_packed_once_and_the_memory_for_it_is_bounded() -> None:
    packed, encoding = PackedBodies(max_bytes=3 * len(LARGE)), negotiated(b"zstd")
    assert encoding is not None
    first = await packed.pack(LARGE, encoding, remember=True)
    assert await packed.pack(bytes(bytearray(LARGE)), encoding, remember=True) is first
    assert await packed.pack(LARGE, encoding, remember=False) is not first
    for number in range(5):
        await packed.pack(LARGE + str(number).encode(), encoding, remember=True)
    assert packed._size <= 3 * len(LARGE)
    assert await packed.pack(LARGE, encoding, remember=True) is not first
    huge = LARGE * 30
    assert UNPACK["zstd"](await packed.pack(huge, encoding, remember=True)) == huge
    assert packed._size <= 3 * len(LARGE)
