"""Where credentials for AWS come from: the workload's identity first, keys of the settings next, the machine's role last.

Sources: docs.aws.amazon.com on AssumeRoleWithWebIdentity (EKS), on container credentials (ECS, EKS Pod Identity) and on
instance metadata, version 2 (EC2).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from balcao.kernel.secrets.http import Answer, Line, read_token
from balcao.kernel.secrets.port import SecretForbiddenError, SecretUnavailableError
from balcao.kernel.secrets.sigv4 import AwsKeys

CONTAINER_HOST: Final = "http://169.254.170.2"
METADATA: Final = "http://169.254.169.254/latest"
RENEW_BEFORE: Final = timedelta(minutes=5)
METADATA_SECONDS: Final = 21_600


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsWorkload:
    """What the platform a program runs on tells it through the environment."""

    role_arn: str = ""
    web_identity_file: Path | None = None
    container_url: str = ""
    container_token: str = ""
    container_token_file: Path | None = None
    sts_url: str = ""
    metadata_url: str = METADATA

    @classmethod
    def of(cls, environment: Mapping[str, str], region: str) -> AwsWorkload:
        """As ECS, EKS and EC2 set the variables."""
        relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "")
        container = CONTAINER_HOST + relative if relative else ""
        return cls(
            role_arn=environment.get("AWS_ROLE_ARN", ""),
            web_identity_file=_path(environment.get("AWS_WEB_IDENTITY_TOKEN_FILE")),
            container_url=container or environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""),
            container_token=environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""),
            container_token_file=_path(environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")),
            sts_url=environment.get("AWS_ENDPOINT_URL_STS", f"https://sts.{region}.amazonaws.com/"),
        )


class AwsCredentials:
    """The credentials of now, fetched anew five minutes before they end."""

    def __init__(
        self,
        line: Line,
        workload: AwsWorkload,
        own: AwsKeys | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._line = line
        self._workload = workload
        self._own = own
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: AwsKeys | None = None

    def keys(self, name: str) -> AwsKeys:
        """The keys to sign with. Raises SecretForbiddenError and SecretUnavailableError about the secret `name`."""
        with self._lock:
            keys = self._keys
            if keys is None or (
                keys.expires_at is not None and self._clock() >= keys.expires_at - RENEW_BEFORE
            ):
                keys = self._keys = self._fetch(name)
            return keys

    def forget(self) -> None:
        """Fetches anew at the next question: AWS said that the ones we hold have ended."""
        with self._lock:
            self._keys = None

    def _fetch(self, name: str) -> AwsKeys:
        workload = self._workload
        if workload.web_identity_file is not None and workload.role_arn:
            return self._of_web_identity(name, workload.web_identity_file)
        if workload.container_url:
            return self._of_container(name)
        return self._own or self._of_machine(name)

    def _of_web_identity(self, name: str, token_file: Path) -> AwsKeys:
        form = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": self._workload.role_arn,
            "RoleSessionName": "balcao",
            "WebIdentityToken": read_token(name, token_file),
        }
        headers = {"Accept": "application/json"}
        answer = self._line.ask(name, "POST", self._workload.sts_url, headers=headers, form=form)
        _need_ok(name, answer)
        found = answer.member(
            "AssumeRoleWithWebIdentityResponse", "AssumeRoleWithWebIdentityResult", "Credentials"
        )
        return _keys_of(name, found, session_field="SessionToken")

    def _of_container(self, name: str) -> AwsKeys:
        workload = self._workload
        token = workload.container_token
        if workload.container_token_file is not None:
            token = read_token(name, workload.container_token_file)
        headers = {"Authorization": token} if token else {}
        answer = self._line.ask(name, "GET", workload.container_url, headers=headers)
        _need_ok(name, answer)
        return _keys_of(name, dict(answer.document), session_field="Token")

    def _of_machine(self, name: str) -> AwsKeys:
        base = self._workload.metadata_url
        life = {"X-aws-ec2-metadata-token-ttl-seconds": str(METADATA_SECONDS)}
        try:
            token = self._line.ask(name, "PUT", f"{base}/api/token", headers=life)
        except SecretUnavailableError:
            # Not a machine of AWS: then nobody gave us any credentials.
            raise SecretForbiddenError(name, "no_credentials") from None
        _need_ok(name, token)
        headers = {"X-aws-ec2-metadata-token": token.text.strip()}
        folder = f"{base}/meta-data/iam/security-credentials/"
        role = self._line.ask(name, "GET", folder, headers=headers)
        if role.status == 404 or not role.text.strip():
            raise SecretForbiddenError(name, "no_credentials")
        _need_ok(name, role)
        answer = self._line.ask(name, "GET", folder + role.text.split()[0], headers=headers)
        _need_ok(name, answer)
        return _keys_of(name, dict(answer.document), session_field="Token")


def _need_ok(name: str, answer: Answer) -> None:
    if answer.status in {400, 401, 403}:
        raise SecretForbiddenError(name, "login_refused")
    if answer.status != 200:
        raise SecretUnavailableError(name, f"status_{answer.status}", retry_after=answer.retry_after)


def _keys_of(name: str, found: Any, *, session_field: str) -> AwsKeys:
    try:
        ends = found["Expiration"]
        return AwsKeys(
            str(found["AccessKeyId"]),
            str(found["SecretAccessKey"]),
            str(found[session_field]),
            _moment(ends),
        )
    except (KeyError, TypeError, ValueError):
        raise SecretUnavailableError(name, "answer_not_understood") from None


def _moment(value: Any) -> datetime:
    """ISO 8601, or seconds since 1970 as STS writes them in JSON."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
