"""The panel's first page: today at a glance."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.web.dependencies import Allow, ReadUow, Words
from balcao.kernel.web.templates import panel_context, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.order_queries import today_figures
from balcao.modules.store.pages.store_choice import StoreChoice, choose_store
from balcao.modules.store.stock_queries import StockFilter, StockItemView, list_stock

router = APIRouter()
FIRST_HOUR, LAST_HOUR = 7, 23
STOCK_HINTS = 5


@router.get("/painel", dependencies=[Depends(Allow("store.orders:view"))])
async def today(
    request: Request, uow: ReadUow, words: Words, loja: Annotated[str, Query(max_length=36)] = ""
) -> Response:
    """Orders, sales, what waits, best sellers and what runs low, of one store or all in sight."""
    choice = await choose_store(uow, loja)
    figures = await today_figures(uow, choice.store_id)
    low, low_count = await _running_low(uow, choice)
    best = figures["best"]
    frame = panel_context(request, uow.tenant, uow.actor)
    frame |= {"stores": choice.entries(request, words), "live_url": "/painel/pedidos/eventos"}
    return render(
        request,
        "store/panel/today.html",
        **frame,
        now=uow.now(),
        here=f"/painel{choice.query()}",
        choice=choice,
        figures=figures,
        hours=_hours(figures["hours"]),
        best=[
            {
                "label": row["name"],
                "value": row["quantity"],
                "shown": str(row["quantity"]),
                "strong": row is best[0],
            }
            for row in best
        ],
        low=low,
        low_count=low_count,
    )


def _hours(counted: dict[int, int]) -> list[dict[str, Any]]:
    """One column an hour of the working day, more when orders came outside it."""
    first, last = min([FIRST_HOUR, *counted]), max([LAST_HOUR, *counted])
    return [
        {"label": f"{hour}h", "value": counted.get(hour, 0), "shown": str(counted.get(hour, 0))}
        for hour in range(first, last + 1)
    ]


async def _running_low(uow: UnitOfWork, choice: StoreChoice) -> tuple[list[StockItemView], int]:
    if not uow.actor.can("store.stock:view"):
        return [], 0
    page, totals = await list_stock(
        uow, StockFilter(store_id=choice.store_id, view="low"), PageQuery(limit=STOCK_HINTS)
    )
    return page.items, totals.low
