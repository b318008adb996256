"""What is kept of a person can be given to them, and taken out of everything; old interviews go by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from codewithme_ext.errors import NotFoundError, NotPermittedError
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.accounts.deletion import GONE
from codewithme_ext.interview.accounts.models import OWNER_ID
from codewithme_ext.interview.assessment.schemas import QuestionCreation, QuestionTest, ResultCreation, ScoreChanges
from codewithme_ext.interview.chat.schemas import ChatWish
from codewithme_ext.interview.privacy.service import ERASED
from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.sessions.schemas import SessionsQuery
from codewithme_ext.interview.snapshots.schemas import SnapshotWish
from codewithme_ext.migrations import tables
from codewithme_sandbox.job import Output
from factories import FINISHED, World

MARK = "Zebulon-Marked"


async def everything(world: World) -> str:
    """Every value in every table, as text."""
    async with world.services.engine.connect() as connection:
        rows = [
            str(row)
            for table in tables.metadata().sorted_tables
            for row in await connection.execute(text(f"SELECT * FROM {table.name}"))
        ]
    return "\n".join(rows)


async def test_an_export_has_what_a_person_did_and_nothing_of_others_or_of_passwords(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session, MARK)
    await world.services.chat.send(priya, session.id, ChatWish(text="hello from me"))
    await world.services.chat.send(maya, session.id, ChatWish(text="hello from the host"))
    data = (await world.services.privacy.export(priya)).data
    assert [row["name"] for row in data["users"]] == [MARK]
    assert [row["text"] for row in data["chat_messages"]] == ["hello from me"]
    assert [row["state"] for row in data["session_participants"]] == ["admitted"]
    assert data["sessions"] == []
    own = await world.services.privacy.export(maya)
    assert [row["title"] for row in own.data["sessions"]] == [session.title]
    assert "argon2" not in own.model_dump_json()
    assert not any("password" in row for rows in own.data.values() for row in rows)
    with pytest.raises(NotPermittedError):
        await world.services.privacy.export(maya, priya.person_id)


async def test_somebody_who_is_erased_is_in_no_table_any_more_and_the_others_keep_their_interview(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session, MARK)
    await world.services.chat.send(priya, session.id, ChatWish(text=f"I am {MARK}"))
    await world.services.chat.send(maya, session.id, ChatWish(text="noted"))
    await world.services.snapshots.save(priya, session.id, SnapshotWish(message=f"{MARK} was here"))
    await world.services.idempotency.once(priya, "a key", b"a request", _answer_with_mark)
    assert MARK in await everything(world)
    with pytest.raises(NotPermittedError):
        await world.services.privacy.erase(maya, priya.person_id)
    for _ in range(2):
        await world.services.privacy.erase(Actor.system(), priya.person_id)
    assert MARK not in await everything(world)
    history = await world.services.chat.history(maya, session.id, after=0, before=None, limit=10)
    assert [(one.username, one.text) for one in history.messages] == [(ERASED, ""), ("Maya", "noted")]
    activity = await world.services.sessions.activity(maya, session.id, after=0, limit=100)
    sequences = [line.sequence for line in activity.activity]
    assert sequences == list(range(1, len(sequences) + 1)), "the log has no gap"


async def _answer_with_mark() -> dict[str, object]:
    return {"message": {"username": MARK}}


async def test_a_guests_name_goes_with_the_last_interview_that_knows_it(world: World) -> None:
    maya = await world.host()
    first, second = await world.session(maya), await world.session(maya)
    gone, stays = [await world.candidate(maya, session, MARK) for session in (first, second)]
    await world.services.sessions.delete(maya, first.id)
    assert await world.services.retention.kinds["guests"]() == 1
    names = {
        (await world.services.accounts.me(guest)).id: (await world.services.accounts.me(guest)).name
        for guest in (gone, stays)
    }
    assert names == {gone.person_id: GONE, stays.person_id: MARK}
    assert (await world.services.logins.devices(gone)).devices == []
    await world.services.sessions.delete(maya, second.id)
    await world.services.retention.look()
    assert MARK not in await everything(world)


async def test_claim_47_a_candidates_own_data_says_nothing_of_hidden_tests_or_scores(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    tests = [
        QuestionTest(name="seen", expected_output="4"),
        QuestionTest(name=f"unseen {MARK}", expected_output=MARK, is_hidden=True, points=7919),
    ]
    question = await world.services.assessment.ask(maya, session.id, QuestionCreation(title="Double", tests=tests))
    world.runner.items = (Output(stream="stdout", data=b"4"), FINISHED)
    program = ResultCreation(language="python", code="print(4)")
    result = await world.services.assessment.hand_in(priya, session.id, question.id, program)
    await world.services.assessment.score(maya, session.id, result.id, ScoreChanges(score=7919, feedback=MARK))
    own = await world.services.privacy.export(priya)
    [row] = own.data["assessment_results"]
    assert (row["code"], [outcome["name"] for outcome in row["test_results"]]) == ("print(4)", ["seen"])
    assert MARK not in own.model_dump_json()
    assert "7919" not in own.model_dump_json()
    assert MARK in (await world.services.privacy.export(Actor.system(), priya.person_id)).model_dump_json()


async def test_a_host_who_is_erased_takes_their_interviews_along(world: World) -> None:
    maya = await world.host(MARK)
    session = await world.session(maya, title=f"Interview of {MARK}")
    user_id = await world.services.privacy.find(Actor.system(), maya.person_id)
    await world.services.privacy.erase(Actor.system(), user_id)
    assert MARK not in await everything(world)
    assert not (world.services.settings.files_dir / session.folder).exists()
    with pytest.raises(NotPermittedError):
        await world.services.privacy.erase(Actor.system(), OWNER_ID)
    with pytest.raises(NotFoundError):
        await world.services.privacy.find(Actor.system(), "nobody@company.example")


def test_every_table_that_names_people_says_whose_a_row_is() -> None:
    """A new table is found by its `user_id`; one that keeps names without it would be forgotten."""
    covered_otherwise = {"users", "sessions"}
    for table in tables.metadata().sorted_tables:
        names_people = any(
            word in column.name for column in table.c for word in ("user", "host", "person", "email", "author")
        )
        assert not names_people or {"user_id", "author_id"} & set(table.c.keys()) or table.name in covered_otherwise, (
            table.name
        )


async def test_interviews_go_once_they_ended_long_ago_and_no_other(world: World) -> None:
    maya = await world.host()
    ended, ended_lately, open_ = [await world.session(maya) for _ in range(3)]
    await world.guest(maya, ended, role=Role.OBSERVER)
    await world.services.sessions.end(maya, ended.id)
    world.clock.move(days=20)
    await world.services.sessions.end(maya, ended_lately.id)
    world.clock.move(days=11)
    with pytest.raises(NotPermittedError):
        await world.services.sessions.prune(maya, ended_for=timedelta(days=30))
    assert await world.services.sessions.prune(Actor.system(), ended_for=timedelta(days=30)) == 1
    assert not (world.services.settings.files_dir / ended.folder).exists()
    kept = (await world.services.sessions.mine(maya, SessionsQuery())).sessions
    assert {one.id for one in kept} == {ended_lately.id, open_.id}
    assert all((world.services.settings.files_dir / one.folder).exists() for one in (ended_lately, open_))
