"""Signing in: who gets in, what an answer gives away, and how a session ends."""

from __future__ import annotations

import dataclasses
from http.cookies import SimpleCookie

import httpx
import jwt
import pytest
from sqlalchemy import text

from balcao.kernel.identity.tokens import SigningKeys
from balcao.kernel.ids import new_id
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.web_app import web_app
from tests.conftest import SECRET
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


async def test_a_sign_in_answers_the_contract(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await log_in(client, shop.owner_email)
    assert answer.status_code == 200
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert {"access_token", "token_type", "expires_at", "user"} <= body.keys()
    assert body["user"]["email"] == shop.owner_email
    assert body["user"]["role"] == "owner"
    assert "store" in body["user"]["modules"]
    assert "admin.team:edit" in body["user"]["permissions"]
    me = await client.get("/auth/me", headers=bearer(body["access_token"]))
    assert me.json() == body["user"]


async def test_the_cookie_is_out_of_reach_of_scripts(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await log_in(client, shop.owner_email)
    cookie = SimpleCookie(answer.headers["set-cookie"])["admin_token"]
    assert cookie.value == answer.json()["access_token"]
    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]
    assert 470 * 60 < int(cookie["max-age"]) <= 480 * 60
    assert answer.headers["cache-control"] == "no-store"
    mine = await client.get("/auth/me", headers={"Cookie": f"admin_token={cookie.value}"})
    assert mine.json()["email"] == shop.owner_email


async def test_the_cookie_is_secure_when_the_address_is_https(runtime: Runtime, shop: Shop) -> None:
    settings = runtime.settings.model_copy(update={"api_base_url": "https://balcao.example"})
    async with client_with(runtime, settings=settings) as client:
        answer = await log_in(client, shop.owner_email)
    assert SimpleCookie(answer.headers["set-cookie"])["admin_token"]["secure"] is True


async def test_the_address_is_found_whatever_its_case(client: httpx.AsyncClient, shop: Shop) -> None:
    assert (await log_in(client, f" {shop.owner_email.upper()} ")).status_code == 200


async def test_unknown_people_and_wrong_passwords_get_the_same_answer(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str | None] = []
    from balcao.kernel.identity import sessions

    real = sessions.verify_password

    async def counted(password: str, stored: str | None) -> tuple[bool, str | None]:
        compared.append(stored)
        return await real(password, stored)

    monkeypatch.setattr(sessions, "verify_password", counted)
    wrong = await log_in(client, shop.owner_email, "errada-errada")
    unknown = await log_in(client, f"ninguem-{new_id().hex}@example.com", "errada-errada")
    assert code_of(wrong) == code_of(unknown) == (401, "invalid_credentials")
    differing = {"request_id"}
    assert {k: v for k, v in wrong.json().items() if k not in differing} == {
        k: v for k, v in unknown.json().items() if k not in differing
    }
    # One comparison each, the second against the hash of nobody: both take the time of one.
    assert [stored is None for stored in compared] == [False, True]
    assert "set-cookie" not in unknown.headers


async def test_inactive_people_are_unknown(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, f"{new_id().hex}@example.com")
    assert (await log_in(client, person["email"])).status_code == 200
    await client.patch(f"/admin/users/{person['id']}", json={"is_active": False}, headers=shop.staff)
    assert code_of(await log_in(client, person["email"])) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    "body", [{}, {"email": "a@b.co"}, {"email": "a@b.co", "password": "x", "role": "owner"}]
)
async def test_a_body_that_does_not_fit_is_422(client: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert code_of(await client.post("/auth/login", json=body)) == (422, "validation")


async def test_one_person_of_two_businesses_has_to_choose(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    email = f"{new_id().hex}@example.com"
    await add_person(client, shop, email)
    await add_person(client, other_shop, email)
    answer = await log_in(client, email)
    assert code_of(answer) == (409, "several_tenants")
    assert answer.json()["tenants"] == sorted([shop.tenant.slug, other_shop.tenant.slug])
    by_slug = await log_in(client, email, **{"X-Tenant": shop.tenant.slug.upper()})
    assert by_slug.json()["user"]["tenant"]["slug"] == shop.tenant.slug
    by_id = await log_in(client, email, **{"X-Tenant-Id": str(other_shop.tenant.id)})
    assert by_id.json()["user"]["tenant"]["slug"] == other_shop.tenant.slug


async def test_the_installations_default_is_not_a_choice(
    runtime: Runtime, shop: Shop, other_shop: Shop
) -> None:
    settings = runtime.settings.model_copy(update={"default_tenant": other_shop.tenant.slug})
    async with client_with(runtime, settings=settings) as client:
        answer = await log_in(client, shop.owner_email)
    assert answer.json()["user"]["tenant"]["slug"] == shop.tenant.slug


async def test_a_business_of_its_own_host_is_given(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    host = f"{shop.tenant.slug}.example"
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set custom_host = :host where id = :id"),
            {"host": host, "id": shop.tenant.id},
        )
    stranger = f"{new_id().hex}@example.com"
    assert (await log_in(client, shop.owner_email, Host=host)).status_code == 200
    assert code_of(await log_in(client, stranger, Host=host)) == (401, "invalid_credentials")


async def test_the_wrong_business_is_a_wrong_password(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    answer = await log_in(client, shop.owner_email, **other_shop.headers)
    assert code_of(answer) == (401, "invalid_credentials")
    assert code_of(await log_in(client, shop.owner_email, **{"X-Tenant": "nao-existe"})) == (
        404,
        "tenant_unknown",
    )


async def test_a_session_with_the_header_of_another_business_is_refused(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    own = await client.get("/auth/me", headers=shop.staff | {"X-Tenant": shop.tenant.slug})
    assert own.status_code == 200
    for header in ({"X-Tenant": other_shop.tenant.slug}, {"X-Tenant-Id": str(other_shop.tenant.id)}):
        assert code_of(await client.get("/auth/me", headers=shop.staff | header)) == (403, "forbidden")


async def test_suspended_businesses_open_for_reading_and_closed_ones_do_not(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    async def become(status: str) -> None:
        async with platform_work(runtime.database) as session:
            await session.execute(
                text("update tenants set status = :status where id = :id"),
                {"id": shop.tenant.id, "status": status},
            )
        runtime.tenants.forget()

    await become("suspended")
    assert (await log_in(client, shop.owner_email)).status_code == 200
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200
    assert code_of(await client.delete("/auth/sessions", headers=shop.staff)) == (403, "tenant_suspended")
    await become("canceled")
    assert code_of(await log_in(client, shop.owner_email)) == (401, "invalid_credentials")
    assert code_of(await client.get("/auth/me", headers=shop.staff)) == (403, "tenant_suspended")


async def test_the_oldest_sign_ins_above_the_limit_end(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    person = await add_person(client, shop, f"{new_id().hex}@example.com", max_active_sessions=2)
    tokens = [await token_of(client, person["email"]) for _ in range(4)]
    states = [(await client.get("/auth/me", headers=bearer(token))).status_code for token in tokens]
    assert states == [401, 401, 200, 200]
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text("select revoked_reason from user_sessions where user_id = :id order by created_at, id"),
            {"id": person["id"]},
        )
        assert [row.revoked_reason for row in rows] == ["limit_exceeded", "limit_exceeded", None, None]


async def test_a_session_ends_by_the_clock(
    client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    token = await token_of(client, shop.owner_email)
    clock.advance(minutes=481)
    assert code_of(await client.get("/auth/me", headers=bearer(token))) == (401, "unauthenticated")


def _forged(token: str, secret: str, **changes: object) -> str:
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload | changes, secret, algorithm="HS256")


async def test_forged_and_expired_tokens_open_nothing(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    payload = jwt.decode(shop.token, options={"verify_signature": False})
    bad = [
        "x.y.z",
        _forged(shop.token, "another-secret-another-secret-another"),
        _forged(shop.token, SECRET, exp=payload["exp"] - 9 * 3600),
        _forged(shop.token, SECRET, tenant_id=str(other_shop.tenant.id)),
        _forged(shop.token, SECRET, sub=str(new_id())),
        _forged(shop.token, SECRET, sid=str(new_id())),
        jwt.encode(payload, "", algorithm="none"),
    ]
    for token in bad:
        assert code_of(await client.get("/auth/me", headers=bearer(token))) == (401, "unauthenticated"), token
    # The signature made with the true key still opens: the cases above fail for their own reason.
    assert (await client.get("/auth/me", headers=bearer(_forged(shop.token, SECRET)))).status_code == 200


async def test_the_role_inside_a_token_counts_for_nothing(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, f"{new_id().hex}@example.com")
    token = _forged(await token_of(client, person["email"]), SECRET, role="owner")
    assert (await client.get("/auth/me", headers=bearer(token))).json()["role"] == "operator"
    assert code_of(await client.get("/admin/users", headers=bearer(token))) == (403, "forbidden")


async def test_keys_rotate_without_signing_anybody_out(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    old = await token_of(client, shop.owner_email)
    keys = SigningKeys("a-newer-secret-a-newer-secret-a-newer", (SECRET,))
    async with client_with(runtime, keys=keys) as rotated:
        assert (await rotated.get("/auth/me", headers=bearer(old))).status_code == 200
        fresh = await token_of(rotated, shop.owner_email)
        assert (await rotated.get("/auth/me", headers=bearer(fresh))).status_code == 200
    async with client_with(runtime, keys=SigningKeys(keys.current)) as forgetful:
        assert (await forgetful.get("/auth/me", headers=bearer(old))).status_code == 401
        assert (await forgetful.get("/auth/me", headers=bearer(fresh))).status_code == 200


async def test_signing_out_ends_the_session_and_the_cookie(client: httpx.AsyncClient, shop: Shop) -> None:
    token = await token_of(client, shop.owner_email)
    answer = await client.post("/auth/logout", headers=bearer(token))
    assert answer.status_code == 204
    cookie = SimpleCookie(answer.headers["set-cookie"])["admin_token"]
    assert cookie.value == ""
    assert int(cookie["max-age"]) == 0
    assert code_of(await client.get("/auth/me", headers=bearer(token))) == (401, "unauthenticated")
    assert (await client.post("/auth/logout", headers=bearer(token))).status_code == 204
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200


async def test_own_sessions_are_listed_and_ended(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, f"{new_id().hex}@example.com")
    first, second, third = [await token_of(client, person["email"]) for _ in range(3)]
    listed = (await client.get("/auth/sessions", headers=bearer(third))).json()
    assert listed["total"] == 3
    assert [item["is_current"] for item in listed["items"]] == [True, False, False]
    assert {"device", "address", "created_at", "expires_at", "device_label"} <= listed["items"][0].keys()
    victim = listed["items"][2]["id"]
    assert (await client.delete(f"/auth/sessions/{victim}", headers=bearer(third))).status_code == 204
    assert (await client.get("/auth/me", headers=bearer(first))).status_code == 401
    again = await client.delete(f"/auth/sessions/{victim}", headers=bearer(third))
    assert code_of(again) == (404, "not_found")
    rest = await client.delete("/auth/sessions", headers=bearer(third))
    assert rest.json() == {"revoked": 1}
    assert (await client.get("/auth/me", headers=bearer(second))).status_code == 401
    assert (await client.get("/auth/me", headers=bearer(third))).status_code == 200


async def test_nobody_ends_the_sessions_of_others_through_their_own_door(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    person = await add_person(client, shop, f"{new_id().hex}@example.com")
    token = await token_of(client, person["email"])
    owners = (await client.get("/auth/sessions", headers=shop.staff)).json()["items"][0]["id"]
    foreign = (await client.get("/auth/sessions", headers=other_shop.staff)).json()["items"][0]["id"]
    for session_id in (owners, foreign, str(new_id())):
        answer = await client.delete(f"/auth/sessions/{session_id}", headers=bearer(token))
        assert code_of(answer) == (404, "not_found")
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200


async def test_attempts_are_counted_per_account(runtime: Runtime, shop: Shop) -> None:
    """From eleven addresses: no address is counted twice, the account is."""
    app = web_app(dataclasses.replace(runtime, limiter=strict_limits()))
    states: list[int] = []
    for number in range(11):
        transport = httpx.ASGITransport(
            app=app, raise_app_exceptions=False, client=(f"203.0.113.{number}", 5000)
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            answer = await log_in(client, shop.owner_email, "errada-errada")
            states.append(answer.status_code)
    assert states == [401] * 10 + [429]
    assert answer.json()["code"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 60


async def test_attempts_are_counted_per_address(runtime: Runtime) -> None:
    async with client_with(runtime, limiter=strict_limits()) as client:
        states = [
            (await log_in(client, f"{new_id().hex}@example.com", "errada-errada")).status_code
            for _ in range(11)
        ]
    assert states == [401] * 10 + [429]


async def test_one_account_does_not_lock_another_address_out(runtime: Runtime, shop: Shop) -> None:
    """The account is counted under its own mark: another account from another address goes on."""
    limiter = strict_limits()
    from balcao.modules.admin.sign_in import ACCOUNT_RULE, account_mark

    for _ in range(10):
        await limiter.hit(ACCOUNT_RULE, account_mark("outra@example.com"))
    async with client_with(runtime, limiter=limiter) as client:
        assert (await log_in(client, "OUTRA@example.com")).status_code == 429
        assert (await log_in(client, shop.owner_email)).status_code == 200


async def test_older_hashes_are_accepted_and_upgraded(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    from pwdlib.hashers.bcrypt import BcryptHasher

    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update users set password_hash = :hash where id = :id"),
            {"hash": BcryptHasher(rounds=4).hash(PASSWORD), "id": shop.owner_id},
        )
    assert (await log_in(client, shop.owner_email)).status_code == 200
    async with platform_work(runtime.database, read_only=True) as session:
        stored = (
            await session.execute(
                text("select password_hash from users where id = :id"), {"id": shop.owner_id}
            )
        ).scalar_one()
    assert stored.startswith("$argon2id$")
    assert (await log_in(client, shop.owner_email)).status_code == 200


async def test_what_the_log_says_of_a_sign_in_names_nobody(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    class Recorder:
        def _note(self, event: str, **fields: object) -> None:
            lines.append(f"{event} {fields}")

        warning = info = _note

    from balcao.modules.admin import sign_in

    monkeypatch.setattr(sign_in, "security_log", Recorder())
    await log_in(client, shop.owner_email, "errada-errada")
    await log_in(client, shop.owner_email)
    assert [line.split()[0] for line in lines] == ["sign_in_failed", "signed_in"]
    assert all(shop.owner_email not in line and PASSWORD not in line for line in lines)
