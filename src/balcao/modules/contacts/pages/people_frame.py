"""What the pages of the address book share: posted forms, tabs, words after a redirect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import Request

from balcao.brazil.addresses import UFS
from balcao.kernel.actor import Actor
from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import translator_of
from balcao.kernel.web.templates import panel_context

HOME: Final = "/painel/contatos"
VIEW_PEOPLE, EDIT_PEOPLE = "contacts.people:view", "contacts.people:edit"
FIELDS_LIMIT: Final = 2_000
DONE: Final[Mapping[str, tuple[str, str]]] = {
    "salvo": ("Saved.", "done"),
    "criado": ("The contact is in your book.", "done"),
    "etiquetas": ("The tags were changed.", "done"),
    "nada": ("Tick somebody first.", "waits"),
    "sem-etiqueta": ("Write a tag first.", "waits"),
    "etiqueta-longa": ("Fifty tags at most, of up to 60 characters.", "waits"),
    "juntado": ("They are one contact now.", "done"),
    "juntar-um": ("Choose one to keep and one to join.", "waits"),
    "mudou": ("Somebody changed this a moment ago. Look at the current state and try again.", "waits"),
    "desfeito": ("Undone.", "done"),
    "nao-desfeito": ("This was changed again since, so the older change cannot be undone.", "waits"),
    "consentimento": ("Noted.", "done"),
    "esquecido": ("The contact was forgotten.", "done"),
    "apagado": ("The contact was deleted.", "done"),
    "liberado": ("Taken off the list.", "done"),
}
SOURCE_WORDS: Final[Mapping[str, str]] = {"store": "Shop"}
CHANNEL_WORDS: Final[Mapping[str, str]] = {
    "all": "All channels", "whatsapp": "WhatsApp", "email": "E-mail", "sms": "SMS", "phone": "Telephone calls",
}  # fmt: skip
CHANGE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "import": ("Changed by an import", "upload"), "edit": ("Changed", "pencil"), "merge": ("Joined with another", "link"),
    "undo": ("Change undone", "undo-2"), "erase": ("Forgotten", "circle-x"),
}  # fmt: skip
FIELD_WORDS: Final[Mapping[str, str]] = {
    "first_name": "First name", "last_name": "Last name", "email": "E-mail", "phone": "Telephone", "company": "Company",
    "job_title": "Job title", "address": "Address", "city": "City", "state": "State", "postal_code": "CEP",
    "country": "Country", "source": "Source", "tags": "Tags", "additional_emails": "Further e-mails",
    "additional_phones": "Further telephones", "birthday": "Birthday", "document": "CPF or CNPJ", "website": "Site",
    "notes": "Notes", "extra": "Further data",
}  # fmt: skip
EXTRA_WORDS: Final[Mapping[str, str]] = {
    "owner": "Person in charge", "gender": "Gender", "instagram": "Instagram", "external_id": "External id",
    "contact_id": "GoHighLevel id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Posted:
    """A form as it was sent, without files."""

    values: Mapping[str, str]
    several: Mapping[str, list[str]]

    def text(self, name: str, limit: int = 5000) -> str:
        """The trimmed text of a field, cut at the limit; empty when it was not sent."""
        return self.values.get(name, "").strip()[:limit]

    def ids(self, name: str, most: int) -> list[UUID]:
        """Every id of a name. NotFoundError for what is none."""
        return [id_of(value) for value in self.several.get(name, [])[:most]]


async def posted(request: Request) -> Posted:
    """The fields of a form."""
    sent = await request.form(max_fields=FIELDS_LIMIT)
    several: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            several.setdefault(name, []).append(value.replace("\x00", ""))
    return Posted({name: values[-1] for name, values in several.items()}, several)


def id_of(value: str) -> UUID:
    """An id out of a form or an address. NotFoundError for anything else."""
    try:
        return UUID(value)
    except ValueError:
        raise NotFoundError from None


def frame(
    request: Request, tenant: Tenant, actor: Actor, done: str = "", undo_url: str | None = None
) -> dict[str, Any]:
    """What every page of the address book has around it. `done` is a word left by a redirect."""
    words = translator_of(request)
    said = DONE.get(done)
    toasts = [{"text": words(said[0]), "tone": said[1], "undo_url": undo_url}] if said else []
    return {
        **panel_context(request, tenant, actor),
        "section": section_tabs(words, actor, request.url.path),
        "toasts": toasts,
        "can_edit": actor.can(EDIT_PEOPLE),
        "can_import": actor.can("contacts.imports:edit"),
        "home": HOME,
        "source_words": SOURCE_WORDS,
        "channel_words": CHANNEL_WORDS,
        "change_words": CHANGE_WORDS,
        "field_words": FIELD_WORDS,
        "extra_words": EXTRA_WORDS,
        "states": [(uf, f"{uf} · {name}") for uf, name in UFS.items()],
    }


def section_tabs(words: Translator, actor: Actor, path: str) -> list[dict[str, Any]]:
    """The ways between people, imports, duplicates, the list of those left alone and GoHighLevel; one set on every page."""
    tabs = [
        (words("People"), HOME, VIEW_PEOPLE),
        (words("Imports"), f"{HOME}/importacoes", "contacts.imports:view"),
        (words("Possible duplicates"), f"{HOME}/duplicados", VIEW_PEOPLE),
        (words("Do not contact"), f"{HOME}/bloqueios", VIEW_PEOPLE),
        ("GoHighLevel", f"{HOME}/gohighlevel", "contacts.crm:view"),
    ]
    here = max(
        (href for _, href, _ in tabs if path == href or path.startswith(f"{href}/")), key=len, default=""
    )
    return [
        {"label": label, "href": href, "active": href == here}
        for label, href, permission in tabs
        if actor.can(permission)
    ]


def problems_of(words: Translator, error: DomainError) -> tuple[dict[str, str], str]:
    """Messages by field, and one that belongs to none, in the reader's language."""
    if isinstance(error, ValidationFailedError):
        found = {
            item["pointer"].strip("/").partition("/")[0]: words(item["message"])
            for item in error.ext["errors"]
        }
        return found, ""
    return {}, words(error.message, **error.params)


def back_to(form: Posted, done: str) -> str:
    """Where the person was, if that is a page of the address book."""
    target = form.text("back", 1000)
    if (
        not (target == HOME or target.startswith((f"{HOME}?", f"{HOME}/")))
        or "\\" in target
        or "\n" in target
    ):
        target = HOME
    return f"{target}{'&' if '?' in target else '?'}feito={done}"
