# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Stock: 6 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Stock(Area):
    def list_inventory(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        store_id: Id | None = None,
        q: str | None = None,
        low: bool | None = None,
        out: bool | None = None,
        counted: bool | None = None,
    ) -> Page[models.StockItemView]:
        """Stock items with today's counts: all sellable skus, and the options that are counted.
        `GET /admin/inventory`
        """
        query = {
            "limit": limit,
            "offset": offset,
            "store_id": store_id,
            "q": q,
            "low": low,
            "out": out,
            "counted": counted,
        }
        return self._send.json("GET", "/admin/inventory", query=query)

    def get_inventory(self, item_id: Id) -> models.StockItemView:
        """One stock item. `GET /admin/inventory/{item_id}`"""
        return self._send.json("GET", "/admin/inventory/{}", item_id)

    def update_inventory(self, item_id: Id, body: models.TrackingIn) -> models.StockItemView:
        """Choose how an item is counted and when it is low. `PATCH /admin/inventory/{item_id}`"""
        return self._send.json("PATCH", "/admin/inventory/{}", item_id, body=body)

    def list_inventory_movements(
        self,
        item_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.MovementView]:
        """The ledger of an item, newest first. `GET /admin/inventory/{item_id}/movements`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/inventory/{}/movements", item_id, query=query)

    def create_inventory_movement(self, item_id: Id, body: models.MovementIn) -> models.StockChanged:
        """Receive goods, or correct the count by a difference. `POST /admin/inventory/{item_id}/movements`"""
        return self._send.json("POST", "/admin/inventory/{}/movements", item_id, body=body)

    def count_inventory(self, item_id: Id, body: models.CountIn) -> models.StockChanged:
        """Set what is on the shelf to what was counted. `POST /admin/inventory/{item_id}/count`"""
        return self._send.json("POST", "/admin/inventory/{}/count", item_id, body=body)


class AsyncStock(AsyncArea):
    async def list_inventory(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        store_id: Id | None = None,
        q: str | None = None,
        low: bool | None = None,
        out: bool | None = None,
        counted: bool | None = None,
    ) -> Page[models.StockItemView]:
        """Stock items with today's counts: all sellable skus, and the options that are counted.
        `GET /admin/inventory`
        """
        query = {
            "limit": limit,
            "offset": offset,
            "store_id": store_id,
            "q": q,
            "low": low,
            "out": out,
            "counted": counted,
        }
        return await self._send.json("GET", "/admin/inventory", query=query)

    async def get_inventory(self, item_id: Id) -> models.StockItemView:
        """One stock item. `GET /admin/inventory/{item_id}`"""
        return await self._send.json("GET", "/admin/inventory/{}", item_id)

    async def update_inventory(self, item_id: Id, body: models.TrackingIn) -> models.StockItemView:
        """Choose how an item is counted and when it is low. `PATCH /admin/inventory/{item_id}`"""
        return await self._send.json("PATCH", "/admin/inventory/{}", item_id, body=body)

    async def list_inventory_movements(
        self,
        item_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.MovementView]:
        """The ledger of an item, newest first. `GET /admin/inventory/{item_id}/movements`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/inventory/{}/movements", item_id, query=query)

    async def create_inventory_movement(self, item_id: Id, body: models.MovementIn) -> models.StockChanged:
        """Receive goods, or correct the count by a difference. `POST /admin/inventory/{item_id}/movements`"""
        return await self._send.json("POST", "/admin/inventory/{}/movements", item_id, body=body)

    async def count_inventory(self, item_id: Id, body: models.CountIn) -> models.StockChanged:
        """Set what is on the shelf to what was counted. `POST /admin/inventory/{item_id}/count`"""
        return await self._send.json("POST", "/admin/inventory/{}/count", item_id, body=body)
