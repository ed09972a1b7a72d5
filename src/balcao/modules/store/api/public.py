"""What a buyer's browser asks first: stores, catalogue, search, postal codes, freight."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from balcao.brazil.addresses import InvalidCep, parse_cep
from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.web.dependencies import CurrentCaller, Installation, Public, Works
from balcao.kernel.web.hot_answers import ready_response
from balcao.kernel.web.json_answer import json_answer
from balcao.modules.store.api.schemas_public import (
    CatalogDocument,
    CepDocument,
    QuoteDocument,
    SearchDocument,
    StoresDocument,
)
from balcao.modules.store.catalog_queries import catalogue_bytes
from balcao.modules.store.checkout_command import AddressInput
from balcao.modules.store.freight import quote_freight
from balcao.modules.store.places_lookup import lookup_cep
from balcao.modules.store.search_queries import search_bytes
from balcao.modules.store.store_queries import stores_bytes

router = APIRouter(tags=["shop"])
SHOPPERS = Depends(Public("the shop window is for everybody"))
StoreName = Annotated[
    str | None, Query(max_length=80, pattern=r"^[^\x00-\x1f]+$", description="slug, id or name")
]


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


@router.get("/stores", dependencies=[SHOPPERS], response_model=StoresDocument)
async def stores(
    request: Request, who: CurrentCaller, runtime: Installation, page: Annotated[PageQuery, Query()]
) -> Response:
    """The stores of the business and whether they are open."""
    body = await stores_bytes(runtime, who.tenant, page.limit, page.offset)
    return ready_response(body, request.headers.get("if-none-match"))


@router.get("/catalog", dependencies=[SHOPPERS], response_model=CatalogDocument)
async def catalog(
    request: Request, who: CurrentCaller, runtime: Installation, store: StoreName = None
) -> Response:
    """What a store sells right now: categories, products, options, sold-out flags. Exact stock is never told."""
    body = await catalogue_bytes(runtime, who.tenant, store)
    return ready_response(body, request.headers.get("if-none-match"))


@router.get("/catalog/search", dependencies=[SHOPPERS], response_model=SearchDocument)
async def catalog_search(
    request: Request,
    who: CurrentCaller,
    runtime: Installation,
    page: Annotated[PageQuery, Query()],
    q: Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f]*$")],
    store: StoreName = None,
) -> Response:
    """Products by name, description, tags and code; accents, beginnings of words and small slips do not matter."""
    body = await search_bytes(runtime, who.tenant, store, q, limit=page.limit, offset=page.offset)
    return ready_response(body, request.headers.get("if-none-match"))


@router.get("/cep/{cep}", dependencies=[SHOPPERS])
async def postal_code(cep: str, runtime: Installation) -> CepDocument:
    """The address of a postal code. When nobody answers, at least the state of its range."""
    try:
        digits = parse_cep(cep)
    except InvalidCep:
        raise ValidationFailedError.at("/cep", "This is not a CEP of eight digits.") from None
    return CepDocument.model_validate(await lookup_cep(runtime, digits), from_attributes=True)


@router.post("/shipping/quote", dependencies=[SHOPPERS], response_model=QuoteDocument)
async def shipping_quote(works: Works, body: QuoteRequest) -> Response:
    """What a delivery to an address costs, promised for half an hour."""
    return json_answer(await quote_freight(works, body.store_id, body.address))
