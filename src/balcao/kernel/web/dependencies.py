"""What a route may ask for. Every route says who may enter: `Allow("area:verb")` or `Public("why")`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from balcao.kernel.errors import ForbiddenError, TenantUnknownError, UnauthenticatedError
from balcao.kernel.i18n import Translator, negotiate
from balcao.kernel.plans import require_active, require_module
from balcao.kernel.runtime import Runtime, Work
from balcao.kernel.tenants import PLATFORM_TENANT
from balcao.kernel.web.tenant_of_request import ActorCache, Caller, caller_of
from balcao.kernel.work import UnitOfWork

LANGUAGE_COOKIE = "lang"
PANEL_PREFIX = "/painel"


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The installation this process holds."""
    return connection.app.state.runtime


def request_id_of(connection: HTTPConnection) -> str:
    """The id that is in the log line, the answer and the jobs of this request."""
    return connection.scope.get("state", {}).get("request_id", "")


async def caller(connection: HTTPConnection) -> Caller:
    """Tenant and actor, found once per request."""
    known = getattr(connection.state, "caller", None)
    if known is None:
        cache: ActorCache = connection.app.state.actors
        known = await caller_of(connection, runtime_of(connection), cache)
        connection.state.caller = known
        connection.state.tenant_slug = known.tenant.slug
        connection.state.actor_label = known.actor.label
    return known


def translator_of(connection: HTTPConnection) -> Translator:
    """The caller's language: the cookie of the language switch, else Accept-Language, else Portuguese."""
    known = getattr(connection.state, "translator", None)
    if known is None:
        cookie = connection.cookies.get(LANGUAGE_COOKIE)
        language = negotiate(connection.headers.get("accept-language"), cookie)
        known = runtime_of(connection).catalogues.translator(language)
        connection.state.translator = known
    return known


class Allow:
    """The route is for signed-in people who hold a permission; an empty one asks for a sign-in only."""

    def __init__(self, permission: str = "") -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> None:
        try:
            who = await caller(request)
        except TenantUnknownError:
            # Nobody is signed in and no business is named: say what is missing first.
            raise UnauthenticatedError from None
        if who.actor.kind != "user":
            raise UnauthenticatedError
        require_active(who.tenant)
        if self.permission and not who.actor.can(self.permission):
            raise ForbiddenError


class AllowPlatform(Allow):
    """The route is for people of the platform's own business who hold the permission: it concerns all businesses."""

    async def __call__(self, request: Request) -> None:
        await super().__call__(request)
        if (await caller(request)).tenant.slug != PLATFORM_TENANT:
            raise ForbiddenError


class Public:
    """The route is for anybody; `why` says the reason."""

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self) -> None:
        return None


class RequiresModule:
    """The door of a module: shut with 404 when the tenant's plan does not include it."""

    def __init__(self, module: str) -> None:
        self.module = module

    async def __call__(self, request: Request) -> None:
        try:
            who = await caller(request)
        except TenantUnknownError:
            if request.url.path.startswith(PANEL_PREFIX):
                raise UnauthenticatedError from None  # the panel's tenant is its session's: send to the sign-in
            raise
        require_module(who.tenant, self.module, reading=request.method in {"GET", "HEAD", "OPTIONS"})


async def _write(request: Request) -> AsyncIterator[UnitOfWork]:
    who = await caller(request)
    transactions = runtime_of(request).transactions
    async with transactions.begin(who.tenant, who.actor, request_id=request_id_of(request)) as uow:
        yield uow


async def _read(request: Request) -> AsyncIterator[UnitOfWork]:
    who = await caller(request)
    transactions = runtime_of(request).transactions
    async with transactions.begin(
        who.tenant, who.actor, read_only=True, request_id=request_id_of(request)
    ) as uow:
        yield uow


async def _work(request: Request) -> Work:
    who = await caller(request)
    return Work(runtime_of(request), who.tenant, who.actor, request_id_of(request))


# A dependency that is not a coroutine function runs in a thread, at the price of two switches for a look-up.
async def _installation(connection: HTTPConnection) -> Runtime:
    return runtime_of(connection)


async def _words(connection: HTTPConnection) -> Translator:
    return translator_of(connection)


# scope="function": the commit happens before the answer leaves, so a failed commit is an error, not a lost 201.
Uow = Annotated[UnitOfWork, Depends(_write, scope="function")]
ReadUow = Annotated[UnitOfWork, Depends(_read, scope="function")]
Works = Annotated[Work, Depends(_work)]
CurrentCaller = Annotated[Caller, Depends(caller)]
Words = Annotated[Translator, Depends(_words)]
Installation = Annotated[Runtime, Depends(_installation)]
