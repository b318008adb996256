"""No dependency below the version that mended a hole we would stand on (claim C68)."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

SAFE = {"jupyter_server": "2.20", "python-socketio": "5.16.2", "pyjwt": "2.4"}
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("name", SAFE)
def test_claim_68_neither_what_is_installed_nor_what_we_allow_is_too_old(name: str) -> None:
    allowed = next(r for r in map(Requirement, PROJECT["dependencies"]) if r.name == name)
    assert Version(version(name)) >= Version(SAFE[name])
    lowest = min(Version(spec.version) for spec in allowed.specifier if spec.operator in (">=", "=="))
    assert lowest >= Version(SAFE[name])
