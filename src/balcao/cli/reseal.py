"""`balcao reseal`: what businesses entrusted to us, sealed under the present AUTH_SECRET, so that the former may go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import typer
from sqlalchemy import ColumnClause, column, select, table, update

from balcao.cli.instance import fail, load_settings, running
from balcao.cli.serve import need_schema
from balcao.kernel.db.engine import Database
from balcao.kernel.identity import second_factor
from balcao.kernel.module import Module
from balcao.kernel.platform_work import platform_work
from balcao.kernel.settings import Settings
from balcao.kernel.tenant_secrets import (
    SealedColumn,
    SealingKeys,
    SecretLostError,
    is_sealed_anew,
    seal,
    sealing_keys_of,
    unseal,
)
from balcao.registry import build_runtime

ROWS_AT_ONCE = 500


@dataclass(slots=True)
class Resealed:
    """Texts sealed anew, and those that no key of ours opens."""

    renewed: int = 0
    lost: int = 0


def run_reseal(*, data: Path | None) -> None:
    """Seals everything anew; exit code 1 when something opens with none of the secrets given."""
    settings = load_settings(data_dir=data)
    with running(settings) as url:
        need_schema(url)
        done = asyncio.run(_reseal(settings, url))
    typer.echo(f"{done.renewed} secrets of businesses were sealed anew under AUTH_SECRET.")
    if done.lost:
        fail(
            f"{done.lost} open neither with AUTH_SECRET nor with AUTH_SECRET_PREVIOUS or AUTH_SECRETS. "
            "Give the secret they were sealed under, or their owners enter them again."
        )
    typer.echo("None needs a former one any more.")


async def _reseal(settings: Settings, url: str) -> Resealed:
    runtime = build_runtime(settings, url)
    try:
        keys = sealing_keys_of(settings)
        return await reseal(runtime.database, keys, sealed_columns(runtime.modules))
    finally:
        await runtime.close()


def sealed_columns(modules: Sequence[Module]) -> list[SealedColumn]:
    """Every column of the installation that holds sealed texts."""
    return [second_factor.SEALED, *(place for module in modules for place in module.sealed)]


async def reseal(database: Database, keys: SealingKeys, places: Sequence[SealedColumn]) -> Resealed:
    """Seals with the present key whatever a former one still opens. Beside a running installation; what is changed
    meanwhile is left as it is, for it was sealed with the present key."""
    done = Resealed()
    for place in places:
        after: UUID | None = UUID(int=0)
        while after is not None:
            after = await _some(database, keys, place, after, done)
    return done


async def _some(
    database: Database, keys: SealingKeys, place: SealedColumn, after: UUID, done: Resealed
) -> UUID | None:
    """The next rows, in a transaction of their own. Answers the last one's id, None at the end."""
    names = dict.fromkeys(("tenant_id", "id", place.column, *place.needs))
    columns: list[ColumnClause[Any]] = [column(name) for name in names]
    rows_of = table(place.table, *columns)
    sealed = rows_of.c[place.column]
    query = (
        select(*rows_of.c).where(sealed.is_not(None), rows_of.c.id > after).order_by(rows_of.c.id)
    ).limit(ROWS_AT_ONCE)
    async with platform_work(database) as session:
        rows = [dict(zip(names, row, strict=True)) for row in (await session.execute(query)).all()]
        for row in rows:
            tenant_id, text, purpose = row["tenant_id"], bytes(row[place.column]), place.purpose(row)
            if is_sealed_anew(keys, tenant_id, purpose, text):
                continue
            try:
                fresh = seal(keys, tenant_id, purpose, unseal(keys, tenant_id, purpose, text))
            except SecretLostError:
                done.lost += 1
                continue
            same = (rows_of.c.tenant_id == tenant_id, rows_of.c.id == row["id"], sealed == text)
            change = update(rows_of).where(*same).values({place.column: fresh}).returning(rows_of.c.id)
            done.renewed += len((await session.execute(change)).all())
    return rows[-1]["id"] if len(rows) == ROWS_AT_ONCE else None
