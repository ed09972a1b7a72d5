"""What the address book tells the rest of the house. Ids only."""

from __future__ import annotations

from uuid import UUID

from balcao.kernel.events import domain_event


@domain_event
class PersonAdded:
    """Somebody new is in the address book, by hand or through another module's door; files are told by their import."""

    contact_id: UUID


@domain_event
class PersonChanged:
    """Fields of a person were changed or put back."""

    contact_id: UUID


@domain_event
class PeopleMerged:
    """Two were one: `merged_id` lives on in `contact_id`."""

    contact_id: UUID
    merged_id: UUID


@domain_event
class PersonErased:
    """A person asked to be forgotten, and was. Whoever keeps something of theirs should let it go too.

    `merged_ids` were joined into them, `subject_ids` are what they had to do with (orders), `digests` recognise their
    e-mails, telephones and documents without naming them (`digests_naming`).
    """

    contact_id: UUID
    merged_ids: tuple[UUID, ...] = ()
    subject_ids: tuple[UUID, ...] = ()
    digests: tuple[str, ...] = ()


@domain_event
class PersonDeleted:
    """A person was taken out of the address book for good. What `PersonErased` says holds here too."""

    contact_id: UUID
    merged_ids: tuple[UUID, ...] = ()
    subject_ids: tuple[UUID, ...] = ()
    digests: tuple[str, ...] = ()
