"""GoHighLevel through its API v2 (contacts specification, 1.2 and 1.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from balcao.ports.crm import (
    CrmAccess,
    CrmAccount,
    CrmAnswer,
    CrmField,
    CrmSignIn,
    CrmTagsAnswer,
    CrmVerdict,
)
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.providers.crm.gohighlevel_answers import (
    PROPERTIES,
    Reply,
    limits_of,
    looked_up,
    removed,
    tagged,
    verdict_of,
    written,
)
from balcao.providers.crm.gohighlevel_line import DEFAULT_TIMEOUT_SECONDS, Line, NoReplyError, checked_id

DEFAULT_BASE_URL: Final = "https://services.leadconnectorhq.com"
API_VERSION: Final = "2021-07-28"
TAGS_AT_ONCE: Final = 100
# Nobody has it (RFC 2606): looking it up tells whether the token may read contacts.
_NOBODY: Final = "nobody@balcao.invalid"


class GoHighLevel:
    """Contacts in the sub-accounts ("locations") of GoHighLevel. `base_url` is the operator's word, never a tenant's."""

    name = "gohighlevel"

    def __init__(
        self,
        base_url: str = DEFAULT_BASE_URL,
        *,
        version: str = API_VERSION,
        sign_in: CrmSignIn | None = None,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        self._line = Line(base_url, timeout_seconds=timeout_seconds, version=version)
        self._sign_in = sign_in

    @property
    def sign_in(self) -> CrmSignIn | None:
        """Consent by OAuth, when the operator registered an app."""
        return self._sign_in

    async def account(self, access: CrmAccess) -> CrmAccount:
        """Tries the token with a harmless look-up, then asks for the location's name, which it may refuse to tell.

        Raises ProviderRejected("crm_unauthorized", "crm_forbidden", "crm_location") or ProviderUnavailable.
        """
        location = checked_id(access.location_id, "crm_location")
        tried = await self._asked(
            "GET", "/contacts/search/duplicate", access, query={"locationId": location, "email": _NOBODY}
        )
        limits = limits_of(tried.headers)
        verdict = verdict_of(tried)
        if verdict is CrmVerdict.UNAUTHORIZED:
            raise ProviderRejected(
                "crm_forbidden" if tried.status == 403 else "crm_unauthorized", tried.reason
            )
        if verdict is CrmVerdict.REFUSED and not tried.says_not_found:
            raise ProviderRejected("crm_location", tried.reason)
        if verdict in {CrmVerdict.BUSY, CrmVerdict.UNCLEAR}:
            raise ProviderUnavailable(f"GoHighLevel answered {tried.status}", retry_after=limits.retry_after)
        return CrmAccount(location, await self._name(access), limits.daily_limit, limits.daily_remaining)

    async def find(self, access: CrmAccess, *, email: str = "", phone: str = "") -> CrmAnswer:
        """Looks for a contact by its e-mail, or else its telephone."""
        query = {"locationId": access.location_id, **({"email": email} if email else {"number": phone})}
        return await self._answer(
            looked_up, self._line.ask("GET", "/contacts/search/duplicate", token=access.token, query=query)
        )

    async def upsert(
        self, access: CrmAccess, fields: Mapping[CrmField, str], *, do_not_disturb: bool = False
    ) -> CrmAnswer:
        """Makes a contact, or changes the one the location's own duplicate rule finds."""
        body = {**_properties(fields), "locationId": access.location_id}
        if do_not_disturb:
            body["dnd"] = True
        asked = self._line.ask("POST", "/contacts/upsert", token=access.token, body=body)
        return await self._answer(lambda reply: written(reply, is_named=False), asked)

    async def update(
        self,
        access: CrmAccess,
        contact_id: str,
        fields: Mapping[CrmField, str],
        *,
        do_not_disturb: bool = False,
        erases_empty: bool = False,
    ) -> CrmAnswer:
        """Changes one contact. The location is not named: this call refuses it as an unknown property."""
        body = _properties(fields, with_empty=erases_empty)
        if do_not_disturb:
            body["dnd"] = True
        asked = self._line.ask("PUT", _contact_path(contact_id), token=access.token, body=body)
        return await self._answer(lambda reply: written(reply, is_named=True), asked)

    async def add_tags(
        self, access: CrmAccess, contact_ids: Sequence[str], tags: Sequence[str]
    ) -> CrmTagsAnswer:
        """Adds tags to up to 100 contacts in one request. Raises ValueError for more."""
        if not 0 < len(contact_ids) <= TAGS_AT_ONCE:
            raise ValueError(f"between 1 and {TAGS_AT_ONCE} contacts at once")
        body = {"contacts": list(contact_ids), "tags": list(tags), "locationId": access.location_id}
        try:
            reply = await self._line.ask(
                "POST", "/contacts/bulk/tags/update/add", token=access.token, body=body
            )
        except NoReplyError as error:
            return CrmTagsAnswer(error.verdict, reason=error.kind)
        except ProviderRejected as error:
            return CrmTagsAnswer(CrmVerdict.UNAUTHORIZED, reason=error.detail)
        return tagged(reply)

    async def delete(self, access: CrmAccess, contact_id: str) -> CrmAnswer:
        """Removes a contact; people can restore it there for 60 days."""
        return await self._answer(
            removed, self._line.ask("DELETE", _contact_path(contact_id), token=access.token)
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._line.aclose()

    async def _answer(self, read: Callable[[Reply], CrmAnswer], asked: Awaitable[Reply]) -> CrmAnswer:
        try:
            reply = await asked
        except NoReplyError as error:
            return CrmAnswer(error.verdict, reason=error.kind)
        except ProviderRejected as error:
            return CrmAnswer(CrmVerdict.UNAUTHORIZED, reason=error.detail)
        return read(reply)

    async def _asked(self, method: str, path: str, access: CrmAccess, *, query: Mapping[str, str]) -> Reply:
        try:
            return await self._line.ask(method, path, token=access.token, query=query)
        except NoReplyError as error:
            raise ProviderUnavailable(f"GoHighLevel: {error.kind}") from None

    async def _name(self, access: CrmAccess) -> str:
        reply = await self._asked("GET", f"/locations/{access.location_id}", access, query={})
        location: Any = reply.body.get("location")
        if not reply.is_fine or not isinstance(location, dict):
            return ""
        name: Any = location.get("name")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return name.strip()[:200] if isinstance(name, str) else ""


def _properties(fields: Mapping[CrmField, str], *, with_empty: bool = False) -> dict[str, Any]:
    """Only known properties, and none that is empty: what is not sent is not touched there."""
    return {PROPERTIES[name]: value for name, value in fields.items() if value or with_empty}


def _contact_path(contact_id: str) -> str:
    return f"/contacts/{quote(checked_id(contact_id, 'crm_contact'), safe='')}"
