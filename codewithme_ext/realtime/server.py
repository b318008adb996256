"""Socket.IO inside Jupyter's own web server, at `{base_url}socket.io/`, for the stock clients."""

import asyncio
import json
from http import HTTPStatus
from typing import Any, cast

import socketio
from engineio.async_drivers.tornado import get_tornado_handler
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado.iostream import StreamBufferFullError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError

from ..errors import RateLimitedError, as_payload
from ..interview.rate_limits import network
from ..jupyter.sender import sender_of
from ..services import Services
from .connections import Connections
from .fanout import Fanout
from .flood import Doorstep, GuardedServer
from .namespace import InterviewNamespace

MAX_MESSAGE_BYTES = 1_000_000
MAX_UNREAD_MESSAGES = 16
MAX_UNSENT_BYTES = 8_000_000
PACKET_TYPES = tuple("0123456")
CLOSE_MALFORMED = 1007
PING_INTERVAL_S = 20
PING_TIMEOUT_S = 20


class Realtime:
    """The Socket.IO server and what hangs on it."""

    def __init__(self, services: Services, *, handshake_timeout_s: int) -> None:
        self._manager = _manager(services)
        # Engine.IO's own origin check knows nothing of Jupyter's settings: `[]` switches it off, the handler below checks.
        self._server = GuardedServer(
            doorstep=Doorstep(wait_s=handshake_timeout_s),
            network_of=lambda environ: network(sender_of(environ["tornado.handler"]).address),
            async_mode="tornado",
            cors_allowed_origins=[],
            max_http_buffer_size=MAX_MESSAGE_BYTES,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            client_manager=self._manager,
        )
        self._connections = Connections()
        self._fanout = fanout = Fanout(self._server, services, self._connections)
        self._server.register_namespace(InterviewNamespace(services, self._connections, fanout, self._server.doorstep))
        services.bus.subscribe(fanout.on_event)
        services.login_watch.add(self._connections.devices)
        if services.neighbours is not None:
            services.neighbours.when_missed(fanout.catch_up)
            services.neighbours.when_presence_changed(fanout.show_presence)

    def routes(self) -> list[tuple[str, type[JupyterHandler]]]:
        """The one address, below the base URL."""
        return [(r"/socket\.io/?", _handler(self._server))]

    def open_sockets(self) -> int:
        """How many connections are open here."""
        return len(self._connections)

    async def stop(self) -> None:
        """Close every connection; clients come back by themselves."""
        await self._server.shutdown()
        await self._fanout.stop()
        listening = getattr(self._manager, "thread", None)
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def _manager(services: Services) -> socketio.AsyncManager:
    """Carries what one server says to the connections of another, where there are several."""
    if services.link is None:
        return socketio.AsyncManager()
    assert services.settings.redis_url is not None
    return socketio.AsyncRedisManager(
        services.settings.redis_url,
        channel=f"{services.link.prefix}:socketio",
        redis_options={"socket_connect_timeout": 2},
    )


def _handler(server: GuardedServer) -> type[JupyterHandler]:
    engine_handler: Any = get_tornado_handler(server.eio)

    class SocketHandler(engine_handler, JupyterHandler):  # type: ignore[misc]  # a class made at run time
        """Engine.IO's transport with Jupyter's checks of host and origin; who it is, the CONNECT packet says."""

        is_codewithme_api = True

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            # Full, it makes tornado wait before it reads the next message from the network.
            self.receive_queue: asyncio.Queue[Any] = asyncio.Queue(MAX_UNREAD_MESSAGES)

        async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's returns what no caller uses
            self.current_user = self._jupyter_current_user = None
            if not self.check_host() or not self.check_origin():
                raise HTTPError(HTTPStatus.FORBIDDEN)
            is_new = not self.get_query_argument("sid", "")
            if is_new and not server.doorstep.has_room(network(sender_of(self).address)):
                crowded = RateLimitedError(
                    "Too many connections of this address have not said who they are. Log in first, or wait.",
                    retry_after_s=server.doorstep.wait_s,
                )
                self.set_status(HTTPStatus.TOO_MANY_REQUESTS)
                self.set_header("Retry-After", str(crowded.retry_after_s))
                self.set_header("Content-Type", "application/json")
                self.finish(json.dumps(as_payload(crowded)))

        def check_origin(self, origin: str | None = None) -> bool:
            # Not every handshake brings an Origin (programs do not), but no page of another origin gets in.
            return bool(JupyterHandler.check_origin(self, origin or self.request.headers.get("Origin") or ""))

        def check_xsrf_cookie(self) -> None:
            """Nothing here is authenticated by a cookie."""

        def set_default_headers(self) -> None:
            """Engine.IO sets what it needs."""

        def get_compression_options(self) -> None:
            """Small frames: compressing them costs more than it saves."""

        @property
        def max_message_size(self) -> int:
            """In bytes; tornado closes the connection of whoever sends more."""
            return MAX_MESSAGE_BYTES

        async def open(self, *args: Any, **kwargs: Any) -> None:
            self.set_nodelay(True)
            self.ws_connection.stream.max_write_buffer_size = MAX_UNSENT_BYTES
            await super().open(*args, **kwargs)

        async def on_message(self, message: str | bytes) -> None:
            # The library breaks on a frame that is no packet, and leaves the connection behind.
            if isinstance(message, str) and message[:1] not in PACKET_TYPES:
                self.close(CLOSE_MALFORMED)
                return
            await super().on_message(message)

        def write_message(self, message: Any, binary: bool = False) -> "asyncio.Future[None]":
            """Whoever does not read is let go, rather than kept in memory; their client comes back and catches up."""
            try:
                sent = cast("asyncio.Future[None]", super().write_message(message, binary))
            except StreamBufferFullError as error:
                self.ws_connection.stream.close()
                raise WebSocketClosedError from error
            # The library does not wait for it, and hears of a closed connection by `on_close`.
            sent.add_done_callback(lambda done: done.cancelled() or done.exception())
            return sent

        def on_close(self) -> None:
            while not self.receive_queue.empty():
                self.receive_queue.get_nowait()
            super().on_close()

        get = allow_unauthenticated(engine_handler.get)
        post = allow_unauthenticated(engine_handler.post)
        options = allow_unauthenticated(engine_handler.options)

    return SocketHandler
