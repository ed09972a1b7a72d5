"""How sendings to GoHighLevel are told to people: English msgids for states, codes and problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from balcao.modules.contacts.crm_outcomes import OUTCOME_TEXTS

CONNECTION_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "connected": ("Connected", "done"),
    "needs_reconnect": ("Connect again", "stop"),
    "disconnected": ("Disconnected", None),
}
KIND_WORDS: Final[Mapping[str, str]] = {
    "token": "private token",
    "consent": "permission given at GoHighLevel",
}
PUSH_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "preparing": ("Getting ready", "info"),
    "running": ("Sending", "info"),
    "paused": ("Paused", "waits"),
    "paused_daily": ("Resting until the day's quota is back", "waits"),
    "needs_reconnect": ("Waits: connect GoHighLevel again", "stop"),
    "canceled": ("Stopped by you", None),
    "done": ("Sent", "done"),
    "failed": ("Did not work", "stop"),
    "undoing": ("Being undone", "info"),
    "undone": ("Taken back", None),
}
"""The word of each status of a sending, and the tone of its badge."""
ITEM_WORDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "pending": ("Waiting", None),
    "sent": ("Just left", "info"),
    "retry": ("Will be tried again", "waits"),
    "created": ("Created", "done"),
    "updated": ("Updated", "done"),
    "partial": ("Arrived in part", "waits"),
    "skipped": ("Left out", None),
    "failed": ("Did not arrive", "stop"),
}
ONLY_WORDS: Final[Mapping[str, str]] = {
    "all": "All contacts",
    "new": "New contacts",
    "changed": "Changed contacts",
    "fresh": "New and changed contacts",
}
UNDONE_WORDS: Final[Mapping[str, str]] = {
    "deleted": "removed there",
    "restored": "put back as it was",
    "gone": "was not there any more",
    "failed": "could not be undone",
}
FIELD_WORDS: Final[Mapping[str, str]] = {
    "first_name": "First name", "last_name": "Last name", "email": "E-mail", "phone": "Telephone", "company": "Company",
    "address": "Street", "city": "City", "state": "State", "postal_code": "CEP", "country": "Country", "source": "Source",
    "birthday": "Birthday", "website": "Site", "tags": "Tags",
}  # fmt: skip
PROBLEM_WORDS: Final[Mapping[str, str]] = {
    "import_not_ready": "The import's results are not there any more. Clean the file again and send anew.",
    "import_results_gone": "The import's results are not there any more. Clean the file again and send anew.",
    "import_undone": "The import was undone before anybody was sent.",
    "crm_not_connected": "GoHighLevel did not accept the connection any more.",
    "crm_unauthorized": "GoHighLevel does not accept the token any more.",
}


def code_text(code: str) -> str:
    """The msgid that explains what became of a contact; empty for none."""
    return OUTCOME_TEXTS.get(code, "")
