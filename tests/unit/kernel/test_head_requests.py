"""HEAD outside, GET inside."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from balcao.kernel.web.head_requests import HeadAsGet, Message, Receive, Send


async def _nothing() -> Message:
    raise AssertionError("nobody asks for a body")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
async def test_the_route_is_known_outside_and_the_body_ends_at_once(method: str) -> None:
    seen: list[str] = []
    sent: list[Message] = []

    async def live_page(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        seen.append(scope["method"])
        scope["route"] = "/orders/live"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for line in (b"one", b"two"):
            await send({"type": "http.response.body", "body": line, "more_body": True})

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": method, "path": "/orders/live"}
    await HeadAsGet(live_page)(scope, _nothing, send)
    assert (seen, scope["method"], scope["route"]) == (["GET"], method, "/orders/live")
    bodies = [(message["body"], message["more_body"]) for message in sent[1:]]
    assert bodies == ([(b"", False)] if method == "HEAD" else [(b"one", True), (b"two", True)])
