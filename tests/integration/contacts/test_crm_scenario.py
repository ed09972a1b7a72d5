"""Scenario 24: a thousand contacts through limits, faults and a killed worker; nobody twice, nobody lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from balcao.kernel.runtime import Runtime
from tests.contracts.fake_gohighlevel import duplicated, expired, loses_city, refused_yet_made, silent
from tests.factories.clock import MovableClock
from tests.factories.imports import make_import
from tests.integration.contacts.crm_town import Town, a_town, people

PEOPLE = 1000


@pytest_asyncio.fixture
async def town(runtime: Runtime, client: httpx.AsyncClient, clock: MovableClock) -> AsyncIterator[Town]:
    async with a_town(runtime, client, clock) as found:
        yield found


async def _consent(town: Town) -> str:
    """Connects by OAuth, so that a refused token can be renewed."""
    from urllib.parse import parse_qs, urlsplit

    url = (await town.get("/ghl/consent"))["url"]
    state = parse_qs(urlsplit(url).query)["state"][0]
    town.crm.codes = {"code-1"}
    path = "/painel/contatos/gohighlevel/retorno"
    answer = await town.client.get(path, params={"state": state, "code": "code-1"}, headers=town.shop.staff)
    assert answer.status_code == 303, answer.text
    return (await town.get("/ghl/connections"))["items"][0]["id"]


async def _killed_at(town: Town, upserts: int) -> tuple[str, dict[str, object]]:
    """Runs the sending until so many upserts went out, then kills its worker in the middle of its requests."""
    enough = asyncio.Event()

    def watch(_method: str, path: str) -> None:
        if path == "/contacts/upsert" and town.crm.count("POST", path) >= upserts:
            enough.set()

    town.crm.on_request = watch
    while True:
        found = await town.take_job()
        assert found is not None, "the sending ended before it could be killed"
        name, args, due = found
        if due is not None and due > town.clock():
            town.clock.go_to(due)
        working, reached = asyncio.create_task(town.do(name, args)), asyncio.create_task(enough.wait())
        await asyncio.wait({working, reached}, return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        if enough.is_set():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            town.crm.on_request = None
            return name, args


async def test_a_thousand_contacts_arrive_once(town: Town) -> None:
    crm = town.crm
    crm.busy_share, crm.broken_share, crm.tells_waits = 0.05, 0.02, False
    known = crm.add(email="p3@x.com.br", tags=["cliente antigo"], city="Santos")
    holder = crm.add(email="outra@x.com.br", phone="+5511900000007")
    crm.faults |= {
        "p7@x.com.br": lambda _s, _b: duplicated(holder, "phone"), "p11@x.com.br": silent, "p13@x.com.br": loses_city,
        "p600@x.com.br": refused_yet_made, "p700@x.com.br": expired,
    }  # fmt: skip
    import_id = await make_import(town.shop, people(PEOPLE))
    push_id = await town.start(import_id, connection_id=await _consent(town))
    name, args = await _killed_at(town, 400)
    before = {item["row"] for item in await _arrived(town, push_id)}
    asked_before = len(crm.calls)
    assert len(before) > 200
    town.clock.advance(seconds=61)
    await town.do(name, args)
    await town.work()

    push = await town.push(push_id)
    counts = push["counts"]
    assert push["status"] == "done", push
    assert counts["pending"] + counts["sent"] + counts["retry"] + counts["failed"] == 0, push["last_problems"]
    assert counts["created"] + counts["updated"] + counts["partial"] == PEOPLE
    for number in range(PEOPLE):
        assert len(crm.holders(f"p{number}@x.com.br")) == 1, number
    assert len(crm.contacts) == PEOPLE + 1
    assert crm.contacts[holder]["email"] == "outra@x.com.br", (
        "somebody else's telephone does not make her another"
    )

    states = {item["row"]: item for item in await _all(town, push_id)}
    assert (states[5]["state"], crm.contacts[known]["tags"]) == (
        "updated",
        ["cliente antigo", "importacao-2026", "vip"],
    )
    assert (states[9]["state"], states[9]["code"], states[9]["missing"]) == (
        "partial", "GHL_FIELD_NOT_STORED", ["phone"],
    )  # fmt: skip
    assert (states[15]["state"], states[15]["missing"]) == ("partial", ["city"])
    assert states[602]["state"] == "created", "refused, and there all the same"
    assert all(
        "importacao-2026" in c["tags"] for c in crm.contacts.values() if c["email"] != "outra@x.com.br"
    )

    again = [call[2].get("email") for call in crm.calls[asked_before:] if call[1] == "/contacts/upsert"]
    assert {f"p{row - 2}@x.com.br" for row in before} & set(again) == set(), "nobody finished is sent again"
    assert (crm.refused_for_pace, crm.spent_twice, crm.refreshes) == (0, 0, 1)
    assert crm.busiest_window <= crm.burst
    tags_calls = crm.count("POST", "/contacts/bulk/tags")
    assert tags_calls < 40


async def _arrived(town: Town, push_id: str) -> list[dict[str, object]]:
    return [item for item in await _all(town, push_id) if item["state"] in {"created", "updated", "partial"}]


async def _all(town: Town, push_id: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while True:
        page = await town.get(f"/ghl-pushes/{push_id}/items", limit=100, offset=len(found))
        found += page["items"]
        if len(found) >= page["total"]:
            return found
