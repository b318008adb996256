"""A real PostgreSQL of the test run's own: in a temporary folder, on a free loopback port, gone afterwards."""

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

START_TIMEOUT_S = 60.0
USER = "codewithme"
# Nothing here must survive a crash, so nothing waits for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class PostgresCluster:
    """A running server. `url(name)` is an address in the form that the setting `database_url` takes."""

    programs: Path
    port: int
    password: str = field(repr=False)

    def url(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """Make a database, empty or as a copy of another one that nobody is connected to; returns its address."""
        self._execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database; whoever is still connected to it is thrown out."""
        self._execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        command = [
            str(self.programs / "psql"),
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--command",
            statement,
        ]
        subprocess.run([*command, self.url("postgres")], check=True, capture_output=True, text=True, timeout=30)


def find_programs() -> Path | None:
    """The folder with the newest PostgreSQL's programs; Debian keeps them out of the PATH."""
    folders = (program.parent for program in Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextlib.contextmanager
def postgres_cluster(programs: Path) -> Iterator[PostgresCluster]:
    """Start a cluster with the programs in that folder, stop it and remove its files at the end.

    PostgreSQL refuses to run as root, so root hands it to the account of Debian's package, or to `nobody`. Should the
    test run be killed, the kernel ends the server with it (`--pdeathsig`).
    """
    folder = Path(tempfile.mkdtemp(prefix="codewithme-postgres-"))
    password = secrets.token_hex(16)
    password_file = folder / "password"
    password_file.write_text(password)
    as_server = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:
        account = _unprivileged_account()
        as_server += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        for path in (folder, password_file):
            os.chown(path, account.pw_uid, account.pw_gid)
    try:
        _initialise(folder, [*as_server, str(programs / "initdb")], password_file)
        with _serving(folder, [*as_server, str(programs / "postgres")]) as port:
            yield PostgresCluster(programs=programs, port=port, password=password)
    finally:
        shutil.rmtree(folder)


def _initialise(folder: Path, initdb: list[str], password_file: Path) -> None:
    arguments = [f"--pgdata={folder / 'data'}", f"--username={USER}", f"--pwfile={password_file}", "--no-sync"]
    arguments += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run([*initdb, *arguments], capture_output=True, text=True, cwd=folder, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed: {done.stderr or done.stdout}")


@contextlib.contextmanager
def _serving(folder: Path, postgres: list[str]) -> Iterator[int]:
    port = _free_port()
    settings = (*FAST, "listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}")
    command = [*postgres, "-D", str(folder / "data"), *(part for setting in settings for part in ("-c", setting))]
    log = folder / "log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=folder) as process:
        try:
            _wait_until_ready(folder / "data" / "postmaster.pid", process, log)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(status_file: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """PostgreSQL writes the word "ready" into the last line of its pid file when it takes connections."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            if status_file.read_text().rstrip().endswith("ready"):
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}")


def _unprivileged_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
