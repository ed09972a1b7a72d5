"""What the billing system tells: signatures, repeats, order, and what a lapsed business may still do."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.modules.admin.billing_signature import sign_billing
from tests.factories.clock import MovableClock
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import client_with, code_of, last_link_token, letters, strict_limits
from tests.integration.store.ordering import cart, place

SECRET = "0123456789abcdef0123456789abcdef"
FORMER = "fedcba9876543210fedcba9876543210"
STATUS, INTAKE = "/billing/webhook/status", "/billing/webhook/intake"


@pytest.fixture
async def server(runtime: Runtime) -> Any:
    settings = runtime.settings.model_copy(
        update={
            "billing_webhook_secret": SecretStr(SECRET),
            "billing_webhook_secrets": SecretStr(f" {FORMER} ,"),
        }
    )
    async with client_with(runtime, settings=settings) as client:
        yield client


@pytest.fixture
async def plan(runtime: Runtime) -> str:
    slug = f"p{uuid4().hex[:12]}"
    async with platform_work(runtime.database) as session:
        await session.execute(
            text(
                "insert into plans (id, slug, name, price_cents, modules, limits, is_active) "
                "values (gen_random_uuid(), :slug, 'Completo', 9900, '{store,contacts}', '{\"stores\": 3}', true)"
            ),
            {"slug": slug},
        )
    return slug


def _signed(
    body: bytes, clock: Any, *, secret: str = SECRET, age: float = 0, prefix: str = ""
) -> dict[str, str]:
    stamp = str(int((clock() - timedelta(seconds=age)).timestamp()))
    return {"X-Signature": prefix + sign_billing(secret, body, stamp), "X-Timestamp": stamp}


async def _tell(server: httpx.AsyncClient, clock: Any, path: str, message: dict[str, Any]) -> httpx.Response:
    body = json.dumps(message).encode()
    return await server.post(path, content=body, headers=_signed(body, clock))


def _status(shop: Shop, status: str, sequence: int, **more: Any) -> dict[str, Any]:
    event = f"evt-{shop.tenant.slug}-{sequence}"
    return {
        "event_id": event,
        "sequence": sequence,
        "tenant_slug": shop.tenant.slug,
        "status": status,
        **more,
    }


async def _subscription(runtime: Runtime, shop: Shop) -> Any:
    async with platform_work(runtime.database, read_only=True) as session:
        query = text("select * from subscriptions where tenant_id = :id")
        return (await session.execute(query, {"id": shop.tenant.id})).mappings().one()


async def test_the_life_of_a_subscription(
    server: httpx.AsyncClient, client: httpx.AsyncClient, runtime: Runtime, shop: Shop, clock: MovableClock
) -> None:
    await shop.add_product("Pão", 500)
    messages = {1: "active", 2: "past_due", 3: "active"}
    outcomes: list[tuple[int, str, bool]] = []
    for sequence in (3, 1, 2, 3, 1, 2):
        answer = await _tell(server, clock, STATUS, _status(shop, messages[sequence], sequence))
        assert answer.status_code == 200, answer.text
        outcomes.append((sequence, answer.json()["outcome"], answer.json()["repeat"]))
    assert outcomes == [
        (3, "applied", False), (1, "stale", False), (2, "stale", False),
        (3, "applied", True), (1, "stale", True), (2, "stale", True),
    ]  # fmt: skip
    row = await _subscription(runtime, shop)
    assert (row["status"], row["past_due_since"], row["billing_sequence"]) == ("active", None, 3)
    account = (await client.get("/auth/me", headers=shop.staff)).json()
    assert {"store", "contacts", "admin", "messaging", "payments"} <= set(account["modules"])

    body = json.dumps(_status(shop, "canceled", 9)).encode()
    replay = await server.post(STATUS, content=body, headers=_signed(body, clock, age=301))
    assert code_of(replay) == (401, "signature_invalid")
    assert (await _subscription(runtime, shop))["status"] == "active"

    assert (await _tell(server, clock, STATUS, _status(shop, "suspended", 4))).json()["outcome"] == "applied"
    assert code_of(await place(client, shop, cart(shop, ("Pão", 1)))) == (402, "plan_inactive")
    assert (await client.get("/catalog", headers=shop.headers)).status_code == 200
    assert (await client.get(f"/loja/{shop.tenant.slug}")).status_code == 200
    assert (await client.get("/contacts/export.csv", headers=shop.staff)).status_code == 200
    assert (await client.get("/admin/orders", headers=shop.staff)).status_code == 200
    assert (await _tell(server, clock, STATUS, _status(shop, "active", 5))).status_code == 200
    assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == 201


async def test_late_payment_sells_five_days_from_the_first_notice(
    server: httpx.AsyncClient, client: httpx.AsyncClient, runtime: Runtime, shop: Shop, clock: MovableClock
) -> None:
    await shop.add_product("Pão", 500)
    await _tell(server, clock, STATUS, _status(shop, "past_due", 1))
    first = (await _subscription(runtime, shop))["past_due_since"]
    clock.advance(days=2)
    await _tell(server, clock, STATUS, _status(shop, "past_due", 2))
    await _tell(server, clock, STATUS, _status(shop, "suspended", 3))
    await _tell(server, clock, STATUS, _status(shop, "past_due", 4))
    assert (await _subscription(runtime, shop))["past_due_since"] == first
    clock.reset()
    assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == 201
    async with platform_work(runtime.database) as session:
        query = text(
            "update subscriptions set past_due_since = now() - interval '5 days 1 minute' where tenant_id = :id"
        )
        await session.execute(query, {"id": shop.tenant.id})
    runtime.tenants.forget()
    assert code_of(await place(client, shop, cart(shop, ("Pão", 1)))) == (402, "plan_inactive")
    await _tell(server, clock, STATUS, _status(shop, "active", 5))
    assert (await _subscription(runtime, shop))["past_due_since"] is None
    assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == 201


async def test_who_may_tell(
    server: httpx.AsyncClient, client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    body = json.dumps(_status(shop, "active", 1)).encode()
    good = _signed(body, clock)
    refused = [
        {}, {"X-Signature": good["X-Signature"]}, {"X-Timestamp": good["X-Timestamp"]},
        {**good, "X-Signature": good["X-Signature"][:-1]}, {**good, "X-Timestamp": str(int(good["X-Timestamp"]) + 1)},
        {**good, "X-Timestamp": "nan"}, {**good, "X-Timestamp": "9" * 12}, _signed(body, clock, secret="x" * 32),
        _signed(body, clock, age=301), _signed(body, clock, age=-302), {"X-Signature": sign_billing(SECRET, body, "")},
    ]  # fmt: skip
    for headers in refused:
        answer = await server.post(STATUS, content=body, headers=headers)
        assert code_of(answer) == (401, "signature_invalid"), headers
        assert "detail" in answer.json() and "errors" not in answer.json()
    changed = await server.post(STATUS, content=body + b" ", headers=good)
    assert changed.status_code == 401
    assert (
        await client.post(STATUS, content=body, headers=good)
    ).status_code == 401  # no secret is configured there
    for headers in (_signed(body, clock, prefix="sha256="), _signed(body, clock, secret=FORMER)):
        assert (await server.post(STATUS, content=body, headers=headers)).status_code == 200
    big = await server.post(STATUS, content=b" " * 1_000_001, headers=good)
    assert big.status_code == 413


async def test_the_former_signature_only_behind_its_setting(
    runtime: Runtime, shop: Shop, clock: MovableClock
) -> None:
    settings = runtime.settings.model_copy(
        update={"billing_webhook_secret": SecretStr(SECRET), "billing_webhook_legacy": True}
    )
    body = json.dumps({"tenant_id": str(shop.tenant.id), "status": "past_due"}).encode()
    async with client_with(runtime, settings=settings) as server:
        headers = {"X-Signature": sign_billing(SECRET, body, "")}
        assert (await server.post(STATUS, content=body, headers=headers)).status_code == 200
        assert (await _subscription(runtime, shop))["status"] == "past_due"
        unnamed = await server.post(STATUS, content=body, headers=_signed(body, clock))
        assert [item["pointer"] for item in unnamed.json()["errors"]] == ["/event_id"]


async def test_what_does_not_fit_is_refused_and_may_be_sent_again(
    server: httpx.AsyncClient, runtime: Runtime, shop: Shop, desk: Shop, clock: MovableClock, plan: str
) -> None:
    for bad in ({"status": "gone"}, {"note": "x"}, {"tenant_id": str(shop.tenant.id)}, {"sequence": 0}):
        assert (
            await _tell(server, clock, STATUS, {**_status(shop, "active", 1), **bad})
        ).status_code == 422, bad
    body = b'{"status": '
    assert (await server.post(STATUS, content=body, headers=_signed(body, clock))).status_code in {400, 422}
    message = _status(shop, "active", 1, plan="nao-existe")
    assert code_of(await _tell(server, clock, STATUS, message)) == (422, "plan_unknown")
    listed = await server.get("/admin/central/billing-events?outcome=refused&limit=1", headers=desk.staff)
    newest = listed.json()["items"][0]
    assert (newest["event_id"], newest["reason"]) == (message["event_id"], "plan_unknown")
    mended = await _tell(server, clock, STATUS, {**message, "plan": plan})
    assert (mended.json()["outcome"], mended.json()["repeat"]) == ("applied", False)
    assert (await _subscription(runtime, shop))["status"] == "active"
    reused = await _tell(server, clock, STATUS, {**message, "plan": plan, "status": "canceled"})
    assert code_of(reused) == (409, "billing_event_reused")
    unknown = _status(shop, "active", 7) | {"tenant_slug": "nao-existe-aqui"}
    assert (await _tell(server, clock, STATUS, unknown)).status_code == 404
    own = _status(shop, "canceled", 8) | {"tenant_slug": "central"}
    assert code_of(await _tell(server, clock, STATUS, own)) == (409, "platform_tenant")


async def test_a_message_for_nobody_is_refused_in_the_readers_words(
    server: httpx.AsyncClient, clock: MovableClock
) -> None:
    refused = await _tell(server, clock, STATUS, {"event_id": "evt_nobody", "status": "active"})
    assert code_of(refused) == (422, "validation")
    assert refused.json()["errors"] == [
        {"pointer": "/", "message": "Informe tenant_id ou tenant_slug, um dos dois."}
    ]


async def test_the_same_message_many_times_at_once(
    server: httpx.AsyncClient, runtime: Runtime, shop: Shop, clock: MovableClock
) -> None:
    message = _status(shop, "past_due", 1)
    others = [_status(shop, "active", number) for number in range(2, 6)]
    answers = await asyncio.gather(
        *(_tell(server, clock, STATUS, message) for _ in range(6)),
        *(_tell(server, clock, STATUS, m) for m in others),
    )
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json()["repeat"] for answer in answers[:6]].count(False) == 1
    row = await _subscription(runtime, shop)
    assert (row["status"], row["billing_sequence"]) == ("active", 5)


def _sale(slug: str, plan: str, **more: Any) -> dict[str, Any]:
    return {
        "event_id": f"sale-{slug}", "sequence": 1, "slug": slug, "plan": plan, "name": "Padaria da Vila",
        "cnpj": "11.222.333/0001-81", "contact_email": f"{slug}@example.com", "billing_postal_code": "01001-000",
        "billing_state": "sp", "users_limit": 7, "payment_provider": "pagseguro", "payment_reference": "ref-1",
        "signup_payload": {"campanha": "maio"}, **more,
    }  # fmt: skip


async def test_a_sale_makes_the_business_once_and_invites_its_owner(
    server: httpx.AsyncClient,
    client: httpx.AsyncClient,
    runtime: Runtime,
    desk: Shop,
    clock: MovableClock,
    plan: str,
) -> None:
    slug = f"v{uuid4().hex[:14]}"
    answers = await asyncio.gather(
        *(_tell(server, clock, INTAKE, _sale(slug, plan)) for _ in range(3)),
        _tell(server, clock, INTAKE, _sale(slug, plan, event_id=f"other-{slug}", sequence=2)),
    )
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert [answer.json()["created"] for answer in answers].count(True) == 1
    tenant_id = answers[0].json()["tenant_id"]
    assert {answer.json()["tenant_id"] for answer in answers} == {tenant_id}
    assert len(await letters(runtime, f"{slug}@example.com")) == 1
    detail = (await client.get(f"/admin/central/tenants/{tenant_id}", headers=desk.staff)).json()
    assert (detail["tenant"]["plan"], detail["tenant"]["users_limit"], detail["tenant"]["stores_limit"]) == (
        plan,
        7,
        3,
    )
    assert (detail["profile"]["document"], detail["profile"]["billing_address"]["state"]) == (
        "11222333000181",
        "SP",
    )
    assert (detail["onboarding_origin"], detail["activation_mode"]) == ("landing_page", "automatic_webhook")

    token = await last_link_token(runtime, f"{slug}@example.com")
    signed = await client.post("/auth/signup", json={"token": token, "name": "Dona", "password": PASSWORD})
    client.cookies.clear()
    assert signed.json()["user"]["role"] == "owner"
    renamed = _sale(slug, plan, event_id=f"third-{slug}", sequence=3, name="Padaria Grande")
    again = (await _tell(server, clock, INTAKE, renamed)).json()
    assert (again["created"], again["outcome"]) == (False, "applied")
    stale = _sale(slug, plan, event_id=f"late-{slug}", sequence=2, name="Padaria Velha")
    assert (await _tell(server, clock, INTAKE, stale)).json()["outcome"] == "stale"
    detail = (await client.get(f"/admin/central/tenants/{tenant_id}", headers=desk.staff)).json()
    assert detail["tenant"]["name"] == "Padaria Grande"
    assert len(await letters(runtime, f"{slug}@example.com")) == 1


async def test_sales_that_do_not_fit(
    server: httpx.AsyncClient, client: httpx.AsyncClient, desk: Shop, clock: MovableClock, plan: str
) -> None:
    slug = f"v{uuid4().hex[:14]}"
    for bad in (
        {"cnpj": "11.222.333/0001-82"},
        {"price_cents": 1},
        {"slug": "Ruim !"},
        {"plan": "nao-existe"},
    ):
        assert (await _tell(server, clock, INTAKE, _sale(slug, plan) | bad)).status_code == 422, bad
    assert code_of(await _tell(server, clock, INTAKE, _sale("central", plan))) == (409, "platform_tenant")
    found = (await client.get(f"/admin/central/tenants?q={slug}", headers=desk.staff)).json()
    assert found["items"] == []


async def test_an_owner_sees_the_plan_and_edits_only_the_profile(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    billing = (await client.get("/admin/billing", headers=shop.staff)).json()
    assert (billing["status"], billing["is_paying"]) == ("active", True)
    saved = await client.put(
        "/admin/billing/profile",
        json={
            "document": "529.982.247-25",
            "contact_phone": "(55) 99999-1234",
            "billing_address": {"city": "Ijuí"},
        },
        headers=shop.staff,
    )
    assert saved.status_code == 200, saved.text
    profile = (await client.get("/admin/billing/profile", headers=shop.staff)).json()
    assert (profile["person_type"], profile["contact_phone"]) == ("individual", "+5555999991234")
    refused = await client.put(
        "/admin/billing/profile", json={"document": "111.111.111-11"}, headers=shop.staff
    )
    assert [item["pointer"] for item in refused.json()["errors"]] == ["/document"]
    assert (
        await client.put("/admin/billing/profile", json={"plan": "x"}, headers=shop.staff)
    ).status_code == 422
    for path in ("/admin/billing", "/admin/billing/plan", "/admin/billing/subscription"):
        assert (await client.put(path, json={"plan": "completo"}, headers=shop.staff)).status_code in {
            404,
            405,
        }
    reader = await shop.add_user("manager", ["admin.billing:view"])
    assert (await client.get("/admin/billing", headers=reader)).status_code == 200
    assert (await client.put("/admin/billing/profile", json={}, headers=reader)).status_code == 403


def test_short_secrets_are_refused() -> None:
    for name in ("billing_webhook_secret", "billing_webhook_secrets"):
        with pytest.raises(ValueError, match="32 characters"):
            Settings(_env_file=None, **{name: f"{SECRET},curto"})
    both = Settings(
        _env_file=None, billing_webhook_secret=SECRET, billing_webhook_secrets=f"{FORMER}, {SECRET}"
    )
    assert both.billing_secrets == [SECRET, FORMER, SECRET]


async def test_the_billing_system_has_a_rate_of_its_own(
    runtime: Runtime, shop: Shop, clock: MovableClock
) -> None:
    async with client_with(runtime, limiter=strict_limits()) as server:
        codes = [(await server.post(STATUS, content=b"{}")).status_code for _ in range(60)]
        assert 429 in codes and codes[:40] == [401] * 40
        assert (await server.get("/stores", headers=shop.headers)).status_code == 200


async def test_who_pays_late_sees_it_in_the_shop_and_in_the_panel(
    server: httpx.AsyncClient, client: httpx.AsyncClient, shop: Shop, clock: MovableClock
) -> None:
    await shop.add_product("Pão", 500)
    await _tell(server, clock, STATUS, _status(shop, "canceled", 1))
    refused = await place(client, shop, cart(shop, ("Pão", 1)))
    assert refused.status_code == 402
    assert refused.json()["detail"] == "Este negócio não está recebendo pedidos no momento."
    billing = (await client.get("/admin/billing", headers=shop.staff)).json()
    assert (billing["status"], billing["is_paying"]) == ("canceled", False)
    browser = {"Accept": "text/html", "Cookie": f"admin_token={shop.token}"}
    page = await client.get("/painel/assinatura", headers=browser)
    assert page.status_code == 200 and "Sua loja não recebe pedidos" in page.text
    saved = await client.put("/admin/billing/profile", json={"legal_name": "X"}, headers=shop.staff)
    assert saved.status_code == 200
