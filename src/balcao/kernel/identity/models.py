"""People of a tenant's team, what they may do, and their sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk

ROLES = ("owner", "manager", "operator")


class UserGroup(TenantModel, Stamped, Versioned):
    """A named set of permissions, and the stores they hold for (none listed: all)."""

    __tablename__ = "user_groups"
    __audit__ = ()
    name: Mapped[str]
    permissions: Mapped[list[str]]
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"), default=list)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)


class User(TenantModel, Stamped, Versioned):
    """A person who signs in. The e-mail is stored lower-case and is unique within the tenant."""

    __tablename__ = "users"
    __audit__ = ("email", "password_hash")
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    group_id: Mapped[UUID | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    max_active_sessions: Mapped[int] = mapped_column(server_default=text("3"), default=3)
    last_login_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        tenant_fk("group_id", "user_groups"),
        CheckConstraint("role in ('owner', 'manager', 'operator')", name="role"),
        CheckConstraint("max_active_sessions between 1 and 20", name="max_active_sessions"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("ix_users_email", "email"),
    )


class UserSession(TenantModel, Stamped):
    """A sign-in. Revoking the row ends it wherever the token is."""

    __tablename__ = "user_sessions"
    __audit__ = ("address", "device")
    user_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]
    device: Mapped[str]
    address: Mapped[str]
    # The platform's person who entered in this user's name, as `user:<id>`, and why; both empty for the user's own.
    impersonator: Mapped[str] = mapped_column(server_default="", default="")
    impersonation_reason: Mapped[str] = mapped_column(server_default="", default="")
    __table_args__ = (
        tenant_fk("user_id", "users", ondelete="CASCADE"),
        Index("ix_user_sessions_user", "tenant_id", "user_id", "created_at"),
    )


class OneTimeToken(TenantModel, Stamped):
    """A link that works once: an invitation or a password reset. Only its SHA-256 is kept."""

    __tablename__ = "one_time_tokens"
    __audit__ = ("email", "token_hash")
    purpose: Mapped[str]
    token_hash: Mapped[str]
    email: Mapped[str]
    role: Mapped[str | None]
    group_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_hash"),
        tenant_fk("group_id", "user_groups"),
        CheckConstraint("purpose in ('invitation', 'password_reset')", name="purpose"),
    )


class SecondFactor(TenantModel, Stamped):
    """A person's time-based codes (RFC 6238). Until it is confirmed by a first code it asks nothing at sign-in.

    `last_step` is the newest 30-second step a code was accepted for: a code works once. Recovery codes are kept as
    SHA-256 only and leave the list when used.
    """

    __tablename__ = "second_factors"
    __audit__ = ("sealed_secret", "recovery_hashes")
    user_id: Mapped[UUID]
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary())
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    recovery_hashes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    __table_args__ = (
        UniqueConstraint("tenant_id", "user_id"),
        tenant_fk("user_id", "users", ondelete="CASCADE"),
    )


class ApiKey(TenantModel, Stamped):
    """A key of a business for programs, shown once; only its SHA-256 is kept. It may do what `permissions` lists, in
    the stores of `store_ids` (none listed: all)."""

    __tablename__ = "api_keys"
    __audit__ = ("key_hash",)
    name: Mapped[str]
    key_hash: Mapped[str]
    last_four: Mapped[str]
    permissions: Mapped[list[str]]
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"), default=list)
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "key_hash"),
        CheckConstraint("name <> ''", name="name"),
    )
