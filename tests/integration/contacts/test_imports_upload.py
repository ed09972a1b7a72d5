"""A file comes in: what is taken, what is refused, what is the same again."""

from __future__ import annotations

import hashlib
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from balcao.kernel.files.blobs import BlobKey
from balcao.kernel.runtime import Runtime
from balcao.modules.contacts import uploads
from balcao.modules.contacts.models import ImportJob
from tests.factories.jobs import waiting_jobs
from tests.factories.shops import Shop, make_shop

CSV = b"Nome;Telefone\r\nAna;11987654321\r\n"


@pytest_asyncio.fixture
async def owner(runtime: Runtime) -> Shop:
    return await make_shop(runtime, modules=["store", "contacts"])


async def _send(
    client: httpx.AsyncClient, owner: Shop, data: bytes = CSV, name: str = "leads.csv", **fields: str
) -> httpx.Response:
    return await client.post(
        "/jobs", headers=owner.staff, files={"file": (name, data, "text/csv")}, data=fields
    )


async def _row(owner: Shop, import_id: str) -> ImportJob:
    async with owner.runtime.transactions.begin(owner.tenant, read_only=True) as uow:
        return (
            await uow.session.execute(select(ImportJob).where(ImportJob.id == UUID(import_id)))
        ).scalar_one()


async def _stored(owner: Shop) -> list[str]:
    return [info.key async for info in owner.runtime.blobs.list(owner.tenant.id, "imports")]


async def test_a_file_becomes_a_queued_import(client: httpx.AsyncClient, owner: Shop) -> None:
    answer = await _send(
        client, owner, default_ddd="(31)", review="true", dedupe="0", repair="suggest", import_tag="no"
    )
    assert answer.status_code == 202
    job = answer.json()
    assert (job["status"], job["stage"], job["filename_original"]) == ("queued", "received", "leads.csv")
    assert job["size_bytes"] == len(CSV)
    assert job["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert job["progress"] == {"rows_done": 0, "rows_total": None}
    assert (job["error"], job["duplicate_of"], job["eta_seconds"]) == (None, None, None)
    wanted = {
        "default_ddd": "31",
        "review": True,
        "dedupe": False,
        "repair": "suggest",
        "import_tag": False,
        "profile": "ghl",
    }
    assert {name: job["options"][name] for name in wanted} == wanted
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    row = await _row(owner, job["id"])
    assert row.source_key is not None
    assert await owner.runtime.blobs.read(BlobKey(row.source_key)) == CSV
    assert "contacts.run_import" in await waiting_jobs(owner)


async def test_the_same_file_again_is_the_same_import(client: httpx.AsyncClient, owner: Shop) -> None:
    first = (await _send(client, owner)).json()
    again = await _send(client, owner, name="copia.csv")
    assert (again.status_code, again.json()["id"], again.json()["duplicate_of"]) == (
        200,
        first["id"],
        first["id"],
    )
    assert len(await _stored(owner)) == 1
    forced = await _send(client, owner, force="true")
    assert forced.status_code == 202
    assert forced.json()["id"] != first["id"]
    assert len(await _stored(owner)) == 2


async def test_another_business_has_its_own(client: httpx.AsyncClient, owner: Shop, runtime: Runtime) -> None:
    other = await make_shop(runtime, modules=["store", "contacts"])
    first = (await _send(client, owner)).json()
    second = await _send(client, other)
    assert second.status_code == 202
    for path in (
        "",
        "/events",
        "/report",
        "/preview",
        "/download",
        "/issues",
        "/rows",
        "/duplicates",
        "/mapping",
        "/issues.csv",
    ):
        answer = await client.get(f"/jobs/{first['id']}{path}", headers=other.staff)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    for path in ("/retry", "/cancel", "/undo"):
        assert (await client.post(f"/jobs/{first['id']}{path}", headers=other.staff)).status_code == 404
    assert (await client.delete(f"/jobs/{first['id']}", headers=other.staff)).status_code == 404


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n...", "leads.csv"),
        (b"\x89PNG\r\n\x1a\n....", "leads.xlsx"),
        (b"\xff\xd8\xff\xe0....", "foto.jpg"),
        (b"....ftypmp42", "video.mp4"),
        (b"\x1f\x8b\x08....", "leads.csv.gz"),
    ],
)
async def test_what_is_no_table_is_refused_at_once(
    client: httpx.AsyncClient, owner: Shop, data: bytes, name: str
) -> None:
    answer = await _send(client, owner, data, name)
    assert (answer.status_code, answer.json()["code"]) == (415, "file_unsupported")
    assert await _stored(owner) == []


async def test_the_first_bytes_decide_and_not_the_name(client: httpx.AsyncClient, owner: Shop) -> None:
    for data, name in ((CSV, "leads.xlsx"), (b"PK\x03\x04....", "leads.csv"), (b"", "vazio.csv")):
        assert (await _send(client, owner, data, name)).status_code == 202, name


async def test_too_large_a_file_leaves_nothing(
    client: httpx.AsyncClient, owner: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads.receive_upload, "__defaults__", (uploads.SizeLimits(1_000, 2_000_000),))
    answer = await _send(client, owner, b"PK\x03\x04" + b"x" * 1_000, "leads.xlsx")
    assert (answer.status_code, answer.json()["code"], answer.json()["limit_bytes"]) == (
        413,
        "import_file_too_large",
        1_000,
    )
    assert (await _send(client, owner, b"a;b\n" * 500_001)).status_code == 413
    assert await _stored(owner) == []
    assert (await _send(client, owner, b"a;b\n" * 499_999)).status_code == 202


async def test_forms_that_are_none(client: httpx.AsyncClient, owner: Shop) -> None:
    nothing = await client.post("/jobs", headers=owner.staff)
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/file")
    no_file = await client.post("/jobs", headers=owner.staff, files={"other": ("a.csv", CSV)})
    assert no_file.status_code == 422
    headers = {**owner.staff, "content-type": "multipart/form-data; boundary=x"}
    cut = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nNome'
    for body in (cut, b"--x\r\nnonsense", b"\x00\x01"):
        answer = await client.post("/jobs", headers=headers, content=body)
        assert answer.status_code in {400, 422}, body
    two = [("file", ("a.csv", CSV)), ("file", ("b.csv", CSV))]
    assert (await client.post("/jobs", headers=owner.staff, files=two)).status_code == 422
    long = await client.post(
        "/jobs", headers=owner.staff, files={"file": ("a.csv", CSV)}, data={"review": "x" * 70_000}
    )
    assert (long.status_code, long.json()["code"]) == (400, "upload_broken")
    assert await _stored(owner) == []


async def test_wrong_options_are_named(client: httpx.AsyncClient, owner: Shop) -> None:
    answer = await _send(
        client, owner, default_ddd="20", repair="maybe", review="perhaps", profile="pdf", header_row="x", encoding="klingon",
        delimiter="~",
    )  # fmt: skip
    assert answer.status_code == 422
    wrong = {error["pointer"] for error in answer.json()["errors"]}
    assert wrong == {
        "/default_ddd",
        "/repair",
        "/review",
        "/profile",
        "/header_row",
        "/encoding",
        "/delimiter",
    }
    assert await _stored(owner) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\Zé\\Área de Trabalho\\leads ção.xlsx", "leads ção.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egnp.csv", "agnp.csv"),
        ("a\x00b\x1f.csv", "ab.csv"),
        ("", "planilha"),
        ("x" * 300 + ".csv", "x" * 251 + ".csv"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert uploads.safe_filename(given) == kept


async def test_only_who_may_import_sends_files(client: httpx.AsyncClient, owner: Shop) -> None:
    viewer = await owner.add_user("operator", ["contacts.imports:view"])
    refused = await client.post("/jobs", headers=viewer, files={"file": ("a.csv", CSV)})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await client.get("/jobs", headers=viewer)).status_code == 200
    stranger = await owner.add_user("operator", ["store.orders:view"])
    assert (await client.get("/jobs", headers=stranger)).status_code == 403
    assert (
        await client.post("/jobs", headers=owner.headers, files={"file": ("a.csv", CSV)})
    ).status_code == 401
    assert await _stored(owner) == []


async def test_the_form_of_the_panel_works_without_script(client: httpx.AsyncClient, owner: Shop) -> None:
    page = await client.get("/painel/contatos/importacoes", headers=owner.staff)
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    fields = {"default_ddd": "11", "review": ["0", "1"], "dedupe": "0"}
    sent = await client.post(
        "/painel/contatos/importacoes", headers=owner.staff, files={"file": ("leads.csv", CSV)}, data=fields
    )
    assert sent.status_code == 303
    job = (await client.get("/jobs", headers=owner.staff)).json()["items"][0]
    assert sent.headers["location"] == f"/painel/contatos/importacoes/{job['id']}"
    options = (await _row(owner, job["id"])).options
    assert (options["review"], options["dedupe"]) == (True, False)
    refused = await client.post(
        "/painel/contatos/importacoes", headers=owner.staff, files={"file": ("a.csv", b"%PDF-1.4")}
    )
    assert refused.status_code == 415
    assert "não é uma planilha" in refused.text.lower() or "not a spreadsheet" in refused.text
