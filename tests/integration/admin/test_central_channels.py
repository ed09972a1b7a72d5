"""Messaging credentials of a business: they go in, hold, are exchanged and removed, and never come out."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from balcao.kernel.actor import SYSTEM
from balcao.kernel.jobs.job import JobContext
from balcao.kernel.platform_work import platform_work
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenant_secrets import SealingKeys, sealing_keys, sealing_keys_of
from balcao.modules.messaging.jobs import forget_former_secrets, seal_credentials_anew
from balcao.modules.messaging.public import CHANNELS, Channel, ChannelCredentials, channel_credentials
from tests.conftest import SECRET
from tests.contracts.fake_messengers import (
    META_TOKEN,
    PHONE_ID,
)
from tests.factories.clock import MovableClock
from tests.factories.shops import Shop
from tests.integration.admin.channel_town import (
    APP_SECRET,
    SECRETS,
    TELEGRAM,
    VERIFY_TOKEN,
    WHATSAPP,
    base,
    messengers,
)
from tests.integration.admin.team import client_with, code_of

ANOTHER = "another-app-secret-0123456789"


async def _put(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, channel: str, body: dict[str, Any], status: int = 200
) -> Any:
    answer = await client.put(f"{base(shop)}/{channel}", json=body, headers=desk.staff)
    assert answer.status_code == status, answer.text
    return answer.json()


async def _held(
    runtime: Runtime, shop: Shop, channel: Channel, keys: SealingKeys | None = None, *, read_only: bool = True
) -> ChannelCredentials | None:
    keys = keys or sealing_keys_of(runtime.settings)
    async with runtime.transactions.begin(shop.tenant, SYSTEM, read_only=read_only) as uow:
        return await channel_credentials(uow, keys, channel)


def _pointers(problem: Any) -> list[str]:
    return [item["pointer"] for item in problem["errors"]]


async def test_what_goes_in_is_held_and_shown_as_masks(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop, other_shop: Shop
) -> None:
    empty = (await client.get(base(shop), headers=desk.staff)).json()
    assert (empty["items"], empty["total"]) == ([], 0)
    saved = await _put(
        client, desk, shop, "whatsapp", {**WHATSAPP, "access_token": f" Bearer {META_TOKEN}\n"}
    )
    bot = await _put(client, desk, shop, "telegram", TELEGRAM)
    for masked in (saved, bot):
        assert (masked["version"], masked["check_outcome"], masked["checked_at"]) == (1, "", None)
    assert {name: saved[name] for name in (*WHATSAPP, *TELEGRAM)} == {
        "phone_number_id": PHONE_ID, "waba_id": "102290129340398", "access_token": "••••WXYZ", "app_secret": "••••QRST",
        "verify_token": "••••UVWX", "bot_token": None, "chat_id": None,
    }  # fmt: skip
    listed = (await client.get(base(shop), headers=desk.staff)).json()
    assert (listed["items"], listed["total"]) == ([saved, bot], 2)
    held = await _held(runtime, shop, "whatsapp")
    assert held is not None
    assert {name: getattr(held, name) for name in WHATSAPP} == WHATSAPP
    assert (held.app_secrets, held.verify_tokens) == ((APP_SECRET,), (VERIFY_TOKEN,))
    assert not any(secret in f"{held!r} {held}" for secret in SECRETS)
    telegram = await _held(runtime, shop, "telegram")
    assert telegram is not None
    assert (telegram.bot_token, telegram.chat_id, telegram.app_secrets) == (*TELEGRAM.values(), ())
    assert (await client.get(base(other_shop), headers=desk.staff)).json()["total"] == 0
    assert await _held(runtime, other_shop, "whatsapp") is None


async def test_masks_and_fields_left_out_keep_and_null_takes_out(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    saved = await _put(client, desk, shop, "whatsapp", WHATSAPP)
    again = await _put(
        client, desk, shop, "whatsapp", {name: saved[name] for name in (*WHATSAPP, *TELEGRAM, "version")}
    )
    assert again == saved, "what was read may be sent back and changes nothing"
    await _put(client, desk, shop, "whatsapp", {})
    changed = await _put(
        client, desk, shop, "whatsapp", {"waba_id": "777777", "verify_token": None, "app_secret": " "}
    )
    assert (changed["waba_id"], changed["verify_token"], changed["app_secret"]) == ("777777", None, None)
    assert (changed["access_token"], changed["version"]) == ("••••WXYZ", 2)
    held = await _held(runtime, shop, "whatsapp")
    assert held is not None
    assert (held.access_token, held.app_secrets, held.verify_tokens) == (META_TOKEN, (), ())


@pytest.mark.parametrize(
    ("channel", "body", "pointers"),
    [
        ("whatsapp", {}, ["/phone_number_id", "/access_token"]), ("telegram", {}, ["/bot_token"]),
        ("whatsapp", {**WHATSAPP, "access_token": "canary short"}, ["/access_token"]),
        ("whatsapp", {**WHATSAPP, "access_token": "••••WXYZ"}, ["/access_token"]),
        ("whatsapp", {**WHATSAPP, "app_secret": "canary\x00canary"}, ["/app_secret"]),
        ("whatsapp", {**WHATSAPP, "access_token": "canary" * 400}, ["/access_token"]),
        ("whatsapp", {**WHATSAPP, "access_token": ["canary"]}, ["/access_token"]),
        ("whatsapp", {**WHATSAPP, "phone_number_id": "+55 11 98765-4321", "waba_id": "x"}, ["/phone_number_id", "/waba_id"]),
        ("telegram", {**TELEGRAM, "access_token": "canary-canary-canary"}, ["/access_token"]),
        ("telegram", {**TELEGRAM, "canary": 1}, ["/canary"]), ("telegram", {**TELEGRAM, "version": 0}, ["/version"]),
    ],
)  # fmt: skip
async def test_wrong_shapes_are_named_and_not_repeated(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, channel: str, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = await client.put(f"{base(shop)}/{channel}", json=body, headers=desk.staff)
    assert code_of(answer) == (422, "validation")
    assert _pointers(answer.json()) == pointers
    assert "canary" not in answer.text.replace("/canary", "")
    assert (await client.get(base(shop), headers=desk.staff)).json()["total"] == 0


async def test_unknown_channels_and_businesses(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    for method, path in (("PUT", "/signal"), ("DELETE", "/signal"), ("POST", "/signal/check")):
        answer = await client.request(method, base(shop) + path, json={}, headers=desk.staff)
        assert answer.status_code == 422, path
    nobody = f"/admin/central/tenants/{uuid4()}/messaging-credentials"
    for method, path, body in (
        ("GET", "", None), ("PUT", "/telegram", TELEGRAM), ("DELETE", "/telegram", None), ("POST", "/telegram/check", None),
    ):  # fmt: skip
        assert (await client.request(method, nobody + path, json=body, headers=desk.staff)).status_code == 404
    for method, path in (("DELETE", "/telegram"), ("POST", "/whatsapp/check")):
        assert code_of(await client.request(method, base(shop) + path, headers=desk.staff)) == (
            404,
            "not_found",
        )


async def test_nobody_else_may(client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop) -> None:
    await _put(client, desk, shop, "telegram", TELEGRAM)
    reader = await desk.add_user("manager", ["admin.central:view"])
    bystander = await desk.add_user("manager", ["admin.operations:edit"])
    insider = await shop.add_user("manager", ["admin.central:edit", "admin.team:edit"])
    writes = [("PUT", "/telegram"), ("DELETE", "/telegram"), ("POST", "/telegram/check")]
    for who, reading, writing in (
        ({}, 401, 401), (shop.staff, 403, 403), (insider, 403, 403), (bystander, 403, 403), (reader, 200, 403),
    ):  # fmt: skip
        assert (await client.get(base(shop), headers=who)).status_code == reading
        for method, path in writes:
            body = {"bot_token": None} if method == "PUT" else None
            answer = await client.request(method, base(shop) + path, json=body, headers=who)
            assert answer.status_code == writing, (method, path)
    held = await _held(runtime, shop, "telegram")
    assert held is not None and held.bot_token == TELEGRAM["bot_token"]
    entered = await client.post(
        f"/admin/central/tenants/{shop.tenant.id}/impersonate",
        json={"reason": "Chamado 1: teste"}, headers=desk.staff,
    )  # fmt: skip
    assert entered.status_code == 201
    inside = {"Authorization": f"Bearer {entered.json()['access_token']}"}
    client.cookies.clear()
    assert (await client.get(base(shop), headers=inside)).status_code == 403


async def test_a_stale_version_is_told_the_present_state(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    early = await client.put(f"{base(shop)}/telegram", json={**TELEGRAM, "version": 1}, headers=desk.staff)
    assert code_of(early) == (409, "version_conflict") and early.json()["current"] is None
    await _put(client, desk, shop, "telegram", TELEGRAM)
    changed = await _put(client, desk, shop, "telegram", {"chat_id": "5", "version": 1})
    assert changed["version"] == 2
    late = await client.put(f"{base(shop)}/telegram", json={"chat_id": "6", "version": 1}, headers=desk.staff)
    assert code_of(late) == (409, "version_conflict")
    assert late.json()["current"] == changed


async def test_two_people_at_once_make_one_row(client: httpx.AsyncClient, desk: Shop, shop: Shop) -> None:
    puts = [
        client.put(f"{base(shop)}/telegram", json={**TELEGRAM, "chat_id": str(number)}, headers=desk.staff)
        for number in range(6)
    ]
    codes = {answer.status_code for answer in await asyncio.gather(*puts)}
    assert 200 in codes and codes <= {200, 409}
    assert (await client.get(base(shop), headers=desk.staff)).json()["total"] == 1


async def test_the_former_app_secret_holds_for_a_day(
    client: httpx.AsyncClient, runtime: Runtime, clock: MovableClock, desk: Shop, shop: Shop
) -> None:
    await _put(client, desk, shop, "whatsapp", WHATSAPP)
    saved = await _put(client, desk, shop, "whatsapp", {"app_secret": ANOTHER})
    until = datetime.fromisoformat(saved["former_app_secret_until"])
    assert timedelta(hours=23, minutes=59) < until - clock() <= timedelta(hours=24)
    assert (saved["former_verify_token_until"], saved["app_secret"]) == (None, "••••6789")
    same = await _put(client, desk, shop, "whatsapp", {"app_secret": ANOTHER})
    assert same == saved, "the same again does not push the former one out"
    clock.advance(hours=20)
    await _put(
        client, desk, shop, "whatsapp", {"verify_token": "novo-token-de-verificação".replace("çã", "ca")}
    )
    held = await _held(runtime, shop, "whatsapp")
    assert held is not None
    assert (held.app_secrets, held.former_verify_tokens) == ((ANOTHER, APP_SECRET), (VERIFY_TOKEN,))
    clock.advance(hours=4, seconds=1)
    held = await _held(runtime, shop, "whatsapp")
    assert held is not None
    assert (held.app_secrets, held.former_verify_tokens) == ((ANOTHER,), (VERIFY_TOKEN,))
    listed = (await client.get(base(shop), headers=desk.staff)).json()["items"][0]
    assert listed["former_app_secret_until"] is None and listed["former_verify_token_until"] is not None
    context = JobContext(
        shop.tenant, runtime.transactions, runtime.providers, runtime.settings, runtime.blobs
    )
    await forget_former_secrets.function(context)
    async with platform_work(runtime.database, read_only=True) as session:
        query = text("select * from channel_credentials where tenant_id = :id")
        row = (await session.execute(query, {"id": shop.tenant.id})).one()
    assert (row.former_app_secret, row.former_app_until) == (None, None)
    assert row.former_verify_token is not None
    taken_out = await _put(client, desk, shop, "whatsapp", {"verify_token": None})
    assert taken_out["former_verify_token_until"] is None
    held = await _held(runtime, shop, "whatsapp")
    assert held is not None and held.verify_tokens == ()


async def test_a_second_change_within_the_day_ends_the_first_secret(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    await _put(client, desk, shop, "whatsapp", WHATSAPP)
    await _put(client, desk, shop, "whatsapp", {"app_secret": ANOTHER})
    await _put(client, desk, shop, "whatsapp", {"app_secret": ANOTHER[::-1]})
    held = await _held(runtime, shop, "whatsapp")
    assert held is not None and held.app_secrets == (ANOTHER[::-1], ANOTHER)


async def test_removed_credentials_are_gone(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    for channel, body in (("whatsapp", WHATSAPP), ("telegram", TELEGRAM)):
        await _put(client, desk, shop, channel, body)
    gone = await client.delete(f"{base(shop)}/whatsapp", headers=desk.staff)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await client.delete(f"{base(shop)}/whatsapp", headers=desk.staff)).status_code == 404
    left = (await client.get(base(shop), headers=desk.staff)).json()
    assert [item["channel"] for item in left["items"]] == ["telegram"]
    assert await _held(runtime, shop, "whatsapp") is None
    assert (await _put(client, desk, shop, "whatsapp", WHATSAPP))["version"] == 1


async def test_after_auth_secret_changed_texts_are_sealed_anew_when_they_are_used(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    await _put(client, desk, shop, "whatsapp", WHATSAPP)
    await _put(client, desk, shop, "whatsapp", {"app_secret": ANOTHER})
    new = SECRET[::-1]
    both, only_new = sealing_keys(new, SECRET), sealing_keys(new)
    assert await _held(runtime, shop, "whatsapp", only_new) is None
    reading = await _held(runtime, shop, "whatsapp", both)
    assert reading is not None and await _held(runtime, shop, "whatsapp", only_new) is None
    used = await _held(runtime, shop, "whatsapp", both, read_only=False)
    assert used == reading == await _held(runtime, shop, "whatsapp", only_new)
    assert used is not None and used.app_secrets == (ANOTHER, APP_SECRET)
    saved = (await client.get(base(shop), headers=desk.staff)).json()["items"][0]
    assert saved["version"] == 2

    settings = runtime.settings.model_copy(
        update={"auth_secret": SecretStr(SECRET[1:] + "x"), "auth_secret_previous": SecretStr("")}
    )
    async with client_with(runtime, settings=settings) as later, messengers(runtime) as fake:
        lost = await later.post(f"{base(shop)}/whatsapp/check", headers=desk.staff)
        assert (lost.json()["check_outcome"], fake.asked) == ("lost", [])
        body = {"access_token": META_TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}
        mended = await later.put(f"{base(shop)}/whatsapp", json=body, headers=desk.staff)
        assert (mended.status_code, mended.json()["check_outcome"]) == (200, "")
        well = await later.post(f"{base(shop)}/whatsapp/check", headers=desk.staff)
        assert well.json()["check_outcome"] == "ok"


async def test_once_a_day_what_nobody_uses_is_sealed_anew(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    for channel, body in (("whatsapp", WHATSAPP), ("telegram", TELEGRAM)):
        await _put(client, desk, shop, channel, body)
    new = "another-installation-key-0123456789-abcdef"
    settings = runtime.settings.model_copy(
        update={"auth_secret": SecretStr(new), "auth_secret_previous": SecretStr(SECRET)}
    )
    context = JobContext(shop.tenant, runtime.transactions, runtime.providers, settings, runtime.blobs)
    await seal_credentials_anew.function(context)
    for channel in CHANNELS:
        assert await _held(runtime, shop, channel) is None, "the former key opens nothing any more"
        assert await _held(runtime, shop, channel, sealing_keys(new)) is not None


async def test_a_change_by_hand_seals_everything_anew(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    await _put(client, desk, shop, "whatsapp", WHATSAPP)
    new = "another-installation-key-0123456789-abcdef"
    settings = runtime.settings.model_copy(
        update={"auth_secret": SecretStr(new), "auth_secret_previous": SecretStr(SECRET)}
    )
    async with client_with(runtime, settings=settings) as later:
        answer = await later.put(f"{base(shop)}/whatsapp", json={"waba_id": "55555"}, headers=desk.staff)
        assert answer.status_code == 200
    held = await _held(runtime, shop, "whatsapp", sealing_keys(new))
    assert held is not None and held.access_token == META_TOKEN and held.app_secret == APP_SECRET
