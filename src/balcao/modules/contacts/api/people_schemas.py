"""Bodies and filters of the address book's routes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from balcao.kernel.db.paging import PageQuery
from balcao.modules.contacts.consents import Channel, Status
from balcao.modules.contacts.people_duplicates import Likeness
from balcao.modules.contacts.people_export import Profile
from balcao.modules.contacts.people_queries import ConsentFilter, PeopleFilter, Sort


def _without_nul(value: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return value.replace("\x00", "")


Plain = Annotated[str, AfterValidator(_without_nul)]
Short = Annotated[Plain, Field(max_length=255)]
Tags = Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=50)]
Several = Annotated[list[Short], Field(max_length=10)]


class PeopleQuery(BaseModel):
    """Whom to list. `q` is an e-mail, @domain, #tag, telephone, CPF or CNPJ in any form, or words of a name or company."""

    q: Annotated[Plain, Field(max_length=200)] = ""
    tag: Annotated[Plain, Field(max_length=60)] = ""
    city: Annotated[Plain, Field(max_length=120)] = ""
    state: Annotated[Plain, Field(max_length=60)] = ""
    source: Annotated[Plain, Field(max_length=120)] = ""
    consent: ConsentFilter = ""
    import_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    sort: Sort = "newest"

    def filter(self) -> PeopleFilter:
        """As the queries take it."""
        names = ("q", "tag", "city", "state", "source", "consent", "import_id", "since", "until", "sort")
        return PeopleFilter(**{name: getattr(self, name) for name in names})


class PeoplePageQuery(PeopleQuery):
    """The same, a slice of it."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0

    def page(self) -> PageQuery:
        """The slice."""
        return PageQuery(limit=self.limit, offset=self.offset)


class PeopleExportQuery(PeopleQuery):
    """The same as a file."""

    profile: Profile = "ghl"


class DuplicatesQuery(PageQuery):
    """Which likeness to look for."""

    likeness: Likeness = "phone"


class PersonIn(BaseModel):
    """A person's fields; what is left out is not touched. Telephones and CEPs are understood in any form."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"first_name": "Ana", "last_name": "Souza", "email": "ana@exemplo.com.br", "phone": "(11) 98765-4321",
                 "city": "Campinas", "state": "SP", "tags": ["VIP"]}
            ]
        },
    )  # fmt: skip
    first_name: Short = ""
    last_name: Short = ""
    email: Short = ""
    phone: Short = ""
    company: Short = ""
    job_title: Short = ""
    address: Short = ""
    city: Short = ""
    state: Short = ""
    postal_code: Annotated[Plain, Field(max_length=20)] = ""
    country: Short = ""
    source: Short = ""
    tags: Tags = []
    additional_emails: Several = []
    additional_phones: Several = []
    birthday: date | None = None
    document: Annotated[Plain, Field(max_length=30)] = ""
    website: Short = ""
    notes: Annotated[Plain, Field(max_length=5000)] = ""

    def typed(self) -> dict[str, Any]:
        """The fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set if name != "version"}


class ContactPatch(PersonIn):
    """Changes to a person. `version` is the one that was read: a stale one is refused."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"version": 3, "city": "Santos", "tags": ["VIP", "Atacado"]}]},
    )
    version: int


class MergeIn(BaseModel):
    """Which two rows are one person. What `keep_id` lacks is filled in from `merge_id`; `version` is the kept one's."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"keep_id": "01890a5d-ac96-774b-bcce-b302099a8057", "merge_id": "01890a5d-ac96-774b-bcce-b302099a8058",
                 "version": 2}
            ]
        },
    )  # fmt: skip
    keep_id: UUID
    merge_id: UUID
    version: int | None = None


class ConsentIn(BaseModel):
    """What the person said about a channel, where, and what shows it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"channel": "whatsapp", "status": "granted", "source": "balcão", "evidence": "Ficha assinada"}
            ]
        },
    )
    channel: Channel
    status: Status
    source: Annotated[Plain, Field(min_length=1, max_length=120)]
    evidence: Annotated[Plain, Field(max_length=1000)] = ""


class EraseIn(BaseModel):
    """The person's name, typed to confirm; `keep_out` leaves digests on the suppression list."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"confirm": "Ana Souza", "keep_out": True}]}
    )
    confirm: Annotated[Plain, Field(max_length=400)]
    keep_out: bool = True


class TagsIn(BaseModel):
    """Tags to put on people and to take off them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"ids": ["01890a5d-ac96-774b-bcce-b302099a8057"], "add": ["VIP"], "remove": ["Lead"]}
            ]
        },
    )
    ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)]
    add: Tags = []
    remove: Tags = []
