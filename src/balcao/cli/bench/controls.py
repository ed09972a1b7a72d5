"""The controls: programs that do as little as one can, each an ASGI application made by a factory.

They run on the same interpreter, server and database as ours, so that a ratio says what our extra work costs.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Response
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, MetaData, String, Table, Uuid, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as PlainResponse
from starlette.routing import Route

from balcao.kernel.db.engine import sqlalchemy_url
from balcao.kernel.ids import new_id

URL_VARIABLE = "BENCH_DATABASE_URL"
BODY = orjson.dumps({"items": ["x" * 56] * 500})  # about 30 KB

SCHEMA = """
create table if not exists goods (
  id bigint primary key, code text not null, name text not null, description text not null, price_cents bigint not null,
  availability text not null, position bigint not null, picture text not null);
create table if not exists shelf (id bigint primary key, on_hand bigint not null check (on_hand >= 0));
create table if not exists sales (id uuid primary key, goods_id bigint not null, quantity bigint not null,
  total_cents bigint not null, phone text not null);
create table if not exists sale_lines (id uuid primary key, sale_id uuid not null references sales, goods_id bigint not null,
  quantity bigint not null, unit_price_cents bigint not null);
create table if not exists sale_keys (key text primary key, answer jsonb);
create table if not exists sale_payments (id uuid primary key, sale_id uuid not null references sales, amount_cents bigint not null);
create table if not exists sale_jobs (id bigserial primary key, name text not null, args jsonb not null);
insert into goods select n, 'P' || n, 'Produto ' || n, 'Uma descrição de produto com algumas palavras a mais ' || n,
  500 + n, 'available', n, '/media/' || n || '.webp' from generate_series(1, 50) n on conflict do nothing;
insert into shelf select n, 1000000000 from generate_series(1, 64) n on conflict do nothing;
"""

_metadata = MetaData()
_goods = Table(
    "goods", _metadata, Column("id", BigInteger, primary_key=True), Column("code", String), Column("name", String),
    Column("description", String), Column("price_cents", BigInteger), Column("availability", String),
    Column("position", BigInteger), Column("picture", String),
)  # fmt: skip
_shelf = Table("shelf", _metadata, Column("id", BigInteger, primary_key=True), Column("on_hand", BigInteger))
_sales = Table(
    "sales", _metadata, Column("id", Uuid, primary_key=True), Column("goods_id", BigInteger),
    Column("quantity", BigInteger), Column("total_cents", BigInteger), Column("phone", String),
)  # fmt: skip


def make_tables(database_url: str) -> None:
    """The controls' own tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SCHEMA)


class Good(BaseModel):
    """A row of the list."""

    id: int
    code: str
    name: str
    description: str
    price_cents: int
    availability: str
    position: int
    picture: str


class Goods(BaseModel):
    """The list."""

    items: list[Good]


class Sale(BaseModel):
    """What the bare checkout is sent."""

    goods_id: int
    quantity: int
    phone: str


class SaleDone(BaseModel):
    """What it answers."""

    id: str
    total_cents: int


def _engine() -> AsyncEngine:
    return create_async_engine(sqlalchemy_url(os.environ[URL_VARIABLE]), pool_size=16, max_overflow=16)


def bare() -> Starlette:
    """Thirty kilobytes from memory, and nothing else."""

    async def answer(_request: Request) -> PlainResponse:
        return PlainResponse(BODY, media_type="application/json")

    return Starlette(routes=[Route("/", answer)])


def rows() -> FastAPI:
    """FastAPI as its tutorial has it: SQLAlchemy Core, 50 rows through `response_model`; and a checkout without rules."""
    engine = _engine()
    app = FastAPI()

    @app.get("/", response_model=Goods)
    async def goods() -> Any:  # pyright: ignore[reportUnusedFunction]
        async with engine.connect() as connection:
            found = await connection.execute(select(_goods).order_by(_goods.c.position))
            return {"items": [dict(row) for row in found.mappings()]}

    @app.post("/checkout", response_model=SaleDone, status_code=201)
    async def checkout(sale: Sale) -> Any:  # pyright: ignore[reportUnusedFunction]
        sale_id = new_id()
        async with engine.begin() as connection:
            taken = update(_shelf).where(_shelf.c.id == sale.goods_id, _shelf.c.on_hand >= sale.quantity)
            await connection.execute(taken.values(on_hand=_shelf.c.on_hand - sale.quantity))
            total = sale.quantity * 990
            row = {"id": sale_id, "goods_id": sale.goods_id, "quantity": sale.quantity, "total_cents": total}
            await connection.execute(insert(_sales).values(**row, phone=sale.phone))
        return {"id": str(sale_id), "total_cents": total}

    return app


def psycopg_rows() -> FastAPI:
    """FastAPI as a route only: 50 rows by psycopg, dumped by orjson."""
    pool = AsyncConnectionPool(os.environ[URL_VARIABLE], min_size=4, max_size=16, open=False)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        await pool.open()
        try:
            yield
        finally:
            await pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def goods() -> Response:  # pyright: ignore[reportUnusedFunction]
        async with pool.connection() as connection:
            cursor = await connection.execute(
                "select id, code, name, description, price_cents, availability, position, picture "
                "from goods order by position"
            )
            names = [column.name for column in cursor.description or ()]
            items = [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
        return Response(orjson.dumps({"items": items}), media_type="application/json")

    return app
