"""What the database writes into the trail by itself, and what it refuses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg.errors
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from balcao.kernel.actor import BUYER, SYSTEM, TIMER, Actor
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from tests.factories.shops import Shop

RENAME = text("update tenants set name = :name where id = :tenant")
STORE = text("update stores set name = :name where tenant_id = :tenant")


async def entries(runtime: Runtime, shop: Shop) -> list[Any]:
    async with platform_work(runtime.database, read_only=True) as session:
        query = text("select * from audit_entries where tenant_id = :tenant order by at, id")
        return list((await session.execute(query, {"tenant": shop.tenant.id})).all())


def owner(shop: Shop, **more: Any) -> Actor:
    return Actor("user", id=shop.owner_id, tenant_id=shop.tenant.id, role="owner", **more)


@pytest.mark.parametrize("actor", [SYSTEM, TIMER, BUYER])
async def test_only_people_and_keys_leave_a_trail(runtime: Runtime, shop: Shop, actor: Actor) -> None:
    async with runtime.transactions.begin(shop.tenant, actor) as uow:
        await uow.session.execute(STORE, {"name": "Outra", "tenant": shop.tenant.id})
    assert await entries(runtime, shop) == []
    async with runtime.transactions.begin(shop.tenant, owner(shop)) as uow:
        await uow.session.execute(STORE, {"name": "Mais uma", "tenant": shop.tenant.id})
    (line,) = await entries(runtime, shop)
    assert (line.before["name"], line.after["name"], line.verb) == ("Outra", "Mais uma", "changed")


async def test_the_name_of_the_actor_does_not_stay_on_the_connection(runtime: Runtime, shop: Shop) -> None:
    for _ in range(3):
        async with runtime.transactions.begin(shop.tenant, owner(shop)) as uow:
            await uow.session.execute(STORE, {"name": "Da dona", "tenant": shop.tenant.id})
        async with runtime.transactions.begin(shop.tenant) as uow:
            await uow.session.execute(STORE, {"name": "De ninguém", "tenant": shop.tenant.id})
    assert {line.after["name"] for line in await entries(runtime, shop)} == {"Da dona"}


async def test_what_is_rolled_back_leaves_no_trail(runtime: Runtime, shop: Shop) -> None:
    with pytest.raises(RuntimeError):
        async with runtime.transactions.begin(shop.tenant, owner(shop)) as uow:
            await uow.session.execute(STORE, {"name": "Nunca", "tenant": shop.tenant.id})
            raise RuntimeError
    assert await entries(runtime, shop) == []


async def test_a_change_that_changes_nothing_is_none(runtime: Runtime, shop: Shop) -> None:
    same = text("update stores set name = name where tenant_id = :tenant")
    async with runtime.transactions.begin(shop.tenant, owner(shop)) as uow:
        await uow.session.execute(same, {"tenant": shop.tenant.id})
    assert await entries(runtime, shop) == []


async def test_words_from_outside_stay_words(runtime: Runtime, shop: Shop) -> None:
    hostile = "x'; drop table audit_entries; --\\ \" {}"
    actor = owner(shop, impersonator=hostile)
    async with runtime.transactions.begin(shop.tenant, actor, request_id=hostile, address=hostile) as uow:
        await uow.session.execute(STORE, {"name": "Nova", "tenant": shop.tenant.id})
    (line,) = await entries(runtime, shop)
    assert (line.impersonator, line.request_id, line.address) == (hostile, hostile, hostile)


async def test_a_platform_change_lands_in_the_trail_of_its_business(runtime: Runtime, shop: Shop) -> None:
    platform = Actor("user", id=uuid4(), tenant_id=uuid4())
    async with platform_work(runtime.database, actor=platform, request_id="r", address="10.0.0.1") as session:
        await session.execute(RENAME, {"name": "Padaria Nova", "tenant": shop.tenant.id})
    (line,) = await entries(runtime, shop)
    assert (line.entity, line.entity_id, line.actor_id) == ("tenants", str(shop.tenant.id), platform.id)
    assert line.after["name"] == "Padaria Nova"


async def test_masked_columns_say_only_that_they_changed(runtime: Runtime, shop: Shop) -> None:
    for key in ("a-chave-1", "a-chave-2", ""):
        async with runtime.transactions.begin(shop.tenant, owner(shop)) as uow:
            query = text("update stores set pix_key = :key where tenant_id = :tenant")
            await uow.session.execute(query, {"key": key, "tenant": shop.tenant.id})
    lines = await entries(runtime, shop)
    assert [line.after["pix_key"] for line in lines] == ["***", "***", ""]
    assert "a-chave" not in str(lines)


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entries set verb = 'made' where tenant_id = :tenant",
        "delete from audit_entries where tenant_id = :tenant",
        "truncate audit_entries",
    ],
)
async def test_nobody_edits_the_trail(runtime: Runtime, shop: Shop, statement: str) -> None:
    parameters = {"tenant": shop.tenant.id} if ":tenant" in statement else {}
    with pytest.raises(ProgrammingError) as refused:
        async with runtime.transactions.begin(shop.tenant, owner(shop)) as uow:
            await uow.session.execute(text(statement), parameters)
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    with pytest.raises(ProgrammingError) as refused:
        async with platform_work(runtime.database) as session:
            await session.execute(text(statement), parameters)
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
