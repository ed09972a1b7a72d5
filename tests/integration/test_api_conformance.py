"""Every route answers as the OpenAPI document says, whoever asks and whatever is sent."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.kernel.web.app import create_app
from balcao.registry import build_runtime
from tests.factories.shops import Shop, make_shop, open_token
from tests.integration.store.hostile import PROBLEM, known_codes
from tests.integration.store.ordering import cart, place

# A long search by hand: CONFORMANCE_EXAMPLES=200 pytest tests/integration/test_api_conformance.py
EXAMPLES = int(os.environ.get("CONFORMANCE_EXAMPLES", "3"))
BASE = "http://testserver"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WHO = ("owner", "operator", "nobody")


def _document() -> dict[str, Any]:
    """The document needs no database: it is what the code says."""
    plain = Settings(_env_file=None, auth_secret=SecretStr("x" * 40))
    return create_app(build_runtime(plain, "postgresql://nobody@localhost/none")).openapi()


SCHEMA = schemathesis.openapi.from_dict(_document())
OPERATIONS = {
    f"{o.method.upper()} {o.path}": o for o in (found.ok() for found in SCHEMA.get_all_operations())
}
STRATEGIES = {
    label: st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )
    if any(True for _ in operation.iter_parameters()) or operation.body
    else operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    for label, operation in OPERATIONS.items()
}


class Stage:
    """A business with one of everything, and three people who ask."""

    def __init__(self, client: httpx.AsyncClient, shop: Shop) -> None:
        self.client, self.shop = client, shop
        self.ids: dict[str, str] = {}
        self.headers: dict[str, dict[str, str]] = {}

    async def prepare(self) -> None:
        shop = self.shop
        await shop.add_product("Pão", 500, stock=50)
        await shop.add_group("Pão", "Recheio", [("Queijo", 100)])
        placed = (await place(self.client, shop, cart(shop, ("Pão", 1), payment={"method": "pix"}))).json()
        items = await self.client.get("/admin/inventory", headers=shop.staff)
        areas = await self.client.get(f"/admin/shipping/areas?store_id={shop.store_id}", headers=shop.staff)
        self.headers = {
            "owner": {
                "Authorization": f"Bearer {await open_token(shop.runtime, shop.tenant, shop.owner_id, 'owner')}"
            },
            "operator": await shop.add_user("operator", ["store.orders:view", "store.stock:view"]),
            "nobody": {**shop.headers, "X-Tracking-Token": placed["order"]["tracking_token"]},
        }
        self.ids = {
            "order_id": placed["order"]["id"],
            "item_id": items.json()["items"][0]["id"],
            "store_id": str(shop.store_id),
            "area_id": areas.json()["items"][0]["id"],
            "product_id": str(shop.products["Pão"]),
            "sku_id": str(shop.skus["Pão"]),
            "category_id": str(shop.category_id),
            "group_id": str(shop.groups["Recheio"]),
            "user_id": str(shop.owner_id),
        }


_stages: dict[str, Stage] = {}


async def stage_for(client: httpx.AsyncClient, runtime: Runtime, label: str) -> Stage:
    """A business for each route, and for each request of a route that takes something away."""
    if label not in _stages or label.startswith("DELETE") or "/auth/" in label:
        _stages.clear()
        _stages[label] = Stage(client, await make_shop(runtime))
        await _stages[label].prepare()
    return _stages[label]


async def send(stage: Stage, case: schemathesis.Case, who: str, *, with_real_ids: bool) -> httpx.Response:
    """Sends a generated case through the test's own client."""
    if with_real_ids and case.path_parameters:
        case.path_parameters = {
            **case.path_parameters,
            **{k: v for k, v in stage.ids.items() if k in case.path_parameters},
        }
    arguments = case.as_transport_kwargs(base_url=BASE)
    try:
        prepared = requests.Request(
            **{name: value for name, value in arguments.items() if name != "allow_redirects"}
        ).prepare()
    except (ValueError, requests.RequestException):
        assume(False)
        raise
    headers = {**dict(prepared.headers), "Idempotency-Key": str(uuid4()), **stage.headers[who]}
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    try:
        request = stage.client.build_request(
            prepared.method or "GET", prepared.url or "", headers=headers, content=body
        )
    except (UnicodeError, httpx.InvalidURL, ValueError):
        assume(False)
        raise
    stage.client.cookies.clear()
    return await stage.client.send(request)


@pytest.mark.parametrize("label", OPERATIONS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CONFORMANCE_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(data=st.data())
async def test_answers_conform(
    client: httpx.AsyncClient, runtime: Runtime, label: str, data: st.DataObject
) -> None:
    operation = OPERATIONS[label]
    stage = await stage_for(client, runtime, label)
    case = data.draw(STRATEGIES[label], label="case")
    who = data.draw(st.sampled_from(WHO), label="who")
    with_real_ids = data.draw(st.integers(0, 3), label="ids") > 0
    answer = await send(stage, case, who, with_real_ids=with_real_ids)
    # With an id put in its place a wrong request may have become a right one.
    case.validate_response(answer, checks=CHECKS if with_real_ids else [*CHECKS, negative_data_rejection])
    assert_documented(operation, answer)


def assert_documented(operation: Any, answer: httpx.Response) -> None:
    """Successes are named one by one; refusals are problem documents with a code that stays."""
    status, declared = answer.status_code, operation.definition.raw["responses"]
    if status < 400:
        assert str(status) in declared, (status, sorted(declared))
        return
    if answer.headers["content-type"] == "application/json":
        assert str(status) in declared and status == 503, answer.text[:300]
        return
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["code"] in known_codes(), answer.text[:300]


def test_every_refusal_is_declared_as_a_problem_document() -> None:
    for path, item in _document()["paths"].items():
        for method, operation in item.items():
            refusals = {s: r for s, r in operation["responses"].items() if s[0] == "4" or s == "default"}
            assert {"429", "default"} <= set(refusals), (method, path)
            for status, response in refusals.items():
                assert list(response["content"]) == [PROBLEM], (method, path, status)
            if "security" in operation:
                assert {"401", "403"} <= set(refusals), (method, path)
