"""Ways in that somebody with bad intent would try, each of them shut."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.identity.api_keys import find_key
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.web import tenant_of_request
from tests.factories.shops import Shop
from tests.integration.admin.team import bearer, code_of

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
HOOK = {"url": "https://example.com/webhooks", "events": ["order.created"]}


async def enter(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, by: dict[str, str] | None = None
) -> dict[str, str]:
    """The headers of support in the owner's name."""
    url = f"/admin/central/tenants/{shop.tenant.id}/impersonate"
    entered = await client.post(url, json={"reason": "Chamado 1"}, headers=by or desk.staff)
    client.cookies.clear()
    assert entered.status_code == 201, entered.text
    return bearer(entered.json()["access_token"])


async def test_support_does_not_see_the_secret_of_a_second_factor_that_waits(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    begun = await client.post("/auth/second-factor", headers=shop.staff)
    secret = begun.json()["secret"]
    page = "/painel/conta/segundo-fator"
    own = await client.get(page, headers=shop.staff | BROWSER)
    assert secret in own.text.replace(" ", "")
    seen = await client.get(page, headers=await enter(client, desk, shop) | BROWSER)
    assert secret not in seen.text.replace(" ", "")
    assert seen.status_code in {303, 403}


async def test_support_leaves_no_way_in_behind(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    inside = await enter(client, desk, shop)
    friend = {"email": f"{uuid4().hex}@example.com", "role": "owner"}
    assert code_of(await client.post("/admin/users/invitations", json=friend, headers=inside)) == (
        403, "impersonating",
    )  # fmt: skip
    form = await client.post("/painel/equipe/convidar", data=friend, headers=inside | BROWSER)
    assert form.status_code in {403, 422}
    async with platform_work(shop.runtime.database, read_only=True) as session:
        found = await session.execute(
            text("select count(*) from one_time_tokens where tenant_id = :id"), {"id": shop.tenant.id}
        )
        assert found.scalar_one() == 0


async def test_support_does_not_learn_what_signs_webhooks_nor_turns_them_elsewhere(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    made = await client.post("/admin/webhooks", json=HOOK, headers=shop.staff)
    assert made.status_code == 201, made.text
    one = f"/admin/webhooks/{made.json()['id']}"
    inside = await enter(client, desk, shop)
    for method, url, body in (
        ("POST", "/admin/webhooks", HOOK),
        ("POST", f"{one}/rotate", None),
        ("PATCH", one, {"url": "https://example.net/elsewhere"}),
    ):
        answer = await client.request(method, url, headers=inside, json=body)
        assert code_of(answer) == (403, "impersonating"), (method, url, answer.text)
    same = {"url": HOOK["url"], "status": "off"}
    assert (await client.patch(one, json=same, headers=inside)).status_code == 200


async def test_support_is_out_when_its_person_is(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    helper = await desk.add_user("manager", ["admin.central:view", "admin.central:impersonate"])
    helper_id = (await client.get("/auth/me", headers=helper)).json()["id"]
    inside = await enter(client, desk, shop, by=helper)
    assert (await client.get("/admin/users", headers=inside)).status_code == 200
    gone = await client.delete(f"/admin/users/{helper_id}", headers=desk.staff)
    assert gone.status_code == 204
    assert (await client.get("/admin/users", headers=inside)).status_code == 401


async def test_support_is_out_when_its_sign_ins_are_ended(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    helper = await desk.add_user("manager", ["admin.central:view", "admin.central:impersonate"])
    helper_id = (await client.get("/auth/me", headers=helper)).json()["id"]
    inside = await enter(client, desk, shop, by=helper)
    assert (await client.get("/admin/users", headers=inside)).status_code == 200
    ended = await client.delete(f"/admin/users/{helper_id}/sessions", headers=desk.staff)
    assert ended.json() == {"revoked": 1}
    assert (await client.get("/admin/users", headers=inside)).status_code == 401


async def test_a_password_of_the_proxy_does_not_open_forms_to_other_sites(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    """Behind HTTP Basic, as staging is, browsers add its header to forms of other sites as well."""
    forged = {
        "Cookie": f"admin_token={shop.token}",
        "Sec-Fetch-Site": "cross-site",
        "Origin": "https://evil.example",
    }
    for extra in (
        {},
        {"Authorization": "Basic c3RhZ2luZzpzdGFnaW5n"},
        {"Authorization": "Negotiate abcdefgh"},
    ):
        answer = await client.post("/painel/sair", headers=forged | extra)
        assert answer.status_code == 403, extra
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200


async def test_many_changes_of_webhooks_at_once_do_not_take_every_connection(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop, other_shop: Shop
) -> None:
    made = await client.post("/admin/webhooks", json=HOOK, headers=shop.staff)
    one = f"/admin/webhooks/{made.json()['id']}"
    changes = [
        client.patch(one, json={"status": "off" if turn % 2 else "on"}, headers=shop.staff) for turn in range(40)
    ]  # fmt: skip
    answers = await asyncio.wait_for(asyncio.gather(*changes), 60)
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    "url",
    [
        "/painel/auditoria?entity_id=%00", "/painel/auditoria?request_id=%00", "/painel/auditoria?cursor=%00",
        "/painel/auditoria?cursor=MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OXwwMWEyMDlmOC1lYTczLTcyZDItODQyYi1iNDBkMTZmMjA3MzY",
        "/admin/audit?cursor=MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OXwwMWEyMDlmOC1lYTczLTcyZDItODQyYi1iNDBkMTZmMjA3MzY",
        "/admin/audit?since=0001-01-01T00:00:00%2B23:59", "/admin/audit/export.csv?until=9999-12-31T23:59:59-23:59",
        "/painel/equipe?q=%00", "/painel/webhooks?estado=%00", "/painel/chaves?x=%00", "/loja/%00", "/painel/auditoria?from=%00",
    ],
)  # fmt: skip
async def test_marks_that_the_database_does_not_take_break_nothing(
    client: httpx.AsyncClient, shop: Shop, url: str
) -> None:
    answer = await client.get(url, headers=shop.staff | BROWSER)
    assert answer.status_code < 500, url


@pytest.mark.parametrize(
    "url",
    [
        "/central/negocios?q=%00", "/central/negocios?status=%00", "/central/negocios?q=%25%27%5C", "/central/planos?q=%00",
        "/central/cobrancas?q=%00", "/central/operacao?x=%00", "/central/backups/restaurar?backup=..%2F..%2Fetc%2Fpasswd",
        "/admin/central/tenants?q=%00", "/admin/central/billing-events?slug=%00", "/central/cobranca?slug=%00",
    ],
)  # fmt: skip
async def test_marks_that_the_database_does_not_take_break_nothing_in_central(
    client: httpx.AsyncClient, desk: Shop, url: str
) -> None:
    answer = await client.get(url, headers=desk.staff | BROWSER)
    assert answer.status_code < 500, url


async def test_who_sees_one_store_does_not_hear_of_all_of_them(client: httpx.AsyncClient, shop: Shop) -> None:
    rights = ["admin.webhooks:edit", "admin.api_keys:edit"]
    narrow = await shop.add_user("manager", rights, [shop.store_id])
    wanted = {"name": "Um", "permissions": ["admin.webhooks:edit"], "store_ids": [str(shop.store_id)]}
    key = (await client.post("/admin/api-keys", json=wanted, headers=narrow)).json()["key"]
    for headers in (narrow, {"X-Api-Key": key}):
        assert code_of(await client.post("/admin/webhooks", json=HOOK, headers=headers)) == (
            403,
            "every_store",
        )
        assert code_of(await client.get("/admin/webhooks", headers=headers)) == (403, "every_store")
    assert (await client.get("/painel/webhooks", headers=narrow | BROWSER)).status_code == 403
    assert "/painel/webhooks" not in (await client.get("/painel/conta", headers=narrow | BROWSER)).text
    wide = await shop.add_user("manager", rights)
    assert (await client.post("/admin/webhooks", json=HOOK, headers=wide)).status_code == 201


async def test_the_first_steps_do_not_lead_around_the_walls_of_a_store(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    elsewhere = await client.post("/admin/stores", json={"name": "Segunda"}, headers=shop.staff)
    assert elsewhere.status_code == 201, elsewhere.text
    narrow = await shop.add_user("manager", ["admin.onboarding:edit"], [elsewhere.json()["id"]])
    before = (await client.get("/admin/onboarding", headers=shop.staff)).json()["steps"]
    pix = {"pix_key": "ladrao@example.com", "pix_receiver": "Ladrão"}
    assert (await client.put("/admin/onboarding/payment", json=pix, headers=narrow)).status_code == 404
    hours = {"hours": [{"weekday": 0, "opens": "01:00", "closes": "02:00"}]}
    assert (await client.put("/admin/onboarding/hours", json=hours, headers=narrow)).status_code == 404
    assert (await client.get("/admin/onboarding", headers=shop.staff)).json()["steps"] == before


async def test_a_new_name_of_the_business_is_on_the_trail_in_one_line(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    for name in ("Loja\u202eduplicada", "Loja\x07"):
        refused = await client.patch("/admin/config", json={"name": name}, headers=shop.staff)
        assert refused.status_code == 422, name
    named = {"name": "Loja\r\nBcc: todos@example.com"}
    answer = await client.patch("/admin/config", json=named, headers=shop.staff)
    assert answer.json()["name"] == "Loja Bcc: todos@example.com"
    trail = (await client.get("/admin/audit?entity=tenants", headers=shop.staff)).json()["items"]
    assert [(one["actor_id"], one["after"]) for one in trail] == [
        (str(shop.owner_id), {"name": "Loja Bcc: todos@example.com"})
    ]
    assert trail[0]["address"] == "127.0.0.1" and trail[0]["request_id"]


async def test_who_sees_one_store_does_not_rename_the_business(client: httpx.AsyncClient, shop: Shop) -> None:
    narrow = await shop.add_user("manager", ["store.stores:edit"], [shop.store_id])
    named = {"name": "Outra"}
    assert (await client.patch("/admin/config", json=named, headers=narrow)).status_code == 403
    form = named | {"accent": "", "timezone": "America/Sao_Paulo", "house": "1"}
    page = "/painel/lojas/negocio"
    assert (await client.post(page, data=form, headers=narrow | BROWSER)).status_code == 403
    assert (await client.get("/admin/config", headers=shop.staff)).json()["name"] == shop.tenant.name


async def test_a_key_revoked_while_it_is_looked_up_is_not_remembered(
    client: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"name": "Entregas", "permissions": ["store.orders:view"]}
    made = (await client.post("/admin/api-keys", json=wanted, headers=shop.staff)).json()
    revoked: list[int] = []

    async def found_and_then_revoked(*arguments: Any) -> Any:
        found = await find_key(*arguments)
        if not revoked:
            answer = await client.delete(f"/admin/api-keys/{made['id']}", headers=shop.staff)
            revoked.append(answer.status_code)
        return found

    monkeypatch.setattr(tenant_of_request, "find_key", found_and_then_revoked)
    key = {"X-Api-Key": made["key"]}
    await client.get("/auth/me", headers=key)
    assert revoked == [204]
    assert (await client.get("/auth/me", headers=key)).status_code == 401
