"""Ways to somebody else's sign-in, keys and rights, each of them shut."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import structlog
from fastapi.routing import iter_route_contexts

from balcao.kernel.runtime import Runtime
from tests.factories.clock import MovableClock
from tests.factories.shops import PASSWORD, Shop
from tests.integration.admin.team import (
    client_with,
    code_of,
    strict_limits,
)
from tests.integration.admin.test_attacks import enter
from tests.integration.admin.test_second_factor import CHOICE, App, switch_on

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
FACTOR = "/auth/second-factor"
KEY = {"name": "Entregas", "permissions": ["store.orders:view"]}
FACTOR_PAGE = "/painel/conta/segundo-fator"


def long_ago(clock: MovableClock) -> None:
    """Past the ten minutes in which a sign-in counts as fresh."""
    clock.advance(minutes=10, seconds=5)


async def refused_then_taken(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], headers: dict[str, str]
) -> httpx.Response:
    """An open browser is not enough, a wrong password neither; the right one is."""
    stale = await client.post(path, json=body, headers=headers)
    assert code_of(stale) == (403, "fresh_sign_in_required"), path
    wrong = await client.post(path, json=body | {"current_password": "errada"}, headers=headers)
    assert code_of(wrong) == (422, "validation"), path
    assert [one["pointer"] for one in wrong.json()["errors"]] == ["/current_password"]
    return await client.post(path, json=body | {"current_password": PASSWORD}, headers=headers)


async def test_an_old_sign_in_starts_and_confirms_no_second_factor(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    long_ago(clock)
    bare = await client.post(FACTOR, headers=shop.staff)
    assert code_of(bare) == (403, "fresh_sign_in_required")
    begun = await refused_then_taken(client, FACTOR, {}, shop.staff)
    app = App(begun.json()["secret"], clock)
    done = await refused_then_taken(client, f"{FACTOR}/confirm", {"code": app.code()}, shop.staff)
    assert len(done.json()["recovery_codes"]) == 10


async def test_an_old_sign_in_makes_no_recovery_codes(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, codes = await switch_on(client, shop.staff, clock)
    long_ago(clock)
    path = f"{FACTOR}/recovery-codes"
    done = await refused_then_taken(client, path, {"code": app.next_code()}, shop.staff)
    assert not set(done.json()["recovery_codes"]) & set(codes)


async def test_an_old_sign_in_makes_no_key(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    long_ago(clock)
    made = await refused_then_taken(client, "/admin/api-keys", KEY, shop.staff)
    assert made.status_code == 201
    assert "current_password" not in made.text
    keys = (await client.get("/admin/api-keys", headers=shop.staff)).json()["items"]
    assert len(keys) == 1


async def test_a_wrong_password_is_refused_from_a_fresh_sign_in_too(
    client: httpx.AsyncClient, shop: Shop
) -> None:
    answer = await client.post(
        "/admin/api-keys", json=KEY | {"current_password": "errada"}, headers=shop.staff
    )
    assert code_of(answer) == (422, "validation")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (FACTOR, {}, "current_password"),
        ("/admin/api-keys", KEY, "current_password"),
        (f"{FACTOR}/off", {"code": "123456"}, "password"),
    ],
)
async def test_passwords_are_not_guessed_behind_the_sign_in(
    runtime: Runtime, shop: Shop, path: str, body: dict[str, Any], field: str
) -> None:
    """Each try counts like one at the sign-in, so that both together are ten a minute."""
    async with client_with(runtime, limiter=strict_limits()) as strict:
        for _ in range(6):
            typed = {"email": shop.owner_email, "password": "errada"}
            assert (await strict.post("/auth/login", json=typed)).status_code == 401
        with structlog.testing.capture_logs() as lines:
            answers = [
                await strict.post(path, json=body | {field: f"errada-{turn}"}, headers=shop.staff)
                for turn in range(5)
            ]
        statuses = [answer.status_code for answer in answers]
        assert statuses == ([422] * 4 + [429]), [answer.text for answer in answers]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert [line["event"] for line in lines].count("password_refused") == 4


async def test_the_pages_ask_for_the_password_in_the_same_form(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    asked = 'name="current_password"'
    who = shop.staff | BROWSER
    assert asked not in (await client.get("/painel/chaves/nova", headers=who)).text
    long_ago(clock)
    assert (await client.get("/painel/conta", headers=who)).text.count(asked) == 2
    assert asked in (await client.get("/painel/chaves/nova", headers=who)).text
    form = {"name": "Contabilidade", "permissions": "store.orders:view", "days": "30"}
    for typed in ({}, {"current_password": "errada"}):
        refused = await client.post("/painel/chaves/nova", data=form | typed, headers=who)
        assert refused.status_code == 422
        assert asked in refused.text
        assert "errada" not in refused.text
        assert 'value="Contabilidade"' in refused.text
    made = await client.post("/painel/chaves/nova", data=form | {"current_password": PASSWORD}, headers=who)
    assert (made.status_code, "balcao_" in made.text) == (200, True)


async def test_the_pages_of_the_second_factor_ask_for_the_password_too(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    long_ago(clock)
    who, password = shop.staff | BROWSER, {"current_password": PASSWORD}
    for typed in ({}, {"current_password": "errada"}):
        refused = await client.post(f"{FACTOR_PAGE}/comecar", data=typed, headers=who)
        assert refused.status_code == 422
        assert "form" in refused.text
    begun = await client.post(f"{FACTOR_PAGE}/comecar", data=password, headers=who)
    assert (begun.status_code, begun.headers["location"]) == (303, FACTOR_PAGE)
    page = await client.get(FACTOR_PAGE, headers=who)
    secret = page.text.partition('id="secret">')[2].partition("<")[0].replace(" ", "")
    app = App(secret, clock)
    for path in ("confirmar", "codigos"):
        code = {"code": app.code() if path == "confirmar" else app.next_code()}
        refused = await client.post(f"{FACTOR_PAGE}/{path}", data=code, headers=who)
        assert (refused.status_code, 'name="current_password"' in refused.text) == (422, True), path
        done = await client.post(f"{FACTOR_PAGE}/{path}", data=code | password, headers=who)
        assert (done.status_code, 'id="recovery-codes"' in done.text) == (200, True), path


async def test_support_knowing_the_password_opens_nothing(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    inside = await enter(client, desk, shop)
    for path, body in ((FACTOR, {}), (f"{FACTOR}/confirm", {"code": "123456"}), ("/admin/api-keys", KEY)):
        answer = await client.post(path, json=body | {"current_password": PASSWORD}, headers=inside)
        assert code_of(answer) == (403, "impersonating"), path


async def test_support_reads_a_sentence_where_forms_would_be_locked(
    client: httpx.AsyncClient, desk: Shop, shop: Shop
) -> None:
    inside = await enter(client, desk, shop)
    page = await client.get("/painel/conta", headers=inside | BROWSER)
    assert page.status_code == 200
    assert "Só a própria pessoa" in page.text
    for action in ("/painel/conta/senha", "/painel/conta/segundo-fator", "/painel/conta/sessoes"):
        assert action not in page.text
    own = await client.get("/painel/conta", headers=shop.staff | BROWSER)
    assert "/painel/conta/senha" in own.text
    assert "Só a própria pessoa" not in own.text


async def test_a_wrong_code_is_called_what_it_is(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    app, _ = await switch_on(client, shop.staff, clock)
    wrong = await client.post(
        f"{FACTOR_PAGE}/codigos", data={"code": app.wrong_code()}, headers=shop.staff | BROWSER
    )
    assert wrong.status_code == 422
    assert "Não conferiu" in wrong.text
    assert "Ainda falta alguma coisa" not in wrong.text


async def test_a_password_that_was_right_before_it_changed_opens_nothing(
    client: httpx.AsyncClient, clock: MovableClock, shop: Shop
) -> None:
    """Between the two steps of a sign-in the password may become another one."""
    app, _ = await switch_on(client, shop.staff, clock)
    first = await client.post("/painel/entrar", data={"email": shop.owner_email, "password": PASSWORD})
    choice = CHOICE.search(first.text)
    assert choice is not None
    changed = {"current_password": PASSWORD, "new_password": "outra-senha-bem-boa"}
    assert (await client.post("/auth/password", json=changed, headers=shop.staff)).status_code == 204
    step = {"choice": choice[1], "business": shop.tenant.slug, "otp": app.next_code()}
    late = await client.post("/painel/entrar", data=step)
    assert (late.status_code, "admin_token" in str(late.headers.get_list("set-cookie"))) == (422, False)
    own = {"email": shop.owner_email, "password": changed["new_password"], "otp": app.next_code()}
    assert (await client.post("/auth/login", json=own)).status_code == 200


UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


async def test_no_form_of_another_site_reaches_any_route(client: httpx.AsyncClient, shop: Shop) -> None:
    """Every route that changes something, in the documents or a page, refuses what a browser sends for a stranger."""
    forged = {"Cookie": f"admin_token={shop.token}"}
    strangers = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {})  # fmt: skip
    app: Any = client._transport.app  # type: ignore[attr-defined]
    while not hasattr(app, "routes"):
        app = app.app
    routes = {
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        for method in UNSAFE & set(getattr(context, "methods", None) or ())
    }
    assert len(routes) > 300
    for number, (method, path) in enumerate(sorted(routes)):
        url = re.sub(r"\{[^}]*\}", str(shop.tenant.id), path)
        # Each route once, each kind of stranger in turn: what refuses stands before all of them.
        headers = forged | strangers[number % len(strangers)]
        answer = await client.request(method, url, headers=headers)
        assert code_of(answer) == (403, "cross_origin"), (method, path, answer.text)
    assert (await client.get("/auth/me", headers=shop.staff)).status_code == 200


async def test_no_route_of_people_and_rights_takes_a_field_it_does_not_name(
    client: httpx.AsyncClient,
) -> None:
    """`role`, `tenant_id`, `is_active` and the like slip into nothing: unknown fields are refused, not ignored."""
    document = (await client.get("/openapi.json")).json()
    open_bodies = [
        f"{method} {path}"
        for path, item in document["paths"].items()
        if path.startswith(("/api/v1/auth", "/api/v1/admin"))
        for method, operation in item.items()
        for schema in json_bodies(operation)
        if not is_closed(schema, document["components"]["schemas"])
    ]
    assert open_bodies == []


def json_bodies(operation: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    return [content["application/json"]["schema"]] if "application/json" in content else []


def is_closed(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    if "$ref" in schema:
        return is_closed(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    kinds = schema.get("anyOf") or schema.get("oneOf")
    if kinds:
        return all(is_closed(kind, schemas) for kind in kinds)
    return schema.get("type") != "object" or schema.get("additionalProperties") is False
