"""Who acts: a person of the team, a program with a key, a buyer, or the program itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

ActorKind = Literal["user", "key", "buyer", "timer", "system", "anonymous"]
# Whose changes the audit trail keeps: people who signed in, and programs with a key of a business.
ON_THE_TRAIL: Final = frozenset({"user", "key"})


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
    # The platform's person who entered a business in its owner's name, as `user:<id>`; empty otherwise.
    impersonator: str = ""
    # When the person typed their password to open this session; programs never did.
    signed_in_at: datetime | None = None

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

    def for_the_trail(self, address: str, request_id: str) -> str:
        """What the audit trail says of this actor, as JSON; empty for those whose changes it does not keep."""
        if self.kind not in ON_THE_TRAIL:
            return ""
        return json.dumps(
            {
                "kind": self.kind, "id": str(self.id), "tenant": str(self.tenant_id) if self.tenant_id else None,
                "impersonator": self.impersonator or None, "address": address or None, "request": request_id or None,
            }
        )  # fmt: skip


SYSTEM = Actor("system")
TIMER = Actor("timer")
ANONYMOUS = Actor("anonymous")
BUYER = Actor("buyer")
