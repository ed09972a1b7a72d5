"""GoHighLevel against a local server that speaks, limits and fails as GoHighLevel does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from balcao.ports.crm import CRM_FIELDS, Crm, CrmAccess, CrmField, CrmVerdict
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.providers.crm.gohighlevel import GoHighLevel
from balcao.providers.crm.gohighlevel_sign_in import GoHighLevelSignIn
from tests.contracts.fake_gohighlevel import (
    LOCATION,
    FakeGoHighLevel,
    duplicated,
    refused,
    refused_yet_made,
    silent,
)

NOW = datetime(2026, 9, 18, 12, tzinfo=UTC)
GOOD = CrmAccess(LOCATION, "pit-good-token")
ANA: dict[CrmField, str] = {"first_name": "Ana", "email": "ana@x.com.br", "phone": "+5511987654321"}


@pytest.fixture
async def server() -> AsyncIterator[FakeGoHighLevel]:
    fake = FakeGoHighLevel(lambda: NOW)
    yield fake
    await fake.stop()


@pytest.fixture
async def crm(server: FakeGoHighLevel) -> AsyncIterator[GoHighLevel]:
    provider = GoHighLevel(await server.start(), timeout_seconds=1.0)
    yield provider
    await provider.aclose()


@pytest.fixture
async def sign_in(server: FakeGoHighLevel) -> AsyncIterator[GoHighLevelSignIn]:
    provider = GoHighLevelSignIn(
        await server.start(),
        client_id="our-app",
        client_secret=SecretStr("our-app-secret"),
        timeout_seconds=1.0,
    )
    yield provider
    await provider.aclose()


def test_it_is_a_crm() -> None:
    provider: Crm = GoHighLevel()
    assert (provider.name, provider.sign_in) == ("gohighlevel", None)


@pytest.mark.parametrize("address", ["http://crm.example", "http://10.0.0.7", "ftp://x", "services.example"])
def test_only_https_or_this_machine(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        GoHighLevel(address)


async def test_the_account_is_tried_and_named(crm: GoHighLevel) -> None:
    account = await crm.account(GOOD)
    assert (account.location_id, account.name, account.daily_limit) == (LOCATION, "Padaria do Zé", 200_000)


@pytest.mark.parametrize(
    ("access", "code"),
    [
        (CrmAccess(LOCATION, "pit-wrong-token"), "crm_unauthorized"),
        (CrmAccess("anotherLocation00000", "pit-good-token"), "crm_forbidden"),
        (CrmAccess("../../oauth", "pit-good-token"), "crm_location"),
        (CrmAccess(LOCATION, "pit-with\r\nx-injected: 1"), "crm_unauthorized"),
    ],
)
async def test_a_wrong_access_is_refused(crm: GoHighLevel, access: CrmAccess, code: str) -> None:
    with pytest.raises(ProviderRejected) as rejection:
        await crm.account(access)
    assert rejection.value.code == code
    assert access.token not in f"{rejection.value!r} {rejection.value} {access!r}"


async def test_a_new_contact_and_the_same_again(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    fields: dict[CrmField, str] = dict.fromkeys(CRM_FIELDS, "x") | ANA
    made, again = await crm.upsert(GOOD, fields), await crm.upsert(GOOD, fields)
    assert (made.verdict, made.is_new, again.is_new) == (CrmVerdict.STORED, True, False)
    assert made.contact is not None
    assert made.contact.fields == fields
    assert len(server.contacts) == 1


async def test_what_is_empty_does_not_travel(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    await crm.upsert(GOOD, {**ANA, "city": "", "last_name": ""})
    assert server.calls[-1][2].keys() == {"firstName", "email", "phone", "locationId"}
    contact = next(iter(server.contacts))
    await crm.update(GOOD, contact, {"city": "", "first_name": "Ana"})
    assert server.calls[-1][2].keys() == {"firstName"}
    await crm.update(GOOD, contact, {"city": "", "first_name": "Ana"}, erases_empty=True)
    assert server.calls[-1][2] == {"firstName": "Ana", "city": ""}


async def test_tags_are_added_and_stay(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    old = server.add(email="ana@x.com.br", tags=["vip"])
    await crm.upsert(GOOD, ANA)
    assert server.contacts[old]["tags"] == ["vip"]
    answer = await crm.add_tags(GOOD, [old, "contact999999"], ["importacao-2026"])
    assert (answer.verdict, answer.failed_ids) == (CrmVerdict.STORED, {"contact999999"})
    assert server.contacts[old]["tags"] == ["vip", "importacao-2026"]
    with pytest.raises(ValueError, match="100"):
        await crm.add_tags(GOOD, [f"c{n:05}" for n in range(101)], ["x"])


async def test_looking_up(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    server.add(email="ana@x.com.br", phone="+5511987654321", tags=["vip"])
    by_phone = await crm.find(GOOD, phone="+5511987654321")
    assert by_phone.contact is not None
    assert (by_phone.contact.fields["email"], by_phone.contact.tags) == ("ana@x.com.br", ("vip",))
    assert by_phone.contact.added_at == NOW
    assert "ana@" not in repr(by_phone)
    assert (await crm.find(GOOD, email="a+b@x.com.br")).verdict is CrmVerdict.MISSING
    assert server.calls[-1][2]["email"] == "a+b@x.com.br"


async def test_the_first_field_decides_and_the_answer_tells(
    crm: GoHighLevel, server: FakeGoHighLevel
) -> None:
    a, _ = server.add(email="ana@x.com.br"), server.add(phone="+5511987654321")
    answer = await crm.upsert(GOOD, ANA)
    assert answer.contact is not None
    assert (answer.contact.id, answer.contact.fields.get("phone")) == (a, None)


async def test_a_further_email_becomes_the_main_one(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    known = server.add(email="main@x.com.br", additionalEmails=["ana@x.com.br"])
    await crm.upsert(GOOD, ANA)
    assert server.contacts[known]["email"] == "ana@x.com.br", "the trap that safe mode looks out for"


async def test_duplicates_name_their_holder(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    holder = server.add(phone="+5511987654321")
    server.faults["ana@x.com.br"] = lambda _s, _b: duplicated(holder, "phone")
    answer = await crm.upsert(GOOD, ANA)
    assert (answer.verdict, answer.holder_id, answer.matching_field) == (
        CrmVerdict.DUPLICATE,
        holder,
        "phone",
    )
    server.faults["ana@x.com.br"] = lambda _s, _b: duplicated("../../x", "name")
    answer = await crm.upsert(GOOD, ANA)
    assert (answer.verdict, answer.holder_id, answer.matching_field) == (CrmVerdict.DUPLICATE, "", "")


async def test_refusals(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    server.faults["ana@x.com.br"] = refused
    answer = await crm.upsert(GOOD, ANA)
    assert (answer.verdict, answer.reason) == (CrmVerdict.REFUSED, "phone must be a valid phone number")
    assert server.contacts == {}
    server.faults["ana@x.com.br"] = refused_yet_made
    assert (await crm.upsert(GOOD, ANA)).verdict is CrmVerdict.REFUSED
    assert len(server.contacts) == 1


async def test_a_contact_that_is_gone(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    gone = server.add(email="ana@x.com.br")
    assert (await crm.delete(GOOD, gone)).verdict is CrmVerdict.STORED
    assert (await crm.delete(GOOD, gone)).verdict is CrmVerdict.MISSING
    assert (await crm.update(GOOD, gone, ANA)).verdict is CrmVerdict.MISSING


async def test_limits_are_read_and_waits_kept(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    server.burst = 1
    first, second = await crm.upsert(GOOD, ANA), await crm.upsert(GOOD, ANA)
    assert (first.limits.remaining, first.limits.interval, first.limits.daily_remaining) == (0, 10.0, 199_999)
    assert (second.verdict, second.limits.retry_after) == (CrmVerdict.BUSY, 2.0)


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (401, {"message": "Invalid JWT"}, CrmVerdict.UNAUTHORIZED),
        (403, {"message": "no scope"}, CrmVerdict.UNAUTHORIZED),
        (502, b"<html>", CrmVerdict.UNCLEAR),
        (302, b"", CrmVerdict.UNCLEAR),
        (200, b"not json", CrmVerdict.UNCLEAR),
        (200, {"contact": {"id": "../x"}}, CrmVerdict.UNCLEAR),
        (200, b"[" * 100_000, CrmVerdict.UNCLEAR),
        (418, {"message": "teapot"}, CrmVerdict.REFUSED),
    ],
)
async def test_odd_answers(
    crm: GoHighLevel, server: FakeGoHighLevel, status: int, body: object, verdict: CrmVerdict
) -> None:
    server.faults["ana@x.com.br"] = lambda _s, _b: (status, body)
    assert (await crm.upsert(GOOD, ANA)).verdict is verdict


async def test_an_answer_without_end_is_cut(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    server.faults["ana@x.com.br"] = lambda _s, _b: (200, b" " * 2_000_001)
    assert (await crm.upsert(GOOD, ANA)).verdict is CrmVerdict.UNCLEAR


async def test_silence_is_unclear_and_a_closed_door_is_not(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    server.faults["ana@x.com.br"] = silent
    assert (await crm.upsert(GOOD, ANA)).verdict is CrmVerdict.UNCLEAR
    assert len(server.contacts) == 1
    await server.stop()
    nobody = GoHighLevel("http://127.0.0.1:9", timeout_seconds=1.0)
    assert (await nobody.upsert(GOOD, ANA)).verdict is CrmVerdict.UNREACHABLE
    with pytest.raises(ProviderUnavailable):
        await nobody.account(GOOD)
    await nobody.aclose()


async def test_a_slow_server_is_left(server: FakeGoHighLevel) -> None:
    hasty = GoHighLevel(await server.start(), timeout_seconds=0.05)
    server.pause = 0.5
    assert (await hasty.upsert(GOOD, ANA)).verdict is CrmVerdict.UNCLEAR
    await hasty.aclose()


async def test_the_token_is_in_no_answer(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    answer = await crm.upsert(CrmAccess(LOCATION, "pit-canary-token"), ANA)
    assert answer.verdict is CrmVerdict.UNAUTHORIZED
    assert "canary" not in f"{answer!r}{answer.reason}"
    assert "pit-canary-token" in server.heads[-1]["authorization"], "it did travel"


def test_consent() -> None:
    sign_in = GoHighLevelSignIn(
        "https://crm.example", client_id="our-app", client_secret=SecretStr("s" * 20),
        consent_url="https://agency.example/v2/oauth/chooselocation?version_id=7",
    )  # fmt: skip
    url = urlsplit(sign_in.consent_url(state="s t", redirect_uri="https://loja.example/volta"))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.netloc, url.path) == ("agency.example", "/v2/oauth/chooselocation")
    assert query["state"] == "s t"
    assert (query["client_id"], query["version_id"], query["response_type"]) == ("our-app", "7", "code")
    assert "contacts.write" in query["scope"].split()


async def test_tokens_for_a_code_and_their_renewal(
    sign_in: GoHighLevelSignIn, server: FakeGoHighLevel
) -> None:
    server.codes = {"code-1"}
    tokens = await sign_in.tokens_for_code("code-1", redirect_uri="https://x.example/v", now=NOW)
    assert (tokens.location_id, tokens.expires_at) == (LOCATION, NOW + timedelta(seconds=86_399))
    assert "canary" not in repr(tokens)
    newer = await sign_in.refreshed(tokens.refresh_token, now=NOW)
    assert newer.access_token != tokens.access_token
    with pytest.raises(ProviderRejected) as rejection:
        await sign_in.refreshed(tokens.refresh_token, now=NOW)
    assert rejection.value.code == "crm_unauthorized"
    assert "canary" not in f"{rejection.value!r}{rejection.value.detail}"
    with pytest.raises(ProviderRejected) as rejection:
        await sign_in.tokens_for_code("code-1", redirect_uri="https://x.example/v", now=NOW)
    assert rejection.value.code == "crm_consent"


async def test_two_requests_share_nothing_but_the_line(crm: GoHighLevel, server: FakeGoHighLevel) -> None:
    people: list[dict[CrmField, str]] = [{"email": f"p{n}@x.com.br"} for n in range(20)]
    answers = await asyncio.gather(*(crm.upsert(GOOD, person) for person in people))
    told = [answer.contact.fields["email"] for answer in answers if answer.contact is not None]
    assert told == [person["email"] for person in people]
    assert len(server.contacts) == 20
