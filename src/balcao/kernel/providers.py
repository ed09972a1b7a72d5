"""The outside services, by port. Modules ask here; `registry.py` decides who answers.

Whoever answers is `measured`: each call is counted with its time and how it ended, and a service that was not there
several times running is left alone for a while (`kernel/circuit.py`).
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import structlog

from balcao.kernel.circuit import Circuit
from balcao.kernel.observability.metrics import PROVIDER_CIRCUIT, PROVIDER_FAILED_AT, PROVIDER_SECONDS
from balcao.kernel.observability.tracing import call_span
from balcao.ports.channels import Channel
from balcao.ports.crm import Crm
from balcao.ports.email import EmailSender
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.payments import PaymentProvider
from balcao.ports.places import Places
from balcao.ports.webhooks import WebhookSender

Provider = TypeVar("Provider")
# A provider inside another (the consent of a CRM), measured like it.
_INNER: Final = frozenset({"sign_in"})
# Contacts go to a CRM a few at once, and each must end with a word of its own; sending waits and stops by itself
# (modules/contacts). Its circuit only shows.
_NEVER_REFUSED: Final = frozenset({"crm"})
# Every business's own addresses stand behind this one port: a dead one says nothing of the others, and each is stopped
# for itself (modules/admin/webhook_jobs).
_OF_MANY: Final = frozenset({"webhooks"})
# How an answer that is no exception says that nobody was there.
_ABSENT: Final = frozenset({"unreachable", "unclear"})
_LEVEL: Final = {"closed": 0, "trial": 1, "open": 2}

log = structlog.get_logger("balcao.providers")


@dataclass(frozen=True, slots=True)
class Providers:
    """One chosen provider per port. Every default works with no key and no network."""

    email: EmailSender
    places: Places
    pix: PaymentProvider
    webhooks: WebhookSender
    # Several at once, by name: each connection of a business says which it is to.
    crm: Mapping[str, Crm] = field(default_factory=dict[str, Crm])
    # The messengers, by name.
    channels: Mapping[str, Channel] = field(default_factory=dict[str, Channel])


def measured(port: str, provider: Provider, *, circuit: Circuit | None = None) -> Provider:
    """The provider with every call timed, and refused at once while its circuit is open. To its users it is the same;
    its type is not."""
    return cast("Provider", _Measured(port, provider, circuit or Circuit()))


class _Measured:
    """Stands in front of a provider; everything but coroutines passes through."""

    def __init__(self, port: str, provider: object, circuit: Circuit) -> None:
        self._port = port
        self._provider = provider
        self._name = str(getattr(provider, "name", "") or type(provider).__name__.lower())
        self._circuit = circuit
        PROVIDER_CIRCUIT.labels(port, self._name).set(_LEVEL[circuit.state])

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._provider, name)
        if name in _INNER and found is not None:
            found = measured(self._port, found)
        elif inspect.iscoroutinefunction(found):
            found = self._timed(name, found)
        else:
            return found
        setattr(self, name, found)  # made once: the next question does not come here
        return found

    def __repr__(self) -> str:
        return repr(self._provider)

    def _timed(self, operation: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(call)
        async def timed(*arguments: Any, **named: Any) -> Any:
            ticket = self._enter(operation)
            began, outcome = time.perf_counter(), "error"
            try:
                with call_span(f"{self._port} {operation}", {"balcao.provider": self._name}):
                    answer = await call(*arguments, **named)
                outcome = str(getattr(answer, "verdict", "ok"))  # a CRM's answer says itself how it ended
                self._leave(ticket, outcome if outcome in _ABSENT else "")
            except ProviderRejected as error:
                outcome = "rejected"
                self._leave(ticket, "", told=f"{type(error).__name__} {error.code}")
                raise
            except ProviderUnavailable as error:
                outcome = "unavailable"
                # Who asks to wait is there; the job waits as long as it was asked to.
                kind = type(error).__name__
                self._leave(ticket, kind if error.retry_after is None else "", told=kind)
                raise
            except BaseException:
                self._circuit.left(ticket)
                raise
            finally:
                labels = (self._port, self._name, operation, outcome)
                PROVIDER_SECONDS.labels(*labels).observe(time.perf_counter() - began)
                self._show()
            return answer

        return timed

    def _enter(self, operation: str) -> int:
        wait = self._circuit.wait()
        if wait > 0 and self._port not in _NEVER_REFUSED:
            PROVIDER_SECONDS.labels(self._port, self._name, operation, "circuit_open").observe(0)
            raise ProviderUnavailable(f"{self._name} is left alone for a while", retry_after=wait)
        ticket = self._circuit.enter() if wait == 0 else self._circuit.era
        self._show()
        return ticket

    def _leave(self, ticket: int, absent: str, *, told: str = "") -> None:
        """`absent` names how the service was not there, `told` what it refused; both are words of the program."""
        if kind := absent or told:
            PROVIDER_FAILED_AT.labels(self._port, self._name, kind).set(time.time())
        if not absent or self._port in _OF_MANY:
            self._circuit.succeeded(ticket)
            return
        before = self._circuit.state
        self._circuit.failed(ticket)
        if self._circuit.state == "open" != before:
            log.warning("provider_circuit_open", port=self._port, provider=self._name, kind=absent)

    def _show(self) -> None:
        PROVIDER_CIRCUIT.labels(self._port, self._name).set(_LEVEL[self._circuit.state])
