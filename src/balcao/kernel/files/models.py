"""Files of a tenant: what was stored, under which key, in which sizes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel


class File(TenantModel, Stamped):
    """A stored file. `renditions` lists the sizes of a picture: `{width, height, format, key, bytes}`."""

    __tablename__ = "files"
    purpose: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    is_public: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    renditions: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"), default=list)
    __table_args__ = (
        Index("ix_files_sha256", "tenant_id", "sha256"),
        CheckConstraint("size_bytes >= 0", name="size"),
    )
