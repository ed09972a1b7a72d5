"""The store switch of the panel: which stores a person sees, and which one a page is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from sqlalchemy import text

from balcao.kernel.errors import NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.work import UnitOfWork

PARAMETER = "loja"
_STORES = text("""
select id, name from stores
where tenant_id = :tenant and (cast(:scope as uuid[]) is null or id = any(cast(:scope as uuid[])))
order by position, name, id
""")


@dataclass(frozen=True, slots=True)
class StoreChoice:
    """The chosen store (None: all in sight) and every store one may choose."""

    store_id: UUID | None
    stores: tuple[tuple[UUID, str], ...]

    def entries(self, request: Request, words: Translator) -> list[dict[str, Any]]:
        """The switch of `face_panel.html`; a single store needs none."""
        if len(self.stores) < 2:
            return []
        path = request.url.path
        return [
            {"name": words("All stores"), "href": path, "active": self.store_id is None},
            *(
                {
                    "name": name,
                    "href": f"{path}?{urlencode({PARAMETER: key})}",
                    "active": key == self.store_id,
                }
                for key, name in self.stores
            ),
        ]

    def query(self, **more: Any) -> str:
        """`?loja=…` and what else a link needs; empty values are left out."""
        wanted = {PARAMETER: self.store_id, **more}
        kept = {name: value for name, value in wanted.items() if value not in (None, "", 0)}
        return f"?{urlencode(kept)}" if kept else ""


async def choose_store(uow: UnitOfWork, wanted: str) -> StoreChoice:
    """Reads the address's choice, in one statement. NotFoundError for a store out of sight."""
    scope = uow.actor.store_ids
    parameters = {"tenant": uow.tenant_id, "scope": None if scope is None else sorted(scope)}
    stores = tuple((row.id, row.name) for row in await uow.session.execute(_STORES, parameters))
    if not wanted:
        return StoreChoice(None, stores)
    chosen = next((key for key, _ in stores if str(key) == wanted), None)
    if chosen is None:
        raise NotFoundError
    return StoreChoice(chosen, stores)
