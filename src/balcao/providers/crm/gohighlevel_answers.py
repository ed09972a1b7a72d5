"""What GoHighLevel's answers mean, in the words of the port. No network here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, cast

from balcao.ports.crm import (
    CrmAnswer,
    CrmContact,
    CrmField,
    CrmLimits,
    CrmTagsAnswer,
    CrmVerdict,
)

PROPERTIES: Final[Mapping[CrmField, str]] = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "company": "companyName",
    "address": "address1",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
    "source": "source",
    "birthday": "dateOfBirth",
    "website": "website",
}
"""Our fields and their properties. Nothing else ever leaves: an unknown property makes them refuse the whole contact."""

ID: Final = re.compile(r"[A-Za-z0-9_-]{4,64}")
"""Their ids, as they may stand in a path."""
LONGEST_WAIT_SECONDS: Final = 3600.0
REASON_CHARACTERS: Final = 300
_NOT_FOUND: Final = re.compile(r"\bnot found\b|\bdoes not exist\b", re.IGNORECASE)
_DUPLICATED: Final = re.compile(r"\bduplicated? contacts?\b", re.IGNORECASE)

Json = Mapping[str, Any]


class Reply:
    """An answer that arrived: status, headers, and the body when it is a JSON object. Its repr shows neither."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(
        self, status: int, headers: Mapping[str, str], body: Any, *, secrets: Sequence[str] = ()
    ) -> None:
        self.status = status
        self.headers = headers
        self.body: Json = cast("Json", body) if isinstance(body, dict) else {}
        self.reason = _reason(self.body, status, secrets)

    @property
    def is_fine(self) -> bool:
        """Whether the status says that it was done."""
        return 200 <= self.status < 300

    @property
    def says_not_found(self) -> bool:
        """Whether what was named is not there; deleted contacts are answered with 400 and words."""
        if self.status == HTTPStatus.NOT_FOUND:
            return True
        return self.status == HTTPStatus.BAD_REQUEST and bool(_NOT_FOUND.search(self.reason))


def limits_of(headers: Mapping[str, str]) -> CrmLimits:
    """What the headers say about further requests."""
    interval = _number(headers.get("x-ratelimit-interval-milliseconds"))
    wait = _decimal(headers.get("retry-after"))
    return CrmLimits(
        remaining=_number(headers.get("x-ratelimit-remaining")),
        interval=interval / 1000 if interval else None,
        daily_limit=_number(headers.get("x-ratelimit-limit-daily")),
        daily_remaining=_number(headers.get("x-ratelimit-daily-remaining")),
        retry_after=min(wait, LONGEST_WAIT_SECONDS) if wait is not None else None,
    )


def verdict_of(reply: Reply) -> CrmVerdict:
    """What a status means where there is nothing more to know."""
    status = reply.status
    if reply.is_fine:
        return CrmVerdict.STORED
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return CrmVerdict.UNAUTHORIZED
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return CrmVerdict.BUSY
    if status < 400 or status >= 500 or status == HTTPStatus.REQUEST_TIMEOUT:
        return CrmVerdict.UNCLEAR
    return CrmVerdict.REFUSED


def written(reply: Reply, *, is_named: bool) -> CrmAnswer:
    """The answer to an upsert, or to a change of a contact that was named by its id."""
    limits, verdict = limits_of(reply.headers), verdict_of(reply)
    if verdict is CrmVerdict.STORED:
        contact = contact_of(reply.body.get("contact"))
        if contact is None:
            return CrmAnswer(CrmVerdict.UNCLEAR, reason="no contact in the answer", limits=limits)
        is_new = bool(reply.body.get("new", reply.status == HTTPStatus.CREATED)) and not is_named
        return CrmAnswer(verdict, contact=contact, is_new=is_new, limits=limits)
    if is_named and reply.says_not_found:
        return CrmAnswer(CrmVerdict.MISSING, reason=reply.reason, limits=limits)
    holder, matched = _holder(reply.body.get("meta"))
    if reply.status == HTTPStatus.BAD_REQUEST and (holder or _DUPLICATED.search(reply.reason)):
        return CrmAnswer(
            CrmVerdict.DUPLICATE,
            holder_id=holder,
            matching_field="email" if matched == "email" else "phone" if matched == "phone" else "",
            reason=reply.reason,
            limits=limits,
        )
    return CrmAnswer(verdict, reason=reply.reason, limits=limits)


def looked_up(reply: Reply) -> CrmAnswer:
    """The answer to a look-up: STORED with the contact, or MISSING."""
    limits, verdict = limits_of(reply.headers), verdict_of(reply)
    if verdict is not CrmVerdict.STORED:
        if reply.status == HTTPStatus.NOT_FOUND:
            verdict = CrmVerdict.MISSING
        return CrmAnswer(verdict, reason=reply.reason, limits=limits)
    if "contact" not in reply.body:
        return CrmAnswer(CrmVerdict.UNCLEAR, reason="no contact in the answer", limits=limits)
    contact = contact_of(reply.body["contact"])
    return CrmAnswer(
        CrmVerdict.MISSING if contact is None else CrmVerdict.STORED, contact=contact, limits=limits
    )


def removed(reply: Reply) -> CrmAnswer:
    """The answer to a removal."""
    verdict = CrmVerdict.MISSING if reply.says_not_found else verdict_of(reply)
    return CrmAnswer(verdict, reason=reply.reason, limits=limits_of(reply.headers))


def tagged(reply: Reply) -> CrmTagsAnswer:
    """The answer to adding tags: one line a contact."""
    failed: set[str] = set()
    for line in _rows(reply.body.get("responses")) if reply.is_fine else []:
        is_error = line.get("type") == "error" or line.get("success") is False or bool(line.get("error"))
        if is_error:
            failed.add(_text(line, "contactId") or _text(line, "id"))
    reason = reply.reason if not reply.is_fine else ""
    return CrmTagsAnswer(verdict_of(reply), frozenset(failed - {""}), reason, limits_of(reply.headers))


def contact_of(raw: Any) -> CrmContact | None:
    """A contact in our words; None for anything without an id."""
    if not isinstance(raw, dict):
        return None
    body = cast("Json", raw)
    contact_id = _text(body, "id")
    if not ID.fullmatch(contact_id):
        return None
    fields: dict[CrmField, str] = {
        ours: _text(body, theirs) for ours, theirs in PROPERTIES.items() if theirs in body
    }
    tags = body.get("tags")
    listed = cast("list[Any]", tags) if isinstance(tags, list) else []
    return CrmContact(
        contact_id, fields, tuple(str(tag) for tag in listed), _moment(_text(body, "dateAdded"))
    )


def _holder(meta: Any) -> tuple[str, str]:
    if not isinstance(meta, dict):
        return "", ""
    body = cast("Json", meta)
    holder = _text(body, "contactId")
    return holder if ID.fullmatch(holder) else "", _text(body, "matchingField").lower()


def _reason(body: Json, status: int, secrets: Sequence[str]) -> str:
    said = body.get("message", body.get("error_description", body.get("error", "")))
    parts = cast("list[Any]", said) if isinstance(said, list) else [said]
    text = "; ".join(str(part) for part in parts if part)
    for secret in filter(None, secrets):
        # Some servers repeat what they were sent.
        text = text.replace(secret, "***")
    text = "".join(mark if mark.isprintable() else " " for mark in text)
    return text[:REASON_CHARACTERS] or f"HTTP {status}"


def _rows(raw: Any) -> list[Json]:
    listed = cast("list[Any]", raw) if isinstance(raw, list) else []
    return [cast("Json", row) for row in listed if isinstance(row, dict)]


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None


def _decimal(text: str | None) -> float | None:
    if not text or not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text.strip(), re.ASCII):
        return None
    return float(text)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
