"""An interview as one archive: whole, for its host, without secrets or formulas (claims C6, C13, C41)."""

import csv
import io
import json
import zipfile

import pytest

from codewithme_ext.errors import NotFoundError, NotPermittedError
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.chat.schemas import ChatWish
from codewithme_ext.interview.export.tables import cell
from codewithme_ext.interview.proctoring.models import ProctoringEventType
from codewithme_ext.interview.proctoring.schemas import Observation, Observations
from codewithme_ext.interview.sessions.schemas import SessionChanges
from codewithme_ext.interview.sessions.workspace import folder_of
from factories import World


async def exported(world: World, actor: Actor, session_id: str) -> zipfile.ZipFile:
    """The archive, as a client gets it."""
    pieces = [piece async for piece in await world.services.export.archive(actor, session_id)]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert archive.testzip() is None
    return archive


async def test_everything_of_an_interview_is_in_its_archive(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya, problem_statement="# Loops\n")
    candidate = await world.candidate(maya, session)
    await world.services.sessions.update(maya, session.id, SessionChanges(password="open sesame 4711"))
    for n in range(250):
        await world.services.chat.send(maya if n % 2 else candidate, session.id, ChatWish(text=f"line {n}"))
        world.clock.move(seconds=5)
    await world.services.proctoring.record(
        candidate, session.id, Observations(events=[Observation(sequence=3, event_type=ProctoringEventType.PASTE)])
    )
    folder = world.services.settings.files_dir / folder_of(session.id)
    (folder / "deep").mkdir()
    (folder / "deep" / "image.bin").write_bytes(b"\xff\x00\xfe")
    (folder / "main.py").write_text("print('é')\n")
    (folder / "link").symlink_to("/etc/passwd")
    archive = await exported(world, maya, session.id)
    assert archive.read("problem.md").decode() == "# Loops\n"
    assert json.loads(archive.read("session.json"))["title"] == "Cache with expiry"
    assert [message["text"] for message in json.loads(archive.read("chat.json"))] == [f"line {n}" for n in range(250)]
    rows = list(csv.DictReader(io.StringIO(archive.read("chat.csv").decode("utf-8-sig"))))
    assert [row["text"] for row in rows] == [f"line {n}" for n in range(250)]
    assert json.loads(archive.read("proctoring.json"))[0]["missing_before"] == 2
    assert len(json.loads(archive.read("activity.json"))) > 250
    assert json.loads(archive.read("executions.json")) == []
    assert archive.read("files/main.py").decode() == "print('é')\n"
    assert archive.read("files/deep/image.bin") == b"\xff\x00\xfe"
    assert "files/link" not in archive.namelist()
    for name in archive.namelist():
        assert b"argon2" not in archive.read(name)
        assert b"open sesame" not in archive.read(name)


async def test_only_the_host_exports(world: World) -> None:
    maya, zoe = await world.host(), await world.host("Zoe")
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    with pytest.raises(NotPermittedError):
        await world.services.export.archive(priya, session.id)
    for stranger in (zoe, await world.guest(maya, session, "Jun")):
        with pytest.raises(NotFoundError):
            await world.services.export.archive(stranger, session.id)
    await world.services.sessions.end(maya, session.id)
    assert "session.json" in (await exported(world, maya, session.id)).namelist()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =1",
        "＝1",
        '=HYPERLINK("http://evil.example")',
        "=cmd|' /C'!A0",
    ],
)
def test_claim_41_no_text_becomes_a_formula(text: str) -> None:
    assert str(cell(text)).startswith("'")


def test_numbers_and_plain_text_stay_what_they_are() -> None:
    assert [cell(value) for value in (-1, 2.5, None, "plain", True, {"a": 1})] == [
        -1,
        2.5,
        None,
        "plain",
        "true",
        '{"a": 1}',
    ]


async def test_an_archive_that_nobody_reads_to_its_end_is_closed_in_order(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    await world.services.chat.send(maya, session.id, ChatWish(text="hello"))
    archive = await world.services.export.archive(maya, session.id)
    await anext(archive)
    await archive.aclose()
