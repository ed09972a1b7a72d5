"""A checkout written by hand: seven statements in one psycopg pipeline, without a server in front.

It is the floor of what the database takes for an order on this machine; nobody would maintain it.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from typing import Any
from uuid import uuid4

import psycopg
from psycopg_pool import AsyncConnectionPool

from balcao.kernel.ids import new_id

CONNECTIONS = 24
_KEY = "insert into sale_keys (key) values (%s) on conflict do nothing"
_PRICE = "select price_cents from goods where id = %s"
_TAKE = "update shelf set on_hand = on_hand - 1 where id = %s and on_hand >= 1"
_SALE = "insert into sales (id, goods_id, quantity, total_cents, phone) values (%s, %s, 1, 990, %s)"
_LINE = (
    "insert into sale_lines (id, sale_id, goods_id, quantity, unit_price_cents) values (%s, %s, %s, 1, 990)"
)
_PAYMENT = "insert into sale_payments (id, sale_id, amount_cents) values (%s, %s, 990)"
_JOB = "insert into sale_jobs (name, args) values ('placed', %s)"
_ANSWER = "update sale_keys set answer = %s where key = %s"


async def _sell(connection: psycopg.AsyncConnection, goods: int) -> None:
    sale, key = new_id(), str(uuid4())
    answer = f'{{"id": "{sale}"}}'
    async with connection.pipeline(), connection.transaction():
        await connection.execute(_KEY, (key,))
        await connection.execute(_PRICE, (goods,))
        await connection.execute(_SALE, (sale, goods, "+5511987654321"))
        await connection.execute(_LINE, (new_id(), sale, goods))
        await connection.execute(_PAYMENT, (new_id(), sale))
        await connection.execute(_JOB, (answer,))
        await connection.execute(_ANSWER, (answer, key))
        await connection.execute(_TAKE, (goods,))


async def _shopper(pool: AsyncConnectionPool[Any], until: float, spread: int) -> int:
    sold = 0
    while time.monotonic() < until:
        async with pool.connection() as connection:
            await _sell(connection, random.randint(1, spread))  # noqa: S311 - load, not secrets
        sold += 1
    return sold


async def sell_for(url: str, *, shoppers: int, seconds: float, spread: int) -> float:
    """Checkouts per second of that many shoppers over `spread` products, on as many connections as a server keeps."""
    options = {"autocommit": True, "prepare_threshold": 1}
    size = min(shoppers, CONNECTIONS)
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        url, open=False, min_size=size, max_size=size, kwargs=options
    )
    async with pool:
        await pool.wait()
        began = time.monotonic()
        sold = await asyncio.gather(*(_shopper(pool, began + seconds, spread) for _ in range(shoppers)))
        return sum(sold) / (time.monotonic() - began)


if __name__ == "__main__":
    _, address, shopper_count, duration, products = sys.argv
    rate = asyncio.run(
        sell_for(address, shoppers=int(shopper_count), seconds=float(duration), spread=int(products))
    )
    sys.stdout.write(f"{rate}\n")
