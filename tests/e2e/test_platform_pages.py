"""Every page of central administration, with something on it: no barrier, a quiet console, nothing in the other language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Visitor, visit
from tests.e2e.page_checks import SEEN_TEXTS, catalogue, faults, violations
from tests.e2e.panel_steps import sign_in
from tests.e2e.platform_steps import CENTRAL, sign_in_to

LONG_NAME = "Restaurante e Lanchonete Nossa Senhora da Conceição dos Navegantes"
PAGES = (
    "/central", "/central/negocios", "/central/negocios?q=zzzzzz", "/central/negocios/novo", "/central/planos",
    "/central/planos/novo", "/central/cobranca", "/central/operacoes", "/central/backups", "/painel/conta",
)  # fmt: skip
PARTS = ("", "/plano", "/modulos", "/pessoas", "/historico")


@pytest.fixture(scope="module")
def central(base_url: str, browser: Browser) -> Iterator[Visitor]:
    """Somebody of the platform, with a business of a long name whose owner is still to come."""
    visitor = visit(browser, base_url, width=1280)
    sign_in_to(visitor, CENTRAL, "/central")
    page = visitor.page
    visitor.open("/central/negocios/novo")
    page.get_by_label("Nome", exact=True).fill(LONG_NAME)
    page.get_by_label("Endereço na internet").fill("nossa-senhora-da-conceicao-dos-navegantes")
    page.get_by_label("E-mail do dono").fill("dona@navegantes.example")
    page.get_by_role("button", name="Criar e convidar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG_NAME)
    yield visitor
    visitor.page.context.close()


@pytest.fixture(scope="module")
def addresses(central: Visitor) -> list[str]:
    """Every page of central administration there is to look at."""
    central.open("/central/planos")
    plan = central.page.get_by_role("cell").get_by_role("link").first.get_attribute("href") or ""
    central.open("/central/negocios")
    names = ("Padaria Três Marias", LONG_NAME)
    businesses = [central.page.get_by_role("link", name=name).get_attribute("href") or "" for name in names]
    assert plan
    assert all(businesses)
    return [*PAGES, plan, *(business + part for business in businesses for part in PARTS)]


@pytest.mark.e2e
def test_no_page_of_the_platform_has_a_barrier_or_english_in_it(
    central: Visitor, addresses: list[str]
) -> None:
    english = set(catalogue()) - set(catalogue().values())
    told: list[str] = []
    for path in addresses:
        central.open(path)
        told += [f"{path} says “{text}”" for text in central.page.evaluate(SEEN_TEXTS) if text in english]
        told += faults(central.page, path)
    assert told == [], "\n".join(told)
    central.assert_clean()


@pytest.mark.e2e
def test_in_english_nothing_of_the_platform_is_portuguese(
    base_url: str, browser: Browser, addresses: list[str]
) -> None:
    visitor = visit(browser, base_url, width=1280, language="en")
    sign_in_to(visitor, CENTRAL, "/central")
    portuguese = set(catalogue().values()) - set(catalogue()) - {"CEP"}
    told: list[str] = []
    for path in addresses:
        visitor.open(path)
        told += [f"{path} says “{text}”" for text in visitor.page.evaluate(SEEN_TEXTS) if text in portuguese]
        told += [f"{path}: {fault}" for fault in violations(visitor.page)]
    assert told == [], "\n".join(told)
    visitor.assert_clean()


@pytest.mark.e2e
def test_keys_webhooks_and_the_trail_have_no_barrier_once_there_is_something_on_them(
    base_url: str, browser: Browser
) -> None:
    owner = visit(browser, base_url, width=1280)
    page = owner.page
    sign_in(owner)
    told: list[str] = []
    owner.open("/painel/chaves/nova")
    page.get_by_label("Nome").fill("Contabilidade")
    for name in ("Ver contatos", "Ver pedidos", "Ver o catálogo"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Criar a chave").click()
    expect(page.get_by_label("Chave", exact=True)).not_to_be_empty()
    told += faults(page, "a new key")
    owner.open("/painel/chaves")
    page.get_by_text("3 permissões").click()
    expect(page.get_by_text("Ver pedidos")).to_be_visible()
    told += faults(page, "the keys")
    owner.open("/painel/webhooks/novo")
    page.get_by_label("Endereço").fill(
        "https://hooks.padaria-tres-marias.invalid/balcao/recebe?origem=padaria"
    )
    page.get_by_role("button", name="Adicionar o endereço").click()
    expect(page.locator("#secret")).to_be_visible()
    told += faults(page, "a new webhook")
    page.get_by_role("button", name="Mandar um teste").click()
    while not page.locator("td .badge", has_text="Não entregue").count():
        page.wait_for_timeout(100)
        page.reload()
    told += faults(page, "a webhook that nobody hears")
    page.get_by_role("link", name="Um teste").click()
    page.wait_for_url("**/entregas/**")
    told += faults(page, "a delivery")
    owner.open("/painel/auditoria")
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
    expect(page.get_by_role("cell", name=re.compile("Ver contatos"))).to_be_visible()
    told += faults(page, "the trail")
    assert told == [], "\n".join(told)
    owner.assert_clean()
