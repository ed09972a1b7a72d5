# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Settings: 2 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.sending import Area, AsyncArea


class Settings(Area):
    def get_config(self) -> models.ConfigView:
        """The business as it is. `GET /admin/config`"""
        return self._send.json("GET", "/admin/config")

    def update_config(self, body: models.ConfigPatch) -> models.ConfigView:
        """Change name, colour or clock. `PATCH /admin/config`"""
        return self._send.json("PATCH", "/admin/config", body=body)


class AsyncSettings(AsyncArea):
    async def get_config(self) -> models.ConfigView:
        """The business as it is. `GET /admin/config`"""
        return await self._send.json("GET", "/admin/config")

    async def update_config(self, body: models.ConfigPatch) -> models.ConfigView:
        """Change name, colour or clock. `PATCH /admin/config`"""
        return await self._send.json("PATCH", "/admin/config", body=body)
