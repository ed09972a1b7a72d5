"""An import from the outside: its list, its state, what one may do with it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from balcao.kernel.runtime import Runtime
from tests.factories.imports import make_import
from tests.factories.shops import Shop, make_shop

PANEL = "/painel/contatos/importacoes"


@pytest_asyncio.fixture
async def owner(runtime: Runtime) -> Shop:
    return await make_shop(runtime, modules=["store", "contacts"])


async def test_the_list_is_filtered_and_paged(client: httpx.AsyncClient, owner: Shop) -> None:
    done = await make_import(owner, filename_original="clientes.xlsx")
    failed = await make_import(
        owner, status="failed", error_code="FILE_EMPTY", filename_original="vazio_100%.csv"
    )
    every = (await client.get("/jobs", headers=owner.staff)).json()
    assert ([item["id"] for item in every["items"]], every["total"]) == ([str(failed), str(done)], 2)
    assert every["items"][1]["total_rows"] == 2
    page = (await client.get("/jobs?limit=1&offset=1", headers=owner.staff)).json()
    assert ([item["id"] for item in page["items"]], page["total"], page["limit"]) == ([str(done)], 2, 1)
    only = (await client.get("/jobs?status=failed", headers=owner.staff)).json()
    assert [item["id"] for item in only["items"]] == [str(failed)]
    for q, found in (("CLIENTES", 1), ("100%", 1), ("_1", 1), ("nada", 0), ("%", 1)):
        assert (await client.get("/jobs", params={"q": q}, headers=owner.staff)).json()["total"] == found, q
    assert (await client.get("/jobs?offset=50", headers=owner.staff)).json()["total"] == 2
    for wrong in ("limit=0", "limit=101", "status=ready", "offset=-1"):
        assert (await client.get(f"/jobs?{wrong}", headers=owner.staff)).status_code == 422


async def test_why_it_failed_is_said_in_the_callers_language(client: httpx.AsyncClient, owner: Shop) -> None:
    failed = await make_import(owner, status="failed", error_code="FILE_PASSWORD_PROTECTED")
    said = {}
    for language in ("en", "pt-BR"):
        headers = {**owner.staff, "Accept-Language": language}
        said[language] = (await client.get(f"/jobs/{failed}", headers=headers)).json()["error"]
    assert said["en"]["code"] == said["pt-BR"]["code"] == "FILE_PASSWORD_PROTECTED"
    assert "password" in said["en"]["message"]
    unknown = await make_import(owner, status="failed", error_code="SOMETHING_NEW")
    assert (await client.get(f"/jobs/{unknown}", headers=owner.staff)).json()["error"]["message"]


async def test_progress_says_how_long_it_takes(client: httpx.AsyncClient, owner: Shop) -> None:
    started = owner.runtime.clock() - timedelta(seconds=10)
    running = await make_import(
        owner, status="processing", stage="cleaning", rows_done=1_000, rows_total=3_000, started_at=started
    )
    job = (await client.get(f"/jobs/{running}", headers=owner.staff)).json()
    assert job["progress"] == {"rows_done": 1_000, "rows_total": 3_000}
    assert 19 <= job["eta_seconds"] <= 30
    early = await make_import(owner, status="processing", stage="inspecting", started_at=started)
    assert (await client.get(f"/jobs/{early}", headers=owner.staff)).json()["eta_seconds"] is None
    page = await client.get(f"{PANEL}/{running}", headers=owner.staff)
    assert page.status_code == 200
    assert 'data-live="import.changed"' in page.text
    assert (await client.get(PANEL, headers=owner.staff)).status_code == 200


async def test_what_is_not_ready_is_409_and_what_is_malformed_422(
    client: httpx.AsyncClient, owner: Shop
) -> None:
    running = await make_import(owner, status="processing")
    for path in (
        "preview",
        "report",
        "download",
        "issues",
        "rows",
        "duplicates",
        "mapping",
        "issues.csv",
        "issues.xlsx",
    ):
        answer = await client.get(f"/jobs/{running}/{path}", headers=owner.staff)
        assert (answer.status_code, answer.json()["code"]) == (409, "import_not_ready"), path
    assert (await client.get("/jobs/not-an-id", headers=owner.staff)).status_code == 422
    assert (
        await client.get("/jobs/00000000-0000-7000-8000-000000000000", headers=owner.staff)
    ).status_code == 404


async def test_results_that_were_removed_are_gone(client: httpx.AsyncClient, owner: Shop) -> None:
    old = await make_import(owner, results_deleted_at=owner.runtime.clock())
    for path in ("download", "issues", "rows"):
        answer = await client.get(f"/jobs/{old}/{path}", headers=owner.staff)
        assert (answer.status_code, answer.json()["code"]) == (410, "import_results_gone"), path
    assert (await client.get(f"{PANEL}/{old}", headers=owner.staff)).status_code == 200


@pytest.mark.parametrize("status", ["done", "queued", "processing", "needs_mapping"])
async def test_retry_is_for_what_failed(client: httpx.AsyncClient, owner: Shop, status: str) -> None:
    job = await make_import(owner, status=status)
    assert (await client.post(f"/jobs/{job}/retry", headers=owner.staff)).status_code == 409


async def test_a_failed_one_runs_again_a_waiting_one_stops_and_any_may_be_removed(
    client: httpx.AsyncClient, owner: Shop
) -> None:
    failed = await make_import(owner, status="failed", error_code="FILE_CORRUPT")
    again = await client.post(f"/jobs/{failed}/retry", headers=owner.staff)
    assert (again.status_code, again.json()["status"], again.json()["error"]) == (202, "queued", None)
    stopped = await client.post(f"/jobs/{failed}/cancel", headers=owner.staff)
    assert (stopped.status_code, stopped.json()["status"]) == (202, "canceled")
    assert (await client.post(f"/jobs/{failed}/cancel", headers=owner.staff)).status_code == 409
    assert (await client.delete(f"/jobs/{failed}", headers=owner.staff)).status_code == 204
    assert (await client.get(f"/jobs/{failed}", headers=owner.staff)).status_code == 404


async def test_other_options_read_the_file_again(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    body = {
        "default_ddd": "11",
        "encoding": "UTF8",
        "delimiter": "semicolon",
        "header_row": 2,
        "sheet": "Leads",
    }
    answer = await client.post(f"/jobs/{job}/options", json=body, headers=owner.staff)
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    kept = {"default_ddd": "11", "encoding": "utf-8", "delimiter": ";", "header_row": 2, "sheet": "Leads"}
    assert {name: answer.json()["options"][name] for name in kept} == kept
    running = await make_import(owner, status="processing")
    assert (await client.post(f"/jobs/{running}/options", json={}, headers=owner.staff)).status_code == 409
    for wrong in ({"default_ddd": "20"}, {"unknown": 1}, {"delimiter": "~"}):
        assert (await client.post(f"/jobs/{job}/options", json=wrong, headers=owner.staff)).status_code == 422


async def test_what_the_panel_does_is_a_form_and_a_way_back(client: httpx.AsyncClient, owner: Shop) -> None:
    failed = await make_import(owner, status="failed", error_code="FILE_EMPTY")
    page = await client.get(f"{PANEL}/{failed}", headers=owner.staff)
    assert f'action="{PANEL}/{failed}/tentar"' in page.text
    again = await client.post(f"{PANEL}/{failed}/tentar", headers=owner.staff)
    assert (again.status_code, again.headers["location"]) == (303, f"{PANEL}/{failed}?feito=again")
    refused = await client.post(f"{PANEL}/{failed}/tentar", headers=owner.staff)
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    done = await make_import(owner)
    wrong = await client.post(f"{PANEL}/{done}/opcoes", data={"default_ddd": "20"}, headers=owner.staff)
    assert wrong.status_code == 422
    assert 'id="f-default_ddd-error"' in wrong.text
    right = await client.post(
        f"{PANEL}/{done}/opcoes", data={"default_ddd": "11", "review": "0"}, headers=owner.staff
    )
    assert right.status_code == 303
    assert (await client.post(f"{PANEL}/{failed}/apagar", headers=owner.staff)).status_code == 303
    assert (await client.get(f"{PANEL}/{failed}", headers=owner.staff)).status_code == 404
    viewer = await owner.add_user("operator", ["contacts.imports:view"])
    seen = await client.get(f"{PANEL}/{done}", headers=viewer)
    assert seen.status_code == 200
    assert "/apagar" not in seen.text
    assert (await client.post(f"{PANEL}/{done}/apagar", headers=viewer)).status_code == 403


async def test_undo_is_asked_for_once(client: httpx.AsyncClient, owner: Shop) -> None:
    done = await make_import(owner)
    first = await client.post(f"/jobs/{done}/undo", headers=owner.staff)
    assert first.status_code == 202
    assert first.json()["undone_at"] is not None
    assert (await client.post(f"/jobs/{done}/undo", headers=owner.staff)).status_code == 409
    assert (await client.get(f"{PANEL}/{done}", headers=owner.staff)).status_code == 200
