"""A file through the whole importer: uploaded over HTTP, cleaned in its own process, downloaded over HTTP."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import httpx

from tests.factories.jobs import work_off
from tests.factories.shops import Shop


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    job: dict[str, Any]
    report: dict[str, Any]
    people: list[dict[str, str]]
    raw: bytes

    @property
    def id(self) -> str:
        return self.job["id"]

    @property
    def counts(self) -> dict[str, int]:
        return self.report["counts"]

    def column(self, name: str) -> list[str]:
        return [person.get(name, "") for person in self.people]


async def send(
    client: httpx.AsyncClient, shop: Shop, name: str, data: bytes, **options: Any
) -> httpx.Response:
    """The upload alone."""
    form = {"import_tag": "false", **{key: str(value).lower() for key, value in options.items()}}
    return await client.post("/jobs", files={"file": (name, data)}, data=form, headers=shop.staff)


async def read(client: httpx.AsyncClient, shop: Shop, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query, headers=shop.staff)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def finished(client: httpx.AsyncClient, shop: Shop, job_id: str) -> dict[str, Any]:
    """The import once its jobs are worked off."""
    await work_off(shop)
    return await read(client, shop, f"/jobs/{job_id}")


async def results(client: httpx.AsyncClient, shop: Shop, job: dict[str, Any], **query: Any) -> Imported:
    """Report and people of a finished import. The counts balance, always."""
    assert job["status"] == "done", job
    report = await read(client, shop, f"/jobs/{job['id']}/report")
    counts = report["counts"]
    assert counts["rows_read"] == sum(count for name, count in counts.items() if name != "rows_read")
    answer = await client.get(
        f"/jobs/{job['id']}/download", params={"profile": "extended", **query}, headers=shop.staff
    )
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8")
    people = list(csv.DictReader(io.StringIO(text, newline="")))
    return Imported(job, report, people, answer.content)


async def run_import(
    client: httpx.AsyncClient, shop: Shop, name: str, data: bytes, **options: Any
) -> Imported:
    """Uploads, works off, downloads the extended profile."""
    sent = await send(client, shop, name, data, **options)
    assert sent.status_code == 202, sent.text
    return await results(client, shop, await finished(client, shop, sent.json()["id"]))


async def failing(
    client: httpx.AsyncClient, shop: Shop, name: str, data: bytes, **options: Any
) -> dict[str, Any]:
    """The error of an import that cannot work."""
    sent = await send(client, shop, name, data, **options)
    assert sent.status_code == 202, sent.text
    job = await finished(client, shop, sent.json()["id"])
    assert job["status"] == "failed", job
    return job["error"]


async def issues(
    client: httpx.AsyncClient, shop: Shop, found: Imported, **query: Any
) -> list[dict[str, Any]]:
    """The whole list of an import's cells."""
    listed: list[dict[str, Any]] = []
    for number in range(1, 1_000):
        page = await read(client, shop, f"/jobs/{found.id}/issues", page=number, limit=100, **query)
        listed += page["items"]
        if len(listed) >= page["total"]:
            break
    return listed
