"""The base of every table, and the two things a tenant table cannot do without: its key and its foreign keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, MetaData, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from balcao.kernel.ids import new_id

TENANT_SETTING = "nullif(current_setting('app.tenant_id', true), '')::uuid"

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of all tables. Strings are text, integers bigint, times timestamptz, dicts jsonb."""

    # Columns the audit trail masks; None: changes of this table are not in it (kernel/db/audit_trail.py).
    __audit__: ClassVar[tuple[str, ...] | None] = None
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[str]: ARRAY(Text()),
    }


class PlatformModel(Base):
    """A table of the installation itself: no tenant, no row-level security."""

    __abstract__ = True


class TenantModel(Base):
    """A table whose rows belong to a tenant: keyed `(tenant_id, id)`, under forced row-level security.

    The tenant is filled by the database from the bound transaction, so code cannot pass a wrong one unseen.
    """

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text(TENANT_SETTING))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Stamped:
    """Adds `created_at`, set by the database."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Versioned:
    """Adds `version`, raised by one on every change and compared on write."""

    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)


def tenant_fk(
    column: str, table: str, *, ondelete: str | None = None, target: Sequence[str] = ("id",)
) -> ForeignKeyConstraint:
    """A foreign key that cannot leave the tenant: `(tenant_id, column) -> table(tenant_id, id)`."""
    return ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", *(f"{table}.{name}" for name in target)],
        ondelete=ondelete,
    )
