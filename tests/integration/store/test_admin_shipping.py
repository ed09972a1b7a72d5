"""The delivery table: half-open rings, refusals, warnings, and what an address would pay."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.ids import new_id
from balcao.modules.store.areas_editing import km_of_metres, metres_of_km
from tests.factories.shops import Shop


def km(start: int, end: int, cents: int = 900, **more: Any) -> dict[str, Any]:
    return {"kind": "km", "metres_min": start, "metres_max": end, "fee_cents": cents, **more}


async def put(client: httpx.AsyncClient, shop: Shop, *areas: dict[str, Any]) -> httpx.Response:
    body = {"store_id": str(shop.store_id), "areas": list(areas)}
    return await client.put("/admin/shipping/areas", json=body, headers=shop.staff)


async def settings_version(client: httpx.AsyncClient, shop: Shop) -> int:
    return (await client.get(f"/admin/stores/{shop.store_id}", headers=shop.staff)).json()["settings_version"]


async def test_the_table_is_replaced_and_ids_are_kept(client: httpx.AsyncClient, shop: Shop) -> None:
    before = await settings_version(client, shop)
    first = await put(client, shop, km(0, 5000), km(5000, 10000, 1400))
    assert first.status_code == 200, first.text
    body = first.json()
    assert [(row["name"], row["fee_cents"]) for row in body["items"]] == [
        ("0,0 a 5,0 km", 900),
        ("5,0 a 10,0 km", 1400),
    ]
    assert body["warnings"] == []
    assert await settings_version(client, shop) == before + 1
    kept = body["items"][1]["id"]
    second = await put(
        client,
        shop,
        km(5000, 12000, 1500, id=kept),
        {"kind": "district", "districts": ["Sé", "Sé ", "Glicério"], "fee_cents": 500},
    )
    rows = second.json()["items"]
    assert rows[0]["id"] == kept
    assert rows[0]["fee_cents"] == 1500
    assert rows[1]["districts"] == ["Sé", "Glicério"]
    # Nobody within five kilometres is served by distance: the owner is told, in Portuguese.
    assert [(item["code"], item["area_id"]) for item in second.json()["warnings"]] == [("gap", kept)]
    assert (await put(client, shop, km(0, 1, id=str(new_id())))).status_code == 404
    assert (await put(client, shop)).json()["items"] == []


async def test_tier_edges(client: httpx.AsyncClient, shop: Shop) -> None:
    await put(client, shop, km(0, 5000), km(5000, 10000, 1400))
    # One degree of latitude is 111.195 km on this sphere; the store multiplies the straight line by 1.25.
    store = (await client.get(f"/admin/stores/{shop.store_id}", headers=shop.staff)).json()
    for metres, fee in ((4999, 900), (5000, 1400), (9999, 1400), (10000, None)):
        lat = store["latitude"] + metres / 1.25 / 111_194.9266
        answer = await client.post(
            "/admin/shipping/test",
            json={"store_id": str(shop.store_id), "address": {"lat": lat, "lng": store["longitude"]}},
            headers=shop.staff,
        )
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["metres"] == metres
        assert (body["area"]["fee_cents"] if body["area"] else None) == fee
        assert body["reason"] == (None if fee else "out_of_area")


async def test_an_address_is_tried_by_its_cep(client: httpx.AsyncClient, shop: Shop) -> None:
    await put(
        client,
        shop,
        km(0, 20000, 1400),
        {"kind": "postal_range", "postal_from": "01310-000", "postal_to": "01319-999", "fee_cents": 700},
    )
    url, store = "/admin/shipping/test", {"store_id": str(shop.store_id)}
    paulista = await client.post(
        url, json={**store, "address": {"postal_code": "01310-100"}}, headers=shop.staff
    )
    assert paulista.json()["area"]["fee_cents"] == 700
    far = await client.post(url, json={**store, "address": {"postal_code": "04538133"}}, headers=shop.staff)
    assert far.json()["area"]["fee_cents"] == 1400
    assert far.json()["metres"] > 5000
    nowhere = await client.post(
        url, json={**store, "address": {"postal_code": "69900000"}}, headers=shop.staff
    )
    assert nowhere.json() == {"area": None, "metres": None, "reason": "address_not_found"}


@pytest.mark.parametrize(
    ("areas", "pointer"),
    [
        ([km(0, 5000), km(4999, 9000)], "/areas/1/metres_min"),
        ([km(5000, 5000)], "/areas/0/metres_max"),
        ([{"kind": "km", "fee_cents": 1}], "/areas/0/metres_max"),
        ([{"kind": "district", "districts": [" "], "fee_cents": 1}], "/areas/0/districts"),
        (
            [{"kind": "postal_range", "postal_from": "02000000", "postal_to": "01000000", "fee_cents": 1}],
            "/areas/0/postal_to",
        ),
        (
            [{"kind": "postal_range", "postal_from": "123", "postal_to": "01000000", "fee_cents": 1}],
            "/areas/0/postal_to",
        ),
        ([km(0, 1000, eta_min=50, eta_max=40)], "/areas/0/eta_max"),
        ([km(0, 1000, -1)], "/areas/0/fee_cents"),
        ([km(number * 10, number * 10 + 10) for number in range(51)], "/areas"),
    ],
)
async def test_tables_that_cannot_be(
    client: httpx.AsyncClient, shop: Shop, areas: list[dict[str, Any]], pointer: str
) -> None:
    before = await settings_version(client, shop)
    answer = await put(client, shop, *areas)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await settings_version(client, shop) == before


async def test_single_rows(client: httpx.AsyncClient, shop: Shop) -> None:
    await put(client, shop, km(0, 5000))
    body = {"store_id": str(shop.store_id), **km(5000, 9000, 1200)}
    added = await client.post("/admin/shipping/areas", json=body, headers=shop.staff)
    assert added.status_code == 201, added.text
    overlap = await client.post(
        "/admin/shipping/areas", json={**body, "metres_min": 4000}, headers=shop.staff
    )
    assert overlap.status_code == 422
    assert overlap.json()["errors"] == [
        {"pointer": "/metres_min", "message": overlap.json()["errors"][0]["message"]}
    ]
    url = f"/admin/shipping/areas/{added.json()['id']}"
    changed = await client.put(url, json=km(6000, 9000, 1300, free_above_cents=8000), headers=shop.staff)
    assert changed.status_code == 200, changed.text
    assert changed.json()["free_above_cents"] == 8000
    assert [item["code"] for item in changed.json()["warnings"]] == ["gap"]
    version = await settings_version(client, shop)
    assert (await client.delete(url, headers=shop.staff)).status_code == 204
    assert (await client.delete(url, headers=shop.staff)).status_code == 404
    assert await settings_version(client, shop) == version + 1


async def test_walls(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    rows = (await put(client, shop, km(0, 5000))).json()["items"]
    store = str(shop.store_id)
    for method, path, body in (
        ("GET", f"/admin/shipping/areas?store_id={store}", None), ("PUT", "/admin/shipping/areas", {"store_id": store, "areas": []}),
        ("POST", "/admin/shipping/areas", {"store_id": store, **km(5000, 6000)}),
        ("PUT", f"/admin/shipping/areas/{rows[0]['id']}", km(0, 1)), ("DELETE", f"/admin/shipping/areas/{rows[0]['id']}", None),
        ("POST", "/admin/shipping/test", {"store_id": store, "address": {}}),
    ):  # fmt: skip
        answer = await client.request(method, path, json=body, headers=other_shop.staff)
        assert answer.status_code == 404, (method, path, answer.text)
    seen = await client.get(f"/admin/shipping/areas?store_id={store}", headers=shop.staff)
    assert [row["id"] for row in seen.json()["items"]] == [rows[0]["id"]]


@given(st.integers(min_value=0, max_value=9_999_999))
@settings(deadline=None)
def test_distances_are_typed_in_kilometres_and_kept_in_metres(metres: int) -> None:
    assert metres_of_km(km_of_metres(metres)) == metres


@pytest.mark.parametrize("text", ["", ",", "cinco", "1,2345", "-1", "1.2.3", "12345"])
def test_what_is_no_distance(text: str) -> None:
    with pytest.raises(ValueError, match="not a distance"):
        metres_of_km(text)
