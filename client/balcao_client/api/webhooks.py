# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Webhooks: 12 operations."""

from __future__ import annotations

from typing import Literal

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Webhooks(Area):
    def list_webhooks(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.EndpointView]:
        """The addresses that hear of events, with what waits for each. `GET /admin/webhooks`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/webhooks", query=query)

    def create_webhook(self, body: models.EndpointCreate) -> models.EndpointMade:
        """Adds an address. Its secret is in this answer and nowhere else. `POST /admin/webhooks`"""
        return self._send.json("POST", "/admin/webhooks", body=body)

    def list_webhook_events(self) -> models.EventTypes:
        """What an address may ask for. `GET /admin/webhooks/events`"""
        return self._send.json("GET", "/admin/webhooks/events")

    def get_webhook(self, endpoint_id: Id) -> models.EndpointView:
        """One address. `GET /admin/webhooks/{endpoint_id}`"""
        return self._send.json("GET", "/admin/webhooks/{}", endpoint_id)

    def update_webhook(self, endpoint_id: Id, body: models.EndpointPatch) -> models.EndpointView:
        """Changes an address, or switches it on or off. `PATCH /admin/webhooks/{endpoint_id}`"""
        return self._send.json("PATCH", "/admin/webhooks/{}", endpoint_id, body=body)

    def delete_webhook(self, endpoint_id: Id) -> None:
        """Removes an address with its log. `DELETE /admin/webhooks/{endpoint_id}`"""
        self._send.json("DELETE", "/admin/webhooks/{}", endpoint_id)

    def rotate_webhook(self, endpoint_id: Id) -> models.EndpointMade:
        """Gives it a new secret, shown in this answer only; the former one signs beside it for 24 hours.
        `POST /admin/webhooks/{endpoint_id}/rotate`
        """
        return self._send.json("POST", "/admin/webhooks/{}/rotate", endpoint_id)

    def ping_webhook(self, endpoint_id: Id) -> models.Pinged:
        """Sends a test message, even to an address that is off; the log tells how it went.
        `POST /admin/webhooks/{endpoint_id}/ping`
        """
        return self._send.json("POST", "/admin/webhooks/{}/ping", endpoint_id)

    def list_webhook_deliveries(
        self,
        endpoint_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: Id | None = None,
        status: Literal["waiting", "delivered", "failed", "held"] | None = None,
    ) -> models.DeliveryPage:
        """What was sent, newest first. `GET /admin/webhooks/{endpoint_id}/deliveries`"""
        query = {"limit": limit, "offset": offset, "cursor": cursor, "status": status}
        return self._send.json("GET", "/admin/webhooks/{}/deliveries", endpoint_id, query=query)

    def get_webhook_delivery(self, endpoint_id: Id, delivery_id: Id) -> models.DeliveryDetail:
        """One delivery with its document and every try.
        `GET /admin/webhooks/{endpoint_id}/deliveries/{delivery_id}`
        """
        return self._send.json("GET", "/admin/webhooks/{}/deliveries/{}", endpoint_id, delivery_id)

    def redeliver_webhook_delivery(self, endpoint_id: Id, delivery_id: Id) -> models.WebhooksAsked:
        """Sends one again under the same id, whatever became of it. 409 webhook_endpoint_off while the
        address is off, 410 webhook_message_erased when somebody it named asked to be forgotten.
        `POST /admin/webhooks/{endpoint_id}/deliveries/{delivery_id}/redeliver`
        """
        return self._send.json("POST", "/admin/webhooks/{}/deliveries/{}/redeliver", endpoint_id, delivery_id)

    def redeliver_webhook(self, endpoint_id: Id, body: models.WebhooksAgain) -> models.WebhooksAsked:
        """Sends again all that failed or was put aside, at most 1,000 at a time, oldest first.
        `POST /admin/webhooks/{endpoint_id}/redeliver`
        """
        return self._send.json("POST", "/admin/webhooks/{}/redeliver", endpoint_id, body=body)


class AsyncWebhooks(AsyncArea):
    async def list_webhooks(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.EndpointView]:
        """The addresses that hear of events, with what waits for each. `GET /admin/webhooks`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/webhooks", query=query)

    async def create_webhook(self, body: models.EndpointCreate) -> models.EndpointMade:
        """Adds an address. Its secret is in this answer and nowhere else. `POST /admin/webhooks`"""
        return await self._send.json("POST", "/admin/webhooks", body=body)

    async def list_webhook_events(self) -> models.EventTypes:
        """What an address may ask for. `GET /admin/webhooks/events`"""
        return await self._send.json("GET", "/admin/webhooks/events")

    async def get_webhook(self, endpoint_id: Id) -> models.EndpointView:
        """One address. `GET /admin/webhooks/{endpoint_id}`"""
        return await self._send.json("GET", "/admin/webhooks/{}", endpoint_id)

    async def update_webhook(self, endpoint_id: Id, body: models.EndpointPatch) -> models.EndpointView:
        """Changes an address, or switches it on or off. `PATCH /admin/webhooks/{endpoint_id}`"""
        return await self._send.json("PATCH", "/admin/webhooks/{}", endpoint_id, body=body)

    async def delete_webhook(self, endpoint_id: Id) -> None:
        """Removes an address with its log. `DELETE /admin/webhooks/{endpoint_id}`"""
        await self._send.json("DELETE", "/admin/webhooks/{}", endpoint_id)

    async def rotate_webhook(self, endpoint_id: Id) -> models.EndpointMade:
        """Gives it a new secret, shown in this answer only; the former one signs beside it for 24 hours.
        `POST /admin/webhooks/{endpoint_id}/rotate`
        """
        return await self._send.json("POST", "/admin/webhooks/{}/rotate", endpoint_id)

    async def ping_webhook(self, endpoint_id: Id) -> models.Pinged:
        """Sends a test message, even to an address that is off; the log tells how it went.
        `POST /admin/webhooks/{endpoint_id}/ping`
        """
        return await self._send.json("POST", "/admin/webhooks/{}/ping", endpoint_id)

    async def list_webhook_deliveries(
        self,
        endpoint_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
        cursor: Id | None = None,
        status: Literal["waiting", "delivered", "failed", "held"] | None = None,
    ) -> models.DeliveryPage:
        """What was sent, newest first. `GET /admin/webhooks/{endpoint_id}/deliveries`"""
        query = {"limit": limit, "offset": offset, "cursor": cursor, "status": status}
        return await self._send.json("GET", "/admin/webhooks/{}/deliveries", endpoint_id, query=query)

    async def get_webhook_delivery(self, endpoint_id: Id, delivery_id: Id) -> models.DeliveryDetail:
        """One delivery with its document and every try.
        `GET /admin/webhooks/{endpoint_id}/deliveries/{delivery_id}`
        """
        return await self._send.json("GET", "/admin/webhooks/{}/deliveries/{}", endpoint_id, delivery_id)

    async def redeliver_webhook_delivery(self, endpoint_id: Id, delivery_id: Id) -> models.WebhooksAsked:
        """Sends one again under the same id, whatever became of it. 409 webhook_endpoint_off while the
        address is off, 410 webhook_message_erased when somebody it named asked to be forgotten.
        `POST /admin/webhooks/{endpoint_id}/deliveries/{delivery_id}/redeliver`
        """
        return await self._send.json(
            "POST",
            "/admin/webhooks/{}/deliveries/{}/redeliver",
            endpoint_id,
            delivery_id,
        )

    async def redeliver_webhook(self, endpoint_id: Id, body: models.WebhooksAgain) -> models.WebhooksAsked:
        """Sends again all that failed or was put aside, at most 1,000 at a time, oldest first.
        `POST /admin/webhooks/{endpoint_id}/redeliver`
        """
        return await self._send.json("POST", "/admin/webhooks/{}/redeliver", endpoint_id, body=body)
