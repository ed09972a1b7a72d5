# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Messaging: 1 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Messaging(Area):
    def list_messages(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        subject_id: Id | None = None,
    ) -> Page[models.MessageView]:
        """Messages that were sent or wait to be, newest first. `GET /admin/messages`"""
        query = {"limit": limit, "offset": offset, "subject_id": subject_id}
        return self._send.json("GET", "/admin/messages", query=query)


class AsyncMessaging(AsyncArea):
    async def list_messages(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        subject_id: Id | None = None,
    ) -> Page[models.MessageView]:
        """Messages that were sent or wait to be, newest first. `GET /admin/messages`"""
        query = {"limit": limit, "offset": offset, "subject_id": subject_id}
        return await self._send.json("GET", "/admin/messages", query=query)
