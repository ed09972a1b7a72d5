"""When the Python client tries again, where it does not go, and what it never tells."""

from __future__ import annotations

import time
import traceback

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balcao_client import (
    AsyncBalcao,
    Balcao,
    BalcaoError,
    BalcaoUnreachable,
    RateLimited,
    ServerFailed,
)
from balcao_client.calls import filled
from balcao_client.waits import Waits, retry_after
from tests.unit.client.answers import BASE, CART, KEY, Server, client, fine, problem


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits, in seconds, which take no time here."""
    slept: list[float] = []

    async def nap(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("balcao_client.sending.sleep", slept.append)
    monkeypatch.setattr("balcao_client.sending.pause", nap)
    return slept


@pytest.mark.parametrize(
    "first",
    [
        *(httpx.Response(status) for status in (429, 502, 503, 504)),
        httpx.ConnectError("refused"),
        httpx.ReadError("broken"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("half an answer"),
    ],
    ids=repr,
)
def test_a_read_is_tried_again(naps: list[float], first: httpx.Response | Exception) -> None:
    server = Server(first, fine())
    assert client(server).orders.list_orders()["items"] == []
    assert len(server.seen) == 2
    assert len(naps) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 501])
def test_what_will_be_the_same_is_not_tried_again(naps: list[float], status: int) -> None:
    server = Server(problem(status))
    with pytest.raises(BalcaoError) as refused:
        client(server).orders.list_orders()
    assert (refused.value.status, len(server.seen), naps) == (status, 1, [])


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(429), httpx.ReadError("broken")], ids=repr
)
def test_a_write_without_a_key_is_sent_once(naps: list[float], answer: httpx.Response | Exception) -> None:
    server = Server(answer)
    for write in (
        lambda: client(server).catalogue.create_category({"name": "x"}),
        lambda: client(server).catalogue.delete_category("x"),
        lambda: client(server).stores.set_store_hours("x", {"hours": []}),
    ):
        server.seen.clear()
        with pytest.raises(BalcaoError):
            write()
        assert (len(server.seen), naps) == (1, [])


def test_a_write_with_a_key_is_tried_again_under_the_same(naps: list[float]) -> None:
    server = Server(httpx.ReadError("broken"), httpx.Response(503), fine({"order": {}}))
    client(server).checkout.checkout(CART)
    keys = [request.headers["idempotency-key"] for request in server.seen]
    assert (len(keys), len(set(keys)), len(naps)) == (3, 1, 2)
    server.seen.clear()
    client(server).checkout.checkout(CART)
    assert server.seen[0].headers["idempotency-key"] != keys[0]


def test_retry_after_is_waited_for(naps: list[float]) -> None:
    server = Server(problem(429, headers={"retry-after": "7"}), fine())
    client(server).orders.list_orders()
    assert len(naps) == 1
    assert 7 <= naps[0] <= 8


def test_a_wait_beyond_the_bound_is_not_begun(naps: list[float]) -> None:
    server = Server(problem(429, "rate_limited", headers={"retry-after": "31"}))
    with pytest.raises(RateLimited) as limited:
        client(server).orders.list_orders()
    assert (limited.value.retry_after, len(server.seen), naps) == (31.0, 1, [])


def test_trying_ends(naps: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("balcao_client.waits.monotonic", lambda: clock[0])
    monkeypatch.setattr("balcao_client.waits.uniform", lambda _, most: most)

    def slow(_: httpx.Request) -> httpx.Response:
        clock[0] += 4
        return httpx.Response(503)

    with pytest.raises(ServerFailed):
        client(slow, retry_seconds=10).orders.list_orders()
    assert naps == [0.2, 0.4]


def test_no_second_try_when_none_is_wanted(naps: list[float]) -> None:
    server = Server(httpx.ConnectError("refused"))
    with pytest.raises(BalcaoUnreachable):
        client(server, retry_seconds=0).orders.list_orders()
    assert (len(server.seen), naps) == (1, [])


async def test_asyncio_tries_again_as_well(naps: list[float]) -> None:
    server = Server(httpx.ReadError("broken"), httpx.Response(502), fine())
    async with AsyncBalcao(BASE, api_key=KEY, transport=httpx.MockTransport(server)) as lazy:
        assert (await lazy.orders.list_orders())["items"] == []
        server.answers = [httpx.ReadError("broken")]
        with pytest.raises(BalcaoUnreachable):
            await lazy.catalogue.create_category({"name": "x"})
    assert (len(server.seen), len(naps)) == (4, 2)


@given(st.lists(st.floats(0, 60) | st.none(), max_size=30), st.floats(0, 60))
def test_waits_are_never_shorter_than_asked_nor_beyond_the_bound(
    asked: list[float | None], bound: float
) -> None:
    waits, begun = Waits(bound), time.monotonic()
    for seconds in asked:
        wait = waits.next(seconds)
        if wait is not None:
            assert wait >= (seconds or 0)
            assert time.monotonic() + wait <= begun + bound + 5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("12", 12.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def redirect(target: str, status: int = 302) -> httpx.Response:
    return httpx.Response(status, headers={"location": target})


def test_a_redirect_within_the_server_is_followed_by_reads() -> None:
    server = Server(redirect("/api/v1/elsewhere"), fine({"items": [1]}))
    assert client(server).orders.list_orders()["items"] == [1]
    assert [request.url.path for request in server.seen] == ["/api/v1/admin/orders", "/api/v1/elsewhere"]
    assert server.seen[1].headers["x-api-key"] == KEY


@pytest.mark.parametrize(
    "target", ["https://evil.example/x", "http://shop.example/x", "https://shop.example:8443/x"]
)
def test_no_redirect_leads_to_another_server(target: str) -> None:
    server = Server(redirect(target))
    with pytest.raises(BalcaoError) as refused:
        client(server).orders.list_orders()
    assert (refused.value.status, len(server.seen)) == (302, 1)


def test_a_write_follows_no_redirect_and_no_read_goes_in_circles() -> None:
    server = Server(redirect("/api/v1/elsewhere", 307))
    with pytest.raises(BalcaoError):
        client(server).catalogue.create_category({"name": "x"})
    assert len(server.seen) == 1
    with pytest.raises(BalcaoError):
        client(server).orders.list_orders()
    assert len(server.seen) < 7


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "ftp://shop.example",
        "shop.example", "https://name:word@shop.example", "https://shop.example/?x=1", "",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"base_url|https"):
        Balcao(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000",
        "http://127.0.0.5",
        "http://[::1]:8000",
        "http://a.localhost",
        "https://shop.example/",
    ],
)
def test_addresses_that_are_taken(url: str) -> None:
    Balcao(url).close()
    assert Balcao("http://inner.example", allow_http=True)


@pytest.mark.parametrize("base", [BASE, f"{BASE}/", f"{BASE}/api/v1", f"{BASE}/api/v1/"])
def test_what_is_sent(base: str) -> None:
    server = Server(fine())
    shop = Balcao(base, api_key=KEY, tenant="padaria", language="en", transport=httpx.MockTransport(server))
    shop.orders.list_orders(status=None, q="açaí & cia", days=3)
    (request,) = server.seen
    assert str(request.url).startswith(f"{BASE}/api/v1/admin/orders?")
    assert request.url.params.multi_items() == [("q", "açaí & cia"), ("days", "3")]
    headers = request.headers
    assert (headers["x-api-key"], headers["x-tenant"], headers["accept-language"]) == (KEY, "padaria", "en")
    assert "authorization" not in headers


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_an_id_leads_nowhere_else(part: str) -> None:
    with pytest.raises(ValueError, match="needs an id"):
        filled("/orders/{}", (part,))
    assert filled("/orders/{}/x", ("../a?b#c/é",)) == "/orders/..%2Fa%3Fb%23c%2F%C3%A9/x"


def test_the_key_is_told_to_nobody() -> None:
    server = Server(httpx.ConnectError("refused"))
    shop = client(server, token="canary-token", retry_seconds=0)
    with pytest.raises(BalcaoUnreachable) as lost:
        shop.catalogue.create_category({"name": "x"})
    texts = [
        repr(shop),
        repr(lost.value),
        "".join(traceback.format_exception(lost.value)),
        repr(vars(lost.value)),
    ]
    assert not [text for text in texts if "canary" in text]
    # What httpx raises holds the request: it does not hang on to ours, not even unseen.
    assert (lost.value.__cause__, lost.value.__context__) == (None, None)
    with pytest.raises(ValueError) as wrong:  # noqa: PT011 - the words are looked at below
        Balcao(BASE, api_key="canary\nX-Other: 1")
    assert "canary" not in str(wrong.value)
