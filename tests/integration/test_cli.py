"""`jupyter codewithme …` as an admin types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from server import InterviewServer, interview_server

COMMAND = str(Path(sys.executable).with_name("jupyter-codewithme"))


def codewithme(
    *arguments: str, data_dir: Path, status: int = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a subcommand on a data folder, without a terminal."""
    done = subprocess.run(
        [COMMAND, *arguments, f"--data-dir={data_dir}"],
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(data_dir / "config"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def data_dir(database: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, and a new database for it."""
    if database == "postgresql":
        monkeypatch.setenv("CODEWITHME_DATABASE_URL", request.getfixturevalue("postgres_url"))
    return tmp_path / "data"


@pytest.mark.sqlite_alone("tests/unit/accounts has both")
def test_people_are_added_and_listed_and_can_log_in(data_dir: Path) -> None:
    assert "Nobody has an account yet" in codewithme("users", "list", data_dir=data_dir).stdout
    maya = ("users", "add", "--name=Maya Lindqvist", "--email=maya@company.example")
    password = {"CODEWITHME_NEW_PASSWORD": "correct horse battery"}
    assert "Added Maya Lindqvist" in codewithme(*maya, data_dir=data_dir, **password).stdout
    assert "already has an account" in codewithme(*maya, data_dir=data_dir, status=1, **password).stderr
    short = codewithme(*maya, data_dir=data_dir, status=1, CODEWITHME_NEW_PASSWORD="short")
    assert short.stderr.startswith("password:")
    assert "Say who" in codewithme("users", "add", data_dir=data_dir, status=1).stderr
    admin = ("users", "add", "--name=Ada", "--email=ada@company.example", "--admin")
    codewithme(*admin, data_dir=data_dir, **password)
    listed = codewithme("users", "list", data_dir=data_dir).stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [["user", "maya@company.example"], ["admin", "ada@company.example"]]
    with interview_server(data_dir) as server:
        answer = httpx.post(
            f"{server.url}api/v1/auth/login",
            json={"email": "maya@company.example", "password": "correct horse battery"},
            timeout=30,
        )
        assert answer.json()["data"]["user"]["name"] == "Maya Lindqvist"


@pytest.mark.sqlite_alone("tests/unit/accounts has both")
def test_whoever_is_added_gets_a_link_by_which_they_set_their_password(data_dir: Path) -> None:
    added = codewithme(
        "users",
        "add",
        "--name=Maya",
        "--email=maya@company.example",
        "--url=https://cwm.example/base",
        data_dir=data_dir,
    )
    address, _, token = added.stdout.split()[-1].partition("#")
    assert address == "https://cwm.example/base/codewithme/set-password"
    assert "See: jupyter codewithme users list" in (
        codewithme("users", "link", "--email=nobody@company.example", data_dir=data_dir, status=1).stderr
    )
    again = codewithme("users", "link", "--email=maya@company.example", data_dir=data_dir).stdout.split()[-1]
    assert again.startswith("http://localhost:8888/codewithme/set-password#")
    with interview_server(data_dir) as server:
        for used, status in ((token, 410), (again.partition("#")[2], 200), (again.partition("#")[2], 410)):
            answer = httpx.post(
                f"{server.url}api/v1/auth/set-password",
                json={"token": used, "password": "correct horse battery"},
                timeout=30,
            )
            assert answer.status_code == status, answer.text
        assert again.partition("#")[2] not in server.log


def test_the_database_goes_up_back_and_is_emptied(data_dir: Path) -> None:
    for step in ("upgrade", "downgrade", "upgrade"):
        codewithme("db", step, data_dir=data_dir)
    codewithme(
        "users",
        "add",
        "--name=Maya",
        "--email=maya@company.example",
        data_dir=data_dir,
        CODEWITHME_NEW_PASSWORD="correct horse battery",
    )
    assert "Add --yes" in codewithme("db", "reset", data_dir=data_dir, status=1).stderr
    assert "maya" in codewithme("users", "list", data_dir=data_dir).stdout
    codewithme("db", "reset", "--yes", data_dir=data_dir)
    assert "Nobody has an account yet" in codewithme("users", "list", data_dir=data_dir).stdout


def test_the_doctor_says_what_is_missing_and_what_to_do(
    data_dir: Path, tmp_path: Path, server: InterviewServer
) -> None:
    well = codewithme("doctor", f"--port={server.port}", data_dir=data_dir, status=1).stdout
    assert "ok  Container engine: answers" in well
    assert "ok  Database: empty" in well
    assert "ok  Labextension: installed" in well
    assert f"NO  Port {server.port}: is taken" in well
    nowhere = f"unix://{tmp_path / 'nowhere.sock'}"
    ill = codewithme("doctor", data_dir=data_dir, status=1, CODEWITHME_DOCKER_HOST=nowhere).stdout
    assert "NO  Container engine" in ill
    assert "NO  Sandbox image: no language can be run" in ill


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("JWT_SECRET", "secret"),
        ("JWT_SECRET", "x" * 64),
        ("DATABASE_URL", "mysql://somewhere"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing"),
        ("DATA_DIR", "/proc/nowhere"),
        ("REGISTRATION", "perhaps"),
        ("EXECUTION_TIMEOUT_S", "soon"),
        ("PORT", "many"),
    ],
)
def test_claim_3_a_wrong_setting_stops_the_start_with_a_sentence_that_names_it(
    tmp_path: Path, setting: str, value: str
) -> None:
    done = subprocess.run(
        [COMMAND, *([] if setting == "DATA_DIR" else [f"--data-dir={tmp_path}"]), "--ip=127.0.0.1"],
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
            f"CODEWITHME_{setting}": value,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    said = (done.stdout + done.stderr).strip().splitlines()[-1]
    assert setting.lower() in said.lower(), done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr


@pytest.mark.sqlite_alone("tests/unit/privacy has both")
def test_a_persons_data_is_printed_and_erased_and_old_interviews_are_deleted(data_dir: Path) -> None:
    maya = ("users", "add", "--name=Maya Lindqvist", "--email=maya@company.example")
    codewithme(*maya, data_dir=data_dir, CODEWITHME_NEW_PASSWORD="correct horse battery")
    data = json.loads(codewithme("users", "export", "maya@company.example", data_dir=data_dir).stdout)["data"]
    assert data["users"][0]["name"] == "Maya Lindqvist"
    codewithme("users", "erase", "maya@company.example", "--yes", data_dir=data_dir)
    assert "nobody like" in codewithme("users", "export", "maya@company.example", data_dir=data_dir, status=1).stderr
    assert "Deleted 0 interviews" in codewithme("sessions", "prune", "--days=9", data_dir=data_dir).stdout
