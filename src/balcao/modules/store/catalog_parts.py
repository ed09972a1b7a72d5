"""The parts of a product: its sizes and the option groups it offers, brought to what a list says they should be."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, text

from balcao.kernel.errors import DomainError, ValidationFailedError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_rules import Fault, LinkDraft, SkuDraft, link_faults, sku_faults
from balcao.modules.store.models import ProductOptionGroup, Sku

IN_USE = text("""
select exists (select from order_lines l where l.tenant_id = :tenant and l.product_id = :product)
  or exists (select from stock_movements m join stock_items i on (i.tenant_id, i.id) = (m.tenant_id, m.stock_item_id)
    where m.tenant_id = :tenant and m.order_id is not null and i.sku_id = any(cast(:skus as uuid[])))
""")
_ERASE_MOVEMENTS = text("""
delete from stock_movements m using stock_items i
where m.tenant_id = :tenant and (i.tenant_id, i.id) = (m.tenant_id, m.stock_item_id) and i.tenant_id = :tenant
  and (i.sku_id = any(cast(:subjects as uuid[])) or i.option_id = any(cast(:subjects as uuid[])))
""")
_CAPACITIES = text("""
select g.id, coalesce(sum(o.max_per_item) filter (where o.is_active), 0) as capacity
from option_groups g left join options o on (o.tenant_id, o.group_id) = (g.tenant_id, g.id)
where g.tenant_id = :tenant and g.id = any(cast(:ids as uuid[])) group by g.id
""")


class SkuInUseError(DomainError):
    """A size was sold and cannot be erased; it can be taken off sale. `sku` names it."""

    code = "sku_in_use"
    title = "Size sold before."
    detail = "The size {name} was sold already, so it stays in the records. Take it off sale instead."

    def __init__(self, name: str) -> None:
        super().__init__(params={"name": name}, sku=name)


def refuse(faults: Sequence[Fault]) -> None:
    """Raises ValidationFailedError naming every fault, if there are any."""
    if faults:
        raise ValidationFailedError([{"pointer": at, "message": message} for at, message in faults])


async def erase_stock(uow: UnitOfWork, subjects: Sequence[UUID]) -> None:
    """Drops the ledger of skus or options that were never sold, so that they themselves may go."""
    if subjects:
        await uow.session.execute(_ERASE_MOVEMENTS, {"tenant": uow.tenant_id, "subjects": list(subjects)})


async def set_skus(uow: UnitOfWork, product_id: UUID, wanted: Sequence[SkuDraft]) -> None:
    """Makes, changes and removes sizes until they are the wanted ones, in that order.

    Raises ValidationFailedError, and SkuInUseError when one that was sold is missing from the list.
    """
    refuse(sku_faults(wanted))
    query = select(Sku).where(Sku.product_id == product_id)
    present = {sku.id: sku for sku in (await uow.session.execute(query)).scalars()}
    kept = [draft.id for draft in wanted if draft.id is not None]
    refuse(id_faults("/skus", [draft.id for draft in wanted], set(present)))
    for sku_id, sku in present.items():
        if sku_id not in kept:
            await _remove_sku(uow, product_id, sku)
    for position, draft in enumerate(wanted):
        sku = present.get(draft.id) if draft.id is not None else None
        if sku is None:
            sku = Sku(tenant_id=uow.tenant_id, id=new_id(), product_id=product_id)
            uow.session.add(sku)
        sku.name, sku.price_cents = draft.name, draft.price_cents
        sku.is_active, sku.position = draft.is_active, position
    await uow.session.flush()


def id_faults(pointer: str, ids: Sequence[UUID | None], known: set[UUID]) -> list[Fault]:
    """Ids that are not among the known ones, or stand twice in the list."""
    faults: list[Fault] = []
    seen: set[UUID] = set()
    for index, part_id in enumerate(ids):
        if part_id is None:
            continue
        if part_id not in known or part_id in seen:
            faults.append((f"{pointer}/{index}/id", "This does not exist any more."))
        seen.add(part_id)
    return faults


async def _remove_sku(uow: UnitOfWork, product_id: UUID, sku: Sku) -> None:
    sold = text(
        "select exists (select from order_lines where tenant_id = :tenant and product_id = :product and sku_id = :sku) or exists "
        "(select from stock_movements m join stock_items i on (i.tenant_id, i.id) = (m.tenant_id, m.stock_item_id) "
        "where m.tenant_id = :tenant and m.order_id is not null and i.sku_id = :sku)"
    )
    if (
        await uow.session.execute(sold, {"tenant": uow.tenant_id, "product": product_id, "sku": sku.id})
    ).scalar_one():
        raise SkuInUseError(sku.name)
    await erase_stock(uow, [sku.id])
    await uow.session.execute(delete(Sku).where(Sku.id == sku.id, Sku.product_id == product_id))
    uow.session.expunge(sku)


async def set_links(uow: UnitOfWork, product_id: UUID, wanted: Sequence[LinkDraft]) -> None:
    """Makes the option groups a product offers the wanted ones, in that order. Raises ValidationFailedError."""
    ids = [link.group_id for link in wanted]
    rows = await uow.session.execute(_CAPACITIES, {"tenant": uow.tenant_id, "ids": ids})
    refuse(link_faults(wanted, {row.id: int(row.capacity) for row in rows}))
    query = select(ProductOptionGroup).where(ProductOptionGroup.product_id == product_id)
    present = {link.group_id: link for link in (await uow.session.execute(query)).scalars()}
    for group_id, link in present.items():
        if group_id not in ids:
            await uow.session.delete(link)
    for position, draft in enumerate(wanted):
        link = present.get(draft.group_id)
        if link is None:
            link = ProductOptionGroup(
                tenant_id=uow.tenant_id, id=new_id(), product_id=product_id, group_id=draft.group_id
            )
            uow.session.add(link)
        link.min_choices, link.max_choices, link.position = draft.min, draft.max, position
    await uow.session.flush()
