"""`balcao found`: the first person of a new installation, who makes every other business."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from balcao.cli.instance import fail, load_settings, running
from balcao.cli.seed import EVERYTHING, DemoTenant, make_plan, make_tenant
from balcao.cli.serve import need_schema
from balcao.kernel.identity.passwords import hash_password
from balcao.kernel.settings import Settings
from balcao.registry import build_runtime

CENTRAL = "central"
PLAN = "completo"
SHORTEST_PASSWORD = 12


def run_found(*, email: str, name: str, password: str, data: Path | None) -> None:
    """Makes the platform's own business with its owner and a plan that has every module. Once: a second time changes
    nothing and ends with exit code 1."""
    if "@" not in email:
        fail(f"{email} is no e-mail address.")
    if len(password) < SHORTEST_PASSWORD:
        fail(f"The password needs {SHORTEST_PASSWORD} characters or more.")
    settings = load_settings(data_dir=data)
    with running(settings) as url:
        need_schema(url)
        if not asyncio.run(_found(settings, url, email.strip().lower(), name, password)):
            fail(f"The business `{CENTRAL}` is there already; its people sign in and invite others.")
    typer.echo(f"{email} owns the business `{CENTRAL}` and signs in at {settings.api_base_url}/painel")


async def _found(settings: Settings, url: str, email: str, name: str, password: str) -> bool:
    runtime = build_runtime(settings, url)
    try:
        await make_plan(runtime, PLAN, "Completo", EVERYTHING)
        owner = DemoTenant(CENTRAL, settings.app_name, None, ((email, name, "owner"),))
        return await make_tenant(runtime, owner, PLAN, password_hash=await hash_password(password))
    finally:
        await runtime.close()
