# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Operations: 5 operations."""

from __future__ import annotations

from balcao_client import models
from balcao_client.sending import Area, AsyncArea


class Operations(Area):
    def get_state(self) -> models.Operations:
        """Queues, failures, workers, outside services, disk, database, cache and backups, as they are now.
        `GET /admin/central/operations`
        """
        return self._send.json("GET", "/admin/central/operations")

    def retry_job(self, job_id: int) -> models.Ordered:
        """Puts a dead job back into the queue, with all its tries before it.
        `POST /admin/central/operations/jobs/{job_id}/retry`
        """
        return self._send.json("POST", "/admin/central/operations/jobs/{}/retry", job_id)

    def cancel_job(self, job_id: int) -> models.Ordered:
        """Takes a waiting job out, asks a running one to stop, forgets a dead one.
        `POST /admin/central/operations/jobs/{job_id}/cancel`
        """
        return self._send.json("POST", "/admin/central/operations/jobs/{}/cancel", job_id)

    def retry_jobs(self, body: models.KindOfJobs) -> models.OrderedMany:
        """Puts the dead jobs of a kind back into the queue. `POST /admin/central/operations/jobs/retry`"""
        return self._send.json("POST", "/admin/central/operations/jobs/retry", body=body)

    def cancel_jobs(self, body: models.KindOfJobs) -> models.OrderedMany:
        """Forgets the dead jobs of a kind. `POST /admin/central/operations/jobs/cancel`"""
        return self._send.json("POST", "/admin/central/operations/jobs/cancel", body=body)


class AsyncOperations(AsyncArea):
    async def get_state(self) -> models.Operations:
        """Queues, failures, workers, outside services, disk, database, cache and backups, as they are now.
        `GET /admin/central/operations`
        """
        return await self._send.json("GET", "/admin/central/operations")

    async def retry_job(self, job_id: int) -> models.Ordered:
        """Puts a dead job back into the queue, with all its tries before it.
        `POST /admin/central/operations/jobs/{job_id}/retry`
        """
        return await self._send.json("POST", "/admin/central/operations/jobs/{}/retry", job_id)

    async def cancel_job(self, job_id: int) -> models.Ordered:
        """Takes a waiting job out, asks a running one to stop, forgets a dead one.
        `POST /admin/central/operations/jobs/{job_id}/cancel`
        """
        return await self._send.json("POST", "/admin/central/operations/jobs/{}/cancel", job_id)

    async def retry_jobs(self, body: models.KindOfJobs) -> models.OrderedMany:
        """Puts the dead jobs of a kind back into the queue. `POST /admin/central/operations/jobs/retry`"""
        return await self._send.json("POST", "/admin/central/operations/jobs/retry", body=body)

    async def cancel_jobs(self, body: models.KindOfJobs) -> models.OrderedMany:
        """Forgets the dead jobs of a kind. `POST /admin/central/operations/jobs/cancel`"""
        return await self._send.json("POST", "/admin/central/operations/jobs/cancel", body=body)
