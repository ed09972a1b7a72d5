"""The shop: catalogue, freight, checkout, orders, stock."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission
from balcao.modules.store import models as models
from balcao.modules.store.api.admin_orders import router as admin_orders
from balcao.modules.store.api.checkout import router as checkout
from balcao.modules.store.jobs import forget_old_things, sweep_orders
from balcao.modules.store.order_messages import tell_buyer_of_new_order, tell_buyer_of_status

MODULE = Module(
    name="store",
    title="Shop",
    folder=Path(__file__).parent,
    routers=(checkout, admin_orders),
    jobs=(sweep_orders, forget_old_things),
    reactions=(tell_buyer_of_new_order, tell_buyer_of_status),
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
        NavItem("Today", "/painel", "layout-dashboard", "store.orders:view", 0),
        NavItem("Orders", "/painel/pedidos", "clipboard-list", "store.orders:view", 10),
        NavItem("Catalogue", "/painel/catalogo", "book-open", "store.catalog:view", 20),
        NavItem("Stock", "/painel/estoque", "package", "store.stock:view", 30),
        NavItem("Stores and delivery", "/painel/lojas", "store", "store.stores:view", 40),
    ),
)
