"""Handing contacts to a customer-relations program, one account ("location") of it at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, Protocol

CrmField = Literal[
    "first_name", "last_name", "email", "phone", "company", "address", "city", "state", "postal_code", "country",
    "source", "birthday", "website",
]  # fmt: skip
CRM_FIELDS: Final[tuple[CrmField, ...]] = (
    "first_name", "last_name", "email", "phone", "company", "address", "city", "state", "postal_code", "country",
    "source", "birthday", "website",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CrmAccess:
    """Whose account is spoken to, and with which right. The token never shows in a repr."""

    location_id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CrmTokens:
    """What a consent gave. `expires_at` is aware UTC; the refresh token works once."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    location_id: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CrmAccount:
    """The account behind an access, as the CRM names it. `daily_limit` None: it did not say."""

    location_id: str
    name: str = ""
    daily_limit: int | None = None
    daily_remaining: int | None = None


@dataclass(frozen=True, slots=True)
class CrmLimits:
    """What an answer said about further requests. None: not said. Waits in seconds, `interval` the burst's own."""

    remaining: int | None = None
    interval: float | None = None
    daily_limit: int | None = None
    daily_remaining: int | None = None
    retry_after: float | None = None


class CrmVerdict(StrEnum):
    """What became of a request that writes.

    STORED: done, `contact` is what the CRM now holds. DUPLICATE: refused because another contact has the e-mail or the
    telephone. REFUSED: the data did not please (yet some such answers come after the contact was made). MISSING: the
    contact named is not there. UNAUTHORIZED: the token is not (or no longer) accepted, nothing was done. BUSY: too many
    requests, nothing was done. UNCLEAR: no answer or a broken one, it may have been done. UNREACHABLE: it never arrived.
    """

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    MISSING = "missing"
    UNAUTHORIZED = "unauthorized"
    BUSY = "busy"
    UNCLEAR = "unclear"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, repr=False)
class CrmContact:
    """A contact as the CRM holds it: our field names, only those it has. Its repr shows no personal data."""

    id: str
    fields: Mapping[CrmField, str]
    tags: tuple[str, ...] = ()
    added_at: datetime | None = None

    def __repr__(self) -> str:
        return f"CrmContact({self.id!r})"


@dataclass(frozen=True, slots=True)
class CrmAnswer:
    """The outcome of a request that writes or looks up. `reason` is the CRM's own word, without any token."""

    verdict: CrmVerdict
    contact: CrmContact | None = None
    is_new: bool = False
    holder_id: str = ""
    matching_field: Literal["", "email", "phone"] = ""
    reason: str = field(default="", repr=False)
    limits: CrmLimits = CrmLimits()


@dataclass(frozen=True, slots=True)
class CrmTagsAnswer:
    """The outcome of adding tags to several contacts: the ids the CRM named as failed, when the request was taken."""

    verdict: CrmVerdict
    failed_ids: frozenset[str] = frozenset()
    reason: str = field(default="", repr=False)
    limits: CrmLimits = CrmLimits()


class CrmSignIn(Protocol):
    """Consent by the account's owner (OAuth 2, authorization code)."""

    def consent_url(self, *, state: str, redirect_uri: str) -> str:
        """Where the owner says yes."""
        ...

    async def tokens_for_code(self, code: str, *, redirect_uri: str, now: datetime) -> CrmTokens:
        """Turns the code of a consent into tokens. Raises ProviderRejected("crm_consent") or ProviderUnavailable."""
        ...

    async def refreshed(self, refresh_token: str, *, now: datetime) -> CrmTokens:
        """New tokens for a refresh token, which is spent by it. Raises ProviderRejected("crm_unauthorized") or
        ProviderUnavailable; after the latter nobody knows whether it was spent."""
        ...


class Crm(Protocol):
    """Who keeps the contacts. Empty fields are never sent, so nothing is erased there."""

    @property
    def name(self) -> str:
        """The name it is chosen by in a connection."""
        ...

    @property
    def sign_in(self) -> CrmSignIn | None:
        """Consent, when the operator registered the installation there; None: connections by token only."""
        ...

    async def account(self, access: CrmAccess) -> CrmAccount:
        """Tries the access without changing anything.

        Raises ProviderRejected("crm_unauthorized", "crm_forbidden", "crm_location") or ProviderUnavailable.
        """
        ...

    async def find(self, access: CrmAccess, *, email: str = "", phone: str = "") -> CrmAnswer:
        """Looks for a contact by its e-mail, or else its telephone: STORED with it, or MISSING."""
        ...

    async def upsert(
        self, access: CrmAccess, fields: Mapping[CrmField, str], *, do_not_disturb: bool = False
    ) -> CrmAnswer:
        """Makes a contact or changes the one that has this e-mail or telephone. Never sends tags: they would replace."""
        ...

    async def update(
        self,
        access: CrmAccess,
        contact_id: str,
        fields: Mapping[CrmField, str],
        *,
        do_not_disturb: bool = False,
        erases_empty: bool = False,
    ) -> CrmAnswer:
        """Changes one contact; `erases_empty` sends empty fields too, for putting back what was there."""
        ...

    async def add_tags(
        self, access: CrmAccess, contact_ids: Sequence[str], tags: Sequence[str]
    ) -> CrmTagsAnswer:
        """Adds tags to up to 100 contacts and leaves theirs alone. Adding again changes nothing."""
        ...

    async def delete(self, access: CrmAccess, contact_id: str) -> CrmAnswer:
        """Removes a contact: STORED, or MISSING when it was gone already."""
        ...
