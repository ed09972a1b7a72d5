"""What is told of contacts, imports and the lines to a CRM at /metrics, over all businesses together."""

from __future__ import annotations

from typing import Final

from balcao.kernel.figures.declared import Figures, read

# People are counted by the planner's estimate, the items of a sending by the count its row keeps: both grow by millions.
_STATEMENT = """
select 'imports' as series, array[status] as labels, count(*)::float8 as value from import_jobs group by status
union all
select 'import_rows', array[status], sum(rows_done) from import_jobs group by status
union all
select 'import_rows_merged', array[]::text[], coalesce(sum(merged_rows), 0) from import_jobs
union all
select 'imports_silent', array[]::text[], count(*)
  from import_jobs where status = 'processing' and coalesce(heartbeat_at, started_at) < now() - interval '2 minutes'
union all
select 'contacts_estimated', array[]::text[], greatest(reltuples, 0)
  from pg_class where oid = cast('contacts' as regclass)
union all
select 'suppressions_estimated', array[]::text[], greatest(reltuples, 0)
  from pg_class where oid = cast('suppressions' as regclass)
union all
select 'crm_connections', array[status], count(*) from ghl_connections group by status
union all
select 'crm_pushes', array[status], count(*) from ghl_pushes group by status
union all
select 'crm_items', array[c.key], sum(cast(c.value as bigint))
  from ghl_pushes p cross join lateral jsonb_each_text(p.counts) c where c.key = any (
    array['pending', 'sent', 'retry', 'created', 'updated', 'partial', 'skipped', 'failed']) group by c.key
"""
FIGURES: Final = Figures(
    "contacts",
    (
        read("gauge", "imports", "Imports, by status.", "imports", "status"),
        read("gauge", "import_rows", "Rows cleaned, by the status of their import.", "rows", "status"),
        read("gauge", "import_rows_merged", "Rows taken over into the address books.", "rows"),
        read("gauge", "imports_silent", "Imports at work that were not heard of for two minutes.", "imports"),
        read(
            "gauge", "contacts_estimated", "People of all address books, as the database estimates.", "people"
        ),
        read(
            "gauge", "suppressions_estimated", "Do-not-contact entries, as the database estimates.", "entries"
        ),
        read("gauge", "crm_connections", "Accounts of a CRM, by status.", "accounts", "status"),
        read("gauge", "crm_pushes", "Sendings to a CRM, by status.", "sendings", "status"),
        read("gauge", "crm_items", "Contacts on the way to a CRM or there, by state.", "contacts", "state"),
    ),
    _STATEMENT,
)
