"""Orders in the panel: the live board, the list, one order, its kitchen ticket. Every step is a plain form."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from balcao.brazil.phones import tel_link, wa_link
from balcao.kernel.errors import DomainError, ValidationFailedError, VersionConflictError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Allow, CurrentCaller, ReadUow, Words, Work, Works
from balcao.kernel.web.event_stream import event_stream
from balcao.kernel.web.json_answer import json_answer
from balcao.kernel.web.templates import is_partial, panel_context, render
from balcao.kernel.work import UnitOfWork
from balcao.modules.messaging.public import messages_of
from balcao.modules.payments.public import PaymentClosedError
from balcao.modules.store.order_queries import SUBJECT, Json, board, list_orders, order_detail
from balcao.modules.store.order_states import OrderStatus
from balcao.modules.store.orders import BadTransitionError, actor_kind, confirm_payment, get_order, move_order
from balcao.modules.store.pages.order_words import (
    METHOD_WORDS,
    MOVE_WORDS,
    PAYMENT_WORDS,
    STATUS_WORDS,
    cancel_rule,
    lane_of,
    lanes_of,
    moves_from,
    options_text,
    status_for_lane,
)
from balcao.modules.store.pages.shop_frame import typed_fields
from balcao.modules.store.pages.store_choice import choose_store

router = APIRouter(prefix="/painel/pedidos")
VIEW, EDIT = Depends(Allow("store.orders:view")), Depends(Allow("store.orders:edit"))
CAN_EDIT = "store.orders:edit"
LIVE_URL = "/painel/pedidos/eventos"
EVENTS = {"order.placed": ("orders:placed",), "order.changed": ("orders",)}
PER_PAGE = 30
REASON_MAX, REFERENCE_MAX = 300, 60
StoreParameter = Annotated[str, Query(max_length=36)]
StatusParameter = Literal[
    "", "awaiting_payment", "received", "confirmed", "preparing", "ready", "out_for_delivery", "picked_up", "delivered",
    "completed", "canceled", "expired",
]  # fmt: skip
WORDS = {"statuses": STATUS_WORDS, "moves": MOVE_WORDS, "methods": METHOD_WORDS, "payments": PAYMENT_WORDS}


class LaneChange(BaseModel):
    """Which column a card was put into, seen at which version."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"status": "confirmed", "version": 1}}
    )
    status: Annotated[str, Field(max_length=40)]
    version: Annotated[int, Field(ge=1, le=2**31)]


@router.get("", dependencies=[VIEW])
async def board_page(request: Request, uow: ReadUow, words: Words, loja: StoreParameter = "") -> Response:
    """The board; to htmx only its columns, so an arriving event redraws them and nothing else."""
    choice = await choose_store(uow, loja)
    orders, totals = await board(uow, choice.store_id)
    may_move = uow.actor.can(CAN_EDIT)
    context: Json = {
        "lanes": lanes_of(orders, totals, actor_kind(uow), uow.now(), may_move=may_move),
        "choice": choice,
        "zone": uow.tenant.timezone,
        "may_move": may_move,
        **WORDS,
    }
    if is_partial(request):
        return render(request, "store/panel/orders/lanes.html", **context)
    frame = panel_context(request, uow.tenant, uow.actor)
    frame |= {"stores": choice.entries(request, words), "live_url": LIVE_URL, **context}
    return render(request, "store/panel/orders/board.html", **frame, here=f"/painel/pedidos{choice.query()}")


@router.get("/eventos", dependencies=[VIEW])
async def order_stream(request: Request, who: CurrentCaller) -> Response:
    """Tells board, list and orders when to look again."""
    return event_stream(request, who.tenant.id, EVENTS, at_once=("order.changed",))


@router.get("/lista", dependencies=[VIEW])
async def list_page(
    request: Request,
    uow: ReadUow,
    words: Words,
    loja: StoreParameter = "",
    situacao: StatusParameter = "",
    q: Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$")] = "",
    dias: Annotated[str, Query(pattern=r"^(1|7|30|90|365)?$")] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Every order, newest first, by state, text and age."""
    choice = await choose_store(uow, loja)
    items, total = await list_orders(
        uow, limit=PER_PAGE, offset=offset, status=situacao or None, q=q, store_id=choice.store_id,
        days=int(dias) if dias else None,
    )  # fmt: skip
    for item in items:
        item["placed"] = datetime.fromisoformat(item["placed_at"])

    def page_url(start: int) -> str:
        return f"/painel/pedidos/lista{choice.query(situacao=situacao, q=q, dias=dias, offset=start)}"

    frame = panel_context(request, uow.tenant, uow.actor)
    frame |= {"stores": choice.entries(request, words), **WORDS}
    return render(
        request, "store/panel/orders/list.html", **frame, items=items, total=total, limit=PER_PAGE, offset=offset,
        page_url=page_url, choice=choice, q=q, state=situacao, days=dias,
    )  # fmt: skip


@router.get("/{order_id:uuid}", dependencies=[VIEW])
async def order_page(request: Request, order_id: Annotated[UUID, Path()], uow: ReadUow) -> Response:
    """One order with all that is known of it and all that may be done."""
    return await _order_page(request, uow, order_id)


@router.get("/{order_id:uuid}/eventos", dependencies=[VIEW])
async def one_order_stream(request: Request, order_id: UUID, works: Works) -> Response:
    """Tells the page of one order when that order changes: what somebody types there is not lost to the others."""
    await works.run(lambda uow: get_order(uow, order_id))
    return event_stream(request, works.tenant.id, {"order.changed": (f"order:{order_id}",)})


@router.get("/{order_id:uuid}/comanda", dependencies=[VIEW])
async def ticket(request: Request, order_id: UUID, uow: ReadUow) -> Response:
    """The slip for the kitchen, 80 mm wide."""
    order = _readable(await order_detail(uow, order_id, actor_kind(uow)))
    return render(
        request,
        "store/panel/orders/ticket.html",
        order=order,
        zone=order["store"]["timezone"],
        shop=uow.tenant.name,
        methods=METHOD_WORDS,
    )


@router.post("/{order_id:uuid}/mover", dependencies=[EDIT])
async def move(request: Request, order_id: UUID, works: Works, words: Words) -> Response:
    """Moves the order; whoever comes second learns who was faster, with 409."""
    typed = await typed_fields(request)
    target, version = typed.get("status", ""), typed.get("version", "")
    if target not in set(OrderStatus) or not (version.isdecimal() and len(version) < 10):
        raise ValidationFailedError.at("/status", "This state does not exist.")
    reason = _one_line(typed.get("reason", ""), REASON_MAX)
    try:
        await works.run(lambda uow: move_order(uow, order_id, target, version=int(version), reason=reason))
    except BadTransitionError as refused:
        if refused.ext["reason"] != "reason_required":
            return await _refused(request, works, words, order_id, refused, reason)
        problem = {"reason": words("Write why: the customer deserves to know.")}
        return await _again(request, works, order_id, 422, errors=problem)
    except VersionConflictError as refused:
        return await _refused(request, works, words, order_id, refused, reason)
    return _back(request, order_id, typed)


@router.post("/{order_id:uuid}/quadro", dependencies=[EDIT])
async def move_on_board(order_id: UUID, works: Works, words: Words, body: LaneChange) -> Response:
    """A card was dragged into another column. Answers the new version and the columns now open to it, or 409 with the
    name of who was faster.
    """

    async def drag(uow: UnitOfWork) -> Json:
        seen = await get_order(uow, order_id)
        target = status_for_lane(body.status, seen.fulfilment)
        if target not in set(OrderStatus):
            raise ValidationFailedError.at("/status", "This state does not exist.")
        order = await move_order(uow, order_id, target, version=body.version)
        moves = moves_from(order.status, order.fulfilment, actor_kind(uow))
        allowed = [lane for lane in map(lane_of, moves) if lane]
        return {"version": order.version, "status": order.status, "allowed": allowed}

    try:
        return json_answer(await works.run(drag))
    except VersionConflictError as refused:
        message, named = await _who_was_faster(works, words, order_id, refused)
        raise VersionConflictError(message, params=named, **refused.ext) from refused


@router.post("/{order_id:uuid}/pagamento", dependencies=[EDIT])
async def confirm(request: Request, order_id: UUID, works: Works, words: Words) -> Response:
    """A person saw the Pix in the bank."""
    typed = await typed_fields(request)
    try:
        payment_id = UUID(typed.get("payment_id", ""))
    except ValueError:
        raise ValidationFailedError.at("/payment_id", "This payment does not exist.") from None
    reference = _one_line(typed.get("reference", ""), REFERENCE_MAX) or None
    try:
        await works.run(lambda uow: confirm_payment(uow, order_id, payment_id, reference))
    except PaymentClosedError as refused:
        return await _again(request, works, order_id, 409, refusal=words(refused.message))
    return _back(request, order_id, typed)


def _one_line(text: str, most: int) -> str:
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())[:most]


def _back(request: Request, order_id: UUID, typed: dict[str, str]) -> Response:
    """After the deed: the board when it began there, else the order. To htmx nothing: the event redraws the board."""
    if is_partial(request):
        return Response(status_code=204)
    if typed.get("from") != "board":
        return RedirectResponse(f"/painel/pedidos/{order_id}", 303)
    store = typed.get("loja", "")
    kept = f"?loja={store}" if len(store) == 36 and store.replace("-", "").isalnum() else ""
    return RedirectResponse(f"/painel/pedidos{kept}", 303)


async def _refused(
    request: Request, works: Work, words: Translator, order_id: UUID, refused: DomainError, reason: str
) -> Response:
    """409 with the name of who moved the order last and where it stands now; what was written is still there."""
    message, named = await _who_was_faster(works, words, order_id, refused)
    if is_partial(request) or "text/html" not in request.headers.get("accept", ""):
        raise type(refused)(message, params=named, **refused.ext)
    return await _again(request, works, order_id, 409, refusal=words(message, **named), reason=reason)


async def _who_was_faster(
    works: Work, words: Translator, order_id: UUID, refused: DomainError
) -> tuple[str, dict[str, str]]:
    """What to tell who came second, and the names in it: who moved the order last, and where it stands now."""

    async def look(uow: UnitOfWork) -> Json:
        return await order_detail(uow, order_id, actor_kind(uow))

    order = await works.run(look)
    last = next((event for event in reversed(order["events"]) if event["kind"] == "status"), None)
    named = {
        "who": (last and last["actor_name"]) or words("Somebody"),
        "status": words(STATUS_WORDS[order["status"]][0]),
    }
    message = "This move is not possible: the order is now “{status}”."
    if isinstance(refused, VersionConflictError):
        message = "{who} was faster: the order is now “{status}”."
    return message, named


async def _again(
    request: Request, works: Work, order_id: UUID, status: int, *, refusal: str | None = None,
    errors: dict[str, str] | None = None, reason: str = "",
) -> Response:  # fmt: skip
    """The order's page once more, with what went wrong."""

    async def draw(uow: UnitOfWork) -> Response:
        return await _order_page(
            request, uow, order_id, status=status, refusal=refusal, errors=errors, reason=reason
        )

    return await works.run(draw)


async def _order_page(
    request: Request, uow: UnitOfWork, order_id: UUID, *, status: int = 200, refusal: str | None = None,
    errors: dict[str, str] | None = None, reason: str = "",
) -> Response:  # fmt: skip
    kind = actor_kind(uow)
    order = _readable(await order_detail(uow, order_id, kind))
    may_edit = uow.actor.can(CAN_EDIT)
    frame: Json = panel_context(request, uow.tenant, uow.actor)
    frame |= {"zone": order["store"]["timezone"], "live_url": f"/painel/pedidos/{order_id}/eventos", **WORDS}
    return render(
        request,
        "store/panel/orders/detail.html",
        status=status,
        **frame,
        order=order,
        messages=await messages_of(uow, SUBJECT, order_id),
        phone_href=tel_link(order["customer"]["phone"]),
        whatsapp_href=wa_link(order["customer"]["phone"]),
        next_moves=moves_from(order["status"], order["fulfilment"], kind) if may_edit else [],
        cancel=cancel_rule(order["status"], order["fulfilment"], kind) if may_edit else None,
        may_confirm=may_edit,
        refusal=refusal,
        errors=errors or {},
        reason=reason,
    )


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _readable(order: Json) -> Json:
    """The document with moments instead of texts, and each line's options as one text."""
    for name in ("placed_at", "scheduled_for", "promised_at"):
        order[name] = _moment(order[name])
    for event in order["events"]:
        event["at"] = _moment(event["at"])
    for line in order["lines"]:
        line["said"] = options_text(line)
    address = order["address"]
    if address:
        order["address_lines"] = [
            " ".join(part for part in (f"{address['street']}, {address['number']}", address.get("complement")) if part),
            " · ".join(part for part in (address.get("district"), f"{address['city']}/{address['state']}") if part),
        ]  # fmt: skip
        order["map_query"] = f"{order['address_lines'][0]}, {address['city']} {address['state']}"
    order["cancel_wish"] = next(
        (e for e in reversed(order["events"]) if e["kind"] == "cancel_requested"), None
    )
    return order
