"""The shop: catalogue, freight, checkout, orders, stock."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission, RouteClass
from balcao.modules.store import models as models
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
from balcao.modules.store.demo.load import load_demo
from balcao.modules.store.figures import FIGURES
from balcao.modules.store.hot_doors import HOT_DOORS
from balcao.modules.store.jobs import forget_old_things, sweep_orders
from balcao.modules.store.order_contacts import note_how_order_ended, remember_buyer
from balcao.modules.store.order_messages import tell_buyer_of_new_order, tell_buyer_of_status
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
from balcao.modules.store.stock_messages import tell_owners_of_low_stock

PICTURES_BYTES = 25_000_000
"""Several pictures may come in one form."""

MODULE = Module(
    name="store",
    title="Shop",
    folder=Path(__file__).parent,
    routers=(
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
    ),
    pages=(
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
    ),
    hot_doors=HOT_DOORS,
    route_classes=(
        RouteClass("POST", "/checkout", "checkout"),
        RouteClass("POST", "/loja/{tenant}/{store}/finalizar", "checkout"),
        RouteClass("POST", "/shipping/quote", "quote"),
        RouteClass("POST", "/admin/catalog/products/{id}/pictures", "uploads"),
    ),
    upload_paths={"/admin/catalog": PICTURES_BYTES, "/painel/catalogo": PICTURES_BYTES},
    jobs=(sweep_orders, forget_old_things),
    task_words={
        "store.sweep_orders": "Closes and calls off orders whose time has come",
        "store.forget_old_things": "Forgets old carts and quotes",
        "reaction:store.tell_buyer_of_new_order": "Confirms an order to the buyer",
        "reaction:store.tell_buyer_of_status": "Tells the buyer that the order moved",
        "reaction:store.tell_owners_of_low_stock": "Tells the owners of low stock",
        "reaction:store.remember_buyer": "Notes the buyer in the contacts",
        "reaction:store.note_how_order_ended": "Notes in the contacts how an order ended",
    },
    metrics=(FIGURES,),
    demo=load_demo,
    reactions=(
        tell_buyer_of_new_order,
        tell_buyer_of_status,
        tell_owners_of_low_stock,
        remember_buyer,
        note_how_order_ended,
    ),
    permissions=(
        Permission("store.orders:view", "See orders"),
        Permission("store.orders:edit", "Move orders and confirm payments"),
        Permission("store.orders:cancel", "Cancel orders after they were confirmed"),
        Permission("store.catalog:view", "See the catalogue"),
        Permission("store.catalog:edit", "Change the catalogue"),
        Permission("store.stock:view", "See stock"),
        Permission("store.stock:edit", "Move and count stock"),
        Permission("store.stores:view", "See stores, hours and delivery areas"),
        Permission("store.stores:edit", "Change stores, hours and delivery areas"),
        Permission("store.customers:view", "See customers"),
    ),
    nav=(
        NavItem("Today", "/painel", "layout-dashboard", "store.orders:view", 0, of_shop=True),
        NavItem("Orders", "/painel/pedidos", "receipt-text", "store.orders:view", 10, of_shop=True),
        NavItem("Catalogue", "/painel/catalogo", "book-open", "store.catalog:view", 20, of_shop=True),
        NavItem("Stock", "/painel/estoque", "package", "store.stock:view", 30, of_shop=True),
        NavItem("Stores and delivery", "/painel/lojas", "store", "store.stores:view", 40, of_shop=True),
    ),
)
