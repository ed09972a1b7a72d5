"""What the Python client makes of answers: errors, files, events and pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from balcao_client import (
    AsyncBalcao,
    BalcaoError,
    BalcaoUnreachable,
    Conflict,
    NotFound,
    ServerFailed,
    VersionConflict,
)
from tests.unit.client.answers import BASE, CART, Server, client, fine, problem


def test_a_file_whose_line_breaks_is_unreachable_and_not_kept(tmp_path: Any) -> None:
    class Breaking(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"half"
            raise httpx.ReadError("broken")

    exported = client(Server(httpx.Response(200, stream=Breaking()))).contacts.export_contacts()
    with pytest.raises(BalcaoUnreachable) as lost:
        exported.save(tmp_path / "x.csv")
    assert list(tmp_path.iterdir()) == []
    assert lost.value.__context__ is None


def test_a_files_name_is_only_a_name() -> None:
    named = httpx.Response(
        200, content=b"x", headers={"content-disposition": 'attachment; filename="../../etc/passwd"'}
    )
    exported = client(Server(named)).contacts.export_contacts()
    assert (exported.read(), exported.name) == (b"x", "passwd")


def test_errors_by_what_they_are() -> None:
    cases = [
        (problem(404, "not_found"), NotFound),
        (problem(409, "store_closed"), Conflict),
        (problem(409, "version_conflict", current={"version": 3}), VersionConflict),
        (problem(500), ServerFailed),
        (httpx.Response(502, text="<html>"), ServerFailed),
        (httpx.Response(404, json=["not", "a", "problem"]), NotFound),
        (httpx.Response(422, content=b"{", headers={"content-type": "application/json"}), BalcaoError),
    ]
    for answer, kind in cases:
        with pytest.raises(kind) as refused:
            client(Server(answer), retry_seconds=0).orders.list_orders()
        assert type(refused.value) is kind or kind is BalcaoError
    with pytest.raises(BalcaoError) as strange:
        client(Server(httpx.Response(200, text="<html>hello"))).orders.list_orders()
    assert strange.value.code == "unexpected_answer"


def test_problem_documents_are_kept_whole() -> None:
    answer = problem(
        409,
        "insufficient_stock",
        items=[{"name": "Bolo"}],
        request_id="r-1",
        errors=[{"pointer": "/a", "message": "m"}],
    )
    with pytest.raises(Conflict) as refused:
        client(Server(answer)).checkout.checkout(CART)
    error = refused.value
    assert (error.code, error.request_id, error.extra) == (
        "insufficient_stock",
        "r-1",
        {"items": [{"name": "Bolo"}]},
    )
    assert str(error) == "409 insufficient_stock: No. (/a: m) [request r-1]"


STREAM = b"retry: 3000\n\n: still here\n\nevent: import.changed\ndata: {}\n\ndata: a\ndata: b\n\nevent: cut"


def test_events_come_one_by_one() -> None:
    server = Server(httpx.Response(200, content=STREAM, headers={"content-type": "text/event-stream"}))
    events = [(event.kind, event.data) for event in client(server).imports.watch_job("x")]
    assert events == [("import.changed", "{}"), ("message", "a\nb")]


async def test_events_for_asyncio() -> None:
    server = Server(httpx.Response(200, content=STREAM, headers={"content-type": "text/event-stream"}))
    async with AsyncBalcao(BASE, transport=httpx.MockTransport(server)) as lazy:
        assert [event.kind async for event in lazy.imports.watch_job("x")] == ["import.changed", "message"]


def test_pages_by_start() -> None:
    def rows(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("start", 0))
        return fine({"items": [start], "start": start, "next_start": start + 1 if start < 3 else None})

    shop = client(rows)
    assert list(shop.pages(shop.imports.list_job_rows, "x")) == [0, 1, 2, 3]


def test_pages_begin_where_they_are_told_to() -> None:
    def lines(request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        offset, limit = int(asked.get("offset", 0)), int(asked["limit"])
        return fine(
            {"items": list(range(7))[offset : offset + limit], "total": 7, "limit": limit, "offset": offset}
        )

    shop = client(lines)
    assert list(shop.pages(shop.orders.list_orders, limit=2, offset=3)) == [3, 4, 5, 6]


def test_a_list_that_says_the_same_page_again_ends() -> None:
    calls = Server(fine({"items": [{"id": 1}], "next_cursor": "same"}))
    shop = client(calls)
    assert len(list(shop.pages(shop.audit.list_entries))) == 2


def test_both_kinds_run_side_by_side() -> None:
    async def both() -> int:
        async with AsyncBalcao(BASE, transport=httpx.MockTransport(Server(fine()))) as lazy:
            answers = await asyncio.gather(*(lazy.orders.list_orders() for _ in range(20)))
        return len(answers)

    assert asyncio.run(both()) == 20
