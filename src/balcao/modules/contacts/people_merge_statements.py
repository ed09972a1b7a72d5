"""The statements that take cleaned people into the address book (see people_merge.py), in the order in which they run."""

from __future__ import annotations

from typing import Final

from balcao.modules.contacts.pipeline.outputs import COPY_COLUMNS

WHOLE_NUMBERS: Final = frozenset({"ordinal", "row"})
STAGE: Final = (
    "create temporary table import_stage ("
    + ", ".join(
        f"{name} {'bigint' if name in WHOLE_NUMBERS else 'uuid' if name == 'id' else 'text'}"
        for name in COPY_COLUMNS
    )
    + ") on commit drop"
)
COPY: Final = f"copy import_stage ({', '.join(COPY_COLUMNS)}) from stdin"

# Who in the book is meant: by e-mail, by telephone, by a further key. The e-mail of a function (contato@…) is shared: there
# the name must be the same, and who comes second has it among the further ones.
MATCH: Final = """
create temporary table import_match on commit drop as
select s.ordinal, s.id as new_id,
  case when e.id is not null and (s.shares_email = '' or s.name_key in ('', e.name_key)) then e.id
    when not :has_keys then null
    when s.shares_email = '' then (select min(k.contact_id::text)::uuid from contact_keys k
      where k.tenant_id = :tenant and k.kind = 'email' and k.value = s.email and s.email <> '')
    else (select c.id from (select k.contact_id from contact_keys k where k.tenant_id = :tenant and k.kind = 'email'
        and k.value = s.email limit :most_sharing) k
      join contacts c on c.tenant_id = :tenant and c.id = k.contact_id and c.name_key = s.name_key order by c.id limit 1)
    end as by_email,
  case when p.id is not null or not :has_keys then p.id else (select min(k.contact_id::text)::uuid from contact_keys k
    where k.tenant_id = :tenant and k.kind = 'phone' and k.value = s.phone_key and s.phone_key <> ''
      and s.kind <> 'landline') end as by_phone,
  null::uuid as by_name,
  s.shares_email <> '' and (e.id is not null or row_number() over (partition by s.email order by s.ordinal) > 1)
    as is_email_taken,
  row_number() over (partition by s.email order by s.ordinal) = 1 as has_email_first,
  row_number() over (partition by s.phone_key, s.kind = 'landline' order by s.ordinal) = 1 as has_phone_first
from import_stage s
left join lateral (select c.id, c.name_key from contacts c where c.tenant_id = :tenant and c.email = s.email
  and c.email <> '' and c.merged_into is null and s.email <> '' limit 1) e on true
left join lateral (select c.id from contacts c where c.tenant_id = :tenant and c.phone_key = s.phone_key and c.phone_key <> ''
  and c.phone_kind <> 'landline' and c.merged_into is null and s.phone_key <> '' and s.kind <> 'landline' limit 1) p on true
"""
HAS_KEYS: Final = "select exists (select from contact_keys where tenant_id = :tenant)"
# By a landline and the name, or by name, city and company when there is nothing else: only who was there before this import.
# Two such rows of one file are two people, and the second is the second of that name in the book.
MATCH_NAMES: Final = """
with found as materialized (
  select s.ordinal, coalesce(
    (select c.id from contacts c where c.tenant_id = :tenant and c.id = s.id),
    case when s.kind = 'landline' then (select c.id from contacts c where c.tenant_id = :tenant
        and c.phone_kind = 'landline' and c.phone_key = s.phone_key and c.name_key = s.name_key and s.name_key <> ''
        and c.id < :own and c.merged_into is null and c.erased_at is null
        and (c.email = s.email or c.email = '' or s.email = '') order by c.id offset s.place limit 1)
      else (select c.id from contacts c where c.tenant_id = :tenant and c.email = '' and c.phone_key = ''
        and c.name_key = s.name_key and s.name_key <> '' and c.city = s.city and c.company = s.company and c.id < :own
        and c.merged_into is null and c.erased_at is null order by c.id offset s.place limit 1) end) as id
  from (select *, row_number() over (partition by phone_key, name_key, email, city, company order by ordinal) - 1 as place
    from import_stage where kind = 'landline' or (phone_key = '' and email = '')) s)
update import_match m set by_name = found.id from found
where m.ordinal = found.ordinal and found.id is not null and m.by_email is null and m.by_phone is null
"""
SETTLE: Final = """
create temporary table import_target on commit drop as
select m.ordinal, m.new_id, case when m.is_by_name and m.place > 1 then null else m.target end as target,
  m.is_email_taken, m.has_email_first, m.has_phone_first,
  case when m.is_conflict or (m.place > 1 and not m.is_by_name) then 'c'
    when m.target is null or m.place > 1 then 'n' else 'u' end::text as class
from (select ordinal, new_id, is_email_taken, has_email_first, has_phone_first, coalesce(by_email, by_phone, by_name) as target,
        coalesce(by_email, by_phone) is null as is_by_name,
        by_email is not null and by_phone is not null and by_email <> by_phone as is_conflict,
        case when coalesce(by_email, by_phone, by_name) is null then 1
             else row_number() over (partition by coalesce(by_email, by_phone, by_name) order by ordinal) end as place
      from import_match) m
"""
INSERT: Final = """
with made as (
  insert into contacts (tenant_id, id, first_name, last_name, name_key, email, phone, phone_key, phone_kind, company,
    address, city, state, postal_code, country, source, tags, additional_emails, additional_phones, birthday, website,
    notes, job_title, document, extra, import_id)
  select :tenant, s.id, s.first_name, s.last_name, s.name_key, case when t.is_email_taken then '' else s.email end, s.phone, s.phone_key, s.kind, s.company, s.address,
    s.city, s.state, s.postal_code, s.country, s.source,
    case when s.tags = '' then '{}' else string_to_array(s.tags, ', ') end,
    case when t.is_email_taken then array[s.email] else '{}' end
      || case when s.additional_emails = '' then '{}' else string_to_array(s.additional_emails, ', ') end,
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
WANTED: Final = """
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
cross join lateral (select * from contacts c where c.tenant_id = :tenant and c.id = t.target offset 0) c
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
# `offset 0` keeps each person a look-up by key: a planner that knows nothing of the book yet would read all of it.
FIELDS: Final = (
    "first_name", "last_name", "name_key", "email", "phone", "phone_key", "phone_kind", "company", "address", "city",
    "state", "postal_code", "country", "source", "tags", "additional_emails", "additional_phones", "birthday", "document",
    "website", "notes", "job_title", "extra",
)  # fmt: skip
"""What an import may change of a person; the images before and after hold these."""
IMAGE = "jsonb_build_object(" + ", ".join(f"'{name}', {{0}}.{name}" for name in FIELDS) + ")"
ROW = "(" + ", ".join(f"{{0}}.{name}" for name in FIELDS) + ")"
CHANGE: Final = f"""
with changed as (
  select w.*, {IMAGE.format("c")} as before_image, {IMAGE.format("w")} as after_image
  from import_wanted w
  cross join lateral (select * from contacts c where c.tenant_id = :tenant and c.id = w.id offset 0) c
  where {ROW.format("w")} is distinct from {ROW.format("c")}),
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
OWN: Final = """
update import_target t set class = case when c.import_id <> :import or c.import_id is null then 'm'
  when c.id = t.new_id then 'n' else 'c' end
from (select w.ordinal, c.id, c.import_id from import_target w
  cross join lateral (select c.id, c.import_id from contacts c where c.tenant_id = :tenant and c.id = w.target offset 0) c
  where w.class = 'u') c
where t.ordinal = c.ordinal and (c.import_id = :import
  or exists (select from contact_changes h where h.tenant_id = :tenant and h.import_id = :import and h.contact_id = c.id))
"""
KEYS: Final = """
with fed as (
  select coalesce(t.target, t.new_id) as id from import_target t join import_stage s on s.ordinal = t.ordinal
  where t.class = 'm' or (t.class = 'n' and (s.additional_emails || s.additional_phones <> '' or t.is_email_taken)))
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
CONSENTS: Final = """
insert into contact_consents (tenant_id, id, contact_id, channel, status, source, evidence, actor, at)
select :tenant, gen_random_uuid(), c.id, 'all', 'granted', 'import', cast(:import as text), :actor, :now
from import_stage s join import_target t on t.ordinal = s.ordinal
join contacts c on c.tenant_id = :tenant and c.id = coalesce(t.target, t.new_id)
where s.opt_in = 'yes' and t.class <> 'c' and not exists (select from contact_consents k
  where k.tenant_id = :tenant and k.contact_id = c.id and k.evidence = cast(:import as text))
"""
CLASSES: Final = """
select string_agg(convert_to(class, 'UTF8') || uuid_send(coalesce(target, new_id)), ''::bytea order by ordinal)
from import_target
"""
