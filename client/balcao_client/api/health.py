# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Health: 4 operations."""

from __future__ import annotations

from typing import Any

from balcao_client import models
from balcao_client.sending import Area, AsyncArea


class Health(Area):
    def get_health(self) -> models.Health:
        """Every part with its state; 503 when a needed one is down. `GET /health`"""
        return self._send.json("GET", "/health")

    def get_live(self) -> dict[str, str]:
        """The process is alive. Touches nothing. `GET /health/live`"""
        return self._send.json("GET", "/health/live")

    def get_ready(self) -> models.Health:
        """Ready for requests: the same look as /health, and not about to stop. `GET /health/ready`"""
        return self._send.json("GET", "/health/ready")

    def get_database_state(self) -> dict[str, Any]:
        """The connection pool, while DEBUG is on; 404 otherwise. `GET /debug/db`"""
        return self._send.json("GET", "/debug/db")


class AsyncHealth(AsyncArea):
    async def get_health(self) -> models.Health:
        """Every part with its state; 503 when a needed one is down. `GET /health`"""
        return await self._send.json("GET", "/health")

    async def get_live(self) -> dict[str, str]:
        """The process is alive. Touches nothing. `GET /health/live`"""
        return await self._send.json("GET", "/health/live")

    async def get_ready(self) -> models.Health:
        """Ready for requests: the same look as /health, and not about to stop. `GET /health/ready`"""
        return await self._send.json("GET", "/health/ready")

    async def get_database_state(self) -> dict[str, Any]:
        """The connection pool, while DEBUG is on; 404 otherwise. `GET /debug/db`"""
        return await self._send.json("GET", "/debug/db")
