"""Columns kept for the next file of the same shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import NotFoundError, ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.mapping.assignment import map_columns
from balcao.modules.contacts.mapping.headers import header_signature
from balcao.modules.contacts.models import MappingProfile
from balcao.modules.contacts.people_fields import FIELDS

HEADERS_LIMIT: Final = 500
NAME_LIMIT: Final = 120


async def list_profiles(uow: UnitOfWork, page: PageQuery) -> tuple[list[MappingProfile], int]:
    """The kept mappings, the last used first, and how many there are."""
    recent = func.coalesce(MappingProfile.last_used_at, MappingProfile.created_at).desc()
    query = select(MappingProfile).order_by(recent, MappingProfile.id).limit(page.limit).offset(page.offset)
    items = list((await uow.session.execute(query)).scalars())
    count = select(func.count()).select_from(MappingProfile)
    total = int((await uow.session.execute(count)).scalar_one())
    return items, total


async def save_profile(uow: UnitOfWork, name: str, columns: Mapping[str, str]) -> MappingProfile:
    """Keeps which field each header stands for ("" for none), in place of an earlier one for the same headers.

    ValidationFailedError for unknown fields or too many headers.
    """
    faults = [
        {"pointer": f"/columns/{header}", "message": "There is no such field."}
        for header, field in columns.items()
        if field and field not in FIELDS
    ]
    if not columns or len(columns) > HEADERS_LIMIT:
        faults.append({"pointer": "/columns", "message": "Give the headers of the file."})
    if faults:
        raise ValidationFailedError(faults)
    headers = list(columns)
    chosen = {position: columns[header] for position, header in enumerate(headers)}
    mapped = map_columns(headers, [[] for _ in headers], saved=None, seen={}, chosen=chosen)
    statement = insert(MappingProfile).values(
        tenant_id=uow.tenant_id,
        id=new_id(),
        name=name,
        signature=header_signature(headers),
        columns={column.normalised: column.field or "" for column in mapped.columns},
        actor=uow.actor.label,
        uses=0,
    )
    kept = {key: statement.excluded[key] for key in ("name", "columns", "actor")}
    upsert = statement.on_conflict_do_update(index_elements=["tenant_id", "signature"], set_=kept)
    saved_id = (await uow.session.execute(upsert.returning(MappingProfile.id))).scalar_one()
    return await get_profile(uow, saved_id)


async def get_profile(uow: UnitOfWork, profile_id: UUID) -> MappingProfile:
    """One kept mapping. NotFoundError."""
    query = select(MappingProfile).where(MappingProfile.id == profile_id)
    found = (await uow.session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    return found


async def delete_profile(uow: UnitOfWork, profile_id: UUID) -> None:
    """Forgets a kept mapping. NotFoundError."""
    removed = await uow.session.execute(
        delete(MappingProfile).where(MappingProfile.id == profile_id).returning(MappingProfile.id)
    )
    if removed.scalar_one_or_none() is None:
        raise NotFoundError
