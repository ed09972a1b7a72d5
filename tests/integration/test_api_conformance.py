"""Every route answers as the OpenAPI document says, whoever asks and whatever is sent."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
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
from sqlalchemy import text

from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.kernel.tenants import PLATFORM_TENANT
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
# Of the shop: its owner, one with few rights, a buyer; the platform's owner; somebody who names no business.
WHO = ("owner", "operator", "buyer", "platform", "stranger")
# Boundary cases of an operation that are sent; its document yields hundreds, one in so many is taken.
BOUNDARIES = int(os.environ.get("CONFORMANCE_BOUNDARIES", "8"))
WRITES_PER_STAGE = 8


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
            "buyer": {**shop.headers, "X-Tracking-Token": placed["order"]["tracking_token"]},
        }
        self.headers |= {"platform": PLATFORM, "stranger": {}}
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


PLATFORM: dict[str, str] = {}
_MADE_BY_PLATFORM = (
    "delete from procrastinate_jobs where args->>'tenant_id' = :tenant",
    "delete from backup_runs where created_at >= :began",
    "delete from plans p where p.created_at >= :began and not exists (select from subscriptions s where s.plan_id = p.id)",
)


@pytest_asyncio.fixture(scope="module", autouse=True)
async def _platform(runtime: Runtime) -> AsyncIterator[None]:
    """The platform's own business while the routes are asked, and nothing left of what its owner made."""
    shop = await make_shop(runtime)
    await _rename(runtime, shop, PLATFORM_TENANT)
    token = await open_token(runtime, shop.tenant, shop.owner_id, "owner")
    PLATFORM["Authorization"] = f"Bearer {token}"
    async with platform_work(runtime.database, read_only=True) as session:
        began = (await session.execute(text("select now()"))).scalar_one()
    yield
    await _rename(runtime, shop, f"was-central-{uuid4().hex[:8]}")
    async with platform_work(runtime.database) as session:
        for statement in _MADE_BY_PLATFORM:
            names = {"tenant": str(shop.tenant.id), "began": began}
            await session.execute(text(statement), {k: v for k, v in names.items() if f":{k}" in statement})


async def _rename(runtime: Runtime, shop: Shop, slug: str) -> None:
    async with platform_work(runtime.database) as session:
        await session.execute(
            text("update tenants set slug = :slug where id = :id"), {"slug": slug, "id": shop.tenant.id}
        )
    runtime.tenants.forget()
    shop.tenant = await runtime.tenants.find("id", str(shop.tenant.id))


_stages: dict[str, Stage] = {}
_uses: Counter[str] = Counter()


async def stage_for(client: httpx.AsyncClient, runtime: Runtime, label: str) -> Stage:
    """One business for all that only reads, one for every few routes that write, and one for each request of a route
    that takes something away.
    """
    takes_away = label.startswith("DELETE") or "/auth/" in label
    kind = "reads" if label.startswith("GET ") else "writes"
    if label not in _uses:
        _uses[label] = 1
        _uses[kind] += 1
    is_worn = kind == "writes" and _uses[kind] % WRITES_PER_STAGE == 0 and _uses[label] == 1
    _uses[label] += 1
    if kind not in _stages or takes_away or is_worn:
        _stages[kind] = Stage(client, await make_shop(runtime))
        await _stages[kind].prepare()
    return _stages[kind]


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


@pytest.mark.parametrize("label", OPERATIONS)
@settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(data=st.data())
async def test_examples_and_boundaries_conform(
    client: httpx.AsyncClient, runtime: Runtime, label: str, data: st.DataObject
) -> None:
    """What the document gives as an example, and values at and beyond the edges it names."""
    operation = OPERATIONS[label]
    stage = await stage_for(client, runtime, label)
    cases = [data.draw(strategy) for strategy in operation.get_strategies_from_examples()[:3]]
    cases += boundaries_of(operation)
    for number, case in enumerate(cases):
        who = WHO[0] if number < 3 else WHO[number % len(WHO)]
        answer = await send(stage, case, who, with_real_ids=number % 4 > 0)
        case.validate_response(answer, checks=CHECKS)
        assert_documented(operation, answer)


def boundaries_of(operation: Any) -> list[schemathesis.Case]:
    """Some of the cases of the coverage phase, spread over all of them; always the same."""
    found = [
        case
        for case in SCHEMA.iter_coverage_cases(
            operation,
            generation_modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
            generation_config=SCHEMA.config.generation_for(operation=operation),
        )
        if case.method.upper() == operation.method.upper()
    ]
    return found[:: max(1, len(found) // BOUNDARIES)][:BOUNDARIES]


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
