"""A session that is somebody else's is denied like one that there is not (claims C12 and C13), with as much work."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from codewithme_ext.errors import NotFoundError, RateLimitedError
from codewithme_ext.interview.accounts.actor import Actor, Sender
from codewithme_ext.interview.admission.schemas import InvitationCreation, JoinRequest
from codewithme_ext.interview.chat.schemas import ChatWish
from codewithme_ext.interview.execution.schemas import ExecuteRequest, ExecutionsQuery, RunRequest
from codewithme_ext.interview.rate_limits import RateLimitSettings
from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.sessions.schemas import FreezeWish, SessionChanges
from codewithme_ext.interview.snapshots.schemas import SnapshotWish
from codewithme_ext.services import Services
from factories import World, open_world

MISSING = "00000000-0000-4000-8000-00000000dead"
RUN = {"language": "python", "code": "print()"}
Ask = Callable[[Services, Actor, str], Awaitable[Any]]

CALLS: dict[str, Ask] = {
    "read": lambda s, a, i: s.sessions.get(a, i),
    "change": lambda s, a, i: s.sessions.update(a, i, SessionChanges(title="Mine")),
    "change the language": lambda s, a, i: s.sessions.change_language(a, i, "python"),
    "freeze": lambda s, a, i: s.sessions.freeze(a, i, FreezeWish()),
    "unfreeze": lambda s, a, i: s.sessions.unfreeze(a, i),
    "end": lambda s, a, i: s.sessions.end(a, i),
    "delete": lambda s, a, i: s.sessions.delete(a, i),
    "activity": lambda s, a, i: s.sessions.activity(a, i, after=0, limit=10),
    "read the chat": lambda s, a, i: s.chat.history(a, i, after=None, before=None, limit=10),
    "chat": lambda s, a, i: s.chat.send(a, i, ChatWish(text="Hello")),
    "runs": lambda s, a, i: s.execution.history(a, i, ExecutionsQuery()),
    "run": lambda s, a, i: s.execution.start(a, i, RunRequest(**RUN)),
    "run and wait": lambda s, a, i: s.execution.run(a, ExecuteRequest(**RUN, sessionId=i)),
    "invitations": lambda s, a, i: s.invitations.list(a, i),
    "invite": lambda s, a, i: s.invitations.create(a, i, InvitationCreation()),
    "invite link": lambda s, a, i: s.invitations.candidate_link(a, i),
    "revoke": lambda s, a, i: s.invitations.revoke(a, i, MISSING),
    "door": lambda s, a, i: s.admission.door(a, i),
    "enter": lambda s, a, i: s.admission.enter(a, i),
    "waiting": lambda s, a, i: s.admission.waiting(a, i),
    "admit": lambda s, a, i: s.admission.admit(a, i, MISSING),
    "reject": lambda s, a, i: s.admission.reject(a, i, MISSING, ""),
    "remove": lambda s, a, i: s.admission.remove(a, i, MISSING, ""),
    "change a role": lambda s, a, i: s.admission.change_role(a, i, MISSING, Role.OBSERVER),
    "leave": lambda s, a, i: s.admission.leave(a, i),
    "snapshot": lambda s, a, i: s.snapshots.save(a, i, SnapshotWish(content="x")),
    "snapshots": lambda s, a, i: s.snapshots.history(a, i, before=None, limit=10),
    "read a snapshot": lambda s, a, i: s.snapshots.get(a, i, MISSING),
    "restore": lambda s, a, i: s.snapshots.restore(a, i, MISSING),
    "files now": lambda s, a, i: s.snapshots.now(a, i),
    "documents": lambda s, a, i: s.documents.listing(a, i),
    "join with a password": lambda s, a, i: s.admission.join(a, JoinRequest(id=i, password="wrong", consent=True)),
}


@pytest.mark.parametrize("call", CALLS)
async def test_claim_12_a_foreign_session_is_denied_like_a_missing_one_with_the_same_work(
    world: World, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomas = await world.host("Tomas")
    foreign = (await world.session(await world.host(), password="open sesame")).id
    work: list[str] = []
    event.listen(world.services.engine.sync_engine, "before_cursor_execute", lambda *a: work.append(a[2]))
    passwords = world.services.admission._passwords
    verify = passwords._verify

    def verified(stored: str, password: str) -> bool:
        work.append("a password is checked")
        return verify(stored, password)

    monkeypatch.setattr(passwords, "_verify", verified)
    answers = []
    for session_id in (foreign, MISSING):
        work.clear()
        with pytest.raises(NotFoundError) as refused:
            await CALLS[call](world.services, tomas, session_id)
        answers.append((refused.value.message, refused.value.code, list(work)))
    assert answers[0][:2] == answers[1][:2]
    # Joining is for those who have the id and a password: it looks for the session first, then does the same slow check.
    if call != "join with a password":
        assert answers[0][2] == answers[1][2]
    assert answers[0][2].count("a password is checked") == answers[1][2].count("a password is checked")


async def test_claim_16_passwords_of_a_session_cannot_be_tried_out_from_many_addresses(
    tmp_path: Path, tables_url: str
) -> None:
    async with open_world(tmp_path, tables_url, RateLimitSettings()) as world:
        tomas = await world.host("Tomas")
        session = await world.session(await world.host(), password="open sesame")
        for session_id in (session.id, MISSING):
            outcomes = [await _try(world, tomas, session_id, "wrong", n) for n in range(32)]
            assert outcomes == ["not_found"] * 30 + ["rate_limited"] * 2
        assert await _try(world, tomas, session.id, "open sesame", 99) == "rate_limited"


async def test_a_right_password_of_a_session_is_not_counted(tmp_path: Path, tables_url: str) -> None:
    async with open_world(tmp_path, tables_url, RateLimitSettings(logins=100)) as world:
        session = await world.session(await world.host(), password="open sesame")
        people = [await world.host(f"Person{n}") for n in range(12)]
        outcomes = [await _try(world, person, session.id, "open sesame", 0) for person in people]
        assert outcomes == ["in"] * 12
        one_more = await world.host("Another")
        tries = [await _try(world, one_more, session.id, "wrong", 0) for _ in range(31)]
        assert tries == ["not_found"] * 30 + ["rate_limited"]


async def _try(world: World, actor: Actor, session_id: str, password: str, number: int) -> str:
    sender = Sender(f"198.51.{number}.1")
    try:
        await world.services.admission.join(actor, JoinRequest(id=session_id, password=password, consent=True), sender)
    except (NotFoundError, RateLimitedError) as error:
        return error.code
    return "in"
