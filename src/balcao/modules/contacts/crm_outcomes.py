"""What an answer of the CRM means for a contact on its way (contacts specification, 1.3 and the retry table of 8). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from balcao.ports.crm import CRM_FIELDS, CrmAnswer, CrmContact, CrmField, CrmVerdict

ItemState = Literal["pending", "retry", "created", "updated", "partial", "skipped", "failed"]
FINAL_STATES: Final = frozenset({"created", "updated", "partial", "skipped", "failed"})
TRIES: Final = 6
"""Tries of a contact whose requests stay without an answer."""
FIRST_WAIT_SECONDS: Final = 2.0
LONGEST_WAIT_SECONDS: Final = 60.0

FIELD_NOT_STORED: Final = "GHL_FIELD_NOT_STORED"
FOUND_AFTER_SILENCE: Final = "GHL_FOUND_AFTER_SILENCE"
REFUSED: Final = "GHL_REFUSED"
NO_ANSWER: Final = "GHL_NO_ANSWER"
EMAIL_KEPT: Final = "GHL_EMAIL_KEPT"
TAGS_NOT_STORED: Final = "GHL_TAGS_NOT_STORED"
UNREADABLE: Final = "GHL_UNREADABLE"
NO_IDENTIFIER: Final = "GHL_NO_IDENTIFIER"
SUPPRESSED: Final = "GHL_SUPPRESSED"

OUTCOME_TEXTS: Final[Mapping[str, str]] = {
    FIELD_NOT_STORED: "GoHighLevel took the contact but did not store every field: another contact has it, most likely.",
    FOUND_AFTER_SILENCE: "GoHighLevel did not answer, yet the contact was found there afterwards.",
    REFUSED: "GoHighLevel refused the contact.",
    NO_ANSWER: "GoHighLevel did not answer, several times.",
    NO_IDENTIFIER: "Neither e-mail nor telephone: GoHighLevel cannot tell whose this is.",
    EMAIL_KEPT: "The e-mail is a further one of this contact there; its main one was left alone.",
    TAGS_NOT_STORED: "The contact arrived, its tags did not.",
    UNREADABLE: "What was to be sent can no longer be read: the installation's secret was changed.",
    SUPPRESSED: "On the list of those who must not be contacted.",
}
"""Codes of items, as English msgids."""

_BLANKS: Final = re.compile(r"\s+")
_NOT_DIGITS: Final = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an item stands after an answer. `wait` is the seconds before the next try of a "retry".

    `is_unclear`: the request may have been carried out, so look before repeating. `counts`: the try uses one up.
    """

    state: ItemState
    code: str = ""
    detail: str = ""
    remote_id: str = ""
    is_new: bool = False
    missing: tuple[str, ...] = ()
    wait: float = 0.0
    is_unclear: bool = False
    counts: bool = True
    needs_reconnect: bool = False

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be tried by itself."""
        return self.state in FINAL_STATES


def fields_not_stored(sent: Mapping[CrmField, str], stored: CrmContact) -> tuple[str, ...]:
    """Which fields the CRM does not hold as they were sent, in our order.

    Letter case, blanks and punctuation of telephones do not count. An answer without any known field tells nothing.
    """
    if not stored.fields:
        return ()
    return tuple(
        name
        for name in CRM_FIELDS
        if sent.get(name) and _plain(name, sent[name]) != _plain(name, stored.fields.get(name, ""))
    )


def outcome_of_stored(
    answer: CrmAnswer, sent: Mapping[CrmField, str], *, left_out: tuple[str, ...] = (), code: str = ""
) -> Outcome:
    """A contact that arrived: created, updated, or partial with what is missing. `left_out` was not sent on purpose."""
    assert answer.contact is not None, "a stored contact is in its answer"
    return _arrived(answer.contact, sent, answer.is_new, left_out, code)


def outcome_of_found(
    found: CrmContact,
    sent: Mapping[CrmField, str],
    first_sent_at: datetime,
    *,
    left_out: tuple[str, ...] = (),
) -> Outcome:
    """A contact found after a request of unknown fate. It is ours when it was added after we first sent it."""
    return _arrived(found, sent, was_made_since(found, first_sent_at), left_out, FOUND_AFTER_SILENCE)


def was_made_since(found: CrmContact, moment: datetime) -> bool:
    """Whether the CRM says that it was added at the moment or after."""
    return found.added_at is not None and found.added_at >= moment


def _arrived(
    stored: CrmContact, sent: Mapping[CrmField, str], is_new: bool, left_out: tuple[str, ...], code: str
) -> Outcome:
    missing = (*fields_not_stored(sent, stored), *left_out)
    if missing:
        return Outcome("partial", FIELD_NOT_STORED, remote_id=stored.id, is_new=is_new, missing=missing)
    return Outcome("created" if is_new else "updated", code, remote_id=stored.id, is_new=is_new)


def outcome_of_failure(answer: CrmAnswer, tries: int, *, is_unclear: bool) -> Outcome:
    """Every answer that did not store. `tries` counts this one; `is_unclear` is what was so before."""
    match answer.verdict:
        case CrmVerdict.BUSY:
            return Outcome("retry", is_unclear=is_unclear, counts=False)
        case CrmVerdict.UNAUTHORIZED:
            return Outcome(
                "retry", detail=answer.reason, is_unclear=is_unclear, counts=False, needs_reconnect=True
            )
        case CrmVerdict.UNCLEAR | CrmVerdict.UNREACHABLE:
            unclear = is_unclear or answer.verdict is CrmVerdict.UNCLEAR
            if tries >= TRIES:
                return Outcome("failed", NO_ANSWER, answer.reason, is_unclear=unclear)
            return Outcome(
                "retry", NO_ANSWER, answer.reason, wait=pause_before(tries + 1), is_unclear=unclear
            )
        case _:
            return Outcome("failed", REFUSED, answer.reason)


def pause_before(try_number: int) -> float:
    """Seconds before a try (the second is the first that waits): 2, 4, 8 … 60."""
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** max(0, try_number - 2))


def _plain(name: CrmField, text: str) -> str:
    if name == "phone":
        return _NOT_DIGITS.sub("", text)
    if name == "birthday":
        return text.strip()[:10]
    folded = _BLANKS.sub(" ", text).strip().casefold()
    return folded.rstrip("/") if name == "website" else folded
