# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Shop: 5 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Shop(Area):
    def list_stores(self, *, limit: int | None = None, offset: int | None = None) -> models.StoresDocument:
        """The stores of the business and whether they are open. `GET /stores`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/stores", query=query)

    def get_catalog(self, *, store: str | None = None) -> models.CatalogDocument:
        """What a store sells right now: categories, products, options, sold-out flags. Exact stock is
        never told. `GET /catalog`

        `store`: slug, id or name.
        """
        query = {"store": store}
        return self._send.json("GET", "/catalog", query=query)

    def search_catalog(
        self,
        *,
        q: str,
        limit: int | None = None,
        offset: int | None = None,
        store: str | None = None,
    ) -> Page[models.FoundDocument]:
        """Products by name, description, tags and code; accents, beginnings of words and small slips do
        not matter. `GET /catalog/search`

        `store`: slug, id or name.
        """
        query = {"q": q, "limit": limit, "offset": offset, "store": store}
        return self._send.json("GET", "/catalog/search", query=query)

    def get_cep(self, cep: str) -> models.CepDocument:
        """The address of a postal code. When nobody answers, at least the state of its range.
        `GET /cep/{cep}`
        """
        return self._send.json("GET", "/cep/{}", cep)

    def quote_shipping(self, body: models.QuoteRequest) -> models.QuoteDocument:
        """What a delivery to an address costs, promised for half an hour. `POST /shipping/quote`"""
        return self._send.json("POST", "/shipping/quote", body=body)


class AsyncShop(AsyncArea):
    async def list_stores(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> models.StoresDocument:
        """The stores of the business and whether they are open. `GET /stores`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/stores", query=query)

    async def get_catalog(self, *, store: str | None = None) -> models.CatalogDocument:
        """What a store sells right now: categories, products, options, sold-out flags. Exact stock is
        never told. `GET /catalog`

        `store`: slug, id or name.
        """
        query = {"store": store}
        return await self._send.json("GET", "/catalog", query=query)

    async def search_catalog(
        self,
        *,
        q: str,
        limit: int | None = None,
        offset: int | None = None,
        store: str | None = None,
    ) -> Page[models.FoundDocument]:
        """Products by name, description, tags and code; accents, beginnings of words and small slips do
        not matter. `GET /catalog/search`

        `store`: slug, id or name.
        """
        query = {"q": q, "limit": limit, "offset": offset, "store": store}
        return await self._send.json("GET", "/catalog/search", query=query)

    async def get_cep(self, cep: str) -> models.CepDocument:
        """The address of a postal code. When nobody answers, at least the state of its range.
        `GET /cep/{cep}`
        """
        return await self._send.json("GET", "/cep/{}", cep)

    async def quote_shipping(self, body: models.QuoteRequest) -> models.QuoteDocument:
        """What a delivery to an address costs, promised for half an hour. `POST /shipping/quote`"""
        return await self._send.json("POST", "/shipping/quote", body=body)
