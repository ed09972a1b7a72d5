"""Messaging credentials of a business: asked about at the provider, on the trail, and found nowhere in the clear."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.observability.logging import configure_logging
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.contracts.fake_messengers import (
    PHONE_ID,
    SHUT_OUT,
    Answer,
    FakeMessengers,
    meta_error,
)
from tests.factories.shops import Shop
from tests.integration.admin.channel_town import (
    APP_SECRET,
    SECRETS,
    TELEGRAM,
    VERIFY_TOKEN,
    WHATSAPP,
    base,
    found_in_database,
    messengers,
)
from tests.integration.admin.team import code_of


async def _put(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, channel: str, body: dict[str, Any], status: int = 200
) -> Any:
    answer = await client.put(f"{base(shop)}/{channel}", json=body, headers=desk.staff)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("change", "answer", "outcome"),
    [
        ({}, None, "ok"), ({"access_token": "EAAGnot-this-one-0123456789"}, None, "unauthorized"),
        ({"access_token": SHUT_OUT}, None, "forbidden"), ({"phone_number_id": "99999"}, None, "unknown"),
        ({}, meta_error(400, 2500), "refused"), ({}, Answer(500, {}), "unavailable"), ({}, "garbage", "unavailable"),
        ({}, Answer(429, {}, "retry-after: 9\r\n"), "unavailable"),
    ],
)  # fmt: skip
async def test_what_the_provider_says_is_kept(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop, change: dict[str, str], answer: Any, outcome: str
) -> None:  # fmt: skip
    await _put(client, desk, shop, "whatsapp", {**WHATSAPP, **change})
    async with messengers(runtime) as fake:
        if answer is not None:
            fake.faults.append(answer)
        checked = await client.post(f"{base(shop)}/whatsapp/check", headers=desk.staff)
        assert (checked.status_code, len(fake.asked)) == (200, 1)
    found = checked.json()
    assert (found["check_outcome"], found["version"]) == (outcome, 1)
    assert found["checked_at"] is not None
    expected = ("Padaria da Vila", "+55 11 98765-4321") if outcome == "ok" else ("", "")
    assert (found["shown_name"], found["shown_number"]) == expected
    assert (await client.get(base(shop), headers=desk.staff)).json()["items"] == [found]


async def test_another_token_makes_an_earlier_test_worthless(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    await _put(client, desk, shop, "telegram", TELEGRAM)
    async with messengers(runtime) as fake:
        checked = (await client.post(f"{base(shop)}/telegram/check", headers=desk.staff)).json()
        assert (checked["check_outcome"], checked["shown_name"], checked["shown_number"]) == (
            "ok", "Padaria", "@vila_bot",
        )  # fmt: skip
        kept = await _put(client, desk, shop, "telegram", {"chat_id": "9"})
        assert (kept["check_outcome"], kept["shown_number"]) == ("ok", "@vila_bot")
        fake.faults.append("reset")
        down = (await client.post(f"{base(shop)}/telegram/check", headers=desk.staff)).json()
        assert (down["check_outcome"], down["shown_number"]) == ("unavailable", "@vila_bot")
    other = await _put(client, desk, shop, "telegram", {"bot_token": "7777777:" + "a" * 35})
    assert (other["check_outcome"], other["checked_at"], other["shown_name"]) == ("", None, "")


async def test_an_answer_about_credentials_that_changed_meanwhile_is_not_kept(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    await _put(client, desk, shop, "telegram", TELEGRAM)
    async with messengers(runtime) as fake:
        asked, go = asyncio.Event(), asyncio.Event()
        usual = fake._serve

        async def held_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await go.wait()
            await usual(reader, writer)

        fake._serve = held_back  # type: ignore[method-assign]
        check = asyncio.create_task(client.post(f"{base(shop)}/telegram/check", headers=desk.staff))
        await asked.wait()
        # No transaction waits for the provider: the row is free.
        await _put(client, desk, shop, "telegram", {"bot_token": "7777777:" + "a" * 35})
        go.set()
        assert code_of(await check) == (409, "version_conflict")
    now = (await client.get(base(shop), headers=desk.staff)).json()["items"][0]
    assert (now["check_outcome"], now["shown_name"]) == ("", "")


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """Everything the program and its libraries log meanwhile, at their loudest."""
    stream = io.BytesIO()
    writer = configure_logging("json", "DEBUG", stream=stream, cache=False)

    def said() -> str:
        writer.flush()
        return stream.getvalue().decode()

    yield said
    writer.close()
    configure_logging("json", "WARNING", cache=False)


async def _use_everything(client: httpx.AsyncClient, desk: Shop, shop: Shop, fake: FakeMessengers) -> str:
    """Every route, well and badly, with providers that repeat what they were sent; answers all that was answered."""
    told = ""
    echo = {"error": {"message": " ".join(SECRETS)}, "description": " ".join(SECRETS)}
    exchanged = {"app_secret": APP_SECRET + "2", "verify_token": VERIFY_TOKEN + "2"}
    for channel, body in (("whatsapp", WHATSAPP), ("telegram", TELEGRAM)):
        path = f"{base(shop)}/{channel}"
        sent: list[Any] = [
            body,
            {**body, "nothing": 1},
            {**body, "version": 77},
            {**body, "chat_id": "canary\x00"},
        ]
        sent += [exchanged] if channel == "whatsapp" else []
        for one in sent:
            answer = await client.put(path, json=one, headers=desk.staff)
            told += answer.text + repr(answer.headers)
        for fault in (None, Answer(400, echo), Answer(500, echo), "cut"):
            fake.faults.extend([fault] if fault else [])
            told += (await client.post(f"{path}/check", headers=desk.staff)).text
    for path in (base(shop), f"/admin/central/tenants/{shop.tenant.id}/audit"):
        told += (await client.get(path, headers=desk.staff)).text
    return told + (await client.get("/admin/audit", headers=shop.staff)).text


async def test_secrets_are_found_nowhere(
    client: httpx.AsyncClient, runtime: Runtime, database_url: str, desk: Shop, shop: Shop, log: Callable[[], str]
) -> None:  # fmt: skip
    async with messengers(runtime) as fake:
        told = await _use_everything(client, desk, shop, fake)
    assert "channel_credentials" in told and "••••" in told
    lines = log()
    assert "channel_credentials_saved" in lines and "channel_checked" in lines and "httpcore" in lines
    for word in ("canary", *SECRETS):
        assert word not in told + lines
    assert found_in_database(database_url, SECRETS) == []
    assert "channel_credentials" in found_in_database(database_url, (PHONE_ID,))


async def test_the_trail_says_who_and_what_and_no_secret(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    await _put(client, desk, shop, "telegram", TELEGRAM)
    await _put(client, desk, shop, "telegram", {"bot_token": "7777777:" + "b" * 35})
    await client.delete(f"{base(shop)}/telegram", headers=desk.staff)
    async with platform_work(runtime.database, read_only=True) as session:
        query = text(
            "select verb, actor_id, before, after from audit_entries where tenant_id = :id "
            "and entity = 'channel_credentials' order by at, id"
        )
        entries = list((await session.execute(query, {"id": shop.tenant.id})).mappings())
    assert [entry["verb"] for entry in entries] == ["made", "changed", "removed"]
    assert {entry["actor_id"] for entry in entries} == {desk.owner_id}
    assert (entries[1]["before"]["bot_token"], entries[1]["after"]["bot_token"]) == ("***", "***")
    assert entries[0]["after"]["chat_id"] == TELEGRAM["chat_id"]
