"""CEP, state, city and country: table O of the specification, and the cells that people really write."""

import pytest

from balcao.brazil.addresses import UFS, fold
from balcao.modules.contacts.cleaning import places
from balcao.modules.contacts.cleaning.countries import COUNTRY_CODES, country_key
from balcao.modules.contacts.cleaning.findings import Cell, Cleaned, Finding
from balcao.modules.contacts.cleaning.places import (
    CityCell,
    clean_city,
    clean_country,
    clean_postal_code,
    clean_state,
    uf_of_postal_code,
)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        # Table O
        (1001000, "01001-000", "CEP_LEADING_ZERO"),
        ("01.001-000", "01001-000", "CEP_FORMATTED"),
        (13083970, "13083-970", "CEP_FORMATTED"),
        ("01001", "", "CEP_INVALID"),
        ("00000-000", "", "CEP_INVALID"),
        # and others
        ("13083-970", "13083-970", ""),
        ("13083970", "13083-970", "CEP_FORMATTED"),
        ("13083970.0", "13083-970", "CEP_FORMATTED"),
        ("13083970,00", "13083-970", "CEP_FORMATTED"),
        (13083970.0, "13083-970", "CEP_FORMATTED"),
        (1310100.0, "01310-100", "CEP_LEADING_ZERO"),
        ("CEP 01001-000", "01001-000", "CEP_FORMATTED"),
        ("z:13083970", "13083-970", "CEP_FORMATTED"),
        ("1310100", "01310-100", "CEP_LEADING_ZERO"),
        ("1310-100", "01310-100", "CEP_LEADING_ZERO"),
        (" 13083-970 ", "13083-970", "CEP_FORMATTED"),
        ("１３０８３－９７０", "13083-970", "CEP_FORMATTED"),
        ("01000-000", "01000-000", ""),
        ("00999-999", "", "CEP_INVALID"),
        ("0999999", "", "CEP_INVALID"),
        ("130839701", "", "CEP_INVALID"),
        ("SW1A 1AA", "", "CEP_INVALID"),
        ("1,30839E+7", "", "CEP_INVALID"),
        ("1.3083970E7", "", "CEP_INVALID"),
        ("sem CEP", "", "CEP_INVALID"),
        (True, "", "CEP_INVALID"),
        (None, "", ""),
        ("", "", ""),
        ("n/a", "", ""),
        ("     -   ", "", ""),
    ],
)
def test_cep(cell: Cell, value: str, code: str) -> None:
    assert clean_postal_code(cell) == Cleaned(value, (), (Finding(code),) if code else ())


SPEC_RANGES = {
    "SP": [(1000, 19999)], "RJ": [(20000, 28999)], "ES": [(29000, 29999)], "MG": [(30000, 39999)], "BA": [(40000, 48999)],
    "SE": [(49000, 49999)], "PE": [(50000, 56999)], "AL": [(57000, 57999)], "PB": [(58000, 58999)], "RN": [(59000, 59999)],
    "CE": [(60000, 63999)], "PI": [(64000, 64999)], "MA": [(65000, 65999)], "PA": [(66000, 68899)], "AP": [(68900, 68999)],
    "AM": [(69000, 69299), (69400, 69899)], "RR": [(69300, 69399)], "AC": [(69900, 69999)], "DF": [(70000, 72799), (73000, 73699)],
    "GO": [(72800, 72999), (73700, 76799)], "RO": [(76800, 76999)], "TO": [(77000, 77999)], "MT": [(78000, 78899)],
    "MS": [(79000, 79999)], "PR": [(80000, 87999)], "SC": [(88000, 89999)], "RS": [(90000, 99999)],
}  # fmt: skip
"""Section 4.4, by the first five digits."""


def test_the_ranges_of_the_states_are_those_of_the_specification() -> None:
    expected = {
        prefix: uf
        for uf, ranges in SPEC_RANGES.items()
        for first, last in ranges
        for prefix in range(first, last + 1)
    }
    assert set(SPEC_RANGES) == set(UFS)
    assert {prefix: uf_of_postal_code(f"{prefix:05d}-000") for prefix in range(1000, 100_000)} == {
        prefix: expected.get(prefix, "") for prefix in range(1000, 100_000)
    }
    assert uf_of_postal_code("") == ""


@pytest.mark.parametrize("uf", UFS)
def test_every_state_by_code_and_by_name(uf: str) -> None:
    name = UFS[uf]
    assert clean_state(uf) == Cleaned(uf)
    for cell in (
        uf.lower(), name, name.upper(), fold(name), f"Estado de {name}", f"Estado do {name}", f"{uf} - {name}", f"{name} - {uf}",
        f"{name} ({uf})", f"{uf}/Brasil", f"BR-{uf}", f"{uf}.", f"{uf[0]}.{uf[1]}.", f"  {name}  ", f"{name}, Brasil", fold(name).replace(" ", ""),
    ):  # fmt: skip
        assert clean_state(cell) == Cleaned(uf, (), (Finding("STATE_FORMATTED"),))


@pytest.mark.parametrize(
    ("cell", "uf"),
    [
        ("são paulo", "SP"), ("SAO PAULO", "SP"), ("SP - São Paulo", "SP"), ("sp", "SP"),
        ("Estado de Minas Gerais", "MG"), ("Mato Grosso do Sul", "MS"), ("Campinas/SP", "SP"),
        ("Estado do Rio de Janeiro", "RJ"), ("D.F.", "DF"), ("Brasília", "DF"), ("R.G. do Sul", "RS"), ("Rio Grande Norte", "RN"),
        ("Sta. Catarina", "SC"), ("Est. de São Paulo", "SP"), ("UF: SP", "SP"), ("interior de SP", "SP"), ("São Paulo - Capital", "SP"),
        ("Matogrosso", "MT"), ("State of Bahia", "BA"),
    ],
)  # fmt: skip
def test_states(cell: str, uf: str) -> None:
    assert clean_state(cell).value == uf


@pytest.mark.parametrize("cell", ["California", "RS/SC", "EX", "35", "Rio de Janeiro - SP", "Pará de Minas"])
def test_unknown_states_are_kept(cell: str) -> None:
    assert clean_state(cell) == Cleaned(cell, (), (Finding("STATE_UNKNOWN"),))


def test_states_of_other_cells() -> None:
    assert clean_state(None) == Cleaned("")
    assert clean_state("-") == Cleaned("")
    assert clean_state(35).value == "35"
    assert clean_state("=-") == Cleaned("", (), (Finding("CELL_FORMULA_NEUTRALIZED"),))
    assert clean_state("=SP") == Cleaned(
        "SP", (), (Finding("CELL_FORMULA_NEUTRALIZED"), Finding("STATE_FORMATTED"))
    )
    assert clean_state("SÃ£o Paulo") == Cleaned(
        "SP", (), (Finding("TEXT_ENCODING_FIXED"), Finding("STATE_FORMATTED"))
    )
    assert clean_state("Xy " * 200) == Cleaned(
        ("Xy " * 85).strip(), (), (Finding("TEXT_TOO_LONG"), Finding("STATE_UNKNOWN"))
    )


@pytest.mark.parametrize(
    ("cell", "city", "state"),
    [
        ("Campinas/SP", "Campinas", "SP"),
        ("Campinas / sp", "Campinas", "SP"),
        ("Campinas - SP", "Campinas", "SP"),
        ("Campinas – SP", "Campinas", "SP"),
        ("Campinas- SP", "Campinas", "SP"),
        ("Campinas-SP", "Campinas", "SP"),
        ("CAMPINAS (SP)", "Campinas", "SP"),
        ("Campinas [SP]", "Campinas", "SP"),
        ("Campinas, SP", "Campinas", "SP"),
        ("Campinas SP", "Campinas", "SP"),
        ("campinas sp.", "Campinas", "SP"),
        ("São Paulo, São Paulo", "São Paulo", "SP"),
        ("São Paulo - SP - Brasil", "São Paulo", "SP"),
        ("São Paulo, SP, Brasil", "São Paulo", "SP"),
        ("Brasília - Distrito Federal", "Brasília", "DF"),
        ("Campo Grande - Mato Grosso do Sul", "Campo Grande", "MS"),
        ("Mogi-Mirim - SP", "Mogi-Mirim", "SP"),
        ("NÃO-ME-TOQUE/RS", "Não-Me-Toque", "RS"),
        ("Barão Geraldo - Campinas - SP", "Barão Geraldo - Campinas", "SP"),
        ("SP - Campinas", "Campinas", "SP"),
        ("SP/Campinas", "Campinas", "SP"),
        ("Campinas SP/SP", "Campinas", "SP"),
        ("São Paulo, São Paulo, SP", "São Paulo", "SP"),
        ("sp", "SP", "SP"),
    ],
)
def test_a_city_and_its_state(cell: str, city: str, state: str) -> None:
    assert clean_city(cell) == CityCell(city, state, (Finding("CITY_STATE_SPLIT"),))


@pytest.mark.parametrize(
    ("cell", "city"),
    [
        ("são josé dos campos", "São José dos Campos"),
        ("SANTA BÁRBARA D'OESTE", "Santa Bárbara d'Oeste"),
        ("RIBEIRÃO PRETO", "Ribeirão Preto"),
        ("CEARÁ-MIRIM", "Ceará-Mirim"),
        ("PIO XII", "Pio XII"),
        ("D. PEDRO II", "D. Pedro II"),
        ("PASSA E FICA", "Passa e Fica"),
        ("DE", "De"),
        ("İA", "İa"),
        ("Campinas.", "Campinas"),
        ("Campinas, Brasil", "Campinas"),
        (" Campinas ", "Campinas"),
        ("[:=Campinas", "Campinas"),
    ],
)
def test_cities_in_ordinary_spelling(cell: str, city: str) -> None:
    assert clean_city(cell) == CityCell(city, "", (Finding("CITY_FORMATTED"),))


@pytest.mark.parametrize(
    "cell",
    [
        "Ji-Paraná",
        "São Paulo",
        "McAllen",
        "Campinas/Valinhos",
        "Pará de Minas",
        "XX - Campinas",
        "Rio de Janeiro",
    ],
)
def test_cities_left_alone(cell: str) -> None:
    assert clean_city(cell) == CityCell(cell)


def test_other_cells_of_cities() -> None:
    assert clean_city(None) == CityCell("")
    assert clean_city("n/a") == CityCell("")
    assert clean_city("...") == CityCell("")
    assert clean_city(12) == CityCell("12")
    assert clean_city("SÃ£o Paulo") == CityCell("São Paulo", "", (Finding("TEXT_ENCODING_FIXED"),))
    assert clean_city("=Campinas") == CityCell("Campinas", "", (Finding("CELL_FORMULA_NEUTRALIZED"),))
    assert clean_city("Xy, " * 100) == CityCell(("Xy, " * 64).strip(" ,"), "", (Finding("TEXT_TOO_LONG"),))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Brasil", "BR"), ("BRAZIL", "BR"), ("br", "BR"), ("BRA", "BR"), ("República Federativa do Brasil", "BR"), ("Brasil (BR)", "BR"),
        ("BR - Brasil", "BR"), ("+55", "BR"), (55, "BR"), (1058, "BR"), ("🇧🇷", "BR"), ("BrasÃ­lia, Brasil", "BR"), ("Estados Unidos", "US"), ("EUA", "US"),
        ("U.S.A.", "US"), ("United States of America (USA)", "US"), ("Portugal", "PT"), ("🇵🇹", "PT"), ("Inglaterra", "GB"), ("Holanda", "NL"),
        ("Coreia do Sul", "KR"), ("Côte d’Ivoire", "CI"), ("Antigua and Barbuda", "AG"), ("deutschland", "DE"), ("ARG", "AR"), ("Perú", "PE"),
    ],
)  # fmt: skip
def test_countries(cell: Cell, code: str) -> None:
    assert clean_country(cell) == Cleaned(code, (), (Finding("COUNTRY_FORMATTED"),))


def test_no_country_is_brazil_and_an_unknown_one_is_left_out() -> None:
    for nothing in (None, "", " ", "-", "n/a"):
        assert clean_country(nothing) == Cleaned("BR")
    assert clean_country("BR") == Cleaned("BR")
    assert clean_country("PT") == Cleaned("PT")
    for unknown in ("Xanadu", "Brasil/Portugal", "🇧🇧🇧x", "🇽🇽", 7):
        assert clean_country(unknown).value in ("", "BB")
    assert clean_country("Xanadu") == Cleaned("", (), (Finding("COUNTRY_UNKNOWN"),))


def test_the_table_of_countries_is_whole() -> None:
    codes = set(COUNTRY_CODES.values())
    # ISO 3166-1 has 249; Kosovo's code is the one that everybody uses meanwhile.
    assert len(codes) == 250
    assert all(code.lower() in COUNTRY_CODES for code in codes)
    assert sum(len(key) == 3 and key.isalpha() for key in COUNTRY_CODES) >= 250
    assert all(country_key(key) == key for key in COUNTRY_CODES)


def test_places_are_remembered() -> None:
    assert clean_city("ITU/SP") is clean_city("ITU/SP")
    assert clean_state("Baía") is clean_state("Baía")


@pytest.mark.parametrize("clean", [clean_state, clean_city, clean_country])
def test_the_memory_is_bounded(clean: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(clean)
    monkeypatch.setattr(places, "_MOST_REMEMBERED", 0)
    assert clean("Curitiba do Norte - ES") == clean("Curitiba do Norte - ES")
    remembered = {**places._states, **places._cities, **places._countries}
    assert "Curitiba do Norte - ES" not in remembered
