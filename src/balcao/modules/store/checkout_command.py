"""What a buyer asks for: the body of preview and checkout, checked field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from balcao.brazil.addresses import UFS, InvalidCep, parse_cep
from balcao.brazil.documents import InvalidDocument, parse_document
from balcao.brazil.phones import InvalidPhone, parse_phone
from balcao.kernel.money import LINES_MAX, PRICE_MAX_CENTS, QUANTITY_MAX

FulfilmentName = Literal["delivery", "pickup"]
MethodName = Literal["pix", "pix_online", "card_online", "cash", "card_on_delivery", "meal_voucher"]
OPTIONS_MAX = 60
TOTAL_MAX_CENTS = LINES_MAX * QUANTITY_MAX * 2 * PRICE_MAX_CENTS + PRICE_MAX_CENTS
"""No cart can cost more: full lines at the highest unit and option prices, and the dearest freight."""


def _plain(text: str) -> str:
    """Refuses control characters and lone surrogates; outer spaces go. Emoji and every script are welcome."""
    if any(ord(char) < 32 or 0x7F <= ord(char) <= 0x9F or 0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise ValueError("This text has characters that cannot be used.")
    return text.strip()


def _lines(text: str) -> str:
    """Like plain text, but line breaks may stay."""
    return "\n".join(_plain(line) for line in text.replace("\r\n", "\n").split("\n")).strip()


def _phone(text: str) -> str:
    try:
        return parse_phone(text)
    except InvalidPhone:
        raise ValueError("This is not a Brazilian phone number with area code.") from None


def _document(text: str) -> str:
    try:
        return parse_document(text).value
    except InvalidDocument:
        raise ValueError("This CPF or CNPJ is not valid.") from None


def _cep(text: str) -> str:
    try:
        return parse_cep(text)
    except InvalidCep:
        raise ValueError("This is not a CEP of eight digits.") from None


def _state(text: str) -> str:
    if text.upper() not in UFS:
        raise ValueError("This is not a Brazilian state.")
    return text.upper()


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Name = Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=80)]
Place = Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=80)]
Street = Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=120)]
HouseNumber = Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=20)]


class Body(BaseModel):
    """Unknown fields are refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Notes = Annotated[str, Field(max_length=500), AfterValidator(_lines)]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]


class AddressInput(Body):
    """Where to deliver."""

    postal_code: Annotated[str, AfterValidator(_cep), Field(max_length=20, examples=["01001-000"])]
    street: Street
    number: HouseNumber
    district: Place
    city: Place
    state: Annotated[str, AfterValidator(_state), Field(max_length=2)]
    complement: Annotated[str, AfterValidator(_plain), Field(max_length=80)] = ""
    reference: Annotated[str, AfterValidator(_plain), Field(max_length=120)] = ""
    lat: Annotated[Coordinate, Field(ge=-90, le=90)] | None = None
    lng: Annotated[Coordinate, Field(ge=-180, le=180)] | None = None


class CustomerInput(Body):
    """Who buys. The phone is the key; e-mail and document are optional."""

    name: Name
    phone: Annotated[str, AfterValidator(_phone), Field(max_length=30, examples=["(11) 98765-4321"])]
    email: Annotated[
        Annotated[str, AfterValidator(_plain), Field(max_length=120, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
        | None,
        BeforeValidator(_empty_is_none),
    ] = None
    document: Annotated[
        Annotated[str, AfterValidator(_document), Field(max_length=30)] | None,
        BeforeValidator(_empty_is_none),
    ] = None


class OptionInput(Body):
    """A chosen option and how many of it on each unit."""

    option_id: UUID
    quantity: Annotated[int, Field(ge=1, le=99, strict=True)] = 1


class ItemInput(Body):
    """A line of the cart."""

    product_id: UUID
    sku_id: UUID | None = None
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX, strict=True)]
    notes: Annotated[str, Field(max_length=200), AfterValidator(_lines)] = ""
    options: Annotated[list[OptionInput], Field(max_length=OPTIONS_MAX)] = []


class PaymentInput(Body):
    """How the buyer pays; `change_for_cents` is the note the courier must bring change for."""

    method: MethodName
    change_for_cents: Annotated[int, Field(ge=0, le=PRICE_MAX_CENTS, strict=True)] | None = None


EXAMPLE: dict[str, Any] = {
    "store_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00001",
    "fulfilment": "pickup",
    "customer": {"name": "Ana Souza", "phone": "(11) 98765-4321"},
    "items": [{"product_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00002", "quantity": 2, "options": []}],
    "payment": {"method": "pix"},
    "expected_total_cents": 2580,
}


class CartBody(Body):
    """What preview and checkout share: everything the price depends on."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"example": EXAMPLE})

    store_id: UUID
    fulfilment: FulfilmentName
    quote_id: UUID | None = None
    address: AddressInput | None = None
    items: Annotated[list[ItemInput], Field(min_length=1, max_length=LINES_MAX)]
    coupon_code: Annotated[str, AfterValidator(_plain), Field(max_length=32)] | None = None
    scheduled_for: AwareDatetime | None = None
    preorder_confirmed: bool = False
    expected_total_cents: Annotated[int, Field(ge=0, le=TOTAL_MAX_CENTS, strict=True)] | None = None
    notes: Notes = ""

    @model_validator(mode="after")
    def _address_fits(self) -> Self:
        if self.fulfilment == "pickup" and (self.address is not None or self.quote_id is not None):
            raise ValueError("An order to be picked up has no delivery address and no freight.")
        return self


class CartRequest(CartBody):
    """A cart to be priced; who buys and how they pay may still be unknown."""

    customer: CustomerInput | None = None
    payment: PaymentInput | None = None


class CheckoutRequest(CartBody):
    """A whole order."""

    customer: CustomerInput
    payment: PaymentInput

    @model_validator(mode="after")
    def _delivery_has_address(self) -> Self:
        if self.fulfilment == "delivery" and self.address is None:
            raise ValueError("A delivery needs an address.")
        return self
