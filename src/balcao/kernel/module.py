"""The manifest every module fills. Reading one tells what a module adds to the installation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balcao.kernel.errors import DomainError
from balcao.kernel.events import Reaction
from balcao.kernel.figures.declared import Figures
from balcao.kernel.queue import Job
from balcao.kernel.tenant_secrets import SealedColumn
from balcao.kernel.tenants import Tenant

if TYPE_CHECKING:
    from fastapi import APIRouter

    from balcao.kernel.cache import CachedBytes
    from balcao.kernel.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a group may be allowed: `module.area:verb`, with its label as an English msgid.

    `of_platform`: it concerns the whole installation, so only the platform's own business may grant or use it.
    """

    code: str
    label: str
    of_platform: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """A door in the panel's menu, shown to those who hold the permission; those of `every_store` to those alone who hold it
    in all of them. `of_shop` ones are for whoever sells: the platform's own people are not shown them.
    """

    label: str
    href: str
    icon: str
    permission: str
    position: int
    of_shop: bool = False
    every_store: bool = False


@dataclass(frozen=True, slots=True)
class DemoInput:
    """Which demo business a module's loader is to fill."""

    business: str


DemoLoader = Callable[["Runtime", Tenant, DemoInput], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class HotDoor:
    """A GET path (without /api/v1) whose answers lie ready in the cache, so that the router need not be asked.

    `find(runtime, tenant, query string)` answers from memory or None, at once; it never waits. `make`, asked next, may
    wait, and answers None for what only the route understands. The route of the same path stays, gives the same bytes,
    and does the refusing: a DomainError of `make` leaves the question to it.
    """

    path: str
    find: Callable[[Runtime, Tenant, bytes], CachedBytes | None]
    make: Callable[[Runtime, Tenant, bytes], Awaitable[CachedBytes | None]]


@dataclass(frozen=True, slots=True)
class RouteClass:
    """A rate of its own for a method and a path (without /api/v1; `{name}` is one part, a final `*` any rest).

    `name` is one of the classes of `kernel.rate_limit`: auth, uploads, checkout, quote, rendering, billing.
    """

    method: str
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Module:
    """What a module brings: doors, work, rights, words. No logic here."""

    name: str
    title: str
    folder: Path
    # The file with ROUTERS, PAGES and HOT_DOORS, as many of them as there are. It is read when an application is made:
    # workers and commands start in half the time, because they know neither the web framework nor hundreds of routes.
    routes: str = ""
    route_classes: Sequence[RouteClass] = ()
    # Beginnings of paths (without /api/v1) that take files, and the bytes their bodies may have.
    upload_paths: Mapping[str, int] = field(default_factory=dict[str, int])
    jobs: Sequence[Job] = ()
    reactions: Sequence[Reaction] = ()
    # What each job and reaction does, in a few words, as English msgids by the task's name in the queue.
    task_words: Mapping[str, str] = field(default_factory=dict[str, str])
    permissions: Sequence[Permission] = ()
    nav: Sequence[NavItem] = ()
    # SQL for a restored database before it goes live, by what it does ("messages_held"). It runs as the platform, over
    # all businesses: whatever waited to leave the house when the backup was made may have left since.
    after_restore: Mapping[str, str] = field(default_factory=dict[str, str])
    # Every column of the module's tables that holds sealed texts, for `balcao reseal`.
    sealed: Sequence[SealedColumn] = ()
    # What of the module's tables is told at /metrics, over all businesses.
    metrics: Sequence[Figures] = ()
    constraint_errors: Mapping[str, Callable[[], DomainError]] = field(
        default_factory=dict[str, Callable[[], DomainError]]
    )
    demo: DemoLoader | None = None
    # False for what every tenant has (signing in, the team): its doors open without asking the plan.
    gated: bool = True

    @property
    def routers(self) -> Sequence[APIRouter]:
        """The module's part of the API."""
        return self._of_routes("ROUTERS")

    @property
    def pages(self) -> Sequence[APIRouter]:
        """The module's pages."""
        return self._of_routes("PAGES")

    @property
    def hot_doors(self) -> Sequence[HotDoor]:
        """The addresses whose answers lie ready."""
        return self._of_routes("HOT_DOORS")

    def _of_routes(self, name: str) -> Sequence[Any]:
        return getattr(import_module(self.routes), name, ()) if self.routes else ()

    @property
    def templates(self) -> Path:
        """Folder of the module's templates; each lies in a folder named like the module."""
        return self.folder / "templates"

    @property
    def locale(self) -> Path:
        """Folder of the module's gettext catalogues."""
        return self.folder / "locale"
