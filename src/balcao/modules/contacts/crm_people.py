"""A person of an import as it travels to the CRM, and as it waits for that: sealed, so that no copy of the table tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

import orjson

from balcao.kernel.tenant_secrets import SealingKeys, seal, unseal
from balcao.modules.contacts.people_fields import INDEX
from balcao.ports.crm import CRM_FIELDS, CrmField

PURPOSE: Final = "ghl_push_item"
BEFORE: Final = "ghl_push_item.before"
_TAGS: Final = INDEX["tags"]
_POSITIONS: Final[tuple[tuple[CrmField, int], ...]] = tuple((name, INDEX[name]) for name in CRM_FIELDS)


@dataclass(frozen=True, slots=True, repr=False)
class CrmPerson:
    """The fields that are sent, none of them empty. `is_suppressed`: sent only so that nobody is contacted there."""

    fields: Mapping[CrmField, str]
    is_suppressed: bool = False

    @property
    def email(self) -> str:
        """The e-mail, or an empty text."""
        return self.fields.get("email", "")

    @property
    def phone(self) -> str:
        """The telephone (E.164), or an empty text."""
        return self.fields.get("phone", "")

    @property
    def name(self) -> str:
        """First and last name, for a person to read."""
        return f"{self.fields.get('first_name', '')} {self.fields.get('last_name', '')}".strip()


def person_of(texts: Sequence[str], *, is_suppressed: bool = False) -> CrmPerson:
    """A person from its texts in PERSON order. Gender is never sent: the CRM takes and discards it."""
    return CrmPerson({name: texts[at] for name, at in _POSITIONS if texts[at]}, is_suppressed)


def tags_of(texts: Sequence[str]) -> list[str]:
    """The tags of a person, one by one."""
    return [tag for part in texts[_TAGS].split(",") if (tag := part.strip())]


def sealed_person(keys: SealingKeys, tenant_id: UUID, person: CrmPerson) -> bytes:
    """The person as it is kept until it arrived."""
    document = {"fields": dict(person.fields), "suppressed": person.is_suppressed}
    return seal(keys, tenant_id, PURPOSE, orjson.dumps(document).decode())


def opened_person(keys: SealingKeys, tenant_id: UUID, sealed: bytes) -> CrmPerson:
    """The person again. Raises SecretLostError."""
    document: dict[str, Any] = orjson.loads(unseal(keys, tenant_id, PURPOSE, sealed))
    return CrmPerson(document["fields"], document["suppressed"])


def sealed_image(keys: SealingKeys, tenant_id: UUID, fields: Mapping[CrmField, str]) -> bytes:
    """What a contact held at the CRM before we changed it."""
    return seal(keys, tenant_id, BEFORE, orjson.dumps(dict(fields)).decode())


def opened_image(keys: SealingKeys, tenant_id: UUID, sealed: bytes) -> dict[CrmField, str]:
    """That image again. Raises SecretLostError."""
    return cast("dict[CrmField, str]", orjson.loads(unseal(keys, tenant_id, BEFORE, sealed)))
