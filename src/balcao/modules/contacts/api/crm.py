"""GoHighLevel over HTTP: accounts, sendings of an import, what became of each contact, and its error report brought back."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from balcao.kernel.db.paging import Page, PageQuery, ShortListQuery
from balcao.kernel.tenant_secrets import sealing_keys_of
from balcao.kernel.web.dependencies import Allow, Installation, ReadUow, Uow, Works
from balcao.modules.contacts.crm_connections import (
    check_connection,
    connect_with_token,
    consent_link,
    disconnect,
)
from balcao.modules.contacts.crm_error_logs import list_log
from balcao.modules.contacts.crm_log_upload import take_error_log
from balcao.modules.contacts.crm_pacing import Estimate
from balcao.modules.contacts.crm_pushes import (
    Only,
    PushOrder,
    cancel_push,
    estimate_push,
    pause_push,
    resume_push,
    retry_failed,
    start_push,
    undo_push,
)
from balcao.modules.contacts.crm_queries import (
    ConnectionView,
    ItemStateName,
    ItemView,
    PushDocument,
    PushSummary,
    get_connection_view,
    list_connections,
    list_items,
    list_pushes,
    push_document,
)
from balcao.modules.contacts.crm_reach import reach_of_work
from balcao.modules.contacts.import_queries import get_import

router = APIRouter(tags=["gohighlevel"])
VIEW, EDIT = Depends(Allow("contacts.crm:view")), Depends(Allow("contacts.crm:edit"))
_EXAMPLE_ID = "0192f0c1-7c2e-7d4a-9a63-0c0ffee00004"
_LOG_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": "CSV"}},
                },
                "example": {"file": "errors.csv"},
            }
        },
    }
}


class TokenIn(BaseModel):
    """A private integration token and the sub-account it is for. The token is stored sealed and never shown again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"location_id": "ve9EPM428h8vShlRW1KT", "token": "pit-…"}},
    )
    location_id: Annotated[str, Field(min_length=4, max_length=64, pattern=r"^\s*[A-Za-z0-9_-]+\s*$")]
    token: Annotated[str, Field(min_length=8, max_length=4096, repr=False)]


class Consent(BaseModel):
    """Where the owner of the account allows this installation in; good for ten minutes, in the same session."""

    url: str


class Connections(Page[ConnectionView]):
    """The accounts of the business."""


class PushIn(BaseModel):
    """What to send where. `safe_mode` looks at each contact before it is changed: slower, and it can be undone."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"connection_id": _EXAMPLE_ID, "only": "fresh"}}
    )
    connection_id: UUID
    only: Only = "all"
    safe_mode: bool = False
    send_suppressed_as_dnd: bool = False

    def order(self) -> PushOrder:
        """The same for the rules."""
        return PushOrder(self.connection_id, self.only, self.safe_mode, self.send_suppressed_as_dnd)


class EstimateQuery(BaseModel):
    """What would be sent where."""

    connection_id: UUID
    only: Only = "all"
    safe_mode: bool = False
    send_suppressed_as_dnd: bool = False


class EstimateDocument(BaseModel):
    """What a sending takes: requests, whole minutes, and its share of the account's daily requests in per cent."""

    contacts: int
    requests: int
    minutes: int
    daily_share_pct: float

    @classmethod
    def of(cls, found: Estimate) -> EstimateDocument:
        """The document of an estimate."""
        return cls(
            contacts=found.contacts, requests=found.requests, minutes=found.minutes,
            daily_share_pct=found.daily_share_pct,
        )  # fmt: skip


class PushQuery(PageQuery):
    """Which sendings."""

    import_id: UUID | None = None


class ItemQuery(PageQuery):
    """Which contacts of a sending."""

    state: ItemStateName | None = None


class Retried(BaseModel):
    """How many contacts go out again."""

    count: int
    push: PushDocument


class LogDocument(BaseModel):
    """What came of a report: its lines, those whose row was found, and how many there are of each code."""

    lines: int
    matched: int
    codes: dict[str, int]


class LogLineDocument(BaseModel):
    """A line of GoHighLevel's report. `row` is our spreadsheet's; 0 when nobody in the import fits."""

    row: int
    field: str
    code: str
    level: Literal["info", "warning", "error"]
    original: str
    note: str


@router.get("/ghl/connections", dependencies=[VIEW])
async def connections(uow: ReadUow, query: Annotated[ShortListQuery, Query()]) -> Connections:
    """The accounts that were connected, working ones first."""
    return Connections.of(await list_connections(uow), query)


@router.post("/ghl/connections", status_code=201, dependencies=[EDIT])
async def connect(body: TokenIn, works: Works) -> ConnectionView:
    """Connects a sub-account with a private token, after trying it. The same account again gets the new token."""
    connection_id = await connect_with_token(reach_of_work(works), body.location_id, body.token)
    return await works.run(lambda uow: get_connection_view(uow, connection_id))


@router.get("/ghl/consent", dependencies=[EDIT])
async def consent(works: Works, runtime: Installation) -> Consent:
    """The address at which the owner of an account lets this installation in (OAuth)."""
    link = consent_link(reach_of_work(works), runtime.keys, runtime.settings.api_base_url)
    return Consent(url=link)


@router.get("/ghl/connections/{connection_id}", dependencies=[VIEW])
async def connection(connection_id: UUID, uow: ReadUow) -> ConnectionView:
    """One account."""
    return await get_connection_view(uow, connection_id)


@router.post("/ghl/connections/{connection_id}/check", dependencies=[EDIT])
async def check(connection_id: UUID, works: Works) -> ConnectionView:
    """Asks GoHighLevel whether the connection still works."""
    await check_connection(reach_of_work(works), connection_id)
    return await works.run(lambda uow: get_connection_view(uow, connection_id))


@router.delete("/ghl/connections/{connection_id}", status_code=204, dependencies=[EDIT])
async def remove(connection_id: UUID, uow: Uow) -> None:
    """Forgets the tokens of an account; what was sent stays on record."""
    await disconnect(uow, connection_id)


@router.get("/jobs/{job_id}/ghl-pushes/estimate", dependencies=[VIEW])
async def push_estimate(
    job_id: UUID, uow: ReadUow, wanted: Annotated[EstimateQuery, Query()]
) -> EstimateDocument:
    """What sending this import would take, before anything is sent."""
    order = PushOrder(wanted.connection_id, wanted.only, wanted.safe_mode, wanted.send_suppressed_as_dnd)
    return EstimateDocument.of(await estimate_push(uow, job_id, order))


@router.post("/jobs/{job_id}/ghl-pushes", status_code=202, dependencies=[EDIT])
async def push_import(job_id: UUID, body: PushIn, uow: Uow) -> PushDocument:
    """Begins to send the import's contacts; ask the sending for its progress."""
    push_id = await start_push(uow, job_id, body.order())
    return await push_document(uow, push_id)


@router.get("/jobs/{job_id}/ghl-pushes", dependencies=[VIEW])
async def pushes_of_import(
    job_id: UUID, uow: ReadUow, page: Annotated[PageQuery, Query()]
) -> Page[PushSummary]:
    """The sendings of one import, newest first."""
    await get_import(uow, job_id)
    return await list_pushes(uow, page, import_id=job_id)


@router.post("/jobs/{job_id}/ghl-error-log", dependencies=[EDIT], openapi_extra=_LOG_FORM)
async def upload_error_log(job_id: UUID, request: Request, works: Works) -> LogDocument:
    """Takes GoHighLevel's own import report (CSV) and joins its lines to the import's rows."""
    found = await take_error_log(works, job_id, request.stream(), request.headers.get("content-type", ""))
    return LogDocument(lines=found.lines, matched=found.matched, codes=found.codes)


@router.get("/jobs/{job_id}/ghl-error-log", dependencies=[VIEW])
async def error_log(job_id: UUID, uow: ReadUow, page: Annotated[PageQuery, Query()]) -> Page[LogLineDocument]:
    """The lines of the last report, by row."""
    await get_import(uow, job_id)
    found = await list_log(uow, job_id, page)
    items = [LogLineDocument.model_validate(item) for item in found.items]
    return Page(items=items, total=found.total, limit=found.limit, offset=found.offset)


@router.get("/ghl-pushes", dependencies=[VIEW])
async def pushes(uow: ReadUow, wanted: Annotated[PushQuery, Query()]) -> Page[PushSummary]:
    """Sendings, newest first."""
    return await list_pushes(uow, wanted, import_id=wanted.import_id)


@router.get("/ghl-pushes/{push_id}", dependencies=[VIEW])
async def push(push_id: UUID, uow: ReadUow) -> PushDocument:
    """One sending: contacts by state, seconds left, the last problems."""
    return await push_document(uow, push_id)


@router.get("/ghl-pushes/{push_id}/items", dependencies=[VIEW])
async def items(
    push_id: UUID, uow: ReadUow, runtime: Installation, wanted: Annotated[ItemQuery, Query()]
) -> Page[ItemView]:
    """The contacts of a sending in the file's order, of one state or all."""
    states = (wanted.state,) if wanted.state else ()
    return await list_items(uow, sealing_keys_of(runtime.settings), push_id, wanted, states=states)


@router.post("/ghl-pushes/{push_id}/pause", dependencies=[EDIT])
async def pause(push_id: UUID, uow: Uow) -> PushDocument:
    """Nothing new leaves from now on."""
    await pause_push(uow, push_id)
    return await push_document(uow, push_id)


@router.post("/ghl-pushes/{push_id}/resume", dependencies=[EDIT])
async def resume(push_id: UUID, uow: Uow) -> PushDocument:
    """Goes on at the first contact that has not arrived."""
    await resume_push(uow, push_id)
    return await push_document(uow, push_id)


@router.post("/ghl-pushes/{push_id}/cancel", dependencies=[EDIT])
async def cancel(push_id: UUID, uow: Uow) -> PushDocument:
    """Ends the sending; who arrived stays there."""
    await cancel_push(uow, push_id)
    return await push_document(uow, push_id)


@router.post("/ghl-pushes/{push_id}/retry-failed", dependencies=[EDIT])
async def send_failed_again(push_id: UUID, uow: Uow) -> Retried:
    """Sends the failed contacts once more, and only them."""
    count = await retry_failed(uow, push_id)
    return Retried(count=count, push=await push_document(uow, push_id))


@router.post("/ghl-pushes/{push_id}/undo", status_code=202, dependencies=[EDIT])
async def undo(push_id: UUID, uow: Uow) -> PushDocument:
    """Removes what this sending made at GoHighLevel, and puts back what it changed in safe mode."""
    await undo_push(uow, push_id)
    return await push_document(uow, push_id)
