"""Central administration and the own subscription in the browser, without a script."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.shops import Shop
from tests.integration.admin.team import last_link_token

TENANTS, PLANS = "/central/negocios", "/central/planos"


def _browser(shop: Shop, **more: str) -> dict[str, str]:
    cookie = f"admin_token={shop.token}"
    return {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": cookie, **more}


async def _made(client: httpx.AsyncClient, desk: Shop, **values: str) -> httpx.Response:
    slug = f"n{uuid4().hex[:14]}"
    form = {"name": "Bar do Zé", "slug": slug, "owner_email": f"{slug}@example.com", **values}
    return await client.post(f"{TENANTS}/novo", data=form, headers=_browser(desk))


async def _plan(client: httpx.AsyncClient, desk: Shop, **values: str) -> str:
    slug = f"p{uuid4().hex[:14]}"
    form = {
        "name": "Essencial", "slug": slug, "price": "99,90", "interval": "monthly", "module_store": "1",
        "limit_users": "3", "is_active": "1", **values,
    }  # fmt: skip
    made = await client.post(f"{PLANS}/novo", data=form, headers=_browser(desk))
    assert (made.status_code, made.headers.get("location")) == (303, PLANS), made.text
    return slug


@pytest.mark.parametrize(("language", "word"), [("pt-BR", "Negócios"), ("en", "Businesses")])
async def test_every_page_opens_in_both_languages(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, language: str, word: str
) -> None:
    one = f"{TENANTS}/{shop.tenant.id}"
    paths = ["/central", TENANTS, f"{TENANTS}/novo", PLANS, f"{PLANS}/novo", "/central/cobranca"]
    paths += [f"{one}{tab}" for tab in ("", "/plano", "/modulos", "/pessoas", "/historico")]
    for path in paths:
        page = await client.get(path, headers=_browser(desk, **{"Accept-Language": language}))
        assert page.status_code == 200, (path, page.text[:400])
        assert word in page.text, path
    own = await client.get("/painel/assinatura", headers=_browser(shop, **{"Accept-Language": language}))
    assert own.status_code == 200 and word not in own.text


async def test_the_doors_of_the_pages(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    one = f"{TENANTS}/{shop.tenant.id}"
    for path in ("/central", TENANTS, one, PLANS, f"{one}/pessoas"):
        assert (await client.get(path, headers=_browser(shop))).status_code == 403
        nobody = await client.get(path, headers={"Accept": "text/html"})
        assert (nobody.status_code, nobody.headers["location"]) == (303, f"/painel/entrar?next={path}")
    assert (
        await client.post(f"{one}/situacao", data={"status": "canceled"}, headers=_browser(shop))
    ).status_code == 403
    assert (await client.get(f"{TENANTS}/{uuid4()}", headers=_browser(desk))).status_code == 404
    panel = await client.get("/painel/equipe", headers=_browser(shop))
    assert 'href="/central' not in panel.text and 'href="/painel/assinatura"' in panel.text


async def test_a_plan_and_a_business_by_hand(client: httpx.AsyncClient, runtime: Runtime, desk: Shop) -> None:
    plan = await _plan(client, desk)
    made = await _made(client, desk, plan=plan, document="529.982.247-25", trial_end_at="2031-05-31")
    assert made.status_code == 303, made.text
    place = made.headers["location"]
    page = await client.get(place, headers=_browser(desk))
    assert "Bar do Zé" in page.text and "529.982.247-25" in page.text
    assert 'value="2031-05-31"' in (await client.get(f"{place}/plano", headers=_browser(desk))).text
    people = (await client.get(f"{place}/pessoas", headers=_browser(desk))).text
    assert f'action="{place}/convidar"' in people and f'action="{place}/entrar"' not in people
    async with platform_work(runtime.database, read_only=True) as session:
        query = text("select slug, users_limit from tenants where id = :id")
        row = (await session.execute(query, {"id": UUID(place.rpartition("/")[2])})).one()
    assert row.users_limit == 3
    assert await last_link_token(runtime, f"{row.slug}@example.com")
    again = await client.post(
        f"{place}/convidar", data={"owner_email": "outra@example.com"}, headers=_browser(desk)
    )
    assert again.status_code == 303


async def test_what_was_typed_comes_back_with_what_is_wrong(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    plan = await _plan(client, desk)
    for form, message in (
        ({"document": "111.111.111-11"}, "não é de ninguém"), ({"slug": "Ruim!"}, "letras minúsculas"),
        ({"owner_email": "nada"}, "e-mail"), ({"trial_end_at": "ontem"}, "Escolha um dia."),
        ({"slug": shop.tenant.slug}, "Outro negócio já usa este endereço."),
    ):  # fmt: skip
        refused = await _made(client, desk, plan=plan, **form)
        assert refused.status_code == 422 and message in refused.text, form
        assert 'value="Bar do Zé"' in refused.text
    one = f"{TENANTS}/{shop.tenant.id}"
    form = {"name": "Loja", "slug": shop.tenant.slug, "users_limit": "muitas", "postal_code": "1"}
    refused = await client.post(one, data=form, headers=_browser(desk))
    assert refused.status_code == 422 and "número inteiro" in refused.text
    form["users_limit"] = "4"
    refused = await client.post(one, data=form, headers=_browser(desk))
    assert refused.status_code == 422 and "O CEP tem oito dígitos." in refused.text
    bad_plan = await client.post(
        f"{PLANS}/novo", data={"name": "X", "slug": "x1", "price": "abc"}, headers=_browser(desk)
    )
    assert bad_plan.status_code == 422 and "99,00" in bad_plan.text


async def test_one_business_is_changed(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    one, browser = f"{TENANTS}/{shop.tenant.id}", _browser(desk)
    form: dict[str, Any] = {
        "name": "Nova Loja", "slug": shop.tenant.slug, "users_limit": "8", "stores_limit": "", "document": "11222333000181",
        "contact_phone": "(11) 98765-4321", "postal_code": "01001-000", "city": "São Paulo", "state": "SP",
        "custom_host": "pedidos.nova.example",
    }  # fmt: skip
    assert (await client.post(one, data=form, headers=browser)).status_code == 303
    page = (await client.get(one, headers=browser)).text
    for shown in ("Nova Loja", "11.222.333/0001-81", "pedidos.nova.example", "(11) 98765-4321", 'value="8"'):
        assert shown in page, shown
    by_host = await client.get("/catalog", headers={"Host": "pedidos.nova.example"})
    assert by_host.status_code == 200

    plan = await _plan(client, desk, limit_stores="1")
    form = {"plan": plan, "status": "past_due", "current_period_end": "2031-01-01"}
    assert (await client.post(f"{one}/plano", data=form, headers=browser)).status_code == 303
    own = (await client.get("/painel/assinatura", headers=_browser(shop))).text
    assert "O pagamento está atrasado" in own and "Essencial" in own
    modules = {"module_contacts": "on", "module_store": "plan"}
    assert (await client.post(f"{one}/modulos", data=modules, headers=browser)).status_code == 303
    assert (await client.get("/contacts", headers=shop.staff)).status_code == 200

    for status, word in (("suspended", "Suspenso"), ("active", "Em funcionamento")):
        assert (
            await client.post(f"{one}/situacao", data={"status": status}, headers=browser)
        ).status_code == 303
        assert word in (await client.get(one, headers=browser)).text
    steps = await client.post(f"{one}/primeiros-passos", data={"is_forced": "1"}, headers=browser)
    assert steps.status_code == 303
    assert (await client.post(f"{one}/pessoas/{shop.owner_id}/senha", headers=browser)).status_code == 303
    ended = await client.post(f"{one}/pessoas/{shop.owner_id}/encerrar", headers=browser)
    assert ended.status_code == 303
    history = (await client.get(f"{one}/historico", headers=browser)).text
    assert "pagamento atrasado" in history and "past_due" not in history and "Dona" in history


async def test_plans_are_changed_taken_out_and_erased(client: httpx.AsyncClient, desk: Shop) -> None:
    browser = _browser(desk)
    slug = await _plan(client, desk)
    listed = (await client.get("/admin/central/plans", headers=desk.staff)).json()["items"]
    plan = next(item for item in listed if item["slug"] == slug)
    assert (plan["price_cents"], plan["modules"], plan["limits"]) == (9990, ["store"], {"users": 3})
    form = {"name": "Essencial 2", "price": "1.200,00", "interval": "yearly", "module_contacts": "1"}
    assert (await client.post(f"{PLANS}/{plan['id']}", data=form, headers=browser)).status_code == 303
    changed = (await client.get(f"/admin/central/plans/{plan['id']}", headers=desk.staff)).json()
    assert (changed["name"], changed["price_cents"], changed["interval"]) == (
        "Essencial 2",
        120_000,
        "yearly",
    )
    assert (changed["modules"], changed["limits"], changed["is_active"]) == (["contacts"], {}, False)
    gone = await client.post(f"{PLANS}/{plan['id']}/apagar", headers=browser)
    assert (gone.status_code, gone.headers["location"]) == (303, PLANS)
    assert (await client.get(f"{PLANS}/{plan['id']}", headers=browser)).status_code == 404


async def test_the_own_profile(client: httpx.AsyncClient, shop: Shop) -> None:
    form = {"document": "12.ABC.345/01DE-35", "legal_name": "Padaria Ltda.", "city": "Ijuí", "state": "rs"}
    saved = await client.post("/painel/assinatura", data=form, headers=_browser(shop))
    assert (saved.status_code, saved.headers["location"]) == (303, "/painel/assinatura")
    page = (await client.get("/painel/assinatura", headers=_browser(shop))).text
    assert "12.ABC.345/01DE-35" in page and 'value="RS"' in page
    refused = await client.post("/painel/assinatura", data={**form, "state": "ZZ"}, headers=_browser(shop))
    assert refused.status_code == 422 and "duas letras" in refused.text and 'value="Ijuí"' in refused.text
    reader = await shop.add_user("manager", ["admin.billing:view"])
    assert (await client.post("/painel/assinatura", data=form, headers=reader)).status_code == 403


async def test_a_shop_that_is_not_paid_for_is_told_on_every_page(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    assert (
        "Sua loja não recebe pedidos" not in (await client.get("/painel/conta", headers=_browser(shop))).text
    )
    plan = await _plan(client, desk)
    form = {"plan": plan, "status": "suspended"}
    saved = await client.post(f"{TENANTS}/{shop.tenant.id}/plano", data=form, headers=_browser(desk))
    assert saved.status_code == 303
    page = (await client.get("/painel/conta", headers=_browser(shop))).text
    assert "Sua loja não recebe pedidos" in page and 'href="/painel/assinatura">Ver a assinatura' in page


async def test_room_for_files_is_typed_and_shown_with_its_unit(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    slug = await _plan(client, desk, limit_storage_bytes="1,5 GB")
    plans = (await client.get("/admin/central/plans", headers=desk.staff)).json()["items"]
    plan = next(one for one in plans if one["slug"] == slug)
    assert plan["limits"] == {"users": 3, "storage_bytes": 1_500_000_000}
    assert "Espaço para arquivos: 1,5 GB" in (await client.get(PLANS, headers=_browser(desk))).text
    english = _browser(desk, **{"Accept-Language": "en"})
    assert "Room for files: 1.5 GB" in (await client.get(PLANS, headers=english)).text
    form = await client.get(f"{PLANS}/{plan['id']}", headers=_browser(desk))
    assert 'value="1,5 GB"' in form.text
    values = {
        "name": "Essencial",
        "price": "99,90",
        "interval": "monthly",
        "module_store": "1",
        "is_active": "1",
    }
    values["limit_storage_bytes"] = "5"
    refused = await client.post(f"{PLANS}/{plan['id']}", data=values, headers=_browser(desk))
    assert refused.status_code == 422
    assert "Escreva o tamanho com a unidade, como 5 GB." in refused.text and 'value="5"' in refused.text
    values["limit_storage_bytes"] = "1.234 GB"
    saved = await client.post(f"{PLANS}/{plan['id']}", data=values, headers=english)
    assert saved.status_code == 303
    assert 'value="1,234 GB"' in (await client.get(f"{PLANS}/{plan['id']}", headers=_browser(desk))).text
    on = {"plan": slug, "status": "active"}
    one = f"/admin/central/tenants/{shop.tenant.id}/subscription"
    put = await client.put(one, json=on, headers=desk.staff)
    assert put.status_code == 200, put.text
    own = await client.get("/painel/assinatura", headers=_browser(shop))
    assert "0 B de 1,2 GB" in own.text
