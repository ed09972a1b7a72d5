# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Central: 25 operations."""

from __future__ import annotations

from typing import Literal

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Central(Area):
    def get_dashboard(self) -> models.Dashboard:
        """Businesses, people here now, stores, orders of today and of the month, money, trials that end,
        late payments. `GET /admin/central/dashboard`
        """
        return self._send.json("GET", "/admin/central/dashboard")

    def list_tenants(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
        status: Literal["", "active", "suspended", "canceled"] | None = None,
        subscription: models.CentralListTenantsSubscription | None = None,
    ) -> Page[models.TenantLine]:
        """Businesses by name; `q` looks into name, address word, legal name, e-mail, and knows a whole CPF
        or CNPJ. `GET /admin/central/tenants`
        """
        query = {"limit": limit, "offset": offset, "q": q, "status": status, "subscription": subscription}
        return self._send.json("GET", "/admin/central/tenants", query=query)

    def create_tenant(self, body: models.TenantCreate) -> models.TenantDetail:
        """Makes a business on a plan and e-mails its owner an invitation. API keys may not: an owner
        outlives them. `POST /admin/central/tenants`
        """
        return self._send.json("POST", "/admin/central/tenants", body=body)

    def get_tenant(self, tenant_id: Id) -> models.TenantDetail:
        """One business whole. `GET /admin/central/tenants/{tenant_id}`"""
        return self._send.json("GET", "/admin/central/tenants/{}", tenant_id)

    def update_tenant(self, tenant_id: Id, body: models.TenantPatch) -> models.TenantDetail:
        """Changes a business: address, name, limits, profile; suspends, closes or opens it again.
        `PATCH /admin/central/tenants/{tenant_id}`
        """
        return self._send.json("PATCH", "/admin/central/tenants/{}", tenant_id, body=body)

    def create_tenant_invitation(self, tenant_id: Id, body: models.OwnerInvitation) -> models.InvitationSent:
        """Sends the first owner's invitation again, to this address; earlier ones to it stop working. API
        keys may not. `POST /admin/central/tenants/{tenant_id}/invitations`
        """
        return self._send.json("POST", "/admin/central/tenants/{}/invitations", tenant_id, body=body)

    def list_tenant_users(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
    ) -> models.Team:
        """People of a business, and open invitations. `GET /admin/central/tenants/{tenant_id}/users`"""
        query = {"limit": limit, "offset": offset, "q": q}
        return self._send.json("GET", "/admin/central/tenants/{}/users", tenant_id, query=query)

    def send_password_link(self, tenant_id: Id, user_id: Id) -> None:
        """E-mails a person a link for a new password. Nobody of the platform sees it. API keys may not.
        `POST /admin/central/tenants/{tenant_id}/users/{user_id}/password-link`
        """
        self._send.json("POST", "/admin/central/tenants/{}/users/{}/password-link", tenant_id, user_id)

    def delete_tenant_user_sessions(self, tenant_id: Id, user_id: Id) -> models.Revoked:
        """Ends every sign-in of a person of a business.
        `DELETE /admin/central/tenants/{tenant_id}/users/{user_id}/sessions`
        """
        return self._send.json("DELETE", "/admin/central/tenants/{}/users/{}/sessions", tenant_id, user_id)

    def test_first_access(self, tenant_id: Id, body: models.FirstAccessTest) -> models.TenantDetail:
        """Shows the first steps to a business again, whatever is filled in, or stops doing so.
        `POST /admin/central/tenants/{tenant_id}/first-access-test`
        """
        return self._send.json("POST", "/admin/central/tenants/{}/first-access-test", tenant_id, body=body)

    def impersonate_tenant(self, tenant_id: Id, body: models.ImpersonationBody) -> models.Impersonated:
        """Opens a session of sixty minutes in a business, in a person's name. It stands in the audit log
        of the business. `POST /admin/central/tenants/{tenant_id}/impersonate`
        """
        return self._send.json("POST", "/admin/central/tenants/{}/impersonate", tenant_id, body=body)

    def get_tenant_audit(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.TrailLine]:
        """Entries of a business's audit trail, newest first.
        `GET /admin/central/tenants/{tenant_id}/audit`
        """
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/central/tenants/{}/audit", tenant_id, query=query)

    def list_billing_events(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        tenant: str | None = None,
        outcome: Literal["", "applied", "stale", "refused"] | None = None,
    ) -> Page[models.BillingEventLine]:
        """What the billing system sent, newest first. `GET /admin/central/billing-events`"""
        query = {"limit": limit, "offset": offset, "tenant": tenant, "outcome": outcome}
        return self._send.json("GET", "/admin/central/billing-events", query=query)

    def list_plans(self, *, limit: int | None = None, offset: int | None = None) -> Page[models.PlanLine]:
        """Every plan, cheapest first, and how many businesses are on it. `GET /admin/central/plans`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/central/plans", query=query)

    def create_plan(self, body: models.PlanCreate) -> models.PlanLine:
        """Makes a plan. `POST /admin/central/plans`"""
        return self._send.json("POST", "/admin/central/plans", body=body)

    def get_plan(self, plan_id: Id) -> models.PlanLine:
        """One plan. `GET /admin/central/plans/{plan_id}`"""
        return self._send.json("GET", "/admin/central/plans/{}", plan_id)

    def update_plan(self, plan_id: Id, body: models.PlanPatch) -> models.PlanLine:
        """Changes a plan. Businesses on it have its new modules and ceilings at once.
        `PATCH /admin/central/plans/{plan_id}`
        """
        return self._send.json("PATCH", "/admin/central/plans/{}", plan_id, body=body)

    def delete_plan(self, plan_id: Id) -> None:
        """Erases a plan nobody is on; 409 otherwise: take it out of the offer instead.
        `DELETE /admin/central/plans/{plan_id}`
        """
        self._send.json("DELETE", "/admin/central/plans/{}", plan_id)

    def set_tenant_subscription(self, tenant_id: Id, body: models.SubscriptionBody) -> models.TenantLine:
        """Puts a business on a plan, in a status, with the end of its trial and period, and the day it
        leaves. `PUT /admin/central/tenants/{tenant_id}/subscription`
        """
        return self._send.json("PUT", "/admin/central/tenants/{}/subscription", tenant_id, body=body)

    def list_tenant_modules(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.SwitchView]:
        """Modules of a business: in its plan, switched by the platform, on right now.
        `GET /admin/central/tenants/{tenant_id}/modules`
        """
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/central/tenants/{}/modules", tenant_id, query=query)

    def set_tenant_modules(self, tenant_id: Id, body: models.SwitchesBody) -> Page[models.SwitchView]:
        """Switches modules for one business, or gives them back to its plan. Modules left out stay as they
        are. `PUT /admin/central/tenants/{tenant_id}/modules`
        """
        return self._send.json("PUT", "/admin/central/tenants/{}/modules", tenant_id, body=body)

    def list_tenant_messaging_credentials(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ChannelView]:
        """The channels of a business that have credentials, with masks in the place of secrets.
        `GET /admin/central/tenants/{tenant_id}/messaging-credentials`
        """
        query = {"limit": limit, "offset": offset}
        return self._send.json(
            "GET",
            "/admin/central/tenants/{}/messaging-credentials",
            tenant_id,
            query=query,
        )

    def set_tenant_messaging_credential(
        self,
        tenant_id: Id,
        channel: Literal["whatsapp", "telegram"],
        body: models.ChannelBody,
    ) -> models.ChannelView:
        """Enters or changes the credentials of a channel. Nothing of a secret is answered but its mask.
        `PUT /admin/central/tenants/{tenant_id}/messaging-credentials/{channel}`
        """
        return self._send.json(
            "PUT",
            "/admin/central/tenants/{}/messaging-credentials/{}",
            tenant_id,
            channel,
            body=body,
        )

    def delete_tenant_messaging_credential(
        self,
        tenant_id: Id,
        channel: Literal["whatsapp", "telegram"],
    ) -> None:
        """Forgets the credentials of a channel. At the provider they hold until they are revoked there.
        `DELETE /admin/central/tenants/{tenant_id}/messaging-credentials/{channel}`
        """
        self._send.json("DELETE", "/admin/central/tenants/{}/messaging-credentials/{}", tenant_id, channel)

    def check_tenant_messaging_credential(
        self,
        tenant_id: Id,
        channel: Literal["whatsapp", "telegram"],
    ) -> models.ChannelView:
        """Asks WhatsApp or Telegram who answers to the stored credentials; `check_outcome` tells how that
        went.

        `unauthorized`: the token does not hold; `forbidden`: it may not do this; `unknown`: no such
        number for it; `refused`: another refusal; `unavailable`: no sensible answer, try again; `lost`:
        a secret cannot be read any more, enter it anew.
        `POST /admin/central/tenants/{tenant_id}/messaging-credentials/{channel}/check`
        """
        return self._send.json(
            "POST",
            "/admin/central/tenants/{}/messaging-credentials/{}/check",
            tenant_id,
            channel,
        )


class AsyncCentral(AsyncArea):
    async def get_dashboard(self) -> models.Dashboard:
        """Businesses, people here now, stores, orders of today and of the month, money, trials that end,
        late payments. `GET /admin/central/dashboard`
        """
        return await self._send.json("GET", "/admin/central/dashboard")

    async def list_tenants(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
        status: Literal["", "active", "suspended", "canceled"] | None = None,
        subscription: models.CentralListTenantsSubscription | None = None,
    ) -> Page[models.TenantLine]:
        """Businesses by name; `q` looks into name, address word, legal name, e-mail, and knows a whole CPF
        or CNPJ. `GET /admin/central/tenants`
        """
        query = {"limit": limit, "offset": offset, "q": q, "status": status, "subscription": subscription}
        return await self._send.json("GET", "/admin/central/tenants", query=query)

    async def create_tenant(self, body: models.TenantCreate) -> models.TenantDetail:
        """Makes a business on a plan and e-mails its owner an invitation. API keys may not: an owner
        outlives them. `POST /admin/central/tenants`
        """
        return await self._send.json("POST", "/admin/central/tenants", body=body)

    async def get_tenant(self, tenant_id: Id) -> models.TenantDetail:
        """One business whole. `GET /admin/central/tenants/{tenant_id}`"""
        return await self._send.json("GET", "/admin/central/tenants/{}", tenant_id)

    async def update_tenant(self, tenant_id: Id, body: models.TenantPatch) -> models.TenantDetail:
        """Changes a business: address, name, limits, profile; suspends, closes or opens it again.
        `PATCH /admin/central/tenants/{tenant_id}`
        """
        return await self._send.json("PATCH", "/admin/central/tenants/{}", tenant_id, body=body)

    async def create_tenant_invitation(
        self,
        tenant_id: Id,
        body: models.OwnerInvitation,
    ) -> models.InvitationSent:
        """Sends the first owner's invitation again, to this address; earlier ones to it stop working. API
        keys may not. `POST /admin/central/tenants/{tenant_id}/invitations`
        """
        return await self._send.json("POST", "/admin/central/tenants/{}/invitations", tenant_id, body=body)

    async def list_tenant_users(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
    ) -> models.Team:
        """People of a business, and open invitations. `GET /admin/central/tenants/{tenant_id}/users`"""
        query = {"limit": limit, "offset": offset, "q": q}
        return await self._send.json("GET", "/admin/central/tenants/{}/users", tenant_id, query=query)

    async def send_password_link(self, tenant_id: Id, user_id: Id) -> None:
        """E-mails a person a link for a new password. Nobody of the platform sees it. API keys may not.
        `POST /admin/central/tenants/{tenant_id}/users/{user_id}/password-link`
        """
        await self._send.json("POST", "/admin/central/tenants/{}/users/{}/password-link", tenant_id, user_id)

    async def delete_tenant_user_sessions(self, tenant_id: Id, user_id: Id) -> models.Revoked:
        """Ends every sign-in of a person of a business.
        `DELETE /admin/central/tenants/{tenant_id}/users/{user_id}/sessions`
        """
        return await self._send.json(
            "DELETE",
            "/admin/central/tenants/{}/users/{}/sessions",
            tenant_id,
            user_id,
        )

    async def test_first_access(self, tenant_id: Id, body: models.FirstAccessTest) -> models.TenantDetail:
        """Shows the first steps to a business again, whatever is filled in, or stops doing so.
        `POST /admin/central/tenants/{tenant_id}/first-access-test`
        """
        return await self._send.json(
            "POST",
            "/admin/central/tenants/{}/first-access-test",
            tenant_id,
            body=body,
        )

    async def impersonate_tenant(self, tenant_id: Id, body: models.ImpersonationBody) -> models.Impersonated:
        """Opens a session of sixty minutes in a business, in a person's name. It stands in the audit log
        of the business. `POST /admin/central/tenants/{tenant_id}/impersonate`
        """
        return await self._send.json("POST", "/admin/central/tenants/{}/impersonate", tenant_id, body=body)

    async def get_tenant_audit(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.TrailLine]:
        """Entries of a business's audit trail, newest first.
        `GET /admin/central/tenants/{tenant_id}/audit`
        """
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/central/tenants/{}/audit", tenant_id, query=query)

    async def list_billing_events(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        tenant: str | None = None,
        outcome: Literal["", "applied", "stale", "refused"] | None = None,
    ) -> Page[models.BillingEventLine]:
        """What the billing system sent, newest first. `GET /admin/central/billing-events`"""
        query = {"limit": limit, "offset": offset, "tenant": tenant, "outcome": outcome}
        return await self._send.json("GET", "/admin/central/billing-events", query=query)

    async def list_plans(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PlanLine]:
        """Every plan, cheapest first, and how many businesses are on it. `GET /admin/central/plans`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/central/plans", query=query)

    async def create_plan(self, body: models.PlanCreate) -> models.PlanLine:
        """Makes a plan. `POST /admin/central/plans`"""
        return await self._send.json("POST", "/admin/central/plans", body=body)

    async def get_plan(self, plan_id: Id) -> models.PlanLine:
        """One plan. `GET /admin/central/plans/{plan_id}`"""
        return await self._send.json("GET", "/admin/central/plans/{}", plan_id)

    async def update_plan(self, plan_id: Id, body: models.PlanPatch) -> models.PlanLine:
        """Changes a plan. Businesses on it have its new modules and ceilings at once.
        `PATCH /admin/central/plans/{plan_id}`
        """
        return await self._send.json("PATCH", "/admin/central/plans/{}", plan_id, body=body)

    async def delete_plan(self, plan_id: Id) -> None:
        """Erases a plan nobody is on; 409 otherwise: take it out of the offer instead.
        `DELETE /admin/central/plans/{plan_id}`
        """
        await self._send.json("DELETE", "/admin/central/plans/{}", plan_id)

    async def set_tenant_subscription(
        self,
        tenant_id: Id,
        body: models.SubscriptionBody,
    ) -> models.TenantLine:
        """Puts a business on a plan, in a status, with the end of its trial and period, and the day it
        leaves. `PUT /admin/central/tenants/{tenant_id}/subscription`
        """
        return await self._send.json("PUT", "/admin/central/tenants/{}/subscription", tenant_id, body=body)

    async def list_tenant_modules(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.SwitchView]:
        """Modules of a business: in its plan, switched by the platform, on right now.
        `GET /admin/central/tenants/{tenant_id}/modules`
        """
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/central/tenants/{}/modules", tenant_id, query=query)

    async def set_tenant_modules(self, tenant_id: Id, body: models.SwitchesBody) -> Page[models.SwitchView]:
        """Switches modules for one business, or gives them back to its plan. Modules left out stay as they
        are. `PUT /admin/central/tenants/{tenant_id}/modules`
        """
        return await self._send.json("PUT", "/admin/central/tenants/{}/modules", tenant_id, body=body)

    async def list_tenant_messaging_credentials(
        self,
        tenant_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ChannelView]:
        """The channels of a business that have credentials, with masks in the place of secrets.
        `GET /admin/central/tenants/{tenant_id}/messaging-credentials`
        """
        query = {"limit": limit, "offset": offset}
        return await self._send.json(
            "GET",
            "/admin/central/tenants/{}/messaging-credentials",
            tenant_id,
            query=query,
        )

    async def set_tenant_messaging_credential(
        self,
        tenant_id: Id,
        channel: Literal["whatsapp", "telegram"],
        body: models.ChannelBody,
    ) -> models.ChannelView:
        """Enters or changes the credentials of a channel. Nothing of a secret is answered but its mask.
        `PUT /admin/central/tenants/{tenant_id}/messaging-credentials/{channel}`
        """
        return await self._send.json(
            "PUT",
            "/admin/central/tenants/{}/messaging-credentials/{}",
            tenant_id,
            channel,
            body=body,
        )

    async def delete_tenant_messaging_credential(
        self,
        tenant_id: Id,
        channel: Literal["whatsapp", "telegram"],
    ) -> None:
        """Forgets the credentials of a channel. At the provider they hold until they are revoked there.
        `DELETE /admin/central/tenants/{tenant_id}/messaging-credentials/{channel}`
        """
        await self._send.json(
            "DELETE",
            "/admin/central/tenants/{}/messaging-credentials/{}",
            tenant_id,
            channel,
        )

    async def check_tenant_messaging_credential(
        self,
        tenant_id: Id,
        channel: Literal["whatsapp", "telegram"],
    ) -> models.ChannelView:
        """Asks WhatsApp or Telegram who answers to the stored credentials; `check_outcome` tells how that
        went.

        `unauthorized`: the token does not hold; `forbidden`: it may not do this; `unknown`: no such
        number for it; `refused`: another refusal; `unavailable`: no sensible answer, try again; `lost`:
        a secret cannot be read any more, enter it anew.
        `POST /admin/central/tenants/{tenant_id}/messaging-credentials/{channel}/check`
        """
        return await self._send.json(
            "POST",
            "/admin/central/tenants/{}/messaging-credentials/{}/check",
            tenant_id,
            channel,
        )
