"""The address book in the panel: the list with its search, tags for many, and the book as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.brazil.addresses import fold
from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import ValidationFailedError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Works
from balcao.kernel.web.templates import render
from balcao.modules.contacts.api.attachments import attachment
from balcao.modules.contacts.pages.people_frame import (
    EDIT_PEOPLE,
    HOME,
    SOURCE_WORDS,
    VIEW_PEOPLE,
    back_to,
    frame,
    posted,
)
from balcao.modules.contacts.people_export import Profile, export_people
from balcao.modules.contacts.people_queries import ConsentFilter, PeopleFilter, Sort, list_people
from balcao.modules.contacts.people_tags import change_tags, recent_tags

router = APIRouter()
VIEW, EDIT = [Depends(Allow(VIEW_PEOPLE))], [Depends(Allow(EDIT_PEOPLE))]
PER_PAGE: Final = 25
CONSENTS: Final[Mapping[str, ConsentFilter]] = {
    "": "", "aceitou": "granted", "retirou": "withdrawn", "sem-registro": "none",
}  # fmt: skip
Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the address bar asks for, as it was typed."""

    q: str = ""
    etiqueta: str = ""
    cidade: str = ""
    estado: str = ""
    origem: str = ""
    consentimento: str = ""
    importacao: str = ""
    de: str = ""
    ate: str = ""
    ordem: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether something is searched or filtered."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "ordem")

    @property
    def more(self) -> int:
        """How many of the folded filters are in use."""
        folded = (
            self.cidade,
            self.origem,
            self.de,
            self.ate,
            self.importacao,
            self.consentimento,
            self.ordem,
        )
        return sum(map(bool, folded))

    def query(self, **besides: Any) -> str:
        """The query of an address that shows the same."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)} | besides
        text = urlencode({name: value for name, value in kept.items() if value})
        return f"?{text}" if text else ""

    def filter(self, words: Translator) -> PeopleFilter:
        """As the queries take it; what is no date or id is passed over, and a source may be named as it is shown."""
        sort: Sort = "name" if self.ordem == "nome" else "newest"
        shown = {fold(words(label)): code for code, label in SOURCE_WORDS.items()}
        return PeopleFilter(
            q=self.q, tag=self.etiqueta, city=self.cidade, state=self.estado, source=shown.get(fold(self.origem), self.origem),
            consent=CONSENTS.get(self.consentimento, ""), import_id=_id(self.importacao), since=_day(self.de),
            until=_day(self.ate), sort=sort,
        )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _seen(
    q: Text = "", etiqueta: Text = "", cidade: Text = "", estado: Text = "", origem: Text = "",
    consentimento: Text = "", importacao: Text = "", de: Text = "", ate: Text = "", ordem: Text = "",
) -> Seen:  # fmt: skip
    typed = (q, etiqueta, cidade, estado, origem, consentimento, importacao, de, ate, ordem)
    return Seen(*(text.replace("\x00", "").strip() for text in typed))


Wanted = Annotated[Seen, Depends(_seen)]


@router.get(HOME, dependencies=VIEW)
async def people_page(
    request: Request, uow: ReadUow, words: Words, seen: Wanted,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0, feito: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """The people, searched and filtered."""
    page = await list_people(uow, seen.filter(words), PageQuery(limit=PER_PAGE, offset=offset))

    def page_url(start: int) -> str:
        return HOME + seen.query(offset=start)

    return render(
        request, "contacts/people/list.html", **frame(request, uow.tenant, uow.actor, feito),
        seen=seen, page=page, page_url=page_url,
        here=HOME + seen.query(offset=offset), tags=await recent_tags(uow),
        consents=[("aceitou", words("Agreed")), ("retirou", words("Withdrew")), ("sem-registro", words("Nothing on record"))],
        exports=[
            (words("For GoHighLevel (12 columns)"), f"{HOME}/exportar.csv{seen.query(perfil='ghl')}"),
            (words("All columns"), f"{HOME}/exportar.csv{seen.query(perfil='extended')}"),
            (words("To open in Excel"), f"{HOME}/exportar.csv{seen.query(perfil='excel')}"),
        ],
    )  # fmt: skip


@router.get(f"{HOME}/exportar.csv", dependencies=VIEW)
async def export_file(works: Works, words: Words, seen: Wanted, perfil: Profile = "ghl") -> Response:
    """The people of the filter as a file."""
    chunks = export_people(works, words, seen.filter(words), perfil)
    return await attachment(f"{words('Contacts').lower()}-{perfil}.csv", "text/csv; charset=utf-8", chunks)


@router.post(f"{HOME}/etiquetas", dependencies=EDIT)
async def tag_many(request: Request, works: Works) -> Response:
    """Puts a tag on everybody who is ticked, or takes it off."""
    form = await posted(request)
    ids, tag = form.ids("ids", 1000), form.text("tag", 200)
    if not ids or not tag:
        return RedirectResponse(back_to(form, "nada" if not ids else "sem-etiqueta"), 303)
    takes_off = form.text("action", 10) == "remove"
    try:
        await works.run(
            lambda uow: change_tags(
                uow, ids, add=() if takes_off else (tag,), remove=(tag,) if takes_off else ()
            )
        )
    except ValidationFailedError:
        return RedirectResponse(back_to(form, "etiqueta-longa"), 303)
    return RedirectResponse(back_to(form, "etiquetas"), 303)
