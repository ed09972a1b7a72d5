"""What codes in audited columns are called in the interface, as English msgids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from balcao.modules.admin.webhook_events import ALL, EVENTS, GROUPS

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "activation_mode": {
        "manual": "by hand",
        "automatic_webhook": "by itself, after the payment",
        "force_first_access_test": "first steps forced",
    },
    "availability": {"available": "on sale", "order": "to order", "unavailable": "not on sale"},
    "channel": {"whatsapp": "WhatsApp", "telegram": "Telegram"},
    "check_outcome": {
        "ok": "working",
        "unauthorized": "token refused",
        "forbidden": "not allowed",
        "unknown": "number unknown",
        "refused": "refused",
        "unavailable": "no answer",
        "lost": "unreadable",
    },
    "events": {ALL: "Everything", **GROUPS, **EVENTS},
    "interval": {"monthly": "a month", "yearly": "a year"},
    "kind": {
        "km": "by distance",
        "district": "by district",
        "postal_range": "by postal code",
        "token": "token",
        "consent": "consent",
    },
    "locale": {"pt_BR": "Portuguese", "en": "English"},
    "onboarding_origin": {"manual": "by hand", "landing_page": "the page for new customers"},
    "payment_methods": {
        "pix": "Pix",
        "pix_online": "Pix",
        "card_online": "Card, paid online",
        "cash": "Cash",
        "card_on_delivery": "Card on delivery",
        "meal_voucher": "Meal voucher",
    },
    "person_type": {"individual": "a person", "company": "a company"},
    "pricing_mode": {"sum": "the sum", "highest": "the highest price", "average": "the average price"},
    "purpose": {"invitation": "invitation", "password_reset": "new password"},
    "revoked_reason": {
        "signed_out": "signed out",
        "revoked": "ended by the person",
        "revoked_by_team": "ended by the team",
        "revoked_by_platform": "ended by the platform",
        "deactivated": "the person left the team",
        "password_changed": "new password",
        "password_reset": "new password",
        "second_factor_on": "second factor switched on",
        "second_factor_reset": "second factor reset",
        "limit_exceeded": "too many devices",
    },
    "role": {"owner": "Owner", "manager": "Manager", "operator": "Attendant"},
    "status": {
        "active": "active",
        "suspended": "suspended",
        "canceled": "over",
        "trialing": "on trial",
        "past_due": "payment late",
        "on": "on",
        "off": "off",
        "stopped": "stopped",
        "connected": "connected",
        "needs_reconnect": "to be connected again",
        "disconnected": "disconnected",
    },
}
