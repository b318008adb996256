"""Documents that people write together: who is let in, what each may do there, and when they are out."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest
from documents import Editor, ask_for_room, awareness_message, open_document, room_of, socket_address
from pycrdt import create_update_message, write_message
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server import InterviewServer, Person, admit, create_session, knock, owner, register

Session = dict[str, Any]


@pytest.fixture(scope="module")
def maya(server: InterviewServer) -> Person:
    """An account that hosts all sessions here, since hashing a password takes longer than most tests."""
    return register(server)


async def refusal(person: Person, room: str, **headers: str) -> int:
    """The status of the answer to somebody who is not let in."""
    address = socket_address(person.server, f"api/collaboration/room/{room}")
    with pytest.raises(InvalidStatus) as refused:
        async with connect(address, additional_headers={**person.headers, **headers}):
            pass
    return refused.value.response.status_code


async def test_both_see_what_either_writes_and_the_file_has_it(maya: Person, priya: Person, main: str) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        host.source += "# by the host\n"
        await candidate.until(lambda e: "host" in e.text)
        candidate.source += "# by the candidate\n"
        await host.until(lambda e: "candidate" in e.text)
        assert host.text == candidate.text == "# by the host\n# by the candidate\n"

        file = maya.server.data_dir / "files" / main
        await _eventually(lambda: "by the candidate" in file.read_text())


async def test_who_waits_is_refused_the_room(maya: Person, session: Session, main: str) -> None:
    room = room_of(maya, main)
    waiting = knock(maya, session, "Will Waiting")
    assert await refusal(waiting, room) == 403
    assert ask_for_room(waiting, main).status_code == 403


async def test_people_of_other_sessions_are_refused_the_room(maya: Person, main: str) -> None:
    room = room_of(maya, main)
    other_host = register(maya.server, "Zoe Elsewhere")
    elsewhere = create_session(other_host)
    other_candidate = admit(other_host, elsewhere, knock(other_host, elsewhere))
    for person in (other_host, other_candidate):
        assert await refusal(person, room) == 403
        assert ask_for_room(person, main).status_code == 403


async def test_a_stranger_is_refused_the_room(maya: Person, main: str) -> None:
    stranger = Person(maya.server, {"id": "-"}, "not-a-token", "")
    assert await refusal(stranger, room_of(maya, main)) == 403


@pytest.mark.parametrize(
    "room",
    [
        "JupyterLab:globalAwareness",
        "anything",
        "json:file:{id}",
        "base64:blob:{id}",
        "text:file:00000000-0000-4000-8000-000000000000",
        "text%3Afile%3A{id}",
        "text:file:{id}%2F",
        "x/text:file:{id}",
    ],
)
async def test_a_room_that_is_no_document_is_refused_even_to_the_owner(
    maya: Person, priya: Person, main: str, room: str
) -> None:
    address = room.format(id=room_of(maya, main).rpartition(":")[2])
    for person in (maya, priya, owner(maya.server)):
        assert await refusal(person, address) == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example:{port}", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize("path", ["api/collaboration/room/{room}", "api/events/subscribe"])
async def test_a_page_of_another_origin_is_refused(maya: Person, main: str, path: str, origin: str) -> None:
    address = socket_address(maya.server, path.format(room=room_of(maya, main)))
    cookie = {"Cookie": f"codewithme_access={maya.token}"}
    with pytest.raises(InvalidStatus) as refused:
        async with connect(address, origin=origin.format(port=maya.server.port), additional_headers=cookie):
            pass
    assert refused.value.response.status_code in (403, 404)
    async with connect(address, origin=maya.server.origin, additional_headers=cookie):
        pass


async def test_a_token_in_the_address_opens_nothing(maya: Person, main: str) -> None:
    address = socket_address(maya.server, f"api/collaboration/room/{room_of(maya, main)}?token={maya.token}")
    with pytest.raises(InvalidStatus):
        async with connect(address):
            pass


async def test_an_observer_reads_and_what_they_write_reaches_nobody(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    oscar = admit(maya, session, knock(maya, session, "Oscar Observer", role="observer"))
    async with (
        open_document(maya, main) as host,
        open_document(priya, main) as candidate,
        open_document(oscar, main) as observer,
    ):
        observer.source += "# by the observer\n"
        await observer.send(b"\x02\x04save\x00")
        candidate.source += "# by the candidate\n"
        await host.until(lambda e: "candidate" in e.text)
        await observer.until(lambda e: "candidate" in e.text)
        assert "observer" not in host.text
        assert "observer" not in candidate.text


async def test_names_and_colours_are_the_servers(maya: Person, priya: Person, main: str) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await candidate.show({"user": {"name": "Maya Lindqvist", "color": "red"}, "cursors": [1]})
        await host.until(lambda e: candidate.client_id in e.seen)
        seen = host.seen[candidate.client_id]
        assert seen["cursors"] == [1]
        assert seen["user"] == {
            "username": priya.id,
            "name": "Priya Nair",
            "display_name": "Priya Nair",
            "initials": "PN",
            "avatar_url": None,
            "color": "var(--cwm-person-1)",
        }


async def test_nobody_speaks_for_or_removes_somebody_elses_cursor(maya: Person, priya: Person, main: str) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await host.show({"cursors": ["host's"]})
        await candidate.until(lambda e: host.client_id in e.seen)
        await candidate.send(
            awareness_message(
                (host.client_id, 50, None),
                (host.client_id, 60, {"cursors": ["forged"]}),
                (candidate.client_id, 1, {"cursors": ["candidate's"]}),
            )
        )
        await host.until(lambda e: candidate.client_id in e.seen)
        assert host.seen[host.client_id]["cursors"] == ["host's"]
        assert candidate.seen[host.client_id]["cursors"] == ["host's"]


async def test_a_returning_tab_is_still_its_person_and_nobody_elses(maya: Person, priya: Person, main: str) -> None:
    async with open_document(maya, main) as host:
        async with open_document(priya, main) as candidate:
            await candidate.show({"cursors": [1]})
            await host.until(lambda e: e.seen.get(candidate.client_id) is not None)
        await host.until(lambda e: e.seen[candidate.client_id] is None)
        await host.show({"cursors": ["forged"]}, client_id=candidate.client_id, clock=9)
        async with open_document(priya, main) as again:
            await again.show({"cursors": [2]}, client_id=candidate.client_id, clock=10)
            await host.until(lambda e: e.seen[candidate.client_id] is not None)
            assert host.seen[candidate.client_id]["cursors"] == [2]


async def test_who_comes_later_sees_the_others_at_once(maya: Person, priya: Person, main: str) -> None:
    async with open_document(maya, main) as host:
        await host.show({"cursors": ["here"]})
        await host.until(lambda e: e.client_id in e.seen)
        async with open_document(priya, main) as candidate:
            await candidate.until(lambda e: host.client_id in e.seen)
            assert candidate.seen[host.client_id]["user"]["name"] == "Maya Lindqvist"


MALFORMED = {
    "nothing": b"",
    "text": "hello",
    "a step without end": b"\x00\x02",
    "an unknown step": b"\x00\x07\x00",
    "a truncated update": b"\x00\x02\x10\x01\x02",
    "an update of noise": b"\x00\x02\x04\xff\xff\xff\xff",
    "an update with a tail": b"\x00\x02\x02\x00\x00junk",
    "a state vector of noise": b"\x00\x00\x05\xff\xff\xff\xff\xff",
    "an endless number": b"\x00\x02" + b"\xff" * 1000,
    "awareness without states": b"\x01\x00",
    "awareness of noise": b"\x01\x03\x01\x01\xff",
    "a state that is a number": awareness_message((1, 1, 5)),
    "a state with NaN": b'\x01\x0c\x01\x01\x01\x08{"a":NaN',
    "a state that ends early": awareness_message((1, 1, {}))[:-1],
    "a command of noise": b"\x02\xff",
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_message_ends_its_sender_only(maya: Person, priya: Person, main: str, name: str) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await candidate.send(MALFORMED[name])
        await candidate.until(lambda e: e.close_code is not None)
        assert candidate.close_code == 1007
        await _still_work(host, maya, main)


async def test_a_deeply_nested_state_ends_its_sender_only(maya: Person, priya: Person, main: str) -> None:
    state = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    inner = b"\x01\x05\x01" + _blob(state)
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await candidate.send(b"\x01" + _blob(inner))
        await candidate.until(lambda e: e.close_code is not None)
        await _still_work(host, maya, main)


async def test_a_message_beyond_all_measure_ends_its_sender_only(maya: Person, priya: Person, main: str) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        with contextlib.suppress(ConnectionClosed):
            await candidate.send(b"\x00" * (17 * 2**20))
        await candidate.until(lambda e: e.close_code is not None)
        await _still_work(host, maya, main)


async def test_a_removed_person_is_out_within_a_second_for_good(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await _out_within_a_second(candidate, lambda: _remove(maya, session, priya))
        frames = candidate.frames
        host.source += "# a secret\n"
        await _eventually(lambda: "secret" in (maya.server.data_dir / "files" / main).read_text())
        assert candidate.frames == frames
        assert await refusal(priya, room_of(maya, main)) == 403
        await host.until(lambda e: e.text.endswith("secret\n"))


async def test_who_leaves_is_out(maya: Person, priya: Person, session: Session, main: str) -> None:
    async with open_document(priya, main) as candidate:
        await _out_within_a_second(candidate, lambda: priya.call("POST", f"sessions/{session['id']}/leave", {}))


async def test_when_the_interview_ends_the_candidate_is_out_and_the_host_reads_on(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        candidate.source += "# solution\n"
        await host.until(lambda e: "solution" in e.text)
        await _out_within_a_second(candidate, lambda: maya.call("POST", f"sessions/{session['id']}/end", {}))
        assert await refusal(priya, room_of(maya, main)) == 403
        async with open_document(maya, main) as second:
            host.source += "# after the end\n"
            await second.show({"cursors": []})
            await host.until(lambda e: second.client_id in e.seen)
            assert second.text == "# solution\n"


async def test_an_open_editor_follows_freezing_and_unfreezing_within_a_second(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await asyncio.to_thread(maya.call, "POST", f"sessions/{session['id']}/freeze", {})
        frozen = time.monotonic()
        candidate.source += "# while frozen\n"
        await candidate.show({"cursors": []})  # in order behind the edit, and passed on to everyone
        await host.until(lambda e: candidate.client_id in e.seen)
        host.source += "# by the host\n"
        await candidate.until(lambda e: "by the host" in e.text)
        assert "while frozen" not in host.text
        assert time.monotonic() - frozen < 1

        await asyncio.to_thread(maya.call, "POST", f"sessions/{session['id']}/unfreeze", {})
        candidate.source += "# again\n"
        await candidate.send(create_update_message(candidate.doc.get_update()))
        await host.until(lambda e: "again" in e.text)


async def test_who_comes_to_a_frozen_interview_reads_only(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    maya.call("POST", f"sessions/{session['id']}/freeze", {"reason": "time_up"})
    assert priya.request("PUT", f"api/contents/{main}", json={"type": "file"}).status_code == 403
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        candidate.source += "# late\n"
        await candidate.show({"cursors": []})
        await host.until(lambda e: candidate.client_id in e.seen)
        assert host.text == ""


async def test_when_the_interview_is_deleted_everybody_is_out(
    maya: Person, priya: Person, session: Session, main: str
) -> None:
    async with open_document(maya, main) as host, open_document(priya, main) as candidate:
        await _out_within_a_second(candidate, lambda: maya.call("DELETE", f"sessions/{session['id']}"))
        await host.until(lambda e: e.close_code is not None)


async def test_the_owner_who_is_no_participant_can_write(maya: Person, main: str) -> None:
    async with open_document(maya, main) as host, open_document(owner(maya.server), main) as admin:
        admin.source += "# by the owner\n"
        await host.until(lambda e: "owner" in e.text)


async def test_what_the_rooms_keep_lies_in_the_database_and_not_among_the_files(maya: Person, main: str) -> None:
    async with open_document(maya, main):
        pass
    files = maya.server.data_dir / "files"
    assert [path.name for path in files.iterdir()] == ["interviews"]
    assert [path.name for path in (files / main).parent.iterdir()] == ["main.py"]


async def _still_work(host: Editor, maya: Person, main: str) -> None:
    async with open_document(maya, main) as other:
        host.source += "# still here\n"
        await other.until(lambda e: "still here" in e.text)


async def _out_within_a_second(editor: Editor, act: Callable[[], Any]) -> None:
    await asyncio.to_thread(act)
    started = time.monotonic()
    await editor.until(lambda e: e.close_code is not None)
    assert time.monotonic() - started < 1
    assert editor.close_code == 1008


async def _eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 (a file tells nobody when it is written)
            await asyncio.sleep(0.05)


def _remove(host: Person, session: Session, person: Person) -> None:
    host.call("POST", f"sessions/{session['id']}/participants/{person.id}/remove", {})


def _blob(data: bytes) -> bytes:
    blob: bytes = write_message(data)
    return blob
