# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Api keys: 3 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class ApiKeys(Area):
    def list_api_keys(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ApiKeyView]:
        """The keys, live ones first. Their secrets are not kept. `GET /admin/api-keys`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/api-keys", query=query)

    def create_api_key(self, body: models.ApiKeyCreate) -> models.ApiKeyMade:
        """Makes a key and shows it this once. 403 beyond_own_rights for more than one holds oneself, 403
        fresh_sign_in_required without the password ten minutes after signing in. `POST /admin/api-keys`
        """
        return self._send.json("POST", "/admin/api-keys", body=body)

    def delete_api_key(self, key_id: Id) -> None:
        """Revokes a key: it stops working at once, everywhere. `DELETE /admin/api-keys/{key_id}`"""
        self._send.json("DELETE", "/admin/api-keys/{}", key_id)


class AsyncApiKeys(AsyncArea):
    async def list_api_keys(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ApiKeyView]:
        """The keys, live ones first. Their secrets are not kept. `GET /admin/api-keys`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/api-keys", query=query)

    async def create_api_key(self, body: models.ApiKeyCreate) -> models.ApiKeyMade:
        """Makes a key and shows it this once. 403 beyond_own_rights for more than one holds oneself, 403
        fresh_sign_in_required without the password ten minutes after signing in. `POST /admin/api-keys`
        """
        return await self._send.json("POST", "/admin/api-keys", body=body)

    async def delete_api_key(self, key_id: Id) -> None:
        """Revokes a key: it stops working at once, everywhere. `DELETE /admin/api-keys/{key_id}`"""
        await self._send.json("DELETE", "/admin/api-keys/{}", key_id)
