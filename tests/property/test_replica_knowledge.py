"""Whatever happens in whatever order: a replica is never asked for what it has not replayed, nor after its time."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from balcao.kernel.db.engine import Database
from balcao.kernel.db.replica import Replica

TENANTS = [UUID(int=1), UUID(int=2)]
MAX_LAG = 5.0
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(TENANTS)),
        st.tuples(st.just("write_somewhere"), st.none()),
        st.tuples(st.just("replay"), st.integers(0, 6)),
        st.tuples(st.just("look"), st.booleans()),
        st.tuples(st.just("pass"), st.floats(0.1, 4.0)),
        st.tuples(st.just("fail"), st.none()),
    ),
    max_size=60,
)


def _replica(clock: list[float]) -> Replica:
    database = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    return Replica("", database, max_lag_seconds=MAX_LAG, clock=lambda: clock[0])


@given(STEPS)
@settings(deadline=None)
def test_what_it_is_asked_for_it_has(steps: list[tuple[str, object]]) -> None:
    clock, written, replayed = [100.0], 0, 0
    replica = _replica(clock)
    wrote_at = dict.fromkeys(TENANTS, 0)  # position of each tenant's last change
    replayed_at = [(clock[0], 0)]
    for step, value in steps:
        clock[0] += 0.001
        match step:
            case "write" | "write_somewhere":
                written += 1
                for tenant in TENANTS if value is None else [value]:
                    wrote_at[tenant] = written  # type: ignore[index]
                replica.wrote(value)  # type: ignore[arg-type]
            case "replay":
                replayed = min(written, replayed + int(str(value)))
            case "look":
                replica.note(clock[0], written, replayed if value else None)
            case "pass":
                clock[0] += float(str(value))
            case _:
                replica.failed()
        replayed_at.append((clock[0], written))
        for tenant in TENANTS:
            if replica.knows(tenant):
                assert replayed >= wrote_at[tenant]
                was_written = max(at for moment, at in replayed_at if moment <= clock[0] - MAX_LAG or at == 0)
                assert replayed >= was_written, "nothing older than the bound is missing"


def test_a_fresh_replica_is_asked_and_a_cut_off_one_is_not() -> None:
    clock = [100.0]
    replica = _replica(clock)
    assert not replica.knows(TENANTS[0])
    replica.note(clock[0], 7, 7)
    assert replica.knows(TENANTS[0])
    replica.wrote(TENANTS[0])
    assert not replica.knows(TENANTS[0])
    assert replica.knows(TENANTS[1])
    clock[0] += 1
    replica.note(clock[0], 8, 7)
    assert not replica.knows(TENANTS[0])
    assert replica.knows(TENANTS[1])
    clock[0] += 1
    replica.note(clock[0], 9, 8)
    assert replica.knows(TENANTS[0]), "it has what was written a second ago"
    clock[0] += MAX_LAG
    assert not replica.knows(TENANTS[0])
