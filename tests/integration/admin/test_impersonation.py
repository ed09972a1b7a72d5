"""Support inside a business: seen by everybody, shut where only the person may act, over after an hour."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.clock import MovableClock
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import bearer, code_of, token_of

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
REASON = "Chamado 812: cardápio"


async def _enter(client: httpx.AsyncClient, desk: Shop, shop: Shop, **body: Any) -> httpx.Response:
    url = f"/admin/central/tenants/{shop.tenant.id}/impersonate"
    return await client.post(url, json={"reason": REASON, **body}, headers=desk.staff)


async def _trail(runtime: Runtime, tenant_id: UUID) -> list[Any]:
    async with platform_work(runtime.database, read_only=True) as session:
        rows = await session.execute(
            text("select * from audit_entries where tenant_id = :id order by at, id"), {"id": tenant_id}
        )
        return list(rows.mappings())


async def test_support_acts_in_the_owners_name_under_its_own(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    entered = await _enter(client, desk, shop)
    assert entered.status_code == 201, entered.text
    body = entered.json()
    inside = bearer(body["access_token"])
    account = (await client.get("/auth/me", headers=inside)).json()
    assert (account["id"], account["tenant"]["slug"]) == (str(shop.owner_id), shop.tenant.slug)
    renamed = await client.patch(f"/admin/users/{shop.owner_id}", json={"name": "Dona Nova"}, headers=inside)
    assert renamed.status_code == 200
    assert (await client.post("/auth/logout", headers=inside)).status_code == 204
    assert (await client.get("/auth/me", headers=inside)).status_code == 401
    assert (await client.get("/auth/me", headers=desk.staff)).json()["id"] == str(desk.owner_id)
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200

    trail = await _trail(runtime, shop.tenant.id)
    deeds = [row for row in trail if row["entity"] == "impersonation"]
    assert [(row["verb"], row["after"]["deed"]) for row in deeds] == [("did", "entered"), ("did", "left")]
    assert (deeds[0]["actor_id"], deeds[0]["after"]["reason"]) == (desk.owner_id, REASON)
    assert deeds[1]["impersonator"] == f"user:{desk.owner_id}"
    change = next(row for row in trail if row["entity"] == "users" and row["verb"] == "changed")
    assert (change["actor_id"], change["impersonator"]) == (shop.owner_id, f"user:{desk.owner_id}")


async def test_what_only_the_person_may_do_stays_shut(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    inside = bearer((await _enter(client, desk, shop)).json()["access_token"])
    helper = await shop.add_user("operator", ["store.orders:view"])
    helper_id = (await client.get("/auth/me", headers=helper)).json()["id"]
    new_person = {"email": f"{uuid4().hex}@example.com", "name": "X", "password": PASSWORD}
    tries = [
        ("POST", "/auth/password", {"current_password": PASSWORD, "new_password": "outra-senha-boa"}),
        ("DELETE", "/auth/sessions", None), ("DELETE", f"/auth/sessions/{uuid4()}", None),
        ("DELETE", f"/admin/users/{helper_id}/sessions", None), ("DELETE", f"/admin/sessions/{uuid4()}", None),
        ("POST", "/admin/users", new_person),
        ("POST", "/admin/api-keys", {"name": "x", "permissions": ["store.orders:view"]}),
        ("POST", "/painel/conta/senha", {}), ("POST", "/painel/conta/sessoes/encerrar-outras", {}),
        ("POST", f"/painel/equipe/pessoas/{helper_id}/encerrar", {}),
    ]  # fmt: skip
    for method, path, body in tries:
        payload = {} if body is None else {"json": body}
        answer = await client.request(method, path, headers=inside, **payload)
        assert code_of(answer) == (403, "impersonating"), (method, path, answer.text)
    assert (await client.get("/auth/me", headers=helper)).status_code == 200
    assert (await client.get("/admin/users", headers=inside)).json()["total"] == 2
    deeper = await client.get("/admin/central/tenants", headers=inside)
    assert deeper.status_code == 403


async def test_who_can_be_entered(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, other_shop: Shop
) -> None:
    helper = await shop.add_user("operator", ["store.orders:view"])
    helper_id = (await client.get("/auth/me", headers=helper)).json()["id"]
    chosen = (await _enter(client, desk, shop, user_id=helper_id)).json()
    account = (await client.get("/auth/me", headers=bearer(chosen["access_token"]))).json()
    assert (account["id"], account["permissions"]) == (helper_id, ["store.orders:view"])
    assert (await _enter(client, desk, shop, user_id=str(other_shop.owner_id))).status_code == 404
    assert (await _enter(client, desk, shop, reason="oi")).status_code == 422
    assert (await _enter(client, desk, shop, reason="        oi")).status_code == 422
    assert code_of(await _enter(client, desk, desk)) == (409, "platform_tenant")
    editor = await desk.add_user("manager", ["admin.central:edit"])
    url = f"/admin/central/tenants/{shop.tenant.id}/impersonate"
    assert (await client.post(url, json={"reason": REASON}, headers=editor)).status_code == 403
    assert (await client.post(url, json={"reason": REASON}, headers=shop.staff)).status_code == 403


async def test_it_ends_after_an_hour_and_takes_no_place_of_the_owners(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, clock: MovableClock
) -> None:
    own = [bearer(await token_of(client, shop.owner_email)) for _ in range(2)]
    inside = bearer((await _enter(client, desk, shop)).json()["access_token"])
    own.append(bearer(await token_of(client, shop.owner_email)))
    for headers in own:
        assert (await client.get("/auth/me", headers=headers)).status_code == 200
    listed = (await client.get("/auth/sessions", headers=own[0])).json()["items"]
    assert "Balcão support" in [item["device"] for item in listed]
    async with platform_work(shop.runtime.database, read_only=True) as session:
        query = text(
            "select expires_at - created_at < interval '61 minutes' as is_short from user_sessions "
            "where tenant_id = :id and impersonator <> ''"
        )
        assert (await session.execute(query, {"id": shop.tenant.id})).scalar_one() is True
    assert (await client.get("/auth/me", headers=inside)).status_code == 200


def _cookies(answer: httpx.Response) -> dict[str, str]:
    found = [re.match(r'([\w]+)="?([^;"]*)', line) for line in answer.headers.get_list("set-cookie")]
    return {match[1]: match[2] for match in found if match is not None}


async def test_in_the_browser_there_is_a_banner_and_a_way_back(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    page = f"/central/negocios/{shop.tenant.id}"
    cookie = BROWSER | {"Cookie": f"admin_token={desk.token}"}
    people = await client.get(f"{page}/pessoas", headers=cookie)
    assert people.status_code == 200 and f'action="{page}/entrar"' in people.text
    refused = await client.post(f"{page}/entrar", data={"reason": "x"}, headers=cookie)
    assert refused.status_code == 422 and "admin_token" not in _cookies(refused)

    entered = await client.post(f"{page}/entrar", data={"reason": REASON}, headers=cookie)
    assert (entered.status_code, entered.headers["location"]) == (303, "/painel")
    given = _cookies(entered)
    assert given["own_token"] == desk.token and given["admin_token"] != desk.token
    inside = BROWSER | {"Cookie": f"admin_token={given['admin_token']}; own_token={given['own_token']}"}
    for path in ("/painel", "/painel/equipe", "/painel/assinatura", "/painel/conta"):
        shown = await client.get(path, headers=inside)
        assert shown.status_code == 200, path
        assert "Você está em Loja de Teste como suporte." in shown.text, path
    own_page = await client.get("/painel/equipe", headers=BROWSER | {"Cookie": f"admin_token={shop.token}"})
    assert "como suporte" not in own_page.text

    left = await client.post("/painel/sair", headers=inside)
    assert (left.status_code, left.headers["location"]) == (303, page)
    back = _cookies(left)
    assert (back["admin_token"], back["own_token"]) == (desk.token, "")
    assert (await client.get(page, headers=cookie)).status_code == 200
    again = await client.get("/painel/equipe", headers=inside)
    assert (again.status_code, again.headers["location"][:14]) == (303, "/painel/entrar")


async def test_the_way_back_is_only_for_whoever_entered(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, other_shop: Shop
) -> None:
    token = (await _enter(client, desk, shop)).json()["access_token"]
    for own in (other_shop.token, "nonsense", token):
        headers = BROWSER | {"Cookie": f"admin_token={token}; own_token={own}"}
        left = await client.post("/painel/sair", headers=headers)
        assert left.headers["location"] == "/painel/entrar"
        assert _cookies(left).get("admin_token") == ""
        token = (await _enter(client, desk, shop)).json()["access_token"]
