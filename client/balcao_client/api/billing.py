# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Billing: 5 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.sending import Area, AsyncArea


class Billing(Area):
    def send_status(self, body: models.BillingSendStatusBody, *, secret: str) -> models.StatusTaken:
        """Takes a subscription's new state from the billing system: signed, once per event id, never out
        of order. `POST /billing/webhook/status`
        """
        return self._send.signed("/billing/webhook/status", body, secret)

    def send_intake(self, body: models.BillingSendIntakeBody, *, secret: str) -> models.IntakeTaken:
        """Takes a sale: makes or updates the business and its plan, and invites the owner.
        `POST /billing/webhook/intake`
        """
        return self._send.signed("/billing/webhook/intake", body, secret)

    def get_plan(self) -> models.BillingView:
        """One's own plan: status, period, what is included, limits and their use. It changes through
        billing alone. `GET /admin/billing`
        """
        return self._send.json("GET", "/admin/billing")

    def get_profile(self) -> models.ProfileView:
        """The legal person, contacts and billing address of the business. `GET /admin/billing/profile`"""
        return self._send.json("GET", "/admin/billing/profile")

    def set_profile(self, body: models.ProfileBody) -> models.ProfileView:
        """Sets what is given of the billing profile; what is left out stays. CPF and CNPJ are checked.
        `PUT /admin/billing/profile`
        """
        return self._send.json("PUT", "/admin/billing/profile", body=body)


class AsyncBilling(AsyncArea):
    async def send_status(self, body: models.BillingSendStatusBody, *, secret: str) -> models.StatusTaken:
        """Takes a subscription's new state from the billing system: signed, once per event id, never out
        of order. `POST /billing/webhook/status`
        """
        return await self._send.signed("/billing/webhook/status", body, secret)

    async def send_intake(self, body: models.BillingSendIntakeBody, *, secret: str) -> models.IntakeTaken:
        """Takes a sale: makes or updates the business and its plan, and invites the owner.
        `POST /billing/webhook/intake`
        """
        return await self._send.signed("/billing/webhook/intake", body, secret)

    async def get_plan(self) -> models.BillingView:
        """One's own plan: status, period, what is included, limits and their use. It changes through
        billing alone. `GET /admin/billing`
        """
        return await self._send.json("GET", "/admin/billing")

    async def get_profile(self) -> models.ProfileView:
        """The legal person, contacts and billing address of the business. `GET /admin/billing/profile`"""
        return await self._send.json("GET", "/admin/billing/profile")

    async def set_profile(self, body: models.ProfileBody) -> models.ProfileView:
        """Sets what is given of the billing profile; what is left out stays. CPF and CNPJ are checked.
        `PUT /admin/billing/profile`
        """
        return await self._send.json("PUT", "/admin/billing/profile", body=body)
