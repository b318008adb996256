"""An engine that tests can take away and bring back: a socket of our own that leads to the real one."""

import asyncio
import os
from pathlib import Path


class EngineProxy:
    """``address`` is a docker_host. ``take_away`` cuts every connection, as when the engine is stopped."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "engine.sock"
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        return f"unix://{self._path}"

    async def bring_back(self) -> None:
        self._server = await asyncio.start_unix_server(self._connected, self._path)

    async def take_away(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._path.unlink(missing_ok=True)
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        engine = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
        engine_reader, engine_writer = await asyncio.open_unix_connection(engine)
        self._writers |= {writer, engine_writer}
        for source, sink in ((reader, engine_writer), (engine_reader, writer)):
            task = asyncio.create_task(_copy(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.close()
    except ConnectionError:
        sink.transport.abort()
