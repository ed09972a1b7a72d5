"""Care for one person over HTTP: changes and their undoing, consents, a person's rights."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from balcao.kernel.db.paging import Page, PageQuery, ShortListQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.api.people_schemas import ConsentIn, EraseIn
from balcao.modules.contacts.consents import ConsentView, grant_consent, list_consents, withdraw_consent
from balcao.modules.contacts.people_changes import find_person, undo_change
from balcao.modules.contacts.people_history import ChangeView, list_changes
from balcao.modules.contacts.people_queries import ContactView, view_of
from balcao.modules.contacts.privacy import erase_person, export_person

router = APIRouter(prefix="/contacts", tags=["contacts"])
VIEW, EDIT = [Depends(Allow("contacts.people:view"))], [Depends(Allow("contacts.people:edit"))]


class ConsentList(Page[ConsentView]):
    """What a person said about being written to, newest first."""


class PersonalData(BaseModel):
    """Everything kept of a person, to hand over to them (LGPD, article 18)."""

    exported_at: str
    business: str
    person: dict[str, Any]
    merged_into_it: list[dict[str, Any]]
    further_keys: list[dict[str, str]]
    consents: list[dict[str, Any]]
    suppressed_as: list[str]
    activities: list[dict[str, Any]]
    changes: list[dict[str, Any]]


@router.get("/{contact_id}/changes", dependencies=VIEW)
async def changes(uow: ReadUow, contact_id: UUID, page: Annotated[PageQuery, Query()]) -> Page[ChangeView]:
    """What was changed about a person, by whom, and whether it can be undone."""
    return await list_changes(uow, contact_id, page)


@router.post("/{contact_id}/changes/{change_id}/undo", dependencies=EDIT)
async def undo(works: Works, contact_id: UUID, change_id: UUID) -> ContactView:
    """Put back what a change replaced. 409 with `differs` when a field of it was changed again since."""

    async def verb(uow: UnitOfWork) -> ContactView:
        return await view_of(uow, await undo_change(uow, contact_id, change_id))

    return await works.run(verb)


@router.get("/{contact_id}/consents", dependencies=VIEW)
async def consents(uow: ReadUow, contact_id: UUID, query: Annotated[ShortListQuery, Query()]) -> ConsentList:
    """What the person said about being written to."""
    await find_person(uow, contact_id)
    return ConsentList.of(await list_consents(uow, contact_id), query)


@router.post("/{contact_id}/consents", dependencies=EDIT, status_code=201)
async def say(works: Works, contact_id: UUID, body: ConsentIn) -> ConsentList:
    """Note that the person agreed to a channel, or does not want it any more."""

    async def verb(uow: UnitOfWork) -> ConsentList:
        record = grant_consent if body.status == "granted" else withdraw_consent
        await record(uow, contact_id, body.channel, body.source, body.evidence)
        return ConsentList.of(await list_consents(uow, contact_id))

    return await works.run(verb)


@router.get("/{contact_id}/privacy-export", dependencies=EDIT)
async def privacy_export(uow: ReadUow, contact_id: UUID) -> PersonalData:
    """Everything kept of a person, unmasked."""
    return PersonalData.model_validate(await export_person(uow, contact_id))


@router.post("/{contact_id}/erase", dependencies=EDIT, status_code=204)
async def erase(works: Works, contact_id: UUID, body: EraseIn) -> None:
    """Forget a person: the row stays without anything of theirs."""
    await works.run(lambda uow: erase_person(uow, contact_id, body.confirm, keep_out=body.keep_out))
