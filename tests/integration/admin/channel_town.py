"""A business and its credentials at WhatsApp and Telegram, with both of them next door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import psycopg
from psycopg import sql

from balcao.kernel.providers import measured
from balcao.kernel.runtime import Runtime
from balcao.ports.channels import Channel
from balcao.providers.channels.telegram import Telegram
from balcao.providers.channels.whatsapp import WhatsApp
from tests.contracts.fake_messengers import BOT_TOKEN, META_TOKEN, PHONE_ID, FakeMessengers
from tests.factories.shops import Shop

APP_SECRET, VERIFY_TOKEN = "canary-app-secret-0123456789abQRST", "canary-verify-0123456789UVWX"
WHATSAPP = {
    "phone_number_id": PHONE_ID, "waba_id": "102290129340398", "access_token": META_TOKEN, "app_secret": APP_SECRET,
    "verify_token": VERIFY_TOKEN,
}  # fmt: skip
TELEGRAM = {"bot_token": BOT_TOKEN, "chat_id": "-1001234567890"}
SECRETS = (META_TOKEN, APP_SECRET, VERIFY_TOKEN, BOT_TOKEN)


def base(shop: Shop) -> str:
    return f"/admin/central/tenants/{shop.tenant.id}/messaging-credentials"


@asynccontextmanager
async def messengers(runtime: Runtime) -> AsyncIterator[FakeMessengers]:
    """Both messengers next door, in the place of the real ones."""
    fake = FakeMessengers()
    await fake.start()
    known = cast("dict[str, Channel]", runtime.providers.channels)
    before = dict(known)
    real: list[Any] = [
        WhatsApp(fake.base_url, version="v23.0", timeout_seconds=5.0),
        Telegram(fake.base_url, timeout_seconds=5.0),
    ]
    known.update({one.name: measured("channels", one) for one in real})
    try:
        yield fake
    finally:
        known.update(before)
        for one in real:
            await one.aclose()
        await fake.stop()


def found_in_database(database_url: str, words: Sequence[str]) -> list[str]:
    """Every table with a row that says one of the words, as text or as the bytes of it."""
    query = (
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')"
    )
    likes = [f"%{form}%" for word in words for form in (word, word.encode().hex())]
    with psycopg.connect(database_url) as connection:
        tables = [row[0] for row in connection.execute(query)]
        found = [
            connection.execute(
                sql.SQL("select 1 from {} as t where t::text like any(%s) limit 1").format(sql.SQL(table)),
                [likes],
            ).fetchone()
            for table in tables
        ]
    return [table for table, row in zip(tables, found, strict=True) if row is not None]
