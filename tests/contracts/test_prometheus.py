"""What ships for Prometheus and Grafana: it names only metrics and labels the program tells, and each alert works."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from balcao.cli.reference.book import ROOT
from balcao.cli.reference.metrics import every_series
from balcao.kernel.runtime import Runtime
from balcao.kernel.web.middleware_origin import HostRule
from tests.factories import promql

PROMETHEUS = ROOT / "deploy/prometheus"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
DASHBOARDS = sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))
# What Prometheus adds to every sample, and the series it makes itself.
ITS_OWN_LABELS = {"instance", "job"}
ITS_OWN = {"up": {"instance", "job"}}
promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not there"
)


def _rules() -> Iterator[dict[str, Any]]:
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


def _known() -> dict[str, set[str]]:
    """Every name an expression may use, with its labels: samples of declared series, and the recorded ones."""
    known = {name: set(labels) for name, labels in ITS_OWN.items()}
    for one in every_series():
        labels = {*one.labels, *ITS_OWN_LABELS}
        if one.kind == "histogram":
            known |= {f"{one.name}_{end}": labels for end in ("sum", "count")}
            known[f"{one.name}_bucket"] = labels | {"le"}
        else:
            known[one.name] = labels
    for rule in _rules():
        if "record" in rule:
            known[rule["record"]] = set(promql.read(rule["expr"]).groups)
    return known


def _faults(expression: str, known: dict[str, set[str]]) -> list[str]:
    """What the expression names that nobody tells."""
    named = promql.read(expression)
    faults = [f"no metric {name}" for name, _ in named.metrics if name not in known]
    for name, labels in named.metrics:
        faults += [f"no label {label} of {name}" for label in labels if label not in known.get(name, set())]
    told = set[str]().union(*(known.get(name, set()) for name, _ in named.metrics))
    faults += [f"no label {label} to group by" for label in named.groups if label not in told]
    return faults if named.metrics else [*faults, "names no metric"]


def _panels() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            if panel["type"] != "row":
                yield path.stem, panel


def test_rules_name_only_what_is_told() -> None:
    known = _known()
    faults = {rule.get("alert") or rule["record"]: _faults(rule["expr"], known) for rule in _rules()}
    assert {name: fault for name, fault in faults.items() if fault} == {}
    assert len(faults) >= 30


def test_panels_name_only_what_is_told() -> None:
    known = _known()
    queries = [
        (f"{board}: {panel['title']}", target["expr"])
        for board, panel in _panels()
        for target in panel["targets"]
    ]
    faults = {title: _faults(query.replace("$__rate_interval", "5m"), known) for title, query in queries}
    assert {title: fault for title, fault in faults.items() if fault} == {}
    assert len(queries) > 100


def test_nearly_every_metric_is_seen_somewhere() -> None:
    """Some exist for a question asked once a year; they stay few."""
    expressions = [target["expr"] for _, panel in _panels() for target in panel["targets"]]
    expressions += [rule["expr"] for rule in _rules()]
    shown = {name for expression in expressions for name, _ in promql.read(expression).metrics}
    unseen = [
        one.name
        for one in every_series()
        if not shown & {one.name, f"{one.name}_bucket", f"{one.name}_count", f"{one.name}_sum"}
    ]
    assert len(unseen) <= len(every_series()) * 0.15, unseen


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("rate(balcao_invented_total[5m])", "no metric balcao_invented_total"),
        ('balcao_queue_ready{tenant="a"}', "no label tenant of balcao_queue_ready"),
        ("sum by (customer) (balcao_queue_ready)", "no label customer to group by"),
        ("balcao_http_request_seconds > 1", "no metric balcao_http_request_seconds"),
        ("1 + 1", "names no metric"),
    ],
)
def test_the_reader_finds_what_nobody_tells(expression: str, fault: str) -> None:
    assert fault in _faults(expression, _known())


@pytest.mark.parametrize("expression", ["sum(balcao_jobs", "balcao_jobs)", "sum by (task balcao_jobs", "nope(balcao_jobs)", "balcao_jobs ; 1"])  # fmt: skip
def test_the_reader_refuses_what_is_no_expression(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        promql.read(expression)


def test_alerts_say_how_bad_it_is_and_what_to_do() -> None:
    page = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
    anchors = {
        re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    }
    alerts = [rule for rule in _rules() if "alert" in rule]
    assert len(alerts) == len({rule["alert"] for rule in alerts}) >= 12
    for rule in alerts:
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/observability.md#{rule['alert'].lower()}"
        assert rule["alert"].lower() in anchors


def test_each_alert_has_its_drill() -> None:
    drills = yaml.safe_load((PROMETHEUS / "tests/alerts.yml").read_text(encoding="utf-8"))["tests"]
    quiet = {
        drill["name"].partition(":")[0]
        for drill in drills
        if drill["promql_expr_test"][0]["exp_samples"] == []
    }
    loud = {
        drill["name"].partition(":")[0] for drill in drills if drill["promql_expr_test"][1]["exp_samples"]
    }
    assert quiet == loud == {rule["alert"] for rule in _rules() if "alert" in rule}


def test_pages_that_stay_open_are_left_out_of_times(runtime: Runtime) -> None:
    """Every route that answers with a stream of events, and no other, is what the rules leave out."""
    asked = [rule["expr"] for rule in _rules()]
    asked += [target["expr"] for _, panel in _panels() for target in panel["targets"]]
    left_out = {found for expression in asked for found in re.findall(r'route!~"([^"]+)"', expression)}
    assert len(left_out) == 1
    pattern = re.compile(left_out.pop())
    found: list[tuple[str, bool]] = []
    for module in runtime.modules:
        for router in (*module.routers, *module.pages):
            for route in router.routes:
                code: Any = getattr(getattr(route, "endpoint", None), "__code__", None)
                if code is not None:
                    path: str = getattr(route, "path", "")
                    found.append((path, "event_stream" in code.co_names))
    streams = [path for path, is_stream in found if is_stream]
    assert len(streams) >= 5
    assert [path for path, is_stream in found if bool(pattern.fullmatch(path)) != is_stream] == []


@promtool
def test_promtool_accepts_the_configuration_and_the_rules(tmp_path: Path) -> None:
    text = (PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8")
    token = tmp_path / "token"
    token.write_text("x" * 32, encoding="utf-8")
    text = re.sub(r"credentials_file: .+", f"credentials_file: {token}", text)
    (tmp_path / "prometheus.yml").write_text(
        text.replace("rules/*.yml", f"{PROMETHEUS}/rules/*.yml"), encoding="utf-8"
    )
    _promtool("check", "config", str(tmp_path / "prometheus.yml"))
    _promtool("check", "rules", *map(str, RULES))


def test_in_kubernetes_pods_are_asked_by_a_name_that_a_wildcard_of_hosts_lets_in() -> None:
    (job,) = yaml.safe_load((PROMETHEUS / "kubernetes.yml").read_text(encoding="utf-8"))["scrape_configs"]
    address = next(step for step in job["relabel_configs"] if step.get("target_label") == "__address__")
    host = re.sub(
        address["regex"], re.sub(r"\$(\d)", r"\\\1", address["replacement"]), "10.1.2.33;balcao;9100"
    )
    assert host == "10-1-2-33.balcao.pod.cluster.local:9100"
    assert HostRule(["*.pod.cluster.local"]).accepts(host)


@promtool
def test_each_alert_is_quiet_and_then_loud() -> None:
    _promtool("test", "rules", str(PROMETHEUS / "tests/alerts.yml"))


def _promtool(*arguments: str) -> None:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_dashboards_are_what_grafana_imports() -> None:
    boards = [json.loads(path.read_text(encoding="utf-8")) for path in DASHBOARDS]
    assert {board["uid"] for board in boards} == {path.stem for path in DASHBOARDS}
    assert len(boards) == 6
    for board in boards:
        assert board["schemaVersion"] >= 39 and board["title"] and "id" not in board
        (variable,) = board["templating"]["list"]
        assert (variable["name"], variable["type"], variable["query"]) == (
            "datasource",
            "datasource",
            "prometheus",
        )
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            spot = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(spot["x"], spot["x"] + spot["w"])
                for y in range(spot["y"], spot["y"] + spot["h"])
            }
            assert spot["x"] + spot["w"] <= 24
            assert not cells & taken, panel["title"]
            taken |= cells
            for target in panel.get("targets", []):
                assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert len([p for p in board["panels"] if p["type"] != "row"]) == len(
            {p["title"] for p in board["panels"] if p["type"] != "row"}
        )
