# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Backups: 6 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Backups(Area):
    def create_backup(self, body: models.CreateBackup | None = None) -> models.BackupsAsked:
        """Asks for a backup of everything. One at a time: 409 while another is under way.
        `POST /backup/create`
        """
        return self._send.json("POST", "/backup/create", body=body)

    def list_backups(self, *, limit: int | None = None, offset: int | None = None) -> Page[models.BackupView]:
        """Every backup, here and in the bucket, newest first. `GET /backup/list`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/backup/list", query=query)

    def verify_backup(self, body: models.NamedBackup) -> models.BackupsAsked:
        """Asks for a verification: the backup is restored into a database of its own, compared, and
        dropped. `POST /backup/verify`
        """
        return self._send.json("POST", "/backup/verify", body=body)

    def restore_backup(self, body: models.RestoreBackup) -> models.BackupsAsked:
        """Asks to replace everything by a backup. Needs the phrase and a fresh sign-in; all doors answer
        503 meanwhile. `POST /backup/restore`
        """
        return self._send.json("POST", "/backup/restore", body=body)

    def clean_up_backups(self, body: models.CleanUp | None = None) -> models.Removed:
        """Removes backups and former databases whose time is over; never the newest verified one.
        `POST /backup/cleanup`
        """
        return self._send.json("POST", "/backup/cleanup", body=body)

    def get_run(self, run_id: Id) -> models.RunView:
        """What became of something asked for. `GET /backup/jobs/{run_id}`"""
        return self._send.json("GET", "/backup/jobs/{}", run_id)


class AsyncBackups(AsyncArea):
    async def create_backup(self, body: models.CreateBackup | None = None) -> models.BackupsAsked:
        """Asks for a backup of everything. One at a time: 409 while another is under way.
        `POST /backup/create`
        """
        return await self._send.json("POST", "/backup/create", body=body)

    async def list_backups(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.BackupView]:
        """Every backup, here and in the bucket, newest first. `GET /backup/list`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/backup/list", query=query)

    async def verify_backup(self, body: models.NamedBackup) -> models.BackupsAsked:
        """Asks for a verification: the backup is restored into a database of its own, compared, and
        dropped. `POST /backup/verify`
        """
        return await self._send.json("POST", "/backup/verify", body=body)

    async def restore_backup(self, body: models.RestoreBackup) -> models.BackupsAsked:
        """Asks to replace everything by a backup. Needs the phrase and a fresh sign-in; all doors answer
        503 meanwhile. `POST /backup/restore`
        """
        return await self._send.json("POST", "/backup/restore", body=body)

    async def clean_up_backups(self, body: models.CleanUp | None = None) -> models.Removed:
        """Removes backups and former databases whose time is over; never the newest verified one.
        `POST /backup/cleanup`
        """
        return await self._send.json("POST", "/backup/cleanup", body=body)

    async def get_run(self, run_id: Id) -> models.RunView:
        """What became of something asked for. `GET /backup/jobs/{run_id}`"""
        return await self._send.json("GET", "/backup/jobs/{}", run_id)
