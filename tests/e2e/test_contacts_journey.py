"""A messy list on its way into the address book and out again: sent, watched, read, corrected, taken apart, undone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Visitor, visit
from tests.e2e.page_checks import assert_accessible, cdp
from tests.e2e.panel_steps import sign_in

IMPORTS = "/painel/contatos/importacoes"
HEADER = "First Name,Last Name,Email,Phone,Business Name,Address,City,State,Postal Code,Country,Contact Source,Tags"
MESSY = """Lista da feira de março
;;;;
Nome;E-mail;Celular;Obs;Apelido
MARIA IZABEL TORRES;Maria.Torres@GMAIL.COM;(11) 97123-0001;prefere à tarde;Bel
maria torres;maria.torres@gmail.com;;;Bel
josé pedro ramos;jose.ramos@gmail.con;11 97123-0002;;Zé
RAIMUNDA NONATO;;97123-0003;sem DDD;Ray
sebastiana;sebastiana@;;;Tiana
"""
FILLER = 1_500


def _spreadsheet(folder: Path, name: str, filler: int) -> Path:
    """As Excel in Brazil saves it, with many ordinary people below the messy ones."""
    lines = [
        f"CLIENTE NÚMERO {chr(65 + n % 26)}{chr(65 + n // 26 % 26)}{chr(65 + n // 676)};cliente{n}@feira.example.com.br;"
        f"(11) 98{n:07d};;"
        for n in range(filler)
    ]
    path = folder / name
    path.write_bytes((MESSY + "\n".join(lines)).replace("\n", "\r\n").encode("cp1252"))
    return path


def _finished(page: Page) -> None:
    """The result stands on the page; whatever was shown before gave way by itself."""
    expect(page.get_by_role("heading", name="E agora?")).to_be_visible(timeout=30_000)


def _figure(page: Page, label: str) -> str:
    return page.locator(".stat").filter(has_text=label).locator(".stat__figure").inner_text()


def _sure(page: Page) -> None:
    page.locator("#confirm button[value=yes]").click()


def _send_with_a_bar(visitor: Visitor, file: Path) -> None:
    """Chooses the file and sends it over a slow line, so that its bar is seen."""
    page = visitor.page
    visitor.open(IMPORTS)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("[data-upload-names]")).to_contain_text(file.name)
    with cdp(page) as network:
        network.send("Network.enable")
        line = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000}
        network.send("Network.emulateNetworkConditions", line)
        page.get_by_role("button", name="Limpar este arquivo").click()
        expect(page.locator("[data-upload-progress]")).to_be_visible()
        expect(page.locator("[data-upload-said]")).to_contain_text(file.name)
        page.wait_for_url(re.compile(rf"{IMPORTS}/[0-9a-f-]{{36}}$"))
        network.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": -1})


def _correct_a_cell(page: Page) -> None:
    """The number without an area code, found by what happened, put right beside its cell."""
    page.get_by_role("link", name=re.compile("O que foi encontrado")).click()
    codes = page.locator("select[name=codigo]")
    codes.select_option("PHONE_MISSING_DDD")
    expect(page.locator("#found tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("codigo=PHONE_MISSING_DDD"))
    cell = page.get_by_label(re.compile("Texto certo da célula C"))
    expect(cell).to_have_value("97123-0003")
    cell.fill("(11) 97123-0003")
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("#waiting")).to_contain_text("Uma correção espera")
    assert_accessible(page, "a correction waits")
    page.get_by_role("button", name="Limpar de novo").click()
    _finished(page)


def _take_apart(page: Page) -> None:
    assert _figure(page, "Repetidos") == "1"
    page.get_by_role("link", name=re.compile("Pessoas repetidas")).click()
    expect(page.get_by_role("heading", name="Maria Izabel Torres")).to_be_visible()
    page.get_by_role("button", name="É outra pessoa").click()
    _sure(page)
    _finished(page)
    assert _figure(page, "Repetidos") == "0"


def _change_a_column(page: Page) -> None:
    """The nickname becomes the company; the first rows show it before anything is kept."""
    page.get_by_role("link", name="Colunas", exact=True).click()
    preview = page.locator("#previa")
    expect(preview).to_contain_text("maria.torres@gmail.com")
    expect(preview).not_to_contain_text("Tiana")
    page.get_by_label(re.compile("Apelido")).select_option("company")
    expect(preview).to_contain_text("Tiana")
    page.get_by_role("button", name="Limpar com estas colunas").click()
    _finished(page)


def _download(page: Page, folder: Path) -> list[str]:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Arquivo para o GoHighLevel").click()
    path = folder / "ghl.csv"
    coming.value.save_as(path)
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.e2e
def test_a_list_is_cleaned_corrected_and_taken_back(base_url: str, browser: Browser, tmp_path: Path) -> None:
    shop = visit(browser, base_url, width=1280)
    page = shop.page
    sign_in(shop)
    _send_with_a_bar(shop, _spreadsheet(tmp_path, "feira.csv", FILLER))
    page.evaluate("document.body.dataset.opened = 'once'")
    _finished(page)
    assert page.evaluate("document.body.dataset.opened") == "once"
    assert _figure(page, "Contatos limpos") == "1.504"
    assert_accessible(page, "result")
    address = page.url

    _correct_a_cell(page)
    _take_apart(page)
    _change_a_column(page)
    lines = _download(page, tmp_path)
    assert lines[0] == HEADER
    assert lines[1].startswith("Maria,Izabel Torres,maria.torres@gmail.com,+5511971230001,Bel,")
    assert any(line.startswith("Raimunda,Nonato,,+5511971230003,") for line in lines)
    assert len(lines) == 1 + 5 + FILLER

    with page.expect_navigation():  # to its end: who types before the page's script is there is not heard
        page.get_by_role("link", name="Ver as pessoas nos seus contatos").click()
    page.get_by_label("Encontrar alguém").fill("raimunda")
    expect(page.locator("#people tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Raimunda Nonato").click()
    expect(page.locator("main")).to_contain_text("(11) 97123-0003")
    expect(page.get_by_role("link", name="Veio com uma importação")).to_have_attribute(
        "href", address.partition("?")[0].removeprefix(base_url)
    )

    page.get_by_role("link", name="Veio com uma importação").click()
    page.get_by_role("button", name="Desfazer esta importação").click()
    _sure(page)
    expect(page.locator("#import")).to_contain_text("contatos saíram de novo", timeout=30_000)
    shop.open("/painel/contatos?q=raimunda")
    expect(page.get_by_text("Ninguém encontrado")).to_be_visible()
    shop.assert_clean()


@pytest.mark.e2e
def test_on_a_phone_and_without_scripts_a_list_is_cleaned_too(
    base_url: str, browser: Browser, tmp_path: Path
) -> None:
    shop = visit(browser, base_url, width=390, javascript=False)
    page = shop.page
    sign_in(shop)
    shop.open(IMPORTS)
    page.locator("input[type=file]").set_input_files(_spreadsheet(tmp_path, "celular.csv", 0))
    page.get_by_role("button", name="Limpar este arquivo").click()
    page.wait_for_url(re.compile(rf"{IMPORTS}/[0-9a-f-]{{36}}$"))
    # The page reloads itself every few seconds while the work goes on.
    expect(page.get_by_role("heading", name="E agora?")).to_be_visible(timeout=30_000)
    assert _figure(page, "Contatos limpos") == "4"
    assert _download(page, tmp_path)[0] == HEADER
    page.get_by_role("button", name="Desfazer esta importação").click()
    expect(page.locator("#import")).to_contain_text("Esta importação foi desfeita")
    shop.assert_clean()
