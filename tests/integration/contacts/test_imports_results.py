"""What a finished import gives away: files, issues, rows, groups; and what comes back corrected."""

from __future__ import annotations

import csv
import io
import zipfile

import httpx
import openpyxl
import pytest
import pytest_asyncio
from sqlalchemy import select

from balcao.kernel.runtime import Runtime
from balcao.modules.contacts import downloads, excel
from balcao.modules.contacts.models import ImportCorrection
from balcao.modules.contacts.pipeline.request import Limits
from tests.factories.imports import Source, make_import, ordinary_source, person, report_of
from tests.factories.shops import Shop, make_shop

HEADER = "First Name,Last Name,Email,Phone,Business Name,Address,City,State,Postal Code,Country,Contact Source,Tags"
PANEL = "/painel/contatos/importacoes"


@pytest_asyncio.fixture
async def owner(runtime: Runtime) -> Shop:
    return await make_shop(runtime, modules=["store", "contacts"])


async def _get(client: httpx.AsyncClient, owner: Shop, path: str, **query: str) -> httpx.Response:
    return await client.get(path, params=query, headers={**owner.staff, "Accept-Language": "en"})


async def _cells(owner: Shop) -> dict[tuple[int, int], str]:
    async with owner.runtime.transactions.begin(owner.tenant, read_only=True) as uow:
        return {
            (cell.row, cell.column): cell.value
            for cell in (await uow.session.execute(select(ImportCorrection))).scalars()
        }


async def test_the_file_for_gohighlevel(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    answer = await _get(client, owner, f"/jobs/{job}/download")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    name = "Leads%20mar%C3%A7o-ghl.csv"
    assert (
        answer.headers["content-disposition"]
        == f"attachment; filename=\"Leads marco-ghl.csv\"; filename*=UTF-8''{name}"
    )
    assert answer.headers["cache-control"] == "private, no-store"
    lines = answer.content.decode("utf-8").split("\r\n")
    assert lines[0] == HEADER
    assert lines[1].startswith("Ana,Souza,ana@x.com.br,+5511987654321,")
    assert (len(lines), lines[-1]) == (4, "")
    assert (await _get(client, owner, f"/jobs/{job}/download", part="1")).content == answer.content
    assert (await _get(client, owner, f"/jobs/{job}/download", part="2")).status_code == 404
    preview = (await _get(client, owner, f"/jobs/{job}/preview")).json()
    assert (preview["columns"], preview["total"], len(preview["rows"])) == (HEADER.split(","), 2, 2)
    assert preview["rows"][0]["Email"] == "ana@x.com.br"
    report = (await _get(client, owner, f"/jobs/{job}/report")).json()
    assert (report["total_rows"], report["pct_with_email"], report["pct_with_phone"]) == (2, 100.0, 50.0)
    counts = report["counts"]
    assert counts["rows_read"] == sum(count for name, count in counts.items() if name != "rows_read")


async def test_many_rows_are_a_zip_of_parts(client: httpx.AsyncClient, owner: Shop) -> None:
    source = Source()
    for number in range(25):
        source.add(
            number + 2, "o", [f"P{number}", "", "", ""], person(first_name=f"P{number}", notes="olá, você")
        )
    job = await make_import(owner, source, report=report_of(source, part_rows=10))
    answer = await _get(client, owner, f"/jobs/{job}/download")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        files = [archive.read(name).decode() for name in archive.namelist()]
        assert archive.namelist() == [f"Leads março-ghl-{n:02d}.csv" for n in (1, 2, 3)]
    assert [file.count("\r\n") - 1 for file in files] == [10, 10, 5]
    assert all(file.startswith(HEADER + "\r\n") for file in files)
    rows = [line.split(",")[0] for file in files for line in file.split("\r\n")[1:-1]]
    assert rows == [f"P{number}" for number in range(25)]
    second = await _get(client, owner, f"/jobs/{job}/download", part="2")
    assert second.text == files[1]
    assert (await client.get(f"{PANEL}/{job}", headers=owner.staff)).status_code == 200


async def test_the_other_profiles_and_only_some(
    client: httpx.AsyncClient, owner: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await make_import(owner)
    extended = (await _get(client, owner, f"/jobs/{job}/download", profile="extended")).text.split("\r\n")
    assert extended[0] == f"{HEADER},CPF"
    excel = await _get(client, owner, f"/jobs/{job}/download", profile="excel")
    assert excel.content.startswith(b"\xef\xbb\xbfFirst Name;Last Name;")
    assert excel.text.count("\r\n") == 3
    for only, names in (
        ("new", ["Ana"]),
        ("changed", ["Bia"]),
        ("fresh", ["Ana", "Bia"]),
        ("suppressed", ["Caio"]),
        ("conflict", []),
    ):
        answer = await _get(client, owner, f"/jobs/{job}/download", only=only)
        assert [line.split(",")[0] for line in answer.text.split("\r\n")[1:-1]] == names, only
    assert (await _get(client, owner, f"/jobs/{job}/download", only="some")).status_code == 422
    assert (await _get(client, owner, f"/jobs/{job}/download", profile="excel", part="1")).status_code == 422
    monkeypatch.setattr(downloads, "LIMITS", Limits(part_rows=1))
    answer = await _get(client, owner, f"/jobs/{job}/download", only="fresh")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert [
            archive.read(name).decode().split("\r\n")[1].split(",")[0] for name in archive.namelist()
        ] == ["Ana", "Bia"]
    part = await _get(client, owner, f"/jobs/{job}/download", only="fresh", part="2")
    assert part.text.split("\r\n")[1].startswith("Bia,")
    assert (await _get(client, owner, f"/jobs/{job}/download", only="fresh", part="3")).status_code == 404


async def test_no_cell_of_any_file_is_a_formula(client: httpx.AsyncClient, owner: Shop) -> None:
    source = Source()
    evil = person(first_name="=A1", notes="=1+1", company="@SUM(1)", phone="+5511987654321", instagram="@maria",
                  additional_phones="+5511912345678", source="\t=1", email="a@b.com", last_name="＝cmd")  # fmt: skip
    source.add(2, "o", ["=A1", "+55 11 98765-4321", "", ""], evil)
    source.found(2, 0, "CELL_FORMULA_BLANKED", "=cmd|' /C calc'!A0", "")
    source.found(2, 1, "PHONE_SHORTHAND", "+55 11 98765-4321", "+5511987654321")
    job = await make_import(owner, source)
    triggers = tuple("=+-@\t\r＝＋－＠")
    for query in ({"profile": "extended"}, {"profile": "excel"}, {"only": "new"}):
        text = (await _get(client, owner, f"/jobs/{job}/download", **query)).text
        rows = list(
            csv.reader(
                io.StringIO(text.removeprefix("\ufeff"), newline=""),
                delimiter=";" if "excel" in query.values() else ",",
            )
        )
        for header, cell in zip(rows[0], rows[1], strict=True):
            if "Phone" in header:
                assert cell.startswith("+55")
            else:
                assert not cell.startswith(triggers), (query, header)
    listed = (await _get(client, owner, f"/jobs/{job}/issues.csv")).text.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(listed, newline="")))
    assert rows[1][7] == "'=cmd|' /C calc'!A0"
    assert not [cell for row in rows for cell in row if cell.startswith(triggers)]
    book = openpyxl.load_workbook(io.BytesIO((await _get(client, owner, f"/jobs/{job}/issues.xlsx")).content))
    assert book.active is not None
    assert not [cell for row in book.active.values for cell in row if str(cell or "").startswith(triggers)]


async def test_a_workbook_that_is_full_says_so(
    client: httpx.AsyncClient, owner: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await make_import(owner)
    monkeypatch.setattr(excel, "SHEET_ROWS", 3)
    book = openpyxl.load_workbook(io.BytesIO((await _get(client, owner, f"/jobs/{job}/issues.xlsx")).content))
    assert book.active is not None
    rows = list(book.active.values)
    assert [row[0] for row in rows] == ["Row", 2, 3, 4, "There are more: the list as CSV holds all of them."]


async def test_issues_by_code_level_and_column(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    every = (await _get(client, owner, f"/jobs/{job}/issues")).json()
    assert every["total"] == 8
    first = every["items"][0]
    assert (first["row"], first["column"], first["letter"], first["header"]) == (2, 1, "B", "Zap")
    assert (first["code"], first["level"], first["original"], first["value"]) == (
        "PHONE_NINTH_DIGIT_ADDED", "info", "11 8765-4321", "+5511987654321",
    )  # fmt: skip
    assert first["message"] == "Old mobile number: ninth digit added."
    assert [item["column"] for item in every["items"] if item["code"] == "ROW_TOTAL"] == [None]
    for query, found in (
        ({"code": "EMAIL_DOMAIN_FIXED"}, 1), ({"level": "error"}, 3), ({"column": "B"}, 2), ({"column": "2"}, 2),
        ({"column": "B", "level": "error"}, 1), ({"code": "NOTHING"}, 0), ({"page": "2", "limit": "5"}, 8),
    ):  # fmt: skip
        assert (await _get(client, owner, f"/jobs/{job}/issues", **query)).json()["total"] == found, query
    page = (await _get(client, owner, f"/jobs/{job}/issues", page="2", limit="5")).json()
    assert page == (await _get(client, owner, f"/jobs/{job}/issues", offset="5", limit="5")).json()
    assert (len(page["items"]), page["offset"]) == (3, 5)
    assert (await _get(client, owner, f"/jobs/{job}/issues", page="9")).json()["total"] == 8
    for wrong in ({"level": "bad"}, {"column": "ÇÇ"}, {"page": "0"}, {"column": "ABCDE"}):
        assert (await _get(client, owner, f"/jobs/{job}/issues", **wrong)).status_code == 422, wrong


async def test_rows_stand_beside_what_they_became(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    rows = (await _get(client, owner, f"/jobs/{job}/rows")).json()
    assert ([row["row"] for row in rows["items"]], rows["next_start"]) == ([2, 3, 4, 5, 6, 7], None)
    ana = rows["items"][0]
    assert ana["state"] == "output"
    assert ana["person"]["last_name"] == "Souza"
    assert [(cell["original"], cell["value"], cell["changed"]) for cell in ana["cells"]] == [
        ("ANA", "Ana Souza", True), ("11 8765-4321", "+5511987654321", True), ("", "", False),
        ("529.982.247-25", "52998224725", True),
    ]  # fmt: skip
    assert ana["cells"][1]["codes"] == ["PHONE_NINTH_DIGIT_ADDED"]
    assert (rows["items"][1]["state"], rows["items"][1]["ref"]) == ("duplicate", 2)
    fixed = rows["items"][2]["cells"][2]
    assert (fixed["original"], fixed["value"]) == ("bia@hotmial.com", "bia@hotmail.com")
    assert rows["items"][5]["person"] == {}
    only = (await _get(client, owner, f"/jobs/{job}/rows", state="output", limit="1")).json()
    assert ([row["row"] for row in only["items"]], only["next_start"]) == ([2], 1)
    after = (await _get(client, owner, f"/jobs/{job}/rows", state="output", start="1")).json()
    assert [row["row"] for row in after["items"]] == [4]


async def test_repeated_people_before_and_after(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    groups = (await _get(client, owner, f"/jobs/{job}/duplicates")).json()
    group = groups["items"][0]
    assert (group["row"], group["rows"], groups["next_start"]) == (2, [2, 3], None)
    assert "last_name" not in group["before"][0]["person"]
    assert (group["after"]["last_name"], group["after"]["cpf"]) == ("Souza", "52998224725")
    split = await client.post(
        f"/jobs/{job}/duplicates/split", json={"row": 3, "from_row": 2}, headers=owner.staff
    )
    assert (split.status_code, split.json()["status"], split.json()["options"]["apart"]) == (
        202,
        "queued",
        [[3, 2]],
    )
    other = await make_import(owner)
    same = await client.post(
        f"/jobs/{other}/duplicates/split", json={"row": 3, "from_row": 3}, headers=owner.staff
    )
    assert same.status_code == 422


async def test_corrected_cells(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    cell = {"row": 4, "column": 1, "value": "(31) 98765-4321"}
    kept = await client.post(
        f"/jobs/{job}/corrections", json={"cells": [cell], "reprocess": False}, headers=owner.staff
    )
    assert (kept.status_code, kept.json()["saved"], kept.json()["waiting"]) == (202, 1, 1)
    assert kept.json()["job"]["status"] == "done"
    assert await _cells(owner) == {(4, 1): "(31) 98765-4321"}
    page = await client.get(f"{PANEL}/{job}/avisos", headers=owner.staff)
    assert f'action="{PANEL}/{job}/reprocessar"' in page.text
    again = await client.post(
        f"/jobs/{job}/corrections", json={"cells": [{**cell, "value": "x"}, cell]}, headers=owner.staff
    )
    assert (again.status_code, again.json()["job"]["status"]) == (202, "queued")
    assert await _cells(owner) == {(4, 1): "(31) 98765-4321"}
    for wrong in (
        {"cells": []},
        {"cells": [{**cell, "column": 4}]},
        {"cells": [{**cell, "row": 0}]},
        {"cells": [cell], "x": 1},
        {},
    ):
        answer = await client.post(f"/jobs/{job}/corrections", json=wrong, headers=owner.staff)
        assert answer.status_code == 422, wrong
    broken = await client.post(f"/jobs/{job}/corrections", content=b"{", headers=owner.staff)
    assert broken.status_code in {400, 422}


@pytest.mark.parametrize("language", ["en", "pt-BR"])
async def test_the_list_comes_back_filled_in(client: httpx.AsyncClient, owner: Shop, language: str) -> None:
    job = await make_import(owner)
    headers = {**owner.staff, "Accept-Language": language}
    data = (await client.get(f"/jobs/{job}/issues.xlsx", headers=headers)).content
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    assert sheet is not None
    by_code = {row[5].value: row for row in sheet.iter_rows(min_row=2)}
    by_code["PHONE_MISSING_DDD"][10].value = "(31) 98765-4321"
    by_code["EMAIL_DOMAIN_FIXED"][8].value = "bia@hotmail.com.br"
    by_code["CPF_INVALID"][7].value = "529.982.247-25"
    by_code["ROW_TOTAL"][10].value = "not a cell"
    out = io.BytesIO()
    book.save(out)
    answer = await client.post(
        f"/jobs/{job}/corrections", files={"file": ("lista.xlsx", out.getvalue())}, headers=owner.staff
    )
    assert (answer.status_code, answer.json()["saved"], answer.json()["job"]["status"]) == (202, 3, "queued")
    assert await _cells(owner) == {
        (4, 1): "(31) 98765-4321",
        (4, 2): "bia@hotmail.com.br",
        (5, 3): "529.982.247-25",
    }


async def test_the_list_comes_back_as_csv(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    text = (await client.get(f"/jobs/{job}/issues.csv", headers=owner.staff)).text.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    unchanged = await client.post(
        f"/jobs/{job}/corrections", files={"file": ("lista.csv", text.encode())}, headers=owner.staff
    )
    assert (unchanged.status_code, unchanged.json()["code"]) == (422, "corrections_unreadable")
    next(row for row in rows if row[5] == "PHONE_MISSING_DDD")[10] = "'+55 31 98765-4321"
    for encoding, delimiter in (("cp1252", ";"), ("utf-16", "\t"), ("utf-8", ",")):
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(rows)
        answer = await client.post(
            f"/jobs/{job}/corrections", headers=owner.staff, data={"reprocess": "false"},
            files={"file": ("lista.csv", out.getvalue().encode(encoding))},
        )  # fmt: skip
        assert (answer.status_code, answer.json()["saved"], answer.json()["job"]["status"]) == (
            202,
            1,
            "done",
        ), encoding
        assert await _cells(owner) == {(4, 1): "+55 31 98765-4321"}
    for junk in (b"Nome;Telefone\r\nAna;1\r\n", b"", b"PK\x03\x04nonsense"):
        refused = await client.post(
            f"/jobs/{job}/corrections", files={"file": ("x.csv", junk)}, headers=owner.staff
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "corrections_unreadable"), junk
    keys = [
        info.key
        async for info in owner.runtime.blobs.list(owner.tenant.id, "imports")
        if str(job) not in info.key
    ]
    assert keys == []


async def test_the_pages_of_a_result(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    for path in ("", "/avisos", "/avisos?nivel=error&coluna=B&codigo=PHONE_MISSING_DDD", "/linhas", "/linhas?estado=duplicate",
                 "/repetidos", "/colunas"):  # fmt: skip
        page = await client.get(f"{PANEL}/{job}{path}", headers=owner.staff)
        assert page.status_code == 200, path
        assert "529.982.247-25" not in page.text, path
        assert "52998224725" not in page.text, path
    assert "***.982.247-**" in (await client.get(f"{PANEL}/{job}/linhas", headers=owner.staff)).text
    issues = await client.get(f"{PANEL}/{job}/avisos", headers=owner.staff)
    assert "B4" in issues.text


async def test_a_cell_is_corrected_in_place(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner)
    url, back = f"{PANEL}/{job}/avisos/corrigir", f"{PANEL}/{job}/avisos?nivel=error"
    form = {
        "row": "4",
        "column": "1",
        "code": "PHONE_MISSING_DDD",
        "value": " (31) 98765-4321 ",
        "back": back,
    }
    plain = await client.post(url, data=form, headers=owner.staff)
    assert (plain.status_code, plain.headers["location"]) == (303, f"{back}&feito=corrected")
    assert await _cells(owner) == {(4, 1): "(31) 98765-4321"}
    part = await client.post(url, data={**form, "forget": "1"}, headers={**owner.staff, "HX-Request": "true"})
    assert part.status_code == 200
    assert "hx-swap-oob" in part.text
    assert await _cells(owner) == {}
    for wrong in ({"row": "x"}, {"column": "99"}, {"row": "0"}):
        assert (await client.post(url, data={**form, **wrong}, headers=owner.staff)).status_code in {
            404,
            422,
        }, wrong
    outside = await client.post(url, data={**form, "back": "https://evil.example/"}, headers=owner.staff)
    assert outside.headers["location"] == f"{PANEL}/{job}/avisos?feito=corrected"
    given_back = await client.post(
        f"{PANEL}/{job}/avisos/devolver", files={"file": ("x.csv", b"Row,Column,Corrected value\r\n4,B,11 91234-5678\r\n")},
        headers=owner.staff,
    )  # fmt: skip
    assert (given_back.status_code, given_back.headers["location"]) == (303, f"{PANEL}/{job}?feito=again")
    assert await _cells(owner) == {(4, 1): "11 91234-5678"}


async def test_a_row_is_taken_apart_in_the_panel(client: httpx.AsyncClient, owner: Shop) -> None:
    job = await make_import(owner, ordinary_source())
    url = f"{PANEL}/{job}/repetidos/separar"
    assert (
        await client.post(url, data={"row": "3", "from_row": "2"}, headers=owner.staff)
    ).status_code == 303
    assert (await client.get(f"/jobs/{job}", headers=owner.staff)).json()["options"]["apart"] == [[3, 2]]
    assert (
        await client.post(url, data={"row": "3", "from_row": "2"}, headers=owner.staff)
    ).status_code == 409
