"""Static Pix as a payment provider: a code that pays the right key, and honest answers to everything else."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from balcao.brazil.pix_code import decode
from balcao.ports.errors import ProviderRejected
from balcao.ports.payments import (
    ChargeRequest,
    ChargeStatus,
    PaymentProvider,
    PixReceiver,
    RefundRequest,
    RefundStatus,
)
from balcao.providers.payments.pix_static import PixStatic, qr_svg

REQUEST = ChargeRequest(
    charge_id=UUID("0190a0de-0000-7000-8000-000000000001"),
    reference="P1042",
    amount_cents=7514,
    description="Pedido 1042",
    receiver=PixReceiver("pix@padaria.com.br", "Padaria do Zé", "São Paulo"),
    expires_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
)


@pytest.fixture
def provider() -> PaymentProvider:
    return PixStatic()


async def test_a_charge_is_a_code_that_pays_the_receiver(provider: PaymentProvider) -> None:
    charge = await provider.create_charge(REQUEST)
    assert charge.pix is not None
    code = decode(charge.pix.copy_paste)
    assert (code.key, code.receiver_name, code.city) == ("pix@padaria.com.br", "Padaria do Ze", "Sao Paulo")
    assert (code.amount_cents, code.txid, code.message) == (7514, "P1042", "Pedido 1042")
    assert "540575.14" in charge.pix.copy_paste
    assert charge.provider_charge_id == "P1042"
    assert charge.status is ChargeStatus.PENDING
    assert (charge.amount_cents, charge.captured_cents, charge.refunded_cents) == (7514, 0, 0)
    assert charge.expires_at == REQUEST.expires_at
    assert charge.redirect_url is None


async def test_the_same_charge_again_is_the_same_code(provider: PaymentProvider) -> None:
    assert await provider.create_charge(REQUEST) == await provider.create_charge(REQUEST)


async def test_a_description_gives_way_to_a_long_key(provider: PaymentProvider) -> None:
    long_key = "a" * 60 + "@exemplo.com"
    receiver = PixReceiver(long_key, "Loja", "Recife")
    charge = await provider.create_charge(replace(REQUEST, receiver=receiver))
    assert charge.pix is not None
    assert decode(charge.pix.copy_paste).message == "P"
    longest = PixReceiver("a" * 65 + "@exemplo.com", "Loja", "Recife")
    charge = await provider.create_charge(replace(REQUEST, receiver=longest))
    assert charge.pix is not None
    assert decode(charge.pix.copy_paste).message is None


@pytest.mark.parametrize(
    "description", ["", "   ", "☕", "Pão & café ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½ ½"]
)
async def test_no_description_ever_spoils_a_charge(provider: PaymentProvider, description: str) -> None:
    charge = await provider.create_charge(replace(REQUEST, description=description))
    assert charge.pix is not None
    assert decode(charge.pix.copy_paste).amount_cents == 7514


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"receiver": None}, "pix_receiver"),
        ({"receiver": PixReceiver("nobody", "Loja", "Recife")}, "pix_key"),
        ({"receiver": PixReceiver("pix@padaria.com.br", "☕", "Recife")}, "pix_name"),
        ({"receiver": PixReceiver("pix@padaria.com.br", "Loja", "")}, "pix_city"),
        ({"reference": "P-1042"}, "pix_txid"),
        ({"amount_cents": 0}, "pix_amount"),
    ],
)
async def test_what_no_code_can_say_is_rejected(
    provider: PaymentProvider, change: dict[str, object], code: str
) -> None:
    with pytest.raises(ProviderRejected) as rejection:
        await provider.create_charge(replace(REQUEST, **change))  # type: ignore[arg-type]
    assert rejection.value.code == code


async def test_nobody_reports_a_payment(provider: PaymentProvider) -> None:
    assert provider.name == "pix_static"
    assert provider.confirms_automatically is False
    with pytest.raises(ProviderRejected, match="payment_manual"):
        await provider.fetch_charge("P1042")


async def test_a_code_cannot_be_withdrawn(provider: PaymentProvider) -> None:
    assert await provider.cancel_charge("P1042") is False


async def test_a_refund_is_made_by_hand(provider: PaymentProvider) -> None:
    request = RefundRequest(UUID("0190a0de-0000-7000-8000-000000000002"), "P1042", 5000)
    first, again = await provider.refund(request), await provider.refund(request)
    assert first == again
    assert first.status is RefundStatus.MANUAL
    assert first.amount_cents == 5000


def modules_drawn(svg: str) -> set[tuple[int, int]]:
    """The dark squares that the picture draws, read back from its strokes."""
    path = ET.fromstring(svg).findall("{http://www.w3.org/2000/svg}path")[1].attrib["d"]
    drawn: set[tuple[int, int]] = set()
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-0-9. ]+)", path):
        values = [float(number) for number in numbers.split()]
        if command == "h":
            drawn |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
        elif command == "M":
            x, y = values
        else:
            x, y = x + values[0], y + values[1]
    return drawn


def test_the_picture_draws_the_code_and_nothing_that_a_page_would_refuse() -> None:
    text = "00020126180014br.gov.bcb.pix"
    svg = qr_svg(text)
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "style" not in svg
    assert "class" not in svg
    size = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (size * 4, size * 4), 255)
    for x, y in modules_drawn(svg):
        image.paste(0, (x * 4, y * 4, x * 4 + 4, y * 4 + 4))
    assert zxingcpp.read_barcode(image).text == text
