"""Roles and row-level security: the wall between tenants, kept by PostgreSQL itself.

Two plain roles, neither a login nor an owner: `balcao_app` sees only the bound tenant's rows, `balcao_platform` sees all
(a second policy, because managed servers refuse BYPASSRLS). A transaction takes its role with SET LOCAL ROLE, which
works through PgBouncer in transaction mode.
"""

from __future__ import annotations

from collections.abc import Iterable

from balcao.kernel.db.models import TENANT_SETTING

APP_ROLE = "balcao_app"
PLATFORM_ROLE = "balcao_platform"

_CREATE_ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = '{role}') then
    create role {role} nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
exception when duplicate_object or unique_violation then null;
end $$
"""
# A member may not grant the role to itself again, and on 16 and newer a maker is a member that may not SET ROLE.
_BECOME_ROLE = """
do $$ begin
  if not pg_has_role('{role}', case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
    grant {role} to current_user;
  end if;
end $$
"""


def role_statements() -> Iterable[str]:
    """SQL that makes the two roles and lets the connecting user become them. Safe to repeat."""
    for role in (APP_ROLE, PLATFORM_ROLE):
        yield _CREATE_ROLE.format(role=role)
        yield _BECOME_ROLE.format(role=role)
        yield f"grant usage on schema public to {role}"


def grant_statements() -> Iterable[str]:
    """SQL that gives both roles the rights on everything there is: for the first migration, which narrows them after.

    A later migration must not repeat it, it would open the platform's tables again: `wall_statements` grants its table.
    """
    for role in (APP_ROLE, PLATFORM_ROLE):
        yield f"grant select, insert, update, delete on all tables in schema public to {role}"
        yield f"grant usage, select, update on all sequences in schema public to {role}"
        yield f"grant execute on all functions in schema public to {role}"
        yield f"revoke all on table alembic_version from {role}"


def platform_table_statements(table: str, *, app_may_read: bool) -> Iterable[str]:
    """Narrows the application role's rights on a platform table: read only, or nothing."""
    yield f"revoke all on table {table} from {APP_ROLE}"
    if app_may_read:
        yield f"grant select on table {table} to {APP_ROLE}"


def wall_statements(table: str) -> Iterable[str]:
    """SQL that puts one table behind the wall and opens it, through the wall, to both roles."""
    yield f"grant select, insert, update, delete on table {table} to {APP_ROLE}, {PLATFORM_ROLE}"
    yield f"alter table {table} enable row level security"
    yield f"alter table {table} force row level security"
    yield (
        f"create policy tenant_wall on {table} to {APP_ROLE} "
        f"using (tenant_id = {TENANT_SETTING}) with check (tenant_id = {TENANT_SETTING})"
    )
    yield f"create policy platform_door on {table} to {PLATFORM_ROLE} using (true) with check (true)"


def bind_statement(role: str, tenant_id: str, *, read_only: bool, timeout_ms: int, actor: str = "") -> str:
    """What begins every transaction, in one message. `tenant_id` is a UUID's canonical text or empty, never user text.

    `actor` is JSON for the audit trail (`Actor.for_the_trail`), empty where nobody's changes are recorded.

    SET LOCAL and not set_config(): Citus carries the statement to its nodes, the function stays on the coordinator.
    """
    begin = "begin read only" if read_only else "begin"
    parts = [begin, f"set local role {role}", f"set local app.tenant_id = '{tenant_id}'"]
    parts.append(f"set local statement_timeout = {timeout_ms}")
    if actor and not read_only:
        # json.dumps left no control character and no backslash sequence matters in a standard string.
        parts.append("set local app.actor = '" + actor.replace("'", "''") + "'")
    return "; ".join(parts)
