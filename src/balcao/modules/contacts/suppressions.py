"""The list of those who must not be contacted: adding to it, asking it, and taking off it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.brazil.documents import InvalidDocument, parse_cpf
from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.errors import NotFoundError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.cleaning.emails import clean_email
from balcao.modules.contacts.cleaning.phones import clean_phone, phone_key
from balcao.modules.contacts.suppression_digests import (
    SuppressionKind,
    digest_of,
    digests_of_person,
    domains_of,
)

AT_ONCE: Final = 5_000
MOST_LINES: Final = 200_000
LINES_AT_ONCE: Final = 500
MOST_REFUSED: Final = 50
UPLOAD_BYTES: Final = 5_000_000
CPF_DIGITS: Final = 11
_DOMAIN: Final = re.compile(r"@?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})")
_CELLS: Final = re.compile(r"[;,\t|]")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody for the list, `value` in the form `digest_of` takes; `shown` is what a person reads, if it is another."""

    kind: SuppressionKind
    value: str
    shown: str = field(default="", compare=False)


@dataclass(slots=True)
class Added:
    """What came of a paste: new ones, those who were there, and lines nothing was understood of (the first 50)."""

    added: int = 0
    already: int = 0
    refused: list[str] = field(default_factory=list[str])
    refused_total: int = 0


class SuppressionView(BaseModel):
    """A line of the list. `value` is empty when only its digest was kept."""

    id: UUID
    kind: SuppressionKind
    value: str
    reason: str
    source: str
    created_at: datetime


def read_entry(typed: str) -> Entry | None:
    """An e-mail, a domain (@loja.com.br), a CPF or a telephone, however it was written; None for anything else.

    Eleven digits with the check digits of a CPF and no bracket, plus or area code of a mobile are a CPF.
    """
    text_ = typed.strip().strip("\"'").strip()
    if not text_ or len(text_) > 320:
        return None
    lower = text_.lower()
    domain = _DOMAIN.fullmatch(lower)
    if domain:
        return Entry("domain", domain[1].removeprefix("www."))
    if "@" in text_:
        email = clean_email(text_, fix_domains=False).value
        return Entry("email", email) if email else None
    return _number(text_)


def _number(typed: str) -> Entry | None:
    numbers = clean_phone(typed).numbers
    digits = re.sub(r"\D", "", typed)
    dotted = re.fullmatch(r"\d{3}\.\d{3}\.\d{3}-\d{2}", typed) is not None
    if dotted or not numbers or (len(digits) == 11 and digits == typed and digits[2] != "9"):
        try:
            return Entry("cpf", parse_cpf(typed))
        except InvalidDocument:
            pass
    return Entry("phone", phone_key(numbers[0].e164), numbers[0].e164) if numbers else None


class Reachable(Protocol):
    """What of a person the list may know them by."""

    email: Any
    phone: Any
    additional_emails: Any
    additional_phones: Any
    document: Any


def entries_of(person: Reachable) -> list[Entry]:
    """A person's e-mails, telephones and CPF as entries; a domain is never one person's."""
    entries = [Entry("email", email.lower()) for email in (person.email, *person.additional_emails) if email]
    entries += [
        Entry("phone", phone_key(phone), phone)
        for phone in (person.phone, *person.additional_phones)
        if phone
    ]
    return entries + ([Entry("cpf", person.document)] if len(person.document) == CPF_DIGITS else [])


def digests_of(tenant_id: UUID, person: Reachable) -> set[tuple[str, str]]:
    """Every (kind, digest) under which a person may stand on the list, domains of their e-mails included."""
    entries = entries_of(person)
    found = {(entry.kind, digest_of(tenant_id, entry.kind, entry.value)) for entry in entries}
    for entry in entries:
        if entry.kind == "email":
            found |= {
                ("domain", digest_of(tenant_id, "domain", domain)) for domain in domains_of(entry.value)
            }
    return {(str(kind), digest) for kind, digest in found}


async def suppress(
    uow: UnitOfWork, entries: Iterable[Entry], *, source: str, reason: str = "", hash_only: bool = False
) -> int:
    """Puts people on the list, once each; answers how many are new. With `hash_only` nothing readable is kept."""
    unique = list(dict.fromkeys(entries))
    new = 0
    for start in range(0, len(unique), AT_ONCE):
        part = unique[start : start + AT_ONCE]
        values = {
            "tenant": uow.tenant_id,
            "ids": [new_id() for _ in part],
            "kinds": [entry.kind for entry in part],
            "digests": [digest_of(uow.tenant_id, entry.kind, entry.value) for entry in part],
            "values": ["" if hash_only else entry.shown or entry.value for entry in part],
            "reason": reason, "source": source, "actor": uow.actor.label, "now": uow.now(),
        }  # fmt: skip
        new += len((await uow.session.execute(_ADD, values)).all())
    if new:
        uow.announce("suppressions", "contacts")
    return new


_ADD = text("""
insert into suppressions (tenant_id, id, kind, digest, value, reason, source, actor, created_at)
select :tenant, e.id, e.kind, e.digest, e.value, :reason, :source, :actor, :now
from unnest(cast(:ids as uuid[]), cast(:kinds as text[]), cast(:digests as text[]), cast(:values as text[]))
  as e (id, kind, digest, value)
on conflict (tenant_id, kind, digest) do nothing returning id
""")


async def suppress_lines(
    uow: UnitOfWork, pasted: str, *, source: str, reason: str = "", hash_only: bool = False
) -> Added:
    """Puts everybody named in a text on the list: one a line, or a CSV of which the first cell that is one counts."""
    done = Added()
    entries: list[Entry] = []
    for number, line in enumerate(pasted.splitlines()[:MOST_LINES]):
        if number % LINES_AT_ONCE == 0:
            await asyncio.sleep(0)  # a long list must not hold up everybody else's requests
        if not line.strip():
            continue
        found = next((entry for cell in _CELLS.split(line) if (entry := read_entry(cell))), None)
        if found is not None:
            entries.append(found)
            continue
        done.refused_total += 1
        if len(done.refused) < MOST_REFUSED:
            done.refused.append(line.strip()[:80])
    unique = set(entries)
    done.added = await suppress(uow, entries, source=source, reason=reason, hash_only=hash_only)
    done.already = len(unique) - done.added
    return done


async def is_suppressed(uow: UnitOfWork, *, phone: str = "", email: str = "", cpf: str = "") -> bool:
    """Whether somebody is on the list by telephone (E.164), e-mail, its domain, or CPF."""
    digests = digests_of_person(
        uow.tenant_id,
        emails=(email.strip().lower(),),
        phone_keys=(phone_key(phone) if phone else "",),
        cpf=cpf,
    )
    return bool(await known_digests(uow, digests))


async def known_digests(uow: UnitOfWork, digests: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the (kind, digest) that are on the list."""
    wanted = list(digests)
    if not wanted:
        return set()
    values = {
        "tenant": uow.tenant_id,
        "kinds": [kind for kind, _ in wanted],
        "digests": [digest for _, digest in wanted],
    }
    return {(row.kind, row.digest) for row in await uow.session.execute(_KNOWN, values)}


_KNOWN = text("""
select s.kind, s.digest from unnest(cast(:kinds as text[]), cast(:digests as text[])) as w (kind, digest)
join suppressions s on s.tenant_id = :tenant and s.kind = w.kind and s.digest = w.digest
""")


async def lift(uow: UnitOfWork, entries: Iterable[Entry], *, source: str) -> None:
    """Takes people off the list who came onto it from `source`; what another source said stays."""
    for entry in entries:
        values = {
            "tenant": uow.tenant_id, "kind": entry.kind, "source": source,
            "digest": digest_of(uow.tenant_id, entry.kind, entry.value),
        }  # fmt: skip
        query = "delete from suppressions where tenant_id = :tenant and kind = :kind and digest = :digest and source = :source"
        await uow.session.execute(text(query), values)
    uow.announce("suppressions", "contacts")


async def lift_one(uow: UnitOfWork, suppression_id: UUID) -> None:
    """Takes one line off the list. NotFoundError."""
    query = text("delete from suppressions where tenant_id = :tenant and id = :id returning id")
    values = {"tenant": uow.tenant_id, "id": suppression_id}
    if (await uow.session.execute(query, values)).first() is None:
        raise NotFoundError
    uow.announce("suppressions", "contacts")


async def lift_value(uow: UnitOfWork, typed: str) -> None:
    """Takes somebody off the list, whoever put them there, and also when only a digest was kept. NotFoundError."""
    entry = read_entry(typed)
    if entry is None:
        raise NotFoundError
    query = text(
        "delete from suppressions where tenant_id = :tenant and kind = :kind and digest = :digest returning id"
    )
    digest = digest_of(uow.tenant_id, entry.kind, entry.value)
    values = {"tenant": uow.tenant_id, "kind": entry.kind, "digest": digest}
    if (await uow.session.execute(query, values)).first() is None:
        raise NotFoundError
    uow.announce("suppressions", "contacts")


def pasted_text(data: bytes) -> str:
    """A file of lines as text: UTF-8 with or without mark, else as Windows in Brazil writes."""
    try:
        return data.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").replace("\x00", "")


_LIST = """
select s.id, s.kind, s.value, s.reason, s.source, s.created_at, count(*) over () as total from suppressions s
where s.tenant_id = :tenant and (:kind = '' or s.kind = :kind)
  and (:digest = '' or s.digest = :digest) order by s.id desc limit :limit offset :offset
"""


async def list_suppressions(
    uow: UnitOfWork, page: PageQuery, *, kind: str = "", q: str = ""
) -> Page[SuppressionView]:
    """The list, newest first. `q` finds one exactly (e-mail, telephone, domain, CPF), those without readable value too."""
    entry = read_entry(q) if q.strip() else None
    if q.strip() and entry is None:
        return Page(items=[], total=0, limit=page.limit, offset=page.offset)
    values = {
        "tenant": uow.tenant_id, "kind": entry.kind if entry else kind,
        "digest": digest_of(uow.tenant_id, entry.kind, entry.value) if entry else "",
        "limit": page.limit, "offset": page.offset,
    }  # fmt: skip
    rows = (await uow.session.execute(text(_LIST), values)).mappings().all()
    items = [SuppressionView(**{name: row[name] for name in SuppressionView.model_fields}) for row in rows]
    total = rows[0]["total"] if rows else 0
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)
