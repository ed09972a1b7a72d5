"""What a buyer hears of an order: one message for each step, by e-mail when there is an address, by wa.me link always."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from balcao.brazil.currency import format_brl
from balcao.kernel.events import reaction
from balcao.kernel.work import UnitOfWork
from balcao.modules.messaging.public import offer_whatsapp_link, queue_email
from balcao.modules.store.events import OrderPlaced, OrderStatusChanged
from balcao.modules.store.models import Order
from balcao.modules.store.orders import SUBJECT, accept_if_automatic

TEXTS: Final[dict[str, dict[str, str]]] = {
    "pt_BR": {
        "awaiting_payment": "recebemos seu pedido. Assim que o Pix cair, começamos.",
        "received": "recebemos seu pedido. Já avisamos quando for confirmado.",
        "confirmed": "seu pedido foi confirmado.",
        "preparing": "seu pedido está sendo preparado.",
        "ready": "seu pedido está pronto.",
        "out_for_delivery": "seu pedido saiu para entrega.",
        "picked_up": "seu pedido foi retirado. Bom proveito!",
        "delivered": "seu pedido foi entregue. Bom proveito!",
        "canceled": "seu pedido foi cancelado.",
        "expired": "o prazo do Pix acabou e o pedido expirou. Se você pagou, fale com a gente.",
        "subject": "Pedido {code} · {shop}",
        "body": "Olá, {name}! {text}\n\nPedido {code}, total {total}.\n{shop}",
    },
    "en": {
        "awaiting_payment": "we have your order. We start as soon as the Pix arrives.",
        "received": "we have your order. We tell you when it is confirmed.",
        "confirmed": "your order is confirmed.",
        "preparing": "your order is being prepared.",
        "ready": "your order is ready.",
        "out_for_delivery": "your order is on its way.",
        "picked_up": "your order was picked up. Enjoy!",
        "delivered": "your order was delivered. Enjoy!",
        "canceled": "your order was canceled.",
        "expired": "the Pix was not paid in time and the order expired. If you paid, talk to us.",
        "subject": "Order {code} · {shop}",
        "body": "Hello, {name}! {text}\n\nOrder {code}, total {total}.\n{shop}",
    },
}


@reaction(OrderPlaced, module="store")
async def tell_buyer_of_new_order(uow: UnitOfWork, event: OrderPlaced) -> None:
    """Confirms that the order came in, and accepts it where the store accepts by itself."""
    await _tell(uow, await _order(uow, event.order_id), event.status)
    if event.status == "received":
        await accept_if_automatic(uow, event.order_id)


@reaction(OrderStatusChanged, module="store")
async def tell_buyer_of_status(uow: UnitOfWork, event: OrderStatusChanged) -> None:
    """Tells the buyer that the order moved. Completing is ours alone and said to nobody."""
    if event.to_status != "completed":
        await _tell(uow, await _order(uow, event.order_id), event.to_status)


async def _order(uow: UnitOfWork, order_id: object) -> Order:
    return (await uow.session.execute(select(Order).where(Order.id == order_id))).scalar_one()


async def _tell(uow: UnitOfWork, order: Order, status: str) -> None:
    texts = TEXTS.get(order.language, TEXTS["pt_BR"])
    values = {"code": order.code, "shop": uow.tenant.name, "name": order.customer_name.split(" ")[0],
              "total": format_brl(order.total_cents), "text": texts[status]}  # fmt: skip
    body = texts["body"].format(**values)
    key = f"order:{order.id}:{status}"
    template = f"order_{status}"
    if order.customer_email:
        await queue_email(
            uow, to=order.customer_email, to_name=order.customer_name, subject=texts["subject"].format(**values),
            body=body, dedupe_key=f"{key}:email", template=template, subject_kind=SUBJECT, subject_id=order.id,
        )  # fmt: skip
    await offer_whatsapp_link(
        uow, phone=order.customer_phone, name=order.customer_name, body=body, dedupe_key=f"{key}:whatsapp",
        template=template, subject_kind=SUBJECT, subject_id=order.id,
    )  # fmt: skip
