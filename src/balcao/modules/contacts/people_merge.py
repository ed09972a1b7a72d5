"""Cleaned people into the address book, a chunk at a time: who is new, changed, the same, or in conflict.

Everything happens in the database, in a handful of statements over a temporary table. Doing a chunk twice changes nothing:
people have the ids of their source rows, and changes are noted once per import.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.db.engine import driver_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts import people_merge_statements as sql
from balcao.modules.contacts.people_merge_statements import FIELDS as FIELDS
from balcao.modules.contacts.pipeline.outputs import contact_id, id_prefix

CHUNK_ROWS: Final = 20_000
MOST_SHARING: Final = 200
"""People of one shared e-mail among whom a name is looked for."""
RECORD_BYTES: Final = 17
"""Of the classes: a letter (new, modified, unchanged, conflict) and the contact's id."""


async def merge_chunk(
    uow: UnitOfWork, import_id: UUID, lines: bytes, *, created_ms: int, import_tag: str = ""
) -> bytes:
    """Takes COPY lines (`pipeline.outputs.copy_line`) into the book and answers 17 bytes for each, in their order.

    The import's own tag is given to new people only: it says who came with a file, not who was in one.
    """
    driver = driver_of(await uow.session.connection())
    # People are looked up one by one through the indexes; the planner, not knowing how fast the book grows, might read it all.
    await driver.execute(b"set local enable_seqscan = off")
    await driver.execute(sql.STAGE.encode())
    async with driver.cursor() as cursor, cursor.copy(sql.COPY.encode()) as copy:
        await copy.write(lines)
    await driver.execute(b"analyze import_stage (ordinal, kind)")
    values: dict[str, Any] = {
        "tenant": uow.tenant_id, "import": import_id, "tag": import_tag, "now": uow.now(), "actor": uow.actor.label,
        "own": UUID(contact_id(id_prefix(str(import_id), created_ms), 0)), "most_sharing": MOST_SHARING,
        "has_keys": (await uow.session.execute(text(sql.HAS_KEYS), {"tenant": uow.tenant_id})).scalar_one(),
    }  # fmt: skip
    await _run(uow, sql.MATCH, values)
    await driver.execute(b"analyze import_match (ordinal)")
    for statement in (sql.MATCH_NAMES, sql.SETTLE):
        await _run(uow, statement, values)
    await driver.execute(b"analyze import_target (ordinal, class)")
    for statement in (sql.INSERT, sql.OWN, sql.WANTED):
        await _run(uow, statement, values)
    await driver.execute(b"analyze import_wanted (ordinal, id)")
    for statement in (sql.CHANGE, sql.KEYS, sql.CONSENTS):
        await _run(uow, statement, values)
    classes = (await uow.session.execute(text(sql.CLASSES))).scalar_one()
    return bytes(classes or b"")


async def _run(uow: UnitOfWork, statement: str, values: dict[str, Any]) -> None:
    named = text(statement)
    wanted = {name: values[name] for name in named.compile().params}
    await uow.session.execute(named, wanted)
