"""CEP lookup and points with no network: ranges for state and capital, and a small table of well-known streets."""

from balcao.brazil.addresses import city_of_cep, fold, uf_of_cep
from balcao.ports.places import Address, Point
from balcao.providers.places.cep_argument import checked_cep
from balcao.providers.places.known_streets import KNOWN_STREETS, KnownStreet


class EmbeddedPlaces:
    """Answers from what the product carries; whatever is missing stays empty for the shopper to type."""

    name = "embedded"

    def __init__(self) -> None:
        self._by_cep = {street.cep: street for street in KNOWN_STREETS}
        self._by_street: dict[tuple[str, str, str], list[KnownStreet]] = {}
        self._by_district: dict[tuple[str, str, str], list[KnownStreet]] = {}
        for street in KNOWN_STREETS:
            self._by_street.setdefault(_key(street.state, street.city, street.street), []).append(street)
            self._by_district.setdefault(_key(street.state, street.city, street.district), []).append(street)

    async def lookup_cep(self, cep: str) -> Address | None:
        """The street of a known CEP; else the state and, in a capital, the city; None outside every range.

        Raises ProviderRejected("cep_malformed").
        """
        cep = checked_cep(cep)
        street = self._by_cep.get(cep)
        if street:
            return Address(cep, street.street, street.district, street.city, street.state)
        state = uf_of_cep(cep)
        return Address(cep, city=city_of_cep(cep) or "", state=state) if state else None

    async def locate(self, address: Address) -> Point | None:
        """The point of a known CEP; else, marked approximate, the middle of what is known of the street or district."""
        exact = self._by_cep.get(address.postal_code)
        if exact:
            return Point(exact.lat, exact.lng)
        same_street = self._by_street.get(_key(address.state, address.city, address.street))
        nearby = same_street or self._by_district.get(_key(address.state, address.city, address.district))
        return _middle(nearby) if nearby else None


def _key(state: str, city: str, name: str) -> tuple[str, str, str]:
    return fold(state), fold(city), fold(name)


def _middle(streets: list[KnownStreet]) -> Point:
    lat = sum(street.lat for street in streets) / len(streets)
    lng = sum(street.lng for street in streets) / len(streets)
    return Point(round(lat, 6), round(lng, 6), approximate=True)
