"""The first steps of a new business, each saved when it is taken, through the verbs the ordinary editors use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.plans import require_module
from balcao.kernel.runtime import Work
from balcao.kernel.tenant_settings import update_appearance
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.billing_profile import clean_profile, load_profile, save_profile
from balcao.modules.admin.models import BusinessProfile
from balcao.modules.admin.onboarding_rules import (
    ADDRESS,
    Known,
    is_needed,
    is_ready,
    leads_there,
    missing_by_step,
    next_step,
)
from balcao.modules.store.public import (
    FirstStore,
    OpenSpan,
    add_first_product,
    count_products,
    find_point,
    first_store,
    set_up_hours,
    set_up_pix,
    set_up_store,
    show_product,
)

SHOP: Final = "store"


class OnboardingOpenError(DomainError):
    """Some required step is not done; `missing` tells the fields by step."""

    code = "onboarding_open"
    title = "First steps unfinished."
    detail = "Something is still missing. Finish the steps that are open."


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far a business is: what is known, what its first store is like, and its profile."""

    known: Known
    profile: BusinessProfile
    store: FirstStore | None

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """The fields each step lacks."""
        return missing_by_step(self.known)

    @property
    def next_step(self) -> str:
        """Where to go on."""
        return next_step(self.known)

    @property
    def is_needed(self) -> bool:
        """Whether they are to be taken."""
        return is_needed(self.known)

    @property
    def is_ready(self) -> bool:
        """Whether nothing required is missing."""
        return is_ready(self.known)


async def first_steps(uow: UnitOfWork) -> FirstSteps:
    """How far the business is."""
    profile = await load_profile(uow.session, uow.tenant_id)
    with_shop = SHOP in uow.tenant.modules
    store = await first_store(uow) if with_shop else None
    address = store.address if store is not None and store.address["postal_code"] else profile.billing_address
    known = Known(
        name=uow.tenant.name, legal_name=profile.legal_name, document=profile.document,
        contact_email=profile.contact_email, contact_phone=profile.contact_phone, address=address,
        has_store=store is not None,
        open_weekdays=len({span.weekday for span in store.hours}) if store else (0 if with_shop else None),
        products=await count_products(uow) if with_shop else None, pix_key=store.pix_key if store else "",
        origin=profile.onboarding_origin, mode=profile.activation_mode, onboarded_at=profile.onboarded_at,
    )  # fmt: skip
    return FirstSteps(known, profile, store)


async def leads_to_first_steps(uow: UnitOfWork) -> bool:
    """Whether an owner who signs in is led to the first steps."""
    return leads_there((await first_steps(uow)).known)


async def save_business(work: Work, values: Mapping[str, Any]) -> None:
    """Name (as buyers see it), legal name and document. Raises validation."""
    wanted = {
        "legal_name": values["legal_name"],
        "document": values["document"],
        "trade_name": values["name"],
    }
    clean = _cleaned(wanted)
    errors = [
        {"pointer": f"/{name}", "message": message}
        for name, message in (
            ("legal_name", "Give the name that stands in the register."),
            ("document", "Give the CPF or CNPJ of the business."),
        )
        if not clean[name]
    ]
    if errors:
        raise ValidationFailedError(errors)
    # The name lies outside the walls between businesses, so it is written on its own; a wrong one stops here.
    runtime = work.runtime
    wanted = {"name": values["name"]}
    await update_appearance(runtime.database, runtime.bulletin, work.tenant.id, wanted, actor=work.actor)
    await work.run(lambda uow: save_profile(uow.session, uow.tenant_id, clean))


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The profile's own checks; a trade name that is wrong is told of the name it came from."""
    try:
        return clean_profile(values)
    except ValidationFailedError as error:
        errors = [
            {**item, "pointer": item["pointer"].replace("/trade_name", "/name")}
            for item in error.ext["errors"]
        ]
        raise ValidationFailedError(errors) from None


async def save_contact(work: Work, values: Mapping[str, Any]) -> None:
    """Whom to call. The telephone becomes that of a store that has none. Raises validation."""
    clean = _renamed(
        {f"contact_{name}": values.get(name, "") for name in ("name", "email", "phone")}, "contact_"
    )
    errors = [
        {"pointer": f"/{name}", "message": message}
        for name, message in (("email", "Give an e-mail address."), ("phone", "Give a telephone number."))
        if not clean[f"contact_{name}"]
    ]
    if errors:
        raise ValidationFailedError(errors)

    async def save(uow: UnitOfWork) -> None:
        await save_profile(uow.session, uow.tenant_id, clean)
        store = await first_store(uow) if SHOP in uow.tenant.modules else None
        if store is not None and not store.phone:
            await set_up_store(uow, store.name, {"phone": clean["contact_phone"]})

    await work.run(save)


def _renamed(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    try:
        return clean_profile(values)
    except ValidationFailedError as error:
        errors = [
            {**item, "pointer": item["pointer"].replace(f"/{prefix}", "/")} for item in error.ext["errors"]
        ]
        raise ValidationFailedError(errors) from None


async def save_address(work: Work, values: Mapping[str, Any]) -> None:
    """The address of the bill and of the first store, which is opened when there is none. Raises validation.

    The point on the map is that of the address, else of its CEP, else the one it had.
    """
    typed = {name: str(values.get(name, "")) for name in (*ADDRESS, "complement")}
    clean = _renamed({"billing_address": typed}, "billing_address/")
    missing = missing_by_step(Known("x", "x", "x", "x", "x", clean["billing_address"]))["address"]
    if missing:
        raise ValidationFailedError(
            [{"pointer": f"/{name}", "message": "This is needed."} for name in missing]
        )
    with_shop = SHOP in work.tenant.modules
    point = await find_point(work.runtime.providers.places, clean["billing_address"]) if with_shop else None

    async def save(uow: UnitOfWork) -> None:
        await save_profile(uow.session, uow.tenant_id, clean)
        if not with_shop:
            return
        place: dict[str, Any] = dict(clean["billing_address"])
        if point is not None:
            place |= {"latitude": point.lat, "longitude": point.lng}
        if await first_store(uow) is None:
            place["phone"] = (await load_profile(uow.session, uow.tenant_id)).contact_phone
        await set_up_store(uow, uow.tenant.name, place)

    await work.run(save)


async def save_hours(work: Work, week: Sequence[OpenSpan]) -> None:
    """When the first store is open: at least one weekday. Raises validation."""
    require_module(work.tenant, SHOP, reading=False)
    if not week:
        raise ValidationFailedError.at("/hours", "Open on at least one day of the week.")
    await work.run(lambda uow: set_up_hours(uow, uow.tenant.name, tuple(week)))


async def save_product(
    work: Work, name: str, price_cents: int, description: str = "", picture: bytes | None = None
) -> UUID:
    """The first product, with a picture when there is one. Raises validation and what pictures raise.

    A picture that cannot be used leaves the product without one: it is said, and the product stays.
    """
    require_module(work.tenant, SHOP, reading=False)
    product_id = await work.run(lambda uow: add_first_product(uow, name, price_cents, description))
    if picture:
        runtime = work.runtime
        await show_product(
            runtime.transactions, runtime.blobs, work.tenant, work.actor, product_id, picture,
            max_bytes=runtime.settings.upload_max_bytes,
        )  # fmt: skip
    return product_id


async def save_payment(work: Work, pix_key: str, pix_receiver: str) -> None:
    """The Pix key of the first store; an empty one takes Pix away. Raises validation."""
    require_module(work.tenant, SHOP, reading=False)
    await work.run(lambda uow: set_up_pix(uow, uow.tenant.name, pix_key, pix_receiver))


async def complete(work: Work) -> None:
    """Ends the first steps. Raises OnboardingOpenError while something required is missing."""

    async def end(uow: UnitOfWork) -> None:
        steps = await first_steps(uow)
        if not steps.is_ready:
            raise OnboardingOpenError(missing={step: list(fields) for step, fields in steps.missing.items()})
        await _end(uow)

    await work.run(end)


async def skip(work: Work) -> None:
    """Ends the first steps as they are: whoever knows the way uses the ordinary pages."""
    await work.run(_end)


async def _end(uow: UnitOfWork) -> None:
    await save_profile(uow.session, uow.tenant_id, {"onboarded_at": uow.now(), "activation_mode": "manual"})
