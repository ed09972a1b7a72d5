"""A business with a GoHighLevel of its own next door, and a worker whose waiting costs no time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import httpx
from pydantic import SecretStr
from sqlalchemy import text

from balcao.kernel.jobs.job import JobContext
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.modules.contacts.crm_sending import send_for_a_turn
from balcao.modules.contacts.crm_undo import undo_for_a_turn
from balcao.ports.crm import Crm
from balcao.providers.crm.gohighlevel import GoHighLevel
from balcao.providers.crm.gohighlevel_sign_in import GoHighLevelSignIn
from tests.contracts.fake_gohighlevel import LOCATION, FakeGoHighLevel
from tests.factories.clock import MovableClock
from tests.factories.imports import Source, person
from tests.factories.shops import Shop, make_shop

_TAKE = text(
    "delete from procrastinate_jobs where id = (select id from procrastinate_jobs where args->>'tenant_id' = :tenant "
    "and status = 'todo' order by scheduled_at nulls first, id limit 1) returning task_name, args, scheduled_at"
)
TIMED = {"contacts.send_to_crm": send_for_a_turn, "contacts.undo_crm_push": undo_for_a_turn}


@dataclass
class Town:
    """The business, its CRM, the clock both live by."""

    shop: Shop
    crm: FakeGoHighLevel
    clock: MovableClock
    client: httpx.AsyncClient

    async def sleep(self, seconds: float) -> None:
        """Waits without waiting."""
        self.clock.advance(seconds=seconds)
        await asyncio.sleep(0)

    def context(self) -> JobContext:
        """What a job is handed."""
        runtime = self.shop.runtime
        return JobContext(
            self.shop.tenant, runtime.transactions, runtime.providers, runtime.settings, runtime.blobs
        )

    async def take_job(self) -> tuple[str, dict[str, Any], Any] | None:
        """The next queued job of the business, whenever it is due."""
        async with platform_work(self.shop.runtime.database) as session:
            row = (await session.execute(_TAKE, {"tenant": str(self.shop.tenant.id)})).first()
        return None if row is None else (row.task_name, row.args["args"], row.scheduled_at)

    async def do(self, name: str, args: Mapping[str, Any]) -> None:
        """Does one job."""
        if name in TIMED:
            numbers = {"number": args["turn"]} if "turn" in args else {}
            await TIMED[name](self.context(), UUID(args["push_id"]), sleep=self.sleep, **numbers)
            return
        jobs = [job for module in self.shop.runtime.modules for job in module.jobs]
        job = next(job for job in jobs if job.name == name)
        await job.function(self.context(), **job.arguments.model_validate(args).model_dump())

    async def work(self, *, most: int = 1000) -> list[str]:
        """Does what is queued and what comes of it, the clock going to each job's time."""
        done: list[str] = []
        while len(done) < most and (found := await self.take_job()) is not None:
            name, args, due = found
            if due is not None and due > self.clock():
                self.clock.go_to(due)
            await self.do(name, args)
            done.append(name)
        return done

    async def get(self, path: str, **query: Any) -> Any:
        """GET as the owner."""
        answer = await self.client.get(path, params=query, headers=self.shop.staff)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, status: int = 200, **body: Any) -> Any:
        """POST as the owner."""
        answer = await self.client.post(path, json=body, headers=self.shop.staff)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def connect(self, token: str = "pit-good-token") -> str:
        """Connects the account; answers its id."""
        body = {"location_id": LOCATION, "token": token}
        return (await self.post("/ghl/connections", 201, **body))["id"]

    async def start(self, import_id: UUID, **order: Any) -> str:
        """Begins a sending, connecting first when need be; answers its id."""
        if "connection_id" not in order:
            order["connection_id"] = await self.connect()
        return (await self.post(f"/jobs/{import_id}/ghl-pushes", 202, **order))["id"]

    async def push(self, push_id: str) -> Any:
        """The sending as it stands."""
        return await self.get(f"/ghl-pushes/{push_id}")

    async def items(self, push_id: str, **query: Any) -> list[Any]:
        """Its contacts (the first hundred)."""
        return (await self.get(f"/ghl-pushes/{push_id}/items", limit=100, **query))["items"]


@asynccontextmanager
async def a_town(runtime: Runtime, client: httpx.AsyncClient, clock: MovableClock) -> AsyncIterator[Town]:
    """A fresh business and a fresh CRM, which is put in the place of the real one."""
    fake = FakeGoHighLevel(clock)
    address = await fake.start()
    sign_in = GoHighLevelSignIn(address, client_id="our-app", client_secret=SecretStr("our-app-secret"))
    provider = GoHighLevel(address, sign_in=sign_in, timeout_seconds=5.0)
    crms = cast("dict[str, Crm]", runtime.providers.crm)
    real, crms["gohighlevel"] = crms["gohighlevel"], provider
    try:
        yield Town(await make_shop(runtime, modules=["store", "contacts"]), fake, clock, client)
    finally:
        crms["gohighlevel"] = real
        await provider.aclose()
        await sign_in.aclose()
        await fake.stop()


def people(count: int, **fields: str) -> Source:
    """A source of people with e-mail, mobile and tags."""
    source = Source()
    for number in range(count):
        texts = person(
            first_name="Pessoa", last_name=f"Número {number}", email=f"p{number}@x.com.br",
            phone=f"+55119{number:08d}", city="São Paulo", tags="importacao-2026, vip", **fields,
        )  # fmt: skip
        source.add(number + 2, "o", [], texts)
    return source
