# Made by ./balcao reference from the API's document. Change the API, not this file.
"""Imports: 26 operations."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Literal

from balcao_client import models
from balcao_client.calls import Id, Upload
from balcao_client.events import Event
from balcao_client.files import AsyncFile, File
from balcao_client.pages import Page
from balcao_client.sending import Area, AsyncArea


class Imports(Area):
    def list_jobs(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        status: models.ImportsListJobsStatus | None = None,
        q: str | None = None,
    ) -> Page[models.ImportLine]:
        """Imports, newest first, by status and by words of the file's name. `GET /jobs`"""
        query = {"limit": limit, "offset": offset, "status": status, "q": q}
        return self._send.json("GET", "/jobs", query=query)

    def upload_file(
        self,
        file: Upload,
        *,
        profile: Literal["ghl", "extended", "excel"] | None = None,
        default_ddd: str | None = None,
        review: bool | None = None,
        dedupe: bool | None = None,
        repair: Literal["fix", "suggest"] | None = None,
        import_tag: bool | None = None,
        force: bool | None = None,
    ) -> models.ImportDocument:
        """Takes a spreadsheet and begins to clean it; the same file again answers 200 with the import
        there is. `POST /jobs`

        `file`: xlsx, xls, xlsb, ods, csv …. `default_ddd`: Area code of numbers without one. `review`:
        Wait for a look at the columns. `force`: Import the same file again.
        """
        form = {
            "file": file,
            "profile": profile,
            "default_ddd": default_ddd,
            "review": review,
            "dedupe": dedupe,
            "repair": repair,
            "import_tag": import_tag,
            "force": force,
        }
        return self._send.json("POST", "/jobs", form=form)

    def get_job(self, job_id: Id) -> models.ImportDocument:
        """One import: where it stands, how far it is, why it failed, where to go on. `GET /jobs/{job_id}`"""
        return self._send.json("GET", "/jobs/{}", job_id)

    def delete_job(self, job_id: Id) -> None:
        """Removes an import and its files; the contacts it made stay. `DELETE /jobs/{job_id}`"""
        self._send.json("DELETE", "/jobs/{}", job_id)

    def watch_job(self, job_id: Id) -> Generator[Event]:
        """Server-sent events `import.changed`: each says to look again. `GET /jobs/{job_id}/events`"""
        return self._send.events("/jobs/{}/events", job_id)

    def get_job_preview(self, job_id: Id) -> models.CleanPreview:
        """The first twenty rows of the file for GoHighLevel. 409 until the import is done.
        `GET /jobs/{job_id}/preview`
        """
        return self._send.json("GET", "/jobs/{}/preview", job_id)

    def get_job_report(self, job_id: Id) -> models.Report:
        """What was found and done: file, columns, counts that balance, codes, states, parts. 409 until the
        import is done. `GET /jobs/{job_id}/report`
        """
        return self._send.json("GET", "/jobs/{}/report", job_id)

    def download_job(
        self,
        job_id: Id,
        *,
        profile: Literal["ghl", "extended", "excel"] | None = None,
        part: int | None = None,
        only: models.ImportsDownloadJobOnly | None = None,
    ) -> File:
        """The clean file: a CSV, or a zip of parts of at most 10,000 rows and 19 MB. 409 until the import
        is done. `GET /jobs/{job_id}/download`
        """
        query = {"profile": profile, "part": part, "only": only}
        return self._send.file("/jobs/{}/download", job_id, query=query)

    def retry_job(self, job_id: Id) -> models.ImportDocument:
        """Runs a failed or cancelled import again from its stored file; 409 for any other.
        `POST /jobs/{job_id}/retry`
        """
        return self._send.json("POST", "/jobs/{}/retry", job_id)

    def cancel_job(self, job_id: Id) -> models.ImportDocument:
        """Stops an import that waits or is at work; nothing of it stays. `POST /jobs/{job_id}/cancel`"""
        return self._send.json("POST", "/jobs/{}/cancel", job_id)

    def undo_job(self, job_id: Id) -> models.ImportDocument:
        """Takes what the import did to the contacts back; who was touched since stays and is listed in the
        report. `POST /jobs/{job_id}/undo`
        """
        return self._send.json("POST", "/jobs/{}/undo", job_id)

    def change_job_options(self, job_id: Id, body: models.OptionsIn) -> models.ImportDocument:
        """Reads the stored file again with other options: a sheet, an encoding, the row of the headers, an
        area code. `POST /jobs/{job_id}/options`
        """
        return self._send.json("POST", "/jobs/{}/options", job_id, body=body)

    def list_job_issues(
        self,
        job_id: Id,
        *,
        code: str | None = None,
        level: Literal["info", "warning", "error"] | None = None,
        column: str | None = None,
        page: int | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.Issue]:
        """Cells that were put right, are doubtful or were left out, in the file's order, by code, level
        and column. `GET /jobs/{job_id}/issues`

        `column`: Letter, or number from 1. `offset`: Instead of `page`.
        """
        query = {
            "code": code,
            "level": level,
            "column": column,
            "page": page,
            "limit": limit,
            "offset": offset,
        }
        return self._send.json("GET", "/jobs/{}/issues", job_id, query=query)

    def download_job_issues_csv(self, job_id: Id) -> File:
        """The whole list of issues as CSV, with a column to fill in and send back.
        `GET /jobs/{job_id}/issues.csv`
        """
        return self._send.file("/jobs/{}/issues.csv", job_id)

    def download_job_issues_xlsx(self, job_id: Id) -> File:
        """The whole list of issues as a workbook, with a column to fill in and send back.
        `GET /jobs/{job_id}/issues.xlsx`
        """
        return self._send.file("/jobs/{}/issues.xlsx", job_id)

    def list_job_rows(
        self,
        job_id: Id,
        *,
        start: int | None = None,
        state: models.ImportsListJobRowsState | None = None,
        limit: int | None = None,
    ) -> models.Rows:
        """Rows of the source beside what became of them; changed cells say why. `GET /jobs/{job_id}/rows`"""
        query = {"start": start, "state": state, "limit": limit}
        return self._send.json("GET", "/jobs/{}/rows", job_id, query=query)

    def list_job_duplicates(
        self,
        job_id: Id,
        *,
        start: int | None = None,
        limit: int | None = None,
    ) -> models.Duplicates:
        """Rows that were the same person, before and after they were joined.
        `GET /jobs/{job_id}/duplicates`
        """
        query = {"start": start, "limit": limit}
        return self._send.json("GET", "/jobs/{}/duplicates", job_id, query=query)

    def split_job_duplicates(self, job_id: Id, body: models.Split) -> models.ImportDocument:
        """Says that a row is another person, and cleans the file again.
        `POST /jobs/{job_id}/duplicates/split`
        """
        return self._send.json("POST", "/jobs/{}/duplicates/split", job_id, body=body)

    def correct_job(self, job_id: Id, body: models.ImportsCorrectJobBody) -> models.CorrectionsSaved:
        """Corrected cells as JSON, or the list of issues sent back filled in (csv or xlsx); then the
        import runs again. `POST /jobs/{job_id}/corrections`
        """
        return self._send.json("POST", "/jobs/{}/corrections", job_id, body=body)

    def correct_job_from_file(
        self,
        job_id: Id,
        file: Upload,
        *,
        reprocess: bool | None = None,
    ) -> models.CorrectionsSaved:
        """Corrected cells as JSON, or the list of issues sent back filled in (csv or xlsx); then the
        import runs again. `POST /jobs/{job_id}/corrections`

        `file`: issues.csv or .xlsx, filled in.
        """
        form = {"file": file, "reprocess": reprocess}
        return self._send.json("POST", "/jobs/{}/corrections", job_id, form=form)

    def get_job_mapping(self, job_id: Id) -> models.MappingDocument:
        """How the columns of the file are understood, why, and how surely. 409 until the file was opened.
        `GET /jobs/{job_id}/mapping`
        """
        return self._send.json("GET", "/jobs/{}/mapping", job_id)

    def choose_job_mapping(self, job_id: Id, body: models.MappingIn) -> models.ImportDocument:
        """Says which field each column is, and cleans the file (again) with it.
        `POST /jobs/{job_id}/mapping`
        """
        return self._send.json("POST", "/jobs/{}/mapping", job_id, body=body)

    def preview_job_mapping(self, job_id: Id, body: models.MappingIn) -> models.MappingPreview:
        """The first twenty rows as they would come out with this mapping; nothing is kept.
        `POST /jobs/{job_id}/mapping/preview`
        """
        return self._send.json("POST", "/jobs/{}/mapping/preview", job_id, body=body)

    def list_mappings(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ProfileDocument]:
        """Kept mappings, the last used first. `GET /mappings`"""
        query = {"limit": limit, "offset": offset}
        return self._send.json("GET", "/mappings", query=query)

    def create_mapping(self, body: models.ProfileIn) -> models.ProfileDocument:
        """Keeps a mapping for files with these headers, in place of an earlier one for the same.
        `POST /mappings`
        """
        return self._send.json("POST", "/mappings", body=body)

    def delete_mapping(self, mapping_id: Id) -> None:
        """Forgets a kept mapping. `DELETE /mappings/{mapping_id}`"""
        self._send.json("DELETE", "/mappings/{}", mapping_id)


class AsyncImports(AsyncArea):
    async def list_jobs(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        status: models.ImportsListJobsStatus | None = None,
        q: str | None = None,
    ) -> Page[models.ImportLine]:
        """Imports, newest first, by status and by words of the file's name. `GET /jobs`"""
        query = {"limit": limit, "offset": offset, "status": status, "q": q}
        return await self._send.json("GET", "/jobs", query=query)

    async def upload_file(
        self,
        file: Upload,
        *,
        profile: Literal["ghl", "extended", "excel"] | None = None,
        default_ddd: str | None = None,
        review: bool | None = None,
        dedupe: bool | None = None,
        repair: Literal["fix", "suggest"] | None = None,
        import_tag: bool | None = None,
        force: bool | None = None,
    ) -> models.ImportDocument:
        """Takes a spreadsheet and begins to clean it; the same file again answers 200 with the import
        there is. `POST /jobs`

        `file`: xlsx, xls, xlsb, ods, csv …. `default_ddd`: Area code of numbers without one. `review`:
        Wait for a look at the columns. `force`: Import the same file again.
        """
        form = {
            "file": file,
            "profile": profile,
            "default_ddd": default_ddd,
            "review": review,
            "dedupe": dedupe,
            "repair": repair,
            "import_tag": import_tag,
            "force": force,
        }
        return await self._send.json("POST", "/jobs", form=form)

    async def get_job(self, job_id: Id) -> models.ImportDocument:
        """One import: where it stands, how far it is, why it failed, where to go on. `GET /jobs/{job_id}`"""
        return await self._send.json("GET", "/jobs/{}", job_id)

    async def delete_job(self, job_id: Id) -> None:
        """Removes an import and its files; the contacts it made stay. `DELETE /jobs/{job_id}`"""
        await self._send.json("DELETE", "/jobs/{}", job_id)

    def watch_job(self, job_id: Id) -> AsyncGenerator[Event]:
        """Server-sent events `import.changed`: each says to look again. `GET /jobs/{job_id}/events`"""
        return self._send.events("/jobs/{}/events", job_id)

    async def get_job_preview(self, job_id: Id) -> models.CleanPreview:
        """The first twenty rows of the file for GoHighLevel. 409 until the import is done.
        `GET /jobs/{job_id}/preview`
        """
        return await self._send.json("GET", "/jobs/{}/preview", job_id)

    async def get_job_report(self, job_id: Id) -> models.Report:
        """What was found and done: file, columns, counts that balance, codes, states, parts. 409 until the
        import is done. `GET /jobs/{job_id}/report`
        """
        return await self._send.json("GET", "/jobs/{}/report", job_id)

    def download_job(
        self,
        job_id: Id,
        *,
        profile: Literal["ghl", "extended", "excel"] | None = None,
        part: int | None = None,
        only: models.ImportsDownloadJobOnly | None = None,
    ) -> AsyncFile:
        """The clean file: a CSV, or a zip of parts of at most 10,000 rows and 19 MB. 409 until the import
        is done. `GET /jobs/{job_id}/download`
        """
        query = {"profile": profile, "part": part, "only": only}
        return self._send.file("/jobs/{}/download", job_id, query=query)

    async def retry_job(self, job_id: Id) -> models.ImportDocument:
        """Runs a failed or cancelled import again from its stored file; 409 for any other.
        `POST /jobs/{job_id}/retry`
        """
        return await self._send.json("POST", "/jobs/{}/retry", job_id)

    async def cancel_job(self, job_id: Id) -> models.ImportDocument:
        """Stops an import that waits or is at work; nothing of it stays. `POST /jobs/{job_id}/cancel`"""
        return await self._send.json("POST", "/jobs/{}/cancel", job_id)

    async def undo_job(self, job_id: Id) -> models.ImportDocument:
        """Takes what the import did to the contacts back; who was touched since stays and is listed in the
        report. `POST /jobs/{job_id}/undo`
        """
        return await self._send.json("POST", "/jobs/{}/undo", job_id)

    async def change_job_options(self, job_id: Id, body: models.OptionsIn) -> models.ImportDocument:
        """Reads the stored file again with other options: a sheet, an encoding, the row of the headers, an
        area code. `POST /jobs/{job_id}/options`
        """
        return await self._send.json("POST", "/jobs/{}/options", job_id, body=body)

    async def list_job_issues(
        self,
        job_id: Id,
        *,
        code: str | None = None,
        level: Literal["info", "warning", "error"] | None = None,
        column: str | None = None,
        page: int | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.Issue]:
        """Cells that were put right, are doubtful or were left out, in the file's order, by code, level
        and column. `GET /jobs/{job_id}/issues`

        `column`: Letter, or number from 1. `offset`: Instead of `page`.
        """
        query = {
            "code": code,
            "level": level,
            "column": column,
            "page": page,
            "limit": limit,
            "offset": offset,
        }
        return await self._send.json("GET", "/jobs/{}/issues", job_id, query=query)

    def download_job_issues_csv(self, job_id: Id) -> AsyncFile:
        """The whole list of issues as CSV, with a column to fill in and send back.
        `GET /jobs/{job_id}/issues.csv`
        """
        return self._send.file("/jobs/{}/issues.csv", job_id)

    def download_job_issues_xlsx(self, job_id: Id) -> AsyncFile:
        """The whole list of issues as a workbook, with a column to fill in and send back.
        `GET /jobs/{job_id}/issues.xlsx`
        """
        return self._send.file("/jobs/{}/issues.xlsx", job_id)

    async def list_job_rows(
        self,
        job_id: Id,
        *,
        start: int | None = None,
        state: models.ImportsListJobRowsState | None = None,
        limit: int | None = None,
    ) -> models.Rows:
        """Rows of the source beside what became of them; changed cells say why. `GET /jobs/{job_id}/rows`"""
        query = {"start": start, "state": state, "limit": limit}
        return await self._send.json("GET", "/jobs/{}/rows", job_id, query=query)

    async def list_job_duplicates(
        self,
        job_id: Id,
        *,
        start: int | None = None,
        limit: int | None = None,
    ) -> models.Duplicates:
        """Rows that were the same person, before and after they were joined.
        `GET /jobs/{job_id}/duplicates`
        """
        query = {"start": start, "limit": limit}
        return await self._send.json("GET", "/jobs/{}/duplicates", job_id, query=query)

    async def split_job_duplicates(self, job_id: Id, body: models.Split) -> models.ImportDocument:
        """Says that a row is another person, and cleans the file again.
        `POST /jobs/{job_id}/duplicates/split`
        """
        return await self._send.json("POST", "/jobs/{}/duplicates/split", job_id, body=body)

    async def correct_job(self, job_id: Id, body: models.ImportsCorrectJobBody) -> models.CorrectionsSaved:
        """Corrected cells as JSON, or the list of issues sent back filled in (csv or xlsx); then the
        import runs again. `POST /jobs/{job_id}/corrections`
        """
        return await self._send.json("POST", "/jobs/{}/corrections", job_id, body=body)

    async def correct_job_from_file(
        self,
        job_id: Id,
        file: Upload,
        *,
        reprocess: bool | None = None,
    ) -> models.CorrectionsSaved:
        """Corrected cells as JSON, or the list of issues sent back filled in (csv or xlsx); then the
        import runs again. `POST /jobs/{job_id}/corrections`

        `file`: issues.csv or .xlsx, filled in.
        """
        form = {"file": file, "reprocess": reprocess}
        return await self._send.json("POST", "/jobs/{}/corrections", job_id, form=form)

    async def get_job_mapping(self, job_id: Id) -> models.MappingDocument:
        """How the columns of the file are understood, why, and how surely. 409 until the file was opened.
        `GET /jobs/{job_id}/mapping`
        """
        return await self._send.json("GET", "/jobs/{}/mapping", job_id)

    async def choose_job_mapping(self, job_id: Id, body: models.MappingIn) -> models.ImportDocument:
        """Says which field each column is, and cleans the file (again) with it.
        `POST /jobs/{job_id}/mapping`
        """
        return await self._send.json("POST", "/jobs/{}/mapping", job_id, body=body)

    async def preview_job_mapping(self, job_id: Id, body: models.MappingIn) -> models.MappingPreview:
        """The first twenty rows as they would come out with this mapping; nothing is kept.
        `POST /jobs/{job_id}/mapping/preview`
        """
        return await self._send.json("POST", "/jobs/{}/mapping/preview", job_id, body=body)

    async def list_mappings(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Page[models.ProfileDocument]:
        """Kept mappings, the last used first. `GET /mappings`"""
        query = {"limit": limit, "offset": offset}
        return await self._send.json("GET", "/mappings", query=query)

    async def create_mapping(self, body: models.ProfileIn) -> models.ProfileDocument:
        """Keeps a mapping for files with these headers, in place of an earlier one for the same.
        `POST /mappings`
        """
        return await self._send.json("POST", "/mappings", body=body)

    async def delete_mapping(self, mapping_id: Id) -> None:
        """Forgets a kept mapping. `DELETE /mappings/{mapping_id}`"""
        await self._send.json("DELETE", "/mappings/{}", mapping_id)
