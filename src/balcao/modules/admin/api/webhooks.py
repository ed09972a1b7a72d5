"""Webhooks over HTTP: the addresses that hear of events, what was sent to them, and sending it again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from balcao.kernel.db.paging import Page, ShortListQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Uow, Works
from balcao.modules.admin.api.schemas import CLEAN, Version, example
from balcao.modules.admin.webhook_deliveries import (
    DeliveryDetail,
    DeliveryPage,
    DeliveryStatus,
    EndpointView,
    delivery_detail,
    endpoint_view,
    list_deliveries,
    list_endpoints,
    redeliver,
    redeliver_all,
)
from balcao.modules.admin.webhook_endpoints import (
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    ping,
    rotate_secret,
)
from balcao.modules.admin.webhook_events import EVENTS, GROUPS

router = APIRouter(prefix="/admin/webhooks", tags=["webhooks"])
# Orders and buyers of every store go out by them.
VIEW = Depends(Allow("admin.webhooks:view", every_store=True))
EDIT = Depends(Allow("admin.webhooks:edit", every_store=True))
Url = Annotated[str, Field(min_length=1, max_length=500, pattern=CLEAN)]
Description = Annotated[str, Field(max_length=120, pattern=CLEAN)]
Events = Annotated[
    list[Annotated[str, Field(max_length=40, pattern=CLEAN)]], Field(min_length=1, max_length=40)
]


class EndpointCreate(BaseModel):
    """An address and what it wants to hear of: events, groups such as `order.*`, or `*`."""

    model_config = example(
        url="https://erp.example.com/balcao", description="ERP", events=["order.*", "payment.approved"]
    )
    url: Url
    description: Description = ""
    events: Events


class EndpointPatch(BaseModel):
    """What to change. `status` on also brings back one that was stopped; `version` guards against another's change."""

    model_config = example(status="on", version=3)
    url: Url | None = None
    description: Description | None = None
    events: Events | None = None
    status: Literal["on", "off"] | None = None
    version: Version | None = None

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude={"version"}, exclude_none=True)


class EndpointMade(EndpointView):
    """With its secret, shown this once."""

    secret: str


class EventTypes(BaseModel):
    """The types of events there are, and the groups that stand for several."""

    events: list[str]
    groups: list[str]


class Again(BaseModel):
    """Send again what failed or was put aside since then; without a moment, all of it."""

    model_config = example(since="2026-01-01T00:00:00Z")
    since: AwareDatetime | None = None


class Asked(BaseModel):
    """How many deliveries are on their way."""

    asked: int


class Pinged(BaseModel):
    """The test message that is on its way."""

    message_id: UUID


class LogQuery(BaseModel):
    """Which part of the log."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    cursor: UUID | None = None
    status: DeliveryStatus | None = None


@router.get("", dependencies=[VIEW])
async def endpoints(uow: ReadUow, query: Annotated[ShortListQuery, Query()]) -> Page[EndpointView]:
    """The addresses that hear of events, with what waits for each."""
    return Page[EndpointView].of(await list_endpoints(uow), query)


@router.post("", status_code=201, dependencies=[EDIT])
async def create(works: Works, body: EndpointCreate) -> EndpointMade:
    """Adds an address. Its secret is in this answer and nowhere else."""
    made = await create_endpoint(works, body.model_dump())
    return await _made(works, made.id, made.secret)


async def _made(works: Works, endpoint_id: UUID, secret: str) -> EndpointMade:
    view = await works.run(lambda uow: endpoint_view(uow, endpoint_id))
    return EndpointMade(**view.model_dump(), secret=secret)


@router.get("/events", dependencies=[VIEW])
async def event_types() -> EventTypes:
    """What an address may ask for."""
    return EventTypes(events=list(EVENTS), groups=list(GROUPS))


@router.get("/{endpoint_id}", dependencies=[VIEW])
async def endpoint(endpoint_id: UUID, uow: ReadUow) -> EndpointView:
    """One address."""
    return await endpoint_view(uow, endpoint_id)


@router.patch("/{endpoint_id}", dependencies=[EDIT])
async def change(endpoint_id: UUID, works: Works, body: EndpointPatch) -> EndpointView:
    """Changes an address, or switches it on or off."""
    await change_endpoint(works, endpoint_id, body.changes(), body.version)
    return await works.run(lambda uow: endpoint_view(uow, endpoint_id))


@router.delete("/{endpoint_id}", status_code=204, dependencies=[EDIT])
async def delete(endpoint_id: UUID, works: Works) -> None:
    """Removes an address with its log."""
    await delete_endpoint(works, endpoint_id)


@router.post("/{endpoint_id}/rotate", dependencies=[EDIT])
async def rotate(endpoint_id: UUID, works: Works) -> EndpointMade:
    """Gives it a new secret, shown in this answer only; the former one signs beside it for 24 hours."""
    made = await rotate_secret(works, endpoint_id)
    return await _made(works, made.id, made.secret)


@router.post("/{endpoint_id}/ping", status_code=202, dependencies=[EDIT])
async def test_ping(endpoint_id: UUID, uow: Uow) -> Pinged:
    """Sends a test message, even to an address that is off; the log tells how it went."""
    return Pinged(message_id=await ping(uow, endpoint_id))


@router.get("/{endpoint_id}/deliveries", dependencies=[VIEW])
async def deliveries(endpoint_id: UUID, uow: ReadUow, query: Annotated[LogQuery, Query()]) -> DeliveryPage:
    """What was sent, newest first."""
    return await list_deliveries(
        uow,
        endpoint_id,
        limit=query.limit,
        offset=query.offset,
        cursor=query.cursor,
        status=query.status,
    )


@router.get("/{endpoint_id}/deliveries/{delivery_id}", dependencies=[VIEW])
async def delivery(endpoint_id: UUID, delivery_id: UUID, uow: ReadUow) -> DeliveryDetail:
    """One delivery with its document and every try."""
    return await delivery_detail(uow, endpoint_id, delivery_id)


@router.post("/{endpoint_id}/deliveries/{delivery_id}/redeliver", status_code=202, dependencies=[EDIT])
async def send_again(endpoint_id: UUID, delivery_id: UUID, uow: Uow) -> Asked:
    """Sends one again under the same id, whatever became of it. 409 webhook_endpoint_off while the address is off, 410
    webhook_message_erased when somebody it named asked to be forgotten."""
    await redeliver(uow, endpoint_id, delivery_id)
    return Asked(asked=1)


@router.post("/{endpoint_id}/redeliver", status_code=202, dependencies=[EDIT])
async def send_all_again(endpoint_id: UUID, uow: Uow, body: Again) -> Asked:
    """Sends again all that failed or was put aside, at most 1,000 at a time, oldest first."""
    since: datetime | None = body.since
    return Asked(asked=await redeliver_all(uow, endpoint_id, since=since))
