"""The Python client does what a program wants, on the real application."""

from __future__ import annotations

import asyncio
import dataclasses
import io
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image

from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.runtime import Runtime
from balcao.web_app import web_app
from balcao_client import (
    AsyncBalcao,
    Balcao,
    Conflict,
    NotFound,
    PermissionDenied,
    RateLimited,
    Unauthenticated,
    ValidationFailed,
    VersionConflict,
)
from tests.factories.shops import PASSWORD, Shop
from tests.integration.client.conftest import BASE, Connect, Losing
from tests.integration.store.ordering import cart


async def test_a_person_signs_in_and_says_who_it_is(shop: Shop, connect: Connect) -> None:
    client = connect(tenant=shop.tenant.slug)
    entered = await client.sign_in(shop.owner_email, PASSWORD)
    assert entered["user"]["email"] == shop.owner_email
    assert (await client.auth.get_me())["email"] == shop.owner_email
    await client.auth.logout()
    with pytest.raises(Unauthenticated) as refused:
        await client.auth.get_me()
    assert (refused.value.status, refused.value.code) == (401, "unauthenticated")


async def test_a_key_opens_what_it_was_made_for(owner: AsyncBalcao, connect: Connect) -> None:
    made = await owner.api_keys.create_api_key({"name": "Relatórios", "permissions": ["store.orders:view"]})
    program = connect(api_key=made["key"])
    assert (await program.orders.list_orders())["total"] == 0
    with pytest.raises(PermissionDenied) as refused:
        await program.team.list_users()
    assert refused.value.request_id
    assert made["key"] not in f"{refused.value!r} {refused.value} {program!r} {vars(refused.value)}"
    await owner.api_keys.delete_api_key(made["id"])
    with pytest.raises(Unauthenticated):
        await program.orders.list_orders()


async def test_the_tenant_is_named_by_name_or_id(shop: Shop, other_shop: Shop, connect: Connect) -> None:
    for named in (shop.tenant.slug, str(shop.tenant.id)):
        stores = await connect(tenant=named).shop.list_stores()
        assert [store["id"] for store in stores["items"]] == [str(shop.store_id)]
    assert str(other_shop.store_id) != str(shop.store_id)


async def test_things_are_made_changed_and_removed(owner: AsyncBalcao) -> None:
    made = await owner.catalogue.create_category({"name": "Doces"})
    changed = await owner.catalogue.update_category(
        made["id"], {"name": "Salgados", "version": made["version"]}
    )
    assert (changed["name"], changed["version"]) == ("Salgados", made["version"] + 1)
    assert (await owner.catalogue.get_category(UUID(made["id"])))["name"] == "Salgados"
    await owner.catalogue.delete_category(made["id"])
    with pytest.raises(NotFound):
        await owner.catalogue.get_category(made["id"])


async def test_a_stale_write_says_what_there_is_now(owner: AsyncBalcao) -> None:
    made = await owner.catalogue.create_category({"name": "Doces"})
    await owner.catalogue.update_category(made["id"], {"name": "Bolos", "version": made["version"]})
    with pytest.raises(VersionConflict) as stale:
        await owner.catalogue.update_category(made["id"], {"name": "Tortas", "version": made["version"]})
    assert isinstance(stale.value, Conflict)
    assert (stale.value.status, stale.value.current["name"]) == (409, "Bolos")


async def test_a_refusal_points_at_its_fields_in_the_callers_language(shop: Shop, connect: Connect) -> None:
    said: set[str] = set()
    for language in ("pt-BR", "en"):
        client = connect(token=shop.token, language=language)
        with pytest.raises(ValidationFailed) as refused:
            await client.catalogue.create_category({"name": ""})
        assert [error.pointer for error in refused.value.errors] == ["/name"]
        assert "/name" in str(refused.value)
        said.add(refused.value.detail)
    assert len(said) == 2


async def test_all_pages_of_a_list(shop: Shop, owner: AsyncBalcao) -> None:
    names = [f"Bolo {number}" for number in range(7)]
    for name in names:
        await shop.add_product(name, 1000)
    asked = owner.catalogue.list_products
    found = [item["name"] async for item in owner.pages(asked, q="Bolo", limit=3)]
    assert found == names
    assert len((await owner.catalogue.list_products(limit=3))["items"]) == 3
    assert [item async for item in owner.pages(asked, q="nothing of the kind")] == []


async def test_a_feed_is_walked_by_its_cursor(owner: AsyncBalcao) -> None:
    for name in ("A", "B", "C", "D", "E"):
        await owner.catalogue.create_category({"name": name})
    walk = owner.pages(owner.audit.list_entries, entity="categories", limit=2)
    whole = [entry["id"] async for entry in walk]
    at_once = await owner.audit.list_entries(entity="categories", limit=100)
    assert len(whole) >= 5
    assert whole == [entry["id"] for entry in at_once["items"]]


async def test_a_lost_answer_makes_no_second_order(
    shop: Shop, owner: AsyncBalcao, connect: Connect, way: httpx.AsyncBaseTransport
) -> None:
    await shop.add_product("Bolo", 1000)
    losing = Losing(way, losses=2)
    buyer = connect(tenant=shop.tenant.slug, transport=losing)
    basket: Any = cart(shop, ("Bolo", 1))
    placed = await buyer.checkout.checkout(basket)
    assert len(losing.keys) == 3
    assert len(set(losing.keys)) == 1
    assert losing.keys[0]
    orders = await owner.orders.list_orders()
    assert [order["id"] for order in orders["items"]] == [placed["order"]["id"]]
    seen = await buyer.checkout.get_order(
        placed["order"]["id"], tracking_token=placed["order"]["tracking_token"]
    )
    assert seen["id"] == placed["order"]["id"]


async def test_a_key_of_ones_own_is_sent_as_it_is(
    shop: Shop, owner: AsyncBalcao, connect: Connect, way: httpx.AsyncBaseTransport
) -> None:
    await shop.add_product("Bolo", 1000)
    buyer, key = connect(tenant=shop.tenant.slug), str(uuid4())
    body: Any = cart(shop, ("Bolo", 1))
    first = await buyer.checkout.checkout(body, idempotency_key=key)
    again = await buyer.checkout.checkout(body, idempotency_key=key)
    assert first["order"]["id"] == again["order"]["id"]
    with pytest.raises(ValidationFailed) as reused:
        await buyer.checkout.checkout({**body, "notes": "sem açúcar"}, idempotency_key=key)
    assert reused.value.code == "idempotency_key_reused"
    assert (await owner.orders.list_orders())["total"] == 1


def limited(runtime: Runtime, limiter: RateLimiter) -> httpx.AsyncBaseTransport:
    app = web_app(dataclasses.replace(runtime, limiter=limiter))
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)


async def test_a_limit_says_when_to_come_back(runtime: Runtime, connect: Connect) -> None:
    """A sign-in is no read and carries no key: it is not tried again by itself."""
    client = connect(transport=limited(runtime, RateLimiter(scale=0.2)))
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await client.sign_in(f"{uuid4()}@example.com", "wrong-password")
    with pytest.raises(RateLimited) as refused:
        await client.sign_in(f"{uuid4()}@example.com", "wrong-password")
    assert refused.value.code == "rate_limited"
    assert (refused.value.retry_after or 0) > 0


async def test_a_read_waits_as_long_as_the_server_asks(
    runtime: Runtime, shop: Shop, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that only the client's waits move: without them, nothing would ever be answered again."""
    now, naps = [0.0], list[float]()

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("balcao_client.sending.pause", nap)
    limiter = RateLimiter(scale=0.1, clock_ns=lambda: int(now[0] * 1e9))
    client = connect(token=shop.token, transport=limited(runtime, limiter))
    for _ in range(8):
        assert (await client.orders.list_orders())["total"] == 0
    assert len(naps) >= 3
    assert all(1 <= seconds <= 2 for seconds in naps)


async def test_a_picture_goes_up_from_bytes_and_from_a_path(
    shop: Shop, owner: AsyncBalcao, waiting_owner: Balcao, tmp_path: Path
) -> None:
    product = await shop.add_product("Bolo", 1000)
    path, drawn = tmp_path / "bolo.png", io.BytesIO()
    Image.new("RGB", (400, 300), "brown").save(path)
    Image.new("RGB", (300, 400), "white").save(drawn, "PNG")
    await owner.catalogue.upload_product_picture(product, ("bolo.png", drawn.getvalue()))
    await asyncio.to_thread(waiting_owner.catalogue.upload_product_picture, product, path)
    listed = await owner.catalogue.list_product_pictures(product)
    assert len(listed["items"]) == 2


async def test_a_spreadsheet_goes_up_with_its_choices(owner: AsyncBalcao) -> None:
    data = b"nome;telefone\nAna Souza;(11) 98765-4321\n"
    job = await owner.imports.upload_file(("leads.csv", data), default_ddd="11", review=True)
    assert (job["filename_original"], job["status"]) == ("leads.csv", "queued")
    assert [line["id"] for line in (await owner.imports.list_jobs(status="queued"))["items"]] == [job["id"]]


async def test_a_file_comes_down_in_pieces_or_whole(
    owner: AsyncBalcao, waiting_owner: Balcao, tmp_path: Path
) -> None:
    await owner.contacts.create_contact({"first_name": "Ana", "phone": "(11) 98765-4321"})
    exported = owner.contacts.export_contacts()
    whole = await exported.read()
    assert "Ana" in whole.decode("utf-8-sig")
    assert (exported.media_type or "").startswith("text/csv")
    assert exported.name
    assert exported.name.endswith(".csv")
    target = await owner.contacts.export_contacts().save(tmp_path / "contatos.csv")
    assert target.read_bytes() == whole
    assert await asyncio.to_thread(waiting_owner.contacts.export_contacts().read) == whole
    assert [path.name for path in tmp_path.iterdir()] == ["contatos.csv"]


async def test_a_refused_file_leaves_nothing_behind(owner: AsyncBalcao, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await owner.imports.download_job(uuid4()).save(tmp_path / "nothing.csv")
    assert list(tmp_path.iterdir()) == []


async def test_the_client_that_waits_does_the_same(shop: Shop, waiting_owner: Balcao) -> None:
    for number in range(5):
        await shop.add_product(f"Bolo {number}", 1000)

    def works() -> list[str]:
        with waiting_owner as client:
            made = client.catalogue.create_category({"name": "Doces"})
            with pytest.raises(VersionConflict):
                client.catalogue.update_category(made["id"], {"name": "x", "version": made["version"] + 7})
            with pytest.raises(NotFound):
                client.orders.get_order(uuid4())
            return [item["name"] for item in client.pages(client.catalogue.list_products, q="Bolo", limit=2)]

    assert await asyncio.to_thread(works) == [f"Bolo {number}" for number in range(5)]


async def test_no_cookie_is_kept(shop: Shop, connect: Connect, way: httpx.AsyncBaseTransport) -> None:
    """A cookie would make every write one of a browser, and outlive the token."""
    client = connect(tenant=shop.tenant.slug)
    await client.sign_in(shop.owner_email, PASSWORD)
    bare = AsyncBalcao(BASE, tenant=shop.tenant.slug, transport=way)
    bare._sender._http = client._sender._http  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(Unauthenticated):
        await bare.auth.get_me()
