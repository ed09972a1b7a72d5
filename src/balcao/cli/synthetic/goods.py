"""What the synthetic shops sell: names people would read on a menu, prices that differ by shop and seed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from balcao.brazil.addresses import fold

CATEGORIES = (
    ("Pães", "Pão"),
    ("Bolos", "Bolo"),
    ("Salgados", "Salgado"),
    ("Tortas", "Torta"),
    ("Doces", "Docinho"),
    ("Lanches", "Sanduíche"),
    ("Bebidas", "Vitamina"),
    ("Congelados", "Lasanha"),
)
FLAVOURS = (
    "da casa", "de queijo", "de frango", "de coco", "de milho verde", "de banana", "de chocolate", "de ervas finas",
    "de limão-siciliano", "de castanha", "de goiabada", "do chef",
)  # fmt: skip
PEOPLE = (
    "Ana Souza", "Bruno Lima", "Carla Dias", "Diego Alves", "Elisa Rocha", "Fábio Nunes", "Gabriela Melo", "Heitor Pires",
    "Inês Castro", "João Prado", "Kátia Ramos", "Lucas Freitas", "Marina Costa", "Nelson Araújo", "Olívia Torres",
    "Paulo Teixeira", "Renata Cardoso", "Sérgio Moraes", "Tatiana Lopes", "Vera Barbosa",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goods:
    """The products of one shop as columns, in the order of their codes (1, 2, …). Prices in centavos."""

    names: list[str]
    search: list[str]
    shelves: list[int]
    prices: list[int]


def goods_of(slug: str, seed: int) -> Goods:
    """The same goods for the same shop and seed."""
    names = [f"{noun} {flavour}" for _, noun in CATEGORIES for flavour in FLAVOURS]
    shelves = [shelf for shelf in range(len(CATEGORIES)) for _ in FLAVOURS]
    prices = [490 + 10 * (number(slug, seed, name) % 400) for name in names]
    return Goods(names, [fold(name) for name in names], shelves, prices)


def number(*parts: object) -> int:
    """A number that looks drawn by lot and is the same for the same parts, on every machine."""
    digest = hashlib.blake2b(":".join(map(str, parts)).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big")
