"""Words that mean something in a name, and the spelling of the others (contacts specification, 4.3)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

PARTICLES: Final = frozenset(
    {"da", "de", "do", "das", "dos", "e", "di", "del", "della", "von", "van", "der", "la", "du"}
)
"""In lower case unless they open the name."""

ROMAN_NUMERALS: Final = frozenset(
    {"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "xiii", "xv", "xvi", "xxiii"}
)
"""In capitals at the end of a name: João Paulo II."""
ROMAN_ALONE: Final = frozenset({"ii", "iii", "iv"})
"""Those that are no names themselves, as Vi and Xi are, even when nothing else stands there."""

HONORIFICS: Final = frozenset(
    {
        "sr", "sra", "srta", "srto", "srs", "sras", "snr", "snra", "srsra", "senhor", "senhora", "senhorita", "dr", "dra", "drs",
        "dras", "drdra", "doutor", "doutora", "prof", "profa", "profo", "profs", "professor", "professora", "eng", "enga",
        "engo", "exmo", "exma", "ilmo", "ilma", "dona", "mr", "mrs", "miss",
    }
)  # fmt: skip
"""Forms of address, as letters only and without accents, taken off the front of a name."""
HONORIFICS_WITH_PERIOD: Final = frozenset({"d.", "ms.", "arq.", "adv."})
"""Those that only a period tells from a name or an initial: D. Maria is Dona Maria."""

SUFFIXES: Final = frozenset({"jr", "junior", "filho", "filha", "neto", "neta", "sobrinho", "sobrinha", "segundo", "terceiro", "ii", "iii", "iv"})  # fmt: skip
"""What follows a comma without being a first name: Silva, Jr."""
POST_NOMINALS: Final = frozenset(
    {"phd", "mba", "md", "cpa", "cfp", "pmp", "msc", "esq", "adv", "crc", "oab", "crm"}
)
"""Degrees after a comma, taken off."""

COMPANY_ENDINGS: Final = {
    "ltda": "Ltda", "ltd": "Ltd", "limitada": "Limitada", "eireli": "EIRELI", "epp": "EPP", "s/a": "S/A", "gmbh": "GmbH",
    "llc": "LLC", "slu": "SLU",
}  # fmt: skip
"""What only a company's name holds, without its last period, and its usual spelling."""
LAST_WORDS_OF_COMPANIES: Final = {"s.a": "S.A", "s/s": "S/S", "inc": "Inc", "cia": "Cia"}
"""The same, where nothing or only punctuation follows."""
LAST_CAPITALS_OF_COMPANIES: Final = frozenset({"ME", "MEI"})
"""Microempresa and microempreendedor. In other letters they are words, or somebody's name."""

NO_NAME: Final = frozenset(
    {
        "sem nome", "nao identificado", "nao identificada", "desconhecido", "desconhecida", "anonimo", "consumidor final",
        "consumidor nao identificado", "cliente nao identificado", "cliente sem nome", "nome nao informado", "nome",
        "no name", "unknown", "unnamed", "sin nombre",
    }
)  # fmt: skip
"""What tills and forms write when nobody gave a name."""

FIRST_WORDS_ASIDE: Final = frozenset(
    {
        *HONORIFICS,
        *(words.split()[0] for words in NO_NAME),
        "não",
        "nan",
        "null",
        "none",
        "anônimo",
        "anônima",
    }
)
"""A name that opens with one of these wants a closer look: a form of address, or no name at all."""

_PARTS: Final = re.compile(r"([-'/.])")
_MOST_REMEMBERED: Final = 50_000


def spelled(word: str) -> str:
    """One word with capitals at its start and after a hyphen, an apostrophe, a slash or a period: D'Ávila, Ana-Maria."""
    spelling = "".join([part.capitalize() for part in _PARTS.split(word)])
    # Some small letters become a letter and a mark: the Turkish İ.
    return unicodedata.normalize("NFC", spelling)


class Spelling(dict[str, str]):
    """Words in lower case and their spelling inside a name; remembers what it was asked, for names repeat."""

    def __missing__(self, word: str) -> str:
        """Find out how a new word is spelled."""
        spelling = word if word in PARTICLES else spelled(word)
        if len(self) < _MOST_REMEMBERED:
            self[word] = spelling
        return spelling


SPELLING: Final = Spelling()
