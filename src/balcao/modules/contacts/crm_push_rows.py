"""The row of a sending: finding it, its words for live pages, its status."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from balcao.kernel.errors import NotFoundError
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.models import GhlPush

LIST_TOPIC: Final = "ghl"
STATES: Final = ("pending", "sent", "retry", "created", "updated", "partial", "skipped", "failed")
ARRIVED: Final = ("created", "updated", "partial")
ON_THE_WAY: Final = ("pending", "sent", "retry")


def topic(push_id: UUID) -> str:
    """What live pages of a sending listen to."""
    return f"push:{push_id}"


def lane_of(push: GhlPush) -> str:
    """The lock of its jobs: one worker at a time speaks to an account, and several sendings take turns."""
    return f"ghl:{push.connection_id}"


async def get_push(uow: UnitOfWork, push_id: UUID, *, lock: bool = False) -> GhlPush:
    """A sending, or NotFoundError. `lock` holds its row until the end of the transaction."""
    found = await find_push(uow, push_id, lock=lock)
    if found is None:
        raise NotFoundError
    return found


async def find_push(uow: UnitOfWork, push_id: UUID, *, lock: bool = False) -> GhlPush | None:
    """A sending, or None when it was deleted with its import."""
    query = select(GhlPush).where(GhlPush.id == push_id)
    return (await uow.session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


def touch(uow: UnitOfWork, push: GhlPush, status: str) -> None:
    """A new status, seen by live pages."""
    push.status, push.updated_at, push.version = status, uow.now(), push.version + 1
    uow.announce(LIST_TOPIC, topic(push.id))


_COUNT = text(
    "select state, count(*) as n from ghl_push_items where tenant_id = :tenant and push_id = :push group by state"
)


async def count_items(uow: UnitOfWork, push_id: UUID) -> dict[str, int]:
    """How many items there are of each state; states without any are 0."""
    rows = await uow.session.execute(_COUNT, {"tenant": uow.tenant_id, "push": push_id})
    found: dict[str, int] = {row.state: row.n for row in rows}
    return {state: found.get(state, 0) for state in STATES}
