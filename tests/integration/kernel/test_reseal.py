"""AUTH_SECRET is exchanged, everything is sealed anew, the former secret goes: nothing is lost."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from balcao.cli import reseal as command
from balcao.cli.reseal import Resealed, reseal, sealed_columns
from balcao.kernel.settings import Settings
from balcao.kernel.tenant_secrets import SecretLostError, seal, sealing_keys, unseal
from balcao.registry import build_runtime
from tests.factories.backups import fill, fresh_database, one, run

FORMER, PRESENT = "former-" * 8, "present-" * 8
WEBHOOK = (
    "insert into webhook_endpoints (tenant_id, id, url, events, sealed_secret, sealed_previous) "
    "values (%(tenant)s, %(id)s, 'https://example.com', '{}', %(sealed)s, %(previous)s)"
)
FACTOR = "insert into second_factors (tenant_id, id, user_id, sealed_secret) values (%(tenant)s, %(id)s, %(user)s, %(sealed)s)"


@pytest.fixture(name="url", scope="module")
def _url(database_url: str, settings: Settings) -> str:
    return fresh_database(database_url, "balcao_reseal")


def _reseal(settings: Settings, url: str, secret: str, *former: str) -> Resealed:
    async def work() -> Resealed:
        runtime = build_runtime(settings, url)
        try:
            return await reseal(
                runtime.database, sealing_keys(secret, *former), sealed_columns(runtime.modules)
            )
        finally:
            await runtime.close()

    return asyncio.run(work())


def test_after_it_the_former_secret_is_needed_no_more(
    url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = fill(settings, url)
    tenant, former = shop.tenant.id, sealing_keys(FORMER)
    monkeypatch.setattr(command, "ROWS_AT_ONCE", 2)
    hooks = [uuid4() for _ in range(5)]
    for number, hook in enumerate(hooks):
        texts = {"sealed": f"hook {number}", "previous": f"before {number}"}
        sealed = {name: seal(former, tenant, "webhook.secret", text) for name, text in texts.items()}
        run(url, WEBHOOK, {"tenant": tenant, "id": hook, **sealed, **({"previous": None} if number else {})})
    factor = {"tenant": tenant, "id": uuid4(), "user": shop.owner_id}
    run(url, FACTOR, {**factor, "sealed": seal(former, tenant, f"totp:{shop.owner_id}", "seed")})

    assert _reseal(settings, url, PRESENT) == Resealed(renewed=0, lost=7)
    assert _reseal(settings, url, PRESENT, "", FORMER) == Resealed(renewed=7)
    assert _reseal(settings, url, PRESENT) == Resealed()

    def opened(table: str, column: str, row: UUID, purpose: str) -> str:
        text = one(url, f"select {column} from {table} where id = %(id)s", {"id": row})
        with pytest.raises(SecretLostError):
            unseal(former, tenant, purpose, bytes(text))
        return unseal(sealing_keys(PRESENT), tenant, purpose, bytes(text))

    assert [opened("webhook_endpoints", "sealed_secret", hook, "webhook.secret") for hook in hooks] == [
        f"hook {number}" for number in range(5)
    ]
    assert opened("webhook_endpoints", "sealed_previous", hooks[0], "webhook.secret") == "before 0"
    assert opened("second_factors", "sealed_secret", factor["id"], f"totp:{shop.owner_id}") == "seed"


def test_the_command_says_what_it_did_and_what_is_lost(
    url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = {
        "auth_secret": SecretStr("third---" * 8),
        "auth_secret_previous": SecretStr(PRESENT),
        "database_url": url,
    }
    given = settings.model_copy(update=changed)
    monkeypatch.setattr(command, "load_settings", lambda data_dir: given)  # type: ignore[misc] # noqa: ARG005
    command.run_reseal(data=None)
    assert capsys.readouterr().out.splitlines() == [
        "7 secrets of businesses were sealed anew under AUTH_SECRET.", "None needs a former one any more.",
    ]  # fmt: skip
    given = settings.model_copy(update={**changed, "auth_secret": SecretStr("fourth--" * 8)})
    with pytest.raises(SystemExit) as ended:
        command.run_reseal(data=None)
    assert ended.value.code == 1
    assert "7 open neither" in capsys.readouterr().err
