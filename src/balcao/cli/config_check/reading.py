"""Reading settings that may be wrong: each wrong one is told and left at its default, so that the rest is looked at too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from pydantic import ValidationError

from balcao.cli.config_check.findings import Finding, stop
from balcao.kernel.secrets.loading import (
    SecretsNotLoadedError,
    load_local,
    load_secrets,
    open_secrets,
)
from balcao.kernel.secrets.source_settings import SECRET_MIN_LENGTH, SecretSourceSettings
from balcao.kernel.settings import Environment, Settings, secret_settings, variables_of

Kind = TypeVar("Kind", bound=SecretSourceSettings)


class _Chosen(SecretSourceSettings):
    env: Environment = "development"


@dataclass(frozen=True, slots=True)
class Read:
    """The settings as far as they can be read, and the environment they are judged for."""

    settings: Settings
    env: Environment
    findings: list[Finding]


def read_settings(known: dict[str, Any], wanted: Environment | None) -> Read:
    """All settings, with the secrets of the chosen source. `wanted` is judged for instead of ENV."""
    chosen, findings = _tolerant(_Chosen, known)
    found, refusals = _secrets(chosen)
    # As in development, so that what is unsafe is told by the rules, all of it, and not by a refusal to read.
    settings, problems = _tolerant(Settings, {**found, **known, "env": "development"})
    told = {(item.subject, item.text): item for item in (*findings, *refusals, *problems)}
    return Read(settings, wanted or chosen.env, list(told.values()))


def _tolerant(kind: type[Kind], given: dict[str, Any]) -> tuple[Kind, list[Finding]]:
    findings: list[Finding] = []
    given = dict(given)
    while True:
        try:
            return kind(**given), findings
        except ValidationError as error:
            for name, message in _problems(kind, error):
                findings.append(_problem(kind, name, message))
                given[name] = kind.model_fields[name].default


def _problems(kind: type[SecretSourceSettings], error: ValidationError) -> Iterator[tuple[str, str]]:
    fields = {
        variable: name for name, field in kind.model_fields.items() for variable in variables_of(name, field)
    }
    fields |= {name.upper(): name for name in kind.model_fields}
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        yield fields[str(problem["loc"][0]).upper()], problem["msg"]


def _problem(kind: type[SecretSourceSettings], name: str, message: str) -> Finding:
    variable = variables_of(name, kind.model_fields[name])[0]
    if name in {"auth_secret", "auth_secret_previous", "auth_secrets"}:
        return stop(variable, "needs {length} characters or more.", length=SECRET_MIN_LENGTH)
    return stop(variable, "cannot be used as it is set: {reason}.", reason=message)


_REASONS: Final[dict[str, Finding]] = {
    item.subject: item
    for item in (
        stop("missing", "is not in the source of secrets."),
        stop("deleted", "was deleted in the source of secrets."),
        stop("only_in_environment", "is set here, but SECRETS_PROVIDER has no such secret and SECRETS_ENV_FALLBACK does not name it."),
        stop("forbidden", "may not be read with the credentials given to the source of secrets."),
        stop("login_refused", "cannot be read: the source of secrets refuses the credentials."),
        stop("no_credentials", "cannot be read: there are no credentials for the source of secrets."),
        stop("identity_unreadable", "cannot be read: the token file of the workload identity is not there."),
        stop("decryption", "cannot be read: the key that encrypts it may not be used."),
        stop("open_to_others", "lies in a file that others may read. Give it mode 600."),
        stop("timeout", "cannot be read: the source of secrets did not answer in time."),
        stop("no_connection", "cannot be read: the source of secrets cannot be reached."),
        stop("throttled", "cannot be read now: the source of secrets asks to wait."),
        stop("sealed", "cannot be read: the vault is sealed."),
    )
}  # fmt: skip


def _secrets(source: SecretSourceSettings) -> tuple[dict[str, Any], list[Finding]]:
    by_variable = secret_settings()
    try:
        cache = open_secrets(source)
    except ValueError as error:
        return {}, [
            stop(str(error), "is missing: SECRETS_PROVIDER={name} needs it.", name=source.secrets_provider)
        ]
    except OSError:
        return {}, [stop("VAULT_CACERT", "names a file of certificates that cannot be read.")]
    try:
        if source.secrets_provider == "local":
            found = load_local(cache, by_variable)
        else:
            found = load_secrets(cache, by_variable, in_environment=os.environ)
    except SecretsNotLoadedError as error:
        return {}, [_refusal(item.name, item.kind) for item in error.errors]
    finally:
        cache.close()
    return cast("dict[str, Any]", {by_variable[name]: value for name, value in found.items()}), []


def _refusal(name: str, kind: str) -> Finding:
    known = _REASONS.get(kind)
    if known is None:
        return stop(name, "cannot be read from the source of secrets ({kind}).", kind=kind)
    return stop(name, known.text)
