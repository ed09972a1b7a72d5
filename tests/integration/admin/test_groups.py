"""Groups, permissions, and what the plan includes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime
from tests.factories.shops import Shop
from tests.integration.admin.team import ATTENDANT, TEAM, add_group, add_person, code_of


async def _patch(
    client: httpx.AsyncClient, headers: dict[str, str], group_id: str, **body: Any
) -> httpx.Response:
    return await client.patch(f"/admin/groups/{group_id}", json=body, headers=headers)


async def test_a_group_from_birth_to_end(client: httpx.AsyncClient, shop: Shop) -> None:
    group = await add_group(
        client, shop, " Cozinha ", ["store.orders:edit", "store.orders:edit"], store_ids=[str(shop.store_id)]
    )
    assert (group["name"], group["permissions"], group["store_ids"]) == (
        "Cozinha",
        ["store.orders:edit"],
        [str(shop.store_id)],
    )
    listed = (await client.get("/admin/groups", headers=shop.staff)).json()
    assert (listed["total"], listed["items"][0]["people"]) == (1, 0)
    changed = await _patch(client, shop.staff, group["id"], permissions=[], name="Chapa", version=1)
    assert (changed.json()["permissions"], changed.json()["version"]) == ([], 2)
    stale = await _patch(client, shop.staff, group["id"], name="Forno", version=1)
    assert code_of(stale) == (409, "version_conflict")
    assert stale.json()["current"]["name"] == "Chapa"
    assert (await client.delete(f"/admin/groups/{group['id']}", headers=shop.staff)).status_code == 204
    assert code_of(await client.get(f"/admin/groups/{group['id']}", headers=shop.staff)) == (404, "not_found")


async def test_names_are_unique(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    await add_group(client, shop, "Balcão", [])
    again = await client.post("/admin/groups", json={"name": "Balcão"}, headers=shop.staff)
    assert code_of(again) == (409, "already_exists")
    await add_group(client, other_shop, "Balcão", [])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"permissions": ["store.orders:view", "tudo"]}, "/permissions/1"),
        ({"permissions": ["admin.central:view"]}, "/permissions/0"),
        ({"name": " "}, "/name"),
        ({"store_ids": ["0192f0c1-7c2e-7d4a-9a63-0c0ffee00001"]}, "/store_ids/0"),
        ({"tenant_id": "x"}, "/tenant_id"),
    ],
)
async def test_what_does_not_fit_is_pointed_at(
    client: httpx.AsyncClient, shop: Shop, body: dict[str, Any], pointer: str
) -> None:
    answer = await client.post("/admin/groups", json={"name": "Novo"} | body, headers=shop.staff)
    assert code_of(answer) == (422, "validation")
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_stores_of_another_business_do_not_exist(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    body = {"name": "Novo", "store_ids": [str(other_shop.store_id)]}
    assert code_of(await client.post("/admin/groups", json=body, headers=shop.staff)) == (422, "validation")


async def test_a_group_with_people_or_invitations_stays(client: httpx.AsyncClient, shop: Shop) -> None:
    group = await add_group(client, shop, "Balcão", ATTENDANT)
    person = await add_person(client, shop, f"{new_id().hex}@example.com", group_id=group["id"])
    invitation = await client.post(
        "/admin/users/invitations",
        json={"email": f"{new_id().hex}@example.com", "group_id": group["id"]},
        headers=shop.staff,
    )
    refused = await client.delete(f"/admin/groups/{group['id']}", headers=shop.staff)
    assert code_of(refused) == (409, "group_in_use")
    assert (refused.json()["people"], refused.json()["invitations"]) == (1, 1)
    await client.patch(f"/admin/users/{person['id']}", json={"group_id": None}, headers=shop.staff)
    assert code_of(await client.delete(f"/admin/groups/{group['id']}", headers=shop.staff)) == (
        409,
        "group_in_use",
    )
    await client.delete(f"/admin/users/invitations/{invitation.json()['id']}", headers=shop.staff)
    assert (await client.delete(f"/admin/groups/{group['id']}", headers=shop.staff)).status_code == 204


async def test_a_manager_gives_what_they_hold_and_no_more(client: httpx.AsyncClient, shop: Shop) -> None:
    manager = await shop.add_user("manager", [*TEAM, *ATTENDANT])
    made = await client.post(
        "/admin/groups", json={"name": "Novo", "permissions": ATTENDANT}, headers=manager
    )
    assert made.status_code == 201
    more = {"name": "Mais", "permissions": ["store.catalog:edit"]}
    assert code_of(await client.post("/admin/groups", json=more, headers=manager)) == (
        403,
        "beyond_own_rights",
    )
    raised = await _patch(client, manager, made.json()["id"], permissions=[*ATTENDANT, "store.stock:edit"])
    assert code_of(raised) == (403, "beyond_own_rights")
    owners = await add_group(client, shop, "Gerência", [*ATTENDANT, "store.catalog:edit"])
    # What was there may stay or go; switching it off and on again would give it anew.
    assert (await _patch(client, manager, owners["id"], name="Chefia")).status_code == 200
    assert (await _patch(client, manager, owners["id"], is_active=False)).status_code == 200
    assert code_of(await _patch(client, manager, owners["id"], is_active=True)) == (403, "beyond_own_rights")


async def test_a_manager_cannot_raise_their_own_group(client: httpx.AsyncClient, shop: Shop) -> None:
    manager = await shop.add_user("manager", TEAM)
    own = (await client.get("/admin/groups", headers=manager)).json()["items"][0]["id"]
    answer = await _patch(client, manager, own, permissions=[*TEAM, "store.orders:cancel"])
    assert code_of(answer) == (403, "beyond_own_rights")


async def test_the_permissions_on_offer_are_those_of_the_installation(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    items = (await client.get("/admin/permissions", headers=shop.staff)).json()["items"]
    offered = {permission["code"] for area in items for permission in area["permissions"]}
    of_platform = {item.code for module in runtime.modules for item in module.permissions if item.of_platform}
    assert of_platform
    assert offered == runtime.permissions - of_platform
    english = await client.get("/admin/permissions", headers=shop.staff | {"Accept-Language": "en"})
    titles = {area["area"]: area["area_title"] for area in english.json()["items"]}
    assert titles["store.orders"] == "Orders"
    assert {area["area"]: area["area_title"] for area in items}["store.orders"] == "Pedidos"


async def test_the_plan_and_its_limits_are_told(client: httpx.AsyncClient, shop: Shop) -> None:
    body = (await client.get("/admin/modules", headers=shop.staff)).json()
    by_name = {item["name"]: item for item in body["items"]}
    assert by_name["store"]["is_on"] is True
    assert by_name["admin"]["in_plan"] is True
    assert (body["users_limit"], body["users_active"]) == (5, 1)
    assert body["plan"]["status"] == "active"


async def test_an_owner_holds_what_can_be_granted_and_nothing_of_the_platform(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    areas = (await client.get("/admin/permissions", headers=shop.staff)).json()["items"]
    grantable = {permission["code"] for area in areas for permission in area["permissions"]}
    held = set((await client.get("/auth/me", headers=shop.staff)).json()["permissions"])
    assert held == grantable
    assert not {
        code for code in held if code.startswith(("admin.central", "admin.backups", "admin.operations"))
    }
