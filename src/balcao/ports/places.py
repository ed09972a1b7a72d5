"""Addresses from postal codes, and points on the map from addresses."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Address:
    """A Brazilian address. `postal_code` is eight digits, `state` two letters; what is unknown is empty.

    Towns with a single CEP have no street and district here: the shopper types them.
    """

    postal_code: str
    street: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    number: str = ""
    complement: str = ""
    ibge: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in decimal degrees (WGS 84). `approximate`: the middle of a district rather than of a street."""

    lat: float
    lng: float
    approximate: bool = False


class Places(Protocol):
    """Who knows where things are. Every method raises ProviderRejected or ProviderUnavailable."""

    @property
    def name(self) -> str:
        """The name it is chosen by in the settings."""
        ...

    async def lookup_cep(self, cep: str) -> Address | None:
        """What is known of an eight-digit CEP; None when there is no such CEP."""
        ...

    async def locate(self, address: Address) -> Point | None:
        """Where an address is; None when nobody knows, never a guess of the city's centre."""
        ...
