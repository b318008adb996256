"""A history that was damaged on disk (fault 27): that document alone is set aside, and what could be read is offered."""

import contextlib

from documents import open_document, open_room, room_address
from sqlalchemy import func, select, update
from tables import database_of
from websockets.exceptions import ConnectionClosed

from codewithme_ext.interview.documents.models import Document, DocumentUpdate
from server import InterviewServer, Person, create_session, register


async def test_fault_27_a_damaged_history_sets_one_document_aside_and_offers_what_could_be_read(
    own_server: InterviewServer,
) -> None:
    maya = register(own_server)
    session = create_session(maya)
    main, notes = (f"{session['folder']}/{name}" for name in ("main.py", "notes.md"))
    empty = {"type": "file", "format": "text", "content": ""}
    assert maya.request("PUT", f"api/contents/{notes}", json=empty).status_code == 201
    for path in (main, notes):
        async with open_document(maya, path) as editor:
            for number in range(5):
                editor.source += f"line {number}\n"
            await editor.until(lambda e: e.is_all_stored)
    own_server.stop()
    await damage(own_server, "main.py")
    own_server.start()

    written = "".join(f"line {number}\n" for number in range(5))
    async with open_document(maya, notes) as editor:
        assert editor.text == written
    assert maya.call("GET", "health")["documents"]["quarantined"] == 0
    assert "damaged" in await refusal(maya, main)
    assert maya.call("GET", "health")["documents"]["quarantined"] == 1
    async with open_document(maya, main) as editor:
        assert editor.text == written
        editor.source += "and on\n"
        await editor.until(lambda e: e.is_all_stored)
    folder = own_server.data_dir / "files" / session["folder"]
    recovered = [path for path in folder.iterdir() if path.name.startswith("main.py.recovered-")]
    assert [written.startswith(path.read_text()) for path in recovered] == [True]
    documents = maya.call("GET", f"sessions/{session['id']}/documents")["documents"]
    assert sorted((document["path"], bool(document["damage"])) for document in documents) == [
        ("main.py", False),
        ("main.py", True),
        ("notes.md", False),
    ]


async def damage(server: InterviewServer, name: str) -> None:
    """Change a byte of one of a document's last updates, as a failing disk would."""
    row = DocumentUpdate
    async with database_of(server) as tables:
        of_document = select(Document.id).where(Document.path.like(f"%/{name}")).scalar_subquery()
        last = await tables.scalar(select(func.max(row.sequence)).where(row.document_id == of_document))
        here = (row.document_id == of_document, row.sequence == last - 3)
        content = await tables.scalar(select(row.content).where(*here))
        await tables.execute(update(row).where(*here).values(content=content[:9] + b"\xff" + content[10:]))


async def refusal(person: Person, path: str) -> str:
    """Why a document cannot be opened."""
    async with open_room(person, room_address(person, path)) as editor:
        with contextlib.suppress(ConnectionClosed):
            await editor.closed()
        return editor.socket.close_reason or ""
