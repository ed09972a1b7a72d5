# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Onboarding: 9 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.sending import Area, AsyncArea


class Onboarding(Area):
    def get_state(self) -> models.Onboarding:
        """How far the business is, and what each step lacks. `GET /admin/onboarding`"""
        return self._send.json("GET", "/admin/onboarding")

    def set_business(self, body: models.BusinessIn) -> models.Onboarding:
        """Names and document. `PUT /admin/onboarding/business`"""
        return self._send.json("PUT", "/admin/onboarding/business", body=body)

    def set_contact(self, body: models.ContactIn) -> models.Onboarding:
        """Whom to call. `PUT /admin/onboarding/contact`"""
        return self._send.json("PUT", "/admin/onboarding/contact", body=body)

    def set_address(self, body: models.AddressIn) -> models.Onboarding:
        """Where it is; opens the first store when there is none. `PUT /admin/onboarding/address`"""
        return self._send.json("PUT", "/admin/onboarding/address", body=body)

    def set_hours(self, body: models.HoursIn) -> models.Onboarding:
        """When the first store is open. `PUT /admin/onboarding/hours`"""
        return self._send.json("PUT", "/admin/onboarding/hours", body=body)

    def set_product(self, body: models.OnboardingProductIn) -> models.Onboarding:
        """The first product. Sent again, it adds another one. `PUT /admin/onboarding/product`"""
        return self._send.json("PUT", "/admin/onboarding/product", body=body)

    def set_payment(self, body: models.PaymentIn) -> models.Onboarding:
        """The Pix key, with a code of one centavo to try it. `PUT /admin/onboarding/payment`"""
        return self._send.json("PUT", "/admin/onboarding/payment", body=body)

    def complete(self) -> models.Onboarding:
        """Ends the first steps. 409 onboarding_open while something required is missing.
        `POST /admin/onboarding/complete`
        """
        return self._send.json("POST", "/admin/onboarding/complete")

    def skip(self) -> models.Onboarding:
        """Ends the first steps as they are. `POST /admin/onboarding/skip`"""
        return self._send.json("POST", "/admin/onboarding/skip")


class AsyncOnboarding(AsyncArea):
    async def get_state(self) -> models.Onboarding:
        """How far the business is, and what each step lacks. `GET /admin/onboarding`"""
        return await self._send.json("GET", "/admin/onboarding")

    async def set_business(self, body: models.BusinessIn) -> models.Onboarding:
        """Names and document. `PUT /admin/onboarding/business`"""
        return await self._send.json("PUT", "/admin/onboarding/business", body=body)

    async def set_contact(self, body: models.ContactIn) -> models.Onboarding:
        """Whom to call. `PUT /admin/onboarding/contact`"""
        return await self._send.json("PUT", "/admin/onboarding/contact", body=body)

    async def set_address(self, body: models.AddressIn) -> models.Onboarding:
        """Where it is; opens the first store when there is none. `PUT /admin/onboarding/address`"""
        return await self._send.json("PUT", "/admin/onboarding/address", body=body)

    async def set_hours(self, body: models.HoursIn) -> models.Onboarding:
        """When the first store is open. `PUT /admin/onboarding/hours`"""
        return await self._send.json("PUT", "/admin/onboarding/hours", body=body)

    async def set_product(self, body: models.OnboardingProductIn) -> models.Onboarding:
        """The first product. Sent again, it adds another one. `PUT /admin/onboarding/product`"""
        return await self._send.json("PUT", "/admin/onboarding/product", body=body)

    async def set_payment(self, body: models.PaymentIn) -> models.Onboarding:
        """The Pix key, with a code of one centavo to try it. `PUT /admin/onboarding/payment`"""
        return await self._send.json("PUT", "/admin/onboarding/payment", body=body)

    async def complete(self) -> models.Onboarding:
        """Ends the first steps. 409 onboarding_open while something required is missing.
        `POST /admin/onboarding/complete`
        """
        return await self._send.json("POST", "/admin/onboarding/complete")

    async def skip(self) -> models.Onboarding:
        """Ends the first steps as they are. `POST /admin/onboarding/skip`"""
        return await self._send.json("POST", "/admin/onboarding/skip")
