"""How the tests of reading open bytes, with a small table of synonyms in place of the mapping's."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from balcao.brazil.addresses import fold
from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.reading.limits import ReadingLimits
from balcao.modules.contacts.reading.open import open_table
from balcao.modules.contacts.reading.tables import CellFinding, FileFacts, TableChoice

SYNONYMS = {
    "nome": "full_name", "nome completo": "full_name", "e-mail": "email", "email": "email", "telefone": "phone",
    "celular": "mobile", "celular com ddd": "mobile", "endereco": "address", "municipio": "city", "cidade": "city", "uf": "state",
    "cep": "postal_code", "empresa": "company", "origem": "source", "instagram": "instagram", "whatsapp": "whatsapp",
    "data de nascimento": "birthday", "cliente": "full_name", "tags": "tags",
}  # fmt: skip


def recognise(text: str) -> str | None:
    return SYNONYMS.get(fold(text))


class Read(NamedTuple):
    facts: FileFacts
    headers: list[str]
    numbers: list[int]
    rows: list[list[Cell]]
    findings: list[CellFinding]

    @property
    def codes(self) -> list[tuple[int, int, str]]:
        return [(row, column, finding.code) for row, column, finding in self.findings]

    @property
    def notes(self) -> list[str]:
        return [finding.code for finding in self.facts.notes]


def read(
    folder: Path,
    content: bytes | str,
    filename: str = "lista.csv",
    *,
    choice: TableChoice | None = None,
    limits: ReadingLimits | None = None,
    size: int = 2_000,
) -> Read:
    """Everything in a file, by way of the disk as in an import."""
    path = folder / "upload"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_table(
        path,
        filename=filename,
        choice=choice or TableChoice(),
        limits=limits or ReadingLimits(),
        recognise=recognise,
    ) as table:
        blocks = list(table.blocks(size))
    return Read(
        table.facts,
        table.headers,
        [number for block in blocks for number in block.numbers],
        [row for block in blocks for row in block.rows],
        [finding for block in blocks for finding in block.findings],
    )
