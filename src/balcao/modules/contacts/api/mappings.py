"""Which column is what: the mapping of an import, its preview, and mappings kept for the next file."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow, Words, Works
from balcao.modules.contacts.api.import_documents import ImportDocument, import_document
from balcao.modules.contacts.api.mapping_documents import (
    MappingDocument,
    MappingIn,
    MappingPreview,
    ProfileDocument,
    ProfileIn,
    mapping_document,
    profile_document,
)
from balcao.modules.contacts.import_jobs import choose_mapping, get_import
from balcao.modules.contacts.mapping_preview import preview_rows, require_columns
from balcao.modules.contacts.mapping_profiles import delete_profile, list_profiles, save_profile
from balcao.modules.contacts.people_fields import FIELDS

router = APIRouter(tags=["imports"])
VIEW, EDIT = Depends(Allow("contacts.imports:view")), Depends(Allow("contacts.imports:edit"))


@router.get("/jobs/{job_id}/mapping", dependencies=[VIEW])
async def mapping(job_id: UUID, uow: ReadUow) -> MappingDocument:
    """How the columns of the file are understood, why, and how surely. 409 until the file was opened."""
    job = await get_import(uow, job_id)
    require_columns(job)
    return mapping_document(job, list(FIELDS))


@router.post("/jobs/{job_id}/mapping", status_code=202, dependencies=[EDIT])
async def choose(job_id: UUID, body: MappingIn, uow: Uow, words: Words) -> ImportDocument:
    """Says which field each column is, and cleans the file (again) with it."""
    name = (body.save_as or "").strip() or None
    job = await choose_mapping(uow, job_id, body.columns, save_as=name)
    return import_document(job, words, uow.now())


@router.post("/jobs/{job_id}/mapping/preview", dependencies=[EDIT])
async def preview_columns(
    job_id: UUID, body: MappingIn, works: Works, runtime: Installation
) -> MappingPreview:
    """The first twenty rows as they would come out with this mapping; nothing is kept."""
    job = await works.run(lambda uow: get_import(uow, job_id))
    return MappingPreview(rows=await preview_rows(runtime.blobs, job, body.columns, runtime.clock().date()))


@router.get("/mappings", dependencies=[VIEW])
async def mappings(uow: ReadUow, page: Annotated[PageQuery, Query()]) -> Page[ProfileDocument]:
    """Kept mappings, the last used first."""
    found, total = await list_profiles(uow, page)
    items = [profile_document(profile) for profile in found]
    return Page[ProfileDocument](items=items, total=total, limit=page.limit, offset=page.offset)


@router.post("/mappings", status_code=201, dependencies=[EDIT])
async def keep_mapping(body: ProfileIn, uow: Uow) -> ProfileDocument:
    """Keeps a mapping for files with these headers, in place of an earlier one for the same."""
    return profile_document(await save_profile(uow, body.name.strip(), body.columns))


@router.delete("/mappings/{mapping_id}", status_code=204, dependencies=[EDIT])
async def forget_mapping(mapping_id: UUID, uow: Uow) -> None:
    """Forgets a kept mapping."""
    await delete_profile(uow, mapping_id)
