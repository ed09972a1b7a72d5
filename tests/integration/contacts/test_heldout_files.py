"""Files as a reader of the specification expects them to come out: rows through the whole importer and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import httpx
import openpyxl
import pytest

from tests.factories.sheets import csv_bytes
from tests.factories.shops import Shop
from tests.integration.contacts.importing import Imported, issues, read, results, run_import

HEAD = ["Nome", "E-mail", "Telefone"]
ROWS = [
    ["Ana Souza", "ana@x.com.br", "(11) 98765-4321"],
    ["João Lima", "joao@x.com.br", "(21) 3456-7890"],
    ["Conceição Brandão", "ceicao@x.com.br", "85 8876-5432"],
]
PEOPLE = [
    ("Ana Souza", "ana@x.com.br", "+5511987654321"),
    ("João Lima", "joao@x.com.br", "+552134567890"),
    ("Conceição Brandão", "ceicao@x.com.br", "+5585988765432"),
]
GHL_HEADER = (
    b"First Name,Last Name,Email,Phone,Business Name,Address,City,State,Postal Code,Country,"
    b"Contact Source,Tags\r\n"
)


def people_of(found: Imported) -> list[tuple[str, str, str]]:
    return [
        (f"{one['First Name']} {one['Last Name']}".strip(), one["Email"], one["Phone"])
        for one in found.people
    ]


def listed_codes(found: Imported) -> dict[str, int]:
    """The codes that a person should look at, or that say why a row did not come out."""
    return {code: count for code, count in found.report["codes"].items() if not code.endswith("_FORMATTED")}


@pytest.mark.parametrize(
    ("encoding", "delimiter", "ending"),
    [
        ("utf-8-sig", ";", "\r\n"),
        ("utf-16-le", "\t", "\r\n"),
        ("cp1252", ",", "\n"),
        ("cp850", ";", "\r\n"),
        ("mac-roman", "|", "\r"),
    ],
)
async def test_encodings_and_delimiters(
    client: httpx.AsyncClient, shop: Shop, encoding: str, delimiter: str, ending: str
) -> None:
    text = ending.join(delimiter.join(row) for row in [HEAD, *ROWS]) + ending
    found = await run_import(client, shop, "a.csv", text.encode(encoding), dedupe=False)
    assert people_of(found) == PEOPLE
    assert listed_codes(found) == {"PHONE_NINTH_DIGIT_ADDED": 1}


async def test_what_stands_around_a_list(client: httpx.AsyncClient, shop: Shop) -> None:
    lines = [["Relatório de clientes", "", ""], ["Loja X", "", ""], ["", "", ""], HEAD, ROWS[0], ["", "", ""], HEAD, ROWS[1],
             ["Subtotal", "", "2"], ["Página 1 de 2", "", ""], ROWS[2], ["Total de registros: 3", "", ""],
             ["Emitido em 12/03/2024 10:20", "", ""], ["", "", "123"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(lines))
    assert people_of(found) == PEOPLE
    counts = {name: count for name, count in found.counts.items() if count}
    assert counts == {"rows_read": 10, "rows_output": 3, "blank": 1, "repeated_headers": 1, "totals": 2, "footers": 2,
                      "no_identifier": 1}  # fmt: skip
    where = {(issue["row"], issue["letter"], issue["code"]) for issue in await issues(client, shop, found)}
    assert {(14, "C", "PHONE_TOO_SHORT"), (7, "", "ROW_REPEATED_HEADER"), (12, "", "ROW_TOTAL")} <= {
        (row, letter or "", code) for row, letter, code in where
    }


async def test_quotes_that_are_wrong_and_rows_that_are_too_long(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    text = (
        "Nome,E-mail,Telefone,Obs\r\n"
        'Ana Souza,ana@x.com.br,(11) 98765-4321,TV 42" preta\r\n'
        '"João Lima,joao@x.com.br,(21) 3456-7890,\r\n'
        'Conceição Brandão,ceicao@x.com.br,85 8876-5432,"duas\nlinhas",mais,\r\n'
        "Só Nome\r\n"
    )
    found = await run_import(client, shop, "a.csv", text.encode())
    assert people_of(found) == [*PEOPLE, ("Só Nome", "", "")]
    assert found.column("Notes") == ['TV 42" preta', "", "duas\nlinhas", ""]
    rows = {(issue["row"], issue["code"]) for issue in await issues(client, shop, found, level="warning")}
    assert rows == {(3, "FILE_QUOTE_UNBALANCED"), (4, "ROW_EXTRA_CELLS")}


async def test_names_that_are_contacts_keep_what_is_found_in_them(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    rows = [
        HEAD,
        *ROWS,
        ["maria@gmail.con", "", ""],
        ["98765-4322", "", ""],
        ["bia@x.com.br", "b2@x.com.br", ""],
    ]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows), default_ddd="31")
    assert people_of(found)[3:] == [
        ("", "maria@gmail.com", ""), ("", "", "+5531987654322"), ("", "b2@x.com.br", ""),
    ]  # fmt: skip
    assert found.people[5]["Additional Email(s)"] == "bia@x.com.br"
    where = {(issue["row"], issue["letter"], issue["code"]) for issue in await issues(client, shop, found)}
    assert {(5, "A", "NAME_IS_EMAIL"), (5, "A", "EMAIL_DOMAIN_FIXED"), (6, "A", "NAME_IS_PHONE"),
            (6, "A", "PHONE_DDD_ASSUMED")} <= where  # fmt: skip


async def test_notes_lose_nothing_in_silence(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Telefone", "Obs", "Observações"], ["Ana", "(11) 3456-7890 ramal 12", "- ligar", ""],
            ["Bia", "11987654321", "x" * 3_000, "y" * 3_000], ["Caio", "11987654322", "=1+1", "não tem"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert found.column("Notes") == ["'- ligar\nRamal 12", "x" * 3_000 + "\n" + "y" * 1_999, "'=1+1"]
    assert listed_codes(found) == {
        "PHONE_EXTENSION_REMOVED": 1, "NOTES_TRUNCATED": 1, "CELL_FORMULA_NEUTRALIZED": 2,
    }  # fmt: skip
    kept = (await read(client, shop, "/contacts", q="Ana"))["items"][0]
    assert (await read(client, shop, f"/contacts/{kept['id']}"))["notes"] == "- ligar\nRamal 12"


async def test_a_city_beside_its_state(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Estado"], ["Ana", "Campinas/SP"], ["Bia", "SP - São Paulo"], ["Caio", "Estado de Minas Gerais"],
            ["Davi", "São Paulo/SP"], ["Eva", "BR-SP"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert found.column("State") == ["SP", "SP", "MG", "SP", "SP"]
    assert found.column("City") == ["Campinas", "", "", "", ""]


async def test_who_is_the_same(client: httpx.AsyncClient, shop: Shop) -> None:
    groups = [
        # a further e-mail is as good as the first
        ([["Ana", "a1@x.com.br / a2@x.com.br", ""], ["Bia", "a2@x.com.br", ""]], ["Ana"]),
        # a further telephone only together with the name
        ([["Eva", "", "11 98765-4321 / 11 91234-5678"], ["EVA", "", "11 91234-5678"]], ["Eva"]),
        ([["Gil", "", "11 98765-1111 / 11 91234-2222"], ["Ivo", "", "11 98765-3333 / 11 91234-2222"]], ["Gil", "Ivo"]),
        # landlines and e-mails of a function only together with the name, or when there is nothing else at all
        ([["Ana Souza", "", "1134567890"], ["ANA SOUSA", "", "1134567890"]], ["Ana Souza"]),
        ([["", "", "1134567891"], ["", "", "1134567891"], ["Lia", "", "1134567891"]], ["", "Lia"]),
        ([["Ana", "contato@x.com.br", ""], ["Davi", "contato@x.com.br", ""]], ["Ana", "Davi"]),
        # what is the same once it is clean
        ([["Leo", "leo@gmail.con", ""], ["Leo", "leo@gmail.com", ""]], ["Leo"]),
        ([["Nei", "", "21 8765-4321"], ["Rui", "", "+55 21 98765-4321"]], ["Nei"]),
    ]  # fmt: skip
    rows = [row for members, _ in groups for row in members]
    found = await run_import(client, shop, "a.csv", csv_bytes([HEAD, *rows]))
    names = [name for _, leaders in groups for name in leaders]
    assert [name for name, _, _ in people_of(found)] == names
    assert found.counts["duplicates"] == len(rows) - len(names)


async def test_the_newest_of_one_day_wins(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "E-mail", "Data de cadastro", "Cidade"], ["Ana Velha", "ana@x.com.br", "25/12/2023 9:05", "Itu"],
            ["Ana Nova", "ana@x.com.br", "25/12/2023 14:00", ""], ["Ana Antiga", "ana@x.com.br", "13/05/2021", "Rio"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert [(one["First Name"], one["Last Name"], one["City"]) for one in found.people] == [
        ("Ana", "Nova", "Itu")
    ]


async def test_a_workbook_with_everything(client: httpx.AsyncClient, shop: Shop) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    cover, hidden, leads = book.active, book.create_sheet("Oculta"), book.create_sheet("Leads")
    assert cover is not None
    cover.append(["Relatório"])
    hidden.sheet_state = "hidden"
    table: list[Sequence[object]] = [["Lista de leads"], ["Nome", "Celular", "CEP", "Nascimento", "Empresa", "CPF"],
             ["Ana", 11987654321, 1001000, 32996 - 1462, "Padaria", 1234567890], ["Bia", "=1+1", "01001-000", None, None, None],
             ["Caio", 1134567890.0, "abc", 36585 - 1462, None, "111.111.111-11"]]  # fmt: skip
    for row in [HEAD, *ROWS * 50]:
        hidden.append(row)
    for line in table:
        leads.append(list(line))
    leads.merge_cells("A1:F1")
    leads.merge_cells("E3:E5")
    data = io.BytesIO()
    book.save(data)
    found = await run_import(client, shop, "a.xlsx", data.getvalue())
    assert (found.report["file"]["sheet"], found.report["file"]["header_row"]) == ("Leads", 2)
    assert [
        [one.get(name, "") for name in ("Phone", "Postal Code", "Date of Birth", "Business Name")]
        for one in found.people
    ] == [
        ["+5511987654321", "01001-000", "1990-05-03", "Padaria"],
        ["", "01001-000", "", "Padaria"],
        ["+551134567890", "", "2000-02-29", "Padaria"],
    ]
    where = {(issue["row"], issue["letter"], issue["code"]) for issue in await issues(client, shop, found)}
    assert where == {(3, "C", "CEP_LEADING_ZERO"), (4, "B", "CELL_FORMULA_NO_VALUE"), (5, "C", "CEP_INVALID"),
                     (5, "F", "CPF_INVALID")}  # fmt: skip


async def test_suppressed_by_any_spelling_and_any_of_ones_numbers(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    lines = "+55 11 8765-4321\n@concorrente.com.br\nCAIO@X.COM.BR"
    added = await client.post("/suppressions", json={"lines": lines}, headers=shop.staff)
    assert added.status_code in {200, 201}, added.text
    rows = [HEAD, ["Ana", "ana@x.com.br", "11 3456-7890 / (11) 98765-4321"], ["Bia", "bia@mail.concorrente.com.br", ""],
            ["Caio", "caio@x.com.br", ""], ["Davi", "davi@naoconcorrente.com.br", "11 3456-7890"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert (found.column("First Name"), found.counts["suppressed"]) == (["Davi"], 3)
    assert (await results(client, shop, found.job, only="suppressed")).column("First Name") == [
        "Ana", "Bia", "Caio",
    ]  # fmt: skip


async def test_an_email_of_one_and_a_telephone_of_another_is_a_conflict(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    first = [HEAD, ["Ana", "ana@x.com.br", "11987654321"], ["Bia", "bia@x.com.br", "11987654322"]]
    await run_import(client, shop, "1.csv", csv_bytes(first))
    second = [HEAD, ["Ana", "ana@x.com.br", "11987654322"], ["Bia", "BIA@x.com.br", "11 8765-4322"]]
    found = await run_import(client, shop, "2.csv", csv_bytes(second), dedupe=False)
    assert found.report["classes"] == {"new": 0, "changed": 0, "unchanged": 1, "conflict": 1}


async def test_the_file_for_gohighlevel_byte_by_byte(client: httpx.AsyncClient, shop: Shop) -> None:
    rows = [["Nome", "Endereço", "Número", "Complemento", "Bairro", "Cidade/UF", "CEP", "Tags", "Empresa"],
            ["MARIA DA SILVA", "Rua X", "10", "Apto 2", "Centro", "Campinas/SP", "13083970", "VIP, plano 1.5|vip", 'Bar "Zé"']]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    answer = await client.get(f"/jobs/{found.id}/download", headers=shop.staff)
    assert answer.content == GHL_HEADER + (
        b'Maria,da Silva,,,"Bar ""Z\xc3\xa9""","Rua X, 10, Apto 2, Centro",Campinas,SP,13083-970,BR,,"VIP, plano 1 5"\r\n'
    )
    excel = await client.get(f"/jobs/{found.id}/download", params={"profile": "excel"}, headers=shop.staff)
    assert excel.content.startswith(b"\xef\xbb\xbfFirst Name;Last Name;")
    lines = list(csv.reader(io.StringIO(excel.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert lines[1][5] == "Rua X, 10, Apto 2, Centro"


async def test_dates_that_begin_far_down_still_tell_their_order(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    filler = [
        [f"Z{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)} Lima", ""] for n in range(2_100)
    ]
    rows = [["Nome", "Nascimento"], *filler, ["Ana", "03/05/1990"], ["Bia", "12/25/1980"]]
    found = await run_import(client, shop, "a.csv", csv_bytes(rows), dedupe=False)
    assert found.column("Date of Birth")[-2:] == ["1990-03-05", "1980-12-25"]
    assert "DATE_ORDER_ASSUMED" not in found.report["codes"]


async def test_a_whole_name_beside_the_first_and_codes_of_countries(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    rows = [["Primeiro nome", "Nome completo", "DDI", "DDD", "Telefone"], ["Ana Paula", "ANA PAULA DE SOUZA", "55", "11", "98765-4321"],
            ["Zé", "José Lima", "1", "415", "555 2671"], ["", "Caio Reis", "351", "", "912 345 678"]]  # fmt: skip
    found = await run_import(client, shop, "a.csv", csv_bytes(rows))
    assert people_of(found) == [
        ("Ana Paula de Souza", "", "+5511987654321"), ("Zé", "", "+14155552671"), ("Caio Reis", "", "+351912345678"),
    ]  # fmt: skip
    assert found.column("First Name") == ["Ana Paula", "Zé", "Caio"]
