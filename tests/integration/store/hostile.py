"""Bodies that no honest program sends, and what every refusal of them must look like."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
from hypothesis import strategies as st

from balcao.kernel.errors import DomainError
from balcao.kernel.web import middleware_refusals
from balcao.kernel.web.middleware_refusals import Refusal
from balcao.registry import MODULES
from tests.factories.shops import Shop
from tests.integration.store.ordering import ADDRESS

Path = tuple[str | int, ...]
PROBLEM = "application/problem+json"
CODE = re.compile(r"[a-z][a-z0-9_]*")
ENGLISH = {"Accept-Language": "en"}


def known_codes() -> set[str]:
    """Every code the program can answer with: one for each class of refusal."""
    assert MODULES, "the modules bring their own refusals"
    found: set[str] = set()
    todo: list[type[DomainError]] = [DomainError]
    while todo:
        kind = todo.pop()
        found.add(kind.code)
        todo += kind.__subclasses__()
    edge = (value.code for value in vars(middleware_refusals).values() if isinstance(value, Refusal))
    return found | set(edge)


def full_body(shop: Shop, quote_id: str) -> dict[str, Any]:
    """An order for delivery that uses every field there is, and is accepted."""
    return {
        "store_id": str(shop.store_id),
        "fulfilment": "delivery",
        "quote_id": quote_id,
        "address": {**ADDRESS, "complement": "ap 1", "reference": "portão azul", "lat": -23.5, "lng": -46.6},
        "customer": {
            "name": "Ana Souza",
            "phone": "(11) 98765-4321",
            "email": "ana@example.com",
            "document": "529.982.247-25",
        },
        "items": [
            {
                "product_id": str(shop.products["Pão"]),
                "sku_id": str(shop.skus["Pão"]),
                "quantity": 2,
                "notes": "bem assado",
                "options": [{"option_id": str(shop.options["Queijo"]), "quantity": 1}],
            }
        ],
        "coupon_code": None,
        "payment": {"method": "cash", "change_for_cents": 10_000},
        "scheduled_for": None,
        "preorder_confirmed": True,
        "expected_total_cents": None,
        "notes": "tocar a campainha",
    }


def paths_in(value: Any, at: Path = ()) -> Iterator[Path]:
    """Every place in a document, the root too."""
    yield at
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from paths_in(child, (*at, key))


def replaced(body: Any, path: Path, value: Any) -> Any:
    """A copy with another value at the path; `...` leaves the place out."""
    if not path:
        return value
    changed = copy.deepcopy(body)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def hostile_values(foreign: UUID) -> list[Any]:
    """One of each kind of value that breaks programs. `foreign` is an id of somebody else's."""
    return [
        ..., None, True, False, 0, -1, 1.5, 1e308, float("nan"), float("inf"), 2**31, 2**63, -(2**63) - 1, 10**400,
        "", " ", "\x00", "a\x00b", "\ud800", "\u202eoãp\u202c", "\ufeff", "e\u0301" * 40, "x" * 5000, "0" * 25,
        "'; drop table orders; --", "{{7*7}}", "%s%n", "<script>", "../../etc/passwd", "not-a-uuid",
        "00000000-0000-0000-0000-000000000000", str(foreign), "NaN", "-1", "1e9", "delivery", "pix_online",
        "2026-13-45T99:99:99Z", "2026-12-01T12:00:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59-03:00", "2030-01-01T12:00:00+23:59", [], {}, [None], {"a": {"b": {}}}, nested(60), [[]] * 200,
    ]  # fmt: skip


texts = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x00\x1b\x7f\x85\u200b\u200e\u202e\u2028\ufeff\ufffe\U0010ffff🥐"),
        st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, categories=["Cs"]),
    ),
    max_size=60,
)
json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        texts,
        st.uuids().map(str),
        st.datetimes().map(lambda moment: moment.isoformat()),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)


def encoded(body: Any) -> bytes:
    """JSON as Python writes it: NaN, Infinity, and lone surrogates as escapes."""
    return json.dumps(body).encode()


def resolves(pointer: str, body: Any) -> bool:
    """Whether a JSON pointer (RFC 6901) names a place in the body, or one that is missing from an object in it."""
    if pointer in {"", "/"}:
        return True
    place = body
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")]
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        if isinstance(place, dict):
            if step not in place:
                return is_last
            place = place[step]
        elif isinstance(place, list):
            if not step.isdigit() or int(step) >= len(place):
                return False
            place = place[int(step)]
        else:
            return False
    return True


def kind_of(answer: httpx.Response) -> tuple[Any, ...]:
    """What a refusal says, without what it says it about."""
    problem = answer.json() if answer.headers.get("content-type") == PROBLEM else {}
    return (
        answer.status_code,
        problem.get("code"),
        problem.get("detail"),
        *(error["message"] for error in problem.get("errors", [])),
    )


def assert_refusal(answer: httpx.Response, english: httpx.Response | None, body: Any = ...) -> str:
    """A problem document that names its cause, in Portuguese, and in English the same. Answers the code."""
    shown = (answer.status_code, answer.text[:400])
    assert 400 <= answer.status_code < 500, shown
    assert answer.headers["content-type"] == PROBLEM, shown
    problem = answer.json()
    assert problem["status"] == answer.status_code, shown
    assert problem["code"] in known_codes() and CODE.fullmatch(problem["code"]), shown
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["title"].strip() and problem["detail"].strip(), shown
    assert problem["title"] != problem["detail"], shown
    for error in problem.get("errors", []):
        assert error["message"].strip(), shown
        assert body is ... or resolves(error["pointer"], body), (error, shown)
    assert "Traceback" not in answer.text and "pydantic" not in answer.text, shown
    if english is not None:
        _assert_translated(problem, english)
    return problem["code"]


def _assert_translated(problem: dict[str, Any], english: httpx.Response) -> None:
    other = english.json()
    shown = (problem, other)
    assert (problem["code"], problem["status"]) == (other["code"], other["status"]), shown
    assert problem["title"] != other["title"] and problem["detail"] != other["detail"], shown
    errors, others = problem.get("errors", []), other.get("errors", [])
    assert [error["pointer"] for error in errors] == [error["pointer"] for error in others]
    for one, two in zip(errors, others, strict=True):
        assert two["message"].strip() and one["message"] != two["message"], shown
