"""Everything a deploy needs on one machine, in one folder: database, shop, nginx over TLS, releases, deploy.sh."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from balcao.cli.bench.servers import free_port

ROOT: Final = Path(__file__).resolve().parents[4]
SCRIPT: Final = ROOT / "deploy" / "deploy.sh"
# Put into a copy of the program: it starts, and never gets ready.
SABOTAGE: Final = "\n\nDISK_FLOOR_BYTES = 2**62\n"
_LAUNCHER: Final = """#!/bin/sh
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
cd "$here" || exit 1
PYTHONPATH=$here/src exec {python} -W ignore -m balcao.cli "$@"
"""


def find_nginx() -> str | None:
    """nginx of this machine, when it has one."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass(slots=True)
class Stage:
    """A machine in a folder. `python` runs the releases; `settings` are the program's variables, `knobs` deploy.sh's."""

    folder: Path
    python: str
    settings: dict[str, str]
    knobs: dict[str, str] = field(default_factory=dict[str, str])
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    _nginx: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        """Where releases live."""
        return self.folder / "home"

    @property
    def run(self) -> Path:
        """Where sockets live."""
        return self.folder / "run"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def base(self) -> str:
        """Address of the shop, over TLS."""
        return f"https://localhost:{self.https}"

    @property
    def certificate(self) -> Path:
        """Who signs for nginx: itself."""
        return self.folder / "tls.crt"

    @property
    def access_log(self) -> Path:
        """What nginx writes."""
        return self.folder / "logs" / "nginx-access.log"

    def prepare(self, *, unlimited: bool = True) -> None:
        """Makes folders, certificate, nginx' configuration and deploy.sh's settings."""
        for name in ("home", "run", "logs", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._make_certificate()
        self._write_settings()
        self.render(unlimited=unlimited)

    def render(self, *, unlimited: bool = True) -> None:
        """Writes nginx' configuration from our templates."""
        words = {
            "PATH": os.environ["PATH"],
            "BALCAO_DOMAIN": "localhost",
            "BALCAO_CERT": str(self.certificate),
            "BALCAO_KEY": str(self.folder / "tls.key"),
            "BALCAO_LIVE": str(self.run / "live.sock"),
            "BALCAO_SPARE": str(self.run / "spare.sock"),
            "BALCAO_ACME": str(self.folder / "acme"),
            "BALCAO_LOGS": str(self.folder / "logs"),
            "BALCAO_CACHE": str(self.folder / "cache"),
            "BALCAO_HTTP_PORT": str(self.http),
            "BALCAO_HTTPS_PORT": str(self.https),
            "BALCAO_RUN": str(self.run),
            "BALCAO_TMP": str(self.folder / "tmp"),
            "BALCAO_USER": "root" if os.geteuid() == 0 else "",
            "BALCAO_UNLIMITED": "127.0.0.0/8 ::1/128" if unlimited else "",
        }
        script = ROOT / "deploy" / "nginx" / "render.sh"
        subprocess.run(["/bin/sh", str(script), "--main", str(self.folder / "nginx")], env=words, check=True)

    def release(self, name: str, *, broken: bool = False) -> Path:
        """A copy of this program to deploy; a broken one never gets ready."""
        folder = self.folder / "incoming" / name
        for part in ("src", "migrations"):
            shutil.copytree(ROOT / part, folder / part, dirs_exist_ok=True)
        launcher = folder / "balcao"
        launcher.write_text(_LAUNCHER.format(python=self.python), encoding="utf-8")
        launcher.chmod(0o755)
        if broken:
            with (folder / "src/balcao/kernel/web/health.py").open("a", encoding="utf-8") as health:
                health.write(SABOTAGE)
        return folder

    def start_nginx(self) -> None:
        """nginx with our configuration, in the foreground of a process of ours."""
        nginx = find_nginx()
        assert nginx is not None, "asked for before"
        config = str(self.folder / "nginx" / "nginx.conf")
        log = (self.folder / "logs" / "nginx-start.log").open("ab")
        self._nginx = subprocess.Popen(
            [nginx, "-e", "stderr", "-c", config, "-g", "daemon off;"],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        ends = time.monotonic() + 10
        while not (self.run / "nginx.pid").exists():
            if self._nginx.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.folder / "logs" / "nginx-start.log").read_text(encoding="utf-8"))
            time.sleep(0.05)

    def deploy_command(self, *words: str) -> list[str]:
        """deploy.sh with our settings."""
        return ["bash", str(SCRIPT), words[0], "--config", str(self.folder / "deploy.env"), *words[1:]]

    def run_deploy(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs deploy.sh to its end; what it says is in `stderr`."""
        return subprocess.run(
            self.deploy_command(*words), capture_output=True, text=True, check=False, env=clean_environment()
        )

    def serving(self) -> str:
        """The colour that serves."""
        return (self.run / "live.sock").readlink().stem

    def stop(self) -> None:
        """Ends everything this stage started."""
        told: list[int] = []
        for name in ("retire-blue", "retire-green", "worker", "blue", "green"):
            with suppress(FileNotFoundError, ProcessLookupError, ValueError):
                pid = int((self.run / f"{name}.pid").read_text(encoding="ascii"))
                os.killpg(pid, signal.SIGTERM if name.startswith("retire") else signal.SIGINT)
                told.append(pid)
        for pid in told:
            _wait_for_end(pid)
        if self._nginx is not None:
            self._nginx.terminate()
            self._nginx.wait(20)

    def _make_certificate(self) -> None:
        subprocess.run(
            [  # noqa: S607
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "7",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", str(self.folder / "tls.key"), "-out", str(self.certificate),
            ],
            check=True, capture_output=True,
        )  # fmt: skip

    def _write_settings(self) -> None:
        knobs = {
            "BACKEND": "plain",
            "BALCAO_HOME": str(self.home),
            "BALCAO_RUN": str(self.run),
            "BALCAO_LINKS": str(self.run),
            "BALCAO_DATA": str(self.data),
            "BALCAO_ENV": str(self.folder / "balcao.env"),
            "NGINX_LOG": str(self.access_log),
            "DRAIN": "2",
            **self.knobs,
        }
        _write_shell(self.folder / "deploy.env", knobs)
        _write_shell(self.folder / "balcao.env", self.settings)


def clean_environment() -> dict[str, str]:
    """A person's environment, without the settings of this process."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}


def _write_shell(path: Path, words: dict[str, str]) -> None:
    path.write_text("".join(f"{name}='{value}'\n" for name, value in words.items()), encoding="utf-8")


def _wait_for_end(pid: int, seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while _lives(pid):
        if time.monotonic() > ends:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    """Whether it runs; one that ended and that nobody asked after does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
