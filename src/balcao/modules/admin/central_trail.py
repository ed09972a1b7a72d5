"""A business's trail of changes for central administration: in sentences, with the platform's people by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from balcao.kernel.i18n import Translator
from balcao.kernel.identity.models import User
from balcao.modules.admin.audit import AuditFilter, AuditLine, find_entries, names_for
from balcao.modules.admin.audit_words import Detail, Reader
from balcao.modules.admin.central_people import tenant_of
from balcao.modules.admin.central_work import Central
from balcao.modules.admin.team_queries import permission_labels

NEWEST: Final = 30


@dataclass(frozen=True, slots=True)
class Told:
    """One change as people read it."""

    at: datetime
    sentence: str
    details: list[Detail]


async def told_trail(central: Central, tenant_id: UUID, words: Translator) -> list[Told]:
    """The newest changes of a business. TenantUnknownError."""
    tenant = await tenant_of(central.runtime, tenant_id)
    async with central.runtime.transactions.begin(tenant, read_only=True) as uow:
        lines, _ = await find_entries(uow, AuditFilter(), limit=NEWEST)
        names = await names_for(uow, lines)
    lines = await _named(central, lines)
    reader = Reader(words, tenant.timezone, names, permission_labels(central.runtime.modules, words))
    return [Told(line.at, reader.sentence(line), reader.details(line)) for line in lines]


async def _named(central: Central, lines: Sequence[AuditLine]) -> list[AuditLine]:
    """With the names of those who are not of the business."""
    strangers = {line.actor_id for line in lines if line.actor_name is None and line.actor_id is not None}
    if not strangers:
        return list(lines)
    async with central.reading() as session:
        found = await session.execute(select(User.id, User.name).where(User.id.in_(strangers)))
        names = {row.id: row.name for row in found}
    return [
        line
        if line.actor_name is not None or line.actor_id is None
        else replace(line, actor_name=names.get(line.actor_id))
        for line in lines
    ]
