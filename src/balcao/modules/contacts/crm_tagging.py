"""Tags follow the contacts: added a hundred contacts at a time, so that what they have there stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_outcomes import TAGS_NOT_STORED, TRIES
from balcao.modules.contacts.crm_reach import CrmReach, get_connection, note_answers, take_requests
from balcao.modules.contacts.crm_tags import AT_ONCE, TagGroup, tag_groups
from balcao.ports.crm import Crm, CrmAccess, CrmTagsAnswer, CrmVerdict

LOOKED_AT: Final = 10 * AT_ONCE
"""Contacts looked at together, so that those with the same tags meet."""
_WAITING = text("""
select id, remote_id, tags from ghl_push_items
where tenant_id = :tenant and push_id = :push and tag_state = 'pending' order by row limit :count
""")
_TOLD = text("""
update ghl_push_items
set tag_state = :state, tag_attempts = tag_attempts + :tries,
    state = case when :state = 'failed' then 'partial' else state end,
    code = case when :state = 'failed' and code = '' then :code else code end,
    missing = case when :state = 'failed' then array_append(missing, 'tags') else missing end
where tenant_id = :tenant and push_id = :push and tag_state = 'pending' and remote_id = any(:ids)
""")
_GIVE_UP = text("""
update ghl_push_items
set tag_state = 'failed', state = 'partial', code = case when code = '' then :code else code end,
    missing = array_append(missing, 'tags')
where tenant_id = :tenant and push_id = :push and tag_state = 'pending' and tag_attempts >= :tries
""")


@dataclass(frozen=True, slots=True)
class Tagged:
    """What came of a round: seconds to wait before the next, and whether the token was refused."""

    wait: float = 0.0
    needs_reconnect: bool = False


async def are_tags_due(uow: UnitOfWork, push_id: UUID) -> bool:
    """Whether somebody who arrived still waits for tags."""
    values = {"tenant": uow.tenant_id, "push": push_id, "count": 1}
    return (await uow.session.execute(_WAITING, values)).first() is not None


async def add_waiting_tags(
    reach: CrmReach, push_id: UUID, connection_id: UUID, crm: Crm, access: CrmAccess
) -> Tagged:
    """Adds tags to up to a thousand contacts. Adding twice changes nothing, so a crash in between does no harm."""

    async def waiting(uow: UnitOfWork) -> list[Any]:
        values = {"tenant": uow.tenant_id, "push": push_id, "count": LOOKED_AT}
        return list((await uow.session.execute(_WAITING, values)).all())

    rows = await reach.run(waiting)
    wanted = [(row.remote_id, row.tags) for row in rows]
    groups = tag_groups(wanted)
    failed: set[str] = set()
    left = Counter(contact_id for group in groups for contact_id in group.contact_ids)
    for group in groups:
        told = await _add(reach, push_id, connection_id, crm, access, group)
        if isinstance(told, Tagged):
            return told
        failed |= told
        done: list[str] = []
        for contact_id in group.contact_ids:
            left[contact_id] -= 1
            if left[contact_id] == 0:
                done.append(contact_id)
        await reach.run(partial(_tell, push_id=push_id, contact_ids=done, failed=frozenset(failed)))
    return Tagged()


async def _add(
    reach: CrmReach, push_id: UUID, connection_id: UUID, crm: Crm, access: CrmAccess, group: TagGroup
) -> set[str] | Tagged:
    """One request: the ids it failed for, or why the round ends here."""

    async def take_one(uow: UnitOfWork) -> float | None:
        grant = take_requests(await get_connection(uow, connection_id, lock=True), 1, uow.now())
        return None if grant.count else grant.wait

    wait = await reach.run(take_one)
    if wait is not None:
        return Tagged(wait=wait)
    answer = await crm.add_tags(access, group.contact_ids, group.tags)
    await reach.run(lambda uow: _note(uow, connection_id, answer))
    match answer.verdict:
        case CrmVerdict.STORED:
            return set(answer.failed_ids)
        case CrmVerdict.BUSY:
            return Tagged(wait=0.1)
        case CrmVerdict.UNAUTHORIZED:
            return Tagged(needs_reconnect=True)
        case CrmVerdict.UNCLEAR | CrmVerdict.UNREACHABLE:
            await reach.run(lambda uow: _count_try(uow, push_id, group.contact_ids))
            return Tagged(wait=2.0)
        case _:
            return set(group.contact_ids)


async def _note(uow: UnitOfWork, connection_id: UUID, answer: CrmTagsAnswer) -> None:
    connection = await get_connection(uow, connection_id, lock=True)
    note_answers(connection, [(answer.limits, answer.verdict is CrmVerdict.BUSY)], uow.now())


async def _count_try(uow: UnitOfWork, push_id: UUID, contact_ids: Collection[str]) -> None:
    """One more try without an answer; after six the tags are given up."""
    values = {"tenant": uow.tenant_id, "push": push_id, "code": TAGS_NOT_STORED}
    await uow.session.execute(_TOLD, {**values, "state": "pending", "tries": 1, "ids": list(contact_ids)})
    await uow.session.execute(_GIVE_UP, {**values, "tries": TRIES})


async def _tell(
    uow: UnitOfWork, *, push_id: UUID, contact_ids: Collection[str], failed: Collection[str]
) -> None:
    values = {"tenant": uow.tenant_id, "push": push_id, "code": TAGS_NOT_STORED, "tries": 1}
    good = [contact_id for contact_id in contact_ids if contact_id not in failed]
    bad = [contact_id for contact_id in contact_ids if contact_id in failed]
    await uow.session.execute(_TOLD, {**values, "state": "done", "ids": good})
    await uow.session.execute(_TOLD, {**values, "state": "failed", "ids": bad})
