# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Orders: 6 operations."""

from __future__ import annotations

from typing import Any

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Orders(Area):
    def list_orders(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        status: models.OrdersListOrdersStatus | None = None,
        q: str | None = None,
        store_id: Id | None = None,
        days: int | None = None,
    ) -> Page[dict[str, Any]]:
        """Orders, newest first, by status, text and age. `GET /admin/orders`"""
        query = {
            "limit": limit,
            "offset": offset,
            "status": status,
            "q": q,
            "store_id": store_id,
            "days": days,
        }
        return self._send.json("GET", "/admin/orders", query=query)

    def get_board(self, *, store_id: Id | None = None) -> dict[str, Any]:
        """Open orders, oldest first, and how many there are of each state.

        Of a state with more than a hundred come the fifty oldest, the fifty newest and those asking to
        be canceled. `GET /admin/orders/board`
        """
        query = {"store_id": store_id}
        return self._send.json("GET", "/admin/orders/board", query=query)

    def get_today(self, *, store_id: Id | None = None) -> dict[str, Any]:
        """Today's figures in the business's time zone. `GET /admin/orders/today`"""
        query = {"store_id": store_id}
        return self._send.json("GET", "/admin/orders/today", query=query)

    def get_order(self, order_id: Id) -> models.OrderDocument:
        """One order with lines, payments, history and the moves that are open.
        `GET /admin/orders/{order_id}`
        """
        return self._send.json("GET", "/admin/orders/{}", order_id)

    def set_order_status(self, order_id: Id, body: models.StatusChange) -> models.OrderDocument:
        """Moves the order. The same status again changes nothing. `POST /admin/orders/{order_id}/status`"""
        return self._send.json("POST", "/admin/orders/{}/status", order_id, body=body)

    def confirm_order_payment(self, order_id: Id, body: models.PaymentConfirmation) -> models.OrderDocument:
        """A person saw the money arrive. `POST /admin/orders/{order_id}/payments/confirm`"""
        return self._send.json("POST", "/admin/orders/{}/payments/confirm", order_id, body=body)


class AsyncOrders(AsyncArea):
    async def list_orders(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        status: models.OrdersListOrdersStatus | None = None,
        q: str | None = None,
        store_id: Id | None = None,
        days: int | None = None,
    ) -> Page[dict[str, Any]]:
        """Orders, newest first, by status, text and age. `GET /admin/orders`"""
        query = {
            "limit": limit,
            "offset": offset,
            "status": status,
            "q": q,
            "store_id": store_id,
            "days": days,
        }
        return await self._send.json("GET", "/admin/orders", query=query)

    async def get_board(self, *, store_id: Id | None = None) -> dict[str, Any]:
        """Open orders, oldest first, and how many there are of each state.

        Of a state with more than a hundred come the fifty oldest, the fifty newest and those asking to
        be canceled. `GET /admin/orders/board`
        """
        query = {"store_id": store_id}
        return await self._send.json("GET", "/admin/orders/board", query=query)

    async def get_today(self, *, store_id: Id | None = None) -> dict[str, Any]:
        """Today's figures in the business's time zone. `GET /admin/orders/today`"""
        query = {"store_id": store_id}
        return await self._send.json("GET", "/admin/orders/today", query=query)

    async def get_order(self, order_id: Id) -> models.OrderDocument:
        """One order with lines, payments, history and the moves that are open.
        `GET /admin/orders/{order_id}`
        """
        return await self._send.json("GET", "/admin/orders/{}", order_id)

    async def set_order_status(self, order_id: Id, body: models.StatusChange) -> models.OrderDocument:
        """Moves the order. The same status again changes nothing. `POST /admin/orders/{order_id}/status`"""
        return await self._send.json("POST", "/admin/orders/{}/status", order_id, body=body)

    async def confirm_order_payment(
        self,
        order_id: Id,
        body: models.PaymentConfirmation,
    ) -> models.OrderDocument:
        """A person saw the money arrive. `POST /admin/orders/{order_id}/payments/confirm`"""
        return await self._send.json("POST", "/admin/orders/{}/payments/confirm", order_id, body=body)
