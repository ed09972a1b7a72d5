"""Whatever is sent to the doors that cost money: a refusal somebody can act on, and nothing written."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balcao.kernel.runtime import Runtime
from tests.digest import digest_of
from tests.factories.shops import Shop, make_shop
from tests.integration.store.hostile import (
    ENGLISH,
    Path,
    assert_refusal,
    encoded,
    full_body,
    hostile_values,
    json_values,
    kind_of,
    paths_in,
    replaced,
)
from tests.integration.store.ordering import ADDRESS

DOORS = ("/checkout", "/checkout/preview", "/shipping/quote")
bounded = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


class Target:
    """A shop with a quote, another shop's ids, and what is in the database."""

    def __init__(self, client: httpx.AsyncClient, shop: Shop, foreign: Shop) -> None:
        self.client, self.shop, self.foreign = client, shop, foreign
        self.bodies: dict[str, dict[str, Any]] = {}
        self.seen: set[tuple[Any, ...]] = set()
        self.before = ""

    async def prepare(self) -> None:
        for shop in (self.shop, self.foreign):
            await shop.add_product("Pão", 500)
            await shop.add_group("Pão", "Recheio", [("Queijo", 100)], max_per_item=3)
        asked = {
            "store_id": str(self.shop.store_id),
            "address": {**ADDRESS, "complement": "", "lat": -23.5, "lng": -46.6},
        }
        quote = await self.client.post("/shipping/quote", json=asked, headers=self.shop.headers)
        assert quote.status_code == 200, quote.text
        body = full_body(self.shop, quote.json()["quote_id"])
        self.bodies = {"/checkout": body, "/checkout/preview": body, "/shipping/quote": asked}
        await self.look()

    async def look(self) -> str:
        """Remembers what is written now."""
        self.before = await digest_of(self.shop.runtime, self.shop.tenant.id)
        return self.before

    async def send(self, door: str, content: bytes, **headers: str) -> httpx.Response:
        return await self.client.post(
            door,
            content=content,
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": str(uuid4()),
                **self.shop.headers,
                **headers,
            },
        )

    async def judge(self, door: str, content: bytes, body: Any = ..., **headers: str) -> str:
        """Sends it; a refusal must be a good one. Answers the code, or "ok"."""
        answer = await self.send(door, content, **headers)
        if answer.status_code in {200, 201}:
            return "ok"
        # English is asked for once for each kind of refusal of each door.
        kind = (door, *kind_of(answer))
        english = None if kind in self.seen else await self.send(door, content, **headers, **ENGLISH)
        self.seen.add(kind)
        return assert_refusal(answer, english, body)


@pytest_asyncio.fixture(scope="module")
async def target(client: httpx.AsyncClient, runtime: Runtime) -> AsyncIterator[Target]:
    target = Target(client, await make_shop(runtime), await make_shop(runtime))
    await target.prepare()
    yield target


@pytest.mark.parametrize("door", DOORS)
async def test_every_field_with_every_kind_of_wrong_value(target: Target, door: str) -> None:
    body = target.bodies[door]
    assert await target.judge(door, encoded(body), body) == "ok", "the body that is spoilt is a good one"
    await target.look()
    codes: set[str] = set()
    values = hostile_values(target.foreign.products["Pão"])
    # Preview reads the same body with the same rules: every third value there, others for each place.
    step = 3 if door == "/checkout/preview" else 1
    for number, path in enumerate(paths_in(body)):
        for value in values[number % step :: step]:
            if path == () and value is ...:
                continue
            spoilt = replaced(body, path, value)
            code = await target.judge(door, encoded(spoilt), spoilt)
            codes.add(code)
            if code == "ok" and door != "/checkout/preview":
                await target.look()
        assert await digest_of(target.shop.runtime, target.shop.tenant.id) == target.before, path
    assert {"ok", "validation", "not_found"} <= codes


@st.composite
def spoilings(draw: st.DrawFn) -> list[tuple[int, Any, bool]]:
    """Where (as a share of all places), what, and whether as one field too many."""
    return draw(
        st.lists(st.tuples(st.integers(0, 10_000), json_values, st.booleans()), min_size=1, max_size=3)
    )


@bounded.__class__(bounded, max_examples=120)
@given(door=st.sampled_from(DOORS), wanted=spoilings())
async def test_several_wrong_values_at_once(
    target: Target, door: str, wanted: list[tuple[int, Any, bool]]
) -> None:
    body: Any = target.bodies[door]
    for where, value, is_extra in wanted:
        places: list[Path] = list(paths_in(body))
        path = places[where % len(places)]
        if is_extra:
            holder = body
            for step in path:
                holder = holder[step]
            if isinstance(holder, dict):
                body = replaced(body, (*path, "extra" if not isinstance(value, str) else value), value)
                continue
        body = replaced(body, path, value)
    if await target.judge(door, encoded(body), body) == "ok":
        await target.look()
    else:
        assert await digest_of(target.shop.runtime, target.shop.tenant.id) == target.before


@bounded.__class__(bounded, max_examples=100)
@given(
    door=st.sampled_from(DOORS),
    cut=st.integers(0, 2000),
    noise=st.binary(max_size=40),
    kind=st.sampled_from(
        ["application/json", "application/json; charset=utf-16", "application/problem+json"]
    ),
)
async def test_broken_bytes(target: Target, door: str, cut: int, noise: bytes, kind: str) -> None:
    whole = encoded(target.bodies[door])
    at = cut % (len(whole) + 1)
    content = whole[:at] + noise + whole[at + len(noise) :]
    if await target.judge(door, content, **{"Content-Type": kind}) == "ok":
        await target.look()
    else:
        assert await digest_of(target.shop.runtime, target.shop.tenant.id) == target.before


def _whole_bodies(body: dict[str, Any]) -> dict[str, bytes]:
    whole = encoded(body).decode()
    return {
        "nothing": b"",
        "a blank": b" ",
        "null": b"null",
        "a list": b"[" + whole.encode() + b"]",
        "a list of nothing": b"[]",
        "a word": b'"store_id"',
        "a number": b"1e400",
        "not a number": b"NaN",
        "too many digits": b'{"store_id": ' + b"9" * 5000 + b"}",
        "deep lists": b"[" * 100_000,
        "deep lists that end": b"[" * 50_000 + b"]" * 50_000,
        "deep objects": b'{"items":' * 20_000 + b"1" + b"}" * 20_000,
        "not UTF-8": whole.replace("Paulista", "Paul\u00e3o").encode("latin-1").replace(b"\\u", b"\xff"),
        "half a character": b'{"store_id": "\xc3"}',
        "an encoded surrogate": b'{"store_id": "\xed\xa0\x80"}',
        "UTF-16": whole.encode("utf-16-le")[:-1],
        "a key twice": whole.replace('"store_id"', '"store_id": "x", "store_id"', 1)[:-1].encode(),
        "a comment": b"// hello\n" + whole.encode(),
        "a trailing comma": whole[:-1].encode() + b",}",
        "single quotes": whole.replace('"', "'").encode(),
        "two documents": whole.encode() * 2,
        "a form": b"store_id=1&fulfilment=pickup",
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "ten megabytes": b'{"notes": "' + b"x" * 10_000_000 + b'"}',
        "ten megabytes of brackets": b"[" * 10_000_000,
    }


@pytest.mark.parametrize("door", DOORS)
async def test_whole_bodies_that_are_none(target: Target, door: str) -> None:
    await target.look()
    for name, content in _whole_bodies(target.bodies[door]).items():
        code = await target.judge(door, content)
        assert code != "ok", name
        assert (code == "payload_too_large") == name.startswith("ten megabytes"), (name, code)
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
        "x",
        "",
    ):
        await target.judge(door, b"a=b", **{"Content-Type": kind})
    assert await digest_of(target.shop.runtime, target.shop.tenant.id) == target.before


@pytest.mark.parametrize(
    ("door", "status"), [("/checkout", 201), ("/checkout/preview", 200), ("/shipping/quote", 200)]
)
async def test_the_last_of_two_equal_keys_counts(target: Target, door: str, status: int) -> None:
    body = target.bodies[door]
    twice = '{"store_id": "x", ' + json.dumps(body)[1:]
    answer = await target.send(door, twice.encode())
    assert answer.status_code == status, answer.text


async def test_pointers_are_escaped(target: Target) -> None:
    body = {**target.bodies["/checkout"], "a/b~c": 1}
    answer = await target.send("/checkout", encoded(body))
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/a~1b~0c"]


async def test_ids_of_others_are_as_good_as_none(target: Target) -> None:
    """Each id in the body becomes one of another business: the same refusal as for an id of nobody."""
    body, foreign = target.bodies["/checkout"], target.foreign
    theirs = {
        ("store_id",): foreign.store_id,
        ("items", 0, "product_id"): foreign.products["Pão"],
        ("items", 0, "sku_id"): foreign.skus["Pão"],
        ("items", 0, "options", 0, "option_id"): foreign.options["Queijo"],
    }
    await target.look()
    for door in ("/checkout", "/checkout/preview"):
        for path, value in theirs.items():
            spoilt = replaced(body, path, str(value))
            nobody = replaced(body, path, str(uuid4()))
            assert await target.judge(door, encoded(spoilt), spoilt) == await target.judge(
                door, encoded(nobody), nobody
            ), path
    assert await digest_of(target.shop.runtime, target.shop.tenant.id) == target.before


HEADERS: dict[str, list[str]] = {
    "Idempotency-Key": ["", "x" * 256, "\t", "a\x7f", "\u00a0"],
    "X-Tenant": ["", "x" * 5000, "../", "'", "%00", "é"],
    "Accept-Language": ["", "x" * 5000, "*", "de;q=nan", "pt;q=99999999999", "é"],
}


@pytest.mark.parametrize("header", HEADERS)
async def test_headers_that_are_none(target: Target, header: str) -> None:
    await target.look()
    content = encoded(target.bodies["/checkout"])
    for value in HEADERS[header]:
        headers = {"Idempotency-Key": str(uuid4()), **target.shop.headers, "Content-Type": "application/json"}
        raw = {**{name: text.encode() for name, text in headers.items()}, header: value.encode("latin-1")}
        answer = await target.client.post("/checkout", content=content, headers=list(raw.items()))
        if header == "Accept-Language":
            assert answer.status_code == 201, (value, answer.text)
            continue
        assert 400 <= answer.status_code < 500, (value, answer.text)
        expected = {"Idempotency-Key": "idempotency_key_missing", "X-Tenant": "tenant_unknown"}[header]
        assert answer.json()["code"] == expected, (value, answer.text)
