"""What an address is: postal codes and points on the map, asked of the places provider and remembered.

Everything here is the same for every business, so it is remembered once for the installation. Nothing is asked inside a
transaction. A provider that fails is never the buyer's problem: the address can always be typed.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final, Literal

import orjson
import structlog

from balcao.brazil.addresses import city_of_cep, fold, uf_of_cep
from balcao.kernel.bulletin import PLATFORM
from balcao.kernel.errors import DomainError
from balcao.kernel.runtime import Runtime
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.places import Address, Point

KEPT_SECONDS: Final = 86_400.0
CEP_SECONDS: Final = 2.0
LOCATE_SECONDS: Final = 3.0
_NOBODY_KNOWS: Final = b"null"
log = structlog.get_logger("balcao.places")


class CepNotFoundError(DomainError):
    """No street, town or range has this postal code."""

    status = 404
    code = "cep_not_found"
    title = "CEP not found."
    detail = "We do not know this CEP. Type the address."


@dataclass(frozen=True, slots=True)
class KnownCep:
    """What is known of a CEP. `source`: street, town (one CEP for all of it) or range (its state and capital only)."""

    postal_code: str
    street: str
    district: str
    city: str
    state: str
    ibge: str
    source: Literal["street", "town", "range"]


async def lookup_cep(runtime: Runtime, cep: str) -> KnownCep:
    """What is known of an eight-digit CEP; of its range alone when the provider does not answer within two seconds.

    Raises CepNotFoundError.
    """

    async def make() -> bytes:
        found = await asyncio.wait_for(runtime.providers.places.lookup_cep(cep), CEP_SECONDS)
        if found is None:
            return _NOBODY_KNOWS
        return orjson.dumps([found.street, found.district, found.city, found.state, found.ibge])

    try:
        body = await runtime.cache.get_or_make(PLATFORM, f"cep:{cep}", make, KEPT_SECONDS)
        parts: list[str] | None = orjson.loads(memoryview(body))
    except (TimeoutError, ProviderUnavailable, ProviderRejected) as error:
        log.warning("cep_lookup_failed", error=type(error).__name__)
        parts = ["", "", city_of_cep(cep) or "", uf_of_cep(cep) or "", ""]
        return _known(cep, parts, from_range=True)
    if parts is None:
        raise CepNotFoundError
    # The bundled table fills the rest of the country with ranges: no street, no IBGE number.
    return _known(cep, parts, from_range=not parts[0] and not parts[4])


def _known(cep: str, parts: list[str], *, from_range: bool) -> KnownCep:
    street, district, city, state, ibge = parts
    if not state:
        raise CepNotFoundError
    source = "range" if from_range else "street" if street else "town"
    return KnownCep(cep, street, district, city, state, ibge, source)


async def locate_address(runtime: Runtime, address: Address) -> Point | None:
    """Where an address is; None when nobody knows or nobody answers within three seconds."""

    async def make() -> bytes:
        point = await asyncio.wait_for(runtime.providers.places.locate(address), LOCATE_SECONDS)
        return _NOBODY_KNOWS if point is None else orjson.dumps([point.lat, point.lng, point.approximate])

    try:
        body = await runtime.cache.get_or_make(PLATFORM, _point_name(address), make, KEPT_SECONDS)
    except (TimeoutError, ProviderUnavailable, ProviderRejected) as error:
        log.warning("address_lookup_failed", error=type(error).__name__)
        return None
    found = orjson.loads(memoryview(body))
    return Point(*found) if found is not None else None


def _point_name(address: Address) -> str:
    """A digest: where somebody lives is no part of a cache's keys."""
    parts = (
        address.postal_code,
        address.street,
        address.number,
        address.district,
        address.city,
        address.state,
    )
    return "point:" + hashlib.sha256("\x1f".join(map(fold, parts)).encode()).hexdigest()
