"""Output reaches everyone in few pieces, however a program prints it."""

import asyncio

import pytest

from codewithme_ext.interview.execution.console import Console


class Audience:
    """Everyone who watches."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.has_heard = asyncio.Event()

    async def hear(self, stream: str, text: str) -> None:
        self.heard.append((stream, text))
        self.has_heard.set()


async def test_the_first_words_are_not_held_back() -> None:
    audience = Audience()
    async with Console(audience.hear, pause_s=60) as console:
        console.write("stdout", "name? ")
        await asyncio.wait_for(audience.has_heard.wait(), 1)
        assert audience.heard == [("stdout", "name? ")]


async def test_what_trickles_comes_together_in_order_and_whole() -> None:
    audience = Audience()
    async with Console(audience.hear, pause_s=60) as console:
        console.write("stdout", "first")
        await audience.has_heard.wait()
        for number in range(1000):
            console.write("stdout", f"{number} ")
            console.write("stderr", "!")
            await asyncio.sleep(0)
    assert audience.heard == [
        ("stdout", "first"),
        ("stdout", "".join(f"{number} " for number in range(1000))),
        ("stderr", "!" * 1000),
    ]


async def test_after_a_pause_it_goes_on() -> None:
    audience = Audience()
    async with Console(audience.hear, pause_s=0.01) as console:
        for text in ("a", "b", "c"):
            audience.has_heard.clear()
            console.write("stdout", text)
            await asyncio.wait_for(audience.has_heard.wait(), 1)
    assert audience.heard == [("stdout", "a"), ("stdout", "b"), ("stdout", "c")]


async def test_what_a_cancelled_run_had_printed_still_comes() -> None:
    audience = Audience()
    is_waiting = asyncio.Event()

    async def run() -> None:
        async with Console(audience.hear, pause_s=60) as console:
            console.write("stdout", "first")
            await audience.has_heard.wait()
            console.write("stdout", "last")
            is_waiting.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await is_waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert audience.heard == [("stdout", "first"), ("stdout", "last")]


async def test_a_silent_run_says_nothing() -> None:
    audience = Audience()
    async with Console(audience.hear) as console:
        console.write("stdout", "")
    assert audience.heard == []
