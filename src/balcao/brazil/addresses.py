"""CEP (postal code) ranges, states, accent-free matching and straight-line distance.

Ranges: the public table of the Correios. Places with a single CEP are not listed; only the 27 capitals are.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType

EARTH_RADIUS_METRES = 6_371_000
DEFAULT_ROAD_FACTOR = 1.25

UFS: Mapping[str, str] = MappingProxyType(
    {
        "AC": "Acre",
        "AL": "Alagoas",
        "AM": "Amazonas",
        "AP": "Amapá",
        "BA": "Bahia",
        "CE": "Ceará",
        "DF": "Distrito Federal",
        "ES": "Espírito Santo",
        "GO": "Goiás",
        "MA": "Maranhão",
        "MG": "Minas Gerais",
        "MS": "Mato Grosso do Sul",
        "MT": "Mato Grosso",
        "PA": "Pará",
        "PB": "Paraíba",
        "PE": "Pernambuco",
        "PI": "Piauí",
        "PR": "Paraná",
        "RJ": "Rio de Janeiro",
        "RN": "Rio Grande do Norte",
        "RO": "Rondônia",
        "RR": "Roraima",
        "RS": "Rio Grande do Sul",
        "SC": "Santa Catarina",
        "SE": "Sergipe",
        "SP": "São Paulo",
        "TO": "Tocantins",
    }
)

# First and last five digits of each range, in order; what lies between two ranges belongs to nobody.
_UF_RANGES: tuple[tuple[int, int, str], ...] = (
    (1000, 19999, "SP"),
    (20000, 28999, "RJ"),
    (29000, 29999, "ES"),
    (30000, 39999, "MG"),
    (40000, 48999, "BA"),
    (49000, 49999, "SE"),
    (50000, 56999, "PE"),
    (57000, 57999, "AL"),
    (58000, 58999, "PB"),
    (59000, 59999, "RN"),
    (60000, 63999, "CE"),
    (64000, 64999, "PI"),
    (65000, 65999, "MA"),
    (66000, 68899, "PA"),
    (68900, 68999, "AP"),
    (69000, 69299, "AM"),
    (69300, 69399, "RR"),
    (69400, 69899, "AM"),
    (69900, 69999, "AC"),
    (70000, 72799, "DF"),
    (72800, 72999, "GO"),
    (73000, 73699, "DF"),
    (73700, 76799, "GO"),
    (76800, 76999, "RO"),
    (77000, 77999, "TO"),
    (78000, 78899, "MT"),
    (79000, 79999, "MS"),
    (80000, 87999, "PR"),
    (88000, 89999, "SC"),
    (90000, 99999, "RS"),
)
_CAPITAL_RANGES: tuple[tuple[int, int, str], ...] = (
    (1000, 5999, "São Paulo"),
    (8000, 8499, "São Paulo"),
    (20000, 23799, "Rio de Janeiro"),
    (29000, 29099, "Vitória"),
    (30000, 31999, "Belo Horizonte"),
    (40000, 42599, "Salvador"),
    (49000, 49099, "Aracaju"),
    (50000, 52999, "Recife"),
    (57000, 57099, "Maceió"),
    (58000, 58099, "João Pessoa"),
    (59000, 59139, "Natal"),
    (60000, 61599, "Fortaleza"),
    (64000, 64099, "Teresina"),
    (65000, 65109, "São Luís"),
    (66000, 66999, "Belém"),
    (68900, 68914, "Macapá"),
    (69000, 69099, "Manaus"),
    (69300, 69339, "Boa Vista"),
    (69900, 69923, "Rio Branco"),
    (70000, 72799, "Brasília"),
    (73000, 73699, "Brasília"),
    (74000, 74899, "Goiânia"),
    (76800, 76849, "Porto Velho"),
    (77000, 77270, "Palmas"),
    (78000, 78109, "Cuiabá"),
    (79000, 79129, "Campo Grande"),
    (80000, 82999, "Curitiba"),
    (88000, 88099, "Florianópolis"),
    (90000, 91999, "Porto Alegre"),
)
_CEP_PUNCTUATION = str.maketrans("", "", " .-\u00a0")


class InvalidCep(ValueError):  # noqa: N818  named by what it says, as every refusal of this package
    """A text that is no CEP; `reason` says why: cep_empty, cep_characters, cep_length or cep_zeros."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_cep(text: str) -> str:
    """The eight digits of a CEP typed with or without its mask. Nothing is ever cut off or filled in.

    Raises InvalidCep with a reason code.
    """
    digits = text.strip().translate(_CEP_PUNCTUATION)
    if not digits:
        raise InvalidCep("cep_empty")
    if not re.fullmatch(r"[0-9]+", digits):
        raise InvalidCep("cep_characters")
    if len(digits) != 8:
        raise InvalidCep("cep_length")
    if digits == "00000000":
        raise InvalidCep("cep_zeros")
    return digits


def format_cep(cep: str) -> str:
    """Eight digits as 00000-000."""
    return f"{cep[:5]}-{cep[5:]}"


def uf_of_cep(cep: str) -> str | None:
    """The state (two letters) that an eight-digit CEP lies in, or None when no state owns its range."""
    return _in_ranges(_UF_RANGES, cep)


def city_of_cep(cep: str) -> str | None:
    """The state capital that an eight-digit CEP lies in, or None when it is in no capital."""
    return _in_ranges(_CAPITAL_RANGES, cep)


def _in_ranges(ranges: tuple[tuple[int, int, str], ...], cep: str) -> str | None:
    prefix = int(cep[:5])
    position = bisect_right(ranges, prefix, key=lambda r: r[0]) - 1
    if position < 0:
        return None
    _, last, name = ranges[position]
    return name if prefix <= last else None


def fold(text: str) -> str:
    """A text for comparing and searching: no accents, lower case, single spaces, none at the ends."""
    plain = text.lower() if text.isascii() else _without_accents(_without_accents(text).casefold())
    return " ".join(plain.split())


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def haversine_metres(from_lat: float, from_lng: float, to_lat: float, to_lng: float) -> float:
    """Great-circle distance in metres between two points in decimal degrees.

    Raises ValueError when a coordinate is not a point on Earth.
    """
    for lat, lng in ((from_lat, from_lng), (to_lat, to_lng)):
        # Written so that NaN fails too.
        if not (-90 <= lat <= 90 and -180 <= lng <= 180):
            raise ValueError("a latitude is within 90 degrees and a longitude within 180")
    half_lat = radians(to_lat - from_lat) / 2
    half_lng = radians(to_lng - from_lng) / 2
    chord = sin(half_lat) ** 2 + cos(radians(from_lat)) * cos(radians(to_lat)) * sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(sqrt(min(1.0, chord)))


def straight_line_km(
    from_lat: float, from_lng: float, to_lat: float, to_lng: float, *, factor: float = DEFAULT_ROAD_FACTOR
) -> float:
    """Estimated kilometres by road: the straight line times a factor, rounded to the metre.

    Raises ValueError when a coordinate is not a point on Earth.
    """
    return round(haversine_metres(from_lat, from_lng, to_lat, to_lng) * factor / 1000, 3)
