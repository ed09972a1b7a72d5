"""What the journeys through the platform's side share: its sign-in, the invitation it hands over, and codes of a telephone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.panel_steps import PASSWORD

CENTRAL = "central@balcao.example"
STEP_SECONDS = 30


def sign_in_to(visitor: Visitor, email: str, then: str, password: str = PASSWORD) -> None:
    """Through the form, up to the page that it leads to."""
    visitor.open("/painel/entrar")
    visitor.page.locator("input[name=email]").fill(email)
    visitor.page.locator("input[name=password]").fill(password)
    visitor.page.locator("form[action='/painel/entrar'] button").last.click()
    visitor.page.wait_for_url(f"**{then}")


def make_business(central: Visitor, name: str, slug: str, email: str) -> tuple[str, str]:
    """A business made in central administration: the path of its page there, and of its owner's invitation."""
    page = central.page
    central.open("/central/negocios")
    page.get_by_role("link", name="Novo negócio").click()
    page.get_by_label("Nome", exact=True).fill(name)
    page.get_by_label("Endereço na internet").fill(slug)
    page.get_by_label("E-mail do dono").fill(email)
    page.get_by_role("button", name="Criar e convidar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    here = page.url.removeprefix(central.base).partition("?")[0]
    page.get_by_role("link", name="Pessoas", exact=True).click()
    # The link is there once the letter left, which a worker sees to.
    link = page.locator("[id^=link-]")
    while not link.count():
        page.wait_for_timeout(100)
        page.reload()
    return here, re.sub(r"^https?://[^/]+", "", link.inner_text())


def telephone_code(secret: str, steps: int = 0) -> str:
    """The six digits an authenticator app shows now, or `steps` half minutes from now (RFC 6238)."""
    letters = secret.replace(" ", "")
    key = base64.b32decode(letters + "=" * (-len(letters) % 8))
    moment = struct.pack(">Q", int(time.time()) // STEP_SECONDS + steps)
    digest = hmac.new(key, moment, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack_from('>I', digest, offset)[0] & 0x7FFFFFFF) % 10**6:06d}"
