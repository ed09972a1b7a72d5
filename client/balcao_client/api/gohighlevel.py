# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Gohighlevel: 19 operations."""

from __future__ import annotations

from typing import Literal

from balcao_client import models
from balcao_client.calls import Id, Upload
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Gohighlevel(Area):
    def list_connections(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ConnectionView]:
        """The accounts that were connected, working ones first. `GET /ghl/connections`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/ghl/connections", query=query)

    def create_connection(self, body: models.TokenIn) -> models.ConnectionView:
        """Connects a sub-account with a private token, after trying it. The same account again gets the
        new token. `POST /ghl/connections`
        """
        return self._send.json("POST", "/ghl/connections", body=body)

    def get_consent(self) -> models.Consent:
        """The address at which the owner of an account lets this installation in (OAuth).
        `GET /ghl/consent`
        """
        return self._send.json("GET", "/ghl/consent")

    def get_connection(self, connection_id: Id) -> models.ConnectionView:
        """One account. `GET /ghl/connections/{connection_id}`"""
        return self._send.json("GET", "/ghl/connections/{}", connection_id)

    def delete_connection(self, connection_id: Id) -> None:
        """Forgets the tokens of an account; what was sent stays on record.
        `DELETE /ghl/connections/{connection_id}`
        """
        self._send.json("DELETE", "/ghl/connections/{}", connection_id)

    def check_connection(self, connection_id: Id) -> models.ConnectionView:
        """Asks GoHighLevel whether the connection still works.
        `POST /ghl/connections/{connection_id}/check`
        """
        return self._send.json("POST", "/ghl/connections/{}/check", connection_id)

    def estimate_push(
        self,
        job_id: Id,
        *,
        connection_id: Id,
        only: Literal["all", "new", "changed", "fresh"] | None = None,
        safe_mode: bool | None = None,
        send_suppressed_as_dnd: bool | None = None,
    ) -> models.EstimateDocument:
        """What sending this import would take, before anything is sent.
        `GET /jobs/{job_id}/ghl-pushes/estimate`
        """
        query = {
            "connection_id": connection_id,
            "only": only,
            "safe_mode": safe_mode,
            "send_suppressed_as_dnd": send_suppressed_as_dnd,
        }
        return self._send.json("GET", "/jobs/{}/ghl-pushes/estimate", job_id, query=query)

    def list_job_pushes(
        self,
        job_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PushSummary]:
        """The sendings of one import, newest first. `GET /jobs/{job_id}/ghl-pushes`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/jobs/{}/ghl-pushes", job_id, query=query)

    def push_job(self, job_id: Id, body: models.PushIn) -> models.PushDocument:
        """Begins to send the import's contacts; ask the sending for its progress.
        `POST /jobs/{job_id}/ghl-pushes`
        """
        return self._send.json("POST", "/jobs/{}/ghl-pushes", job_id, body=body)

    def list_error_log(
        self,
        job_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.LogLineDocument]:
        """The lines of the last report, by row. `GET /jobs/{job_id}/ghl-error-log`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/jobs/{}/ghl-error-log", job_id, query=query)

    def upload_error_log(self, job_id: Id, file: Upload) -> models.LogDocument:
        """Takes GoHighLevel's own import report (CSV) and joins its lines to the import's rows.
        `POST /jobs/{job_id}/ghl-error-log`
        """
        form = {"file": file}
        return self._send.json("POST", "/jobs/{}/ghl-error-log", job_id, form=form)

    def list_pushes(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        import_id: Id | None = None,
    ) -> Page[models.PushSummary]:
        """Sendings, newest first. `GET /ghl-pushes`"""
        query = {"limit": limit, "offset": offset, "import_id": import_id}
        return self._send.json("GET", "/ghl-pushes", query=query)

    def get_push(self, push_id: Id) -> models.PushDocument:
        """One sending: contacts by state, seconds left, the last problems. `GET /ghl-pushes/{push_id}`"""
        return self._send.json("GET", "/ghl-pushes/{}", push_id)

    def list_push_items(
        self,
        push_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
        state: models.GohighlevelListPushItemsState | None = None,
    ) -> Page[models.ItemView]:
        """The contacts of a sending in the file's order, of one state or all.
        `GET /ghl-pushes/{push_id}/items`
        """
        query = {"limit": limit, "offset": offset, "state": state}
        return self._send.json("GET", "/ghl-pushes/{}/items", push_id, query=query)

    def pause_push(self, push_id: Id) -> models.PushDocument:
        """Nothing new leaves from now on. `POST /ghl-pushes/{push_id}/pause`"""
        return self._send.json("POST", "/ghl-pushes/{}/pause", push_id)

    def resume_push(self, push_id: Id) -> models.PushDocument:
        """Goes on at the first contact that has not arrived. `POST /ghl-pushes/{push_id}/resume`"""
        return self._send.json("POST", "/ghl-pushes/{}/resume", push_id)

    def cancel_push(self, push_id: Id) -> models.PushDocument:
        """Ends the sending; who arrived stays there. `POST /ghl-pushes/{push_id}/cancel`"""
        return self._send.json("POST", "/ghl-pushes/{}/cancel", push_id)

    def retry_failed_push(self, push_id: Id) -> models.Retried:
        """Sends the failed contacts once more, and only them. `POST /ghl-pushes/{push_id}/retry-failed`"""
        return self._send.json("POST", "/ghl-pushes/{}/retry-failed", push_id)

    def undo_push(self, push_id: Id) -> models.PushDocument:
        """Removes what this sending made at GoHighLevel, and puts back what it changed in safe mode.
        `POST /ghl-pushes/{push_id}/undo`
        """
        return self._send.json("POST", "/ghl-pushes/{}/undo", push_id)


class AsyncGohighlevel(AsyncArea):
    async def list_connections(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ConnectionView]:
        """The accounts that were connected, working ones first. `GET /ghl/connections`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/ghl/connections", query=query)

    async def create_connection(self, body: models.TokenIn) -> models.ConnectionView:
        """Connects a sub-account with a private token, after trying it. The same account again gets the
        new token. `POST /ghl/connections`
        """
        return await self._send.json("POST", "/ghl/connections", body=body)

    async def get_consent(self) -> models.Consent:
        """The address at which the owner of an account lets this installation in (OAuth).
        `GET /ghl/consent`
        """
        return await self._send.json("GET", "/ghl/consent")

    async def get_connection(self, connection_id: Id) -> models.ConnectionView:
        """One account. `GET /ghl/connections/{connection_id}`"""
        return await self._send.json("GET", "/ghl/connections/{}", connection_id)

    async def delete_connection(self, connection_id: Id) -> None:
        """Forgets the tokens of an account; what was sent stays on record.
        `DELETE /ghl/connections/{connection_id}`
        """
        await self._send.json("DELETE", "/ghl/connections/{}", connection_id)

    async def check_connection(self, connection_id: Id) -> models.ConnectionView:
        """Asks GoHighLevel whether the connection still works.
        `POST /ghl/connections/{connection_id}/check`
        """
        return await self._send.json("POST", "/ghl/connections/{}/check", connection_id)

    async def estimate_push(
        self,
        job_id: Id,
        *,
        connection_id: Id,
        only: Literal["all", "new", "changed", "fresh"] | None = None,
        safe_mode: bool | None = None,
        send_suppressed_as_dnd: bool | None = None,
    ) -> models.EstimateDocument:
        """What sending this import would take, before anything is sent.
        `GET /jobs/{job_id}/ghl-pushes/estimate`
        """
        query = {
            "connection_id": connection_id,
            "only": only,
            "safe_mode": safe_mode,
            "send_suppressed_as_dnd": send_suppressed_as_dnd,
        }
        return await self._send.json("GET", "/jobs/{}/ghl-pushes/estimate", job_id, query=query)

    async def list_job_pushes(
        self,
        job_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.PushSummary]:
        """The sendings of one import, newest first. `GET /jobs/{job_id}/ghl-pushes`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/jobs/{}/ghl-pushes", job_id, query=query)

    async def push_job(self, job_id: Id, body: models.PushIn) -> models.PushDocument:
        """Begins to send the import's contacts; ask the sending for its progress.
        `POST /jobs/{job_id}/ghl-pushes`
        """
        return await self._send.json("POST", "/jobs/{}/ghl-pushes", job_id, body=body)

    async def list_error_log(
        self,
        job_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.LogLineDocument]:
        """The lines of the last report, by row. `GET /jobs/{job_id}/ghl-error-log`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/jobs/{}/ghl-error-log", job_id, query=query)

    async def upload_error_log(self, job_id: Id, file: Upload) -> models.LogDocument:
        """Takes GoHighLevel's own import report (CSV) and joins its lines to the import's rows.
        `POST /jobs/{job_id}/ghl-error-log`
        """
        form = {"file": file}
        return await self._send.json("POST", "/jobs/{}/ghl-error-log", job_id, form=form)

    async def list_pushes(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        import_id: Id | None = None,
    ) -> Page[models.PushSummary]:
        """Sendings, newest first. `GET /ghl-pushes`"""
        query = {"limit": limit, "offset": offset, "import_id": import_id}
        return await self._send.json("GET", "/ghl-pushes", query=query)

    async def get_push(self, push_id: Id) -> models.PushDocument:
        """One sending: contacts by state, seconds left, the last problems. `GET /ghl-pushes/{push_id}`"""
        return await self._send.json("GET", "/ghl-pushes/{}", push_id)

    async def list_push_items(
        self,
        push_id: Id,
        *,
        limit: int | None = None,
        offset: int | None = None,
        state: models.GohighlevelListPushItemsState | None = None,
    ) -> Page[models.ItemView]:
        """The contacts of a sending in the file's order, of one state or all.
        `GET /ghl-pushes/{push_id}/items`
        """
        query = {"limit": limit, "offset": offset, "state": state}
        return await self._send.json("GET", "/ghl-pushes/{}/items", push_id, query=query)

    async def pause_push(self, push_id: Id) -> models.PushDocument:
        """Nothing new leaves from now on. `POST /ghl-pushes/{push_id}/pause`"""
        return await self._send.json("POST", "/ghl-pushes/{}/pause", push_id)

    async def resume_push(self, push_id: Id) -> models.PushDocument:
        """Goes on at the first contact that has not arrived. `POST /ghl-pushes/{push_id}/resume`"""
        return await self._send.json("POST", "/ghl-pushes/{}/resume", push_id)

    async def cancel_push(self, push_id: Id) -> models.PushDocument:
        """Ends the sending; who arrived stays there. `POST /ghl-pushes/{push_id}/cancel`"""
        return await self._send.json("POST", "/ghl-pushes/{}/cancel", push_id)

    async def retry_failed_push(self, push_id: Id) -> models.Retried:
        """Sends the failed contacts once more, and only them. `POST /ghl-pushes/{push_id}/retry-failed`"""
        return await self._send.json("POST", "/ghl-pushes/{}/retry-failed", push_id)

    async def undo_push(self, push_id: Id) -> models.PushDocument:
        """Removes what this sending made at GoHighLevel, and puts back what it changed in safe mode.
        `POST /ghl-pushes/{push_id}/undo`
        """
        return await self._send.json("POST", "/ghl-pushes/{}/undo", push_id)
