"""Contacts: the people a business knows, and spreadsheets made clean."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission, RouteClass
from balcao.kernel.tenant_secrets import SealedColumn
from balcao.modules.contacts import models as models
from balcao.modules.contacts.crm_forgetting import forget_crm_payloads
from balcao.modules.contacts.crm_people import BEFORE, PURPOSE
from balcao.modules.contacts.crm_preparing import prepare_push
from balcao.modules.contacts.crm_reach import ACCESS, REFRESH
from balcao.modules.contacts.crm_sending import send_to_crm
from balcao.modules.contacts.crm_undo import undo_crm_push
from balcao.modules.contacts.demo.load import load_demo
from balcao.modules.contacts.figures import FIGURES
from balcao.modules.contacts.import_runs import forget_files, forget_old_files, run_import, undo_people
from balcao.modules.contacts.people_errors import CONSTRAINT_ERRORS
from balcao.modules.contacts.suppressions import UPLOAD_BYTES as LIST_BYTES
from balcao.modules.contacts.uploads import FORM_BYTES, TEXT_BYTES

UPLOAD_BYTES = TEXT_BYTES + FORM_BYTES
CORRECTIONS_BYTES = 25_000_000
"""Lists of issues and error logs that are sent back."""
SUPPRESSIONS_BYTES = LIST_BYTES + FORM_BYTES

MODULE = Module(
    name="contacts",
    title="Contacts",
    folder=Path(__file__).parent,
    routes="balcao.modules.contacts.routes",
    route_classes=(
        RouteClass("POST", "/jobs", "uploads"),
        RouteClass("POST", "/painel/contatos/importacoes", "uploads"),
    ),
    upload_paths={
        "/jobs": UPLOAD_BYTES,
        "/jobs/": CORRECTIONS_BYTES,
        "/painel/contatos/importacoes": UPLOAD_BYTES,
        "/painel/contatos/importacoes/": CORRECTIONS_BYTES,
        "/suppressions/upload": SUPPRESSIONS_BYTES,
        "/painel/contatos/bloqueios": SUPPRESSIONS_BYTES,
    },
    constraint_errors=CONSTRAINT_ERRORS,
    jobs=(
        run_import,
        undo_people,
        forget_files,
        forget_old_files,
        prepare_push,
        send_to_crm,
        undo_crm_push,
        forget_crm_payloads,
    ),
    sealed=(
        SealedColumn.always("ghl_connections", "access_token", ACCESS),
        SealedColumn.always("ghl_connections", "refresh_token", REFRESH),
        SealedColumn.always("ghl_push_items", "person", PURPOSE),
        SealedColumn.always("ghl_push_items", "before", BEFORE),
    ),
    # Contacts that waited may have arrived since: their sending rests until a person goes on, and then looks first.
    after_restore={
        "crm_pushes_paused": "update ghl_pushes set status = 'paused' "
        "where status in ('preparing', 'running', 'paused_daily')",
        "crm_items_unclear": "update ghl_push_items set is_unclear = true "
        "where state in ('pending', 'sent', 'retry')",
    },
    task_words={
        "contacts.run_import": "Cleans an imported spreadsheet",
        "contacts.undo_import": "Takes an undone import out of the contacts",
        "contacts.forget_files": "Removes the files of a deleted import",
        "contacts.forget_old_files": "Removes spreadsheets whose time is over",
        "contacts.prepare_crm_push": "Prepares a sending to GoHighLevel",
        "contacts.send_to_crm": "Sends contacts to GoHighLevel",
        "contacts.undo_crm_push": "Takes contacts out of GoHighLevel again",
        "contacts.forget_crm_payloads": "Forgets what was sent to GoHighLevel",
    },
    metrics=(FIGURES,),
    demo=load_demo,
    permissions=(
        Permission("contacts.people:view", "See contacts"),
        Permission("contacts.people:edit", "Change, merge and erase contacts"),
        Permission("contacts.imports:view", "See imports and download their results"),
        Permission("contacts.imports:edit", "Import spreadsheets and undo imports"),
        Permission("contacts.crm:view", "See what was sent to GoHighLevel"),
        Permission("contacts.crm:edit", "Connect GoHighLevel and send contacts"),
    ),
    nav=(
        NavItem("Contacts", "/painel/contatos", "users-round", "contacts.people:view", 45, of_shop=True),
        NavItem(
            "Imports", "/painel/contatos/importacoes", "sheet", "contacts.imports:view", 46, of_shop=True
        ),
    ),
)
