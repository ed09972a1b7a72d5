"""The address book in the panel, without script: every page opens, every form does what it says."""

from __future__ import annotations

import httpx
import pytest

from tests.factories.shops import Shop
from tests.integration.contacts.book import add, names, post, read

HOME = "/painel/contatos"


@pytest.fixture
def panel(book: Shop) -> dict[str, str]:
    """A browser's headers of the owner."""
    return {**book.staff, "accept-language": "pt-BR", "sec-fetch-site": "same-origin"}


async def _submit(
    client: httpx.AsyncClient, panel: dict[str, str], path: str, **fields: str | list[str]
) -> httpx.Response:
    return await client.post(path, data=fields, headers=panel)


async def test_an_empty_book_leads_to_importing(client: httpx.AsyncClient, panel: dict[str, str]) -> None:
    page = await client.get(HOME, headers=panel)
    assert page.status_code == 200
    assert "Sua agenda ainda está vazia" in page.text
    assert f"{HOME}/importacoes" in page.text


async def test_somebody_is_written_down_found_and_changed(
    client: httpx.AsyncClient, book: Shop, panel: dict[str, str]
) -> None:
    assert (await client.get(f"{HOME}/novo", headers=panel)).status_code == 200
    wrong = await _submit(client, panel, f"{HOME}/novo", first_name="Ana", phone="123", document="1")
    assert wrong.status_code == 422
    assert 'value="Ana"' in wrong.text
    assert 'href="#f-phone"' in wrong.text
    made = await _submit(
        client, panel, f"{HOME}/novo", first_name="Ana", last_name="Souza", phone="(11) 98765-4321", tags="VIP, Lead",
        document="529.982.247-25", birthday="1990-05-03",
    )  # fmt: skip
    assert made.status_code == 303
    url = made.headers["location"].partition("?")[0]
    person = await client.get(made.headers["location"], headers=panel)
    for shown in (
        "Ana Souza",
        "(11) 98765-4321",
        "https://wa.me/5511987654321",
        "***.982.247-**",
        "03/05/1990",
        "VIP",
    ):
        assert shown in person.text, shown
    assert "52998224725" not in person.text
    twice = await _submit(client, panel, f"{HOME}/novo", first_name="Outra", phone="(11) 98765-4321")
    assert twice.status_code == 422
    assert url in twice.text
    form = await client.get(f"{url}/editar", headers=panel)
    assert 'value="***.982.247-**"' in form.text
    saved = await _submit(
        client, panel, f"{url}/editar", version="1", city="Santos", document="***.982.247-**", tags="VIP"
    )
    assert saved.status_code == 303, saved.text
    stale = await _submit(client, panel, f"{url}/editar", version="1", city="Recife")
    assert stale.status_code == 422
    listed = await client.get(f"{HOME}?q=98765&ordem=nome", headers=panel)
    assert "Ana Souza" in listed.text
    assert "Ninguém encontrado" in (await client.get(f"{HOME}?q=zzzz", headers=panel)).text
    person_id = url.rpartition("/")[2]
    change = (await read(client, book, f"/contacts/{person_id}/changes"))["items"][0]
    undone = await _submit(client, panel, f"{url}/mudancas/{change['id']}/desfazer")
    assert undone.headers["location"].endswith("feito=desfeito")
    assert (await read(client, book, f"/contacts/{person_id}"))["city"] == ""


async def test_tags_for_many_and_the_file(
    client: httpx.AsyncClient, book: Shop, panel: dict[str, str]
) -> None:
    people = [await add(client, book, first_name=f"P{n}") for n in range(2)]
    ids = [person["id"] for person in people]
    done = await _submit(
        client, panel, f"{HOME}/etiquetas", ids=ids, tag="Natal", action="add", back=f"{HOME}?q=P"
    )
    assert done.headers["location"] == f"{HOME}?q=P&feito=etiquetas"
    assert len(await names(client, book, tag="Natal")) == 2
    nobody = await _submit(client, panel, f"{HOME}/etiquetas", tag="Natal", back="//elsewhere.example")
    assert nobody.headers["location"] == f"{HOME}?feito=nada"
    file = await client.get(f"{HOME}/exportar.csv?etiqueta=Natal&perfil=excel", headers=panel)
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.text.count("\r\n") == 3


async def test_joining_and_its_undoing(client: httpx.AsyncClient, book: Shop, panel: dict[str, str]) -> None:
    ana = await add(client, book, first_name="Ana", phone="(11) 98765-4321")
    other = await add(client, book, first_name="Aninha", phone="(21) 98765-4321")
    page = await client.get(f"{HOME}/duplicados", headers=panel)
    assert "Aninha" in page.text
    for way in ("email", "nome"):
        assert (await client.get(f"{HOME}/duplicados?por={way}", headers=panel)).status_code == 200
    found = await client.get(f"{HOME}/{ana['id']}/juntar?q=aninha", headers=panel)
    assert f"com={other['id']}" in found.text
    assert (
        await client.get(f"{HOME}/{ana['id']}/juntar?com={other['id']}", headers=panel)
    ).status_code == 200
    fields = {"keep_id": ana["id"], "ids": [ana["id"], other["id"]], f"version-{ana['id']}": "1"}
    joined = await _submit(client, panel, f"{HOME}/juntar", **fields)
    assert joined.headers["location"] == f"{HOME}/{ana['id']}?feito=juntado"
    shown = await client.get(joined.headers["location"], headers=panel)
    assert "desfazer" in shown.text
    led = await client.get(f"{HOME}/{other['id']}", headers=panel)
    assert led.headers["location"] == f"{HOME}/{ana['id']}"
    nothing = await _submit(client, panel, f"{HOME}/juntar", keep_id=ana["id"], ids=[ana["id"]])
    assert nothing.headers["location"].endswith("feito=juntar-um")


async def test_consent_rights_and_forgetting(
    client: httpx.AsyncClient, book: Shop, panel: dict[str, str]
) -> None:
    person = await add(client, book, first_name="Ana", email="ana@x.com.br")
    url = f"{HOME}/{person['id']}"
    noted = await _submit(
        client, panel, f"{url}/consentimento", channel="all", status="withdrawn", source="balcão", evidence=""
    )
    assert noted.status_code == 303
    assert "Não contatar" in (await client.get(url, headers=panel)).text
    data = await client.get(f"{url}/dados.json", headers=panel)
    assert data.json()["person"]["email"] == "ana@x.com.br"
    assert "attachment" in data.headers["content-disposition"]
    wrong = await _submit(client, panel, f"{url}/esquecer", confirm="Bia", keep_out="1")
    again = await client.get(wrong.headers["location"].partition("#")[0], headers=panel)
    assert "Digite o nome do contato para confirmar." in again.text
    done = await _submit(client, panel, f"{url}/esquecer", confirm="Ana", keep_out="1")
    assert done.headers["location"] == f"{HOME}?feito=esquecido"
    assert (await client.get(url, headers=panel)).status_code == 404
    other = await add(client, book, first_name="Bia")
    gone = await _submit(client, panel, f"{HOME}/{other['id']}/apagar")
    assert gone.headers["location"] == f"{HOME}?feito=apagado"


async def test_the_list_of_those_left_alone(
    client: httpx.AsyncClient, book: Shop, panel: dict[str, str]
) -> None:
    here = f"{HOME}/bloqueios"
    assert "Ninguém na lista" in (await client.get(here, headers=panel)).text
    empty = await client.post(here, data={"lines": "  "}, headers=panel)
    assert empty.status_code == 422
    added = await client.post(
        here, data={"lines": "ana@x.com.br\nnada disso", "reason": "Pediu"}, headers=panel,
        files={"file": ("lista.csv", b"Telefone\n11 98765-4321\n")},
    )  # fmt: skip
    assert added.status_code == 200
    assert "2 entraram na lista" in added.text
    assert "nada disso" in added.text
    assert "(11) 98765-4321" in added.text
    found = await client.get(f"{here}?q=ANA@x.com.br", headers=panel)
    assert "ana@x.com.br" in found.text
    line = (await read(client, book, "/suppressions", q="ana@x.com.br"))["items"][0]
    gone = await _submit(client, panel, f"{here}/{line['id']}/liberar")
    assert gone.headers["location"] == f"{here}?feito=liberado"


async def test_who_may_only_look_changes_nothing(client: httpx.AsyncClient, book: Shop) -> None:
    person = await add(client, book, first_name="Ana", phone="(11) 98765-4321")
    looker = {**await book.add_user("operator", ["contacts.people:view"]), "sec-fetch-site": "same-origin"}
    for path in (HOME, f"{HOME}/{person['id']}", f"{HOME}/duplicados", f"{HOME}/bloqueios"):
        page = await client.get(path, headers=looker)
        assert page.status_code == 200
        assert 'action="/painel/contatos/' not in page.text.replace(
            f'action="{HOME}/bloqueios" role="search"', ""
        )
    for path in (
        f"{HOME}/novo",
        f"{HOME}/{person['id']}/apagar",
        f"{HOME}/juntar",
        f"{HOME}/etiquetas",
        f"{HOME}/bloqueios",
    ):
        assert (await client.post(path, data={"x": "1"}, headers=looker)).status_code == 403, path
    nobody = await book.add_user("operator", [])
    assert (await client.get(HOME, headers=nobody)).status_code == 403
    assert (await post(client, book, "/contacts", first_name="Bia")).status_code == 201
