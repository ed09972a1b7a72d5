"""A business to test with: small, known prices, always open unless a test says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from balcao.brazil.addresses import fold
from balcao.kernel.identity.models import User, UserGroup, UserSession
from balcao.kernel.identity.passwords import hash_password
from balcao.kernel.identity.tokens import SessionClaims, sign_session
from balcao.kernel.ids import new_id
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import Plan, Subscription, Tenant, TenantRow
from balcao.modules.store.models import (
    Category,
    DeliveryArea,
    Option,
    OptionGroup,
    Product,
    ProductOptionGroup,
    Sku,
    StockItem,
    StockMovement,
    Store,
)

PASSWORD = "uma-senha-boa"
_password_hash: str | None = None


@dataclass
class Shop:
    """Handles of a test business."""

    runtime: Runtime
    tenant: Tenant
    owner_id: UUID
    token: str
    store_id: UUID
    category_id: UUID
    products: dict[str, UUID] = field(default_factory=dict)
    skus: dict[str, UUID] = field(default_factory=dict)
    options: dict[str, UUID] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)
    owner_email: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """A buyer's headers."""
        return {"X-Tenant": self.tenant.slug}

    @property
    def staff(self) -> dict[str, str]:
        """The owner's headers."""
        return {"Authorization": f"Bearer {self.token}"}

    async def add_product(
        self,
        name: str,
        price_cents: int,
        *,
        stock: int | None = None,
        daily: int | None = None,
        **columns: Any,
    ) -> UUID:
        """A product with one hidden sku, counted when `stock` or `daily` is given."""
        product_id, sku_id = new_id(), new_id()
        async with self.runtime.transactions.begin(self.tenant) as uow:
            number = len(self.products) + 1
            uow.session.add(
                Product(
                    tenant_id=self.tenant.id, id=product_id, category_id=self.category_id, code=number, name=name,
                    search_text=fold(name), position=number, **columns,
                )
            )  # fmt: skip
            await uow.session.flush()
            uow.session.add(
                Sku(tenant_id=self.tenant.id, id=sku_id, product_id=product_id, price_cents=price_cents)
            )
            await uow.session.flush()
            if stock is not None or daily is not None:
                await self._count(uow.session, sku_id, stock, daily)
            uow.announce("catalog")
        self.products[name], self.skus[name] = product_id, sku_id
        return product_id

    async def _count(self, session: Any, sku_id: UUID, stock: int | None, daily: int | None) -> None:
        item = StockItem(
            tenant_id=self.tenant.id, id=new_id(), store_id=self.store_id, sku_id=sku_id,
            track="daily" if daily is not None else "quantity", on_hand=stock or 0, daily_quota=daily,
        )  # fmt: skip
        session.add(item)
        await session.flush()
        if stock:
            session.add(
                StockMovement(
                    tenant_id=self.tenant.id,
                    stock_item_id=item.id,
                    kind="receive",
                    on_hand=stock,
                    reserved=0,
                    actor="test",
                )
            )

    async def add_group(
        self, product: str, name: str, options: list[tuple[str, int]], *, low: int = 0, high: int = 1,
        mode: str = "sum", max_per_item: int = 1,
    ) -> UUID:  # fmt: skip
        """An option group linked to a product; options are (name, price)."""
        group_id = new_id()
        async with self.runtime.transactions.begin(self.tenant) as uow:
            uow.session.add(OptionGroup(tenant_id=self.tenant.id, id=group_id, name=name, pricing_mode=mode))
            await uow.session.flush()
            for position, (option, cents) in enumerate(options):
                option_id = new_id()
                self.options[option] = option_id
                uow.session.add(
                    Option(
                        tenant_id=self.tenant.id, id=option_id, group_id=group_id, name=option, price_cents=cents,
                        position=position, max_per_item=max_per_item,
                    )
                )  # fmt: skip
            uow.session.add(
                ProductOptionGroup(
                    tenant_id=self.tenant.id, product_id=self.products[product], group_id=group_id,
                    min_choices=low, max_choices=high,
                )
            )  # fmt: skip
            uow.announce("catalog")
        self.groups[name] = group_id
        return group_id

    async def change_store(self, **columns: Any) -> None:
        """Sets columns of the store."""
        async with self.runtime.transactions.begin(self.tenant) as uow:
            store = (await uow.session.execute(select(Store).where(Store.id == self.store_id))).scalar_one()
            for name, value in columns.items():
                setattr(store, name, value)
            store.settings_version += 1
            uow.announce("catalog")

    async def add_area(self, **columns: Any) -> UUID:
        """A delivery area; give kind, name and the fields of its kind."""
        area_id = new_id()
        values = {"fee_cents": 1000, **columns}
        async with self.runtime.transactions.begin(self.tenant) as uow:
            uow.session.add(
                DeliveryArea(tenant_id=self.tenant.id, id=area_id, store_id=self.store_id, **values)
            )
            uow.announce("catalog")
        return area_id

    async def add_user(
        self, role: str, permissions: list[str], store_ids: list[UUID] | None = None
    ) -> dict[str, str]:
        """A person with these rights; answers their headers."""
        user_id, group_id = new_id(), new_id()
        async with self.runtime.transactions.begin(self.tenant) as uow:
            uow.session.add(
                UserGroup(
                    tenant_id=self.tenant.id,
                    id=group_id,
                    name=f"g-{group_id}",
                    permissions=permissions,
                    store_ids=store_ids or [],
                )
            )
            await uow.session.flush()
            uow.session.add(
                User(
                    tenant_id=self.tenant.id, id=user_id, email=f"{user_id}@example.com", name="Pessoa", role=role,
                    group_id=group_id, password_hash=await _hashed(),
                )
            )  # fmt: skip
        return {"Authorization": f"Bearer {await open_token(self.runtime, self.tenant, user_id, role)}"}


async def _hashed() -> str:
    global _password_hash
    if _password_hash is None:
        _password_hash = await hash_password(PASSWORD)
    return _password_hash


async def open_token(runtime: Runtime, tenant: Tenant, user_id: UUID, role: str) -> str:
    """A live session's token, without the slow sign-in."""
    now = runtime.clock()
    session_id, ends = new_id(), now + timedelta(hours=8)
    async with runtime.transactions.begin(tenant) as uow:
        uow.session.add(
            UserSession(
                tenant_id=tenant.id,
                id=session_id,
                user_id=user_id,
                expires_at=ends,
                device="test",
                address="",
            )
        )
    claims = SessionClaims(user_id, tenant.id, session_id, role)
    return sign_session(claims, runtime.keys, issued=now, expires=ends)


async def make_tenant(runtime: Runtime, *, modules: list[str] | None = None) -> Tenant:
    """A paying tenant with the given modules (all by default)."""
    tenant_id = new_id()
    slug = f"t{tenant_id.hex[-20:]}"
    wanted = ["store", "contacts"] if modules is None else modules
    plan_slug = "plano-" + "-".join(wanted or ["vazio"])
    async with platform_work(runtime.database) as session:
        await session.execute(
            insert(Plan)
            .values(id=new_id(), slug=plan_slug, name=plan_slug, modules=wanted)
            .on_conflict_do_nothing()
        )
        plan_id = (await session.execute(select(Plan.id).where(Plan.slug == plan_slug))).scalar_one()
        session.add(TenantRow(id=tenant_id, slug=slug, name="Loja de Teste"))
        await session.flush()
        session.add(Subscription(tenant_id=tenant_id, plan_id=plan_id, status="active"))
    return await runtime.tenants.find("slug", slug)


async def make_shop(runtime: Runtime, *, modules: list[str] | None = None) -> Shop:
    """A tenant with an owner and one store that is always open and delivers everywhere in São Paulo for R$ 10,00."""
    tenant = await make_tenant(runtime, modules=modules)
    owner_id, store_id, category_id = new_id(), new_id(), new_id()
    email = f"dona-{owner_id.hex[-8:]}@example.com"
    async with runtime.transactions.begin(tenant) as uow:
        uow.session.add(
            User(
                tenant_id=tenant.id,
                id=owner_id,
                email=email,
                name="Dona",
                role="owner",
                password_hash=await _hashed(),
            )
        )
        uow.session.add(
            Store(
                tenant_id=tenant.id, id=store_id, slug="centro", name="Centro", latitude=-23.55052, longitude=-46.633308,
                postal_code="01001000", street="Praça da Sé", number="1", district="Sé", city="São Paulo", state="SP",
                phone="+551134567890", pix_key="123e4567-e12b-12d1-a456-426655440000", pix_receiver="PADARIA DO ZE",
                payment_methods=["pix", "cash", "card_on_delivery", "meal_voucher"],
            )
        )  # fmt: skip
        await uow.session.flush()
        uow.session.add(Category(tenant_id=tenant.id, id=category_id, name="Pães"))
        uow.session.add(
            DeliveryArea(
                tenant_id=tenant.id, store_id=store_id, kind="postal_range", name="Cidade", postal_from="01000000",
                postal_to="09999999", fee_cents=1000, eta_min=30, eta_max=50,
            )
        )  # fmt: skip
    token = await open_token(runtime, tenant, owner_id, "owner")
    return Shop(runtime, tenant, owner_id, token, store_id, category_id, owner_email=email)
