"""What one column means because of another (contacts specification, 3.3, special rules)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from balcao.modules.contacts.mapping import signs as s
from balcao.modules.contacts.mapping.candidates import Candidate, Column, Knowledge
from balcao.modules.contacts.mapping.wording import STOP_WORDS_OUT, is_about_others, readings_of

_WHOLE: Final = frozenset({"completo", "completa", "full", "sobrenome", "sobrenomes", "surname"})
_PLAIN_NAMES: Final = frozenset({"nome", "name"})
_NAMES: Final = frozenset({"full_name", "first_name", "last_name"})
_CONTACT_PERSONS: Final = frozenset({"responsavel", "proprietario", "responsavel pelo contato"})
_PERSONS_WILL: Final = frozenset({"chosen", "saved"})
_STAFF: Final = frozenset({"por", "by"})
"""Words of who typed a row in: Cadastrado por."""
_RESPONSIBLE: Final = 0.70
_PEOPLE: Final = 0.65


def says_whole_name(text: str) -> bool:
    """Whether a normalised header promises the whole name, so that a last-name column beside it only repeats a part."""
    return not _WHOLE.isdisjoint(text.split())


def with_special_rules(knowledge: Knowledge, taken: Mapping[int, Candidate]) -> dict[int, Candidate]:
    """The fields given so far, corrected by what stands in other columns."""
    result = dict(taken)
    at = {candidate.field: position for position, candidate in result.items()}
    if _NAMES.isdisjoint(at):
        _find_people(knowledge, result)
    elif "full_name" in at and "last_name" in at and "first_name" not in at:
        _take_first_name(knowledge.columns, result, at["full_name"])
    return result


def _take_first_name(columns: Sequence[Column], result: dict[int, Candidate], whole: int) -> None:
    """Beside a last name, "Nome" is the first name; also when "Nome completo" is there besides."""
    candidate = result[whole]
    if candidate.evidence in _PERSONS_WILL:
        return
    if not says_whole_name(columns[whole].header.text):
        result[whole] = candidate._replace(field="first_name")
        return
    for column in columns:
        if column.position not in result and column.header.text in _PLAIN_NAMES:
            result[column.position] = Candidate("first_name", STOP_WORDS_OUT, "synonym")
            return


def _find_people(knowledge: Knowledge, result: dict[int, Candidate]) -> None:
    """Nobody is named: "Responsável" is the person to talk to, or some strange header has people under it."""
    found = [
        (-column.evidence.share(s.FIRST_NAME), column.key, column.position, score)
        for column in knowledge.columns
        if (score := _people_score(column, result.get(column.position), knowledge)) and _are_people(column)
    ]
    if found:
        _, _, position, score = min(found)
        result[position] = Candidate("full_name", score, "content")


def _people_score(column: Column, candidate: Candidate | None, knowledge: Knowledge) -> float:
    if candidate is not None:
        is_responsible = (
            candidate.field == "owner"
            and candidate.evidence not in _PERSONS_WILL
            and column.header.base in _CONTACT_PERSONS
        )
        return _RESPONSIBLE if is_responsible else 0.0
    is_strange = (
        knowledge.seen.get(column.key) != ""
        and not readings_of(column.header)
        and not is_about_others(column.header)
        and _STAFF.isdisjoint(column.header.text.split())
    )
    return _PEOPLE if is_strange else 0.0


def _are_people(column: Column) -> bool:
    """First names, and not the same few again and again as a seller's would be."""
    evidence = column.evidence
    return (
        evidence.share(s.NAME | s.ONE_NAME) >= 0.8
        and evidence.share(s.FIRST_NAME) >= 0.5
        and evidence.variety >= 0.5
    )
