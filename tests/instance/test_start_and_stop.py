"""Starting, stopping, two at once, and what the program says when it cannot start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from balcao.kernel.db.embedded import EmbeddedPostgres
from tests.instance.program import Program, balcao, environment, is_running, start


def test_the_first_start_shows_the_shop_and_ctrl_c_ends_everything(first_start: Program) -> None:
    assert first_start.process.returncode == 0
    assert "Balcão is open." in first_start.log
    assert "Traceback" not in first_start.log
    assert not (first_start.data / "postgres" / "postmaster.pid").exists()


def test_sigterm_ends_everything_too(
    make_copy: Callable[[str], Path], tmp_path: Path, keep: list[Program]
) -> None:
    program = start(make_copy("data"), tmp_path / "log")
    keep.append(program)
    postgres = program.postgres
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(30) == 0
    assert not is_running(postgres)
    assert "Traceback" not in program.log


def test_ctrl_c_in_the_middle_of_a_first_start(tmp_path: Path, keep: list[Program]) -> None:
    data = tmp_path / "data"
    program = start(data, tmp_path / "log", wait=False)
    keep.append(program)
    while not (data / "postgres" / "postmaster.pid").exists() and program.process.poll() is None:
        time.sleep(0.01)
    assert program.stop() == 130, program.log
    assert "Traceback" not in program.log
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_a_server_that_was_started_but_not_noted_is_put_away(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    child = server._child  # pyright: ignore[reportPrivateUsage]
    assert child is not None
    server._child = None  # Ctrl-C came between the start and the note of it
    server.stop()
    with pytest.raises(ChildProcessError):  # it has been taken leave of, and is no zombie
        os.waitpid(child.pid, os.WNOHANG)
    child.wait()


def test_two_side_by_side_one_in_a_deep_folder_of_an_ordinary_user(
    make_copy: Callable[[str], Path], workshop: Path, tmp_path: Path, keep: list[Program]
) -> None:
    one = start(make_copy("data"), tmp_path / "one.log")
    keep.append(one)
    # No home, a space, accents, and a path longer than a socket's may be.
    data = workshop / "João & cia" / ("pasta-funda-" * 9) / "dados"
    data.parent.mkdir(parents=True)
    make_copy("other").rename(data)
    options = {}
    if os.geteuid() == 0 and _anybody_may_run_python():
        subprocess.run(["chown", "-R", "65534:65534", str(data.parent)], check=True)
        options = {"user": 65534, "group": 65534, "extra_groups": []}
    two = start(data, tmp_path / "two.log", **options)
    keep.append(two)
    assert b"Vila Mariana" in one.get("/loja/padaria")
    assert b"Vila Mariana" in two.get("/loja/padaria")

    again = balcao("up", "--port", "1", "--data", str(one.data))
    assert (again.returncode, again.stdout) == (1, "")
    assert f"Another Balcão is running on {one.data}" in again.stderr
    port = one.url.rpartition(":")[2]
    taken = balcao("up", "--port", port, "--data", str(tmp_path / "three"))
    assert taken.returncode == 1
    assert taken.stderr.strip() == f"Port {port} is taken. Use --port to choose another."
    socket_folder = Path((data / "postgres" / "postmaster.pid").read_text().splitlines()[4])
    assert socket_folder != data / "postgres"
    assert socket_folder.stat().st_mode & 0o077 == 0
    assert {one.stop(), two.stop()} == {0}
    assert not socket_folder.exists()
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_fresh_forgets_what_is_ours_and_nothing_else(
    make_copy: Callable[[str], Path], tmp_path: Path
) -> None:
    holiday = tmp_path / "fotos"
    holiday.mkdir()
    (holiday / "praia.jpg").write_bytes(b"sol")
    refused = balcao("up", "--fresh", "--data", str(holiday))
    assert refused.returncode == 1
    assert "carries no mark of Balcão" in refused.stderr
    assert (holiday / "praia.jpg").read_bytes() == b"sol"

    data = make_copy("data")
    (data / "notas.txt").write_text("minhas")
    before = (data / "secrets.json").read_text()
    with socket.socket() as busy:  # a start that goes no further than the forgetting
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        balcao("up", "--fresh", "--data", str(data), "--port", str(busy.getsockname()[1]))
    assert not (data / "postgres").exists()
    assert not (data / "media").exists()
    assert (data / "notas.txt").read_text() == "minhas"
    assert (data / "secrets.json").read_text() != before


def test_settings_that_cannot_be_used_are_named_without_what_was_given(tmp_path: Path) -> None:
    env = environment(AUTH_SECRET="curto-demais", DATABASE_URL="postgresql://eu:segredo@nowhere/x")
    said = balcao("migrate", "--data", str(tmp_path / "data"), env=env)
    assert said.returncode == 1
    assert "AUTH_SECRET" in said.stderr
    assert "32 characters" in said.stderr
    assert "curto" not in said.stderr
    assert "segredo" not in said.stderr
    assert "Traceback" not in said.stderr


def _anybody_may_run_python() -> bool:
    path = Path(sys.executable).resolve()
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)
