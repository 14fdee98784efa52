"""Kubernetes and Compose: against their schemas, and against what a drain and an unprivileged server need."""

import os
import subprocess
from pathlib import Path

import kubernetes_validate
import yaml
from compose_spec.models import ComposeSpecification
from findings import Findings, documents
from pydantic import ValidationError

MANIFESTS = sorted(Path("deploy/kubernetes").glob("*.yaml")) + sorted(Path("deploy/agones").glob("*.yaml"))
COMPOSE = Path("deploy/compose.yaml")
# Kinds that operators define; their schemas are in no package, so only the pods in them are checked.
FOREIGN = ("monitoring.coreos.com/", "agones.dev/", "autoscaling.agones.dev/")
# What an end takes beyond its drain: sealing, goodbyes, requests that run.
AFTER_DRAIN_SECS = 5
DRAIN_SECS_DEFAULT = 8


def check(findings: Findings) -> None:
    for path in MANIFESTS:
        for document in documents(path):
            check_document(findings, path, document)
    check_compose(findings)


def check_document(findings: Findings, path: Path, document: dict) -> None:
    place = f"{path} {document['kind']}"
    if not document["apiVersion"].startswith(FOREIGN):
        check_schema(findings, place, document)
    template = document.get("spec", {}).get("template")
    # A Fleet's template is a GameServer's, whose template is a pod's.
    while isinstance(template, dict) and "template" in template.get("spec", {}):
        template = template["spec"]["template"]
    if isinstance(template, dict) and "containers" in template.get("spec", {}):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": template["spec"]}
        check_schema(findings, f"{place}'s pod", pod)
        check_pod(findings, place, template["spec"])


def check_schema(findings: Findings, place: str, document: dict) -> None:
    findings.checked += 1
    try:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    except kubernetes_validate.ValidationError as error:
        findings.add(place, f"{error.message} at {'.'.join(str(part) for part in error.path)}")


def check_pod(findings: Findings, place: str, spec: dict) -> None:
    """What the "restricted" security standard of Kubernetes wants, and time for the drain."""
    drain = DRAIN_SECS_DEFAULT
    for container in spec["containers"]:
        environment = {variable["name"]: variable.get("value") for variable in container.get("env", [])}
        drain = max(drain, int(environment.get("RICOCHET_DRAIN_SECS", 0)))
        findings.expect("limits" in container.get("resources", {}), place, "a container without limits")
    if "volumes" in spec and any("configMap" in volume for volume in spec["volumes"]):
        drain = max(drain, 30)
    grace = spec.get("terminationGracePeriodSeconds", 30)
    findings.expect(grace >= drain + AFTER_DRAIN_SECS, place, f"{grace} s of grace for a drain of {drain} s")
    if "gameserver" in place:
        return
    pod = spec.get("securityContext", {})
    findings.expect(pod.get("runAsNonRoot") is True, place, "may run as root")
    findings.expect(pod.get("seccompProfile", {}).get("type") == "RuntimeDefault", place, "no seccomp profile")
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        findings.expect(own.get("allowPrivilegeEscalation") is False, place, "may gain privileges")
        findings.expect(own.get("capabilities", {}).get("drop") == ["ALL"], place, "keeps capabilities")
        findings.expect(own.get("readOnlyRootFilesystem") is True, place, "may write its root")


def check_compose(findings: Findings) -> None:
    compose = yaml.safe_load(COMPOSE.read_text())
    findings.checked += 1
    try:
        ComposeSpecification.model_validate(compose)
    except ValidationError as error:
        findings.add(COMPOSE, str(error))
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            there = (COMPOSE.parent / source).exists() if source.startswith(".") else source in compose["volumes"]
            findings.expect(there, f"{COMPOSE} {name}", f"the volume {source} is nowhere")
    server = compose["services"]["ricochet"]
    grace = int(server["stop_grace_period"].removesuffix("s"))
    findings.expect(grace >= DRAIN_SECS_DEFAULT + AFTER_DRAIN_SECS, COMPOSE, f"{grace} s of grace are too few")
    context = COMPOSE.parent / server["build"]["context"]
    findings.expect((context / server["build"]["dockerfile"]).is_file(), COMPOSE, "the Dockerfile is nowhere")
    caddy = subprocess.run(
        ["caddy", "adapt", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"],
        env=os.environ | {"RICOCHET_HOST": "play.example.org"}, capture_output=True, text=True, check=False,
    )
    findings.expect(caddy.returncode == 0, "deploy/Caddyfile", caddy.stderr.strip())
