"""Sending webhooks: one try is one job. A try that failed asks for the next one itself, with its own record.

The outside is called between two transactions. A worker killed in between leaves no record, so the job runs again and
the message arrives twice under the same `webhook-id`: at least once, as promised.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy import delete, select, update

from balcao.kernel.identity.models import User
from balcao.kernel.jobs.job import JobContext, job
from balcao.kernel.queue import DOUBTFUL, hasten_question, postpone_question
from balcao.kernel.tenant_secrets import SealingKeys, SecretLostError, sealing_keys_of, unseal
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookTry
from balcao.modules.admin.webhook_events import PING
from balcao.modules.admin.webhook_figures import WEBHOOK_TRIES
from balcao.modules.admin.webhook_rests import SILENT, lock_of, rest_after
from balcao.modules.admin.webhook_signing import signed_headers
from balcao.modules.messaging.public import queue_email
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.webhooks import OutgoingWebhook

TRIES: Final = 8
FIRST_WAIT: Final = timedelta(seconds=30)
STOP_AFTER: Final = 20
"""Failures in a row after which an endpoint is left alone."""
KEEP: Final = timedelta(days=30)
SECRET: Final = "webhook.secret"  # noqa: S105 - a purpose, not a secret
TOPIC: Final = "webhooks"
# Longer than the queue hands back what a killed worker held; the last is for a database that was away.
_BACKOFF: Final = (5.0, 30.0, 120.0, 600.0)
log = structlog.get_logger("balcao.webhooks")

LETTERS: Final[dict[str, dict[str, str]]] = {
    "pt_BR": {
        "subject": "Um programa não está ouvindo os avisos de {shop}",
        "body": "Olá, {name}!\n\nO endereço {url} não respondeu {count} vezes seguidas, então paramos de chamar. Nada se "
        "perdeu: o que aconteceu desde então espera em Webhooks, no painel. Quando o outro programa voltar, ligue o "
        "endereço de novo lá e mande o que ficou.\n\n{shop}",
    },
    "en": {
        "subject": "A program no longer hears from {shop}",
        "body": "Hello, {name}!\n\nThe address {url} failed {count} times in a row, so we stopped calling it. Nothing is "
        "lost: what has happened since waits under Webhooks in the panel. When the other program is back, switch the "
        "address on again there and send what was kept.\n\n{shop}",
    },
}


@dataclass(frozen=True, slots=True)
class _Due:
    url: str
    secrets: tuple[str, ...]
    message_id: str
    body: bytes
    is_ping: bool


@dataclass(frozen=True, slots=True)
class _Outcome:
    status_code: int | None
    problem: str
    excerpt: str
    duration_ms: int

    @property
    def is_good(self) -> bool:
        return not self.problem


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries: 30 seconds, doubling; None when that was the last one."""
    return FIRST_WAIT * 2 ** (tries - 1) if tries < TRIES else None


def body_of(message: WebhookMessage) -> bytes:
    """A message as it is sent; the same bytes at every try."""
    envelope: dict[str, Any] = {
        "id": str(message.id),
        "type": message.event_type,
        "timestamp": message.created_at,
        "subject": message.subject,
        "sequence": message.sequence,
        "data": message.payload,
    }
    return orjson.dumps(envelope, option=orjson.OPT_UTC_Z)


@job("admin.send_webhook", queue="outside", backoff=_BACKOFF)
async def send_webhook(context: JobContext, delivery_id: UUID, after: int) -> None:
    """One try of a delivery that has had `after` of them. One asked for twice, or called off meanwhile, does nothing."""
    keys = sealing_keys_of(context.settings)
    async with context.unit_of_work() as uow:
        due = await _due(uow, keys, delivery_id, after)
    if due is None:
        return
    outcome = await _try(context, due)
    WEBHOOK_TRIES.labels("delivered" if outcome.is_good else outcome.problem).inc()
    log.info(
        "webhook_tried", tenant=context.tenant.slug, delivery=str(delivery_id), status=outcome.status_code,
        problem=outcome.problem, duration_ms=outcome.duration_ms,
    )  # fmt: skip
    async with context.unit_of_work() as uow:
        await _record(uow, delivery_id, after, outcome, is_ping=due.is_ping)


async def _due(uow: UnitOfWork, keys: SealingKeys, delivery_id: UUID, after: int) -> _Due | None:
    """What to send, or None when there is nothing to do now. A delivery whose endpoint is not on is put aside, one whose
    endpoint rests comes back after it."""
    query = (
        select(WebhookDelivery, WebhookMessage, WebhookEndpoint)
        .join(WebhookMessage, WebhookMessage.id == WebhookDelivery.message_id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.id == delivery_id)
        .with_for_update(of=WebhookDelivery)
    )
    found = (await uow.session.execute(query)).one_or_none()
    if found is None:
        return None
    delivery, message, endpoint = found
    if delivery.status != "waiting" or delivery.tries != after:
        return None
    is_ping = message.event_type == PING
    if message.erased_at is not None:
        delivery.status, delivery.next_try_at = "failed", None
        return None
    if endpoint.status != "on" and not is_ping:
        delivery.status, delivery.next_try_at = "held", None
        return None
    if endpoint.rest_until is not None and endpoint.rest_until > uow.now() and not is_ping:
        _come_back(uow, delivery, endpoint.rest_until, is_doubtful=True)
        return None
    secrets = _secrets_of(uow, keys, endpoint)
    return _Due(endpoint.url, secrets, str(message.id), body_of(message), is_ping)


def _secrets_of(uow: UnitOfWork, keys: SealingKeys, endpoint: WebhookEndpoint) -> tuple[str, ...]:
    """The secret, and the former one while it still signs; none when they were sealed under a key that is gone."""
    sealed = [endpoint.sealed_secret]
    if endpoint.sealed_previous is not None and (endpoint.previous_until or uow.now()) > uow.now():
        sealed.append(endpoint.sealed_previous)
    try:
        return tuple(unseal(keys, uow.tenant_id, SECRET, text) for text in sealed)
    except SecretLostError:
        return ()


async def _try(context: JobContext, due: _Due) -> _Outcome:
    if not due.secrets:
        return _Outcome(None, "secret_lost", "", 0)
    timestamp = int(context.transactions.clock().timestamp())
    headers = signed_headers(due.secrets, due.message_id, timestamp, due.body)
    began = time.monotonic()

    def outcome(status: int | None, problem: str, excerpt: str = "") -> _Outcome:
        return _Outcome(status, problem, excerpt, round((time.monotonic() - began) * 1000))

    try:
        answer = await context.providers.webhooks.send(OutgoingWebhook(due.url, due.body, headers))
    except ProviderRejected as error:
        return outcome(None, error.code)
    except ProviderUnavailable as error:
        return outcome(None, error.detail)
    return outcome(answer.status, problem_of(answer.status), answer.excerpt)


def problem_of(status: int) -> str:
    """Why an answer does not count as heard; empty for 200 to 299. Redirects are not followed."""
    if 200 <= status < 300:
        return ""
    return "redirect" if 300 <= status < 400 else "status"


async def _record(
    uow: UnitOfWork, delivery_id: UUID, after: int, outcome: _Outcome, *, is_ping: bool
) -> None:
    """Notes a try. A ping is tried once and says nothing of the endpoint: somebody is just looking."""
    # The endpoint first, then its deliveries: whoever stops an endpoint touches them all.
    holding = (
        select(WebhookEndpoint)
        .join(WebhookDelivery, WebhookDelivery.endpoint_id == WebhookEndpoint.id)
        .where(WebhookDelivery.id == delivery_id)
        .with_for_update(of=WebhookEndpoint)
    )
    endpoint = (await uow.session.execute(holding)).scalar_one_or_none()
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update()
    delivery = (await uow.session.execute(query)).scalar_one_or_none()
    if endpoint is None or delivery is None:
        return
    # Whoever was forgotten meanwhile may stand in what the other side said.
    is_erased = select(WebhookMessage.erased_at.is_not(None)).where(WebhookMessage.id == delivery.message_id)
    excerpt = "" if (await uow.session.execute(is_erased)).scalar_one() else outcome.excerpt
    uow.session.add(
        WebhookTry(
            tenant_id=uow.tenant_id, delivery_id=delivery_id, at=uow.now(), status_code=outcome.status_code,
            problem=outcome.problem, excerpt=excerpt, duration_ms=outcome.duration_ms,
        )
    )  # fmt: skip
    uow.announce(TOPIC)
    if delivery.status == "delivered" or delivery.tries != after:
        return
    await _rest(uow, endpoint, outcome, is_ping=is_ping)
    delivery.tries += 1
    if outcome.is_good:
        delivery.status, delivery.delivered_at, delivery.next_try_at = "delivered", uow.now(), None
    elif is_ping:
        delivery.status, delivery.next_try_at = "failed", None
    elif delivery.status == "waiting":
        _ask_again(uow, delivery, endpoint)
    await uow.session.flush()
    if not is_ping:
        await _count(uow, endpoint, is_good=outcome.is_good)


def _ask_again(uow: UnitOfWork, delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> None:
    wait = wait_after(delivery.tries)
    if wait is None:
        delivery.status, delivery.next_try_at = "failed", None
        return
    at = uow.now() + wait
    if endpoint.rest_until is not None:
        at = max(at, endpoint.rest_until)
    _come_back(uow, delivery, at, is_doubtful=endpoint.silences > 0)


def _come_back(uow: UnitOfWork, delivery: WebhookDelivery, at: datetime, *, is_doubtful: bool) -> None:
    delivery.next_try_at = at
    uow.enqueue(
        send_webhook, at=at, lock=lock_of(delivery.endpoint_id), priority=DOUBTFUL if is_doubtful else 0,
        delivery_id=delivery.id, after=delivery.tries,
    )  # fmt: skip


def end_rest(uow: UnitOfWork, endpoint: WebhookEndpoint) -> None:
    """What waited for an endpoint goes now."""
    endpoint.rest_until = None
    uow.ask_at_end(hasten_question(lock_of(endpoint.id)))


async def _rest(uow: UnitOfWork, endpoint: WebhookEndpoint, outcome: _Outcome, *, is_ping: bool) -> None:
    """Leaves an endpoint alone that gave no answer, with all that waits for it; any answer ends that."""
    if outcome.problem in SILENT:
        if is_ping:
            return
        endpoint.silences += 1
        rest = rest_after(endpoint.silences, outcome.problem)
        if rest is None:
            return
        endpoint.rest_until = until = uow.now() + rest
        waiting = (WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.status == "waiting")
        await uow.session.execute(
            update(WebhookDelivery)
            .where(*waiting, WebhookDelivery.next_try_at < until)
            .values(next_try_at=until)
            .execution_options(synchronize_session=False)
        )
        uow.ask_at_end(postpone_question(lock_of(endpoint.id), until))
    elif outcome.status_code is not None and endpoint.silences:
        endpoint.silences = 0
        end_rest(uow, endpoint)


async def _count(uow: UnitOfWork, endpoint: WebhookEndpoint, *, is_good: bool) -> None:
    """Counts failures in a row, and leaves an endpoint alone that has had too many."""
    endpoint.failures = 0 if is_good else endpoint.failures + 1
    if endpoint.failures < STOP_AFTER or endpoint.status != "on":
        return
    endpoint.status, endpoint.stopped_at, endpoint.stop_reason = "stopped", uow.now(), "failures"
    endpoint.version += 1
    await uow.session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.status == "waiting")
        .values(status="held", next_try_at=None)
        .execution_options(synchronize_session=False)
    )
    await _tell_owners(uow, endpoint)


async def _tell_owners(uow: UnitOfWork, endpoint: WebhookEndpoint) -> None:
    texts = LETTERS.get(uow.tenant.locale, LETTERS["pt_BR"])
    owners = select(User.id, User.email, User.name).where(User.role == "owner", User.is_active)
    for owner in (await uow.session.execute(owners)).all():
        values = {"shop": uow.tenant.name, "url": endpoint.url, "count": endpoint.failures,
                  "name": owner.name.split(" ", 1)[0]}  # fmt: skip
        await queue_email(
            uow, to=owner.email, to_name=owner.name, subject=texts["subject"].format(**values),
            body=texts["body"].format(**values), template="webhook_stopped",
            dedupe_key=f"webhook_stopped:{endpoint.id}:{endpoint.version}:{owner.id}",
        )  # fmt: skip


@job(
    "admin.forget_webhooks",
    queue="soon",
    cron="41 3 * * *",
    due="select distinct tenant_id from webhook_messages where created_at < now() - interval '30 days' "
    "union select tenant_id from webhook_endpoints where previous_until < now()",
)
async def forget_webhooks(context: JobContext) -> None:
    """Drops messages of more than 30 days with their deliveries, and former secrets that sign no more."""
    async with context.unit_of_work() as uow:
        await uow.session.execute(
            delete(WebhookMessage)
            .where(WebhookMessage.created_at < uow.now() - KEEP)
            .execution_options(synchronize_session=False)
        )
        await uow.session.execute(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.previous_until < uow.now())
            .values(sealed_previous=None, previous_until=None)
            .execution_options(synchronize_session=False)
        )
