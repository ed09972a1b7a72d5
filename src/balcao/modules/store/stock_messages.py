"""What the owners hear of the shelf: one e-mail when something falls to its threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select, text

from balcao.kernel.events import reaction
from balcao.kernel.identity.models import User
from balcao.kernel.work import UnitOfWork
from balcao.modules.messaging.public import queue_email
from balcao.modules.store.events import StockLow

STOCK_SUBJECT: Final = "store.stock_item"
TEXTS: Final[dict[str, dict[str, str]]] = {
    "pt_BR": {
        "low": "Está acabando: {item}",
        "out": "Acabou: {item}",
        "low_text": "{item} está acabando em {store}. Ainda dá para vender: {left}.",
        "out_text": "{item} acabou em {store} e não aparece mais para comprar.",
        "body": "Olá, {name}!\n\n{text}\n\nQuando chegar mais, anote em Estoque, no painel. Você recebe este aviso uma vez "
        "cada vez que o estoque cai a {threshold}.\n\n{shop}",
    },
    "en": {
        "low": "Running low: {item}",
        "out": "Sold out: {item}",
        "low_text": "{item} is running low at {store}. Left to sell: {left}.",
        "out_text": "{item} is sold out at {store} and can no longer be bought.",
        "body": "Hello, {name}!\n\n{text}\n\nWhen more arrives, note it under Stock in the panel. You get this message once "
        "each time stock falls to {threshold}.\n\n{shop}",
    },
}
# The newest movement stands in the dedupe key: as long as nothing moved, it is the same fall.
_ITEM = text("""
select i.low_threshold, st.name as store,
       coalesce(case when k.name = '' then p.name else p.name || ' · ' || k.name end, g.name || ' · ' || o.name) as item,
       case when i.track = 'daily' then coalesce(d.on_hand - d.reserved, i.daily_quota) else i.on_hand - i.reserved end as left,
       (select m.id from stock_movements m where m.tenant_id = :tenant and m.stock_item_id = i.id
        order by m.at desc, m.id desc limit 1) as newest
from stock_items i
join stores st on st.tenant_id = :tenant and st.id = i.store_id
left join skus k on k.tenant_id = :tenant and k.id = i.sku_id
left join products p on p.tenant_id = :tenant and p.id = k.product_id
left join options o on o.tenant_id = :tenant and o.id = i.option_id
left join option_groups g on g.tenant_id = :tenant and g.id = o.group_id
left join stock_days d on d.tenant_id = :tenant and d.stock_item_id = i.id
  and d.day = (cast(:now as timestamptz) at time zone st.timezone)::date
where i.tenant_id = :tenant and i.id = :item and i.track <> 'none'
""")


@reaction(StockLow, module="store")
async def tell_owners_of_low_stock(uow: UnitOfWork, event: StockLow) -> None:
    """One e-mail to each owner, unless the shelf was filled again in the meantime."""
    parameters = {"tenant": uow.tenant_id, "item": event.stock_item_id, "now": uow.now()}
    found = (await uow.session.execute(_ITEM, parameters)).mappings().first()
    if found is None or found["left"] > found["low_threshold"]:
        return
    owners = select(User.id, User.email, User.name).where(User.role == "owner", User.is_active)
    for owner in (await uow.session.execute(owners)).all():
        subject, body = _letter(uow, dict(found), owner.name)
        await queue_email(
            uow, to=owner.email, to_name=owner.name, subject=subject, body=body, template="stock_low",
            dedupe_key=f"stock_low:{event.stock_item_id}:{found['newest']}:{owner.id}",
            subject_kind=STOCK_SUBJECT, subject_id=event.stock_item_id,
        )  # fmt: skip


def _letter(uow: UnitOfWork, found: Mapping[str, Any], name: str) -> tuple[str, str]:
    texts = TEXTS.get(uow.tenant.locale, TEXTS["pt_BR"])
    kind = "low" if found["left"] > 0 else "out"
    values = {"item": found["item"], "store": found["store"], "left": max(0, found["left"]),
              "threshold": found["low_threshold"], "shop": uow.tenant.name, "name": name.split(" ", 1)[0]}  # fmt: skip
    body = texts["body"].format(text=texts[f"{kind}_text"].format(**values), **values)
    return texts[kind].format(**values), body
