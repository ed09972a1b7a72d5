"""GET /cep/{cep}: helps the buyer type, and never stands in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from balcao.kernel.runtime import Runtime
from balcao.modules.store import places_lookup
from balcao.modules.store.places_lookup import CepNotFoundError, locate_address, lookup_cep
from balcao.ports.errors import ProviderUnavailable
from balcao.ports.places import Address, Places, Point
from tests.factories.shops import Shop


class FakePlaces:
    """A provider with one town, one street, and moods."""

    name = "fake"

    def __init__(self, mood: str = "well") -> None:
        self.mood = mood
        self.asked: list[str] = []

    async def lookup_cep(self, cep: str) -> Address | None:
        self.asked.append(cep)
        await self._answer()
        known = {
            "69900970": Address("69900970", "Rua do Acre", "Bosque", "Rio Branco", "AC", ibge="1200401"),
            "69945000": Address("69945000", city="Acrelândia", state="AC", ibge="1200013"),
        }
        return known.get(cep)

    async def locate(self, address: Address) -> Point | None:
        self.asked.append(address.postal_code)
        await self._answer()
        return Point(-9.97, -67.81) if address.state == "AC" else None

    async def _answer(self) -> None:
        if self.mood == "slow":
            await asyncio.sleep(60)
        if self.mood == "down":
            raise ProviderUnavailable("no answer")


Asking = Callable[[Places], Runtime]


@pytest.fixture
def asking(runtime: Runtime) -> Asking:
    """The installation with another places provider and an empty memory."""

    def with_places(places: Places) -> Runtime:
        runtime.cache.clear()
        return replace(runtime, providers=replace(runtime.providers, places=places))

    return with_places


@pytest.mark.parametrize("typed", ["01310-100", "01310100", " 01310-100 "])
async def test_a_known_street(client: httpx.AsyncClient, shop: Shop, typed: str) -> None:
    answer = await client.get(f"/cep/{typed}", headers=shop.headers)
    assert answer.json() == {
        "postal_code": "01310100", "street": "Avenida Paulista", "district": "Bela Vista", "city": "São Paulo",
        "state": "SP", "ibge": "", "source": "street",
    }  # fmt: skip


async def test_only_the_range_is_known(client: httpx.AsyncClient, shop: Shop) -> None:
    found = (await client.get("/cep/69020-030", headers=shop.headers)).json()
    assert (found["city"], found["state"], found["street"], found["source"]) == ("Manaus", "AM", "", "range")


@pytest.mark.parametrize("typed", ["0131010", "013101000", "00000000", "abcdefgh", "%", "01310-1a0"])
async def test_what_is_no_cep(client: httpx.AsyncClient, shop: Shop, typed: str) -> None:
    answer = await client.get(f"/cep/{typed}", headers=shop.headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/cep")


async def test_outside_every_range(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await client.get("/cep/00999-999", headers=shop.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "cep_not_found")


async def test_streets_and_towns_are_remembered(asking: Asking) -> None:
    places = FakePlaces()
    runtime = asking(places)
    for _ in range(3):
        street = await lookup_cep(runtime, "69900970")
        town = await lookup_cep(runtime, "69945000")
    assert (street.street, street.source) == ("Rua do Acre", "street")
    assert (town.city, town.street, town.source) == ("Acrelândia", "", "town")
    assert places.asked == ["69900970", "69945000"]


async def test_unknown_is_remembered_too(asking: Asking) -> None:
    places = FakePlaces()
    runtime = asking(places)
    for _ in range(2):
        with pytest.raises(CepNotFoundError):
            await lookup_cep(runtime, "69900971")
    assert places.asked == ["69900971"]


@pytest.mark.parametrize("mood", ["slow", "down"])
async def test_nobody_answers(asking: Asking, monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    monkeypatch.setattr(places_lookup, "CEP_SECONDS", 0.05)
    places = FakePlaces(mood)
    runtime = asking(places)
    found = await lookup_cep(runtime, "69900970")
    assert (found.city, found.state, found.street, found.source) == ("Rio Branco", "AC", "", "range")
    with pytest.raises(CepNotFoundError):
        await lookup_cep(runtime, "00999999")
    # A failure is not remembered: the next one who asks is answered in full.
    places.mood = "well"
    assert (await lookup_cep(runtime, "69900970")).street == "Rua do Acre"


@pytest.mark.parametrize("mood", ["slow", "down"])
async def test_points(asking: Asking, monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    monkeypatch.setattr(places_lookup, "LOCATE_SECONDS", 0.05)
    places = FakePlaces(mood)
    runtime = asking(places)
    address = Address("69900970", "Rua do Acre", "Bosque", "Rio Branco", "AC", number="1")
    assert await locate_address(runtime, address) is None
    places.mood = "well"
    places.asked.clear()
    for number in ("1", "1", "2"):
        assert await locate_address(runtime, replace(address, number=number)) == Point(-9.97, -67.81)
    assert await locate_address(runtime, replace(address, state="SP")) is None
    assert len(places.asked) == 3


async def test_a_business_is_needed(client: httpx.AsyncClient) -> None:
    assert (await client.get("/cep/01310100")).json()["code"] == "tenant_unknown"
