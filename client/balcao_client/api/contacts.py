# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Contacts: 22 operations."""

from __future__ import annotations

from typing import Literal

from balcao_client import models
from balcao_client.calls import Id, Moment, Upload
from balcao_client.files import AsyncFile, File
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Contacts(Area):
    def list_contacts(
        self,
        *,
        q: str | None = None,
        tag: str | None = None,
        city: str | None = None,
        state: str | None = None,
        source: str | None = None,
        consent: Literal["", "granted", "withdrawn", "none"] | None = None,
        import_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        sort: Literal["newest", "name"] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PersonLine]:
        """People, searched and filtered. `GET /contacts`"""
        query = {
            "q": q,
            "tag": tag,
            "city": city,
            "state": state,
            "source": source,
            "consent": consent,
            "import_id": import_id,
            "since": since,
            "until": until,
            "sort": sort,
            "limit": limit,
            "offset": offset,
        }
        return self._send.json("GET", "/contacts", query=query)

    def create_contact(self, body: models.PersonIn) -> models.ContactView:
        """Add a person. 409 `person_exists` when the e-mail or mobile is somebody's already.
        `POST /contacts`
        """
        return self._send.json("POST", "/contacts", body=body)

    def export_contacts(
        self,
        *,
        q: str | None = None,
        tag: str | None = None,
        city: str | None = None,
        state: str | None = None,
        source: str | None = None,
        consent: Literal["", "granted", "withdrawn", "none"] | None = None,
        import_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        sort: Literal["newest", "name"] | None = None,
        profile: Literal["ghl", "extended", "excel"] | None = None,
    ) -> File:
        """The people of a filter as CSV: `ghl` (twelve columns), `extended`, or `excel` (to look at).
        `GET /contacts/export.csv`
        """
        query = {
            "q": q,
            "tag": tag,
            "city": city,
            "state": state,
            "source": source,
            "consent": consent,
            "import_id": import_id,
            "since": since,
            "until": until,
            "sort": sort,
            "profile": profile,
        }
        return self._send.file("/contacts/export.csv", query=query)

    def list_tags(self, *, limit: int | None = None, offset: int | None = None) -> Page[models.TagView]:
        """Every tag with the number of its people. `GET /contacts/tags`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/contacts/tags", query=query)

    def change_tags(self, body: models.TagsIn) -> models.TagsChanged:
        """Put tags on up to 1,000 people and take others off. `POST /contacts/tags`"""
        return self._send.json("POST", "/contacts/tags", body=body)

    def list_contact_duplicates(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        likeness: Literal["phone", "email", "name"] | None = None,
    ) -> Page[models.DuplicateGroup]:
        """People who may be the same: nobody is joined until a person says so. `GET /contacts/duplicates`"""
        query = {"limit": limit, "offset": offset, "likeness": likeness}
        return self._send.json("GET", "/contacts/duplicates", query=query)

    def merge_contacts(self, body: models.MergeIn) -> models.ContactView:
        """Join two rows of one person. Undone like any other change. `POST /contacts/merge`"""
        return self._send.json("POST", "/contacts/merge", body=body)

    def get_contact(self, contact_id: Id) -> models.ContactView:
        """One person. 404 with `merged_into` for one who was joined with another.
        `GET /contacts/{contact_id}`
        """
        return self._send.json("GET", "/contacts/{}", contact_id)

    def update_contact(self, contact_id: Id, body: models.ContactPatch) -> models.ContactView:
        """Change the fields that are sent. `PATCH /contacts/{contact_id}`"""
        return self._send.json("PATCH", "/contacts/{}", contact_id, body=body)

    def delete_contact(self, contact_id: Id, *, version: int | None = None) -> None:
        """Take a person out for good, with everything kept of them. `version`, when given, must be the
        present one. `DELETE /contacts/{contact_id}`
        """
        query = {"version": version}
        self._send.json("DELETE", "/contacts/{}", contact_id, query=query)

    def list_contact_activities(
        self,
        contact_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ActivityView]:
        """What happened with a person in every part of the business, newest first.
        `GET /contacts/{contact_id}/activities`
        """
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/contacts/{}/activities", contact_id, query=query)

    def list_contact_changes(
        self,
        contact_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ChangeView]:
        """What was changed about a person, by whom, and whether it can be undone.
        `GET /contacts/{contact_id}/changes`
        """
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/contacts/{}/changes", contact_id, query=query)

    def undo_contact_change(self, contact_id: Id, change_id: Id) -> models.ContactView:
        """Put back what a change replaced. 409 with `differs` when a field of it was changed again since.
        `POST /contacts/{contact_id}/changes/{change_id}/undo`
        """
        return self._send.json("POST", "/contacts/{}/changes/{}/undo", contact_id, change_id)

    def list_contact_consents(
        self,
        contact_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ConsentView]:
        """What the person said about being written to. `GET /contacts/{contact_id}/consents`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/contacts/{}/consents", contact_id, query=query)

    def create_contact_consent(self, contact_id: Id, body: models.ConsentIn) -> Page[models.ConsentView]:
        """Note that the person agreed to a channel, or does not want it any more.
        `POST /contacts/{contact_id}/consents`
        """
        return self._send.json("POST", "/contacts/{}/consents", contact_id, body=body)

    def get_contact_privacy_export(self, contact_id: Id) -> models.PersonalData:
        """Everything kept of a person, unmasked. `GET /contacts/{contact_id}/privacy-export`"""
        return self._send.json("GET", "/contacts/{}/privacy-export", contact_id)

    def erase_contact(self, contact_id: Id, body: models.EraseIn) -> None:
        """Forget a person: the row stays without anything of theirs. `POST /contacts/{contact_id}/erase`"""
        self._send.json("POST", "/contacts/{}/erase", contact_id, body=body)

    def list_suppressions(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        kind: Literal["", "email", "phone", "domain", "cpf"] | None = None,
        q: str | None = None,
    ) -> Page[models.SuppressionView]:
        """Those who must not be contacted, newest first. `GET /suppressions`"""
        query = {"limit": limit, "offset": offset, "kind": kind, "q": q}
        return self._send.json("GET", "/suppressions", query=query)

    def create_suppression(self, body: models.SuppressIn) -> models.SuppressDone:
        """Put people on the list; with `hash_only` nothing readable is kept of them. `POST /suppressions`"""
        return self._send.json("POST", "/suppressions", body=body)

    def delete_suppressed_value(self, *, value: str) -> None:
        """Take somebody off the list by e-mail, @domain, telephone or CPF. `DELETE /suppressions`"""
        query = {"value": value}
        self._send.json("DELETE", "/suppressions", query=query)

    def upload_suppressions(
        self,
        file: Upload,
        *,
        reason: str | None = None,
        hash_only: bool | None = None,
    ) -> models.SuppressDone:
        """The same from a text or CSV file of up to 5 MB. `POST /suppressions/upload`"""
        form = {"file": file, "reason": reason, "hash_only": hash_only}
        return self._send.json("POST", "/suppressions/upload", form=form)

    def delete_suppression(self, suppression_id: Id) -> None:
        """Take one line off the list. `DELETE /suppressions/{suppression_id}`"""
        self._send.json("DELETE", "/suppressions/{}", suppression_id)


class AsyncContacts(AsyncArea):
    async def list_contacts(
        self,
        *,
        q: str | None = None,
        tag: str | None = None,
        city: str | None = None,
        state: str | None = None,
        source: str | None = None,
        consent: Literal["", "granted", "withdrawn", "none"] | None = None,
        import_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        sort: Literal["newest", "name"] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PersonLine]:
        """People, searched and filtered. `GET /contacts`"""
        query = {
            "q": q,
            "tag": tag,
            "city": city,
            "state": state,
            "source": source,
            "consent": consent,
            "import_id": import_id,
            "since": since,
            "until": until,
            "sort": sort,
            "limit": limit,
            "offset": offset,
        }
        return await self._send.json("GET", "/contacts", query=query)

    async def create_contact(self, body: models.PersonIn) -> models.ContactView:
        """Add a person. 409 `person_exists` when the e-mail or mobile is somebody's already.
        `POST /contacts`
        """
        return await self._send.json("POST", "/contacts", body=body)

    def export_contacts(
        self,
        *,
        q: str | None = None,
        tag: str | None = None,
        city: str | None = None,
        state: str | None = None,
        source: str | None = None,
        consent: Literal["", "granted", "withdrawn", "none"] | None = None,
        import_id: Id | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        sort: Literal["newest", "name"] | None = None,
        profile: Literal["ghl", "extended", "excel"] | None = None,
    ) -> AsyncFile:
        """The people of a filter as CSV: `ghl` (twelve columns), `extended`, or `excel` (to look at).
        `GET /contacts/export.csv`
        """
        query = {
            "q": q,
            "tag": tag,
            "city": city,
            "state": state,
            "source": source,
            "consent": consent,
            "import_id": import_id,
            "since": since,
            "until": until,
            "sort": sort,
            "profile": profile,
        }
        return self._send.file("/contacts/export.csv", query=query)

    async def list_tags(self, *, limit: int | None = None, offset: int | None = None) -> Page[models.TagView]:
        """Every tag with the number of its people. `GET /contacts/tags`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/contacts/tags", query=query)

    async def change_tags(self, body: models.TagsIn) -> models.TagsChanged:
        """Put tags on up to 1,000 people and take others off. `POST /contacts/tags`"""
        return await self._send.json("POST", "/contacts/tags", body=body)

    async def list_contact_duplicates(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        likeness: Literal["phone", "email", "name"] | None = None,
    ) -> Page[models.DuplicateGroup]:
        """People who may be the same: nobody is joined until a person says so. `GET /contacts/duplicates`"""
        query = {"limit": limit, "offset": offset, "likeness": likeness}
        return await self._send.json("GET", "/contacts/duplicates", query=query)

    async def merge_contacts(self, body: models.MergeIn) -> models.ContactView:
        """Join two rows of one person. Undone like any other change. `POST /contacts/merge`"""
        return await self._send.json("POST", "/contacts/merge", body=body)

    async def get_contact(self, contact_id: Id) -> models.ContactView:
        """One person. 404 with `merged_into` for one who was joined with another.
        `GET /contacts/{contact_id}`
        """
        return await self._send.json("GET", "/contacts/{}", contact_id)

    async def update_contact(self, contact_id: Id, body: models.ContactPatch) -> models.ContactView:
        """Change the fields that are sent. `PATCH /contacts/{contact_id}`"""
        return await self._send.json("PATCH", "/contacts/{}", contact_id, body=body)

    async def delete_contact(self, contact_id: Id, *, version: int | None = None) -> None:
        """Take a person out for good, with everything kept of them. `version`, when given, must be the
        present one. `DELETE /contacts/{contact_id}`
        """
        query = {"version": version}
        await self._send.json("DELETE", "/contacts/{}", contact_id, query=query)

    async def list_contact_activities(
        self,
        contact_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ActivityView]:
        """What happened with a person in every part of the business, newest first.
        `GET /contacts/{contact_id}/activities`
        """
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/contacts/{}/activities", contact_id, query=query)

    async def list_contact_changes(
        self,
        contact_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ChangeView]:
        """What was changed about a person, by whom, and whether it can be undone.
        `GET /contacts/{contact_id}/changes`
        """
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/contacts/{}/changes", contact_id, query=query)

    async def undo_contact_change(self, contact_id: Id, change_id: Id) -> models.ContactView:
        """Put back what a change replaced. 409 with `differs` when a field of it was changed again since.
        `POST /contacts/{contact_id}/changes/{change_id}/undo`
        """
        return await self._send.json("POST", "/contacts/{}/changes/{}/undo", contact_id, change_id)

    async def list_contact_consents(
        self,
        contact_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ConsentView]:
        """What the person said about being written to. `GET /contacts/{contact_id}/consents`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/contacts/{}/consents", contact_id, query=query)

    async def create_contact_consent(
        self,
        contact_id: Id,
        body: models.ConsentIn,
    ) -> Page[models.ConsentView]:
        """Note that the person agreed to a channel, or does not want it any more.
        `POST /contacts/{contact_id}/consents`
        """
        return await self._send.json("POST", "/contacts/{}/consents", contact_id, body=body)

    async def get_contact_privacy_export(self, contact_id: Id) -> models.PersonalData:
        """Everything kept of a person, unmasked. `GET /contacts/{contact_id}/privacy-export`"""
        return await self._send.json("GET", "/contacts/{}/privacy-export", contact_id)

    async def erase_contact(self, contact_id: Id, body: models.EraseIn) -> None:
        """Forget a person: the row stays without anything of theirs. `POST /contacts/{contact_id}/erase`"""
        await self._send.json("POST", "/contacts/{}/erase", contact_id, body=body)

    async def list_suppressions(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        kind: Literal["", "email", "phone", "domain", "cpf"] | None = None,
        q: str | None = None,
    ) -> Page[models.SuppressionView]:
        """Those who must not be contacted, newest first. `GET /suppressions`"""
        query = {"limit": limit, "offset": offset, "kind": kind, "q": q}
        return await self._send.json("GET", "/suppressions", query=query)

    async def create_suppression(self, body: models.SuppressIn) -> models.SuppressDone:
        """Put people on the list; with `hash_only` nothing readable is kept of them. `POST /suppressions`"""
        return await self._send.json("POST", "/suppressions", body=body)

    async def delete_suppressed_value(self, *, value: str) -> None:
        """Take somebody off the list by e-mail, @domain, telephone or CPF. `DELETE /suppressions`"""
        query = {"value": value}
        await self._send.json("DELETE", "/suppressions", query=query)

    async def upload_suppressions(
        self,
        file: Upload,
        *,
        reason: str | None = None,
        hash_only: bool | None = None,
    ) -> models.SuppressDone:
        """The same from a text or CSV file of up to 5 MB. `POST /suppressions/upload`"""
        form = {"file": file, "reason": reason, "hash_only": hash_only}
        return await self._send.json("POST", "/suppressions/upload", form=form)

    async def delete_suppression(self, suppression_id: Id) -> None:
        """Take one line off the list. `DELETE /suppressions/{suppression_id}`"""
        await self._send.json("DELETE", "/suppressions/{}", suppression_id)
