"""Somebody came in through another module's door: who is it, and what did we not know yet?"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from balcao.kernel.errors import NotFoundError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.cleaning.emails import clean_email
from balcao.modules.contacts.cleaning.names import clean_full_name
from balcao.modules.contacts.cleaning.phones import clean_phone, phone_key
from balcao.modules.contacts.events import PersonAdded
from balcao.modules.contacts.models import Contact
from balcao.modules.contacts.people_changes import check_free, find_person, note_change, put_keys, put_person
from balcao.modules.contacts.people_errors import PersonExistsError
from balcao.modules.contacts.people_rules import (
    MOST_EXTRAS,
    Values,
    blank_person,
    derived,
    keys_of,
)

ATTEMPTS: Final = 5


async def remember_person(
    uow: UnitOfWork, *, name: str, phone: str, email: str = "", document: str = "", source: str
) -> UUID:
    """The person with this mobile or e-mail, added when nobody is; answers the id.

    Whom we know keeps what is written about them: only empty fields are filled, and a new number or e-mail becomes a
    further one. A landline recognises only somebody of the same name. Safe when the same person comes twice at once.
    """
    seen = _seen(name, phone, email, document, source)
    for _ in range(ATTEMPTS):
        known = await _find(uow, seen)
        if known is not None:
            try:
                return await _fill(uow, known, seen)
            except NotFoundError:
                continue  # merged or erased between the look and the lock
        added = await _add(uow, seen)
        if added is not None:
            return added
    raise RuntimeError("a person was neither found nor added; the transaction may be tried again")


def _seen(name: str, phone: str, email: str, document: str, source: str) -> Values:
    cleaned = clean_full_name(name)
    numbers = clean_phone(phone).numbers if phone else ()
    person = blank_person() | {
        "first_name": cleaned.first, "last_name": cleaned.last, "company": cleaned.company, "country": "BR",
        "phone": numbers[0].e164 if numbers else "", "source": source, "document": document,
        "email": clean_email(email, fix_domains=False).value if email else "",
    }  # fmt: skip
    return person | derived(person)


_FIND = text("""
select id from (
  select c.id, 1 as rank from contacts c where c.tenant_id = :tenant and c.phone_key = :mobile and c.phone_key <> ''
    and c.phone_kind <> 'landline' and c.merged_into is null
  union all
  select c.id, 2 from contacts c where c.tenant_id = :tenant and c.email = :email and c.email <> ''
    and c.merged_into is null
  union all
  select k.contact_id, 3 from contact_keys k where k.tenant_id = :tenant and k.kind = 'phone' and k.value = :mobile
  union all
  select k.contact_id, 4 from contact_keys k where k.tenant_id = :tenant and k.kind = 'email' and k.value = :email
  union all
  select c.id, 5 from contacts c where c.tenant_id = :tenant and c.phone_key = :landline and c.phone_kind = 'landline'
    and c.name_key = :name and c.merged_into is null
) found order by rank, id limit 1
""")


async def _find(uow: UnitOfWork, seen: Values) -> UUID | None:
    is_landline = seen["phone_kind"] == "landline"
    values = {
        "tenant": uow.tenant_id, "email": seen["email"], "name": seen["name_key"],
        "mobile": "" if is_landline else seen["phone_key"], "landline": seen["phone_key"] if is_landline else "",
    }  # fmt: skip
    await uow.session.flush()
    return (await uow.session.execute(_FIND, values)).scalar_one_or_none()


async def _fill(uow: UnitOfWork, contact_id: UUID, seen: Values) -> UUID:
    contact = await find_person(uow, contact_id, lock=True)
    wanted: Values = {}
    if not contact.name_key and seen["name_key"]:
        wanted |= {"first_name": seen["first_name"], "last_name": seen["last_name"]}
    for name in ("company", "document"):
        if not getattr(contact, name) and seen[name]:
            wanted[name] = seen[name]
    if seen["email"] and seen["email"] not in (contact.email, *map(str.lower, contact.additional_emails)):
        wanted |= await _one_more(uow, contact, "email", "additional_emails", seen["email"])
    keys = {phone_key(number) for number in (contact.phone, *contact.additional_phones) if number}
    if seen["phone"] and seen["phone_key"] not in keys:
        wanted |= await _one_more(uow, contact, "phone", "additional_phones", seen["phone"])
    if wanted:
        await put_person(uow, contact, wanted, "edit")
    return contact.id


async def _one_more(uow: UnitOfWork, contact: Contact, main: str, further: str, value: str) -> Values:
    """The main field when it is empty, else one more of the further ones; nothing when it is somebody else's."""
    try:
        await check_free(uow, blank_person() | {main: value}, but=contact.id)
    except PersonExistsError:
        return {}
    if not getattr(contact, main):
        return {main: value}
    others = list(getattr(contact, further))
    return {further: [*others, value]} if len(others) < MOST_EXTRAS else {}


async def _add(uow: UnitOfWork, seen: Values) -> UUID | None:
    """The new person's id, or None when somebody else added them first."""
    row: dict[str, Any] = {
        **seen, "tenant_id": uow.tenant_id, "id": new_id(), "version": 1, "created_at": uow.now(), "updated_at": uow.now(),
    }  # fmt: skip
    statement = insert(Contact).values(**row).on_conflict_do_nothing().returning(Contact)
    contact = (await uow.session.execute(statement)).scalar_one_or_none()
    if contact is None:
        return None
    await put_keys(uow, contact.id, set(), keys_of(seen))
    await note_change(uow, contact, "edit", {}, {})
    uow.publish(PersonAdded(contact.id))
    uow.announce("contacts")
    return contact.id
