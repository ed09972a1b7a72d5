"""Cleaned people into the address book, a chunk at a time: who is new, changed, the same, or in conflict.

Everything happens in the database, in a handful of statements over a temporary table. Doing a chunk twice changes nothing:
people have the ids of their source rows, and changes are noted once per import.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from balcao.kernel.db.engine import driver_of
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.pipeline.outputs import COPY_COLUMNS

CHUNK_ROWS: Final = 20_000
RECORD_BYTES: Final = 17
"""Of the classes: a letter (new, modified, unchanged, conflict) and the contact's id."""

_WHOLE_NUMBERS: Final = frozenset({"ordinal", "row"})
_STAGE: Final = (
    "create temporary table import_stage ("
    + ", ".join(
        f"{name} {'bigint' if name in _WHOLE_NUMBERS else 'uuid' if name == 'id' else 'text'}"
        for name in COPY_COLUMNS
    )
    + ") on commit drop"
)
_COPY: Final = f"copy import_stage ({', '.join(COPY_COLUMNS)}) from stdin"

# Who in the book is meant: by e-mail, by telephone, by a further key; a landline or nothing at all only with the same name.
_MATCH: Final = """
create temporary table import_match on commit drop as
select s.ordinal, s.id as new_id,
  case when e.id is not null or not :has_keys then e.id else (select min(k.contact_id::text)::uuid from contact_keys k
    where k.tenant_id = :tenant and k.kind = 'email' and k.value = s.email and s.email <> '') end as by_email,
  case when p.id is not null or not :has_keys then p.id else (select min(k.contact_id::text)::uuid from contact_keys k
    where k.tenant_id = :tenant and k.kind = 'phone' and k.value = s.phone_key and s.phone_key <> ''
      and s.kind <> 'landline') end as by_phone,
  null::uuid as by_name,
  row_number() over (partition by s.email order by s.ordinal) = 1 as has_email_first,
  row_number() over (partition by s.phone_key, s.kind = 'landline' order by s.ordinal) = 1 as has_phone_first
from import_stage s
left join lateral (select c.id from contacts c where c.tenant_id = :tenant and c.email = s.email and c.email <> ''
  and c.merged_into is null and s.email <> '' limit 1) e on true
left join lateral (select c.id from contacts c where c.tenant_id = :tenant and c.phone_key = s.phone_key and c.phone_key <> ''
  and c.phone_kind <> 'landline' and c.merged_into is null and s.phone_key <> '' and s.kind <> 'landline' limit 1) p on true
"""
_HAS_KEYS: Final = "select exists (select from contact_keys where tenant_id = :tenant)"
_MATCH_NAMES: Final = """
with found as materialized (
  select s.ordinal, (select c.id from contacts c where c.tenant_id = :tenant and c.name_key = s.name_key
      and s.name_key <> '' and c.phone_key = s.phone_key and c.merged_into is null and c.erased_at is null
      and ((s.kind = 'landline' and c.phone_kind = 'landline' and (c.email = s.email or c.email = '' or s.email = ''))
        or (s.phone_key = '' and s.email = '' and c.email = '' and c.city = s.city and c.company = s.company))
      order by c.id limit 1) as id
  from import_stage s where s.kind = 'landline' or (s.phone_key = '' and s.email = ''))
update import_match m set by_name = found.id from found
where m.ordinal = found.ordinal and found.id is not null and m.by_email is null and m.by_phone is null
"""
_SETTLE: Final = """
create temporary table import_target on commit drop as
select m.ordinal, m.new_id, m.target, m.has_email_first, m.has_phone_first,
  case when m.is_conflict or m.place > 1 then 'c' when m.target is null then 'n' else 'u' end::text as class
from (select ordinal, new_id, has_email_first, has_phone_first, coalesce(by_email, by_phone, by_name) as target,
        by_email is not null and by_phone is not null and by_email <> by_phone as is_conflict,
        case when coalesce(by_email, by_phone, by_name) is null then 1
             else row_number() over (partition by coalesce(by_email, by_phone, by_name) order by ordinal) end as place
      from import_match) m
"""
_INSERT: Final = """
with made as (
  insert into contacts (tenant_id, id, first_name, last_name, name_key, email, phone, phone_key, phone_kind, company,
    address, city, state, postal_code, country, source, tags, additional_emails, additional_phones, birthday, website,
    notes, job_title, document, extra, import_id)
  select :tenant, s.id, s.first_name, s.last_name, s.name_key, s.email, s.phone, s.phone_key, s.kind, s.company, s.address,
    s.city, s.state, s.postal_code, s.country, s.source,
    case when s.tags = '' then '{}' else string_to_array(s.tags, ', ') end,
    case when s.additional_emails = '' then '{}' else string_to_array(s.additional_emails, ', ') end,
    case when s.additional_phones = '' then '{}' else string_to_array(s.additional_phones, ', ') end,
    nullif(s.birthday, '')::date, s.website, s.notes, s.job_title, case when s.cpf <> '' then s.cpf else s.cnpj end,
    case when s.contact_id || s.owner || s.gender || s.instagram || s.external_id = '' then '{}'::jsonb
      else jsonb_strip_nulls(jsonb_build_object('contact_id', nullif(s.contact_id, ''), 'owner', nullif(s.owner, ''),
        'gender', nullif(s.gender, ''), 'instagram', nullif(s.instagram, ''), 'external_id', nullif(s.external_id, '')))
    end, :import
  from import_stage s join import_target t on t.ordinal = s.ordinal
  where t.class = 'n'
  order by s.ordinal
  on conflict do nothing returning id)
update import_target t set class = 'c'
where t.class = 'n' and not exists (select from made where made.id = t.new_id)
"""
# What the book would hold afterwards: what the file says, where it says something; tags and further keys united.
_WANTED: Final = """
create temporary table import_wanted on commit drop as
select t.ordinal, c.id, c.version,
  case when s.first_name <> '' then s.first_name else c.first_name end as first_name,
  case when s.last_name <> '' then s.last_name else c.last_name end as last_name,
  case when s.first_name = '' then c.name_key when s.last_name <> '' or c.last_name = '' then s.name_key
    else s.name_key || ' ' || array_to_string(
      (string_to_array(c.name_key, ' '))[cardinality(string_to_array(c.first_name, ' ')) + 1:], ' ') end as name_key,
  case when takes_email then s.email else c.email end as email,
  case when takes_phone then s.phone else c.phone end as phone,
  case when takes_phone then s.phone_key else c.phone_key end as phone_key,
  case when takes_phone then s.kind else c.phone_kind end as phone_kind,
  coalesce(nullif(s.company, ''), c.company) as company, coalesce(nullif(s.address, ''), c.address) as address,
  coalesce(nullif(s.city, ''), c.city) as city, coalesce(nullif(s.state, ''), c.state) as state,
  coalesce(nullif(s.postal_code, ''), c.postal_code) as postal_code, coalesce(nullif(s.country, ''), c.country) as country,
  coalesce(nullif(s.source, ''), c.source) as source, coalesce(nullif(s.website, ''), c.website) as website,
  coalesce(nullif(s.notes, ''), c.notes) as notes, coalesce(nullif(s.job_title, ''), c.job_title) as job_title,
  coalesce(nullif(s.cpf, ''), nullif(s.cnpj, ''), c.document) as document,
  coalesce(nullif(s.birthday, '')::date, c.birthday) as birthday,
  c.tags || array(select tag from unnest(string_to_array(s.tags, ', ')) tag
    where tag <> :tag and not exists (select from unnest(c.tags) known where lower(known) = lower(tag))) as tags,
  c.additional_emails || array(select mail from unnest(string_to_array(s.additional_emails, ', ') ||
      case when takes_email and c.email <> '' then array[c.email] else '{}' end) mail
    where mail <> case when takes_email then s.email else c.email end and not mail = any(c.additional_emails))
    as additional_emails,
  c.additional_phones || array(select number from unnest(string_to_array(s.additional_phones, ', ') ||
      case when takes_phone and c.phone <> '' and c.phone_key <> s.phone_key then array[c.phone] else '{}' end) number
    where number <> case when takes_phone then s.phone else c.phone end and not number = any(c.additional_phones))
    as additional_phones,
  c.extra || case when s.contact_id || s.owner || s.gender || s.instagram || s.external_id = '' then '{}'::jsonb
    else jsonb_strip_nulls(jsonb_build_object('contact_id', nullif(s.contact_id, ''), 'owner', nullif(s.owner, ''),
      'gender', nullif(s.gender, ''), 'instagram', nullif(s.instagram, ''), 'external_id', nullif(s.external_id, ''))) end
    as extra
from import_target t
join import_stage s on s.ordinal = t.ordinal
join contacts c on c.tenant_id = :tenant and c.id = t.target
cross join lateral (select
  case when s.phone = '' or s.phone = c.phone or s.phone = any(c.additional_phones) then false
    when c.phone_kind = 'mobile' and s.kind = 'landline' then false when s.kind = 'landline' then true
    else t.has_phone_first and not exists (select from contacts o where o.tenant_id = :tenant and o.phone_key = s.phone_key
      and o.phone_kind <> 'landline' and o.merged_into is null and o.id <> c.id) end as takes_phone,
  case when s.email = '' or s.email = c.email or s.email = any(c.additional_emails) then false
    else t.has_email_first and not exists (select from contacts o where o.tenant_id = :tenant and o.email = s.email
      and o.merged_into is null and o.id <> c.id) end as takes_email) decided
where t.class = 'u' and c.erased_at is null and (
  (s.first_name <> '' and s.first_name <> c.first_name) or (s.last_name <> '' and s.last_name <> c.last_name)
  or (s.email <> '' and s.email <> c.email) or (s.phone <> '' and s.phone <> c.phone)
  or (s.company <> '' and s.company <> c.company) or (s.address <> '' and s.address <> c.address)
  or (s.city <> '' and s.city <> c.city) or (s.state <> '' and s.state <> c.state)
  or (s.postal_code <> '' and s.postal_code <> c.postal_code) or (s.country <> '' and s.country <> c.country)
  or (s.source <> '' and s.source <> c.source) or (s.website <> '' and s.website <> c.website)
  or (s.notes <> '' and s.notes <> c.notes) or (s.job_title <> '' and s.job_title <> c.job_title)
  or s.cpf || s.cnpj || s.birthday || s.additional_emails || s.additional_phones || s.contact_id || s.owner || s.gender
    || s.instagram || s.external_id <> ''
  or not c.tags @> array_remove(string_to_array(s.tags, ', '), :tag))
"""
FIELDS: Final = (
    "first_name", "last_name", "name_key", "email", "phone", "phone_key", "phone_kind", "company", "address", "city",
    "state", "postal_code", "country", "source", "tags", "additional_emails", "additional_phones", "birthday", "document",
    "website", "notes", "job_title", "extra",
)  # fmt: skip
"""What an import may change of a person; the images before and after hold these."""
_IMAGE = "jsonb_build_object(" + ", ".join(f"'{name}', {{0}}.{name}" for name in FIELDS) + ")"
_ROW = "(" + ", ".join(f"{{0}}.{name}" for name in FIELDS) + ")"
_CHANGE: Final = f"""
with changed as (
  select w.*, {_IMAGE.format("c")} as before_image, {_IMAGE.format("w")} as after_image
  from import_wanted w join contacts c on c.tenant_id = :tenant and c.id = w.id
  where {_ROW.format("w")} is distinct from {_ROW.format("c")}),
noted as (
  insert into contact_changes (tenant_id, id, contact_id, import_id, kind, before, after, after_version, actor, at)
  select :tenant, gen_random_uuid(), id, :import, 'import', before_image, after_image, version + 1, :actor, :now
  from changed),
written as (
  update contacts c set {", ".join(f"{name} = n.{name}" for name in FIELDS)}, version = c.version + 1, updated_at = :now
  from changed n where c.tenant_id = :tenant and c.id = n.id)
update import_target t set class = 'm' from changed n where t.target = n.id and t.class = 'u'
"""  # noqa: S608 - fixed texts
# A chunk that is done again finds its own people and its own changes.
_OWN: Final = """
update import_target t set class = case when c.import_id = :import and c.id = t.new_id then 'n' else 'm' end
from contacts c
where t.class = 'u' and c.tenant_id = :tenant and c.id = t.target and ((c.import_id = :import and c.id = t.new_id)
  or exists (select from contact_changes h where h.tenant_id = :tenant and h.import_id = :import and h.contact_id = c.id))
"""
_KEYS: Final = """
with fed as (
  select coalesce(t.target, t.new_id) as id from import_target t join import_stage s on s.ordinal = t.ordinal
  where t.class = 'm' or (t.class = 'n' and s.additional_emails || s.additional_phones <> ''))
insert into contact_keys (tenant_id, id, contact_id, kind, value)
select :tenant, gen_random_uuid(), f.id, f.kind, f.value from (
  select c.id, 'email' as kind, mail as value
    from fed f0 join contacts c on c.tenant_id = :tenant and c.id = f0.id cross join unnest(c.additional_emails) mail
  union
  select c.id, 'phone', case when number like '+55%' then substr(number, 2, 4) || right(number, 8)
      else ltrim(number, '+') end
    from fed f0 join contacts c on c.tenant_id = :tenant and c.id = f0.id cross join unnest(c.additional_phones) number) f
on conflict do nothing
"""
_CONSENTS: Final = """
insert into contact_consents (tenant_id, id, contact_id, channel, status, source, evidence, actor, at)
select :tenant, gen_random_uuid(), c.id, 'all', 'granted', 'import', cast(:import as text), :actor, :now
from import_stage s join import_target t on t.ordinal = s.ordinal
join contacts c on c.tenant_id = :tenant and c.id = coalesce(t.target, t.new_id)
where s.opt_in = 'yes' and t.class <> 'c' and not exists (select from contact_consents k
  where k.tenant_id = :tenant and k.contact_id = c.id and k.evidence = cast(:import as text))
"""
_CLASSES: Final = """
select string_agg(convert_to(class, 'UTF8') || uuid_send(coalesce(target, new_id)), ''::bytea order by ordinal)
from import_target
"""


async def merge_chunk(uow: UnitOfWork, import_id: UUID, lines: bytes, *, import_tag: str = "") -> bytes:
    """Takes COPY lines (`pipeline.outputs.copy_line`) into the book and answers 17 bytes for each, in their order.

    The import's own tag is given to new people only: it says who came with a file, not who was in one.
    """
    driver = driver_of(await uow.session.connection())
    # People are looked up one by one through the indexes; the planner, not knowing how fast the book grows, might read it all.
    await driver.execute(b"set local enable_seqscan = off")
    await driver.execute(_STAGE.encode())
    async with driver.cursor() as cursor, cursor.copy(_COPY.encode()) as copy:
        await copy.write(lines)
    await driver.execute(b"analyze import_stage (ordinal, kind)")
    values: dict[str, Any] = {
        "tenant": uow.tenant_id, "import": import_id, "tag": import_tag, "now": uow.now(), "actor": uow.actor.label,
        "has_keys": (await uow.session.execute(text(_HAS_KEYS), {"tenant": uow.tenant_id})).scalar_one(),
    }  # fmt: skip
    await _run(uow, _MATCH, values)
    await driver.execute(b"analyze import_match (ordinal)")
    for statement in (_MATCH_NAMES, _SETTLE):
        await _run(uow, statement, values)
    await driver.execute(b"analyze import_target (ordinal, class)")
    for statement in (_INSERT, _OWN, _WANTED):
        await _run(uow, statement, values)
    await driver.execute(b"analyze import_wanted (ordinal, id)")
    for statement in (_CHANGE, _KEYS, _CONSENTS):
        await _run(uow, statement, values)
    classes = (await uow.session.execute(text(_CLASSES))).scalar_one()
    return bytes(classes or b"")


async def _run(uow: UnitOfWork, statement: str, values: dict[str, Any]) -> None:
    named = text(statement)
    wanted = {name: values[name] for name in named.compile().params}
    await uow.session.execute(named, wanted)
