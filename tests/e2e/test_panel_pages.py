"""Every page of the panel, and the ways into it: no barrier, a quiet console, nothing left in the other language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import Visitor, visit
from tests.e2e.page_checks import SEEN_TEXTS, catalogue, faults, violations
from tests.e2e.panel_steps import order_by_api, sign_in

DOORS = ("/", "/painel/entrar", "/painel/esqueci", "/docs/errors")
IMPORT = ("", "/avisos", "/repetidos", "/linhas", "/colunas", "/gohighlevel", "/gohighlevel/relatorio")
STORE = ("", "/horarios", "/dias", "/entrega", "/pagamento", "/pausa")
PAGES = (
    "/painel", "/painel/pedidos", "/painel/pedidos/lista", "/painel/catalogo", "/painel/catalogo/produtos/novo",
    "/painel/catalogo/categorias", "/painel/catalogo/complementos", "/painel/catalogo/complementos/novo",
    "/painel/estoque", "/painel/lojas", "/painel/lojas/nova", "/painel/lojas/negocio", "/painel/equipe",
    "/painel/equipe/convidar", "/painel/equipe/nova", "/painel/equipe/grupos", "/painel/equipe/grupos/novo",
    "/painel/equipe/sessoes", "/painel/conta", "/painel/mensagens", "/painel/contatos", "/painel/contatos?q=zzzzzz",
    "/painel/contatos/novo", "/painel/contatos/duplicados", "/painel/contatos/bloqueios", "/painel/contatos/gohighlevel",
    "/painel/contatos/importacoes", "/painel/contatos/importacoes/colunas-guardadas",
    "/painel/assinatura", "/painel/auditoria", "/painel/chaves", "/painel/chaves/nova", "/painel/webhooks",
    "/painel/webhooks/novo", "/painel/primeiros-passos/negocio", "/painel/primeiros-passos/contato",
    "/painel/primeiros-passos/endereco", "/painel/primeiros-passos/horarios", "/painel/primeiros-passos/produto",
    "/painel/primeiros-passos/pagamento", "/painel/primeiros-passos/pronto",
)  # fmt: skip
# One page of each kind is found on the page that lists them.
ONE_OF = {
    "/painel/catalogo": r"/painel/catalogo/produtos/[0-9a-f-]{36}$",
    "/painel/catalogo/complementos": r"/painel/catalogo/complementos/[0-9a-f-]{36}$",
    "/painel/estoque": r"/painel/estoque/[0-9a-f-]{36}$",
    "/painel/lojas": r"/painel/lojas/[0-9a-f-]{36}$",
    "/painel/equipe": r"/painel/equipe/pessoas/[0-9a-f-]{36}$",
    "/painel/equipe/grupos": r"/painel/equipe/grupos/[0-9a-f-]{36}$",
    "/painel/contatos?q=aparecida": r"/painel/contatos/[0-9a-f-]{36}$",
    "/painel/contatos/importacoes?q=padaria": r"/painel/contatos/importacoes/[0-9a-f-]{36}$",
}
# What hangs on the page of one.
PARTS = {
    "/painel/lojas": STORE,
    "/painel/contatos?q=aparecida": ("", "/editar", "/juntar"),
    "/painel/contatos/importacoes?q=padaria": IMPORT,
}


@pytest.fixture(scope="module")
def owner(base_url: str, browser: Browser) -> Iterator[Visitor]:
    """The owner of the demo bakery, signed in, with an order to look at."""
    visitor = visit(browser, base_url, width=1280)
    sign_in(visitor)
    yield visitor
    visitor.page.context.close()


@pytest.fixture(scope="module")
def addresses(base_url: str, owner: Visitor) -> list[str]:
    """Every page there is to look at."""
    order = f"/painel/pedidos/{order_by_api(base_url, '(11) 98765-0777')}"
    found = [*PAGES, order, f"{order}/comanda"]
    for listing, pattern in ONE_OF.items():
        owner.open(listing)
        if "importacoes" in listing:  # the demo list is cleaned while the shop opens
            expect(owner.page.get_by_role("cell", name="Pronto")).to_be_visible()
        links = owner.page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
        one = next(link for link in links if re.search(pattern, link))
        found += [one + part for part in PARTS.get(listing, ("",))]
    return found


def _few_doors(route: Route) -> None:
    """The description of the API cut to its last doors: drawn whole, it takes minutes to look through."""
    whole = route.fetch().json()
    whole["paths"] = dict(list(whole["paths"].items())[-4:])
    route.fulfill(json=whole)


@pytest.mark.e2e
def test_the_ways_in_have_no_barrier(base_url: str, browser: Browser) -> None:
    visitor = visit(browser, base_url, width=1280)
    told: list[str] = []
    for path in DOORS:
        visitor.open(path)
        told += faults(visitor.page, path)
    visitor.page.route("**/openapi.json", _few_doors)
    for path, drawn in (("/docs", ".opblock-tag"), ("/redoc", "#redoc h2")):
        visitor.open(path)
        visitor.page.locator(drawn).first.wait_for()
        told += faults(visitor.page, path)
    visitor.open("/painel/entrar")
    visitor.page.locator("input[name=email]").fill("ninguem@padaria.example")
    visitor.page.locator("input[name=password]").fill("errada")
    with visitor.seen.expecting(401, "/painel/entrar"), visitor.seen.expecting(422, "/painel/entrar"):
        visitor.page.get_by_role("button", name="Entrar").click()
        expect(visitor.page.locator("[role=alert]")).to_be_visible()
    told += faults(visitor.page, "refused sign-in")
    for path in ("/painel/convite/gone", "/painel/nova-senha/gone"):
        with visitor.seen.expecting(410, path):
            visitor.open(path)
            told += faults(visitor.page, path)
    assert told == [], "\n".join(told)
    visitor.assert_clean()


@pytest.mark.e2e
def test_no_page_of_the_panel_has_a_barrier_or_english_in_it(owner: Visitor, addresses: list[str]) -> None:
    english = set(catalogue()) - set(catalogue().values())
    told: list[str] = []
    for path in addresses:
        owner.open(path)
        told += [f"{path} says “{text}”" for text in owner.page.evaluate(SEEN_TEXTS) if text in english]
        told += faults(owner.page, path)
    assert told == [], "\n".join(told)
    owner.assert_clean()


@pytest.mark.e2e
def test_what_opens_over_a_page_has_no_barrier(owner: Visitor) -> None:
    page = owner.page
    page.set_viewport_size({"width": 1280, "height": 844})
    told: list[str] = []
    owner.open("/painel/estoque")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    told += faults(page, "palette")
    page.keyboard.type("equ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/painel/equipe")
    owner.open("/painel/estoque")
    page.set_viewport_size({"width": 1280, "height": 844})
    page.get_by_role("link", name="Pão francês").first.click()
    expect(page.locator("#item-drawer")).to_be_visible()
    told += faults(page, "drawer of an item")
    page.keyboard.press("Escape")
    expect(page.locator("#item-drawer")).to_be_hidden()
    page.get_by_role("button", name="Mais", exact=True).click()
    expect(page.locator("#everything")).to_be_visible()
    told += faults(page, "all sections")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 844})
    page.locator(".top .drop summary").last.click()
    expect(page.get_by_role("link", name="Sua conta").last).to_be_visible()
    told += faults(page, "account menu", ".top")
    assert told == [], "\n".join(told)
    owner.assert_clean()


@pytest.mark.e2e
def test_whoever_is_invited_finds_no_barrier_at_the_door(
    base_url: str, browser: Browser, owner: Visitor
) -> None:
    owner.open("/painel/equipe/convidar")
    owner.page.get_by_label("E-mail").fill("nova@padaria.example")
    owner.page.get_by_role("button", name="Enviar convite").click()
    owner.page.wait_for_url("**/painel/equipe*")
    owner.open("/painel/mensagens")
    # The link is shown once the message left, which a worker sees to.
    while owner.page.get_by_text("na fila", exact=True).count():
        owner.page.wait_for_timeout(100)
        owner.page.reload()
    found = re.search(r"/painel/convite/[\w-]+", owner.page.content())
    assert found
    guest = visit(browser, base_url, width=390)
    guest.open(found[0])
    expect(guest.page.get_by_label("Seu nome")).to_be_visible()
    assert faults(guest.page, "invitation") == []
    guest.assert_clean()


@pytest.mark.e2e
def test_in_english_nothing_of_the_program_is_portuguese(
    base_url: str, browser: Browser, owner: Visitor, addresses: list[str]
) -> None:
    visitor = visit(browser, base_url, width=1280, language="en")
    sign_in(visitor)
    own = {
        "Endereço",  # headers of the shop's list
        "Bairro",
        "CEP",  # what it is called in English too
        "Média",  # a size on the menu
        "nome",  # a header of the demo's list
        "Observações",
        "Padaria Três Marias",
        "Pão francês",
        "Balcão",
        "Gerência",
        "Vila Mariana",
        "Pinheiros",
        "Pão de queijo",
    }
    portuguese = set(catalogue().values()) - own - set(catalogue())
    told: list[str] = []
    for path in addresses:
        visitor.open(path)
        assert visitor.page.locator("html").get_attribute("lang") == "en"
        told += [f"{path} says “{text}”" for text in visitor.page.evaluate(SEEN_TEXTS) if text in portuguese]
        told += [f"{path}: {fault}" for fault in violations(visitor.page)]
    assert told == [], "\n".join(told)
    visitor.assert_clean()
