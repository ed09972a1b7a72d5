"""Postal codes, states, accent-free texts and distances."""

import pytest

from balcao.brazil.addresses import (
    UFS,
    InvalidCep,
    city_of_cep,
    fold,
    format_cep,
    haversine_metres,
    parse_cep,
    straight_line_km,
    uf_of_cep,
)

# One street CEP of each state capital.
CAPITALS = {
    "69900-062": ("AC", "Rio Branco"),
    "57020-000": ("AL", "Maceió"),
    "68900-010": ("AP", "Macapá"),
    "69005-010": ("AM", "Manaus"),
    "40020-000": ("BA", "Salvador"),
    "60025-000": ("CE", "Fortaleza"),
    "70040-010": ("DF", "Brasília"),
    "29010-002": ("ES", "Vitória"),
    "74003-010": ("GO", "Goiânia"),
    "65010-000": ("MA", "São Luís"),
    "78005-000": ("MT", "Cuiabá"),
    "79002-000": ("MS", "Campo Grande"),
    "30130-010": ("MG", "Belo Horizonte"),
    "66010-000": ("PA", "Belém"),
    "58010-000": ("PB", "João Pessoa"),
    "80020-300": ("PR", "Curitiba"),
    "50010-000": ("PE", "Recife"),
    "64000-010": ("PI", "Teresina"),
    "20040-020": ("RJ", "Rio de Janeiro"),
    "59025-000": ("RN", "Natal"),
    "90010-000": ("RS", "Porto Alegre"),
    "76801-000": ("RO", "Porto Velho"),
    "69301-000": ("RR", "Boa Vista"),
    "88010-000": ("SC", "Florianópolis"),
    "01310-100": ("SP", "São Paulo"),
    "49010-000": ("SE", "Aracaju"),
    "77001-002": ("TO", "Palmas"),
}


@pytest.mark.parametrize("text", ["01310-100", "01310100", " 01.310-100 ", "01310 100"])
def test_parse_cep(text: str) -> None:
    assert parse_cep(text) == "01310100"
    assert format_cep("01310100") == "01310-100"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "cep_empty"),
        ("-", "cep_empty"),
        ("0131010", "cep_length"),
        ("013101000", "cep_length"),
        ("00000-000", "cep_zeros"),
        ("01310-10O", "cep_characters"),
        ("٠١٣١٠١٠٠", "cep_characters"),
    ],
)
def test_parse_cep_refuses(text: str, reason: str) -> None:
    with pytest.raises(InvalidCep) as refusal:
        parse_cep(text)
    assert (refusal.value.reason, str(refusal.value)) == (reason, reason)


@pytest.mark.parametrize(("cep", "place"), CAPITALS.items())
def test_capitals(cep: str, place: tuple[str, str]) -> None:
    digits = parse_cep(cep)
    assert (uf_of_cep(digits), city_of_cep(digits)) == place


def test_every_state_has_a_name_and_a_capital() -> None:
    assert len(UFS) == 27
    assert {uf for uf, _ in CAPITALS.values()} == set(UFS)


@pytest.mark.parametrize(
    ("cep", "uf", "city"),
    [
        ("05999999", "SP", "São Paulo"),
        ("06010000", "SP", None),
        ("08000000", "SP", "São Paulo"),
        ("08499999", "SP", "São Paulo"),
        ("08500010", "SP", None),
        ("19999999", "SP", None),
        ("20000000", "RJ", "Rio de Janeiro"),
        ("23799899", "RJ", "Rio de Janeiro"),
        ("23810000", "RJ", None),
        ("68899999", "PA", None),
        ("68900000", "AP", "Macapá"),
        ("69299999", "AM", None),
        ("69300000", "RR", "Boa Vista"),
        ("69400000", "AM", None),
        ("69900000", "AC", "Rio Branco"),
        ("72799999", "DF", "Brasília"),
        ("72800000", "GO", None),
        ("73000000", "DF", "Brasília"),
        ("73699999", "DF", "Brasília"),
        ("73700000", "GO", None),
        ("76799999", "GO", None),
        ("76800000", "RO", "Porto Velho"),
        ("78899999", "MT", None),
        ("78900000", None, None),
        ("78999999", None, None),
        ("79000000", "MS", "Campo Grande"),
        ("99999999", "RS", None),
        ("00999999", None, None),
    ],
)
def test_edges_of_ranges(cep: str, uf: str | None, city: str | None) -> None:
    assert uf_of_cep(cep) == uf
    assert city_of_cep(cep) == city


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Pão   de QUEIJO ", "pao de queijo"),
        ("Consolação", "consolacao"),
        ("Água\u00a0Branca\n", "agua branca"),
        ("São João d'El-Rei", "sao joao d'el-rei"),
        ("ﬁlé", "file"),
        ("STRAẞE", "strasse"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_worked_distance() -> None:
    store, customer = (-23.55052, -46.633308), (-23.561414, -46.655881)
    assert round(haversine_metres(*store, *customer) / 1000, 3) == 2.600
    assert straight_line_km(*store, *customer) == 3.250
    assert straight_line_km(*store, *customer, factor=1.0) == 2.600


def test_far_and_near_distances() -> None:
    assert haversine_metres(0, 0, 0, 0) == 0
    assert haversine_metres(0, 0, 0, 180) == pytest.approx(20_015_087, abs=1)
    assert haversine_metres(0, 180, 0, -180) == pytest.approx(0, abs=1)
    assert haversine_metres(90, 0, -90, 0) == pytest.approx(20_015_087, abs=1)


@pytest.mark.parametrize(
    ("lat", "lng"), [(91, 0), (-90.1, 0), (0, 180.5), (0, -181), (float("nan"), 0), (0, float("inf"))]
)
def test_a_point_off_the_globe_is_refused(lat: float, lng: float) -> None:
    with pytest.raises(ValueError, match=r"^a latitude is within 90 degrees and a longitude within 180$"):
        haversine_metres(lat, lng, 0, 0)
    with pytest.raises(ValueError):
        straight_line_km(0, 0, lat, lng)
