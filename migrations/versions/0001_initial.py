"""The first schema: tenants, people, files, jobs, the shop, payments and messages."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from balcao.kernel.db.row_security import (
    grant_statements,
    platform_table_statements,
    role_statements,
    wall_statements,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "carts",
    "categories",
    "customers",
    "delivery_areas",
    "files",
    "idempotency_keys",
    "messages",
    "one_time_tokens",
    "option_groups",
    "options",
    "order_counters",
    "order_events",
    "order_lines",
    "orders",
    "payments",
    "processed_events",
    "product_images",
    "product_option_groups",
    "products",
    "quotes",
    "skus",
    "stock_days",
    "stock_items",
    "stock_movements",
    "store_exceptions",
    "store_hours",
    "store_pauses",
    "stores",
    "time_slots",
    "user_groups",
    "user_sessions",
    "users",
)
PLATFORM_TABLES = (
    "module_switches",
    "plans",
    "subscriptions",
    "tenants",
)
QUEUE_SCHEMA = Path(__file__).parents[1] / "sql" / "procrastinate-3.10.0.sql"


def upgrade() -> None:
    # psycopg reads % as a placeholder unless it is told there are none: the driver runs the queue's own file as it is.
    op.get_bind().connection.driver_connection.execute(QUEUE_SCHEMA.read_text(encoding="utf-8"))  # type: ignore[union-attr]
    # The bulletin wakes the workers from one place; a NOTIFY in every transaction would serialise commits.
    op.execute("drop trigger procrastinate_jobs_notify_queue_job_inserted_v1 on procrastinate_jobs")
    create_tables()
    for statement in role_statements():
        op.execute(statement)
    for table in TENANT_TABLES:
        for statement in wall_statements(table):
            op.execute(statement)
    for statement in grant_statements():
        op.execute(statement)
    for table in PLATFORM_TABLES:
        for statement in platform_table_statements(table, app_may_read=True):
            op.execute(statement)


def create_tables() -> None:
    op.create_table(
        "customers",
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_order_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customers")),
        sa.UniqueConstraint("tenant_id", "phone", name=op.f("uq_customers_tenant_id_phone")),
    )
    op.create_table(
        "files",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column(
            "renditions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_files_size")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_files")),
    )
    op.create_index("ix_files_sha256", "files", ["tenant_id", "sha256"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(key) between 1 and 255", name=op.f("ck_idempotency_keys_key")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint(
            "tenant_id", "scope", "key", name=op.f("uq_idempotency_keys_tenant_id_scope_key")
        ),
    )
    op.create_table(
        "messages",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("channel in ('email', 'whatsapp_link')", name=op.f("ck_messages_channel")),
        sa.CheckConstraint(
            "status in ('queued', 'sent', 'failed', 'dead', 'ready', 'opened')",
            name=op.f("ck_messages_status"),
        ),
        sa.CheckConstraint("(secret is null) = (secret_until is null)", name=op.f("ck_messages_secret")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_messages_tenant_id_dedupe_key")),
    )
    op.create_index("ix_messages_created", "messages", ["tenant_id", "created_at"], unique=False)
    op.create_index(
        "ix_messages_secret",
        "messages",
        ["secret_until"],
        unique=False,
        postgresql_where=sa.text("secret is not null"),
    )
    op.create_index(
        "ix_messages_subject", "messages", ["tenant_id", "subject_kind", "subject_id"], unique=False
    )
    op.create_table(
        "option_groups",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pricing_mode", sa.Text(), server_default="sum", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
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
            "pricing_mode in ('sum', 'highest', 'average')", name=op.f("ck_option_groups_pricing_mode")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_option_groups")),
    )
    op.create_table(
        "order_counters",
        sa.Column("last_code", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_counters")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_order_counters_tenant_id")),
    )
    op.create_table(
        "payments",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="BRL", nullable=False),
        sa.Column("txid", sa.Text(), nullable=True),
        sa.Column("copy_paste", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("end_to_end_id", sa.Text(), nullable=True),
        sa.Column("refund_due", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
            "method in ('pix', 'pix_online', 'card_online', 'cash', 'card_on_delivery', 'meal_voucher')",
            name=op.f("ck_payments_method"),
        ),
        sa.CheckConstraint(
            "status in ('created', 'pending', 'approved', 'rejected', 'expired', 'canceled', 'refunded_partial', 'refunded', 'in_dispute')",
            name=op.f("ck_payments_status"),
        ),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_payments_amount")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payments")),
    )
    op.create_index(
        "ix_payments_subject", "payments", ["tenant_id", "subject_kind", "subject_id"], unique=False
    )
    op.create_index(
        "uq_payments_end_to_end",
        "payments",
        ["tenant_id", "end_to_end_id"],
        unique=True,
        postgresql_where=sa.text("end_to_end_id is not null"),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("modules", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_plans_price")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("slug", name=op.f("uq_plans_slug")),
    )
    op.create_table(
        "processed_events",
        sa.Column("reaction", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_processed_events")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="America/Sao_Paulo", nullable=False),
        sa.Column("locale", sa.Text(), server_default="pt_BR", nullable=False),
        sa.Column("accent", sa.Text(), nullable=True),
        sa.Column("custom_host", sa.Text(), nullable=True),
        sa.Column("users_limit", sa.BigInteger(), server_default=sa.text("5"), nullable=False),
        sa.Column("stores_limit", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("accent is null or accent ~ '^#[0-9a-f]{6}$'", name=op.f("ck_tenants_accent")),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'", name=op.f("ck_tenants_slug")),
        sa.CheckConstraint("status in ('active', 'suspended', 'canceled')", name=op.f("ck_tenants_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("custom_host", name=op.f("uq_tenants_custom_host")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenants_slug")),
    )
    op.create_table(
        "user_groups",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("store_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_user_groups")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_user_groups_tenant_id_name")),
    )
    op.create_table(
        "module_switches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_module_switches_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_switches")),
        sa.UniqueConstraint("tenant_id", "module", name=op.f("uq_module_switches_tenant_id_module")),
    )
    op.create_table(
        "one_time_tokens",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "purpose in ('invitation', 'password_reset')", name=op.f("ck_one_time_tokens_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["user_groups.tenant_id", "user_groups.id"],
            name=op.f("fk_one_time_tokens_tenant_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_one_time_tokens")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_one_time_tokens_tenant_id_token_hash")),
    )
    op.create_table(
        "options",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_per_item", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("max_per_item between 1 and 99", name=op.f("ck_options_max_per_item")),
        sa.CheckConstraint("price_cents between 0 and 99999999", name=op.f("ck_options_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["option_groups.tenant_id", "option_groups.id"],
            name=op.f("fk_options_tenant_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_options")),
    )
    op.create_index("ix_options_group", "options", ["tenant_id", "group_id", "position"], unique=False)
    op.create_table(
        "stores",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("timezone", sa.Text(), server_default="America/Sao_Paulo", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_code", sa.Text(), server_default="", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("complement", sa.Text(), server_default="", nullable=False),
        sa.Column("district", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("accepts_delivery", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("accepts_pickup", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("preparation_minutes", sa.BigInteger(), server_default=sa.text("45"), nullable=False),
        sa.Column(
            "payment_methods",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{pix,cash,card_on_delivery}'"),
            nullable=False,
        ),
        sa.Column("pix_key", sa.Text(), server_default="", nullable=False),
        sa.Column("pix_receiver", sa.Text(), server_default="", nullable=False),
        sa.Column("pix_minutes", sa.BigInteger(), server_default=sa.text("30"), nullable=False),
        sa.Column("preorder", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("lead_minutes", sa.BigInteger(), server_default=sa.text("60"), nullable=False),
        sa.Column("max_days_ahead", sa.BigInteger(), server_default=sa.text("7"), nullable=False),
        sa.Column("slot_minutes", sa.BigInteger(), server_default=sa.text("30"), nullable=False),
        sa.Column("slot_capacity", sa.BigInteger(), nullable=True),
        sa.Column("accept_minutes", sa.BigInteger(), server_default=sa.text("15"), nullable=False),
        sa.Column("auto_accept", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("distance_factor_percent", sa.BigInteger(), server_default=sa.text("125"), nullable=False),
        sa.Column("settings_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("cover_file_id", sa.Uuid(), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name=op.f("ck_stores_slug")),
        sa.CheckConstraint("accept_minutes between 0 and 240", name=op.f("ck_stores_accept_minutes")),
        sa.CheckConstraint(
            "distance_factor_percent between 100 and 300", name=op.f("ck_stores_distance_factor")
        ),
        sa.CheckConstraint("pix_minutes between 5 and 1440", name=op.f("ck_stores_pix_minutes")),
        sa.CheckConstraint(
            "preparation_minutes between 0 and 1440", name=op.f("ck_stores_preparation_minutes")
        ),
        sa.CheckConstraint("slot_minutes between 5 and 480", name=op.f("ck_stores_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cover_file_id"],
            ["files.tenant_id", "files.id"],
            name=op.f("fk_stores_tenant_id_cover_file_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stores")),
        sa.UniqueConstraint("tenant_id", "slug", name=op.f("uq_stores_tenant_id_slug")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("past_due_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('trialing', 'active', 'past_due', 'canceled', 'suspended')",
            name=op.f("ck_subscriptions_status"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_subscriptions_plan_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_subscriptions_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "users",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("max_active_sessions", sa.BigInteger(), server_default=sa.text("3"), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("role in ('owner', 'manager', 'operator')", name=op.f("ck_users_role")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_lower")),
        sa.CheckConstraint("max_active_sessions between 1 and 20", name=op.f("ck_users_max_active_sessions")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["user_groups.tenant_id", "user_groups.id"],
            name=op.f("fk_users_tenant_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_users")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("uq_users_tenant_id_email")),
    )
    op.create_index("ix_users_email", "users", ["email"], unique=False)
    op.create_table(
        "carts",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "items", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "draft", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_carts_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_carts")),
        sa.UniqueConstraint(
            "tenant_id", "store_id", "token_hash", name=op.f("uq_carts_tenant_id_store_id_token_hash")
        ),
    )
    op.create_index("ix_carts_updated", "carts", ["tenant_id", "updated_at"], unique=False)
    op.create_table(
        "categories",
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_categories_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_categories")),
        sa.UniqueConstraint(
            "tenant_id",
            "store_id",
            "name",
            name=op.f("uq_categories_tenant_id_store_id_name"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "delivery_areas",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default=sa.text("100"), nullable=False),
        sa.Column("metres_min", sa.BigInteger(), nullable=True),
        sa.Column("metres_max", sa.BigInteger(), nullable=True),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_from", sa.Text(), nullable=True),
        sa.Column("postal_to", sa.Text(), nullable=True),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("min_order_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("free_above_cents", sa.BigInteger(), nullable=True),
        sa.Column("eta_min", sa.BigInteger(), server_default=sa.text("30"), nullable=False),
        sa.Column("eta_max", sa.BigInteger(), server_default=sa.text("60"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind <> 'km' or (metres_min is not null and metres_max > metres_min and metres_min >= 0)",
            name=op.f("ck_delivery_areas_km"),
        ),
        sa.CheckConstraint(
            "kind <> 'postal_range' or (postal_from is not null and postal_to >= postal_from)",
            name=op.f("ck_delivery_areas_postal"),
        ),
        sa.CheckConstraint("kind in ('km', 'district', 'postal_range')", name=op.f("ck_delivery_areas_kind")),
        sa.CheckConstraint("eta_min >= 0 and eta_max >= eta_min", name=op.f("ck_delivery_areas_eta")),
        sa.CheckConstraint(
            "fee_cents >= 0 and min_order_cents >= 0 and coalesce(free_above_cents, 0) >= 0",
            name=op.f("ck_delivery_areas_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_delivery_areas_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delivery_areas")),
    )
    op.create_index("ix_delivery_areas_store", "delivery_areas", ["tenant_id", "store_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="web", nullable=False),
        sa.Column("fulfilment", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tracking_hash", sa.Text(), nullable=False),
        sa.Column("tracking_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("customer_phone", sa.Text(), nullable=False),
        sa.Column("customer_email", sa.Text(), nullable=True),
        sa.Column("customer_document", sa.Text(), nullable=True),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("metres", sa.BigInteger(), nullable=True),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_method", sa.Text(), nullable=False),
        sa.Column("change_for_cents", sa.BigInteger(), nullable=True),
        sa.Column("subtotal_cents", sa.BigInteger(), nullable=False),
        sa.Column("line_discount_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("order_discount_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("shipping_cents", sa.BigInteger(), nullable=False),
        sa.Column("shipping_discount_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="BRL", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="pt_BR", nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(fulfilment = 'delivery') = (address is not null)", name=op.f("ck_orders_address")
        ),
        sa.CheckConstraint("channel in ('web', 'manual')", name=op.f("ck_orders_channel")),
        sa.CheckConstraint("fulfilment in ('delivery', 'pickup')", name=op.f("ck_orders_fulfilment")),
        sa.CheckConstraint(
            "status in ('awaiting_payment', 'received', 'confirmed', 'preparing', 'ready', 'out_for_delivery', 'picked_up', 'delivered', 'completed', 'canceled', 'expired')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint(
            "subtotal_cents >= 0 and line_discount_cents >= 0 and order_discount_cents >= 0 and shipping_cents >= 0 and shipping_discount_cents between 0 and shipping_cents and total_cents >= 0",
            name=op.f("ck_orders_amounts"),
        ),
        sa.CheckConstraint(
            "total_cents = subtotal_cents - line_discount_cents - order_discount_cents + shipping_cents - shipping_discount_cents",
            name=op.f("ck_orders_total"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customers.tenant_id", "customers.id"],
            name=op.f("fk_orders_tenant_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_orders_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_orders")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_orders_tenant_id_code")),
    )
    op.create_index(
        "ix_orders_board", "orders", ["tenant_id", "store_id", "status", "placed_at"], unique=False
    )
    op.create_index("ix_orders_customer", "orders", ["tenant_id", "customer_id"], unique=False)
    op.create_index(
        "ix_orders_due", "orders", ["due_at"], unique=False, postgresql_where=sa.text("due_at is not null")
    )
    op.create_index("ix_orders_placed", "orders", ["tenant_id", "placed_at"], unique=False)
    op.create_index(
        "ix_orders_slot",
        "orders",
        ["tenant_id", "store_id", "scheduled_for"],
        unique=False,
        postgresql_where=sa.text("scheduled_for is not null"),
    )
    op.create_table(
        "quotes",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("destination_hash", sa.Text(), nullable=False),
        sa.Column("metres", sa.BigInteger(), nullable=True),
        sa.Column("is_estimated", sa.Boolean(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("min_order_cents", sa.BigInteger(), nullable=False),
        sa.Column("free_above_cents", sa.BigInteger(), nullable=True),
        sa.Column("eta_min", sa.BigInteger(), nullable=False),
        sa.Column("eta_max", sa.BigInteger(), nullable=False),
        sa.Column("settings_version", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("fee_cents >= 0", name=op.f("ck_quotes_fee")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_quotes_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quotes")),
    )
    op.create_index("ix_quotes_expires", "quotes", ["tenant_id", "expires_at"], unique=False)
    op.create_table(
        "store_exceptions",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(opens is null) = (closes is null)", name=op.f("ck_store_exceptions_interval")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_store_exceptions_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_store_exceptions")),
    )
    op.create_index(
        "ix_store_exceptions_day", "store_exceptions", ["tenant_id", "store_id", "day"], unique=False
    )
    op.create_table(
        "store_hours",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_store_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_store_hours_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_store_hours")),
        sa.UniqueConstraint(
            "tenant_id",
            "store_id",
            "weekday",
            "opens",
            name=op.f("uq_store_hours_tenant_id_store_id_weekday_opens"),
        ),
    )
    op.create_table(
        "store_pauses",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_store_pauses_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_store_pauses")),
    )
    op.create_index("ix_store_pauses_until", "store_pauses", ["tenant_id", "store_id", "until"], unique=False)
    op.create_table(
        "time_slots",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_time_slots_taken")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_time_slots_tenant_id_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_time_slots")),
        sa.UniqueConstraint(
            "tenant_id", "store_id", "starts_at", name=op.f("uq_time_slots_tenant_id_store_id_starts_at")
        ),
    )
    op.create_table(
        "user_sessions",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["users.tenant_id", "users.id"],
            name=op.f("fk_user_sessions_tenant_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_user_sessions")),
    )
    op.create_index(
        "ix_user_sessions_user", "user_sessions", ["tenant_id", "user_id", "created_at"], unique=False
    )
    op.create_table(
        "order_events",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_order_events_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_events")),
    )
    op.create_index("ix_order_events_order", "order_events", ["tenant_id", "order_id", "at"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sku_name", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("options_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("line_discount_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("order_discount_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("quantity between 1 and 999", name=op.f("ck_order_lines_quantity")),
        sa.CheckConstraint(
            "total_cents = quantity * (unit_price_cents + options_cents) - line_discount_cents - order_discount_cents and total_cents >= 0 and unit_price_cents >= 0 and options_cents >= 0",
            name=op.f("ck_order_lines_total"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_order_lines_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint(
            "tenant_id", "order_id", "position", name=op.f("uq_order_lines_tenant_id_order_id_position")
        ),
    )
    op.create_index("ix_order_lines_product", "order_lines", ["tenant_id", "product_id"], unique=False)
    op.create_table(
        "products",
        sa.Column("store_id", sa.Uuid(), nullable=True),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("availability", sa.Text(), server_default="available", nullable=False),
        sa.Column("lead_days", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
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
            "availability in ('available', 'order', 'unavailable')", name=op.f("ck_products_availability")
        ),
        sa.CheckConstraint("lead_days between 0 and 60", name=op.f("ck_products_lead_days")),
        sa.CheckConstraint("length(name) between 1 and 120", name=op.f("ck_products_name")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "category_id"],
            ["categories.tenant_id", "categories.id"],
            name=op.f("fk_products_tenant_id_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_products_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_products")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_products_tenant_id_code")),
    )
    op.create_index(
        "ix_products_category", "products", ["tenant_id", "category_id", "position"], unique=False
    )
    op.create_table(
        "product_images",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("alt", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["files.tenant_id", "files.id"],
            name=op.f("fk_product_images_tenant_id_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["products.tenant_id", "products.id"],
            name=op.f("fk_product_images_tenant_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_product_images")),
    )
    op.create_index(
        "ix_product_images_product", "product_images", ["tenant_id", "product_id", "position"], unique=False
    )
    op.create_table(
        "product_option_groups",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("min_choices", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_choices", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "min_choices >= 0 and max_choices >= 1 and max_choices >= min_choices",
            name=op.f("ck_product_option_groups_limits"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["option_groups.tenant_id", "option_groups.id"],
            name=op.f("fk_product_option_groups_tenant_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["products.tenant_id", "products.id"],
            name=op.f("fk_product_option_groups_tenant_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_product_option_groups")),
        sa.UniqueConstraint(
            "tenant_id",
            "product_id",
            "group_id",
            name=op.f("uq_product_option_groups_tenant_id_product_id_group_id"),
        ),
    )
    op.create_table(
        "skus",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("price_cents between 0 and 99999999", name=op.f("ck_skus_price")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["products.tenant_id", "products.id"],
            name=op.f("fk_skus_tenant_id_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_skus")),
    )
    op.create_index("ix_skus_product", "skus", ["tenant_id", "product_id", "position"], unique=False)
    op.create_table(
        "stock_items",
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("sku_id", sa.Uuid(), nullable=True),
        sa.Column("option_id", sa.Uuid(), nullable=True),
        sa.Column("track", sa.Text(), server_default="quantity", nullable=False),
        sa.Column("on_hand", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("shortfall", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("daily_quota", sa.BigInteger(), nullable=True),
        sa.Column("low_threshold", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
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
            "(track = 'daily') = (daily_quota is not null)", name=op.f("ck_stock_items_daily_quota")
        ),
        sa.CheckConstraint("track in ('none', 'quantity', 'daily')", name=op.f("ck_stock_items_track")),
        sa.CheckConstraint(
            "(sku_id is null) <> (option_id is null)", name=op.f("ck_stock_items_one_subject")
        ),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_items_on_hand")),
        sa.CheckConstraint("reserved <= on_hand + shortfall", name=op.f("ck_stock_items_reserved_on_hand")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_items_reserved")),
        sa.CheckConstraint("shortfall >= 0", name=op.f("ck_stock_items_shortfall")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "option_id"],
            ["options.tenant_id", "options.id"],
            name=op.f("fk_stock_items_tenant_id_option_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "sku_id"],
            ["skus.tenant_id", "skus.id"],
            name=op.f("fk_stock_items_tenant_id_sku_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "store_id"],
            ["stores.tenant_id", "stores.id"],
            name=op.f("fk_stock_items_tenant_id_store_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_items")),
        sa.UniqueConstraint(
            "tenant_id",
            "store_id",
            "sku_id",
            "option_id",
            name=op.f("uq_stock_items_tenant_id_store_id_sku_id_option_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_stock_items_option", "stock_items", ["tenant_id", "option_id"], unique=False)
    op.create_index("ix_stock_items_sku", "stock_items", ["tenant_id", "sku_id"], unique=False)
    op.create_table(
        "stock_days",
        sa.Column("stock_item_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_days_on_hand")),
        sa.CheckConstraint("reserved <= on_hand", name=op.f("ck_stock_days_reserved_on_hand")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_days_reserved")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "stock_item_id"],
            ["stock_items.tenant_id", "stock_items.id"],
            name=op.f("fk_stock_days_tenant_id_stock_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_days")),
        sa.UniqueConstraint(
            "tenant_id", "stock_item_id", "day", name=op.f("uq_stock_days_tenant_id_stock_item_id_day")
        ),
    )
    op.create_table(
        "stock_movements",
        sa.Column("stock_item_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind in ('receive', 'adjust', 'reserve', 'release', 'commit', 'return', 'count')",
            name=op.f("ck_stock_movements_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_stock_movements_tenant_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "stock_item_id"],
            ["stock_items.tenant_id", "stock_items.id"],
            name=op.f("fk_stock_movements_tenant_id_stock_item_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stock_movements")),
    )
    op.create_index(
        "ix_stock_movements_item", "stock_movements", ["tenant_id", "stock_item_id", "at"], unique=False
    )
    op.create_index(
        "uq_stock_movements_order",
        "stock_movements",
        ["tenant_id", "order_id", "stock_item_id", "day", "kind", "seq"],
        unique=True,
        postgresql_where=sa.text("order_id is not null"),
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    raise RuntimeError("the first schema has nothing to go back to; restore a backup instead")
