"""A receiver of webhooks believes what the product signed, and nothing else."""

from __future__ import annotations

import json
import time

import pytest

from balcao.modules.admin.webhook_signing import new_secret, signed_headers
from balcao_client import WebhookRefused, verify_webhook

NOW = 1_770_000_000
BODY = json.dumps({"id": "m1", "type": "order.created", "data": {"total_cents": 5000}}).encode()
SECRET, FORMER = new_secret(), new_secret()


def refused(
    headers: dict[str, str], body: bytes = BODY, secrets: str | list[str] = SECRET, now: int = NOW
) -> bool:
    try:
        verify_webhook(secrets, headers, body, now=now)
    except WebhookRefused:
        return True
    return False


def test_what_the_product_signs_is_believed() -> None:
    headers = signed_headers([SECRET], "m1", NOW, BODY)
    assert verify_webhook(SECRET, headers, BODY, now=NOW)["type"] == "order.created"
    upper = {name.title(): value for name, value in headers.items()}
    assert verify_webhook(SECRET, upper, BODY, now=NOW)["id"] == "m1"
    fresh = signed_headers([SECRET], "m1", int(time.time()), BODY)
    assert verify_webhook(SECRET, fresh, BODY)["id"] == "m1"


def test_while_a_secret_is_exchanged_either_side_may_be_first() -> None:
    both = signed_headers([SECRET, FORMER], "m1", NOW, BODY)
    for known in (SECRET, FORMER, [FORMER, SECRET], [new_secret(), FORMER]):
        assert not refused(both, secrets=known)
    assert not refused(signed_headers([FORMER], "m1", NOW, BODY), secrets=[SECRET, FORMER])


def test_what_was_changed_is_refused() -> None:
    headers = signed_headers([SECRET], "m1", NOW, BODY)
    assert refused(headers, BODY + b" ")
    assert refused(headers, secrets=new_secret())
    assert refused(headers, secrets=[])
    assert refused({**headers, "webhook-id": "m2"})
    assert refused({**headers, "webhook-timestamp": str(NOW + 1)})
    signature = headers["webhook-signature"]
    for other in (
        "",
        "v1,",
        signature[:-2],
        signature.replace("v1,", "v2,"),
        "é",
        signature.removeprefix("v1,"),
    ):
        assert refused({**headers, "webhook-signature": other}), other
    for missing in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert refused({name: value for name, value in headers.items() if name != missing}), missing


@pytest.mark.parametrize(
    ("away", "is_refused"), [(-301, True), (-300, False), (0, False), (300, False), (301, True)]
)
def test_the_time_may_be_five_minutes_off(away: int, is_refused: bool) -> None:
    assert refused(signed_headers([SECRET], "m1", NOW + away, BODY)) is is_refused


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "１７", "9" * 40, "soon"])
def test_a_time_that_is_none_is_refused(stamp: str) -> None:
    headers = signed_headers([SECRET], "m1", NOW, BODY)
    assert refused({**headers, "webhook-timestamp": stamp})


@pytest.mark.parametrize("body", [b"", b"[]", b"nothing", b"\xff"])
def test_a_signed_body_that_is_no_message_is_refused(body: bytes) -> None:
    assert refused(signed_headers([SECRET], "m1", NOW, body), body)


@pytest.mark.parametrize("secret", ["", "whsec_"])
def test_an_empty_secret_is_a_mistake_of_the_receiver(secret: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        verify_webhook(secret, signed_headers([SECRET], "m1", NOW, BODY), BODY, now=NOW)
