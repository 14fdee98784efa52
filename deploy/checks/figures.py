"""Dashboard and alerts: what they ask for exists, can be parsed, and leads to a paragraph of the operator's document."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import yaml
from findings import Findings

DASHBOARDS = sorted(Path("deploy/grafana/dashboards").glob("*.json"))
RULES = Path("deploy/prometheus/rules.yml")
TESTS = Path("deploy/prometheus/rules_test.yml")
OPERATIONS = Path("docs/operations.md")
METRICS = Path("docs/metrics.md")
NAME = re.compile(r"\b(?:ricochet|process)_[a-z_]+")


def check(findings: Findings) -> None:
    known = known_metrics()
    alerts = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    headings = anchors(OPERATIONS.read_text())
    tested = TESTS.read_text()
    for rule in alerts:
        place = f"{RULES} {rule['alert']}"
        check_names(findings, place, rule["expr"], known)
        document, _, anchor = rule["annotations"]["runbook"].partition("#")
        findings.expect(Path(document) == OPERATIONS and anchor in headings, place, f"no paragraph {anchor}")
        findings.expect(rule["labels"]["severity"] in ("critical", "warning"), place, "no severity")
    for name in set(re.findall(r"Ricochet[A-Z]\w+", tested)):
        findings.expect(any(rule["alert"] == name for rule in alerts), TESTS, f"there is no alert {name}")
    for path in DASHBOARDS:
        check_dashboard(findings, path, known)


def known_metrics() -> set[str]:
    known = set()
    for name, kind in re.findall(r"^\| `(\w+)` \| (\w+) \|", METRICS.read_text(), re.MULTILINE):
        known.add(name)
        if kind == "histogram":
            known |= {f"{name}_{part}" for part in ("bucket", "sum", "count")}
    assert len(known) > 50, f"{METRICS} lists hardly any metric: has its table changed?"
    return known


def check_names(findings: Findings, place: str, expression: str, known: set[str]) -> None:
    names = set(NAME.findall(expression))
    for name in names:
        findings.expect(name in known, place, f"the server has no metric {name}")


def check_dashboard(findings: Findings, path: Path, known: set[str]) -> None:
    dashboard = json.loads(path.read_text())
    panels = dashboard["panels"]
    ids = [panel["id"] for panel in panels]
    findings.expect(len(ids) == len(set(ids)), path, "two panels of one id")
    taken: set[tuple[int, int]] = set()
    expressions = []
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + dx, place["y"] + dy) for dx in range(place["w"]) for dy in range(place["h"])}
        findings.expect(not cells & taken and place["x"] + place["w"] <= 24, path, f"{panel['title']} lies on another")
        taken |= cells
        expressions += [(panel["title"], target["expr"]) for target in panel.get("targets", [])]
    expressions += [(note["name"], note["expr"]) for note in dashboard["annotations"]["list"]]
    for title, expression in expressions:
        check_names(findings, f"{path} {title}", expression, known)
    check_expressions(findings, path, [expression for _, expression in expressions])


def check_expressions(findings: Findings, path: Path, expressions: list[str]) -> None:
    """Lets promtool parse what a dashboard asks, as rules that record it."""
    plain = [text.replace("$__rate_interval", "1m").replace("$instance", ".*") for text in expressions]
    rules = [{"record": f"dashboard:{index}", "expr": text} for index, text in enumerate(plain)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        tool = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
    findings.expect(tool.returncode == 0, path, tool.stderr.strip())


def anchors(text: str) -> set[str]:
    """Headings as links name them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
