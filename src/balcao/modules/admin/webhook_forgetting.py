"""Who asks to be forgotten is forgotten in stored webhooks too: what names them is emptied and never sent again.

The message keeps its id, type and time, so that the log stays whole. A try that is on the line at that moment cannot be
called back; it is noted without what the other side said, and nothing follows it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from balcao.kernel.events import reaction
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.webhook_jobs import TOPIC
from balcao.modules.contacts.public import PersonDeleted, PersonErased

_EMPTY: Final = text("""
update webhook_messages set payload = '{}', people = '{}', erased_at = :now
where tenant_id = :tenant and erased_at is null and event_type not in ('customer.erased', 'customer.deleted')
  and (people && cast(:digests as text[]) or subject = any(cast(:subjects as text[])))
returning id
""")
# In the order of their ids, as everybody who takes several of them.
_STOP: Final = text("""
with theirs as (
  select id from webhook_deliveries where tenant_id = :tenant and message_id = any(:messages) order by id for update)
update webhook_deliveries d set status = case when d.status = 'delivered' then d.status else 'failed' end, next_try_at = null
from theirs t where d.tenant_id = :tenant and d.id = t.id
""")
_SILENCE: Final = text("""
update webhook_tries set excerpt = '' where tenant_id = :tenant and excerpt <> '' and delivery_id in (
  select id from webhook_deliveries where tenant_id = :tenant and message_id = any(:messages))
""")


@reaction(PersonErased, module="admin", at_once=True)
async def forget_erased_person(uow: UnitOfWork, event: PersonErased) -> None:
    """Empties what names somebody who asked to be forgotten."""
    await _forget(uow, event)


@reaction(PersonDeleted, module="admin", at_once=True)
async def forget_deleted_person(uow: UnitOfWork, event: PersonDeleted) -> None:
    """Empties what names somebody who was taken out of the address book."""
    await _forget(uow, event)


async def _forget(uow: UnitOfWork, event: PersonErased | PersonDeleted) -> None:
    people = (event.contact_id, *event.merged_ids)
    subjects = [
        *(f"customer:{person}" for person in people),
        *(f"order:{subject}" for subject in event.subject_ids),
    ]
    values = {"tenant": uow.tenant_id, "now": uow.now(), "digests": list(event.digests), "subjects": subjects}
    messages = list((await uow.session.execute(_EMPTY, values)).scalars())
    if not messages:
        return
    for statement in (_STOP, _SILENCE):
        await uow.session.execute(statement, {"tenant": uow.tenant_id, "messages": messages})
    uow.announce(TOPIC)
