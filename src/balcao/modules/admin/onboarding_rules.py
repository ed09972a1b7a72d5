"""What a new business still lacks before its shop is open. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

FORCED: Final = "force_first_access_test"
GUIDED_ORIGINS: Final = frozenset({"landing_page", "automatic_webhook"})
ADDRESS: Final = ("postal_code", "street", "number", "district", "city", "state")
# Towns with one CEP for all have streets without a name there.
_ADDRESS_NEEDED: Final = ("postal_code", "number", "city", "state")
STORE_STEPS: Final = frozenset({"hours", "product", "payment"})
OPTIONAL_STEPS: Final = frozenset({"payment"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a business. `open_weekdays` and `products` are counts; without a shop both are None."""

    name: str
    legal_name: str
    document: str
    contact_email: str
    contact_phone: str
    address: Mapping[str, str]
    has_store: bool = True
    open_weekdays: int | None = None
    products: int | None = None
    pix_key: str = ""
    origin: str = "manual"
    mode: str = "manual"
    onboarded_at: datetime | None = None


def missing_by_step(known: Known) -> dict[str, tuple[str, ...]]:
    """The fields each step still lacks, in the order of the steps; the shop's steps are left out where there is none."""
    with_shop = known.open_weekdays is not None
    steps: dict[str, tuple[str, ...]] = {
        "business": _empty({"name": known.name, "legal_name": known.legal_name, "document": known.document}),
        "contact": _empty({"email": known.contact_email, "phone": known.contact_phone}),
        "address": _empty({name: known.address.get(name, "") for name in _ADDRESS_NEEDED})
        or (("store",) if with_shop and not known.has_store else ()),
    }
    if with_shop:
        steps["hours"] = () if known.open_weekdays else ("hours",)
        steps["product"] = () if known.products else ("name", "price_cents")
        steps["payment"] = _empty({"pix_key": known.pix_key})
    return steps


def _empty(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if not value)


def is_ready(known: Known) -> bool:
    """Whether nothing that is required is missing."""
    return not any(fields for step, fields in missing_by_step(known).items() if step not in OPTIONAL_STEPS)


def is_needed(known: Known) -> bool:
    """Whether the first steps are to be taken: asked for by the platform, or a sign-up of its own that lacks something."""
    if known.mode == FORCED:
        return True
    return known.origin in GUIDED_ORIGINS and not is_ready(known)


def leads_there(known: Known) -> bool:
    """Whether owners are led to the first steps when they sign in: until they took them, or chose not to."""
    return known.mode == FORCED or (is_needed(known) and known.onboarded_at is None)


def invites(known: Known) -> bool:
    """Whether the panel's first page invites to the first steps: they are needed, or the shop cannot sell as it is."""
    missing = missing_by_step(known)
    cannot_sell = any(missing.get(step) for step in ("address", "hours", "product"))
    return is_needed(known) or (known.onboarded_at is None and cannot_sell)


def next_step(known: Known) -> str:
    """The first step that lacks something; `open` when none does."""
    return next((step for step, fields in missing_by_step(known).items() if fields), "open")
