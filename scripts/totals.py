"""Sums up the parts of a test run from their JUnit files: `totals.py [--no-skips] FOLDER PART…`.

Prints a line for each part and a closing line as pytest prints it. Exit code 1 when a test failed, a part left no
result or ran nothing, or, with --no-skips, when a test was skipped (each of them is named).
"""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass
class Part:
    """What one part did; the time in seconds."""

    name: str
    passed: int = 0
    failed: int = 0
    skips: list[str] = field(default_factory=list)
    time_s: float = 0.0
    is_reported: bool = True


def read_part(name: str, path: Path) -> Part:
    """A file that is missing or cut short means that the runner died: a part without a report."""
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        return Part(name, is_reported=False)
    part = Part(name)
    for case in root.iter("testcase"):
        part.time_s += float(case.get("time") or 0)
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            part.failed += 1
        elif skip is not None:
            part.skips.append(f"{case.get('classname')}::{case.get('name')}: {skip.get('message')}")
        else:
            part.passed += 1
    return part


def closing_line(parts: list[Part]) -> str:
    passed = sum(part.passed for part in parts)
    failed = sum(part.failed for part in parts)
    skipped = sum(len(part.skips) for part in parts)
    words = [f"{failed} failed"] if failed else []
    words.append(f"{passed} passed")
    words += [f"{skipped} skipped"] if skipped else []
    text = f" {', '.join(words)} in {sum(part.time_s for part in parts):.2f}s "
    return text.center(100, "=")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="+")
    parser.add_argument("--no-skips", action="store_true")
    arguments = parser.parse_args()
    parts = [read_part(name, arguments.folder / f"{name}.xml") for name in arguments.parts]
    is_bad = False
    for part in parts:
        counts = f"{part.passed} passed, {part.failed} failed, {len(part.skips)} skipped in {part.time_s:.1f} s"
        print(f"  {part.name:<14}{counts if part.is_reported else 'left no result: it died before its end'}")
        is_bad = is_bad or part.failed > 0 or part.passed == 0
        if arguments.no_skips and part.skips:
            is_bad = True
            print("    skipped, and no test may be:", *part.skips, sep="\n      ")
    print(closing_line(parts))
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main())
