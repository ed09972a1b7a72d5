"""Lists of people as shopkeepers have them, generated: the same seed gives the same bytes."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from balcao.brazil.addresses import fold

HEADERS: Final = (
    "Nome", "E-mail", "Celular", "Empresa", "Endereço", "Bairro", "Cidade", "UF", "CEP", "Origem", "Tags", "Nascimento",
)  # fmt: skip
_FIRST: Final = (
    "Maria", "José", "Ana", "João Pedro", "Antônia", "Francisco", "Luíza", "Carlos Eduardo", "Adriana", "Márcia", "Paulo",
    "Fernanda", "Rafael", "Juliana", "Thiago", "Letícia", "Vinícius", "Camila", "Sebastião", "Conceição",
)  # fmt: skip
_LAST: Final = (
    "da Silva", "dos Santos", "Oliveira", "de Souza", "Lima", "Pereira", "Ferreira", "Alves", "Ribeiro", "Gonçalves",
    "D'Ávila", "Araújo", "Melo", "Barbosa", "Cardoso Neto", "Rocha", "Dias", "Nascimento", "Moreira", "Nunes",
)  # fmt: skip
_STYLES: Final = (str.upper, str.upper, str.lower, str, str)
"""How a row's name is written: all capitals, all small letters, or as it should be."""
_ODD: Final = ("Sr. {}", "{} (mãe)", "  {}", "{} - cliente")
_DOMAINS: Final = (
    "gmail.com", "gmail.com", "gmail.com", "hotmail.com", "outlook.com", "uol.com.br", "yahoo.com.br", "GMAIL.COM",
    "gmial.com", "empresa.com.br", "bol.com.br", "terra.com.br",
)  # fmt: skip
_CITIES: Final = (
    ("São Paulo", "SP", 1000), ("CAMPINAS", "sp", 13083), ("Rio de Janeiro", "RJ", 20040), ("belo horizonte", "MG", 30130),
    ("Curitiba", "Paraná", 80010), ("Salvador", "BA", 40020), ("Recife", "PE", 50030), ("Fortaleza", "ce", 60025),
)  # fmt: skip
_DDDS: Final = (11, 11, 19, 21, 31, 41, 71, 81, 85)
_SOURCES: Final = ("Instagram", "site", "Indicação", "FEIRA", "")
_TAGS: Final = ("VIP", "lead; quente", "cliente, VIP", "", "", "revenda|atacado")


def phone_as_typed(rng: random.Random) -> str:
    """A telephone in one of the ways in which people write it; some are wrong."""
    ddd, body = rng.choice(_DDDS), rng.randrange(10**8)
    eight = f"{body:08d}"
    return rng.choice(
        (
            f"({ddd}) 9{eight[:4]}-{eight[4:]}",
            f"{ddd}9{eight}",
            f"+55 {ddd} 9{eight[:4]}-{eight[4:]}",
            f"({ddd}) 9{eight[:4]}-{eight[4:]}",
            f"{ddd} 9{eight}",
            f"0{ddd} 9 {eight[:4]} {eight[4:]}",
            f"({ddd}) 8{eight[:3]}-{eight[4:]}",
            f"({ddd}) 3{eight[:3]}-{eight[4:]}",
            f"55{ddd}9{eight}",
            f"9{eight}",
            f"{ddd} 9{eight[:4]}{eight[4:]} / {ddd} 3{eight[1:]}",
            "não tem",
        )
    )


def rows(count: int, *, seed: int = 7) -> Iterator[list[str]]:
    """`count` rows of twelve texts under HEADERS. About one in two hundred is somebody of an earlier row again."""
    rng = random.Random(seed)  # noqa: S311 - test data
    earlier: list[list[str]] = []
    for number in range(count):
        if earlier and rng.random() < 0.005:
            yield list(rng.choice(earlier))
            continue
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        city, uf, cep = rng.choice(_CITIES)
        name = rng.choice(_STYLES)(f"{first} {last}")
        row = [
            rng.choice(_ODD).format(name) if rng.random() < 0.03 else name,
            f"{fold(first.split()[0])}.{number}@{rng.choice(_DOMAINS)}" if rng.random() < 0.85 else "",
            phone_as_typed(rng),
            f"Comércio {rng.randrange(400)} Ltda" if rng.random() < 0.4 else "",
            f"Rua {rng.choice(_LAST)}, {rng.randrange(1, 2000)}",
            f"Bairro {rng.randrange(60)}",
            city,
            uf,
            f"{cep:05d}-{rng.randrange(1000):03d}",
            rng.choice(_SOURCES),
            rng.choice(_TAGS),
            f"{rng.randrange(1, 29):02d}/{rng.randrange(1, 13):02d}/{rng.randrange(1950, 2006)}",
        ]
        if len(earlier) < 2000:
            earlier.append(row)
        yield row


def write_csv(path: Path, count: int) -> None:
    """The list as Excel in Brazil writes it: semicolons, Windows-1252, CR LF."""
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADERS)
        writer.writerows(rows(count))


def write_xlsx(path: Path, count: int) -> None:
    """The list as a workbook with shared strings."""
    # The library has no types.
    from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs]

    book: Any = Workbook(str(path), {"strings_to_numbers": False})
    sheet: Any = book.add_worksheet("Leads")
    for place, values in enumerate([HEADERS, *rows(count)]):
        sheet.write_row(place, 0, values)
    book.close()
