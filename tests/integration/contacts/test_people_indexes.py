"""With many people the list asks indexes, and takes few statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.observability.query_stats import start_counting
from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.people_queries import PeopleFilter, chosen_people, list_people
from tests.factories.shops import Shop

MANY = text("""
insert into contacts (tenant_id, id, first_name, last_name, name_key, email, phone, phone_key, phone_kind, document, tags)
select :tenant, gen_random_uuid(), 'Pessoa' || n, 'Souza', 'pessoa' || n || ' souza', 'p' || n || '@x.com.br',
  '+55119' || (80000000 + n), '5511' || (80000000 + n), 'mobile', lpad(n::text, 11, '0'), array['VIP']
from generate_series(1, 5000) n
""")
SETTING = text("set local enable_seqscan = off")


async def _plan(uow: Any, wanted: PeopleFilter, fills: int) -> str:
    where = (await chosen_people(uow, wanted, fills)).where
    query = text(f"explain select c.id from contacts c where {where.sql} limit 20")  # noqa: S608
    return "\n".join((await uow.session.execute(query, dict(where.values))).scalars())


async def test_searches_ask_their_indexes(book: Shop, runtime: Runtime) -> None:
    async with runtime.transactions.begin(book.tenant) as uow:
        await uow.session.execute(MANY, {"tenant": book.tenant.id})
    async with runtime.transactions.begin(book.tenant, read_only=True) as uow:
        await uow.session.execute(SETTING)
        for q, fills, index in (
            ("pessoa12", 5, "name_key ~>=~"), ("p77@x.com.br", 1, "uq_contacts_email"),
            ("(11) 98000-0077", 1, "uq_contacts_phone_key"), ("529.982.247-25", 1, "ix_contacts_document"),
        ):  # fmt: skip
            plan = await _plan(uow, PeopleFilter(q=q), fills)
            assert index in plan, plan
            assert "Seq Scan on contacts" not in plan, plan


async def test_a_page_takes_few_statements(book: Shop, runtime: Runtime) -> None:
    async with runtime.transactions.begin(book.tenant) as uow:
        await uow.session.execute(MANY, {"tenant": book.tenant.id})
    for wanted in (
        PeopleFilter(), PeopleFilter(sort="name"), PeopleFilter(q="pessoa"), PeopleFilter(q="souza"),
        PeopleFilter(q="p77@x.com.br"), PeopleFilter(q="0077"), PeopleFilter(tag="VIP"), PeopleFilter(q="#vip"),
    ):  # fmt: skip
        async with runtime.transactions.begin(book.tenant, read_only=True) as uow:
            stats = start_counting()
            page = await list_people(uow, wanted, PageQuery(limit=20))
            assert page.items
            assert page.total >= len(page.items)
            assert stats.count <= 4, wanted
