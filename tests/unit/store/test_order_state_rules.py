"""The order state machine against its table, written here a second time in plain words."""

from itertools import product

import pytest

from balcao.modules.store.order_states import (
    ALLOWED,
    EDITABLE_STATUSES,
    FINAL_STATUSES,
    ActorKind,
    BadTransition,
    Effect,
    Fulfilment,
    OrderStatus,
    decide,
    needs_reason,
    next_statuses,
    place,
    reopen_paid_late,
)

ACTORS: tuple[ActorKind, ...] = ("buyer", "staff", "manager", "timer", "system")
FULFILMENTS: tuple[Fulfilment, ...] = ("delivery", "pickup")

# from, to, who, fulfilments, effects beside the record
TABLE = """
new              awaiting_payment buyer,staff,manager       both     reserve,start_payment_timer
new              received         buyer,staff,manager       both     reserve,notify
awaiting_payment received         system                    both     notify
awaiting_payment expired          timer                     both     release_stock,give_coupon_back
awaiting_payment canceled         buyer,staff,manager       both     release_stock,cancel_charge,give_coupon_back
received         confirmed        staff,manager,system      both     notify
received         canceled         buyer,staff,manager,timer both     release_stock,refund_if_paid,give_coupon_back
confirmed        preparing        staff,manager             both     notify
confirmed        ready            staff,manager             both     notify
confirmed        canceled         manager                   both     release_stock,refund_if_paid,give_coupon_back
preparing        ready            staff,manager             both     notify
preparing        canceled         manager                   both     release_stock,refund_if_paid,give_coupon_back
ready            out_for_delivery staff,manager             delivery commit_stock
ready            picked_up        staff,manager             pickup   commit_stock,check_pickup_code
ready            canceled         manager                   both     release_stock,refund_if_paid,give_coupon_back
out_for_delivery delivered        staff,manager             delivery -
out_for_delivery canceled         manager                   delivery choose_return,refund_if_paid,give_coupon_back
delivered        completed        staff,manager,timer       delivery settle_cash
picked_up        completed        staff,manager,timer       pickup   settle_cash
"""
REASON_FROM = {"confirmed", "preparing", "ready", "out_for_delivery"}


def expected() -> dict[tuple[str, str, str, str], set[str]]:
    moves: dict[tuple[str, str, str, str], set[str]] = {}
    for row in TABLE.strip().splitlines():
        source, target, actors, fulfilments, effects = row.split()
        for actor, fulfilment in product(
            actors.split(","), FULFILMENTS if fulfilments == "both" else (fulfilments,)
        ):
            moves[source, target, fulfilment, actor] = {"record", *effects.split(",")} - {"-"}
    return moves


EXPECTED = expected()
SOURCES: tuple[OrderStatus | None, ...] = (None, *OrderStatus)


def name_of(status: OrderStatus | None) -> str:
    return "new" if status is None else status.value


def test_every_move_of_the_table_and_no_other() -> None:
    allowed: dict[tuple[str, str, str, str], set[str]] = {}
    refusals: list[tuple[object, object]] = []
    for source, target, fulfilment, actor in product(SOURCES, OrderStatus, FULFILMENTS, ACTORS):
        if source is target:
            continue
        try:
            transition = decide(source, target, fulfilment, actor, "falta de ingrediente")
        except BadTransition as refused:
            refusals.append(((source, target), (refused.source, refused.target)))
            continue
        assert transition.changes
        assert (transition.source, transition.target) == (source, target)
        allowed[name_of(source), target.value, fulfilment, actor] = {
            effect.value for effect in transition.effects
        }
    assert allowed == EXPECTED
    assert all(asked == told for asked, told in refusals)


@pytest.mark.parametrize("source", list(OrderStatus))
@pytest.mark.parametrize("actor", ACTORS)
def test_asking_for_the_same_status_does_nothing(source: OrderStatus, actor: ActorKind) -> None:
    transition = decide(source, source, "pickup", actor)
    assert not transition.changes
    assert transition.effects == frozenset()


def test_buttons_are_the_allowed_moves() -> None:
    for source, fulfilment, actor in product(SOURCES, FULFILMENTS, ACTORS):
        shown = {target.value for target in next_statuses(source, fulfilment, actor)}
        assert shown == {
            key[1] for key in EXPECTED if (key[0], *key[2:]) == (name_of(source), fulfilment, actor)
        }


def test_buttons_come_in_the_order_of_the_table() -> None:
    assert next_statuses(OrderStatus.CONFIRMED, "delivery", "manager") == (
        OrderStatus.PREPARING,
        OrderStatus.READY,
        OrderStatus.CANCELED,
    )


def test_a_final_status_stays() -> None:
    assert {OrderStatus.COMPLETED, OrderStatus.CANCELED, OrderStatus.EXPIRED} == FINAL_STATUSES
    for source, target in product(FINAL_STATUSES, OrderStatus):
        if source is not target:
            with pytest.raises(BadTransition) as caught:
                decide(source, target, "delivery", "manager", "motivo")
            assert caught.value.code == "final"
    assert not any(row.source in FINAL_STATUSES for row in ALLOWED)


def test_received_does_not_skip_to_preparing() -> None:
    with pytest.raises(BadTransition) as caught:
        decide(OrderStatus.RECEIVED, OrderStatus.PREPARING, "delivery", "manager")
    assert (caught.value.code, caught.value.source, caught.value.target) == (
        "not_in_table",
        OrderStatus.RECEIVED,
        OrderStatus.PREPARING,
    )
    assert str(caught.value) == "not_in_table: received to preparing"


def test_confirmed_may_skip_to_ready() -> None:
    assert decide(OrderStatus.CONFIRMED, OrderStatus.READY, "pickup", "staff").changes


@pytest.mark.parametrize(
    ("target", "fulfilment"), [(OrderStatus.OUT_FOR_DELIVERY, "pickup"), (OrderStatus.PICKED_UP, "delivery")]
)
def test_each_fulfilment_leaves_by_its_own_door(target: OrderStatus, fulfilment: Fulfilment) -> None:
    with pytest.raises(BadTransition) as caught:
        decide(OrderStatus.READY, target, fulfilment, "staff")
    assert caught.value.code == "fulfilment"


def test_staff_may_not_cancel_what_is_confirmed() -> None:
    with pytest.raises(BadTransition) as caught:
        decide(OrderStatus.CONFIRMED, OrderStatus.CANCELED, "delivery", "staff", "motivo")
    assert caught.value.code == "actor"


@pytest.mark.parametrize("source", [status for status in OrderStatus if status.value in REASON_FROM])
@pytest.mark.parametrize("reason", ["", "   "])
def test_a_late_cancel_needs_a_reason(source: OrderStatus, reason: str) -> None:
    with pytest.raises(BadTransition) as caught:
        decide(source, OrderStatus.CANCELED, "delivery", "manager", reason)
    assert caught.value.code == "reason_required"
    assert (caught.value.source, caught.value.target) == (source, OrderStatus.CANCELED)
    assert needs_reason(source, OrderStatus.CANCELED)


def test_an_early_cancel_needs_no_reason_but_keeps_it() -> None:
    assert not needs_reason(OrderStatus.RECEIVED, OrderStatus.CANCELED)
    assert not needs_reason(OrderStatus.CANCELED, OrderStatus.RECEIVED)
    assert decide(OrderStatus.RECEIVED, OrderStatus.CANCELED, "delivery", "buyer").reason == ""
    assert (
        decide(OrderStatus.RECEIVED, OrderStatus.CANCELED, "delivery", "buyer", " mudei ").reason == "mudei"
    )


@pytest.mark.parametrize(
    ("pays_online", "total", "status"),
    [
        (True, 7514, OrderStatus.AWAITING_PAYMENT),
        (True, 1, OrderStatus.AWAITING_PAYMENT),
        (True, 0, OrderStatus.RECEIVED),
        (False, 7514, OrderStatus.RECEIVED),
    ],
)
def test_placing(pays_online: bool, total: int, status: OrderStatus) -> None:
    transition = place(pays_online, total, "delivery", "buyer")
    assert (transition.source, transition.target) == (None, status)
    assert Effect.RESERVE in transition.effects


def test_nobody_places_an_order_by_timer() -> None:
    with pytest.raises(BadTransition, match="actor: new to received"):
        place(False, 100, "pickup", "timer")


def test_a_late_payment_reopens_only_an_expired_order() -> None:
    transition = reopen_paid_late(OrderStatus.EXPIRED)
    assert (transition.source, transition.target) == (OrderStatus.EXPIRED, OrderStatus.RECEIVED)
    assert transition.effects == {Effect.RECORD, Effect.RESERVE, Effect.NOTIFY}
    with pytest.raises(BadTransition) as caught:
        reopen_paid_late(OrderStatus.CANCELED)
    assert (caught.value.code, caught.value.source, caught.value.target) == (
        "not_in_table",
        OrderStatus.CANCELED,
        OrderStatus.RECEIVED,
    )


def test_lines_may_change_only_before_ready() -> None:
    assert {"awaiting_payment", "received", "confirmed", "preparing"} == {
        status.value for status in EDITABLE_STATUSES
    }
