"""The first person of an installation that has nobody yet."""

from __future__ import annotations

import json
from pathlib import Path

from tests.instance.program import balcao
from tests.instance.test_serve import OverSocket, serving

PASSWORD = "uma senha bem comprida"


def test_somebody_founds_it_signs_in_and_nobody_does_so_twice(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    tmp_path.chmod(0o755)
    words = ("found", "--email", "Ana@Example.com", "--name", "Ana", "--data", data)
    assert "Run `balcao migrate` first" in balcao(*words, input=f"{PASSWORD}\n{PASSWORD}\n").stderr
    assert balcao("migrate", "--data", data).returncode == 0
    short = balcao(*words, input="curta\ncurta\n")
    assert short.returncode == 1 and "12 characters" in short.stderr
    made = balcao(*words, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    assert PASSWORD not in made.stdout
    again = balcao(*words, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert again.returncode == 1 and "there already" in again.stderr
    with serving(Path(data), tmp_path / "s"):
        line = OverSocket(tmp_path / "s")
        body = json.dumps({"email": "ana@example.com", "password": PASSWORD})
        line.request("POST", "/auth/login", body, {"content-type": "application/json", "x-tenant": "central"})
        assert line.getresponse().status == 200
        line.close()
