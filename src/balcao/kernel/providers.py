"""The outside services, by port. Modules ask here; `registry.py` decides who answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from balcao.ports.crm import Crm
from balcao.ports.email import EmailSender
from balcao.ports.payments import PaymentProvider
from balcao.ports.places import Places


@dataclass(frozen=True, slots=True)
class Providers:
    """One chosen provider per port. Every default works with no key and no network."""

    email: EmailSender
    places: Places
    pix: PaymentProvider
    # Several at once, by name: each connection of a business says which it is to.
    crm: Mapping[str, Crm] = field(default_factory=dict[str, Crm])
