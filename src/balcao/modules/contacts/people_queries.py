"""The address book as lists: searched, filtered, paged; one person whole; tags and possible duplicates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy import text

from balcao.brazil.addresses import fold
from balcao.kernel.db.paging import Page, PageQuery, like_prefix
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.consents import Channel, ConsentView, in_force, list_consents
from balcao.modules.contacts.models import Contact
from balcao.modules.contacts.people_changes import find_person
from balcao.modules.contacts.people_rules import full_name, masked_document
from balcao.modules.contacts.people_search import Search, read_search
from balcao.modules.contacts.suppressions import digests_of, known_digests

Sort = Literal["newest", "name"]
ConsentFilter = Literal["", "granted", "withdrawn", "none"]
EXPORT_ROWS: Final = 2_000
LAST_DAY: Final = date(9000, 1, 1)


class PersonLine(BaseModel):
    """A person in a list."""

    id: UUID
    first_name: str
    last_name: str
    name: str
    email: str
    phone: str
    company: str
    city: str
    state: str
    source: str
    tags: list[str]
    is_suppressed: bool
    last_activity_at: datetime | None
    created_at: datetime
    version: int


class ContactView(BaseModel):
    """A person whole. `document` is masked when it is a CPF; the LGPD export alone shows it."""

    id: UUID
    version: int
    first_name: str
    last_name: str
    name: str
    email: str
    phone: str
    phone_kind: str
    company: str
    job_title: str
    address: str
    city: str
    state: str
    postal_code: str
    country: str
    source: str
    tags: list[str]
    additional_emails: list[str]
    additional_phones: list[str]
    birthday: date | None
    document: str
    website: str
    notes: str
    extra: dict[str, Any]
    import_id: UUID | None
    is_suppressed: bool
    consents: dict[Channel, ConsentView]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Whom a list shows. `q` is the search box; days are those of the business's own clock, both included."""

    q: str = ""
    tag: str = ""
    city: str = ""
    state: str = ""
    source: str = ""
    consent: ConsentFilter = ""
    import_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    sort: Sort = "newest"


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions of a statement about `contacts c`, all of them written in this file, and the values they name."""

    conditions: tuple[str, ...]
    values: Mapping[str, Any]

    @property
    def sql(self) -> str:
        """The conditions joined."""
        return " and ".join(self.conditions)

    def also(self, *conditions: str, **values: Any) -> Where:
        """The same with more."""
        return Where((*self.conditions, *conditions), {**self.values, **values})


_ACCENTED: Final = "áàâãäåéèêëíìîïóòôõöúùûüçñ"
_PLAIN: Final = "aaaaaaeeeeiiiiooooouuuucn"
LISTED: Final = "c.tenant_id = :tenant and c.merged_into is null and c.erased_at is null"
_COMPANY: Final = f"c.company <> '' and translate(lower(c.company), '{_ACCENTED}', '{_PLAIN}')"
_CONSENT: Final = """exists (select 1 from contact_consents k where k.tenant_id = :tenant and k.contact_id = c.id
  and k.status = :consent and not exists (select 1 from contact_consents n where n.tenant_id = :tenant
  and n.contact_id = k.contact_id and n.channel = k.channel and (n.at, n.id) > (k.at, k.id)))"""


def _filtered(uow: UnitOfWork, wanted: PeopleFilter) -> Where:
    where = Where((LISTED,), {"tenant": uow.tenant_id})
    if wanted.tag:
        where = where.also("cast(:tag as text) = any(c.tags)", tag=wanted.tag)
    if wanted.state:
        where = where.also("c.state = :state", state=wanted.state)
    for name in ("city", "source"):
        if value := fold(getattr(wanted, name)):
            plain = f"translate(lower(c.{name}), '{_ACCENTED}', '{_PLAIN}')"
            where = where.also(f"c.{name} <> '' and {plain} = :{name}", **{name: value})
    if wanted.consent == "none":
        where = where.also(
            "not exists (select 1 from contact_consents k where k.tenant_id = :tenant and k.contact_id = c.id)"
        )
    elif wanted.consent:
        where = where.also(_CONSENT, consent=wanted.consent)
    if wanted.import_id is not None:
        where = where.also("c.import_id = :import_id", import_id=wanted.import_id)
    zone = ZoneInfo(uow.tenant.timezone)
    if wanted.since is not None:
        where = where.also(
            "c.created_at >= :since", since=datetime.combine(wanted.since, time(), tzinfo=zone)
        )
    if wanted.until is not None:
        end = datetime.combine(min(wanted.until, LAST_DAY) + timedelta(days=1), time(), tzinfo=zone)
        where = where.also("c.created_at < :until", until=end)
    return where


# The comparisons of the pattern order are named outright: row security keeps LIKE itself away from an index.
_BEGINS: Final = "c.name_key ~>=~ :low and c.name_key ~<~ :high"


_EMAIL_OWNERS: Final = """
select e.id from contacts e
  where e.tenant_id = :tenant and e.email = :searched and e.email <> '' and e.merged_into is null
union all
select k.contact_id from contact_keys k where k.tenant_id = :tenant and k.kind = 'email' and k.value = :searched"""
_NUMBER_OWNERS: Final = """
select p.id from contacts p where p.tenant_id = :tenant and p.phone_key = :phone_key and p.phone_key <> ''
  and p.phone_kind <> 'landline' and p.merged_into is null
union all
select l.id from contacts l
  where l.tenant_id = :tenant and l.phone_key = :phone_key and l.phone_kind = 'landline'
union all
select k.contact_id from contact_keys k
  where k.tenant_id = :tenant and k.kind = 'phone' and k.value = :phone_key
union all
select d.id from contacts d where d.tenant_id = :tenant and d.document = :document and d.document <> ''"""


def _roughly(tag: str) -> str:
    """A cheap sieve before the tags are taken apart; none where an array's text would escape a character."""
    return "%" if '"' in tag or "\\" in tag else like_prefix(tag.lower())


def _exact(where: Where, search: Search) -> Where:
    """Conditions of every search but that of a name."""
    if search.kind == "tag":
        return where.also(
            "lower(c.tags::text) like :part",
            "exists (select 1 from unnest(c.tags) as t (tag) where lower(t.tag) = lower(:searched))",
            searched=search.text,
            part=_roughly(search.text),
        )
    if search.kind == "domain":
        return where.also("c.email like :searched", searched=f"%@{like_prefix(search.text)[1:-1]}%")
    if search.kind == "digits":
        return where.also("c.phone like :searched", searched=like_prefix(search.text))
    if search.kind == "email":
        return where.also(f"c.id in ({_EMAIL_OWNERS})", searched=search.text)
    return where.also(f"c.id in ({_NUMBER_OWNERS})", phone_key=search.phone_key, document=search.document)


def _begins(where: Where, words: list[str]) -> Where:
    """Names whose first word begins so, and that have a word that begins so for each of the others."""
    first, rest = words[0], words[1:]
    narrowed = where.also(_BEGINS, low=first, high=_after(first))
    for number, word in enumerate(rest):
        narrowed = narrowed.also(
            f"c.name_key like :word{number}", **{f"word{number}": "% " + like_prefix(word)[1:]}
        )
    return narrowed


def _after(beginning: str) -> str:
    """The least text above all that begin so: the last character's successor, which is never half of a pair."""
    following = ord(beginning[-1]) + 1
    if following > 0x10FFFF:
        return beginning + chr(0x10FFFF)
    return beginning[:-1] + chr(0xE000 if 0xD800 <= following <= 0xDFFF else following)


def _contains(where: Where, words: list[str]) -> Where:
    """Every word anywhere in the name or the company."""
    for number, word in enumerate(words):
        name = f"part{number}"
        where = where.also(
            f"(c.name_key like :{name} or {_COMPANY} like :{name})", **{name: like_prefix(word)}
        )
    return where


async def _count(uow: UnitOfWork, where: Where) -> int:
    query = text(f"select count(*) from contacts c where {where.sql}")  # noqa: S608 - conditions are constants
    return int((await uow.session.execute(query, dict(where.values))).scalar_one())


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a filter means. `total` is None where counting would read everything a second time: the page counts itself."""

    where: Where
    total: int | None


async def chosen_people(uow: UnitOfWork, wanted: PeopleFilter, fills: int) -> Chosen:
    """Conditions for whom the filter means, and how many they are where that is cheap to know.

    Names that begin as typed; when these do not fill a page (`fills` lines), names and companies that contain it. The
    e-mail as typed; when nobody has it, those that contain it.
    """
    where, search = _filtered(uow, wanted), read_search(wanted.q)
    if search.kind == "none":
        return Chosen(where, await _count(uow, where))
    if search.kind == "name":
        if not search.words:
            return Chosen(where.also("false"), 0)
        narrow = _begins(where, search.words)
        total = await _count(uow, narrow)
        return Chosen(narrow, total) if total >= fills else Chosen(_contains(where, search.words), None)
    exact = _exact(where, search)
    if search.kind not in {"email", "number"}:
        return Chosen(exact, None)
    total = await _count(uow, exact)
    if total or search.kind == "number":
        return Chosen(exact, total)
    return Chosen(where.also("c.email like :part", part=like_prefix(search.text)), None)


_LINE: Final = """c.id, c.first_name, c.last_name, c.email, c.phone, c.company, c.city, c.state, c.source, c.tags,
  c.additional_emails, c.additional_phones, c.document, c.created_at, c.version"""
_ORDERS: Final[Mapping[Sort, str]] = {"newest": "c.id desc", "name": "c.name_key using ~<~, c.id"}


async def list_people(uow: UnitOfWork, wanted: PeopleFilter, page: PageQuery) -> Page[PersonLine]:
    """A page of people, in three or four statements however many people there are."""
    chosen = await chosen_people(uow, wanted, page.limit)
    counted = "count(*) over ()" if chosen.total is None else "0"
    order = _ORDERS[wanted.sort]
    # The page is found by its keys alone; the rows, the latest event and so on are read for its lines only.
    query = text(f"""
    with page as materialized (
      select c.id, c.name_key, {counted} as total from contacts c where {chosen.where.sql}
      order by {order} limit :limit offset :offset
    )
    select p.total, {_LINE},
      (select max(a.at) from contact_activities a where a.tenant_id = :tenant and a.contact_id = c.id) as last_activity_at
    from page p join contacts c on c.tenant_id = :tenant and c.id = p.id order by {order}
    """)  # noqa: S608 - conditions and orders are constants of this file
    values = {**chosen.where.values, "limit": page.limit, "offset": page.offset}
    is_past = chosen.total is not None and chosen.total <= page.offset
    rows: Sequence[Any] = () if is_past else (await uow.session.execute(query, values)).all()
    suppressed = await _suppressed(uow, rows)
    items = [
        PersonLine(
            **{name: getattr(row, name) for name in _PLAIN_FIELDS}, name=full_name(row.first_name, row.last_name),
            is_suppressed=row.id in suppressed,
        )
        for row in rows
    ]  # fmt: skip
    total = chosen.total if chosen.total is not None else rows[0].total if rows else 0
    return Page(items=items, total=total, limit=page.limit, offset=page.offset)


_PLAIN_FIELDS: Final = tuple(
    name for name in PersonLine.model_fields if name not in {"name", "is_suppressed"}
)


async def _suppressed(uow: UnitOfWork, rows: Any) -> set[UUID]:
    """Those of the rows who stand on the suppression list."""
    digests = {row.id: digests_of(uow.tenant_id, row) for row in rows}
    known = await known_digests(uow, set[tuple[str, str]]().union(*digests.values()))
    return {contact_id for contact_id, own in digests.items() if own & known}


async def read_person(uow: UnitOfWork, contact_id: UUID) -> ContactView:
    """A person whole. NotFoundError."""
    return await view_of(uow, await find_person(uow, contact_id))


async def view_of(uow: UnitOfWork, contact: Contact) -> ContactView:
    """A row as it is answered."""
    fields = {
        name: getattr(contact, name)
        for name in ContactView.model_fields
        if name not in {"name", "document", "is_suppressed", "consents"}
    }
    known = await known_digests(uow, digests_of(uow.tenant_id, contact))
    return ContactView(
        **fields, name=full_name(contact.first_name, contact.last_name),
        document=masked_document(contact.document), is_suppressed=bool(known),
        consents=in_force(await list_consents(uow, contact.id)),
    )  # fmt: skip


async def stream_people(
    uow: UnitOfWork, where: Where, columns: str, after: UUID | None
) -> AsyncIterator[Any]:
    """The next rows of an export, in the order people were added."""
    if after is not None:
        where = where.also("c.id > :after", after=after)
    query = text(f"select {columns} from contacts c where {where.sql} order by c.id limit {EXPORT_ROWS}")  # noqa: S608
    for row in await uow.session.execute(query, dict(where.values)):
        yield row
