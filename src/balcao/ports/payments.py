"""Asking to be paid, and giving money back, through whoever moves it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class ChargeStatus(StrEnum):
    """Where a charge stands at the provider."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELED = "canceled"
    REFUNDED_PARTIAL = "refunded_partial"
    REFUNDED = "refunded"
    IN_DISPUTE = "in_dispute"


class RefundStatus(StrEnum):
    """Where a refund stands. MANUAL: the business sends the money itself, outside the program."""

    PENDING = "pending"
    DONE = "done"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class PixReceiver:
    """Who is paid, for providers that hold no account of the business: a Pix key and what the payer reads."""

    key: str
    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as far as it is known; `document` is a clean CPF or CNPJ."""

    name: str
    email: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """One amount to be paid once.

    `charge_id` is ours and makes repeats safe; `reference` (1-25 letters and digits) is what the business finds in
    its bank statement; `expires_at` is an aware UTC time.
    """

    charge_id: UUID
    reference: str
    amount_cents: int
    description: str = ""
    receiver: PixReceiver | None = None
    payer: Payer | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PixPayload:
    """What a payer needs: the text for the bank's app and the same as a picture (a whole SVG element)."""

    copy_paste: str
    qr_svg: str


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the provider knows it; the payer pays by `pix` or on the page at `redirect_url`."""

    provider_charge_id: str
    status: ChargeStatus
    amount_cents: int
    pix: PixPayload | None = None
    redirect_url: str | None = None
    expires_at: datetime | None = None
    captured_cents: int = 0
    refunded_cents: int = 0


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to give back from one charge; `refund_id` is ours and makes repeats safe."""

    refund_id: UUID
    provider_charge_id: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as the provider knows it."""

    provider_refund_id: str
    status: RefundStatus
    amount_cents: int


class PaymentProvider(Protocol):
    """A way to be paid. Every method raises ProviderRejected or ProviderUnavailable (see `ports.errors`)."""

    @property
    def name(self) -> str:
        """The name it is chosen by in the settings."""
        ...

    @property
    def confirms_automatically(self) -> bool:
        """Whether the provider tells when a charge is paid; if not, a person confirms it."""
        ...

    async def create_charge(self, request: ChargeRequest) -> Charge:
        """Ask for the money. The same `charge_id` again gives the same charge."""
        ...

    async def fetch_charge(self, provider_charge_id: str) -> Charge:
        """The charge as it stands now."""
        ...

    async def cancel_charge(self, provider_charge_id: str) -> bool:
        """Withdraw an unpaid charge. True when the provider will refuse it from now on; False when a payer who
        kept the code can still pay, so that a late payment must be expected."""
        ...

    async def refund(self, request: RefundRequest) -> Refund:
        """Give money back. The same `refund_id` again gives the same refund."""
        ...
