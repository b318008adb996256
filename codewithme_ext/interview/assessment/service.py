"""Asking questions, judging programs by their tests, scoring.

What a test came to is the server's finding alone: the program runs in the sandbox, unseen by the session, against hidden tests too;
what those are, and what they came to, is shown to nobody who could pass it on to those who are asked.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from ...errors import FieldProblem, InvalidInputError, LimitReachedError, NotFoundError, NotPermittedError
from ...events.types import QuestionChanged, ResultRecorded, ResultScored
from ...storage.unit_of_work import UnitOfWork, Units
from ..accounts.actor import Actor
from ..accounts.models import User
from ..paging import cursor, read_cursor
from ..program import Program
from ..roles import Capability
from ..sessions.access import enter, find_participant
from ..wire import known_id
from . import schemas
from .models import AssessmentResult, Question

MAX_QUESTIONS = 50


class Verdict(Protocol):
    """How one run of a program ended, under the wire's names."""

    @property
    def stdout(self) -> str:
        """What it printed."""

    @property
    def stderr(self) -> str:
        """What it complained of."""

    @property
    def exitCode(self) -> int | None:  # noqa: N802
        """As a shell gives it."""

    @property
    def executionTime(self) -> float:  # noqa: N802
        """In ms."""

    @property
    def limit(self) -> str | None:
        """Which limit ended it."""


class Judge(Protocol):
    """Runs programs where nobody of the session sees it."""

    async def judge(self, actor: Actor, program: Program, inputs: Sequence[str]) -> Sequence[Verdict]:
        """One run for each standard input. Raises SandboxUnavailableError, InvalidInputError, TooLargeError."""


class AssessmentService:
    """Use cases of questions and results."""

    def __init__(self, units: Units, judge: Judge) -> None:
        self._units = units
        self._judge = judge

    async def ask(self, actor: Actor, session_id: str, wish: schemas.QuestionCreation) -> schemas.Question:
        """A new question (host, interviewers)."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.SCORE, lock=True)
            session.require_open()
            asked = select(func.count()).select_from(Question).where(Question.session_id == session.id)
            if (await unit.db.scalar(asked) or 0) >= MAX_QUESTIONS:
                raise LimitReachedError(f"An interview has {MAX_QUESTIONS} questions at most. Delete one first.")
            question = Question(
                session_id=session.id,
                title=wish.title,
                prompt=wish.prompt,
                notes=wish.notes,
                tests=[test.model_dump(mode="json") for test in wish.tests],
                created_at=unit.now,
                updated_at=unit.now,
            )
            unit.db.add(question)
            await unit.db.flush()
            await self._tell(unit, actor, question, "asked")
            return _question(question, is_whole=True)

    async def questions(self, actor: Actor, session_id: str) -> list[schemas.Question]:
        """All questions, as far as the actor may know them."""
        async with self._units.read() as db:
            session, own = await enter(db, actor, session_id, Capability.VIEW)
            rows = await db.scalars(
                select(Question).where(Question.session_id == session.id).order_by(Question.created_at, Question.id)
            )
            return [_question(row, is_whole=own.may(Capability.SCORE, session)) for row in rows]

    async def change(
        self, actor: Actor, session_id: str, question_id: str, changes: schemas.QuestionChanges
    ) -> schemas.Question:
        """Change a question; results keep what the tests were."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.SCORE)
            session.require_open()
            question = await _find(unit.db, session.id, question_id)
            for name, value in changes.model_dump(mode="json", exclude_none=True).items():
                setattr(question, name, value)
            question.updated_at = unit.now
            await self._tell(unit, actor, question, "changed")
            return _question(question, is_whole=True)

    async def delete(self, actor: Actor, session_id: str, question_id: str) -> None:
        """Take a question back, and its results with it."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.SCORE)
            question = await _find(unit.db, session.id, question_id)
            await self._tell(unit, actor, question, "deleted")
            await unit.db.delete(question)

    async def hand_in(
        self, actor: Actor, session_id: str, question_id: str, wish: schemas.ResultCreation
    ) -> schemas.Result:
        """Judge a program by all tests of a question, and keep what came of it."""
        async with self._units.read() as db:
            session, own = await enter(db, actor, session_id, Capability.RUN)
            scores = own.may(Capability.SCORE, session)
            author = await self._author(db, actor, session.id, wish.user_id, scores=scores)
            question = await _find(db, session.id, question_id)
        tests = [schemas.QuestionTest.model_validate(test) for test in question.tests]
        verdicts = await self._judge.judge(actor, wish, [test.stdin for test in tests])
        outcomes = [_outcome(test, verdict) for test, verdict in zip(tests, verdicts, strict=True)]
        async with self._units.begin() as unit:
            await enter(unit.db, actor, session_id, Capability.RUN)
            await _find(unit.db, session.id, question.id)
            result = AssessmentResult(
                session_id=session.id,
                user_id=author.id,
                question_id=question.id,
                code=wish.text_of_entry,
                files=wish.files or {},
                language=wish.language,
                test_results=[outcome.model_dump(mode="json") for outcome in outcomes],
                total_tests=len(outcomes),
                passed_tests=sum(outcome.passed for outcome in outcomes),
                score=sum(outcome.points for outcome in outcomes if outcome.passed),
                max_score=question.max_score,
                execution_time=sum(outcome.executionTime for outcome in outcomes),
                feedback="",
                created_at=unit.now,
                updated_at=unit.now,
            )
            unit.db.add(result)
            await unit.db.flush()
            await unit.emit(
                ResultRecorded(
                    session_id=session.id,
                    actor_id=actor.user_id,
                    actor_name=actor.name,
                    result_id=result.id,
                    question_id=question.id,
                    user_id=author.id,
                    username=author.name,
                    passed_tests=result.passed_tests,
                    total_tests=result.total_tests,
                    score=result.score,
                    max_score=result.max_score,
                )
            )
            return _result(result, author.name, is_whole=scores)

    async def results(self, actor: Actor, session_id: str, wish: schemas.ResultsQuery) -> schemas.ResultPage:
        """What was handed in, newest first, in pages (host, interviewers)."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.SCORE)
            query = (
                select(AssessmentResult, User.name)
                .join(User, User.id == AssessmentResult.user_id)
                .where(AssessmentResult.session_id == session.id)
                .order_by(AssessmentResult.created_at.desc(), AssessmentResult.id.desc())
                .limit(wish.limit + 1)
            )
            if wish.user_id is not None:
                query = query.where(AssessmentResult.user_id == known_id(wish.user_id, "person in this interview"))
            if wish.question_id is not None:
                query = query.where(AssessmentResult.question_id == known_id(wish.question_id, "question"))
            if wish.after is not None:
                place = tuple_(AssessmentResult.created_at, AssessmentResult.id)
                query = query.where(place < read_cursor(wish.after))
            rows = (await db.execute(query)).all()
        shown = rows[: wish.limit]
        return schemas.ResultPage(
            results=[_result(row, name, is_whole=True) for row, name in shown],
            next=cursor(shown[-1][0].created_at, shown[-1][0].id) if len(rows) > wish.limit else None,
        )

    async def score(
        self, actor: Actor, session_id: str, result_id: str, changes: schemas.ScoreChanges
    ) -> schemas.Result:
        """Judge by hand what no test can (host, interviewers); also once the interview has ended."""
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.SCORE)
            result = await unit.db.get(AssessmentResult, known_id(result_id, "result"))
            if result is None or result.session_id != session.id:
                raise NotFoundError("There is no such result.")
            if changes.score is not None and changes.score > max(result.max_score, result.score):
                problem = FieldProblem("score", f"must be {result.max_score:g} at most")
                raise InvalidInputError("The score is more than there is to reach.", [problem])
            for name, value in changes.model_dump(mode="json", exclude_none=True).items():
                setattr(result, name, value)
            result.updated_at = unit.now
            await unit.emit(
                ResultScored(
                    session_id=session.id,
                    actor_id=actor.user_id,
                    actor_name=actor.name,
                    result_id=result.id,
                    score=result.score,
                    code_quality=result.code_quality,
                )
            )
            author = await unit.db.get_one(User, result.user_id)
            return _result(result, author.name, is_whole=True)

    async def _author(
        self, db: AsyncSession, actor: Actor, session_id: str, user_id: str | None, *, scores: bool
    ) -> User:
        if user_id is None:
            return await db.get_one(User, actor.person_id)
        author_id = known_id(user_id, "person in this interview")
        if author_id != actor.person_id and not scores:
            raise NotPermittedError("Only those who score hand in for somebody else. Leave out user_id.")
        if await find_participant(db, session_id, author_id) is None:
            raise NotFoundError("There is no such person in this interview.")
        return await db.get_one(User, author_id)

    async def _tell(self, unit: UnitOfWork, actor: Actor, question: Question, change: str) -> None:
        await unit.emit(
            QuestionChanged(
                session_id=question.session_id,
                actor_id=actor.user_id,
                actor_name=actor.name,
                question_id=question.id,
                title=question.title,
                change=change,
            )
        )


async def _find(db: AsyncSession, session_id: str, question_id: str) -> Question:
    question = await db.get(Question, known_id(question_id, "question"))
    if question is None or question.session_id != session_id:
        raise NotFoundError("There is no such question.")
    return question


def _outcome(test: schemas.QuestionTest, verdict: Verdict) -> schemas.OutcomeOfTest:
    has_ended_well = verdict.exitCode == 0 and verdict.limit is None
    return schemas.OutcomeOfTest(
        name=test.name,
        is_hidden=test.is_hidden,
        passed=has_ended_well and _plain(verdict.stdout) == _plain(test.expected_output),
        points=test.points,
        stdout=verdict.stdout,
        stderr=verdict.stderr,
        exitCode=verdict.exitCode,
        executionTime=verdict.executionTime,
        limit=verdict.limit,
    )


def _plain(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _question(row: Question, *, is_whole: bool) -> schemas.Question:
    tests = [schemas.QuestionTest.model_validate(test) for test in row.tests]
    return schemas.Question(
        id=row.id,
        title=row.title,
        prompt=row.prompt,
        notes=row.notes if is_whole else None,
        tests=[test for test in tests if is_whole or not test.is_hidden],
        max_score=row.max_score if is_whole else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _result(row: AssessmentResult, username: str, *, is_whole: bool) -> schemas.Result:
    outcomes = [schemas.OutcomeOfTest.model_validate(outcome) for outcome in row.test_results]
    shown = [outcome for outcome in outcomes if is_whole or not outcome.is_hidden]
    return schemas.Result(
        id=row.id,
        question_id=row.question_id,
        user_id=row.user_id,
        username=username,
        language=row.language,
        code=row.code,
        files={name: str(text) for name, text in row.files.items()},
        test_results=shown,
        total_tests=len(shown),
        passed_tests=sum(outcome.passed for outcome in shown),
        score=row.score if is_whole else None,
        max_score=row.max_score if is_whole else None,
        execution_time=sum(outcome.executionTime for outcome in shown),
        code_quality=row.code_quality if is_whole else None,
        feedback=row.feedback if is_whole else None,
        created_at=row.created_at,
    )
