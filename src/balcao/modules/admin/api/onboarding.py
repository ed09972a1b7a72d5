"""The first steps of a business over HTTP: how far it is, one PUT for each step, and the end."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, field_validator

from balcao.brazil.documents import format_document, parse_document
from balcao.kernel.web.dependencies import Allow, Works
from balcao.kernel.web.qr import qr_svg
from balcao.modules.admin.api.schemas import CLEAN, example
from balcao.modules.admin.onboarding import (
    SHOP,
    FirstSteps,
    complete,
    first_steps,
    save_address,
    save_business,
    save_contact,
    save_hours,
    save_payment,
    save_product,
    skip,
)
from balcao.modules.admin.onboarding_rules import OPTIONAL_STEPS
from balcao.modules.store.public import OpenSpan, trial_pix_code

router = APIRouter(prefix="/admin/onboarding", tags=["onboarding"])
EDIT = Depends(Allow("admin.onboarding:edit"))
Text = Annotated[str, Field(max_length=300, pattern=CLEAN)]


class StepView(BaseModel):
    """One step: what it lacks, and whether the shop may open without it."""

    name: str
    is_done: bool
    is_required: bool
    missing: list[str]
    values: dict[str, Any]


class TestPix(BaseModel):
    """A Pix of one centavo to the key, to try it with."""

    copy_paste: str
    qr_svg: str


class Onboarding(BaseModel):
    """How far the business is. `needed`: the first steps are to be taken; `next` is where to go on."""

    needed: bool
    ready: bool
    next: str
    onboarded_at: datetime | None
    activation_mode: str
    steps: list[StepView]
    test_pix: TestPix | None
    shop_url: str | None


class BusinessIn(BaseModel):
    """The name buyers see, the registered one, and the CPF or CNPJ (letters included)."""

    model_config = example(name="Padaria do Zé", legal_name="José da Silva ME", document="12.ABC.345/01DE-35")
    name: Text
    legal_name: Text
    document: Text


class ContactIn(BaseModel):
    """Whom to call."""

    model_config = example(name="José", email="ze@padaria.example", phone="(11) 98765-4321")
    name: Text = ""
    email: Text
    phone: Text


class AddressIn(BaseModel):
    """Where the shop is and the bill goes."""

    model_config = example(
        postal_code="01310-100", street="Avenida Paulista", number="1000", district="Bela Vista", city="São Paulo",
        state="SP",
    )  # fmt: skip
    postal_code: Text
    street: Text = ""
    number: Text
    complement: Text = ""
    district: Text = ""
    city: Text
    state: Text


class SpanIn(BaseModel):
    """An interval of a weekday, 0 is Monday. Closing at or before opening is the next day's."""

    model_config = ConfigDict(extra="forbid")
    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: time
    closes: time

    @field_validator("opens", "closes")
    @classmethod
    def _whole_minutes(cls, value: time) -> time:
        if value.tzinfo is not None or value.second or value.microsecond:
            raise ValueError("This must be a time of day.")
        return value


class HoursIn(BaseModel):
    """The week."""

    model_config = example(hours=[{"weekday": 0, "opens": "08:00", "closes": "18:00"}])
    hours: Annotated[list[SpanIn], Field(min_length=1, max_length=42)]


class ProductIn(BaseModel):
    """The first thing to sell. Its price is in centavos; pictures go to the product's own address."""

    model_config = example(name="Pão francês", price_cents=90, description="Saído do forno às seis.")
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=CLEAN)]
    price_cents: Annotated[int, Field(ge=1, le=100_000_000)]
    description: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""


class PaymentIn(BaseModel):
    """The Pix key and whose account it is; an empty key means no Pix."""

    model_config = example(pix_key="ze@padaria.example", pix_receiver="José da Silva")
    pix_key: Text
    pix_receiver: Text = ""


def values_of(steps: FirstSteps) -> dict[str, dict[str, Any]]:
    """What each step shows of what is known."""
    profile, store = steps.profile, steps.store
    document = format_document(parse_document(profile.document)) if profile.document else ""
    values: dict[str, dict[str, Any]] = {
        "business": {"name": steps.known.name, "legal_name": profile.legal_name, "document": document},
        "contact": {
            "name": profile.contact_name, "email": profile.contact_email, "phone": profile.contact_phone
        },
        "address": dict(steps.known.address),
        "hours": {"hours": [
            {"weekday": span.weekday, "opens": f"{span.opens:%H:%M}", "closes": f"{span.closes:%H:%M}"}
            for span in (store.hours if store else ())
        ]},
        "product": {"products": steps.known.products or 0},
        "payment": {"pix_key": store.pix_key if store else "", "pix_receiver": store.pix_receiver if store else ""},
    }  # fmt: skip
    return {name: values[name] for name in steps.missing}


async def _state(works: Works) -> Onboarding:
    # Names may have changed a moment ago, so the business is asked anew.
    tenant = await works.runtime.tenants.find("id", str(works.tenant.id))
    async with works.runtime.transactions.begin(tenant, works.actor, read_only=True) as uow:
        steps = await first_steps(uow)
    values = values_of(steps)
    code = trial_pix_code(steps.store) if steps.store else None
    base = works.runtime.settings.api_base_url
    return Onboarding(
        needed=steps.is_needed, ready=steps.is_ready, next=steps.next_step, onboarded_at=steps.known.onboarded_at,
        activation_mode=steps.known.mode,
        steps=[
            StepView(
                name=name, is_done=not missing, is_required=name not in OPTIONAL_STEPS, missing=list(missing),
                values=values[name],
            )
            for name, missing in steps.missing.items()
        ],
        test_pix=TestPix(copy_paste=code, qr_svg=qr_svg(code)) if code else None,
        shop_url=f"{base}/loja/{tenant.slug}" if SHOP in tenant.modules else None,
    )  # fmt: skip


@router.get("", dependencies=[EDIT])
async def state(works: Works) -> Onboarding:
    """How far the business is, and what each step lacks."""
    return await _state(works)


@router.put("/business", dependencies=[EDIT])
async def business(works: Works, body: BusinessIn) -> Onboarding:
    """Names and document."""
    await save_business(works, body.model_dump())
    return await _state(works)


@router.put("/contact", dependencies=[EDIT])
async def contact(works: Works, body: ContactIn) -> Onboarding:
    """Whom to call."""
    await save_contact(works, body.model_dump())
    return await _state(works)


@router.put("/address", dependencies=[EDIT])
async def address(works: Works, body: AddressIn) -> Onboarding:
    """Where it is; opens the first store when there is none."""
    await save_address(works, body.model_dump())
    return await _state(works)


@router.put("/hours", dependencies=[EDIT])
async def hours(works: Works, body: HoursIn) -> Onboarding:
    """When the first store is open."""
    await save_hours(works, [OpenSpan(span.weekday, span.opens, span.closes) for span in body.hours])
    return await _state(works)


@router.put("/product", dependencies=[EDIT])
async def product(works: Works, body: ProductIn) -> Onboarding:
    """The first product. Sent again, it adds another one."""
    product_id: UUID = await save_product(works, body.name, body.price_cents, body.description)
    state = await _state(works)
    for step in state.steps:
        if step.name == "product":
            step.values["product_id"] = str(product_id)
    return state


@router.put("/payment", dependencies=[EDIT])
async def payment(works: Works, body: PaymentIn) -> Onboarding:
    """The Pix key, with a code of one centavo to try it."""
    await save_payment(works, body.pix_key, body.pix_receiver)
    return await _state(works)


@router.post("/complete", dependencies=[EDIT])
async def end(works: Works) -> Onboarding:
    """Ends the first steps. 409 onboarding_open while something required is missing."""
    await complete(works)
    return await _state(works)


@router.post("/skip", dependencies=[EDIT])
async def leave(works: Works) -> Onboarding:
    """Ends the first steps as they are."""
    await skip(works)
    return await _state(works)
