"""The outside services, by port. Modules ask here; `registry.py` decides who answers."""

from __future__ import annotations

from dataclasses import dataclass

from balcao.ports.email import EmailSender
from balcao.ports.payments import PaymentProvider
from balcao.ports.places import Places


@dataclass(frozen=True, slots=True)
class Providers:
    """One chosen provider per port. Every default works with no key and no network."""

    email: EmailSender
    places: Places
    pix: PaymentProvider
