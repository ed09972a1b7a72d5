# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Delivery: 6 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.sending import Area, AsyncArea


class Delivery(Area):
    def list_areas(
        self,
        *,
        store_id: Id,
        limit: int | None = None,
        offset: int | None = None,
    ) -> models.AreasView:
        """The delivery table of a store. `GET /admin/shipping/areas`"""
        query = {"store_id": store_id, "limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/shipping/areas", query=query)

    def set_areas(self, body: models.TableIn) -> models.AreasView:
        """Replace the whole table of a store. `PUT /admin/shipping/areas`"""
        return self._send.json("PUT", "/admin/shipping/areas", body=body)

    def create_area(self, body: models.NewArea) -> models.AreaSaved:
        """Add a row to the table of a store. `POST /admin/shipping/areas`"""
        return self._send.json("POST", "/admin/shipping/areas", body=body)

    def set_area(self, area_id: Id, body: models.AreaIn) -> models.AreaSaved:
        """Change a row. `PUT /admin/shipping/areas/{area_id}`"""
        return self._send.json("PUT", "/admin/shipping/areas/{}", area_id, body=body)

    def delete_area(self, area_id: Id) -> None:
        """Take a row out of the table. `DELETE /admin/shipping/areas/{area_id}`"""
        self._send.json("DELETE", "/admin/shipping/areas/{}", area_id)

    def test_delivery(self, body: models.TrialIn) -> models.TrialView:
        """What an address would pay, by the table as it is. Nothing is written.
        `POST /admin/shipping/test`
        """
        return self._send.json("POST", "/admin/shipping/test", body=body)


class AsyncDelivery(AsyncArea):
    async def list_areas(
        self,
        *,
        store_id: Id,
        limit: int | None = None,
        offset: int | None = None,
    ) -> models.AreasView:
        """The delivery table of a store. `GET /admin/shipping/areas`"""
        query = {"store_id": store_id, "limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/shipping/areas", query=query)

    async def set_areas(self, body: models.TableIn) -> models.AreasView:
        """Replace the whole table of a store. `PUT /admin/shipping/areas`"""
        return await self._send.json("PUT", "/admin/shipping/areas", body=body)

    async def create_area(self, body: models.NewArea) -> models.AreaSaved:
        """Add a row to the table of a store. `POST /admin/shipping/areas`"""
        return await self._send.json("POST", "/admin/shipping/areas", body=body)

    async def set_area(self, area_id: Id, body: models.AreaIn) -> models.AreaSaved:
        """Change a row. `PUT /admin/shipping/areas/{area_id}`"""
        return await self._send.json("PUT", "/admin/shipping/areas/{}", area_id, body=body)

    async def delete_area(self, area_id: Id) -> None:
        """Take a row out of the table. `DELETE /admin/shipping/areas/{area_id}`"""
        await self._send.json("DELETE", "/admin/shipping/areas/{}", area_id)

    async def test_delivery(self, body: models.TrialIn) -> models.TrialView:
        """What an address would pay, by the table as it is. Nothing is written.
        `POST /admin/shipping/test`
        """
        return await self._send.json("POST", "/admin/shipping/test", body=body)
