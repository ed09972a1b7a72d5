"""One real PostgreSQL for the run; each test makes its own business, so commits and races are real."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from balcao.kernel.db.embedded import EmbeddedPostgres
from balcao.kernel.db.migrate import migrate
from balcao.kernel.observability.logging import configure_logging
from balcao.kernel.runtime import Runtime
from balcao.kernel.settings import Settings
from balcao.registry import build_runtime
from balcao.web_app import web_app
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop, make_shop

SECRET = "tests-only-secret-tests-only-secret-00"


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the collector need not look at thousands of tests again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def state_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="balcao-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_url(state_folder: Path) -> Iterator[str]:
    outside = os.environ.get("TEST_DATABASE_URL")
    if outside:
        migrate(outside)
        yield outside
        return
    server = EmbeddedPostgres(state_folder / "postgres", durable=False)
    server.start()
    url = server.database_url("balcao_test")
    migrate(url)
    yield url
    server.stop()


@pytest.fixture(scope="session")
def settings(state_folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=state_folder,
        auth_secret=SECRET,
        default_tenant="",
        rate_limit_scale=1000.0,
        log_level="WARNING",
        ghl_base_url="http://127.0.0.1:9",  # nobody: no test leaves this machine
        whatsapp_base_url="http://127.0.0.1:9",
        telegram_base_url="http://127.0.0.1:9",
    )


@pytest.fixture(scope="session")
def clock() -> MovableClock:
    return MovableClock()


@pytest_asyncio.fixture(scope="session")
async def runtime(settings: Settings, database_url: str, clock: MovableClock) -> AsyncIterator[Runtime]:
    runtime = build_runtime(settings, database_url, clock=clock)
    runtime.start()
    yield runtime
    await runtime.close()


@pytest.fixture(scope="session", autouse=True)
def _quiet_log() -> None:
    configure_logging("json", "WARNING", cache=False)


@pytest.fixture(autouse=True)
def _clock_tells_the_truth(clock: MovableClock) -> Iterator[None]:
    yield
    clock.reset()


@pytest_asyncio.fixture(scope="session")
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=web_app(runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest_asyncio.fixture
async def shop(runtime: Runtime) -> Shop:
    """A fresh business with one open store, a catalogue, delivery areas and an owner's token."""
    return await make_shop(runtime)


@pytest_asyncio.fixture
async def other_shop(runtime: Runtime) -> Shop:
    """Another business, for the walls between them."""
    return await make_shop(runtime)
