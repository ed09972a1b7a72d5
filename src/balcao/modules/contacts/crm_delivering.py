"""One contact's conversation with the CRM: look when its fate is unknown, write, and make sense of the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.crm_outcomes import (
    EMAIL_KEPT,
    NO_IDENTIFIER,
    SUPPRESSED,
    Outcome,
    fields_not_stored,
    outcome_of_failure,
    outcome_of_found,
    outcome_of_stored,
    was_made_since,
)
from balcao.modules.contacts.crm_people import CrmPerson
from balcao.modules.contacts.crm_reach import CrmReach, get_connection, take_requests
from balcao.ports.crm import Crm, CrmAccess, CrmAnswer, CrmContact, CrmField, CrmLimits, CrmVerdict

LONGEST_HOLD_SECONDS: Final = 5.0
"""A further request of a contact waits this long for its turn; then the contact is tried again later."""
_BUSY: Final = CrmAnswer(CrmVerdict.BUSY)
Fields = Mapping[CrmField, str]


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """One contact to deliver. `is_unclear`: an earlier try may have arrived; `first_sent_at` is when that began."""

    item_id: UUID
    person: CrmPerson
    tries: int
    first_sent_at: datetime
    is_unclear: bool = False
    is_suppressed_now: bool = False


@dataclass(slots=True, repr=False)
class Talk:
    """Requests of one batch. The first request of each contact was paid for when the batch was taken.

    `remember` keeps what a contact holds before it is changed (safe mode). `heard` collects what the answers said about the pace; True marks a 429 of the CRM (not one of our own making).
    """

    reach: CrmReach
    connection_id: UUID
    crm: Crm
    access: CrmAccess
    remember: Callable[[UUID, dict[CrmField, str]], Awaitable[None]]
    safe_mode: bool = False
    sends_suppressed: bool = False
    heard: list[tuple[CrmLimits, bool]] = field(default_factory=list[tuple[CrmLimits, bool]])

    async def further(self, ask: Callable[[], Awaitable[CrmAnswer]]) -> CrmAnswer:
        """A request beyond the first of a contact: waits for a place in the pace, and answers BUSY when it gets none."""
        waited = 0.0
        while True:
            wait = await self.reach.run(self._take_one)
            if wait is None:
                return self.noted(await ask())
            if waited + wait > LONGEST_HOLD_SECONDS:
                return _BUSY
            waited += wait
            await self.reach.sleep(wait)

    def noted(self, answer: CrmAnswer) -> CrmAnswer:
        """The answer, its limits kept for the pace."""
        self.heard.append((answer.limits, answer.verdict is CrmVerdict.BUSY))
        return answer

    async def _take_one(self, uow: UnitOfWork) -> float | None:
        connection = await get_connection(uow, self.connection_id, lock=True)
        grant = take_requests(connection, 1, uow.now())
        return None if grant.count else grant.wait


async def deliver(talk: Talk, parcel: Parcel) -> Outcome:
    """Brings one contact there, or says why not. Makes at most six requests, and none that could make it twice."""
    person = parcel.person
    if not (person.email or person.phone):
        return Outcome("skipped", NO_IDENTIFIER)
    if parcel.is_suppressed_now and not talk.sends_suppressed:
        return Outcome("skipped", SUPPRESSED)
    if parcel.is_unclear:
        return await _after_silence(talk, parcel)
    if talk.safe_mode:
        return await _carefully(talk, parcel)
    answer = talk.noted(await _upsert(talk, parcel, person.fields))
    return await _settled(talk, parcel, person.fields, answer)


def _is_dnd(parcel: Parcel) -> bool:
    return parcel.person.is_suppressed or parcel.is_suppressed_now


async def _upsert(talk: Talk, parcel: Parcel, fields: Fields) -> CrmAnswer:
    return await talk.crm.upsert(talk.access, fields, do_not_disturb=_is_dnd(parcel))


async def _update(talk: Talk, parcel: Parcel, contact_id: str, fields: Fields) -> CrmAnswer:
    return await talk.further(
        lambda: talk.crm.update(talk.access, contact_id, fields, do_not_disturb=_is_dnd(parcel))
    )


async def _look(talk: Talk, fields: Fields, *, is_first: bool = False) -> CrmAnswer:
    """By e-mail, then by telephone: the order in which the CRM itself matches by default. Says by which it was found."""
    answer = CrmAnswer(CrmVerdict.MISSING)
    for name in ("email", "phone"):
        value = fields.get(name, "")
        if value and answer.verdict is CrmVerdict.MISSING:
            find = partial(talk.crm.find, talk.access, **{name: value})
            found = talk.noted(await find()) if is_first else await talk.further(find)
            answer, is_first = replace(found, matching_field=name), False
    return answer


async def _after_silence(talk: Talk, parcel: Parcel) -> Outcome:
    """Nobody knows whether an earlier try arrived: look, complete what is there, and only else write anew."""
    sent = parcel.person.fields
    looked = await _look(talk, sent, is_first=True)
    found = looked.contact
    if looked.verdict is CrmVerdict.MISSING:
        answer = await talk.further(lambda: _upsert(talk, parcel, sent))
        return await _settled(talk, parcel, sent, answer)
    if looked.verdict is not CrmVerdict.STORED or found is None:
        return outcome_of_failure(looked, parcel.tries, is_unclear=True)
    if not fields_not_stored(sent, found) and not _is_dnd(parcel):
        return outcome_of_found(found, sent, parcel.first_sent_at)
    if not _is_ours(found, parcel):
        return await _completed(talk, parcel, looked)
    outcome = await _completed(talk, parcel, looked)
    if outcome.remote_id != found.id:
        return outcome
    return replace(outcome, is_new=True, state="created" if outcome.state == "updated" else outcome.state)


async def _carefully(talk: Talk, parcel: Parcel) -> Outcome:
    """Safe mode: what the contact holds is kept for an undo, and its main e-mail is never replaced."""
    sent = parcel.person.fields
    looked = await _look(talk, sent, is_first=True)
    if looked.verdict is CrmVerdict.MISSING:
        answer = await talk.further(lambda: _upsert(talk, parcel, sent))
        return await _settled(talk, parcel, sent, answer)
    if looked.verdict is not CrmVerdict.STORED:
        return outcome_of_failure(looked, parcel.tries, is_unclear=False)
    return await _completed(talk, parcel, looked)


async def _completed(talk: Talk, parcel: Parcel, looked: CrmAnswer) -> Outcome:
    """Changes a contact that was looked up; its own main e-mail stays."""
    found, sent = looked.contact, parcel.person.fields
    assert found is not None, "a contact that was found"
    if talk.safe_mode:
        await talk.remember(parcel.item_id, {name: found.fields.get(name, "") for name in sent})
    mine, theirs = sent.get("email", ""), found.fields.get("email", "")
    if not mine or not theirs or mine.casefold() == theirs.casefold():
        return await _settled(talk, parcel, sent, await _update(talk, parcel, found.id, sent))
    rest = _without(sent, "email")
    outcome = await _settled(talk, parcel, rest, await _update(talk, parcel, found.id, rest))
    if looked.matching_field == "email" and "email" in outcome.missing:
        # It is there already, as a further e-mail of this contact.
        missing = tuple(name for name in outcome.missing if name != "email")
        state = "partial" if missing else "created" if outcome.is_new else "updated"
        return replace(outcome, missing=missing, state=state, code=outcome.code if missing else EMAIL_KEPT)
    return outcome


async def _settled(talk: Talk, parcel: Parcel, sent: Fields, answer: CrmAnswer) -> Outcome:
    match answer.verdict:
        case CrmVerdict.STORED:
            return outcome_of_stored(answer, sent, left_out=_left_out(parcel, sent))
        case CrmVerdict.DUPLICATE if answer.holder_id:
            return await _around_duplicate(talk, parcel, sent, answer)
        case CrmVerdict.DUPLICATE | CrmVerdict.REFUSED:
            return await _despite_refusal(talk, parcel, sent, answer)
        case CrmVerdict.MISSING:
            again = await talk.further(lambda: _upsert(talk, parcel, sent))
            if again.verdict is CrmVerdict.STORED:
                return outcome_of_stored(again, sent, left_out=_left_out(parcel, sent))
            return outcome_of_failure(again, parcel.tries, is_unclear=parcel.is_unclear)
        case _:
            return outcome_of_failure(answer, parcel.tries, is_unclear=parcel.is_unclear)


async def _around_duplicate(talk: Talk, parcel: Parcel, sent: Fields, answer: CrmAnswer) -> Outcome:
    """Another contact has our e-mail or telephone: change that one when it is the same person, else leave the field out.

    A telephone may be shared. Its holder is the same person unless it has another e-mail than ours.
    """
    matched, holder = answer.matching_field or "email", answer.holder_id
    if matched == "phone" and sent.get("email"):
        looked = await talk.further(lambda: talk.crm.find(talk.access, phone=sent["phone"]))
        if looked.verdict not in {CrmVerdict.STORED, CrmVerdict.MISSING}:
            return outcome_of_failure(looked, parcel.tries, is_unclear=parcel.is_unclear)
        theirs = looked.contact.fields.get("email", "") if looked.contact is not None else ""
        if theirs and theirs.casefold() != sent["email"].casefold():
            rest = _without(sent, "phone")
            return _plainly(parcel, rest, await talk.further(lambda: _upsert(talk, parcel, rest)))
    again = await _update(talk, parcel, holder, sent)
    if again.verdict is CrmVerdict.DUPLICATE:
        rest = _without(sent, again.matching_field or "phone")
        again = await _update(talk, parcel, holder, rest)
        return _plainly(parcel, rest, again)
    return _plainly(parcel, sent, again)


def _plainly(parcel: Parcel, sent: Fields, answer: CrmAnswer) -> Outcome:
    """The last word on a contact that was a duplicate."""
    if answer.verdict is CrmVerdict.STORED:
        return outcome_of_stored(answer, sent, left_out=_left_out(parcel, sent))
    return outcome_of_failure(answer, parcel.tries, is_unclear=parcel.is_unclear)


async def _despite_refusal(talk: Talk, parcel: Parcel, sent: Fields, answer: CrmAnswer) -> Outcome:
    """A refusal is final, but some come after the contact was made: look once."""
    looked = await _look(talk, sent)
    if looked.verdict is CrmVerdict.STORED and looked.contact is not None:
        found = looked.contact
        if _is_ours(found, parcel) or not fields_not_stored(sent, found):
            return outcome_of_found(found, sent, parcel.first_sent_at, left_out=_left_out(parcel, sent))
    elif looked.verdict is not CrmVerdict.MISSING:
        return outcome_of_failure(looked, parcel.tries, is_unclear=True)
    return outcome_of_failure(answer, parcel.tries, is_unclear=False)


def _is_ours(found: CrmContact, parcel: Parcel) -> bool:
    return was_made_since(found, parcel.first_sent_at)


def _without(sent: Fields, name: CrmField) -> dict[CrmField, str]:
    return {other: text for other, text in sent.items() if other != name}


def _left_out(parcel: Parcel, sent: Fields) -> tuple[str, ...]:
    return tuple(name for name in parcel.person.fields if name not in sent)
