"""Requests that follow from one another: what one answer names, the next asks for. No error of ours, and all as documented."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import requests
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.core.transport import Response
from schemathesis.generation.stateful.state_machine import APIStateMachine

from tests.factories.shops import Shop
from tests.integration.test_api_conformance import BASE, CHECKS, SCHEMA

# Whatever ends the sign-in the story is told with, or takes long by design.
LEFT_OUT = r"/auth/|/sessions|/backup|/jobs|/logout"
STORIES = SCHEMA.exclude(path_regex=LEFT_OUT)


async def test_stories_of_the_owner_end_in_no_error_of_ours(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 500, stock=50)
    loop, told = asyncio.get_running_loop(), list[tuple[str, int]]()

    async def ask(prepared: requests.PreparedRequest) -> httpx.Response:
        headers = {**dict(prepared.headers), **shop.staff, "Idempotency-Key": str(uuid4())}
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
        request = client.build_request(
            prepared.method or "GET", prepared.url or "", headers=headers, content=body
        )
        client.cookies.clear()
        return await client.send(request)

    class Stories(STORIES.as_state_machine()):  # type: ignore[misc]
        def call(self, case: Case, **_: Any) -> Response:
            arguments = case.as_transport_kwargs(base_url=BASE)
            named = {name: value for name, value in arguments.items() if name != "allow_redirects"}
            prepared = requests.Request(**named).prepare()
            answer = asyncio.run_coroutine_threadsafe(ask(prepared), loop).result(30)
            told.append((case.operation.label, answer.status_code))
            return Response.from_httpx(answer, verify=True)

        def validate_response(self, response: Response, case: Case, *_: Any, **__: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    machine: type[APIStateMachine] = Stories
    rules = settings(
        max_examples=12, stateful_step_count=6, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    await asyncio.to_thread(machine.run, settings=rules)
    assert len(told) > 20, "stories were told"
    assert any(status < 300 for _, status in told), "some of them got somewhere"
