"""What the module answers by HTTP: the API's routers and the pages, read when an application is made of them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from balcao.modules.contacts.api.crm import router as crm
from balcao.modules.contacts.api.import_results import router as import_results
from balcao.modules.contacts.api.imports import router as imports
from balcao.modules.contacts.api.mappings import router as mappings
from balcao.modules.contacts.api.people import router as people
from balcao.modules.contacts.api.people_care import router as people_care
from balcao.modules.contacts.api.suppressions import router as suppressions
from balcao.modules.contacts.pages.crm import router as crm_pages
from balcao.modules.contacts.pages.crm_pushes import router as crm_push_pages
from balcao.modules.contacts.pages.imports import router as import_pages
from balcao.modules.contacts.pages.imports_job import router as import_job_pages
from balcao.modules.contacts.pages.imports_mapping import router as import_mapping_pages
from balcao.modules.contacts.pages.imports_results import router as import_result_pages
from balcao.modules.contacts.pages.people import router as people_pages
from balcao.modules.contacts.pages.people_joining import router as people_joining_pages
from balcao.modules.contacts.pages.person import router as person_pages
from balcao.modules.contacts.pages.suppressions import router as suppression_pages

ROUTERS: Final[tuple[APIRouter, ...]] = (
    imports,
    import_results,
    mappings,
    people,
    people_care,
    suppressions,
    crm,
)
PAGES: Final[tuple[APIRouter, ...]] = (
    import_pages,
    import_job_pages,
    import_mapping_pages,
    import_result_pages,
    crm_pages,
    crm_push_pages,
    people_joining_pages,
    suppression_pages,
    people_pages,
    person_pages,
)
