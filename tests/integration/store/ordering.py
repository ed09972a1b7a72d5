"""Short ways to order in tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.factories.shops import Shop

ADDRESS = {
    "postal_code": "01310-100", "street": "Avenida Paulista", "number": "1000", "district": "Bela Vista",
    "city": "São Paulo", "state": "SP",
}  # fmt: skip


def cart(shop: Shop, *items: tuple[str, int], **extra: Any) -> dict[str, Any]:
    """A pickup order in cash of products by name and quantity."""
    body: dict[str, Any] = {
        "store_id": str(shop.store_id),
        "fulfilment": "pickup",
        "customer": {"name": "Ana Souza", "phone": "(11) 98765-4321"},
        "items": [{"product_id": str(shop.products[name]), "quantity": quantity} for name, quantity in items],
        "payment": {"method": "cash"},
    }
    return {**body, **extra}


async def place(
    client: httpx.AsyncClient, shop: Shop, body: dict[str, Any], key: str | None = None
) -> httpx.Response:
    """POST /checkout with a key of its own unless one is given."""
    return await client.post(
        "/checkout", json=body, headers={**shop.headers, "Idempotency-Key": key or str(uuid4())}
    )


async def move(
    client: httpx.AsyncClient, shop: Shop, order_id: str, status: str, **extra: Any
) -> httpx.Response:
    """POST /admin/orders/{id}/status as the owner."""
    return await client.post(
        f"/admin/orders/{order_id}/status", json={"status": status, **extra}, headers=shop.staff
    )


async def ledger(shop: Shop, product: str) -> dict[str, Any]:
    """Stock row of a product and the sums of its movements."""
    from sqlalchemy import text

    async with shop.runtime.transactions.begin(shop.tenant, read_only=True) as uow:
        row = (
            (
                await uow.session.execute(
                    text(
                        "select s.id, s.on_hand, s.reserved, coalesce(sum(m.on_hand), 0) as sum_on_hand, "
                        "coalesce(sum(m.reserved), 0) as sum_reserved, count(m.id) filter (where m.kind = 'reserve') as reserves "
                        "from stock_items s left join stock_movements m on (m.tenant_id, m.stock_item_id) = (s.tenant_id, s.id) "
                        "where s.tenant_id = :tenant and s.sku_id = :sku group by s.tenant_id, s.id"
                    ),
                    {"tenant": shop.tenant.id, "sku": shop.skus[product]},
                )
            )
            .mappings()
            .one()
        )
    return {name: int(value) if not isinstance(value, UUID) else value for name, value in row.items()}
