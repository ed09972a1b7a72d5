"""The store of files against its rows: what nobody knows goes after a day, what is missed is named, room is counted."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog

from balcao.kernel.actor import SYSTEM
from balcao.kernel.files.blobs import blob_key, parse_key
from balcao.kernel.files.models import File
from balcao.kernel.files.pictures import store_picture
from balcao.kernel.files.quota import StorageLimitError
from balcao.kernel.ids import new_id
from balcao.kernel.jobs.job import JobContext
from balcao.kernel.runtime import Runtime
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.file_sweeping import sweep_files
from tests.factories.shops import Shop, make_shop
from tests.integration.test_media import keep, photo


def context(runtime: Runtime, shop: Shop) -> JobContext:
    return JobContext(shop.tenant, runtime.transactions, runtime.providers, runtime.settings, runtime.blobs)


def aged(runtime: Runtime, key: str, hours: float) -> None:
    path = runtime.blobs.path_of(parse_key(key))
    assert isinstance(path, Path)
    then = time.time() - timedelta(hours=hours).total_seconds()
    os.utime(path, (then, then))


async def test_only_old_files_nobody_knows_go(runtime: Runtime, shop: Shop) -> None:
    kept = await keep(runtime, shop, photo())
    for row in kept.renditions:
        aged(runtime, row["key"], 1000)
    old, young = (blob_key(shop.tenant.id, "products", new_id(), "w400.webp") for _ in range(2))
    foreign = blob_key(shop.tenant.id, "attic", new_id(), "x.bin")
    upload = blob_key(shop.tenant.id, "imports", new_id(), "source")
    for key in (old, young, foreign, upload):
        await runtime.blobs.put(key, b"bytes", "application/octet-stream")
    for key in (old, foreign, upload):
        aged(runtime, key, 25)
    await sweep_files.function(context(runtime, shop))
    there = {key: await runtime.blobs.exists(key) for key in (old, young, foreign, upload)}
    assert there == {old: False, young: True, foreign: True, upload: False}
    assert all([await runtime.blobs.exists(parse_key(row["key"])) for row in kept.renditions])


async def test_files_of_an_import_are_known(runtime: Runtime, client: httpx.AsyncClient) -> None:
    shop = await make_shop(runtime, modules=["contacts"])
    answer = await client.post(
        "/jobs", files={"file": ("a.csv", b"nome;email\nAna;ana@x.com.br\n")}, headers=shop.staff
    )
    assert answer.status_code == 202
    stored = [info async for info in runtime.blobs.list(shop.tenant.id)]
    assert stored
    for info in stored:
        aged(runtime, info.key, 1000)
    await sweep_files.function(context(runtime, shop))
    assert [info.key async for info in runtime.blobs.list(shop.tenant.id)] == [info.key for info in stored]


async def test_a_lost_file_is_named(runtime: Runtime, shop: Shop) -> None:
    file = await keep(runtime, shop, photo())
    lost = file.renditions[0]["key"]
    await runtime.blobs.delete(parse_key(lost))
    with structlog.testing.capture_logs() as lines:
        await sweep_files.function(context(runtime, shop))
    assert [(line["event"], line["keys"]) for line in lines if line["log_level"] == "error"] == [
        ("files_missing", [lost])
    ]


async def test_two_uploads_cannot_both_take_the_last_room(runtime: Runtime, shop: Shop) -> None:
    first = await keep(runtime, shop, photo(900, "#101010"))
    narrow = dataclasses.replace(shop.tenant, limits={"storage_bytes": first.size_bytes * 2 + 100})

    async def use(_uow: UnitOfWork, file: File) -> File:
        return file

    def upload(colour: str) -> Any:
        return store_picture(
            runtime.transactions, runtime.blobs, narrow, SYSTEM, photo(900, colour), "products", use, max_bytes=5_000_000
        )  # fmt: skip

    answers = await asyncio.gather(upload("#202020"), upload("#303030"), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["File", "StorageLimitError"]
    refused = next(answer for answer in answers if isinstance(answer, StorageLimitError))
    assert refused.ext["limit_bytes"] == first.size_bytes * 2 + 100
    kept = [info async for info in runtime.blobs.list(shop.tenant.id, "products")]
    assert len(kept) == 2 * len(first.renditions)  # the refused one left nothing behind
