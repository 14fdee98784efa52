"""What the checks find, told together at the end."""

from pathlib import Path

import yaml


class Findings:
    """Collects what is wrong, by file."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.checked = 0

    def add(self, place: object, what: str) -> None:
        self.found.append(f"{place}: {what}")

    def expect(self, holds: bool, place: object, what: str) -> None:
        self.checked += 1
        if not holds:
            self.add(place, what)

    def tell(self) -> int:
        for line in self.found:
            print(line)
        print(f"{self.checked} things about deploy/ checked, {len(self.found)} wrong")
        return 1 if self.found else 0


def documents(path: Path) -> list:
    """All documents of a YAML file; a file that is none raises."""
    return [document for document in yaml.safe_load_all(path.read_text()) if document is not None]
