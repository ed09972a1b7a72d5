"""CEP lookup at ViaCEP, a free public service; points come from the table that the product carries."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import httpx

from balcao.brazil.addresses import UFS
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.places import Address, Point
from balcao.providers.places.cep_argument import checked_cep
from balcao.providers.places.embedded import EmbeddedPlaces

DEFAULT_BASE_URL = "https://viacep.com.br"
DEFAULT_TIMEOUT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 3600.0


class ViaCep:
    """Asks ViaCEP within one total time limit. It knows no coordinates, so `locate` uses the embedded table."""

    name = "viacep"

    def __init__(
        self, base_url: str = DEFAULT_BASE_URL, *, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._client = httpx.AsyncClient(base_url=base_url, timeout=timeout_seconds)
        self._embedded = EmbeddedPlaces()

    async def lookup_cep(self, cep: str) -> Address | None:
        """The address of an eight-digit CEP, None when ViaCEP knows no such CEP.

        Raises ProviderRejected("cep_malformed") or ProviderUnavailable.
        """
        cep = checked_cep(cep)
        response = await self._get(f"/ws/{cep}/json/")
        if response.status_code == HTTPStatus.BAD_REQUEST:
            raise ProviderRejected("cep_malformed")
        if response.status_code != HTTPStatus.OK:
            raise ProviderUnavailable(
                f"ViaCEP answered {response.status_code}", retry_after=_retry_after(response)
            )
        return _address(cep, response)

    async def locate(self, address: Address) -> Point | None:
        """Where an address is, by the embedded table."""
        return await self._embedded.locate(address)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _get(self, path: str) -> httpx.Response:
        try:
            # httpx limits each step; a server that trickles bytes would outlast them all.
            async with asyncio.timeout(self._timeout_seconds):
                return await self._client.get(path)
        except (httpx.HTTPError, TimeoutError) as error:
            raise ProviderUnavailable(f"ViaCEP: {type(error).__name__}") from error


def _address(cep: str, response: httpx.Response) -> Address | None:
    try:
        answer = response.json()
    except (ValueError, RecursionError) as error:
        raise ProviderUnavailable("ViaCEP answered no JSON") from error
    if not isinstance(answer, dict):
        raise ProviderUnavailable("ViaCEP answered another shape")
    fields = cast("Mapping[str, Any]", answer)
    # Unknown CEPs come as true or, since 2023, as the text "true".
    if str(fields.get("erro", "")).lower() == "true":
        return None
    state = _text(fields, "uf")
    if _text(fields, "cep").replace("-", "") != cep or state not in UFS:
        raise ProviderUnavailable("ViaCEP answered for another place")
    return Address(
        postal_code=cep,
        street=_text(fields, "logradouro"),
        district=_text(fields, "bairro"),
        city=_text(fields, "localidade"),
        state=state,
        ibge=_text(fields, "ibge"),
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _retry_after(response: httpx.Response) -> float | None:
    seconds = response.headers.get("retry-after", "")
    return min(float(seconds), LONGEST_WAIT_SECONDS) if seconds.isascii() and seconds.isdecimal() else None
