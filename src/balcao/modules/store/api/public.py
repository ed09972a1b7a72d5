"""What a buyer's browser asks first: stores, catalogue, search, postal codes, freight."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from balcao.brazil.addresses import InvalidCep, city_of_cep, parse_cep, uf_of_cep
from balcao.kernel.bulletin import PLATFORM
from balcao.kernel.cache import CachedBytes
from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import CurrentCaller, Installation, Public, Works
from balcao.kernel.web.json_answer import json_answer
from balcao.modules.store.api.schemas_public import CatalogDocument, QuoteDocument, StoresDocument
from balcao.modules.store.catalog_queries import CATALOG_TOPIC, catalogue_bytes
from balcao.modules.store.checkout_command import AddressInput
from balcao.modules.store.freight import quote_freight
from balcao.modules.store.search_terms import SearchEntry, entry, search
from balcao.modules.store.store_queries import open_stores
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

router = APIRouter(tags=["shop"])
SHOPPERS = Depends(Public("the shop window is for everybody"))
FRESH = "public, max-age=0, must-revalidate"
CEP_KEPT_SECONDS = 24 * 3600.0
NOT_KNOWN = b"null"
StoreName = Annotated[
    str | None, Query(max_length=80, pattern=r"^[^\x00-\x1f]+$", description="slug, id or name")
]


class CepNotFoundError(DomainError):
    """No street, town or range has this postal code."""

    status = 404
    code = "cep_not_found"
    detail = "We do not know this CEP. Type the address."


class QuoteRequest(BaseModel):
    """Which store delivers, and where to."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "store_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00001",
                "address": {"postal_code": "01310-100", "street": "Avenida Paulista", "number": "1000",
                            "district": "Bela Vista", "city": "São Paulo", "state": "SP"},
            }
        },
    )  # fmt: skip
    store_id: UUID
    address: AddressInput


class CepDocument(BaseModel):
    """What is known of a postal code; a town with one CEP has no street."""

    postal_code: str
    street: str
    district: str
    city: str
    state: str
    source: Literal["street", "range"]


class SearchHitDocument(BaseModel):
    """A product that fits what was typed, best first."""

    id: UUID
    name: str
    from_price_cents: int
    availability: str
    image: dict[str, Any] | None


class SearchDocument(BaseModel):
    """The hits of a search."""

    items: list[SearchHitDocument]
    total: int
    limit: int
    offset: int


def fresh_bytes(request: Request, body: CachedBytes) -> Response:
    """Cached bytes with their ETag, or 304 when the caller has them."""
    headers = {"etag": body.etag, "cache-control": FRESH, "vary": "x-tenant, x-tenant-id"}
    if body.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(bytes(body), 200, headers, media_type="application/json")


@router.get("/stores", dependencies=[SHOPPERS], response_model=StoresDocument)
async def stores(request: Request, who: CurrentCaller, runtime: Installation) -> Response:
    """The stores of the business and whether they are open."""

    async def make() -> bytes:
        async with runtime.transactions.begin(who.tenant, read_only=True) as uow:
            items = await open_stores(uow)
        return orjson.dumps({"items": items, "total": len(items), "limit": max(1, len(items)), "offset": 0})

    body = await runtime.cache.get_or_make(who.tenant.id, "stores", make, 10.0, (CATALOG_TOPIC,))
    return fresh_bytes(request, body)


@router.get("/catalog", dependencies=[SHOPPERS], response_model=CatalogDocument)
async def catalog(
    request: Request, who: CurrentCaller, runtime: Installation, store: StoreName = None
) -> Response:
    """What a store sells right now: categories, products, options, sold-out flags. Exact stock is never told."""
    return fresh_bytes(request, await catalogue_bytes(runtime, who.tenant, store))


@router.get("/catalog/search", dependencies=[SHOPPERS])
async def catalog_search(
    who: CurrentCaller,
    runtime: Installation,
    q: Annotated[str, Query(max_length=80, pattern=r"^[^\x00-\x1f]*$")],
    store: StoreName = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SearchDocument:
    """Products by name, description and tags; accents, beginnings of words and small slips do not matter."""
    found = await search_products(runtime, who.tenant, store, q, limit)
    return SearchDocument(
        items=[
            SearchHitDocument.model_validate({name: hit[name] for name in SearchHitDocument.model_fields})
            for hit in found
        ],
        total=len(found),
        limit=limit,
        offset=0,
    )


async def search_products(
    runtime: Runtime, tenant: Tenant, store: str | None, q: str, limit: int
) -> list[dict[str, Any]]:
    """Catalogue entries that fit a text, best first."""
    document = orjson.loads(memoryview(await catalogue_bytes(runtime, tenant, store)))
    products = {
        UUID(item["id"]): item for category in document["categories"] for item in category["products"]
    }
    entries: list[SearchEntry] = [
        entry(key, item["name"], " ".join([item["description"], *item["tags"]]))
        for key, item in products.items()
    ]
    return [products[hit.id] for hit in search(entries, q, limit)]


@router.get("/cep/{cep}", dependencies=[SHOPPERS])
async def postal_code(cep: str, runtime: Installation) -> CepDocument:
    """The address of a postal code. When nobody answers, at least the state of its range."""
    try:
        digits = parse_cep(cep)
    except InvalidCep:
        raise ValidationFailedError.at("/cep", "This is not a CEP of eight digits.") from None

    async def make() -> bytes:
        known = await runtime.providers.places.lookup_cep(digits)
        if known is None:
            return NOT_KNOWN
        return orjson.dumps([known.street, known.district, known.city, known.state])

    try:
        body = await runtime.cache.get_or_make(PLATFORM, f"cep:{digits}", make, CEP_KEPT_SECONDS, ())
        parts = orjson.loads(memoryview(body))
    except (ProviderUnavailable, ProviderRejected):
        parts = ["", "", city_of_cep(digits) or "", uf_of_cep(digits) or ""]
    if parts is None or not parts[3]:
        raise CepNotFoundError
    street, district, city, state = parts
    return CepDocument(
        postal_code=digits, street=street, district=district, city=city, state=state,
        source="street" if street else "range",
    )  # fmt: skip


@router.post("/shipping/quote", dependencies=[SHOPPERS], response_model=QuoteDocument)
async def shipping_quote(works: Works, body: QuoteRequest) -> Response:
    """What a delivery to an address costs, promised for half an hour."""
    return json_answer(await quote_freight(works, body.store_id, body.address))
