"""Domain events: frozen facts with ids only, and the reactions that listen to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

import orjson
from pydantic import TypeAdapter

from balcao.kernel.tenants import Tenant

if TYPE_CHECKING:
    from balcao.kernel.work import UnitOfWork

EventType = TypeVar("EventType")
ReactionFunction = Callable[["UnitOfWork", Any], Awaitable[None]]


@dataclass_transform(frozen_default=True)
def domain_event(cls: type[EventType]) -> type[EventType]:
    """Makes a class a domain event: a frozen dataclass of ids and plain values. Never personal data."""
    return dataclass(frozen=True, slots=True)(cls)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A function of one module that runs, in its own transaction, for each event of a type.

    `wanted` says whether it has anything to do for this tenant and event: if not, the event costs no job. Events with
    the same `in_order_of` are handled one after the other, in the order in which their transactions were committed.

    One that is `at_once` runs at the end of the very transaction that told of the event, and sees what it sees. When it
    fails, its own writing is taken back, what told of the event stays, and a job tries again.
    """

    name: str
    module: str
    event_type: type[Any]
    function: ReactionFunction
    wanted: Callable[[Tenant, Any], bool] | None = None
    in_order_of: Callable[[Any], str] | None = None
    at_once: bool = False

    @property
    def job_name(self) -> str:
        """Name of the job that carries an event to this reaction."""
        return f"reaction:{self.module}.{self.name}"


def reaction(
    event_type: type[EventType],
    *,
    module: str,
    wanted: Callable[[Tenant, EventType], bool] | None = None,
    in_order_of: Callable[[EventType], str] | None = None,
    at_once: bool = False,
) -> Callable[[Callable[[UnitOfWork, EventType], Awaitable[None]]], Reaction]:
    """Declares a reaction. It touches the database only, and runs once per event (deduplicated by event id)."""

    def wrap(function: Callable[[UnitOfWork, EventType], Awaitable[None]]) -> Reaction:
        return Reaction(function.__name__, module, event_type, function, wanted, in_order_of, at_once)

    return wrap


class Reactions:
    """All reactions of the installation, by event type."""

    def __init__(self, reactions: Iterable[Reaction] = ()) -> None:
        self._by_type: defaultdict[type[Any], list[Reaction]] = defaultdict(list)
        self.all: list[Reaction] = []
        for item in reactions:
            self._by_type[item.event_type].append(item)
            self.all.append(item)

    def to(self, event: object, tenant: Tenant) -> list[Reaction]:
        """Reactions to `event` whose module is on and who have something to do for this tenant."""
        return [
            item
            for item in self._by_type.get(type(event), ())
            if item.module in tenant.modules and (item.wanted is None or item.wanted(tenant, event))
        ]


def event_payload(event: Any) -> dict[str, Any]:
    """The event as JSON-ready values."""
    return orjson.loads(orjson.dumps(asdict(event)))


def event_of(event_type: type[EventType], payload: dict[str, Any]) -> EventType:
    """The event back from its payload, validated."""
    return TypeAdapter(event_type).validate_python(payload)
