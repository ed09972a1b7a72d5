"""The shop: catalogue, freight, checkout, orders, stock."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission, RouteClass
from balcao.modules.store import models as models
from balcao.modules.store.demo.load import load_demo
from balcao.modules.store.figures import FIGURES
from balcao.modules.store.jobs import forget_old_things, sweep_orders
from balcao.modules.store.order_contacts import note_how_order_ended, remember_buyer
from balcao.modules.store.order_messages import tell_buyer_of_new_order, tell_buyer_of_status
from balcao.modules.store.stock_messages import tell_owners_of_low_stock

PICTURES_BYTES = 25_000_000
"""Several pictures may come in one form."""

MODULE = Module(
    name="store",
    title="Shop",
    folder=Path(__file__).parent,
    routes="balcao.modules.store.routes",
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
