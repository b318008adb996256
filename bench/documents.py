"""Shared documents: ours, jupyter-collaboration as shipped and y-websocket, side by side in one run.

Load, each on all three servers, in turn:
- a keystroke to the others, for 10 s in one room of each server at the same time: two people who type five keys a second each,
  two who hold a key down (25 a second, where Nagle's algorithm begins to hurt), and ten people of whom two type;
- capacity: rooms of two who each type five keys a second, for CODEWITHME_BENCH_SECONDS (5) at each number of rooms, until the
  99th percentile is 100 ms or more, up to CODEWITHME_BENCH_ROOMS (150); ours and the stock stack write history;
- a document of CODEWITHME_BENCH_OPERATIONS (100,000) single keystrokes: opened by the first person after a restart of the server
  (y-websocket keeps nothing and has no such row), then by a second; a twentieth for the stock stack, which is minutes over all;
- rooms of two in which nothing happens: what each adds to the server's memory, and the server's processor time.
The people are a process of their own, which tells its share of a core and how late its keys were.
CODEWITHME_BENCH_PARTS names the parts to run, of "latency capacity large idle".
"""

import asyncio
import itertools
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from document_rooms.contenders import Contender, Room, Stock, YWebsocket, contenders
from document_rooms.keys import ASK_FOR_ALL, Keyboard, keys_in
from document_rooms.load import enter
from document_rooms.wire import Wire, dial
from pycrdt import Doc, Text, handle_sync_message

PARTS = os.environ.get("CODEWITHME_BENCH_PARTS", "latency capacity large idle").split()
SECONDS = float(os.environ.get("CODEWITHME_BENCH_SECONDS", "5"))
MAX_ROOMS = int(os.environ.get("CODEWITHME_BENCH_ROOMS", "150"))
OPERATIONS = int(os.environ.get("CODEWITHME_BENCH_OPERATIONS", "100000"))
IDLE_ROOMS = 200
STEPS = (10, 25, 40, 60, 80, 100, 125, 150, 200, 250, 300, 400)
LIMIT_MS = 100.0
KEYS_PER_S = 5
HELD_KEYS_PER_S = 25
LATENCY_S = 10
MACHINE = f"{platform.machine()}, {os.cpu_count()} cores"


def row(what: str, p50: float, p99: float | None, unit: str, digits: int = 1) -> None:
    worst = "" if p99 is None else f"{p99:.{digits}f}"
    print(f"| {what} | {p50:.{digits}f} | {worst} | {unit} | {MACHINE} |", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")


def keystrokes(servers: Sequence[Contender], people: int, writers: int, keys_per_s: int) -> None:
    """Steady typing in one room of each server at the same time."""
    rooms = [server.rooms(people + 1)[people] for server in servers]  # a room of its own for each number of people
    found = typed_in(rooms, people, writers, keys_per_s, LATENCY_S)
    medians = []
    room = f"a room of {people}, {writers} typing {keys_per_s} keys a second"
    for server, times in zip(servers, found["times_ms"], strict=True):
        medians.append(statistics.median(times))
        row(
            f"{room}: a keystroke to the other{'s' * (people > 2)}, {server.name}",
            medians[-1],
            percentile(times, 0.99),
            "ms",
            2,
        )
    ours, stock, bare = medians
    row(f"{room}: CodeWithMe / y-websocket", ours / bare, None, "×", 2)
    row(f"{room}: jupyter-collaboration / CodeWithMe", stock / ours, None, "×", 2)


def capacity(servers: Sequence[Contender]) -> None:
    """More and more rooms on one server after the other, until each has become slow."""
    held = dict.fromkeys((server.name for server in servers), 0)
    left = list(servers)
    for count in STEPS:
        if count > MAX_ROOMS:
            break
        for server in list(left):
            used, began = processor_s(server.pid), time.monotonic()
            found = typed_in(server.rooms(count), 2, 2, KEYS_PER_S, SECONDS)
            share = (processor_s(server.pid) - used) / (time.monotonic() - began)
            times = list(itertools.chain.from_iterable(found["times_ms"]))
            p99 = percentile(times, 0.99)
            note = f"server {share:.0%} of a core, people {found['own_share']:.0%}, {found['own_late_ms']:.0f} ms late"
            what = f"{count} rooms of two, {KEYS_PER_S} keys a second each: {server.name} ({note})"
            row(what, statistics.median(times), p99, "ms")
            if p99 < LIMIT_MS:
                held[server.name] = count
            else:
                left.remove(server)
    for server in servers:
        more = " and more, not tried" if server in left else ""
        row(f"rooms of two with p99 < {LIMIT_MS:.0f} ms: {server.name}{more}", held[server.name], None, "rooms", 0)


def typed_in(rooms: Sequence[Room], people: int, writers: int, keys_per_s: int, seconds: float) -> dict[str, Any]:
    """Steady typing in these rooms, by people who are a process of their own; what they saw, see `load.py`."""
    job = {"rooms": [(room.address, room.headers) for room in rooms], "people": people, "writers": writers}
    job |= {"keys_per_s": keys_per_s, "seconds": seconds}
    script = Path(__file__).parent / "document_rooms" / "load.py"
    done = subprocess.run([sys.executable, str(script)], input=json.dumps(job), stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return {"times_ms": [[float("inf")] for _ in rooms], "own_share": 0, "own_late_ms": 0}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


async def large(servers: Sequence[Contender]) -> None:
    """A document of many keystrokes, opened by the first person and by the second."""
    for server in servers:
        room, count = server.rooms(1)[0], OPERATIONS // 20 if isinstance(server, Stock) else OPERATIONS
        row(
            f"{count} keystrokes at full speed to another person: {server.name}",
            await fill(room, count),
            None,
            "1/s",
            0,
        )
        if not isinstance(server, YWebsocket):
            server.restart()
            room = server.rooms(1)[0]
            first = await opened(room, count)
            row(f"a document of {count} operations, first person: {server.name}", first, None, "ms")
        again = [await opened(room, count) for _ in range(5)]
        row(f"a document of {count} operations, second person: {server.name}",
            statistics.median(again), max(again), "ms")  # fmt: skip


async def fill(room: Room, count: int) -> float:
    """Type as fast as the server takes it, until somebody else has all of it; keystrokes a second."""
    arrived = 0
    everything = asyncio.Event()

    def hear(_: Wire, message: bytes) -> None:
        nonlocal arrived
        arrived += sum(count for client, _, count in keys_in(message) if client == keyboard.client_id)
        if arrived >= count:
            everything.set()

    keyboard = Keyboard(random.getrandbits(31))
    reader = await dial(room.address, room.headers, hear)
    reader.send(ASK_FOR_ALL)
    writer = await dial(room.address, room.headers, lambda *_: None)
    began = time.monotonic()
    for number in range(count):
        writer.send(keyboard.key())
        if number % 50 == 0:
            await writer.drained()
            while number - arrived > 2000:  # noqa: ASYNC110 (a tenth of a millisecond's work each, too quick for events)
                await asyncio.sleep(0.001)
    async with asyncio.timeout(600):
        await everything.wait()
    took = time.monotonic() - began
    writer.close()
    reader.close()
    return count / took


async def opened(room: Room, count: int) -> float:
    """From the connection to the whole text in a document, in milliseconds."""
    doc: Doc[Any] = Doc()
    text = doc.get("source", type=Text)
    whole = asyncio.Event()

    def hear(wire: Wire, message: bytes) -> None:
        if message[0] == 0:
            handle_sync_message(message[1:], doc)
            if len(text) >= count:
                whole.set()

    began = time.perf_counter()
    wire = await dial(room.address, room.headers, hear)
    wire.send(ASK_FOR_ALL)
    async with asyncio.timeout(300):
        await whole.wait()
    took = (time.perf_counter() - began) * 1000
    wire.close()
    return took


async def idle(servers: Sequence[Contender]) -> None:
    """Rooms of two in which nobody types."""
    for server in servers:
        rooms = server.rooms(IDLE_ROOMS + 1)
        warm = await enter([(rooms[-1].address, rooms[-1].headers)], 2)
        before = resident_mib(server.pid)
        loads = await enter([(room.address, room.headers) for room in rooms[:-1]], 2)
        await asyncio.sleep(2)
        row(f"memory of an idle room of two, of {IDLE_ROOMS}: {server.name}",
            (resident_mib(server.pid) - before) / IDLE_ROOMS, None, "MiB", 3)  # fmt: skip
        used = processor_s(server.pid)
        await asyncio.sleep(5)
        row(f"processor time for {IDLE_ROOMS} idle rooms: {server.name}",
            (processor_s(server.pid) - used) / 5 * 100, None, "% of a core")  # fmt: skip
        for load in warm + loads:
            for member in load.members:
                member.close()


def resident_mib(pid: int) -> float:
    """Physical memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, contenders(Path(folder)) as servers:
        if "idle" in PARTS:
            asyncio.run(idle(servers))
        if "latency" in PARTS:
            keystrokes(servers, 2, 2, KEYS_PER_S)
            keystrokes(servers, 2, 2, HELD_KEYS_PER_S)
            keystrokes(servers, 10, 2, KEYS_PER_S)
        if "capacity" in PARTS:
            capacity(servers)
        if "large" in PARTS:
            asyncio.run(large(servers))
