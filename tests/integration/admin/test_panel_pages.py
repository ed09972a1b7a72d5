"""The ways into the panel and the team's pages, as a browser without script uses them."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest

from balcao.kernel.ids import new_id
from balcao.kernel.runtime import Runtime
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import (
    ATTENDANT,
    TEAM,
    add_group,
    add_person,
    client_with,
    last_link_token,
    log_in,
    strict_limits,
    token_of,
)

BROWSER = {
    "Accept": "text/html",
    "User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
}
SAME = {"Sec-Fetch-Site": "same-origin"}


async def _form(client: httpx.AsyncClient, path: str, token: str = "", **fields: Any) -> httpx.Response:
    headers = BROWSER | SAME | ({"Cookie": f"admin_token={token}"} if token else {})
    answer = await client.post(path, data=fields, headers=headers)
    client.cookies.clear()
    return answer


async def _page(client: httpx.AsyncClient, path: str, token: str = "") -> httpx.Response:
    answer = await client.get(path, headers=BROWSER | ({"Cookie": f"admin_token={token}"} if token else {}))
    client.cookies.clear()
    return answer


def _cookie(answer: httpx.Response, name: str = "admin_token") -> Any:
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return jar[name]


async def test_signing_in_leads_to_where_one_wanted(client: httpx.AsyncClient, shop: Shop) -> None:
    closed = await _page(client, "/painel/equipe?offset=0")
    assert closed.status_code == 303
    assert closed.headers["location"] == "/painel/entrar?next=/painel/equipe%3Foffset%3D0"
    form = await _page(client, closed.headers["location"])
    assert 'value="/painel/equipe?offset=0"' in form.text
    answer = await _form(
        client, "/painel/entrar", email=shop.owner_email, password=PASSWORD, next="/painel/equipe?offset=0"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/painel/equipe?offset=0")
    cookie = _cookie(answer)
    assert cookie["httponly"] is True
    team = await _page(client, "/painel/equipe?offset=0", cookie.value)
    assert "Dona" in team.text
    sessions = await _page(client, "/painel/equipe/sessoes", cookie.value)
    assert "Chrome · Android" in sessions.text


@pytest.mark.parametrize(
    "target",
    ["https://mal.example", "//mal.example", "/painel//mal.example", "/loja/x", "/painel/\\mal", "/painelx"],
)
async def test_no_address_leads_out_of_the_panel(client: httpx.AsyncClient, shop: Shop, target: str) -> None:
    answer = await _form(client, "/painel/entrar", email=shop.owner_email, password=PASSWORD, next=target)
    assert answer.headers["location"] == "/painel"


async def test_a_refusal_keeps_what_was_typed(client: httpx.AsyncClient, shop: Shop) -> None:
    answer = await _form(client, "/painel/entrar", email='"><b>', password="errada-errada")
    assert answer.status_code == 422
    assert "E-mail ou senha incorretos." in answer.text
    assert "&#34;&gt;&lt;b&gt;" in answer.text
    assert "errada-errada" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_people_of_several_businesses_choose(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    email = f"{new_id().hex}@example.com"
    await add_person(client, shop, email)
    await add_person(client, other_shop, email)
    asked = await _form(client, "/painel/entrar", email=email, password=PASSWORD)
    assert asked.status_code == 200
    assert PASSWORD not in asked.text
    choice = re.search(r'name="choice" value="([^"]+)"', asked.text)
    assert choice is not None
    entered = await _form(client, "/painel/entrar", choice=choice[1], business=other_shop.tenant.slug)
    me = await client.get("/auth/me", headers={"Authorization": f"Bearer {_cookie(entered).value}"})
    assert me.json()["tenant"]["slug"] == other_shop.tenant.slug
    for forged in (
        {"choice": choice[1], "business": "central"},
        {"choice": "x", "business": shop.tenant.slug},
    ):
        assert (await _form(client, "/painel/entrar", **forged)).status_code == 422
    # What the form carries opens nothing by itself.
    alone = await client.get("/auth/me", headers={"Authorization": f"Bearer {choice[1]}"})
    assert alone.status_code == 401


async def test_forms_of_other_sites_sign_nobody_in(client: httpx.AsyncClient, shop: Shop) -> None:
    for path in ("/painel/entrar", "/painel/esqueci"):
        answer = await client.post(
            path,
            data={"email": shop.owner_email, "password": PASSWORD},
            headers=BROWSER | {"Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def test_too_many_attempts_are_told_to_wait(runtime: Runtime, shop: Shop) -> None:
    async with client_with(runtime, limiter=strict_limits()) as client:
        for _ in range(10):
            assert (
                await _form(client, "/painel/entrar", email=shop.owner_email, password="x")
            ).status_code == 422
        answer = await _form(client, "/painel/entrar", email=shop.owner_email, password=PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


async def test_signing_out(client: httpx.AsyncClient, shop: Shop) -> None:
    token = await token_of(client, shop.owner_email)
    signed_in = await _page(client, "/painel/entrar", token)
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/painel")
    answer = await _form(client, "/painel/sair", token)
    assert (answer.status_code, answer.headers["location"]) == (303, "/painel/entrar")
    assert _cookie(answer).value == ""
    assert (await _page(client, "/painel/conta", token)).status_code == 303
    assert (await _page(client, "/painel/entrar", token)).status_code == 200


async def test_a_forgotten_password_is_made_new_once(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    known = await _form(client, "/painel/esqueci", email=shop.owner_email)
    stranger = f"{new_id().hex}@example.com"
    unknown = await _form(client, "/painel/esqueci", email=stranger)
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(shop.owner_email, "") == unknown.text.replace(stranger, "")
    assert (await _form(client, "/painel/esqueci", email="nada")).status_code == 422
    path = f"/painel/nova-senha/{await last_link_token(runtime, shop.owner_email)}"
    page = await _page(client, path)
    assert (page.status_code, page.headers["referrer-policy"]) == (200, "same-origin")
    short = await _form(client, path, password="curta")
    assert short.status_code == 422
    assert "8 a 128" in short.text
    done = await _form(client, path, password="uma-outra-senha")
    assert (done.status_code, done.headers["location"]) == (303, "/painel/entrar")
    assert (await log_in(client, shop.owner_email, "uma-outra-senha")).status_code == 200
    assert (await _page(client, path)).status_code == 410
    assert (await _form(client, path, password="ainda-outra-senha")).status_code == 410


async def test_an_invitation_page_lets_one_person_in(
    runtime: Runtime, client: httpx.AsyncClient, shop: Shop
) -> None:
    owner = await token_of(client, shop.owner_email)
    group = await add_group(client, shop, "Olheiros", ["admin.team:view"])
    email = f"{new_id().hex}@example.com"
    sent = await _form(
        client, "/painel/equipe/convidar", owner, email=email, role="operator", group_id=group["id"]
    )
    assert (sent.status_code, sent.headers["location"]) == (303, "/painel/equipe")
    assert email in (await _page(client, "/painel/equipe", owner)).text
    path = f"/painel/convite/{await last_link_token(runtime, email)}"
    assert "Loja de Teste" in (await _page(client, path)).text
    nameless = await _form(client, path, name=" ", password=PASSWORD)
    assert nameless.status_code == 422
    entered = await _form(client, path, name="Rui", password=PASSWORD)
    # They may see the team and nothing of the shop: the first page of their own menu, not a shut door.
    assert (entered.status_code, entered.headers["location"]) == (303, "/painel/equipe")
    assert (await _page(client, "/painel/equipe", _cookie(entered).value)).status_code == 200
    assert (await _page(client, path)).status_code == 410
    assert (await _form(client, path, name="Eva", password=PASSWORD)).status_code == 410


async def test_adding_and_changing_people_by_form(client: httpx.AsyncClient, shop: Shop) -> None:
    owner = await token_of(client, shop.owner_email)
    email = f"{new_id().hex}@example.com"
    fields = {"email": email, "name": "Rui", "role": "operator", "group_id": "", "max_active_sessions": "2"}
    wrong = await _form(client, "/painel/equipe/nova", owner, **fields, password="curta")
    assert wrong.status_code == 422
    assert 'value="Rui"' in wrong.text
    assert (await _form(client, "/painel/equipe/nova", owner, **fields, password=PASSWORD)).status_code == 303
    again = await _form(client, "/painel/equipe/nova", owner, **fields, password=PASSWORD)
    assert again.status_code == 422
    assert "já usa este e-mail" in again.text
    people = (await client.get("/admin/users", params={"q": email}, headers=shop.staff)).json()["items"]
    path = f"/painel/equipe/pessoas/{people[0]['id']}"
    page = await _page(client, path, owner)
    assert 'value="Rui"' in page.text
    changed = fields | {"name": "Rui Melo", "role": "manager", "version": "1", "is_active": "1"}
    assert (await _form(client, path, owner, **changed)).status_code == 303
    assert (await _form(client, path, owner, **changed)).status_code == 422
    bad_role = await _form(client, path, owner, **(changed | {"role": "rei", "version": "2"}))
    assert bad_role.status_code == 422
    person = (await client.get(f"/admin/users/{people[0]['id']}", headers=shop.staff)).json()
    assert (person["name"], person["role"], person["max_active_sessions"]) == ("Rui Melo", "manager", 2)


async def test_groups_by_form_keep_what_a_lesser_may_not_touch(client: httpx.AsyncClient, shop: Shop) -> None:
    owner = await token_of(client, shop.owner_email)
    made = await _form(
        client, "/painel/equipe/grupos/novo", owner, name="Chefia", permissions=[*ATTENDANT, "store.catalog:edit"],
        is_active="1",
    )  # fmt: skip
    assert made.status_code == 303
    group = (await client.get("/admin/groups", headers=shop.staff)).json()["items"][0]
    path = f"/painel/equipe/grupos/{group['id']}"
    assert 'value="store.catalog:edit" checked' in (await _page(client, path, owner)).text
    manager = (await shop.add_user("manager", [*TEAM, *ATTENDANT]))["Authorization"].removeprefix("Bearer ")
    page = await _page(client, path, manager)
    assert 'value="store.catalog:edit" checked disabled' in page.text
    saved = await _form(
        client, path, manager, name="Chefia", permissions=["store.orders:view"], is_active="1"
    )
    assert saved.status_code == 303
    after = (await client.get(f"/admin/groups/{group['id']}", headers=shop.staff)).json()
    assert after["permissions"] == ["store.catalog:edit", "store.orders:view"]
    more = await _form(client, path, manager, name="Chefia", permissions=["store.stock:edit"], is_active="1")
    assert more.status_code == 422
    assert (await _form(client, f"{path}/excluir", owner)).status_code == 303
    assert (await _page(client, path, owner)).status_code == 404


async def test_a_group_in_use_says_so(client: httpx.AsyncClient, shop: Shop) -> None:
    owner = await token_of(client, shop.owner_email)
    group = await add_group(client, shop, "Balcão", ATTENDANT)
    await add_person(client, shop, f"{new_id().hex}@example.com", group_id=group["id"])
    answer = await _form(client, f"/painel/equipe/grupos/{group['id']}/excluir", owner)
    assert answer.status_code == 422
    assert "Ainda há pessoas neste grupo" in answer.text


async def test_the_own_account_changes_password_and_ends_sign_ins(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    first, second, third = [await token_of(client, shop.owner_email) for _ in range(3)]
    wrong = await _form(
        client, "/painel/conta/senha", third, current_password="errada", new_password="uma-outra-senha"
    )
    assert wrong.status_code == 422
    assert "Esta não é a sua senha atual." in wrong.text
    listed = (await client.get("/auth/sessions", headers={"Authorization": f"Bearer {third}"})).json()[
        "items"
    ]
    ended = await _form(client, f"/painel/conta/sessoes/{listed[-1]['id']}/encerrar", third)
    assert ended.status_code == 303
    assert (await _form(client, "/painel/conta/sessoes/encerrar-outras", third)).status_code == 303
    for token, state in ((first, 303), (second, 303), (third, 200)):
        assert (await _page(client, "/painel/conta", token)).status_code == state
    done = await _form(
        client, "/painel/conta/senha", third, current_password=PASSWORD, new_password="uma-outra-senha"
    )
    assert done.status_code == 303
    assert _cookie(done, "aviso").value == "password_changed"
    said = await client.get(
        "/painel/conta", headers=BROWSER | {"Cookie": f"admin_token={third}; aviso=password_changed"}
    )
    client.cookies.clear()
    assert "Senha trocada." in said.text
    assert _cookie(said, "aviso").value == ""


async def test_pages_of_the_team_keep_out_who_may_not(
    client: httpx.AsyncClient, shop: Shop, other_shop: Shop
) -> None:
    attendant = (await shop.add_user("operator", ATTENDANT))["Authorization"].removeprefix("Bearer ")
    reader = (await shop.add_user("manager", ["admin.team:view"]))["Authorization"].removeprefix("Bearer ")
    for path in ("/painel/equipe", "/painel/equipe/grupos", "/painel/equipe/sessoes", "/painel/equipe/nova"):
        assert (await _page(client, path, attendant)).status_code == 403
    assert (await _page(client, "/painel/conta", attendant)).status_code == 200
    assert (await _page(client, "/painel/equipe", reader)).status_code == 200
    assert (await _page(client, "/painel/equipe/nova", reader)).status_code == 403
    looked_at = await _page(client, f"/painel/equipe/pessoas/{shop.owner_id}", reader)
    assert "Proprietária(o)" in looked_at.text
    assert "<fieldset" in looked_at.text
    assert "disabled" in looked_at.text
    assert (await _form(client, "/painel/equipe/grupos/novo", reader, name="X")).status_code == 403
    foreign = await add_group(client, other_shop, "Deles", [])
    owner = await token_of(client, shop.owner_email)
    assert (await _page(client, f"/painel/equipe/grupos/{foreign['id']}", owner)).status_code == 404
    assert (await _page(client, f"/painel/equipe/pessoas/{other_shop.owner_id}", owner)).status_code == 404


async def test_both_languages(client: httpx.AsyncClient, shop: Shop) -> None:
    english = await client.get("/painel/entrar", headers=BROWSER | {"Accept-Language": "en"})
    assert "I forgot my password" in english.text
    assert '<html lang="en"' in english.text
    assert "Esqueci minha senha" in (await _page(client, "/painel/entrar")).text
