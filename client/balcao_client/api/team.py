# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Team: 19 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Team(Area):
    def list_users(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
        active: bool | None = None,
    ) -> Page[models.PersonView]:
        """The people of the team by name. `GET /admin/users`"""
        query = {"limit": limit, "offset": offset, "q": q, "active": active}
        return self._send.json("GET", "/admin/users", query=query)

    def create_user(self, body: models.PersonCreate) -> models.PersonView:
        """Adds somebody with a password they are told. 409 users_limit when the plan is full. API keys may
        not: whom they add would outlive them. `POST /admin/users`
        """
        return self._send.json("POST", "/admin/users", body=body)

    def list_user_invitations(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.InvitationView]:
        """Invitations nobody answered yet, newest first. `GET /admin/users/invitations`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/users/invitations", query=query)

    def create_user_invitation(self, body: models.InvitationCreate) -> models.InvitationSent:
        """Invites somebody by e-mail; an earlier invitation to the same address stops working. API keys
        may not. `POST /admin/users/invitations`
        """
        return self._send.json("POST", "/admin/users/invitations", body=body)

    def delete_user_invitation(self, invitation_id: Id) -> None:
        """Takes an invitation back: its link stops working.
        `DELETE /admin/users/invitations/{invitation_id}`
        """
        self._send.json("DELETE", "/admin/users/invitations/{}", invitation_id)

    def get_user(self, user_id: Id) -> models.PersonView:
        """One person of the team. `GET /admin/users/{user_id}`"""
        return self._send.json("GET", "/admin/users/{}", user_id)

    def update_user(self, user_id: Id, body: models.PersonPatch) -> models.PersonView:
        """Changes a person. Deactivating ends their sessions at once; the last active owner stays. An API
        key may change the name and the number of sign-ins and deactivate; role, group and coming back
        are for people (403 people_only). `PATCH /admin/users/{user_id}`
        """
        return self._send.json("PATCH", "/admin/users/{}", user_id, body=body)

    def delete_user(self, user_id: Id) -> None:
        """Lets somebody go: they cannot sign in any more, what they did stays under their name.
        `DELETE /admin/users/{user_id}`
        """
        self._send.json("DELETE", "/admin/users/{}", user_id)

    def list_user_sessions(
        self,
        user_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.SessionView]:
        """Live sign-ins of one person. `GET /admin/users/{user_id}/sessions`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/users/{}/sessions", user_id, query=query)

    def delete_user_sessions(self, user_id: Id) -> models.Revoked:
        """Ends every sign-in of one person. `DELETE /admin/users/{user_id}/sessions`"""
        return self._send.json("DELETE", "/admin/users/{}/sessions", user_id)

    def list_sessions(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        user_id: Id | None = None,
    ) -> Page[models.SessionView]:
        """Live sign-ins of the whole team, newest first. `GET /admin/sessions`"""
        query = {"limit": limit, "offset": offset, "user_id": user_id}
        return self._send.json("GET", "/admin/sessions", query=query)

    def delete_session(self, session_id: Id) -> None:
        """Ends one sign-in of anybody of the team. `DELETE /admin/sessions/{session_id}`"""
        self._send.json("DELETE", "/admin/sessions/{}", session_id)

    def list_permissions(self) -> dict[str, list[models.TeamAreaView]]:
        """Everything a group may be allowed, by area. `GET /admin/permissions`"""
        return self._send.json("GET", "/admin/permissions")

    def list_groups(self, *, limit: int | None = None, offset: int | None = None) -> Page[models.GroupView]:
        """Groups by name. `GET /admin/groups`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/groups", query=query)

    def create_group(self, body: models.GroupCreate) -> models.GroupView:
        """Makes a group. Only an owner may put into it what they do not hold themselves, in stores they
        see. API keys may not. `POST /admin/groups`
        """
        return self._send.json("POST", "/admin/groups", body=body)

    def get_group(self, group_id: Id) -> models.GroupView:
        """One group. `GET /admin/groups/{group_id}`"""
        return self._send.json("GET", "/admin/groups/{}", group_id)

    def update_group(self, group_id: Id, body: models.GroupPatch) -> models.GroupView:
        """Changes a group; its people feel it with their next request. API keys may not.
        `PATCH /admin/groups/{group_id}`
        """
        return self._send.json("PATCH", "/admin/groups/{}", group_id, body=body)

    def delete_group(self, group_id: Id) -> None:
        """Deletes a group nobody is in; 409 group_in_use otherwise. API keys may not.
        `DELETE /admin/groups/{group_id}`
        """
        self._send.json("DELETE", "/admin/groups/{}", group_id)

    def list_modules(self, *, limit: int | None = None, offset: int | None = None) -> models.ModulesView:
        """The plan, the parts of the product it includes, and the limits. `GET /admin/modules`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/admin/modules", query=query)


class AsyncTeam(AsyncArea):
    async def list_users(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        q: str | None = None,
        active: bool | None = None,
    ) -> Page[models.PersonView]:
        """The people of the team by name. `GET /admin/users`"""
        query = {"limit": limit, "offset": offset, "q": q, "active": active}
        return await self._send.json("GET", "/admin/users", query=query)

    async def create_user(self, body: models.PersonCreate) -> models.PersonView:
        """Adds somebody with a password they are told. 409 users_limit when the plan is full. API keys may
        not: whom they add would outlive them. `POST /admin/users`
        """
        return await self._send.json("POST", "/admin/users", body=body)

    async def list_user_invitations(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.InvitationView]:
        """Invitations nobody answered yet, newest first. `GET /admin/users/invitations`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/users/invitations", query=query)

    async def create_user_invitation(self, body: models.InvitationCreate) -> models.InvitationSent:
        """Invites somebody by e-mail; an earlier invitation to the same address stops working. API keys
        may not. `POST /admin/users/invitations`
        """
        return await self._send.json("POST", "/admin/users/invitations", body=body)

    async def delete_user_invitation(self, invitation_id: Id) -> None:
        """Takes an invitation back: its link stops working.
        `DELETE /admin/users/invitations/{invitation_id}`
        """
        await self._send.json("DELETE", "/admin/users/invitations/{}", invitation_id)

    async def get_user(self, user_id: Id) -> models.PersonView:
        """One person of the team. `GET /admin/users/{user_id}`"""
        return await self._send.json("GET", "/admin/users/{}", user_id)

    async def update_user(self, user_id: Id, body: models.PersonPatch) -> models.PersonView:
        """Changes a person. Deactivating ends their sessions at once; the last active owner stays. An API
        key may change the name and the number of sign-ins and deactivate; role, group and coming back
        are for people (403 people_only). `PATCH /admin/users/{user_id}`
        """
        return await self._send.json("PATCH", "/admin/users/{}", user_id, body=body)

    async def delete_user(self, user_id: Id) -> None:
        """Lets somebody go: they cannot sign in any more, what they did stays under their name.
        `DELETE /admin/users/{user_id}`
        """
        await self._send.json("DELETE", "/admin/users/{}", user_id)

    async def list_user_sessions(
        self,
        user_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.SessionView]:
        """Live sign-ins of one person. `GET /admin/users/{user_id}/sessions`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/users/{}/sessions", user_id, query=query)

    async def delete_user_sessions(self, user_id: Id) -> models.Revoked:
        """Ends every sign-in of one person. `DELETE /admin/users/{user_id}/sessions`"""
        return await self._send.json("DELETE", "/admin/users/{}/sessions", user_id)

    async def list_sessions(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        user_id: Id | None = None,
    ) -> Page[models.SessionView]:
        """Live sign-ins of the whole team, newest first. `GET /admin/sessions`"""
        query = {"limit": limit, "offset": offset, "user_id": user_id}
        return await self._send.json("GET", "/admin/sessions", query=query)

    async def delete_session(self, session_id: Id) -> None:
        """Ends one sign-in of anybody of the team. `DELETE /admin/sessions/{session_id}`"""
        await self._send.json("DELETE", "/admin/sessions/{}", session_id)

    async def list_permissions(self) -> dict[str, list[models.TeamAreaView]]:
        """Everything a group may be allowed, by area. `GET /admin/permissions`"""
        return await self._send.json("GET", "/admin/permissions")

    async def list_groups(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.GroupView]:
        """Groups by name. `GET /admin/groups`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/groups", query=query)

    async def create_group(self, body: models.GroupCreate) -> models.GroupView:
        """Makes a group. Only an owner may put into it what they do not hold themselves, in stores they
        see. API keys may not. `POST /admin/groups`
        """
        return await self._send.json("POST", "/admin/groups", body=body)

    async def get_group(self, group_id: Id) -> models.GroupView:
        """One group. `GET /admin/groups/{group_id}`"""
        return await self._send.json("GET", "/admin/groups/{}", group_id)

    async def update_group(self, group_id: Id, body: models.GroupPatch) -> models.GroupView:
        """Changes a group; its people feel it with their next request. API keys may not.
        `PATCH /admin/groups/{group_id}`
        """
        return await self._send.json("PATCH", "/admin/groups/{}", group_id, body=body)

    async def delete_group(self, group_id: Id) -> None:
        """Deletes a group nobody is in; 409 group_in_use otherwise. API keys may not.
        `DELETE /admin/groups/{group_id}`
        """
        await self._send.json("DELETE", "/admin/groups/{}", group_id)

    async def list_modules(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> models.ModulesView:
        """The plan, the parts of the product it includes, and the limits. `GET /admin/modules`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/admin/modules", query=query)
