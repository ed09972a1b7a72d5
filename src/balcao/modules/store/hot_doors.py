"""The answers of the shop window that lie ready: the menu and the stores, as shoppers ask for them."""

from __future__ import annotations

import re
from typing import Final

from balcao.kernel.cache import CachedBytes
from balcao.kernel.module import HotDoor
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.store.catalog_queries import catalogue_bytes, catalogue_name
from balcao.modules.store.shelf_answers import peek_answer
from balcao.modules.store.store_queries import stores_bytes, stores_name

STORES_SHOWN: Final = 20
# Plain slugs and ids, which are written as they are kept. Any other writing is the route's to read.
_ONE_STORE: Final = re.compile(rb"store=([a-z0-9-]{1,80})")


def _store_of(query: bytes) -> str | None:
    """The store a query names, empty for the first one; None when the route has to read it."""
    if not query:
        return ""
    named = _ONE_STORE.fullmatch(query)
    return named[1].decode() if named else None


def find_catalogue(runtime: Runtime, tenant: Tenant, query: bytes) -> CachedBytes | None:
    """GET /catalog of the first store or of a plainly named one, from memory."""
    store = _store_of(query)
    return None if store is None else peek_answer(runtime, tenant.id, catalogue_name(store))


async def make_catalogue(runtime: Runtime, tenant: Tenant, query: bytes) -> CachedBytes | None:
    """The same, made when nobody has it."""
    store = _store_of(query)
    return None if store is None else await catalogue_bytes(runtime, tenant, store)


def find_stores(runtime: Runtime, tenant: Tenant, query: bytes) -> CachedBytes | None:
    """The first page of GET /stores, from memory."""
    return None if query else peek_answer(runtime, tenant.id, stores_name(STORES_SHOWN, 0))


async def make_stores(runtime: Runtime, tenant: Tenant, query: bytes) -> CachedBytes | None:
    """The same, made when nobody has it."""
    return None if query else await stores_bytes(runtime, tenant, STORES_SHOWN, 0)


HOT_DOORS: Final = (
    HotDoor("/catalog", find_catalogue, make_catalogue),
    HotDoor("/stores", find_stores, make_stores),
)
