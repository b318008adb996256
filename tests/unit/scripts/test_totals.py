"""The gate at the end of a test run: what it counts, and what it does not let through."""

import subprocess
import sys
from pathlib import Path

TOTALS = Path(__file__).parents[3] / "scripts" / "totals.py"

PASSED = '<testcase classname="test_door" name="test_a_candidate_waits" time="0.5"/>'
FAILED = '<testcase classname="test_door" name="test_a_host_admits" time="1.5"><failure message="no"/></testcase>'
SKIPPED = '<testcase classname="test_door" name="test_a_bell" time="0"><skipped message="no bell"/></testcase>'


def write_part(folder: Path, name: str, *cases: str) -> None:
    (folder / f"{name}.xml").write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")


def totals(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(TOTALS), str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_parts_are_added_up_in_one_closing_line(tmp_path: Path) -> None:
    write_part(tmp_path, "unit", PASSED, PASSED)
    write_part(tmp_path, "docker", PASSED, SKIPPED)
    done = totals(tmp_path, "unit", "docker")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].strip("= ") == "3 passed, 1 skipped in 1.50s"


def test_a_failed_test_fails_the_run(tmp_path: Path) -> None:
    write_part(tmp_path, "unit", PASSED, FAILED)
    done = totals(tmp_path, "unit")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].strip("= ") == "1 failed, 1 passed in 2.00s"


def test_a_skipped_test_is_named_and_refused_where_none_may_be(tmp_path: Path) -> None:
    write_part(tmp_path, "unit", PASSED, SKIPPED)
    done = totals(tmp_path, "--no-skips", "unit")
    assert done.returncode == 1
    assert "test_door::test_a_bell: no bell" in done.stdout


def test_a_part_that_ran_nothing_fails_the_run(tmp_path: Path) -> None:
    write_part(tmp_path, "unit", PASSED)
    write_part(tmp_path, "docker")
    assert totals(tmp_path, "unit", "docker").returncode == 1


def test_a_part_that_died_before_its_report_fails_the_run(tmp_path: Path) -> None:
    write_part(tmp_path, "unit", PASSED)
    (tmp_path / "docker.xml").write_text("<testsuites><testsuite>")
    done = totals(tmp_path, "unit", "docker", "browser")
    assert done.returncode == 1
    assert done.stdout.count("left no result") == 2
