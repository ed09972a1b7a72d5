"""The audit trail: who changed what, when and from where, written by the database itself and never changed again.

A table whose model names `__audit__` carries a trigger. It fires only in transactions of a person or an API key (the
binding sets `app.actor`), so buyers and jobs pay nothing, and no verb can forget it, whether it writes through the ORM or
by a statement of its own. Columns named in `__audit__` hold secrets or personal data: the trail says that they changed and
shows `***`. The roles of the program may add and read entries, not change or delete them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Base, TenantModel
from balcao.kernel.db.row_security import APP_ROLE, PLATFORM_ROLE

TRIGGER: Final = "audit_trail"

AUDIT_FUNCTION: Final = """
create or replace function audit_change() returns trigger language plpgsql as $$
declare
  who constant jsonb := current_setting('app.actor')::jsonb;
  was jsonb := case when tg_op = 'INSERT' then '{}'::jsonb else to_jsonb(old) end;
  becomes jsonb := case when tg_op = 'DELETE' then '{}'::jsonb else to_jsonb(new) end;
  whole constant jsonb := case when tg_op = 'DELETE' then was else becomes end;
  name text;
begin
  for name in select jsonb_object_keys(whole) loop
    if tg_op = 'UPDATE' and was -> name is not distinct from becomes -> name then
      was := was - name;
      becomes := becomes - name;
    elsif name = any (tg_argv) then
      was := case when coalesce(was ->> name, '') = '' then was else was || jsonb_build_object(name, '***') end;
      becomes := case when coalesce(becomes ->> name, '') = '' then becomes
                      else becomes || jsonb_build_object(name, '***') end;
    end if;
  end loop;
  was := was - '{tenant_id,version}'::text[];
  becomes := becomes - '{tenant_id,version}'::text[];
  if was = '{}'::jsonb and becomes = '{}'::jsonb then
    return null;
  end if;
  insert into audit_entries (tenant_id, id, at, actor_kind, actor_id, impersonator, address, request_id,
                             verb, entity, entity_id, before, after)
  values (coalesce((whole ->> 'tenant_id')::uuid, case when tg_table_name = 'tenants' then (whole ->> 'id')::uuid end,
                   (who ->> 'tenant')::uuid),
          gen_random_uuid(), clock_timestamp(), who ->> 'kind', (who ->> 'id')::uuid, who ->> 'impersonator',
          who ->> 'address', who ->> 'request',
          case tg_op when 'INSERT' then 'made' when 'UPDATE' then 'changed' else 'removed' end,
          tg_table_name, coalesce(whole ->> 'id', whole ->> 'tenant_id'), was, becomes);
  return null;
end $$
"""


class AuditEntry(TenantModel):
    """One change of one row. `impersonator` names the platform's person who acted in a business's name."""

    __tablename__ = "audit_entries"
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    impersonator: Mapped[str | None]
    address: Mapped[str | None]
    request_id: Mapped[str | None]
    verb: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB())
    after: Mapped[dict[str, Any]] = mapped_column(JSONB())
    __table_args__ = (
        CheckConstraint("verb in ('made', 'changed', 'removed', 'did')", name="verb"),
        Index("ix_audit_entries_at", "tenant_id", "at", "id"),
        Index("ix_audit_entries_entity", "tenant_id", "entity", "entity_id", "at"),
    )


def audited_tables() -> Mapping[str, tuple[str, ...]]:
    """Every audited table with the columns that are masked, as the models say."""
    models: Iterable[type[Base]] = (mapper.class_ for mapper in Base.registry.mappers)
    return {model.__tablename__: model.__audit__ for model in models if model.__audit__ is not None}


def trail_statements(table: str, masked: Iterable[str]) -> Iterable[str]:
    """SQL that puts the trigger on one table. Safe to repeat."""
    arguments = ", ".join(f"'{column}'" for column in masked)
    yield (
        f"create or replace trigger {TRIGGER} after insert or update or delete on {table} for each row "
        f"when (coalesce(current_setting('app.actor', true), '') <> '') execute function audit_change({arguments})"
    )


def append_only_statements(table: str) -> Iterable[str]:
    """SQL that leaves the program's roles nothing but adding and reading."""
    yield f"revoke update, delete, truncate on table {table} from {APP_ROLE}, {PLATFORM_ROLE}"
