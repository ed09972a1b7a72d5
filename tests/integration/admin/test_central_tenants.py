"""Central administration: businesses, plans, switches, people, and who may do none of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from balcao.kernel.figures.installation import HOUSE
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.clock import MovableClock
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import bearer, code_of, last_link_token, letters, log_in, token_of
from tests.integration.store.ordering import cart, place

BASE = "/admin/central"


def _slug() -> str:
    return f"n{uuid4().hex[:16]}"


async def _plan(client: httpx.AsyncClient, desk: Shop, **values: Any) -> dict[str, Any]:
    body = {"slug": _slug(), "name": "Essencial", "price_cents": 9900, "modules": ["store"], **values}
    answer = await client.post(f"{BASE}/plans", json=body, headers=desk.staff)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def _tenant(client: httpx.AsyncClient, desk: Shop, plan: str, **values: Any) -> httpx.Response:
    slug = _slug()
    body = {
        "slug": slug,
        "name": "Padaria Nova",
        "plan": plan,
        "owner_email": f"{slug}@example.com",
        **values,
    }
    return await client.post(f"{BASE}/tenants", json=body, headers=desk.staff)


async def _trail(runtime: Runtime, tenant_id: object) -> list[Any]:
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text("select * from audit_entries where tenant_id = :id order by at, id"),
            {"id": UUID(str(tenant_id))},
        )
        return list(rows.mappings())


async def test_a_business_is_made_and_its_owner_signs_up(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop
) -> None:
    plan = await _plan(client, desk, limits={"users": 2, "stores": 1, "import_rows": 5000})
    made = await _tenant(
        client,
        desk,
        plan["slug"],
        profile={"document": "12.ABC.345/01DE-35", "contact_phone": "(11) 98765-4321"},
    )
    assert made.status_code == 201, made.text
    detail = made.json()
    tenant, profile = detail["tenant"], detail["profile"]
    assert (tenant["plan"], tenant["subscription_status"], tenant["users_limit"], tenant["stores_limit"]) == (
        plan["slug"], "active", 2, 1,
    )  # fmt: skip
    assert (profile["document"], profile["document_shown"]) == ("12ABC34501DE35", "12.ABC.345/01DE-35")
    assert (profile["person_type"], profile["contact_phone"]) == ("company", "+5511987654321")

    email = f"{tenant['slug']}@example.com"
    token = await last_link_token(runtime, email)
    signed = await client.post(
        "/auth/signup", json={"token": token, "name": "Nova Dona", "password": PASSWORD}
    )
    client.cookies.clear()
    assert signed.status_code == 201, signed.text
    account = signed.json()["user"]
    assert (account["role"], account["tenant"]["slug"]) == ("owner", tenant["slug"])
    assert "store" in account["modules"] and "contacts" not in account["modules"]
    again = await client.post("/auth/signup", json={"token": token, "name": "Outra", "password": PASSWORD})
    assert code_of(again) == (410, "one_time_link_invalid")
    invite = await client.post(
        f"{BASE}/tenants/{tenant['id']}/invitations", json={"owner_email": email}, headers=desk.staff
    )
    assert code_of(invite) == (409, "has_owner")

    owner = bearer(signed.json()["access_token"])
    billing = (await client.get("/admin/billing", headers=owner)).json()
    assert (billing["plan"], billing["is_paying"]) == (plan["slug"], True)
    uses = {item["name"]: (item["limit"], item["used"]) for item in billing["limits"]}
    assert uses == {"users": (2, 1), "stores": (1, 0), "import_rows": (5000, 0)}


async def test_the_trail_of_the_business_names_the_person_of_the_platform(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    answer = await client.patch(
        f"{BASE}/tenants/{shop.tenant.id}",
        json={"users_limit": 9},
        headers={**desk.staff, "X-Request-Id": "pedido-de-teste-1"},
    )
    assert answer.json()["tenant"]["users_limit"] == 9
    entry = (await _trail(runtime, shop.tenant.id))[-1]
    assert (entry["verb"], entry["entity"], entry["actor_id"]) == ("changed", "tenants", desk.owner_id)
    assert (entry["before"], entry["after"]) == ({"users_limit": 5}, {"users_limit": 9})
    assert entry["request_id"] == "pedido-de-teste-1"
    shown = (await client.get(f"{BASE}/tenants/{shop.tenant.id}/audit", headers=desk.staff)).json()["items"][
        0
    ]
    assert (shown["who"], shown["entity"]) == ("Dona", "tenants")


async def test_nobody_else_may(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    reader = await desk.add_user("manager", ["admin.central:view"])
    one = f"{BASE}/tenants/{shop.tenant.id}"
    reads = [f"{BASE}/dashboard", f"{BASE}/tenants", one, f"{one}/users", f"{one}/modules", f"{BASE}/plans"]
    reads += [f"{BASE}/billing-events", f"{one}/audit"]
    writes = [
        ("POST", f"{BASE}/tenants"), ("PATCH", one), ("PUT", f"{one}/subscription"), ("PUT", f"{one}/modules"),
        ("POST", f"{one}/impersonate"), ("POST", f"{BASE}/plans"), ("PATCH", f"{BASE}/plans/{uuid4()}"),
        ("DELETE", f"{BASE}/plans/{uuid4()}"), ("POST", f"{one}/first-access-test"), ("POST", f"{one}/invitations"),
        ("POST", f"{one}/users/{shop.owner_id}/password-link"), ("DELETE", f"{one}/users/{shop.owner_id}/sessions"),
    ]  # fmt: skip
    for headers, reading, writing in (({}, 401, 401), (shop.staff, 403, 403), (reader, 200, 403)):
        for path in reads:
            assert (await client.get(path, headers=headers)).status_code == reading, path
        for method, path in writes:
            body = None if method == "DELETE" else {}
            answer = await client.request(method, path, json=body, headers=headers)
            assert answer.status_code == writing, (method, path)
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200


async def test_lists_search_and_narrow(client: httpx.AsyncClient, desk: Shop) -> None:
    plan = await _plan(client, desk)
    name = f"Quitanda {uuid4().hex[:8]}"
    made = (
        await _tenant(client, desk, plan["slug"], name=name, profile={"document": "529.982.247-25"})
    ).json()["tenant"]
    for query in (name.upper(), made["slug"][2:], "52998224725 "):
        found = (await client.get(f"{BASE}/tenants", params={"q": query}, headers=desk.staff)).json()
        assert made["id"] in [item["id"] for item in found["items"]], query
    for params in ({"status": "suspended"}, {"subscription": "trialing"}, {"q": "100%_nobody"}):
        found = (await client.get(f"{BASE}/tenants", params={"q": name, **params}, headers=desk.staff)).json()
        assert (found["items"], found["total"]) == ([], 0)
    page = (await client.get(f"{BASE}/tenants?limit=1", headers=desk.staff)).json()
    assert len(page["items"]) == 1 and page["total"] >= 2


async def test_what_is_wrong_is_named(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    plan = await _plan(client, desk)
    for profile, pointer in (
        ({"document": "12.ABC.345/01DE-36"}, "/document"), ({"document": "12ABC34501DE3A"}, "/document"),
        ({"document": "111.111.111-11"}, "/document"), ({"contact_phone": "123"}, "/contact_phone"),
        ({"document": "529.982.247-25", "person_type": "company"}, "/document"),
        ({"billing_address": {"postal_code": "1"}}, "/billing_address/postal_code"),
        ({"billing_address": {"state": "XX"}}, "/billing_address/state"), ({"contact_email": "nada"}, "/contact_email"),
    ):  # fmt: skip
        answer = await _tenant(client, desk, plan["slug"], profile=profile)
        assert answer.status_code == 422
        assert [item["pointer"] for item in answer.json()["errors"]] == [pointer], profile
    taken = await _tenant(client, desk, plan["slug"], slug=shop.tenant.slug)
    assert code_of(taken) == (409, "already_exists")
    assert code_of(await _tenant(client, desk, "nao-existe")) == (422, "plan_unknown")
    assert (await _tenant(client, desk, plan["slug"], slug="Ruim!")).status_code == 422
    assert (await _tenant(client, desk, plan["slug"], balance_cents=1)).status_code == 422
    one = f"{BASE}/tenants/{shop.tenant.id}"
    bad = await client.patch(one, json={"custom_host": "http://x"}, headers=desk.staff)
    assert [item["pointer"] for item in bad.json()["errors"]] == ["/custom_host"]
    nobody = await client.patch(f"{BASE}/tenants/{uuid4()}", json={"name": "X"}, headers=desk.staff)
    assert nobody.status_code == 404
    for body in ({"slug": "outra"}, {"status": "suspended"}):
        own = await client.patch(f"{BASE}/tenants/{desk.tenant.id}", json=body, headers=desk.staff)
        assert code_of(own) == (409, "platform_tenant")


async def test_suspended_reads_on_and_closed_is_shut(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    await shop.add_product("Pão", 500)
    one = f"{BASE}/tenants/{shop.tenant.id}"
    assert (await client.patch(one, json={"status": "suspended"}, headers=desk.staff)).status_code == 200
    assert (await client.get("/catalog", headers=shop.headers)).status_code == 200
    assert code_of(await place(client, shop, cart(shop, ("Pão", 1)))) == (403, "tenant_suspended")
    assert (await client.get("/contacts/export.csv", headers=shop.staff)).status_code == 200
    assert (await log_in(client, shop.owner_email)).status_code == 200
    write = await client.post("/admin/stores", json={"name": "Outra"}, headers=shop.staff)
    assert code_of(write) == (403, "tenant_suspended")
    await client.patch(one, json={"status": "canceled"}, headers=desk.staff)
    assert (await client.get("/admin/orders", headers=shop.staff)).status_code == 403
    assert (await log_in(client, shop.owner_email)).status_code == 401
    await client.patch(one, json={"status": "active"}, headers=desk.staff)
    assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == 201


async def test_a_plan_rules_modules_and_limits_at_once(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    one = f"{BASE}/tenants/{shop.tenant.id}"
    plan = await _plan(client, desk, modules=["store"], limits={"stores": 2, "users": 1})
    ends = (runtime.clock() + timedelta(days=3)).isoformat()
    answer = await client.put(
        f"{one}/subscription",
        json={"plan": plan["slug"], "status": "trialing", "trial_end_at": ends},
        headers=desk.staff,
    )
    line = answer.json()
    assert (line["plan"], line["subscription_status"], line["stores_limit"], line["users_limit"]) == (
        plan["slug"], "trialing", 2, 1,
    )  # fmt: skip
    assert (await client.get("/contacts", headers=shop.staff)).status_code == 404
    switched = await client.put(
        f"{one}/modules", json={"modules": {"contacts": "on", "store": "off"}}, headers=desk.staff
    )
    states = {
        item["name"]: (item["in_plan"], item["switch"], item["is_on"]) for item in switched.json()["items"]
    }
    assert (states["contacts"], states["store"]) == ((False, "on", True), (True, "off", False))
    assert (await client.get("/contacts", headers=shop.staff)).status_code == 200
    assert (await client.get("/catalog", headers=shop.headers)).status_code == 404
    await client.put(f"{one}/modules", json={"modules": {"store": "plan"}}, headers=desk.staff)
    assert (await client.get("/catalog", headers=shop.headers)).status_code == 200
    for module in ("payments", "nada"):
        refused = await client.put(f"{one}/modules", json={"modules": {module: "off"}}, headers=desk.staff)
        assert refused.status_code == 422
    tries = [
        client.post("/admin/stores", json={"name": f"Loja {number}"}, headers=shop.staff)
        for number in range(4)
    ]
    codes = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert codes == [201, 409, 409, 409]


async def test_a_trial_that_ended_sells_through_its_grace_and_then_lapses(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    await shop.add_product("Pão", 500)
    plan = await _plan(client, desk)
    for days, sells in ((4, 201), (6, 402)):
        body = {"plan": plan["slug"], "status": "trialing"}
        body["trial_end_at"] = (runtime.clock() - timedelta(days=days)).isoformat()
        await client.put(f"{BASE}/tenants/{shop.tenant.id}/subscription", json=body, headers=desk.staff)
        assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == sells
    assert (await client.get("/catalog", headers=shop.headers)).status_code == 200


async def test_plans_in_use_stay(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    free, used = await _plan(client, desk), await _plan(client, desk)
    assert (await client.delete(f"{BASE}/plans/{free['id']}", headers=desk.staff)).status_code == 204
    assert (await client.get(f"{BASE}/plans/{free['id']}", headers=desk.staff)).status_code == 404
    body = {"plan": used["slug"], "status": "active"}
    await client.put(f"{BASE}/tenants/{shop.tenant.id}/subscription", json=body, headers=desk.staff)
    kept = await client.delete(f"{BASE}/plans/{used['id']}", headers=desk.staff)
    assert code_of(kept) == (409, "plan_in_use") and kept.json()["tenants"] == 1
    off = await client.patch(f"{BASE}/plans/{used['id']}", json={"is_active": False}, headers=desk.staff)
    assert (off.json()["is_active"], off.json()["tenants"]) == (False, 1)
    again = await client.put(f"{BASE}/tenants/{shop.tenant.id}/subscription", json=body, headers=desk.staff)
    assert again.status_code == 200
    assert code_of(await _tenant(client, desk, used["slug"])) == (422, "plan_unknown")
    taken = await client.post(f"{BASE}/plans", json={"slug": used["slug"], "name": "X"}, headers=desk.staff)
    assert code_of(taken) == (409, "already_exists")
    for bad in ({"modules": ["nada"]}, {"limits": {"nada": 1}}, {"price_cents": -1}):
        refused = await client.patch(f"{BASE}/plans/{used['id']}", json=bad, headers=desk.staff)
        assert refused.status_code == 422, bad


async def test_people_of_a_business_are_helped_without_being_seen(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop, other_shop: Shop
) -> None:
    token = await token_of(client, shop.owner_email)
    one = f"{BASE}/tenants/{shop.tenant.id}/users"
    team = (await client.get(one, headers=desk.staff)).json()
    assert [person["email"] for person in team["items"]] == [shop.owner_email]
    sent = await client.post(f"{one}/{shop.owner_id}/password-link", headers=desk.staff)
    assert (sent.status_code, sent.content) == (202, b"")
    assert "/painel/nova-senha/" in (await letters(runtime, shop.owner_email))[-1]
    foreign = await client.post(f"{one}/{other_shop.owner_id}/password-link", headers=desk.staff)
    assert foreign.status_code == 404
    ended = await client.delete(f"{one}/{shop.owner_id}/sessions", headers=desk.staff)
    assert ended.json()["revoked"] == 2
    assert (await client.get("/auth/me", headers=bearer(token))).status_code == 401
    assert (
        await client.delete(f"{one}/{other_shop.owner_id}/sessions", headers=desk.staff)
    ).status_code == 404
    deeds = [(row["verb"], row["entity"]) for row in await _trail(runtime, shop.tenant.id)]
    assert ("did", "password_link") in deeds and ("changed", "user_sessions") in deeds


async def test_the_first_steps_can_be_shown_again(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    one = f"{BASE}/tenants/{shop.tenant.id}/first-access-test"
    on = await client.post(one, json={"is_forced": True}, headers=desk.staff)
    assert on.json()["activation_mode"] == "force_first_access_test"
    off = await client.post(one, json={"is_forced": False}, headers=desk.staff)
    assert off.json()["activation_mode"] == "manual"


async def test_the_dashboard_counts(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop, clock: MovableClock
) -> None:
    before = (await client.get(f"{BASE}/dashboard", headers=desk.staff)).json()
    await shop.add_product("Bolo", 2500)
    assert (await place(client, shop, cart(shop, ("Bolo", 2)))).status_code == 201
    plan = await _plan(client, desk, price_cents=12000, interval="yearly")
    ends = (runtime.clock() + timedelta(days=2)).isoformat()
    trial = {"plan": plan["slug"], "status": "trialing", "trial_end_at": ends}
    made = (await _tenant(client, desk, plan["slug"])).json()["tenant"]
    await client.put(f"{BASE}/tenants/{shop.tenant.id}/subscription", json=trial, headers=desk.staff)
    after = (await client.get(f"{BASE}/dashboard", headers=desk.staff)).json()
    grown = {name: after[name] - before[name] for name in before}
    assert (grown["orders_today"], grown["orders_month"], grown["sales_today_cents"]) == (1, 1, 5000)
    assert (grown["trials_ending"], grown["tenants_active"], grown["recurring_cents"]) == (1, 1, 1000)
    assert after["people_here_now"] >= 1
    await client.patch(f"{BASE}/tenants/{made['id']}", json={"status": "suspended"}, headers=desk.staff)
    last = (await client.get(f"{BASE}/dashboard", headers=desk.staff)).json()
    assert (last["tenants_active"], last["tenants_suspended"]) == (
        after["tenants_active"] - 1, after["tenants_suspended"] + 1,
    )  # fmt: skip


async def test_the_platform_does_not_count_itself(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    plan = await _plan(client, desk, price_cents=5000)
    before = (await client.get(f"{BASE}/dashboard", headers=desk.staff)).json()
    assert before["people_here_now"] >= 1
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update subscriptions set plan_id = :plan where tenant_id = :id"),
            {"plan": plan["id"], "id": desk.tenant.id},
        )
    await desk.add_user("manager", ["admin.central:view"])
    after = (await client.get(f"{BASE}/dashboard", headers=desk.staff)).json()
    assert after == before
    listed = (await client.get(f"{BASE}/tenants", params={"q": "central"}, headers=desk.staff)).json()
    assert "central" not in [line["slug"] for line in listed["items"]]
    own = await client.get(f"{BASE}/tenants/{desk.tenant.id}", headers=desk.staff)
    assert own.json()["tenant"]["slug"] == "central"
    async with platform_work(runtime.database, read_only=True) as session:
        others = await session.execute(
            text("select count(*) from tenants where status = 'active' and slug <> 'central'")
        )
        assert before["tenants_active"] == others.scalar_one()
        told = (await session.execute(text(HOUSE.statement))).all()
    counted = {tuple(row.labels): row.value for row in told if row.series == "tenants"}
    assert counted[("active",)] == before["tenants_active"]
