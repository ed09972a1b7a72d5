"""The addresses of a business that hear of its events: made, changed, given a new secret, asked whether they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select, text

from balcao.kernel.errors import (
    DomainError,
    ImpersonatingError,
    NotFoundError,
    ValidationFailedError,
    VersionConflictError,
)
from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Work
from balcao.kernel.tenant_secrets import seal, sealing_keys_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.models import WebhookEndpoint
from balcao.modules.admin.webhook_events import PING, WISHES, in_order
from balcao.modules.admin.webhook_jobs import SECRET, TOPIC
from balcao.modules.admin.webhook_messages import Told, tell
from balcao.modules.admin.webhook_signing import new_secret
from balcao.modules.admin.webhook_wishes import wishes_kept

BOTH_SECRETS: Final = timedelta(hours=24)
"""How long the former secret signs beside the new one."""
MOST_ENDPOINTS: Final = 20
URL_LENGTH: Final = 500
DESCRIPTION_LENGTH: Final = 120
STATUSES: Final = ("on", "off")


class WebhookLimitError(DomainError):
    """A business has as many endpoints as it may; `limit` tells it."""

    code = "webhook_limit"
    title = "Too many webhook addresses."
    detail = "There is no room for another address. Delete one that nobody uses."


@dataclass(frozen=True, slots=True)
class MadeEndpoint:
    """An endpoint and its secret, which is told this once."""

    id: UUID
    secret: str


def clean_url(url: str, *, plain_http: bool) -> str:
    """The address as it is stored. Raises validation. Whether it is a private one is seen when it is called."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _at_url("This is no complete address. Write it like https://example.com/webhooks.") from None
    if not url.isascii() or not url.isprintable() or " " in url or not host or parts.fragment:
        raise _at_url("This is no complete address. Write it like https://example.com/webhooks.")
    if parts.scheme not in ({"https", "http"} if plain_http else {"https"}):
        raise _at_url("The address must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise _at_url("Leave name and password out of the address: every message is signed.")
    if len(url) > URL_LENGTH:
        raise _at_url("This is too long.")
    return url


def _refuse_support(work: Work) -> None:
    """Who acts in somebody's name neither learns what signs nor turns a business's events to an address of their own."""
    if work.actor.impersonator:
        raise ImpersonatingError


def _at_url(message: str) -> ValidationFailedError:
    return ValidationFailedError.at("/url", message)


def _clean(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = dict(values)
    if "url" in clean:
        clean["url"] = clean_url(clean["url"], plain_http=work.runtime.settings.env == "development")
    if "description" in clean:
        clean["description"] = clean["description"].strip()
        if len(clean["description"]) > DESCRIPTION_LENGTH:
            raise ValidationFailedError.at("/description", "This is too long.")
    if "events" in clean:
        clean["events"] = _clean_events(clean["events"])
    if clean.get("status", "on") not in STATUSES:
        raise ValidationFailedError.at("/status", "Choose on or off.")
    return clean


def _clean_events(events: Sequence[str]) -> list[str]:
    if not events:
        raise ValidationFailedError.at("/events", "Choose at least one event.")
    if any(event not in WISHES for event in events):
        raise ValidationFailedError.at("/events", "One of these events does not exist.")
    return in_order(events)


async def get_endpoint(uow: UnitOfWork, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    """An endpoint of the business. NotFoundError."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    found = (await uow.session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    return found


async def create_endpoint(work: Work, values: Mapping[str, Any]) -> MadeEndpoint:
    """A new address that hears of `events`. Raises validation and WebhookLimitError."""
    _refuse_support(work)
    clean = _clean(work, values)
    endpoint_id, secret = new_id(), new_secret()
    sealed = seal(sealing_keys_of(work.runtime.settings), work.tenant.id, SECRET, secret)

    async def add(uow: UnitOfWork) -> None:
        await _keep_limit(uow)
        uow.session.add(
            WebhookEndpoint(
                tenant_id=uow.tenant_id, id=endpoint_id, url=clean["url"], events=clean["events"],
                description=clean.get("description", ""), sealed_secret=sealed,
            )
        )  # fmt: skip
        uow.announce(TOPIC)

    async with wishes_kept(work.runtime, work.tenant, clean["events"]):
        await work.run(add)
    return MadeEndpoint(endpoint_id, secret)


async def _keep_limit(uow: UnitOfWork) -> None:
    await uow.session.execute(
        text(
            "select pg_advisory_xact_lock(hashtextextended('webhook_endpoints:' || cast(:tenant as text), 0))"
        ),
        {"tenant": str(uow.tenant_id)},
    )
    if (
        await uow.session.execute(select(func.count()).select_from(WebhookEndpoint))
    ).scalar_one() >= MOST_ENDPOINTS:
        raise WebhookLimitError(limit=MOST_ENDPOINTS)


async def change_endpoint(
    work: Work, endpoint_id: UUID, values: Mapping[str, Any], version: int | None
) -> None:
    """Changes url, description, events or status. Switched on again, its failures are forgotten.

    Raises NotFoundError, VersionConflictError, validation.
    """
    clean = _clean(work, values)

    async def change(uow: UnitOfWork) -> None:
        endpoint = await get_endpoint(uow, endpoint_id, lock=True)
        if version is not None and endpoint.version != version:
            raise VersionConflictError(current={"id": str(endpoint.id), "version": endpoint.version})
        if clean.get("url", endpoint.url) != endpoint.url:
            _refuse_support(work)
        for name, value in clean.items():
            setattr(endpoint, name, value)
        if clean.get("status") == "on":
            endpoint.failures, endpoint.stopped_at, endpoint.stop_reason = 0, None, ""
            endpoint.silences, endpoint.rest_until = 0, None
        endpoint.version += 1
        uow.announce(TOPIC)

    # What the endpoint may ask for afterwards: its old wishes too, when it is only switched on.
    async with work.runtime.transactions.begin(work.tenant, work.actor, read_only=True) as uow:
        known = (await get_endpoint(uow, endpoint_id)).events
    async with wishes_kept(work.runtime, work.tenant, [*known, *clean.get("events", [])]):
        await work.run(change)


async def delete_endpoint(work: Work, endpoint_id: UUID) -> None:
    """Forgets an endpoint with all that was sent to it. NotFoundError."""

    async def delete(uow: UnitOfWork) -> None:
        await uow.session.delete(await get_endpoint(uow, endpoint_id, lock=True))
        uow.announce(TOPIC)

    async with wishes_kept(work.runtime, work.tenant, ()):
        await work.run(delete)


async def rotate_secret(work: Work, endpoint_id: UUID) -> MadeEndpoint:
    """A new secret. The former one signs beside it for 24 hours; one from before that stops at once. NotFoundError."""
    _refuse_support(work)
    secret = new_secret()
    sealed = seal(sealing_keys_of(work.runtime.settings), work.tenant.id, SECRET, secret)

    async def rotate(uow: UnitOfWork) -> None:
        endpoint = await get_endpoint(uow, endpoint_id, lock=True)
        endpoint.sealed_previous, endpoint.previous_until = endpoint.sealed_secret, uow.now() + BOTH_SECRETS
        endpoint.sealed_secret = sealed
        endpoint.version += 1
        uow.announce(TOPIC)

    await work.run(rotate)
    return MadeEndpoint(endpoint_id, secret)


async def ping(uow: UnitOfWork, endpoint_id: UUID) -> UUID:
    """Sends a test message to one endpoint, once, even when it is off. NotFoundError."""
    endpoint = await get_endpoint(uow, endpoint_id)
    told = Told(PING, f"ping:{endpoint.id}", {"endpoint_id": endpoint.id, "business": uow.tenant.slug})
    message_id = await tell(uow, told, only=endpoint.id)
    if message_id is None:
        raise NotFoundError
    uow.announce(TOPIC)
    return message_id
