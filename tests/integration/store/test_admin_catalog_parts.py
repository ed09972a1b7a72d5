"""Categories, option groups and pictures of the catalogue, through HTTP."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, place

BASE = "/admin/catalog"


def photo(colour: str = "#b5442e", size: tuple[int, int] = (1000, 750), form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


async def upload(
    client: httpx.AsyncClient, shop: Shop, product: str, data: bytes, alt: str = "", name: str = "foto.jpg"
) -> httpx.Response:
    url = f"{BASE}/products/{shop.products[product]}/pictures"
    return await client.post(url, files={"file": (name, data)}, data={"alt": alt}, headers=shop.staff)


async def test_categories_come_change_move_and_go(client: httpx.AsyncClient, shop: Shop) -> None:
    async def new(name: str) -> dict[str, Any]:
        answer = await client.post(f"{BASE}/categories", json={"name": name}, headers=shop.staff)
        assert answer.status_code == 201, answer.text
        return answer.json()

    sweets, drinks = await new("Doces"), await new("Bebidas")
    twin = await client.post(f"{BASE}/categories", json={"name": "Doces"}, headers=shop.staff)
    assert (twin.status_code, twin.json()["code"]) == (409, "category_exists")
    ids = [drinks["id"], sweets["id"], str(shop.category_id)]
    assert (
        await client.post(f"{BASE}/categories/order", json={"ids": ids}, headers=shop.staff)
    ).status_code == 204
    listed = (await client.get(f"{BASE}/categories", headers=shop.staff)).json()
    assert [item["name"] for item in listed["items"]] == ["Bebidas", "Doces", "Pães"]
    url = f"{BASE}/categories/{drinks['id']}"
    renamed = await client.patch(
        url, json={"version": 1, "name": "Cafés", "is_active": False}, headers=shop.staff
    )
    assert (renamed.json()["name"], renamed.json()["is_active"], renamed.json()["version"]) == (
        "Cafés",
        False,
        2,
    )
    stale = await client.patch(url, json={"version": 1, "name": "x"}, headers=shop.staff)
    assert stale.json()["current"]["name"] == "Cafés"
    assert (await client.delete(url, headers=shop.staff)).status_code == 204
    await shop.add_product("Pão", 500)
    used = await client.delete(f"{BASE}/categories/{shop.category_id}", headers=shop.staff)
    assert (used.status_code, used.json()["code"], used.json()["products"]) == (409, "category_in_use", 1)


async def test_options_with_limits_reach_the_checkout(client: httpx.AsyncClient, shop: Shop) -> None:
    body = {
        "name": "Sabores",
        "pricing_mode": "highest",
        "options": [{"name": "Calabresa", "price_cents": 4000}, {"name": "Portuguesa", "price_cents": 4600}],
    }
    made = await client.post(f"{BASE}/option-groups", json=body, headers=shop.staff)
    assert made.status_code == 201, made.text
    group = made.json()
    await shop.add_product("Pizza", 0)
    url = f"{BASE}/products/{shop.products['Pizza']}/option-groups"
    link = {"group_id": group["id"], "min": 1, "max": 2}
    offered = await client.put(url, json={"version": 1, "option_groups": [link]}, headers=shop.staff)
    assert offered.status_code == 200, offered.text
    catalogue = (await client.get("/catalog", headers=shop.headers)).json()
    shown = catalogue["categories"][0]["products"][0]
    assert shown["from_price_cents"] == 4000
    assert [(g["name"], g["min"], g["max"], g["pricing_mode"]) for g in shown["option_groups"]] == [
        ("Sabores", 1, 2, "highest")
    ]
    three = {"version": 2, "option_groups": [{**link, "min": 3, "max": 3}]}
    refused = await client.put(url, json=three, headers=shop.staff)
    assert refused.json()["errors"][0]["pointer"] == "/option_groups/0/min"
    twice = await client.put(url, json={"version": 2, "option_groups": [link, link]}, headers=shop.staff)
    assert twice.json()["errors"][0]["pointer"] == "/option_groups/1/group_id"


async def test_a_list_keeps_its_products_buyable_and_what_was_sold(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Pizza", 0)
    group_id = await shop.add_group("Pizza", "Sabores", [("Calabresa", 4000), ("Atum", 4600)], low=1, high=2)
    url = f"{BASE}/option-groups/{group_id}"
    group = (await client.get(url, headers=shop.staff)).json()
    assert [product["name"] for product in group["products"]] == ["Pizza"]
    options = group["options"]
    off = [{**option, "is_active": False} for option in options]
    refused = await client.patch(url, json={"version": 1, "options": off}, headers=shop.staff)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/options")

    sold = cart(shop, ("Pizza", 1))
    sold["items"][0]["options"] = [{"option_id": str(shop.options["Atum"]), "quantity": 1}]
    assert (await place(client, shop, sold)).status_code == 201
    kept = await client.patch(url, json={"version": 1, "options": options[:1]}, headers=shop.staff)
    assert (kept.status_code, kept.json()["code"]) == (409, "option_in_use")
    swapped = await client.patch(
        url,
        json={"version": 1, "options": [options[1], {"name": "Rúcula", "price_cents": 5000}]},
        headers=shop.staff,
    )
    assert [option["name"] for option in swapped.json()["options"]] == ["Atum", "Rúcula"]
    stale = await client.patch(url, json={"version": 1, "name": "x"}, headers=shop.staff)
    assert stale.status_code == 409
    assert stale.json()["current"]["name"] == "Sabores"
    used = await client.delete(url, headers=shop.staff)
    assert (used.status_code, used.json()["code"]) == (409, "option_group_in_use")


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ([], "/options"),
        ([{"name": " "}], "/options/0/name"),
        ([{"name": "Queijo"}, {"name": "QUEIJO"}], "/options/1/name"),
        ([{"name": "Queijo", "max_per_item": 0}], "/options/0/max_per_item"),
        ([{"name": "Queijo", "id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00009"}], "/options/0/id"),
    ],
)
async def test_options_that_do_not_fit_are_refused(
    client: httpx.AsyncClient, shop: Shop, options: list[dict[str, Any]], pointer: str
) -> None:
    body = {"name": "Recheio", "options": options}
    answer = await client.post(f"{BASE}/option-groups", json=body, headers=shop.staff)
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


async def test_pictures_are_resized_served_ordered_and_forgotten(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Bolo", 5000)
    first = await upload(client, shop, "Bolo", photo(), "Bolo na mesa")
    assert first.status_code == 201, first.text
    cover = first.json()["items"][0]
    assert (cover["width"], cover["height"], cover["alt"]) == (800, 600, "Bolo na mesa")
    assert [part.split()[1] for part in cover["srcset"].split(", ")] == ["200w", "400w", "800w"]
    served = await client.get(cover["src"])
    assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")
    second = (await upload(client, shop, "Bolo", photo("#23774a", form="PNG"), name="x.exe")).json()["items"][
        1
    ]
    url = f"{BASE}/products/{shop.products['Bolo']}/pictures"
    sorted_ = await client.post(f"{url}/order", json={"ids": [second["id"], cover["id"]]}, headers=shop.staff)
    assert [item["id"] for item in sorted_.json()["items"]] == [second["id"], cover["id"]]
    catalogue = (await client.get("/catalog", headers=shop.headers)).json()
    assert catalogue["categories"][0]["products"][0]["image"]["src"] == second["src"]
    renamed = await client.patch(f"{url}/{second['id']}", json={"alt": "Fatia"}, headers=shop.staff)
    assert renamed.json()["items"][0]["alt"] == "Fatia"
    assert (await client.delete(f"{url}/{second['id']}", headers=shop.staff)).status_code == 204
    assert (await client.get(second["src"])).status_code == 404
    assert (await client.get(cover["src"])).status_code == 200


async def test_a_shared_picture_stays_while_somebody_shows_it(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 5000)
    await shop.add_product("Fatia", 900)
    one = (await upload(client, shop, "Bolo", photo("#1f4fd8"))).json()["items"][0]
    two = (await upload(client, shop, "Fatia", photo("#1f4fd8"))).json()["items"][0]
    assert one["file_id"] == two["file_id"], "the same bytes are kept once"
    again = (await upload(client, shop, "Bolo", photo("#1f4fd8"))).json()["items"]
    assert len(again) == 1
    assert (
        await client.delete(f"{BASE}/products/{shop.products['Bolo']}", headers=shop.staff)
    ).status_code == 204
    assert (await client.get(two["src"])).status_code == 200
    assert (
        await client.delete(f"{BASE}/products/{shop.products['Fatia']}", headers=shop.staff)
    ).status_code == 204
    assert (await client.get(two["src"])).status_code == 404
    async with shop.runtime.transactions.begin(shop.tenant) as uow:
        files = await uow.session.execute(
            text("select count(*) from files where tenant_id = :t"), {"t": shop.tenant.id}
        )
        assert files.scalar_one() == 0
    assert [info async for info in shop.runtime.blobs.list(shop.tenant.id)] == []


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "image_rejected"),
        (photo()[:300], 422, "image_rejected"),
        (b"", 422, "image_rejected"),
        (b"\xff\xd8\xff" + bytes(5_000_001), 413, "picture_too_large"),
    ],
)
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, shop: Shop, data: bytes, status: int, code: str
) -> None:
    await shop.add_product("Bolo", 5000)
    answer = await upload(client, shop, "Bolo", data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [info async for info in shop.runtime.blobs.list(shop.tenant.id)] == []


async def test_pictures_have_a_number_and_stay_at_home(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    await shop.add_product("Bolo", 5000)
    for red in range(10):
        assert (
            await upload(client, shop, "Bolo", photo(f"#{red:02x}0000", (200, 150), "PNG"))
        ).status_code == 201
    full = await upload(client, shop, "Bolo", photo("#ff0000", (200, 150), "PNG"))
    assert (full.status_code, full.json()["code"], full.json()["limit"]) == (409, "too_many_pictures", 10)
    url = f"{BASE}/products/{shop.products['Bolo']}/pictures"
    files = {"file": ("a.jpg", photo())}
    assert (await client.post(url, files=files, headers=other_shop.staff)).status_code == 404
    assert [info async for info in shop.runtime.blobs.list(other_shop.tenant.id)] == []
