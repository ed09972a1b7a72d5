"""Taking the people of an import into a sending, so that what was decided is what leaves, whatever happens to the import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from balcao.kernel.errors import DomainError
from balcao.kernel.ids import new_id
from balcao.kernel.jobs.job import JobContext, job
from balcao.kernel.tenant_secrets import SealingKeys, sealing_keys_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_outcomes import NO_IDENTIFIER
from balcao.modules.contacts.crm_people import person_of, sealed_person, tags_of
from balcao.modules.contacts.crm_push_rows import count_items, find_push, topic, touch
from balcao.modules.contacts.crm_sending import ask_for_turn
from balcao.modules.contacts.import_results import ImportedPerson, people_of_import
from balcao.modules.contacts.models import GhlPush, ImportJob

AT_ONCE: Final = 1000

_INSERT = text("""
insert into ghl_push_items (tenant_id, id, push_id, row, contact_id, person, tags, state, code, finished_at)
select :tenant, i.id, :push, i.row, i.contact_id, i.person, string_to_array(i.tags, E'\\n'),
       case when i.is_nobody then 'skipped' else 'pending' end, case when i.is_nobody then :nobody else '' end,
       case when i.is_nobody then cast(:now as timestamptz) end
from unnest(cast(:ids as uuid[]), cast(:rows as bigint[]), cast(:contacts as uuid[]), cast(:people as bytea[]),
            cast(:tags as text[]), cast(:nobodies as boolean[])) as i (id, row, contact_id, person, tags, is_nobody)
on conflict (tenant_id, push_id, row) do nothing
""")


@job("contacts.prepare_crm_push", queue="bulk", backoff=(5, 30, 120))
async def prepare_push(context: JobContext, push_id: UUID) -> None:
    """Writes one item a person, then begins to send. Beginning again begins from the start: nothing has left yet."""
    async with context.unit_of_work() as uow:
        found = await _ready(uow, push_id)
    if found is None:
        return
    push, imported = found
    people = people_of_import(context.blobs, context.tenant.id, imported, push.only)
    parts = [(people, False)]
    if push.suppressed_as_dnd:
        suppressed = people_of_import(context.blobs, context.tenant.id, imported, "suppressed")
        parts.append((suppressed, True))
    try:
        for part, is_suppressed in parts:
            if not await take_people(context, push_id, part, is_suppressed=is_suppressed):
                return
    except DomainError as error:
        # The files went, or the import was undone, between the order and now.
        await _fail(context, push_id, error.code)
        return
    async with context.unit_of_work() as uow:
        await _begin(uow, push_id)


async def _ready(uow: UnitOfWork, push_id: UUID) -> tuple[GhlPush, ImportJob] | None:
    push = await find_push(uow, push_id, lock=True)
    if push is None or push.status != "preparing":
        return None
    forget = text("delete from ghl_push_items where tenant_id = :tenant and push_id = :push")
    await uow.session.execute(forget, {"tenant": uow.tenant_id, "push": push_id})
    query = select(ImportJob).where(ImportJob.id == push.import_id)
    imported = (await uow.session.execute(query)).scalar_one()
    if imported.status != "done" or imported.undone_at is not None:
        touch(uow, push, "failed")
        push.problem, push.finished_at = "import_not_ready", uow.now()
        return None
    return push, imported


async def take_people(
    context: JobContext, push_id: UUID, people: AsyncIterator[ImportedPerson], *, is_suppressed: bool
) -> bool:
    """Items for people, a thousand in a transaction; False when the sending was ended meanwhile."""
    keys = sealing_keys_of(context.settings)
    waiting: list[ImportedPerson] = []
    async for person in people:
        waiting.append(person)
        if len(waiting) == AT_ONCE:
            if not await _keep(context, keys, push_id, waiting, is_suppressed):
                return False
            waiting = []
    return not waiting or await _keep(context, keys, push_id, waiting, is_suppressed)


async def _keep(
    context: JobContext, keys: SealingKeys, push_id: UUID, people: list[ImportedPerson], is_suppressed: bool
) -> bool:
    async with context.unit_of_work() as uow:
        push = await find_push(uow, push_id)
        if push is None or push.status != "preparing":
            return False
        sent = [person_of(person.person, is_suppressed=is_suppressed) for person in people]
        values = {
            "tenant": uow.tenant_id, "push": push_id, "nobody": NO_IDENTIFIER, "now": uow.now(),
            "ids": [new_id() for _ in people],
            "rows": [person.row for person in people],
            "contacts": [person.contact_id for person in people],
            "people": [sealed_person(keys, uow.tenant_id, person) for person in sent],
            "tags": ["\n".join([] if is_suppressed else tags_of(person.person)) for person in people],
            "nobodies": [not (person.email or person.phone) for person in sent],
        }  # fmt: skip
        await uow.session.execute(_INSERT, values)
        uow.announce(topic(push_id))
        return True


async def _begin(uow: UnitOfWork, push_id: UUID) -> None:
    push = await find_push(uow, push_id, lock=True)
    if push is None or push.status != "preparing":
        return
    touch(uow, push, "running")
    push.started_at = uow.now()
    push.counts = dict(await count_items(uow, push_id))
    push.total = sum(push.counts.values())
    ask_for_turn(uow, push)


async def _fail(context: JobContext, push_id: UUID, problem: str) -> None:
    async with context.unit_of_work() as uow:
        push = await find_push(uow, push_id, lock=True)
        if push is not None and push.status == "preparing":
            touch(uow, push, "failed")
            push.problem, push.finished_at = problem, uow.now()
