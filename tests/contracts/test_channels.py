"""What every messenger promises when it is asked who somebody is, against a server that fails as they do."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import structlog
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from balcao.kernel.observability.tracing import stop_tracing, trace_with
from balcao.kernel.providers import measured
from balcao.ports.channels import Channel, ChannelAccess, ChannelIdentity
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.providers.channels.telegram import Telegram
from balcao.providers.channels.whatsapp import WhatsApp
from tests.contracts.fake_messengers import (
    BOT_TOKEN,
    META_TOKEN,
    PHONE_ID,
    SHUT_OUT,
    Answer,
    FakeMessengers,
    meta_error,
)


@dataclass(frozen=True)
class Case:
    channel: Channel
    access: ChannelAccess
    identity: ChannelIdentity
    stranger: ChannelAccess
    path: str


@pytest.fixture
async def server() -> AsyncIterator[FakeMessengers]:
    fake = FakeMessengers()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture(params=["whatsapp", "telegram"])
async def case(request: pytest.FixtureRequest, server: FakeMessengers) -> AsyncIterator[Case]:
    if request.param == "whatsapp":
        access = ChannelAccess(META_TOKEN, PHONE_ID)
        found = Case(
            WhatsApp(server.base_url, version="v23.0", timeout_seconds=0.5), access,
            ChannelIdentity("Padaria da Vila", "+55 11 98765-4321"),
            replace(access, token="EAAGsomebody-else-0000000000"),
            f"GET /v23.0/{PHONE_ID}?fields=id%2Cdisplay_phone_number%2Cverified_name HTTP/1.1",
        )  # fmt: skip
    else:
        access = ChannelAccess(BOT_TOKEN)
        found = Case(
            Telegram(server.base_url, timeout_seconds=0.5), access, ChannelIdentity("Padaria", "@vila_bot"),
            replace(access, token="110201543:AAHsomebody-else_000000000000000"),
            f"POST /bot{BOT_TOKEN}/getMe HTTP/1.1",
        )  # fmt: skip
    yield found
    await found.channel.aclose()


async def test_good_credentials_say_who_they_are(case: Case, server: FakeMessengers) -> None:
    assert await case.channel.check(case.access) == case.identity
    assert server.asked == [case.path]
    assert case.channel.name in {"whatsapp", "telegram"}


async def test_anothers_token_is_unauthorized(case: Case) -> None:
    with pytest.raises(ProviderRejected) as refusal:
        await case.channel.check(case.stranger)
    assert refusal.value.code == "channel_unauthorized"


@pytest.mark.parametrize("token", ["", "with space", "line\r\nbreak", "nul\x00", "olá" * 9, "1:../x"])
async def test_a_malformed_token_never_travels(case: Case, server: FakeMessengers, token: str) -> None:
    with pytest.raises(ProviderRejected) as refusal:
        await case.channel.check(replace(case.access, token=token))
    assert refusal.value.code == "channel_unauthorized"
    assert server.asked == []


@pytest.mark.parametrize("fault", ["cut", "reset", "slow", "trickle", "huge", "garbage", "noise"])
async def test_no_sensible_answer_is_unavailable_and_the_next_call_goes_well(
    case: Case, server: FakeMessengers, fault: str
) -> None:
    server.faults.append(fault)
    with pytest.raises(ProviderUnavailable) as failure:
        await case.channel.check(case.access)
    assert failure.value.retry_after is None
    assert await case.channel.check(case.access) == case.identity


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [(500, "", None), (503, "", None), (302, "location: /elsewhere\r\n", None), (429, "retry-after: 7\r\n", 7.0),
     (429, "retry-after: 999999\r\n", 3600.0), (429, "retry-after: Mon, 23 Nov 2026 10:00:00 GMT\r\n", None)],
)  # fmt: skip
async def test_busy_down_and_elsewhere_are_unavailable(
    case: Case, server: FakeMessengers, status: int, headers: str, wait: float | None
) -> None:
    server.faults.append(Answer(status, {}, headers))
    with pytest.raises(ProviderUnavailable) as failure:
        await case.channel.check(case.access)
    assert failure.value.retry_after == wait
    assert len(server.asked) == 1, "redirects are not followed"


@pytest.mark.parametrize(
    ("status", "code"), [(401, "channel_unauthorized"), (403, "channel_forbidden"), (400, "channel_refused")]
)
async def test_a_refusal_without_a_word_is_told_by_its_status(
    case: Case, server: FakeMessengers, status: int, code: str
) -> None:
    server.faults.append(Answer(status, []))
    with pytest.raises(ProviderRejected) as refusal:
        await case.channel.check(case.access)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "document",
    [[], {}, {"ok": True}, {"ok": True, "result": {"id": 7, "first_name": "Outro"}}, {"ok": True, "result": "x"},
     {"id": "7", "display_phone_number": "+55 11 3333-4444"}, {"id": PHONE_ID, "display_phone_number": 5}],
)  # fmt: skip
async def test_another_shape_is_no_identity(case: Case, server: FakeMessengers, document: object) -> None:
    server.faults.append(Answer(200, document))
    with pytest.raises(ProviderUnavailable):
        await case.channel.check(case.access)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(meta_error(400, 190), "channel_unauthorized"), (meta_error(401, 10), "channel_forbidden"),
     (meta_error(400, 200), "channel_forbidden"), (meta_error(400, 299), "channel_forbidden"),
     (meta_error(400, 100), "channel_unknown"), (meta_error(404, "x"), "channel_unknown"),
     (meta_error(400, 2500), "channel_refused")],
)  # fmt: skip
async def test_metas_codes(server: FakeMessengers, answer: Answer, code: str) -> None:
    server.faults.append(answer)
    channel = WhatsApp(server.base_url, version="v23.0")
    with pytest.raises(ProviderRejected) as refusal:
        await channel.check(ChannelAccess(META_TOKEN, PHONE_ID))
    assert refusal.value.code == code
    await channel.aclose()


@pytest.mark.parametrize("answer", [meta_error(400, 4), meta_error(400, 80007), meta_error(400, 130429)])
async def test_metas_throttling_is_not_a_refusal(server: FakeMessengers, answer: Answer) -> None:
    server.faults.append(answer)
    channel = WhatsApp(server.base_url, version="v23.0")
    with pytest.raises(ProviderUnavailable):
        await channel.check(ChannelAccess(META_TOKEN, PHONE_ID))
    await channel.aclose()


async def test_a_number_of_somebody_else_and_a_token_that_may_not(server: FakeMessengers) -> None:
    channel = WhatsApp(server.base_url, version="v23.0")
    for access, code in (
        (ChannelAccess(META_TOKEN, "99999"), "channel_unknown"),
        (ChannelAccess(SHUT_OUT, PHONE_ID), "channel_forbidden"),
        (ChannelAccess(META_TOKEN, "../me"), "channel_unknown"),
    ):
        with pytest.raises(ProviderRejected) as refusal:
            await channel.check(access)
        assert refusal.value.code == code
    await channel.aclose()


@pytest.mark.parametrize(
    ("document", "wait"), [({"parameters": {"retry_after": 13}}, 13.0), ({"parameters": 3}, None)]
)
async def test_telegram_says_the_wait_in_the_document(
    server: FakeMessengers, document: dict[str, object], wait: float | None
) -> None:
    channel = Telegram(server.base_url + "/")
    for status in (429, 200):
        server.faults.append(Answer(status, {"ok": False, "error_code": 429, **document}))
        with pytest.raises(ProviderUnavailable) as failure:
            await channel.check(ChannelAccess(BOT_TOKEN))
        assert failure.value.retry_after == wait
    await channel.aclose()


async def test_a_bot_server_may_live_under_a_path(server: FakeMessengers) -> None:
    channel = Telegram(f"{server.base_url}/bots/")
    with pytest.raises(ProviderRejected):
        await channel.check(ChannelAccess(BOT_TOKEN))
    assert server.asked == [f"POST /bots/bot{BOT_TOKEN}/getMe HTTP/1.1"]
    await channel.aclose()


@pytest.mark.parametrize("address", ["http://graph.example", "ftp://127.0.0.1", "graph.facebook.com", ""])
def test_tokens_travel_encrypted(address: str) -> None:
    for make in (lambda: WhatsApp(address, version="v23.0"), lambda: Telegram(address)):
        with pytest.raises(ValueError, match="https"):
            make()


@pytest.mark.parametrize("fault", ["", "cut", "slow", "noise", "500", "401", "200"])
async def test_the_token_is_in_no_log_no_error_and_no_span(
    case: Case, server: FakeMessengers, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    if fault.isdecimal():
        server.faults.append(Answer(int(fault), {"error": {"message": case.access.token}, "ok": False}))
    elif fault:
        server.faults.append(fault)
    spans = InMemorySpanExporter()
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.DEBUG)
    trace_with(SimpleSpanProcessor(spans), {"service.name": "test"})
    told = ""
    try:
        with structlog.testing.capture_logs() as lines:
            try:
                await measured("channels", case.channel).check(case.access)
            except (ProviderRejected, ProviderUnavailable) as error:
                seen: BaseException | None = error
                while seen is not None:
                    told += repr(seen) + str(seen) + repr(getattr(seen, "_request", ""))
                    seen = seen.__cause__ or seen.__context__
    finally:
        stop_tracing()
    (span,) = spans.get_finished_spans()
    assert caplog.records, "the libraries were heard at their loudest"
    told += caplog.text + repr(lines) + span.to_json() + repr(case.access) + repr(case.channel)
    for record in caplog.records:
        told += repr(record.args) + record.getMessage()
    assert case.access.token not in told
    assert "canary" not in told


async def test_five_absences_leave_a_messenger_alone_and_refusals_do_not(
    case: Case, server: FakeMessengers
) -> None:
    channel = measured("channels", case.channel)
    for _ in range(6):
        with pytest.raises(ProviderRejected):
            await channel.check(case.stranger)
    assert await channel.check(case.access) == case.identity
    for _ in range(5):
        server.faults.append("reset")
        with pytest.raises(ProviderUnavailable):
            await channel.check(case.access)
    before = len(server.asked)
    with pytest.raises(ProviderUnavailable) as failure:
        await channel.check(case.access)
    assert failure.value.retry_after is not None
    assert len(server.asked) == before
