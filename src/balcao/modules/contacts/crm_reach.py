"""What it takes to speak to a business's CRM: its tokens, kept fresh, and its pace. No call is made inside a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import select

from balcao.kernel.actor import SYSTEM, Actor
from balcao.kernel.errors import NotFoundError
from balcao.kernel.jobs.job import JobContext
from balcao.kernel.runtime import Work
from balcao.kernel.tenant_secrets import (
    SealingKeys,
    SecretLostError,
    is_sealed_anew,
    seal,
    sealing_keys_of,
    unseal,
)
from balcao.kernel.tenants import Tenant
from balcao.kernel.work import Transactions, UnitOfWork
from balcao.modules.contacts.crm_errors import CrmNotConnectedError
from balcao.modules.contacts.crm_pacing import Bucket, Grant, after_answer, after_busy, take
from balcao.modules.contacts.models import GhlConnection
from balcao.ports.crm import Crm, CrmAccess, CrmLimits, CrmTokens
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

Result = TypeVar("Result")
Sleep = Callable[[float], Awaitable[None]]
ACCESS: Final = "ghl.access_token"
REFRESH: Final = "ghl.refresh_token"
RENEW_BEFORE: Final = timedelta(minutes=5)
CLAIM: Final = timedelta(seconds=45)
"""Longer than a request for new tokens may last."""
_LOOK_AGAIN_SECONDS: Final = 0.5
_LOOKS: Final = 120


@dataclass(frozen=True, slots=True)
class CrmReach:
    """A business, the CRMs of the installation, and the keys of its sealed tokens. `sleep` waits seconds."""

    transactions: Transactions
    tenant: Tenant
    actor: Actor
    crms: dict[str, Crm]
    keys: SealingKeys
    sleep: Sleep = asyncio.sleep
    request_id: str = ""

    def now(self) -> datetime:
        """The present moment."""
        return self.transactions.clock()

    def crm(self, name: str) -> Crm:
        """The CRM of a connection. Raises CrmNotConnectedError when the installation no longer has it."""
        found = self.crms.get(name)
        if found is None:
            raise CrmNotConnectedError
        return found

    async def run(self, verb: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
        """One short transaction of the business."""
        return await self.transactions.run(self.tenant, self.actor, verb, request_id=self.request_id)


def reach_of_job(context: JobContext, *, sleep: Sleep = asyncio.sleep) -> CrmReach:
    """For jobs."""
    return CrmReach(
        context.transactions, context.tenant, SYSTEM, dict(context.providers.crm),
        sealing_keys_of(context.settings), sleep, context.request_id,
    )  # fmt: skip


def reach_of_work(work: Work) -> CrmReach:
    """For requests."""
    runtime = work.runtime
    return CrmReach(
        runtime.transactions, work.tenant, work.actor, dict(runtime.providers.crm),
        sealing_keys_of(runtime.settings), request_id=work.request_id,
    )  # fmt: skip


async def get_connection(uow: UnitOfWork, connection_id: UUID, *, lock: bool = False) -> GhlConnection:
    """A connection, or NotFoundError. `lock` holds its row until the end of the transaction."""
    query = select(GhlConnection).where(GhlConnection.id == connection_id)
    found = (await uow.session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if found is None:
        raise NotFoundError
    return found


async def fresh_access(reach: CrmReach, connection_id: UUID, *, refused: str = "") -> CrmAccess:
    """An access that works, as far as is known. `refused` is a token the CRM has just refused.

    A refresh token works once: one worker claims it under the row's lock and asks, outside the transaction, while the
    others wait for what it brings. Raises CrmNotConnectedError (the connection says `needs_reconnect` from then on) or
    ProviderUnavailable.
    """
    for _ in range(_LOOKS):

        async def look(uow: UnitOfWork) -> CrmAccess | str | None:
            return await _access_or_claim(reach, uow, connection_id, refused)

        found = await reach.run(look)
        if isinstance(found, CrmAccess):
            return found
        if found is not None:
            return await _refreshed(reach, connection_id, found)
        await reach.sleep(_LOOK_AGAIN_SECONDS)
    raise ProviderUnavailable("another worker has been renewing the token for a minute")


async def _access_or_claim(
    reach: CrmReach, uow: UnitOfWork, connection_id: UUID, refused: str
) -> CrmAccess | str | None:
    """The access; or the refresh token, now claimed by us; or None while somebody else has claimed it."""
    connection = await get_connection(uow, connection_id, lock=True)
    if connection.status != "connected" or connection.access_token is None:
        raise CrmNotConnectedError
    try:
        token = unseal(reach.keys, uow.tenant_id, ACCESS, connection.access_token)
        expires = connection.access_expires_at
        is_due = expires is not None and expires - RENEW_BEFORE <= uow.now()
        if token != refused and not is_due:
            if not is_sealed_anew(reach.keys, uow.tenant_id, ACCESS, connection.access_token):
                reseal(reach.keys, uow.tenant_id, connection)
            return CrmAccess(connection.location_id, token)
        if connection.refresh_token is None:
            return _given_up(uow, connection)
        if connection.refresh_until is not None and connection.refresh_until > uow.now():
            return None
        connection.refresh_until = uow.now() + CLAIM
        return unseal(reach.keys, uow.tenant_id, REFRESH, connection.refresh_token)
    except SecretLostError:
        return _given_up(uow, connection)


def reseal(keys: SealingKeys, tenant_id: UUID, connection: GhlConnection) -> None:
    """Seals the tokens with the installation's present key. Raises SecretLostError."""
    if connection.access_token is not None:
        connection.access_token = seal(
            keys, tenant_id, ACCESS, unseal(keys, tenant_id, ACCESS, connection.access_token)
        )
    if connection.refresh_token is not None:
        connection.refresh_token = seal(
            keys, tenant_id, REFRESH, unseal(keys, tenant_id, REFRESH, connection.refresh_token)
        )


def _given_up(uow: UnitOfWork, connection: GhlConnection) -> str:
    """Marks the connection; the empty claim makes the caller say so after the commit."""
    connection.status, connection.problem = "needs_reconnect", "crm_unauthorized"
    connection.updated_at = uow.now()
    uow.announce("ghl")
    return ""


async def _refreshed(reach: CrmReach, connection_id: UUID, refresh_token: str) -> CrmAccess:
    if not refresh_token:
        raise CrmNotConnectedError
    connection = await reach.run(lambda uow: get_connection(uow, connection_id))
    try:
        tokens = await _new_tokens(reach, connection, refresh_token)
    except ProviderRejected:
        await reach.run(lambda uow: _give_up(uow, connection_id))
        raise CrmNotConnectedError from None
    except ProviderUnavailable:
        await reach.run(lambda uow: _release(uow, connection_id))
        raise
    await reach.run(lambda uow: keep_tokens(reach.keys, uow, connection_id, tokens))
    return CrmAccess(tokens.location_id, tokens.access_token)


async def _new_tokens(reach: CrmReach, connection: GhlConnection, refresh_token: str) -> CrmTokens:
    sign_in = reach.crm(connection.provider).sign_in
    if sign_in is None:
        raise ProviderRejected("crm_unauthorized", "the installation has no app there any more")
    tokens = await sign_in.refreshed(refresh_token, now=reach.now())
    if tokens.location_id != connection.location_id:
        raise ProviderRejected("crm_unauthorized", "tokens of another sub-account")
    return tokens


async def keep_tokens(keys: SealingKeys, uow: UnitOfWork, connection_id: UUID, tokens: CrmTokens) -> None:
    """Stores new tokens; the connection works again."""
    connection = await get_connection(uow, connection_id, lock=True)
    connection.access_token = seal(keys, uow.tenant_id, ACCESS, tokens.access_token)
    connection.refresh_token = seal(keys, uow.tenant_id, REFRESH, tokens.refresh_token)
    connection.access_expires_at, connection.refresh_until = tokens.expires_at, None
    connection.scopes = list(tokens.scopes) or connection.scopes
    connection.updated_at = uow.now()


async def give_up_connection(reach: CrmReach, connection_id: UUID) -> None:
    """The CRM refuses even a fresh token: somebody must connect again."""
    await reach.run(lambda uow: _give_up(uow, connection_id))


async def _give_up(uow: UnitOfWork, connection_id: UUID) -> None:
    connection = await get_connection(uow, connection_id, lock=True)
    connection.refresh_until = None
    if connection.status == "connected":
        _given_up(uow, connection)


async def _release(uow: UnitOfWork, connection_id: UUID) -> None:
    (await get_connection(uow, connection_id, lock=True)).refresh_until = None


def take_requests(connection: GhlConnection, wanted: int, now: datetime, *, least: int = 1) -> Grant:
    """Takes requests from the bucket all workers share. The connection's row must be locked."""
    bucket, grant = take(_bucket(connection, now), wanted, now, least=least)
    _keep_bucket(connection, bucket)
    return grant


def give_back(connection: GhlConnection, count: int) -> None:
    """Puts back requests that were not needed after all."""
    connection.bucket_tokens += count


def note_answers(connection: GhlConnection, answers: Sequence[tuple[CrmLimits, bool]], now: datetime) -> None:
    """Tells the bucket what answers said; True marks a 429. The connection's row must be locked."""
    bucket = _bucket(connection, now)
    for limits, was_busy in answers:
        bucket = after_busy(bucket, limits, now) if was_busy else after_answer(bucket, limits, now)
        if limits.daily_remaining is not None:
            connection.daily_remaining, connection.daily_read_at = limits.daily_remaining, now
            connection.daily_limit = limits.daily_limit or connection.daily_limit
    _keep_bucket(connection, bucket)


def _bucket(connection: GhlConnection, now: datetime) -> Bucket:
    return Bucket(
        tokens=connection.bucket_tokens,
        at=connection.bucket_at or now - timedelta(seconds=1),
        rate=connection.rate,
        rate_changed_at=connection.rate_changed_at,
        strikes=connection.strikes,
        blocked_until=connection.blocked_until,
    )


def _keep_bucket(connection: GhlConnection, bucket: Bucket) -> None:
    connection.bucket_tokens, connection.bucket_at = bucket.tokens, bucket.at
    connection.rate, connection.rate_changed_at = bucket.rate, bucket.rate_changed_at
    connection.strikes, connection.blocked_until = bucket.strikes, bucket.blocked_until
