"""The first steps in the panel: one page for each, saved when it is sent, until the shop is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import time
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from balcao.brazil.currency import InvalidAmount, parse_brl
from balcao.brazil.phones import format_phone
from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError
from balcao.kernel.runtime import Work
from balcao.kernel.web.dependencies import Allow, ReadUow, Works, translator_of
from balcao.kernel.web.qr import qr_svg
from balcao.kernel.web.templates import panel_context, render
from balcao.modules.admin.api.onboarding import values_of
from balcao.modules.admin.onboarding import (
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
from balcao.modules.admin.onboarding_rules import OPTIONAL_STEPS, invites
from balcao.modules.admin.pages.forms import answer, errors_of, field_of, go
from balcao.modules.store.public import OpenSpan, trial_pix_code

router = APIRouter()
HERE: Final = "/painel/primeiros-passos"
EDIT = Depends(Allow("admin.onboarding:edit"))
# The steps by their word in the address, with the label of each.
WORDS: Final[Mapping[str, str]] = {
    "business": "negocio", "contact": "contato", "address": "endereco", "hours": "horarios", "product": "produto",
    "payment": "pagamento", "open": "pronto",
}  # fmt: skip
STEPS: Final = {word: step for step, word in WORDS.items()}
LABELS: Final[Mapping[str, str]] = {
    "business": "Business", "contact": "Contact", "address": "Address", "hours": "Hours", "product": "First product",
    "payment": "Pix", "open": "Open the shop",
}  # fmt: skip
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Weeks many shops have: (weekdays, opens, closes).
PRESETS: Final[Mapping[str, tuple[str, tuple[tuple[range, str, str], ...]]]] = {
    "office": ("Mon to Fri 9–18, Sat 9–13", ((range(5), "09:00", "18:00"), (range(5, 6), "09:00", "13:00"))),
    "daily": ("Every day 7–20", ((range(7), "07:00", "20:00"),)),
    "evening": ("Tue to Sun 18–23", ((range(1, 7), "18:00", "23:00"),)),
}
INTERVALS: Final = 2
Week = list[list[tuple[str, str]]]


def _preset(name: str) -> Week:
    week: Week = [[] for _ in range(7)]
    for days, opens, closes in PRESETS[name][1]:
        for weekday in days:
            week[weekday].append((opens, closes))
    return week


def _typed_week(form: FormData) -> Week:
    return [
        [
            (field_of(form, f"{weekday}-{at}-opens", 5), field_of(form, f"{weekday}-{at}-closes", 5))
            for at in range(INTERVALS)
        ]
        for weekday in range(7)
    ]


def _spans(week: Week) -> list[OpenSpan]:
    """The intervals that were typed. Raises validation for half of one."""
    spans: list[OpenSpan] = []
    for weekday, rows in enumerate(week):
        for opens, closes in rows:
            if not opens and not closes:
                continue
            try:
                spans.append(OpenSpan(weekday, time.fromisoformat(opens), time.fromisoformat(closes)))
            except ValueError:
                raise ValidationFailedError.at("/hours", "Give both times, opening and closing.") from None
    return spans


async def _frame(request: Request, work: Work) -> tuple[FirstSteps, dict[str, Any]]:
    """How far the business is, with what every page of the steps shows."""
    tenant = await work.runtime.tenants.find("id", str(work.tenant.id))
    async with work.runtime.transactions.begin(tenant, work.actor, read_only=True) as uow:
        steps = await first_steps(uow)
    words = translator_of(request)
    order = [*steps.missing, "open"]
    return steps, {
        **panel_context(request, tenant, work.actor),
        "order": order,
        "labels": [words(LABELS[step]) for step in order],
        "urls": {step: f"{HERE}/{WORDS[step]}" for step in order},
        "missing": {step: fields for step, fields in steps.missing.items() if fields},
        "optional_steps": OPTIONAL_STEPS,
        "is_ready": steps.is_ready,
        "is_done": steps.known.onboarded_at is not None,
        "shop_address": f"{work.runtime.settings.api_base_url}/loja/{tenant.slug}",
    }


async def _show(
    request: Request, work: Work, step: str, *, typed: Mapping[str, Any] | None = None, week: Week | None = None,
    error: DomainError | None = None,
) -> Response:  # fmt: skip
    steps, frame = await _frame(request, work)
    if step not in frame["order"]:
        raise NotFoundError
    words = translator_of(request)
    values = {**values_of(steps).get(step, {}), **(typed or {})}
    if step == "contact" and typed is None and values["phone"]:
        values["phone"] = format_phone(values["phone"])
    errors, problem = errors_of(words, error) if error is not None else ({}, "")
    code = trial_pix_code(steps.store) if steps.store and step in {"payment", "open"} else None
    return answer(
        request, "admin/onboarding/step.html", status=200 if error is None else error.status, **frame, step=step,
        values=values, errors=errors, problem=problem, days=_days(week or _week_of(steps)), weekdays=WEEKDAYS,
        presets=[(name, words(label)) for name, (label, _) in PRESETS.items()], pix_code=code,
        pix_qr=Markup(qr_svg(code)) if code else "",  # noqa: S704 - our own drawing
        shop_qr=Markup(qr_svg(frame["shop_address"])) if step == "open" else "",  # noqa: S704 - our own drawing
        following=frame["urls"][frame["order"][frame["order"].index(step) + 1]] if step != "open" else "",
    )  # fmt: skip


def _week_of(steps: FirstSteps) -> Week:
    week: Week = [[] for _ in range(7)]
    for span in steps.store.hours if steps.store else ():
        week[span.weekday].append((f"{span.opens:%H:%M}", f"{span.closes:%H:%M}"))
    return week


def _days(week: Week) -> Week:
    return [[*rows, *[("", "")] * (INTERVALS - len(rows))] for rows in week]


@router.get(HERE, dependencies=[EDIT])
async def start(request: Request, works: Works) -> Response:
    """On to the first step that lacks something."""
    steps, _ = await _frame(request, works)
    return go(request, f"{HERE}/{WORDS[steps.next_step]}")


@router.get(f"{HERE}/cartao", dependencies=[Depends(Allow())])
async def card(request: Request, uow: ReadUow) -> Response:
    """A card for the panel's first page, while something is missing; empty otherwise."""
    is_owner = uow.actor.can("admin.onboarding:edit")
    steps = await first_steps(uow) if is_owner else None
    if steps is None or not invites(steps.known):
        return Response(status_code=204)
    done = sum(1 for fields in steps.missing.values() if not fields)
    return render(
        request, "admin/onboarding/card.html", done=done, total=len(steps.missing), href=HERE,
    )  # fmt: skip


@router.get(f"{HERE}/{{word}}", dependencies=[EDIT])
async def step_page(request: Request, works: Works, word: str) -> Response:
    """One step."""
    if word not in STEPS:
        raise NotFoundError
    return await _show(request, works, STEPS[word])


async def _saved(
    request: Request, works: Work, step: str, typed: Mapping[str, Any], save: Callable[[], Awaitable[Any]],
    *, week: Week | None = None, stay: bool = False,
) -> Response:  # fmt: skip
    """Saves a step and goes on to the next, or shows it again with what is wrong."""
    try:
        await save()
    except DomainError as error:
        return await _show(request, works, step, typed=typed, week=week, error=error)
    _, frame = await _frame(request, works)
    order: list[str] = frame["order"]
    target = step if stay else order[order.index(step) + 1]
    return go(request, f"{HERE}/{WORDS[target]}", "saved")


@router.post(f"{HERE}/negocio", dependencies=[EDIT])
async def save_business_step(request: Request, works: Works) -> Response:
    """Saves names and document."""
    form = await request.form()
    typed = {name: field_of(form, name) for name in ("name", "legal_name", "document")}
    return await _saved(request, works, "business", typed, lambda: save_business(works, typed))


@router.post(f"{HERE}/contato", dependencies=[EDIT])
async def save_contact_step(request: Request, works: Works) -> Response:
    """Saves whom to call."""
    form = await request.form()
    typed = {name: field_of(form, name) for name in ("name", "email", "phone")}
    return await _saved(request, works, "contact", typed, lambda: save_contact(works, typed))


@router.post(f"{HERE}/endereco", dependencies=[EDIT])
async def save_address_step(request: Request, works: Works) -> Response:
    """Saves where it is."""
    form = await request.form()
    names = ("postal_code", "street", "number", "complement", "district", "city", "state")
    typed = {name: field_of(form, name) for name in names}
    return await _saved(request, works, "address", typed, lambda: save_address(works, typed))


@router.post(f"{HERE}/horarios", dependencies=[EDIT])
async def save_hours_step(request: Request, works: Works) -> Response:
    """Saves the week, or fills in one that many shops have."""
    form = await request.form()
    preset = field_of(form, "preset", 20)
    if preset in PRESETS:
        return await _show(request, works, "hours", week=_preset(preset))
    week = _typed_week(form)

    async def save() -> None:
        await save_hours(works, _spans(week))

    return await _saved(request, works, "hours", {}, save, week=week)


@router.post(f"{HERE}/produto", dependencies=[EDIT])
async def save_product_step(request: Request, works: Works) -> Response:
    """Adds the first product, with a picture when there is one; nothing typed goes on without."""
    form = await request.form()
    typed = {name: field_of(form, name) for name in ("name", "price", "description")}
    picture = await _picture(form, works)

    async def save() -> None:
        if not typed["name"]:
            raise ValidationFailedError.at("/name", "Give the product a name.")
        await save_product(works, typed["name"], _cents(typed["price"]), typed["description"], picture)

    return await _saved(request, works, "product", typed, save)


def _cents(text: str) -> int:
    try:
        cents = parse_brl(text)
    except InvalidAmount:
        cents = 0
    if cents <= 0:
        raise ValidationFailedError.at("/price", "Write a price such as 12,90.")
    return cents


async def _picture(form: FormData, work: Work) -> bytes | None:
    file = form.get("picture")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    return await file.read(work.runtime.settings.upload_max_bytes + 1)


@router.post(f"{HERE}/pagamento", dependencies=[EDIT])
async def save_payment_step(request: Request, works: Works) -> Response:
    """Saves the Pix key and stays, to show the code that tries it."""
    form = await request.form()
    typed = {name: field_of(form, name) for name in ("pix_key", "pix_receiver")}

    async def save() -> None:
        await save_payment(works, typed["pix_key"], typed["pix_receiver"])

    return await _saved(request, works, "payment", typed, save, stay=bool(typed["pix_key"]))


@router.post(f"{HERE}/pronto", dependencies=[EDIT])
async def finish(request: Request, works: Works) -> Response:
    """Ends the first steps."""
    try:
        await complete(works)
    except DomainError as error:
        return await _show(request, works, "open", error=error)
    return go(request, f"{HERE}/pronto", "onboarded")


@router.post(f"{HERE}/pular", dependencies=[EDIT])
async def leave(request: Request, works: Works) -> Response:
    """Ends the first steps as they are."""
    await skip(works)
    return go(request, "/painel")
