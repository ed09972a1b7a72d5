"""Search in the catalogue of a store: an index made from the cached catalogue, kept until the catalogue changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from balcao.kernel.cache import CachedBytes
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.store.catalog_queries import catalogue_bytes
from balcao.modules.store.search_terms import LIMIT_MAX, SearchEntry, entry, search

INDEXES_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """What can be found in one catalogue: the words, and each product as it is shown, already dumped."""

    entries: tuple[SearchEntry, ...]
    products: Mapping[UUID, bytes]


# The last ones used, known by the digest of the catalogue they were made from: a changed catalogue has another.
_indexes: OrderedDict[str, SearchIndex] = OrderedDict()


async def search_bytes(
    runtime: Runtime, tenant: Tenant, store: str | None, query: str, *, limit: int, offset: int
) -> CachedBytes:
    """The bytes of GET /catalog/search: products that fit, best first, each as in the catalogue with its category.

    Never more than a hundred are found. Raises NotFoundError for a store that is not there.
    """
    index = _index_of(await catalogue_bytes(runtime, tenant, store))
    hits = search(index.entries, query, LIMIT_MAX)
    items = [orjson.Fragment(index.products[hit.id]) for hit in hits[offset : offset + limit]]
    return CachedBytes.of(
        orjson.dumps({"items": items, "total": len(hits), "limit": limit, "offset": offset})
    )


def _index_of(catalogue: CachedBytes) -> SearchIndex:
    known = _indexes.get(catalogue.etag)
    if known is None:
        known = _indexes[catalogue.etag] = _make_index(orjson.loads(memoryview(catalogue)))
        if len(_indexes) > INDEXES_MAX:
            _indexes.popitem(last=False)
    else:
        _indexes.move_to_end(catalogue.etag)
    return known


def _make_index(document: Mapping[str, Any]) -> SearchIndex:
    entries: list[SearchEntry] = []
    products: dict[UUID, bytes] = {}
    for category in document["categories"]:
        shelf = {"id": category["id"], "name": category["name"]}
        for product in category["products"]:
            product_id = UUID(product["id"])
            other_words = " ".join([product["description"], str(product["code"]), *product["tags"]])
            entries.append(entry(product_id, product["name"], other_words))
            products[product_id] = orjson.dumps({**product, "category": shelf})
    return SearchIndex(tuple(entries), products)
