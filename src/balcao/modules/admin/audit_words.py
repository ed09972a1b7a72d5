"""The trail of changes in people's words: sentences, names of tables and columns, and values as people write them.

The msgids of tables and columns stand here and not beside the models, because they are the interface's: an architecture
test keeps every column of an audited table named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from balcao.kernel.i18n import Translator
from balcao.modules.admin.audit import AuditLine, Names, name_of, subject_of
from balcao.modules.admin.audit_fields import FIELDS, HIDDEN
from balcao.modules.admin.audit_values import VALUES

MASK: Final = "***"
ENTITIES: Final[Mapping[str, str]] = {
    "api_keys": "API key",
    "business_profiles": "Business profile",
    "categories": "Category",
    "channel_credentials": "Messaging credentials",
    "delivery_areas": "Delivery area",
    "ghl_connections": "CRM connection",
    "impersonation": "Support's visit",
    "module_switches": "Module switch",
    "one_time_tokens": "Invitation or link",
    "option_groups": "Option group",
    "options": "Option",
    "password_link": "Link for a new password",
    "plans": "Plan",
    "product_images": "Product picture",
    "product_option_groups": "Options of a product",
    "products": "Product",
    "second_factors": "Second factor",
    "skus": "Product version",
    "store_exceptions": "Special day",
    "store_hours": "Opening hours",
    "store_pauses": "Pause",
    "stores": "Store",
    "subscriptions": "Subscription",
    "tenants": "Business",
    "time_slots": "Time slot",
    "user_groups": "Group",
    "user_sessions": "Sign-in",
    "users": "Person",
    "webhook_endpoints": "Webhook",
}
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_HOUR: Final = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Detail:
    """One column of a change in words; a value that was not there is empty."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their language, the zone of their business, what things are called, and permissions by their codes."""

    words: Translator
    zone: str
    names: Names
    permissions: Mapping[str, str] = field(default_factory=dict[str, str])

    def who(self, line: AuditLine) -> str:
        """Who did it, as people say it."""
        words = self.words
        if line.actor_name is None:
            return words("The platform")
        if line.impersonator:
            return words("Support in the name of {name}", name=line.actor_name)
        return words("Key {name}", name=line.actor_name) if line.actor_kind == "key" else line.actor_name

    def entity(self, line: AuditLine) -> str:
        """What kind of thing was changed."""
        return self.words(ENTITIES.get(line.entity, line.entity))

    def details(self, line: AuditLine) -> list[Detail]:
        """Every column of the change that means something to people."""
        return [
            Detail(
                self.words(FIELDS.get(column, column)),
                self._value(line, column, line.before.get(column)),
                self._value(line, column, line.after.get(column)),
            )
            for column in _columns(line)
        ]

    def sentence(self, line: AuditLine) -> str:
        """The change in one line: "Maria changed the price of Pão de queijo from R$ 1,50 to R$ 2,00"."""
        words, who, entity = self.words, self.who(line), self.entity(line)
        subject = subject_of(line, self.names)
        what = f"{entity}: {subject}" if subject else entity
        match line.verb:
            case "did":
                said = self._deed(line, who)
            case "made":
                said = words("{who} added {what}", who=who, what=what)
            case "removed":
                said = words("{who} removed {what}", who=who, what=what)
            case _:
                said = self._change(line, who, what, subject or entity)
        return said

    def _change(self, line: AuditLine, who: str, what: str, subject: str) -> str:
        words = self.words
        if line.after.get("revoked_at"):
            return words("{who} ended {what}", who=who, what=what)
        details = self.details(line)
        if len(details) == 1:
            return self._one_field(who, subject, details[0])
        if not details:
            return words("{who} changed {what}", who=who, what=what)
        fields = ", ".join(detail.field for detail in details)
        return words("{who} changed {what} ({fields})", who=who, what=what, fields=fields)

    def _one_field(self, who: str, what: str, detail: Detail) -> str:
        words = self.words
        if MASK in (detail.before, detail.after):
            return words("{who} changed {field} of {what}", who=who, field=detail.field, what=what)
        return words(
            "{who} changed {field} of {what} from {before} to {after}", who=who, field=detail.field, what=what,
            before=detail.before or words("nothing"), after=detail.after or words("nothing"),
        )  # fmt: skip

    def _deed(self, line: AuditLine, who: str) -> str:
        words, deed = self.words, line.after.get("deed")
        if line.entity == "impersonation" and deed == "entered":
            # Somebody of the platform is no row of the business: the entry itself carries their name.
            by = str(line.after.get("actor") or who)
            return words(
                "{who} entered as support: {reason}", who=by, reason=str(line.after.get("reason", ""))
            )
        if line.entity == "impersonation" and deed == "left":
            return words("{who} left", who=who)
        if line.entity == "password_link":
            return words("{who} sent a link for a new password", who=who)
        return f"{who}: {self.entity(line)}"

    def _value(self, line: AuditLine, column: str, value: Any) -> str:
        words = self.words
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return words("yes") if value else words("no")
        if isinstance(value, str):
            return (
                name_of(line.entity, column, value, self.names)
                or self._code(column, value)
                or self._text(value)
            )
        if isinstance(value, list):
            items = (str(item) for item in cast("list[object]", value))
            return ", ".join(self._code(column, item) or item for item in items)
        return self._number(column, value) if isinstance(value, int) else str(value)

    def _code(self, column: str, value: str) -> str:
        """What a code of ours is called; empty for what is none."""
        if column == "permissions":
            return self.permissions.get(value, "")
        known = VALUES.get(column, {}).get(value)
        return self.words(known) if known else ""

    def _number(self, column: str, value: int) -> str:
        if column.endswith("_cents"):
            return self.words.money(value)
        if column == "weekday" and 0 <= value < len(WEEKDAYS):
            return self.words(WEEKDAYS[value])
        return str(value)

    def _text(self, value: str) -> str:
        if _MOMENT.match(value):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                return value
            return self.words.moment(moment, self.zone) if moment.tzinfo is not None else value
        return value[:5] if _HOUR.fullmatch(value) else value


def _columns(line: AuditLine) -> Iterator[str]:
    """The columns of a change, without those that only programs care about; of a new row, without the empty ones."""
    for column in sorted({**line.before, **line.after}):
        if column in HIDDEN:
            continue
        if line.verb in {"made", "removed"}:
            value = line.after.get(column) if line.verb == "made" else line.before.get(column)
            if value is None or value in ("", [], {}):
                continue
        yield column
