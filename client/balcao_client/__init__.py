"""The API of Balcão for Python programs: `Balcao` waits for each answer, `AsyncBalcao` is for asyncio."""

from __future__ import annotations

from balcao_client import models
from balcao_client.calls import Id, Moment, Upload
from balcao_client.client import AsyncBalcao, Balcao
from balcao_client.errors import (
    BadRequest,
    BalcaoError,
    BalcaoUnreachable,
    Conflict,
    FieldError,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerFailed,
    Unauthenticated,
    ValidationFailed,
    VersionConflict,
)
from balcao_client.events import Event
from balcao_client.files import AsyncFile, File
from balcao_client.pages import Page
from balcao_client.webhooks import WebhookMessage, WebhookRefused, verify_webhook

__version__ = "0.1.0"
__all__ = [
    "AsyncBalcao",
    "AsyncFile",
    "BadRequest",
    "Balcao",
    "BalcaoError",
    "BalcaoUnreachable",
    "Conflict",
    "Event",
    "FieldError",
    "File",
    "Id",
    "Moment",
    "NotFound",
    "Page",
    "PermissionDenied",
    "RateLimited",
    "ServerFailed",
    "Unauthenticated",
    "Upload",
    "ValidationFailed",
    "VersionConflict",
    "WebhookMessage",
    "WebhookRefused",
    "models",
    "verify_webhook",
]
