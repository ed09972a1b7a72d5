"""The header row: titles above it, rows that continue it, lists without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.reading.headers import Header, find_header
from balcao.modules.contacts.reading.tables import TableChoice
from tests.factories.reading import read, recognise
from tests.factories.sheets import csv_bytes


def header(*rows: list[Cell], chosen: int | None = None) -> Header:
    return find_header(list(enumerate(rows, start=1)), recognise, chosen)


def test_titles_above_and_junk_below(tmp_path: Path) -> None:
    contacts = [[f"Ana Souza {n}", f"ana{n}@exemplo.com.br", f"1198765{n:04d}"] for n in range(100)]
    head = ["Nome", "E-mail", "Celular"]
    rows = [
        ["Padaria do Zé"], ["Relatório de clientes"], ["Período: 01/01/2024 a 31/12/2024"], ["Usuário: Maria"], [], head,
        *contacts[:53], head, *contacts[53:], ["Total: 100"], ["Página 1 de 1"],
    ]  # fmt: skip
    found = read(tmp_path, csv_bytes(rows))
    assert found.facts.header_row == 6
    assert found.headers == head
    assert len(found.rows) == 103
    assert found.numbers[0] == 7


def test_more_recognised_headers_win_over_earlier_rows() -> None:
    found = header(
        ["Cliente", "Telefone"],
        ["Padaria", "11 3456-7890"],
        ["Nome", "E-mail", "Celular", "Cidade"],
        ["Ana", "a@x.com", "11987654321", "SP"],
    )
    assert (found.row, found.known) == (3, 4)


def test_unknown_headers_above_values() -> None:
    found = header(
        ["Fulano", "Contato Zap", "Onde"], ["Ana Souza", "11987654321", "Campinas"], ["Bia", "22", "Itu"]
    )
    assert (found.row, found.texts) == (1, ("Fulano", "Contato Zap", "Onde"))


@pytest.mark.parametrize(
    "rows",
    [
        [["11987654321", "ana@x.com.br", "Ana Souza"], ["11987654322", "bia@x.com.br", "Bia Lima"]],
        [["Ana Souza", "São Paulo", "SP", "11987654321"], ["Bia Lima", "Campinas", "SP", "11987654322"]],
        [
            ["Ana Souza", "Instagram", "11987654321"],
            ["Bia Lima", "Instagram", "11987654322"],
            ["Caio", "Instagram", "1"],
        ]
        * 3,
        [["Ana Souza"], ["Bia Lima"], ["Caio de Sá"]],
        [["Ana Souza"], ["Bia Lima"], ["Caio"], ["Duda Reis"]],
        [["ana@x.com.br"], ["bia@x.com.br"]],
        [[11987654321, "Ana Souza"], [11987654322, "Bia Lima"]],
    ],
)
def test_lists_without_header(rows: list[list[Cell]]) -> None:
    found = header(*rows)
    assert (found.row, found.last_row, found.known) == (0, 0, 0)
    assert found.texts == ("",) * len(rows[0])


def test_one_unknown_word_above_names_is_a_header() -> None:
    assert header(["Pessoa"], ["Ana Souza"], ["Bia Lima"]).row == 1


def test_a_second_row_that_continues_the_header() -> None:
    found = header(
        ["Nome", "Data de", "Celular"],
        ["completo", "nascimento", "com DDD"],
        ["Ana", "01/02/1990", "11987654321"],
    )
    assert (found.row, found.last_row) == (1, 2)
    assert found.texts == ("Nome completo", "Data de nascimento", "Celular com DDD")


def test_remarks_below_the_header_belong_to_it() -> None:
    found = header(["Nome", "Celular"], ["(obrigatório)", "(com DDD)"], ["Ana", "11987654321"])
    assert found.last_row == 2


def test_a_first_contact_of_text_alone_is_no_header() -> None:
    found = header(
        ["Nome", "Cidade", "Celular"], ["Ana Souza", "Campinas", ""], ["Bia", "Itu", "11987654321"]
    )
    assert (found.row, found.last_row) == (1, 1)


def test_group_titles_above_the_header() -> None:
    found = header(
        ["Cliente", None, "Endereço"], ["Nome", "Celular", "Cidade", "UF"], ["Ana", "11", "Itu", "SP"]
    )
    assert (found.row, found.texts) == (2, ("Nome", "Celular", "Cidade", "UF"))


def test_columns_without_a_name_are_kept_where_they_are_filled() -> None:
    found = header(
        ["Nome", "", "Celular", "", ""],
        ["Ana", "x", "11", "y", ""],
        ["Bia", "x", "22", "y", "lixo"],
        ["Caio", "", "3", "z", ""],
    )
    assert found.texts == ("Nome", "", "Celular", "")


def test_header_on_one_line() -> None:
    assert header(["Nome\ncompleto", " Celular "], ["Ana", "11"]).texts == ("Nome completo", "Celular")


def test_numbers_as_headers_are_values() -> None:
    assert header([2023, 2024], [1, 2]).row == 0


def test_a_person_chooses_the_row_or_none(tmp_path: Path) -> None:
    content = csv_bytes([["Nome", "Celular"], ["Apelido", "Zap"], ["Ana", "11"]])
    second = read(tmp_path, content, choice=TableChoice(header_row=2))
    assert (second.headers, second.numbers) == (["Apelido", "Zap"], [3])
    none = read(tmp_path, content, choice=TableChoice(header_row=0))
    assert (none.headers, none.facts.header_row, none.numbers) == (["", ""], None, [1, 2, 3])
    far = csv_bytes([["x", "y"]] * 300 + [["Nome", "Celular"], ["Ana", "11"]])
    assert read(tmp_path, far, choice=TableChoice(header_row=301)).rows == [["Ana", "11"]]
    beyond = read(tmp_path, content, choice=TableChoice(header_row=900))
    assert beyond.rows == []


def test_a_header_alone_is_an_empty_list(tmp_path: Path) -> None:
    found = read(tmp_path, "Nome;Celular\n")
    assert (found.headers, found.rows) == (["Nome", "Celular"], [])
