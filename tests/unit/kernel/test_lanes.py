"""Lanes: few at a time for each key, in order, with an end to patience."""

from __future__ import annotations

import asyncio

import pytest

from balcao.kernel.errors import UnavailableError
from balcao.kernel.lanes import Lanes


async def test_no_more_than_its_width_are_in_a_lane_and_all_get_through_in_order() -> None:
    lanes, inside, most, order = Lanes(2), 0, 0, list[int]()

    async def visit(number: int) -> None:
        nonlocal inside, most
        async with lanes.enter("orders"):
            inside, most = inside + 1, max(most, inside + 1)
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit(number) for number in range(20)))
    assert most == 2
    assert order == list(range(20))


async def test_lanes_of_other_keys_are_not_held_up() -> None:
    lanes = Lanes(1, patience_seconds=0.01)
    async with lanes.enter(("a", "orders")), lanes.enter(("b", "orders")):
        pass


async def test_who_waits_too_long_is_told_to_come_back_and_the_place_stays_good() -> None:
    lanes = Lanes(1, patience_seconds=0.01)
    async with lanes.enter("orders"):
        with pytest.raises(UnavailableError) as refused:
            async with lanes.enter("orders"):
                raise AssertionError("two in a lane of one")
        assert refused.value.headers["Retry-After"]
    async with lanes.enter("orders"):
        pass


async def test_an_error_inside_frees_the_place_and_an_empty_lane_is_forgotten() -> None:
    lanes = Lanes(1)
    with pytest.raises(ValueError, match="inside"):
        async with lanes.enter("orders"):
            raise ValueError("inside")
    async with lanes.enter("orders"):
        pass
    assert not vars(lanes)["_lanes"]
