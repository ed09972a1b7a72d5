"""What deploy/nginx says, held against what the program says; nothing is started here."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from balcao.kernel.rate_limit import RULES, Burst
from balcao.kernel.runtime import Runtime

NGINX = Path(__file__).parents[2] / "deploy" / "nginx"
SIZES = {"k": 1024, "m": 1024**2}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration as render.sh writes it for a production machine."""
    if shutil.which("openssl") is None:
        pytest.skip("render.sh needs openssl")
    folder = tmp_path_factory.mktemp("nginx")
    words = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "BALCAO_DOMAIN": "loja.example a&b|c.example",
        "BALCAO_CACHE": str(folder / "cache"), "BALCAO_ACME": str(folder / "acme"),
    }  # fmt: skip
    subprocess.run([str(NGINX / "render.sh"), str(folder / "etc")], env=words, check=True)
    return folder / "etc"


def test_every_place_is_filled(site: Path) -> None:
    texts = [path.read_text() for path in site.rglob("*.conf")]
    assert len(texts) >= 8
    assert not [text for text in texts if "${" in text]
    assert "server_name loja.example a&b|c.example;" in "".join(texts)
    assert not (site / "nginx.conf").exists(), "only --main writes the machine's own file"


def test_production_says_nothing_of_the_server(site: Path) -> None:
    text = (site / "conf.d" / "balcao.conf").read_text()
    assert text.count("server_tokens off;") == 2
    assert re.search(r"geo \$balcao_unlimited \{\s*default 0;\s*\}", text)


async def test_a_body_the_program_takes_passes_and_no_larger_one_elsewhere(runtime: Runtime) -> None:
    text = (NGINX / "balcao.conf.template").read_text()
    places = re.findall(r"location ~ (\S+) \{\n\s+client_max_body_size (\d+)([km]);", text)
    assert len(places) == 2
    sizes = [(re.compile(pattern), int(number) * SIZES[unit]) for pattern, number, unit in places]

    def taken(path: str) -> int:
        return next((size for pattern, size in sizes if pattern.match(path)), SIZES["m"])

    wanted = {path: size for module in runtime.modules for path, size in module.upload_paths.items()}
    assert wanted, "there are addresses that take files"
    for path, size in wanted.items():
        below = path + "x" if path.endswith("/") else path
        for asked in (below, "/api/v1" + below):
            assert size <= taken(asked), asked
            # The largest door is open for the largest files only.
            assert taken(asked) <= 26 * SIZES["m"] or size > 26 * SIZES["m"], asked
    for path in ("/checkout", "/auth/login", "/loja/padaria", "/painel", "/admin/stores"):
        assert taken(path) == SIZES["m"]


def test_the_limits_are_those_of_the_program() -> None:
    zones = dict(
        re.findall(r"zone=balcao_(\w+):10m rate=(\d+)r/s", (NGINX / "snippets/zones.conf").read_text())
    )
    assert zones == {"general": "10", "auth": "5", "upload": "2", "render": "1"}
    text = (NGINX / "balcao.conf.template").read_text()
    for zone, rule in {
        "general": "general",
        "auth": "auth",
        "upload": "uploads",
        "render": "rendering",
    }.items():
        burst = next(part for part in RULES[rule].limits if isinstance(part, Burst))
        assert f"zone=balcao_{zone} burst={burst.burst} nodelay" in text
        assert int(zones[zone]) == burst.per_second


@pytest.mark.parametrize("language", ["pt", "en"])
@pytest.mark.parametrize("name", ["404", "413", "429", "50x"])
def test_error_pages_bring_their_one_style_and_nothing_else(site: Path, language: str, name: str) -> None:
    page = (NGINX / "errors" / language / f"{name}.html").read_text()
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in (site / "balcao" / "errors.conf").read_text()
    assert f'<html lang="{"pt-BR" if language == "pt" else "en"}">' in page
    assert " style=" not in page and "<script" not in page and "http" not in page.replace("charset", "")
    document = json.loads((NGINX / "errors" / language / f"{name}.json").read_text())
    assert document["title"] in page
    assert document["type"] == f"/docs/errors#{document['code']}"


def test_headers_are_added_only_to_what_nginx_answers_itself() -> None:
    added = {path.name for path in NGINX.rglob("*.conf*") if "add_header" in path.read_text()}
    assert added == {"errors.conf.template", "files.conf"}
    assert re.findall(r"add_header (\S+)", (NGINX / "snippets/files.conf").read_text()) == ["X-Request-ID"]


def test_the_alternative_for_caddy_stays_short() -> None:
    lines = (NGINX / "Caddyfile").read_text().splitlines()
    assert len([line for line in lines if line and not line.startswith("#")]) <= 35
