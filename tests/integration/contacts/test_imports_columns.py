"""What the columns are: shown, previewed, chosen, kept for the next file."""

from __future__ import annotations

import httpx
import pytest_asyncio

from balcao.kernel.runtime import Runtime
from tests.factories.imports import make_import
from tests.factories.shops import Shop, make_shop

PANEL = "/painel/contatos/importacoes"
CHOSEN = {"0": "full_name", "1": "whatsapp", "2": "email", "3": ""}


@pytest_asyncio.fixture
async def owner(runtime: Runtime) -> Shop:
    return await make_shop(runtime, modules=["store", "contacts"])


async def test_the_mapping_says_what_and_why(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner, status="needs_mapping")
    mapping = (await client.get(f"/jobs/{job}/mapping", headers=owner.staff)).json()
    assert mapping["status"] == "needs_mapping"
    assert [(column["letter"], column["header"], column["field"]) for column in mapping["columns"]] == [
        ("A", "Nome", "full_name"), ("B", "Zap", "whatsapp"), ("C", "E-mail", "email"), ("D", "CPF", "cpf"),
    ]  # fmt: skip
    assert mapping["columns"][1]["samples"][0] == "11 8765-4321"
    assert "opt_out" in mapping["fields"]


async def test_a_preview_keeps_nothing(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner, status="needs_mapping")
    url = f"/jobs/{job}/mapping/preview"
    rows = (await client.post(url, json={"columns": CHOSEN}, headers=owner.staff)).json()["rows"]
    assert rows[0]["first_name"].casefold() == "ana"
    assert "cpf" not in rows[0]
    assert (await client.get(f"/jobs/{job}", headers=owner.staff)).json()["status"] == "needs_mapping"
    for wrong in ({"0": "first_name", "1": "first_name"}, {"9": "email"}, {"0": "shoe_size"}):
        answer = await client.post(url, json={"columns": wrong}, headers=owner.staff)
        assert (answer.status_code, answer.json()["code"]) == (422, "mapping_invalid"), wrong
    part = await client.post(
        f"{PANEL}/{job}/colunas/previa", data={"c0": "full_name", "c1": "", "c2": "email", "c3": ""},
        headers={**owner.staff, "HX-Request": "true"},
    )  # fmt: skip
    assert part.status_code == 200
    assert 'id="previa"' in part.text
    whole = await client.post(f"{PANEL}/{job}/colunas/previa", data={"c0": "full_name"}, headers=owner.staff)
    assert "<html" in whole.text


async def test_a_choice_runs_the_import(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner, status="needs_mapping")
    page = await client.get(f"{PANEL}/{job}", headers=owner.staff)
    assert f'href="{PANEL}/{job}/colunas"' in page.text
    chosen = await client.post(
        f"/jobs/{job}/mapping", json={"columns": CHOSEN, "save_as": "Leads"}, headers=owner.staff
    )
    assert (chosen.status_code, chosen.json()["status"]) == (202, "queued")
    kept = (await client.get("/mappings", headers=owner.staff)).json()
    assert (kept["total"], kept["items"][0]["name"]) == (1, "Leads")
    assert kept["items"][0]["columns"] == {
        "nome": "full_name",
        "zap": "whatsapp",
        "e-mail": "email",
        "cpf": "",
    }
    again = await client.post(f"/jobs/{job}/mapping", json={"columns": CHOSEN}, headers=owner.staff)
    assert again.status_code == 409


async def test_the_editor_of_the_panel(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    page = await client.get(f"{PANEL}/{job}/colunas", headers=owner.staff)
    assert page.status_code == 200
    assert page.text.count("<select") >= 4
    twice = {"c0": "first_name", "c1": "first_name", "c2": "email", "c3": "cpf"}
    wrong = await client.post(f"{PANEL}/{job}/colunas", data=twice, headers=owner.staff)
    assert wrong.status_code == 422
    assert 'id="e1"' in wrong.text
    form = {
        "c0": "full_name",
        "c1": "whatsapp",
        "c2": "email",
        "c3": "",
        "save": "1",
        "save_as": "Planilha da Zilda",
    }
    right = await client.post(f"{PANEL}/{job}/colunas", data=form, headers=owner.staff)
    assert (right.status_code, right.headers["location"]) == (303, f"{PANEL}/{job}?feito=mapped")
    profiles = await client.get(f"{PANEL}/colunas-guardadas", headers=owner.staff)
    assert "Planilha da Zilda" in profiles.text
    viewer = await owner.add_user("operator", ["contacts.imports:view"])
    other = await make_import(owner)
    seen = await client.get(f"{PANEL}/{other}/colunas", headers=viewer)
    assert (seen.status_code, "<select" in seen.text) == (200, False)
    running = await make_import(owner, status="processing")
    assert (await client.get(f"{PANEL}/{running}/colunas", headers=owner.staff)).status_code == 409


async def test_mappings_are_kept_replaced_and_forgotten(
    client: httpx.AsyncClient, owner: Shop, runtime: Runtime
) -> None:
    body = {"name": "Feira", "columns": {"Nome": "full_name", "Zap": "whatsapp", "Idade": ""}}
    made = await client.post("/mappings", json=body, headers=owner.staff)
    assert made.status_code == 201
    again = await client.post("/mappings", json={**body, "name": "Feira 2"}, headers=owner.staff)
    assert again.json()["id"] == made.json()["id"]
    listed = (await client.get("/mappings", headers=owner.staff)).json()
    assert [item["name"] for item in listed["items"]] == ["Feira 2"]
    for wrong in (
        {"name": "x", "columns": {}},
        {"name": "", "columns": {"a": "email"}},
        {"name": "x", "columns": {"a": "shoe_size"}},
    ):
        assert (await client.post("/mappings", json=wrong, headers=owner.staff)).status_code == 422, wrong
    other = await make_shop(runtime, modules=["store", "contacts"])
    mapping_id = made.json()["id"]
    assert (await client.delete(f"/mappings/{mapping_id}", headers=other.staff)).status_code == 404
    assert (await client.get("/mappings", headers=other.staff)).json()["total"] == 0
    gone = await client.post(f"{PANEL}/colunas-guardadas/{mapping_id}/apagar", headers=owner.staff)
    assert gone.status_code == 303
    assert (await client.delete(f"/mappings/{mapping_id}", headers=owner.staff)).status_code == 404
