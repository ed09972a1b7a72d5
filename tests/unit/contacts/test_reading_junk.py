"""Rows that are nobody, and rows that only look so."""

from __future__ import annotations

import pytest

from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.reading.junk import row_junk

HEADERS = ["Nome", "E-mail", "Celular", "Cidade", "Obs."]
CONTACT = {0, 1, 2}


@pytest.mark.parametrize(
    ("row", "junk"),
    [
        (["", None, "  ", "\u00a0"], "blank"),
        ([], "blank"),
        (["Total: 100"], "total"),
        (["TOTAL GERAL", "", "", "", 100], "total"),
        (["Subtotal", 12.5], "total"),
        (["Sub-total", "", "", "R$ 1.234,56"], "total"),
        (["Soma", "123"], "total"),
        (["Qtd.", "45"], "total"),
        (["Qtde de clientes: 45"], "total"),
        (["Quantidade", 3], "total"),
        (["Total de registros", "100 registros"], "total"),
        (["", "Total", 3], "total"),
        (["Totais", 1, 2, 3], "total"),
        (["Total Distribuidora Ltda", "", "", "Campinas"], ""),
        (["Total", "vendas@total.com.br"], ""),
        (["Total", "", "11987654321"], ""),
        (["Tota Souza", "", "", "Itu"], ""),
        (["Somália de Sá", "", "", "Itu"], ""),
        (["Nome", "E-mail", "Celular", "Cidade", "Obs."], "repeated_header"),
        (["NOME", "e-mail", " celular ", "cidade", ""], "repeated_header"),
        (["Nome", "ana@x.com", "11987654321"], ""),
        (["Nome", "", "", "", ""], ""),
        (["Página 1 de 3"], "footer"),
        (["Pág. 2/3", "", "", "", ""], "footer"),
        (["", "", "", "", "Página: 4"], "footer"),
        (["Relatório gerado em 01/02/2024 às 10:00"], "footer"),
        (["Emitido por Maria", "", "", "01/02/2024"], "footer"),
        (["Exportado em 01/02/2024"], "footer"),
        (["Data de emissão: 01/02/2024"], "footer"),
        (["Fim do relatório"], "footer"),
        (["", "", "", "", "sistema XYZ"], "footer"),
        (["", "", "", "Campinas", ""], "footer"),
        (["Ana", "", "", "", ""], ""),
        (["", "ana@x.com", "", "", ""], ""),
        (["", "", 11987654321, "", ""], ""),
        (["Paginé Souza", "", "11987654321"], ""),
        (["Fonte Nova", "", "11987654321"], ""),
        (["Ana Souza", "ana@x.com", "11987654321", "Itu", ""], ""),
    ],
)
def test_rows(row: list[Cell], junk: str) -> None:
    assert row_junk(row, HEADERS, CONTACT) == junk


def test_a_lonely_cell_says_nothing_where_nothing_is_mapped_or_nothing_else_is_there() -> None:
    assert row_junk(["", "", "", "", "x"], HEADERS, ()) == ""
    assert row_junk(["x"], ["Obs."], {1}) == ""


def test_a_header_of_one_column_is_recognised_again() -> None:
    assert row_junk(["e-mail"], ["E-mail"], {0}) == "repeated_header"
