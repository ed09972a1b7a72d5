"""A server made of answers, and clients of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from balcao_client import Balcao

KEY = "bk_canary-canary-canary"
BASE = "https://shop.example"
Answer = Callable[[httpx.Request], httpx.Response]
CART: Any = {"store_id": "x", "fulfilment": "pickup", "items": [], "customer": {}, "payment": {}}


class Server:
    """Answers one after the other; the last one again and again."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.seen = list(answers), list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(server: Answer, **more: Any) -> Balcao:
    return Balcao(BASE, **{"api_key": KEY, "transport": httpx.MockTransport(server), **more})


def fine(body: Any = None) -> httpx.Response:
    return httpx.Response(200, json={"items": [], "total": 0} if body is None else body)


def problem(status: int, code: str = "some_code", **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    body = {"type": "/docs/errors", "title": "No", "status": status, "code": code, "detail": "No.", **more}
    return httpx.Response(
        status, content=json.dumps(body), headers={"content-type": "application/problem+json", **headers}
    )
