"""What ships for deploying: compose, the image, Kubernetes and the workflows say what the program and their tools take."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from balcao.cli.main import app
from balcao.kernel.settings import Settings, variables_of

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUSTOMIZE = DEPLOY / "kubernetes"
# Of the machine, not of the tree: deploy.sh and the steps of docs/operations.md make them.
OF_THE_MACHINE = ("/etc/balcao", "/etc/letsencrypt", "/var/www/acme", "/var/log/nginx", "/run/balcao")
# Read by Python and the container, before there are settings.
NOT_SETTINGS = {"PATH", "HOME", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
KUBERNETES = "1.32"


def _variables() -> set[str]:
    fields = {
        variable for name, field in Settings.model_fields.items() for variable in variables_of(name, field)
    }
    return fields | {"BALCAO_DATA"}


def _interpolated(text: str) -> str:
    """As compose fills it in when only what has no default is set."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    return re.sub(r"\$\{\w+(?::\?[^}]*)?\}", "given", text)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(_interpolated((DEPLOY / "compose.yaml").read_text(encoding="utf-8")))


def _program(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in compose["services"].items() if one["image"].startswith("balcao:")}


def test_compose_follows_the_specification(compose: dict[str, Any]) -> None:
    specification = pytest.importorskip("compose_spec")
    specification.PyCompose.from_yaml(yaml.safe_dump(compose)).validate()
    compose["services"]["nginx"]["portz"] = ["80:80"]
    try:
        with pytest.raises(ValueError, match="portz"):
            specification.PyCompose.from_yaml(yaml.safe_dump(compose))
    finally:
        del compose["services"]["nginx"]["portz"]


def test_compose_has_what_deploy_sh_switches_and_an_operator_needs(compose: dict[str, Any]) -> None:
    wanted = {"nginx", "api-blue", "api-green", "worker", "bulk", "tools", "backup", "postgres", "redis", "prometheus", "grafana"}  # fmt: skip
    assert wanted <= set(compose["services"])
    backend = (DEPLOY / "lib/backend_compose.sh").read_text(encoding="utf-8")
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    for variable in ("BALCAO_IMAGE_BLUE", "BALCAO_IMAGE_GREEN", "BALCAO_IMAGE"):
        assert f"${{{variable}:-" in text
    for service in set(
        re.findall(r"\b(?:up -d --no-deps|run --rm --no-deps) ([a-z ]+?)(?: \"|$)", backend, re.MULTILINE)
    ):
        assert set(service.split()) <= set(compose["services"])
    for colour in ("blue", "green"):
        command = compose["services"][f"api-{colour}"]["command"]
        assert f"/run/balcao/{colour}.sock" in command


def test_every_container_is_held_short(compose: dict[str, Any]) -> None:
    for name, one in compose["services"].items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert set(one["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert one["logging"]["options"] == {"max-size": "20m", "max-file": "5"}, name
        assert "docker.sock" not in str(one), name
        assert not one.get("privileged"), name
    for name, one in _program(compose).items():
        assert one["user"] == "10001:10001" and "cap_add" not in one, name


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    ports = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert ports == {"nginx": ["80:80", "443:443"], "grafana": ["127.0.0.1:3000:3000"]}
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "prometheus"):
        assert compose["services"][name]["networks"] == ["inside"]
    assert not set(compose["services"]["nginx"]["networks"]) & {"inside", "outward"}


def test_what_compose_mounts_is_there(compose: dict[str, Any]) -> None:
    seen = 0
    for name, one in compose["services"].items():
        for mount in one.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                seen += 1
                assert (DEPLOY / source).exists(), f"{name}: {source}"
                assert mount.endswith(":ro"), f"{name}: {source}"
            elif source.startswith("/"):
                assert source.startswith(OF_THE_MACHINE), f"{name}: {source}"
            else:
                assert source in compose["volumes"], f"{name}: {source}"
        for secret in one.get("secrets", []):
            assert secret in compose["secrets"], name
    assert seen == 4


def test_the_program_takes_the_settings_and_commands_it_is_given(compose: dict[str, Any]) -> None:
    known = _variables()
    given = {name for one in _program(compose).values() for name in one["environment"]}
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    given |= set(
        re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", image.partition("COPY --from=build")[2], re.MULTILINE)
    )
    given |= {
        line.partition("=")[0] for line in (KUSTOMIZE / "settings.env").read_text(encoding="utf-8").split()
    }
    assert len(given) > 12
    assert given - known - NOT_SETTINGS == set()
    commands = [one["command"] for one in _program(compose).values()]
    commands += [container["args"] for _, container in _containers(_manifests())]
    for words in commands:
        path = [word for word in words[:2] if re.fullmatch(r"[a-z][a-z-]+", word)]
        shown = CliRunner().invoke(app, [*path, "--help"], terminal_width=200)
        assert shown.exit_code == 0, words
        unknown = [
            word for word in words if word.startswith("--") and word != "--help" and word not in shown.output
        ]
        assert unknown == [], words


def test_settings_of_kubernetes_start_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in _variables():
        monkeypatch.delenv(variable, raising=False)
    for line in (KUSTOMIZE / "settings.env").read_text(encoding="utf-8").split():
        monkeypatch.setenv(*line.split("=", 1))
    settings = Settings(_env_file=None, auth_secret="kR7vQ2mZpT9wLcX4nBfY6hJdG8sAeU3i")
    assert settings.env == "production" and settings.storage_backend == "s3"


def _manifests() -> list[dict[str, Any]]:
    names = yaml.safe_load((KUSTOMIZE / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    files = {path.name for path in KUSTOMIZE.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(names) == files
    return [
        one for name in names for one in yaml.safe_load_all((KUSTOMIZE / name).read_text(encoding="utf-8"))
    ]


def _containers(manifests: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for one in manifests:
        if one["kind"] in {"Deployment", "Job"}:
            pod = one["spec"]["template"]["spec"]
            yield from ((pod, container) for container in pod["containers"])


def test_pods_are_held_short_and_looked_at() -> None:
    found = list(_containers(_manifests()))
    assert {container["name"] for _, container in found} == {"api", "worker", "bulk", "migrate"}
    for pod, container in found:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        limits = container["securityContext"]
        assert limits["readOnlyRootFilesystem"] is True and limits["allowPrivilegeEscalation"] is False
        assert limits["capabilities"] == {"drop": ["ALL"]}
        assert {"requests", "limits"} <= set(container["resources"])
        assert all("value" not in variable for variable in container.get("env", []))
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert {"/tmp", "/var/lib/balcao"} <= mounts
        if container["name"] != "migrate":
            assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    api = next(container for _, container in found if container["name"] == "api")
    assert api["readinessProbe"]["httpGet"]["path"] == "/health/ready"


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not there")
def test_kustomize_builds_what_kubernetes_takes() -> None:
    done = subprocess.run(
        ["kubectl", "kustomize", str(KUSTOMIZE)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    built = [one for one in yaml.safe_load_all(done.stdout) if one]
    kinds = {one["kind"] for one in built}
    assert {"Deployment", "Job", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"} <= kinds
    for _, container in _containers(built):
        assert re.fullmatch(r"registry\.example\.com/balcao:\d+\.\d+\.\d+", container["image"])
    checker = pytest.importorskip("kubernetes_validate")
    for one in built:
        checker.validate(one, KUBERNETES, strict=True)
    built[0]["specc"] = {}
    with pytest.raises(checker.ValidationError):
        checker.validate(built[0], KUBERNETES, strict=True)


def test_the_image_takes_only_what_is_locked_and_runs_as_nobody() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    installs = [line for line in image.splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line and ".lock" in line for line in installs)
    last = image.rpartition("\nFROM ")[2]
    assert "\nUSER 10001:10001\n" in last and "\nHEALTHCHECK " in last
    left_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().split()
        if line.startswith("!")
    }
    copied = {
        word for line in re.findall(r"^COPY (?!--)(.+) \S+$", image, re.MULTILINE) for word in line.split()
    }
    assert copied == left_in
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize(
    ("trusted", "host"),
    [
        ("", "localhost"),
        ("*", "localhost"),
        ("*.a.example, b.example,c", "b.example"),
        ("a.example", "a.example"),
    ],
)
def test_the_health_check_asks_under_a_name_that_is_served(trusted: str, host: str) -> None:
    assert runpy.run_path(str(DEPLOY / "health.py"))["host_of"](trusted) == host


def test_the_health_check_tells_life_from_death() -> None:
    asked: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"]))
            self.send_response(200 if self.headers["Host"] == "a.example" else 400)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    is_alive = runpy.run_path(str(DEPLOY / "health.py"))["is_alive"]
    port = server.server_address[1]
    assert is_alive(port, "a.example") and not is_alive(port, "b.example")
    assert asked == [("/health/live", "a.example"), ("/health/live", "b.example")]
    server.shutdown()
    server.server_close()
    assert not is_alive(port, "a.example")


def _workflows() -> dict[str, dict[Any, Any]]:
    return {
        path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
    }


def test_workflows_pin_what_they_use_and_may_do_little() -> None:
    found = _workflows()
    assert set(found) == {"test.yml", "audit.yml", "image.yml", "release.yml"}
    for name, flow in found.items():
        assert flow["permissions"] == {"contents": "read"}, name
        for job in flow["jobs"].values():
            assert job["timeout-minutes"] <= 60, name
            for step in job["steps"]:
                assert ("uses" in step) != ("run" in step), step
                if "uses" in step:
                    assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]), step
                else:
                    # What somebody from outside may choose never becomes part of a command.
                    assert "${{" not in step["run"], step


def test_the_tests_run_on_every_python_that_is_supported() -> None:
    matrix = _workflows()["test.yml"]["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert matrix == ["3.11", "3.12", "3.13", "3.14"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
