"""Connecting GoHighLevel: by token and by consent; tokens that nobody reads, and refresh tokens that are spent once."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.observability.logging import configure_logging
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenant_secrets import sealing_keys, unseal
from balcao.modules.contacts.crm_errors import CrmNotConnectedError
from balcao.modules.contacts.crm_reach import ACCESS, CrmReach, fresh_access, reach_of_job
from balcao.ports.errors import ProviderUnavailable
from tests.conftest import SECRET
from tests.contracts.fake_gohighlevel import LOCATION
from tests.factories.clock import MovableClock
from tests.factories.imports import make_import
from tests.integration.contacts.crm_town import Town, a_town, people

HOME = "/painel/contatos/gohighlevel"
CANARY = "pit-canary-7f3b9d"


@pytest_asyncio.fixture
async def town(runtime: Runtime, client: httpx.AsyncClient, clock: MovableClock) -> AsyncIterator[Town]:
    async with a_town(runtime, client, clock) as found:
        yield found


@pytest.fixture
def log() -> Iterator[io.BytesIO]:
    """Everything any logger says, at DEBUG."""
    stream = io.BytesIO()
    writer = configure_logging("json", "DEBUG", stream=stream, cache=False)
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "sqlalchemy")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    writer.close()
    configure_logging("json", "WARNING", cache=False)


def reach(town: Town) -> CrmReach:
    return reach_of_job(town.context(), sleep=town.sleep)


async def state_of(town: Town) -> str:
    url = urlsplit((await town.get("/ghl/consent"))["url"])
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.scheme == "https"
    assert query["redirect_uri"].endswith(f"{HOME}/retorno")
    return query["state"]


async def back(town: Town, **query: str) -> httpx.Response:
    headers = {**town.shop.staff, "Accept": "text/html"}
    return await town.client.get(f"{HOME}/retorno", params=query, headers=headers)


async def stored(town: Town) -> str:
    """Every row of the business about the CRM, as text, with bytes as they are."""
    found: list[str] = []
    async with platform_work(town.shop.runtime.database, read_only=True) as session:
        for table in (
            "ghl_connections",
            "ghl_pushes",
            "ghl_push_items",
            "procrastinate_jobs",
            "idempotency_keys",
        ):
            rows = await session.execute(text(f"select t::text as row from {table} t"))
            found += [row.row for row in rows]
    return "\n".join(found)


async def test_a_token_is_tried_stored_sealed_and_never_shown(town: Town, log: io.BytesIO) -> None:
    town.crm.tokens = {CANARY}
    town.crm.faults["p1@x.com.br"] = lambda _s, _b: (422, {"message": [f"Bearer {CANARY} is not to be told"]})
    town.crm.faults["p2@x.com.br"] = lambda _s, _b: None
    body = {"location_id": f" {LOCATION} ", "token": f"Bearer {CANARY}\n"}
    answer = await town.client.post("/ghl/connections", json=body, headers=town.shop.staff)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert (shown["name"], shown["kind"], shown["status"]) == ("Padaria do Zé", "token", "connected")
    push_id = await town.start(await make_import(town.shop, people(4)), connection_id=shown["id"])
    await town.work()
    town.crm.tokens = set()
    await town.client.post(f"/ghl/connections/{shown['id']}/check", headers=town.shop.staff)
    seen = [answer.text]
    for path in (
        "/ghl/connections",
        f"/ghl-pushes/{push_id}",
        f"/ghl-pushes/{push_id}/items",
        HOME,
        f"{HOME}/envios/{push_id}",
    ):
        got = await town.client.get(
            path, headers={**town.shop.staff, "Accept": "text/html, application/json"}
        )
        assert got.status_code == 200, path
        seen.append(got.text)
    await asyncio.sleep(0.05)
    said = log.getvalue().decode()
    assert "crm" in said or "httpcore" in said, "the log was listened to"
    assert CANARY not in "".join(seen) + said + await stored(town)
    assert CANARY.encode().hex() not in await stored(town)


async def test_wrong_tokens_and_accounts(town: Town) -> None:
    for body, status, code in (
        ({"location_id": LOCATION, "token": "pit-wrong-token"}, 422, "crm_refused"),
        ({"location_id": "anotherLocation00000", "token": "pit-good-token"}, 422, "crm_refused"),
        ({"location_id": "../../etc", "token": "pit-good-token"}, 422, "validation"),
        ({"location_id": LOCATION, "token": "with blank inside"}, 422, "validation"),
        (
            {"location_id": LOCATION, "token": "pit-good-token", "base_url": "http://10.0.0.1"},
            422,
            "validation",
        ),
    ):
        answer = await town.client.post("/ghl/connections", json=body, headers=town.shop.staff)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
        assert body["token"] not in answer.text or body["token"] == "pit-good-token"
    assert (await town.get("/ghl/connections"))["items"] == []
    town.crm.broken_share = 1.0
    body = {"location_id": LOCATION, "token": "pit-good-token"}
    answer = await town.client.post("/ghl/connections", json=body, headers=town.shop.staff)
    assert (answer.status_code, answer.json()["code"]) == (424, "crm_unavailable")


async def test_consent_connects_and_its_state_works_once(town: Town) -> None:
    town.crm.codes = {"code-1", "code-2"}
    state = await state_of(town)
    answer = await back(town, state=state, code="code-1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}?feito=conectado")
    [connection] = (await town.get("/ghl/connections"))["items"]
    assert (connection["kind"], connection["scopes"]) == ("consent", ["contacts.readonly", "contacts.write"])
    again = await back(town, state=state, code="code-2")
    assert again.status_code == 422
    assert "code-2" in town.crm.codes, "a used state spends no code"


async def test_states_of_others_and_old_ones_are_refused(town: Town, runtime: Runtime) -> None:
    town.crm.codes = {"code-1"}
    state = await state_of(town)
    colleague = await town.shop.add_user("manager", ["contacts.crm:view", "contacts.crm:edit"])
    for headers, query in (
        (colleague, {"state": state, "code": "code-1"}),
        (town.shop.staff, {"state": state[:-2] + "xx", "code": "code-1"}),
        (town.shop.staff, {"state": "", "code": "code-1"}),
        (town.shop.staff, {"state": state, "code": ""}),
    ):
        answer = await town.client.get(f"{HOME}/retorno", params=query, headers=headers)
        assert answer.status_code == 422, query
    town.clock.advance(minutes=11)
    assert (await back(town, state=state, code="code-1")).status_code == 422
    assert town.crm.codes == {"code-1"}
    denied = await back(town, error="access_denied", state="x")
    assert denied.headers["location"] == f"{HOME}?feito=recusado"


async def test_two_workers_spend_a_refresh_token_once(town: Town) -> None:
    town.crm.codes = {"code-1"}
    await back(town, state=await state_of(town), code="code-1")
    connection = UUID((await town.get("/ghl/connections"))["items"][0]["id"])
    first = await fresh_access(reach(town), connection)
    town.clock.advance(hours=24)
    town.crm.pause = 0.05
    accesses = await asyncio.gather(*(fresh_access(reach(town), connection) for _ in range(6)))
    assert (town.crm.refreshes, town.crm.spent_twice) == (1, 0)
    assert {access.token for access in accesses} == town.crm.tokens
    assert first.token not in town.crm.tokens
    refused = await asyncio.gather(
        *(fresh_access(reach(town), connection, refused=accesses[0].token) for _ in range(3))
    )
    assert (town.crm.refreshes, len({access.token for access in refused})) == (2, 1)


async def test_a_worker_that_died_while_renewing_blocks_nobody_for_long(town: Town) -> None:
    town.crm.codes = {"code-1"}
    await back(town, state=await state_of(town), code="code-1")
    connection = UUID((await town.get("/ghl/connections"))["items"][0]["id"])
    town.clock.advance(hours=24)
    async with platform_work(town.shop.runtime.database) as session:
        await session.execute(
            text("update ghl_connections set refresh_until = :until where id = :id"),
            {"until": town.clock() + timedelta(seconds=20), "id": connection},
        )
    assert (await fresh_access(reach(town), connection)).token in town.crm.tokens
    town.clock.advance(hours=24)
    town.crm.broken_share = 0
    town.crm.refresh_tokens = set()
    with pytest.raises(CrmNotConnectedError):
        await fresh_access(reach(town), connection)
    assert (await town.get(f"/ghl/connections/{connection}"))["status"] == "needs_reconnect"


async def test_a_renewal_without_answer_may_be_tried_again(town: Town) -> None:
    town.crm.codes = {"code-1"}
    await back(town, state=await state_of(town), code="code-1")
    connection = UUID((await town.get("/ghl/connections"))["items"][0]["id"])
    town.clock.advance(hours=24)
    original = town.crm._tokens
    town.crm._tokens = lambda _form: (503, {})  # type: ignore[method-assign]
    with pytest.raises(ProviderUnavailable):
        await fresh_access(reach(town), connection)
    town.crm._tokens = original  # type: ignore[method-assign]
    assert (await fresh_access(reach(town), connection)).token in town.crm.tokens


async def test_disconnecting_forgets_the_tokens_and_stops_what_runs(town: Town) -> None:
    connection = await town.connect()
    push_id = await town.start(await make_import(town.shop, people(3)), connection_id=connection)
    await town.work(most=1)
    for _ in range(2):
        gone = await town.client.delete(f"/ghl/connections/{connection}", headers=town.shop.staff)
        assert gone.status_code == 204
    await town.work()
    assert (await town.push(push_id))["status"] == "needs_reconnect"
    async with platform_work(town.shop.runtime.database, read_only=True) as session:
        row = (
            await session.execute(
                text("select access_token, refresh_token from ghl_connections where id = :id"),
                {"id": UUID(connection)},
            )
        ).one()
    assert (row.access_token, row.refresh_token) == (None, None)
    check = await town.client.post(f"/ghl/connections/{connection}/check", headers=town.shop.staff)
    assert check.json()["code"] == "crm_not_connected"
    assert await town.connect() == connection
    await town.work()
    assert (await town.push(push_id))["status"] == "done"


async def test_tokens_follow_the_installations_secret(town: Town) -> None:
    connection = UUID(await town.connect())
    from dataclasses import replace

    newer = "another-secret-another-secret-another-00"
    rotated = replace(reach(town), keys=sealing_keys(newer, SECRET))
    assert (await fresh_access(rotated, connection)).token == "pit-good-token"
    async with platform_work(town.shop.runtime.database, read_only=True) as session:
        query = text("select access_token from ghl_connections where id = :id")
        sealed = (await session.execute(query, {"id": connection})).scalar_one()
    assert unseal(sealing_keys(newer), town.shop.tenant.id, ACCESS, sealed) == "pit-good-token"
    with pytest.raises(CrmNotConnectedError):
        await fresh_access(reach(town), connection)


async def test_a_check_tells_how_it_stands(town: Town) -> None:
    connection = await town.connect()
    assert (await town.post(f"/ghl/connections/{connection}/check"))["daily_limit"] == 200_000
    town.crm.broken_share = 1.0
    answer = await town.client.post(f"/ghl/connections/{connection}/check", headers=town.shop.staff)
    assert (answer.status_code, answer.json()["code"]) == (424, "crm_unavailable")
    assert (await town.get(f"/ghl/connections/{connection}"))["status"] == "connected"


async def test_without_an_app_there_is_no_consent(
    client: httpx.AsyncClient, town: Town, runtime: Runtime
) -> None:
    provider = runtime.providers.crm["gohighlevel"]
    provider._sign_in = None  # type: ignore[attr-defined]
    answer = await client.get("/ghl/consent", headers=town.shop.staff)
    assert (answer.status_code, answer.json()["code"]) == (409, "crm_consent_off")
    page = await client.get(HOME, headers={**town.shop.staff, "Accept": "text/html"})
    assert "/autorizar" not in page.text
