"""The image: hadolint's rules, and that what is copied and built is there."""

import re
import subprocess
import tomllib
from pathlib import Path

from findings import Findings

DOCKERFILE = Path("deploy/Dockerfile")
IGNORE = Path("deploy/Dockerfile.dockerignore")


def check(findings: Findings) -> None:
    linted = subprocess.run(["hadolint", str(DOCKERFILE)], capture_output=True, text=True, check=False)
    findings.expect(linted.returncode == 0, DOCKERFILE, linted.stdout.strip())
    text = DOCKERFILE.read_text()
    workspace = tomllib.loads(Path("Cargo.toml").read_text())["workspace"]
    built = re.search(r"cargo build .*--package (\S+) --bin (\S+)", text)
    findings.expect(built is not None and built[1] in workspace["members"], DOCKERFILE, "builds no member")
    wanted = workspace["package"]["rust-version"]
    version = re.search(r"^ARG RUST_VERSION=(\S+)$", text, re.MULTILINE)[1]
    new_enough = [int(part) for part in version.split(".")] >= [int(part) for part in wanted.split(".")]
    findings.expect(new_enough, DOCKERFILE, f"Rust {version} is older than {wanted}")
    copied = {line[1:] for line in IGNORE.read_text().splitlines() if line.startswith("!")}
    for member in workspace["members"]:
        # Where a folder is copied, so is what lies in it.
        folders = {member, *(str(folder) for folder in Path(member).parents)}
        findings.expect(folders & copied, IGNORE, f"the workspace's member {member} is ignored")
    for path in copied:
        findings.expect(Path(path).exists(), IGNORE, f"{path} is nowhere")
    entry = re.search(r'^ENTRYPOINT \["(\S+)"\]$', text, re.MULTILINE)[1]
    findings.expect(f" {entry}\n" in text, DOCKERFILE, f"{entry} is not copied")
