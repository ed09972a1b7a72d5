"""The outside services, by port. Modules ask here; `registry.py` decides who answers.

Whoever answers is `measured`: each call is counted with its time and how it ended.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from balcao.kernel.observability.metrics import PROVIDER_SECONDS
from balcao.ports.crm import Crm
from balcao.ports.email import EmailSender
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.payments import PaymentProvider
from balcao.ports.places import Places

Provider = TypeVar("Provider")
# A provider inside another (the consent of a CRM), measured like it.
_INNER: Final = frozenset({"sign_in"})


@dataclass(frozen=True, slots=True)
class Providers:
    """One chosen provider per port. Every default works with no key and no network."""

    email: EmailSender
    places: Places
    pix: PaymentProvider
    # Several at once, by name: each connection of a business says which it is to.
    crm: Mapping[str, Crm] = field(default_factory=dict[str, Crm])


def measured(port: str, provider: Provider) -> Provider:
    """The provider with every call timed. To its users it is the same; its type is not."""
    return cast("Provider", _Measured(port, provider))


class _Measured:
    """Stands in front of a provider; everything but coroutines passes through."""

    def __init__(self, port: str, provider: object) -> None:
        self._port = port
        self._provider = provider
        self._name = str(getattr(provider, "name", "") or type(provider).__name__.lower())

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
            began, outcome = time.perf_counter(), "error"
            try:
                answer = await call(*arguments, **named)
                outcome = str(getattr(answer, "verdict", "ok"))  # a CRM's answer says itself how it ended
            except ProviderRejected:
                outcome = "rejected"
                raise
            except ProviderUnavailable:
                outcome = "unavailable"
                raise
            finally:
                labels = (self._port, self._name, operation, outcome)
                PROVIDER_SECONDS.labels(*labels).observe(time.perf_counter() - began)
            return answer

        return timed
