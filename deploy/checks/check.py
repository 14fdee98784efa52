"""Checks what can be checked of deploy/ without a cluster, a container engine or a network.

    python deploy/checks/check.py SERVER

SERVER is the program, which judges the settings that the manifests give it. Run from the repository's root.
"""

import sys

import figures
import image
import manifests
import settings
from findings import Findings


def main() -> int:
    server = sys.argv[1]
    findings = Findings()
    for check in (image.check, manifests.check, figures.check):
        check(findings)
    settings.check(findings, server)
    return findings.tell()


if __name__ == "__main__":
    sys.exit(main())
