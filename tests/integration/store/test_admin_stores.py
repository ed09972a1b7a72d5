"""Stores, their hours and pauses, and what the business says about itself, through the API."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from balcao.kernel.ids import new_id
from balcao.kernel.platform_work import platform_work
from balcao.kernel.tenant_settings import accent_contrast
from balcao.kernel.tenants import TenantRow
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop


async def read(client: httpx.AsyncClient, shop: Shop) -> dict[str, Any]:
    return (await client.get(f"/admin/stores/{shop.store_id}", headers=shop.staff)).json()


async def patch(client: httpx.AsyncClient, shop: Shop, **body: Any) -> httpx.Response:
    version = body.pop("version", None) or (await read(client, shop))["version"]
    return await client.patch(
        f"/admin/stores/{shop.store_id}", json={"version": version, **body}, headers=shop.staff
    )


async def week(client: httpx.AsyncClient, shop: Shop, *rows: tuple[int, str, str]) -> httpx.Response:
    hours = [{"weekday": day, "opens": opens, "closes": closes} for day, opens, closes in rows]
    return await client.put(f"/admin/stores/{shop.store_id}/hours", json={"hours": hours}, headers=shop.staff)


async def opening(client: httpx.AsyncClient, shop: Shop, at: str) -> dict[str, Any]:
    answer = await client.get(f"/admin/stores/{shop.store_id}/hours", params={"at": at}, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()["opening"]


async def test_a_store_is_opened_changed_and_erased(client: httpx.AsyncClient, shop: Shop) -> None:
    made = await client.post(
        "/admin/stores",
        json={
            "name": "Pão & Cia Paulista", "phone": "(11) 98765-4321", "postal_code": "01310-100", "street": "Avenida Paulista",
            "number": "900", "district": "Bela Vista", "city": "São Paulo", "state": "sp",
        },
        headers=shop.staff,
    )  # fmt: skip
    assert made.status_code == 201, made.text
    store = made.json()
    assert (store["slug"], store["phone"], store["postal_code"], store["state"]) == (
        "pao-cia-paulista", "+5511987654321", "01310100", "SP",
    )  # fmt: skip
    # Found by the address; and Pix is not offered while there is no key.
    assert store["latitude"] == pytest.approx(-23.5652, abs=0.01)
    assert store["payment_methods"] == ["cash", "card_on_delivery"]
    url = f"/admin/stores/{store['id']}"
    moved = await client.patch(
        url,
        json={
            "version": store["version"],
            "postal_code": "04538133",
            "street": "Avenida Brigadeiro Faria Lima",
        },
        headers=shop.staff,
    )
    assert moved.json()["latitude"] == pytest.approx(-23.5867, abs=0.01)
    assert moved.json()["settings_version"] == store["settings_version"] + 1
    names = [item["name"] for item in (await client.get("/admin/stores", headers=shop.staff)).json()["items"]]
    assert names == ["Centro", "Pão & Cia Paulista"]
    assert (await client.delete(url, headers=shop.staff)).status_code == 204
    assert (await client.get(url, headers=shop.staff)).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Com Espaço"), ("phone", "123"), ("postal_code", "0131"), ("timezone", "America/Nowhere"), ("state", "XX"),
        ("pix_key", "111.111.111-11"), ("pix_key", "ana@"), ("payment_methods", ["pix_online"]), ("payment_methods", []),
        ("slot_minutes", 4), ("preparation_minutes", 2000), ("latitude", 91), ("name", "  "), ("description", "x" * 501),
        ("distance_factor_percent", 99), ("slot_capacity", 0), ("accept_minutes", 241),
    ],
)  # fmt: skip
async def test_fields_that_do_not_fit(client: httpx.AsyncClient, shop: Shop, field: str, value: Any) -> None:
    answer = await patch(client, shop, **{field: value})
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


async def test_fields_are_kept_in_one_form(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await patch(
        client,
        shop,
        pix_key=" 529.982.247-25 ",
        timezone="America/Brasilia",
        payment_methods=["cash", "pix"],
        phone="",
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["pix_key"] == "52998224725"
    assert body["timezone"] == "America/Sao_Paulo"
    assert body["payment_methods"] == ["pix", "cash"]
    assert body["phone"] == ""
    unknown = await patch(client, shop, shipping_cents=1)
    assert unknown.status_code == 422


async def test_what_must_hold_between_fields(client: httpx.AsyncClient, shop: Shop) -> None:
    for body, pointer in (
        ({"pix_key": ""}, "/pix_key"),
        ({"pix_receiver": ""}, "/pix_receiver"),
        ({"accepts_delivery": False, "accepts_pickup": False}, "/accepts_pickup"),
        ({"latitude": None}, "/latitude"),
    ):
        answer = await patch(client, shop, **body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer
    no_pix = await patch(client, shop, payment_methods=["cash"], pix_key="")
    assert no_pix.status_code == 200


async def test_stale_version_and_taken_address_word(client: httpx.AsyncClient, shop: Shop) -> None:
    version = (await read(client, shop))["version"]
    assert (await patch(client, shop, version=version, name="Um")).status_code == 200
    stale = await patch(client, shop, version=version, name="Dois")
    assert stale.status_code == 409
    assert stale.json()["current"] == {"id": str(shop.store_id), "version": version + 1, "name": "Um"}
    taken = await client.post("/admin/stores", json={"name": "Outra", "slug": "centro"}, headers=shop.staff)
    assert taken.json()["code"] == "already_exists"


async def test_a_store_with_a_history_stays(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=1)
    answer = await client.delete(f"/admin/stores/{shop.store_id}", headers=shop.staff)
    assert answer.status_code == 409
    assert answer.json()["code"] == "store_in_use"


async def test_the_plan_limits_stores_even_at_the_same_instant(client: httpx.AsyncClient, shop: Shop) -> None:
    async with platform_work(shop.runtime.database) as session:
        await session.execute(update(TenantRow).where(TenantRow.id == shop.tenant.id).values(stores_limit=3))
    shop.runtime.tenants.forget()
    answers = await asyncio.gather(
        *(client.post("/admin/stores", json={"name": f"Loja {n}"}, headers=shop.staff) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert (refused.json()["code"], refused.json()["limit"]) == ("stores_limit", 3)


async def test_friday_night_in_manaus(client: httpx.AsyncClient, shop: Shop) -> None:
    await patch(client, shop, timezone="America/Manaus")
    saved = await week(client, shop, (4, "18:00", "02:00"))
    assert saved.status_code == 200, saved.text
    # Friday 2027-01-08; Manaus is four hours behind UTC.
    saturday = await opening(client, shop, "2027-01-09T05:30:00+00:00")
    assert saturday["is_open"] is True
    assert saturday["closes_at"] == "2027-01-09T06:00:00Z"
    closed = await opening(client, shop, "2027-01-09T06:00:00+00:00")
    assert closed["is_open"] is False
    assert closed["next_opening"] == "2027-01-15T22:00:00Z"


async def test_weeks_that_cannot_be(client: httpx.AsyncClient, shop: Shop) -> None:
    for rows, pointer in (
        (((0, "08:00", "12:00"), (0, "11:00", "14:00")), "/hours/1"),
        (((4, "18:00", "02:00"), (5, "01:00", "09:00")), "/hours/1"),
        (((6, "20:00", "03:00"), (0, "02:00", "10:00")), "/hours/1"),
        (((0, "08:00", "08:00"), (0, "12:00", "13:00")), "/hours/1"),
        (tuple((1, f"{hour:02d}:00", f"{hour:02d}:30") for hour in range(7)), "/hours/6"),
    ):
        answer = await week(client, shop, *rows)
        assert answer.status_code == 422, rows
        assert answer.json()["errors"][0]["pointer"] == pointer
    touching = await week(client, shop, (0, "08:00", "12:00"), (0, "12:00", "18:00"), (6, "18:00", "08:00"))
    assert touching.status_code == 200
    assert (await week(client, shop, (7, "08:00", "09:00"))).status_code == 422
    assert (await week(client, shop, (1, "08:00:30", "09:00"))).status_code == 422
    emptied = await week(client, shop)
    assert emptied.json()["always_open"] is True
    assert emptied.json()["opening"]["is_open"] is True


async def test_hours_void_quotes_and_show_in_the_catalogue(client: httpx.AsyncClient, shop: Shop) -> None:
    before = await read(client, shop)
    await week(client, shop, (0, "08:00", "12:00"))
    after = await read(client, shop)
    assert after["settings_version"] == before["settings_version"] + 1
    assert after["version"] == before["version"] + 1


async def test_special_days(client: httpx.AsyncClient, shop: Shop) -> None:
    await week(client, shop, *((day, "08:00", "18:00") for day in range(7)))
    day = (datetime.now(UTC) + timedelta(days=10)).date()
    url = f"/admin/stores/{shop.store_id}/exceptions"
    closed = await client.put(f"{url}/{day}", json={"reason": "Feriado"}, headers=shop.staff)
    assert closed.status_code == 200, closed.text
    assert closed.json()["exceptions"] == [
        {"day": str(day), "is_closed": True, "intervals": [], "reason": "Feriado"}
    ]
    state = await opening(client, shop, f"{day}T15:00:00+00:00")
    assert (state["is_open"], state["reason"], state["note"]) == (False, "exception", "Feriado")
    split = {"intervals": [{"opens": "13:00", "closes": "15:00"}, {"opens": "08:00", "closes": "11:00"}]}
    changed = await client.put(f"{url}/{day}", json=split, headers=shop.staff)
    assert [item["opens"] for item in changed.json()["exceptions"][0]["intervals"]] == [
        "08:00:00",
        "13:00:00",
    ]
    assert (await opening(client, shop, f"{day}T17:00:00+00:00"))["is_open"] is True
    clash = {"intervals": [{"opens": "08:00", "closes": "11:00"}, {"opens": "10:00", "closes": "12:00"}]}
    assert (await client.put(f"{url}/{day}", json=clash, headers=shop.staff)).status_code == 422
    over = await client.put(f"{url}/{day - timedelta(days=30)}", json={}, headers=shop.staff)
    assert over.json()["errors"][0]["pointer"] == "/day"
    assert (await client.delete(f"{url}/{day}", headers=shop.staff)).status_code == 204
    assert (await client.delete(f"{url}/{day}", headers=shop.staff)).status_code == 404


async def test_pause_and_resume(client: httpx.AsyncClient, shop: Shop, clock: MovableClock) -> None:
    url = f"/admin/stores/{shop.store_id}"
    paused = await client.post(
        f"{url}/pause", json={"minutes": 30, "reason": "Cozinha cheia"}, headers=shop.staff
    )
    assert paused.status_code == 200, paused.text
    assert (paused.json()["is_open"], paused.json()["reason"], paused.json()["note"]) == (
        False,
        "paused",
        "Cozinha cheia",
    )
    # A second pause takes the place of the first, so a shorter one shortens.
    await client.post(f"{url}/pause", json={"minutes": 10}, headers=shop.staff)
    clock.advance(minutes=11)
    assert (await client.get(f"{url}/hours", headers=shop.staff)).json()["opening"]["is_open"] is True
    clock.reset()
    await client.post(f"{url}/pause", json={"minutes": 10}, headers=shop.staff)
    assert (await client.post(f"{url}/resume", headers=shop.staff)).json()["is_open"] is True
    for minutes in (0, 7 * 24 * 60 + 1):
        assert (
            await client.post(f"{url}/pause", json={"minutes": minutes}, headers=shop.staff)
        ).status_code == 422


async def test_walls(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    url = f"/admin/stores/{shop.store_id}"
    for method, path, body in (
        ("GET", url, None), ("PATCH", url, {"version": 1, "name": "x"}), ("DELETE", url, None), ("GET", f"{url}/hours", None),
        ("PUT", f"{url}/hours", {"hours": []}), ("PUT", f"{url}/exceptions/2030-01-01", {}), ("POST", f"{url}/pause", {"minutes": 5}),
        ("POST", f"{url}/resume", None),
    ):  # fmt: skip
        answer = await client.request(method, path, json=body, headers=other_shop.staff)
        assert answer.status_code == 404, (method, path)
    elsewhere = await shop.add_user("operator", ["store.stores:view", "store.stores:edit"], [new_id()])
    assert (await client.get(url, headers=elsewhere)).status_code == 404
    assert (await client.get("/admin/stores", headers=elsewhere)).json()["total"] == 0
    looker = await shop.add_user("operator", ["store.stores:view"])
    assert (await client.get(url, headers=looker)).status_code == 200
    assert (await client.post(f"{url}/resume", headers=looker)).status_code == 403
    assert (await client.patch("/admin/config", json={"name": "x"}, headers=looker)).status_code == 403


async def test_the_business_changes_name_colour_and_clock(client: httpx.AsyncClient, shop: Shop) -> None:
    changed = await client.patch(
        "/admin/config",
        json={"name": " Padaria Nova ", "accent": "#B5442E", "timezone": "America/Manaus"},
        headers=shop.staff,
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["accent"]) == ("Padaria Nova", "#b5442e")
    # The next request sees it: what was remembered of the tenant is forgotten.
    seen = (await client.get("/admin/config", headers=shop.staff)).json()
    assert (seen["name"], seen["timezone"]) == ("Padaria Nova", "America/Manaus")
    assert seen["accent_contrast"]["light"] >= 4.5
    for field, value in (("accent", "vermelho"), ("accent", "#00ff00"), ("timezone", "Lua"), ("name", "")):
        refused = await client.patch("/admin/config", json={field: value}, headers=shop.staff)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == f"/{field}"
    assert (await client.patch("/admin/config", json={"accent": None}, headers=shop.staff)).json()[
        "accent"
    ] is None


def test_contrast_of_known_colours() -> None:
    # Black is shown as it is on the light paper: 21:1 less the paper's own tint.
    assert accent_contrast("#000000").light == pytest.approx(19.6, abs=0.3)
    assert accent_contrast("#ffffff").dark == pytest.approx(18.55, abs=0.05)
    assert not accent_contrast("#00ff00").is_enough


async def test_a_store_cannot_take_a_word_of_the_shops_own_pages(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    body = {"name": "Pedido", "slug": "pedido", "postal_code": "01310-100"}
    refused = await client.post("/admin/stores", json=body, headers=shop.staff)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/slug"]
    made = await client.post("/admin/stores", json={"name": "Privacidade"}, headers=shop.staff)
    assert made.status_code == 201, made.text
    assert made.json()["slug"] == "loja-privacidade"
