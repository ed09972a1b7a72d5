"""What a route may ask for. Every route says who may enter: `Allow("area:verb")` or `Public("why")`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from inspect import Parameter, Signature, signature
from typing import Annotated, ClassVar, Final

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from balcao.kernel.errors import (
    ForbiddenError,
    ImpersonatingError,
    PeopleOnlyError,
    TenantUnknownError,
    UnauthenticatedError,
)
from balcao.kernel.i18n import Translator, negotiate
from balcao.kernel.plans import require_active, require_module
from balcao.kernel.runtime import Runtime, Work
from balcao.kernel.tenants import PLATFORM_TENANT
from balcao.kernel.web.tenant_of_request import ActorCache, Caller, caller_of
from balcao.kernel.work import UnitOfWork

LANGUAGE_COOKIE = "lang"
PANEL_PREFIX = "/painel"
# Pages, and forms that only pages send: for people with a browser.
PAGES_OF_PEOPLE = (PANEL_PREFIX, "/central")
WROTE_COOKIE = "balcao_wrote"
SIGNED_IN_KINDS = frozenset({"user", "key"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Hundreds of routes ask for the same few things, and the framework would work out at each of them what those ask for
# in turn: it is said here once.
ASKS_REQUEST: Final = Signature([Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)])


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The installation this process holds."""
    return connection.app.state.runtime


def request_id_of(connection: HTTPConnection) -> str:
    """The id that is in the log line, the answer and the jobs of this request."""
    return connection.scope.get("state", {}).get("request_id", "")


def address_of(connection: HTTPConnection) -> str:
    """The client's address; behind proxies the edge has found the real one already."""
    peer = connection.client.host if connection.client else ""
    return getattr(connection.state, "client_ip", peer)


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


class EveryStoreError(ForbiddenError):
    """Something of the whole business was asked for by somebody whose rights hold for some of its stores."""

    code = "every_store"
    title = "Permission for all stores needed."
    detail = "This concerns every store. Ask somebody who sees them all."


class Allow:
    """The route is for signed-in people, and programs with an API key, who hold a permission; an empty one asks for a
    sign-in only. `no_keys` turns programs away, as the pages of panel and central administration always do: what it
    guards outlives a key. `people_only` turns away the platform's people who act in somebody's name as well: what it
    guards, only the person may change. `every_store` turns away whose rights hold for some
    stores only: what it guards shows all of them.
    """

    __signature__: ClassVar[Signature] = ASKS_REQUEST

    def __init__(
        self,
        permission: str = "",
        *,
        people_only: bool = False,
        no_keys: bool = False,
        every_store: bool = False,
    ) -> None:
        self.permission = permission
        self.people_only = people_only
        self.no_keys = no_keys or people_only
        self.every_store = every_store

    async def __call__(self, request: Request) -> None:
        try:
            who = await caller(request)
        except TenantUnknownError:
            # Nobody is signed in and no business is named: say what is missing first.
            raise UnauthenticatedError from None
        if who.actor.kind not in SIGNED_IN_KINDS:
            raise UnauthenticatedError
        if who.actor.kind == "key" and (self.no_keys or request.url.path.startswith(PAGES_OF_PEOPLE)):
            raise PeopleOnlyError
        is_reading = request.method in READING
        require_active(who.tenant, reading=is_reading)
        if self.people_only and who.actor.impersonator and not is_reading:
            raise ImpersonatingError
        if self.permission and not who.actor.can(self.permission):
            raise ForbiddenError
        if self.every_store and who.actor.store_ids is not None:
            raise EveryStoreError


class AllowPlatform(Allow):
    """The route is for people of the platform's own business who hold the permission: it concerns all businesses."""

    async def __call__(self, request: Request) -> None:
        await super().__call__(request)
        if (await caller(request)).tenant.slug != PLATFORM_TENANT:
            raise ForbiddenError


class Public:
    """The route is for anybody; `why` says the reason."""

    __signature__: ClassVar[Signature] = Signature()

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self) -> None:
        return None


class RequiresModule:
    """The door of a module: shut with 404 when the tenant's plan does not include it."""

    __signature__: ClassVar[Signature] = ASKS_REQUEST

    def __init__(self, module: str) -> None:
        self.module = module

    async def __call__(self, request: Request) -> None:
        try:
            who = await caller(request)
        except TenantUnknownError:
            if request.url.path.startswith(PAGES_OF_PEOPLE):
                raise UnauthenticatedError from None  # the panel's tenant is its session's: send to the sign-in
            raise
        require_module(who.tenant, self.module, reading=request.method in READING)


def may_lag(request: Request) -> bool:
    """Whether a replica may answer: not to a browser that sent something a moment ago, nor to who asks for fresh."""
    wrote = WROTE_COOKIE in request.cookies
    return not wrote and "no-cache" not in request.headers.get("cache-control", "")


async def _write(request: Request) -> AsyncIterator[UnitOfWork]:
    who = await caller(request)
    transactions = runtime_of(request).transactions
    async with transactions.begin(
        who.tenant, who.actor, request_id=request_id_of(request), address=address_of(request)
    ) as uow:
        yield uow


async def _read(request: Request) -> AsyncIterator[UnitOfWork]:
    who = await caller(request)
    transactions = runtime_of(request).transactions
    async with transactions.begin(
        who.tenant, who.actor, read_only=True, request_id=request_id_of(request), may_lag=may_lag(request)
    ) as uow:
        yield uow


async def _work(request: Request) -> Work:
    who = await caller(request)
    return Work(runtime_of(request), who.tenant, who.actor, request_id_of(request), address_of(request))


# A dependency that is not a coroutine function runs in a thread, at the price of two switches for a look-up.
async def _installation(connection: HTTPConnection) -> Runtime:
    return runtime_of(connection)


async def _words(connection: HTTPConnection) -> Translator:
    return translator_of(connection)


for _asked in (caller, _write, _read, _work, _installation, _words):
    vars(_asked)["__signature__"] = signature(_asked, eval_str=True)
# scope="function": the commit happens before the answer leaves, so a failed commit is an error, not a lost 201.
Uow = Annotated[UnitOfWork, Depends(_write, scope="function")]
ReadUow = Annotated[UnitOfWork, Depends(_read, scope="function")]
Works = Annotated[Work, Depends(_work)]
CurrentCaller = Annotated[Caller, Depends(caller)]
Words = Annotated[Translator, Depends(_words)]
Installation = Annotated[Runtime, Depends(_installation)]
