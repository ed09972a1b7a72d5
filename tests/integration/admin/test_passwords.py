"""One's own password, forgotten passwords, and links that work once."""

from __future__ import annotations

import asyncio
import base64

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.ids import new_id
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.clock import MovableClock
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import (
    add_person,
    bearer,
    client_with,
    code_of,
    last_link_token,
    letters,
    log_in,
    strict_limits,
    token_of,
)

NEW = "outra-senha-muito-boa"


async def _asked(client: httpx.AsyncClient, email: str, **headers: str) -> httpx.Response:
    return await client.post("/auth/password-reset", json={"email": email}, headers=headers)


async def _confirm(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post("/auth/password-reset/confirm", json={"token": token, "password": password})


async def test_changing_the_own_password_ends_the_other_sign_ins(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    first, second = await token_of(client, shop.owner_email), await token_of(client, shop.owner_email)
    answer = await client.post(
        "/auth/password", json={"current_password": PASSWORD, "new_password": NEW}, headers=bearer(second)
    )
    assert answer.status_code == 204
    assert (await client.get("/auth/me", headers=bearer(first))).status_code == 401
    assert (await client.get("/auth/me", headers=bearer(second))).status_code == 200
    assert (await log_in(client, shop.owner_email)).status_code == 401
    assert (await log_in(client, shop.owner_email, NEW)).status_code == 200


async def test_the_current_password_is_asked_for(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await client.post(
        "/auth/password", json={"current_password": "errada-errada", "new_password": NEW}, headers=shop.staff
    )
    assert code_of(answer) == (422, "validation")
    assert answer.json()["errors"][0]["pointer"] == "/current_password"
    assert (await log_in(client, shop.owner_email)).status_code == 200


@pytest.mark.parametrize("password", ["curta12", "x" * 129])
async def test_a_password_has_8_to_128_characters(
    client: httpx.AsyncClient, shop: Shop, password: str
) -> None:
    answer = await client.post(
        "/auth/password", json={"current_password": PASSWORD, "new_password": password}, headers=shop.staff
    )
    assert answer.json()["errors"][0]["pointer"] == "/new_password"
    for length in (8, 128):
        person = {"email": f"{new_id().hex}@example.com", "name": "Ana", "password": "x" * length}
        assert (await client.post("/admin/users", json=person, headers=shop.staff)).status_code == 201


async def test_a_reset_link_sets_the_password_once(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    session = await token_of(client, shop.owner_email)
    assert (await _asked(client, shop.owner_email.upper())).status_code == 202
    token = await last_link_token(runtime, shop.owner_email)
    assert (await _confirm(client, token)).status_code == 204
    assert (await client.get("/auth/me", headers=bearer(session))).status_code == 401
    assert (await log_in(client, shop.owner_email, NEW)).status_code == 200
    assert code_of(await _confirm(client, token, "terceira-senha")) == (410, "one_time_link_invalid")
    assert (await log_in(client, shop.owner_email, NEW)).status_code == 200


async def test_two_uses_of_a_link_at_once_are_one(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    await _asked(client, shop.owner_email)
    token = await last_link_token(runtime, shop.owner_email)
    answers = await asyncio.gather(*(_confirm(client, token, f"senha-numero-{n}") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 410, 410, 410]


async def test_asking_for_nobody_gets_the_same_answer(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    stranger = f"{new_id().hex}@example.com"
    known, unknown = await _asked(client, shop.owner_email), await _asked(client, stranger)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b"")
    assert len(await letters(runtime, shop.owner_email)) == 1
    assert await letters(runtime, stranger) == []
    assert code_of(await _asked(client, "isto não é")) == (422, "validation")


async def test_each_business_of_a_person_gets_its_own_link(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    email = f"{new_id().hex}@example.com"
    await add_person(client, shop, email)
    await add_person(client, other_shop, email)
    await _asked(client, email)
    assert len(await letters(runtime, email)) == 2
    await _asked(client, email, **shop.headers)
    assert len(await letters(runtime, email)) == 3
    await _confirm(client, await last_link_token(runtime, email))
    assert (await log_in(client, email, NEW, **shop.headers)).status_code == 200
    assert (await log_in(client, email, NEW, **other_shop.headers)).status_code == 401


async def test_a_newer_link_ends_the_older(runtime: Runtime, client: httpx.AsyncClient, shop: Shop) -> None:
    await _asked(client, shop.owner_email)
    older = await last_link_token(runtime, shop.owner_email)
    await _asked(client, shop.owner_email)
    newer = await last_link_token(runtime, shop.owner_email)
    assert (await _confirm(client, older)).status_code == 410
    assert (await _confirm(client, newer)).status_code == 204


async def test_a_link_runs_out_after_an_hour(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    await _asked(client, shop.owner_email)
    token = await last_link_token(runtime, shop.owner_email)
    clock.advance(minutes=61)
    assert code_of(await _confirm(client, token)) == (410, "one_time_link_invalid")
    clock.advance(minutes=-2)
    assert (await _confirm(client, token)).status_code == 204


async def test_a_changed_password_ends_open_links(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    await _asked(client, shop.owner_email)
    token = await last_link_token(runtime, shop.owner_email)
    await client.post(
        "/auth/password", json={"current_password": PASSWORD, "new_password": NEW}, headers=shop.staff
    )
    assert (await _confirm(client, token)).status_code == 410


async def test_links_that_never_were(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    await _asked(client, shop.owner_email)
    token = await last_link_token(runtime, shop.owner_email)
    raw = base64.urlsafe_b64decode(token)
    moved = base64.urlsafe_b64encode(other_shop.tenant.id.bytes + raw[16:]).decode()
    nowhere = base64.urlsafe_b64encode(new_id().bytes + raw[16:]).decode()
    wrong = base64.urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    for bad in ("x", "ção", token[:-4], moved, nowhere, wrong):
        assert code_of(await _confirm(client, bad)) == (410, "one_time_link_invalid"), bad
    as_invitation = await client.post("/auth/signup", json={"token": token, "name": "Eu", "password": NEW})
    assert code_of(as_invitation) == (410, "one_time_link_invalid")
    assert (await _confirm(client, token)).status_code == 204


async def test_the_database_knows_no_token(runtime: Runtime, client: httpx.AsyncClient, shop: Shop) -> None:
    await _asked(client, shop.owner_email)
    token = await last_link_token(runtime, shop.owner_email)
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text("select token_hash from one_time_tokens where tenant_id = :tenant"),
            {"tenant": shop.tenant.id},
        )
        assert [row.token_hash == token for row in rows] == [False]


async def test_people_who_left_get_no_link(runtime: Runtime, client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, f"{new_id().hex}@example.com")
    await _asked(client, person["email"])
    token = await last_link_token(runtime, person["email"])
    await client.patch(f"/admin/users/{person['id']}", json={"is_active": False}, headers=shop.staff)
    assert code_of(await _confirm(client, token)) == (410, "one_time_link_invalid")
    await _asked(client, person["email"])
    assert len(await letters(runtime, person["email"])) == 1


async def test_a_mailbox_is_not_flooded(runtime: Runtime, shop: Shop) -> None:
    async with client_with(runtime, limiter=strict_limits()) as client:
        answers = [(await _asked(client, shop.owner_email)).status_code for _ in range(5)]
    assert answers == [202] * 5
    assert len(await letters(runtime, shop.owner_email)) == 3
