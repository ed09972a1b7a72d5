"""The pages of routes and of permissions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.routing import APIRoute

from balcao.cli.reference.errors import portuguese
from balcao.cli.reference.markdown import code, page, table
from balcao.kernel.web import health, look, media, metrics
from balcao.kernel.web.dependencies import Allow, Public
from balcao.registry import MODULES


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one path: whose it is, who may enter, and what happens there."""

    module: str
    kind: str
    method: str
    path: str
    permission: str | None
    why: str
    summary: str

    @property
    def who(self) -> str:
        """The permission, or the reason why none is asked."""
        if self.permission is None:
            return f"anybody: {self.why}"
        return code(self.permission) or "anybody signed in"


def doors() -> list[Door]:
    """Every route of the installation, in the order of module, kind and path. API paths stand without /api/v1."""
    kernel = [
        ("kernel", "api", health.router),
        ("kernel", "page", metrics.router),
        ("kernel", "page", look.router),
        ("kernel", "page", media.router),
    ]
    routers: list[tuple[str, str, APIRouter]] = kernel + [
        (module.name, kind, router)
        for module in MODULES
        for kind, members in (("api", module.routers), ("page", module.pages))
        for router in members
    ]
    found = [door for owner, kind, router in routers for door in _doors_of(owner, kind, router)]
    return sorted(found, key=lambda door: (door.module, door.kind, door.path, door.method))


def _doors_of(module: str, kind: str, router: APIRouter) -> Iterator[Door]:
    for route in router.routes:
        if not isinstance(route, APIRoute):
            continue
        guards = [item.dependency for item in route.dependencies]
        permission = next((guard.permission for guard in guards if isinstance(guard, Allow)), None)
        why = next((guard.why for guard in guards if isinstance(guard, Public)), "")
        summary = route.summary or (route.endpoint.__doc__ or "").strip().partition("\n")[0]
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Door(module, kind, method, route.path, permission, why, summary)


def _doors_table(found: Sequence[Door]) -> str:
    rows = [(door.method, code(door.path), door.who, door.summary) for door in found]
    return table(("method", "path", "who may enter", "what it does"), rows)


def routes_page() -> str:
    """`docs/reference/routes.md`."""
    parts: list[str] = []
    found = doors()
    for module in ("kernel", *(module.name for module in MODULES)):
        for kind, title in (("api", "API"), ("page", "pages")):
            mine = [door for door in found if (door.module, door.kind) == (module, kind)]
            if mine:
                parts += [f"## {module}: {title}", _doors_table(mine)]
    return page(
        "Routes",
        "API routes answer under `/api/v1` and without it; `/docs` shows their bodies. Pages answer HTML to people. "
        "A module's doors open when the business's plan includes it.",
        *parts,
    )


def permissions_page() -> str:
    """`docs/reference/permissions.md`."""
    words = portuguese().translator("pt_BR")
    found = doors()
    parts: list[str] = []
    for module in MODULES:
        for permission in module.permissions:
            mine = [door for door in found if door.permission == permission.code]
            listed = "\n".join(f"- `{door.method} {door.path}`" for door in mine)
            text = f"{permission.label} / {words(permission.label)}"
            parts += [
                f"## `{permission.code}`",
                text,
                listed or "Asked inside a verb, at no door of its own.",
            ]
    return page(
        "Permissions",
        "`module.area:verb`. `edit` and every special verb imply `view` of the same area; the owner holds all; a person "
        "without a group holds none (`kernel/identity/permissions.py`).",
        *parts,
    )
