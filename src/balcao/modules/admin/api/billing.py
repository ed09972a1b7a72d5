"""What the billing system tells, and what an owner sees of their own plan."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from balcao.kernel.errors import UnauthenticatedError
from balcao.kernel.observability.logging import security_log
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.dependencies import Allow, Installation, Public, ReadUow, Uow, Words
from balcao.modules.admin.api.central_schemas import ProfileBody
from balcao.modules.admin.billing_bodies import IntakeMessage, StatusMessage
from balcao.modules.admin.billing_events import Told, apply_intake, apply_status
from balcao.modules.admin.billing_overview import BillingView, billing_view
from balcao.modules.admin.billing_profile import (
    ProfileView,
    clean_profile,
    load_profile,
    profile_view,
    save_profile,
)
from balcao.modules.admin.billing_signature import is_from_billing

router = APIRouter(tags=["billing"])
SIGNED = Depends(Public("the signature says who it is"))
VIEW, EDIT = Depends(Allow("admin.billing:view")), Depends(Allow("admin.billing:edit"))
Message = TypeVar("Message", bound=BaseModel)


class StatusTaken(BaseModel):
    """What became of the message: `applied`, or `stale` when a newer one came first. `repeat`: it was known."""

    tenant_id: UUID | None
    slug: str
    outcome: str
    repeat: bool


class IntakeTaken(StatusTaken):
    """`created`: the business is new with this message."""

    created: bool


def _documented(model: type[BaseModel]) -> dict[str, Any]:
    """The raw body is read, because the signature covers its bytes; the document names its shape all the same."""
    schema = model.model_json_schema()
    header: dict[str, Any] = {"in": "header", "required": False, "schema": {"type": "string"}}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "parameters": [
            header | {"name": "X-Signature", "description": "hex of HMAC-SHA256 over X-Timestamp, a dot and the body"},
            header | {"name": "X-Timestamp", "description": "seconds since 1970; five minutes either way are accepted"},
        ],
    }  # fmt: skip


async def _told(request: Request, runtime: Runtime, model: type[Message]) -> tuple[Message, bytes]:
    """The message of whoever holds a secret. 401 without a word for anybody else, 422 for a body that does not fit."""
    body, settings = await request.body(), runtime.settings
    known = is_from_billing(
        settings.billing_secrets, body, signature=request.headers.get("x-signature", ""),
        timestamp=request.headers.get("x-timestamp", ""), now=runtime.clock(), legacy=settings.billing_webhook_legacy,
    )  # fmt: skip
    if not known:
        security_log.warning("signature_refused", of="billing")
        raise BillingSignatureError
    try:
        message = model.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(
            [{**item, "loc": ("body", *item["loc"])} for item in error.errors(include_url=False)]
        ) from None
    is_signed_with_time = bool(request.headers.get("x-timestamp", "").strip())
    if is_signed_with_time and getattr(message, "event_id", None) is None:
        fault = {"type": "missing", "loc": ("body", "event_id"), "msg": "Field required", "input": None}
        raise RequestValidationError([fault])
    return message, body


class BillingSignatureError(UnauthenticatedError):
    """The signature, or its time stamp, does not fit. What of it is not said."""

    code = "signature_invalid"
    title = "Signature not valid."
    detail = "This message is not accepted."


def _answer(told: Told) -> dict[str, Any]:
    return {
        "tenant_id": told.tenant_id,
        "slug": told.slug,
        "outcome": told.outcome,
        "repeat": told.is_repeat,
    }


@router.post("/billing/webhook/status", dependencies=[SIGNED], openapi_extra=_documented(StatusMessage))
async def status_webhook(request: Request, runtime: Installation) -> StatusTaken:
    """Takes a subscription's new state from the billing system: signed, once per event id, never out of order."""
    message, body = await _told(request, runtime, StatusMessage)
    return StatusTaken(**_answer(await apply_status(runtime, message, body)))


@router.post("/billing/webhook/intake", dependencies=[SIGNED], openapi_extra=_documented(IntakeMessage))
async def intake_webhook(request: Request, runtime: Installation) -> IntakeTaken:
    """Takes a sale: makes or updates the business and its plan, and invites the owner."""
    message, body = await _told(request, runtime, IntakeMessage)
    told = await apply_intake(runtime, message, body)
    return IntakeTaken(**_answer(told), created=told.created)


@router.get("/admin/billing", dependencies=[VIEW])
async def my_plan(uow: ReadUow, runtime: Installation, words: Words) -> BillingView:
    """One's own plan: status, period, what is included, limits and their use. It changes through billing alone."""
    return await billing_view(uow, runtime.modules, words)


@router.get("/admin/billing/profile", dependencies=[VIEW])
async def my_profile(uow: ReadUow) -> ProfileView:
    """The legal person, contacts and billing address of the business."""
    return profile_view(await load_profile(uow.session, uow.tenant_id))


@router.put("/admin/billing/profile", dependencies=[EDIT])
async def put_my_profile(uow: Uow, body: ProfileBody) -> ProfileView:
    """Sets what is given of the billing profile; what is left out stays. CPF and CNPJ are checked."""
    await save_profile(uow.session, uow.tenant_id, clean_profile(body.given()))
    return profile_view(await load_profile(uow.session, uow.tenant_id))
