"""What a product, a category and an option group may look like. Pure checks shared by every way of changing them.

Faults are `(pointer, English msgid)`; the pointer is a JSON pointer into the document that was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from balcao.brazil.addresses import fold
from balcao.kernel.money import PRICE_MAX_CENTS, WHOLE_BASIS_POINTS, round_half_up_div

NAME_MAX = 120
DESCRIPTION_MAX = 2000
TAGS_MAX = 10
TAG_MAX = 30
SKUS_MAX = 50
LINKS_MAX = 20
OPTIONS_MAX = 100
CHOICES_MAX = 99
LEAD_DAYS_MAX = 60
PICTURES_MAX = 10
ALT_MAX = 200

Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SkuDraft:
    """A size as it is to be; `id` None makes a new one. Prices are centavos."""

    price_cents: int
    name: str = ""
    is_active: bool = True
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """An option group offered by a product, and how many choices it wants."""

    group_id: UUID
    min: int = 0
    max: int = 1


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as it is to be; `id` None makes a new one."""

    name: str
    price_cents: int = 0
    max_per_item: int = 1
    is_active: bool = True
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as it is to be."""

    name: str
    skus: Sequence[SkuDraft]
    description: str = ""
    category_id: UUID | None = None
    store_id: UUID | None = None
    tags: Sequence[str] = ()
    availability: str = "available"
    lead_days: int = 0
    is_active: bool = True
    option_groups: Sequence[LinkDraft] = ()


def search_text_of(name: str, tags: Iterable[str]) -> str:
    """What the search compares with: name and tags, folded."""
    return fold(" ".join([name, *tags]))


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Tags trimmed, in order, without repeats that differ in case or accents only."""
    kept: dict[str, str] = {}
    for tag in tags:
        plain = " ".join(tag.split())
        if plain:
            kept.setdefault(fold(plain), plain)
    return list(kept.values())


def sku_faults(skus: Sequence[SkuDraft]) -> list[Fault]:
    """Sizes: at least one on sale, and told apart by name when there are several."""
    if not skus:
        return [("/skus", "Give the product a price.")]
    faults: list[Fault] = []
    if not any(sku.is_active for sku in skus):
        faults.append(
            ("/skus", "At least one size has to be on sale. To take everything off, hide the product.")
        )
    if len(skus) > 1:
        faults += _name_faults(
            "/skus", [sku.name for sku in skus], "Name each size.", "Two sizes have this name."
        )
    return faults


def option_faults(options: Sequence[OptionDraft]) -> list[Fault]:
    """Options: at least one, each with a name of its own."""
    if not options:
        return [("/options", "Give the list at least one option.")]
    return _name_faults(
        "/options", [option.name for option in options], "Name each option.", "Two options have this name."
    )


def _name_faults(pointer: str, names: Sequence[str], missing: str, double: str) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[str] = set()
    for index, name in enumerate(names):
        folded = fold(name)
        if not folded:
            faults.append((f"{pointer}/{index}/name", missing))
        elif folded in seen:
            faults.append((f"{pointer}/{index}/name", double))
        seen.add(folded)
    return faults


def link_faults(links: Sequence[LinkDraft], capacities: dict[UUID, int]) -> list[Fault]:
    """Offered groups: known, once each, with limits that a buyer can meet. `capacities` are the most choices by group."""
    faults: list[Fault] = []
    seen: set[UUID] = set()
    for index, link in enumerate(links):
        at = f"/option_groups/{index}"
        if link.group_id not in capacities:
            faults.append((f"{at}/group_id", "This list of options does not exist any more."))
        elif link.group_id in seen:
            faults.append((f"{at}/group_id", "This list is offered twice."))
        elif link.max < max(1, link.min):
            faults.append((f"{at}/max", "The most has to be at least one, and not under the least."))
        elif link.min > capacities[link.group_id]:
            faults.append((f"{at}/min", "The list does not have that many choices."))
        seen.add(link.group_id)
    return faults


def capacity_of(options: Iterable[OptionDraft]) -> int:
    """How many choices a list allows at most, counting quantities of what is on sale."""
    return sum(option.max_per_item for option in options if option.is_active)


def adjusted_price(cents: int, basis_points: int, step_cents: int) -> int:
    """A price raised (or cut) by basis points of itself, rounded half up to a multiple of `step_cents`.

    A price above zero stays above zero. Raises ValueError when the result passes the highest price.
    """
    exact = cents * (WHOLE_BASIS_POINTS + basis_points)
    rounded = round_half_up_div(exact, WHOLE_BASIS_POINTS * step_cents) * step_cents
    if cents > 0 and rounded == 0:
        rounded = step_cents
    if rounded > PRICE_MAX_CENTS:
        raise ValueError("the price would pass the highest one")
    return rounded
