"""Links that let somebody in do not stay readable where messages are kept."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.modules.messaging.jobs import forget_secrets, send_email
from balcao.ports.email import OutgoingEmail, SentReceipt
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from tests.factories.jobs import work_off
from tests.factories.shops import Shop
from tests.integration.admin.team import TEAM, last_link_token, letters

SEES_MESSAGES = ["messaging.messages:view"]


class PostOffice:
    """A mail server that takes everything, or answers with what it was given."""

    name = "smtp"

    def __init__(self, refusal: Exception | None = None) -> None:
        self.took: list[OutgoingEmail] = []
        self.refusal = refusal

    async def send(self, email: OutgoingEmail) -> SentReceipt:
        if self.refusal is not None:
            raise self.refusal
        self.took.append(email)
        return SentReceipt(self.name, email.message_id, "250 OK")


async def write(client: httpx.AsyncClient, runtime: Runtime, shop: Shop, kind: str) -> tuple[str, str]:
    """Has a link sent; answers the address and the secret part of the link."""
    if kind == "invitation":
        email = f"nova-{shop.owner_id.hex[-8:]}@example.com"
        answer = await client.post(
            "/admin/users/invitations", json={"email": email, "role": "manager"}, headers=shop.staff
        )
    else:
        email = shop.owner_email
        answer = await client.post("/auth/password-reset", json={"email": email}, headers=shop.headers)
    assert answer.status_code < 300, answer.text
    return email, await last_link_token(runtime, email)


async def shown(client: httpx.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await client.get("/admin/messages", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def stored(runtime: Runtime, shop: Shop) -> str:
    """Everything the database keeps of the business's messages, as one text."""
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text("select to_jsonb(m)::text as row from messages m where tenant_id = :t"),
            {"t": shop.tenant.id},
        )
        return "\n".join(row.row for row in rows)


@pytest.mark.parametrize("kind", ["invitation", "password_reset"])
async def test_a_link_that_left_by_mail_is_blanked(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop, kind: str
) -> None:
    email, token = await write(client, runtime, shop, kind)
    assert token not in str(await shown(client, shop.staff)), "not before it was sent either"
    office = PostOffice()
    await work_off(shop, email=office)
    assert token in office.took[0].text
    assert token not in await stored(runtime, shop)
    assert (await letters(runtime, email))[-1].count("•••") == 1
    assert token not in str(await shown(client, shop.staff))


async def test_in_the_mailbox_only_owners_read_it_and_only_while_it_works(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    _, token = await write(client, runtime, shop, "invitation")
    await work_off(shop)
    [mine] = await shown(client, shop.staff)
    assert token in mine["body"]
    page = await client.get("/painel/mensagens", headers={**shop.staff, "Accept": "text/html"})
    assert token in page.text
    manager = await shop.add_user("manager", [*SEES_MESSAGES, *TEAM])
    assert await shown(client, manager) == []
    async with platform_work(runtime.database) as session:
        over = text("update messages set secret_until = now() where tenant_id = :t and secret is not null")
        assert (await session.execute(over, {"t": shop.tenant.id})).rowcount == 1
    [later] = await shown(client, shop.staff)
    assert token not in later["body"]
    assert "•••" in later["body"]
    page = await client.get("/painel/mensagens", headers={**shop.staff, "Accept": "text/html"})
    assert page.status_code == 200
    assert token not in page.text


async def test_the_clock_blanks_what_nobody_used(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop, clock: Any
) -> None:
    _, token = await write(client, runtime, shop, "password_reset")
    await work_off(shop)
    for minutes, is_kept in ((59, True), (2, False)):
        clock.advance(minutes=minutes)
        async with runtime.transactions.begin(shop.tenant) as uow:
            uow.enqueue(forget_secrets)
        assert await work_off(shop) == ["messaging.forget_secrets"]
        assert (token in await stored(runtime, shop)) is is_kept


async def test_a_letter_that_waits_keeps_its_link_for_the_next_try_and_a_dead_one_does_not(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    _, token = await write(client, runtime, shop, "invitation")
    await work_off(shop, email=PostOffice(ProviderRejected("email_recipient", "no such box")))
    [dead] = await shown(client, shop.staff)
    assert dead["status"] == "dead"
    assert token not in await stored(runtime, shop)
    await client.post("/auth/password-reset", json={"email": shop.owner_email}, headers=shop.headers)
    second = await last_link_token(runtime, shop.owner_email)
    await work_off(shop, email=PostOffice(ProviderUnavailable("busy")), last_try=False)
    assert [message["status"] for message in await shown(client, shop.staff)] == ["failed", "dead"]
    assert second in await stored(runtime, shop), "the next try needs it"
    assert second not in str(await shown(client, shop.staff)), "but nobody reads it here"
    async with runtime.transactions.begin(shop.tenant) as uow:
        rows = await uow.session.execute(
            text("select id from messages where tenant_id = :t and status = 'failed'"), {"t": shop.tenant.id}
        )
        uow.enqueue(send_email, message_id=rows.scalar_one())
    await work_off(shop, email=PostOffice(ProviderUnavailable("busy")))
    assert second not in await stored(runtime, shop), "the last try is over"


async def test_other_letters_stay_as_they_are(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    from tests.integration.store.ordering import cart, place

    await shop.add_product("Pão", 500)
    customer = {"name": "Ana", "phone": "(11) 98765-4321", "email": "ana@example.com"}
    assert (await place(client, shop, cart(shop, ("Pão", 1), customer=customer))).status_code == 201
    office = PostOffice()
    await work_off(shop, email=office)
    assert [email.text for email in office.took] == await letters_of(runtime, shop, "ana@example.com")
    assert "•••" not in office.took[0].text


async def letters_of(runtime: Runtime, shop: Shop, email: str) -> list[str]:
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text(
                "select body from messages where tenant_id = :t and recipient = :email order by created_at, id"
            ),
            {"t": shop.tenant.id, "email": email},
        )
        return [row.body for row in rows]
