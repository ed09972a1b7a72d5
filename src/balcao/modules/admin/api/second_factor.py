"""One's own second factor, and an owner's help for whoever lost theirs, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from balcao.kernel.web.dependencies import Allow, ReadUow, Uow, Works
from balcao.modules.admin.api.schemas import CLEAN, Password, PasswordAgain, example
from balcao.modules.admin.second_factor import (
    begin_enrolment,
    fresh_codes,
    person_of,
    reset_for,
    state_of,
    switch_off,
    switch_on,
)

router = APIRouter(tags=["auth"])
PERSON = Depends(Allow(people_only=True))
TypedCode = Annotated[str, Field(min_length=1, max_length=40, pattern=CLEAN)]


class SecondFactorState(BaseModel):
    """Whether it is on, since when, and how many recovery codes are left."""

    is_on: bool
    since: datetime | None
    recovery_codes_left: int


class SecondFactorSecret(BaseModel):
    """What an authenticator app needs; `otpauth_uri` is what the QR code says. Nothing is on until a code confirms it."""

    secret: str
    otpauth_uri: str


class Again(BaseModel):
    """The password once more; not needed within ten minutes of signing in."""

    model_config = example(current_password="balcao-demo")  # noqa: S106 - the demo's own
    current_password: PasswordAgain = None


class CodeInput(BaseModel):
    """A code of the authenticator app (or, where it says so, a recovery code), and the password once more, which is not
    needed within ten minutes of signing in."""

    model_config = example(code="123456", current_password="balcao-demo")  # noqa: S106 - the demo's own
    code: TypedCode
    current_password: PasswordAgain = None


class SwitchOff(BaseModel):
    """Password and code, so that an open browser is not enough."""

    model_config = example(password="balcao-demo", code="123456")  # noqa: S106 - the demo's own
    password: Password
    code: TypedCode


class RecoveryCodes(BaseModel):
    """Ten codes that open the account once each. Shown this once."""

    recovery_codes: list[str]


@router.get("/auth/second-factor", dependencies=[PERSON])
async def second_factor(uow: ReadUow) -> SecondFactorState:
    """How one's own second factor stands."""
    state = await state_of(uow, person_of(uow.actor))
    return SecondFactorState(is_on=state.is_on, since=state.since, recovery_codes_left=state.recovery_left)


@router.post("/auth/second-factor", status_code=201, dependencies=[PERSON])
async def enrol(works: Works, response: Response, body: Again | None = None) -> SecondFactorSecret:
    """Starts one: a secret for an authenticator app. 409 second_factor_on when there is one already, 403
    fresh_sign_in_required without the password ten minutes after signing in."""
    enrolment = await begin_enrolment(works, body.current_password if body else None)
    response.headers["cache-control"] = "no-store"
    return SecondFactorSecret(secret=enrolment.secret, otpauth_uri=enrolment.uri)


@router.post("/auth/second-factor/confirm", dependencies=[PERSON])
async def confirm(works: Works, response: Response, body: CodeInput) -> RecoveryCodes:
    """Switches it on with the app's first code; answers the recovery codes and ends the other sign-ins. 403
    fresh_sign_in_required without the password ten minutes after signing in."""
    codes = await switch_on(works, body.code, body.current_password)
    response.headers["cache-control"] = "no-store"
    return RecoveryCodes(recovery_codes=codes)


@router.post("/auth/second-factor/recovery-codes", dependencies=[PERSON])
async def new_recovery_codes(works: Works, response: Response, body: CodeInput) -> RecoveryCodes:
    """Ten new recovery codes; the old ones stop working. Takes a code of the app or an old recovery code. 403
    fresh_sign_in_required without the password ten minutes after signing in."""
    codes = await fresh_codes(works, body.code, body.current_password)
    response.headers["cache-control"] = "no-store"
    return RecoveryCodes(recovery_codes=codes)


@router.post("/auth/second-factor/off", status_code=204, dependencies=[PERSON])
async def off(works: Works, body: SwitchOff) -> None:
    """Switches it off, with password and code."""
    await switch_off(works, body.password, body.code)


@router.delete(
    "/admin/users/{user_id}/second-factor",
    status_code=204,
    dependencies=[Depends(Allow("admin.team:edit", people_only=True))],
)
async def reset(user_id: UUID, uow: Uow) -> None:
    """An owner resets it for a colleague who lost theirs. Their sign-ins end."""
    await reset_for(uow, user_id)
