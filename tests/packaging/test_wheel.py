"""The wheel is whole: it installs into an empty environment and `jupyter codewithme` starts the same thing from it."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
LABEXTENSION = "share/jupyter/labextensions/@codewithme/labextension"
READY = re.compile(r"CodeWithMe is ready: (?P<address>http://127\.0\.0\.1:\d+/)\S*")

# Installing JupyterLab into an empty environment takes most of a minute, more on a busy machine.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `python -m build` makes it: through the source distribution, so that this one is whole too."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    """The files in the wheel; data files without the `….data/data/` that pip strips."""
    with zipfile.ZipFile(wheel) as archive:
        return [re.sub(r"^[^/]+\.data/data/", "", name) for name in archive.namelist()]


@pytest.mark.parametrize(
    "wanted",
    [
        r"codewithme_ext/app\.py",
        r"codewithme_ext/py\.typed",
        r"codewithme_ext/_version\.py",
        r"codewithme_ext/migrations/versions/\w+\.py",
        r"codewithme_ext/pages/static/.+\.js",
        r"codewithme_ext/pages/static/.+\.css",
        r"codewithme_ext/pages/templates/.+\.html",
        r"codewithme_kernels/__init__\.py",
        r"codewithme_kernels/py\.typed",
        r"codewithme_sandbox/py\.typed",
        r"codewithme_sandbox/languages\.toml",
        r"codewithme_sandbox/seccomp\.json",
        r"codewithme_sandbox/.*Dockerfile",
        r"codewithme_sandbox/.+\.c",
        LABEXTENSION + r"/package\.json",
        LABEXTENSION + r"/install\.json",
        LABEXTENSION + r"/static/style\.js",
        LABEXTENSION + r"/static/remoteEntry\.\w+\.js",
        LABEXTENSION + r"/schemas/@codewithme/labextension/.+\.json",
        r"share/jupyter/kernels/[\w-]+/kernel\.json",
        r"etc/jupyter/jupyter_server_config\.d/codewithme_ext\.json",
        r"[^/]+\.dist-info/licenses/LICENSE",
    ],
)
def test_the_wheel_holds(wanted: str, names: list[str]) -> None:
    assert any(re.fullmatch(wanted, name) for name in names)


def test_the_wheel_holds_nothing_of_the_workshop(names: list[str]) -> None:
    stray = re.compile(r"(^|/)(tests?|node_modules|\.build|\.venv|bench|scripts)/|\.pyc$|tsbuildinfo$")
    assert [name for name in names if stray.search(name)] == []


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment in which nothing but the wheel was installed."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    command = [str(folder / "bin" / "pip"), "install", "--progress-bar", "off", "--no-compile", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "bin"


@pytest.fixture(scope="module")
def environment(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of somebody who has never used CodeWithMe or Jupyter."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CODEWITHME_", "JUPYTER", "PYTHON"))
    }
    home = tmp_path_factory.mktemp("home")
    return {**kept, "HOME": str(home), "PATH": f"{programs}:{kept['PATH']}", "PYTHONUNBUFFERED": "1"}


def test_the_labextension_is_listed_as_enabled(programs: Path, environment: dict[str, str]) -> None:
    command = [str(programs / "jupyter"), "labextension", "list"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    (line,) = [line for line in (done.stdout + done.stderr).splitlines() if "@codewithme/labextension" in line]
    assert "enabled" in line
    assert "OK" in line


def test_the_server_extension_is_listed_as_enabled(programs: Path, environment: dict[str, str]) -> None:
    command = [str(programs / "jupyter"), "server", "extension", "list"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert re.search(r"codewithme_ext \S*enabled", done.stdout + done.stderr)


@pytest.fixture(scope="module")
def server(programs: Path, environment: dict[str, str]) -> Iterator[str]:
    """The base address of the server that `jupyter codewithme` starts, once it says that it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(programs / "jupyter"), "codewithme"]
    variables = {**environment, "CODEWITHME_PORT": str(port)}
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield ready_address(process.stdout)
        finally:
            process.terminate()
            # Read on to the end, so that a full pipe does not hold up the server's last words.
            process.communicate(timeout=30)


def ready_address(output: Iterator[str]) -> str:
    said = []
    for line in output:
        said.append(line)
        if found := READY.search(line):
            return found["address"]
    raise AssertionError("The server ended before it was ready:\n" + "".join(said))


def test_jupyter_codewithme_starts_a_healthy_server(server: str) -> None:
    with urllib.request.urlopen(f"{server}api/v1/health") as response:
        health = json.load(response)
    assert health["status"] == "success"


def test_the_server_serves_the_labextension(server: str) -> None:
    with urllib.request.urlopen(f"{server}lab/extensions/@codewithme/labextension/package.json") as response:
        assert json.load(response)["name"] == "@codewithme/labextension"
