"""Who acts: a person of the team, a buyer, or the program itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorKind = Literal["user", "buyer", "timer", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting party of a unit of work. `store_ids` None means every store of the tenant."""

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    email: str = ""
    role: str = ""
    session_id: UUID | None = None
    tenant_id: UUID | None = None
    permissions: frozenset[str] = frozenset()
    store_ids: frozenset[UUID] | None = None

    def can(self, permission: str) -> bool:
        """True when the permission was granted."""
        return permission in self.permissions

    def sees_store(self, store_id: UUID) -> bool:
        """True when the store is in the actor's scope."""
        return self.store_ids is None or store_id in self.store_ids

    @property
    def label(self) -> str:
        """How histories name the actor: kind and id, never a name or an address."""
        return f"{self.kind}:{self.id}" if self.id else self.kind


SYSTEM = Actor("system")
TIMER = Actor("timer")
ANONYMOUS = Actor("anonymous")
BUYER = Actor("buyer")
