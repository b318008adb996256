"""The examples do what they say, as somebody would run them who knows nothing but their address."""

import subprocess
import sys
from pathlib import Path

import pytest

from server import InterviewServer

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_an_example_goes_through_to_its_end(own_server: InterviewServer, example: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(example), own_server.url], capture_output=True, text=True, timeout=100, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "done"
