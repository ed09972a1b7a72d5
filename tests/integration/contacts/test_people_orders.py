"""Who buys in the shop is in the address book, once, with the orders in the history."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.public import remember_person
from tests.factories.jobs import work_off
from tests.factories.shops import Shop, make_shop
from tests.integration.contacts.book import add, names, post, read
from tests.integration.store.ordering import cart, move, place


async def _buy(client: httpx.AsyncClient, shop: Shop, **customer: str) -> dict[str, Any]:
    answer = await place(client, shop, cart(shop, ("Pão", 1), customer=customer))
    assert answer.status_code == 201, answer.text
    return answer.json()["order"]


async def test_an_order_makes_a_contact_and_its_end_is_noted(client: httpx.AsyncClient, book: Shop) -> None:
    await book.add_product("Pão", 500)
    first = await _buy(client, book, name="ANA SOUZA", phone="(11) 98765-4321", email="ana@x.com.br")
    await _buy(client, book, name="Ana", phone="(11) 98765-4321")
    await work_off(book, again=True)
    assert await names(client, book) == ["Ana Souza"]
    person = (await read(client, book, "/contacts"))["items"][0]
    assert (person["email"], person["source"]) == ("ana@x.com.br", "store")
    headers = {**book.staff, "accept-language": "pt-BR", "sec-fetch-site": "same-origin"}
    assert "Ana Souza" in (await client.get("/painel/contatos?origem=loja", headers=headers)).text
    moved = await move(client, book, first["id"], "canceled", reason="Acabou o pão")
    assert moved.status_code == 200, moved.text
    await work_off(book, again=True)
    history = await read(client, book, f"/contacts/{person['id']}/activities")
    titles = sorted(item["title"].format(**item["arguments"]) for item in history["items"])
    assert titles == ["Order 1 canceled", "Order 1 placed", "Order 2 placed"]
    placed = next(item for item in history["items"] if item["arguments"] == {"code": 2})
    assert (placed["amount_cents"], placed["kind"]) == (500, "order")
    assert placed["link"] == f"/painel/pedidos/{placed['subject_id']}"


async def test_what_is_written_about_somebody_stays(client: httpx.AsyncClient, book: Shop) -> None:
    await book.add_product("Pão", 500)
    known = await add(
        client, book, first_name="Dona", last_name="Ana", phone="(11) 98765-4321", email="ana@x.com.br"
    )
    await _buy(client, book, name="Qualquer Nome", phone="(11) 98765-4321", email="nova@x.com.br")
    await work_off(book)
    person = await read(client, book, f"/contacts/{known['id']}")
    assert (person["name"], person["email"]) == ("Dona Ana", "ana@x.com.br")
    assert person["additional_emails"] == ["nova@x.com.br"]
    assert await names(client, book, q="nova@x.com.br") == ["Dona Ana"]


async def test_a_landline_recognises_the_same_name_only(book: Shop, runtime: Runtime) -> None:
    async with runtime.transactions.begin(book.tenant) as uow:
        bia = await remember_person(uow, name="Bia Lima", phone="+551134567890", source="store")
        caio = await remember_person(uow, name="Caio Lima", phone="+551134567890", source="store")
        again = await remember_person(uow, name="BIA LIMA", phone="+551134567890", source="store")
    assert bia == again != caio


async def test_somebody_elses_email_is_not_taken_along(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    ana = await add(client, book, first_name="Ana", phone="(11) 98765-4321")
    bia = await add(client, book, first_name="Bia", email="bia@x.com.br")
    async with runtime.transactions.begin(book.tenant) as uow:
        found = await remember_person(
            uow, name="Ana", phone="+5511987654321", email="bia@x.com.br", source="store"
        )
    assert str(found) == ana["id"]
    assert (await read(client, book, f"/contacts/{ana['id']}"))["email"] == ""
    assert (await read(client, book, f"/contacts/{bia['id']}"))["email"] == "bia@x.com.br"


async def test_many_at_once_remember_one_person(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    async def come(number: int) -> str:
        async def verb(uow: Any) -> Any:
            return await remember_person(
                uow, name="Ana", phone="+5511987654321", email=f"ana{number % 3}@x.com.br", source="store"
            )

        return str(await runtime.transactions.run(book.tenant, _owner(book), verb))

    found = await asyncio.gather(*(come(number) for number in range(12)))
    assert len(set(found)) == 1
    person = await read(client, book, f"/contacts/{found[0]}")
    assert {person["email"], *person["additional_emails"]} == {f"ana{n}@x.com.br" for n in range(3)}


def _owner(shop: Shop) -> Any:
    from balcao.kernel.actor import SYSTEM

    return SYSTEM


async def test_a_late_event_does_not_bring_a_forgotten_person_back(
    client: httpx.AsyncClient, book: Shop
) -> None:
    await book.add_product("Pão", 500)
    order = await _buy(client, book, name="Ana Souza", phone="(11) 98765-4321")
    await work_off(book)
    person = (await read(client, book, "/contacts"))["items"][0]
    assert (
        await post(client, book, f"/contacts/{person['id']}/erase", confirm="Ana Souza")
    ).status_code == 204
    await move(client, book, order["id"], "canceled", reason="Acabou o pão")
    await work_off(book)
    assert await names(client, book) == []


async def test_without_the_address_book_nothing_is_kept(client: httpx.AsyncClient, runtime: Runtime) -> None:
    from sqlalchemy import text

    shop = await make_shop(runtime, modules=["store"])
    await shop.add_product("Pão", 500)
    await _buy(client, shop, name="Ana Souza", phone="(11) 98765-4321")
    await work_off(shop)
    async with runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        query = text("select count(*) from contacts where tenant_id = :t")
        assert (await uow.session.execute(query, {"t": shop.tenant.id})).scalar_one() == 0
