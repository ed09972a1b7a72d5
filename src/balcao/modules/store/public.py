"""What other modules may use of the shop."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from balcao.kernel.work import UnitOfWork
from balcao.modules.store.audit_subjects import shop_subjects as shop_subjects
from balcao.modules.store.documents import order_document as order_document
from balcao.modules.store.documents import product_documents as product_documents
from balcao.modules.store.documents import stock_document as stock_document
from balcao.modules.store.documents import store_pause_document as store_pause_document
from balcao.modules.store.events import OrderPlaced as OrderPlaced
from balcao.modules.store.events import OrderStatusChanged as OrderStatusChanged
from balcao.modules.store.events import ProductsChanged as ProductsChanged
from balcao.modules.store.events import StockLow as StockLow
from balcao.modules.store.events import StorePauseChanged as StorePauseChanged
from balcao.modules.store.first_store import FirstStore as FirstStore
from balcao.modules.store.first_store import OpenSpan as OpenSpan
from balcao.modules.store.first_store import add_first_product as add_first_product
from balcao.modules.store.first_store import count_products as count_products
from balcao.modules.store.first_store import find_point as find_point
from balcao.modules.store.first_store import first_store as first_store
from balcao.modules.store.first_store import set_up_hours as set_up_hours
from balcao.modules.store.first_store import set_up_pix as set_up_pix
from balcao.modules.store.first_store import set_up_store as set_up_store
from balcao.modules.store.first_store import show_product as show_product
from balcao.modules.store.first_store import trial_pix_code as trial_pix_code
from balcao.modules.store.models import Store
from balcao.modules.store.platform_figures import sales_of_all as sales_of_all
from balcao.modules.store.platform_figures import stores_count as stores_count
from balcao.modules.store.product_pictures import PURPOSE

PICTURES_AREA = PURPOSE
"""Where pictures of products are stored."""


async def store_names(uow: UnitOfWork) -> list[tuple[UUID, str]]:
    """Id and name of every store of the business, in its order."""
    rows = await uow.session.execute(
        select(Store.id, Store.name)
        .where(Store.tenant_id == uow.tenant_id)
        .order_by(Store.position, Store.name)
    )
    return [(row.id, row.name) for row in rows]
