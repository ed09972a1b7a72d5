"""What leaves for the operator's other programs: traces for a collector, unexpected errors for Sentry. Both optional."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from balcao.kernel.observability.sentry import sentry_is_installed, start_sentry, stop_sentry
from balcao.kernel.observability.tracing import start_tracing, stop_tracing, tracing_is_installed
from balcao.kernel.settings import Settings


def own_version() -> str:
    """The version of the program; `checkout` when it was not installed as a package."""
    try:
        return version("balcao")
    except PackageNotFoundError:
        return "checkout"


def outward_problem(settings: Settings) -> str | None:
    """Why the program cannot start with these settings, in a sentence: a package they call for is missing."""
    wanted = (
        ("SENTRY_DSN", settings.sentry_dsn.get_secret_value(), sentry_is_installed),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", settings.otel_exporter_otlp_endpoint, tracing_is_installed),
    )
    missing = [name for name, value, is_installed in wanted if value and not is_installed()]
    if not missing:
        return None
    return f"{' and '.join(missing)} need optional packages: pip install --require-hashes -r requirements-tracing.lock"


def start_outward(settings: Settings) -> None:
    """Begins sending what the settings ask for. Raises the error of the package that is missing."""
    start_sentry(settings.sentry_dsn.get_secret_value(), release=own_version(), environment=settings.env)
    start_tracing(
        settings.otel_exporter_otlp_endpoint,
        service=settings.otel_service_name,
        version=own_version(),
        environment=settings.env,
        share=settings.otel_traces_sampler_arg,
    )


def stop_outward() -> None:
    """Sends what waits, and ends."""
    stop_tracing()
    stop_sentry()
