"""A cable between a client and the server that a test can pull: nothing passes any more, and neither side is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Cable:
    """Passes TCP connections on to the server; those that were there when it was pulled stay silent for good."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._passing = asyncio.Event()
        self._passing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    def address(self, address: str) -> str:
        """The same address, by way of this cable."""
        url = urlsplit(address)
        return url._replace(netloc=f"127.0.0.1:{self.port}").geturl()

    def pull(self) -> None:
        """Nothing that is sent arrives any more."""
        self._passing.clear()

    def plug_in(self) -> None:
        """New connections pass."""
        self._passing = asyncio.Event()
        self._passing.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers += [writer, back]
        for source, target in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._pass(source, target, self._passing))
            self._tasks.add(task)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, passing: asyncio.Event) -> None:
        try:
            while data := await source.read(2**16):
                await passing.wait()
                target.write(data)
                await target.drain()
            await passing.wait()
        except ConnectionError:
            await passing.wait()
        target.close()

    async def _remove(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def cable_to(server_port: int) -> AsyncIterator[Cable]:
    """A cable, plugged in."""
    cable = Cable(server_port)
    async with await asyncio.start_server(cable._connect, "127.0.0.1", 0) as listener:
        cable.port = listener.sockets[0].getsockname()[1]
        try:
            yield cable
        finally:
            await cable._remove()
