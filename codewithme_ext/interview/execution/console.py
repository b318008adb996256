"""What a program prints, on its way to everyone: the first words at once, then together whatever came within a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from codewithme_sandbox.job import StreamName

Send = Callable[[StreamName, str], Awaitable[None]]


class Console:
    """Sends text on, at most one piece of each stream every `pause_s`: every piece is work for everybody who watches.

    To be used as a context; what still waits at its end is sent then, also when the run was cancelled.
    """

    def __init__(self, send: Send, *, pause_s: float = 0.1) -> None:
        self._send = send
        self._pause_s = pause_s
        self._waiting: dict[StreamName, str] = {}
        self._sending: asyncio.Task[None] | None = None
        self._is_over = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over.set()
        if self._sending is not None:
            await self._sending

    def write(self, stream: StreamName, text: str) -> None:
        """Takes a piece of output; empty ones are nothing."""
        if text:
            self._waiting[stream] = self._waiting.get(stream, "") + text
            if self._sending is None:
                self._sending = asyncio.create_task(self._send_until_silent())

    async def _send_until_silent(self) -> None:
        while self._waiting:
            pieces, self._waiting = self._waiting, {}
            for stream, text in pieces.items():
                await self._send(stream, text)
            await self._pause()
        self._sending = None

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause_s):
                await self._is_over.wait()
