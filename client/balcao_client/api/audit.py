# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Audit: 2 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id, Moment
from balcao_client.files import AsyncFile, File
from balcao_client.sending import Area, AsyncArea


class Audit(Area):
    def list_entries(
        self,
        *,
        who: Id | None = None,
        entity: str | None = None,
        entity_id: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        request_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> models.AuditFeed:
        """Who changed what, when and from where, newest first. `GET /admin/audit`"""
        query = {
            "who": who,
            "entity": entity,
            "entity_id": entity_id,
            "since": since,
            "until": until,
            "request_id": request_id,
            "limit": limit,
            "cursor": cursor,
        }
        return self._send.json("GET", "/admin/audit", query=query)

    def export_entries(
        self,
        *,
        who: Id | None = None,
        entity: str | None = None,
        entity_id: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        request_id: str | None = None,
    ) -> File:
        """The newest 10,000 changes that fit, as CSV for spreadsheets. `GET /admin/audit/export.csv`"""
        query = {
            "who": who,
            "entity": entity,
            "entity_id": entity_id,
            "since": since,
            "until": until,
            "request_id": request_id,
        }
        return self._send.file("/admin/audit/export.csv", query=query)


class AsyncAudit(AsyncArea):
    async def list_entries(
        self,
        *,
        who: Id | None = None,
        entity: str | None = None,
        entity_id: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        request_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> models.AuditFeed:
        """Who changed what, when and from where, newest first. `GET /admin/audit`"""
        query = {
            "who": who,
            "entity": entity,
            "entity_id": entity_id,
            "since": since,
            "until": until,
            "request_id": request_id,
            "limit": limit,
            "cursor": cursor,
        }
        return await self._send.json("GET", "/admin/audit", query=query)

    def export_entries(
        self,
        *,
        who: Id | None = None,
        entity: str | None = None,
        entity_id: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        request_id: str | None = None,
    ) -> AsyncFile:
        """The newest 10,000 changes that fit, as CSV for spreadsheets. `GET /admin/audit/export.csv`"""
        query = {
            "who": who,
            "entity": entity,
            "entity_id": entity_id,
            "since": since,
            "until": until,
            "request_id": request_id,
        }
        return self._send.file("/admin/audit/export.csv", query=query)
