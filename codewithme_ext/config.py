"""Every setting, as traitlets: in `jupyter_server_config.py`, on the command line, or as an environment variable.

The environment variable of a setting is `CODEWITHME_` and its name in capitals; it gives the default, so that a configuration
file or the command line wins.
"""

import os
from typing import Any
from urllib.parse import urlsplit

from jupyter_core.paths import jupyter_data_dir
from traitlets import Bool, Enum, Float, Integer, TraitError, TraitType, Unicode, default, validate
from traitlets.config import Configurable

from .errors import ConfigurationError

ENVIRONMENT_PREFIX = "CODEWITHME_"
MIN_SECRET_CHARACTERS = 32
"""HS256 wants a key of at least the hash's length (RFC 7518, section 3.2)."""
MIN_METRICS_TOKEN_CHARACTERS = 16


def environment_name(setting: str) -> str:
    """The environment variable of a setting, such as `CODEWITHME_DATABASE_URL`."""
    return ENVIRONMENT_PREFIX + setting.upper()


class CodeWithMe(Configurable):
    """CodeWithMe's settings. Times in seconds, memory in MiB, unless the name says otherwise."""

    port = Integer(8888, help="Port the server listens on.").tag(config=True)
    data_dir = Unicode(help="Folder for the database, the interviews' files and secrets.").tag(config=True)
    database_url = Unicode(
        "", help="sqlite:////path or postgresql://user@host/database. Default: SQLite in the data folder."
    ).tag(config=True)
    redis_url = Unicode(
        "",
        help="redis://host:6379/0, for several servers on one database. Default: none, one server needs no Redis.",
    ).tag(config=True)
    jwt_secret = Unicode(
        "",
        help="Key that signs access tokens, 32 characters or more. Default: made at first start, kept in the data folder.",
    ).tag(config=True)
    jwt_expires_in_s = Integer(3600, min=60, help="Life of an access token, in seconds.").tag(config=True)
    refresh_expires_in_s = Integer(30 * 24 * 3600, min=3600, help="Life of a log-in that is not used, in seconds.").tag(
        config=True
    )
    password_hash_cost = Integer(
        0, min=0, max=20, help="argon2id time cost (passes). 0 is the library's current advice."
    ).tag(config=True)
    registration = Enum(
        ["auto", "open", "closed"],
        "auto",
        help="Who may make an account: open, closed, or auto (open while the server listens on loopback only).",
    ).tag(config=True)
    owner_name = Unicode("", help="Name of the server's owner, as others see it. Default: the system user's.").tag(
        config=True
    )
    docker_host = Unicode("", help="Address of the container engine. Default: DOCKER_HOST, or the local engine.").tag(
        config=True
    )
    execution_timeout_s = Float(10.0, min=0.1, max=600, help="Wall time of a run, in seconds.").tag(config=True)
    execution_memory_mib = Integer(128, min=16, help="Memory of a run, in MiB.").tag(config=True)
    execution_runtime = Unicode("", help="OCI runtime of runs, such as runsc. Default: the engine's.").tag(config=True)
    rate_limit_window_s = Integer(
        900, min=1, help="Seconds over which requests are counted for rate_limit_max_requests and rate_limit_anonymous."
    ).tag(config=True)
    rate_limit_max_requests = Integer(1000, min=1, help="Requests of a person in one window.").tag(config=True)
    rate_limit_anonymous = Integer(
        100, min=1, help="Requests of people who are not logged in, from one address in one window."
    ).tag(config=True)
    execution_rate_limit = Integer(10, min=1, help="Runs a minute of one person.").tag(config=True)
    login_rate_limit = Integer(10, min=1, help="Tries a minute to log in, from one address and into one account.").tag(
        config=True
    )
    chat_rate_limit = Integer(20, min=1, help="Chat messages of one person in ten seconds.").tag(config=True)
    handshake_timeout_s = Integer(
        30,
        min=1,
        max=45,
        help="Seconds that a live connection may take to say who it is, and any connection to ask for something.",
    ).tag(config=True)
    trusted_proxies = Unicode(
        "",
        help="Addresses or networks of reverse proxies, such as 127.0.0.1, 10.0.0.0/8. Only their X-Forwarded-For and "
        "X-Forwarded-Proto headers are believed. Default: nobody's.",
    ).tag(config=True)
    max_code_size = Integer(100_000, min=1, help="Characters of code in one run.").tag(config=True)
    enable_chat = Bool(True, help="Whether people may write to each other in an interview.").tag(config=True)
    enable_proctoring = Bool(True, help="Whether what candidates' browsers observe is recorded.").tag(config=True)
    retention_days = Integer(
        0,
        min=0,
        help="Delete interviews that ended more than so many days ago. 0 keeps them until somebody deletes them.",
    ).tag(config=True)
    log_level = Enum(["debug", "info", "warning", "error"], "info", help="The least important lines to log.").tag(
        config=True
    )
    log_format = Enum(["text", "json"], "text", help="Log lines for people, or one JSON object on each line.").tag(
        config=True
    )
    sentry_dsn = Unicode(
        "", help="Address of a Sentry project that errors are reported to. Needs: pip install 'codewithme[sentry]'."
    ).tag(config=True)
    metrics_token = Unicode(
        "", help="A bearer token, 16 characters or more, with which a Prometheus may read /metrics and nothing else."
    ).tag(config=True)
    max_file_size = Integer(
        5 * 2**20, min=1024, max=64 * 2**20, help="Bytes of one file that is put into an interview's folder."
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        configured = self.config.get(type(self).__name__, {})
        for name, trait in self.class_traits(config=True).items():
            text = os.environ.get(environment_name(name))
            if text is not None and name not in configured and name not in kwargs:
                self._set_from_environment(name, trait, text)

    def _set_from_environment(self, name: str, trait: TraitType[Any, Any], text: str) -> None:
        try:
            setattr(self, name, trait.from_string(text))
        except (TraitError, ValueError) as error:
            # What traitlets says of a word that is neither true nor false has its placeholder still in it.
            why = str(error).replace("%r", repr(text))
            raise ConfigurationError(f"{environment_name(name)} cannot be {text!r}: {why}") from error

    @default("data_dir")
    def _default_data_dir(self) -> str:
        return os.path.join(jupyter_data_dir(), "codewithme")  # noqa: PTH118 (jupyter_core gives text)

    @validate("docker_host")
    def _docker_host_is_one(self, proposal: dict[str, Any]) -> str:
        address: str = proposal["value"]
        if address and urlsplit(address).scheme not in ("unix", "tcp", "http", "https", "npipe", "ssh"):
            raise ConfigurationError(
                "docker_host is not the address of a container engine. Write unix:///var/run/docker.sock or tcp://host:2376."
            )
        return address

    @validate("redis_url")
    def _redis_url_is_one(self, proposal: dict[str, Any]) -> str:
        url: str = proposal["value"]
        if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
            raise ConfigurationError(
                "redis_url is not a Redis address. Write redis://host:6379/0, rediss://… for TLS, or unix:///path/to.sock."
            )
        return url

    @validate("metrics_token")
    def _metrics_token_is_long_enough(self, proposal: dict[str, Any]) -> str:
        token: str = proposal["value"]
        if token and len(token) < MIN_METRICS_TOKEN_CHARACTERS:
            raise ConfigurationError(
                f"metrics_token must be random and have {MIN_METRICS_TOKEN_CHARACTERS} characters or more."
            )
        return token

    @validate("jwt_secret")
    def _secret_is_long_enough(self, proposal: dict[str, Any]) -> str:
        secret: str = proposal["value"]
        if secret and (len(secret) < MIN_SECRET_CHARACTERS or len(set(secret)) < MIN_SECRET_CHARACTERS // 4):
            raise ConfigurationError(
                f"jwt_secret must be random and have {MIN_SECRET_CHARACTERS} characters or more. "
                "Leave it out and the server makes one."
            )
        return secret
