"""Webhooks in the panel: the addresses, their log, and sending again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.runtime import Work
from balcao.kernel.web.dependencies import Allow, ReadUow, Uow, Works, translator_of
from balcao.kernel.web.templates import panel_context
from balcao.kernel.work import UnitOfWork
from balcao.modules.admin.pages.forms import answer, errors_of, field_of, go
from balcao.modules.admin.webhook_deliveries import (
    delivery_detail,
    endpoint_view,
    list_deliveries,
    list_endpoints,
    redeliver,
    redeliver_all,
)
from balcao.modules.admin.webhook_endpoints import (
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    ping,
    rotate_secret,
)
from balcao.modules.admin.webhook_events import ALL, EVENTS, GROUPS, PING

router = APIRouter()
HERE: Final = "/painel/webhooks"
# Orders and buyers of every store go out by them.
VIEW = Depends(Allow("admin.webhooks:view", every_store=True))
EDIT = Depends(Allow("admin.webhooks:edit", every_store=True))
# How a delivery stands, with the tone of its badge.
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("Being sent", "info"),
    "delivered": ("Delivered", "done"),
    "failed": ("Not delivered", "stop"),
    "held": ("Put aside", "waits"),
}
ENDPOINT_STATES: Final[Mapping[str, tuple[str, str | None]]] = {
    "on": ("On", "done"),
    "off": ("Off", None),
    "stopped": ("Stopped", "stop"),
}
EVENT_WORDS: Final[Mapping[str, str]] = {**EVENTS, PING: "A test"}
PROBLEMS: Final[Mapping[str, str]] = {
    "status": "It answered with an error.",
    "redirect": "It sent us elsewhere; redirects are not followed.",
    "timeout": "It did not answer within ten seconds.",
    "refused": "Nobody was there.",
    "tls": "Its certificate is not valid.",
    "name_unknown": "Nobody knows this name.",
    "broken": "The line broke off.",
    "webhook_address": "The address lies in a private network, or is not https.",
    "secret_lost": "Its secret can no longer be read. Make a new one.",
}
BLANK: Final[dict[str, Any]] = {"url": "", "description": "", "events": ["order.*"], "version": ""}


def _choices(words: Translator, chosen: list[str]) -> list[dict[str, Any]]:
    """The boxes to tick, by group."""
    return [
        {
            "value": group,
            "label": words(label),
            "checked": group in chosen or ALL in chosen,
            "events": [
                {"value": event, "label": words(text), "checked": event in chosen}
                for event, text in EVENTS.items()
                if event.startswith(group[:-1])
            ],
        }
        for group, label in GROUPS.items()
    ]


def _typed(form: FormData) -> dict[str, Any]:
    return {
        "url": field_of(form, "url", 600),
        "description": field_of(form, "description", 200),
        "events": [str(value)[:40] for value in form.getlist("events")[:40]],
    }


def _form(
    request: Request, work: Work, values: Mapping[str, Any], error: DomainError | None = None
) -> Response:
    words = translator_of(request)
    errors, problem = errors_of(words, error) if error is not None else ({}, "")
    return answer(
        request, "admin/webhooks/new.html", status=200 if error is None else error.status,
        **panel_context(request, work.tenant, work.actor), values=values, errors=errors, problem=problem,
        choices=_choices(words, list(values["events"])),
    )  # fmt: skip


@router.get(HERE, dependencies=[VIEW])
async def endpoints_page(request: Request, uow: ReadUow) -> Response:
    """The addresses, and what waits for each."""
    return answer(
        request, "admin/webhooks/list.html", **panel_context(request, uow.tenant, uow.actor),
        endpoints=await list_endpoints(uow), states=ENDPOINT_STATES,
    )  # fmt: skip


@router.get(f"{HERE}/novo", dependencies=[EDIT])
async def new_page(request: Request, works: Works) -> Response:
    """An empty form."""
    return _form(request, works, BLANK)


@router.post(f"{HERE}/novo", dependencies=[EDIT])
async def make(request: Request, works: Works) -> Response:
    """Adds an address and shows its secret, this once."""
    values = _typed(await request.form())
    try:
        made = await create_endpoint(works, values)
    except DomainError as error:
        return _form(request, works, values, error)
    return await works.run(lambda uow: _show(request, uow, made.id, secret=made.secret))


async def _show(
    request: Request, uow: UnitOfWork, endpoint_id: UUID, *, secret: str = "", values: Mapping[str, Any] | None = None,
    error: DomainError | None = None,
) -> Response:  # fmt: skip
    words = translator_of(request)
    endpoint = await endpoint_view(uow, endpoint_id)
    state = request.query_params.get("estado", "")
    page = await list_deliveries(
        uow, endpoint_id, limit=20, cursor=_cursor(request), status=state if state in STATES else None
    )
    errors, problem = errors_of(words, error) if error is not None else ({}, "")
    shown = dict(values or endpoint.model_dump(include={"url", "description", "events"}))
    return answer(
        request, "admin/webhooks/endpoint.html", status=200 if error is None else error.status,
        **panel_context(request, uow.tenant, uow.actor), endpoint=endpoint, page=page, secret=secret, values=shown,
        choices=_choices(words, list(shown["events"])), errors=errors, problem=problem, states=STATES, state=state,
        endpoint_states=ENDPOINT_STATES, problems=PROBLEMS, event_words=EVENT_WORDS, here=f"{HERE}/{endpoint_id}",
    )  # fmt: skip


def _cursor(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params["abaixo"])
    except (KeyError, ValueError):
        return None


@router.get(f"{HERE}/{{endpoint_id}}", dependencies=[VIEW])
async def endpoint_page(request: Request, uow: ReadUow, endpoint_id: UUID) -> Response:
    """One address and its log."""
    return await _show(request, uow, endpoint_id)


@router.post(f"{HERE}/{{endpoint_id}}", dependencies=[EDIT])
async def save(request: Request, works: Works, endpoint_id: UUID) -> Response:
    """Saves what was typed."""
    form = await request.form()
    values, version = _typed(form), field_of(form, "version", 12)
    try:
        await change_endpoint(works, endpoint_id, values, int(version) if version.isdecimal() else None)
    except NotFoundError:
        raise
    except DomainError as error:
        refused = error
        return await works.run(lambda uow: _show(request, uow, endpoint_id, values=values, error=refused))
    return go(request, f"{HERE}/{endpoint_id}", "saved")


@router.post(f"{HERE}/{{endpoint_id}}/ligar", dependencies=[EDIT])
async def switch_on(request: Request, works: Works, endpoint_id: UUID) -> Response:
    """Switches an address on, also one that was stopped."""
    await change_endpoint(works, endpoint_id, {"status": "on"}, None)
    return go(request, f"{HERE}/{endpoint_id}", "saved")


@router.post(f"{HERE}/{{endpoint_id}}/desligar", dependencies=[EDIT])
async def switch_off(request: Request, works: Works, endpoint_id: UUID) -> Response:
    """Switches an address off: it hears of nothing meanwhile."""
    await change_endpoint(works, endpoint_id, {"status": "off"}, None)
    return go(request, f"{HERE}/{endpoint_id}", "saved")


@router.post(f"{HERE}/{{endpoint_id}}/novo-segredo", dependencies=[EDIT])
async def rotate(request: Request, works: Works, endpoint_id: UUID) -> Response:
    """Makes a new secret and shows it, this once."""
    made = await rotate_secret(works, endpoint_id)
    return await works.run(lambda uow: _show(request, uow, endpoint_id, secret=made.secret))


@router.post(f"{HERE}/{{endpoint_id}}/testar", dependencies=[EDIT])
async def test_ping(request: Request, uow: Uow, endpoint_id: UUID) -> Response:
    """Sends a test message."""
    await ping(uow, endpoint_id)
    return go(request, f"{HERE}/{endpoint_id}", "webhook_pinged")


@router.post(f"{HERE}/{{endpoint_id}}/reenviar", dependencies=[EDIT])
async def send_all_again(request: Request, works: Works, endpoint_id: UUID) -> Response:
    """Sends again what failed or was put aside."""
    return await _again(
        request, works, endpoint_id, lambda uow: redeliver_all(uow, endpoint_id), f"{HERE}/{endpoint_id}"
    )


@router.post(f"{HERE}/{{endpoint_id}}/entregas/{{delivery_id}}/reenviar", dependencies=[EDIT])
async def send_again(request: Request, works: Works, endpoint_id: UUID, delivery_id: UUID) -> Response:
    """Sends one again."""
    return await _again(
        request, works, endpoint_id, lambda uow: redeliver(uow, endpoint_id, delivery_id),
        f"{HERE}/{endpoint_id}/entregas/{delivery_id}",
    )  # fmt: skip


async def _again(
    request: Request,
    works: Works,
    endpoint_id: UUID,
    verb: Callable[[UnitOfWork], Awaitable[Any]],
    target: str,
) -> Response:
    try:
        await works.run(verb)
    except NotFoundError:
        raise
    except DomainError as error:
        refused = error
        return await works.run(lambda uow: _show(request, uow, endpoint_id, error=refused))
    return go(request, target, "webhook_again")


@router.post(f"{HERE}/{{endpoint_id}}/excluir", dependencies=[EDIT])
async def delete(request: Request, works: Works, endpoint_id: UUID) -> Response:
    """Removes an address with its log."""
    await delete_endpoint(works, endpoint_id)
    return go(request, HERE, "webhook_deleted")


@router.get(f"{HERE}/{{endpoint_id}}/entregas/{{delivery_id}}", dependencies=[VIEW])
async def delivery_page(request: Request, uow: ReadUow, endpoint_id: UUID, delivery_id: UUID) -> Response:
    """One delivery: the document that is sent, and every try."""
    delivery = await delivery_detail(uow, endpoint_id, delivery_id)
    return answer(
        request, "admin/webhooks/delivery.html", **panel_context(request, uow.tenant, uow.actor),
        endpoint=await endpoint_view(uow, endpoint_id), delivery=delivery, states=STATES, problems=PROBLEMS, event_words=EVENT_WORDS,
        document=orjson.dumps(delivery.data, option=orjson.OPT_INDENT_2).decode(), here=f"{HERE}/{endpoint_id}",
    )  # fmt: skip
