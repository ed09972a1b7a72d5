"""The one-page checkout as fields: what was typed becomes a request, and what is wrong becomes words beside a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from balcao.brazil.addresses import UFS, InvalidCep, parse_cep, uf_of_cep
from balcao.brazil.currency import InvalidAmount, parse_brl
from balcao.kernel.errors import DomainError
from balcao.kernel.i18n import Translator
from balcao.modules.store.cart import CartItem
from balcao.modules.store.checkout_command import AddressInput, CartRequest, CheckoutRequest

Fields = Mapping[str, str]
ADDRESS_FIELDS = ("postal_code", "street", "number", "district", "city", "state")
KEPT_AFTER_ORDER = frozenset(
    {"name", "phone", "email", "fulfilment", "complement", "payment", *ADDRESS_FIELDS}
)
DRAFT_FIELDS = (*sorted(KEPT_AFTER_ORDER), "change_for", "notes", "scheduled_for", "preorder_confirmed")
FORM_ORDER = ("phone", "name", "email", "fulfilment", "postal_code", "street", "number", "complement", "district", "city",
              "state", "scheduled_for", "preorder_confirmed", "payment", "change_for", "notes")  # fmt: skip
TYPED_MAX = 600

MISSING: Mapping[str, str] = {
    "phone": "Tell us your phone with area code.",
    "name": "Tell us your name.",
    "postal_code": "Tell us the CEP of the delivery.",
    "street": "Tell us the street.",
    "number": "Tell us the number of the house.",
    "district": "Tell us the district.",
    "city": "Tell us the city.",
    "state": "Tell us the state, like SP.",
    "payment": "Choose how to pay.",
    "fulfilment": "Choose delivery or pickup.",
}
WRONG: Mapping[str, str] = {
    "phone": "This is not a Brazilian phone number with area code.",
    "email": "This e-mail address is not complete.",
    "postal_code": "This is not a CEP of eight digits.",
    "state": "This is not a Brazilian state.",
    "change_for": "Write the amount like 50,00.",
    "scheduled_for": "Choose one of the times.",
}
_FIELD_OF: Mapping[tuple[str, ...], str] = {
    ("customer", "name"): "name", ("customer", "phone"): "phone", ("customer", "email"): "email",
    ("payment", "method"): "payment", ("payment", "change_for_cents"): "change_for",
    ("scheduled_for",): "scheduled_for", ("notes",): "notes", ("fulfilment",): "fulfilment",
}  # fmt: skip


def draft_of(typed: Fields) -> dict[str, str]:
    """What is kept of a typed form between two pages."""
    return {name: typed[name].strip()[:TYPED_MAX] for name in DRAFT_FIELDS if typed.get(name, "").strip()}


def missing_fields(typed: Fields, *, whole: bool) -> dict[str, str]:
    """Fields that must be filled and are not, each with its msgid; without `whole` only the address is asked for."""
    needed = ["phone", "name", "fulfilment", "payment"] if whole else []
    if typed.get("fulfilment") == "delivery":
        needed += ADDRESS_FIELDS
    return {name: MISSING[name] for name in needed if not typed.get(name, "").strip()}


def in_order_of_form(errors: Mapping[str, str], words: Translator) -> dict[str, str]:
    """The mistakes in the reader's language, from the top of the page down."""
    place = {name: position for position, name in enumerate(FORM_ORDER)}
    ordered = sorted(errors, key=lambda name: place.get(name, len(place)))
    return {name: words(errors[name]) for name in ordered}


def address_of(typed: Fields) -> AddressInput | None:
    """The delivery address, when it is complete and sound."""
    fields = {name: typed.get(name, "") for name in (*ADDRESS_FIELDS, "complement")}
    try:
        return AddressInput.model_validate(fields)
    except ValidationError:
        return None


def state_of_cep_when_other(typed: Fields) -> str | None:
    """The state that the typed CEP lies in, when another one was typed beside it. A warning, never a refusal."""
    if typed.get("fulfilment") != "delivery" or typed.get("state", "").strip().upper() not in UFS:
        return None
    try:
        state = uf_of_cep(parse_cep(typed.get("postal_code", "")))
    except InvalidCep:
        return None
    return state if state != typed["state"].strip().upper() else None


def cart_request(
    store_id: UUID,
    items: Sequence[CartItem],
    typed: Fields,
    address: AddressInput | None,
    quote_id: str | None,
) -> CartRequest:
    """The basket with what decides its price."""
    delivery = typed.get("fulfilment") == "delivery"
    return CartRequest.model_validate(
        {
            "store_id": store_id,
            "fulfilment": "delivery" if delivery else "pickup",
            "address": address if delivery else None,
            "quote_id": quote_id if delivery else None,
            "items": [item.as_json() for item in items],
        }
    )


def checkout_request(
    store_id: UUID, items: Sequence[CartItem], typed: Fields, quote_id: str | None
) -> CheckoutRequest:
    """The whole order as typed. Raises FormProblem with a msgid for each field that is missing or wrong."""
    problems = missing_fields(typed, whole=True)
    delivery = typed.get("fulfilment") == "delivery"
    payment: dict[str, Any] = {"method": typed.get("payment", "")}
    if typed.get("payment") == "cash" and typed.get("change_for", "").strip():
        try:
            payment["change_for_cents"] = parse_brl(typed["change_for"])
        except InvalidAmount:
            problems["change_for"] = WRONG["change_for"]
    body: dict[str, Any] = {
        "store_id": store_id,
        "fulfilment": typed.get("fulfilment", ""),
        "customer": {name: typed.get(name, "") for name in ("name", "phone", "email")},
        "items": [item.as_json() for item in items],
        "payment": payment,
        "scheduled_for": typed.get("scheduled_for") or None,
        "preorder_confirmed": typed.get("preorder_confirmed") == "1",
        "notes": typed.get("notes", ""),
    }
    if delivery:
        body["address"] = {name: typed.get(name, "") for name in (*ADDRESS_FIELDS, "complement")}
        body["quote_id"] = quote_id
    expected = typed.get("expected_total_cents", "")
    if expected.isdecimal() and len(expected) < 16:
        body["expected_total_cents"] = int(expected)
    try:
        request = CheckoutRequest.model_validate(body)
    except ValidationError as error:
        raise FormProblem({**_wrong_fields(error), **problems}) from error
    if problems:
        raise FormProblem(problems)
    return request


class FormProblem(Exception):  # noqa: N818 - what happened to a form, shown beside its fields
    """Fields that need attention: `fields` is msgid by field name."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__(", ".join(fields))


def _wrong_fields(error: ValidationError) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for item in error.errors():
        path: tuple[str, ...] = tuple(str(part) for part in item["loc"])
        first = path[0] if path else ""
        name = path[1] if first == "address" and len(path) > 1 else _FIELD_OF.get(path[:2], first)
        wrong[name] = WRONG.get(name, "This text is too long or has characters that cannot be used.")
    return wrong


def alert_of(words: Translator, error: DomainError, now_text: str | None) -> dict[str, Any]:
    """A refusal as a notice: what happened, and in a list what exactly. `now_text` is the new total, when known."""
    facts = error.ext
    lines: list[str] = []
    for item in facts.get("items", ()):
        name = item.get("name") or words("A product")
        if error.code == "insufficient_stock":
            lines.append(words("{name}: {n} left", name=name, n=item["available"]))
        elif item.get("reason") == "order_ahead":
            lines.append(words("{name}: order {n} days ahead", name=name, n=item["lead_days"]))
        else:
            lines.append(name)
    if error.code == "min_order":
        lines.append(words("Add {amount} more to order.", amount=words.money(facts["missing_cents"])))
    if error.code == "total_changed" and now_text:
        lines.append(words("The total is now {amount}.", amount=now_text))
    if error.code == "preorder_confirm_required" and facts.get("next_opening"):
        opening = datetime.fromisoformat(facts["next_opening"])
        lines.append(words("Next opening: {when}", when=words.moment(opening)))
    return {"title": words(error.message, **error.params), "lines": lines, "code": error.code}
