"""Who is asking: hosts, addresses, ids, origins."""

import json
import re

import pytest

from balcao.kernel.web.headers import by_name
from balcao.kernel.web.middleware_address import Proxies
from balcao.kernel.web.middleware_cors import Cors
from balcao.kernel.web.middleware_exchange import request_id_from
from balcao.kernel.web.middleware_origin import HostRule, is_cross_origin
from tests.unit.kernel.conftest import answering, ask


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", "1.2.3.4", "203.0.113.7"),
        ("10.0.0.2", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.2", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.2", "1.2.3.4, 10.0.0.9", "1.2.3.4"),
        ("10.0.0.2", "10.0.0.5, 10.0.0.9", "10.0.0.5"),
        ("10.0.0.2", "1.2.3.4, rubbish, 10.0.0.9", "10.0.0.9"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "1.2.3.4:5555", "1.2.3.4"),
        ("10.0.0.2", "[2001:db8::5]:443", "2001:db8::5"),
        ("10.0.0.2", "::ffff:1.2.3.4", "1.2.3.4"),
        ("::ffff:10.0.0.2", "1.2.3.4", "1.2.3.4"),
        ("", "1.2.3.4", "unknown"),
    ],
)
def test_the_client_is_the_right_most_address_no_trusted_proxy_has(
    peer: str, forwarded: str, expected: str
) -> None:
    assert Proxies(["10.0.0.0/8"]).client_of(peer, forwarded.encode()).ip == expected


def test_nobody_is_believed_unless_configured() -> None:
    assert Proxies().client_of("127.0.0.1", b"1.2.3.4").ip == "127.0.0.1"
    assert not Proxies().trusts("127.0.0.1")


def test_a_local_socket_is_trusted_by_its_name() -> None:
    assert Proxies(["unix"]).client_of("", b"1.2.3.4").ip == "1.2.3.4"
    assert Proxies(["unix"]).client_of("9.9.9.9", b"1.2.3.4").ip == "9.9.9.9"


def test_addresses_are_counted_by_network_and_masked_for_the_log() -> None:
    proxies = Proxies()
    one, two = (proxies.client_of(f"2001:db8:1:2:{tail}", b"") for tail in (":1", "9:9:9:9"))
    assert one.key == two.key == "2001:db8:1:2::/64"
    assert one.masked == "2001:db8:1::/48"
    assert proxies.client_of("2001:db8:1:3::1", b"").key != one.key
    four = proxies.client_of("203.0.113.77", b"")
    assert (four.key, four.masked) == ("203.0.113.77", "203.0.113.0")


def test_scheme_and_host_come_from_a_trusted_proxy_only() -> None:
    headers = {
        b"host": b"Inner:8000",
        b"x-forwarded-proto": b"http, https",
        b"x-forwarded-host": b"evil, Shop.example",
    }
    trusting = Proxies(["10.0.0.0/8"])
    assert trusting.scheme_and_host({"scheme": "http"}, headers, "10.0.0.1") == ("https", "shop.example")
    assert trusting.scheme_and_host({"scheme": "http"}, headers, "9.9.9.9") == ("http", "inner:8000")
    odd = {b"host": b"a", b"x-forwarded-proto": b"gopher"}
    assert trusting.scheme_and_host({"scheme": "http"}, odd, "10.0.0.1") == ("http", "a")


@pytest.mark.parametrize(
    ("host", "accepted"),
    [
        ("shop.example", True),
        ("shop.example:8000", True),
        ("a.tenants.example", True),
        ("tenants.example", False),
        ("other.example", False),
        ("shop.example.evil", False),
        ("", False),
        ("shop.example/x", False),
        ("[::1]:8000", True),
        ("known.example", True),
        ("shop.example@evil", False),
        ("x" * 300, False),
    ],
)
def test_hosts_are_served_by_name_and_pattern(host: str, accepted: bool) -> None:
    rule = HostRule(["Shop.example", "*.tenants.example", "[::1]"], lambda name: name == "known.example")
    assert rule.accepts(host) is accepted


def test_any_host_is_served_with_a_star_but_never_an_empty_one() -> None:
    assert HostRule(["*"]).accepts("whatever")
    assert not HostRule(["*"]).accepts("")


@pytest.mark.parametrize(
    ("headers", "crossing"),
    [
        ({}, False),
        ({"cookie": "a=b"}, True),
        ({"cookie": "a=b", "sec-fetch-site": "same-origin"}, False),
        ({"cookie": "a=b", "sec-fetch-site": "none"}, False),
        ({"cookie": "a=b", "sec-fetch-site": "same-site"}, True),
        ({"cookie": "a=b", "sec-fetch-site": "cross-site", "origin": "https://shop.example"}, True),
        ({"cookie": "a=b", "origin": "https://shop.example"}, False),
        ({"cookie": "a=b", "origin": "https://shop.example:443"}, False),
        ({"cookie": "a=b", "origin": "http://shop.example"}, True),
        ({"cookie": "a=b", "origin": "https://shop.example:8443"}, True),
        ({"cookie": "a=b", "origin": "null"}, True),
        ({"cookie": "a=b", "origin": "https://evil.example"}, True),
        ({"cookie": "a=b", "origin": "https://friend.example", "sec-fetch-site": "cross-site"}, False),
        ({"cookie": "a=b", "authorization": "Bearer x"}, False),
        ({"origin": "https://evil.example"}, False),
    ],
)
def test_unsafe_requests_with_cookies_prove_their_origin(headers: dict[str, str], crossing: bool) -> None:
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    trusted = frozenset({b"https://friend.example"})
    assert is_cross_origin("POST", raw, "https", "shop.example", trusted) is crossing
    assert is_cross_origin("GET", raw, "https", "shop.example", trusted) is False


@pytest.mark.parametrize("good", ["abcd1234", "A-b-C-1234", "x" * 64])
def test_a_sound_incoming_id_is_kept(good: str) -> None:
    assert request_id_from(good.encode()) == good


@pytest.mark.parametrize(
    "bad", ["short", "x" * 65, "has space1", "line\nbreak99", "ünïcödé12", "<script>alert", ""]
)
def test_any_other_id_is_replaced(bad: str) -> None:
    made = request_id_from(bad.encode())
    assert re.fullmatch("[0-9a-f]{24}", made)
    assert made != request_id_from(None)


def test_repeated_headers_are_joined_and_a_repeated_host_is_refused() -> None:
    found = by_name(
        [
            (b"x-forwarded-for", b"1.1.1.1"),
            (b"x-forwarded-for", b"2.2.2.2"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
            (b"host", b"one"),
            (b"host", b"two"),
            (b"accept", b"x"),
        ]
    )
    assert found == {
        b"x-forwarded-for": b"1.1.1.1, 2.2.2.2",
        b"cookie": b"a=1; b=2",
        b"host": b"",
        b"accept": b"x",
    }


def test_any_origin_with_credentials_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="credentials"):
        Cors(["*"], credentials=True)
    with pytest.raises(ValueError, match="not an origin"):
        Cors(["shop.example"])


async def test_a_wrong_host_is_told_so(edge) -> None:
    answer = await ask(edge(hosts=HostRule(["shop.example"])), headers={"host": "evil.example"})
    assert answer.status == 400
    assert json.loads(answer.body)["code"] == "host_unknown"
    assert "content-security-policy" in answer.headers


async def test_a_forged_request_is_refused_in_the_callers_language(edge) -> None:
    headers = {"cookie": "admin_token=x", "origin": "https://evil.example"}
    answer = await ask(edge(), "POST", "/admin/orders", headers=headers)
    problem = json.loads(answer.body)
    assert answer.status == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"]) == (403, "cross_origin")
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_what_was_found_out_is_in_the_state(edge) -> None:
    seen = {}

    async def app(scope, receive, send) -> None:
        seen.update(scope["state"], scheme=scope["scheme"])
        await answering()(scope, receive, send)

    headers = {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https", "x-request-id": "given-id-1"}
    answer = await ask(edge(app, proxies=Proxies(["203.0.113.0/24"])), headers=headers)
    assert seen == {
        "request_id": "given-id-1",
        "client_ip": "1.2.3.4",
        "client_key": "1.2.3.4",
        "client_masked": "1.2.3.0",
        "host": "shop.example",
        "scheme": "https",
    }
    assert answer.headers["x-request-id"] == "given-id-1"
    assert "strict-transport-security" in answer.headers


async def test_cors_answers_preflights_and_dresses_answers(edge) -> None:
    app = edge(cors=Cors(["https://app.example"]))
    asking = {"origin": "https://app.example", "access-control-request-method": "POST"}
    granted = await ask(app, "OPTIONS", "/checkout", headers=asking)
    assert granted.status == 204
    assert granted.headers["access-control-allow-origin"] == "https://app.example"
    assert "Idempotency-Key" in granted.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in granted.headers
    denied = await ask(app, "OPTIONS", "/checkout", headers={**asking, "origin": "https://evil.example"})
    assert "access-control-allow-origin" not in denied.headers
    assert denied.headers["vary"] == "Origin"
    real = await ask(app, headers={"origin": "https://app.example"})
    assert real.headers["access-control-allow-origin"] == "https://app.example"
    plain = await ask(app)
    assert "access-control-allow-origin" not in plain.headers


async def test_cors_for_anybody_and_with_credentials(edge) -> None:
    anybody = await ask(edge(cors=Cors(["*"])), headers={"origin": "https://x.example"})
    assert anybody.headers["access-control-allow-origin"] == "*"
    with_cookies = edge(cors=Cors(["https://app.example"], credentials=True))
    headers = {"origin": "https://app.example", "sec-fetch-site": "cross-site", "cookie": "a=b"}
    answer = await ask(with_cookies, "POST", headers=headers)
    assert answer.status == 200
    assert answer.headers["access-control-allow-credentials"] == "true"


async def test_a_websocket_from_another_site_is_closed_before_it_opens(edge) -> None:
    sent = []

    async def app(scope, receive, send) -> None:
        sent.append(scope["state"]["client_ip"])

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message) -> None:
        sent.append(message)

    def scope(origin: bytes):
        return {
            "type": "websocket",
            "scheme": "wss",
            "client": ("1.2.3.4", 1),
            "path": "/",
            "headers": [(b"host", b"shop.example"), (b"cookie", b"a=b"), (b"origin", origin)],
        }

    await edge(app)(scope(b"https://evil.example"), receive, send)
    await edge(app)(scope(b"https://shop.example"), receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}, "1.2.3.4"]
