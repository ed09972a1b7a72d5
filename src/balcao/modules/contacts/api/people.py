"""The address book over HTTP: people, tags, duplicates and their joining, and the whole of it as a file."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from balcao.kernel.db.paging import Page, PageQuery, ShortListQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Works
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.activities import ActivityView, list_activities
from balcao.modules.contacts.api.attachments import attachment
from balcao.modules.contacts.api.people_schemas import (
    ContactPatch,
    DuplicatesQuery,
    MergeIn,
    PeopleExportQuery,
    PeoplePageQuery,
    PersonIn,
    TagsIn,
)
from balcao.modules.contacts.people import create_person, delete_person, update_person
from balcao.modules.contacts.people_changes import find_person
from balcao.modules.contacts.people_duplicates import DuplicateGroup, list_duplicates
from balcao.modules.contacts.people_export import export_people
from balcao.modules.contacts.people_merging import merge_people
from balcao.modules.contacts.people_queries import ContactView, PersonLine, list_people, read_person, view_of
from balcao.modules.contacts.people_tags import TagView, change_tags, list_tags

router = APIRouter(prefix="/contacts", tags=["contacts"])
VIEW, EDIT = [Depends(Allow("contacts.people:view"))], [Depends(Allow("contacts.people:edit"))]
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The file"}
}


class TagList(Page[TagView]):
    """Every tag in use, the commonest first."""


class TagsChanged(BaseModel):
    """How many people have other tags than before."""

    changed: int


@router.get("", dependencies=VIEW)
async def people(uow: ReadUow, query: Annotated[PeoplePageQuery, Query()]) -> Page[PersonLine]:
    """People, searched and filtered."""
    return await list_people(uow, query.filter(), query.page())


@router.post("", dependencies=EDIT, status_code=201)
async def add_person(works: Works, body: PersonIn) -> ContactView:
    """Add a person. 409 `person_exists` when the e-mail or mobile is somebody's already."""

    async def verb(uow: UnitOfWork) -> ContactView:
        return await view_of(uow, await create_person(uow, body.typed()))

    return await works.run(verb)


@router.get("/export.csv", dependencies=VIEW, response_class=StreamingResponse, responses=CSV)
async def export(
    works: Works, words: Words, query: Annotated[PeopleExportQuery, Query()]
) -> StreamingResponse:
    """The people of a filter as CSV: `ghl` (twelve columns), `extended`, or `excel` (to look at)."""
    chunks = export_people(works, words, query.filter(), query.profile)
    return await attachment(
        f"{words('Contacts').lower()}-{query.profile}.csv", "text/csv; charset=utf-8", chunks
    )


@router.get("/tags", dependencies=VIEW)
async def tags(uow: ReadUow, query: Annotated[ShortListQuery, Query()]) -> TagList:
    """Every tag with the number of its people."""
    return TagList.of(await list_tags(uow), query)


@router.post("/tags", dependencies=EDIT)
async def retag(works: Works, body: TagsIn) -> TagsChanged:
    """Put tags on up to 1,000 people and take others off."""
    changed = await works.run(lambda uow: change_tags(uow, body.ids, add=body.add, remove=body.remove))
    return TagsChanged(changed=changed)


@router.get("/duplicates", dependencies=VIEW)
async def duplicates(uow: ReadUow, query: Annotated[DuplicatesQuery, Query()]) -> Page[DuplicateGroup]:
    """People who may be the same: nobody is joined until a person says so."""
    return await list_duplicates(uow, query.likeness, PageQuery(limit=query.limit, offset=query.offset))


@router.post("/merge", dependencies=EDIT)
async def merge(works: Works, body: MergeIn) -> ContactView:
    """Join two rows of one person. Undone like any other change."""

    async def verb(uow: UnitOfWork) -> ContactView:
        return await view_of(uow, await merge_people(uow, body.keep_id, body.merge_id, body.version))

    return await works.run(verb)


@router.get("/{contact_id}", dependencies=VIEW)
async def person(uow: ReadUow, contact_id: UUID) -> ContactView:
    """One person. 404 with `merged_into` for one who was joined with another."""
    return await read_person(uow, contact_id)


@router.patch("/{contact_id}", dependencies=EDIT)
async def change_person(works: Works, contact_id: UUID, body: ContactPatch) -> ContactView:
    """Change the fields that are sent."""

    async def verb(uow: UnitOfWork) -> ContactView:
        return await view_of(uow, await update_person(uow, contact_id, body.typed(), body.version))

    return await works.run(verb)


@router.delete("/{contact_id}", dependencies=EDIT, status_code=204)
async def remove_person(works: Works, contact_id: UUID, version: int | None = None) -> None:
    """Take a person out for good, with everything kept of them. `version`, when given, must be the present one."""
    await works.run(lambda uow: delete_person(uow, contact_id, version))


@router.get("/{contact_id}/activities", dependencies=VIEW)
async def activities(
    uow: ReadUow, contact_id: UUID, page: Annotated[PageQuery, Query()]
) -> Page[ActivityView]:
    """What happened with a person in every part of the business, newest first."""
    await find_person(uow, contact_id)
    return await list_activities(uow, contact_id, page)
