"""Joining people in the panel: those who look alike, and two that somebody knows to be one."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Works
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.pages.people_frame import (
    EDIT_PEOPLE,
    HOME,
    VIEW_PEOPLE,
    back_to,
    frame,
    id_of,
    posted,
)
from balcao.modules.contacts.people_changes import find_person
from balcao.modules.contacts.people_duplicates import Likeness, list_duplicates, view_of_row
from balcao.modules.contacts.people_merging import merge_people
from balcao.modules.contacts.people_queries import PeopleFilter, list_people

router = APIRouter()
VIEW, EDIT = [Depends(Allow(VIEW_PEOPLE))], [Depends(Allow(EDIT_PEOPLE))]
GROUPS: Final = 10
LIKENESSES: Final[dict[str, Likeness]] = {"": "phone", "email": "email", "nome": "name"}


@router.get(f"{HOME}/duplicados", dependencies=VIEW)
async def duplicates_page(
    request: Request, uow: ReadUow, words: Words, por: Annotated[str, Query(max_length=10)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0, feito: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """People who look alike, side by side."""
    here = f"{HOME}/duplicados"
    likeness = LIKENESSES.get(por, "phone")
    page = await list_duplicates(uow, likeness, PageQuery(limit=GROUPS, offset=offset))
    ways = [
        ("", words("Same telephone ending")),
        ("email", words("Same e-mail name")),
        ("nome", words("Same name and city")),
    ]
    return render(
        request, "contacts/people/duplicates.html", **frame(request, uow.tenant, uow.actor, feito),
        page=page, here=f"{here}?por={por}&offset={offset}",
        ways=[{"label": label, "href": f"{here}?por={way}" if way else here, "active": LIKENESSES[way] == likeness}
              for way, label in ways],
        page_url=lambda start: f"{here}?por={por}&offset={start}",  # pyright: ignore[reportUnknownLambdaType]
    )  # fmt: skip


@router.get(f"{HOME}/{{contact_id:uuid}}/juntar", dependencies=EDIT)
async def join_page(
    request: Request, uow: ReadUow, contact_id: UUID, q: Annotated[str, Query(max_length=200)] = "",
    com: Annotated[str, Query(max_length=36)] = "",
) -> Response:  # fmt: skip
    """Looks for the other row of the person, then shows both side by side."""
    person = view_of_row(await find_person(uow, contact_id))
    other = view_of_row(await find_person(uow, id_of(com))) if com and com != str(contact_id) else None
    found = (
        await list_people(uow, PeopleFilter(q=q), PageQuery(limit=20))
        if q.strip() and other is None
        else None
    )
    return render(
        request, "contacts/people/join.html", **frame(request, uow.tenant, uow.actor), person=person, other=other,
        found=[item for item in found.items if item.id != contact_id] if found else [], q=q,
        url=f"{HOME}/{contact_id}",
    )  # fmt: skip


@router.post(f"{HOME}/juntar", dependencies=EDIT)
async def join(request: Request, works: Works) -> Response:
    """Joins everybody ticked into the one that is kept."""
    form = await posted(request)
    keep = form.text("keep_id", 36)
    others = [other for other in dict.fromkeys(form.ids("ids", 20)) if str(other) != keep]
    if not keep or not others:
        return RedirectResponse(back_to(form, "juntar-um"), 303)
    version = form.text(f"version-{keep}", 12)

    async def verb(uow: UnitOfWork) -> UUID:
        expected = int(version) if version.isdecimal() else None
        for other in others:
            expected = (await merge_people(uow, id_of(keep), other, expected)).version
        return id_of(keep)

    try:
        kept = await works.run(verb)
    except DomainError as error:
        if error.status != 409:
            raise
        return RedirectResponse(back_to(form, "mudou"), 303)
    if form.text("stay", 1):
        return RedirectResponse(back_to(form, "juntado"), 303)
    return RedirectResponse(f"{HOME}/{kept}?feito=juntado", 303)
