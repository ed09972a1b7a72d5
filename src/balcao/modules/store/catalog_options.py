"""Option groups: lists of choices that products offer, each product with its own limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text

from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError, VersionConflictError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.catalog_editing import CATALOG_TOPIC, keep_in_reach
from balcao.modules.store.catalog_lists import option_group_document
from balcao.modules.store.catalog_parts import erase_stock, id_faults, refuse
from balcao.modules.store.catalog_rules import OptionDraft, capacity_of, option_faults
from balcao.modules.store.models import Option, OptionGroup, ProductOptionGroup

_OPTION_SOLD = text("""
select exists (select from order_lines l, jsonb_array_elements(l.options) as o(chosen)
    where l.tenant_id = :tenant and (o.chosen ->> 'option_id') = cast(cast(:option as uuid) as text))
  or exists (select from stock_movements m join stock_items i on (i.tenant_id, i.id) = (m.tenant_id, m.stock_item_id)
    where m.tenant_id = :tenant and m.order_id is not null and i.option_id = :option)
""")


class OptionGroupInUseError(DomainError):
    """Products offer the list; `products` says how many."""

    code = "option_group_in_use"
    title = "List of options in use."
    detail = "Products offer this list. Take it off them first, or hide the list."


class OptionInUseError(DomainError):
    """An option was sold and cannot be erased; it can be taken off sale. `option` names it."""

    code = "option_in_use"
    title = "Option sold before."
    detail = "The option {name} was sold already, so it stays in the records. Take it off sale instead."

    def __init__(self, name: str) -> None:
        super().__init__(params={"name": name}, option=name)


async def create_option_group(
    uow: UnitOfWork,
    name: str,
    options: Sequence[OptionDraft],
    *,
    pricing_mode: str = "sum",
    is_active: bool = True,
) -> UUID:
    """A new list with its options. Raises ValidationFailedError."""
    keep_in_reach(uow, None)
    group = OptionGroup(
        tenant_id=uow.tenant_id, id=new_id(), name=name, pricing_mode=pricing_mode, is_active=is_active
    )
    uow.session.add(group)
    await uow.session.flush()
    await _set_options(uow, group.id, options)
    uow.announce(CATALOG_TOPIC)
    return group.id


async def update_option_group(
    uow: UnitOfWork, group_id: UUID, changes: Mapping[str, Any], version: int | None
) -> None:
    """Changes the given fields; `options` replaces the whole list when given.

    Raises VersionConflictError with the current list, ValidationFailedError, OptionInUseError, NotFoundError.
    """
    group = await _locked(uow, group_id)
    if version is not None and group.version != version:
        raise VersionConflictError(current=await option_group_document(uow, group_id))
    for name in ("name", "pricing_mode", "is_active"):
        if name in changes:
            setattr(group, name, changes[name])
    group.version += 1
    await uow.session.flush()
    if "options" in changes:
        await _set_options(uow, group_id, changes["options"])
    uow.announce(CATALOG_TOPIC)


async def delete_option_group(uow: UnitOfWork, group_id: UUID) -> None:
    """Erases a list no product offers. Raises OptionGroupInUseError, OptionInUseError, NotFoundError."""
    group = await _locked(uow, group_id)
    query = (
        select(func.count()).select_from(ProductOptionGroup).where(ProductOptionGroup.group_id == group_id)
    )
    count = (await uow.session.execute(query)).scalar_one()
    if count:
        raise OptionGroupInUseError(products=count)
    present = (await uow.session.execute(select(Option).where(Option.group_id == group_id))).scalars().all()
    for option in present:
        await _remove_option(uow, option)
    await uow.session.delete(group)
    uow.announce(CATALOG_TOPIC)


async def _locked(uow: UnitOfWork, group_id: UUID) -> OptionGroup:
    query = select(OptionGroup).where(OptionGroup.id == group_id).with_for_update()
    group = (await uow.session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if group is None:
        raise NotFoundError
    keep_in_reach(uow, None)
    return group


async def _set_options(uow: UnitOfWork, group_id: UUID, wanted: Sequence[OptionDraft]) -> None:
    refuse(option_faults(wanted))
    await _keep_products_buyable(uow, group_id, wanted)
    query = select(Option).where(Option.group_id == group_id)
    present = {option.id: option for option in (await uow.session.execute(query)).scalars()}
    refuse(id_faults("/options", [draft.id for draft in wanted], set(present)))
    kept = {draft.id for draft in wanted}
    for option_id, option in present.items():
        if option_id not in kept:
            await _remove_option(uow, option)
    for position, draft in enumerate(wanted):
        option = present.get(draft.id) if draft.id is not None else None
        if option is None:
            option = Option(tenant_id=uow.tenant_id, id=new_id(), group_id=group_id)
            uow.session.add(option)
        option.name, option.price_cents = draft.name, draft.price_cents
        option.max_per_item, option.is_active = draft.max_per_item, draft.is_active
        option.position = position
    await uow.session.flush()


async def _keep_products_buyable(uow: UnitOfWork, group_id: UUID, wanted: Sequence[OptionDraft]) -> None:
    """A product that asks for two choices of a list with one left could not be bought any more."""
    query = select(func.max(ProductOptionGroup.min_choices)).where(ProductOptionGroup.group_id == group_id)
    least = int((await uow.session.execute(query)).scalar_one() or 0)
    if least > capacity_of(wanted):
        raise ValidationFailedError.at(
            "/options", "A product asks for more choices than would remain on sale."
        )


async def _remove_option(uow: UnitOfWork, option: Option) -> None:
    sold = await uow.session.execute(_OPTION_SOLD, {"tenant": uow.tenant_id, "option": option.id})
    if sold.scalar_one():
        raise OptionInUseError(option.name)
    await erase_stock(uow, [option.id])
    await uow.session.execute(delete(Option).where(Option.id == option.id))
    uow.session.expunge(option)
