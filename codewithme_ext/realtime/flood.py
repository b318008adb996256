"""What keeps one connection from costing the others anything, before its messages mean anything.

Theory of operation. Engine.IO gives a connection to whoever asks, and who it is comes later, with the CONNECT packet. Until
then it stands on the doorstep: there is room there for so many of one address, and for a while only. Whoever is in may send
so many packets and bytes in ten seconds. More than that, or what cannot be read, ends that connection and tells nobody.

Messages of one connection are worked off one after the other, and the next is read from the network when there is room for it:
what somebody sends too fast waits on their side. What somebody does not read is kept up to a limit, then they are let go.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import socketio

log = logging.getLogger(__name__)

DOORSTEP_PLACES = 20
"""How many connections of one network may be waiting to say who they are (see `rate_limits.network`)."""
PLACES_OF_A_PERSON = 30
METER_S = 10.0
METER_PACKETS = 500
METER_BYTES = 5_000_000
CLOSING_S = 5.0
CONNECTION = "codewithme.connection"
"""Where a connection's environment says its id on the doorstep."""
MAX_ATTACHMENTS = 8
MAX_ATTACHED_BYTES = 1_000_000

UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What the library raises at packets that are none."""


class Json:
    """JSON for the library, which knows only ValueError."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """As `json.dumps`."""
        return json.dumps(value, **options)

    @staticmethod
    def loads(text: str | bytes, **options: Any) -> Any:
        """As `json.loads`; too deep is unreadable."""
        try:
            return json.loads(text, **options)
        except RecursionError as error:
            raise ValueError("too deep") from error


class Doorstep:
    """The connections that have not yet said who they are. Owns the timers that end their stay after `wait_s`."""

    def __init__(self, *, wait_s: int) -> None:
        self.wait_s = wait_s
        self._networks: dict[str, str] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def has_room(self, network: str) -> bool:
        """Whether one more of this network may come."""
        return list(self._networks.values()).count(network) < DOORSTEP_PLACES

    def stand(self, connection_id: str, network: str, give_up: Callable[[str], None]) -> None:
        """A connection opened; `give_up` is called with it when it has stood here too long."""
        self.leave(connection_id)
        self._networks[connection_id] = network
        loop = asyncio.get_running_loop()
        self._timers[connection_id] = loop.call_later(self.wait_s, give_up, connection_id)

    def leave(self, connection_id: str) -> None:
        """It said who it is, or closed."""
        self._networks.pop(connection_id, None)
        timer = self._timers.pop(connection_id, None)
        if timer is not None:
            timer.cancel()

    def stop(self) -> None:
        """No more timers."""
        for connection_id in list(self._timers):
            self.leave(connection_id)


class Meter:
    """Counts what one connection sends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._packets = self._bytes = 0

    def passes(self, size: int) -> bool:
        """Whether one more packet of `size` is still within measure."""
        now = self._clock()
        if now - self._since >= METER_S:
            self._since, self._packets, self._bytes = now, 0, 0
        self._packets += 1
        self._bytes += size
        return self._packets <= METER_PACKETS and self._bytes <= METER_BYTES


class GuardedServer(socketio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The Socket.IO server, with the checks above where packets come in.

    The library has no hooks there, so methods of its own are overridden.
    """

    def __init__(self, *, doorstep: Doorstep, network_of: Callable[[dict[str, Any]], str], **options: Any) -> None:
        super().__init__(json=Json, async_handlers=False, **options)
        self._network_of = network_of
        self.doorstep = doorstep
        self._meters: dict[str, Meter] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def shutdown(self) -> None:
        """Close every connection and stop every timer."""
        self.doorstep.stop()
        await super().shutdown()

    async def disconnect(self, sid: str, namespace: str | None = None, ignore_queue: bool = False) -> None:
        """Put somebody out, and close what is below: a client might keep it open for good."""
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace or "/")
        await super().disconnect(sid, namespace, ignore_queue)
        if eio_sid is not None:
            self._let_go(eio_sid)

    async def _handle_disconnect(self, eio_sid: str, namespace: str, reason: str | None = None) -> None:
        await super()._handle_disconnect(eio_sid, namespace, reason)
        if eio_sid in self._meters:  # it took its name back, and is still here
            self.doorstep.stand(eio_sid, self._network_of(self.environ[eio_sid]), self._let_go)

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> Any:
        self._meters[eio_sid] = Meter()
        environ[CONNECTION] = eio_sid
        self.doorstep.stand(eio_sid, self._network_of(environ), self._let_go)
        return await super()._handle_eio_connect(eio_sid, environ)

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        meter = self._meters.get(eio_sid)
        if meter is None:
            return  # it was closed, and packets were still on their way
        if not meter.passes(len(data)) or not self._may_attach(eio_sid, data):
            self._let_go(eio_sid)
            return
        try:
            await super()._handle_eio_message(eio_sid, data)
        except UNREADABLE:
            self._let_go(eio_sid)
            return
        pending = self._binary_packet.get(eio_sid)
        if pending is not None and pending.attachment_count > MAX_ATTACHMENTS:
            self._let_go(eio_sid)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        self._forget(eio_sid)

    def _may_attach(self, eio_sid: str, data: str | bytes) -> bool:
        pending = self._binary_packet.get(eio_sid)
        if pending is None:
            return True
        size = sum(len(attached) for attached in (*pending.attachments, data))
        return isinstance(data, bytes) and size <= MAX_ATTACHED_BYTES

    def _let_go(self, eio_sid: str) -> None:
        """Nothing more is taken from it, and it is closed; in a task, since closing waits until what was sent is read."""
        self._forget(eio_sid)
        task = asyncio.create_task(self._close(eio_sid), name=f"closing {eio_sid}")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, eio_sid: str) -> None:
        socket = self.eio.sockets.get(eio_sid)
        if socket is None:
            return
        try:
            async with asyncio.timeout(CLOSING_S):
                await self.eio.disconnect(eio_sid)
        except TimeoutError:
            log.debug("A connection was closed that does not read")
        # The library asks the client to close. This ends its writer, which closes the websocket of whoever does not.
        await socket.queue.put(None)

    def _forget(self, eio_sid: str) -> None:
        self._meters.pop(eio_sid, None)
        self._binary_packet.pop(eio_sid, None)
        self.doorstep.leave(eio_sid)
