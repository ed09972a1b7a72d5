"""How much a business may keep: `storage_bytes` of its plan's limits, counted while nobody else of it adds."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, text

from balcao.kernel.errors import DomainError
from balcao.kernel.files.models import File
from balcao.kernel.work import UnitOfWork

LIMIT: Final = "storage_bytes"


class StorageLimitError(DomainError):
    """The plan's room for files is used up; `limit_bytes` and `used_bytes` say how far."""

    status = 409
    code = "storage_limit"
    title = "Storage full."
    detail = "Your plan has room for {megabytes} MB of files, and this one does not fit. Remove some, or change the plan."


async def storage_used(uow: UnitOfWork) -> int:
    """Bytes of every file of the business that has a row, all sizes of its pictures together."""
    return int((await uow.session.execute(select(func.coalesce(func.sum(File.size_bytes), 0)))).scalar_one())


async def check_storage(uow: UnitOfWork, more_bytes: int) -> None:
    """Refuses what does not fit any more. Two that would both just fit wait for each other. StorageLimitError."""
    limit = uow.tenant.limits.get(LIMIT)
    if limit is None:
        return
    await uow.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"storage:{uow.tenant_id}"}
    )
    used = await storage_used(uow)
    if used + more_bytes > limit:
        raise StorageLimitError(params={"megabytes": limit // 1_000_000}, limit_bytes=limit, used_bytes=used)
