"""Questions, judging by tests, and who sees what of it (claim C47)."""

import asyncio
import json

import pytest

from codewithme_ext.errors import (
    GoneError,
    InvalidInputError,
    LimitReachedError,
    NotFoundError,
    NotPermittedError,
    SandboxUnavailableError,
)
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.assessment.schemas import (
    Question,
    QuestionChanges,
    QuestionCreation,
    QuestionTest,
    ResultCreation,
    ResultsQuery,
    ScoreChanges,
)
from codewithme_ext.interview.sessions.schemas import Session
from codewithme_sandbox.job import EngineUnavailableError, Output
from factories import FINISHED, World

PRINTS_4 = (
    Output(stream="stdout", data=b"4  \n\n"),
    FINISHED,
)
PROGRAM = ResultCreation(language="python", code="print(4)")
SECRET = "only those who score know"


async def asked(world: World, host: Actor, session: Session) -> Question:
    """A question with a visible test that `PRINTS_4` passes, and two hidden ones, of which it passes one."""
    wish = QuestionCreation(
        title="Double",
        notes=SECRET,
        tests=[
            QuestionTest(name="two", stdin="2", expected_output="4\n"),
            QuestionTest(name=f"hidden {SECRET}", stdin="02", expected_output="4", is_hidden=True, points=2),
            QuestionTest(name="hidden three", stdin=SECRET, expected_output="6", is_hidden=True, points=3),
        ],
    )
    return await world.services.assessment.ask(host, session.id, wish)


async def test_an_interview_has_only_so_many_questions_also_when_they_come_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codewithme_ext.interview.assessment.service.MAX_QUESTIONS", 2)
    maya = await world.host()
    session = await world.session(maya)
    answers = await asyncio.gather(*(asked(world, maya, session) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(answer, LimitReachedError) for answer in answers) == 4
    assert len(await world.services.assessment.questions(maya, session.id)) == 2


async def test_a_program_is_run_with_every_test_and_what_came_of_it_is_kept(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    question = await asked(world, maya, session)
    priya = await world.candidate(maya, session)
    world.runner.items = PRINTS_4
    await world.services.assessment.hand_in(priya, session.id, question.id, PROGRAM)
    assert [job.stdin for job in world.runner.jobs] == [b"2", b"02", SECRET.encode()]
    [result] = (await world.services.assessment.results(maya, session.id, ResultsQuery())).results
    assert (result.passed_tests, result.total_tests) == (2, 3)
    assert (result.score, result.max_score) == (3.0, 6.0)
    assert (result.username, result.code, result.execution_time) == ("Priya", "print(4)", 37.5)
    assert [outcome.passed for outcome in result.test_results] == [True, True, False]
    assert (
        not (await world.services.sessions.activity(priya, session.id, after=0, limit=100))
        .activity[-1]
        .data.get("score")
    )


async def test_claim_47_a_candidate_learns_nothing_of_hidden_tests_notes_or_scores(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    question = await asked(world, maya, session)
    priya = await world.candidate(maya, session)
    world.runner.items = PRINTS_4
    assessment = world.services.assessment
    result = await assessment.hand_in(priya, session.id, question.id, PROGRAM)
    [shown] = await assessment.questions(priya, session.id)
    activity = await world.services.sessions.activity(priya, session.id, after=0, limit=100)
    for seen in (result, shown, activity):
        assert SECRET not in seen.model_dump_json()
        assert "hidden three" not in seen.model_dump_json()
    assert (result.passed_tests, result.total_tests) == (1, 1)
    assert (result.score, result.max_score, result.feedback, result.code_quality) == (None, None, None, None)
    assert (shown.notes, shown.max_score, len(shown.tests)) == (None, None, 1)
    told = json.dumps([c.event.data() for c in world.published if c.event.audience == "everyone"], default=str)
    assert SECRET not in told
    for refused in (
        assessment.results(priya, session.id, ResultsQuery()),
        assessment.score(priya, session.id, result.id, ScoreChanges(score=6)),
        assessment.ask(priya, session.id, QuestionCreation(title="Mine")),
        assessment.change(priya, session.id, question.id, QuestionChanges(title="Mine")),
        assessment.delete(priya, session.id, question.id),
        assessment.hand_in(priya, session.id, question.id, PROGRAM.model_copy(update={"user_id": maya.person_id})),
    ):
        with pytest.raises(NotPermittedError):
            await refused


async def test_those_who_score_do_so_by_hand_also_after_the_end_and_up_to_the_maximum(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    question = await asked(world, maya, session)
    priya = await world.candidate(maya, session)
    world.runner.items = PRINTS_4
    assessment = world.services.assessment
    wish = PROGRAM.model_copy(update={"user_id": priya.person_id})
    result = await assessment.hand_in(maya, session.id, question.id, wish)
    assert (result.user_id, result.total_tests) == (priya.person_id, 3)
    await world.services.sessions.end(maya, session.id)
    scored = await assessment.score(
        maya, session.id, result.id, ScoreChanges(score=5.5, code_quality=80, feedback="Clear names.")
    )
    assert (scored.score, scored.code_quality, scored.feedback) == (5.5, 80, "Clear names.")
    with pytest.raises(InvalidInputError):
        await assessment.score(maya, session.id, result.id, ScoreChanges(score=6.5))
    with pytest.raises(GoneError):
        await assessment.hand_in(maya, session.id, question.id, PROGRAM)


async def test_nothing_is_kept_of_a_program_that_could_not_be_run(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    question = await asked(world, maya, session)
    world.runner.error = EngineUnavailableError("There is no container engine.")
    with pytest.raises(SandboxUnavailableError):
        await world.services.assessment.hand_in(maya, session.id, question.id, PROGRAM)
    assert (await world.services.assessment.results(maya, session.id, ResultsQuery())).results == []


async def test_questions_and_results_of_another_session_are_not_there(world: World) -> None:
    maya, zoe = await world.host(), await world.host("Zoe")
    session, other = await world.session(maya), await world.session(zoe)
    question = await asked(world, maya, session)
    world.runner.items = PRINTS_4
    result = await world.services.assessment.hand_in(maya, session.id, question.id, PROGRAM)
    assessment = world.services.assessment
    for missing in (
        assessment.change(zoe, other.id, question.id, QuestionChanges(title="x")),
        assessment.delete(zoe, other.id, question.id),
        assessment.hand_in(zoe, other.id, question.id, PROGRAM),
        assessment.score(zoe, other.id, result.id, ScoreChanges(score=1)),
        assessment.results(zoe, session.id, ResultsQuery()),
        assessment.questions(zoe, session.id),
    ):
        with pytest.raises(NotFoundError):
            await missing


async def test_results_come_in_pages_and_by_person_and_question(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    question, other = await asked(world, maya, session), await asked(world, maya, session)
    priya = await world.candidate(maya, session)
    world.runner.items = PRINTS_4
    assessment = world.services.assessment
    for n in range(3):
        world.clock.move(seconds=1)
        await assessment.hand_in(priya if n % 2 else maya, session.id, question.id, PROGRAM)
    first = await assessment.results(maya, session.id, ResultsQuery(limit=2))
    rest = await assessment.results(maya, session.id, ResultsQuery(limit=2, after=first.next))
    assert [len(first.results), len(rest.results), rest.next] == [2, 1, None]
    assert len((await assessment.results(maya, session.id, ResultsQuery(user_id=priya.person_id))).results) == 1
    assert (await assessment.results(maya, session.id, ResultsQuery(question_id=other.id))).results == []
