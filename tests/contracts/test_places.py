"""What every provider of places promises, and ViaCEP against a server that speaks and fails as ViaCEP does."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from balcao.brazil.addresses import city_of_cep, haversine_metres, parse_cep, uf_of_cep
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.places import Address, Places, Point
from balcao.providers.places.embedded import EmbeddedPlaces
from balcao.providers.places.known_streets import KNOWN_STREETS
from balcao.providers.places.viacep import ViaCep

PAULISTA = {
    "cep": "01310-100",
    "logradouro": "Avenida Paulista",
    "complemento": "de 612 a 1510 - lado par",
    "bairro": "Bela Vista",
    "localidade": "São Paulo",
    "uf": "SP",
    "ibge": "3550308",
}
SMALL_TOWN = {"cep": "35400-000", "logradouro": "", "bairro": "", "localidade": "Ouro Preto", "uf": "MG"}


class FakeViaCep:
    """A local HTTP server; each path answers what a test prepared, unknown CEPs as ViaCEP does."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.answers: dict[str, bytes] = {}
        self.silent: set[str] = set()
        self.slow: set[str] = set()
        self._closing = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._closing.set()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def says(self, cep: str, body: object, *, status: str = "200 OK", headers: str = "") -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n{headers}\r\n"
        self.answers[f"/ws/{cep}/json/"] = head.encode() + raw

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        path = request.split(b" ")[1].decode()
        self.paths.append(path)
        if path in self.silent:
            await self._closing.wait()
        answer = self.answers.get(path, b"")
        if path in self.slow:
            await self._trickle(writer, answer)
        else:
            writer.write(answer)
        writer.close()

    async def _trickle(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        for byte in answer:
            if self._closing.is_set():
                return
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)


@pytest.fixture
async def server() -> AsyncIterator[FakeViaCep]:
    fake = FakeViaCep()
    fake.says("01310100", PAULISTA)
    fake.says("35400000", SMALL_TOWN)
    fake.says("78900000", {"erro": True})
    yield fake
    await fake.stop()


@pytest.fixture
async def viacep(server: FakeViaCep) -> AsyncIterator[ViaCep]:
    provider = ViaCep(await server.start(), timeout_seconds=0.5)
    yield provider
    await provider.aclose()


@pytest.fixture(params=["embedded", "viacep"])
def places(request: pytest.FixtureRequest, viacep: ViaCep) -> Places:
    return viacep if request.param == "viacep" else EmbeddedPlaces()


async def test_a_known_cep_gives_its_street(places: Places) -> None:
    address = await places.lookup_cep("01310100")
    assert address is not None
    assert (address.postal_code, address.street, address.district) == (
        "01310100",
        "Avenida Paulista",
        "Bela Vista",
    )
    assert (address.city, address.state, address.number) == ("São Paulo", "SP", "")


async def test_a_town_with_one_cep_leaves_the_street_to_the_shopper(places: Places) -> None:
    address = await places.lookup_cep("35400000")
    assert address is not None
    assert (address.street, address.district, address.state) == ("", "", "MG")


async def test_an_unknown_cep_is_nobody(places: Places) -> None:
    assert await places.lookup_cep("78900000") is None


@pytest.mark.parametrize("cep", ["", "0131010", "013101000", "01310-10a", "../01310", "00000000"])
async def test_a_malformed_cep_is_rejected_and_never_travels(
    places: Places, server: FakeViaCep, cep: str
) -> None:
    with pytest.raises(ProviderRejected) as rejection:
        await places.lookup_cep(cep)
    assert rejection.value.code == "cep_malformed"
    assert server.paths == []


async def test_a_known_cep_has_a_point(places: Places) -> None:
    point = await places.locate(Address("01310100"))
    assert point == Point(-23.5652, -46.6517)


async def test_an_unknown_address_has_none(places: Places) -> None:
    assert await places.locate(Address("35400000", city="Ouro Preto", state="MG")) is None
    assert await places.locate(Address("")) is None
    assert await places.locate(Address("01000000", city="São Paulo", state="SP")) is None


def test_names() -> None:
    assert EmbeddedPlaces().name == "embedded"
    assert ViaCep.name == "viacep"


async def test_a_known_district_or_street_gives_a_rough_point() -> None:
    places = EmbeddedPlaces()
    by_district = await places.locate(
        Address("01308000", district="bela vista", city="SAO PAULO", state="sp")
    )
    assert by_district is not None
    assert by_district.approximate
    assert haversine_metres(by_district.lat, by_district.lng, -23.5614, -46.6559) < 2_000
    by_street = await places.locate(Address("01302000", street="rua augusta", city="São Paulo", state="SP"))
    assert by_street == Point(-23.5528, -46.6535, approximate=True)
    elsewhere = Address("01308000", district="Bela Vista", city="Campinas", state="SP")
    assert await places.locate(elsewhere) is None


async def test_a_capital_is_known_by_its_range() -> None:
    assert await EmbeddedPlaces().lookup_cep("40020000") == Address("40020000", city="Salvador", state="BA")


def test_the_bundled_streets_lie_where_they_say() -> None:
    assert len(KNOWN_STREETS) >= 60
    assert len({street.cep for street in KNOWN_STREETS}) == len(KNOWN_STREETS)
    centres = {
        "São Paulo": (-23.56, -46.65),
        "Rio de Janeiro": (-22.95, -43.22),
        "Belo Horizonte": (-19.91, -43.94),
        "Curitiba": (-25.43, -49.27),
        "Recife": (-8.08, -34.89),
    }
    for street in KNOWN_STREETS:
        assert parse_cep(street.cep) == street.cep
        assert (uf_of_cep(street.cep), city_of_cep(street.cep)) == (street.state, street.city)
        assert street.street
        assert street.district
        assert haversine_metres(street.lat, street.lng, *centres[street.city]) < 13_000


async def test_viacep_fields(viacep: ViaCep, server: FakeViaCep) -> None:
    expected = Address("01310100", "Avenida Paulista", "Bela Vista", "São Paulo", "SP", ibge="3550308")
    assert await viacep.lookup_cep("01310-100") == expected
    assert server.paths == ["/ws/01310100/json/"]


@pytest.mark.parametrize("flag", [True, "true"])
async def test_both_forms_of_unknown(viacep: ViaCep, server: FakeViaCep, flag: object) -> None:
    server.says("99999999", {"erro": flag})
    assert await viacep.lookup_cep("99999999") is None


async def test_a_refusal_of_the_form_is_final(viacep: ViaCep, server: FakeViaCep) -> None:
    server.says("01310100", b"<html>400</html>", status="400 Bad Request")
    with pytest.raises(ProviderRejected) as rejection:
        await viacep.lookup_cep("01310100")
    assert rejection.value.code == "cep_malformed"


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        ("500 Internal Server Error", "", None),
        ("503 Service Unavailable", "Retry-After: 7\r\n", 7.0),
        ("429 Too Many Requests", "Retry-After: 999999\r\n", 3600.0),
        ("429 Too Many Requests", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", None),
        ("302 Found", "Location: http://127.0.0.1:1/\r\n", None),
        ("404 Not Found", "", None),
    ],
)
async def test_other_statuses_mean_later(
    viacep: ViaCep, server: FakeViaCep, status: str, headers: str, wait: float | None
) -> None:
    server.says("01310100", b"sorry", status=status, headers=headers)
    with pytest.raises(ProviderUnavailable) as unavailable:
        await viacep.lookup_cep("01310100")
    assert unavailable.value.retry_after == wait


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>welcome</html>",
        b"\xff\xfe{",
        b"[" * 100_000,
        b"[]",
        b"null",
        {},
        PAULISTA | {"cep": "20040-020"},
        PAULISTA | {"uf": "XX"},
        PAULISTA | {"uf": None},
        PAULISTA | {"cep": 1310100},
    ],
)
async def test_garbage_is_never_an_address(viacep: ViaCep, server: FakeViaCep, body: object) -> None:
    server.says("01310100", body)
    with pytest.raises(ProviderUnavailable):
        await viacep.lookup_cep("01310100")


async def test_fields_of_another_type_are_empty(viacep: ViaCep, server: FakeViaCep) -> None:
    server.says("01310100", PAULISTA | {"logradouro": None, "bairro": 7})
    address = await viacep.lookup_cep("01310100")
    assert address is not None
    assert (address.street, address.district, address.city) == ("", "", "São Paulo")


async def test_silence_is_given_up(viacep: ViaCep, server: FakeViaCep) -> None:
    server.silent.add("/ws/01310100/json/")
    with pytest.raises(ProviderUnavailable):
        await viacep.lookup_cep("01310100")


async def test_a_trickle_is_given_up_though_bytes_keep_coming(viacep: ViaCep, server: FakeViaCep) -> None:
    server.says("01310100", PAULISTA)
    server.slow.add("/ws/01310100/json/")
    with pytest.raises(ProviderUnavailable):
        await viacep.lookup_cep("01310100")


async def test_a_dropped_connection_means_later(viacep: ViaCep, server: FakeViaCep) -> None:
    server.answers["/ws/01310100/json/"] = b""
    with pytest.raises(ProviderUnavailable):
        await viacep.lookup_cep("01310100")


async def test_nobody_listening_means_later(viacep: ViaCep, server: FakeViaCep) -> None:
    await server.stop()
    with pytest.raises(ProviderUnavailable):
        await viacep.lookup_cep("01310100")
