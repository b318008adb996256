"""A real PostgreSQL of the test run's own: in a temporary folder, on a free loopback port, gone afterwards."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

START_TIMEOUT_S = 60.0
USER = "codewithme"
# For tests in which nothing must survive a crash of the database, so nothing waits for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass
class PostgresCluster:
    """A running server, which can be stopped and started again on the same data and port.

    `url(name)` is an address in the form that the setting `database_url` takes.
    """

    programs: Path
    folder: Path
    port: int
    password: str = field(repr=False)
    settings: tuple[str, ...] = FAST
    as_server: tuple[str, ...] = ()
    """The command that makes a process the server's account's."""
    _process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """Make a database, empty or as a copy of another one that nobody is connected to; returns its address."""
        self._execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def create_in(self, folder: Path, database: str) -> str:
        """Make an empty database whose tables lie in a new folder, such as one on a small disk; returns its address."""
        folder.mkdir()
        account = self.folder.stat()
        os.chown(folder, account.st_uid, account.st_gid)
        self._execute(f"CREATE TABLESPACE \"{database}\" LOCATION '{folder}'")
        self._execute(f'CREATE DATABASE "{database}" TEMPLATE template0 TABLESPACE "{database}"')
        return self.url(database)

    @contextlib.contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """The address of a database of a test's own, as `create` makes it, gone at the end."""
        name = f"test_{uuid.uuid4().hex}"
        yield self.create(name, template=template)
        self.drop(name)

    def drop(self, database: str) -> None:
        """Remove a database; whoever is still connected to it is thrown out."""
        self._execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def start(self) -> None:
        """Start and wait until it takes connections."""
        settings = (*self.settings, "listen_addresses=127.0.0.1", f"port={self.port}")
        settings += (f"unix_socket_directories={self.folder}",)
        command = [*self.as_server, str(self.programs / "postgres"), "-D", str(self.folder / "data")]
        command += [part for setting in settings for part in ("-c", setting)]
        log = self.folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, cwd=self.folder)
        try:
            _wait_until_ready(self.folder / "data" / "postmaster.pid", self._process, log)
        except BaseException:
            self.stop(signal.SIGQUIT)
            raise

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it in order with whoever is connected thrown out, or with SIGQUIT as a crash would."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

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
def postgres_cluster(programs: Path, settings: tuple[str, ...] = FAST) -> Iterator[PostgresCluster]:
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
        cluster = PostgresCluster(programs, folder, _free_port(), password, settings, tuple(as_server))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def _initialise(folder: Path, initdb: list[str], password_file: Path) -> None:
    arguments = [f"--pgdata={folder / 'data'}", f"--username={USER}", f"--pwfile={password_file}", "--no-sync"]
    arguments += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run([*initdb, *arguments], capture_output=True, text=True, cwd=folder, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed: {done.stderr or done.stdout}")


def _wait_until_ready(status_file: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """PostgreSQL writes its pid file first and the word "ready" into the last line of it when it takes connections."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            status = status_file.read_text().split()
            if status and status[0] == str(process.pid) and status[-1] == "ready":
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
