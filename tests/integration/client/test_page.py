"""Every example of docs/client.md is run, over a real line, in the order of the page."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from balcao.kernel.runtime import Runtime
from balcao.modules.admin.webhook_signing import new_secret, signed_headers
from balcao.web_app import web_app
from balcao_client import AsyncBalcao
from tests.factories.shops import Shop

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PERMISSIONS = [
    "store.catalog:edit", "store.orders:edit", "store.stores:view", "contacts.imports:edit", "contacts.people:view",
]  # fmt: skip


@pytest_asyncio.fixture
async def address(runtime: Runtime) -> AsyncIterator[str]:
    """The application behind a port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(web_app(runtime), lifespan="off", log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest_asyncio.fixture
async def key(address: str, shop: Shop) -> str:
    await shop.add_product("Bolo de cenoura", 4500)
    await shop.add_product("Bolo de fubá", 3900)
    async with AsyncBalcao(address, token=shop.token) as owner:
        return (await owner.api_keys.create_api_key({"name": "Loja", "permissions": PERMISSIONS}))["key"]


def run(blocks: list[str], names: dict[str, Any]) -> None:
    for block in blocks:
        exec(compile(block, "docs/client.md", "exec"), names)


async def test_every_example_of_the_page_runs(
    address: str,
    key: str,
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret, names = new_secret(), dict[str, Any]()
    for name, value in (("BALCAO_URL", address), ("BALCAO_KEY", key), ("WEBHOOK_SECRET", secret)):
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall((ROOT / "docs" / "client.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 9
    await asyncio.to_thread(run, blocks, names)
    names["shop"].close()
    said = capsys.readouterr().out
    assert "Loja\n" in said
    assert "meanwhile it is called Bolos e tortas" in said
    assert "/name " in said
    assert "not_found" in said
    assert "Bolo de fubá 3900" in said
    body = b'{"type": "order.created", "data": {}}'
    signed = signed_headers([secret], "m1", int(time.time()), body)
    assert (names["receive"](signed, body), names["receive"](signed, body + b" ")) == (204, 401)


async def test_the_packages_own_page_runs(
    address: str, key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BALCAO_URL", address)
    monkeypatch.setenv("BALCAO_KEY", key)
    blocks = BLOCK.findall((ROOT / "client" / "README.md").read_text(encoding="utf-8"))
    await asyncio.to_thread(run, blocks, {})
    assert "Bolo de cenoura" in capsys.readouterr().out
