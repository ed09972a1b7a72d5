"""What the forms of central administration and of billing share: reading fields, and the words for states."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.brazil.currency import parse_brl
from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.modules.admin.billing_profile import ADDRESS_LENGTHS, OWN_FIELDS
from balcao.modules.admin.billing_rules import LIMIT_NAMES
from balcao.modules.admin.central_queries import SAO_PAULO
from balcao.modules.admin.pages.forms import field_of

TENANT_STATES: Final[Mapping[str, tuple[str, str | None]]] = {
    "active": ("Up and running", "done"),
    "suspended": ("Suspended", "waits"),
    "canceled": ("Closed", "stop"),
}
SUBSCRIPTION_STATES: Final[Mapping[str, tuple[str, str | None]]] = {
    "trialing": ("On trial", "info"),
    "active": ("Paid", "done"),
    "past_due": ("Payment late", "waits"),
    "suspended": ("Not paid", "stop"),
    "canceled": ("Ended", "stop"),
}
INTERVALS: Final[Mapping[str, str]] = {"monthly": "a month", "yearly": "a year"}
LIMIT_WORDS: Final[Mapping[str, str]] = {
    "users": "People",
    "stores": "Stores",
    "import_rows": "Imported rows a month",
    "ai_images": "Pictures made a month",
    "video_minutes": "Minutes of video a month",
    "storage_bytes": "Room for files",
    "messages": "Messages a month",
}
# Ceilings that are bytes: shown and typed with a unit ("5 GB").
SIZES: Final = frozenset({"storage_bytes"})
OUTCOMES: Final[Mapping[str, tuple[str, str | None]]] = {
    "applied": ("Applied", "done"),
    "stale": ("Older than known", None),
    "refused": ("Refused", "stop"),
}

# What a provider said about messaging credentials: a badge, its tone, and what is to be done about it.
CHECK_WORDS: Final[Mapping[str, tuple[str, str | None, str]]] = {
    "": ("Not tested", None, ""),
    "ok": ("Working", "done", ""),
    "unauthorized": (
        "Token refused", "stop",
        "The token does not hold: it ran out, was revoked or is mistyped. Make a new one there and enter it here.",
    ),
    "forbidden": (
        "Not allowed", "stop", "The token is real but may not see this account. Give it the permission there, then test again."
    ),
    "unknown": ("Number unknown", "stop", "For this token there is no such number. Compare the number's id."),
    "refused": ("Refused", "stop", "The provider refused. Compare every field with what it shows there."),
    "unavailable": ("No answer", "waits", "The provider did not answer. That says nothing about the credentials: test again later."),
    "lost": (
        "Unreadable", "stop",
        "What was entered cannot be read any more, because the installation's secret was changed. Enter the secrets again.",
    ),
}  # fmt: skip


def number_of(form: FormData, name: str, *, empty: int | None = None) -> int | None:
    """A whole number of a field; `empty` when it was left open. 422 for anything else."""
    text = field_of(form, name, 18).replace(".", "").replace(" ", "")
    if not text:
        return empty
    if not (text.isascii() and text.isdigit()):
        raise ValidationFailedError.at(f"/{name}", "Write a whole number.")
    return int(text)


def size_field(form: FormData, name: str, words: Translator) -> int | None:
    """Bytes of a field that takes "5 GB"; None when it was left open. 422 for what names no unit."""
    text = field_of(form, name, 30)
    try:
        size = words.read_size(text) if text else None
    except ValueError:
        raise ValidationFailedError.at(f"/{name}", "Write a size with its unit, such as 5 GB.") from None
    return size


def needed_number(form: FormData, name: str) -> int:
    """A whole number from 1 on that must be there."""
    number = number_of(form, name)
    if number is None or not 1 <= number <= 100_000:
        raise ValidationFailedError.at(f"/{name}", "Write a whole number.")
    return number


def cents_of(form: FormData, name: str) -> int:
    """Money as it is typed ("99,00"), in centavos."""
    try:
        cents = parse_brl(field_of(form, name, 20) or "0")
    except ValueError:
        raise ValidationFailedError.at(f"/{name}", "Write an amount, such as 99,00.") from None
    if not 0 <= cents <= 100_000_000:
        raise ValidationFailedError.at(f"/{name}", "Write an amount, such as 99,00.")
    return cents


def end_of_day(form: FormData, name: str) -> datetime | None:
    """The last moment of a day in São Paulo, or none."""
    text = field_of(form, name, 10)
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), SAO_PAULO)
    except ValueError:
        raise ValidationFailedError.at(f"/{name}", "Choose a day.") from None


def day_of(moment: datetime | None) -> str:
    """A moment as the value of a date field."""
    return moment.astimezone(SAO_PAULO).date().isoformat() if moment else ""


def profile_of(form: FormData) -> dict[str, Any]:
    """The profile as the form says it. The number tells whether it is a person or a company, unless there is none."""
    values: dict[str, Any] = {
        name: field_of(form, name, 254)
        for name in OWN_FIELDS
        if name not in {"person_type", "billing_address"}
    }
    if not values["document"]:
        values["person_type"] = (
            "individual" if field_of(form, "person_type", 20) == "individual" else "company"
        )
    values["billing_address"] = {name: field_of(form, name) for name in ADDRESS_LENGTHS}
    return values


def limits_of(form: FormData, words: Translator) -> dict[str, int]:
    """The ceilings of a plan that were filled in."""
    found = {
        name: size_field(form, f"limit_{name}", words) if name in SIZES else number_of(form, f"limit_{name}")
        for name in LIMIT_NAMES
    }
    return {name: value for name, value in found.items() if value is not None}


def pointed(error: DomainError | None, words: Translator) -> dict[str, str]:
    """Messages by field; those of an address stand at the address's own fields."""
    if not isinstance(error, ValidationFailedError):
        return {}
    return {str(item["pointer"]).rpartition("/")[2]: words(item["message"]) for item in error.ext["errors"]}


def problem_of(error: DomainError | None, words: Translator) -> str:
    """What went wrong and belongs to no field."""
    if error is None or isinstance(error, ValidationFailedError):
        return ""
    return words(error.message, **error.params)


async def tried(
    verb: Callable[[], Awaitable[object]],
    back: Callable[[DomainError], Awaitable[Response]],
    done: Callable[[], Response],
) -> Response:
    """Runs a form's verb; what the person can mend comes back with the form."""
    try:
        await verb()
    except NotFoundError:
        raise
    except DomainError as error:
        return await back(error)
    return done()
