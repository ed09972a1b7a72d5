"""What the cells of a column say for or against a field (contacts specification, 3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from balcao.modules.contacts.cleaning.cells import cell_text
from balcao.modules.contacts.cleaning.findings import Cell
from balcao.modules.contacts.mapping import signs as s

MOST_CELLS: Final = 500
CONTENT: Final = 0.75
"""The most that contents alone are worth."""
_MOSTLY: Final = 0.8
_HARDLY: Final = 0.2
_SUPPORT: Final = 0.05
_CONTRADICTION: Final = 0.40
_FEWEST_TO_CONTRADICT: Final = 3
"""One odd cell in a file of one or two people does not make its header a lie."""
_LOWEST: Final = 0.60
_TELEPHONE: Final = (s.PHONE | s.LOCAL, s.PHONE_SHAPE)
_E_MAIL: Final = (s.EMAIL, s.EMAIL | s.AT | s.URL)
_WORDS: Final = s.TEXT | s.ODD

DETECTORS: Final[Mapping[str, tuple[int, int]]] = {
    "email": _E_MAIL,
    "extra_email": _E_MAIL,
    "phone": _TELEPHONE,
    "mobile": _TELEPHONE,
    "whatsapp": _TELEPHONE,
    "extra_phone": _TELEPHONE,
    "cpf": (s.CPF, s.CPF_SHAPE),
    "cnpj": (s.CNPJ, s.CNPJ_SHAPE),
    "cpf_cnpj": (s.CPF | s.CNPJ, s.CPF_SHAPE | s.CNPJ_SHAPE),
    "postal_code": (s.CEP, s.CEP_SHAPE),
    "state": (s.STATE, s.STATE | s.TWO_LETTERS | s.CITY),
    "city": (s.CITY, _WORDS),
    "country": (s.COUNTRY, _WORDS),
    "birthday": (s.DATE, s.DATE_SHAPE),
    "created_at": (s.DATE, s.DATE_SHAPE),
    "website": (s.URL, s.URL),
    "full_name": (s.NAME, _WORDS),
    "first_name": (s.NAME | s.ONE_NAME, _WORDS),
    "last_name": (s.NAME | s.ONE_NAME, _WORDS),
    "address": (s.STREET, _WORDS),
    "address_number": (s.SMALL_NUMBER, s.SMALL_NUMBER),
    "ddd": (s.DDD, s.TWO_DIGITS),
    "ddi": (s.DDI, s.DDI),
}
"""By field: the signs that speak for it, and those that do not speak against it (an invalid CPF is no other field)."""


@dataclass(frozen=True, slots=True)
class ColumnEvidence:
    """The signs of a column's cells, without those that stand for nothing; how many of the cells differ, 0 to 1; and whether
    they count the rows: 1, 2, 3 …
    """

    signs: tuple[int, ...]
    variety: float
    is_counting: bool = False

    def share(self, mask: int) -> float:
        """The share of cells, 0 to 1, that have at least one of the signs."""
        return sum([1 for sign in self.signs if sign & mask]) / len(self.signs) if self.signs else 0.0


def evidence_of(cells: Sequence[Cell]) -> ColumnEvidence:
    """Looks at the first 500 cells of a column."""
    looked_at = cells[:MOST_CELLS]
    found = tuple([sign for sign in map(s.signs_of, looked_at) if sign != s.BLANK])
    return ColumnEvidence(
        found,
        len({str(cell) for cell in looked_at}) / len(looked_at) if looked_at else 0.0,
        is_counting=_are_counting(looked_at),
    )


def _are_counting(cells: Sequence[Cell]) -> bool:
    """Whether each number is the one before it and one more; the first eight tell."""
    texts = [cell_text(cell).strip() for cell in cells[:8]]
    if len(texts) < 2 or not all(text.isascii() and text.isdigit() and len(text) < 8 for text in texts):
        return False
    first = int(texts[0])
    return [int(text) for text in texts] == [*range(first, first + len(texts))]


def weighed(score: float, field: str, evidence: ColumnEvidence) -> float:
    """The score of a field after its column was looked at: at least 80 % for it +0.05, at most 20 % -0.40."""
    masks = DETECTORS.get(field)
    if masks is None or not evidence.signs:
        return score
    speaks_for, not_against = masks
    if evidence.share(speaks_for) >= _MOSTLY:
        return min(1.0, round(score + _SUPPORT, 2))
    if len(evidence.signs) >= _FEWEST_TO_CONTRADICT and evidence.share(not_against) <= _HARDLY:
        return round(score - _CONTRADICTION, 2)
    return score


def fields_by_content(evidence: ColumnEvidence, *, is_bare: bool, may_name: bool) -> dict[str, float]:
    """Fields a column may be by its cells alone, and their scores from 0.60 to 0.75.

    `is_bare`: it has no header, so that anything may be guessed; under a strange header only what can hardly be
    anything else. `may_name`: its header speaks of names, or it has none.
    """
    if not evidence.signs:
        return {}
    found = _unmistakable(evidence)
    if may_name and not found:
        found |= _names(evidence)
    if is_bare:
        found = _only_without_header(evidence) | found
        if not found and evidence.share(s.NAME) >= _MOSTLY:
            found["full_name"] = _LOWEST
    return {field: round(score, 2) for field, score in found.items() if round(score, 2) >= _LOWEST}


def _unmistakable(evidence: ColumnEvidence) -> dict[str, float]:
    share = evidence.share
    found = {"email": share(s.EMAIL), "cpf": share(s.CPF), "cnpj": share(s.CNPJ), "postal_code": share(s.CEP_MASKED),
             "state": share(s.UF_CODE)}  # fmt: skip
    # Check digits first: one random number in a hundred is a CPF. Only then the telephone.
    if found["cpf"] < _MOSTLY:
        kind = "mobile" if share(s.MOBILE) >= _MOSTLY else "phone"
        found[kind] = share(s.PHONE)
    return {field: CONTENT * part for field, part in found.items() if part >= _MOSTLY}


def _names(evidence: ColumnEvidence) -> dict[str, float]:
    """People, as their first names tell; a column of products is a column of words too."""
    full, single, known = (
        evidence.share(s.NAME), evidence.share(s.NAME | s.ONE_NAME), evidence.share(s.FIRST_NAME)
    )  # fmt: skip
    if full >= _MOSTLY and known >= 0.5:
        return {"full_name": CONTENT * full}
    return {"full_name": 0.70} if single >= _MOSTLY and known >= 0.6 else {}


def _only_without_header(evidence: ColumnEvidence) -> dict[str, float]:
    share = evidence.share
    found = {
        field: CONTENT * part
        for field, part in (
            ("website", share(s.URL)),
            ("instagram", share(s.HANDLE)),
            ("birthday", share(s.BIRTH_YEAR)),
            ("country", share(s.COUNTRY)),
        )
        if part >= _MOSTLY
    }
    # Lists of places, streets and companies know only some of what there is.
    for field, part in (("city", share(s.CITY)), ("address", share(s.STREET)), ("company", share(s.COMPANY))):
        if part >= 0.5:
            found[field] = _LOWEST + 0.15 * part
    return found


def are_first_names(evidence: ColumnEvidence) -> bool:
    """Whether the cells are single words that are first names."""
    return evidence.share(s.ONE_NAME) >= _MOSTLY and evidence.share(s.FIRST_NAME) >= 0.6


def are_surnames(evidence: ColumnEvidence) -> bool:
    """Whether the cells are words that are surnames, and no first names."""
    return (
        evidence.share(s.NAME | s.ONE_NAME) >= _MOSTLY
        and evidence.share(s.SURNAME) >= 0.5
        and evidence.share(s.FIRST_NAME) < 0.3
    )
