"""Refusals of the address book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from balcao.kernel.errors import DomainError, VersionConflictError


class PersonExistsError(DomainError):
    """The e-mail or mobile belongs to somebody else of the address book; `contact_id` says whom, `field` which."""

    code = "person_exists"
    title = "Contact exists."
    detail = "Somebody with this e-mail or telephone is in your contacts already."


class ChangeNotUndoableError(DomainError):
    """This kind of change cannot be taken back."""

    code = "change_not_undoable"
    title = "Cannot be undone."
    detail = "This change cannot be undone."


class ChangedSinceError(VersionConflictError):
    """Fields of the change were changed again since; `differs` lists them with what they hold now."""

    detail = "This was changed again since, so the older change cannot be undone."


class SamePersonError(DomainError):
    """A person cannot be joined with itself."""

    code = "same_person"
    title = "Same contact."
    detail = "These are the same contact already."


class NameNotConfirmedError(DomainError):
    """The name typed to confirm an erasure is not the person's."""

    status = 422
    code = "name_not_confirmed"
    title = "Name not confirmed."
    detail = "Type the contact's name to confirm."


CONSTRAINT_ERRORS: Final[Mapping[str, Callable[[], DomainError]]] = {
    "uq_contacts_email": lambda: PersonExistsError(field="email"),
    "uq_contacts_phone_key": lambda: PersonExistsError(field="phone"),
}
