"""The team: who may add, change and remove whom."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import (
    ATTENDANT,
    TEAM,
    add_group,
    add_person,
    bearer,
    code_of,
    last_link_token,
    letters,
    log_in,
    set_users_limit,
    token_of,
)


def _email() -> str:
    return f"{new_id().hex}@example.com"


async def _patch(
    client: httpx.AsyncClient, headers: dict[str, str], user_id: object, **body: Any
) -> httpx.Response:
    return await client.patch(f"/admin/users/{user_id}", json=body, headers=headers)


async def test_the_list_pages_and_finds(client: httpx.AsyncClient, shop: Shop) -> None:
    for name in ("Beatriz 100%", "Ana"):
        await add_person(client, shop, _email(), name=name)
    page = (await client.get("/admin/users?limit=2", headers=shop.staff)).json()
    assert (page["total"], page["limit"], page["offset"], len(page["items"])) == (3, 2, 0, 2)
    assert [item["name"] for item in page["items"]] == ["Ana", "Beatriz 100%"]
    beyond = (await client.get("/admin/users?offset=50", headers=shop.staff)).json()
    assert (beyond["items"], beyond["total"]) == ([], 3)
    found = (await client.get("/admin/users", params={"q": "0%"}, headers=shop.staff)).json()
    assert [item["name"] for item in found["items"]] == ["Beatriz 100%"]
    assert (await client.get("/admin/users?active=false", headers=shop.staff)).json()["total"] == 0


async def test_the_matrix_of_rights(client: httpx.AsyncClient, shop: Shop) -> None:
    nobody: dict[str, str] = {}
    groupless = bearer(await token_of(client, (await add_person(client, shop, _email()))["email"]))
    attendant = await shop.add_user("operator", ATTENDANT)
    reader = await shop.add_user("manager", ["admin.team:view"])
    editor = await shop.add_user("manager", ["admin.team:edit"])
    some_id = new_id()
    reads = [
        "/admin/users",
        "/admin/groups",
        "/admin/sessions",
        "/admin/modules",
        "/admin/permissions",
        "/admin/users/invitations",
    ]
    writes = [
        ("POST", "/admin/users"), ("PATCH", f"/admin/users/{some_id}"), ("DELETE", f"/admin/users/{some_id}"),
        ("POST", "/admin/users/invitations"), ("DELETE", f"/admin/users/invitations/{some_id}"),
        ("DELETE", f"/admin/users/{some_id}/sessions"), ("DELETE", f"/admin/sessions/{some_id}"),
        ("POST", "/admin/groups"), ("PATCH", f"/admin/groups/{some_id}"), ("DELETE", f"/admin/groups/{some_id}"),
    ]  # fmt: skip
    expected = [(nobody, 401, 401), (groupless, 403, 403), (attendant, 403, 403), (reader, 200, 403)]
    for headers, reading, writing in expected:
        for path in reads:
            assert (await client.get(path, headers=headers)).status_code == reading, path
        for method, path in writes:
            answer = await client.request(
                method, path, headers=headers, json={} if method != "DELETE" else None
            )
            assert answer.status_code == writing, (method, path)
    for path in reads:
        assert (await client.get(path, headers=editor)).status_code == 200, path
    for method, path in writes:
        answer = await client.request(method, path, headers=editor, json={} if method != "DELETE" else None)
        assert answer.status_code in {404, 422}, (method, path)


async def test_only_owners_touch_owners(client: httpx.AsyncClient, shop: Shop) -> None:
    manager = await shop.add_user("manager", [*TEAM, *ATTENDANT])
    person = await add_person(client, shop, _email())
    made = await client.post(
        "/admin/users",
        json={"email": _email(), "name": "X", "password": PASSWORD, "role": "owner"},
        headers=manager,
    )
    invited = await client.post(
        "/admin/users/invitations", json={"email": _email(), "role": "owner"}, headers=manager
    )
    promoted = await _patch(client, manager, person["id"], role="owner")
    renamed = await _patch(client, manager, shop.owner_id, name="Outra")
    removed = await client.delete(f"/admin/users/{shop.owner_id}", headers=manager)
    signed_out = await client.delete(f"/admin/users/{shop.owner_id}/sessions", headers=manager)
    own = (await client.get("/auth/sessions", headers=shop.staff)).json()["items"][0]["id"]
    one_out = await client.delete(f"/admin/sessions/{own}", headers=manager)
    for answer in (made, invited, promoted, renamed, removed, signed_out, one_out):
        assert code_of(answer) == (403, "owners_only")
    assert (await client.get("/auth/me", headers=shop.staff)).json()["name"] == "Dona"
    assert (await _patch(client, shop.staff, person["id"], role="owner")).json()["role"] == "owner"


async def test_nobody_gives_what_they_do_not_hold(client: httpx.AsyncClient, shop: Shop) -> None:
    manager = await shop.add_user("manager", [*TEAM, *ATTENDANT])
    lesser = await add_group(client, shop, "Balcão", ATTENDANT)
    greater = await add_group(client, shop, "Gerência", [*ATTENDANT, "store.catalog:edit"])
    person = await add_person(client, shop, _email())
    assert (await _patch(client, manager, person["id"], group_id=lesser["id"])).status_code == 200
    refused = await _patch(client, manager, person["id"], group_id=greater["id"])
    assert code_of(refused) == (403, "beyond_own_rights")
    assert refused.json()["missing"] == ["store.catalog:edit"]
    body = {"email": _email(), "name": "X", "password": PASSWORD, "group_id": greater["id"]}
    assert code_of(await client.post("/admin/users", json=body, headers=manager)) == (
        403,
        "beyond_own_rights",
    )
    invitation = {"email": _email(), "group_id": greater["id"]}
    answer = await client.post("/admin/users/invitations", json=invitation, headers=manager)
    assert code_of(answer) == (403, "beyond_own_rights")
    # Somebody who already holds more may be renamed, but not brought back by a lesser.
    await _patch(client, shop.staff, person["id"], group_id=greater["id"])
    assert (await _patch(client, manager, person["id"], name="Rui")).status_code == 200
    await _patch(client, shop.staff, person["id"], is_active=False)
    assert code_of(await _patch(client, manager, person["id"], is_active=True)) == (403, "beyond_own_rights")


async def test_the_reach_over_stores_is_not_widened(client: httpx.AsyncClient, shop: Shop) -> None:
    manager = await shop.add_user("manager", [*TEAM, *ATTENDANT], [shop.store_id])
    everywhere = await add_group(client, shop, "Tudo", ATTENDANT)
    here = await add_group(client, shop, "Centro", ATTENDANT, store_ids=[str(shop.store_id)])
    person = await add_person(client, shop, _email())
    assert code_of(await _patch(client, manager, person["id"], group_id=everywhere["id"])) == (
        403,
        "beyond_own_rights",
    )
    assert (await _patch(client, manager, person["id"], group_id=here["id"])).status_code == 200
    widened = await client.patch(f"/admin/groups/{here['id']}", json={"store_ids": []}, headers=manager)
    assert code_of(widened) == (403, "beyond_own_rights")


async def test_the_last_active_owner_stays(client: httpx.AsyncClient, shop: Shop) -> None:
    for change in ({"role": "manager"}, {"is_active": False}):
        assert code_of(await _patch(client, shop.staff, shop.owner_id, **change)) == (409, "last_owner")
    assert code_of(await client.delete(f"/admin/users/{shop.owner_id}", headers=shop.staff)) == (
        409,
        "last_owner",
    )
    second = await add_person(client, shop, _email(), role="owner")
    await _patch(client, shop.staff, second["id"], is_active=False)
    assert code_of(await _patch(client, shop.staff, shop.owner_id, role="manager")) == (409, "last_owner")
    await _patch(client, shop.staff, second["id"], is_active=True)
    assert (await _patch(client, shop.staff, shop.owner_id, role="manager")).status_code == 200


async def test_two_owners_cannot_remove_each_other_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    second = await add_person(client, shop, _email(), role="owner")
    theirs = bearer(await token_of(client, second["email"]))
    answers = await asyncio.gather(
        _patch(client, shop.staff, second["id"], role="manager"),
        _patch(client, theirs, shop.owner_id, role="manager"),
    )
    people = [
        (await client.get("/auth/me", headers=headers)).json()["role"] for headers in (shop.staff, theirs)
    ]
    assert people.count("owner") >= 1
    assert any(answer.status_code == 200 for answer in answers)


async def test_the_last_seat_is_taken_once(runtime: Runtime, client: httpx.AsyncClient, shop: Shop) -> None:
    await set_users_limit(runtime, shop, 3)

    async def add() -> httpx.Response:
        body = {"email": _email(), "name": "Ana", "password": PASSWORD}
        return await client.post("/admin/users", json=body, headers=shop.staff)

    answers = await asyncio.gather(*(add() for _ in range(6)))
    codes = sorted(code_of(answer) for answer in answers)
    assert codes == [(201, "")] * 2 + [(409, "users_limit")] * 4
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["limit"] == 3
    assert (await client.get("/admin/users", headers=shop.staff)).json()["total"] == 3
    invitation = await client.post("/admin/users/invitations", json={"email": _email()}, headers=shop.staff)
    assert code_of(invitation) == (409, "users_limit")


async def test_a_seat_is_freed_and_taken_again(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    await set_users_limit(runtime, shop, 2)
    first = await add_person(client, shop, _email())
    await _patch(client, shop.staff, first["id"], is_active=False)
    await add_person(client, shop, _email())
    assert code_of(await _patch(client, shop.staff, first["id"], is_active=True)) == (409, "users_limit")


async def test_letting_somebody_go_ends_their_sign_ins_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, _email())
    headers = bearer(await token_of(client, person["email"]))
    assert (await client.get("/auth/me", headers=headers)).status_code == 200
    assert (await client.delete(f"/admin/users/{person['id']}", headers=shop.staff)).status_code == 204
    assert (await client.get("/auth/me", headers=headers)).status_code == 401
    back = await _patch(client, shop.staff, person["id"], is_active=True)
    assert back.json()["is_active"] is True
    assert (await client.get("/auth/me", headers=headers)).status_code == 401


async def test_a_new_group_counts_with_the_next_request(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, _email())
    headers = bearer(await token_of(client, person["email"]))
    assert (await client.get("/admin/users", headers=headers)).status_code == 403
    group = await add_group(client, shop, "Olheiros", ["admin.team:view"])
    await _patch(client, shop.staff, person["id"], group_id=group["id"])
    assert (await client.get("/admin/users", headers=headers)).status_code == 200
    await client.patch(f"/admin/groups/{group['id']}", json={"is_active": False}, headers=shop.staff)
    assert (await client.get("/admin/users", headers=headers)).status_code == 403
    await _patch(client, shop.staff, person["id"], group_id=None)
    assert (await client.get("/auth/me", headers=headers)).json()["permissions"] == []


async def test_fewer_devices_end_the_oldest_sign_ins(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, _email())
    tokens = [await token_of(client, person["email"]) for _ in range(3)]
    await _patch(client, shop.staff, person["id"], max_active_sessions=1)
    states = [(await client.get("/auth/me", headers=bearer(token))).status_code for token in tokens]
    assert states == [401, 401, 200]


async def test_a_stale_change_is_told_the_present_state(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, _email())
    assert (await _patch(client, shop.staff, person["id"], name="Rita", version=1)).json()["version"] == 2
    stale = await _patch(client, shop.staff, person["id"], name="Rosa", version=1)
    assert code_of(stale) == (409, "version_conflict")
    assert (stale.json()["current"]["name"], stale.json()["current"]["version"]) == ("Rita", 2)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "sem-arroba"}, "/email"), ({"name": "  "}, "/name"), ({"role": "rei"}, "/role"),
        ({"password": "curta"}, "/password"), ({"max_active_sessions": 0}, "/max_active_sessions"),
        ({"name": "a\x00b"}, "/name"), ({"tenant_id": "x"}, "/tenant_id"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_pointed_at(
    client: httpx.AsyncClient, shop: Shop, body: dict[str, Any], pointer: str
) -> None:
    wanted = {"email": _email(), "name": "Ana", "password": PASSWORD} | body
    answer = await client.post("/admin/users", json=wanted, headers=shop.staff)
    assert code_of(answer) == (422, "validation")
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_an_address_is_used_once_in_a_team(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    person = await add_person(client, shop, _email())
    again = {"email": person["email"].upper(), "name": "Ana", "password": PASSWORD}
    assert code_of(await client.post("/admin/users", json=again, headers=shop.staff)) == (
        409,
        "already_exists",
    )
    invitation = await client.post(
        "/admin/users/invitations", json={"email": person["email"]}, headers=shop.staff
    )
    assert code_of(invitation) == (409, "already_exists")
    assert (await client.post("/admin/users", json=again, headers=other_shop.staff)).status_code == 201


async def test_an_invitation_makes_one_account(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    group = await add_group(client, shop, "Balcão", ATTENDANT)
    email = _email()
    sent = await client.post(
        "/admin/users/invitations",
        json={"email": email, "role": "manager", "group_id": group["id"]},
        headers=shop.staff,
    )
    assert sent.status_code == 201
    assert "token" not in sent.text
    listed = (await client.get("/admin/users/invitations", headers=shop.staff)).json()["items"]
    assert [item["email"] for item in listed] == [email]
    body = {"token": await last_link_token(runtime, email), "name": " Rui  Melo ", "password": PASSWORD}
    answers = await asyncio.gather(*(client.post("/auth/signup", json=body) for _ in range(3)))
    client.cookies.clear()
    assert sorted(answer.status_code for answer in answers) == [201, 410, 410]
    made = next(answer for answer in answers if answer.status_code == 201)
    assert "admin_token=" in made.headers["set-cookie"]
    user = made.json()["user"]
    assert (user["name"], user["role"], user["tenant"]["slug"]) == ("Rui Melo", "manager", shop.tenant.slug)
    assert user["permissions"] == sorted(ATTENDANT)
    assert (await client.get("/admin/users/invitations", headers=shop.staff)).json()["items"] == []
    assert (await log_in(client, email)).status_code == 200


async def test_an_invitation_can_be_taken_back(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    email = _email()
    sent = (await client.post("/admin/users/invitations", json={"email": email}, headers=shop.staff)).json()
    token = await last_link_token(runtime, email)
    url = f"/admin/users/invitations/{sent['id']}"
    assert (await client.delete(url, headers=shop.staff)).status_code == 204
    assert (await client.delete(url, headers=shop.staff)).status_code == 404
    body = {"token": token, "name": "Rui", "password": PASSWORD}
    assert code_of(await client.post("/auth/signup", json=body)) == (410, "one_time_link_invalid")


async def test_an_accepted_invitation_needs_a_seat_too(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    email = _email()
    await client.post("/admin/users/invitations", json={"email": email}, headers=shop.staff)
    await set_users_limit(runtime, shop, 1)
    body = {"token": await last_link_token(runtime, email), "name": "Rui", "password": PASSWORD}
    assert code_of(await client.post("/auth/signup", json=body)) == (409, "users_limit")
    await set_users_limit(runtime, shop, 2)
    assert (await client.post("/auth/signup", json=body)).status_code == 201
    client.cookies.clear()


async def test_the_letter_speaks_the_language_of_the_inviter(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    email = _email()
    await client.post("/admin/users/invitations", json={"email": email}, headers=shop.staff)
    await client.post(
        "/admin/users/invitations", json={"email": email}, headers=shop.staff | {"Accept-Language": "en"}
    )
    portuguese, english = await letters(runtime, email)
    assert "convida você" in portuguese
    assert "invites you" in english


async def test_other_businesses_are_not_there(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    theirs = await add_person(client, other_shop, _email())
    group = await add_group(client, other_shop, "Deles", ATTENDANT)
    invitation = (
        await client.post("/admin/users/invitations", json={"email": _email()}, headers=other_shop.staff)
    ).json()
    await token_of(client, theirs["email"])
    session = (await client.get("/admin/sessions", headers=other_shop.staff)).json()["items"][0]["id"]
    own = await add_person(client, shop, _email())
    requests: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", f"/admin/users/{theirs['id']}", None),
        ("PATCH", f"/admin/users/{theirs['id']}", {"name": "X"}),
        ("DELETE", f"/admin/users/{theirs['id']}", None),
        ("GET", f"/admin/users/{theirs['id']}/sessions", None),
        ("DELETE", f"/admin/users/{theirs['id']}/sessions", None),
        ("DELETE", f"/admin/sessions/{session}", None),
        ("DELETE", f"/admin/users/invitations/{invitation['id']}", None),
        ("GET", f"/admin/groups/{group['id']}", None),
        ("PATCH", f"/admin/groups/{group['id']}", {"name": "X"}),
        ("DELETE", f"/admin/groups/{group['id']}", None),
        ("PATCH", f"/admin/users/{own['id']}", {"group_id": group["id"]}),
        (
            "POST",
            "/admin/users",
            {"email": _email(), "name": "X", "password": PASSWORD, "group_id": group["id"]},
        ),
        ("POST", "/admin/users/invitations", {"email": _email(), "group_id": group["id"]}),
    ]
    for method, path, body in requests:
        answer = await client.request(method, path, json=body, headers=shop.staff)
        assert code_of(answer) == (404, "not_found"), (method, path)
    assert (await client.get("/admin/sessions", headers=shop.staff)).json()["total"] == 1
    assert (await client.get(f"/admin/sessions?user_id={theirs['id']}", headers=shop.staff)).json()[
        "total"
    ] == 0


async def test_sign_ins_of_the_team_are_listed_and_ended(client: httpx.AsyncClient, shop: Shop) -> None:
    person = await add_person(client, shop, _email())
    token = await token_of(client, person["email"])
    listed = (await client.get(f"/admin/users/{person['id']}/sessions", headers=shop.staff)).json()["items"]
    assert [item["user_name"] for item in listed] == ["Joana"]
    assert (await client.delete(f"/admin/sessions/{listed[0]['id']}", headers=shop.staff)).status_code == 204
    assert (await client.get("/auth/me", headers=bearer(token))).status_code == 401
    await token_of(client, person["email"])
    answer = await client.delete(f"/admin/users/{person['id']}/sessions", headers=shop.staff)
    assert answer.json() == {"revoked": 1}
