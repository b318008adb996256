"""Messages that come twice, in another order, broken or very large (faults 14 and 17); only who sends them suffers."""

import asyncio
import base64
import random
import time
from collections.abc import Sequence
from typing import Any

import pytest
from documents import Editor, open_document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text, create_update_message, write_message

from server import Person, admit, knock, register

Session = dict[str, Any]
PASTE_BYTES = 5 * 2**20
AT_ONCE_S = 6.0
"""Two seconds on a machine that does nothing else."""


@pytest.fixture(scope="module")
def maya(server: Any) -> Person:
    """An account that hosts all sessions here."""
    return register(server)


def write_something(text: Text) -> None:
    """Write, move about and delete."""
    chance = random.Random(14)
    for number in range(60):
        at = chance.randint(0, len(text))
        if number % 4 == 3 and at:
            del text[max(0, at - 3) : at]
        else:
            text.insert(at, f"<{number}>")


def messages_of_a_writer() -> list[bytes]:
    """What somebody sends who writes something into an empty document."""
    doc: Doc[Any] = Doc()
    messages: list[bytes] = []
    following = doc.observe(lambda event: messages.append(create_update_message(event.update)))
    write_something(doc.get("source", type=Text))
    doc.unobserve(following)
    return messages


async def test_fault_14_updates_that_come_twice_and_in_another_order_make_the_same_text(
    maya: Person, priya: Person, main: str
) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        with candidate.holding_back() as messages:
            write_something(candidate.source)
        for message in random.Random(14).sample(messages * 2, len(messages) * 2):
            await candidate.send(message)
        await host.until(lambda e: e.text == candidate.text)
        async with open_document(maya, main) as later:
            assert later.text == candidate.text


@pytest.mark.parametrize("seed", range(4))
async def test_updates_that_are_lost_or_overtake_each_other_are_asked_for_again(
    maya: Person, priya: Person, main: str, seed: int
) -> None:
    chance = random.Random(seed)
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        host.source += "nothing else is typed here\n"
        await candidate.until(lambda e: "typed" in e.text)
        with candidate.holding_back() as messages:
            write_something(candidate.source)
        arriving = chance.sample(messages, len(messages) * 3 // 4)
        for message in arriving:
            await candidate.send(message)
        host.source += "at the same time\n"
        await host.until(lambda e: "same time" in candidate.text and e.text == candidate.text)
        async with open_document(maya, main) as later:
            assert later.text == candidate.text
        document = f"sessions/{main.split('/')[1]}/documents/main.py"
        pages = [maya.call("GET", f"{document}/history?limit=5000")]
        replayed: Doc[Any] = Doc()
        for update in pages[0]["updates"]:
            replayed.apply_update(base64.b64decode(update["update"]))
        assert str(replayed.get("source", type=Text)) == candidate.text


async def test_values_nested_so_deeply_that_they_would_end_the_server_are_refused(
    maya: Person, priya: Person, main: str
) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await candidate.send(as_update(b"\1\1\5\0\x08\1\1a\1" + b"\x75\1" * 200_000 + b"\x7e\0"))
        await candidate.closed()
        assert candidate.close_code == 1007
        async with open_document(priya, main) as again:
            host.source += "still here"
            await again.until(lambda e: e.text == "still here")


async def test_nobody_takes_away_what_somebody_else_types_next(maya: Person, priya: Person, main: str) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await host.show({"cursors": []})  # as every page does as it opens
        await candidate.until(lambda e: host.client_id in e.seen)
        for word in ("one ", "two "):  # before the first key and after it
            forged: Doc[Any] = Doc(client_id=host.client_id)
            forged.apply_update(host.doc.get_update())
            forged.get("source", type=Text).insert(0, "FORGED")
            await candidate.send(as_update(forged.get_update(host.doc.get_state())))
            await candidate.until(lambda e, w=word: len(e.refused) == (1 if w == "one " else 2))
            host.source += word
            await candidate.until(lambda e: e.text == host.text)
        assert host.text == "one two "
        assert host.close_code is candidate.close_code is None


async def test_fault_17_a_paste_of_5_mib_is_there_at_once_and_whole(maya: Person, priya: Person, main: str) -> None:
    paste = "".join(f"{number:015d}\n" for number in range(PASTE_BYTES // 16))
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        began = time.monotonic()
        candidate.source += paste
        await host.until(lambda e: len(e.source) >= len(paste), timeout_s=30)
        assert time.monotonic() - began < AT_ONCE_S
        assert host.text == paste


async def test_fault_17_a_document_of_100_000_operations_opens_at_once(maya: Person, priya: Person, main: str) -> None:
    async with open_document(priya, main) as candidate:
        with candidate.doc.transaction():
            for _ in range(100_000):
                candidate.source.insert(0, "x")  # at the front, where none is joined with the one before
        async with open_document(maya, main) as host:
            await host.until(lambda e: len(e.source) == 100_000, timeout_s=30)
    began = time.monotonic()
    async with open_document(maya, main) as host:
        assert len(host.source) == 100_000
        assert time.monotonic() - began < AT_ONCE_S
        async with open_document(priya, main) as candidate:
            began = time.monotonic()
            candidate.source += "y"
            await host.until(lambda e: e.text.endswith("y"))
            assert time.monotonic() - began < AT_ONCE_S


def as_update(payload: bytes) -> bytes:
    message: bytes = b"\0\2" + write_message(payload)
    return message


def flipped(message: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(message)
    changed[place % len(changed)] ^= 1 << bit
    return bytes(changed)


real = st.sampled_from(messages_of_a_writer())
broken = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=200).map(as_update),
    st.binary(max_size=200).map(lambda payload: b"\0\0" + write_message(payload)),
    st.binary(max_size=200).map(lambda payload: b"\1" + write_message(payload)),
    st.builds(lambda message, length: message[: length % len(message)], real, st.integers(0)),
    st.builds(lambda message, length: as_update(message[3:][: length % len(message)]), real, st.integers(0)),
    st.builds(flipped, real, st.integers(0), st.integers(0, 7)),
)
attacks = st.lists(st.one_of(real, broken), min_size=1, max_size=8)


def test_whatever_one_sends_the_others_write_on(maya: Person, session: Session, main: str) -> None:
    priya, mallory = (admit(maya, session, knock(maya, session, name)) for name in ("Priya Nair", "Mallory"))
    with asyncio.Runner() as runner:
        host_door, candidate_door = open_document(maya, main), open_document(priya, main)
        host = runner.run(host_door.__aenter__())
        candidate = runner.run(candidate_door.__aenter__())
        said = 0

        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(attacks)
        def attack(messages: Sequence[bytes]) -> None:
            nonlocal said
            said += 1
            runner.run(attacked(mallory, main, messages))
            runner.run(still_write(host, candidate, said))

        attack()
        runner.run(candidate_door.__aexit__(None, None, None))
        runner.run(host_door.__aexit__(None, None, None))


async def attacked(attacker: Person, main: str, messages: Sequence[bytes]) -> None:
    async with open_document(attacker, main) as editor:
        for message in messages:
            await editor.send(message)
            if editor.close_code is not None:
                break


async def still_write(host: Editor, candidate: Editor, number: int) -> None:
    host.source += f"\n# host {number}"
    await candidate.until(lambda e: f"# host {number}" in e.text)
    candidate.source += f"\n# candidate {number}"
    await host.until(lambda e: f"# candidate {number}" in e.text and e.text == candidate.text)
    assert host.close_code is candidate.close_code is None
