"""Static Pix: a code paid straight into the account of the business, with no provider and no network.

Nobody reports such a payment, so a person confirms it by the reference in the bank statement.
"""

import asyncio

from balcao.brazil.pix_code import InvalidPixCode, encode_static, fit_message
from balcao.kernel.web.qr import qr_svg
from balcao.ports.errors import ProviderRejected
from balcao.ports.payments import (
    Charge,
    ChargeRequest,
    ChargeStatus,
    PixPayload,
    PixReceiver,
    Refund,
    RefundRequest,
    RefundStatus,
)


class PixStatic:
    """Makes Pix codes for the key in each request; the payer's bank does the rest."""

    name = "pix_static"
    confirms_automatically = False

    async def create_charge(self, request: ChargeRequest) -> Charge:
        """The code and its QR. Raises ProviderRejected("pix_receiver") without a receiver, or with the reason why a
        code cannot be made of the request."""
        if request.receiver is None:
            raise ProviderRejected("pix_receiver")
        try:
            code = _code(request, request.receiver)
        except InvalidPixCode as error:
            raise ProviderRejected(error.reason) from error
        # Drawing takes some 15 ms: long enough to keep other requests waiting.
        svg = await asyncio.to_thread(qr_svg, code)
        return Charge(
            provider_charge_id=request.reference,
            status=ChargeStatus.PENDING,
            amount_cents=request.amount_cents,
            pix=PixPayload(copy_paste=code, qr_svg=svg),
            expires_at=request.expires_at,
        )

    async def fetch_charge(self, provider_charge_id: str) -> Charge:
        """Always ProviderRejected("payment_manual"): there is nobody to ask."""
        raise ProviderRejected("payment_manual", provider_charge_id)

    async def cancel_charge(self, provider_charge_id: str) -> bool:
        """Always False: a static code stays payable for whoever kept it."""
        del provider_charge_id
        return False

    async def refund(self, request: RefundRequest) -> Refund:
        """A refund that the business makes in its own bank's app."""
        return Refund(str(request.refund_id), RefundStatus.MANUAL, request.amount_cents)


def _code(request: ChargeRequest, receiver: PixReceiver) -> str:
    return encode_static(
        receiver.key,
        receiver.name,
        receiver.city,
        request.amount_cents,
        request.reference,
        # A courtesy on the payer's screen: it gives way where a long key leaves no room.
        fit_message(receiver.key, request.description),
    )
