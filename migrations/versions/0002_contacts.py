"""Contacts: people, imports of spreadsheets, and the line to GoHighLevel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from balcao.kernel.db.row_security import wall_statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "contact_activities",
    "contact_changes",
    "contact_consents",
    "contact_keys",
    "contacts",
    "ghl_connections",
    "ghl_push_items",
    "ghl_pushes",
    "import_corrections",
    "import_jobs",
    "job_issues",
    "mapping_profiles",
    "suppressions",
)


def upgrade() -> None:
    create_tables()
    for table in TENANT_TABLES:
        for statement in wall_statements(table):
            op.execute(statement)


def create_tables() -> None:
    op.create_table(
        "contact_changes",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "after", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("after_version", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('import', 'edit', 'merge', 'undo', 'erase')", name=op.f("ck_contact_changes_kind")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_changes")),
    )
    op.create_index(
        "ix_contact_changes_contact", "contact_changes", ["tenant_id", "contact_id", "at"], unique=False
    )
    op.create_index(
        "ix_contact_changes_import",
        "contact_changes",
        ["tenant_id", "import_id"],
        unique=False,
        postgresql_where=sa.text("import_id is not null"),
    )
    op.create_table(
        "contacts",
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_key", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("phone_key", sa.Text(), server_default="", nullable=False),
        sa.Column("phone_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("company", sa.Text(), server_default="", nullable=False),
        sa.Column("job_title", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_code", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "additional_emails", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "additional_phones", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("website", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "extra", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(phone = '') = (phone_key = '')", name=op.f("ck_contacts_phone_key")),
        sa.CheckConstraint(
            "phone_kind in ('', 'mobile', 'landline', 'foreign')", name=op.f("ck_contacts_phone_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merged_into"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_contacts_tenant_id_merged_into"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index(
        "ix_contacts_document",
        "contacts",
        ["tenant_id", "document"],
        unique=False,
        postgresql_where=sa.text("document <> ''"),
    )
    op.create_index(
        "ix_contacts_landline",
        "contacts",
        ["tenant_id", "phone_key", "name_key", "id"],
        unique=False,
        postgresql_where=sa.text("phone_kind = 'landline'"),
    )
    op.create_index(
        "ix_contacts_name_only",
        "contacts",
        ["tenant_id", "name_key", "city", "company", "id"],
        unique=False,
        postgresql_where=sa.text("email = '' and phone_key = ''"),
    )
    op.create_index(
        "ix_contacts_merged",
        "contacts",
        ["tenant_id", "merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into is not null"),
    )
    op.create_index(
        "ix_contacts_name",
        "contacts",
        ["tenant_id", "name_key", "id"],
        unique=False,
        postgresql_ops={"name_key": "text_pattern_ops"},
        postgresql_where=sa.text("merged_into is null and erased_at is null"),
    )
    op.create_index(
        "uq_contacts_email",
        "contacts",
        ["tenant_id", "email"],
        unique=True,
        postgresql_where=sa.text("email <> '' and merged_into is null"),
    )
    op.create_index(
        "uq_contacts_phone_key",
        "contacts",
        ["tenant_id", "phone_key"],
        unique=True,
        postgresql_where=sa.text("phone_key <> '' and phone_kind <> 'landline' and merged_into is null"),
    )
    op.create_table(
        "ghl_connections",
        sa.Column("provider", sa.Text(), server_default="gohighlevel", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="connected", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_by", sa.Text(), nullable=False),
        sa.Column("bucket_tokens", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("bucket_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rate", sa.Float(), server_default=sa.text("8"), nullable=False),
        sa.Column("rate_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("strikes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("daily_limit", sa.BigInteger(), nullable=True),
        sa.Column("daily_remaining", sa.BigInteger(), nullable=True),
        sa.Column("daily_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(status = 'disconnected') = (access_token is null)", name=op.f("ck_ghl_connections_token")
        ),
        sa.CheckConstraint("kind in ('token', 'consent')", name=op.f("ck_ghl_connections_kind")),
        sa.CheckConstraint(
            "status in ('connected', 'needs_reconnect', 'disconnected')",
            name=op.f("ck_ghl_connections_status"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ghl_connections")),
        sa.UniqueConstraint(
            "tenant_id",
            "provider",
            "location_id",
            name=op.f("uq_ghl_connections_tenant_id_provider_location_id"),
        ),
    )
    op.create_table(
        "import_jobs",
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stage", sa.Text(), server_default="received", nullable=False),
        sa.Column("filename_original", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("rows_done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("report", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("results_key", sa.Text(), nullable=True),
        sa.Column("merged_rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("results_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "stage in ('received', 'inspecting', 'mapping', 'cleaning', 'deduping', 'writing', 'merging', 'finished')",
            name=op.f("ck_import_jobs_stage"),
        ),
        sa.CheckConstraint(
            "status in ('queued', 'processing', 'needs_mapping', 'done', 'failed', 'canceled')",
            name=op.f("ck_import_jobs_status"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_jobs")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_import_jobs_tenant_id_dedupe_key")),
    )
    op.create_index("ix_import_jobs_created", "import_jobs", ["tenant_id", "created_at"], unique=False)
    op.create_table(
        "mapping_profiles",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uses", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mapping_profiles")),
        sa.UniqueConstraint("tenant_id", "signature", name=op.f("uq_mapping_profiles_tenant_id_signature")),
    )
    op.create_table(
        "suppressions",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('email', 'phone', 'domain', 'cpf')", name=op.f("ck_suppressions_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "digest", name=op.f("uq_suppressions_tenant_id_kind_digest")
        ),
    )
    op.create_table(
        "contact_activities",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "arguments",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_contact_activities_tenant_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_activities")),
        sa.UniqueConstraint(
            "tenant_id", "dedupe_key", name=op.f("uq_contact_activities_tenant_id_dedupe_key")
        ),
    )
    op.create_index(
        "ix_contact_activities_contact", "contact_activities", ["tenant_id", "contact_id", "at"], unique=False
    )
    op.create_table(
        "contact_consents",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "channel in ('all', 'whatsapp', 'email', 'sms', 'phone')",
            name=op.f("ck_contact_consents_channel"),
        ),
        sa.CheckConstraint("status in ('granted', 'withdrawn')", name=op.f("ck_contact_consents_status")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_contact_consents_tenant_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_consents")),
    )
    op.create_index(
        "ix_contact_consents_contact", "contact_consents", ["tenant_id", "contact_id", "at"], unique=False
    )
    op.create_table(
        "contact_keys",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('email', 'phone', 'document', 'external', 'ghl')", name=op.f("ck_contact_keys_kind")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_contact_keys_tenant_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_keys")),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "value",
            "contact_id",
            name=op.f("uq_contact_keys_tenant_id_kind_value_contact_id"),
        ),
    )
    op.create_index("ix_contact_keys_contact", "contact_keys", ["tenant_id", "contact_id"], unique=False)
    op.create_table(
        "ghl_pushes",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("only", sa.Text(), nullable=False),
        sa.Column("safe_mode", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("suppressed_as_dnd", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default="preparing", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "counts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("turn", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resume_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "status in ('preparing', 'running', 'paused', 'paused_daily', 'needs_reconnect', 'canceled', 'done', 'failed', 'undoing', 'undone')",
            name=op.f("ck_ghl_pushes_status"),
        ),
        sa.CheckConstraint("\"only\" in ('all', 'new', 'changed', 'fresh')", name=op.f("ck_ghl_pushes_only")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["ghl_connections.tenant_id", "ghl_connections.id"],
            name=op.f("fk_ghl_pushes_tenant_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["import_jobs.tenant_id", "import_jobs.id"],
            name=op.f("fk_ghl_pushes_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ghl_pushes")),
    )
    op.create_index("ix_ghl_pushes_connection", "ghl_pushes", ["tenant_id", "connection_id"], unique=False)
    op.create_index("ix_ghl_pushes_created", "ghl_pushes", ["tenant_id", "created_at"], unique=False)
    op.create_index("ix_ghl_pushes_import", "ghl_pushes", ["tenant_id", "import_id"], unique=False)
    op.create_table(
        "import_corrections",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("column", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["import_jobs.tenant_id", "import_jobs.id"],
            name=op.f("fk_import_corrections_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_corrections")),
        sa.UniqueConstraint(
            "tenant_id",
            "import_id",
            "row",
            "column",
            name=op.f("uq_import_corrections_tenant_id_import_id_row_column"),
        ),
    )
    op.create_table(
        "job_issues",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("column", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("level in ('info', 'warning', 'error')", name=op.f("ck_job_issues_level")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["import_jobs.tenant_id", "import_jobs.id"],
            name=op.f("fk_job_issues_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_job_issues")),
    )
    op.create_index(
        "ix_job_issues_position", "job_issues", ["tenant_id", "import_id", "position"], unique=False
    )
    op.create_table(
        "ghl_push_items",
        sa.Column("push_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_unclear", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.Text(), server_default="", nullable=False),
        sa.Column("is_new", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tag_state", sa.Text(), server_default="none", nullable=False),
        sa.Column("tag_attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("undone", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('pending', 'sent', 'retry', 'created', 'updated', 'partial', 'skipped', 'failed')",
            name=op.f("ck_ghl_push_items_state"),
        ),
        sa.CheckConstraint(
            "tag_state in ('none', 'pending', 'done', 'failed')", name=op.f("ck_ghl_push_items_tag_state")
        ),
        sa.CheckConstraint(
            "undone in ('', 'deleted', 'restored', 'gone', 'failed')", name=op.f("ck_ghl_push_items_undone")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "push_id"],
            ["ghl_pushes.tenant_id", "ghl_pushes.id"],
            name=op.f("fk_ghl_push_items_tenant_id_push_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ghl_push_items")),
        sa.UniqueConstraint(
            "tenant_id", "push_id", "row", name=op.f("uq_ghl_push_items_tenant_id_push_id_row")
        ),
    )
    op.create_index(
        "ix_ghl_push_items_state", "ghl_push_items", ["tenant_id", "push_id", "state", "row"], unique=False
    )
    op.create_index(
        "ix_ghl_push_items_tags",
        "ghl_push_items",
        ["tenant_id", "push_id"],
        unique=False,
        postgresql_where=sa.text("tag_state = 'pending'"),
    )
    op.add_column(
        "plans",
        sa.Column(
            "limits", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.execute(f"drop table {table} cascade")
