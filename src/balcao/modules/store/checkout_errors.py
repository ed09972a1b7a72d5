"""Why a cart cannot become an order, each with its own code."""

from __future__ import annotations

from balcao.kernel.errors import DomainError


class InsufficientStockError(DomainError):
    """Less is left than asked for; `items` lists product, name, requested and available."""

    code = "insufficient_stock"
    title = "Not enough in stock."
    detail = "There is not enough of something in your basket."


class ItemUnavailableError(DomainError):
    """Something in the cart cannot be bought (now); `items` lists product and reason."""

    code = "item_unavailable"
    title = "Item unavailable."
    detail = "Something in your basket is not available."


class OptionRuleError(DomainError):
    """The chosen options break a limit of their group."""

    status = 422
    code = "option_rule"
    title = "Options do not fit."
    detail = "Check the options you chose."


class CouponInvalidError(DomainError):
    """The coupon cannot be used; `reason` says why."""

    status = 422
    code = "coupon_invalid"
    title = "Coupon not valid."
    detail = "This coupon is not valid."


class StoreClosedError(DomainError):
    """The store is closed and takes no orders for later; `next_opening` says when it opens."""

    code = "store_closed"
    title = "Store closed."
    detail = "The shop is closed right now."


class PreorderConfirmRequiredError(DomainError):
    """The store is closed; the buyer has to agree to an order for `next_opening`."""

    code = "preorder_confirm_required"
    title = "Order for later to be confirmed."
    detail = "The shop is closed now. Confirm that you want to order for later."


class SlotUnavailableError(DomainError):
    """The wished time is none the store offers; `problem` says why."""

    code = "slot_unavailable"
    title = "Time slot unavailable."
    detail = "The shop does not take orders for this time."


class SlotFullError(DomainError):
    """The slot has no room left."""

    code = "slot_full"
    title = "Time slot full."
    detail = "This time is full. Choose another one."


class ShippingUnavailableError(DomainError):
    """No delivery to there, or none at all; `reason` says which."""

    code = "shipping_unavailable"
    title = "No delivery there."
    detail = "The shop does not deliver there."


class QuoteExpiredError(DomainError):
    """The freight was quoted too long ago, for another address, or under other fees."""

    code = "quote_expired"
    title = "Freight expired."
    detail = "The freight has to be calculated again."


class MinOrderError(DomainError):
    """The cart is under the area's minimum; `missing_cents` says by how much."""

    status = 422
    code = "min_order"
    title = "Below the minimum order."
    detail = "Your order is below the minimum for this delivery."


class TotalChangedError(DomainError):
    """The total is not the one the buyer saw; `breakdown` is the new one. Nothing was written."""

    code = "total_changed"
    title = "Total changed."
    detail = "A price changed. Look at the new total and confirm again."
