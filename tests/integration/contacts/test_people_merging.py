"""Two rows become one person and, when that was wrong, two again; likenesses are shown and never acted upon."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from sqlalchemy import text

from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.public import note_activity, remember_person
from tests.factories.shops import Shop
from tests.integration.contacts.book import add, names, post, read


async def _two(client: httpx.AsyncClient, shop: Shop) -> tuple[dict[str, Any], dict[str, Any]]:
    keep = await add(
        client,
        shop,
        first_name="Ana",
        phone="(11) 98765-4321",
        city="Santos",
        tags=["A"],
        notes="Gosta de bolo",
    )
    other = await add(
        client, shop, first_name="Ana", last_name="Souza", email="ana@x.com.br", phone="(11) 91111-2222", city="Recife",
        tags=["a", "B"], notes="Prefere tarde", additional_emails=["ana2@x.com.br"],
    )  # fmt: skip
    return keep, other


async def _rows(runtime: Runtime, shop: Shop, table: str) -> list[dict[str, Any]]:
    async with runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        rows = await uow.session.execute(
            text(f"select * from {table} where tenant_id = :t order by id"),
            {"t": shop.tenant.id},  # noqa: S608
        )
        return [dict(row) for row in rows.mappings()]


async def test_what_the_kept_one_lacks_is_filled_in(client: httpx.AsyncClient, book: Shop) -> None:
    keep, other = await _two(client, book)
    answer = await post(client, book, "/contacts/merge", keep_id=keep["id"], merge_id=other["id"], version=1)
    person = answer.json()
    assert (person["name"], person["email"], person["phone"]) == (
        "Ana Souza",
        "ana@x.com.br",
        "+5511987654321",
    )
    assert person["city"] == "Santos"
    assert person["tags"] == ["A", "B"]
    assert person["additional_phones"] == ["+5511911112222"]
    assert person["additional_emails"] == ["ana2@x.com.br"]
    assert person["notes"] == "Gosta de bolo\nPrefere tarde"
    assert await names(client, book) == ["Ana Souza"]
    for q in ("ana@x.com.br", "ana2@x.com.br", "11 91111-2222"):
        assert await names(client, book, q=q) == ["Ana Souza"], q
    gone = await client.get(f"/contacts/{other['id']}", headers=book.staff)
    assert (gone.status_code, gone.json()["merged_into"]) == (404, keep["id"])


async def test_a_merge_is_undone_to_the_letter(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    keep, other = await _two(client, book)
    people, keys = await _rows(runtime, book, "contacts"), await _rows(runtime, book, "contact_keys")
    await post(client, book, "/contacts/merge", keep_id=keep["id"], merge_id=other["id"])
    change = (await read(client, book, f"/contacts/{keep['id']}/changes"))["items"][0]
    assert (change["kind"], change["can_undo"]) == ("merge", True)
    undone = await post(client, book, f"/contacts/{keep['id']}/changes/{change['id']}/undo")
    assert undone.status_code == 200, undone.text
    own = {"version", "updated_at"}

    def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{name: value for name, value in row.items() if name not in own} for row in rows]

    assert plain(await _rows(runtime, book, "contacts")) == plain(people)
    pairs = {
        (row["contact_id"], row["kind"], row["value"]) for row in await _rows(runtime, book, "contact_keys")
    }
    assert pairs == {(row["contact_id"], row["kind"], row["value"]) for row in keys}
    again = await post(client, book, f"/contacts/{keep['id']}/changes/{change['id']}/undo")
    assert again.status_code == 409
    changes = (await read(client, book, f"/contacts/{keep['id']}/changes"))["items"]
    assert [(item["kind"], item["can_undo"]) for item in changes] == [
        ("undo", False), ("merge", False), ("edit", False),
    ]  # fmt: skip


async def test_a_merge_is_not_undone_over_later_changes(client: httpx.AsyncClient, book: Shop) -> None:
    keep, other = await _two(client, book)
    merged = (await post(client, book, "/contacts/merge", keep_id=keep["id"], merge_id=other["id"])).json()
    await client.patch(
        f"/contacts/{keep['id']}",
        json={"version": merged["version"], "last_name": "Lima"},
        headers=book.staff,
    )
    change = (await read(client, book, f"/contacts/{keep['id']}/changes"))["items"][1]
    refused = await post(client, book, f"/contacts/{keep['id']}/changes/{change['id']}/undo")
    assert refused.status_code == 409
    assert [item["field"] for item in refused.json()["differs"]] == ["last_name"]


async def test_a_chain_of_merges_leads_to_the_last(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    one, two, three = [await add(client, book, first_name=f"P{n}", email=f"p{n}@x.com.br") for n in range(3)]
    async with runtime.transactions.begin(book.tenant) as uow:
        await note_activity(uow, one["id"], "note", "Said hello", uow.now(), "hello")
    await post(client, book, "/contacts/merge", keep_id=two["id"], merge_id=one["id"])
    await post(client, book, "/contacts/merge", keep_id=three["id"], merge_id=two["id"])
    assert (await client.get(f"/contacts/{one['id']}", headers=book.staff)).json()["merged_into"] == three[
        "id"
    ]
    history = await read(client, book, f"/contacts/{three['id']}/activities")
    assert [item["title"] for item in history["items"]] == ["Said hello"]
    async with runtime.transactions.begin(book.tenant) as uow:
        assert await note_activity(uow, one["id"], "note", "Said more", uow.now(), "more")
        assert not await note_activity(uow, one["id"], "note", "Said more", uow.now(), "more")
        found = await remember_person(uow, name="P", phone="", email="p0@x.com.br", source="store")
    assert str(found) == three["id"]
    assert (await read(client, book, f"/contacts/{three['id']}/activities"))["total"] == 2
    changes = (await read(client, book, f"/contacts/{three['id']}/changes"))["items"]
    change = next(item for item in changes if item["kind"] == "merge")
    assert (
        await post(client, book, f"/contacts/{three['id']}/changes/{change['id']}/undo")
    ).status_code == 200
    assert (await client.get(f"/contacts/{one['id']}", headers=book.staff)).json()["merged_into"] == two["id"]
    assert set(await names(client, book)) == {"P1", "P2"}


async def test_wrong_pairs_are_refused(client: httpx.AsyncClient, book: Shop) -> None:
    keep, other = await _two(client, book)
    same = await post(client, book, "/contacts/merge", keep_id=keep["id"], merge_id=keep["id"])
    assert same.json()["code"] == "same_person"
    stale = await post(client, book, "/contacts/merge", keep_id=keep["id"], merge_id=other["id"], version=9)
    assert stale.json()["code"] == "version_conflict"
    nobody = await post(
        client, book, "/contacts/merge", keep_id=keep["id"], merge_id="01890a5d-ac96-774b-bcce-b302099a8057"
    )
    assert nobody.status_code == 404


async def test_the_same_pair_merged_both_ways_at_once_ends_as_one(
    client: httpx.AsyncClient, book: Shop
) -> None:
    keep, other = await _two(client, book)
    answers = await asyncio.gather(
        post(client, book, "/contacts/merge", keep_id=keep["id"], merge_id=other["id"]),
        post(client, book, "/contacts/merge", keep_id=other["id"], merge_id=keep["id"]),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert len(await names(client, book)) == 1


async def test_people_who_look_alike_are_shown(client: httpx.AsyncClient, book: Shop) -> None:
    await add(client, book, first_name="Ana", phone="(11) 98765-4321")
    await add(client, book, first_name="Aninha", phone="(21) 98765-4321")
    await add(client, book, first_name="Bia", email="biasouza@x.com.br")
    await add(client, book, first_name="Beatriz", email="biasouza@y.com.br")
    await add(client, book, first_name="Loja", email="contato@x.com.br")
    await add(client, book, first_name="Outra", email="contato@y.com.br")
    await add(client, book, first_name="Caio", last_name="José", city="São Paulo")
    await add(client, book, first_name="caio", last_name="jose", city="Sao Paulo")
    found = {
        likeness: [
            sorted(person["name"] for person in group["people"])
            for group in (await read(client, book, "/contacts/duplicates", likeness=likeness))["items"]
        ]
        for likeness in ("phone", "email", "name")
    }
    assert found == {
        "phone": [["Ana", "Aninha"]], "email": [["Beatriz", "Bia"]], "name": [["Caio José", "caio jose"]],
    }  # fmt: skip
