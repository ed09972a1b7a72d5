# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Stores: 11 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id, Moment
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Stores(Area):
    def list_stores(self, *, limit: int | None = None, offset: int | None = None) -> Page[models.StoreView]:
        """The stores one may see, switched-off ones included. `GET /admin/stores`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/stores", query=query)

    def create_store(self, body: models.StoreFields) -> models.StoreView:
        """Open a store. `POST /admin/stores`"""
        return self._send.json("POST", "/admin/stores", body=body)

    def get_store(self, store_id: Id) -> models.StoreView:
        """One store. `GET /admin/stores/{store_id}`"""
        return self._send.json("GET", "/admin/stores/{}", store_id)

    def update_store(self, store_id: Id, body: models.StorePatch) -> models.StoreView:
        """Change fields of a store. `PATCH /admin/stores/{store_id}`"""
        return self._send.json("PATCH", "/admin/stores/{}", store_id, body=body)

    def delete_store(self, store_id: Id) -> None:
        """Erase a store that has no history. `DELETE /admin/stores/{store_id}`"""
        self._send.json("DELETE", "/admin/stores/{}", store_id)

    def get_store_hours(self, store_id: Id, *, at: Moment | None = None) -> models.HoursView:
        """The week, the special days, and what they make of a moment (now by default).
        `GET /admin/stores/{store_id}/hours`
        """
        query = {"at": at}
        return self._send.json("GET", "/admin/stores/{}/hours", store_id, query=query)

    def set_store_hours(self, store_id: Id, body: models.WeekIn) -> models.HoursView:
        """Set the whole week. `PUT /admin/stores/{store_id}/hours`"""
        return self._send.json("PUT", "/admin/stores/{}/hours", store_id, body=body)

    def set_store_exception(self, store_id: Id, day: Moment, body: models.ExceptionIn) -> models.HoursView:
        """Give a date hours of its own, or close it. `PUT /admin/stores/{store_id}/exceptions/{day}`"""
        return self._send.json("PUT", "/admin/stores/{}/exceptions/{}", store_id, day, body=body)

    def delete_store_exception(self, store_id: Id, day: Moment) -> None:
        """Let a date follow its weekday again. `DELETE /admin/stores/{store_id}/exceptions/{day}`"""
        self._send.json("DELETE", "/admin/stores/{}/exceptions/{}", store_id, day)

    def pause_store(self, store_id: Id, body: models.PauseIn) -> models.OpeningView:
        """Take no orders for some minutes. `POST /admin/stores/{store_id}/pause`"""
        return self._send.json("POST", "/admin/stores/{}/pause", store_id, body=body)

    def resume_store(self, store_id: Id) -> models.OpeningView:
        """Take orders again at once. `POST /admin/stores/{store_id}/resume`"""
        return self._send.json("POST", "/admin/stores/{}/resume", store_id)


class AsyncStores(AsyncArea):
    async def list_stores(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.StoreView]:
        """The stores one may see, switched-off ones included. `GET /admin/stores`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/stores", query=query)

    async def create_store(self, body: models.StoreFields) -> models.StoreView:
        """Open a store. `POST /admin/stores`"""
        return await self._send.json("POST", "/admin/stores", body=body)

    async def get_store(self, store_id: Id) -> models.StoreView:
        """One store. `GET /admin/stores/{store_id}`"""
        return await self._send.json("GET", "/admin/stores/{}", store_id)

    async def update_store(self, store_id: Id, body: models.StorePatch) -> models.StoreView:
        """Change fields of a store. `PATCH /admin/stores/{store_id}`"""
        return await self._send.json("PATCH", "/admin/stores/{}", store_id, body=body)

    async def delete_store(self, store_id: Id) -> None:
        """Erase a store that has no history. `DELETE /admin/stores/{store_id}`"""
        await self._send.json("DELETE", "/admin/stores/{}", store_id)

    async def get_store_hours(self, store_id: Id, *, at: Moment | None = None) -> models.HoursView:
        """The week, the special days, and what they make of a moment (now by default).
        `GET /admin/stores/{store_id}/hours`
        """
        query = {"at": at}
        return await self._send.json("GET", "/admin/stores/{}/hours", store_id, query=query)

    async def set_store_hours(self, store_id: Id, body: models.WeekIn) -> models.HoursView:
        """Set the whole week. `PUT /admin/stores/{store_id}/hours`"""
        return await self._send.json("PUT", "/admin/stores/{}/hours", store_id, body=body)

    async def set_store_exception(
        self,
        store_id: Id,
        day: Moment,
        body: models.ExceptionIn,
    ) -> models.HoursView:
        """Give a date hours of its own, or close it. `PUT /admin/stores/{store_id}/exceptions/{day}`"""
        return await self._send.json("PUT", "/admin/stores/{}/exceptions/{}", store_id, day, body=body)

    async def delete_store_exception(self, store_id: Id, day: Moment) -> None:
        """Let a date follow its weekday again. `DELETE /admin/stores/{store_id}/exceptions/{day}`"""
        await self._send.json("DELETE", "/admin/stores/{}/exceptions/{}", store_id, day)

    async def pause_store(self, store_id: Id, body: models.PauseIn) -> models.OpeningView:
        """Take no orders for some minutes. `POST /admin/stores/{store_id}/pause`"""
        return await self._send.json("POST", "/admin/stores/{}/pause", store_id, body=body)

    async def resume_store(self, store_id: Id) -> models.OpeningView:
        """Take orders again at once. `POST /admin/stores/{store_id}/resume`"""
        return await self._send.json("POST", "/admin/stores/{}/resume", store_id)
