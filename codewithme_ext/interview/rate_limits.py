"""How often anything may be done: the whole table of limits, and the counters behind it.

Every limit is a window that begins with the first try in it. The counters are in this process, or in Redis where there are
several servers, so that going from one to the next gains nobody anything.
"""

import logging
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from types import MappingProxyType

from limits import RateLimitItemPerSecond
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from ..errors import LimitsUnavailableError, RateLimitedError
from .accounts.actor import Actor, Sender

log = logging.getLogger(__name__)

IN_MEMORY = "memory://"
MINUTE_S = 60


@dataclass(frozen=True)
class RateLimitSettings:
    """The amounts an admin may set; the other limits protect what no setting should give up."""

    window_s: int = 900
    max_requests: int = 1000
    anonymous: int = 100
    executions: int = 10
    logins: int = 10
    chat_messages: int = 20


@dataclass(frozen=True)
class Limit:
    """`amount` times in `window_s` seconds. `said` is the sentence for whoever is over it, before the time to wait."""

    amount: int
    window_s: int
    said: str
    fails_closed: bool = False
    """Nobody passes while the counters cannot be read; other limits let everybody pass then."""


def table(settings: RateLimitSettings) -> MappingProxyType[str, Limit]:
    """All limits there are."""
    runs, tries = settings.executions, "Too many tries."
    return MappingProxyType(
        {
            # HTTP calls, of a person and of an address nobody is logged in from
            "requests of a person": Limit(settings.max_requests, settings.window_s, "Too many requests."),
            "requests of an address": Limit(settings.anonymous, settings.window_s, "Too many requests."),
            # Runs, whether asked for by HTTP or over Socket.IO
            "runs of a person": Limit(
                runs, MINUTE_S, f"{runs} {'run' if runs == 1 else 'runs'} a minute is the limit."
            ),
            # Passwords of accounts: log in, register, change, set by a sign-in link
            "log-ins from an address": Limit(settings.logins, MINUTE_S, tries, fails_closed=True),
            "log-ins into an account": Limit(settings.logins, MINUTE_S, tries, fails_closed=True),
            # Wrong passwords of interviews: however many addresses and accounts somebody has, they share the first
            "wrong passwords of a session": Limit(30, 15 * MINUTE_S, tries, fails_closed=True),
            "wrong passwords from an address": Limit(settings.logins, MINUTE_S, tries, fails_closed=True),
            # Messages to others
            "chat messages of a person": Limit(
                settings.chat_messages, 10, f"{settings.chat_messages} messages in 10 s are the limit."
            ),
        }
    )


class RateLimits:
    """Counts, and refuses what is too much.

    Every method raises RateLimitedError, those about passwords LimitsUnavailableError too.
    """

    def __init__(self, settings: RateLimitSettings, *, storage_url: str = IN_MEMORY) -> None:
        self._table = table(settings)
        self._storage = _storage(storage_url)
        self._limiter = FixedWindowRateLimiter(self._storage)

    async def request(self, actor: Actor | None, sender: Sender) -> None:
        """Any HTTP call."""
        if actor is not None:
            await self._take("requests of a person", actor.person_id)
        elif sender.address:
            await self._take("requests of an address", network(sender.address))

    async def run(self, actor: Actor) -> None:
        """A run."""
        await self._take("runs of a person", actor.person_id)

    async def chat(self, actor: Actor) -> None:
        """A chat message."""
        await self._take("chat messages of a person", actor.person_id)

    async def login(self, sender: Sender, account: str | None = None) -> None:
        """A password that is about to be checked or made; `account` is the address, or the id of who is logged in."""
        if sender.address:
            await self._take("log-ins from an address", network(sender.address))
        if account is not None:
            await self._take("log-ins into an account", _digest(account))

    @asynccontextmanager
    async def session_password(self, session_id: str, sender: Sender) -> AsyncIterator["Tries"]:
        """One try at a session's password; counts unless the caller says that it was right.

        It is counted before it is checked: many tries at once must not all find the counter low.
        """
        # The address first: one that is over its own limit takes no tries of a session's from others.
        keys = {"wrong passwords from an address": network(sender.address)} if sender.address else {}
        keys["wrong passwords of a session"] = _digest(session_id)
        for name, key in keys.items():
            await self._take(name, key)
        tries = Tries()
        yield tries
        if tries.was_right:
            for name, key in keys.items():
                await self._give_back(name, key)

    async def _take(self, name: str, key: str) -> None:
        limit, item = self._table[name], self._item(name)
        try:
            if await self._limiter.hit(item, name, key):
                return
            stats = await self._limiter.get_window_stats(item, name, key)
        except (StorageError, OSError) as error:
            if limit.fails_closed:
                raise LimitsUnavailableError(
                    "The server cannot count tries at passwords now, so it takes none. Try again in a moment."
                ) from error
            log.warning("The counters of rate limits do not answer: %s pass uncounted", name)
            return
        wait_s = min(max(1, math.ceil(stats.reset_time - time.time())), limit.window_s)
        raise RateLimitedError(f"{limit.said} Next in {wait_s} s.", retry_after_s=wait_s)

    async def _give_back(self, name: str, key: str) -> None:
        try:
            await self._limiter.hit(self._item(name), name, key, cost=-1)
        except (StorageError, OSError):
            log.warning("The counters of rate limits do not answer: a right password counts as a try")

    def _item(self, name: str) -> RateLimitItemPerSecond:
        limit = self._table[name]
        return RateLimitItemPerSecond(limit.amount, limit.window_s, namespace="codewithme")


class Tries:
    """What came of a try at a password."""

    was_right = False

    def right(self) -> None:
        """The password was right, or none was asked for: nothing to count."""
        self.was_right = True


def _storage(url: str) -> Storage:
    options: dict[str, float | str | bool] = {}
    if url != IN_MEMORY:
        options = {"implementation": "redispy", "socket_connect_timeout": 2, "socket_timeout": 2}
    address = f"redis+{url}" if url.startswith("unix:") else url
    storage = storage_from_string(f"async+{address}", wrap_exceptions=True, **options)
    assert isinstance(storage, Storage)
    return storage


def network(address: str) -> str:
    """What one household or office has of addresses: of IPv6 that is a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return _digest(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else parsed)


def _digest(text: str) -> str:
    """Nobody's address is readable in the store of the counters."""
    return sha256(text.encode(errors="replace")).hexdigest()[:32]
