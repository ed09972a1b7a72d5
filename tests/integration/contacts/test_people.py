"""The address book: people are added, found in every way one remembers them, changed and undone."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.runtime import Runtime
from tests.factories.shops import Shop
from tests.integration.contacts.book import add, names, post, read


async def test_a_person_is_kept_in_one_form(client: httpx.AsyncClient, book: Shop) -> None:
    person = await add(
        client, book, first_name="Ana", last_name="Souza", phone="11 8765-4321", email="ANA@Exemplo.com.br",
        postal_code="01001000", state="sp", document="529.982.247-25", tags=["VIP; Lead", "vip"], birthday="1990-05-03",
    )  # fmt: skip
    assert person["phone"] == "+5511987654321"
    assert person["phone_kind"] == "mobile"
    assert person["email"] == "ana@exemplo.com.br"
    assert person["postal_code"] == "01001-000"
    assert person["state"] == "SP"
    assert person["document"] == "***.982.247-**"
    assert person["tags"] == ["VIP", "Lead"]
    assert person["version"] == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/first_name"),
        ({"first_name": "A", "phone": "123"}, "/phone"),
        ({"first_name": "A", "email": "sem arroba"}, "/email"),
        ({"first_name": "A", "document": "111.111.111-11"}, "/document"),
        ({"first_name": "A", "postal_code": "01"}, "/postal_code"),
        ({"first_name": "A" * 121}, "/first_name"),
    ],
)
async def test_what_does_not_fit_is_named(
    client: httpx.AsyncClient, book: Shop, body: dict[str, str], pointer: str
) -> None:
    answer = await post(client, book, "/contacts", **body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_email_and_mobile_are_one_persons_and_a_landline_may_be_shared(
    client: httpx.AsyncClient, book: Shop
) -> None:
    ana = await add(client, book, first_name="Ana", email="ana@x.com.br", phone="(11) 98765-4321")
    for body in ({"email": "ANA@x.com.br"}, {"phone": "11 8765-4321"}):
        answer = await post(client, book, "/contacts", first_name="Outra", **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "person_exists")
        assert answer.json()["contact_id"] == ana["id"]
    bia = await add(client, book, first_name="Bia", phone="(11) 3456-7890")
    caio = await add(client, book, first_name="Caio", phone="(11) 3456-7890")
    assert bia["phone"] == caio["phone"]
    changed = await client.patch(
        f"/contacts/{bia['id']}", json={"version": 1, "email": "ana@x.com.br"}, headers=book.staff
    )
    assert changed.status_code == 409
    # One's own e-mail typed again is no conflict.
    same = await client.patch(
        f"/contacts/{ana['id']}",
        json={"version": 1, "email": "ana@x.com.br", "city": "Santos"},
        headers=book.staff,
    )
    assert same.status_code == 200
    assert same.json()["version"] == 2


async def test_everybody_is_found_as_one_remembers_them(client: httpx.AsyncClient, book: Shop) -> None:
    await add(
        client, book, first_name="José", last_name="da Conceição", email="ze@padaria.com.br", phone="(31) 98888-7777",
        document="529.982.247-25", company="Padaria Estrela", tags=["Atacado"], additional_emails=["jose@casa.com"],
        additional_phones=["(31) 3222-1111", "(31) 97777-6666"],
    )  # fmt: skip
    await add(
        client,
        book,
        first_name="Josefa",
        last_name="Lima",
        phone="(21) 3333-4444",
        city="Niterói",
        state="RJ",
    )
    await add(client, book, first_name="Maria José", last_name="Prado")
    jose = ["José da Conceição"]
    for q in (
        "ze@padaria.com.br", "jose@casa.com", "@padaria.com.br", "ze@pad", "(31) 98888-7777", "31 8888-7777", "+55 31 988887777",
        "3132221111", "31 97777 6666", "98888", "529.982.247-25", "52998224725", "#atacado", "conceicao", "jose conc",
        "ESTRELA",
    ):  # fmt: skip
        assert await names(client, book, q=q) == jose, q
    assert set(await names(client, book, q="jose")) == {
        "José da Conceição",
        "Josefa Lima",
        "Maria José Prado",
    }
    assert await names(client, book, q="2133334444") == ["Josefa Lima"]
    assert await names(client, book, q="100%") == []
    assert await names(client, book, q="%") == []
    assert await names(client, book, sort="name") == ["José da Conceição", "Josefa Lima", "Maria José Prado"]
    assert await names(client, book) == ["Maria José Prado", "Josefa Lima", "José da Conceição"]
    assert await names(client, book, state="RJ", city="niteroi") == ["Josefa Lima"]
    assert await names(client, book, tag="Atacado") == jose
    assert await names(client, book, until="2020-01-01") == []


async def test_names_that_begin_so_come_alone_once_they_fill_the_page(
    client: httpx.AsyncClient, book: Shop
) -> None:
    for number in range(3):
        await add(client, book, first_name=f"Bruna {number}")
    await add(client, book, first_name="Ana", last_name="Bruna")
    assert len(await names(client, book, q="bruna", limit=3)) == 3
    assert "Ana Bruna" not in await names(client, book, q="bruna", limit=3)
    assert len(await names(client, book, q="bruna", limit=10)) == 4


async def test_a_stale_change_is_refused_and_a_change_is_undone(
    client: httpx.AsyncClient, book: Shop
) -> None:
    person = await add(client, book, first_name="Ana", city="Santos", tags=["A"])
    url = f"/contacts/{person['id']}"
    first = await client.patch(
        url, json={"version": 1, "city": "Campinas", "tags": ["B"]}, headers=book.staff
    )
    assert first.json()["version"] == 2
    stale = await client.patch(url, json={"version": 1, "city": "Recife"}, headers=book.staff)
    assert (stale.status_code, stale.json()["code"]) == (409, "version_conflict")
    assert stale.json()["current"]["version"] == 2
    nothing = await client.patch(url, json={"version": 2, "city": "Campinas"}, headers=book.staff)
    assert nothing.json()["version"] == 2
    changes = (await read(client, book, f"{url}/changes"))["items"]
    assert [change["kind"] for change in changes] == ["edit", "edit"]
    assert changes[0]["fields"] == [
        {"field": "city", "before": "Santos", "after": "Campinas"},
        {"field": "tags", "before": "A", "after": "B"},
    ]
    assert [change["can_undo"] for change in changes] == [True, False]
    assert changes[1]["is_first"] is True
    back = await post(client, book, f"{url}/changes/{changes[0]['id']}/undo")
    assert (back.json()["city"], back.json()["tags"], back.json()["version"]) == ("Santos", ["A"], 3)
    # The undoing is a change, and is undone like one.
    undoing = (await read(client, book, f"{url}/changes"))["items"][0]
    again = await post(client, book, f"{url}/changes/{undoing['id']}/undo")
    assert again.json()["city"] == "Campinas"


async def test_an_older_change_is_not_undone_over_a_newer_one(client: httpx.AsyncClient, book: Shop) -> None:
    person = await add(client, book, first_name="Ana")
    url = f"/contacts/{person['id']}"
    for version, body in enumerate(({"city": "Santos"}, {"city": "Recife"}, {"company": "Estrela"}), start=1):
        await client.patch(url, json={"version": version, **body}, headers=book.staff)
    company, recife, santos, made = (await read(client, book, f"{url}/changes"))["items"]
    assert [c["can_undo"] for c in (company, recife, santos, made)] == [True, True, False, False]
    refused = await post(client, book, f"{url}/changes/{santos['id']}/undo")
    assert refused.status_code == 409
    assert refused.json()["differs"] == [{"field": "city", "then": "Santos", "now": "Recife"}]
    assert (await post(client, book, f"{url}/changes/{made['id']}/undo")).json()[
        "code"
    ] == "change_not_undoable"
    assert (await post(client, book, f"{url}/changes/{recife['id']}/undo")).json()["city"] == "Santos"


async def test_tags_are_put_on_many_and_counted(client: httpx.AsyncClient, book: Shop) -> None:
    people = [await add(client, book, first_name=f"P{n}", tags=["Antiga"]) for n in range(3)]
    ids = [person["id"] for person in people]
    answer = await post(client, book, "/contacts/tags", ids=ids, add=["VIP"], remove=["antiga"])
    assert answer.json() == {"changed": 3}
    assert (await post(client, book, "/contacts/tags", ids=ids, add=["vip"])).json() == {"changed": 0}
    assert (await read(client, book, "/contacts/tags"))["items"] == [{"tag": "VIP", "people": 3}]
    changes = (await read(client, book, f"/contacts/{ids[0]}/changes"))["items"]
    assert changes[0]["fields"] == [{"field": "tags", "before": "Antiga", "after": "VIP"}]
    await post(client, book, f"/contacts/{ids[0]}/changes/{changes[0]['id']}/undo")
    assert {item["tag"] for item in (await read(client, book, "/contacts/tags"))["items"]} == {
        "VIP",
        "Antiga",
    }


async def test_a_deleted_person_leaves_nothing(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    person = await add(client, book, first_name="Ana", email="ana@x.com.br", additional_emails=["b@x.com.br"])
    url = f"/contacts/{person['id']}"
    assert (await client.delete(f"{url}?version=7", headers=book.staff)).status_code == 409
    assert (await client.delete(f"{url}?version=1", headers=book.staff)).status_code == 204
    assert (await client.get(url, headers=book.staff)).status_code == 404
    async with runtime.transactions.begin(book.tenant) as uow:
        for table in ("contacts", "contact_keys", "contact_changes"):
            query = text(f"select count(*) from {table} where tenant_id = :t")  # noqa: S608
            assert (await uow.session.execute(query, {"t": book.tenant.id})).scalar_one() == 0
    await add(client, book, first_name="Ana", email="ana@x.com.br")


async def test_two_who_add_the_same_person_at_once_make_one(client: httpx.AsyncClient, book: Shop) -> None:
    body = {"first_name": "Ana", "email": "ana@x.com.br"}
    answers = await asyncio.gather(*(post(client, book, "/contacts", **body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"person_exists"}


async def test_the_file_is_safe_and_complete(client: httpx.AsyncClient, book: Shop) -> None:
    await add(
        client,
        book,
        first_name="=cmd|' /C calc'!A0",
        phone="(11) 98765-4321",
        company="@SUM(1+1)",
        notes="-2+3",
    )
    await add(client, book, first_name="Ana", last_name="Souza, Filha", email="ana@x.com.br", tags=["A", "B"])
    plain = await client.get("/contacts/export.csv", headers=book.staff)
    assert plain.headers["content-type"].startswith("text/csv")
    lines = plain.text.split("\r\n")
    assert lines[0] == (
        "First Name,Last Name,Email,Phone,Business Name,Address,City,State,Postal Code,Country,Contact Source,Tags"
    )
    assert lines[1] == "cmd|' /C calc'!A0,,,+5511987654321,SUM(1+1),,,,,BR,,"
    assert lines[2] == 'Ana,"Souza, Filha",ana@x.com.br,,,,,,,BR,,"A, B"'
    assert lines[3] == ""
    wide = (await client.get("/contacts/export.csv?profile=extended", headers=book.staff)).text.split("\r\n")
    assert wide[0].endswith("Tags,Notes")
    assert wide[1].endswith(",'-2+3")
    excel = await client.get(
        "/contacts/export.csv?profile=excel&q=98765-4321", headers={**book.staff, "accept-language": "en"}
    )
    assert excel.content.startswith(b"\xef\xbb\xbf")
    assert excel.text.lstrip("\ufeff").split("\r\n")[1].split(";")[3] == "(11) 98765-4321"


async def test_a_cpf_is_shown_only_to_who_may_change_people(client: httpx.AsyncClient, book: Shop) -> None:
    person = await add(client, book, first_name="Ana", document="529.982.247-25")
    looker = await book.add_user("operator", ["contacts.people:view"])
    mine = (await client.get("/contacts/export.csv?profile=extended", headers=book.staff)).text
    theirs = (await client.get("/contacts/export.csv?profile=extended", headers=looker)).text
    assert "52998224725" in mine
    assert "52998224725" not in theirs
    assert (await client.get(f"/contacts/{person['id']}/privacy-export", headers=looker)).status_code == 403
    changed = await client.patch(
        f"/contacts/{person['id']}", json={"version": 1, "document": "11.222.333/0001-81"}, headers=book.staff
    )
    assert changed.json()["document"] == "11.222.333/0001-81"
    shown = await read(client, book, f"/contacts/{person['id']}/changes")
    assert "52998224725" not in str(shown)


async def test_people_of_another_business_do_not_exist(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    from tests.factories.shops import make_shop

    other = await make_shop(runtime, modules=["contacts"])
    person = await add(client, book, first_name="Ana", email="ana@x.com.br")
    url = f"/contacts/{person['id']}"
    for method, path in (
        ("GET", url), ("PATCH", url), ("DELETE", url), ("GET", f"{url}/activities"), ("GET", f"{url}/changes"),
        ("POST", f"{url}/erase"), ("GET", f"{url}/privacy-export"), ("GET", f"{url}/consents"),
    ):  # fmt: skip
        sent = {"POST": {"confirm": "Ana"}, "PATCH": {"version": 1}}.get(method)
        body = {"json": sent} if sent else {}
        assert (await client.request(method, path, headers=other.staff, **body)).status_code == 404, path
    assert await names(client, other) == []
    await add(client, other, first_name="Ana", email="ana@x.com.br")
