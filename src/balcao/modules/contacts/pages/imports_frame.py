"""What the pages of imports share: forms, the frame, tabs, words that came with a redirect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request

from balcao.kernel.actor import Actor
from balcao.kernel.i18n import Translator
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import translator_of
from balcao.kernel.web.templates import panel_context
from balcao.modules.contacts.import_queries import LIST_TOPIC
from balcao.modules.contacts.import_words import (
    EVIDENCE_WORDS,
    LEVEL_WORDS,
    ROW_STATE_WORDS,
    STAGE_WORDS,
    STAGES,
    STATUS_WORDS,
    confidence_text,
    error_text,
)
from balcao.modules.contacts.models import ImportJob
from balcao.modules.contacts.pages.people_frame import section_tabs
from balcao.modules.contacts.people_fields import FIELDS

HOME: Final = "/painel/contatos/importacoes"
LIST_LIVE: Final = f"{HOME}/ao-vivo"
LIST_EVENTS: Final = {"imports.changed": (LIST_TOPIC,)}
CAN_EDIT: Final = "contacts.imports:edit"
FORM_FIELDS: Final = 20_000
DONE_WORDS: Final[Mapping[str, str]] = {
    "same": "This file was imported already. Here it is.",
    "canceled": "The import is being stopped.",
    "again": "The file is being cleaned again.",
    "undone": "The import is being undone.",
    "deleted": "The import and its files were removed.",
    "mapped": "Your columns were taken over; the file is being cleaned with them.",
    "corrected": "Your correction waits for the next run.",
    "forgotten": "The cell is read as it stands in the file.",
    "split": "They are two people now; the file is being cleaned again.",
    "profile": "The saved columns were removed.",
}
WORDS: Final[Mapping[str, Any]] = {
    "statuses": STATUS_WORDS,
    "stages": STAGES,
    "stage_words": STAGE_WORDS,
    "levels": LEVEL_WORDS,
    "row_states": ROW_STATE_WORDS,
    "evidences": EVIDENCE_WORDS,
    "confidence_text": confidence_text,
    "error_text": error_text,
    "fields": FIELDS,
    "home": HOME,
}


async def posted_fields(request: Request) -> dict[str, str]:
    """The texts of a form; of a name that comes several times, the last. Files are ignored."""
    sent = await request.form(max_fields=FORM_FIELDS)
    return {name: value.replace("\x00", "") for name, value in sent.multi_items() if isinstance(value, str)}


def frame(request: Request, tenant: Tenant, actor: Actor, done: str = "") -> dict[str, Any]:
    """The context of a page of imports."""
    words = translator_of(request)
    toasts = [{"text": words(DONE_WORDS[done]), "tone": "done"}] if done in DONE_WORDS else []
    context = panel_context(request, tenant, actor)
    section = section_tabs(words, actor, request.url.path)
    return {**context, **WORDS, "section": section, "toasts": toasts, "can_edit": actor.can(CAN_EDIT)}


def page_of(job: ImportJob | UUID, page: str = "", **query: Any) -> str:
    """The address of a page of an import; empty values are left out."""
    import_id = job if isinstance(job, UUID) else job.id
    kept = {name: value for name, value in query.items() if value not in (None, "", 0)}
    path = f"{HOME}/{import_id}" + (f"/{page}" if page else "")
    return f"{path}?{urlencode(kept)}" if kept else path


def tabs_of(job: ImportJob, words: Translator, here: str) -> list[dict[str, Any]]:
    """The tabs of a finished import."""
    report: dict[str, Any] = job.report or {}
    levels: dict[str, int] = report.get("levels") or {}
    counts: dict[str, int] = report.get("counts") or {}
    looks = levels.get("error", 0) + levels.get("warning", 0)
    entries: list[tuple[str, str, int | None]] = [
        ("", words("Result"), None),
        ("avisos", words("What was found"), looks),
        ("repetidos", words("Repeated people"), counts.get("duplicates", 0)),
        ("linhas", words("Row by row"), None),
        ("colunas", words("Columns"), None),
    ]
    return [
        {
            "label": label,
            "href": page_of(job, page),
            "active": page == here,
            "count": words.number(count) if count else None,
        }
        for page, label, count in entries
    ]


def crumbs_of(job: ImportJob, words: Translator, here: str = "") -> list[tuple[str, ...]]:
    """The way to a page of an import; none to the import itself, which the tab above leads back from."""
    return [(words("Imports"), HOME), (job.filename_original, page_of(job)), (here,)] if here else []
