"""What is seen of one run of a job: its request's id in every log line, its span, its unexpected end."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from balcao.kernel.errors import DomainError
from balcao.kernel.observability.logging import current_request_id
from balcao.kernel.observability.sentry import report_error
from balcao.kernel.observability.tracing import job_span
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

# Ends that are part of the work: a rule said no, a provider said no or was not there. Retries and /metrics deal with them.
EXPECTED = (DomainError, ProviderRejected, ProviderUnavailable)


@contextlib.contextmanager
def watched(task: str, *, tenant: str, request_id: str, traceparent: str, attempt: int) -> Generator[None]:
    """Runs the block as a part of the request that asked for the job, and reports what nobody expected."""
    token = current_request_id.set(request_id or None)
    about: dict[str, str | int] = {
        "balcao.request_id": request_id,
        "balcao.tenant": tenant,
        "balcao.attempt": attempt,
    }
    try:
        with job_span(task, traceparent, about):
            yield
    except EXPECTED:
        raise
    except Exception as error:
        report_error(error, request_id=request_id, tenant=tenant, task=task, attempt=attempt)
        raise
    finally:
        current_request_id.reset(token)
