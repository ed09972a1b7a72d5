"""How often one phone may order, beyond what the middleware counts per address; and the lane all orders go through."""

from __future__ import annotations

from balcao.kernel.rate_limit import Rule, Window

CHECKOUT_PER_PHONE = Rule("checkout_phone", (Window(5, 60),))
# The orders of a tenant want its number counter, and often the same goods.
ORDERS_LANE = "store.orders"
