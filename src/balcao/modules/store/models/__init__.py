"""The tables of the shop."""

from balcao.modules.store.models.buying import Cart, Customer, Quote, TimeSlot
from balcao.modules.store.models.catalog import (
    Category,
    Option,
    OptionGroup,
    Product,
    ProductImage,
    ProductOptionGroup,
    Sku,
)
from balcao.modules.store.models.orders import Order, OrderCounter, OrderEvent, OrderLine
from balcao.modules.store.models.stock import StockDay, StockItem, StockMovement
from balcao.modules.store.models.stores import DeliveryArea, Store, StoreException, StoreHours, StorePause

__all__ = [
    "Cart",
    "Category",
    "Customer",
    "DeliveryArea",
    "Option",
    "OptionGroup",
    "Order",
    "OrderCounter",
    "OrderEvent",
    "OrderLine",
    "Product",
    "ProductImage",
    "ProductOptionGroup",
    "Quote",
    "Sku",
    "StockDay",
    "StockItem",
    "StockMovement",
    "Store",
    "StoreException",
    "StoreHours",
    "StorePause",
    "TimeSlot",
]
