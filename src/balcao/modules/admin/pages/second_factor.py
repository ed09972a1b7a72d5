"""One's own second factor in the panel: the QR code, the recovery codes, switching it off."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.identity.second_factor import SecondFactorOnError
from balcao.kernel.web.dependencies import Allow, CurrentCaller, Uow, Words, Works
from balcao.kernel.web.qr import qr_svg
from balcao.kernel.web.templates import panel_context
from balcao.modules.admin.fresh_sign_in import is_fresh
from balcao.modules.admin.pages.account import show_account
from balcao.modules.admin.pages.forms import answer, field_of, go, secret_of
from balcao.modules.admin.pages.password_again import status_of, told
from balcao.modules.admin.second_factor import (
    begin_enrolment,
    fresh_codes,
    person_of,
    reset_for,
    state_of,
    switch_off,
    switch_on,
    waiting_enrolment,
)

router = APIRouter()
PERSON = Depends(Allow(people_only=True))
ACCOUNT = "/painel/conta"
HERE = f"{ACCOUNT}/segundo-fator"


async def _page(
    request: Request,
    works: Works,
    words: Any,
    *,
    error: DomainError | None = None,
    act: str = "",
    codes: Sequence[str] = (),
) -> Response:
    """The page as it stands: an enrolment that waits, or what there is to do with one that is on."""
    async with works.runtime.transactions.begin(works.tenant, works.actor, read_only=True) as uow:
        state = await state_of(uow, person_of(works.actor))
        enrolment = None if state.is_on else await waiting_enrolment(uow, works.runtime)
    if not state.is_on and enrolment is None:
        return go(request, ACCOUNT)
    response = answer(
        request, "admin/second_factor.html", status=status_of(error),
        **panel_context(request, works.tenant, works.actor), factor=state, codes=codes, act=act, **told(words, error),
        is_fresh=is_fresh(works.actor, works.runtime.clock()), qr=qr_svg(enrolment.uri) if enrolment else "",
        secret=_in_fours(enrolment.secret) if enrolment else "",
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    if error is not None:
        response.headers.update(error.headers)
    return response


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@router.get(HERE, dependencies=[PERSON])
async def second_factor_page(request: Request, works: Works, words: Words) -> Response:
    """The QR code until the first code confirms it; afterwards recovery codes and the way out."""
    return await _page(request, works, words)


@router.post(f"{HERE}/comecar", dependencies=[PERSON])
async def start_form(request: Request, works: Works, who: CurrentCaller, words: Words) -> Response:
    """Makes a secret and shows it."""
    password = secret_of(await request.form(), "current_password")
    try:
        with suppress(SecondFactorOnError):  # switched on in another window: its page says so
            await begin_enrolment(works, password)
    except DomainError as error:
        return await show_account(request, works.runtime, who, words, error=error, act="start")
    return go(request, HERE)


@router.post(f"{HERE}/confirmar", dependencies=[PERSON])
async def confirm_form(request: Request, works: Works, words: Words) -> Response:
    """Switches it on with the first code, and shows the recovery codes this once."""
    form = await request.form()
    try:
        codes = await switch_on(works, field_of(form, "code", 40), secret_of(form, "current_password"))
    except DomainError as error:
        return await _page(request, works, words, error=error, act="confirm")
    return await _page(request, works, words, codes=codes)


@router.post(f"{HERE}/codigos", dependencies=[PERSON])
async def codes_form(request: Request, works: Works, words: Words) -> Response:
    """Ten new recovery codes, shown this once."""
    form = await request.form()
    try:
        codes = await fresh_codes(works, field_of(form, "code", 40), secret_of(form, "current_password"))
    except DomainError as error:
        return await _page(request, works, words, error=error, act="codes")
    return await _page(request, works, words, codes=codes)


@router.post(f"{HERE}/desligar", dependencies=[PERSON])
async def off_form(request: Request, works: Works, words: Words) -> Response:
    """Switches it off."""
    form = await request.form()
    try:
        await switch_off(works, secret_of(form, "password"), field_of(form, "code", 40))
    except DomainError as error:
        return await _page(request, works, words, error=error, act="off")
    return go(request, ACCOUNT, "second_factor_off")


@router.post(
    "/painel/equipe/pessoas/{person_id}/segundo-fator/zerar",
    dependencies=[Depends(Allow("admin.team:edit", people_only=True))],
)
async def reset_form(request: Request, uow: Uow, person_id: UUID) -> Response:
    """An owner resets it for a colleague."""
    try:
        await reset_for(uow, person_id)
    except NotFoundError:
        return go(request, f"/painel/equipe/pessoas/{person_id}")
    return go(request, f"/painel/equipe/pessoas/{person_id}", "second_factor_reset")
