"""What the team's forms share: reading a field, saying what went wrong, and a word after a redirect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import runtime_of, translator_of
from balcao.kernel.web.templates import render

FLASH_COOKIE: Final = "aviso"
FLASH_SECONDS: Final = 30
MAX_FIELD: Final = 300
# What a page may say once after a redirect: English msgids by the code that travels in the cookie.
FLASHES: Final[Mapping[str, str]] = {
    "saved": "Saved.",
    "tenant_made": "The business is there, and its owner is invited.",
    "tenant_suspended": "Suspended. Its shop can be looked at and its data exported; nothing is sold.",
    "tenant_canceled": "Closed.",
    "tenant_active": "Open again.",
    "password_link_sent": "The link for a new password is on its way.",
    "all_sessions_ended": "Every sign-in of this person has ended.",
    "first_steps_shown": "The first steps will be shown again.",
    "first_steps_hidden": "The first steps will not be forced any more.",
    "channel_checked": "The provider was asked. Its answer stands below.",
    "channel_removed": "The credentials are gone.",
    "plan_removed": "The plan is gone.",
    "invited": "The invitation is on its way.",
    "invitation_canceled": "The invitation does not work any more.",
    "person_added": "Added to the team.",
    "group_deleted": "The group is gone.",
    "session_ended": "That sign-in has ended.",
    "sessions_ended": "The other sign-ins have ended.",
    "password_changed": "Your password is new. Other devices were signed out.",
    "signed_out": "You are signed out.",
    "jobs_retried": "Back in the queue.",
    "jobs_canceled": "Done: it will not be worked on.",
    "jobs_changed": "That has changed meanwhile. Here is how it stands now.",
    "backup_asked": "On its way. This page shows how it goes.",
    "backups_removed": "Cleaned up.",
    "restore_asked": "The restore begins. Every door is shut until it is done.",
    "recovery_used": "You came in with a recovery code, which is used up now.",
    "second_factor_off": "The second factor is off.",
    "second_factor_reset": "Their second factor is off. They can set up a new one after signing in.",
    "key_revoked": "The key does not work any more.",
    "password_set": "Your new password works now. Sign in with it.",
    "webhook_deleted": "The address is gone.",
    "webhook_pinged": "The test message is on its way. Look again in a moment.",
    "webhook_again": "On its way again.",
    "onboarded": "Done. Your shop is open.",
}


def field_of(form: FormData, name: str, limit: int = MAX_FIELD) -> str:
    """The text of a field, cut to a sane length, without control characters; empty when it was not sent."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(mark for mark in value[:limit] if mark >= " " and mark != "\x7f")


def secret_of(form: FormData, name: str) -> str:
    """A password as it was typed."""
    value = form.get(name)
    return value[:MAX_FIELD] if isinstance(value, str) else ""


def errors_of(words: Translator, error: DomainError) -> tuple[dict[str, str], str]:
    """Messages by field name, and one that belongs to no field, in the caller's language."""
    if isinstance(error, ValidationFailedError):
        found = {
            item["pointer"].lstrip("/").partition("/")[0]: words(item["message"])
            for item in error.ext["errors"]
        }
        return found, ""
    return {}, words(error.message, **error.params)


def go(request: Request, target: str, flash: str = "") -> Response:
    """See other: after a form, the page to look at, with a word to say there once."""
    response = RedirectResponse(target, 303)
    if flash:
        response.set_cookie(
            FLASH_COOKIE, flash, max_age=FLASH_SECONDS, path="/", httponly=True, samesite="lax",
            secure=runtime_of(request).settings.secure_cookies,
        )  # fmt: skip
    return response


def answer(request: Request, name: str, /, *, status: int = 200, **context: Any) -> Response:
    """A page that says the word a redirect left, once. Addresses with a token in them are told to nobody."""
    words = translator_of(request)
    said = FLASHES.get(request.cookies.get(FLASH_COOKIE, ""))
    toasts = [{"text": words(said), "tone": "done", "undo_url": None}] if said else []
    response = render(request, name, status=status, toasts=toasts, **context)
    if FLASH_COOKIE in request.cookies:
        response.delete_cookie(FLASH_COOKIE, path="/")
    response.headers["referrer-policy"] = "same-origin"
    return response


def local_target(value: str | None, otherwise: str) -> str:
    """Where to go after signing in: a page of the panel or of central administration, whoever wrote the address."""
    target = value or ""
    if not re.match(r"/(?:painel|central)(?:[/?]|$)", target):
        return otherwise
    if "\\" in target or "//" in target or any(mark < " " for mark in target):
        return otherwise
    return quote(target, safe="/?&=%-._~:,+")
