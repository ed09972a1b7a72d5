"""Ways to more rights than somebody has, through keys, groups, support and invitations, each of them shut."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from balcao.kernel.runtime import Runtime
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import (
    add_group,
    add_person,
    code_of,
    last_link_token,
)
from tests.integration.admin.test_attacks import enter

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
FACTOR = "/auth/second-factor"
KEY = {"name": "Entregas", "permissions": ["store.orders:view"]}
TEAM_KEY = ["admin.team:edit", "store.orders:edit", "store.orders:view"]


async def key_of(client: httpx.AsyncClient, by: Shop, permissions: list[str]) -> dict[str, str]:
    made = await client.post(
        "/admin/api-keys", json={"name": "Programa", "permissions": permissions}, headers=by.staff
    )
    assert made.status_code == 201, made.text
    return {"X-Api-Key": made.json()["key"]}


async def test_a_key_leaves_nobody_behind_who_signs_in(client: httpx.AsyncClient, shop: Shop) -> None:
    group = await add_group(client, shop, "Balcão", ["store.orders:view"])
    email = f"{uuid4().hex}@example.com"
    joana = await add_person(client, shop, email, role="operator")
    gone = await add_person(client, shop, f"{uuid4().hex}@example.com", role="operator")
    assert (await client.delete(f"/admin/users/{gone['id']}", headers=shop.staff)).status_code == 204
    key = await key_of(client, shop, TEAM_KEY)
    new = {"email": f"{uuid4().hex}@example.com", "role": "operator"}
    person, past, one = (
        f"/admin/users/{joana['id']}",
        f"/admin/users/{gone['id']}",
        f"/admin/groups/{group['id']}",
    )
    tries: list[tuple[str, str, Any]] = [
        ("POST", "/admin/users", new | {"name": "Nova", "password": PASSWORD}),
        ("POST", "/admin/users/invitations", new),
        ("PATCH", person, {"role": "manager"}), ("PATCH", person, {"group_id": group["id"]}),
        ("PATCH", past, {"is_active": True}),
        ("POST", "/admin/groups", {"name": "Outro", "permissions": ["store.orders:view"]}),
        ("PATCH", one, {"permissions": ["store.orders:view", "store.orders:edit"]}),
        ("PATCH", one, {"store_ids": [str(shop.store_id)]}), ("PATCH", one, {"is_active": False}),
        ("DELETE", one, None),
    ]  # fmt: skip
    for method, path, body in tries:
        answer = await client.request(method, path, json=body, headers=key)
        assert code_of(answer) == (403, "people_only"), (method, path, answer.text)
    people = (await client.get("/admin/users", headers=key)).json()["items"]
    assert {item["id"] for item in people} == {joana["id"], gone["id"], str(shop.owner_id)}
    assert (await client.get("/admin/users/invitations", headers=key)).json()["items"] == []


async def test_a_key_still_lets_people_go_and_names_them(client: httpx.AsyncClient, shop: Shop) -> None:
    """What a personnel program needs: it takes rights away and gives none."""
    joana = await add_person(client, shop, f"{uuid4().hex}@example.com", role="operator")
    key = await key_of(client, shop, TEAM_KEY)
    person = f"/admin/users/{joana['id']}"
    renamed = await client.patch(person, json={"name": "Joana Souza", "role": "operator"}, headers=key)
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Joana Souza")
    assert (await client.delete(person, headers=key)).status_code == 204
    assert (await client.get(person, headers=shop.staff)).json()["is_active"] is False


async def test_a_key_of_the_platform_makes_no_owner(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    key = await key_of(client, desk, ["admin.central:edit", "admin.central:view"])
    slug, owner = f"n{uuid4().hex[:12]}", f"{uuid4().hex}@example.com"
    base = "/admin/central/tenants"
    for path, body in (
        (base, {"slug": slug, "name": "Nova", "owner_email": owner}),
        (f"{base}/{shop.tenant.id}/invitations", {"owner_email": owner}),
        (f"{base}/{shop.tenant.id}/users/{shop.owner_id}/password-link", None),
    ):
        answer = await client.post(path, json=body, headers=key)
        assert code_of(answer) == (403, "people_only"), (path, answer.text)
    listed = await client.get(f"{base}?q={slug}", headers=key)
    assert (listed.status_code, listed.json()["items"]) == (200, [])


SUPPORT = ["admin.central:view", "admin.central:impersonate"]


@pytest.mark.parametrize("loss", ["right", "group", "idle group", "place", "sign-out", "end others"])
async def test_support_is_out_when_it_may_not_be_support_any_more(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, loss: str
) -> None:
    helper = await desk.add_user("manager", SUPPORT)
    me = (await client.get("/auth/me", headers=helper)).json()
    person = (await client.get(f"/admin/users/{me['id']}", headers=desk.staff)).json()
    group = f"/admin/groups/{person['group_id']}"
    inside = await enter(client, desk, shop, by=helper)
    assert (await client.get("/admin/users", headers=inside)).status_code == 200
    lost = {
        "right": ("PATCH", group, {"permissions": ["admin.central:view"]}, desk.staff),
        "group": ("PATCH", f"/admin/users/{me['id']}", {"group_id": None}, desk.staff),
        "idle group": ("PATCH", group, {"is_active": False}, desk.staff),
        "place": ("DELETE", f"/admin/users/{me['id']}", None, desk.staff),
        "sign-out": ("POST", "/auth/logout", None, helper),
        "end others": ("DELETE", f"/admin/users/{me['id']}/sessions", None, desk.staff),
    }
    method, path, body, by = lost[loss]
    done = await client.request(method, path, json=body, headers=by)
    assert done.status_code in {200, 204}, done.text
    assert (await client.get("/admin/users", headers=inside)).status_code == 401


async def test_an_owner_of_the_platform_stays_in_without_a_group(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    inside = await enter(client, desk, shop)
    assert (await client.get("/admin/users", headers=inside)).status_code == 200


CENTRAL_PAGES = ["/central", "/central/negocios", "/central/planos", "/central/operacoes"]


@pytest.mark.parametrize("page", CENTRAL_PAGES)
async def test_pages_of_central_administration_take_no_keys(
    client: httpx.AsyncClient, desk: Shop, page: str
) -> None:
    key = await key_of(client, desk, ["admin.central:view", "admin.operations:view"])
    for accept in ("text/html", "application/json", "*/*"):
        answer = await client.get(page, headers=key | {"Accept": accept})
        assert answer.status_code == 403, (page, accept)
    told = await client.get(page, headers=key | {"Accept": "application/json"})
    assert code_of(told) == (403, "people_only")
    posted = await client.post("/central/negocios/novo", data={"name": "X"}, headers=key)
    assert code_of(posted) == (403, "people_only")


@pytest.mark.parametrize("page", [*CENTRAL_PAGES, "/central/negocios?q=padaria&offset=25", "/painel"])
@pytest.mark.parametrize("cookie", ["", "admin_token=not-a-session"])
async def test_who_is_nobody_is_led_to_the_sign_in(
    client: httpx.AsyncClient, desk: Shop, page: str, cookie: str
) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    browser = await client.get(page, headers=headers | {"Accept": "text/html,*/*;q=0.8"})
    assert browser.status_code == 303
    target = httpx.URL(browser.headers["location"])
    assert (target.path, target.params["next"]) == ("/painel/entrar", page)
    program = await client.get(page, headers=headers | {"Accept": "application/json"})
    assert code_of(program) == (401, "unauthenticated")


async def test_who_only_looks_in_central_sees_no_link_and_no_secret(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    email = f"{uuid4().hex}@example.com"
    sent = await client.post(
        "/admin/users/invitations", json={"email": email, "role": "manager"}, headers=shop.staff
    )
    assert sent.status_code == 201, sent.text
    invitation = await last_link_token(runtime, email)
    await client.post("/auth/password-reset", json={"email": shop.owner_email}, headers=shop.headers)
    reset = await last_link_token(runtime, shop.owner_email)
    made = await client.post("/admin/api-keys", json=KEY, headers=shop.staff)
    hook = await client.post(
        "/admin/webhooks",
        json={"url": "https://example.com/x", "events": ["order.created"]},
        headers=shop.staff,
    )
    begun = await client.post(FACTOR, headers=shop.staff)
    secrets = [invitation, reset, made.json()["key"], hook.json()["secret"], begun.json()["secret"]]
    assert all(len(secret) > 20 for secret in secrets)
    viewer = await desk.add_user("operator", ["admin.central:view"])
    page, api = f"/central/negocios/{shop.tenant.id}", f"/admin/central/tenants/{shop.tenant.id}"
    for url in (
        page, f"{page}/pessoas", f"{page}/historico", f"{page}/plano", f"{page}/modulos", "/central", "/central/negocios",
        api, f"{api}/users", f"{api}/audit?limit=100", "/admin/central/dashboard", "/admin/central/billing-events",
    ):  # fmt: skip
        answer = await client.get(url, headers=viewer | {"Accept": "text/html"})
        assert answer.status_code == 200, url
        flat = answer.text.replace(" ", "")
        for secret in secrets:
            assert secret not in flat, url
    edits = (
        ("POST", f"{api}/invitations", {"owner_email": email}), ("POST", f"{api}/impersonate", {"reason": "quero ver"}),
        ("POST", f"{api}/users/{shop.owner_id}/password-link", None), ("DELETE", f"{api}/users/{shop.owner_id}/sessions", None),
    )  # fmt: skip
    for method, url, body in edits:
        assert code_of(await client.request(method, url, json=body, headers=viewer)) == (403, "forbidden"), (
            url
        )


async def test_a_right_in_one_store_is_not_given_in_another(client: httpx.AsyncClient, shop: Shop) -> None:
    """A permission and the store it holds for go together, when a group changes and when somebody moves."""
    second = await client.post("/admin/stores", json={"name": "Segunda"}, headers=shop.staff)
    here, there = [str(shop.store_id)], [second.json()["id"]]
    team = ["admin.team:edit", "admin.team:view", "store.orders:view", "store.orders:cancel"]
    narrow = await shop.add_user("manager", team, [shop.store_id])
    stock = await add_group(client, shop, "Estoque 2", ["store.stock:view"], store_ids=there)
    wider = {"permissions": ["store.stock:view", "store.orders:cancel"]}
    refused = await client.patch(f"/admin/groups/{stock['id']}", json=wider, headers=narrow)
    assert code_of(refused) == (403, "beyond_own_rights")
    mixed = await add_group(client, shop, "Pedidos 2", wider["permissions"], store_ids=there)
    email = f"{uuid4().hex}@example.com"
    joana = await add_person(client, shop, email, role="operator", group_id=stock["id"])
    moved = await client.patch(f"/admin/users/{joana['id']}", json={"group_id": mixed["id"]}, headers=narrow)
    assert code_of(moved) == (403, "beyond_own_rights")
    everywhere = await shop.add_user("manager", team)
    elsewhere = await client.patch(
        f"/admin/groups/{stock['id']}", json={"store_ids": [*here, *there]}, headers=everywhere
    )
    assert code_of(elsewhere) == (403, "beyond_own_rights"), "stock is not theirs to give in the first store"
    own = await add_group(client, shop, "Pedidos 1", ["store.orders:view"], store_ids=here)
    added = {"permissions": ["store.orders:view", "store.orders:cancel"]}
    assert (await client.patch(f"/admin/groups/{own['id']}", json=added, headers=narrow)).status_code == 200


async def test_support_makes_no_owner_and_brings_nobody_back(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    joana = await add_person(client, shop, f"{uuid4().hex}@example.com", role="operator")
    gone = await add_person(client, shop, f"{uuid4().hex}@example.com", role="operator")
    assert (await client.delete(f"/admin/users/{gone['id']}", headers=shop.staff)).status_code == 204
    inside = await enter(client, desk, shop)
    for person, change in ((joana, {"role": "owner"}), (gone, {"is_active": True})):
        answer = await client.patch(f"/admin/users/{person['id']}", json=change, headers=inside)
        assert code_of(answer) == (403, "impersonating"), change
    helped = await client.patch(f"/admin/users/{joana['id']}", json={"role": "manager"}, headers=inside)
    assert helped.status_code == 200


async def test_central_staff_do_not_sign_the_platforms_owners_out(
    client: httpx.AsyncClient, desk: Shop
) -> None:
    """Their own team's rules hold for them too: only an owner touches an owner."""
    staff = await desk.add_user("manager", ["admin.central:edit"])
    owner = f"/admin/central/tenants/{desk.tenant.id}/users/{desk.owner_id}"
    assert code_of(await client.delete(f"{owner}/sessions", headers=staff)) == (409, "platform_tenant")
    assert code_of(await client.post(f"{owner}/password-link", headers=staff)) == (409, "platform_tenant")
    assert (await client.get("/auth/me", headers=desk.staff)).status_code == 200


async def test_who_is_let_go_does_not_come_back_by_an_invitation_of_their_own(
    client: httpx.AsyncClient, runtime: Runtime, shop: Shop
) -> None:
    leaving = await shop.add_user("manager", ["admin.team:edit"])
    me = (await client.get("/auth/me", headers=leaving)).json()["id"]
    tokens: dict[str, str] = {}
    for who, headers in (("own", leaving), ("owner's", shop.staff)):
        email = f"{uuid4().hex}@example.com"
        sent = await client.post(
            "/admin/users/invitations", json={"email": email, "role": "operator"}, headers=headers
        )
        assert sent.status_code == 201, sent.text
        tokens[who] = await last_link_token(runtime, email)
    assert (await client.delete(f"/admin/users/{me}", headers=shop.staff)).status_code == 204
    answers = {
        who: await client.post("/auth/signup", json={"token": token, "name": "Volta", "password": PASSWORD})
        for who, token in tokens.items()
    }
    assert code_of(answers["own"]) == (410, "one_time_link_invalid")
    assert answers["owner's"].status_code == 201
    client.cookies.clear()
    again = await client.post(
        "/auth/signup", json={"token": tokens["owner's"], "name": "De novo", "password": PASSWORD}
    )
    assert code_of(again) == (410, "one_time_link_invalid"), "an invitation is taken once"
