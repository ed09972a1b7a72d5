"""How often one phone may order, beyond what the middleware counts per address."""

from __future__ import annotations

from balcao.kernel.rate_limit import Rule, Window

CHECKOUT_PER_PHONE = Rule("checkout_phone", (Window(5, 60),))
