"""Fills a demo business from its file: pictures first, then every row in one transaction."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from balcao.brazil.addresses import fold
from balcao.kernel.db.models import TenantModel
from balcao.kernel.files.models import File
from balcao.kernel.files.pictures import (
    PreparedPicture,
    discard_picture,
    picture_row,
    prepare_own_picture,
)
from balcao.kernel.ids import new_id
from balcao.kernel.module import DemoInput
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Tenant
from balcao.modules.store.models import (
    Category,
    DeliveryArea,
    Option,
    OptionGroup,
    Product,
    ProductImage,
    ProductOptionGroup,
    Sku,
    StockItem,
    StockMovement,
    Store,
    StoreHours,
)

Data = Mapping[str, Any]
FOLDER: Final = Path(__file__).parent
AREA: Final = "products"
WIDTHS: Final = (200, 400, 800)
# A row comes after the rows it points to.
LAYERS: Final[tuple[tuple[type[TenantModel], ...], ...]] = (
    (File, OptionGroup),
    (Store, Option),
    (Category, StoreHours, DeliveryArea),
    (Product,),
    (Sku, ProductImage, ProductOptionGroup),
    (StockItem,),
    (StockMovement,),
)


@dataclass(slots=True)
class _Shelf:
    """The rows made so far, and the ids behind the names of the file."""

    tenant_id: UUID
    pictures: Mapping[str, PreparedPicture]
    rows: list[TenantModel] = field(default_factory=list[TenantModel])
    stores: dict[str, UUID] = field(default_factory=dict[str, UUID])
    groups: dict[str, UUID] = field(default_factory=dict[str, UUID])
    products: int = 0

    def add(self, model: type[TenantModel], **columns: Any) -> UUID:
        """One more row; answers its id."""
        row_id = new_id()
        self.rows.append(model(tenant_id=self.tenant_id, id=row_id, **columns))
        return row_id


async def load_demo(runtime: Runtime, tenant: Tenant, demo: DemoInput) -> None:
    """Fills the shop of a fresh demo business; does nothing for one this module has no file for."""
    path = FOLDER / f"{demo.business}.toml"
    if not path.is_file():
        return
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    pictures = await _prepare_pictures(runtime, tenant, _picture_names(data))
    try:
        shelf = _fill(data, tenant.id, pictures)
        async with runtime.transactions.begin(tenant) as uow:
            for layer in LAYERS:
                uow.session.add_all(row for row in shelf.rows if isinstance(row, layer))
                await uow.session.flush()
            uow.announce("catalog", "stock")
    except BaseException:
        for picture in pictures.values():
            await discard_picture(runtime.blobs, picture.renditions)
        raise


def _picture_names(data: Data) -> list[str]:
    names = [store["cover"] for store in data["stores"]]
    return names + [product["key"] for category in data["categories"] for product in category["products"]]


async def _prepare_pictures(
    runtime: Runtime, tenant: Tenant, names: Iterable[str]
) -> dict[str, PreparedPicture]:
    """Encodes and stores the drawings side by side, before any transaction is open."""

    async def one(name: str) -> tuple[str, PreparedPicture]:
        drawing = (FOLDER / "pictures" / f"{name}.webp").read_bytes()
        return name, await prepare_own_picture(runtime.blobs, tenant.id, drawing, AREA, widths=WIDTHS)

    return dict(await asyncio.gather(*map(one, names)))


def _fill(data: Data, tenant_id: UUID, pictures: Mapping[str, PreparedPicture]) -> _Shelf:
    shelf = _Shelf(tenant_id, pictures)
    shelf.rows += [picture_row(tenant_id, picture) for picture in pictures.values()]
    for position, store in enumerate(data["stores"]):
        _add_store(shelf, store, position)
    for key, group in data["groups"].items():
        _add_group(shelf, key, group)
    for position, category in enumerate(data["categories"]):
        category_id = shelf.add(Category, name=category["name"], position=position)
        for place, product in enumerate(category["products"]):
            _add_product(shelf, product, category_id, place)
    return shelf


def _add_store(shelf: _Shelf, store: Data, position: int) -> None:
    columns = {name: value for name, value in store.items() if name not in {"hours", "areas", "cover"}}
    cover = shelf.pictures[store["cover"]].id
    store_id = shelf.add(Store, position=position, cover_file_id=cover, **columns)
    shelf.stores[store["slug"]] = store_id
    for weekdays, opens, closes in store["hours"]:
        for weekday in weekdays:
            shelf.add(
                StoreHours,
                store_id=store_id,
                weekday=weekday,
                opens=time.fromisoformat(opens),
                closes=time.fromisoformat(closes),
            )
    for area in store["areas"]:
        shelf.add(DeliveryArea, store_id=store_id, **area)


def _add_group(shelf: _Shelf, key: str, group: Data) -> None:
    group_id = shelf.add(OptionGroup, name=group["name"], pricing_mode=group.get("mode", "sum"))
    shelf.groups[key] = group_id
    for position, (name, cents, most) in enumerate(group["options"]):
        shelf.add(
            Option, group_id=group_id, name=name, price_cents=cents, max_per_item=most, position=position
        )


def _add_product(shelf: _Shelf, product: Data, category_id: UUID, position: int) -> None:
    shelf.products += 1
    tags: list[str] = product.get("tags", [])
    product_id = shelf.add(
        Product,
        store_id=shelf.stores[product["store"]] if "store" in product else None,
        category_id=category_id,
        code=shelf.products,
        name=product["name"],
        description=product["description"],
        search_text=fold(" ".join([product["name"], *tags])),
        tags=tags,
        availability=product.get("availability", "available"),
        lead_days=product.get("lead_days", 0),
        position=position,
    )
    picture = shelf.pictures[product["key"]].id
    shelf.add(ProductImage, product_id=product_id, file_id=picture, alt=product["alt"])
    for place, (key, fewest, most) in enumerate(product.get("groups", [])):
        shelf.add(
            ProductOptionGroup, product_id=product_id, group_id=shelf.groups[key], min_choices=fewest,
            max_choices=most, position=place,
        )  # fmt: skip
    sizes: list[tuple[str, int]] = product["sizes"] if "sizes" in product else [("", product["price"])]
    for place, (name, cents) in enumerate(sizes):
        sku_id = shelf.add(Sku, product_id=product_id, name=name, price_cents=cents, position=place)
        for slug, (track, number, low) in product.get("stock", {}).items():
            _add_stock(shelf, shelf.stores[slug], sku_id, track, number, low)


def _add_stock(shelf: _Shelf, store_id: UUID, sku_id: UUID, track: str, number: int, low: int) -> None:
    """A counted item. What lies on the shelf came in by a movement, so the ledger adds up from the first day."""
    daily = track == "daily"
    item_id = shelf.add(
        StockItem, store_id=store_id, sku_id=sku_id, track=track, on_hand=0 if daily else number,
        daily_quota=number if daily else None, low_threshold=low,
    )  # fmt: skip
    if not daily and number > 0:
        shelf.add(
            StockMovement, stock_item_id=item_id, kind="receive", on_hand=number, reserved=0, actor="system"
        )
