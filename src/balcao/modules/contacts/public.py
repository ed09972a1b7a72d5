"""What other modules may use of the address book."""

from __future__ import annotations

from balcao.modules.contacts.activities import note_activity as note_activity
from balcao.modules.contacts.activities import person_of_activity as person_of_activity
from balcao.modules.contacts.consents import grant_consent as grant_consent
from balcao.modules.contacts.consents import withdraw_consent as withdraw_consent
from balcao.modules.contacts.documents import digests_naming as digests_naming
from balcao.modules.contacts.documents import person_document as person_document
from balcao.modules.contacts.events import PeopleMerged as PeopleMerged
from balcao.modules.contacts.events import PersonAdded as PersonAdded
from balcao.modules.contacts.events import PersonChanged as PersonChanged
from balcao.modules.contacts.events import PersonDeleted as PersonDeleted
from balcao.modules.contacts.events import PersonErased as PersonErased
from balcao.modules.contacts.import_blobs import AREA as IMPORTS_AREA
from balcao.modules.contacts.import_blobs import KNOWN_IDS as IMPORTS_IDS
from balcao.modules.contacts.import_inputs import used_rows_this_month as used_rows_this_month
from balcao.modules.contacts.people_merge import CHUNK_ROWS as CHUNK_ROWS
from balcao.modules.contacts.people_merge import merge_chunk as merge_chunk
from balcao.modules.contacts.people_remembering import remember_person as remember_person
from balcao.modules.contacts.pipeline.request import Request as CleaningRequest
from balcao.modules.contacts.suppressions import Entry as SuppressionEntry
from balcao.modules.contacts.suppressions import is_suppressed as is_suppressed
from balcao.modules.contacts.suppressions import suppress as suppress

__all__ = [
    "CHUNK_ROWS",
    "IMPORTS_AREA",
    "IMPORTS_IDS",
    "CleaningRequest",
    "PeopleMerged",
    "PersonAdded",
    "PersonChanged",
    "PersonDeleted",
    "PersonErased",
    "SuppressionEntry",
    "digests_naming",
    "grant_consent",
    "is_suppressed",
    "merge_chunk",
    "note_activity",
    "person_document",
    "person_of_activity",
    "remember_person",
    "suppress",
    "used_rows_this_month",
    "withdraw_consent",
]
