"""The first steps of a new business: over HTTP and in the panel, from nothing to a shop that sells."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from balcao.brazil.pix_code import decode
from balcao.kernel.identity.models import User
from balcao.kernel.identity.passwords import hash_password
from balcao.kernel.ids import new_id
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import TenantRow
from balcao.modules.admin.models import BusinessProfile
from balcao.modules.store.public import find_point
from balcao.ports.places import Address, Point
from tests.factories.shops import PASSWORD, Shop, make_tenant, open_token

HERE = "/painel/primeiros-passos"
BUSINESS = {"name": "Padaria do Zé", "legal_name": "José da Silva ME", "document": "12.ABC.345/01DE-35"}
CONTACT = {"name": "José", "email": "ze@padaria.example", "phone": "(11) 98765-4321"}
ADDRESS = {
    "postal_code": "01310-100", "street": "Avenida Paulista", "number": "1000", "complement": "", "district": "Bela Vista",
    "city": "São Paulo", "state": "SP",
}  # fmt: skip
WEEK = {"hours": [{"weekday": day, "opens": "08:00", "closes": "18:00"} for day in range(6)]}
PRODUCT = {"name": "Pão francês", "price_cents": 90}
PIX = {"pix_key": "ze@padaria.example", "pix_receiver": "José da Silva"}


async def new_business(runtime: Runtime, modules: list[str] | None = None, **profile: Any) -> Shop:
    """A business that just signed up: an owner, and nothing else."""
    tenant = await make_tenant(runtime, modules=modules)
    owner_id = new_id()
    email = f"dona-{owner_id.hex[-8:]}@example.com"
    async with runtime.transactions.begin(tenant) as uow:
        uow.session.add(
            User(
                tenant_id=tenant.id,
                id=owner_id,
                email=email,
                name="Dona",
                role="owner",
                max_active_sessions=20,
                password_hash=await hash_password(PASSWORD),
            )
        )
        values = {"onboarding_origin": "landing_page", "activation_mode": "automatic_webhook", **profile}
        await uow.session.execute(insert(BusinessProfile).values(tenant_id=tenant.id, id=new_id(), **values))
    token = await open_token(runtime, tenant, owner_id, "owner")
    return Shop(runtime, tenant, owner_id, token, new_id(), new_id(), owner_email=email)


async def put(client: httpx.AsyncClient, shop: Shop, step: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.put(f"/admin/onboarding/{step}", json=body, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def all_steps(client: httpx.AsyncClient, shop: Shop) -> None:
    for step, body in (
        ("business", BUSINESS), ("contact", CONTACT), ("address", ADDRESS), ("hours", WEEK), ("product", PRODUCT),
        ("payment", PIX),
    ):  # fmt: skip
        await put(client, shop, step, body)


async def state_of(client: httpx.AsyncClient, shop: Shop) -> dict[str, Any]:
    return (await client.get("/admin/onboarding", headers=shop.staff)).json()


async def signed_in_at(client: httpx.AsyncClient, shop: Shop, **form: str) -> str:
    typed = {"email": shop.owner_email, "password": PASSWORD, **form}
    answer = await client.post("/painel/entrar", data=typed, headers=shop.headers)
    client.cookies.clear()
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.headers["location"]).path


async def test_from_nothing_to_an_open_shop(client: httpx.AsyncClient, runtime: Runtime) -> None:
    shop = await new_business(runtime)
    state = await state_of(client, shop)
    assert (state["needed"], state["ready"], state["next"]) == (True, False, "business")
    assert [step["name"] for step in state["steps"]] == [
        "business", "contact", "address", "hours", "product", "payment",
    ]  # fmt: skip
    early = await client.post("/admin/onboarding/complete", headers=shop.staff)
    assert (early.status_code, early.json()["code"]) == (409, "onboarding_open")
    assert early.json()["missing"]["contact"] == ["email", "phone"]
    following = {
        "business": "contact",
        "contact": "address",
        "address": "hours",
        "hours": "product",
        "product": "payment",
    }
    bodies = {"business": BUSINESS, "contact": CONTACT, "address": ADDRESS, "hours": WEEK, "product": PRODUCT}
    for step, then in following.items():
        assert (await put(client, shop, step, bodies[step]))["next"] == then
    paid = await put(client, shop, "payment", PIX)
    assert paid["next"] == "open"
    code = decode(paid["test_pix"]["copy_paste"])
    assert (code.key, code.amount_cents) == ("ze@padaria.example", 1)
    assert paid["test_pix"]["qr_svg"].startswith("<svg")
    done = (await client.post("/admin/onboarding/complete", headers=shop.staff)).json()
    assert (done["needed"], done["activation_mode"]) == (False, "manual")
    assert done["onboarded_at"]
    assert done["shop_url"].endswith(f"/loja/{shop.tenant.slug}")
    # What a buyer and the other editors see of it.
    menu = await client.get(f"/loja/{shop.tenant.slug}")
    assert "Pão francês" in menu.text
    assert "Padaria do Zé" in menu.text
    stores = (await client.get("/admin/stores", headers=shop.staff)).json()
    store = (stores["items"] if isinstance(stores, dict) else stores)[0]
    assert (store["name"], store["postal_code"], store["phone"]) == (
        "Padaria do Zé",
        "01310100",
        "+5511987654321",
    )
    assert store["latitude"] is not None
    assert "pix" in store["payment_methods"]


async def test_steps_are_kept_and_can_be_taken_again(client: httpx.AsyncClient, runtime: Runtime) -> None:
    shop = await new_business(runtime)
    await all_steps(client, shop)
    await put(client, shop, "business", {**BUSINESS, "name": "Padaria da Ana"})
    await put(client, shop, "address", {**ADDRESS, "number": "2000"})
    await put(client, shop, "hours", {"hours": [{"weekday": 4, "opens": "18:00", "closes": "02:00"}]})
    values = {step["name"]: step["values"] for step in (await state_of(client, shop))["steps"]}
    assert values["business"] == {
        "name": "Padaria da Ana",
        "legal_name": "José da Silva ME",
        "document": "12.ABC.345/01DE-35",
    }
    assert values["address"]["number"] == "2000"
    assert values["hours"]["hours"] == [{"weekday": 4, "opens": "18:00", "closes": "02:00"}]
    assert (await client.get("/admin/stores", headers=shop.staff)).text.count('"slug"') == 1


@pytest.mark.parametrize(
    ("step", "body", "pointer"),
    [
        ("business", {**BUSINESS, "document": "12.345.678/0001-00"}, "/document"),
        ("business", {**BUSINESS, "document": ""}, "/document"), ("business", {**BUSINESS, "name": " "}, "/name"),
        ("business", {**BUSINESS, "name": "x" * 81}, "/name"), ("business", {**BUSINESS, "legal_name": ""}, "/legal_name"),
        ("contact", {**CONTACT, "email": "ze"}, "/email"), ("contact", {**CONTACT, "phone": "123"}, "/phone"),
        ("contact", {**CONTACT, "phone": ""}, "/phone"), ("address", {**ADDRESS, "postal_code": "123"}, "/postal_code"),
        ("address", {**ADDRESS, "state": "XX"}, "/state"), ("address", {**ADDRESS, "number": ""}, "/number"),
        ("hours", {"hours": [{"weekday": 0, "opens": "08:00", "closes": "12:00"}, {"weekday": 0, "opens": "11:00", "closes": "13:00"}]}, "/hours/1"),
        ("payment", {"pix_key": "111.111.111-11", "pix_receiver": "Zé"}, "/pix_key"),
        ("payment", {"pix_key": "ze@padaria.example", "pix_receiver": ""}, "/pix_receiver"),
    ],
)  # fmt: skip
async def test_each_value_is_checked_as_the_ordinary_editors_check_it(
    client: httpx.AsyncClient, runtime: Runtime, step: str, body: dict[str, Any], pointer: str
) -> None:
    shop = await new_business(runtime)
    before = await state_of(client, shop)
    answer = await client.put(f"/admin/onboarding/{step}", json=body, headers=shop.staff)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    after = await state_of(client, shop)
    assert [one["missing"] for one in after["steps"]] == [one["missing"] for one in before["steps"]]


async def test_owners_are_led_there_until_they_are_done(client: httpx.AsyncClient, runtime: Runtime) -> None:
    shop = await new_business(runtime)
    assert await signed_in_at(client, shop) == HERE
    assert await signed_in_at(client, shop, next="/painel") == HERE
    assert await signed_in_at(client, shop, next="/painel/pedidos") == "/painel/pedidos"
    assert (
        "first steps"
        in (await client.get(f"{HERE}/cartao", headers={**shop.staff, "Accept-Language": "en"})).text
    )
    await client.post(f"{HERE}/pular", headers=shop.staff)
    assert await signed_in_at(client, shop) == "/painel"
    assert (await client.get(f"{HERE}/cartao", headers=shop.staff)).status_code == 200
    await all_steps(client, shop)
    assert (await client.get(f"{HERE}/cartao", headers=shop.staff)).status_code == 204
    async with runtime.transactions.begin(shop.tenant) as uow:
        await uow.session.execute(update(BusinessProfile).values(activation_mode="force_first_access_test"))
    assert await signed_in_at(client, shop) == HERE
    assert (await client.post("/admin/onboarding/complete", headers=shop.staff)).json()[
        "activation_mode"
    ] == "manual"
    assert await signed_in_at(client, shop) == "/painel"


async def test_the_panel_walks_through_all_steps(client: httpx.AsyncClient, runtime: Runtime) -> None:
    shop = await new_business(runtime)
    start = await client.get(HERE, headers=shop.staff)
    assert start.headers["location"] == f"{HERE}/negocio"
    week = {f"{day}-0-{end}": at for day in range(5) for end, at in (("opens", "09:00"), ("closes", "18:00"))}
    walk: list[tuple[str, dict[str, Any], str]] = [
        ("negocio", BUSINESS, "contato"), ("contato", CONTACT, "endereco"), ("endereco", ADDRESS, "horarios"),
        ("horarios", week, "produto"), ("produto", {"name": "Bolo", "price": "45,90"}, "pagamento"),
        ("pagamento", PIX, "pagamento"),
    ]  # fmt: skip
    for word, typed, then in walk:
        assert (await client.get(f"{HERE}/{word}", headers=shop.staff)).status_code == 200
        sent = await client.post(f"{HERE}/{word}", data=typed, headers=shop.staff)
        assert (sent.status_code, sent.headers.get("location")) == (303, f"{HERE}/{then}"), sent.text
    tried = await client.get(f"{HERE}/pagamento", headers=shop.staff)
    assert '<div class="qr-code"' in tried.text
    opened = await client.get(f"{HERE}/pronto", headers=shop.staff)
    assert f"/loja/{shop.tenant.slug}" in opened.text
    assert "<svg xmlns" in opened.text
    ended = await client.post(f"{HERE}/pronto", headers=shop.staff)
    assert ended.headers["location"] == f"{HERE}/pronto"
    assert (await state_of(client, shop))["onboarded_at"]


async def test_what_is_wrong_comes_back_as_it_was_typed(client: httpx.AsyncClient, runtime: Runtime) -> None:
    shop = await new_business(runtime)
    wrong = await client.post(f"{HERE}/negocio", data={**BUSINESS, "document": "123"}, headers=shop.staff)
    assert wrong.status_code == 422
    assert 'value="123"' in wrong.text
    assert "José da Silva ME" in html.unescape(wrong.text)
    half = await client.post(f"{HERE}/horarios", data={"0-0-opens": "09:00"}, headers=shop.staff)
    assert half.status_code == 422
    assert 'value="09:00"' in half.text
    empty = await client.post(f"{HERE}/horarios", data={}, headers=shop.staff)
    assert empty.status_code == 422
    price = await client.post(f"{HERE}/produto", data={"name": "Bolo", "price": "caro"}, headers=shop.staff)
    assert price.status_code == 422
    assert 'value="caro"' in price.text
    early = await client.post(f"{HERE}/pronto", headers=shop.staff)
    assert early.status_code == 409
    assert (await client.get(f"{HERE}/nada", headers=shop.staff)).status_code == 404


async def test_a_usual_week_is_filled_in_and_not_yet_saved(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    shop = await new_business(runtime)
    filled = await client.post(f"{HERE}/horarios", data={"preset": "evening"}, headers=shop.staff)
    assert filled.status_code == 200
    assert filled.text.count('value="23:00"') == 6
    assert next(s for s in (await state_of(client, shop))["steps"] if s["name"] == "hours")["missing"] == [
        "hours"
    ]


async def test_a_product_may_bring_its_picture(client: httpx.AsyncClient, runtime: Runtime) -> None:
    from io import BytesIO

    from PIL import Image

    shop = await new_business(runtime)
    raw = BytesIO()
    Image.new("RGB", (300, 200), "red").save(raw, "PNG")
    sent = await client.post(
        f"{HERE}/produto", data={"name": "Bolo", "price": "45,90"}, headers=shop.staff,
        files={"picture": ("bolo.png", raw.getvalue(), "image/png")},
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    items = (await client.get("/admin/catalog/products", headers=shop.staff)).json()["items"]
    assert items[0]["name"] == "Bolo"
    product = (await client.get(f"/admin/catalog/products/{items[0]['id']}", headers=shop.staff)).json()
    assert len(product["pictures"]) == 1


async def _point_of(client: httpx.AsyncClient, shop: Shop) -> tuple[float, float]:
    stores = (await client.get("/admin/stores", headers=shop.staff)).json()
    store = (stores["items"] if isinstance(stores, dict) else stores)[0]
    return store["latitude"], store["longitude"]


async def test_a_place_nobody_knows_keeps_the_point_it_had(
    client: httpx.AsyncClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await new_business(runtime)
    await put(client, shop, "address", ADDRESS)
    before = await _point_of(client, shop)

    async def nobody_knows(places: Any, address: Any) -> None:
        return None

    monkeypatch.setattr("balcao.modules.admin.onboarding.find_point", nobody_knows)
    await put(
        client, shop, "address", {**ADDRESS, "postal_code": "69945-000", "city": "Acrelândia", "state": "AC"}
    )
    assert await _point_of(client, shop) == before
    assert before[0] is not None


async def test_the_point_is_the_addresss_else_its_ceps() -> None:
    class Town:
        name = "town"

        def __init__(self, *known: str) -> None:
            self.known, self.asked = known, list[str]()

        async def locate(self, address: Address) -> Point | None:
            self.asked.append(address.street)
            return Point(-23.5, -46.6) if address.street in self.known else None

        async def lookup_cep(self, cep: str) -> Address | None:
            raise AssertionError("nobody asked for the street")

    exact, by_cep, unknown = Town("Avenida Paulista", ""), Town(""), Town()
    assert await find_point(exact, ADDRESS) == Point(-23.5, -46.6)
    assert await find_point(by_cep, ADDRESS) == Point(-23.5, -46.6)
    assert await find_point(unknown, ADDRESS) is None
    assert (exact.asked, by_cep.asked) == (["Avenida Paulista"], ["Avenida Paulista", ""])


async def test_a_business_without_a_shop_has_no_steps_of_it(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    shop = await new_business(runtime, modules=["contacts"])
    assert [step["name"] for step in (await state_of(client, shop))["steps"]] == [
        "business",
        "contact",
        "address",
    ]
    refused = await client.put("/admin/onboarding/hours", json=WEEK, headers=shop.staff)
    assert refused.json()["code"] == "module_off"
    await put(client, shop, "business", BUSINESS)
    await put(client, shop, "contact", CONTACT)
    assert (await put(client, shop, "address", ADDRESS))["ready"]
    assert (await client.get(f"{HERE}/horarios", headers=shop.staff)).status_code == 404
    assert (await client.get(f"{HERE}/pronto", headers=shop.staff)).status_code == 200


async def test_only_who_may_and_nobody_elses(client: httpx.AsyncClient, runtime: Runtime) -> None:
    shop, other = await new_business(runtime), await new_business(runtime)
    viewer = await shop.add_user("operator", ["store.orders:view"])
    assert (await client.get("/admin/onboarding", headers=viewer)).status_code == 403
    assert (await client.post(f"{HERE}/pular", headers=viewer)).status_code == 403
    assert (await client.get(f"{HERE}/cartao", headers=viewer)).status_code == 204
    await all_steps(client, shop)
    assert (await state_of(client, other))["next"] == "business"
    async with platform_work(runtime.database, read_only=True) as session:
        row = await session.get(TenantRow, other.tenant.id)
        assert row is not None
        assert row.name == "Loja de Teste"
