"""Several processes of the program on one database, and what people do with them."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from balcao.cli.bench.chaos_parts import Part, api_part, program_environment, worker_part

PASSWORD = "balcao-demo"
TENANT = {"X-Tenant": "carga-0001"}


@dataclass
class Several:
    """Processes of one installation; `bases` are the addresses of those that serve."""

    folder: Path
    data: Path
    database_url: str
    settings: dict[str, str] = field(default_factory=dict[str, str])
    bases: list[str] = field(default_factory=list[str])
    parts: list[Part] = field(default_factory=list[Part])

    def serve(self, **more: str) -> str:
        part, base = api_part(self._environment(more), self.log("api"))
        self.bases.append(base)
        self.add(part)
        return base

    def work(self, **more: str) -> None:
        self.add(worker_part(self._environment(more), self.log("worker"), concurrency=2))

    def add(self, part: Part) -> None:
        self.parts.append(part)
        part.start()

    def wait(self) -> None:
        for part in self.parts:
            part.wait()

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.kill()

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        return program_environment(self.data, self.database_url, **{**self.settings, **more})


def eventually(what: Callable[[], Any], *, seconds: float = 20.0, every: float = 0.02) -> Any:
    """The first answer that is true, within a bound that only says when to give up."""
    ends = time.monotonic() + seconds
    while True:
        answer = what()
        if answer or time.monotonic() > ends:
            return answer
        time.sleep(every)


def owner(base: str, slug: str = "carga-0001") -> httpx.Client:
    """A client signed in as a shop's owner."""
    client = httpx.Client(base_url=base, headers={"X-Tenant": slug}, timeout=20)
    token = client.post("/auth/login", json={"email": f"dona@{slug}.example", "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {token.raise_for_status().json()['access_token']}"
    return client


def goods(base: str) -> tuple[str, str]:
    """A store that never closes, and a product nobody counts."""
    [store] = httpx.get(f"{base}/stores", headers=TENANT, timeout=20).raise_for_status().json()["items"]
    found = httpx.get(f"{base}/catalog/search?q=docinho+de+chocolate", headers=TENANT, timeout=20)
    return store["id"], found.raise_for_status().json()["items"][0]["id"]


def order(base: str, store: str, product: str, *, email: str = "") -> dict[str, Any]:
    """An order to pick up."""
    customer = {"name": "Ana", "phone": "+55119" + str(uuid.uuid4().int)[:8]}
    body = {
        "store_id": store, "items": [{"product_id": product, "quantity": 1}], "fulfilment": "pickup",
        "customer": customer | ({"email": email} if email else {}), "payment": {"method": "pix"},
    }  # fmt: skip
    headers = {"Idempotency-Key": str(uuid.uuid4()), **TENANT}
    answer = httpx.post(f"{base}/checkout", json=body, headers=headers, timeout=20)
    assert answer.status_code == 201, answer.text
    return json.loads(answer.content)["order"]


def price_seen(base: str, product: str) -> int:
    """What the public catalogue says a product costs."""
    answer = httpx.get(f"{base}/catalog", headers=TENANT, timeout=20).raise_for_status().json()
    [found] = [one for shelf in answer["categories"] for one in shelf["products"] if one["id"] == product]
    return int(found["price_cents"])


def raise_price(client: httpx.Client, product: str) -> int:
    """One centavo more; answers the new price."""
    found = client.get(f"/admin/catalog/products/{product}").raise_for_status().json()
    price = found["skus"][0]["price_cents"] + 1
    body = {"version": found["version"], "price_cents": price}
    client.patch(f"/admin/catalog/products/{product}", json=body).raise_for_status()
    return price


@contextmanager
def listening(client: httpx.Client) -> Generator[list[str]]:
    """The names of the events that a panel's live line is told; the line is open when the block begins."""
    heard: list[str] = []
    is_open, done = threading.Event(), threading.Event()

    def listen() -> None:
        with (
            contextlib.suppress(httpx.TransportError),  # its process is stopped under it
            client.stream("GET", "/painel/pedidos/eventos", timeout=60) as answer,
        ):
            for line in answer.iter_lines():
                if line.startswith("retry:"):
                    is_open.set()
                if line.startswith("event: "):
                    heard.append(line.removeprefix("event: "))
                if done.is_set():
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert is_open.wait(20)
    try:
        yield heard
    finally:
        done.set()
