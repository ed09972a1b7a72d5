"""`balcao screenshots`: pictures of the main pages of the demo, alive with a few orders on their way."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import httpx
import typer

from balcao.cli.checks import ROOT, chromium_path, need_chromium
from balcao.cli.instance import fail
from balcao.cli.seed import DEMO_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OWNER = "dona@padaria.example"
SHOP = "/loja/padaria/vila-mariana"
WIDTHS = (390, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
START_WITHIN_SECONDS = 120
# Who orders, from which place on the menu, how many steps the shop has taken since, and how it is paid.
PEOPLE = (
    ("Ana Souza", 0, 3, "pix"), ("Bruno Lima", 1, 3, "cash"), ("Carla Dias", 2, 2, "pix"), ("Diego Alves", 3, 2, "cash"),
    ("Elisa Rocha", 4, 1, "pix"), ("Fábio Nunes", 5, 1, "cash"), ("Gabi Melo", 0, 0, "cash"), ("Heitor Pires", 2, 0, "cash"),
    ("Inês Castro", 3, 0, "pix"),
)  # fmt: skip
# Pictures are fetched as they come into view; a few are still on their way when the page says it is loaded.
ALL_DRAWN = """async () => {
  await document.fonts.ready;
  const seen = [...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight && image.src);
  await Promise.all(seen.map((image) => image.complete || new Promise((done) => { image.onload = image.onerror = done; })));
}"""
STEPS = ("confirmed", "preparing", "ready")


class Demo:
    """The demo bakery seen through the API: its goods, and orders placed and moved on."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.client = httpx.Client(base_url=f"{base}/api/v1", timeout=30, headers={"X-Tenant": "padaria"})
        self.store = next(
            item for item in self._get("/stores")["items"] if item["slug"] == SHOP.rpartition("/")[2]
        )
        shelves = self._get(f"/catalog?store_id={self.store['id']}")["categories"]
        goods: list[dict[str, Any]] = [product for shelf in shelves for product in shelf["products"]]
        self.products = [product for product in goods if product["availability"] == "available"]
        self.simple = [
            product for product in self.products if not product["option_groups"] and len(product["skus"]) == 1
        ]
        self.session: dict[str, str] = {}
        self.tracking = ""
        self.order_id = ""
        self.import_id = ""
        self.contact_id = ""

    def _get(self, path: str) -> dict[str, Any]:
        return self.client.get(path).raise_for_status().json()

    def open_all_day(self, staff: dict[str, str]) -> None:
        """The hour of the day must not show in the pictures."""
        hours = [{"weekday": day, "opens": "00:00", "closes": "00:00"} for day in range(7)]
        path = f"/admin/stores/{self.store['id']}/hours"
        self.client.put(path, json={"hours": hours}, headers=staff).raise_for_status()

    def sign_in(self) -> dict[str, str]:
        """The owner's headers."""
        body = {"email": OWNER, "password": DEMO_PASSWORD}
        answer = self.client.post("/auth/login", json=body).raise_for_status()
        self.session = dict(answer.cookies)
        self.client.cookies.clear()  # it orders as a buyer, and the API takes the token
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def fill(self, staff: dict[str, str]) -> None:
        """A morning's orders at every stage."""
        for index, (name, first, steps, method) in enumerate(PEOPLE):
            order = self._order(name, self.simple[first : first + 2], index, method)
            self._move(order["id"], steps, staff)

    def meet(self, staff: dict[str, str]) -> None:
        """Finds the demo list once it is clean, and one of its people."""
        ends = time.monotonic() + START_WITHIN_SECONDS
        while time.monotonic() < ends and not self.import_id:
            answer = self.client.get("/jobs", params={"status": "done"}, headers=staff).raise_for_status()
            self.import_id = next((item["id"] for item in reversed(answer.json()["items"])), "")
            time.sleep(0 if self.import_id else 0.2)
        found = (
            self.client.get("/contacts", params={"q": "aparecida"}, headers=staff).raise_for_status().json()
        )
        if not self.import_id or not found["items"]:
            fail("The demo shop has no list of people to show.")
        self.contact_id = found["items"][0]["id"]

    def _order(self, name: str, goods: list[dict[str, Any]], index: int, method: str) -> dict[str, Any]:
        body = {
            "store_id": self.store["id"], "fulfilment": "pickup", "preorder_confirmed": True,
            "items": [{"product_id": product["id"], "quantity": 2} for product in goods],
            "customer": {"name": name, "phone": f"1199000000{index}"}, "payment": {"method": method},
        }  # fmt: skip
        answer = self.client.post("/checkout", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        if answer.status_code != 201:
            fail(f"The demo shop took no order: {answer.json().get('detail', answer.text)}")
        document = answer.json()
        if index == 0:
            self.order_id = document["order"]["id"]
            self.tracking = urlsplit(str(document["order"]["tracking_url"])).path
        return document["order"]

    def _move(self, order_id: str, steps: int, staff: dict[str, str]) -> None:
        for status in STEPS[:steps]:
            order = self.client.get(f"/admin/orders/{order_id}", headers=staff).raise_for_status().json()
            if order["status"] == "awaiting_payment":
                payment = next(item for item in order["payments"] if item["status"] == "pending")
                path = f"/admin/orders/{order_id}/payments/confirm"
                self.client.post(path, json={"payment_id": payment["id"]}, headers=staff).raise_for_status()
                order = self.client.get(f"/admin/orders/{order_id}", headers=staff).raise_for_status().json()
            body = {"status": status, "version": order["version"]}
            path = f"/admin/orders/{order_id}/status"
            self.client.post(path, json=body, headers=staff).raise_for_status()


def run_screenshots(*, out: Path, wanted: list[str], url: str) -> None:
    """Writes `<page>-<width>-<light|dark>.png` into `out` for every page whose name has one of the wanted parts."""
    need_chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        fail(
            "Pictures need Playwright: start through ./balcao, which installs requirements-dev.lock for this."
        )
    out.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        base = url or stack.enter_context(_own_instance())
        demo = Demo(base)
        staff = demo.sign_in()
        if not url:
            demo.open_all_day(staff)
        demo.fill(staff)
        demo.meet(staff)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        pages = {
            name: path
            for name, path in _pages(demo).items()
            if not wanted or any(part in name for part in wanted)
        }
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = _visitor(browser, demo, width, scheme)
                for name, path in pages.items():
                    _take(page, base + path, out / f"{name}-{width}-{scheme}.png")
                page.context.close()
        browser.close()
    typer.echo(f"{len(pages) * len(WIDTHS) * len(SCHEMES)} pictures are in {out}")


def _pages(demo: Demo) -> dict[str, str]:
    """Name of each picture and the path it shows; those of the panel begin with `panel` or `contacts`."""
    with_options = next(product["id"] for product in demo.products if product["option_groups"])
    people, imports = "/painel/contatos", "/painel/contatos/importacoes"
    result = f"{imports}/{demo.import_id}"
    return {
        "shop-menu": SHOP,
        "shop-product": f"{SHOP}/produto/{with_options}",
        "shop-basket": f"{SHOP}/sacola",
        "shop-checkout": f"{SHOP}/finalizar",
        "shop-order": demo.tracking,
        "panel-sign-in": "/painel/entrar",
        "panel-orders": "/painel/pedidos",
        "panel-order": f"/painel/pedidos/{demo.order_id}",
        "panel-catalog": "/painel/catalogo",
        "panel-product": f"/painel/catalogo/produtos/{with_options}",
        "panel-stock": "/painel/estoque",
        "panel-stores": "/painel/lojas",
        "panel-team": "/painel/equipe",
        "contacts-people": people,
        "contacts-person": f"{people}/{demo.contact_id}",
        "contacts-duplicates": f"{people}/duplicados",
        "contacts-left-alone": f"{people}/bloqueios",
        "contacts-imports": imports,
        "contacts-result": result,
        "contacts-found": f"{result}/avisos",
        "contacts-repeated": f"{result}/repetidos",
        "contacts-rows": f"{result}/linhas",
        "contacts-columns": f"{result}/colunas",
        "contacts-send": f"{result}/gohighlevel",
        "contacts-gohighlevel": f"{people}/gohighlevel",
    }


def _visitor(browser: Browser, demo: Demo, width: int, scheme: Literal["light", "dark"]) -> Page:
    """Somebody who is signed in and has a loaf in the basket."""
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 800},
        device_scale_factor=2 if width < 600 else 1,
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="pt-BR",
        timezone_id="America/Sao_Paulo",
    )
    context.add_cookies([{"name": n, "value": value, "url": demo.base} for n, value in demo.session.items()])
    page = context.new_page()
    page.goto(f"{demo.base}{SHOP}/produto/{demo.simple[0]['id']}")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("main form button[type=submit]").last.click()
    return page


def _take(page: Page, address: str, path: Path) -> None:
    answer = page.goto(address)
    if answer is None or answer.status >= 400:
        fail(f"{address} answered {answer.status if answer else 'nothing'}.")
    page.evaluate(ALL_DRAWN)
    page.screenshot(path=path)


@contextlib.contextmanager
def _own_instance() -> Generator[str]:
    """A fresh instance on a free port, gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="balcao-pictures-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "balcao.cli", "up", "--port", str(port), "--data", f"{folder}/data"],
            cwd=ROOT,
            env={**os.environ, "RATE_LIMIT_SCALE": "100"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(f"http://localhost:{port}", process)
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{base}/health/live", timeout=2)
            return
        time.sleep(0.2)
    fail("The demo for the pictures did not start. `balcao up` says why.")
