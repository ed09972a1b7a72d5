"""A provider behind its circuit: left alone after five failures, tried once after the rest, and both are told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from balcao.kernel.circuit import Circuit
from balcao.kernel.observability.series import REGISTRY
from balcao.kernel.providers import measured
from balcao.ports.errors import ProviderRejected, ProviderUnavailable


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Service:
    """Does as it is told to; counts how often it was really asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked = 0
        self.answer: Any = "here"

    async def ask(self) -> Any:
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        if isinstance(self.answer, asyncio.Event):
            await self.answer.wait()
        return self.answer


def state_of(port: str, name: str) -> float | None:
    return REGISTRY.get_sample_value("balcao_provider_circuit_state", {"port": port, "provider": name})


def calls_of(port: str, name: str, outcome: str) -> float:
    labels = {"port": port, "provider": name, "operation": "ask", "outcome": outcome}
    return REGISTRY.get_sample_value("balcao_provider_call_seconds_count", labels) or 0


async def fail(asked: Any, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ProviderUnavailable):
            await asked.ask()


async def test_five_failures_open_it_and_the_remaining_wait_is_told() -> None:
    clock, service = Clock(), Service("five")
    asked = measured("email", service, circuit=Circuit(clock=clock))
    service.answer = ProviderUnavailable("not there")
    await fail(asked, 4)
    assert state_of("email", "five") == 0
    await fail(asked, 1)
    assert (service.asked, state_of("email", "five")) == (5, 2)
    clock.now += 10
    with pytest.raises(ProviderUnavailable) as refused:
        await asked.ask()
    assert refused.value.retry_after == 20
    assert (service.asked, calls_of("email", "five", "circuit_open")) == (5, 1)
    clock.now += 20
    service.answer = "back"
    assert await asked.ask() == "back"
    assert (service.asked, state_of("email", "five")) == (6, 0)


async def test_while_one_tries_the_others_are_refused() -> None:
    clock, service = Clock(), Service("one-tries")
    asked = measured("email", service, circuit=Circuit(clock=clock))
    service.answer = ProviderUnavailable("not there")
    await fail(asked, 5)
    clock.now += 30
    service.answer = asyncio.Event()
    trial = asyncio.create_task(asked.ask())
    await asyncio.sleep(0)
    assert state_of("email", "one-tries") == 1
    await fail(asked, 3)
    assert service.asked == 6
    service.answer.set()
    await trial
    assert state_of("email", "one-tries") == 0


async def test_a_trial_that_was_cut_off_lets_the_next_try() -> None:
    clock, service = Clock(), Service("cut-off")
    asked = measured("email", service, circuit=Circuit(clock=clock))
    service.answer = ProviderUnavailable("not there")
    await fail(asked, 5)
    clock.now += 30
    service.answer = asyncio.Event()
    trial = asyncio.create_task(asked.ask())
    await asyncio.sleep(0)
    trial.cancel()
    await asyncio.gather(trial, return_exceptions=True)
    service.answer = "back"
    assert await asked.ask() == "back"


@pytest.mark.parametrize(
    "answer",
    [ProviderRejected("email_refused"), ProviderUnavailable("busy", retry_after=60), KeyError("ours")],
)
async def test_who_answers_is_there_whatever_the_answer(answer: Exception) -> None:
    service = Service(f"answers-{type(answer).__name__}")
    asked = measured("email", service, circuit=Circuit(clock=Clock()))
    service.answer = answer
    for _ in range(12):
        with pytest.raises(type(answer)):
            await asked.ask()
    assert (service.asked, state_of("email", service.name)) == (12, 0)


async def test_a_crm_is_watched_and_never_refused() -> None:
    class Answer:
        verdict = "unreachable"

    service = Service("crm-watched")
    asked = measured("crm", service, circuit=Circuit(clock=Clock()))
    service.answer = Answer()
    for _ in range(8):
        await asked.ask()
    assert (service.asked, state_of("crm", "crm-watched")) == (8, 2)
    service.answer = "here"
    await asked.ask()
    assert state_of("crm", "crm-watched") == 0


async def test_the_last_failure_is_told_by_kind() -> None:
    service = Service("kinds")
    asked = measured("email", service)
    service.answer = ProviderRejected("email_refused")
    with pytest.raises(ProviderRejected):
        await asked.ask()
    labels = {"port": "email", "provider": "kinds", "kind": "ProviderRejected email_refused"}
    assert REGISTRY.get_sample_value("balcao_provider_last_failure_seconds", labels)


async def test_the_dead_address_of_one_business_does_not_hold_up_the_webhooks_of_others() -> None:
    service = Service("many")
    asked = measured("webhooks", service, circuit=Circuit(clock=Clock()))
    service.answer = ProviderUnavailable("name_unknown")
    await fail(asked, 20)
    assert service.asked == 20
    service.answer = "here"
    assert await asked.ask() == "here"
    assert state_of("webhooks", "many") == 0
