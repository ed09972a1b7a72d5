"""What the address book tells the rest of the house. Ids only."""

from __future__ import annotations

from uuid import UUID

from balcao.kernel.events import domain_event


@domain_event
class PersonErased:
    """A person asked to be forgotten, and was. Whoever keeps something of theirs under this id should let it go too."""

    contact_id: UUID
