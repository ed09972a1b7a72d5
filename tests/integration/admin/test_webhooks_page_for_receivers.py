"""docs/webhooks.md says what is really sent: its examples have the shape of real messages, and its code verifies them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import httpx

from balcao.modules.admin.webhook_events import EVENTS, PING
from balcao.modules.admin.webhook_jobs import STOP_AFTER, TRIES
from balcao.ports.webhooks import TIMEOUT_SECONDS
from tests.factories.shops import Shop
from tests.integration.admin.webhook_catalog import everything

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"


def examples() -> dict[str, Any]:
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    return {block["type"]: block for block in blocks}


def same(example: Any, real: Any) -> bool:
    """Whether a real document has the keys of an example, level by level, and values of the same kinds; null fits all."""
    if example is None or real is None:
        return True
    if type(example) is not type(real):
        return False
    if isinstance(example, dict):
        keys: set[str] = {*example}
        return keys == {*real} and all(same(example[key], real[key]) for key in keys)
    if isinstance(example, list) and example and real:
        return same(example[0], real[0])
    return True


async def test_every_event_is_sent_and_looks_as_the_page_says(client: httpx.AsyncClient, shop: Shop) -> None:
    heard, _ = await everything(client, shop)
    sent = [json.loads(one.body) for one in heard]
    if folder := os.environ.get("WEBHOOK_EXAMPLES"):
        Path(folder, "examples.json").write_text(json.dumps(sent, indent=2, ensure_ascii=False))
    assert {body["type"] for body in sent} == {*EVENTS, PING}
    found = examples()
    # What happens to an order later is shown once, for all that follow.
    later = {name for name in EVENTS if name.startswith("order.") and name not in found}
    assert set(found) | later == {*EVENTS, PING}
    for body in sent:
        example = found.get(body["type"]) or found["order.confirmed"]
        assert same(example, body), body["type"]


async def test_the_code_on_the_page_verifies_a_real_message_and_no_other(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    heard, secret = await everything(client, shop)
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert code is not None
    lines = [line for line in code.group(1).splitlines() if line.strip()]
    assert len(lines) <= 14
    space: dict[str, Any] = {}
    exec(compile(code.group(1), "docs/webhooks.md", "exec"), space)  # noqa: S102 - the page's own lines
    verify = space["is_ours"]
    one = heard[0]
    assert verify(one.headers, one.body, secret)
    assert not verify(one.headers, one.body + b" ", secret)
    assert not verify(one.headers, one.body, "whsec_" + "A" * 43 + "=")
    assert not verify({**one.headers, "webhook-id": "another"}, one.body, secret)
    assert not verify({**one.headers, "webhook-timestamp": "1700000000"}, one.body, secret)


def test_every_event_and_every_number_is_on_the_page() -> None:
    page = PAGE.read_text()
    assert [name for name in EVENTS if f"`{name}`" not in page] == []
    assert f"{TRIES} tries" in page
    assert f"{STOP_AFTER} failures" in page
    assert f"{TIMEOUT_SECONDS:.0f} seconds" in page
