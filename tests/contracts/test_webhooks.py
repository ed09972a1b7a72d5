"""Who carries webhooks: what it reports of a receiver that behaves in every way, and whom it refuses to call."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.modules.admin.webhook_signing import (
    new_secret,
    plain_signature,
    signed_headers,
    standard_signature,
)
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.webhooks import EXCERPT_LENGTH, OutgoingWebhook
from balcao.providers.webhooks.addresses import may_be_told, networks_of
from balcao.providers.webhooks.direct import DirectWebhooks
from tests.contracts.webhook_receiver import receiving

LOOPBACK = networks_of(["127.0.0.0/8"])
CERTIFICATES = Path(__file__).parent / "certificates"


async def here(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def sender(**options: object) -> DirectWebhooks:
    values = {"plain_http": True, "networks": LOOPBACK, "resolver": here, "timeout_seconds": 5.0, **options}
    return DirectWebhooks(**values)  # type: ignore[arg-type]


def message(url: str, **headers: str) -> OutgoingWebhook:
    return OutgoingWebhook(url, b'{"a":1}', {"content-type": "application/json", **headers})


async def test_body_headers_host_and_path_arrive_as_they_were_given() -> None:
    async with receiving() as receiver:
        url = receiver.url(path="/in/a%20b?x=1&y=%2F")
        answer = await sender().send(message(url, **{"webhook-id": "m1"}))
        assert (answer.status, answer.excerpt) == (200, "ok")
        heard = receiver.heard[0]
        assert (heard.target, heard.body) == ("/in/a%20b?x=1&y=%2F", b'{"a":1}')
        assert heard.headers["host"] == f"hooks.test:{receiver.port}"
        assert heard.headers["webhook-id"] == "m1"
        assert heard.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(("fault", "status"), [("500", 500), ("404", 404), ("429", 429), ("redirect", 302)])
async def test_any_answer_is_reported_and_no_redirect_is_followed(fault: str, status: int) -> None:
    async with receiving() as receiver:
        receiver.always = fault
        answer = await sender().send(message(receiver.url()))
        assert answer.status == status
        assert len(receiver.heard) == 1
        assert answer.excerpt == ("" if fault == "redirect" else "no  thanks �")


async def test_a_huge_answer_is_heard_but_not_read() -> None:
    async with receiving() as receiver:
        receiver.always = "huge"
        answer = await sender().send(message(receiver.url()))
        assert (answer.status, len(answer.excerpt)) == (200, EXCERPT_LENGTH)


@pytest.mark.parametrize(
    ("fault", "detail", "limit"),
    [("slow", "timeout", 0.3), ("reset", "broken", 5.0), ("noise", "broken", 5.0)],
)
async def test_no_answer_is_unavailable_and_says_why(fault: str, detail: str, limit: float) -> None:
    async with receiving() as receiver:
        receiver.always = fault
        with pytest.raises(ProviderUnavailable) as caught:
            await sender(timeout_seconds=limit).send(message(receiver.url()))
        assert caught.value.detail == detail
        assert len(receiver.heard) == 1


async def test_nobody_there() -> None:
    async with receiving() as receiver:
        url = receiver.url()
    with pytest.raises(ProviderUnavailable) as caught:
        await sender().send(message(url))
    assert caught.value.detail == "refused"


async def test_a_name_nobody_knows() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(ProviderUnavailable) as caught:
        await sender(resolver=unknown).send(message("http://nobody.test/"))
    assert caught.value.detail == "name_unknown"


async def test_the_certificate_must_be_that_of_the_name() -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(CERTIFICATES / "localhost.crt", CERTIFICATES / "localhost.key")
    trusting = ssl.create_default_context(cafile=str(CERTIFICATES / "localhost.crt"))
    async with receiving(served) as receiver:
        url = receiver.url("localhost", scheme="https")
        answer = await sender(plain_http=False, tls=trusting).send(message(url))
        assert (answer.status, receiver.heard[0].headers["host"]) == (200, f"localhost:{receiver.port}")
        for wrong in (sender(tls=trusting), sender()):
            name = "localhost" if wrong._tls is None else "hooks.test"
            with pytest.raises(ProviderUnavailable) as caught:
                await wrong.send(message(receiver.url(name, scheme="https")))
            assert caught.value.detail == "tls"
        assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.127.255.255", "198.18.0.1", "192.0.0.8", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "::ffff:0:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001::1",
        "::127.0.0.1", "not an address", "",
        # The servers that hand secrets to machines in a cloud: AWS, Azure, Google, Oracle, Alibaba; and in other clothes.
        "169.254.170.2", "168.63.129.16", "192.0.0.192", "100.100.100.200", "fd00:ec2::254", "::ffff:168.63.129.16",
        "64:ff9b::a83f:8110", "2002:a83f:8110::", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2002:6440:1::", "::a83f:8110",
        # Special-purpose: documentation, benchmarks, relays, sinks, Teredo, local NAT64, site-local, never handed out.
        "192.0.2.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "192.31.196.1", "192.52.193.1", "192.175.48.1",
        "198.19.255.255", "192.0.0.255", "247.1.2.3", "2001:0:a83f:8110::1", "2001:db8::1", "2001:20::1", "3fff::1",
        "2620:4f:8000::1", "64:ff9b:1::808:808", "100::1", "100:0:0:1::1", "5f00::1", "4000::1", "8000::1", "feff::1",
    ],
)  # fmt: skip
async def test_inner_addresses_are_never_called(address: str) -> None:
    asked: list[str] = []

    async def inward(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.215.14", address]

    with pytest.raises(ProviderRejected) as caught:
        await sender(networks=(), resolver=inward).send(message("http://hooks.test/"))
    assert caught.value.code == "webhook_address"
    assert asked == ["hooks.test"]


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::"]
)
def test_public_addresses_are(address: str) -> None:
    assert may_be_told(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "[::1]", "[::ffff:127.0.0.1]",
        "localhost", "localhost.", "LOCALHOST", "①②⑦.0.0.1", "127。0。0。1", "127.0.0.1.", "x@127.0.0.1", "[::ffff:7f00:1]",
    ],
)  # fmt: skip
async def test_no_way_of_writing_this_machine_reaches_it(host: str) -> None:
    """Names and numbers go through the machine's own resolver, and what it says is what is looked at."""
    async with receiving() as receiver:
        with pytest.raises((ProviderRejected, ProviderUnavailable)) as caught:
            await DirectWebhooks(plain_http=True).send(message(f"http://{host}:{receiver.port}/"))
        # "[::1]" and the like may be unknown to a machine without that family; nothing is ever said to be refused.
        assert str(caught.value).partition(":")[0] in {"webhook_address", "name_unknown"}
        assert receiver.heard == []


@given(st.ip_addresses(v=4))
@settings(deadline=None)
def test_an_address_in_ipv6_clothes_is_judged_like_itself(address: ipaddress.IPv4Address) -> None:
    mapped = str(ipaddress.IPv6Address(0xFFFF_0000_0000 | int(address)))
    assert may_be_told(mapped) == may_be_told(str(address))


@given(st.ip_addresses())
@settings(deadline=None)
def test_private_addresses_are_told_only_when_their_network_is_named(address: ipaddress.IPv4Address) -> None:
    if not address.is_global:
        assert not may_be_told(str(address), LOOPBACK if not address.is_loopback else ())


@pytest.mark.parametrize(
    "url", ["ftp://hooks.test/", "file:///etc/passwd", "http://", "http://hooks.test:99999/"]
)
async def test_other_ways_than_http_are_refused(url: str) -> None:
    with pytest.raises(ProviderRejected):
        await sender().send(message(url))


async def test_plain_http_is_for_development() -> None:
    async with receiving() as receiver:
        with pytest.raises(ProviderRejected):
            await sender(plain_http=False).send(message(receiver.url()))
        assert receiver.heard == []


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver, receiving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert (await sender().send(message(receiver.url()))).status == 200
        assert (len(receiver.heard), proxy.heard) == (1, [])


def test_the_plain_signature_is_the_documented_one() -> None:
    signature = plain_signature(
        "whsec_test_0123456789abcdef0123", 1767225600, b'{"id":"evt_1","type":"order.created"}'
    )
    assert signature == "3b55a0ff42ed97f8b1af48f3b9ec849bdf0de9cdf4adbdb23b4967305163c668"


def test_the_standard_signature_is_that_of_standard_webhooks() -> None:
    # The vector of the specification's reference libraries.
    signature = standard_signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_beside_each_other() -> None:
    new, old = new_secret(), new_secret()
    headers = signed_headers((new, old), "m1", 1700000000, b"{}")
    key = base64.b64decode(old.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, b"m1.1700000000.{}", hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"].split(" ")[1] == f"v1,{wanted}"
    assert headers["x-signature"].split(",") == [plain_signature(s, 1700000000, b"{}") for s in (new, old)]
    assert len(key) == 32
