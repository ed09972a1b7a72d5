"""CEP, state, city and country (contacts specification, 4.4)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from balcao.brazil.addresses import UFS, fold, uf_of_cep
from balcao.modules.contacts.cleaning.cells import cell_text, tidy
from balcao.modules.contacts.cleaning.countries import COUNTRY_CODES, country_key
from balcao.modules.contacts.cleaning.encoding_repair import repair_encoding
from balcao.modules.contacts.cleaning.findings import EMPTY, Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.name_words import PARTICLES, ROMAN_NUMERALS, spelled
from balcao.modules.contacts.cleaning.texts import TOO_LONG, changed, one_line, stands_for_nothing

_LIMIT: Final = 255
"""Characters of a state or a city."""
_MOST_REMEMBERED: Final = 16_384
"""Different cells kept with their result. Places repeat, so nearly every cell of a long file is found here."""

# --- CEP

_CEP: Final = re.compile(r"([0-9]{5})-?([0-9]{3})")
_FRACTION: Final = re.compile(r"([0-9]{7,8})[.,]0{1,2}")
_SCIENTIFIC: Final = re.compile(r"[0-9][eE]\+?[0-9]")
_NOT_A_DIGIT: Final = re.compile(r"[^0-9]+")
_LOWEST_CEP: Final = "01000000"
_CEP_FORMATTED: Final = (Finding("CEP_FORMATTED"),)
_LEADING_ZERO: Final = (Finding("CEP_LEADING_ZERO"),)
_CEP_INVALID: Final = Cleaned("", (), (Finding("CEP_INVALID"),))


def clean_postal_code(cell: Cell) -> Cleaned:
    """The CEP as 00000-000. Seven digits get back the zero that a spreadsheet took from the front of São Paulo's CEPs."""
    if isinstance(cell, str) and (cep := _CEP.fullmatch(cell)):
        if cep[1] < _LOWEST_CEP[:5]:
            return _CEP_INVALID
        return Cleaned(cell) if len(cell) == 9 else Cleaned(f"{cep[1]}-{cep[2]}", (), _CEP_FORMATTED)
    text = cell_text(cell)
    if text == "0":
        return EMPTY
    if not text.isdigit():
        text = tidy(text, "NFKC")
        if stands_for_nothing(text) or not any(map(str.isalnum, text)):
            return EMPTY
        if fraction := _FRACTION.fullmatch(text):
            text = fraction[1]
        if _SCIENTIFIC.search(text):
            return _CEP_INVALID
        text = _NOT_A_DIGIT.sub("", text)
    return _cep(text, cell)


def _cep(digits: str, cell: Cell) -> Cleaned:
    padded = digits.zfill(8)
    if len(digits) not in (7, 8) or padded < _LOWEST_CEP:
        return _CEP_INVALID
    findings = _CEP_FORMATTED if len(digits) == 8 else _LEADING_ZERO
    value = f"{padded[:5]}-{padded[5:]}"
    return Cleaned(value, (), findings) if value != cell else Cleaned(value)


def uf_of_postal_code(cep: str) -> str:
    """The state that a clean CEP (00000-000) lies in; empty when no state owns its range."""
    return uf_of_cep(cep.replace("-", "")) or "" if cep else ""


# --- state

_OTHER_STATE_NAMES: Final = {
    "brasilia": "DF", "guanabara": "RJ", "minas": "MG", "saopaolo": "SP", "spaulo": "SP", "sampaulo": "SP", "rjaneiro": "RJ",
    "rgsul": "RS", "rgdosul": "RS", "rgs": "RS", "rgnorte": "RN", "rgdonorte": "RN", "rgn": "RN", "mgrosso": "MT", "mgrossosul": "MS",
    "mgrossodosul": "MS", "stacatarina": "SC", "stcatarina": "SC", "espsanto": "ES", "esanto": "ES", "espiritosto": "ES",
    "dfederal": "DF", "mgerais": "MG",
}  # fmt: skip


def _state_keys() -> dict[str, str]:
    keys = {uf.lower(): uf for uf in UFS} | _OTHER_STATE_NAMES
    for uf, name in UFS.items():
        words = fold(name).split()
        keys["".join(words)] = uf
        keys["".join([word for word in words if word not in ("de", "do")])] = uf
    return keys


_STATE_KEYS: Final = _state_keys()
_OF_STATE: Final = re.compile(
    r"^(?:(?:o\s+)?estado|est|state|uf|interior|capital)\b[\s.:-]*(?:(?:de|do|da|of)\s+)?"
)
_WORDS_ASIDE: Final = re.compile(r"\b(?:capital|interior|brasil|brazil|bra)\b")
_STATE_BREAKS: Final = re.compile(r"\s*[-–—/|\\,;()\[\]]+\s*")
_NO_LETTER: Final = re.compile(r"[^a-z]+")
_STATE_FORMATTED: Final = Finding("STATE_FORMATTED")
_STATE_UNKNOWN: Final = Finding("STATE_UNKNOWN")
_states: Final[dict[str, Cleaned]] = {uf: Cleaned(uf) for uf in UFS}


def clean_state(cell: Cell) -> Cleaned:
    """The two letters of a Brazilian state, from its name or from a text that names one; any other text as it is."""
    text = cell if isinstance(cell, str) else cell_text(cell)
    if (known := _states.get(text)) is None:
        known = _state(text)
        if len(_states) < _MOST_REMEMBERED and len(text) <= _LIMIT:
            _states[text] = known
    return known


def _state(original: str) -> Cleaned:
    findings: list[Finding] = []
    text = one_line(original, findings)
    if not text:
        return Cleaned("", (), tuple(findings))
    if uf := _uf_in(text):
        return Cleaned(uf, (), (*findings, _STATE_FORMATTED))
    if len(text) > _LIMIT:
        text = text[:_LIMIT].rstrip()
        findings.append(TOO_LONG)
    return Cleaned(text, (), (*findings, _STATE_UNKNOWN))


def _uf_in(text: str) -> str:
    """The one state that a text names; empty when it names none, or two that differ."""
    folded = fold(text)
    if whole := _uf_of(folded):
        return whole
    found = {uf for piece in _STATE_BREAKS.split(folded) if (uf := _uf_of(piece))}
    return found.pop() if len(found) == 1 else ""


def _uf_of(folded: str) -> str:
    name = _WORDS_ASIDE.sub(" ", _OF_STATE.sub("", folded))
    return _STATE_KEYS.get(_NO_LETTER.sub("", name), "")


# --- city


class CityCell(NamedTuple):
    """A city, the state that stood in the same cell (two letters, or empty), and what was done."""

    city: str
    state: str = ""
    findings: tuple[Finding, ...] = ()


_COUNTRY_AT_END: Final = re.compile(r"\s*[-–—/|,(]\s*(?:brasil|brazil|bra|br)\s*\)?$", re.IGNORECASE)
_STATE_AT_END: Final = re.compile(
    # A bare hyphen parts only two letters from the name: Ji-Paraná is one city.
    r"(?P<city>.*[^\s\-–—/|,(\[])(?:\s*[/|,(\[]\s*|\s+[-–—]+\s*|\s*[-–—]+\s+|\s+(?=[A-Za-z]{2}$)|-(?=[A-Za-z]{2}$))"
    r"(?P<state>[^/|,()\[\]]+?)[)\]]*"
)
_STATE_IN_FRONT: Final = re.compile(
    r"(?P<state>[A-Za-z]{2})\s*(?:[/|,]|\s[-–—]|[-–—]\s)\s*(?P<city>[^\W\d_]{3}.*)"
)
_CITY_EDGES: Final = " .,;:-–—/|\\_*\"'()[]"
_LOWER_IN_CITIES: Final = PARTICLES | {"em", "no", "na", "nos", "nas", "ao", "aos", "com"}
_CITY_FORMATTED: Final = Finding("CITY_FORMATTED")
_CITY_STATE_SPLIT: Final = Finding("CITY_STATE_SPLIT")
_cities: Final[dict[str, CityCell]] = {}


def clean_city(cell: Cell) -> CityCell:
    """A city and the state behind it: Campinas/SP, Campinas - SP, CAMPINAS (SP), Campinas, São Paulo, SP - Campinas.

    A person's spelling is kept, unless it is all capitals or all small letters: then SÃO JOSÉ DOS CAMPOS becomes São José
    dos Campos and SANTA BÁRBARA D'OESTE Santa Bárbara d'Oeste, as the official list of cities (IBGE) has them.
    """
    text = cell if isinstance(cell, str) else cell_text(cell)
    if (known := _cities.get(text)) is None:
        known = _city(text)
        if len(_cities) < _MOST_REMEMBERED and len(text) <= _LIMIT:
            _cities[text] = known
    return known


def _city(original: str) -> CityCell:
    findings: list[Finding] = []
    text = one_line(original, findings)
    city, state = _settled_city(text)
    if state:
        findings.append(_CITY_STATE_SPLIT)
    if len(city) > _LIMIT:
        city = city[:_LIMIT].rstrip(_CITY_EDGES)
        findings.append(TOO_LONG)
    if not city and not findings:
        return CityCell("")
    return CityCell(city, state, changed(original, city, findings, _CITY_FORMATTED))


def _settled_city(text: str) -> tuple[str, str]:
    """The city and the last state behind it; what is taken off may uncover more: Campinas SP/SP, [=Campinas."""
    city, state = text, ""
    while True:
        shorter, uf = _city_and_state(city) if len(city) <= _LIMIT else (city, "")
        state = state or uf
        bare = one_line(city_spelling(shorter.strip(_CITY_EDGES)), [])
        if bare == city:
            return city, state
        city = bare


def _city_and_state(text: str) -> tuple[str, str]:
    text = _COUNTRY_AT_END.sub("", text).rstrip(" .")
    if (parts := _STATE_AT_END.fullmatch(text)) and (uf := _uf_of(fold(parts["state"]))):
        return parts["city"], uf
    if (parts := _STATE_IN_FRONT.fullmatch(text)) and (uf := _uf_of(fold(parts["state"]))):
        return parts["city"], uf
    # The letters alone are what people call the city that has its state's name.
    return (text.upper(), text.upper()) if text.upper() in UFS else (text, "")


def city_spelling(city: str) -> str:
    """A city written all in capitals or all in small letters, in ordinary spelling; any other, and SP or RJ, as it is."""
    if not (city.isupper() or city.islower()) or city in UFS:
        return city
    words = city.lower().split(" ")
    return " ".join([_city_word(word, position) for position, word in enumerate(words)])


def _city_word(word: str, position: int) -> str:
    if position and word in _LOWER_IN_CITIES:
        return word
    if position and word in ROMAN_NUMERALS:
        return word.upper()
    if position and word[:2] in ("d'", "d’"):
        return word[:2] + spelled(word[2:])
    return spelled(word)


_PARTED: Final = re.compile(r"[/|,(\[]|\s[-–—]|[-–—]\s|-(?=[A-Za-z]{2}$)")


def city_in_state(cell: Cell) -> str:
    """The city in a cell of a column of states: Campinas of Campinas/SP. Empty when it names a state alone: SP - São Paulo."""
    text = cell_text(cell)
    if not _PARTED.search(text):
        return ""
    city, state, _ = clean_city(text)
    bare = _NO_LETTER.sub("", _WORDS_ASIDE.sub(" ", _OF_STATE.sub("", fold(city))))
    return city if state and len(bare) > 2 and not _uf_of(bare) else ""


# --- country

_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_COUNTRY_BREAKS: Final = re.compile(r"\s*[-–—/|,;()\[\]]+\s*")
_BRAZIL_AS_NUMBER: Final = frozenset({"55", "+55", "0055", "076", "76", "1058"})
"""By dialling code, by ISO number, and by the number of the Banco Central that invoices carry."""
_COUNTRY_FORMATTED: Final = (Finding("COUNTRY_FORMATTED"),)
_COUNTRY_UNKNOWN: Final = Cleaned("", (), (Finding("COUNTRY_UNKNOWN"),))
_countries: Final[dict[str, Cleaned]] = {"BR": Cleaned("BR"), "": Cleaned("BR")}


def clean_country(cell: Cell) -> Cleaned:
    """The two letters of ISO 3166. An empty cell is Brazil, without a finding; an unknown country is left out."""
    text = cell if isinstance(cell, str) else cell_text(cell)
    if (known := _countries.get(text)) is None:
        known = _country(text)
        if len(_countries) < _MOST_REMEMBERED and len(text) <= _LIMIT:
            _countries[text] = known
    return known


def _country(original: str) -> Cleaned:
    text = tidy(repair_encoding(original))
    if stands_for_nothing(text):
        return Cleaned("BR")
    code = _country_code(text)
    if not code:
        return _COUNTRY_UNKNOWN
    return Cleaned(code) if code == original else Cleaned(code, (), _COUNTRY_FORMATTED)


def _country_code(text: str) -> str:
    if text in _BRAZIL_AS_NUMBER:
        return "BR"
    if flag := _FLAG.search(text):
        letters = "".join([chr(ord(sign) - 0x1F1E6 + ord("a")) for sign in flag[0]])
        return COUNTRY_CODES.get(letters, "")
    if whole := COUNTRY_CODES.get(country_key(text)):
        return whole
    found = {code for piece in _COUNTRY_BREAKS.split(text) if (code := COUNTRY_CODES.get(country_key(piece)))}
    return found.pop() if len(found) == 1 else ""
