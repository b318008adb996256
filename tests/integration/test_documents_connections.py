"""Connections to shared documents that are slow, dead, doubled or cut for a while (faults 11, 12, 20, 21 and 25)."""

import asyncio
import random
import signal
import time
from typing import Any

import pytest
from cable import cable_to
from documents import open_document, open_room, room_address
from sockets import listening
from typists import Typist, busy, together

from server import InterviewServer, Person, admit, create_session, knock, register

Session = dict[str, Any]
HALF_OPEN_S = 45
PASTE = "x" * 2**20
ENOUGH_PASTES = 48
"""More than the server keeps for one connection and the kernel for one socket."""


@pytest.fixture(scope="module")
def maya(server: InterviewServer) -> Person:
    """An account that hosts all sessions here."""
    return register(server)


async def test_fault_11_a_slow_reader_is_cut_off_and_catches_up_and_delays_nobody(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    slow = Typist(admit(maya, session, knock(maya, session, "Sam Slow")), main, "s", random.Random(1))
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        async with busy([slow.stay()]):
            await together([[slow]], within_s=10)
            assert slow.editor is not None
            first = slow.editor
            first.socket.transport.pause_reading()
            slowest_s = 0.0
            for number in range(ENOUGH_PASTES):
                host.source += PASTE
                del host.source[0 : len(PASTE)]
                sent = time.monotonic()
                candidate.source += f"# {number}\n"
                await host.until(lambda e, line=f"# {number}\n": line in e.text)
                slowest_s = max(slowest_s, time.monotonic() - sent)
            first.socket.transport.resume_reading()
            await first.closed()
            async with asyncio.timeout(10):
                while slow.text != host.text or not slow.is_synced:  # noqa: ASYNC110 (two tabs have no one event)
                    await asyncio.sleep(0.05)
        assert slowest_s < 2


@pytest.mark.sqlite_alone("it waits for a TCP connection to be given up, and most of a minute")
async def test_fault_12_a_connection_that_died_without_a_word_is_gone_in_time_and_its_person_back_at_once(
    maya: Person, priya: Person, main: str
) -> None:
    async with (
        cable_to(maya.server.port) as cable,
        open_document(maya, main) as host,
        open_room(priya, cable.address(room_address(priya, main))) as dead,
    ):
        await dead.until(lambda e: e.is_synced)
        await dead.show({"cursors": ["dead"]})
        await host.until(lambda e: e.seen.get(dead.client_id) is not None)
        cable.pull()
        pulled = time.monotonic()
        async with open_document(priya, main) as back:
            back.source += "# back\n"
            await host.until(lambda e: "# back" in e.text)
            await host.until(lambda e: e.seen[dead.client_id] is None, timeout_s=2 * HALF_OPEN_S)
        assert time.monotonic() - pulled < HALF_OPEN_S


async def test_fault_20_two_tabs_of_one_person_both_write_and_closing_one_is_not_leaving(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    async with (
        listening(maya, session["id"]) as heard,
        listening(priya, session["id"]),
        open_document(maya, main) as host,
        open_document(priya, main) as left,
    ):
        async with listening(priya, session["id"]), open_document(priya, main) as right:
            left.source += "# left\n"
            await right.until(lambda e: "# left" in e.text)
            right.source += "# right\n"
            await host.until(lambda e: e.text == "# left\n# right\n")
            await left.show({"cursors": [1]})
            await right.show({"cursors": [2]})
            await host.until(lambda e: {left.client_id, right.client_id} <= e.seen.keys())
        await host.until(lambda e: e.seen[right.client_id] is None)
        assert host.seen[left.client_id] is not None
        left.source += "# still here\n"
        await host.until(lambda e: "# still here" in e.text)
        await heard.send("chat-message", {"text": "the last thing"})
        await heard.wait("chat-message")
        assert "user-left" not in heard.names()
        people = maya.call("GET", f"sessions/{session['id']}")["session"]["participants"]
        assert sorted(person["name"] for person in people) == ["Maya Lindqvist", "Priya Nair"]


async def test_fault_21_what_both_sides_wrote_while_cut_off_is_merged_once(
    maya: Person, priya: Person, main: str
) -> None:
    chance = random.Random(2)
    async with cable_to(maya.server.port) as cable:
        cut_off = [Typist(person, main, mark, chance, cable.address) for person, mark in ((maya, "a"), (priya, "b"))]
        connected = Typist(priya, main, "c", chance)
        everybody = [*cut_off, connected]
        async with busy(tab.stay() for tab in everybody):
            await together([everybody], within_s=10)
            async with busy(tab.type() for tab in everybody):
                await until_lines(everybody, 3)
                cable.pull()
                await until_lines(everybody, 20)
            assert len({tab.text for tab in everybody}) == 3
            for tab in cut_off:
                tab.disconnect()
            cable.plug_in()
            await together([everybody], within_s=5)


async def test_fault_25_a_stopping_server_stores_what_was_typed_and_says_that_it_goes(
    own_server: InterviewServer,
) -> None:
    maya = register(own_server)
    session = create_session(maya)
    priya = admit(maya, session, knock(maya, session))
    main = f"{session['folder']}/main.py"
    chance = random.Random(3)
    tabs = [Typist(person, main, mark, chance) for person, mark in ((maya, "a"), (priya, "b"))]
    async with busy(tab.stay() for tab in tabs):
        await together([tabs], within_s=10)
        editors = [tab.editor for tab in tabs if tab.editor]
        async with busy(tab.type() for tab in tabs):
            await until_lines(tabs, 5)
            began = time.monotonic()
            own_server.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(own_server.process.wait, 15) == 0
            assert time.monotonic() - began < 10
        async with asyncio.timeout(10):
            for editor in editors:
                await editor.closed()
        assert [editor.close_code for editor in editors] == [1001, 1001]
        file = own_server.data_dir / "files" / main
        assert {mark: file.read_text().count(mark) >= 5 for mark in "ab"} == {"a": True, "b": True}
        await asyncio.to_thread(own_server.start)
        await together([tabs], within_s=10)


async def until_lines(tabs: list[Typist], count: int) -> None:
    """Wait until everybody has typed so many lines."""
    async with asyncio.timeout(20):
        while any(tab.lines < count for tab in tabs):  # noqa: ASYNC110 (several tabs have no one event)
            await asyncio.sleep(0.01)
