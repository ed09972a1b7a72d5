"""One person in the panel: who they are, what happened, what they agreed to, and their rights."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from balcao.brazil.phones import tel_link, wa_link
from balcao.kernel.db.paging import PageQuery
from balcao.kernel.errors import DomainError, NotFoundError
from balcao.kernel.i18n import Translator
from balcao.kernel.web.dependencies import Allow, ReadUow, Words, Work, Works, translator_of
from balcao.kernel.web.templates import render
from balcao.kernel.work import UnitOfWork
from balcao.modules.contacts.activities import list_activities, said
from balcao.modules.contacts.api.attachments import content_disposition
from balcao.modules.contacts.consents import CHANNELS, Channel, grant_consent, withdraw_consent
from balcao.modules.contacts.pages.people_frame import (
    EDIT_PEOPLE,
    HOME,
    SOURCE_WORDS,
    VIEW_PEOPLE,
    Posted,
    frame,
    posted,
    problems_of,
)
from balcao.modules.contacts.people import create_person, delete_person, update_person
from balcao.modules.contacts.people_changes import undo_change
from balcao.modules.contacts.people_errors import NameNotConfirmedError, PersonExistsError
from balcao.modules.contacts.people_history import list_changes
from balcao.modules.contacts.people_queries import read_person
from balcao.modules.contacts.people_rules import TEXT_LIMITS
from balcao.modules.contacts.people_tags import recent_tags
from balcao.modules.contacts.privacy import erase_person, export_person

router = APIRouter()
VIEW, EDIT = [Depends(Allow(VIEW_PEOPLE))], [Depends(Allow(EDIT_PEOPLE))]
ONE: Final = f"{HOME}/{{contact_id:uuid}}"
LINES: Final = 30
LISTED: Final = ("tags", "additional_emails", "additional_phones")
TYPED: Final = (*TEXT_LIMITS, "email", "phone", "postal_code", "document", "birthday", *LISTED)
BY_NAME: Final[dict[str, Channel]] = {name: name for name in CHANNELS}
Done = Annotated[str, Query(max_length=20)]


def _url(contact_id: UUID, done: str = "") -> str:
    return f"{HOME}/{contact_id}" + (f"?feito={done}" if done else "")


@router.get(f"{HOME}/novo", dependencies=EDIT)
async def new_page(request: Request, uow: ReadUow) -> Response:
    """The form of somebody new."""
    return _form_page(request, uow, dict.fromkeys(TYPED, ""), await recent_tags(uow))


@router.post(f"{HOME}/novo", dependencies=EDIT)
async def create(request: Request, works: Works) -> Response:
    """Adds somebody."""
    form = await posted(request)

    async def verb(uow: UnitOfWork) -> UUID:
        return (await create_person(uow, _typed(form))).id

    return await _try(request, works, form, verb, "criado")


@router.get(f"{ONE}/editar", dependencies=EDIT)
async def edit_page(request: Request, uow: ReadUow, contact_id: UUID) -> Response:
    """The form of a person."""
    person = await read_person(uow, contact_id)
    values = {name: getattr(person, name) for name in TYPED}
    values |= {name: ", ".join(values[name]) for name in LISTED}
    values["birthday"] = person.birthday.isoformat() if person.birthday else ""
    values["source"] = _sources(translator_of(request)).get(person.source, person.source)
    return _form_page(
        request,
        uow,
        values | {"version": person.version},
        await recent_tags(uow),
        contact_id=contact_id,
        name=person.name,
    )


@router.post(f"{ONE}/editar", dependencies=EDIT)
async def edit(request: Request, works: Works, contact_id: UUID) -> Response:
    """Saves a person."""
    form = await posted(request)
    version = form.text("version", 12)

    async def verb(uow: UnitOfWork) -> UUID:
        typed = _typed(form)
        codes = {label: code for code, label in _sources(translator_of(request)).items()}
        if "source" in typed:
            typed["source"] = codes.get(typed["source"], typed["source"])
        if (await read_person(uow, contact_id)).document == typed.get("document"):
            del typed["document"]  # what is shown masked and was left alone is not a new number
        await update_person(uow, contact_id, typed, int(version) if version.isdecimal() else None)
        return contact_id

    return await _try(request, works, form, verb, "salvo", contact_id)


def _sources(words: Translator) -> dict[str, str]:
    """How sources that are codes are shown."""
    return {code: words(label) for code, label in SOURCE_WORDS.items()}


def _typed(form: Posted) -> dict[str, Any]:
    """The fields of the form that were sent, lists split at commas."""
    typed: dict[str, Any] = {name: form.text(name) for name in TYPED if name in form.values}
    for name in LISTED:
        if name in typed:
            typed[name] = [part.strip() for part in typed[name].replace(";", ",").split(",") if part.strip()]
    if "birthday" in typed:
        typed["birthday"] = _day(typed["birthday"])
    return typed


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _try(
    request: Request,
    works: Work,
    form: Posted,
    verb: Callable[[UnitOfWork], Awaitable[UUID]],
    done: str,
    contact_id: UUID | None = None,
) -> Response:
    """Runs the verb of a form; a refusal brings the form back with what was typed."""
    try:
        return RedirectResponse(_url(await works.run(verb), done), 303)
    except NotFoundError:
        raise
    except DomainError as error:
        refused = error
    errors, problem = problems_of(translator_of(request), refused)
    other = str(refused.ext.get("contact_id", "")) if isinstance(refused, PersonExistsError) else ""

    async def show(uow: UnitOfWork) -> Response:
        values = dict.fromkeys(TYPED, "") | dict(form.values)
        return _form_page(
            request, uow, values, await recent_tags(uow), contact_id=contact_id, name="", errors=errors,
            problem=problem, other=other, status=422,
        )  # fmt: skip

    return await works.run(show)


def _form_page(
    request: Request, uow: UnitOfWork, values: dict[str, Any], tags: list[str], *, contact_id: UUID | None = None,
    name: str = "", errors: dict[str, str] | None = None, problem: str = "", other: str = "", status: int = 200,
) -> Response:  # fmt: skip
    return render(
        request, "contacts/people/form.html", status=status, **frame(request, uow.tenant, uow.actor), v=values,
        errors=defaultdict(str, errors or {}), problem=problem, other=other, contact_id=contact_id, name=name, tags=tags,
    )  # fmt: skip


@router.get(ONE, dependencies=VIEW)
async def person_page(
    request: Request, uow: ReadUow, words: Words, contact_id: UUID, feito: Done = "", erro: Done = "",
    antes: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:  # fmt: skip
    """A person whole. One who was joined with another leads there."""
    try:
        person = await read_person(uow, contact_id)
    except NotFoundError as error:
        if "merged_into" in error.ext:
            return RedirectResponse(_url(UUID(error.ext["merged_into"])), 303)
        raise
    changes = await list_changes(uow, contact_id, PageQuery(limit=LINES))
    undoable = next((change for change in changes.items if change.kind == "merge" and change.can_undo), None)
    undo_url = (
        f"{_url(contact_id)}/mudancas/{undoable.id}/desfazer" if undoable and feito == "juntado" else None
    )
    activities = await list_activities(uow, contact_id, PageQuery(limit=LINES, offset=antes))
    return render(
        request, "contacts/people/person.html", **frame(request, uow.tenant, uow.actor, feito, undo_url),
        person=person, url=_url(contact_id), changes=changes,
        activities=[{"said": said(words, item.title, item.arguments), "item": item} for item in activities.items],
        activities_page=activities, channels=CHANNELS, wa_link=wa_link, tel_link=tel_link,
        sees_orders=uow.actor.can("store.orders:view"), not_confirmed=erro == "nome",
        activities_url=lambda start: f"{_url(contact_id)}?antes={start}#historico",  # pyright: ignore[reportUnknownLambdaType]
    )  # fmt: skip


@router.post(f"{ONE}/mudancas/{{change_id:uuid}}/desfazer", dependencies=EDIT)
async def undo(works: Works, contact_id: UUID, change_id: UUID) -> Response:
    """Takes a change back."""
    try:
        await works.run(lambda uow: undo_change(uow, contact_id, change_id))
    except NotFoundError:
        raise
    except DomainError:
        return RedirectResponse(_url(contact_id, "nao-desfeito"), 303)
    return RedirectResponse(_url(contact_id, "desfeito"), 303)


@router.post(f"{ONE}/consentimento", dependencies=EDIT)
async def consent(request: Request, works: Works, contact_id: UUID) -> Response:
    """Notes what the person said about being written to."""
    form = await posted(request)
    channel = BY_NAME.get(form.text("channel", 20), CHANNELS[0])
    record = withdraw_consent if form.text("status", 20) == "withdrawn" else grant_consent
    source = form.text("source", 120) or "manual"
    await works.run(lambda uow: record(uow, contact_id, channel, source, form.text("evidence", 1000)))
    return RedirectResponse(_url(contact_id, "consentimento"), 303)


@router.get(f"{ONE}/dados.json", dependencies=EDIT)
async def personal_data(uow: ReadUow, words: Words, contact_id: UUID) -> Response:
    """Everything kept of the person, as a file to hand over."""
    body = json.dumps(await export_person(uow, contact_id), ensure_ascii=False, indent=2)
    headers = {
        "content-disposition": content_disposition(f"{words('personal-data')}-{contact_id}.json"),
        "cache-control": "private, no-store",
    }
    return Response(body, media_type="application/json", headers=headers)


@router.post(f"{ONE}/esquecer", dependencies=EDIT)
async def erase(request: Request, works: Works, contact_id: UUID) -> Response:
    """Forgets the person, once the name was typed."""
    form = await posted(request)
    keep_out = "keep_out" in form.values
    try:
        await works.run(
            lambda uow: erase_person(uow, contact_id, form.text("confirm", 400), keep_out=keep_out)
        )
    except NameNotConfirmedError:
        return RedirectResponse(f"{_url(contact_id)}?erro=nome#lgpd", 303)
    return RedirectResponse(f"{HOME}?feito=esquecido", 303)


@router.post(f"{ONE}/apagar", dependencies=EDIT)
async def remove(works: Works, contact_id: UUID) -> Response:
    """Takes the person out for good."""
    await works.run(lambda uow: delete_person(uow, contact_id))
    return RedirectResponse(f"{HOME}?feito=apagado", 303)
