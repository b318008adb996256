"""People who type at a steady rate in many rooms, as a process of its own: job on standard input, findings on standard output."""

import asyncio
import itertools
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from document_rooms.keys import ASK_FOR_ALL, HAS_NOTHING, Keyboard, keys_in
from document_rooms.wire import Wire, dial

ENTER_TIMEOUT_S = 30.0
SETTLE_S = 2.0
"""Typing that is not counted, and at the end the time in which what was typed may still arrive."""


class Member:
    """One connection to a room: types, and notes when the others' keystrokes arrive."""

    def __init__(self, room: "RoomLoad") -> None:
        self.keyboard = Keyboard(random.getrandbits(31))
        self._room = room
        self._wire: Wire

    async def enter(self, address: str, headers: dict[str, str]) -> None:
        self._synced = asyncio.get_running_loop().create_future()
        self._wire = await dial(address, headers, self._hear)
        self._wire.send(ASK_FOR_ALL)
        async with asyncio.timeout(ENTER_TIMEOUT_S):
            await self._synced

    def type(self) -> None:
        keyboard = self.keyboard
        self._room.sent[keyboard.client_id, keyboard.typed] = time.perf_counter()
        self._wire.send(keyboard.key())

    def close(self) -> None:
        self._wire.close()

    def _hear(self, wire: Wire, message: bytes) -> None:
        now = time.perf_counter()
        if message[:2] == b"\0\0":
            wire.send(HAS_NOTHING)
        elif message[:2] == b"\0\1" and not self._synced.done():
            self._synced.set_result(None)
        else:
            for client, clock, count in keys_in(message):
                if client != self.keyboard.client_id:
                    self._room.arrived(client, range(clock, clock + count), now)


class RoomLoad:
    """A room and its people."""

    def __init__(self, people: int) -> None:
        self.sent: dict[tuple[int, int], float] = {}
        self.members = [Member(self) for _ in range(people)]
        self._times: list[tuple[float, float]] = []

    def arrived(self, client: int, keys: range, now: float) -> None:
        for key in keys:
            sent = self.sent.get((client, key))
            if sent is not None:
                self._times.append((sent, now - sent))

    def times_ms(self, since: float) -> list[float]:
        """From each keystroke to each of the others; endless for what never came."""
        counted = [round(took * 1000, 3) for sent, took in self._times if sent >= since]
        typed = sum(sent >= since for sent in self.sent.values())
        return counted + [float("inf")] * (typed * (len(self.members) - 1) - len(counted))


async def enter(addresses: Sequence[tuple[str, dict[str, str]]], people: int) -> list[RoomLoad]:
    """Everybody in; the first of each room before the others, as one opens a file and the others follow."""
    rooms = [RoomLoad(people) for _ in addresses]
    for number in range(people):
        for room, (address, headers) in zip(rooms, addresses, strict=True):
            await room.members[number].enter(address, headers)
    return rooms


async def steady(job: dict[str, Any]) -> dict[str, Any]:
    """The first `writers` of each room type `keys_per_s` each for `seconds`; the times from each keystroke to each other person,
    by room."""
    rooms = await enter(job["rooms"], job["people"])
    members = list(itertools.chain.from_iterable(room.members for room in rooms))
    loop = asyncio.get_running_loop()
    pause = 1 / job["keys_per_s"]
    late: list[float] = []
    started = time.perf_counter()
    ends = loop.time() + SETTLE_S + job["seconds"]

    def press(member: Member, due: float) -> None:
        late.append(loop.time() - due)
        member.type()
        if due + pause < ends:
            loop.call_at(due + pause, press, member, due + pause)

    for member in itertools.chain.from_iterable(room.members[: job["writers"]] for room in rooms):
        due = loop.time() + random.random() * pause
        loop.call_at(due, press, member, due)
    await asyncio.sleep(SETTLE_S)
    used = time.process_time()
    await asyncio.sleep(job["seconds"])
    used = time.process_time() - used
    await asyncio.sleep(SETTLE_S / 2)
    for member in members:
        member.close()
    late.sort()
    return {
        "times_ms": [room.times_ms(started + SETTLE_S) for room in rooms],
        "own_share": used / job["seconds"],
        "own_late_ms": late[int(len(late) * 0.99)] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(steady(json.load(sys.stdin)))))
