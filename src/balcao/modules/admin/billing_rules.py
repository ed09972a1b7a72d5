"""What a subscription's next state is, and when the first reminder began. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, get_args

SubscriptionStatus = Literal["trialing", "active", "past_due", "canceled", "suspended"]
SUBSCRIPTION_STATUSES: Final[tuple[str, ...]] = get_args(SubscriptionStatus)
# The plan's ceilings by name. `users` and `stores` become the business's own limits when the plan is assigned.
LIMIT_NAMES: Final = (
    "users",
    "stores",
    "import_rows",
    "ai_images",
    "video_minutes",
    "storage_bytes",
    "messages",
)


def next_past_due_since(status: str, before: datetime | None, now: datetime) -> datetime | None:
    """Since when payment is owed: kept from the first notice on, whatever repeats it, and forgotten when paid.

    A suspended or canceled subscription keeps the moment, so that going back to past due opens no second grace.
    """
    if status in {"active", "trialing"}:
        return None
    if status == "past_due":
        return before or now
    return before


def limits_of_business(plan_limits: Mapping[str, Any]) -> dict[str, int]:
    """The columns of the business that a plan's ceilings set, as far as the plan names them."""
    columns = {"users": "users_limit", "stores": "stores_limit"}
    return {column: int(plan_limits[name]) for name, column in columns.items() if name in plan_limits}
