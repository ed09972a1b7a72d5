"""The second factor from setting it up to losing the telephone."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import text

from balcao.kernel.identity.second_factor import code_at, step_at
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.clock import MovableClock
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import (
    add_person,
    bearer,
    client_with,
    code_of,
    log_in,
    strict_limits,
    token_of,
)

HERE = "/auth/second-factor"


class App:
    """An authenticator app whose clock is the test's."""

    def __init__(self, secret: str, clock: MovableClock) -> None:
        self.secret, self.clock = secret, clock

    def code(self, steps: int = 0) -> str:
        return code_at(self.secret, step_at(self.clock()) + steps)

    def next_code(self) -> str:
        """Waits until the next code, since each works once."""
        self.clock.advance(seconds=30)
        return self.code()

    def wrong_code(self) -> str:
        near = {self.code(steps) for steps in range(-2, 3)}
        return next(
            code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near
        )


async def switch_on(
    client: httpx.AsyncClient, headers: dict[str, str], clock: MovableClock
) -> tuple[App, list[str]]:
    started = await client.post(HERE, headers=headers)
    assert started.status_code == 201, started.text
    app = App(started.json()["secret"], clock)
    confirmed = await client.post(f"{HERE}/confirm", json={"code": app.code()}, headers=headers)
    assert confirmed.status_code == 200, confirmed.text
    return app, confirmed.json()["recovery_codes"]


async def enter(client: httpx.AsyncClient, email: str, otp: str = "") -> httpx.Response:
    answer = await client.post("/auth/login", json={"email": email, "password": PASSWORD, "otp": otp})
    client.cookies.clear()
    return answer


async def test_setting_up_asks_nothing_before_the_first_code(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    started = (await client.post(HERE, headers=shop.staff)).json()
    uri = pyotp.parse_uri(started["otpauth_uri"])
    assert (uri.secret, uri.name, uri.issuer) == (started["secret"], shop.owner_email, shop.tenant.name)
    assert (await enter(client, shop.owner_email)).status_code == 200
    again = (await client.post(HERE, headers=shop.staff)).json()
    assert again["secret"] != started["secret"]
    old = App(started["secret"], clock).code()
    if old not in {App(again["secret"], clock).code(steps) for steps in (-1, 0, 1)}:
        refused = await client.post(f"{HERE}/confirm", json={"code": old}, headers=shop.staff)
        assert code_of(refused) == (401, "otp_invalid")
    state = (await client.get(HERE, headers=shop.staff)).json()
    assert state == {"is_on": False, "since": None, "recovery_codes_left": 0}
    confirmed = await client.post(
        f"{HERE}/confirm", json={"code": App(again["secret"], clock).code()}, headers=shop.staff
    )
    assert len(confirmed.json()["recovery_codes"]) == 10
    assert confirmed.headers["cache-control"] == "no-store"
    state = (await client.get(HERE, headers=shop.staff)).json()
    assert (state["is_on"], state["recovery_codes_left"]) == (True, 10)
    assert code_of(await client.post(HERE, headers=shop.staff)) == (409, "second_factor_on")
    twice = await client.post(f"{HERE}/confirm", json={"code": "123456"}, headers=shop.staff)
    assert code_of(twice) == (409, "second_factor_on")


async def test_signing_in_takes_password_and_code(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, _ = await switch_on(client, shop.staff, clock)
    assert code_of(await enter(client, shop.owner_email)) == (401, "otp_required")
    assert code_of(await enter(client, shop.owner_email, app.wrong_code())) == (401, "otp_invalid")
    assert code_of(await enter(client, shop.owner_email, app.code())) == (401, "otp_invalid"), (
        "used to confirm"
    )
    code = app.next_code()
    entered = await enter(client, shop.owner_email, code)
    assert entered.status_code == 200
    assert entered.json()["recovery_codes_left"] is None
    assert code_of(await enter(client, shop.owner_email, code)) == (401, "otp_invalid"), "a code works once"
    wrong = {"email": shop.owner_email, "password": "errada", "otp": app.next_code()}
    assert code_of(await client.post("/auth/login", json=wrong)) == (401, "invalid_credentials")


async def test_a_clock_may_be_half_a_minute_off(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, _ = await switch_on(client, shop.staff, clock)
    clock.advance(minutes=5)
    assert code_of(await enter(client, shop.owner_email, app.code(-2))) == (401, "otp_invalid")
    assert code_of(await enter(client, shop.owner_email, app.code(2))) == (401, "otp_invalid")
    assert (await enter(client, shop.owner_email, app.code(1))).status_code == 200
    late = await enter(client, shop.owner_email, app.code(-1))
    assert code_of(late) == (401, "otp_invalid"), "what is older than the newest used one is used up too"


async def test_one_code_opens_one_of_two_sign_ins_at_once(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, codes = await switch_on(client, shop.staff, clock)
    for otp in (app.next_code(), codes[0]):
        answers = await asyncio.gather(*(enter(client, shop.owner_email, otp) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_recovery_code_opens_once_and_says_how_many_are_left(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, codes = await switch_on(client, shop.staff, clock)
    entered = await enter(client, shop.owner_email, codes[3].upper())
    assert entered.json()["recovery_codes_left"] == 9
    assert code_of(await enter(client, shop.owner_email, codes[3])) == (401, "otp_invalid")
    headers = bearer(entered.json()["access_token"])
    fresh = await client.post(f"{HERE}/recovery-codes", json={"code": app.next_code()}, headers=headers)
    assert len(set(fresh.json()["recovery_codes"]) - set(codes)) == 10
    assert code_of(await enter(client, shop.owner_email, codes[4])) == (401, "otp_invalid")
    assert (await enter(client, shop.owner_email, fresh.json()["recovery_codes"][0])).status_code == 200


async def test_switching_on_ends_the_other_sign_ins(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    other = await token_of(client, shop.owner_email)
    await switch_on(client, shop.staff, clock)
    assert (await client.get("/auth/me", headers=bearer(other))).status_code == 401
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200


async def test_switching_off_takes_password_and_code(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, _ = await switch_on(client, shop.staff, clock)

    async def off(password: str, code: str) -> httpx.Response:
        return await client.post(f"{HERE}/off", json={"password": password, "code": code}, headers=shop.staff)

    assert code_of(await off("errada", app.next_code())) == (422, "validation")
    assert code_of(await off(PASSWORD, app.wrong_code())) == (401, "otp_invalid")
    assert (await off(PASSWORD, app.code())).status_code == 204, "a wrong password did not use the code up"
    assert code_of(await off(PASSWORD, app.code())) == (409, "second_factor_off")
    assert (await enter(client, shop.owner_email)).status_code == 200


async def test_guesses_are_counted_for_the_account(
    runtime: Runtime, clock: MovableClock, shop: Shop, client: httpx.AsyncClient
) -> None:
    app, codes = await switch_on(client, shop.staff, clock)
    wrong = app.wrong_code()
    async with client_with(runtime, limiter=strict_limits()) as strict:
        answers = [await enter(strict, shop.owner_email, wrong) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]
        assert (await enter(strict, shop.owner_email, codes[0])).status_code == 429, (
            "a right one waits as well"
        )


async def test_an_owner_resets_it_for_a_colleague(
    client: httpx.AsyncClient, runtime: Runtime, clock: MovableClock, shop: Shop, other_shop: Shop
) -> None:
    email = f"joana-{shop.tenant.slug}@example.com"
    joana = await add_person(client, shop, email, role="manager")
    token = bearer(await token_of(client, email))
    await switch_on(client, token, clock)
    path = f"/admin/users/{joana['id']}/second-factor"
    manager = await shop.add_user("manager", ["admin.team:edit"])
    assert code_of(await client.delete(path, headers=manager)) == (403, "owners_only")
    assert (await client.delete(path, headers=other_shop.staff)).status_code == 404
    own = await client.delete(f"/admin/users/{shop.owner_id}/second-factor", headers=shop.staff)
    assert code_of(own) == (403, "owners_only")
    assert (await client.delete(path, headers=shop.staff)).status_code == 204
    assert (await client.delete(path, headers=shop.staff)).status_code == 404
    assert (await client.get("/auth/me", headers=token)).status_code == 401
    assert (await log_in(client, email)).status_code == 200
    async with platform_work(runtime.database, read_only=True) as session:
        query = text(
            "select verb, actor_id, before, after from audit_entries where tenant_id = :tenant "
            "and entity = 'second_factors' order by at desc limit 1"
        )
        row = (await session.execute(query, {"tenant": shop.tenant.id})).one()
    assert (row.verb, row.actor_id, row.after) == ("removed", shop.owner_id, {})
    assert (row.before["sealed_secret"], row.before["recovery_hashes"]) == ("***", "***")


async def test_neither_secret_nor_recovery_codes_lie_open(
    client: httpx.AsyncClient, runtime: Runtime, clock: MovableClock, shop: Shop
) -> None:
    app, codes = await switch_on(client, shop.staff, clock)
    async with platform_work(runtime.database, read_only=True) as session:
        query = text("select sealed_secret, recovery_hashes from second_factors where tenant_id = :tenant")
        row = (await session.execute(query, {"tenant": shop.tenant.id})).one()
        trail = text(
            "select jsonb_agg(before) || jsonb_agg(after) from audit_entries where tenant_id = :tenant"
        )
        told = str((await session.execute(trail, {"tenant": shop.tenant.id})).scalar_one())
    assert app.secret.encode() not in bytes(row.sealed_secret)
    for code in codes:
        assert code not in row.recovery_hashes
    for hidden in (app.secret, *row.recovery_hashes, *codes):
        assert hidden not in told


CHOICE = re.compile(r'name="choice" value="([^"]+)"')


async def page_step(client: httpx.AsyncClient, **form: Any) -> httpx.Response:
    answer = await client.post("/painel/entrar", data=form)
    client.cookies.clear()
    return answer


async def test_the_page_asks_for_the_code_in_a_second_step(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, codes = await switch_on(client, shop.staff, clock)
    first = await page_step(client, email=shop.owner_email, password=PASSWORD, next="/painel/pedidos")
    assert first.status_code == 200
    assert PASSWORD not in first.text
    choice = CHOICE.search(first.text)
    assert choice is not None
    assert 'name="otp"' in first.text
    step = {"choice": choice[1], "business": shop.tenant.slug, "next": "/painel/pedidos"}
    empty = await page_step(client, **step, otp="")
    assert (empty.status_code, 'name="otp"' in empty.text) == (422, True)
    wrong = await page_step(client, **step, otp=app.wrong_code())
    assert wrong.status_code == 422
    assert CHOICE.search(wrong.text) is not None, "typed wrong, one tries again without the password"
    entered = await page_step(client, **step, otp=app.next_code())
    assert (entered.status_code, entered.headers["location"]) == (303, "/painel/pedidos")
    by_recovery = await page_step(client, **step, otp=codes[0])
    assert (by_recovery.status_code, by_recovery.headers["location"]) == (303, "/painel/conta")
    assert "recovery_used" in str(by_recovery.headers.get_list("set-cookie"))


async def test_the_second_step_runs_out(client: httpx.AsyncClient, clock: MovableClock, shop: Shop) -> None:
    app, _ = await switch_on(client, shop.staff, clock)
    first = await page_step(client, email=shop.owner_email, password=PASSWORD)
    choice = CHOICE.search(first.text)
    assert choice is not None
    clock.advance(minutes=-4)
    old = await page_step(client, email=shop.owner_email, password=PASSWORD)
    expired = CHOICE.search(old.text)
    clock.advance(minutes=4)
    assert expired is not None
    late = await page_step(client, choice=expired[1], business=shop.tenant.slug, otp=app.next_code())
    assert late.status_code == 422
    assert 'name="password"' in late.text


@pytest.mark.parametrize("forged", ["", "x", "eyJhbGciOiJub25lIn0.e30."])
async def test_no_choice_no_second_step(client: httpx.AsyncClient, shop: Shop, forged: str) -> None:
    answer = await page_step(client, choice=forged, business=shop.tenant.slug, otp="123456")
    assert answer.status_code == 422


async def test_the_account_page_walks_through_it(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    page = await client.get("/painel/conta", headers=shop.staff)
    assert "/painel/conta/segundo-fator" in page.text
    started = await client.post("/painel/conta/segundo-fator/comecar", headers=shop.staff)
    assert started.status_code == 303
    shown = await client.get("/painel/conta/segundo-fator", headers=shop.staff)
    secret = re.search(r'id="secret"[^>]*>\s*([A-Z2-7 ]+)<', shown.text)
    assert secret is not None
    assert "<svg" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    app = App(secret[1].replace(" ", ""), clock)
    wrong = await client.post(
        "/painel/conta/segundo-fator/confirmar", data={"code": app.wrong_code()}, headers=shop.staff
    )
    assert wrong.status_code == 422
    codes_page = await client.post(
        "/painel/conta/segundo-fator/confirmar", data={"code": app.code()}, headers=shop.staff
    )
    codes = re.findall(r"\b[a-z2-7]{4}(?:-[a-z2-7]{4}){3}\b", codes_page.text)
    assert len(codes) == 10
    assert codes_page.headers["cache-control"] == "no-store"
    assert app.secret not in (await client.get("/painel/conta/segundo-fator", headers=shop.staff)).text
    renewed = await client.post(
        "/painel/conta/segundo-fator/codigos", data={"code": codes[0]}, headers=shop.staff
    )
    assert renewed.status_code == 200
    refused = await client.post(
        "/painel/conta/segundo-fator/desligar", data={"password": "errada", "code": "1"}, headers=shop.staff
    )
    assert refused.status_code == 422
    off = await client.post(
        "/painel/conta/segundo-fator/desligar",
        data={"password": PASSWORD, "code": app.next_code()},
        headers=shop.staff,
    )
    assert off.status_code == 303
    client.cookies.clear()
    assert (await enter(client, shop.owner_email)).status_code == 200


async def test_an_owner_finds_the_way_on_the_persons_page(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    email = f"joana-{shop.tenant.slug}@example.com"
    joana = await add_person(client, shop, email, role="manager")
    page = f"/painel/equipe/pessoas/{joana['id']}"
    reset = f"{page}/segundo-fator/zerar"
    assert reset not in (await client.get(page, headers=shop.staff)).text
    await switch_on(client, bearer(await token_of(client, email)), clock)
    assert reset in (await client.get(page, headers=shop.staff)).text
    manager = await shop.add_user("manager", ["admin.team:edit"])
    assert reset not in (await client.get(page, headers=manager)).text
    assert (await client.post(reset, headers=manager)).status_code == 403
    assert (await client.post(reset, headers=shop.staff)).status_code == 303
    client.cookies.clear()
    assert (await log_in(client, email)).status_code == 200
