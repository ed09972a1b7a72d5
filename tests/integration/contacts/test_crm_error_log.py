"""GoHighLevel's own error report, brought back and joined to the rows of the spreadsheet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.cleaning.findings import CODES
from balcao.modules.contacts.crm_error_logs import read_log
from balcao.modules.contacts.crm_errors import ErrorLogUnreadableError
from tests.factories.clock import MovableClock
from tests.factories.imports import Source, make_import, person
from tests.integration.contacts.crm_town import Town, a_town

PANEL = "/painel/contatos/importacoes"


@pytest_asyncio.fixture
async def town(runtime: Runtime, client: httpx.AsyncClient, clock: MovableClock) -> AsyncIterator[Town]:
    async with a_town(runtime, client, clock) as found:
        yield found


def source() -> Source:
    found = Source()
    found.add(
        5, "o", [], person(first_name="Ana", last_name="Souza", email="ana@x.com.br", phone="+5511987654321")
    )
    found.add(
        7,
        "o",
        [],
        person(first_name="José", last_name="da Silva", phone="+5521912345678", birthday="1990-05-03"),
    )
    found.add(9, "o", [], person(first_name="Bia", last_name="Lima"))
    found.add(10, "o", [], person(first_name="Bia", last_name="Lima"))
    found.add(11, "o", [], person(first_name="Só", last_name="Nome"))
    return found


async def send(town: Town, import_id: UUID, data: bytes, *, page: bool = False) -> httpx.Response:
    path = f"{PANEL}/{import_id}/gohighlevel/relatorio" if page else f"/jobs/{import_id}/ghl-error-log"
    return await town.client.post(
        path, files={"file": ("errors.csv", data, "text/csv")}, headers=town.shop.staff
    )


LOG = """First Name,Last Name,Email,Phone,Error Code,Error Message
Ana,Souza,ANA@x.com.br,+5511987654321,1008,"Invalid email, contact skipped"
JOSE,DA SILVA,,(21) 91234-5678,1014,Invalid date
Bia,Lima,,,1017,Failed
so,nome,,,1011,Duplicate in file
Zeca,Ninguém,zeca@x.com.br,,1001,Unknown
"""


async def test_lines_find_their_rows(town: Town) -> None:
    import_id = await make_import(town.shop, source())
    answer = await send(town, import_id, LOG.encode("utf-8-sig"))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "lines": 5, "matched": 3,
        "codes": {"GHL_1001": 1, "GHL_1008": 1, "GHL_1011": 1, "GHL_1014": 1, "GHL_1017": 1},
    }  # fmt: skip
    lines = (await town.get(f"/jobs/{import_id}/ghl-error-log"))["items"]
    found = {(line["row"], line["code"], line["field"], line["original"]) for line in lines}
    assert found == {
        (5, "GHL_1008", "email", "ana@x.com.br"), (7, "GHL_1014", "birthday", "1990-05-03"), (11, "GHL_1011", "", "so nome"),
        (0, "GHL_1017", "", "bia lima"), (0, "GHL_1001", "", "zeca@x.com.br"),
    }  # fmt: skip
    levels = {line["code"]: line["level"] for line in lines}
    assert (levels["GHL_1011"], levels["GHL_1008"]) == ("warning", "error")
    issues = (await town.get(f"/jobs/{import_id}/issues", code="GHL_1008"))["items"]
    assert [issue["row"] for issue in issues] == [5], "they stand among the import's own"


async def test_a_second_report_takes_the_place_of_the_first(town: Town) -> None:
    import_id = await make_import(town.shop, source())
    await send(town, import_id, LOG.encode())
    shorter = "\n".join(LOG.splitlines()[:2])
    assert (await send(town, import_id, shorter.encode("cp1252"))).json()["lines"] == 1
    assert (await town.get(f"/jobs/{import_id}/ghl-error-log"))["total"] == 1
    page = await town.client.get(
        f"{PANEL}/{import_id}/gohighlevel/relatorio", headers={**town.shop.staff, "Accept": "text/html"}
    )
    assert (page.status_code, "ana@x.com.br" in page.text, "1008" in page.text) == (200, True, True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"Email,Error Code\n",
        b"a,b\n1,2\n",
        b"Email,Error Code\nana@x.com.br,7\n",
        b'Email,"Err\n"x',
    ],
)
async def test_other_files_are_told_apart(town: Town, data: bytes) -> None:
    import_id = await make_import(town.shop, source())
    answer = await send(town, import_id, data)
    assert answer.status_code in {400, 415, 422}, answer.text
    page = await send(town, import_id, data, page=True)
    assert page.status_code == 422


async def test_a_plain_form_leads_to_the_list(town: Town) -> None:
    import_id = await make_import(town.shop, source())
    answer = await send(town, import_id, LOG.encode(), page=True)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{PANEL}/{import_id}/gohighlevel/relatorio")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("E-mail;Erro\nana@x.com.br;Error 1008: invalid\n", ("GHL_1008", "ana@x.com.br", "")),
        ("Telefone\tcodigo\n5511987654321\t1013\n", ("GHL_1013", "", "1187654321")),
        ("phone,reason,errorCode\n+5511987654321,Invalid phone,1013\n", ("GHL_1013", "", "1187654321")),
        ("id,contact,what\n7,Ana@X.com.br,code 1010 found\n", ("GHL_1010", "ana@x.com.br", "")),
    ],
)
def test_columns_are_told_by_name_or_by_content(content: str, expected: tuple[Any, ...]) -> None:
    [line] = read_log(content.encode())
    assert (line.code, line.email, line.phone) == expected


def test_numbers_that_look_like_codes_do_not_count() -> None:
    with pytest.raises(ErrorLogUnreadableError):
        read_log(b"email,phone,status\nana@x.com.br,+551110081008,ok\n")


def test_every_code_has_its_text() -> None:
    assert {f"GHL_{number}" for number in range(1001, 1025)} <= CODES.keys()
