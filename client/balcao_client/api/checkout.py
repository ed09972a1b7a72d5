# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Checkout: 6 operations."""

from __future__ import annotations

from typing import Any

from balcao_client import models
from balcao_client.calls import Id, new_key
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Checkout(Area):
    def preview_checkout(self, body: models.CartRequest) -> models.PreviewDocument:
        """Full breakdown of a cart; writes nothing. `POST /checkout/preview`"""
        return self._send.json("POST", "/checkout/preview", body=body)

    def checkout(
        self,
        body: models.CheckoutRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.PlacedDocument:
        """Places an order. Sent twice with one Idempotency-Key, it answers the same order.
        `POST /checkout`

        `idempotency_key`: 1-255 characters, yours.
        """
        return self._send.json("POST", "/checkout", body=body, idempotency_key=idempotency_key or new_key())

    def list_orders(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        status: str | None = None,
    ) -> Page[dict[str, Any]]:
        """Orders of the stores this person sees, newest first. `GET /orders`"""
        query = {"limit": limit, "offset": offset, "status": status}
        return self._send.json("GET", "/orders", query=query)

    def get_order(self, order_id: Id, *, tracking_token: str | None = None) -> models.OrderDocument:
        """One order: whole for the staff, masked for the holder of its tracking token.
        `GET /orders/{order_id}`
        """
        headers = {"X-Tracking-Token": tracking_token}
        return self._send.json("GET", "/orders/{}", order_id, headers=headers)

    def request_order_cancel(
        self,
        order_id: Id,
        body: models.CancelRequest,
        *,
        tracking_token: str | None = None,
    ) -> models.OrderDocument:
        """The buyer calls the order off: at once while nobody accepted it, else as a wish for the shop.
        `POST /orders/{order_id}/cancel-request`
        """
        headers = {"X-Tracking-Token": tracking_token}
        return self._send.json("POST", "/orders/{}/cancel-request", order_id, body=body, headers=headers)

    def create_order_payment(
        self,
        order_id: Id,
        *,
        tracking_token: str | None = None,
    ) -> models.OrderDocument:
        """A new Pix code while the order waits for its payment. `POST /orders/{order_id}/payments`"""
        headers = {"X-Tracking-Token": tracking_token}
        return self._send.json("POST", "/orders/{}/payments", order_id, headers=headers)


class AsyncCheckout(AsyncArea):
    async def preview_checkout(self, body: models.CartRequest) -> models.PreviewDocument:
        """Full breakdown of a cart; writes nothing. `POST /checkout/preview`"""
        return await self._send.json("POST", "/checkout/preview", body=body)

    async def checkout(
        self,
        body: models.CheckoutRequest,
        *,
        idempotency_key: str | None = None,
    ) -> models.PlacedDocument:
        """Places an order. Sent twice with one Idempotency-Key, it answers the same order.
        `POST /checkout`

        `idempotency_key`: 1-255 characters, yours.
        """
        return await self._send.json(
            "POST",
            "/checkout",
            body=body,
            idempotency_key=idempotency_key or new_key(),
        )

    async def list_orders(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        status: str | None = None,
    ) -> Page[dict[str, Any]]:
        """Orders of the stores this person sees, newest first. `GET /orders`"""
        query = {"limit": limit, "offset": offset, "status": status}
        return await self._send.json("GET", "/orders", query=query)

    async def get_order(self, order_id: Id, *, tracking_token: str | None = None) -> models.OrderDocument:
        """One order: whole for the staff, masked for the holder of its tracking token.
        `GET /orders/{order_id}`
        """
        headers = {"X-Tracking-Token": tracking_token}
        return await self._send.json("GET", "/orders/{}", order_id, headers=headers)

    async def request_order_cancel(
        self,
        order_id: Id,
        body: models.CancelRequest,
        *,
        tracking_token: str | None = None,
    ) -> models.OrderDocument:
        """The buyer calls the order off: at once while nobody accepted it, else as a wish for the shop.
        `POST /orders/{order_id}/cancel-request`
        """
        headers = {"X-Tracking-Token": tracking_token}
        return await self._send.json(
            "POST",
            "/orders/{}/cancel-request",
            order_id,
            body=body,
            headers=headers,
        )

    async def create_order_payment(
        self,
        order_id: Id,
        *,
        tracking_token: str | None = None,
    ) -> models.OrderDocument:
        """A new Pix code while the order waits for its payment. `POST /orders/{order_id}/payments`"""
        headers = {"X-Tracking-Token": tracking_token}
        return await self._send.json("POST", "/orders/{}/payments", order_id, headers=headers)
