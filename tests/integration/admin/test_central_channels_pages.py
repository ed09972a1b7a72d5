"""The page of a business's messaging credentials, in the browser and without a script."""

from __future__ import annotations

import re

import httpx
import pytest

from balcao.kernel.runtime import Runtime
from tests.contracts.fake_messengers import BOT_TOKEN, PHONE_ID
from tests.factories.shops import Shop
from tests.integration.admin.channel_town import SECRETS, TELEGRAM, WHATSAPP, base, messengers


def _browser(headers: dict[str, str], **more: str) -> dict[str, str]:
    cookie = f"admin_token={headers['Authorization'].removeprefix('Bearer ')}"
    return {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": cookie, **more}


def _place(shop: Shop) -> str:
    return f"/central/negocios/{shop.tenant.id}/mensagens"


@pytest.mark.parametrize(
    ("language", "words"),
    [("pt-BR", ("Mensageria", "Não configurado", "Token de acesso")), ("en", ("Messaging", "Not set up", "Access token"))],
)  # fmt: skip
async def test_the_page_opens_in_both_languages(
    client: httpx.AsyncClient, desk: Shop, shop: Shop, language: str, words: tuple[str, ...]
) -> None:
    page = await client.get(_place(shop), headers=_browser(desk.staff, **{"Accept-Language": language}))
    assert page.status_code == 200, page.text[:400]
    assert all(word in page.text for word in words)
    inputs = re.findall(
        r'<input[^>]+name="(?:access_token|app_secret|verify_token|bot_token)"[^>]*>', page.text
    )
    assert len(inputs) == 4
    for field in inputs:
        assert (
            'type="password"' in field and " value=" not in field and 'autocomplete="new-password"' in field
        )


async def test_credentials_by_hand(
    client: httpx.AsyncClient, runtime: Runtime, desk: Shop, shop: Shop
) -> None:
    browser, place = _browser(desk.staff), _place(shop)
    saved = await client.post(f"{place}/whatsapp", data=WHATSAPP, headers=browser)
    assert (saved.status_code, saved.headers["location"]) == (303, place)
    page = (await client.get(place, headers=browser)).text
    assert "••••WXYZ" in page and f'value="{PHONE_ID}"' in page and "Não testado" in page
    assert not any(secret in page for secret in SECRETS)

    form = {
        "phone_number_id": PHONE_ID,
        "waba_id": "",
        "access_token": "",
        "remove_verify_token": "1",
        "version": "1",
    }
    assert (await client.post(f"{place}/whatsapp", data=form, headers=browser)).status_code == 303
    (kept,) = (await client.get(base(shop), headers=desk.staff)).json()["items"]
    assert (kept["waba_id"], kept["access_token"], kept["app_secret"], kept["verify_token"]) == (
        None, "••••WXYZ", "••••QRST", None,
    )  # fmt: skip
    stale = await client.post(f"{place}/whatsapp", data=form, headers=browser)
    assert stale.status_code == 422 and "Alguém mudou isto" in stale.text

    async with messengers(runtime) as fake:
        asked = await client.post(f"{place}/whatsapp/testar", headers=browser)
        assert (asked.status_code, asked.headers["location"]) == (303, place)
        page = (await client.get(place, headers=browser)).text
        assert "Funcionando" in page and "Padaria da Vila" in page and "+55 11 98765-4321" in page
        fake.meta_tokens.clear()
        await client.post(f"{place}/whatsapp/testar", headers=browser)
        page = (await client.get(place, headers=browser)).text
        assert "Token recusado" in page and "Gere outro lá" in page
    gone = await client.post(f"{place}/whatsapp/remover", headers=browser)
    assert gone.status_code == 303
    assert (await client.get(base(shop), headers=desk.staff)).json()["items"] == []
    assert (await client.post(f"{place}/whatsapp/remover", headers=browser)).status_code == 404


async def test_what_is_wrong_stands_at_its_field_and_secrets_do_not_come_back(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    browser, place = _browser(desk.staff), _place(shop)
    form = {"bot_token": "canary-not-a-token", "chat_id": "minha conversa"}
    refused = await client.post(f"{place}/telegram", data=form, headers=browser)
    assert refused.status_code == 422
    assert "Isto não é um token de bot" in refused.text and 'value="minha conversa"' in refused.text
    assert "canary" not in refused.text
    masked = await client.post(f"{place}/telegram", data={"bot_token": "••••"}, headers=browser)
    assert masked.status_code == 422 and "forma abreviada" in masked.text
    long = await client.post(f"{place}/telegram", data={"bot_token": BOT_TOKEN + "a" * 3000}, headers=browser)
    assert long.status_code == 422
    missing = await client.post(f"{place}/telegram", data={"chat_id": "5"}, headers=browser)
    assert missing.status_code == 422 and "Isto é necessário." in missing.text


async def test_whoever_may_only_look_finds_no_button(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    await client.put(f"{base(shop)}/telegram", json=TELEGRAM, headers=desk.staff)
    reader = _browser(await desk.add_user("manager", ["admin.central:view"]))
    page = await client.get(_place(shop), headers=reader)
    assert page.status_code == 200
    assert "disabled" in page.text and "/testar" not in page.text and "Salvar Telegram" not in page.text
    for path in ("telegram", "telegram/testar", "telegram/remover"):
        assert (await client.post(f"{_place(shop)}/{path}", data=TELEGRAM, headers=reader)).status_code == 403
    for path in ("", "/telegram"):
        owner = await client.request(
            "POST" if path else "GET", _place(shop) + path, headers=_browser(shop.staff)
        )
        assert owner.status_code == 403
