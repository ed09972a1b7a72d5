"""What the module answers by HTTP: the API's routers and the pages, read when an application is made of them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from balcao.modules.store.api.admin_catalog import router as admin_catalog
from balcao.modules.store.api.admin_catalog_categories import router as admin_categories
from balcao.modules.store.api.admin_catalog_options import router as admin_options
from balcao.modules.store.api.admin_catalog_pictures import router as admin_pictures
from balcao.modules.store.api.admin_config import router as admin_config
from balcao.modules.store.api.admin_hours import router as admin_hours
from balcao.modules.store.api.admin_inventory import router as admin_inventory
from balcao.modules.store.api.admin_orders import router as admin_orders
from balcao.modules.store.api.admin_shipping import router as admin_shipping
from balcao.modules.store.api.admin_stores import router as admin_stores
from balcao.modules.store.api.checkout import router as checkout
from balcao.modules.store.api.public import router as public
from balcao.modules.store.hot_doors import HOT_DOORS as HOT_DOORS
from balcao.modules.store.pages.panel_business import router as panel_business
from balcao.modules.store.pages.panel_catalog import router as panel_catalog
from balcao.modules.store.pages.panel_catalog_categories import router as panel_categories
from balcao.modules.store.pages.panel_catalog_options import router as panel_options
from balcao.modules.store.pages.panel_catalog_pictures import router as panel_pictures
from balcao.modules.store.pages.panel_catalog_product import router as panel_product
from balcao.modules.store.pages.panel_orders import router as panel_orders
from balcao.modules.store.pages.panel_stock import router as panel_stock
from balcao.modules.store.pages.panel_store_areas import router as panel_store_areas
from balcao.modules.store.pages.panel_store_hours import router as panel_store_hours
from balcao.modules.store.pages.panel_stores import router as panel_stores
from balcao.modules.store.pages.panel_today import router as panel_today
from balcao.modules.store.pages.shop_about import router as shop_about
from balcao.modules.store.pages.shop_cart import router as shop_cart
from balcao.modules.store.pages.shop_checkout import router as shop_checkout
from balcao.modules.store.pages.shop_menu import router as shop_menu
from balcao.modules.store.pages.shop_order import router as shop_order

ROUTERS: Final[tuple[APIRouter, ...]] = (
    public,
    checkout,
    admin_orders,
    admin_inventory,
    admin_stores,
    admin_hours,
    admin_shipping,
    admin_config,
    admin_catalog,
    admin_categories,
    admin_options,
    admin_pictures,
)
PAGES: Final[tuple[APIRouter, ...]] = (
    panel_today,
    panel_orders,
    shop_order,
    shop_about,
    shop_menu,
    shop_cart,
    shop_checkout,
    panel_stock,
    panel_business,
    panel_stores,
    panel_store_hours,
    panel_store_areas,
    panel_catalog,
    panel_product,
    panel_pictures,
    panel_options,
    panel_categories,
)
