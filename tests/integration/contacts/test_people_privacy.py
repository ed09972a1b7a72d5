"""What the law gives a person: consents on record, everything handed over, and being forgotten; who must not be contacted."""

from __future__ import annotations

import httpx
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.public import is_suppressed, remember_person, withdraw_consent
from balcao.modules.contacts.suppression_digests import digest_of
from tests.factories.shops import Shop, make_shop
from tests.integration.contacts.book import add, names, post, read

LINES = """ana@x.com.br
"11 8765-4321"; Ana
@Concorrente.com.br
529.982.247-25
isto não é ninguém
ANA@x.com.br
"""


async def _suppressed(runtime: Runtime, shop: Shop, **who: str) -> bool:
    async with runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        return await is_suppressed(uow, **who)


async def test_a_pasted_list_is_understood(
    client: httpx.AsyncClient, book: Shop, other_shop: Shop, runtime: Runtime
) -> None:
    done = (await post(client, book, "/suppressions", lines=LINES, reason="Pediu")).json()
    assert done == {"added": 4, "already": 0, "refused_total": 1, "refused": ["isto não é ninguém"]}
    assert (await post(client, book, "/suppressions", lines=LINES)).json()["already"] == 4
    for who in (
        {"email": "Ana@X.com.br"}, {"phone": "+5511987654321"}, {"cpf": "52998224725"},
        {"email": "x@loja.concorrente.com.br"},
    ):  # fmt: skip
        assert await _suppressed(runtime, book, **who), who
        assert not await _suppressed(runtime, other_shop, **who), who
    assert not await _suppressed(runtime, book, email="x@naoconcorrente.com.br")
    assert not await _suppressed(runtime, book, phone="+5521987654321")
    listed = await read(client, book, "/suppressions")
    assert listed["total"] == 4
    assert {item["value"] for item in listed["items"]} == {
        "ana@x.com.br", "+5511987654321", "concorrente.com.br", "52998224725",
    }  # fmt: skip
    assert (await read(client, book, "/suppressions", q="11 98765 4321"))["total"] == 1
    assert (await read(client, book, "/suppressions", kind="domain"))["total"] == 1
    assert (await read(client, book, "/suppressions", q="ninguém"))["total"] == 0


async def test_a_list_may_be_kept_without_anybody_readable(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    file = "E-mail;Nome\nana@x.com.br;Ana\n;\n".encode("cp1252")
    answer = await client.post(
        "/suppressions/upload",
        files={"file": ("saida.csv", file)},
        data={"hash_only": "true"},
        headers=book.staff,
    )
    assert answer.json() == {"added": 1, "already": 0, "refused_total": 2, "refused": ["E-mail;Nome", ";"]}
    found = await read(client, book, "/suppressions", q="ana@x.com.br")
    assert [item["value"] for item in found["items"]] == [""]
    async with runtime.transactions.begin(book.tenant, read_only=True) as uow:
        kept = await uow.session.execute(
            text("select kind, digest from suppressions where tenant_id = :tenant"),
            {"tenant": book.tenant.id},
        )
        keys = [tuple(row) for row in kept]
    assert keys == [("email", digest_of(book.tenant.id, "email", "ana@x.com.br"))]
    gone = await client.delete("/suppressions?value=ANA@x.com.br", headers=book.staff)
    assert gone.status_code == 204
    assert (await client.delete("/suppressions?value=ana@x.com.br", headers=book.staff)).status_code == 404


async def test_a_line_is_taken_off_by_its_id(client: httpx.AsyncClient, book: Shop, runtime: Runtime) -> None:
    await post(client, book, "/suppressions", lines="ana@x.com.br")
    line = (await read(client, book, "/suppressions"))["items"][0]
    other = await make_shop(runtime, modules=["contacts"])
    assert (await client.delete(f"/suppressions/{line['id']}", headers=other.staff)).status_code == 404
    assert (await client.delete(f"/suppressions/{line['id']}", headers=book.staff)).status_code == 204
    assert not await _suppressed(runtime, book, email="ana@x.com.br")


async def test_the_newest_word_counts_and_all_channels_reach_the_list(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    person = await add(client, book, first_name="Ana", email="ana@x.com.br", phone="(11) 98765-4321")
    url = f"/contacts/{person['id']}"
    for status in ("granted", "withdrawn"):
        await post(
            client,
            book,
            f"{url}/consents",
            channel="whatsapp",
            status=status,
            source="balcão",
            evidence="Ficha",
        )
    shown = await read(client, book, url)
    assert {channel: word["status"] for channel, word in shown["consents"].items()} == {
        "whatsapp": "withdrawn"
    }
    assert shown["is_suppressed"] is False
    assert await names(client, book, consent="withdrawn") == ["Ana"]
    assert await names(client, book, consent="granted") == []
    async with runtime.transactions.begin(book.tenant) as uow:
        await withdraw_consent(uow, person["id"], "all", "WhatsApp", "SAIR")
    assert (await read(client, book, url))["is_suppressed"] is True
    assert await _suppressed(runtime, book, phone="+5511987654321")
    assert (await read(client, book, "/contacts"))["items"][0]["is_suppressed"] is True
    await post(client, book, f"{url}/consents", channel="all", status="granted", source="balcão")
    assert not await _suppressed(runtime, book, phone="+5511987654321", email="ana@x.com.br")
    assert len((await read(client, book, f"{url}/consents"))["items"]) == 4


async def test_everything_kept_is_handed_over(client: httpx.AsyncClient, book: Shop) -> None:
    person = await add(
        client,
        book,
        first_name="Ana",
        last_name="Souza",
        document="529.982.247-25",
        additional_emails=["b@x.com.br"],
    )
    url = f"/contacts/{person['id']}"
    await client.patch(url, json={"version": 1, "city": "Santos"}, headers=book.staff)
    await post(client, book, f"{url}/consents", channel="email", status="granted", source="site")
    data = await read(client, book, f"{url}/privacy-export")
    assert data["person"]["document"] == "52998224725"
    assert data["person"]["city"] == "Santos"
    assert data["further_keys"] == [{"kind": "email", "value": "b@x.com.br"}]
    assert [change["after"] for change in data["changes"]] == [{}, {"city": "Santos"}]
    assert [word["channel"] for word in data["consents"]] == ["email"]


async def test_a_forgotten_person_is_nowhere_and_does_not_come_back(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    old = await add(client, book, first_name="Aninha", email="aninha@segredo.com.br")
    person = await add(
        client, book, first_name="Ana", last_name="Segredo", email="ana@segredo.com.br", phone="(11) 98765-4321",
        document="529.982.247-25", notes="Segredo", tags=["Segredo"], additional_emails=["outra@segredo.com.br"],
    )  # fmt: skip
    await post(client, book, "/suppressions", lines="ana@segredo.com.br", reason="Segredo")
    await post(client, book, "/contacts/merge", keep_id=person["id"], merge_id=old["id"])
    url = f"/contacts/{person['id']}"
    await post(
        client, book, f"{url}/consents", channel="email", status="granted", source="site", evidence="Segredo"
    )
    wrong = await post(client, book, f"{url}/erase", confirm="Ana")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "name_not_confirmed")
    assert (await post(client, book, f"{url}/erase", confirm="ana SEGREDO")).status_code == 204
    assert (await client.get(url, headers=book.staff)).status_code == 404
    assert await names(client, book) == []
    async with platform_work(runtime.database, read_only=True) as session:
        for table in (
            "contacts", "contact_keys", "contact_changes", "contact_consents", "contact_activities", "suppressions",
            "processed_events", "procrastinate_jobs",
        ):  # fmt: skip
            where = (
                "args->>'tenant_id' = :t" if table == "procrastinate_jobs" else "tenant_id = cast(:t as uuid)"
            )
            query = text(f"select row_to_json(x)::text from {table} x where {where}")  # noqa: S608
            held = " ".join((await session.execute(query, {"t": str(book.tenant.id)})).scalars()).lower()
            for secret in ("segredo", "aninha", "98765", "529982"):
                assert secret not in held, (table, secret)
    for who in ({"email": "outra@segredo.com.br"}, {"phone": "+5511987654321"}, {"cpf": "52998224725"}):
        assert await _suppressed(runtime, book, **who), who
    # Somebody may be written down anew, by their own act; the list still says not to write to them.
    async with runtime.transactions.begin(book.tenant) as uow:
        again = await remember_person(uow, name="Ana Segredo", phone="+5511987654321", source="store")
    assert str(again) != person["id"]


async def test_forgetting_without_a_trace_is_possible_too(
    client: httpx.AsyncClient, book: Shop, runtime: Runtime
) -> None:
    person = await add(client, book, company="Estrela", email="ana@x.com.br")
    answer = await post(client, book, f"/contacts/{person['id']}/erase", confirm="estrela", keep_out=False)
    assert answer.status_code == 204
    assert not await _suppressed(runtime, book, email="ana@x.com.br")
