"""The catalogue in the panel as a browser without script uses it, and what htmx gets."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.factories.shops import Shop
from tests.integration.store.ordering import cart, place

HOME = "/painel/catalogo"
HTMX = {"HX-Request": "true"}


async def product(client: httpx.AsyncClient, shop: Shop, name: str) -> dict[str, Any]:
    answer = await client.get("/admin/catalog/products", params={"q": name}, headers=shop.staff)
    return answer.json()["items"][0]


def form(product_id: str | None = None, **values: str) -> dict[str, str]:
    base = {
        "name": "Cuca de banana", "description": "", "category_id": "", "store_id": "", "tags": "", "version": "",
        "availability": "available", "lead_days": "0", "is_active": "1", "sku-0-id": "", "sku-0-name": "",
        "sku-0-price": "9,50", "sku-0-active": "1",
    }  # fmt: skip
    return {**base, **values}


async def test_the_list_shows_products_under_their_categories(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão de queijo", 650)
    await shop.add_product("Bolo <b>", 5000, is_active=False)
    page = await client.get(HOME, headers=shop.staff)
    assert page.status_code == 200
    assert page.text.index("Pães") < page.text.index("Pão de queijo")
    assert "Bolo &lt;b&gt;" in page.text
    assert 'value="6,50"' in page.text
    assert "Oculto" in page.text
    found = await client.get(HOME, params={"q": "queij"}, headers=shop.staff)
    assert "Bolo" not in found.text
    nothing = await client.get(HOME, params={"q": "zzz"}, headers=shop.staff)
    assert "Nada encontrado" in nothing.text
    english = await client.get(HOME, headers={**shop.staff, "Accept-Language": "en"})
    assert "What your shop sells." in english.text


async def test_an_empty_menu_teaches_the_next_step(client: httpx.AsyncClient, shop: Shop) -> None:
    page = await client.get(HOME, headers=shop.staff)
    assert "Seu cardápio ainda está vazio" in page.text
    assert f'href="{HOME}/produtos/novo"' in page.text


async def test_those_who_may_only_look_get_no_buttons(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 650)
    looker = await shop.add_user("operator", ["store.catalog:view"])
    page = await client.get(HOME, headers=looker)
    assert "Pão" in page.text
    assert 'name="price"' not in page.text
    assert 'id="bulk"' not in page.text
    url = f"{HOME}/produtos/{shop.products['Pão']}"
    assert "<fieldset" in (await client.get(url, headers=looker)).text
    assert (
        await client.post(f"{url}/preco", data={"price": "1", "version": "1"}, headers=looker)
    ).status_code == 403
    assert (await client.get(f"{HOME}/produtos/novo", headers=looker)).status_code == 403


async def test_price_in_place_with_and_without_script(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 650)
    url = f"{HOME}/produtos/{shop.products['Pão']}/preco"
    line = await client.post(url, data={"price": "R$ 7,20", "version": "1"}, headers={**shop.staff, **HTMX})
    assert line.status_code == 200, line.text
    assert 'value="7,20"' in line.text
    assert 'name="version" value="2"' in line.text
    assert "Salvo." in line.headers["HX-Trigger"]
    plain = await client.post(
        url, data={"price": "8", "version": "2", "back": f"{HOME}?q=p"}, headers=shop.staff
    )
    assert (plain.status_code, plain.headers["location"]) == (303, f"{HOME}?q=p&feito=salvo")
    stale = await client.post(url, data={"price": "9", "version": "1"}, headers={**shop.staff, **HTMX})
    assert stale.status_code == 200
    assert 'value="8,00"' in stale.text, "the line shows what is true now"
    assert "waits" in stale.headers["HX-Trigger"]
    wrong = await client.post(url, data={"price": "1,2,3", "version": "3"}, headers={**shop.staff, **HTMX})
    assert (wrong.status_code, wrong.headers["x-form-status"]) == (200, "422")
    assert 'value="1,2,3"' in wrong.text
    assert "Escreva um valor como 12,90." in wrong.text
    away = await client.post(
        url, data={"price": "8,10", "version": "3", "back": "//evil.example"}, headers=shop.staff
    )
    assert away.headers["location"] == f"{HOME}?feito=salvo"
    assert (await product(client, shop, "Pão"))["price_cents"] == 810


async def test_availability_and_visibility_in_place(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 650)
    url = f"{HOME}/produtos/{shop.products['Pão']}"
    off = await client.post(
        f"{url}/disponibilidade", data={"availability": "unavailable"}, headers={**shop.staff, **HTMX}
    )
    assert 'data-state="unavailable"' in off.text
    shown = (await client.get("/catalog", headers=shop.headers)).json()["categories"][0]["products"][0]
    assert shown["availability"] == "unavailable"
    wrong = await client.post(
        f"{url}/disponibilidade", data={"availability": "x"}, headers={**shop.staff, **HTMX}
    )
    assert wrong.headers["x-form-status"] == "422"
    hidden = await client.post(f"{url}/visivel", data={"is_active": ""}, headers=shop.staff)
    assert hidden.status_code == 303
    assert (await client.get("/catalog", headers=shop.headers)).json()["categories"] == []


async def test_many_at_once(client: httpx.AsyncClient, shop: Shop) -> None:
    ids = [str(await shop.add_product(name, cents)) for name, cents in (("Pão", 650), ("Bolo", 1990))]

    async def send(**values: Any) -> httpx.Response:
        return await client.post(f"{HOME}/varios", data={"ids": ids, **values}, headers=shop.staff)

    done = await send(action="price", percent="-10", round_to_cents="10")
    assert (done.status_code, done.headers["location"]) == (303, f"{HOME}?feito=salvo")
    assert [(await product(client, shop, name))["price_cents"] for name in ("Pão", "Bolo")] == [590, 1790]
    await send(action="price", percent="5,55%", round_to_cents="1")
    assert (await product(client, shop, "Pão"))["price_cents"] == 623
    for percent in ("", "0", "abc", "-100", "1001", "5,555"):
        refused = await send(action="price", percent=percent, round_to_cents="1")
        assert refused.headers["location"] == f"{HOME}?feito=percentual", percent
    assert (await send(action="availability:order")).status_code == 303
    assert (await send(action="hide")).status_code == 303
    assert (await send(action="category", category_id="")).status_code == 303
    pao = await product(client, shop, "Pão")
    assert (pao["availability"], pao["is_active"], pao["category_id"]) == ("order", False, None)
    none = await client.post(f"{HOME}/varios", data={"action": "show"}, headers=shop.staff)
    assert none.headers["location"].endswith("feito=nada")
    assert (await send(action="burn")).status_code == 422


async def test_order_after_a_drag(client: httpx.AsyncClient, shop: Shop) -> None:
    ids = [str(await shop.add_product(name, 100)) for name in "abc"]
    moved = await client.post(f"{HOME}/produtos/ordem", data={"ids": ids[::-1]}, headers=shop.staff)
    assert moved.status_code == 204
    page = await client.get(HOME, headers=shop.staff)
    assert re.findall(r'<a class="name" href="[^"]*">(\w)</a>', page.text) == ["c", "b", "a"]
    strange = await client.post(f"{HOME}/produtos/ordem", data={"ids": ["x"]}, headers=shop.staff)
    assert strange.status_code == 404


async def test_a_product_is_made_with_sizes_options_and_a_picture_in_one_form(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Café", 100)
    group = await shop.add_group("Café", "Leite", [("Integral", 0), ("Aveia", 300)])
    assert (await client.get(f"{HOME}/produtos/novo", headers=shop.staff)).status_code == 200
    more = await client.post(f"{HOME}/produtos/novo", data=form(step="sku-add"), headers=shop.staff)
    assert more.status_code == 200
    assert 'name="sku-1-price"' in more.text
    assert 'value="Cuca de banana"' in more.text
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "#23774a").save(out, "PNG")
    sent = form(**{
        "sku-0-name": "Fatia", "sku-1-name": "Inteira", "sku-1-price": "58", "sku-1-active": "1", "sku-2-name": "",
        "sku-2-price": "", "link-0-group_id": str(group), "link-0-min": "1", "link-0-max": "1",
        "tags": "doce, novidade", "availability": "order", "lead_days": "2",
    })  # fmt: skip
    made = await client.post(
        f"{HOME}/produtos/novo", data=sent, files={"pictures": ("c.png", out.getvalue())}, headers=shop.staff
    )
    assert made.status_code == 303, made.text
    assert made.headers["location"].endswith("?feito=criado")
    kept = await product(client, shop, "Cuca")
    assert [(sku["name"], sku["price_cents"]) for sku in kept["skus"]] == [("Fatia", 950), ("Inteira", 5800)]
    assert [(link["name"], link["min"]) for link in kept["option_groups"]] == [("Leite", 1)]
    assert (kept["tags"], kept["availability"], kept["lead_days"]) == (["doce", "novidade"], "order", 2)
    assert len(kept["pictures"]) == 1
    page = await client.get(made.headers["location"], headers=shop.staff)
    assert "O produto está no cardápio." in page.text
    assert 'value="58,00"' in page.text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": " "}, "Dê um nome."),
        ({"sku-0-price": ""}, "Escreva um valor como 12,90."),
        ({"sku-0-price": "x"}, "Escreva um valor como 12,90."),
        ({"sku-1-name": "Outro", "sku-1-price": "1", "sku-1-active": "1"}, "Dê um nome a cada tamanho."),
        ({"lead_days": "90"}, "Escreva um número inteiro."),
        ({"category_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00009"}, "Esta categoria não existe mais."),
    ],
)
async def test_a_form_that_does_not_fit_comes_back_as_typed(
    client: httpx.AsyncClient, shop: Shop, values: dict[str, str], message: str
) -> None:
    sent = form(description="Com farofa por cima.", **values)
    back = await client.post(f"{HOME}/produtos/novo", data=sent, headers=shop.staff)
    assert back.status_code == 422
    assert message in back.text
    assert "Com farofa por cima." in back.text
    assert (await client.get("/admin/catalog/products", headers=shop.staff)).json()["total"] == 0


async def test_rows_move_and_go_without_saving(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = {"sku-0-name": "P", "sku-1-name": "M", "sku-1-price": "2", "sku-2-name": "G", "sku-2-price": "3"}

    async def names(step: str) -> list[str]:
        page = await client.post(f"{HOME}/produtos/novo", data=form(**rows, step=step), headers=shop.staff)
        assert page.status_code == 200
        return re.findall(r'name="sku-\d+-name"[^>]*? value="(\w*)"', page.text)

    assert await names("sku-up-2") == ["P", "G", "M"]
    assert await names("sku-down-0") == ["M", "P", "G"]
    assert await names("sku-remove-1") == ["P", "G"]
    assert await names("sku-up-0") == ["P", "M", "G"]
    assert await names("nonsense") == ["P", "M", "G"]


async def test_a_stale_form_keeps_what_was_typed_and_may_then_be_saved(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    await shop.add_product("Pão", 650)
    current = await product(client, shop, "Pão")
    url = f"{HOME}/produtos/{current['id']}"
    await client.patch(
        f"/admin/catalog/products/{current['id']}",
        json={"version": 1, "description": "Novo"},
        headers=shop.staff,
    )
    sent = form(name="Pãozinho", version="1", **{"sku-0-id": current["skus"][0]["id"]})
    back = await client.post(url, data=sent, headers=shop.staff)
    assert back.status_code == 422
    assert "Outra pessoa salvou este produto" in back.text
    assert 'value="Pãozinho"' in back.text
    assert 'name="version" value="2"' in back.text
    saved = await client.post(url, data={**sent, "version": "2"}, headers=shop.staff)
    assert saved.headers["location"] == f"{url}?feito=salvo"
    kept = await product(client, shop, "Pãozinho")
    assert (kept["description"], kept["price_cents"], len(kept["skus"])) == ("", 950, 1)


async def test_erasing_what_was_sold_says_what_to_do_instead(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Pão", 650)
    await shop.add_product("Bolo", 650)
    assert (await place(client, shop, cart(shop, ("Pão", 1)))).status_code == 201
    kept = await client.post(f"{HOME}/produtos/{shop.products['Pão']}/apagar", headers=shop.staff)
    assert kept.status_code == 409
    assert "já foi vendido" in kept.text
    gone = await client.post(f"{HOME}/produtos/{shop.products['Bolo']}/apagar", headers=shop.staff)
    assert gone.headers["location"] == f"{HOME}?feito=apagado"
    copied = await client.post(f"{HOME}/produtos/{shop.products['Pão']}/copiar", headers=shop.staff)
    page = await client.get(copied.headers["location"], headers=shop.staff)
    assert "Pão (cópia)" in page.text


async def test_pictures_without_and_with_script(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Bolo", 5000)
    url = f"{HOME}/produtos/{shop.products['Bolo']}/fotos"

    def file(colour: str) -> dict[str, tuple[str, bytes]]:
        out = io.BytesIO()
        Image.new("RGB", (400, 300), colour).save(out, "PNG")
        return {"pictures": ("foto.png", out.getvalue())}

    plain = await client.post(url, files=file("#23774a"), headers=shop.staff)
    assert (plain.status_code, plain.headers["location"].endswith("?feito=fotos#fotos")) == (303, True)
    part = await client.post(url, files=file("#d43a57"), headers={**shop.staff, **HTMX})
    assert part.status_code == 200
    assert part.text.count("<img") == 2
    assert "<html" not in part.text
    bad = await client.post(url, files={"pictures": ("foto.png", b"no")}, headers={**shop.staff, **HTMX})
    assert bad.headers["x-form-status"] == "422"
    assert "não é uma imagem" in bad.text
    first, second = (await product(client, shop, "Bolo"))["pictures"]
    cover = await client.post(f"{url}/ordem", data={"ids": [second["id"], first["id"]]}, headers=shop.staff)
    assert cover.status_code == 303
    await client.post(f"{url}/{second['id']}", data={"alt": "  Bolo   rosa "}, headers=shop.staff)
    assert (await product(client, shop, "Bolo"))["image"]["alt"] == "Bolo rosa"
    await client.post(f"{url}/{second['id']}/apagar", headers=shop.staff)
    assert [picture["id"] for picture in (await product(client, shop, "Bolo"))["pictures"]] == [first["id"]]


async def test_option_lists_in_the_panel(client: httpx.AsyncClient, shop: Shop) -> None:
    url = f"{HOME}/complementos"
    assert "Nenhuma lista ainda" in (await client.get(url, headers=shop.staff)).text
    sent = {
        "name": "Sabores", "pricing_mode": "highest", "is_active": "1", "version": "", "option-0-name": "Calabresa",
        "option-0-price": "40", "option-0-max": "1", "option-0-active": "1", "option-1-name": "", "option-1-price": "",
        "option-2-name": "Atum", "option-2-price": "46,00", "option-2-max": "2", "option-2-active": "1",
    }  # fmt: skip
    wrong = await client.post(f"{url}/novo", data={**sent, "option-2-name": "CALABRESA"}, headers=shop.staff)
    assert wrong.status_code == 422
    assert "Duas opções têm este nome." in wrong.text
    empty = {"name": "Nada", "pricing_mode": "sum", "is_active": "1", "version": ""}
    assert (await client.post(f"{url}/novo", data=empty, headers=shop.staff)).status_code == 422
    assert (await client.post(f"{url}/novo", data=sent, headers=shop.staff)).status_code == 303
    group = (await client.get("/admin/catalog/option-groups", headers=shop.staff)).json()["items"][0]
    assert [(o["name"], o["price_cents"], o["max_per_item"]) for o in group["options"]] == [
        ("Calabresa", 4000, 1), ("Atum", 4600, 2),
    ]  # fmt: skip
    page = await client.get(f"{url}/{group['id']}", headers=shop.staff)
    assert 'value="46,00"' in page.text
    more = await client.post(f"{url}/{group['id']}", data={**sent, "step": "option-add"}, headers=shop.staff)
    assert 'name="option-3-name"' in more.text
    change = {**sent, "version": "1", "name": "Sabores da casa", "option-0-id": group["options"][0]["id"]}
    saved = await client.post(f"{url}/{group['id']}", data=change, headers=shop.staff)
    assert saved.status_code == 303, saved.text
    stale = await client.post(f"{url}/{group['id']}", data=change, headers=shop.staff)
    assert stale.status_code == 422
    assert "Outra pessoa salvou esta lista" in stale.text
    assert "Sabores da casa" in (await client.get(url, headers=shop.staff)).text
    gone = await client.post(f"{url}/{group['id']}/apagar", headers=shop.staff)
    assert gone.headers["location"] == f"{url}?feito=apagado"


async def test_a_list_in_use_is_not_erased(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_product("Café", 100)
    group = await shop.add_group("Café", "Leite", [("Integral", 0)])
    kept = await client.post(f"{HOME}/complementos/{group}/apagar", headers=shop.staff)
    assert kept.status_code == 409
    assert "Leite" in kept.text


async def test_categories_in_the_panel(client: httpx.AsyncClient, shop: Shop) -> None:
    url = f"{HOME}/categorias"
    made = await client.post(url, data={"name": "Doces", "store_id": ""}, headers=shop.staff)
    assert made.headers["location"] == f"{url}?feito=salvo"
    twin = await client.post(url, data={"name": "Doces", "store_id": ""}, headers=shop.staff)
    assert twin.status_code == 422
    assert "Já existe uma categoria com este nome." in twin.text
    items = (await client.get("/admin/catalog/categories", headers=shop.staff)).json()["items"]
    ids = {item["name"]: item["id"] for item in items}
    moved = await client.post(f"{url}/ordem", data={"ids": [ids["Doces"], ids["Pães"]]}, headers=shop.staff)
    assert moved.status_code == 204
    line = {"name": "Doces e bolos", "store_id": "", "is_active": "", "version": "1"}
    assert (await client.post(f"{url}/{ids['Doces']}", data=line, headers=shop.staff)).status_code == 303
    stale = await client.post(f"{url}/{ids['Doces']}", data=line, headers=shop.staff)
    assert stale.status_code == 422
    page = await client.get(url, headers=shop.staff)
    assert page.text.index("Doces e bolos") < page.text.index("Pães")
    await shop.add_product("Pão", 100)
    kept = await client.post(f"{url}/{ids['Pães']}/apagar", headers=shop.staff)
    assert kept.status_code == 409
    gone = await client.post(f"{url}/{ids['Doces']}/apagar", headers=shop.staff)
    assert gone.headers["location"] == f"{url}?feito=apagado"
