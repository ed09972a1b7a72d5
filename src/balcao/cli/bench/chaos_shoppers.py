"""Shoppers who do not give up: each asks for an order under a key of its own until somebody answers."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from balcao.cli.bench.shop import SLUG

PATIENCE_SECONDS = 120.0
# Try again: nobody is there, the house is shut, too many at once, or a twin of the request is still under way.
AGAIN = frozenset({429, 500, 502, 503, 504})


@dataclass(slots=True)
class Told:
    """What shoppers were told: the order of each key, refusals, and how often they had to ask again."""

    orders: dict[str, str] = field(default_factory=dict[str, str])
    refused: list[str] = field(default_factory=list[str])
    unanswered: list[str] = field(default_factory=list[str])
    again: int = 0
    changed: list[str] = field(default_factory=list[str])


class Shoppers:
    """A few people who look at the catalogue and order, one thing after the other, until told to stop."""

    def __init__(
        self, base: str, bodies: list[dict[str, Any]], *, hands: int, rest: float, seed: int
    ) -> None:
        self.told = Told()
        self._base, self._bodies, self._hands, self._rest = base, bodies, hands, rest
        self._random = random.Random(seed)  # noqa: S311 - load, not secrets
        self._done = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Lets them in."""
        self._tasks = [asyncio.create_task(self._shop()) for _ in range(self._hands)]

    async def stop(self) -> None:
        """No new orders; those begun are brought to an answer."""
        self._done.set()
        await asyncio.gather(*self._tasks)

    async def _shop(self) -> None:
        limits = httpx.Limits(max_keepalive_connections=1)
        headers = {"X-Tenant": SLUG}
        async with httpx.AsyncClient(
            base_url=self._base, headers=headers, timeout=20, limits=limits
        ) as client:
            while not self._done.is_set():
                await _look(client)
                await self._order(client)
                await asyncio.sleep(self._rest)

    async def _order(self, client: httpx.AsyncClient) -> None:
        key = str(uuid4())
        body = json.dumps(self._body(key))
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            try:
                answer = await client.post("/checkout", content=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 201:
                self._note(key, answer.json()["order"]["id"])
                if self._random.random() < 0.1:  # somebody presses twice
                    await self._press_again(client, key, body, headers)
                return
            if answer is not None and answer.status_code not in AGAIN:
                self.told.refused.append(f"{answer.status_code} {answer.text[:200]}")
                return
            self.told.again += 1
            await asyncio.sleep(0.1)
        self.told.unanswered.append(key)

    async def _press_again(
        self, client: httpx.AsyncClient, key: str, body: str, headers: dict[str, str]
    ) -> None:
        try:
            answer = await client.post("/checkout", content=body, headers=headers)
        except httpx.TransportError:
            return
        if answer.status_code == 201:
            self._note(key, answer.json()["order"]["id"])

    def _note(self, key: str, order: str) -> None:
        if self.told.orders.setdefault(key, order) != order:
            self.told.changed.append(key)

    def _body(self, key: str) -> dict[str, Any]:
        body = self._random.choice(self._bodies)
        phone = f"+55119{self._random.randrange(10**8):08}"
        customer = {"name": "Ana Souza", "phone": phone, "email": f"{key}@cliente.example"}
        return {**body, "customer": customer}


async def _look(client: httpx.AsyncClient) -> None:
    """A look at the catalogue; whoever finds the door shut goes on to order all the same."""
    try:
        await client.get("/catalog")
    except httpx.TransportError:
        await asyncio.sleep(0.05)
