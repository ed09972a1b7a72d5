"""The acceptance scenarios of the importer, each a file through HTTP, its own process, and back."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from balcao.modules.contacts.people_fields import EXTRA_COLUMNS, GHL_COLUMNS
from tests.factories.sheets import (
    csv_bytes,
    ods_bytes,
    ods_table,
    ole_bytes,
    xls_bytes,
    xlsx_bytes,
    zip_bytes,
)
from tests.factories.shops import Shop
from tests.integration.contacts.importing import failing, finished, issues, read, results, run_import, send
from tests.unit.contacts.test_emails import TABLE_E
from tests.unit.contacts.test_names import TABLE_N
from tests.unit.contacts.test_phones import TABLE_P

NAMES = (
    "Ana",
    "Bia",
    "Caio",
    "Davi",
    "Eva",
    "Fábio",
    "Gil",
    "Hugo",
    "Ivo",
    "Júlia",
    "Kátia",
    "Léo",
    "Mara",
    "Nei",
)


def name_of(number: int) -> str:
    """A different name of letters for each number."""
    first, second = divmod(number, len(NAMES))
    return f"{NAMES[second]} {NAMES[first % len(NAMES)]}ela"


def as_digits(cell: Any) -> str:
    return str(cell) if isinstance(cell, int | float) else cell


async def check_phones(client: httpx.AsyncClient, shop: Shop, name: str, data: bytes) -> None:
    found = await run_import(client, shop, name, data, dedupe=False, profile="extended")
    expected = [numbers for _, numbers, _ in TABLE_P]
    assert [(p["Phone"], p["Additional Phones"]) for p in found.people] == [
        (numbers[0] if numbers else "", ", ".join(numbers[1:])) for numbers in expected
    ]
    listed = {(issue["row"], issue["code"]) for issue in await issues(client, shop, found, column="B")}
    wanted = {(place, code) for place, (_, _, code) in enumerate(TABLE_P, start=2) if code}
    assert wanted <= listed


async def test_1_golden_phones_as_csv(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Telefone"]]
    rows += [[name_of(place), f'"{as_digits(cell)}"'] for place, (cell, _, _) in enumerate(TABLE_P)]
    await check_phones(client, shop, "phones.csv", csv_bytes(rows))


async def test_1_golden_phones_as_numbers_of_a_workbook(client: httpx.AsyncClient, shop: Shop) -> None:
    rows: list[list[Any]] = [["Nome", "Telefone"]]
    rows += [[name_of(place), cell] for place, (cell, _, _) in enumerate(TABLE_P)]
    await check_phones(client, shop, "phones.xlsx", xlsx_bytes({"Leads": rows}))


@pytest.mark.parametrize("form", ["utf-8", "cp1252", "xlsx"])
async def test_2_golden_emails_and_names_in_three_forms(
    client: httpx.AsyncClient, shop: Shop, form: str
) -> None:
    table = [row for row in TABLE_E if form != "cp1252" or str(row[0]).isprintable()]
    cells = [["Nome", "E-mail"]] + [[name_of(place), row[0]] for place, row in enumerate(table)]
    data = (
        xlsx_bytes({"Leads": cells})
        if form == "xlsx"
        else csv_bytes([[f'"{c}"' for c in r] for r in cells], encoding=form)
    )
    found = await run_import(
        client, shop, f"emails.{'xlsx' if form == 'xlsx' else 'csv'}", data, dedupe=False
    )
    assert [(p["Email"], p["Additional Email(s)"]) for p in found.people] == [
        (emails[0] if emails else "", ", ".join(emails[1:])) for _, emails, *_ in table
    ]
    names = [row for row in TABLE_N if form != "cp1252" or "😀" not in row[0]]
    cells = [["Nome completo", "E-mail"]] + [
        [row[0], f"p{place}@x.com.br"] for place, row in enumerate(names)
    ]
    data = (
        xlsx_bytes({"Leads": cells})
        if form == "xlsx"
        else csv_bytes([[f'"{c}"' for c in r] for r in cells], encoding=form)
    )
    found = await run_import(client, shop, f"names.{'xlsx' if form == 'xlsx' else 'csv'}", data, dedupe=False)
    assert [(p["First Name"], p["Last Name"]) for p in found.people] == [
        (first, last) for _, first, last in names
    ]


async def test_3_header_contract(client: httpx.AsyncClient, shop: Shop) -> None:
    found = await run_import(client, shop, "a.csv", csv_bytes([["Nome", "Celular"], ["Ana", "11987654321"]]))
    data = (await client.get(f"/jobs/{found.id}/download", headers=shop.staff)).content
    first, second, rest = data.split(b"\r\n")
    assert first == (
        b"First Name,Last Name,Email,Phone,Business Name,Address,City,State,Postal Code,Country,Contact Source,Tags"
    )
    assert (second, rest) == (b"Ana,,,+5511987654321,,,,,,BR,,", b"")


async def test_4_excel_of_brazil(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "E-mail", "Celular", "Endereço", "Município", "UF"],
            ["Conceição Araújo", "c@x.com.br", "(11) 98765-4321", "Rua São João, 10, apto 2", "São Paulo", "SP"],
            ["João", "j@x.com.br", "(19) 98765-4321", "Av. Brasil, 5", "Campinas", "SP"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows, encoding="cp1252"))
    assert [column["confidence"] >= 0.9 for column in found.report["columns"]] == [True] * 6
    assert (found.report["file"]["encoding"], found.report["file"]["delimiter"]) == ("cp1252", ";")
    assert found.column("Address") == ["Rua São João, 10, apto 2", "Av. Brasil, 5"]
    assert found.column("First Name") == ["Conceição", "João"]


async def test_5_unicode_text_of_excel(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Celular"], ["José", "11987654321"], ["Ângela", "11987654322"]]
    wanted = (await run_import(client, shop, "a.csv", csv_bytes(rows))).raw
    text = csv_bytes(rows, delimiter="\t").decode()
    for name, data in (("b.txt", text.encode("utf-16-le")), ("c.txt", text.encode("utf-16"))):
        assert (await run_import(client, shop, name, data)).raw == wanted


async def test_6_double_encoding(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Celular"], ["JosÃ© da ConceiÃ§Ã£o", "11987654321"], ["IRMÃ DULCE", "11987654322"]]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert [(p["First Name"], p["Last Name"]) for p in found.people] == [
        ("José", "da Conceição"),
        ("Irmã", "Dulce"),
    ]
    assert [issue["row"] for issue in await issues(client, shop, found, code="TEXT_ENCODING_FIXED")] == [2]


async def test_7_preamble_and_totals(client: httpx.AsyncClient, shop: Shop) -> None:
    header = ["Nome", "E-mail", "Celular"]
    people = [[name_of(n), f"p{n}@x.com.br", f"119{87650000 + n}"] for n in range(100)]
    rows = [["Relatório de clientes"], ["Padaria Três Marias"], ["Emitido em 01/02/2026"], ["Período: janeiro"], [""],
            header, *people[:53], header, *people[53:], ["Total: 100"], ["Página 1 de 1"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    counts = found.counts
    assert found.report["file"]["header_row"] == 6
    assert (counts["rows_output"], counts["repeated_headers"], counts["totals"], counts["footers"]) == (
        100,
        1,
        1,
        1,
    )


async def test_8_headerless_list(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [[f"119{87650000 + n}", f"p{n}@x.com.br", name_of(n)] for n in range(50)]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows, delimiter=","))
    assert len(found.people) == 50
    assert (found.people[0]["Email"], found.people[0]["Phone"]) == ("p0@x.com.br", "+5511987650000")
    assert found.people[0]["First Name"] == "Ana"


def cpf(number: int) -> str:
    digits = [int(digit) for digit in f"{number:09d}"]
    for _ in range(2):
        rest = (
            sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
            * 10
            % 11
        )
        digits.append(rest % 10)
    return "".join(map(str, digits))


async def test_9_cpf_or_phone(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [[name_of(n), cpf(119_000_000 + 37 * n), f"119{87650000 + n}"] for n in range(40)]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert found.column("Phone") == [f"+55{row[2]}" for row in rows]
    fields = {column["position"]: column["field"] for column in found.report["columns"]}
    assert fields[1] in {"cpf", "cpf_cnpj"}


async def test_10_ddd_in_its_own_column(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "DDD", "Telefone"], ["Ana", "11", "98765-4321"], ["Bia", "20", "98765-4321"]]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows), dedupe=False)
    assert found.column("Phone") == ["+5511987654321", ""]
    assert [issue["row"] for issue in await issues(client, shop, found, code="PHONE_INVALID_DDD")] == [3]


async def test_11_default_ddd(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Telefone"], ["Ana", "98765-4321"], ["Bia", "(21) 98765-4321"]]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows), default_ddd="31")
    assert found.column("Phone") == ["+5531987654321", "+5521987654321"]
    assert [issue["row"] for issue in await issues(client, shop, found, code="PHONE_DDD_ASSUMED")] == [2]


async def test_12_name_columns(client: httpx.AsyncClient, shop: Shop) -> None:
    apart = [["Nome", "Sobrenome", "E-mail"], ["MARIA", "DA SILVA", "m@x.com.br"]]
    whole = [["Nome", "E-mail"], ["MARIA DA SILVA", "m@x.com.br"]]
    for rows in (apart, whole):
        found = await run_import(client, shop, "a.csv", csv_bytes(rows))
        assert [(p["First Name"], p["Last Name"]) for p in found.people] == [("Maria", "da Silva")]


async def test_13_several_sheets_and_another_choice(client: httpx.AsyncClient, shop: Shop) -> None:
    leads = [["Nome", "Celular"]] + [[name_of(n), f"119{87650000 + n}"] for n in range(30)]
    hidden = [["Nome", "Celular"]] + [[name_of(n), f"219{87650000 + n}"] for n in range(500)]
    others = [["Nome", "Celular"]] + [[name_of(n), f"319{87650000 + n}"] for n in range(7)]
    data = xlsx_bytes(
        {"Capa": [["Relatório"]], "Antigos": hidden, "Leads": leads, "Outros": others}, hidden=["Antigos"]
    )
    found = await run_import(client, shop, "a.xlsx", data)
    assert (found.report["file"]["sheet"], len(found.people)) == ("Leads", 30)
    assert [(sheet["name"], sheet["visible"]) for sheet in found.report["file"]["sheets"]] == [
        ("Capa", True), ("Antigos", False), ("Leads", True), ("Outros", True),
    ]  # fmt: skip
    again = await client.post(f"/jobs/{found.id}/options", json={"sheet": "Outros"}, headers=shop.staff)
    assert again.status_code == 202, again.text
    found = await results(client, shop, await finished(client, shop, found.id))
    assert (found.report["file"]["sheet"], len(found.people)) == ("Outros", 7)
    assert (await read(client, shop, "/contacts"))["total"] == 7


async def test_14_formulas_never_calculated(client: httpx.AsyncClient, shop: Shop) -> None:
    from tests.factories.sheets import raw_xlsx

    cell = '<c r="{0}" t="inlineStr"><is><t>{1}</t></is></c>'
    rows = f'<row r="1">{cell.format("A1", "Nome")}{cell.format("B1", "Celular")}</row>' + "".join(
        f'<row r="{n}">{cell.format(f"A{n}", name_of(n))}<c r="B{n}"><f>C{n}&amp;D{n}</f></c></row>'
        for n in range(2, 7)
    )
    found = await run_import(client, shop, "a.xlsx", raw_xlsx(rows))
    assert found.column("Phone") == [""] * 5
    listed = await issues(client, shop, found, code="CELL_FORMULA_NO_VALUE")
    assert [(issue["row"], issue["letter"]) for issue in listed] == [(n, "B") for n in range(2, 7)]


async def test_15_protected_old_and_wrong_files(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Celular"], ["José", "11987654321"]]
    error = await failing(client, shop, "a.xlsx", ole_bytes("EncryptedPackage", b"x" * 5000))
    assert error["code"] == "FILE_PASSWORD_PROTECTED"
    assert "senha" in error["message"]
    old = await run_import(client, shop, "a.xls", xls_bytes([["Nome", "Celular"], ["José", 11987654321.0]]))
    assert (old.column("First Name"), old.column("Phone")) == (["José"], ["+5511987654321"])
    renamed = await run_import(client, shop, "b.xlsx", csv_bytes(rows))
    assert renamed.column("Phone") == ["+5511987654321"]
    assert "FILE_TYPE_DIFFERS" in [note[0] for note in renamed.report["file"]["notes"]]
    table = "<html><body><table><tr><th>Nome</th><th>Celular</th></tr><tr><td>José</td><td>11987654322</td></tr></table>"
    page = await run_import(client, shop, "c.xls", table.encode("cp1252"))
    assert page.column("First Name") == ["José"]
    ods = await run_import(client, shop, "d.ods", ods_bytes(ods_table(rows)))
    assert ods.column("Phone") == ["+5511987654321"]
    inside = await run_import(client, shop, "e.zip", zip_bytes({"lista.csv": csv_bytes(rows, delimiter=",")}))
    assert inside.column("Phone") == ["+5511987654321"]
    assert (await send(client, shop, "f.csv", b"%PDF-1.7 ...")).json()["code"] == "file_unsupported"
    empty = await send(client, shop, "g.csv", b"")
    assert empty.status_code in {202, 422}
    if empty.status_code == 202:
        assert (await finished(client, shop, empty.json()["id"]))["error"]["code"] == "FILE_EMPTY"
    cut = xlsx_bytes({"Leads": rows})
    assert (await failing(client, shop, "h.xlsx", cut[: len(cut) // 2]))["code"] == "FILE_CORRUPT"


async def test_19_csv_injection(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "E-mail", "Celular", "Empresa", "Endereço", "Origem", "Observações", "Tags"],
            ["=cmd|' /C calc'!A0", "a@x.com.br", "11987654321", "@SUM(1+1)", "-2+3", "\t=1", "=HYPERLINK(1)", "-vip"],
            ["+Ana", "=b@x.com.br", "+5511987654322", "＝1+1", " @x", "-", "@nota", "+a, =b"]]  # fmt: skip
    found = await run_import(
        client, shop, "a.csv", csv_bytes([[f'"{cell}"' for cell in row] for row in rows])
    )
    for profile in ("ghl", "extended", "excel"):
        answer = await client.get(
            f"/jobs/{found.id}/download", params={"profile": profile}, headers=shop.staff
        )
        text = answer.content.decode("utf-8-sig")
        cells = [cell.strip('"') for line in text.splitlines() for cell in re.split("[,;]", line)]
        unsafe = [cell for cell in cells if re.match(r"[=+\-@\t\r＝＋－＠]", cell)]
        assert all(re.fullmatch(r"\+[1-9]\d{7,14}", cell) for cell in unsafe), unsafe
        assert len(unsafe) == 2
    listed = (await client.get(f"/jobs/{found.id}/issues.csv", headers=shop.staff)).content.decode(
        "utf-8-sig"
    )
    assert "'=cmd" in listed


async def test_20_duplicates(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "E-mail", "Telefone"], ["Ana", "ana@x.com.br", "11 8765-4321"], ["Ana Souza", "", "(11) 98765-4321"],
            ["ANA", "ANA@X.COM.BR", ""], ["Bia", "bia@x.com.br", "11 3456-7890"],
            ["Caio", "caio@x.com.br", "(11) 3456-7890"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert [(p["First Name"], p["Last Name"], p["Phone"]) for p in found.people] == [
        ("Ana", "Souza", "+5511987654321"), ("Bia", "", "+551134567890"), ("Caio", "", "+551134567890"),
    ]  # fmt: skip
    assert found.counts["duplicates"] == 2
    groups = await read(client, shop, f"/jobs/{found.id}/duplicates")
    assert [(group["row"], group["rows"]) for group in groups["items"]] == [(2, [2, 3, 4])]


async def test_21_suppression(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    added = await client.post(
        "/suppressions", json={"lines": "11 98765-4321\nconcorrente.com.br"}, headers=shop.staff
    )
    assert added.status_code in {200, 201}, added.text
    rows = [["Nome", "E-mail", "Celular"], ["Ana", "", "11 8765-4321"], ["Bia", "x@concorrente.com.br", ""],
            ["Caio", "caio@x.com.br", ""]]  # fmt: skip
    data = csv_bytes(rows)
    found = await run_import(client, shop, "a.csv", data)
    assert (found.column("First Name"), found.counts["suppressed"]) == (["Caio"], 2)
    left_out = await results(client, shop, found.job, only="suppressed")
    assert left_out.column("First Name") == ["Ana", "Bia"]
    assert (await run_import(client, other_shop, "a.csv", data)).counts["suppressed"] == 0


async def test_what_the_file_itself_says_about_contact_counts(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "E-mail", "Aceita receber"], ["Ana", "a@x.com.br", "não"], ["Bia", "b@x.com.br", "sim"]]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert (found.column("First Name"), found.counts["suppressed"]) == (["Bia"], 1)
    assert (await read(client, shop, "/suppressions"))["total"] == 1
    later = csv_bytes([["Nome", "E-mail"], ["Ana", "a@x.com.br"]])
    assert (await run_import(client, shop, "b.csv", later)).counts["suppressed"] == 1


def hundred(changed: int = 0, new: int = 0, start: int = 0, count: int = 100) -> bytes:
    rows = [["Nome", "E-mail", "Celular", "Cidade"]]
    rows += [
        [name_of(n), f"p{n}@x.com.br", f"119{87650000 + n}", "Santos" if n - start < changed else "Itu"]
        for n in range(start, start + count)
    ]
    rows += [[name_of(500 + n), f"n{n}@x.com.br", "", "Itu"] for n in range(new)]
    return csv_bytes(rows)


async def test_22_incremental_and_undo(client: httpx.AsyncClient, shop: Shop) -> None:
    await run_import(client, shop, "1.csv", hundred())
    second = await run_import(client, shop, "2.csv", hundred(changed=10, new=10, count=90), import_tag=True)
    assert second.report["classes"] == {"new": 10, "changed": 10, "unchanged": 80, "conflict": 0}
    for only, count in (("new", 10), ("changed", 10)):
        assert len((await results(client, shop, second.job, only=only)).people) == count
    touched = (await read(client, shop, "/contacts", q="n3@x.com.br"))["items"][0]
    patch = {"notes": "à mão", "version": touched["version"]}
    assert (
        await client.patch(f"/contacts/{touched['id']}", json=patch, headers=shop.staff)
    ).status_code == 200
    undone = await client.post(f"/jobs/{second.id}/undo", headers=shop.staff)
    assert undone.status_code == 202, undone.text
    job = await finished(client, shop, second.id)
    report = (await read(client, shop, f"/jobs/{second.id}/report"))["undo"]
    assert (report["removed"], report["restored"], report["kept"]) == (9, 10, [touched["id"]])
    assert job["undone_at"]
    assert (await read(client, shop, "/contacts"))["total"] == 101
    assert (await read(client, shop, "/contacts", q="p3@x.com.br"))["items"][0]["city"] == "Itu"


async def test_23_states_and_walls(client: httpx.AsyncClient, shop: Shop, other_shop: Shop) -> None:
    data = hundred(count=5)
    found = await run_import(client, shop, "a.csv", data)
    assert (await client.post(f"/jobs/{found.id}/retry", headers=shop.staff)).status_code == 409
    same = await send(client, shop, "copy.csv", data)
    assert (same.status_code, same.json()["id"], same.json()["duplicate_of"]) == (200, found.id, found.id)
    forced = await send(client, shop, "copy.csv", data, force=True)
    assert (forced.status_code, forced.json()["id"] != found.id) == (202, True)
    canceled = await client.post(f"/jobs/{forced.json()['id']}/cancel", headers=shop.staff)
    assert canceled.json()["status"] == "canceled"
    assert (await client.get(f"/jobs/{forced.json()['id']}/download", headers=shop.staff)).status_code == 409
    retried = await client.post(f"/jobs/{forced.json()['id']}/retry", headers=shop.staff)
    assert retried.status_code == 202
    assert (await finished(client, shop, forced.json()["id"]))["status"] == "done"
    for method, path in (("GET", ""), ("GET", "/report"), ("GET", "/download"), ("GET", "/preview"), ("GET", "/issues"),
                         ("POST", "/retry"), ("POST", "/cancel"), ("POST", "/undo"), ("DELETE", "")):  # fmt: skip
        answer = await client.request(method, f"/jobs/{found.id}{path}", headers=other_shop.staff)
        assert answer.status_code == 404, (method, path)
    assert (await client.get("/jobs/not-a-uuid", headers=shop.staff)).status_code == 422


async def test_corrections_are_taken_in_and_the_report_balances(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    rows = [["Nome", "E-mail", "Celular"], ["Ana", "ana.gmail.com", ""], ["Bia", "bia@x.com.br", "98765-4321"],
            ["", "", "123"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert (found.counts["rows_output"], found.counts["no_identifier"]) == (2, 1)
    cells = [
        {"row": 2, "column": 1, "value": "ana@gmail.com"},
        {"row": 4, "column": 2, "value": "11912345678"},
    ]
    sent = await client.post(f"/jobs/{found.id}/corrections", json={"cells": cells}, headers=shop.staff)
    assert sent.status_code == 202, sent.text
    found = await results(client, shop, await finished(client, shop, found.id))
    assert (found.column("Email"), found.column("Phone")) == (
        ["ana@gmail.com", "bia@x.com.br", ""], ["", "", "+5511912345678"],
    )  # fmt: skip
    assert (await read(client, shop, "/contacts"))["total"] == 3


async def test_a_review_waits_and_a_saved_mapping_serves_the_next_file(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    rows = [["Fulano", "Coisa", "Zapinho"], ["Ana Lima", "ana@x.com.br", "11987654321"]]
    sent = await send(client, shop, "a.csv", csv_bytes(rows), review=True)
    job = await finished(client, shop, sent.json()["id"])
    assert job["status"] == "needs_mapping"
    columns = {"0": "full_name", "1": "email", "2": "whatsapp"}
    chosen = await client.post(
        f"/jobs/{job['id']}/mapping",
        json={"columns": columns, "save_as": "Planilha do Zé"},
        headers=shop.staff,
    )
    assert chosen.status_code == 202, chosen.text
    found = await results(client, shop, await finished(client, shop, job["id"]))
    assert found.column("Email") == ["ana@x.com.br"]
    again = csv_bytes([rows[0], ["Bia", "bia@x.com.br", "11987654322"]])
    found = await run_import(client, shop, "b.csv", again, review=True)
    assert {column["evidence"] for column in found.report["columns"]} == {"saved"}


async def test_the_ghl_labels_are_all_known_fields() -> None:
    assert len(GHL_COLUMNS) == 12
    assert len({label for label, _ in (*GHL_COLUMNS, *EXTRA_COLUMNS)}) == 12 + len(EXTRA_COLUMNS)


async def test_rows_are_listed_in_the_order_of_the_file(client: httpx.AsyncClient, shop: Shop) -> None:
    header = ["Nome", "E-mail"]
    rows = [
        header,
        ["Ana", "a@x.com.br"],
        header,
        ["Bia", "b@x.com.br"],
        ["Total: 2"],
        ["Caio", "c@x.com.br"],
    ]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    listed = await read(client, shop, f"/jobs/{found.id}/rows")
    assert [row["row"] for row in listed["items"]] == [2, 3, 4, 5, 6]
