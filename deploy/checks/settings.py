"""The settings that images, units and manifests give the server, judged by the server itself."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import yaml
from findings import Findings, documents
from manifests import COMPOSE, MANIFESTS


def check(findings: Findings, server: str) -> None:
    dockerfile = Path("deploy/Dockerfile").read_text()
    image = dict(re.findall(r"(RICOCHET_\w+)=(\S+)", dockerfile))
    findings.expect(bool(image), "deploy/Dockerfile", "sets nothing")
    judge(findings, "deploy/Dockerfile", server, image)
    unit = Path("deploy/systemd/ricochet.service").read_text()
    given = dict(re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE))
    judge(findings, "deploy/systemd/ricochet.service", server, given)
    compose = yaml.safe_load(COMPOSE.read_text())["services"]["ricochet"]["environment"]
    plain = {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value)) for name, value in compose.items()}
    judge(findings, COMPOSE, server, image | plain)
    for path in MANIFESTS:
        for document in documents(path):
            for text in re.findall(r"'name': '(RICOCHET_\w+)', 'value': '([^']*)'", str(document)):
                judge(findings, f"{path} {text[0]}", server, image | dict([text]))
            if document["kind"] == "ConfigMap":
                for name, content in document["data"].items():
                    judge(findings, f"{path} {name}", server, image, content)
    judge(findings, "assets/config/ricochet.toml", server, {}, Path("assets/config/ricochet.toml").read_text())


def judge(findings: Findings, place: object, server: str, environment: dict, content: str | None = None) -> None:
    """Asks the server whether it would start so."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("RICOCHET_")}
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(content or "")
        file.flush()
        line = [server, "--check-config", *(["--config", file.name] if content is not None else [])]
        said = subprocess.run(line, env=ours | environment, capture_output=True, text=True, check=False)
    findings.expect(said.returncode == 0, place, said.stderr.strip())
