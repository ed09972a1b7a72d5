"""Rules of identity that need no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from balcao.kernel.actor import SYSTEM, Actor
from balcao.kernel.identity.devices import device_label
from balcao.kernel.identity.one_time_tokens import LinkInvalidError, make_token, tenant_of_token
from balcao.kernel.identity.permissions import effective_permissions
from balcao.kernel.identity.team_rules import (
    BeyondOwnRightsError,
    Grant,
    OwnersOnlyError,
    check_grant,
    check_owner_touch,
)
from balcao.kernel.identity.tokens import (
    CHOICE_LIFE,
    SessionClaims,
    SigningKeys,
    read_choice,
    read_session,
    sign_choice,
    sign_session,
)
from balcao.kernel.ids import new_id

KNOWN = frozenset({"a.x:view", "a.x:edit", "a.x:cancel", "b.y:view"})
OWNER = Actor("user", role="owner", permissions=KNOWN)
KEYS = SigningKeys("k" * 40)
A, B = new_id(), new_id()


def _manager(*permissions: str, stores: frozenset | None = None) -> Actor:
    return Actor("user", role="manager", permissions=frozenset(permissions), store_ids=stores)


def _grant(*permissions: str, stores: tuple = ()) -> Grant:
    return Grant(frozenset(permissions), frozenset(stores))


def test_edit_and_special_verbs_imply_view() -> None:
    assert effective_permissions("operator", ["a.x:edit"], KNOWN) == {"a.x:edit", "a.x:view"}
    assert effective_permissions("operator", ["a.x:cancel"], KNOWN) == {"a.x:cancel", "a.x:view"}


def test_a_group_gives_nothing_the_installation_does_not_know() -> None:
    assert effective_permissions("manager", ["z.z:edit", "b.y:view"], KNOWN) == {"b.y:view"}
    assert effective_permissions("manager", [], KNOWN) == frozenset()
    assert effective_permissions("owner", [], KNOWN) == KNOWN


@pytest.mark.parametrize(
    ("actor", "roles", "refused"),
    [
        (OWNER, ("owner", "manager"), False),
        (_manager(), ("operator", "manager"), False),
        (_manager(), ("owner",), True),
        (_manager(), ("manager", "owner"), True),
        (SYSTEM, ("owner",), False),
    ],
)
def test_owners_are_touched_by_owners(actor: Actor, roles: tuple[str, ...], refused: bool) -> None:
    if refused:
        with pytest.raises(OwnersOnlyError):
            check_owner_touch(actor, roles)
    else:
        check_owner_touch(actor, roles)


@pytest.mark.parametrize(
    ("actor", "after", "before", "refused"),
    [
        (OWNER, _grant("a.x:edit"), None, False),
        (SYSTEM, _grant("a.x:edit"), None, False),
        (_manager("a.x:edit"), _grant("a.x:edit"), None, False),
        (_manager("a.x:view"), _grant("a.x:edit"), None, True),
        (_manager("a.x:view"), _grant("a.x:edit"), _grant("a.x:edit"), False),
        (_manager("a.x:view"), _grant("a.x:view"), _grant("a.x:edit"), False),
        (_manager("a.x:view"), _grant("a.x:edit", "b.y:view"), _grant("a.x:edit"), True),
        (_manager("a.x:view", stores=frozenset({A})), _grant("a.x:view", stores=(A,)), None, False),
        (_manager("a.x:view", stores=frozenset({A})), _grant("a.x:view"), None, True),
        (_manager("a.x:view", stores=frozenset({A})), _grant("a.x:view", stores=(A, B)), None, True),
        (_manager("a.x:view", stores=frozenset({A})), _grant("a.x:view", stores=(A, B)), _grant("a.x:view"), False),
        (_manager("a.x:view", stores=frozenset({A})), _grant("a.x:view"), _grant("a.x:view", stores=(A,)), True),
        (_manager("a.x:view", stores=frozenset({A})), _grant("a.x:view", stores=(B,)), _grant("a.x:view", stores=(A, B)), False),
        (_manager("a.x:view"), _grant("a.x:view"), _grant("a.x:view", stores=(A,)), False),
    ],
)  # fmt: skip
def test_nobody_gives_more_than_they_hold(
    actor: Actor, after: Grant, before: Grant | None, refused: bool
) -> None:
    if refused:
        with pytest.raises(BeyondOwnRightsError):
            check_grant(actor, after, before)
    else:
        check_grant(actor, after, before)


def test_a_one_time_token_names_its_tenant_and_nothing_else_does() -> None:
    tenant = new_id()
    first, second = make_token(tenant), make_token(tenant)
    assert first != second
    assert tenant_of_token(first) == tenant
    for bad in ("", "x", first[:-4], first + "AAAA", first.replace(first[0], "*", 1), "é" * 64):
        with pytest.raises(LinkInvalidError):
            tenant_of_token(bad)


def test_a_choice_opens_no_session_and_a_session_is_no_choice() -> None:
    now = datetime.now(UTC)
    choice = sign_choice([(A, B, 1)], KEYS, issued=now)
    assert read_choice(choice, KEYS) == [(A, B, 1)]
    assert read_session(choice, KEYS) is None
    session = sign_session(
        SessionClaims(A, B, A, "owner"), KEYS, issued=now, expires=now + timedelta(hours=1)
    )
    assert read_choice(session, KEYS) == []
    assert read_choice(choice, SigningKeys("z" * 40)) == []
    assert read_choice(choice, SigningKeys("z" * 40, (KEYS.current,))) == [(A, B, 1)]
    assert (
        read_choice(sign_choice([(A, B, 1)], KEYS, issued=now - CHOICE_LIFE - timedelta(seconds=5)), KEYS)
        == []
    )


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("Chrome/1", "Chrome"),
        ("python-httpx/0.28", "python-httpx"),
        ("", ""),
    ],
)
def test_devices_have_names_people_know(agent: str, label: str) -> None:
    assert device_label(agent) == label
