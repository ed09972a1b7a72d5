"""The platform: the audit trail, billing, keys and second factors, webhooks that leave, the paper side of a business."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from balcao.kernel.db.audit_trail import AUDIT_FUNCTION, append_only_statements, trail_statements
from balcao.kernel.db.row_security import PLATFORM_ROLE, platform_table_statements, wall_statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TENANT_TABLES = (
    "api_keys",
    "audit_entries",
    "business_profiles",
    "channel_credentials",
    "second_factors",
    "webhook_deliveries",
    "webhook_endpoints",
    "webhook_messages",
    "webhook_tries",
)
PLATFORM_TABLES = ("billing_events",)
# Audited tables and the columns whose values the trail masks.
AUDITED: dict[str, tuple[str, ...]] = {
    "api_keys": ("key_hash",),
    "business_profiles": (
        "document",
        "contact_name",
        "contact_email",
        "contact_phone",
        "financial_name",
        "financial_email",
        "financial_phone",
        "billing_address",
        "signup_payload",
    ),
    "categories": (),
    "channel_credentials": (
        "access_token",
        "app_secret",
        "verify_token",
        "bot_token",
        "former_app_secret",
        "former_verify_token",
        "endings",
    ),
    "delivery_areas": (),
    "ghl_connections": ("access_token", "refresh_token"),
    "module_switches": (),
    "one_time_tokens": ("email", "token_hash"),
    "option_groups": (),
    "options": (),
    "plans": (),
    "product_images": (),
    "product_option_groups": (),
    "products": (),
    "second_factors": ("sealed_secret", "recovery_hashes"),
    "skus": (),
    "store_exceptions": (),
    "store_hours": (),
    "store_pauses": (),
    "stores": ("pix_key",),
    "subscriptions": (),
    "tenants": (),
    "time_slots": (),
    "user_groups": (),
    "user_sessions": ("address", "device"),
    "users": ("email", "password_hash"),
    "webhook_endpoints": ("url", "sealed_secret", "sealed_previous"),
}


def upgrade() -> None:
    change_tables()
    for table in TENANT_TABLES:
        for statement in wall_statements(table):
            op.execute(statement)
    for table in PLATFORM_TABLES:
        op.execute(f"grant select, insert, update, delete on table {table} to {PLATFORM_ROLE}")
        for statement in platform_table_statements(table, app_may_read=False):
            op.execute(statement)
    op.execute(AUDIT_FUNCTION)
    for statement in append_only_statements("audit_entries"):
        op.execute(statement)
    for table, masked in AUDITED.items():
        for statement in trail_statements(table, masked):
            op.execute(statement)


def change_tables() -> None:
    op.create_table(
        "api_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("store_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_api_keys_name")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("tenant_id", "key_hash", name=op.f("uq_api_keys_tenant_id_key_hash")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("impersonator", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "verb in ('made', 'changed', 'removed', 'did')", name=op.f("ck_audit_entries_verb")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["tenant_id", "at", "id"], unique=False)
    op.create_index(
        "ix_audit_entries_entity", "audit_entries", ["tenant_id", "entity", "entity_id", "at"], unique=False
    )
    op.create_table(
        "billing_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant_slug", sa.Text(), server_default="", nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('status', 'intake')", name=op.f("ck_billing_events_kind")),
        sa.CheckConstraint(
            "outcome in ('applied', 'stale', 'refused')", name=op.f("ck_billing_events_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_billing_events_event_id")),
    )
    op.create_index("ix_billing_events_received", "billing_events", ["received_at"], unique=False)
    op.create_table(
        "business_profiles",
        sa.Column("person_type", sa.Text(), server_default="company", nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_name", sa.Text(), server_default="", nullable=False),
        sa.Column("trade_name", sa.Text(), server_default="", nullable=False),
        sa.Column("state_registration", sa.Text(), server_default="", nullable=False),
        sa.Column("municipal_registration", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_email", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("financial_name", sa.Text(), server_default="", nullable=False),
        sa.Column("financial_email", sa.Text(), server_default="", nullable=False),
        sa.Column("financial_phone", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "billing_address",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("onboarding_origin", sa.Text(), server_default="manual", nullable=False),
        sa.Column("activation_mode", sa.Text(), server_default="manual", nullable=False),
        sa.Column("activation_notes", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_provider", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_reference", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "signup_payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("onboarded_at", sa.DateTime(timezone=True), nullable=True),
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
            "activation_mode in ('manual', 'automatic_webhook', 'force_first_access_test')",
            name=op.f("ck_business_profiles_activation_mode"),
        ),
        sa.CheckConstraint(
            "person_type in ('individual', 'company')", name=op.f("ck_business_profiles_person_type")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_business_profiles")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_business_profiles_tenant_id")),
    )
    op.create_table(
        "channel_credentials",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("phone_number_id", sa.Text(), server_default="", nullable=False),
        sa.Column("waba_id", sa.Text(), server_default="", nullable=False),
        sa.Column("chat_id", sa.Text(), server_default="", nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("app_secret", sa.LargeBinary(), nullable=True),
        sa.Column("verify_token", sa.LargeBinary(), nullable=True),
        sa.Column("bot_token", sa.LargeBinary(), nullable=True),
        sa.Column("former_app_secret", sa.LargeBinary(), nullable=True),
        sa.Column("former_app_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("former_verify_token", sa.LargeBinary(), nullable=True),
        sa.Column("former_verify_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "endings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("shown_name", sa.Text(), server_default="", nullable=False),
        sa.Column("shown_number", sa.Text(), server_default="", nullable=False),
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
            "channel = 'whatsapp' and phone_number_id <> '' and access_token is not null or channel = 'telegram' and bot_token is not null",
            name=op.f("ck_channel_credentials_channel"),
        ),
        sa.CheckConstraint(
            "check_outcome in ('', 'ok', 'unauthorized', 'forbidden', 'unknown', 'refused', 'unavailable', 'lost')",
            name=op.f("ck_channel_credentials_check_outcome"),
        ),
        sa.CheckConstraint(
            "(former_app_secret is null) = (former_app_until is null)",
            name=op.f("ck_channel_credentials_former_app"),
        ),
        sa.CheckConstraint(
            "(former_verify_token is null) = (former_verify_until is null)",
            name=op.f("ck_channel_credentials_former_verify"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_channel_credentials")),
        sa.UniqueConstraint("tenant_id", "channel", name=op.f("uq_channel_credentials_tenant_id_channel")),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_previous", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="on", nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("silences", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('on', 'off', 'stopped')", name=op.f("ck_webhook_endpoints_status")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "webhook_messages",
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("source_event", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("people", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_messages")),
        sa.UniqueConstraint(
            "tenant_id",
            "source_event",
            "event_type",
            "subject",
            name=op.f("uq_webhook_messages_tenant_id_source_event_event_type_subject"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "subject", "sequence", name=op.f("uq_webhook_messages_tenant_id_subject_sequence")
        ),
    )
    op.create_index(
        "ix_webhook_messages_created", "webhook_messages", ["tenant_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_webhook_messages_people", "webhook_messages", ["people"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('waiting', 'delivered', 'failed', 'held')", name=op.f("ck_webhook_deliveries_status")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "endpoint_id"],
            ["webhook_endpoints.tenant_id", "webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_tenant_id_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["webhook_messages.tenant_id", "webhook_messages.id"],
            name=op.f("fk_webhook_deliveries_tenant_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "tenant_id",
            "endpoint_id",
            "message_id",
            name=op.f("uq_webhook_deliveries_tenant_id_endpoint_id_message_id"),
        ),
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint",
        "webhook_deliveries",
        ["tenant_id", "endpoint_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "recovery_hashes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
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
            name=op.f("fk_second_factors_tenant_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_second_factors_tenant_id_user_id")),
    )
    op.create_table(
        "webhook_tries",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("status_code", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("excerpt", sa.Text(), server_default="", nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "delivery_id"],
            ["webhook_deliveries.tenant_id", "webhook_deliveries.id"],
            name=op.f("fk_webhook_tries_tenant_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_tries")),
    )
    op.create_index(
        "ix_webhook_tries_delivery", "webhook_tries", ["tenant_id", "delivery_id", "at"], unique=False
    )
    op.add_column("plans", sa.Column("interval", sa.Text(), server_default="monthly", nullable=False))
    op.add_column(
        "subscriptions",
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("subscriptions", sa.Column("current_period_end", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscriptions", sa.Column("trial_end_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscriptions", sa.Column("cancel_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "subscriptions",
        sa.Column("billing_sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "tenants",
        sa.Column(
            "webhook_events", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column("user_sessions", sa.Column("impersonator", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "user_sessions", sa.Column("impersonation_reason", sa.Text(), server_default="", nullable=False)
    )
    op.create_check_constraint(op.f("ck_plans_interval"), "plans", "interval in ('monthly', 'yearly')")


def downgrade() -> None:
    for table in AUDITED:
        op.execute(f"drop trigger audit_trail on {table}")
    op.execute("drop function audit_change()")
    op.drop_column("user_sessions", "impersonation_reason")
    op.drop_column("user_sessions", "impersonator")
    op.drop_column("tenants", "webhook_events")
    op.drop_column("subscriptions", "billing_sequence")
    op.drop_column("subscriptions", "cancel_at")
    op.drop_column("subscriptions", "trial_end_at")
    op.drop_column("subscriptions", "current_period_end")
    op.drop_column("subscriptions", "started_at")
    op.drop_column("plans", "interval")
    op.drop_index("ix_webhook_tries_delivery", table_name="webhook_tries")
    op.drop_table("webhook_tries")
    op.drop_table("second_factors")
    op.drop_index("ix_webhook_deliveries_endpoint", table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_index("ix_webhook_messages_people", table_name="webhook_messages", postgresql_using="gin")
    op.drop_index("ix_webhook_messages_created", table_name="webhook_messages")
    op.drop_table("webhook_messages")
    op.drop_table("webhook_endpoints")
    op.drop_table("channel_credentials")
    op.drop_table("business_profiles")
    op.drop_index("ix_billing_events_received", table_name="billing_events")
    op.drop_table("billing_events")
    op.drop_index("ix_audit_entries_entity", table_name="audit_entries")
    op.drop_index("ix_audit_entries_at", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("api_keys")
