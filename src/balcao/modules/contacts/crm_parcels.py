"""The items of a sending on their way: claimed before a request leaves, and what became of each after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.tenant_secrets import SealingKeys, SecretLostError
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.cleaning.phones import phone_key
from balcao.modules.contacts.crm_delivering import Parcel
from balcao.modules.contacts.crm_outcomes import NO_ANSWER, Outcome
from balcao.modules.contacts.crm_people import CrmPerson, opened_person, sealed_image
from balcao.modules.contacts.suppression_digests import digests_of_person
from balcao.modules.contacts.suppressions import known_digests
from balcao.ports.crm import CrmField

SILENCE: Final = timedelta(seconds=60)
"""A request that left this long ago without an outcome on record was cut off: its fate is unknown."""

_CLAIM = text("""
update ghl_push_items i
set state = 'sent', attempts = i.attempts + 1, sent_at = :now, first_sent_at = coalesce(i.first_sent_at, :now),
    is_unclear = i.is_unclear or i.state = 'sent'
from (
  (select id, row from ghl_push_items where tenant_id = :tenant and push_id = :push and state = 'sent'
     and sent_at <= :silent order by row limit :count)
  union all
  (select id, row from ghl_push_items where tenant_id = :tenant and push_id = :push and state = 'retry'
     and (next_attempt_at is null or next_attempt_at <= :now) order by row limit :count)
  union all
  (select id, row from ghl_push_items where tenant_id = :tenant and push_id = :push and state = 'pending'
     order by row limit :count)
  limit :count) due
where i.tenant_id = :tenant and i.id = due.id
returning i.id, i.row, i.person, i.attempts, i.first_sent_at, i.is_unclear
""")
_KEEP = text("""
update ghl_push_items
set state = :state, code = :code, detail = :detail, is_unclear = :unclear, next_attempt_at = :next,
    attempts = attempts - :unspent, missing = :missing,
    remote_id = case when :remote = '' then remote_id else :remote end, is_new = is_new or :is_new,
    finished_at = case when :final then cast(:now as timestamptz) end,
    person = case when :state in ('created', 'updated', 'partial', 'skipped') then null else person end,
    tag_state = case when :state in ('created', 'updated', 'partial') and cardinality(tags) > 0 then 'pending'
                else tag_state end
where tenant_id = :tenant and id = :id and state = 'sent' and attempts = :attempts
""")
_IMAGE = text(
    "update ghl_push_items set before = coalesce(before, :image) where tenant_id = :tenant and id = :id"
)
_NEXT = text("""
select min(case when state = 'sent' then sent_at + make_interval(secs => :silence)
                else coalesce(next_attempt_at, cast(:now as timestamptz)) end) as at
from ghl_push_items where tenant_id = :tenant and push_id = :push and state in ('pending', 'sent', 'retry')
""")


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    """Contacts taken for sending, and those whose payload no key opens."""

    parcels: list[Parcel]
    unreadable: list[tuple[UUID, int]]
    wait: float
    safe_mode: bool
    sends_suppressed: bool
    connection_id: UUID
    provider: str


async def claim_parcels(uow: UnitOfWork, keys: SealingKeys, push_id: UUID, count: int, batch: Batch) -> int:
    """Takes up to `count` items into the batch; answers how many. The connection's row must be locked."""
    values = {
        "tenant": uow.tenant_id, "push": push_id, "now": uow.now(), "silent": uow.now() - SILENCE, "count": count,
    }  # fmt: skip
    rows = (await uow.session.execute(_CLAIM, values)).all()
    people: dict[UUID, CrmPerson] = {}
    for row in rows:
        try:
            people[row.id] = opened_person(keys, uow.tenant_id, row.person or b"")
        except SecretLostError:
            batch.unreadable.append((row.id, row.attempts))
    suppressed = await _suppressed(uow, people)
    batch.parcels.extend(
        Parcel(row.id, people[row.id], row.attempts, row.first_sent_at, row.is_unclear, row.id in suppressed)
        for row in sorted(rows, key=lambda row: row.row)
        if row.id in people
    )
    return len(rows)


async def keep_outcome(uow: UnitOfWork, parcel: Parcel, outcome: Outcome) -> None:
    """Writes where an item stands now, unless another worker has taken it up since."""
    next_at = uow.now() + timedelta(seconds=outcome.wait) if outcome.wait else None
    values: dict[str, Any] = {
        "tenant": uow.tenant_id, "id": parcel.item_id, "attempts": parcel.tries, "state": outcome.state,
        "code": outcome.code if outcome.is_final or outcome.code == NO_ANSWER else "", "detail": outcome.detail,
        "unclear": outcome.is_unclear, "next": next_at, "unspent": 0 if outcome.counts else 1,
        "missing": list(outcome.missing), "remote": outcome.remote_id, "is_new": outcome.is_new,
        "final": outcome.is_final, "now": uow.now(),
    }  # fmt: skip
    await uow.session.execute(_KEEP, values)


async def keep_image(uow: UnitOfWork, keys: SealingKeys, item_id: UUID, image: dict[CrmField, str]) -> None:
    """Keeps what a contact held before we changed it; the first image stays."""
    sealed = sealed_image(keys, uow.tenant_id, image)
    await uow.session.execute(_IMAGE, {"tenant": uow.tenant_id, "id": item_id, "image": sealed})


async def next_due(uow: UnitOfWork, push_id: UUID) -> datetime | None:
    """When the next item may be taken; None when every one is final."""
    values = {
        "tenant": uow.tenant_id, "push": push_id, "now": uow.now(), "silence": SILENCE.total_seconds(),
    }  # fmt: skip
    return (await uow.session.execute(_NEXT, values)).scalar_one()


async def _suppressed(uow: UnitOfWork, people: dict[UUID, CrmPerson]) -> set[UUID]:
    """Those who were put on the list of people not to be contacted since the sending was ordered."""
    digests = {
        item_id: digests_of_person(
            uow.tenant_id,
            emails=(person.email,),
            phone_keys=(phone_key(person.phone),) if person.phone else (),
        )
        for item_id, person in people.items()
    }
    known = await known_digests(uow, {digest for mine in digests.values() for digest in mine})
    return {item_id for item_id, mine in digests.items() if mine & known}
