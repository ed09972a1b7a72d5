"""People of a tenant's team, what they may do, and their sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk

ROLES = ("owner", "manager", "operator")


class UserGroup(TenantModel, Stamped, Versioned):
    """A named set of permissions, and the stores they hold for (none listed: all)."""

    __tablename__ = "user_groups"
    name: Mapped[str]
    permissions: Mapped[list[str]]
    store_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"), default=list)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)


class User(TenantModel, Stamped, Versioned):
    """A person who signs in. The e-mail is stored lower-case and is unique within the tenant."""

    __tablename__ = "users"
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
    user_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]
    device: Mapped[str]
    address: Mapped[str]
    __table_args__ = (
        tenant_fk("user_id", "users", ondelete="CASCADE"),
        Index("ix_user_sessions_user", "tenant_id", "user_id", "created_at"),
    )


class OneTimeToken(TenantModel, Stamped):
    """A link that works once: an invitation or a password reset. Only its SHA-256 is kept."""

    __tablename__ = "one_time_tokens"
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
