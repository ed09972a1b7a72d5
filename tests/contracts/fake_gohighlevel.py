"""A local server that speaks GoHighLevel's API v2 as far as contacts go, with its limits, its traps and its faults.

Time is handed over, so that ten-second windows pass in no time. Everything it did is kept for the test to look at.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LOCATION = "ve9EPM428h8vShlRW1KT"
VERSION = "2021-07-28"
UPSERT = {
    "locationId", "firstName", "lastName", "name", "email", "phone", "address1", "city", "state", "postalCode", "country",
    "companyName", "website", "timezone", "dnd", "dndSettings", "tags", "customFields", "source", "dateOfBirth",
    "assignedTo", "gender", "createNewIfDuplicateAllowed",
}  # fmt: skip
UPDATE = UPSERT - {"locationId", "gender", "createNewIfDuplicateAllowed"}

Json = dict[str, Any]
Answer = tuple[int, Any]
Fault = Callable[["FakeGoHighLevel", Json], Answer | None]
"""What to do in place of an upsert: an answer, or None for no answer at all."""


@dataclass
class FakeGoHighLevel:
    """One sub-account. `faults` maps an e-mail to what happens to its next upsert; rates are shares of all requests."""

    clock: Callable[[], datetime]
    tokens: set[str] = field(default_factory=lambda: {"pit-good-token"})
    refresh_tokens: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    busy_share: float = 0.0
    broken_share: float = 0.0
    daily_limit: int = 200_000
    daily_used: int = 0
    burst: int = 100
    life_seconds: int = 86_399
    tells_waits: bool = True
    faults: dict[str, Fault] = field(default_factory=dict)
    contacts: dict[str, Json] = field(default_factory=dict)
    calls: list[tuple[str, str, Json]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    times: deque[datetime] = field(default_factory=deque)
    refused_for_pace: int = 0
    busiest_window: int = 0
    spent_twice: int = 0
    refreshes: int = 0
    on_request: Callable[[str, str], None] | None = None
    pause: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(20260918)
        self._server: asyncio.Server | None = None
        self._closing = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._number = 0

    async def start(self) -> str:
        """Listens on this machine; answers the base address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Ends it and every open connection."""
        self._closing.set()
        for writer in list(self._open):
            writer.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def add(self, **fields: Any) -> str:
        """A contact that is there already."""
        self._number += 1
        contact_id = f"contact{self._number:06d}"
        self.contacts[contact_id] = {
            "id": contact_id, "locationId": LOCATION, "tags": [], "additionalEmails": [],
            "dateAdded": self.clock().isoformat(), **fields,
        }  # fmt: skip
        return contact_id

    def count(self, method: str, path: str) -> int:
        """How many requests there were to a path that begins so."""
        return sum(m == method and p.startswith(path) for m, p, _ in self.calls)

    def holders(self, email: str) -> list[Json]:
        """The contacts with this e-mail."""
        return [contact for contact in self.contacts.values() if contact.get("email") == email]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head[1:])
                    if name
                }
                raw = await reader.readexactly(int(headers.get("content-length", 0)))
                if self.pause:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._closing.wait(), self.pause)
                answer = self._answer(method, target, headers, raw)
                if answer is None:
                    break
                writer.write(self._packed(*answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def _packed(self, status: int, body: Any) -> bytes:
        self.statuses[status] += 1
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        used = len(self.times)
        lines = [
            f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(raw)}",
            f"X-RateLimit-Limit-Daily: {self.daily_limit}",
            f"X-RateLimit-Daily-Remaining: {max(0, self.daily_limit - self.daily_used)}",
            "X-RateLimit-Interval-Milliseconds: 10000", f"X-RateLimit-Max: {self.burst}",
            f"X-RateLimit-Remaining: {max(0, self.burst - used)}",
        ]  # fmt: skip
        if status == 429 and self.tells_waits:
            lines.append("Retry-After: 2")
        return "\r\n".join([*lines, "", ""]).encode() + raw

    def _answer(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Answer | None:
        url = urlsplit(target)
        path, query = unquote(url.path), {name: values[0] for name, values in parse_qs(url.query).items()}
        form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        body: Json = (
            {n: v[0] for n, v in parse_qs(raw.decode()).items()} if form else json.loads(raw or b"{}")
        )
        self.calls.append((method, path, body or query))
        self.heads.append(headers)
        if self.on_request is not None:
            self.on_request(method, path)
        if path == "/oauth/token":
            return self._tokens(body)
        refusal = self._refused(headers)
        if refusal is not None:
            return refusal
        return self._route(method, path, query, body)

    def _refused(self, headers: dict[str, str]) -> Answer | None:
        now = self.clock()
        while self.times and now - self.times[0] >= timedelta(seconds=10):
            self.times.popleft()
        if len(self.times) >= self.burst:
            self.refused_for_pace += 1
            return 429, {"statusCode": 429, "message": "Too many requests"}
        self.times.append(now)
        self.busiest_window = max(self.busiest_window, len(self.times))
        self.daily_used += 1
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            # Some servers repeat what they were sent.
            return 401, {"statusCode": 401, "message": f"Invalid JWT {token}", "error": "Unauthorized"}
        if headers.get("version") != VERSION:
            return 400, {"statusCode": 400, "message": "version header was not found"}
        if self._random.random() < self.busy_share:
            return 429, {"statusCode": 429, "message": "Too many requests"}
        if self._random.random() < self.broken_share:
            return 502, b"<html>Bad Gateway</html>"
        return None

    def _route(self, method: str, path: str, query: dict[str, str], body: Json) -> Answer | None:
        parts = path.strip("/").split("/")
        if path == "/contacts/upsert" and method == "POST":
            return self._upsert(body)
        if path == "/contacts/search/duplicate" and method == "GET":
            return self._duplicate(query)
        if path == "/contacts/bulk/tags/update/add" and method == "POST":
            return self._tags(body)
        if parts[0] == "locations" and method == "GET":
            return 200, {"location": {"id": LOCATION, "name": "Padaria do Zé"}}
        if parts[0] == "contacts" and len(parts) == 2:
            if parts[1] not in self.contacts:
                return 400, {"statusCode": 400, "message": f"Contact with id {parts[1]} not found"}
            if method == "PUT":
                return self._update(parts[1], body)
            if method == "DELETE":
                del self.contacts[parts[1]]
                return 200, {"succeded": True}
        return 404, {"statusCode": 404, "message": "Cannot " + method}

    def _upsert(self, body: Json) -> Answer | None:
        fault = self.faults.pop(body.get("email", ""), None)
        if fault is not None:
            return fault(self, body)
        unknown = sorted(set(body) - UPSERT)
        if unknown:
            return _unprocessable(*(f"property {name} should not exist" for name in unknown))
        if body.get("locationId") != LOCATION:
            return 403, {"statusCode": 403, "message": "The token does not have access to this location."}
        return 200, self.stored(body)

    def stored(self, body: Json) -> Json:
        """What an upsert does: the e-mail decides first, then the telephone; tags replace; a taken telephone is dropped."""
        fields = {name: value for name, value in body.items() if name not in {"locationId", "gender"}}
        found = self._by("email", body.get("email", "")) or self._by("phone", body.get("phone", ""))
        holder = self._by("phone", body.get("phone", ""))
        if found is not None and holder is not None and holder["id"] != found["id"]:
            fields.pop("phone")
        if found is None:
            found = self.contacts[self.add()]
            is_new = True
        else:
            is_new = False
            if fields.get("email") in found["additionalEmails"]:
                found["additionalEmails"].remove(fields["email"])
        found.update(fields)
        return {"new": is_new, "contact": dict(found), "traceId": "t"}

    def _update(self, contact_id: str, body: Json) -> Answer:
        unknown = sorted(set(body) - UPDATE)
        if unknown:
            return _unprocessable(*(f"property {name} should not exist" for name in unknown))
        for name in ("email", "phone"):
            other = self._by(name, body.get(name, ""))
            if other is not None and other["id"] != contact_id:
                return duplicated(other["id"], name)
        self.contacts[contact_id].update(body)
        return 200, {"succeded": True, "contact": dict(self.contacts[contact_id])}

    def _duplicate(self, query: dict[str, str]) -> Answer:
        if query.get("locationId") != LOCATION:
            return 403, {"statusCode": 403, "message": "The token does not have access to this location."}
        found = self._by("email", query.get("email", "")) or self._by("phone", query.get("number", ""))
        return 200, {"contact": dict(found) if found is not None else None}

    def _tags(self, body: Json) -> Answer:
        unknown = sorted(set(body) - {"contacts", "tags", "locationId", "removeAllTags"})
        if unknown or len(body["contacts"]) > 100:
            return _unprocessable(*unknown, "contacts must contain no more than 100 elements")
        told: list[Json] = []
        for contact_id in body["contacts"]:
            contact = self.contacts.get(contact_id)
            if contact is None:
                told.append({"contactId": contact_id, "message": "Contact not found", "type": "error"})
                continue
            contact["tags"] = list(dict.fromkeys([*contact["tags"], *(tag.lower() for tag in body["tags"])]))
            told.append({"contactId": contact_id, "message": "Tags updated", "type": "success"})
        return 201, {"succeded": True, "errorCount": 0, "responses": told}

    def _by(self, name: str, value: str) -> Json | None:
        if not value:
            return None
        further = "additionalEmails" if name == "email" else ""
        return next(
            (c for c in self.contacts.values() if c.get(name) == value or value in c.get(further, [])), None
        )

    def _tokens(self, form: Json) -> Answer:
        kind = form.get("grant_type")
        wanted, known = (
            (form.get("code", ""), self.codes)
            if kind == "authorization_code"
            else (form.get("refresh_token", ""), self.refresh_tokens)
        )
        if (form.get("client_id"), form.get("client_secret")) != ("our-app", "our-app-secret"):
            return 401, {"error": "invalid_client", "error_description": "Invalid client credentials!"}
        if wanted not in known:
            self.spent_twice += kind == "refresh_token"
            return 400, {"error": "invalid_grant", "error_description": f"This grant is invalid: {wanted}"}
        known.discard(wanted)
        self.refreshes += kind == "refresh_token"
        self._number += 1
        access, refresh = f"access-{self._number}-canary", f"refresh-{self._number}-canary"
        self.tokens = {access}
        self.refresh_tokens = {refresh}
        return 200, {
            "access_token": access, "refresh_token": refresh, "expires_in": self.life_seconds, "token_type": "Bearer",
            "scope": "contacts.readonly contacts.write", "locationId": LOCATION, "userType": "Location",
        }  # fmt: skip


def _unprocessable(*messages: str) -> Answer:
    return 422, {"statusCode": 422, "message": list(messages), "error": "Unprocessable Entity"}


def duplicated(contact_id: str, name: str) -> Answer:
    """The refusal of a second contact with the same e-mail or telephone."""
    return 400, {
        "statusCode": 400,
        "message": "This location does not allow duplicated contacts.",
        "meta": {"contactId": contact_id, "contactName": "x", "matchingField": name},
    }


def silent(server: FakeGoHighLevel, body: Json) -> Answer | None:
    """The contact is made, and the line breaks before the answer."""
    server.stored(body)
    return None


def refused_yet_made(server: FakeGoHighLevel, body: Json) -> Answer:
    """The contact is made, and the answer says no."""
    server.stored(body)
    return _unprocessable("email must be an email")


def refused(_server: FakeGoHighLevel, _body: Json) -> Answer:
    """The data do not please."""
    return _unprocessable("phone must be a valid phone number")


def expired(server: FakeGoHighLevel, _body: Json) -> Answer:
    """The access token runs out at this very request, for all that come after it too."""
    server.tokens = set()
    return 401, {"statusCode": 401, "message": "The token has expired", "error": "Unauthorized"}


def loses_city(server: FakeGoHighLevel, body: Json) -> Answer:
    """One field is silently not stored."""
    return 200, server.stored({name: value for name, value in body.items() if name != "city"})
