"""The interview server: configuration → services → ways in, started and stopped.

`jupyter codewithme` starts a Jupyter server of its own (stand-alone, or later as a service of a JupyterHub) in which only the
extensions named here are loaded: one we do not know could be a way around the confinement of candidates. Loaded into any other
Jupyter server, the extension opens no doors.
"""

import asyncio
import gc
import getpass
import logging
import os
import pwd
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import tornado.web
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import TraitError, default
from traitlets.config import Config

from ._version import __version__
from .config import CodeWithMe
from .errors import CodeWithMeError, ConfigurationError
from .interview.accounts.service import RegistrationPolicy
from .interview.rate_limits import RateLimitSettings
from .jupyter import doors
from .jupyter.headers import security_headers
from .jupyter.numbers import METRICS_KEY, METRICS_TOKEN_KEY
from .jupyter.requests import RequestId, log_request
from .jupyter.sender import PROXIES_KEY, TrustedProxies
from .logs import logging_config, redact
from .metrics import Metrics
from .pages import routes as pages
from .realtime.server import Realtime
from .rest import routes as rest
from .rest.openapi import OPENAPI_KEY, OpenApi
from .sentry import start_sentry
from .services import ServiceSettings, build_services, kept_secret

EXTENSIONS = (
    "codewithme_ext",
    "jupyterlab",
)
"""Every server extension the interview server loads."""


log = logging.getLogger(__name__)

LAST_TASKS_TIMEOUT_S = 3.0
BACKLOG = 4096
"""The operating system may allow fewer."""


class InterviewServerApp(ServerApp):
    """The Jupyter server that serves all interviews."""

    description = "An interview server: JupyterLab, shared documents and CodeWithMe."

    def start_app(self) -> None:
        """Start without Jupyter's own banner: its links would not log anybody in."""
        self.write_server_info_file()

    def init_httpserver(self) -> None:
        """Keep more than 128 in line who have not been heard yet: of a thousand who come at once, some would be turned away."""
        super().init_httpserver()
        self.http_server.listen = partial(self.http_server.listen, backlog=BACKLOG)  # type: ignore[method-assign]

    def init_signal(self) -> None:
        """Stop in order on Ctrl-C too, at once and whether or not there is a terminal.

        Jupyter leaves SIGINT without a terminal to Python, whose KeyboardInterrupt tears whatever runs at that moment.
        """
        super().init_signal()
        signal.signal(signal.SIGINT, self._signal_stop)

    async def _stop(self) -> None:
        """Leave nothing behind that keeps the process alive.

        A worker thread of AnyIO ends with the task that first used it. Tasks that are cut off by the end of the loop, such
        as those of open rooms, never end, and Python then waits for their threads for good.
        """
        await self._cleanup()
        await self.http_server.close_all_connections()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=LAST_TASKS_TIMEOUT_S)
        self.io_loop.stop()

    @default("terminals_enabled")
    def _terminals_enabled_default(self) -> bool:
        return False


class CodeWithMeApp(ExtensionApp):
    """Remote technical interviews in JupyterLab."""

    name = "codewithme_ext"
    app_name = "CodeWithMe"
    description = __doc__ or ""
    extension_url = "/lab"
    default_url = "/lab"
    load_other_extensions = True
    serverapp_class = InterviewServerApp
    serverapp_config = {"jpserver_extensions": dict.fromkeys(EXTENSIONS, True)}
    classes = [CodeWithMe, InterviewServerApp]
    aliases = {
        "port": "CodeWithMe.port",
        "ip": "ServerApp.ip",
        "base-url": "ServerApp.base_url",
        "data-dir": "CodeWithMe.data_dir",
        "database-url": "CodeWithMe.database_url",
    }
    flags = {}

    def _link_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        super()._link_jupyter_server_extension(serverapp)
        self._is_interview_server = isinstance(serverapp, InterviewServerApp)
        if self._is_interview_server:
            with _or_stop():
                self._settings = _settings(self)
                serverapp.update_config(self._server_config())

    def initialize_settings(self) -> None:
        """Build the services and the ways in that hang on them."""
        if not self._is_interview_server:
            self.log.info("CodeWithMe serves interviews from a server of its own: start it with `jupyter codewithme`.")
            return
        server = self._server
        self._owner_token = secrets.token_urlsafe(32)
        with _or_stop():
            settings = service_settings(self._settings, owner_token=self._owner_token, ip=server.ip)
            redact.hide(_secrets(settings, self._settings))
            if self._settings.sentry_dsn:
                start_sentry(self._settings.sentry_dsn, release=f"codewithme@{__version__}")
            self._services = build_services(settings)
            self._realtime = Realtime(self._services, handshake_timeout_s=self._settings.handshake_timeout_s)
            proxies = TrustedProxies.parse(self._settings.trusted_proxies)
        self.settings[PROXIES_KEY] = proxies
        self.settings["codewithme_services"] = self._services
        self.settings[OPENAPI_KEY] = OpenApi(rest.ADDRESSES, base_url=server.base_url)
        # Lab's pages shrink to less than a third, which is what a candidate on a slow line waits for.
        server.web_app.transforms += [RequestId, security_headers(proxies), tornado.web.GZipContentEncoding]
        self.settings["log_function"] = log_request
        self.settings[METRICS_KEY] = Metrics(self._services, open_sockets=self._realtime.open_sockets)
        self.settings[METRICS_TOKEN_KEY] = self._settings.metrics_token

    def initialize_handlers(self) -> None:
        """Our own addresses. Jupyter's, we stand in once all of them are there (see `doors`)."""
        if self._is_interview_server:
            # The pages first: one of them lies where REST ends with whatever is left.
            self.handlers.extend(pages.ROUTES)
            self.handlers.extend(rest.ROUTES)
            self.handlers.extend(doors.ROUTES)
            self.handlers.extend(self._realtime.routes())

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        if not self._is_interview_server:
            return
        with _or_stop():
            await self._services.start()
            doors.open_doors(serverapp, self._services)
        # tornado would keep a connection for an hour that asks for nothing.
        serverapp.http_server.conn_params.header_timeout = self._settings.handshake_timeout_s
        # Three hundred thousand objects of JupyterLab's are there for good. To look through them again, as Python's collector
        # of cycles would now and then, stops everybody's typing for a quarter of a second.
        gc.freeze()
        host = "127.0.0.1" if serverapp.ip in ("", "0.0.0.0", "::", "localhost") else serverapp.ip  # noqa: S104 (a comparison)
        scheme = "https" if serverapp.certfile else "http"
        origin = f"{scheme}://{f'[{host}]' if ':' in host else host}:{serverapp.port}"
        url = f"{origin}{serverapp.base_url}codewithme/welcome?token={self._owner_token}"
        print(f"CodeWithMe is ready: {url}", flush=True)

    async def stop_extension(self) -> None:
        """Close connections, stop runs, close the database."""
        if self._is_interview_server:
            try:
                await self._realtime.stop()
            finally:
                await self._services.stop()

    @property
    def _server(self) -> ServerApp:
        assert self.serverapp is not None  # Jupyter links an extension before it initializes it
        return self.serverapp

    def _server_config(self) -> Config:
        data_dir = Path(self._settings.data_dir)
        files_dir = data_dir / "files"
        try:
            data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            files_dir.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigurationError(
                f"data_dir cannot be used: {error.strerror} ({files_dir}). Choose a folder this user may write to."
            ) from error
        level = self._settings.log_level.upper()
        config = Config(
            {
                # Of all applications: each server extension is one, with lines of its own.
                "Application": {
                    "log_level": logging.getLevelName(level),
                    "logging_config": logging_config(level, as_json=self._settings.log_format == "json"),
                },
                "ServerApp": {
                    "port": self._settings.port,
                    "port_retries": 0,
                    "root_dir": str(files_dir),
                    "open_browser": False,
                    "answer_yes": True,
                    "allow_unauthenticated_access": False,
                    "allow_root": True,
                    "max_body_size": doors.max_body_bytes(self._settings.max_file_size),
                },
            }
        )
        config.merge(doors.server_config(data_dir))
        return config


def _settings(app: CodeWithMeApp) -> CodeWithMe:
    try:
        return CodeWithMe(parent=app)
    except ValueError as error:
        raise ConfigurationError(f"A setting cannot be used: {error}") from error  # such as one that is given twice


@contextmanager
def _or_stop() -> Iterator[None]:
    # Jupyter logs an extension that fails and starts without it, which is the last thing we want.
    try:
        yield
    except (CodeWithMeError, TraitError) as error:
        sys.exit(f"CodeWithMe cannot start: {error}")
    except Exception:
        log.exception("CodeWithMe cannot start")
        sys.exit(1)


def service_settings(settings: CodeWithMe, *, owner_token: str, ip: str) -> ServiceSettings:
    """The services' settings from the traitlets; makes the data folder and the secret on first use."""
    data_dir = Path(settings.data_dir)
    return ServiceSettings(
        data_dir=data_dir,
        database_url=settings.database_url or f"sqlite:///{data_dir / 'codewithme.sqlite'}",
        redis_url=settings.redis_url or None,
        server_name=f"{socket.gethostname()}:{settings.port}",
        retention_days=settings.retention_days,
        enable_chat=settings.enable_chat,
        jwt_secret=settings.jwt_secret or kept_secret(data_dir, "jwt_secret"),
        owner_token=owner_token,
        owner_name=settings.owner_name or _system_user(),
        registration=_registration(settings.registration, ip),
        jwt_expires_in_s=settings.jwt_expires_in_s,
        refresh_expires_in_s=settings.refresh_expires_in_s,
        password_hash_cost=settings.password_hash_cost or None,
        docker_host=settings.docker_host or None,
        execution_timeout_s=settings.execution_timeout_s,
        execution_memory_mib=settings.execution_memory_mib,
        execution_runtime=settings.execution_runtime or None,
        max_code_size=settings.max_code_size,
        enable_proctoring=settings.enable_proctoring,
        max_file_size=settings.max_file_size,
        rate_limits=RateLimitSettings(
            window_s=settings.rate_limit_window_s,
            max_requests=settings.rate_limit_max_requests,
            anonymous=settings.rate_limit_anonymous,
            executions=settings.execution_rate_limit,
            logins=settings.login_rate_limit,
            chat_messages=settings.chat_rate_limit,
        ),
    )


def _secrets(services: ServiceSettings, settings: CodeWithMe) -> Iterator[str]:
    """What must never stand in a log, whatever writes it there."""
    yield from (services.jwt_secret, services.owner_token, settings.metrics_token)
    for url in (services.database_url, settings.redis_url, settings.sentry_dsn):
        yield urlsplit(url).password or ""


def _registration(setting: str, ip: str) -> RegistrationPolicy:
    if setting != "auto":
        return RegistrationPolicy(setting)
    return RegistrationPolicy.OPEN if _is_loopback(ip) else RegistrationPolicy.CLOSED


def _is_loopback(ip: str) -> bool:
    try:
        return ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


def _system_user() -> str:
    """The system user's full name where it has one, else the log-in name."""
    try:
        full_name = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
        return full_name or getpass.getuser()
    except (KeyError, OSError):
        return "Host"
