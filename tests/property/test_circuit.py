"""The circuit breaker against a plain model of it, under every order of calls and moments."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from balcao.kernel.circuit import Circuit

MOST, WINDOW, REST = 3, 60.0, 30.0


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def circuit_with(clock: Clock) -> Circuit:
    return Circuit(failures=MOST, window=WINDOW, rest=REST, clock=clock)


def fail(circuit: Circuit, times: int = 1) -> None:
    for _ in range(times):
        circuit.failed(circuit.enter())


class AnyOrder(RuleBasedStateMachine):
    """Calls begin, end in three ways and overlap while time passes in jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.circuit = circuit_with(self.clock)
        self.calls: list[int] = []
        self.trial: int | None = None
        self.trial_since = 0.0
        self.opened_at: float | None = None
        self.freed = False

    @rule(seconds=st.sampled_from([0.0, 0.5, 10.0, 29.9, 30.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def somebody_calls(self) -> None:
        before = self.circuit.state
        if self.circuit.wait() > 0:
            assert before != "closed"
            return
        ticket = self.circuit.enter()
        self.calls.append(ticket)
        if before == "closed":
            return
        assert self.opened_at is not None
        assert self.clock.now - self.opened_at >= REST or self.trial is not None or self.freed
        if self.trial is not None:  # the trial before it was never heard of again
            assert self.clock.now - self.trial_since >= REST
        self.trial, self.trial_since = ticket, self.clock.now

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), how=st.sampled_from(["succeeded", "failed", "left"]))
    def a_call_ends(self, data: st.DataObject, how: str) -> None:
        ticket = self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))
        before = self.circuit.state
        getattr(self.circuit, how)(ticket)
        after = self.circuit.state
        if before == "open":
            assert after == "open", "what began before the rest says nothing of it"
        elif before == "trial":
            is_the_trial = ticket == self.trial
            wanted = (
                {"succeeded": "closed", "failed": "open", "left": "open"}[how] if is_the_trial else "trial"
            )
            assert after == wanted
            if is_the_trial:
                self.trial, self.freed = None, how == "left"
                self.opened_at = self.clock.now if how == "failed" else self.opened_at
        elif after != "closed":
            assert (after, how) == ("open", "failed")
            self.opened_at, self.freed = self.clock.now, False

    @invariant()
    def an_open_one_tells_how_long(self) -> None:
        wait = self.circuit.wait()
        assert 0 <= wait <= REST
        assert wait == 0 or self.circuit.state != "closed"


AnyOrder.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
TestAnyOrder = AnyOrder.TestCase


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 50)), max_size=40))
def test_it_opens_at_the_third_failure_running_within_a_minute_and_never_else(
    ends: list[tuple[bool, float]],
) -> None:
    clock = Clock()
    circuit = circuit_with(clock)
    running: list[float] = []
    for is_good, pause in ends:
        clock.now += pause
        ticket = circuit.enter()
        if is_good:
            circuit.succeeded(ticket)
            running = []
        else:
            circuit.failed(ticket)
            running.append(clock.now)
        last = running[-MOST:]
        should_open = len(last) == MOST and last[-1] - last[0] <= WINDOW
        assert circuit.state == ("open" if should_open else "closed")
        if should_open:
            return


@settings(deadline=None)
@given(trials=st.lists(st.booleans(), min_size=1, max_size=8), waiters=st.integers(1, 5))
def test_after_the_rest_one_goes_and_the_others_wait(trials: list[bool], waiters: int) -> None:
    clock = Clock()
    circuit = circuit_with(clock)
    fail(circuit, MOST)
    for is_good in trials:
        assert circuit.wait() == REST
        clock.now += REST / 2
        assert circuit.wait() == REST / 2
        clock.now += REST / 2
        assert circuit.wait() == 0
        ticket = circuit.enter()
        assert circuit.state == "trial"
        assert [circuit.wait() > 0 for _ in range(waiters)] == [True] * waiters
        if is_good:
            circuit.succeeded(ticket)
            assert (circuit.state, circuit.wait()) == ("closed", 0)
            fail(circuit, MOST - 1)
            assert circuit.state == "closed", "it forgot what was before"
            fail(circuit)
        else:
            circuit.failed(ticket)
        assert circuit.state == "open"


def test_a_trial_that_was_given_up_frees_its_place_at_once() -> None:
    clock = Clock()
    circuit = circuit_with(clock)
    fail(circuit, MOST)
    clock.now += REST
    circuit.left(circuit.enter())
    assert (circuit.state, circuit.wait()) == ("open", 0)
    circuit.succeeded(circuit.enter())
    assert circuit.state == "closed"


def test_a_trial_nobody_heard_of_again_does_not_shut_the_service_out_for_ever() -> None:
    clock = Clock()
    circuit = circuit_with(clock)
    fail(circuit, MOST)
    clock.now += REST
    lost = circuit.enter()
    clock.now += REST
    assert circuit.wait() == 0
    second = circuit.enter()
    circuit.failed(lost)
    assert circuit.state == "trial"
    circuit.succeeded(second)
    assert circuit.state == "closed"


def test_calls_that_began_before_the_rest_neither_shorten_nor_lengthen_it() -> None:
    clock = Clock()
    circuit = circuit_with(clock)
    early, late = circuit.enter(), circuit.enter()
    fail(circuit, MOST)
    clock.now += 10
    circuit.succeeded(early)
    circuit.failed(late)
    assert (circuit.state, circuit.wait()) == ("open", REST - 10)


def test_what_ends_without_a_word_counts_neither_way() -> None:
    circuit = circuit_with(Clock())
    fail(circuit, MOST - 1)
    circuit.left(circuit.enter())
    assert circuit.state == "closed"
    fail(circuit)
    assert circuit.state == "open"
