"""Sendings as people steer them: estimate, pause, cancel, failed ones again, quota, reconnection, safe mode, undo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.contracts.fake_gohighlevel import LOCATION, FakeGoHighLevel, duplicated, refused, silent
from tests.factories.clock import MovableClock
from tests.factories.imports import Source, make_import, ordinary_source, person
from tests.factories.shops import Shop, make_shop
from tests.integration.contacts.crm_town import Town, a_town, people


@pytest_asyncio.fixture
async def town(runtime: Runtime, client: httpx.AsyncClient, clock: MovableClock) -> AsyncIterator[Town]:
    async with a_town(runtime, client, clock) as found:
        yield found


async def refusal(town: Town, path: str, status: int, **body: Any) -> str:
    return (await town.post(path, status, **body))["code"]


async def test_the_estimate_before_anything_is_sent(town: Town) -> None:
    import_id, connection = await make_import(town.shop, people(250)), await town.connect()
    path = f"/jobs/{import_id}/ghl-pushes/estimate"
    plain = await town.get(path, connection_id=connection)
    assert plain == {"contacts": 250, "requests": 253, "minutes": 1, "daily_share_pct": 0.1}
    careful = await town.get(path, connection_id=connection, safe_mode=True, only="new")
    assert (careful["contacts"], careful["requests"]) == (250, 503)
    assert (await town.get(path, connection_id=connection, only="changed"))["contacts"] == 0
    assert town.crm.count("POST", "/contacts") == 0


async def test_each_part_sends_its_people(town: Town) -> None:
    source = Source()
    for row, kind in enumerate("nnmuc", start=2):
        source.add(row, "o", [], person(first_name="Ana", email=f"p{row}@x.com.br"), kind=kind)
    source.add(9, "s", [], person(first_name="Caio", email="caio@x.com.br", tags="vip"))
    import_id = await make_import(town.shop, source)
    connection = await town.connect()
    expected = {"new": {2, 3}, "changed": {4}, "fresh": {2, 3, 4}, "all": {2, 3, 4, 5, 6}}
    for only, rows in expected.items():
        push_id = await town.start(import_id, connection_id=connection, only=only)
        await town.work()
        assert {item["row"] for item in await town.items(push_id)} == rows, only
        assert (await town.push(push_id))["status"] == "done"
    assert town.crm.holders("caio@x.com.br") == []
    push_id = await town.start(import_id, connection_id=connection, only="new", send_suppressed_as_dnd=True)
    await town.work()
    assert {item["row"] for item in await town.items(push_id)} == {2, 3, 9}
    [caio] = town.crm.holders("caio@x.com.br")
    assert (caio["dnd"], caio["tags"]) == (True, [])


async def test_what_cannot_be_started(town: Town) -> None:
    connection = await town.connect()
    undone = await make_import(town.shop, people(1), undone_at=town.clock())
    waiting = await make_import(town.shop, status="needs_mapping")
    done = await make_import(town.shop, people(1))
    assert await refusal(town, f"/jobs/{undone}/ghl-pushes", 409, connection_id=connection) == "import_undone"
    assert (
        await refusal(town, f"/jobs/{waiting}/ghl-pushes", 409, connection_id=connection)
        == "import_not_ready"
    )
    nothing = {"connection_id": connection, "only": "changed"}
    assert await refusal(town, f"/jobs/{done}/ghl-pushes", 422, **nothing) == "nothing_to_send"
    assert await refusal(town, f"/jobs/{done}/ghl-pushes", 404, connection_id=str(done)) == "not_found"
    first = await town.start(done, connection_id=connection)
    twin = await town.post(f"/jobs/{done}/ghl-pushes", 409, connection_id=connection)
    assert (twin["code"], twin["push_id"]) == ("push_running", first)
    await town.work()
    await town.start(done, connection_id=connection)


async def test_pause_goes_on_where_it_stopped_and_cancel_is_final(town: Town) -> None:
    import_id = await make_import(town.shop, people(60))
    push_id = await town.start(import_id)
    stop_at: list[str] = []

    def pause_after_some(_method: str, path: str) -> None:
        if path == "/contacts/upsert" and town.crm.count("POST", path) == 20 and not stop_at:
            stop_at.append("now")

    town.crm.on_request = pause_after_some
    original = town.sleep

    async def sleep(seconds: float) -> None:
        if stop_at == ["now"]:
            stop_at.append("paused")
            await town.post(f"/ghl-pushes/{push_id}/pause")
        await original(seconds)

    town.sleep = sleep  # type: ignore[method-assign]
    await town.work()
    sent = town.crm.count("POST", "/contacts/upsert")
    push = await town.push(push_id)
    assert push["status"] == "paused"
    assert 20 <= sent <= 28, "what was on its way finishes, nothing new leaves"
    await town.post(f"/ghl-pushes/{push_id}/resume")
    await town.work()
    assert (await town.push(push_id))["counts"]["created"] == 60
    assert town.crm.count("POST", "/contacts/upsert") == 60
    assert await refusal(town, f"/ghl-pushes/{push_id}/cancel", 409) == "push_state"
    assert await refusal(town, f"/ghl-pushes/{push_id}/pause", 409) == "push_state"
    second = await town.start(await make_import(town.shop, people(5)))
    await town.post(f"/ghl-pushes/{second}/cancel")
    await town.work()
    assert ((await town.push(second))["status"], town.crm.count("POST", "/contacts/upsert")) == (
        "canceled",
        60,
    )


async def test_only_one_turn_counts(town: Town) -> None:
    push_id = await town.start(await make_import(town.shop, people(20)))
    await town.work(most=1)
    await town.post(f"/ghl-pushes/{push_id}/pause")
    await town.post(f"/ghl-pushes/{push_id}/resume")
    done = await town.work()
    assert done.count("contacts.send_to_crm") == 2, "the older one finds that it is not its turn"
    assert town.crm.count("POST", "/contacts/upsert") == 20


async def test_a_long_sending_takes_turns(town: Town) -> None:
    await town.start(await make_import(town.shop, people(520)))
    done = await town.work()
    assert done.count("contacts.send_to_crm") >= 2
    assert town.crm.busiest_window <= 90, "eight a second"


async def test_failed_ones_go_again_and_only_they(town: Town) -> None:
    import_id = await make_import(town.shop, people(10))
    town.crm.faults["p3@x.com.br"] = refused
    push_id = await town.start(import_id)
    await town.work()
    push = await town.push(push_id)
    assert (push["status"], push["counts"]["failed"], push["counts"]["created"]) == ("done", 1, 9)
    [problem] = push["last_problems"]
    assert problem == {
        "row": 5, "state": "failed", "code": "GHL_REFUSED", "detail": "phone must be a valid phone number", "missing": [],
    }  # fmt: skip
    [item] = await town.items(push_id, state="failed")
    assert item["name"] == "Pessoa Número 3", "who did not arrive is still known"
    answer = await town.post(f"/ghl-pushes/{push_id}/retry-failed")
    assert answer["count"] == 1
    await town.work()
    assert (await town.push(push_id))["counts"]["created"] == 10
    assert town.crm.count("POST", "/contacts/upsert") == 11
    assert (await town.post(f"/ghl-pushes/{push_id}/retry-failed"))["count"] == 0


async def test_what_arrived_is_not_kept(town: Town) -> None:
    push_id = await town.start(await make_import(town.shop, people(3)))
    await town.work(most=1)
    assert await _stored(town, push_id) == (3, 0), "sealed: no name, no address to be read in the table"
    await town.work()
    assert await _stored(town, push_id) == (0, 0)


async def _stored(town: Town, push_id: str) -> tuple[int, int]:
    query = text(
        "select count(person) as kept, count(*) filter (where t::text ~ 'x\\.com\\.br|Pessoa') as readable "
        "from ghl_push_items t where push_id = :push"
    )
    async with platform_work(town.shop.runtime.database, read_only=True) as session:
        row = (await session.execute(query, {"push": UUID(push_id)})).one()
    return row.kept, row.readable


async def test_nobody_without_address_is_made(town: Town) -> None:
    source = people(1)
    source.add(9, "o", [], person(first_name="Só", last_name="Nome"))
    push_id = await town.start(await make_import(town.shop, source))
    await town.work()
    [item] = await town.items(push_id, state="skipped")
    assert (item["row"], item["code"]) == (9, "GHL_NO_IDENTIFIER")
    assert len(town.crm.contacts) == 1


async def test_who_was_put_on_the_list_meanwhile_stays_out(town: Town) -> None:
    push_id = await town.start(await make_import(town.shop, people(3)))
    from balcao.modules.contacts.suppressions import Entry, suppress

    async with town.shop.runtime.transactions.begin(town.shop.tenant) as uow:
        await suppress(uow, [Entry("email", "p1@x.com.br")], source="manual")
    await town.work()
    assert [item["code"] for item in await town.items(push_id, state="skipped")] == ["GHL_SUPPRESSED"]
    assert town.crm.holders("p1@x.com.br") == []


async def test_the_last_of_the_day_is_left_to_others(town: Town) -> None:
    town.crm.daily_limit, town.crm.daily_used = 1000, 970
    push_id = await town.start(await make_import(town.shop, people(40)))
    await town.work(most=2)
    push = await town.push(push_id)
    assert (push["status"], push["resume_at"] is not None) == ("paused_daily", True)
    assert push["counts"]["created"] < 20
    town.crm.daily_used = 0
    await town.work()
    assert ((await town.push(push_id))["status"], len(town.crm.contacts)) == ("done", 40)


async def test_a_refused_token_waits_for_a_new_one(town: Town) -> None:
    import_id = await make_import(town.shop, people(10))
    connection = await town.connect()
    town.crm.tokens = {"pit-newer-token"}
    push_id = await town.start(import_id, connection_id=connection)
    await town.work()
    assert (await town.push(push_id))["status"] == "needs_reconnect"
    assert (await town.get(f"/ghl/connections/{connection}"))["status"] == "needs_reconnect"
    assert await refusal(town, f"/ghl-pushes/{push_id}/resume", 409) == "crm_not_connected"
    again = await town.connect("pit-newer-token")
    assert again == connection, "the same account"
    await town.work()
    assert ((await town.push(push_id))["status"], len(town.crm.contacts)) == ("done", 10)
    assert [item["attempts"] for item in await town.items(push_id)] == [1] * 10, "a refusal costs no try"


async def test_no_answer_at_all_is_given_up_after_six_tries(town: Town) -> None:
    import_id = await make_import(town.shop, people(2))
    connection = await town.connect()

    def never(_server: FakeGoHighLevel, _body: dict[str, Any]) -> None:
        town.crm.faults["p0@x.com.br"] = never

    town.crm.faults["p0@x.com.br"] = never
    push_id = await town.start(import_id, connection_id=connection)
    await town.work()
    [item] = await town.items(push_id, state="failed")
    assert (item["row"], item["code"], item["attempts"]) == (2, "GHL_NO_ANSWER", 6)
    assert len(town.crm.contacts) == 1


async def test_a_silent_answer_for_somebody_known_completes_her(town: Town) -> None:
    known = town.crm.add(email="p0@x.com.br", tags=["antiga"])

    def nothing(_server: FakeGoHighLevel, _body: dict[str, Any]) -> None:
        return None

    town.crm.faults |= {"p0@x.com.br": nothing, "p1@x.com.br": silent}
    push_id = await town.start(await make_import(town.shop, people(2)))
    await town.work()
    states = {item["row"]: (item["state"], item["code"]) for item in await town.items(push_id)}
    assert states == {2: ("updated", ""), 3: ("created", "GHL_FOUND_AFTER_SILENCE")}
    assert (town.crm.contacts[known]["city"], town.crm.contacts[known]["tags"][0]) == ("São Paulo", "antiga")
    assert len(town.crm.contacts) == 2


async def test_duplicates_are_the_same_person_or_lose_the_field(town: Town) -> None:
    same = town.crm.add(phone="+5511900000000")
    other = town.crm.add(email="outra@x.com.br", phone="+5511900000001")
    mine = town.crm.add(email="p2@x.com.br")
    town.crm.faults |= {
        "p0@x.com.br": lambda _s, _b: duplicated(same, "phone"),
        "p1@x.com.br": lambda _s, _b: duplicated(other, "phone"),
        "p2@x.com.br": lambda _s, _b: duplicated(mine, "email"),
    }
    push_id = await town.start(await make_import(town.shop, people(3)))
    await town.work()
    states = {item["row"]: (item["state"], item["missing"]) for item in await town.items(push_id)}
    assert states == {2: ("updated", []), 3: ("partial", ["phone"]), 4: ("updated", [])}
    assert town.crm.contacts[same]["email"] == "p0@x.com.br"
    assert town.crm.contacts[other]["email"] == "outra@x.com.br"
    assert len(town.crm.contacts) == 4


async def test_safe_mode_keeps_main_emails_and_can_be_undone(town: Town) -> None:
    second = town.crm.add(email="principal@x.com.br", additionalEmails=["p0@x.com.br"], city="Santos")
    known = town.crm.add(email="p1@x.com.br", city="Campinas", tags=["vip"])
    push_id = await town.start(await make_import(town.shop, people(3)), safe_mode=True)
    await town.work()
    states = {item["row"]: (item["state"], item["code"]) for item in await town.items(push_id)}
    assert states == {2: ("updated", "GHL_EMAIL_KEPT"), 3: ("updated", ""), 4: ("created", "")}
    assert (town.crm.contacts[second]["email"], town.crm.contacts[second]["city"]) == (
        "principal@x.com.br",
        "São Paulo",
    )
    await town.post(f"/ghl-pushes/{push_id}/undo", 202)
    await town.work()
    push = await town.push(push_id)
    assert (push["status"], push["undo"]) == ("undone", {"deleted": 1, "restored": 2, "gone": 0, "failed": 0})
    assert town.crm.contacts[known]["city"] == "Campinas"
    assert town.crm.contacts[second]["city"] == "Santos"
    assert town.crm.contacts[second]["email"] == "principal@x.com.br"
    assert town.crm.holders("p2@x.com.br") == []


async def test_undo_removes_only_what_was_made(town: Town) -> None:
    known = town.crm.add(email="p0@x.com.br")
    push_id = await town.start(await make_import(town.shop, people(3)))
    await town.work()
    del town.crm.contacts[town.crm.holders("p2@x.com.br")[0]["id"]]
    await town.post(f"/ghl-pushes/{push_id}/undo", 202)
    await town.work()
    assert (await town.push(push_id))["undo"] == {"deleted": 1, "restored": 0, "gone": 1, "failed": 0}
    assert list(town.crm.contacts) == [known]
    assert await refusal(town, f"/ghl-pushes/{push_id}/undo", 409) == "push_state"


async def test_an_import_that_was_deleted_takes_its_sendings_along(town: Town) -> None:
    import_id = await make_import(town.shop, people(3))
    push_id = await town.start(import_id)
    answer = await town.client.delete(f"/jobs/{import_id}", headers=town.shop.staff)
    assert answer.status_code == 204, answer.text
    await town.work()
    gone = await town.client.get(f"/ghl-pushes/{push_id}", headers=town.shop.staff)
    assert (gone.status_code, town.crm.contacts) == (404, {})


async def test_another_business_sees_nothing(town: Town, runtime: Runtime) -> None:
    other = await make_shop(runtime, modules=["store", "contacts"])
    import_id = await make_import(town.shop, people(2))
    push_id = await town.start(import_id)
    await town.work()
    connection = (await town.get("/ghl/connections"))["items"][0]["id"]
    for method, path in (
        ("GET", f"/ghl-pushes/{push_id}"), ("GET", f"/ghl-pushes/{push_id}/items"), ("POST", f"/ghl-pushes/{push_id}/pause"),
        ("POST", f"/ghl-pushes/{push_id}/undo"), ("GET", f"/ghl/connections/{connection}"),
        ("POST", f"/ghl/connections/{connection}/check"), ("DELETE", f"/ghl/connections/{connection}"),
        ("GET", f"/jobs/{import_id}/ghl-pushes"), ("GET", f"/jobs/{import_id}/ghl-error-log"),
        ("GET", f"/jobs/{import_id}/ghl-pushes/estimate?connection_id={connection}"),
    ):  # fmt: skip
        answer = await town.client.request(method, path, headers=other.staff)
        assert answer.status_code == 404, (method, path, answer.text)
    theirs = await town.client.get("/ghl-pushes", headers=other.staff)
    assert theirs.json()["items"] == []


async def test_rights(town: Town) -> None:
    import_id = await make_import(town.shop, people(1))
    connection = await town.connect()
    looks = await town.shop.add_user("operator", ["contacts.crm:view"])
    assert (await town.client.get("/ghl-pushes", headers=looks)).status_code == 200
    body = {"connection_id": connection}
    answer = await town.client.post(f"/jobs/{import_id}/ghl-pushes", json=body, headers=looks)
    assert answer.status_code == 403
    body = {"location_id": LOCATION, "token": "pit-good-token"}
    assert (await town.client.post("/ghl/connections", json=body, headers=looks)).status_code == 403


@pytest.mark.parametrize("wrong", [{"state": "lost"}, {"limit": 101}, {"offset": -1}])
async def test_wrong_questions(town: Town, wrong: dict[str, Any]) -> None:
    push_id = await town.start(await make_import(town.shop, ordinary_source()))
    answer = await town.client.get(f"/ghl-pushes/{push_id}/items", params=wrong, headers=town.shop.staff)
    assert answer.status_code == 422


async def test_the_list_of_sendings(town: Town, shop: Shop) -> None:
    first, second = await make_import(town.shop, people(2)), await make_import(town.shop, people(1))
    a, b = await town.start(first), await town.start(second)
    await town.work()
    page = await town.get("/ghl-pushes")
    assert ([item["id"] for item in page["items"]], page["total"]) == ([b, a], 2)
    assert page["items"][1]["counts"]["created"] == 2
    assert (page["items"][0]["filename"], page["items"][0]["account"]) == ("Leads março.csv", "Padaria do Zé")
    assert [item["id"] for item in (await town.get(f"/jobs/{first}/ghl-pushes"))["items"]] == [a]
    assert [item["id"] for item in (await town.get("/ghl-pushes", import_id=first))["items"]] == [a]
