"""Rows that may be the same person. Nobody is joined by a likeness: a person looks and decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from balcao.kernel.db.paging import Page, PageQuery
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.people_rules import full_name, masked_document

Likeness = Literal["phone", "email", "name"]
LIKENESSES: Final[tuple[Likeness, ...]] = ("phone", "email", "name")
LARGEST_GROUP: Final = 20

_ACCENTED: Final = "áàâãäåéèêëíìîïóòôõöúùûüçñ"
_PLAIN: Final = "aaaaaaeeeeiiiiooooouuuucn"
_ROLES: Final = (
    "'contato', 'contact', 'vendas', 'financeiro', 'comercial', 'atendimento', 'adm', 'administrativo', 'suporte', "
    "'info', 'sac', 'compras', 'email', 'loja', 'marketing', 'diretoria', 'fiscal', 'faturamento', 'secretaria'"
)
_KEYS: Final[Mapping[Likeness, tuple[str, str]]] = {
    "phone": ("right(c.phone_key, 8)", "c.phone_key <> ''"),
    "email": (
        "split_part(c.email, '@', 1)",
        f"c.email <> '' and length(split_part(c.email, '@', 1)) > 4 and split_part(c.email, '@', 1) not in ({_ROLES})",
    ),
    "name": (
        f"c.name_key || '|' || translate(lower(c.city), '{_ACCENTED}', '{_PLAIN}')",
        """c.city <> '' and c.name_key in (
          select n.name_key from contacts n
          where n.tenant_id = :tenant and n.merged_into is null and n.erased_at is null and n.name_key like '% %'
          group by n.name_key having count(*) > 1
        )""",
    ),
}


class DuplicateView(BaseModel):
    """Somebody who may be the same person as the others of the group. `document` is masked when it is a CPF."""

    id: UUID
    name: str
    email: str
    phone: str
    company: str
    city: str
    state: str
    document: str
    tags: list[str]
    created_at: datetime
    version: int


class DuplicateGroup(BaseModel):
    """People who look alike: by the last eight digits of a telephone, the part of an e-mail before the @, or name and city."""

    likeness: Likeness
    people: list[DuplicateView]


async def list_duplicates(uow: UnitOfWork, likeness: Likeness, page: PageQuery) -> Page[DuplicateGroup]:
    """Groups of two to twenty people who look alike, the newest first; a larger one is no likeness but a placeholder."""
    key, condition = _KEYS[likeness]
    query = text(f"""
    with groups as (
      select {key} as alike, array_agg(c.id order by c.id) as ids, max(c.id::text) as newest
      from contacts c
      where c.tenant_id = :tenant and c.merged_into is null and c.erased_at is null and {condition}
      group by 1 having count(*) between 2 and {LARGEST_GROUP}
    ), page as (
      select ids, newest, count(*) over () as total from groups order by newest desc limit :limit offset :offset
    )
    select p.newest, p.total, c.* from page p join contacts c on c.tenant_id = :tenant and c.id = any(p.ids)
    order by p.newest desc, c.id
    """)  # noqa: S608 - keys and conditions are constants of this file
    values = {"tenant": uow.tenant_id, "limit": page.limit, "offset": page.offset}
    rows = (await uow.session.execute(query, values)).all()
    groups: dict[str, DuplicateGroup] = {}
    for row in rows:
        group = groups.setdefault(row.newest, DuplicateGroup(likeness=likeness, people=[]))
        group.people.append(view_of_row(row))
    return Page(
        items=list(groups.values()), total=rows[0].total if rows else 0, limit=page.limit, offset=page.offset
    )


def view_of_row(row: Any) -> DuplicateView:
    """A row of the table as it stands beside others."""
    return DuplicateView(
        id=row.id, name=full_name(row.first_name, row.last_name), email=row.email, phone=row.phone,
        company=row.company, city=row.city, state=row.state, document=masked_document(row.document), tags=row.tags,
        created_at=row.created_at, version=row.version,
    )  # fmt: skip
