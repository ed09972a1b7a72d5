"""What a new business lacks, and who is led to the first steps."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.modules.admin.onboarding_rules import (
    Known,
    invites,
    is_needed,
    is_ready,
    leads_there,
    missing_by_step,
    next_step,
)

ADDRESS = {"postal_code": "01310100", "number": "1", "city": "São Paulo", "state": "SP"}
WHOLE = Known(
    "Padaria", "José ME", "12ABC34501DE35", "ze@x.example", "+5511987654321", ADDRESS, open_weekdays=6, products=1,
    pix_key="ze@x.example",
)  # fmt: skip
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def but(**changes: Any) -> Known:
    return dataclasses.replace(WHOLE, **changes)


def test_nothing_is_missing_of_a_whole_business() -> None:
    assert not any(missing_by_step(WHOLE).values())
    assert (is_ready(WHOLE), next_step(WHOLE)) == (True, "open")


@pytest.mark.parametrize(
    ("changes", "step", "fields"),
    [
        ({"name": ""}, "business", ("name",)), ({"legal_name": ""}, "business", ("legal_name",)),
        ({"document": ""}, "business", ("document",)), ({"contact_email": ""}, "contact", ("email",)),
        ({"contact_phone": ""}, "contact", ("phone",)), ({"address": {**ADDRESS, "city": ""}}, "address", ("city",)),
        ({"has_store": False}, "address", ("store",)), ({"open_weekdays": 0}, "hours", ("hours",)),
        ({"products": 0}, "product", ("name", "price_cents")),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_needed_by_those_who_signed_up_themselves(
    changes: dict[str, Any], step: str, fields: tuple[str, ...]
) -> None:
    lacking = but(**changes)
    assert missing_by_step(lacking)[step] == fields
    assert (next_step(lacking), is_ready(lacking)) == (step, False)
    assert not is_needed(lacking)
    for origin in ("landing_page", "automatic_webhook"):
        asked = dataclasses.replace(lacking, origin=origin)
        assert is_needed(asked)
        assert leads_there(asked)
        assert not leads_there(dataclasses.replace(asked, onboarded_at=THEN))
        assert invites(dataclasses.replace(asked, onboarded_at=THEN))


def test_a_pix_key_can_wait() -> None:
    lacking = but(pix_key="", origin="landing_page")
    assert (is_ready(lacking), is_needed(lacking), next_step(lacking)) == (True, False, "payment")


def test_a_business_without_a_shop_has_three_steps() -> None:
    assert list(missing_by_step(but(open_weekdays=None, products=None, has_store=False))) == [
        "business", "contact", "address",
    ]  # fmt: skip


def test_the_platform_may_ask_for_them_again() -> None:
    asked = but(mode="force_first_access_test", onboarded_at=THEN)
    assert is_needed(asked)
    assert leads_there(asked)


def test_only_what_keeps_a_shop_from_selling_is_an_invitation() -> None:
    assert not invites(but(document=""))
    assert invites(but(products=0))
    assert not invites(but(products=0, onboarded_at=THEN))


@given(st.dictionaries(st.sampled_from(["name", "document", "contact_email", "pix_key"]), st.just("")))
@settings(deadline=None)
def test_less_is_never_more_ready(changes: dict[str, str]) -> None:
    lacking = but(**changes)
    assert is_ready(lacking) == (not set(changes) - {"pix_key"})
