"""GoHighLevel in the panel: connect, send, watch, and steer with plain forms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from balcao.kernel.runtime import Runtime
from tests.contracts.fake_gohighlevel import LOCATION, loses_city, refused
from tests.factories.clock import MovableClock
from tests.factories.imports import make_import, ordinary_source
from tests.integration.contacts.crm_town import Town, a_town, people

HOME = "/painel/contatos/gohighlevel"
IMPORTS = "/painel/contatos/importacoes"


@pytest_asyncio.fixture
async def town(runtime: Runtime, client: httpx.AsyncClient, clock: MovableClock) -> AsyncIterator[Town]:
    async with a_town(runtime, client, clock) as found:
        yield found


async def page(town: Town, path: str, status: int = 200, **query: Any) -> str:
    headers = {**town.shop.staff, "Accept": "text/html", "Accept-Language": "en"}
    answer = await town.client.get(path, params=query, headers=headers)
    assert answer.status_code == status, (path, answer.text[:500])
    return answer.text


async def submit(town: Town, path: str, **fields: str) -> httpx.Response:
    headers = {**town.shop.staff, "Accept": "text/html", "Accept-Language": "en"}
    return await town.client.post(path, data=fields, headers=headers)


async def test_connecting_with_a_form(town: Town) -> None:
    assert "No account is connected yet." in await page(town, HOME)
    wrong = await submit(town, HOME, location_id=LOCATION, token="pit-wrong-token")
    assert wrong.status_code == 422
    assert LOCATION in wrong.text, "what was typed is still there"
    assert "pit-wrong-token" not in wrong.text, "but never a token"
    malformed = await submit(town, HOME, location_id="?", token="pit-good-token")
    assert "This is not the id of a sub-account." in malformed.text
    right = await submit(town, HOME, location_id=LOCATION, token="pit-good-token")
    assert (right.status_code, right.headers["location"]) == (303, f"{HOME}?feito=conectado")
    shown = await page(town, HOME, feito="conectado")
    assert "Padaria do Zé" in shown
    assert "GoHighLevel is connected." in shown
    connection = (await town.get("/ghl/connections"))["items"][0]["id"]
    assert (await submit(town, f"{HOME}/contas/{connection}/verificar")).status_code == 303
    town.crm.tokens = set()
    assert "Connect it again first" in (await submit(town, f"{HOME}/contas/{connection}/verificar")).text
    assert (await submit(town, f"{HOME}/contas/{connection}/desconectar")).status_code == 303
    assert "Disconnected" in await page(town, HOME)


async def test_consent_is_a_link_to_there(town: Town) -> None:
    assert f'href="{HOME}/autorizar"' in await page(town, HOME)
    answer = await town.client.get(f"{HOME}/autorizar", headers=town.shop.staff)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(
        "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?"
    )


async def test_from_an_import_to_its_sending(town: Town) -> None:
    import_id = await make_import(town.shop, people(12))
    order = f"{IMPORTS}/{import_id}/gohighlevel"
    answer = await town.client.get(HOME, params={"importacao": str(import_id)}, headers=town.shop.staff)
    assert answer.headers["location"] == order
    assert "Connect your account first" in await page(town, order)
    connection = await town.connect()
    shown = await page(town, order)
    assert "12 contacts · about 1 min" in shown
    started = await submit(town, order, connection_id=connection, only="fresh", safe_mode="1")
    assert started.status_code == 303, started.text
    push = started.headers["location"].partition("?")[0]
    assert "Getting the contacts ready" in await page(town, push)
    twice = await submit(town, order, connection_id=connection, only="all")
    assert twice.status_code == 422
    assert "already being sent" in twice.text
    town.crm.faults |= {"p3@x.com.br": loses_city}
    await town.work()
    done = await page(town, push, feito="comecou")
    assert "12 of 12 contacts" in done
    assert "New and changed contacts" in done
    listed = await page(town, HOME)
    assert "12 of 12 arrived" in listed


async def test_the_list_is_honest(town: Town) -> None:
    import_id = await make_import(town.shop, people(3))
    town.crm.faults |= {"p0@x.com.br": loses_city, "p1@x.com.br": refused}
    push_id = await town.start(import_id)
    await town.work()
    here = f"{HOME}/envios/{push_id}"
    part = await page(town, here, ver="partial")
    assert "Missing there: City" in " ".join(part.split())
    failed = await page(town, here, ver="failed")
    assert "phone must be a valid phone number" in failed
    assert "Pessoa Número 1" in failed
    assert "Nobody here." in await page(town, here, ver="skipped")
    again = await submit(town, f"{here}/enviar-falhas")
    assert again.headers["location"] == f"{here}?feito=de-novo"
    await town.work()
    none = await submit(town, f"{here}/enviar-falhas")
    assert none.headers["location"] == f"{here}?feito=nenhum"
    assert (await submit(town, f"{here}/pausar")).status_code == 409
    assert (await submit(town, f"{here}/desfazer")).status_code == 303
    await town.work()
    assert "Taken back: 3 removed" in " ".join((await page(town, here)).split())


async def test_every_state_has_its_page(town: Town) -> None:
    push_id = await town.start(await make_import(town.shop, people(40)))
    here = f"{HOME}/envios/{push_id}"
    town.crm.daily_limit, town.crm.daily_used = 1000, 985
    await town.work(most=2)
    assert "almost used up" in await page(town, here)
    assert (await submit(town, f"{here}/pausar")).status_code == 303
    assert "Paused" in await page(town, here)
    town.crm.daily_used, town.crm.tokens = 0, set()
    assert (await submit(town, f"{here}/continuar")).status_code == 303
    await town.work()
    assert "Connect the account again" in await page(town, here)
    assert (await submit(town, f"{here}/cancelar")).status_code == 303
    assert "Stopped" in await page(town, here)


async def test_imports_that_cannot_be_sent_say_so(town: Town) -> None:
    await town.connect()
    undone = await make_import(town.shop, ordinary_source(), undone_at=town.clock())
    assert "This import cannot be sent" in await page(town, f"{IMPORTS}/{undone}/gohighlevel")
    waiting = await make_import(town.shop, status="failed", error_code="FILE_EMPTY")
    assert "This import cannot be sent" in await page(town, f"{IMPORTS}/{waiting}/gohighlevel")
    done = await make_import(town.shop, ordinary_source())
    assert "must not be contacted (1)" in await page(town, f"{IMPORTS}/{done}/gohighlevel")
    assert "No report yet" in await page(town, f"{IMPORTS}/{done}/gohighlevel/relatorio")


async def test_who_only_looks_sees_no_buttons(town: Town) -> None:
    push_id = await town.start(await make_import(town.shop, people(1)))
    looks = {**await town.shop.add_user("operator", ["contacts.crm:view"]), "Accept": "text/html"}
    for path in (HOME, f"{HOME}/envios/{push_id}"):
        answer = await town.client.get(path, headers=looks)
        assert answer.status_code == 200
        assert f'action="{HOME}' not in answer.text
    assert (await town.client.post(f"{HOME}/envios/{push_id}/pausar", headers=looks)).status_code == 403
