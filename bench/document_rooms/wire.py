"""A websocket client that costs next to nothing, so that what is measured is the server: frames in, frames out, no more."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

_BINARY, _CLOSE, _PING, _PONG = 2, 8, 9, 10


class Wire(asyncio.Protocol):
    """One connection. `heard` is called with each message as it comes, at first maybe before `dial` returns."""

    def __init__(self, heard: "Callable[[Wire, bytes], None]") -> None:
        self.heard = heard
        self.is_open = False
        self._buffer = bytearray()
        self._opened = asyncio.get_running_loop().create_future()
        self._may_write = asyncio.Event()
        self._may_write.set()

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._frame(_BINARY, message)

    async def drained(self) -> None:
        """Wait until the server has taken most of what was sent."""
        await self._may_write.wait()

    def close(self) -> None:
        """End without a word."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._may_write.set()
        if not self._opened.done():
            self._opened.set_exception(ConnectionError(f"Not opened: {bytes(self._buffer[:200])!r}"))

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.is_open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                self._transport.abort()
                return
            del self._buffer[: end + 4]
            self.is_open = True
            self._opened.set_result(None)
        self._read_frames()

    def _read_frames(self) -> None:
        at, buffer = 0, self._buffer
        while len(buffer) - at >= 2:
            head, length, start = buffer[at], buffer[at + 1] & 0x7F, at + 2
            if length == 126:
                if len(buffer) < start + 2:
                    break
                length, start = int.from_bytes(buffer[start : start + 2]), start + 2
            elif length == 127:
                if len(buffer) < start + 8:
                    break
                length, start = int.from_bytes(buffer[start : start + 8]), start + 8
            if len(buffer) < start + length:
                break
            payload = bytes(buffer[start : start + length])
            at = start + length
            match head & 0x0F:
                case 2:
                    self.heard(self, payload)
                case 9:
                    self._frame(_PONG, payload)
                case 8:
                    self._transport.close()
        del buffer[:at]

    def _frame(self, kind: int, payload: bytes) -> None:
        # The mask is four zeros, so the payload stays as it is.
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | length)
        elif length < 2**16:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, length)
        self._transport.write(head + b"\0\0\0\0" + payload)

    async def _open(self, path: str, host: str, headers: Mapping[str, str]) -> None:
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self._opened


async def dial(address: str, headers: Mapping[str, str], heard: Callable[[Wire, bytes], None]) -> Wire:
    """Open a websocket."""
    url = urlsplit(address)
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_connection(lambda: Wire(heard), url.hostname, url.port)
    await wire._open(f"{url.path}?{url.query}" if url.query else url.path, url.netloc, headers)
    return wire
