"""The events a business may let other programs hear of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

# What each means, as an English msgid.
EVENTS: Final[Mapping[str, str]] = {
    "order.created": "An order came in",
    "order.received": "An order was paid and waits to be confirmed",
    "order.confirmed": "An order was confirmed",
    "order.preparing": "An order is being prepared",
    "order.ready": "An order is ready",
    "order.out_for_delivery": "An order is on its way",
    "order.picked_up": "An order was picked up",
    "order.delivered": "An order was delivered",
    "order.completed": "An order is closed",
    "order.canceled": "An order was canceled",
    "order.expired": "An order was not paid in time",
    "payment.created": "Somebody is to pay",
    "payment.approved": "Money arrived",
    "payment.canceled": "A payment was called off",
    "payment.expired": "A payment did not come in time",
    "payment.refund_due": "Money has to be given back",
    "stock.low": "Something is running low or sold out",
    "product.created": "A product was added",
    "product.updated": "Products or their prices changed",
    "product.deleted": "A product was deleted",
    "store.paused": "A store takes no orders for a while",
    "store.opened": "A store takes orders again before its pause is over",
    "customer.created": "Somebody is new among your contacts",
    "customer.updated": "What is known of a person changed",
    "customer.merged": "Two contacts were one person",
    "customer.erased": "A person asked to be forgotten",
    "customer.deleted": "A contact was deleted",
}
PING: Final = "ping"
ALL: Final = "*"
GROUPS: Final[Mapping[str, str]] = {
    "order.*": "Everything about orders",
    "payment.*": "Everything about payments",
    "stock.*": "Everything about stock",
    "product.*": "Everything about products",
    "store.*": "Everything about stores",
    "customer.*": "Everything about customers",
}
WISHES: Final = (ALL, *GROUPS, *EVENTS)
"""What an endpoint may ask for."""


def events_of(wishes: Iterable[str]) -> frozenset[str]:
    """The types of events that wishes such as `order.*` stand for."""
    found: set[str] = set()
    for wish in wishes:
        if wish == ALL:
            found.update(EVENTS)
        elif wish.endswith(".*"):
            found.update(event for event in EVENTS if event.startswith(wish[:-1]))
        elif wish in EVENTS:
            found.add(wish)
    return frozenset(found)


def in_order(wishes: Iterable[str]) -> list[str]:
    """The wishes once each, in the order of the list; those that others include are left out."""
    given = set(wishes)
    if ALL in given:
        return [ALL]
    return [
        wish
        for wish in WISHES
        if wish in given and (wish in GROUPS or f"{wish.partition('.')[0]}.*" not in given)
    ]
