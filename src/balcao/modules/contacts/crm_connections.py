"""Connecting an account of GoHighLevel: by a private token the business makes there, or by consent (OAuth)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import jwt
from sqlalchemy import select, update

from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.idempotency import claim_key, fingerprint_of
from balcao.kernel.identity.tokens import ALGORITHM, SigningKeys
from balcao.kernel.ids import new_token
from balcao.kernel.tenant_secrets import seal
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_errors import (
    CrmConsentInvalidError,
    CrmConsentOffError,
    CrmNotConnectedError,
    refusal_of,
)
from balcao.modules.contacts.crm_pushes import continue_pushes, stop_pushes
from balcao.modules.contacts.crm_reach import (
    ACCESS,
    REFRESH,
    CrmReach,
    fresh_access,
    get_connection,
    give_up_connection,
)
from balcao.modules.contacts.models import GhlConnection
from balcao.ports.crm import CrmAccess, CrmAccount, CrmSignIn, CrmTokens
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

PROVIDER: Final = "gohighlevel"
CALLBACK_PATH: Final = "/painel/contatos/gohighlevel/retorno"
STATE_LIFE: Final = timedelta(minutes=10)
CODE_CHARACTERS: Final = 2048
_LOCATION: Final = re.compile(r"[A-Za-z0-9_-]{4,64}")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{8,4096}")
_STATE_SCOPE: Final = "ghl.consent"


@dataclass(frozen=True, slots=True)
class _Line:
    """What a connection is made of. Never shown: it holds tokens in the clear."""

    kind: str
    account: CrmAccount
    tokens: CrmTokens | None
    access: CrmAccess


async def connect_with_token(reach: CrmReach, location_id: str, token: str) -> UUID:
    """Connects a sub-account with a private token, after trying it.

    The same account again replaces its token. Raises ValidationFailedError, CrmRefusedError, CrmUnavailableError.
    """
    location_id, token = location_id.strip(), token.strip().removeprefix("Bearer ").strip()
    if not _LOCATION.fullmatch(location_id):
        raise ValidationFailedError.at("/location_id", "This is not the id of a sub-account.")
    if not _TOKEN.fullmatch(token):
        raise ValidationFailedError.at("/token", "This is not a token of GoHighLevel.")
    access = CrmAccess(location_id, token)
    account = await _tried(reach, access)
    return await reach.run(lambda uow: _keep(reach, uow, _Line("token", account, None, access)))


def consent_link(reach: CrmReach, keys: SigningKeys, base_url: str) -> str:
    """Where the owner allows the installation in; the state that comes back is this session's. CrmConsentOffError."""
    payload = {
        "ghl": str(reach.tenant.id),
        "sid": str(reach.actor.session_id),
        "jti": new_token(16),
        "exp": reach.now() + STATE_LIFE,
    }
    state = jwt.encode(payload, keys.current, algorithm=ALGORITHM)  # pyright: ignore[reportUnknownMemberType]
    return _sign_in(reach).consent_url(state=state, redirect_uri=redirect_uri(base_url))


def redirect_uri(base_url: str) -> str:
    """The page consent comes back to, as it is registered at the CRM."""
    return base_url.rstrip("/") + CALLBACK_PATH


async def connect_by_consent(
    reach: CrmReach, keys: SigningKeys, base_url: str, *, state: str, code: str
) -> UUID:
    """The way back from the consent page: the state is used up, then the code is turned into tokens.

    Raises CrmConsentInvalidError, CrmConsentOffError, CrmRefusedError, CrmUnavailableError.
    """
    nonce = _nonce(reach, keys, state)
    if not 0 < len(code) <= CODE_CHARACTERS:
        raise CrmConsentInvalidError
    sign_in = _sign_in(reach)

    async def use_up(uow: UnitOfWork) -> None:
        if await claim_key(uow, _STATE_SCOPE, nonce, fingerprint_of(nonce)) is not None:
            raise CrmConsentInvalidError

    await reach.run(use_up)
    try:
        tokens = await sign_in.tokens_for_code(code, redirect_uri=redirect_uri(base_url), now=reach.now())
    except (ProviderRejected, ProviderUnavailable) as error:
        raise refusal_of(error) from None
    access = CrmAccess(tokens.location_id, tokens.access_token)
    account = await _tried(reach, access)
    return await reach.run(lambda uow: _keep(reach, uow, _Line("consent", account, tokens, access)))


def _nonce(reach: CrmReach, keys: SigningKeys, state: str) -> str:
    for key in (keys.current, *keys.previous):
        try:
            payload: dict[str, Any] = jwt.decode(  # pyright: ignore[reportUnknownMemberType]
                state, key, algorithms=[ALGORITHM],
                options={"require": ["exp", "ghl", "sid", "jti"], "verify_exp": False},
            )  # fmt: skip
        except jwt.PyJWTError:
            continue
        mine = (str(reach.tenant.id), str(reach.actor.session_id))
        is_live = isinstance(payload["exp"], int) and payload["exp"] > reach.now().timestamp()
        if (payload["ghl"], payload["sid"]) == mine and is_live:
            return str(payload["jti"])
    raise CrmConsentInvalidError


def _sign_in(reach: CrmReach) -> CrmSignIn:
    sign_in = reach.crm(PROVIDER).sign_in
    if sign_in is None:
        raise CrmConsentOffError
    return sign_in


async def _tried(reach: CrmReach, access: CrmAccess) -> CrmAccount:
    try:
        return await reach.crm(PROVIDER).account(access)
    except (ProviderRejected, ProviderUnavailable) as error:
        raise refusal_of(error) from None


async def _keep(reach: CrmReach, uow: UnitOfWork, line: _Line) -> UUID:
    """Stores a connection, over the earlier one to the same account; sendings that waited for it go on."""
    query = select(GhlConnection).where(
        GhlConnection.provider == PROVIDER, GhlConnection.location_id == line.access.location_id
    )
    connection = (await uow.session.execute(query.with_for_update())).scalar_one_or_none()
    if connection is None:
        connection = GhlConnection(
            tenant_id=uow.tenant_id, provider=PROVIDER, kind=line.kind, location_id=line.access.location_id,
            connected_by=uow.actor.label,
        )  # fmt: skip
        uow.session.add(connection)
    tokens, tenant_id = line.tokens, uow.tenant_id
    connection.kind, connection.status, connection.problem = line.kind, "connected", ""
    connection.access_token = seal(reach.keys, tenant_id, ACCESS, line.access.token)
    connection.refresh_token = (
        seal(reach.keys, tenant_id, REFRESH, tokens.refresh_token) if tokens is not None else None
    )
    connection.access_expires_at = tokens.expires_at if tokens is not None else None
    connection.refresh_until = None
    connection.scopes = list(tokens.scopes) if tokens is not None else []
    connection.connected_by = uow.actor.label
    _tell_account(connection, line.account, uow)
    await uow.session.flush()
    await continue_pushes(uow, connection.id)
    return connection.id


def _tell_account(connection: GhlConnection, account: CrmAccount, uow: UnitOfWork) -> None:
    connection.name = account.name or connection.name or ""
    connection.checked_at = connection.updated_at = uow.now()
    if account.daily_remaining is not None:
        connection.daily_remaining, connection.daily_read_at = account.daily_remaining, uow.now()
        connection.daily_limit = account.daily_limit
    connection.version = (connection.version or 0) + 1
    uow.announce("ghl")


async def check_connection(reach: CrmReach, connection_id: UUID) -> None:
    """Tries a connection, renewing its token when it must. Raises CrmNotConnectedError, CrmUnavailableError."""
    try:
        access = await fresh_access(reach, connection_id)
        try:
            account = await reach.crm(PROVIDER).account(access)
        except ProviderRejected:
            access = await fresh_access(reach, connection_id, refused=access.token)
            account = await reach.crm(PROVIDER).account(access)
    except ProviderRejected:
        await give_up_connection(reach, connection_id)
        raise CrmNotConnectedError from None
    except ProviderUnavailable as error:
        raise refusal_of(error) from None

    async def tell(uow: UnitOfWork) -> None:
        _tell_account(await get_connection(uow, connection_id, lock=True), account, uow)

    await reach.run(tell)


async def disconnect(uow: UnitOfWork, connection_id: UUID) -> None:
    """Forgets the tokens; what was sent stays on record, and what is being sent stops. Again changes nothing.

    The token itself lives on at GoHighLevel until it is deleted there: only its owner can do that.
    """
    connection = await get_connection(uow, connection_id, lock=True)
    if connection.status == "disconnected":
        return
    await uow.session.execute(
        update(GhlConnection)
        .where(GhlConnection.tenant_id == uow.tenant_id, GhlConnection.id == connection_id)
        .values(
            status="disconnected", access_token=None, refresh_token=None, access_expires_at=None,
            refresh_until=None, scopes=[], updated_at=uow.now(), version=GhlConnection.version + 1,
        )
    )  # fmt: skip
    await stop_pushes(uow, connection_id, "needs_reconnect")
    uow.announce("ghl")
