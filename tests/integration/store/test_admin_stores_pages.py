"""The pages of stores and stock as a browser without script uses them: plain forms, redirects, what was typed comes back."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest

from tests.factories.shops import Shop

PAGE = {"Accept": "text/html", "Accept-Language": "en"}


async def get(client: httpx.AsyncClient, shop: Shop, path: str, **headers: str) -> str:
    answer = await client.get(path, headers={**PAGE, **shop.staff, **headers})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


async def post(
    client: httpx.AsyncClient, shop: Shop, path: str, data: dict[str, Any], **headers: str
) -> httpx.Response:
    return await client.post(path, data=data, headers={**PAGE, **shop.staff, **headers})


async def api(client: httpx.AsyncClient, shop: Shop, path: str) -> Any:
    return (await client.get(path, headers=shop.staff)).json()


def base(shop: Shop) -> str:
    return f"/painel/lojas/{shop.store_id}"


async def stock_id(client: httpx.AsyncClient, shop: Shop, name: str) -> str:
    items = (await api(client, shop, "/admin/inventory"))["items"]
    return next(item["id"] for item in items if item["name"] == name)


@pytest.mark.parametrize("language", ["pt-BR", "en"])
async def test_every_page_is_there_in_both_languages(
    client: httpx.AsyncClient, shop: Shop, language: str
) -> None:
    await shop.add_product("Pão", 100, stock=3)
    item = await stock_id(client, shop, "Pão")
    for path in (
        "/painel/estoque", "/painel/estoque?ver=baixo", f"/painel/estoque/{item}", "/painel/lojas", "/painel/lojas/nova",
        "/painel/lojas/negocio", base(shop), f"{base(shop)}/horarios", f"{base(shop)}/dias", f"{base(shop)}/entrega",
        f"{base(shop)}/pagamento", f"{base(shop)}/pausa",
    ):  # fmt: skip
        page = await get(client, shop, path, **{"Accept-Language": language})
        assert f'<html lang="{language}"' in page
        assert " style=" not in page
        assert " onclick=" not in page


async def test_stock_is_moved_and_counted_without_script(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await stock_id(client, shop, "Pão")
    back = "/painel/estoque?q=pao"
    moved = await post(
        client,
        shop,
        f"/painel/estoque/{item}/mover",
        {"from": "line", "back": back, "kind": "take", "quantity": "4"},
    )
    assert moved.status_code == 303
    assert moved.headers["location"] == f"{back}&feito=moved"
    assert "The stock was changed." in await get(client, shop, moved.headers["location"])
    elsewhere = await post(
        client, shop, f"/painel/estoque/{item}/mover",
        {"from": "line", "back": "https://example.com/", "kind": "receive", "quantity": "1"},
    )  # fmt: skip
    assert elsewhere.headers["location"] == "/painel/estoque?feito=moved"
    wrong = await post(client, shop, f"/painel/estoque/{item}/contar", {"on_hand": "doze", "reason": "noite"})
    assert wrong.status_code == 422
    assert 'value="doze"' in wrong.text
    assert "Write a whole number." in wrong.text
    counted = await post(client, shop, f"/painel/estoque/{item}/contar", {"on_hand": "12", "reason": "noite"})
    assert counted.headers["location"] == f"/painel/estoque/{item}?feito=counted"
    page = await get(client, shop, f"/painel/estoque/{item}")
    assert "noite" in page
    assert "Quick correction" in page
    mode = await post(
        client,
        shop,
        f"/painel/estoque/{item}/modo",
        {"track": "daily", "daily_quota": "", "low_threshold": "2"},
    )
    assert mode.status_code == 422
    mode = await post(
        client,
        shop,
        f"/painel/estoque/{item}/modo",
        {"track": "daily", "daily_quota": "30", "low_threshold": "2"},
    )
    assert mode.status_code == 303
    assert (await api(client, shop, f"/admin/inventory/{item}"))["available"] == 30


async def test_a_line_answers_with_itself_to_htmx(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await stock_id(client, shop, "Pão")
    htmx = {"HX-Request": "true", "Accept": "*/*"}
    line = await post(
        client,
        shop,
        f"/painel/estoque/{item}/mover",
        {"from": "line", "kind": "receive", "quantity": "5"},
        **htmx,
    )
    assert line.status_code == 200
    assert line.text.strip().startswith("<td")
    assert 'value="15"' in line.text
    refused = await post(
        client,
        shop,
        f"/painel/estoque/{item}/mover",
        {"from": "line", "kind": "take", "quantity": "99"},
        **htmx,
    )
    assert (refused.status_code, refused.headers["x-form-status"]) == (200, "409")
    assert refused.headers["hx-reswap"] == "none"
    assert refused.json()["detail"] == "There is not that much on the shelf."
    drawer = await post(client, shop, f"/painel/estoque/{item}/contar", {"on_hand": "7"}, **htmx)
    assert drawer.status_code == 200
    assert "stock-changed" in drawer.headers["hx-trigger"]
    assert "<html" not in drawer.text


async def test_a_store_is_opened_and_changed_by_forms(client: httpx.AsyncClient, shop: Shop) -> None:
    missing = await post(client, shop, "/painel/lojas/nova", {"name": "", "phone": "123"})
    assert missing.status_code == 422
    assert 'value="123"' in missing.text
    made = await post(client, shop, "/painel/lojas/nova", {"name": "Loja Nova", "postal_code": "01310-100"})
    assert made.status_code == 303
    url = made.headers["location"].removesuffix("/horarios?feito=opened")
    store = await api(client, shop, url.replace("/painel/lojas", "/admin/stores"))
    assert store["latitude"] is not None
    fields = {
        "version": store["version"], "name": "Loja Velha", "slug": store["slug"], "timezone": "America/Manaus",
        "preparation_minutes": "20", "accept_minutes": "15", "lead_minutes": "60", "max_days_ahead": "7", "slot_minutes": "30",
        "factor": "1,40", "latitude": str(store["latitude"]), "longitude": str(store["longitude"]), "postal_code": "01310-100",
        "accepts_pickup": "1", "is_active": "1",
    }  # fmt: skip
    wrong = await post(client, shop, url, {**fields, "name": "x" * 81, "factor": "9"})
    assert wrong.status_code == 422
    assert "x" * 81 in wrong.text
    saved = await post(client, shop, url, fields)
    assert saved.status_code == 303, saved.text
    store = await api(client, shop, url.replace("/painel/lojas", "/admin/stores"))
    assert (store["name"], store["distance_factor_percent"], store["accepts_delivery"]) == (
        "Loja Velha",
        140,
        False,
    )
    stale = await post(client, shop, url, {**fields, "name": "Outra"})
    assert stale.status_code == 422
    assert "Somebody changed this store" in stale.text
    in_use = await post(client, shop, f"{url}/apagar", {})
    assert in_use.headers["location"] == "/painel/lojas?feito=erased"


async def test_a_week_is_written_copied_and_looked_at(client: httpx.AsyncClient, shop: Shop) -> None:
    url = f"{base(shop)}/horarios"
    typed = {"0-0-opens": "08:00", "0-0-closes": "12:00", "4-0-opens": "18:00", "4-0-closes": "02:00"}
    looked = await post(client, shop, url, {**typed, "do": "look"}, **{"HX-Request": "true"})
    assert looked.status_code == 200
    assert "18:00–02:00" in looked.text
    assert (await api(client, shop, f"/admin/stores/{shop.store_id}/hours"))["hours"] == []
    copied = await post(client, shop, url, {**typed, "do": "copy"})
    assert copied.text.count('value="12:00"') == 5
    clash = await post(
        client, shop, url, {**typed, "4-1-opens": "19:00", "4-1-closes": "20:00", "do": "save"}
    )
    assert clash.status_code == 422
    assert "This interval runs into another one." in clash.text
    half = await post(client, shop, url, {"0-0-opens": "08:00"})
    assert half.status_code == 422
    assert 'value="08:00"' in half.text
    saved = await post(client, shop, url, {**typed, "do": "save"})
    assert saved.status_code == 303
    assert "closes the next day" in await get(client, shop, url)
    hours = (await api(client, shop, f"/admin/stores/{shop.store_id}/hours"))["hours"]
    assert [(row["weekday"], row["closes"]) for row in hours] == [(0, "12:00:00"), (4, "02:00:00")]


async def test_special_days_and_pauses_by_forms(client: httpx.AsyncClient, shop: Shop) -> None:
    url = f"{base(shop)}/dias"
    closed = await post(client, shop, url, {"day": "2031-12-25", "kind": "closed", "reason": "Natal"})
    assert closed.status_code == 303
    assert "Natal" in await get(client, shop, url)
    nothing = await post(client, shop, url, {"day": "2031-12-24", "kind": "hours", "reason": "véspera"})
    assert nothing.status_code == 422
    assert "véspera" in nothing.text
    own = {"day": "2031-12-24", "kind": "hours", "0-opens": "08:00", "0-closes": "12:00"}
    assert (await post(client, shop, url, own)).status_code == 303
    assert (await post(client, shop, f"{url}/2031-12-25/apagar", {})).status_code == 303
    days = (await api(client, shop, f"/admin/stores/{shop.store_id}/hours"))["exceptions"]
    assert [day["day"] for day in days] == ["2031-12-24"]
    paused = await post(client, shop, f"{base(shop)}/pausar", {"minutes": "day", "reason": "Sem luz"})
    assert paused.status_code == 303
    page = await get(client, shop, f"{base(shop)}/pausa")
    assert "The store is paused" in page
    assert "Sem luz" in page
    assert (await post(client, shop, f"{base(shop)}/retomar", {"from": "list"})).headers[
        "location"
    ] == "/painel/lojas?feito=resumed"
    assert (await post(client, shop, f"{base(shop)}/pausar", {"minutes": "0"})).status_code == 422


def area(at: int, kind: str, **fields: str) -> dict[str, str]:
    return {f"a{at}-{name}": value for name, value in {"kind": kind, "active": "1", **fields}.items()}


def typed_into(page: str) -> dict[str, str]:
    """Every field of the delivery form as the page holds it: what a browser would send back untouched."""
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r' name="(a\d+-[a-z_]+|count)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and value and ('type="checkbox"' not in tag or tag.endswith(" checked>")):
            sent[name[1]] = value[1]
    return sent


async def test_saving_the_delivery_table_untouched_changes_nothing(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    url = f"{base(shop)}/entrega"
    rows = [
        {"kind": "km", "metres_min": 0, "metres_max": 3000, "fee_cents": 500, "name": "Perto", "priority": 300},
        {"kind": "km", "metres_min": 3000, "metres_max": 6000, "fee_cents": 900},
        {"kind": "district", "districts": ["Sé"], "city": "São Paulo", "fee_cents": 600, "priority": 7, "name": "Centro"},
        {"kind": "postal_range", "postal_from": "01310000", "postal_to": "01319999", "fee_cents": 800, "priority": 20},
    ]  # fmt: skip
    body = {"store_id": str(shop.store_id), "areas": rows}
    put = await client.put("/admin/shipping/areas", json=body, headers=shop.staff)
    assert put.status_code == 200, put.text
    before = (await api(client, shop, f"/admin/shipping/areas?store_id={shop.store_id}"))["items"]
    typed = typed_into(await get(client, shop, url))
    assert (await post(client, shop, url, {**typed, "do": "save"})).status_code == 303
    assert (await api(client, shop, f"/admin/shipping/areas?store_id={shop.store_id}"))["items"] == before


async def test_city_and_priority_of_a_bairro_are_edited_in_the_form(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    url = f"{base(shop)}/entrega"
    typed = {"count": "1", **area(0, "district", districts="Centro", city="Santos", priority="9", fee="6,00")}
    wrong = await post(client, shop, url, {**typed, "a0-priority": "cem", "do": "save"})
    assert wrong.status_code == 422
    assert "Write a whole number." in wrong.text
    assert 'value="Santos"' in wrong.text
    assert (await post(client, shop, url, {**typed, "do": "save"})).status_code == 303
    row = (await api(client, shop, f"/admin/shipping/areas?store_id={shop.store_id}"))["items"][0]
    assert (row["city"], row["priority"], row["name"]) == ("Santos", 9, "Centro")
    again = {**typed_into(await get(client, shop, url)), "a2-city": "São Vicente"}
    assert again["a2-city"] != again["a2-districts"]
    assert (await post(client, shop, url, {**again, "do": "save"})).status_code == 303
    row = (await api(client, shop, f"/admin/shipping/areas?store_id={shop.store_id}"))["items"][0]
    assert (row["city"], row["districts"]) == ("São Vicente", ["Centro"])


async def test_the_delivery_table_by_its_form(client: httpx.AsyncClient, shop: Shop) -> None:
    url = f"{base(shop)}/entrega"
    typed = {
        "count": "6", **area(0, "km", to="5,0", fee="9,00"), **area(1, "km", **{"from": "5", "to": "10,5", "fee": "14"}),
        **area(2, "km"), **area(3, "district", districts="Sé, Glicério", fee="5,00", free="80,00"), **area(4, "district"),
    }  # fmt: skip
    more = await post(client, shop, url, {**typed, "do": "more"})
    assert more.status_code == 200
    assert more.text.count('value="km"') == 5
    saved = await post(client, shop, url, {**typed, "do": "save"})
    assert saved.status_code == 303, saved.text
    rows = (await api(client, shop, f"/admin/shipping/areas?store_id={shop.store_id}"))["items"]
    assert [(row["kind"], row["metres_min"], row["metres_max"], row["fee_cents"]) for row in rows] == [
        ("km", 0, 5000, 900), ("km", 5000, 10500, 1400), ("district", None, None, 500),
    ]  # fmt: skip
    overlap = await post(
        client,
        shop,
        url,
        {
            "count": "2",
            **area(0, "km", to="5", fee="9"),
            **area(1, "km", **{"from": "4,9", "to": "6", "fee": "9"}),
        },
    )
    assert overlap.status_code == 422
    assert "This distance is already in another row." in overlap.text
    assert 'value="4,9"' in overlap.text
    unreadable = await post(client, shop, url, {"count": "1", **area(0, "km", to="cinco", fee="nove")})
    assert "Write a distance such as 5,0." in unreadable.text
    assert "Write an amount such as 12,90." in unreadable.text
    removed = await post(client, shop, url, {**typed, "remove": "0"})
    assert 'value="9,00"' not in removed.text
    assert len((await api(client, shop, f"/admin/shipping/areas?store_id={shop.store_id}"))["items"]) == 3
    tried = await get(client, shop, f"{url}?bairro=glicerio")
    assert "by the row “Sé, Glicério”" in tried
    far = await get(client, shop, f"{url}?cep=69900000")
    assert "This place is not known on the map" in far


async def test_payment_by_its_form(client: httpx.AsyncClient, shop: Shop) -> None:
    url = f"{base(shop)}/pagamento"
    version = (await api(client, shop, f"/admin/stores/{shop.store_id}"))["version"]
    fields = {
        "version": version,
        "payment_methods": ["pix", "cash"],
        "pix_key": "111.111.111-11",
        "pix_receiver": "ANA",
        "pix_minutes": "30",
    }
    wrong = await post(client, shop, url, fields)
    assert wrong.status_code == 422
    assert 'value="111.111.111-11"' in wrong.text
    saved = await post(client, shop, url, {**fields, "pix_key": "529.982.247-25"})
    assert saved.status_code == 303
    store = await api(client, shop, f"/admin/stores/{shop.store_id}")
    assert (store["pix_key"], store["payment_methods"]) == ("52998224725", ["pix", "cash"])
    checked = await get(client, shop, "/painel/lojas/pix-chave?pix_key=%2B5511987654321")
    assert "+5511987654321" in checked
    assert "Phone" in checked


async def test_name_and_colour_by_their_form(client: httpx.AsyncClient, shop: Shop) -> None:
    url = "/painel/lojas/negocio"
    wrong = await post(
        client, shop, url, {"name": "Casa", "accent": "#00ff00", "timezone": "America/Sao_Paulo"}
    )
    assert wrong.status_code == 422
    assert "cannot be read" in wrong.text
    saved = await post(
        client, shop, url, {"name": "Casa", "accent": "#B5442E", "timezone": "America/Sao_Paulo"}
    )
    assert saved.status_code == 303
    assert (await api(client, shop, "/admin/config"))["accent"] == "#b5442e"
    back = await post(
        client,
        shop,
        url,
        {"name": "Casa", "accent": "#B5442E", "timezone": "America/Sao_Paulo", "house": "1"},
    )
    assert back.status_code == 303
    assert (await api(client, shop, "/admin/config"))["accent"] is None


async def test_pages_of_another_business_and_without_rights(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    await shop.add_product("Pão", 100, stock=10)
    item = await stock_id(client, shop, "Pão")
    for path in (
        base(shop),
        f"{base(shop)}/horarios",
        f"{base(shop)}/entrega",
        f"{base(shop)}/pausa",
        f"/painel/estoque/{item}",
    ):
        answer = await client.get(path, headers={**PAGE, **other_shop.staff})
        assert answer.status_code == 404, path
    for path, data in (
        (f"{base(shop)}/horarios", {"do": "save"}), (f"{base(shop)}/entrega", {"count": "0"}), (f"{base(shop)}/pausar", {"minutes": "5"}),
        (f"{base(shop)}/apagar", {}), (f"/painel/estoque/{item}/contar", {"on_hand": "1"}),
    ):  # fmt: skip
        assert (await post(client, other_shop, path, data)).status_code == 404, path
    looker = await shop.add_user("operator", ["store.stock:view", "store.stores:view"])
    page = await client.get(f"{base(shop)}/horarios", headers={**PAGE, **looker})
    assert page.status_code == 200
    assert "Save hours" not in page.text
    refused = await client.post(f"{base(shop)}/horarios", data={"do": "save"}, headers={**PAGE, **looker})
    assert refused.status_code == 403
