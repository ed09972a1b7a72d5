"""What a person said about being written to, channel by channel (LGPD, articles 7 and 8)."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.models import ContactConsent
from balcao.modules.contacts.people_changes import find_person
from balcao.modules.contacts.suppressions import entries_of, lift, suppress

Channel = Literal["all", "whatsapp", "email", "sms", "phone"]
Status = Literal["granted", "withdrawn"]
CHANNELS: Final[tuple[Channel, ...]] = ("all", "whatsapp", "email", "sms", "phone")
FROM_CONSENT: Final = "consent"


class ConsentView(BaseModel):
    """What a person said of a channel, when, where, and what shows it."""

    id: UUID
    channel: Channel
    status: Status
    source: str
    evidence: str
    actor: str
    at: datetime


async def grant_consent(
    uow: UnitOfWork, contact_id: UUID, channel: Channel, source: str, evidence: str = ""
) -> None:
    """The person agreed. For every channel at once it also takes them off the list of a former withdrawal."""
    await _record(uow, contact_id, channel, "granted", source, evidence)


async def withdraw_consent(
    uow: UnitOfWork, contact_id: UUID, channel: Channel, source: str, evidence: str = ""
) -> None:
    """The person does not want it any more. For every channel at once it puts them on the suppression list too."""
    await _record(uow, contact_id, channel, "withdrawn", source, evidence)


async def _record(
    uow: UnitOfWork, contact_id: UUID, channel: Channel, status: Status, source: str, evidence: str
) -> None:
    contact = await find_person(uow, contact_id, lock=True)
    uow.session.add(
        ContactConsent(
            tenant_id=uow.tenant_id, id=new_id(), contact_id=contact_id, channel=channel, status=status,
            source=source, evidence=evidence, actor=uow.actor.label, at=uow.now(),
        )
    )  # fmt: skip
    await uow.session.flush()
    if channel == "all" and status == "withdrawn":
        await suppress(uow, entries_of(contact), source=FROM_CONSENT)
    elif channel == "all":
        await lift(uow, entries_of(contact), source=FROM_CONSENT)
    uow.announce("contacts")


_ALL = text("""
with family as (
  select id from contacts where tenant_id = :tenant and (id = :id or merged_into = :id)
)
select c.id, c.channel, c.status, c.source, c.evidence, c.actor, c.at from contact_consents c
where c.tenant_id = :tenant and c.contact_id in (select id from family) order by c.at desc, c.id desc limit 500
""")


async def list_consents(uow: UnitOfWork, contact_id: UUID) -> list[ConsentView]:
    """Everything the person said, newest first (500 at most)."""
    rows = (await uow.session.execute(_ALL, {"tenant": uow.tenant_id, "id": contact_id})).mappings().all()
    return [ConsentView.model_validate(dict(row)) for row in rows]


def in_force(consents: list[ConsentView]) -> dict[Channel, ConsentView]:
    """The newest word on each channel that was spoken of."""
    newest: dict[Channel, ConsentView] = {}
    for consent in consents:
        newest.setdefault(consent.channel, consent)
    return newest
