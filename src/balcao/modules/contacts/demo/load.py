"""Puts the demo list into the queue; the worker cleans it like any other, so that there is something to look at."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from balcao.kernel.files.blobs import blob_key
from balcao.kernel.ids import new_id
from balcao.kernel.module import DemoInput
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.contacts.import_blobs import AREA, BYTES
from balcao.modules.contacts.import_jobs import create_import
from balcao.modules.contacts.import_options import DEFAULTS

LIST: Final = Path(__file__).parent / "clientes.csv"
BUSINESS: Final = "padaria"


async def load_demo(runtime: Runtime, tenant: Tenant, wanted: DemoInput) -> None:
    """An import of the demo list for the bakery; once, since the same file again is the same import."""
    if wanted.business != BUSINESS:
        return
    # As Excel in Brazil saves it.
    data = LIST.read_text(encoding="utf-8").replace("\n", "\r\n").encode("cp1252")
    import_id = new_id()
    key = blob_key(tenant.id, AREA, import_id, "source")
    await runtime.blobs.put(key, data, BYTES)

    async with runtime.transactions.begin(tenant) as uow:
        _, is_repeat = await create_import(
            uow,
            filename="Clientes da padaria.csv",
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            source_key=key,
            options={**DEFAULTS, "default_ddd": "11"},
            import_id=import_id,
        )
    if is_repeat:
        await runtime.blobs.delete(key)
