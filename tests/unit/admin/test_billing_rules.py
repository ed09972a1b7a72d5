"""The signature of billing messages, and when a subscription sells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.tenants import GRACE, is_paying
from balcao.modules.admin.billing_rules import SUBSCRIPTION_STATUSES, limits_of_business, next_past_due_since
from balcao.modules.admin.billing_signature import is_from_billing, sign_billing

SECRET = "0123456789abcdef0123456789abcdef"
BODY = b'{"tenant_id":"t1","status":"past_due"}'
LEGACY = "149d6f172a4e35a67df53d96e08852fdb815eaf23c71ae7ac38acf9c877d2b30"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))


def _accepts(signature: str, timestamp: str = "", *, legacy: bool = False, body: bytes = BODY) -> bool:
    return is_from_billing([SECRET], body, signature=signature, timestamp=timestamp, now=NOW, legacy=legacy)


def test_the_vector_of_the_former_signature() -> None:
    assert sign_billing(SECRET, BODY, "") == LEGACY
    assert _accepts(LEGACY, legacy=True)
    assert _accepts(f"sha256={LEGACY.upper()}", legacy=True)
    assert not _accepts(LEGACY)
    assert not _accepts(LEGACY, str(int(NOW.timestamp())), legacy=True)
    assert not is_from_billing([], BODY, signature=LEGACY, timestamp="", now=NOW, legacy=True)


@pytest.mark.parametrize(
    ("seconds", "is_fresh"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_five_minutes_either_way(seconds: int, is_fresh: bool) -> None:
    stamp = str(int(NOW.timestamp()) + seconds)
    assert _accepts(sign_billing(SECRET, BODY, stamp), stamp) is is_fresh


@given(st.binary(max_size=200), st.binary(max_size=200))
@settings(deadline=None)
def test_only_the_bytes_that_were_signed(body: bytes, other: bytes) -> None:
    stamp = str(int(NOW.timestamp()))
    assert _accepts(sign_billing(SECRET, body, stamp), stamp, body=other) is (body == other)


@given(st.text(max_size=80), st.text(max_size=20))
@settings(deadline=None)
def test_nonsense_is_refused_and_breaks_nothing(signature: str, timestamp: str) -> None:
    assert not _accepts(signature, timestamp, legacy=True)


@given(st.lists(st.tuples(st.sampled_from(SUBSCRIPTION_STATUSES), MOMENTS), min_size=1, max_size=12))
@settings(deadline=None)
def test_the_grace_begins_with_the_first_notice_and_ends_when_paid(told: list[tuple[str, datetime]]) -> None:
    since: datetime | None = None
    first: datetime | None = None
    for status, now in told:
        since = next_past_due_since(status, since, now)
        if status in {"active", "trialing"}:
            first = None
        elif status == "past_due" and first is None:
            first = now
        assert since == first


def test_when_a_subscription_sells() -> None:
    late, soon = NOW - GRACE, NOW - GRACE + timedelta(seconds=1)
    assert is_paying("active", None, NOW) and is_paying("trialing", None, NOW)
    assert is_paying("past_due", soon, NOW) and not is_paying("past_due", late, NOW)
    assert not is_paying("past_due", None, NOW)
    assert is_paying("trialing", None, NOW, trial_end_at=soon)
    assert not is_paying("trialing", None, NOW, trial_end_at=late)
    assert not is_paying("active", None, NOW, cancel_at=NOW)
    assert is_paying("active", None, NOW, cancel_at=NOW + timedelta(seconds=1))
    assert not is_paying("canceled", None, NOW) and not is_paying("suspended", soon, NOW)


def test_a_plans_ceilings_become_the_businesss_own() -> None:
    assert limits_of_business({"users": 3, "stores": 1, "import_rows": 10}) == {
        "users_limit": 3,
        "stores_limit": 1,
    }
    assert limits_of_business({"import_rows": 10}) == {}
