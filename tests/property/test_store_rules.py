"""Properties of the rules of the shop that hold for every input."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.money import LINES_MAX, PRICE_MAX_CENTS, QUANTITY_MAX
from balcao.modules.store.delivery_areas import Area, Destination, check_areas, match_area, shipping_for
from balcao.modules.store.opening_hours import DayException, Interval, Schedule, Span, opening_state
from balcao.modules.store.option_rules import (
    OptionGroupRule,
    OptionRule,
    OptionRuleBroken,
    options_cents,
    resolve_options,
)
from balcao.modules.store.order_states import (
    FINAL_STATUSES,
    BadTransition,
    Effect,
    OrderStatus,
    decide,
    next_statuses,
    place,
)
from balcao.modules.store.pricing import (
    CartLine,
    LineDiscount,
    OrderDiscount,
    ShippingCap,
    check_invariants,
    price_cart,
)
from balcao.modules.store.search_terms import entry, rank, search
from balcao.modules.store.stock_rules import (
    Level,
    LineNeed,
    Movement,
    MovementKind,
    OptionNeed,
    StockRuleBroken,
    aggregate_demand,
    apply,
    crossed_low,
    shortages,
    sum_of_movements,
)
from balcao.modules.store.time_slots import SlotRules, find_slot, slots_of_day

no_deadline = settings(deadline=None)

cents = st.integers(0, PRICE_MAX_CENTS) | st.integers(0, 20_000)
labels = st.sampled_from(("a", "b", "c"))
cart_lines = st.builds(CartLine, cents, st.integers(1, QUANTITY_MAX), cents)


@st.composite
def carts(draw: st.DrawFn) -> tuple[list[CartLine], int, list[LineDiscount | OrderDiscount | ShippingCap]]:
    lines = draw(st.lists(cart_lines, min_size=1, max_size=8) | st.just([CartLine(1, 1)] * LINES_MAX))
    adjustment = st.one_of(
        st.builds(LineDiscount, st.integers(0, len(lines) - 1), cents, labels),
        st.builds(OrderDiscount, cents, labels),
        st.builds(ShippingCap, cents, labels),
    )
    return lines, draw(cents), draw(st.lists(adjustment, max_size=6))


@given(carts())
@no_deadline
def test_every_cart_adds_up(
    cart: tuple[list[CartLine], int, list[LineDiscount | OrderDiscount | ShippingCap]],
) -> None:
    lines, shipping, adjustments = cart
    totals = price_cart(lines, shipping, adjustments)
    check_invariants(totals)
    assert 0 <= totals.total_cents <= totals.subtotal_cents + shipping < 2**63
    assert totals.subtotal_cents == sum(
        line.quantity * (line.unit_price_cents + line.options_cents) for line in lines
    )
    assert sum(line.total_cents for line in totals.lines) == totals.discounted_subtotal_cents
    assert all(line.total_cents >= 0 for line in totals.lines)
    assert all(discount.amount_cents > 0 for discount in totals.discounts)
    offered = {
        target: sum(a.amount_cents for a in adjustments if isinstance(a, kind))
        for target, kind in (("line", LineDiscount), ("order", OrderDiscount))
    }
    assert totals.line_discount_cents <= offered["line"]
    assert totals.order_discount_cents == min(
        offered["order"], totals.subtotal_cents - totals.line_discount_cents
    )
    caps = [a.max_cents for a in adjustments if isinstance(a, ShippingCap)]
    assert totals.shipping_cents - totals.shipping_discount_cents == min([shipping, *caps])


@given(carts())
@no_deadline
def test_the_order_of_adjustments_of_different_phases_does_not_matter(
    cart: tuple[list[CartLine], int, list[LineDiscount | OrderDiscount | ShippingCap]],
) -> None:
    lines, shipping, adjustments = cart
    by_phase = sorted(adjustments, key=lambda adjustment: type(adjustment).__name__)
    assert price_cart(lines, shipping, adjustments) == price_cart(lines, shipping, by_phase)


@st.composite
def choices(draw: st.DrawFn) -> tuple[OptionGroupRule, list[tuple[UUID, int]]]:
    options = {
        UUID(int=number): OptionRule(
            UUID(int=number), f"opção {number}", draw(cents), draw(st.integers(1, 4)), draw(st.booleans())
        )
        for number in range(1, draw(st.integers(2, 6)))
    }
    low = draw(st.integers(0, 3))
    group = OptionGroupRule(
        UUID(int=100),
        "Sabores",
        low,
        draw(st.integers(max(low, 1), 6)),
        draw(st.sampled_from(("sum", "highest", "average"))),
        options,
    )
    ids = st.integers(1, 6).map(lambda number: UUID(int=number))
    return group, draw(st.lists(st.tuples(ids, st.integers(1, 4)), max_size=6))


@given(choices())
@no_deadline
def test_a_choice_is_accepted_exactly_when_every_rule_holds(
    choice: tuple[OptionGroupRule, list[tuple[UUID, int]]],
) -> None:
    group, chosen = choice
    wanted: dict[UUID, int] = {}
    for option_id, quantity in chosen:
        wanted[option_id] = wanted.get(option_id, 0) + quantity
    lawful = (
        all(
            option_id in group.options
            and group.options[option_id].active
            and quantity <= group.options[option_id].max_per_item
            for option_id, quantity in wanted.items()
        )
        and group.min <= sum(wanted.values()) <= group.max
    )
    try:
        resolved = resolve_options([group], chosen)
    except OptionRuleBroken:
        assert not lawful
        return
    assert lawful
    assert {option.option_id: option.quantity for option in resolved} == wanted
    price = options_cents([group], resolved)
    prices = [option.price_cents for option in resolved for _ in range(option.quantity)] or [0]
    if group.pricing_mode == "sum":
        assert price == sum(prices)
    else:
        assert min(prices) <= price <= max(prices)
        assert group.pricing_mode == "average" or price == max(prices)


steps = st.lists(
    st.tuples(
        st.sampled_from(list(OrderStatus)), st.sampled_from(("buyer", "staff", "manager", "timer", "system"))
    ),
    max_size=40,
)


@given(steps, st.sampled_from(("delivery", "pickup")), st.booleans())
@no_deadline
def test_the_stock_of_an_order_is_settled_exactly_once(
    moves: list[tuple[OrderStatus, str]], fulfilment: str, online: bool
) -> None:
    """However people push: one reservation, then at most one of release or commit, and a final order has had one."""
    first = place(online, 100, fulfilment, "buyer")  # type: ignore[arg-type]
    status, effects = first.target, list(first.effects)
    for target, actor in moves:
        allowed = next_statuses(status, fulfilment, actor)  # type: ignore[arg-type]
        try:
            transition = decide(status, target, fulfilment, actor, "motivo")  # type: ignore[arg-type]
        except BadTransition:
            assert target not in allowed
            continue
        assert (target in allowed) is transition.changes
        status = transition.target
        effects.extend(transition.effects)
    settled = effects.count(Effect.RELEASE_STOCK) + effects.count(Effect.COMMIT_STOCK)
    assert effects.count(Effect.RESERVE) == 1
    assert settled <= 1
    assert effects.count(Effect.CHOOSE_RETURN) <= effects.count(Effect.COMMIT_STOCK)
    if status in FINAL_STATUSES:
        assert settled == 1


clock_times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
weeks = st.lists(st.builds(Interval, st.integers(0, 6), clock_times, clock_times), max_size=6).map(tuple)
spans = st.lists(st.builds(Span, clock_times, clock_times), max_size=2).map(tuple)
special_days = st.lists(
    st.builds(DayException, st.dates(date(2026, 3, 1), date(2026, 3, 20)), spans),
    max_size=3,
).map(tuple)
schedules = st.builds(Schedule, weeks, special_days)
moments = st.integers(0, 14 * 96).map(
    lambda quarter: datetime(2026, 3, 3, tzinfo=UTC) + timedelta(minutes=15 * quarter, seconds=7)
)


def by_the_wall_clock(schedule: Schedule, tz: str, now: datetime) -> bool:
    """The rule said the slow way: is the time on the wall inside a shift of today or of last night?"""
    local = now.astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    for days_ago in (0, 1):
        day = local.date() - timedelta(days=days_ago)
        special = [exception for exception in schedule.exceptions if exception.date == day]
        hours = [(each.opens, each.closes) for each in schedule.intervals if each.weekday == day.weekday()]
        if special:
            hours = [(span.opens, span.closes) for each in special for span in each.spans]
        elif not schedule.intervals:
            hours = [(time(0), time(0))]
        for opens, closes in hours:
            start = datetime.combine(day, opens)
            end = datetime.combine(day + timedelta(days=closes <= opens), closes)
            if start <= local < end:
                return True
    return False


@given(schedules, moments, st.sampled_from(("America/Sao_Paulo", "America/Manaus", "America/Noronha")))
@no_deadline
def test_open_means_that_the_clock_on_the_wall_is_inside_a_shift(
    schedule: Schedule, now: datetime, tz: str
) -> None:
    assert opening_state(schedule, tz, now).is_open is by_the_wall_clock(schedule, tz, now)


@given(schedules, moments, st.sampled_from(("America/Sao_Paulo", "America/New_York", "America/Santiago")))
@no_deadline
def test_announced_changes_happen(schedule: Schedule, now: datetime, tz: str) -> None:
    """Also through a clock change: New York jumps forward on 8 March 2026."""
    state = opening_state(schedule, tz, now)
    moment = timedelta(seconds=1)
    if state.is_open:
        assert state.next_opening is None
        if state.closes_at is not None:
            assert now < state.closes_at
            assert opening_state(schedule, tz, state.closes_at - moment).is_open
            assert not opening_state(schedule, tz, state.closes_at).is_open
    elif state.next_opening is not None:
        assert now < state.next_opening <= now + timedelta(days=60)
        assert opening_state(schedule, tz, state.next_opening).is_open
        assert not opening_state(schedule, tz, state.next_opening - moment).is_open


@given(
    schedules,
    moments,
    st.sampled_from(("America/Sao_Paulo", "America/New_York")),
    st.builds(SlotRules, st.sampled_from((15, 45, 60, 120)), st.integers(0, 300), st.integers(0, 5)),
    st.integers(0, 4),
)
@settings(deadline=None, max_examples=50)
def test_offered_slots_can_be_booked_and_do_not_overlap(
    schedule: Schedule, now: datetime, tz: str, rules: SlotRules, ahead: int
) -> None:
    day = now.astimezone(ZoneInfo(tz)).date() + timedelta(days=ahead)
    slots = slots_of_day(schedule, tz, rules, day, now)
    for before, after in pairwise(slots):
        assert before.ends_at <= after.starts_at
    for slot in slots[:3] + slots[-1:]:
        assert slot.starts_at.astimezone(ZoneInfo(tz)).date() == day
        assert slot.ends_at - slot.starts_at == timedelta(minutes=rules.slot_minutes)
        assert opening_state(schedule, tz, slot.starts_at).is_open
        assert opening_state(schedule, tz, slot.ends_at - timedelta(seconds=1)).is_open
        assert find_slot(schedule, tz, rules, slot.starts_at, now) == slot
        assert find_slot(schedule, tz, rules, slot.ends_at - timedelta(seconds=1), now) == slot


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=10), st.integers(0, 60_000), st.data())
@no_deadline
def test_contiguous_rings_serve_every_distance_once(
    widths: list[int], metres: int, data: st.DataObject
) -> None:
    areas: list[Area] = []
    reach = 0
    for number, width in enumerate(widths):
        areas.append(Area(UUID(int=number), "km", number, metres_min=reach, metres_max=reach + width))
        reach += width
    shuffled = data.draw(st.permutations(areas))
    check = check_areas(shuffled)
    assert (check.refusals, check.warnings) == ((), ())
    area = match_area(shuffled, Destination("01310100", "", "", metres))
    holding = [each for each in areas if each.metres_min <= metres < each.metres_max]
    assert [area] == holding if metres < reach else area is None


@given(cents, st.none() | cents, cents)
@no_deadline
def test_shipping_is_the_fee_or_nothing(fee: int, free_above: int | None, subtotal: int) -> None:
    charged = shipping_for(Area(UUID(int=1), "km", fee, free_above_cents=free_above), subtotal)
    assert charged == (0 if free_above is not None and subtotal >= free_above else fee)


stock_ids = st.integers(1, 4).map(lambda number: UUID(int=number))
movements = st.lists(
    st.builds(Movement, st.sampled_from(list(MovementKind)), st.integers(-5, 20)), max_size=40
)


@given(movements, st.booleans())
@no_deadline
def test_levels_are_the_sum_of_the_movements(tried: list[Movement], force: bool) -> None:
    level, accepted = Level(), []
    for movement in tried:
        try:
            level = apply(level, movement, force=force)
        except StockRuleBroken:
            continue
        accepted.append(movement)
        assert level.on_hand >= 0
        assert level.reserved >= 0
        assert force or level.reserved <= level.on_hand
    assert sum_of_movements(accepted) == (level.on_hand, level.reserved)


@given(
    st.lists(st.builds(LineNeed, st.none() | stock_ids, st.integers(1, 9)), max_size=8),
    st.lists(st.builds(OptionNeed, st.none() | stock_ids, st.integers(1, 3), st.integers(1, 9)), max_size=8),
    st.dictionaries(stock_ids, st.builds(Level, st.integers(0, 60))),
    st.data(),
)
@no_deadline
def test_a_cart_without_shortage_can_be_reserved_whole(
    lines: list[LineNeed], options: list[OptionNeed], levels: dict[UUID, Level], data: st.DataObject
) -> None:
    demand = aggregate_demand(lines, options)
    assert list(demand) == sorted(demand)
    assert list(aggregate_demand(data.draw(st.permutations(lines)), options).items()) == list(demand.items())
    short = {shortage.stock_item_id for shortage in shortages(demand, levels)}
    for stock_item_id, quantity in demand.items():
        level = levels.get(stock_item_id, Level())
        try:
            after = apply(level, Movement(MovementKind.RESERVE, quantity))
        except StockRuleBroken:
            assert stock_item_id in short
        else:
            assert stock_item_id not in short
            assert after.available == level.available - quantity


@given(st.lists(st.integers(1, 5), max_size=20), st.integers(0, 30), st.integers(0, 40))
@no_deadline
def test_falling_stock_warns_at_most_once(sales: list[int], threshold: int, start: int) -> None:
    level, warnings = Level(start), 0
    for quantity in sales:
        if quantity <= level.available:
            after = apply(level, Movement(MovementKind.RESERVE, quantity))
            warnings += crossed_low(level, after, threshold)
            level = after
    assert warnings == int(start > threshold >= level.available)


letters = st.text(alphabet="abcdefghijlmnopqrstuv", min_size=4, max_size=9)
dishes = st.lists(letters, min_size=1, max_size=4).map(" ".join)


@given(dishes, st.data())
@no_deadline
def test_a_name_is_found_by_itself_by_beginnings_and_in_spite_of_a_swap(
    name: str, data: st.DataObject
) -> None:
    item = entry(UUID(int=1), name)
    assert [hit.id for hit in search([item], name.upper())] == [item.id]
    word = data.draw(st.sampled_from(name.split()))
    beginning = word[: data.draw(st.integers(1, len(word)))]
    assert rank(name, word) == 1.0
    assert rank(name, beginning) >= 0.9
    at = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert rank(name, swapped) > 0


@given(st.lists(st.text(max_size=20), max_size=8), st.text(max_size=120), st.integers(-3, 300))
@no_deadline
def test_search_never_fails_and_never_repeats(names: list[str], query: str, limit: int) -> None:
    hits = search([entry(UUID(int=number), name) for number, name in enumerate(names)], query, limit)
    assert len(hits) <= max(min(limit, 100), 0)
    assert len({hit.id for hit in hits}) == len(hits)
    assert all(0 < hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
