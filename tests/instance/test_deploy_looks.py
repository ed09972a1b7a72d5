"""What deploy.sh reads out of nginx' log, who it tells, and how it makes systemd and containers do the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.instance.program import ROOT

DEPLOY = ROOT / "deploy"
pytestmark = pytest.mark.skipif(
    None in map(shutil.which, ("bash", "flock")),
    reason="needs bash and flock (on Debian: apt-get install bash util-linux)",
)


def line(status: int, seconds: float, path: str = "/loja") -> str:
    return json.dumps(
        {"time": "x", "status": status, "seconds": seconds, "method": "GET", "path": path},
        separators=(",", ":"),
    )


def shell(folder: Path, words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs words with deploy.sh's parts read and its settings in `folder`."""
    settings = {
        "BACKEND": "plain",
        "BALCAO_HOME": str(folder / "home"),
        "BALCAO_RUN": str(folder),
        "WATCH_SECONDS": "0",
        **settings,
    }
    (folder / "deploy.env").write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
    parts = f"here={DEPLOY}; for part in settings places looks; do . {DEPLOY}/lib/$part.sh; done"
    script = f"set -euo pipefail; {parts}; read_settings {folder}/deploy.env; . {DEPLOY}/lib/backend_$BACKEND.sh; {words}"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)


def judged(folder: Path, earlier: str = "") -> str:
    log = folder / "log"
    log.write_text(earlier)
    done = shell(folder, f"mark_log; cat {folder}/more >>{log}; judge_log", NGINX_LOG=str(log))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def put(folder: Path, lines: list[str], end: str = "\n") -> None:
    (folder / "more").write_text("\n".join(lines) + end)


def test_only_what_came_after_the_switch_counts(tmp_path: Path) -> None:
    put(tmp_path, [line(200, 0.01)] * 90 + [line(500, 0.2)] * 10 + [line(200, 0)])
    assert judged(tmp_path, earlier=(line(500, 9.0) + "\n") * 50) == "100 10.00 200"


def test_open_event_streams_are_not_slow_answers_and_half_a_line_waits(tmp_path: Path) -> None:
    put(
        tmp_path,
        [line(200, 0.01)] * 20 + [line(200, 600.0, "/painel/pedidos/eventos")] * 20,
        end="\n" + line(500, 5)[:30],
    )
    assert judged(tmp_path) == "20 0.00 10"


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        ([line(200, 0.01)] * 100, 0, "0.00 % errors"),
        ([line(200, 0.01)] * 97 + [line(502, 0.01)] * 4, 1, "answers are errors"),
        ([line(200, 0.01)] * 90 + [line(200, 3.0)] * 11, 1, "p95 of"),
        ([line(502, 9.0)] * 20, 0, "watched"),  # too few to judge by
    ],
)
def test_errors_and_slowness_take_a_release_back(
    tmp_path: Path, lines: list[str], code: int, said: str
) -> None:
    put(tmp_path, [*lines, line(200, 0)])
    words = f"ready() {{ return 0; }}; mark_log; cat {tmp_path}/more >>{tmp_path}/log; watch green"
    done = shell(tmp_path, words, NGINX_LOG=str(tmp_path / "log"))
    assert done.returncode == code, done.stderr
    assert said in done.stderr


def test_a_release_that_dies_after_the_switch_is_noticed(tmp_path: Path) -> None:
    done = shell(tmp_path, "ready() { return 1; }; mark_log; watch green")
    assert done.returncode == 1
    assert "not ready any more" in done.stderr


def test_names_change_in_one_step_and_keep_their_place(tmp_path: Path) -> None:
    done = shell(tmp_path, "switch_to green; live_colour; switch_to blue; live_colour; colour_behind spare.sock; forget_spare green; "
                 "colour_behind spare.sock")  # fmt: skip
    assert done.stdout.split() == ["green", "blue", "green"]
    assert (tmp_path / "home/shared/live.sock").readlink() == tmp_path / "blue.sock"
    relative = shell(tmp_path, "switch_to green", BALCAO_LINKS=str(tmp_path))
    assert relative.returncode == 0
    assert (tmp_path / "live.sock").readlink() == Path("green.sock"), (
        "in containers the folder has another name"
    )


def test_systemd_is_told_the_same(tmp_path: Path) -> None:
    """The colour that serves comes up with the machine, the other does not; every worker there is starts anew."""
    fake = tmp_path / "systemctl"
    fake.write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/told\n[ "$1" != list-units ] || printf "balcao-worker@1.service loaded\\nbalcao-bulk.service loaded\\n"\n'
    )
    fake.chmod(0o755)
    done = shell(
        tmp_path,
        "api_start green; switch_to green; workers_swap; api_stop blue",
        BACKEND="systemd",
        SYSTEMCTL=str(fake),
    )
    assert done.returncode == 0, done.stderr
    assert [told for told in (tmp_path / "told").read_text().splitlines() if "list-units" not in told] == [
        "start balcao-api@green.service",
        "enable --quiet balcao-api@green.service",
        "disable --quiet balcao-api@blue.service",
        "restart balcao-worker@1.service balcao-bulk.service",
        "stop balcao-api@blue.service",
    ]


def test_containers_are_told_the_same(tmp_path: Path) -> None:
    fake = tmp_path / "compose"
    fake.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/told\n')
    fake.chmod(0o755)
    (tmp_path / "home/releases/abc").mkdir(parents=True)
    release = tmp_path / "home/releases/abc"
    words = f"point_colour green {release}; point_current {release}; in_release {release} migrate --plan; api_start green; workers_swap; api_stop blue"
    done = shell(tmp_path, words, BACKEND="compose", COMPOSE=str(fake), BALCAO_ENV="/e")
    assert done.returncode == 0, done.stderr
    told = (tmp_path / "told").read_text()
    assert [one.partition("images.env ")[2] for one in told.splitlines()] == [
        "run --rm --no-deps tools migrate --plan", "up -d --no-deps api-green", "up -d --no-deps worker bulk", "stop api-blue",
    ]  # fmt: skip
    images = (tmp_path / "home/shared/images.env").read_text().split()
    assert sorted(images) == ["BALCAO_IMAGE=balcao:abc", "BALCAO_IMAGE_GREEN=balcao:abc"]


def test_a_release_that_cannot_be_installed_ends_the_deploy(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    (program / "balcao").write_text("#!/bin/sh\nexit 1\n")
    (program / "balcao").chmod(0o755)
    done = shell(tmp_path, f"found=$(prepare {program}); echo on")
    assert done.returncode == 1
    assert "could not be installed" in done.stderr
    assert done.stdout == ""


def test_commands_are_run_by_the_release_that_serves_with_its_settings(tmp_path: Path) -> None:
    release = tmp_path / "home/releases/abc"
    release.mkdir(parents=True)
    (release / "balcao").write_text('#!/bin/sh\nprintf \'%s|\' "$NAME" "$BALCAO_DATA" "$@"\nexit 7\n')
    (release / "balcao").chmod(0o755)
    (tmp_path / "balcao.env").write_text("NAME='a b'\n")
    settings = {
        "BACKEND": "plain",
        "BALCAO_HOME": tmp_path / "home",
        "BALCAO_ENV": tmp_path / "balcao.env",
        "BALCAO_DATA": "/d",
    }
    (tmp_path / "deploy.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    def run() -> subprocess.CompletedProcess[str]:
        line = [DEPLOY / "deploy.sh", "run", "--config", tmp_path / "deploy.env", "found", "--email", "a@b.c"]
        return subprocess.run(["bash", *line], capture_output=True, text=True, check=False, timeout=60)

    assert (run().returncode, "nothing was deployed" in run().stderr) == (1, True)
    (tmp_path / "home/current").symlink_to(release)
    done = run()
    assert (done.returncode, done.stdout) == (7, "a b|/d|found|--email|a@b.c|"), done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root may start programs of other accounts")
def test_a_program_of_another_account_may_put_its_socket_there() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        words = (
            'start_process blue touch "$BALCAO_RUN/blue.sock"; while process_alive blue; do sleep 0.05; done'
        )
        done = shell(folder, words, RUN_AS="nobody", BALCAO_RUN=str(folder / "run"))
        assert done.returncode == 0, done.stderr
        assert (folder / "run/blue.sock").owner() == "nobody"
        assert (folder / "run").stat().st_mode & 0o777 == 0o750


@pytest.mark.skipif(
    shutil.which("shellcheck") is None, reason="needs shellcheck (on Debian: apt-get install shellcheck)"
)
def test_shellcheck_finds_nothing() -> None:
    scripts = ["deploy.sh", "nginx/render.sh", *(f"lib/{path.name}" for path in DEPLOY.glob("lib/*.sh"))]
    done = subprocess.run(
        ["shellcheck", "-x", *scripts], cwd=DEPLOY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
