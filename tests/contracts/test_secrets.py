"""What every source of secrets promises, and the three outside ones against servers that speak and fail as they do."""

from __future__ import annotations

import json
import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from balcao.kernel.secrets.aws import AwsSecrets
from balcao.kernel.secrets.aws_keys import AwsCredentials, AwsWorkload
from balcao.kernel.secrets.azure import AzureLogin, AzureSecrets
from balcao.kernel.secrets.http import Line
from balcao.kernel.secrets.local import LocalSecrets
from balcao.kernel.secrets.port import (
    Secret,
    SecretError,
    SecretForbiddenError,
    SecretMissingError,
    SecretSource,
    SecretUnavailableError,
)
from balcao.kernel.secrets.sigv4 import AwsKeys, signed_headers
from balcao.kernel.secrets.vault import VaultLogin, VaultSecrets
from tests.contracts.fake_secret_servers import (
    ACCESS_KEY,
    CLIENT,
    CLIENT_SECRET,
    ROLE_ID,
    SECRET_ID,
    SECRET_KEY,
    TENANT,
    FakeKeyVault,
    FakeSecretsManager,
    FakeServer,
    FakeVault,
)

CANARY = "canary-of-the-value-ção-0123456789"
NAME = "AUTH_SECRET"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
OUTSIDE = ("aws", "vault", "azure")


class LocalFolder:
    """Files of a data folder, handled as the fakes are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def put(self, name: str, value: str) -> None:
        path = self.folder / name
        if path.exists():
            path.replace(self.folder / f"{name}_PREVIOUS")
        path.write_text(value + "\n")
        path.chmod(0o600)
        written = path.stat().st_mtime_ns + 1_000_000 * len(list(self.folder.iterdir()))
        os.utime(path, ns=(written, written))

    def delete(self, name: str) -> None:
        (self.folder / name).unlink()

    def forbid(self, name: str) -> None:
        (self.folder / name).chmod(0o644)


@dataclass
class Place:
    source: SecretSource
    server: FakeServer | LocalFolder


def vault_of(server: FakeVault, login: VaultLogin | None = None, **more: object) -> VaultSecrets:
    login = login or VaultLogin(role_id=ROLE_ID, secret_id=SECRET_ID)
    return VaultSecrets(server.url, login, line=Line(timeout_seconds=0.4), **more)  # type: ignore[arg-type]


def aws_of(
    server: FakeSecretsManager, workload: AwsWorkload | None = None, own: AwsKeys | None = None
) -> AwsSecrets:
    line = Line(timeout_seconds=0.4)
    keys = AwsCredentials(line, workload or AwsWorkload(), own)
    return AwsSecrets(keys, region="sa-east-1", endpoint=server.url, line=line)


def azure_of(server: FakeKeyVault, **login: object) -> AzureSecrets:
    login = {"client_secret": CLIENT_SECRET} | login
    whole = AzureLogin(tenant_id=TENANT, client_id=CLIENT, authority=server.url, **login)  # type: ignore[arg-type]
    return AzureSecrets(server.url, whole, line=Line(timeout_seconds=0.4))


@pytest.fixture
def make_server() -> Iterator[Callable[[type[FakeServer]], FakeServer]]:
    started: list[FakeServer] = []

    def make(kind: type[FakeServer]) -> FakeServer:
        started.append(kind())
        return started[-1]

    yield make
    for server in started:
        server.stop()


def place_named(name: str, make_server: Callable[..., FakeServer], tmp_path: Path) -> Place:
    if name == "local":
        folder = LocalFolder(tmp_path / "secrets")
        return Place(LocalSecrets(folder.folder, environment={}), folder)
    if name == "vault":
        vault = make_server(FakeVault)
        return Place(vault_of(vault), vault)
    if name == "aws":
        manager = make_server(FakeSecretsManager)
        return Place(aws_of(manager, own=AwsKeys(ACCESS_KEY, SECRET_KEY)), manager)
    key_vault = make_server(FakeKeyVault)
    return Place(azure_of(key_vault), key_vault)


@pytest.fixture(params=["local", *OUTSIDE])
def place(
    request: pytest.FixtureRequest, make_server: Callable[..., FakeServer], tmp_path: Path
) -> Iterator[Place]:
    found = place_named(request.param, make_server, tmp_path)
    yield found
    found.source.close()


@pytest.fixture(params=OUTSIDE)
def outside(
    request: pytest.FixtureRequest, make_server: Callable[..., FakeServer], tmp_path: Path
) -> Iterator[Place]:
    found = place_named(request.param, make_server, tmp_path)
    yield found
    found.source.close()


def test_a_secret_comes_with_its_version(place: Place) -> None:
    place.server.put(NAME, CANARY)
    secret = place.source.get(NAME)
    assert (secret.name, secret.reveal()) == (NAME, CANARY)
    assert secret.version
    assert abs(datetime.now(UTC) - secret.fetched_at) < timedelta(minutes=5)


def test_a_new_value_is_a_new_version_and_the_former_one_stays_to_be_had(place: Place) -> None:
    place.server.put(NAME, "the former value")
    first = place.source.get(NAME)
    assert place.source.previous(NAME) is None
    place.server.put(NAME, CANARY)
    second = place.source.get(NAME)
    assert second.reveal() == CANARY
    assert second.version != first.version
    former = place.source.previous(NAME)
    assert former is not None
    assert former.reveal() == "the former value"


@pytest.mark.parametrize("name", ["NOT_THERE", "A_B_C"])
def test_an_unknown_name_is_missing(place: Place, name: str) -> None:
    with pytest.raises(SecretMissingError) as missing:
        place.source.get(name)
    assert (missing.value.name, missing.value.kind) == (name, "missing")
    assert place.source.previous(name) is None


def test_a_deleted_secret_is_missing(place: Place) -> None:
    place.server.put(NAME, CANARY)
    place.server.delete(NAME)
    with pytest.raises(SecretMissingError):
        place.source.get(NAME)


def test_a_secret_we_may_not_read_is_forbidden(place: Place) -> None:
    place.server.put(NAME, CANARY)
    place.server.forbid(NAME)
    with pytest.raises(SecretForbiddenError) as refusal:
        place.source.get(NAME)
    assert CANARY not in "".join(traceback.format_exception(refusal.value))


def test_no_value_shows_itself(place: Place) -> None:
    place.server.put(NAME, CANARY)
    secret = place.source.get(NAME)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        repr([secret]),
        repr(place.source),
        str(vars(place.source)),
    ]
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)
    assert [text for text in shown if "canary" in text] == []


FAULTS = ("silent", "cut", "garbage", "list", "empty", "huge", "500", "redirect", "throttled")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sick_server_means_later(outside: Place, fault: str) -> None:
    """Before we are signed in, and after."""
    assert isinstance(outside.server, FakeServer)
    outside.server.put(NAME, CANARY)
    for _ in range(2):
        outside.server.fault = fault
        with pytest.raises(SecretUnavailableError) as away:
            outside.source.get(NAME)
        shown = "".join(traceback.format_exception(away.value)) + repr(away.value)
        assert "canary" not in shown
        outside.server.fault = ""
        assert outside.source.get(NAME).reveal() == CANARY


def test_nobody_listening_means_later(outside: Place) -> None:
    assert isinstance(outside.server, FakeServer)
    outside.server.stop()
    with pytest.raises(SecretUnavailableError) as away:
        outside.source.get(NAME)
    assert away.value.kind == "no_connection"


def test_throttling_says_how_long(make_server: Callable[..., FakeServer], tmp_path: Path) -> None:
    for name in ("vault", "azure"):
        place = place_named(name, make_server, tmp_path)
        assert isinstance(place.server, FakeServer)
        place.server.put(NAME, CANARY)
        place.source.get(NAME)
        place.server.fault = "throttled"
        with pytest.raises(SecretUnavailableError) as away:
            place.source.get(NAME)
        assert (away.value.kind, away.value.retry_after) == ("throttled", 7.0)


# Local


def test_the_environment_comes_first_then_the_file_then_the_folder(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "secrets")
    folder.put(NAME, "folder")
    env_file = tmp_path / ".env"
    env_file.write_text(f"{NAME}=file\nEMPTY=\n")

    def found(environment: dict[str, str], env: Path | None) -> str:
        return LocalSecrets(folder.folder, env_file=env, environment=environment).get(NAME).reveal()

    assert found({NAME: "environment"}, env_file) == "environment"
    assert found({NAME: ""}, env_file) == "file"
    assert found({}, tmp_path / "not there") == "folder"
    folder.put("EMPTY", "")
    with pytest.raises(SecretMissingError):
        LocalSecrets(folder.folder, env_file=env_file, environment={}).get("EMPTY")


def test_a_file_is_ours_alone_and_no_link(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "secrets")
    source = LocalSecrets(folder.folder, environment={})
    folder.put("REAL", CANARY)
    (folder.folder / "LINK").symlink_to(folder.folder / "REAL")
    (folder.folder / "BINARY").write_bytes(b"\xff\xfe")
    (folder.folder / "BINARY").chmod(0o600)
    (folder.folder / "FOLDER").mkdir(mode=0o700)
    kinds: dict[str, type[SecretError]] = {
        "LINK": SecretUnavailableError, "BINARY": SecretUnavailableError, "FOLDER": SecretForbiddenError,
        "../secrets/REAL": SecretMissingError, "": SecretMissingError,
    }  # fmt: skip
    for name, kind in kinds.items():
        with pytest.raises(kind):
            source.get(name)


# Vault


def vault_with(make_server: Callable[..., FakeServer], **more: object) -> FakeVault:
    server = make_server(FakeVault)
    assert isinstance(server, FakeVault)
    for name, value in more.items():
        setattr(server, name, value)
    server.put(NAME, CANARY)
    return server


def test_vault_with_a_token(make_server: Callable[..., FakeServer]) -> None:
    server = vault_with(make_server)
    source = vault_of(server, VaultLogin(token="root-token"), namespace="team")
    assert source.get(NAME).reveal() == CANARY
    assert server.questions[0].headers["x-vault-namespace"] == "team"
    assert server.questions[0].headers["x-vault-request"] == "true"
    assert server.logins == 0


def test_vault_as_a_pod(make_server: Callable[..., FakeServer]) -> None:
    server = vault_with(make_server)
    login = VaultLogin(jwt=lambda: "canary-of-the-jwt", jwt_role="balcao")
    assert vault_of(server, login).get(NAME).reveal() == CANARY


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        (VaultLogin(), "no_credentials"),
        (VaultLogin(token="wrong"), "forbidden"),
        (VaultLogin(role_id=ROLE_ID, secret_id="wrong"), "login_refused"),
        (VaultLogin(role_id=ROLE_ID), "login_refused"),
        (VaultLogin(jwt=lambda: "wrong", jwt_role="balcao"), "login_refused"),
    ],
)
def test_vault_refuses_wrong_credentials(
    make_server: Callable[..., FakeServer], login: VaultLogin, kind: str
) -> None:
    with pytest.raises(SecretForbiddenError) as refusal:
        vault_of(vault_with(make_server), login).get(NAME)
    assert refusal.value.kind == kind


def test_a_sealed_vault_means_later(make_server: Callable[..., FakeServer]) -> None:
    server = vault_with(make_server, sealed=True)
    with pytest.raises(SecretUnavailableError) as away:
        vault_of(server, VaultLogin(token="root-token")).get(NAME)
    assert away.value.kind == "sealed"


@pytest.mark.parametrize(("renewable", "logins"), [(True, 1), (False, 2)])
def test_a_token_is_renewed_before_it_ends(
    make_server: Callable[..., FakeServer], renewable: bool, logins: int
) -> None:
    server, now = vault_with(make_server, renewable=renewable), [0.0]
    source = vault_of(server, clock=lambda: now[0])
    source.get(NAME)
    now[0] = 479.0
    source.get(NAME)
    assert [q.path for q in server.questions if "renew" in q.path] == []
    now[0] = 481.0
    assert source.get(NAME).reveal() == CANARY
    assert len([q for q in server.questions if q.path.endswith("renew-self")]) == 1
    assert server.logins == logins


def test_a_revoked_token_is_replaced_once(make_server: Callable[..., FakeServer]) -> None:
    server = vault_with(make_server)
    source = vault_of(server)
    source.get(NAME)
    server.tokens.clear()
    assert source.get(NAME).reveal() == CANARY
    assert server.logins == 2


# AWS


def test_the_signature_is_that_of_the_test_suite() -> None:
    """`get-vanilla` and `post-vanilla` of AWS's own vectors."""
    keys = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    signatures = {
        "GET": "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "POST": "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    }
    for method, signature in signatures.items():
        headers = signed_headers(
            keys, method=method, url="https://example.amazonaws.com/", headers={}, body=b"",
            region="us-east-1", service="service", now=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
        )  # fmt: skip
        assert headers["Authorization"].endswith(f"SignedHeaders=host;x-amz-date, Signature={signature}")


def aws_with(make_server: Callable[..., FakeServer]) -> FakeSecretsManager:
    server = make_server(FakeSecretsManager)
    assert isinstance(server, FakeSecretsManager)
    server.put(NAME, CANARY)
    return server


def workloads(url: str, tmp_path: Path) -> dict[str, AwsWorkload]:
    token, other = tmp_path / "token", tmp_path / "container"
    token.write_text("web-token\n")
    other.write_text("container-token\n")
    return {
        "pod": AwsWorkload(role_arn="arn:aws:iam::1:role/x", web_identity_file=token, sts_url=f"{url}/sts"),
        "task": AwsWorkload(container_url=f"{url}/credentials", container_token="container-token"),
        "agent": AwsWorkload(container_url=f"{url}/credentials", container_token_file=other),
        "machine": AwsWorkload(metadata_url=f"{url}/latest"),
    }


@pytest.mark.parametrize("kind", ["pod", "task", "agent", "machine"])
def test_aws_by_the_identity_of_the_workload(
    make_server: Callable[..., FakeServer], tmp_path: Path, kind: str
) -> None:
    server = aws_with(make_server)
    source = aws_of(server, workloads(server.url, tmp_path)[kind])
    assert source.get(NAME).reveal() == CANARY
    assert source.get(NAME).reveal() == CANARY
    assert server.logins == 1
    server.ended_sessions.add("session-1")
    assert source.get(NAME).reveal() == CANARY
    assert server.logins == 2


def test_the_identity_of_the_workload_comes_before_keys_of_the_settings(
    make_server: Callable[..., FakeServer], tmp_path: Path
) -> None:
    server = aws_with(make_server)
    aws_of(server, workloads(server.url, tmp_path)["task"], AwsKeys("OTHER", "keys")).get(NAME)
    assert server.logins == 1


def test_temporary_credentials_are_fetched_before_they_end(
    make_server: Callable[..., FakeServer], tmp_path: Path
) -> None:
    server, now = aws_with(make_server), [NOW]
    line = Line(timeout_seconds=0.4)
    keys = AwsCredentials(line, workloads(server.url, tmp_path)["task"], clock=lambda: now[0])
    assert keys.keys(NAME) == keys.keys(NAME)
    now[0] = datetime(2030, 3, 17, 17, 42, tzinfo=UTC)
    keys.keys(NAME)
    assert server.logins == 2


def test_the_variables_of_the_platforms() -> None:
    task = AwsWorkload.of({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"}, "sa-east-1")
    assert task.container_url == "http://169.254.170.2/v2/credentials/1"
    pod = AwsWorkload.of({"AWS_ROLE_ARN": "arn", "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token"}, "sa-east-1")
    assert (pod.role_arn, pod.web_identity_file) == ("arn", Path("/run/token"))
    assert pod.sts_url == "https://sts.sa-east-1.amazonaws.com/"


def test_aws_refuses_wrong_or_no_credentials(make_server: Callable[..., FakeServer], tmp_path: Path) -> None:
    server = aws_with(make_server)
    gone = AwsWorkload(role_arn="arn", web_identity_file=tmp_path / "gone", sts_url=f"{server.url}/sts")
    nowhere = AwsWorkload(metadata_url="http://127.0.0.1:9/latest")
    wrong = AwsWorkload(container_url=f"{server.url}/credentials", container_token="wrong")
    cases = {
        "login_refused": [aws_of(server, own=AwsKeys(ACCESS_KEY, "wrong")), aws_of(server, wrong)],
        "identity_unreadable": [aws_of(server, gone)],
        "no_credentials": [aws_of(server, nowhere)],
    }
    for kind, sources in cases.items():
        for source in sources:
            with pytest.raises(SecretForbiddenError) as refusal:
                source.get(NAME)
            assert refusal.value.kind == kind


def test_a_key_we_may_not_use_is_a_refusal(make_server: Callable[..., FakeServer]) -> None:
    server = aws_with(make_server)
    server.decryption_fails = True
    with pytest.raises(SecretForbiddenError) as refusal:
        aws_of(server, own=AwsKeys(ACCESS_KEY, SECRET_KEY)).get(NAME)
    assert refusal.value.kind == "decryption"


def test_bytes_are_text_too(make_server: Callable[..., FakeServer]) -> None:
    server = aws_with(make_server)
    server.binary = True
    assert aws_of(server, own=AwsKeys(ACCESS_KEY, SECRET_KEY)).get(NAME).reveal() == CANARY


# Azure


def azure_with(make_server: Callable[..., FakeServer]) -> FakeKeyVault:
    server = make_server(FakeKeyVault)
    assert isinstance(server, FakeKeyVault)
    server.put(NAME, CANARY)
    return server


def test_azure_by_the_identity_of_the_workload(
    make_server: Callable[..., FakeServer], tmp_path: Path
) -> None:
    server = azure_with(make_server)
    token = tmp_path / "token"
    token.write_text("federated-token")
    assert azure_of(server, federated_token_file=token).get(NAME).reveal() == CANARY
    machine = azure_of(server, client_secret="", metadata_url=f"{server.url}/identity")
    assert machine.get(NAME).reveal() == CANARY
    nowhere = azure_of(server, client_secret="", metadata_url="http://127.0.0.1:9/identity")
    with pytest.raises(SecretForbiddenError) as refusal:
        nowhere.get(NAME)
    assert refusal.value.kind == "no_credentials"


def test_azure_refuses_a_wrong_client_secret(make_server: Callable[..., FakeServer]) -> None:
    with pytest.raises(SecretForbiddenError) as refusal:
        azure_of(azure_with(make_server), client_secret="wrong").get(NAME)
    assert refusal.value.kind == "login_refused"


def test_a_token_that_ended_is_replaced(make_server: Callable[..., FakeServer]) -> None:
    server = azure_with(make_server)
    source = azure_of(server)
    source.get(NAME)
    server.tokens.clear()
    assert source.get(NAME).reveal() == CANARY
    assert server.logins == 2


def test_the_former_version_is_found_over_pages_and_the_token_stays_at_home(
    make_server: Callable[..., FakeServer],
) -> None:
    server = azure_with(make_server)
    for value in ("second", "third", "fourth", "fifth"):
        server.put(NAME, value)
    former = azure_of(server).previous(NAME)
    assert former is not None
    assert former.reveal() == "fourth"
    server.foreign_pages = True
    other = azure_of(server).previous(NAME)
    assert other is not None
    assert other.reveal() == "second"


def test_a_secret_is_not_confused_with_its_name() -> None:
    assert Secret(NAME, "a", "1", NOW) != Secret(NAME, "b", "1", NOW)
