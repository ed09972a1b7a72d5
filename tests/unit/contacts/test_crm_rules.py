"""The pure rules of sending to a CRM: pace, what answers mean, tags in groups, secrets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.tenant_secrets import (
    SecretLostError,
    is_sealed_anew,
    seal,
    sealing_keys,
    unseal,
)
from balcao.modules.contacts.crm_outcomes import (
    TRIES,
    fields_not_stored,
    outcome_of_failure,
    outcome_of_found,
    outcome_of_stored,
    pause_before,
)
from balcao.modules.contacts.crm_pacing import (
    CLIMB_EVERY,
    FULL_RATE,
    SLOWEST_RATE,
    Bucket,
    after_answer,
    after_busy,
    estimate,
    is_day_spent,
    refilled,
    take,
)
from balcao.modules.contacts.crm_people import opened_person, person_of, sealed_person, tags_of
from balcao.modules.contacts.crm_tags import AT_ONCE, tag_groups
from balcao.modules.contacts.people_fields import INDEX, PERSON
from balcao.ports.crm import CrmAnswer, CrmContact, CrmField, CrmLimits, CrmVerdict

NOW = datetime(2026, 9, 18, 12, tzinfo=UTC)
QUIET = CrmLimits()
SECRET, OTHER = "a" * 40, "b" * 40


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_full_bucket_gives_one_second_and_refills() -> None:
    bucket, grant = take(Bucket(8.0, NOW), 8, NOW)
    assert (grant.count, grant.wait) == (8, 0.0)
    bucket, grant = take(bucket, 8, NOW)
    assert (grant.count, round(grant.wait, 3)) == (0, 0.125)
    bucket, grant = take(bucket, 8, later(0.5))
    assert grant.count == 4
    assert take(bucket, 3, later(0.5), least=4)[1].count == 0
    assert refilled(bucket, later(100)).tokens == bucket.capacity
    assert refilled(bucket, later(-5)) == bucket, "a clock that went back"


def test_too_few_are_not_taken_but_a_small_bucket_still_gives() -> None:
    bucket = Bucket(2.0, NOW)
    same, grant = take(bucket, 8, NOW, least=4)
    assert (grant.count, grant.wait, same.tokens) == (0, 0.25, 2.0)
    slow = Bucket(1.0, NOW, rate=SLOWEST_RATE)
    assert take(slow, 8, NOW, least=4)[1].count == 1


@given(steps=st.lists(st.tuples(st.floats(0, 3), st.integers(1, 12)), min_size=1, max_size=200))
@settings(deadline=None, max_examples=200)
def test_no_ten_seconds_ever_hold_a_hundred(steps: list[tuple[float, int]]) -> None:
    bucket, at, sent = Bucket(8.0, NOW), 0.0, []
    for pause, wanted in steps:
        at += pause
        bucket, grant = take(bucket, wanted, later(at))
        sent += [at] * grant.count
    for first in sent:
        assert sum(first <= moment < first + 10 for moment in sent) <= 90


def test_a_429_slows_down_once_and_calm_speeds_up() -> None:
    bucket = after_busy(Bucket(8.0, NOW), QUIET, NOW, jitter=1.0)
    assert (bucket.rate, bucket.strikes, bucket.blocked_until) == (6.0, 1, later(1))
    twin = after_busy(bucket, QUIET, NOW, jitter=1.0)
    assert (twin.rate, twin.strikes) == (6.0, 1), "answers that arrive together"
    assert take(bucket, 1, NOW) == (bucket, take(bucket, 1, NOW)[1])
    assert take(bucket, 1, NOW)[1].wait == 1.0
    again = after_busy(bucket, QUIET, later(2), jitter=1.0)
    assert (again.rate, again.blocked_until) == (4.5, later(4))
    calm = after_answer(again, QUIET, later(2) + CLIMB_EVERY)
    assert (calm.rate, calm.strikes) == (5.0, 0)
    assert after_answer(calm, QUIET, later(2) + CLIMB_EVERY).rate == 5.0, "slowly"
    slowest = bucket
    for minute in range(60):
        slowest = after_busy(slowest, QUIET, later(60 + minute * 60))
    assert slowest.rate == SLOWEST_RATE
    assert slowest.blocked_until is not None
    assert slowest.blocked_until <= later(60 + 59 * 60 + 60)


def test_waits_are_those_asked_for() -> None:
    asked = after_busy(Bucket(8.0, NOW), CrmLimits(retry_after=7.0, interval=10.0), NOW)
    interval = after_busy(Bucket(8.0, NOW), CrmLimits(interval=10.0), NOW)
    assert (asked.blocked_until, interval.blocked_until) == (later(7), later(10))
    almost = after_answer(Bucket(8.0, NOW), CrmLimits(remaining=4, interval=10.0), NOW)
    assert almost.blocked_until == later(10)
    assert after_answer(almost, CrmLimits(remaining=4, interval=5.0), NOW).blocked_until == later(10)
    assert after_answer(Bucket(8.0, NOW), CrmLimits(remaining=5), NOW).blocked_until is None
    open_again, grant = take(almost, 1, later(10))
    assert (grant.count, open_again.blocked_until) == (1, None)


@pytest.mark.parametrize(
    ("limits", "spent"),
    [
        (CrmLimits(), False),
        (CrmLimits(daily_remaining=3_999), True),
        (CrmLimits(daily_remaining=4_000), False),
        (CrmLimits(daily_remaining=19, daily_limit=1000), True),
        (CrmLimits(daily_remaining=20, daily_limit=1000), False),
    ],
)
def test_the_day_is_spent_below_two_per_cent(limits: CrmLimits, spent: bool) -> None:
    assert is_day_spent(limits) is spent


def test_two_hundred_thousand_take_a_day_of_quota() -> None:
    found = estimate(200_000, safe_mode=False)
    assert (found.requests, found.minutes, found.daily_share_pct) == (202_000, 421, 101.0)
    assert estimate(0, safe_mode=True).minutes == 0
    assert FULL_RATE == 8


def stored(*, is_new: bool = True, **fields: str) -> CrmAnswer:
    contact = CrmContact("contact1", fields, added_at=NOW)  # type: ignore[arg-type]
    return CrmAnswer(CrmVerdict.STORED, contact=contact, is_new=is_new)


SENT: dict[CrmField, str] = {
    "first_name": "Ana Maria", "email": "ana@x.com.br", "phone": "+5511987654321", "birthday": "1990-05-03",
    "website": "https://x.com.br",
}  # fmt: skip


def test_the_echo_is_compared_as_people_would() -> None:
    same = {
        "first_name": "ana  maria", "email": "ANA@x.com.br", "phone": "+55 11 98765-4321",
        "birthday": "1990-05-03T00:00:00.000Z", "website": "https://X.com.br/",
    }  # fmt: skip
    assert outcome_of_stored(stored(**same), SENT).state == "created"
    assert outcome_of_stored(stored(is_new=False, **same), SENT).state == "updated"
    other = same | {"phone": "", "email": "outra@x.com.br"}
    outcome = outcome_of_stored(stored(**other), SENT)
    assert (outcome.state, outcome.missing, outcome.code) == (
        "partial", ("email", "phone"), "GHL_FIELD_NOT_STORED",
    )  # fmt: skip
    assert outcome.is_new, "an undo may remove it all the same"
    assert fields_not_stored(SENT, CrmContact("contact1", {})) == (), (
        "an answer that shows nothing tells nothing"
    )
    assert outcome_of_stored(stored(**same), SENT, left_out=("city",)).missing == ("city",)


def test_what_is_found_is_ours_when_it_was_added_since() -> None:
    found = stored(**SENT).contact
    assert found is not None
    assert outcome_of_found(found, SENT, NOW).state == "created"
    late = outcome_of_found(found, SENT, later(1))
    assert (late.state, late.is_new, late.code) == ("updated", False, "GHL_FOUND_AFTER_SILENCE")
    undated = CrmContact("contact1", found.fields)
    assert not outcome_of_found(undated, SENT, NOW).is_new


@pytest.mark.parametrize(
    ("verdict", "state", "unclear", "counts"),
    [
        (CrmVerdict.BUSY, "retry", False, False),
        (CrmVerdict.UNAUTHORIZED, "retry", False, False),
        (CrmVerdict.UNCLEAR, "retry", True, True),
        (CrmVerdict.UNREACHABLE, "retry", False, True),
        (CrmVerdict.REFUSED, "failed", False, True),
        (CrmVerdict.DUPLICATE, "failed", False, True),
        (CrmVerdict.MISSING, "failed", False, True),
    ],
)
def test_failures(verdict: CrmVerdict, state: str, unclear: bool, counts: bool) -> None:
    outcome = outcome_of_failure(CrmAnswer(verdict, reason="x"), 1, is_unclear=False)
    assert (outcome.state, outcome.is_unclear, outcome.counts) == (state, unclear, counts)
    assert outcome.needs_reconnect is (verdict is CrmVerdict.UNAUTHORIZED)
    assert outcome.is_final is (state == "failed")


def test_six_tries_with_growing_waits() -> None:
    silent = CrmAnswer(CrmVerdict.UNCLEAR)
    waits = [outcome_of_failure(silent, tries, is_unclear=False).wait for tries in range(1, TRIES)]
    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0]
    last = outcome_of_failure(silent, TRIES, is_unclear=True)
    assert (last.state, last.code, last.is_unclear) == ("failed", "GHL_NO_ANSWER", True)
    assert outcome_of_failure(CrmAnswer(CrmVerdict.UNREACHABLE), 2, is_unclear=True).is_unclear
    assert pause_before(99) == 60.0


def test_tags_go_by_the_hundred() -> None:
    same = tag_groups([(f"c{n}", ["b", "a", "a"]) for n in range(250)])
    assert [(group.tags, len(group.contact_ids)) for group in same] == [
        (("a", "b"), 100), (("a", "b"), 100), (("a", "b"), 50),
    ]  # fmt: skip
    assert tag_groups([("c1", []), ("c2", [])]) == []
    mixed = tag_groups([(f"c{n}", ["import", f"t{n % 3}", f"u{n % 4}"]) for n in range(96)])
    assert len(mixed) == 8, "tag by tag: 1 + 3 + 4 requests, by sets it would be 12"


@given(
    st.lists(
        st.tuples(st.integers(0, 300).map("c{}".format), st.lists(st.sampled_from("abcd"), max_size=4)),
        max_size=300,
    )
)
@settings(deadline=None)
def test_everybody_gets_every_tag(wanted: list[tuple[str, list[str]]]) -> None:
    groups = tag_groups(wanted)
    given_tags = {(contact, tag) for group in groups for contact in group.contact_ids for tag in group.tags}
    assert {(contact, tag) for contact, tags in wanted for tag in tags} <= given_tags
    assert all(0 < len(group.contact_ids) <= AT_ONCE for group in groups)


def texts(**fields: str) -> list[str]:
    found = [""] * len(PERSON)
    for name, value in fields.items():
        found[INDEX[name]] = value
    return found


def test_a_person_travels_without_what_is_empty_or_not_for_it() -> None:
    person = person_of(texts(first_name="Ana", gender="F", cpf="1", tags="a, b,,c ", email="ana@x.com.br"))
    assert dict(person.fields) == {"first_name": "Ana", "email": "ana@x.com.br"}
    assert tags_of(texts(tags="a, b,,c ")) == ["a", "b", "c"]
    keys, tenant = sealing_keys(SECRET), uuid4()
    sealed = sealed_person(keys, tenant, person)
    assert b"ana" not in sealed.lower()
    again = opened_person(keys, tenant, sealed)
    assert (again, again.name, again.phone) == (person, "Ana", "")
    assert "ana" not in repr(person).lower().replace("crmperson", "")


def test_secrets_open_for_the_same_tenant_and_purpose_only() -> None:
    keys, tenant = sealing_keys(SECRET), uuid4()
    sealed = seal(keys, tenant, "ghl.access_token", "pit-çanary")
    assert unseal(keys, tenant, "ghl.access_token", sealed) == "pit-çanary"
    assert seal(keys, tenant, "ghl.access_token", "pit-çanary") != sealed
    for wrong in (
        (keys, uuid4(), "ghl.access_token", sealed),
        (keys, tenant, "ghl.refresh_token", sealed),
        (sealing_keys(OTHER), tenant, "ghl.access_token", sealed),
        (keys, tenant, "ghl.access_token", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (keys, tenant, "ghl.access_token", b"\x02" + sealed[1:]),
        (keys, tenant, "ghl.access_token", b""),
        (keys, tenant, "ghl.access_token", b"\x01"),
    ):
        with pytest.raises(SecretLostError):
            unseal(*wrong)
    assert "canary" not in repr(keys)


def test_secrets_survive_a_change_of_the_installations_secret() -> None:
    tenant = uuid4()
    sealed = seal(sealing_keys(OTHER), tenant, "x", "text")
    rotated = sealing_keys(SECRET, OTHER)
    assert unseal(rotated, tenant, "x", sealed) == "text"
    assert not is_sealed_anew(rotated, tenant, "x", sealed)
    assert is_sealed_anew(rotated, tenant, "x", seal(rotated, tenant, "x", "text"))
    with pytest.raises(ValueError, match="AUTH_SECRET"):
        sealing_keys("")
