"""From a new business in central administration to its first order, and an account that takes a second factor."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Visitor, visit
from tests.e2e.platform_steps import CENTRAL, make_business, sign_in_to, telephone_code

STEPS = "/painel/primeiros-passos"
OWN_PASSWORD = "quindim-com-coco"


def _step(
    owner: Visitor, word: str, fields: dict[str, str], then: str, button: str = "Salvar e seguir"
) -> None:
    """One of the first steps filled in, up to the one it leads to."""
    owner.page.wait_for_url(f"**{STEPS}/{word}")
    for name, value in fields.items():
        owner.page.locator(f"main [name={name}]").fill(value)
    owner.page.get_by_role("button", name=button, exact=True).click()
    owner.page.wait_for_url(f"**{STEPS}/{then}*")


def _sign_up(owner: Visitor, invitation: str) -> None:
    owner.open(invitation)
    owner.page.get_by_label("Seu nome").fill("Ana Beatriz")
    owner.page.get_by_label("Senha").fill(OWN_PASSWORD)
    owner.page.get_by_role("button", name="Entrar na equipe").click()
    owner.page.wait_for_url("**/painel")


def _open_the_shop(owner: Visitor) -> None:
    page = owner.page
    expect(page.get_by_text("Sua loja está quase aberta")).to_be_visible()
    page.get_by_role("link", name="Continuar").click()
    _step(owner, "negocio", {"legal_name": "Ana Beatriz Souza", "document": "529.982.247-25"}, "contato")
    _step(owner, "contato", {"phone": "(11) 98888-7777"}, "endereco")
    address = {
        "postal_code": "04101-000", "street": "Rua Vergueiro", "number": "3000", "district": "Vila Mariana",
        "city": "São Paulo", "state": "SP",
    }  # fmt: skip
    _step(owner, "endereco", address, "horarios")
    page.get_by_role("button", name=re.compile("Todo dia")).click()
    expect(page.locator("[name='0-0-opens']")).to_have_value("07:00")
    _step(owner, "horarios", {}, "produto")
    _step(owner, "produto", {"name": "Quindim", "price": "7,50"}, "pagamento")
    payment = {"pix_key": "ana@doceria.example", "pix_receiver": "Ana Beatriz"}
    _step(owner, "pagamento", payment, "pagamento", "Salvar")
    expect(page.get_by_role("img", name="QR Code do Pix")).to_be_visible()
    page.get_by_role("link", name="Próximo passo").click()
    page.get_by_role("button", name="Concluir").click()
    expect(page.get_by_text("Sua loja está aberta")).to_be_visible()
    expect(page.get_by_role("button", name="Concluir")).to_have_count(0)


def _order(buyer: Visitor) -> None:
    page = buyer.page
    buyer.open("/loja/doceria")
    page.get_by_role("link", name="Quindim").first.click()
    page.locator("form[action$='/sacola'] button[type=submit]").last.click()
    expect(page.locator("#cart-button .cart-button__count")).to_be_visible()
    cart = page.locator("a[href$='/sacola']").first.get_attribute("href") or ""
    buyer.open(cart.replace("/sacola", "/finalizar"))
    page.locator("input[name=fulfilment][value=pickup]").check(force=True)
    page.locator("input[name=name]").fill("Davi Nakamura")
    page.locator("input[name=phone]").fill("(11) 98765-4433")
    page.locator("input[name=payment][value=pix]").check(force=True)
    if page.locator("input[name=preorder_confirmed]").count():  # the shop sleeps while this runs
        page.locator("input[name=preorder_confirmed]").check(force=True)
    page.locator("#place-order").click()
    page.wait_for_url("**/pedido/**")
    expect(page.locator(".order-now h2")).to_have_text("Pague com Pix")


@pytest.mark.e2e
def test_a_new_business_opens_its_shop_sells_and_is_helped(base_url: str, browser: Browser) -> None:
    central, owner, buyer = (visit(browser, base_url, width=width) for width in (1280, 390, 390))
    sign_in_to(central, CENTRAL, "/central")
    # The platform sells nothing itself.
    expect(central.page.get_by_role("link", name="Pedidos")).to_have_count(0)
    here, invitation = make_business(central, "Doceria Flor", "doceria", "ana@doceria.example")
    _sign_up(owner, invitation)
    _open_the_shop(owner)
    _order(buyer)
    owner.open("/painel/pedidos")
    expect(owner.page.get_by_text("Davi Nakamura").first).to_be_visible()

    page = central.page
    central.open(f"{here}/pessoas")
    page.get_by_label("Motivo").fill("Pediu ajuda com o cardápio")
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url("**/painel")
    banner = page.locator(".notice", has_text="Você está em Doceria Flor como suporte")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Sair").click()
    page.wait_for_url(f"**{here}*")
    owner.open("/painel/auditoria")
    told = owner.page.locator("summary", has_text="Central entrou como suporte: Pediu ajuda com o cardápio")
    expect(told).to_be_visible()
    for visitor in (central, owner, buyer):
        visitor.assert_clean()


def _switch_on(owner: Visitor) -> tuple[str, list[str]]:
    """The second factor of whoever is signed in: its secret and the recovery codes."""
    page = owner.page
    owner.open("/painel/conta")
    page.get_by_role("button", name="Configurar").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Código").fill(telephone_code(secret))
    page.get_by_role("button", name="Ligar").click()
    codes = page.locator("#recovery-codes").inner_text().split()
    page.get_by_role("link", name="Já guardei").click()
    return secret, codes


@pytest.mark.e2e
def test_a_second_factor_is_asked_for_with_and_without_the_telephone(base_url: str, browser: Browser) -> None:
    email = "dona@cantina.example"
    owner = visit(browser, base_url, width=390)
    sign_in_to(owner, email, "/painel")
    secret, codes = _switch_on(owner)
    assert len(set(codes)) == 10

    # Everything about signing in works without script, and by keyboard alone.
    plain = visit(browser, base_url, width=390, javascript=False)
    sign_in_to(plain, email, "/painel/entrar")
    with plain.seen.expecting(401, "/painel/entrar"), plain.seen.expecting(422, "/painel/entrar"):
        plain.page.get_by_label("Código").fill("000000")
        plain.page.keyboard.press("Enter")
        expect(plain.page.get_by_role("alert")).to_be_visible()
    # The code that switched it on is used up: the next half minute's is good already.
    plain.page.get_by_label("Código").fill(telephone_code(secret, 1))
    plain.page.keyboard.press("Enter")
    plain.page.wait_for_url("**/painel")

    lost = visit(browser, base_url, width=390)
    sign_in_to(lost, email, "/painel/entrar")
    lost.page.get_by_label("Código").fill(codes[0])
    lost.page.keyboard.press("Enter")
    lost.page.wait_for_url("**/painel/conta*")
    lost.open("/painel/conta/segundo-fator")
    lost.page.locator("form[action$='/desligar'] [name=password]").fill("balcao-demo")
    lost.page.locator("form[action$='/desligar'] [name=code]").fill(codes[1])
    lost.page.get_by_role("button", name="Desligar").click()
    expect(lost.page.get_by_role("button", name="Configurar")).to_be_visible()
    for visitor in (owner, plain, lost):
        visitor.assert_clean()
