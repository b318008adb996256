"""Assessment on the wire.

Whoever does not score sees of a question its text and its visible tests, and of a result what came of those.
"""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ..program import Program
from ..wire import Cursor, InDigits, Line, Markdown, Shape, Text, Title

MAX_TESTS = 20

TestText = Annotated[Text, StringConstraints(max_length=100_000)]
Points = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
Note = Annotated[Text, StringConstraints(max_length=10_000)]
Id = Annotated[Text, StringConstraints(max_length=100)]


class QuestionTest(Shape):
    """Passed if the program ends with exit code 0 and prints `expected_output`, white space at line ends and the end aside."""

    name: Annotated[Line, StringConstraints(min_length=1, max_length=100)]
    stdin: TestText = ""
    expected_output: TestText
    is_hidden: bool = False
    """Seen and run by those who score only."""
    points: Points = 1.0


class QuestionCreation(Shape):
    """POST sessions/:id/questions."""

    title: Title
    prompt: Markdown = ""
    notes: Note = ""
    tests: Annotated[list[QuestionTest], Field(max_length=MAX_TESTS, default_factory=list)]


class QuestionChanges(Shape):
    """PATCH sessions/:id/questions/:id; only what is there changes, `tests` as a whole."""

    title: Title | None = None
    prompt: Markdown | None = None
    notes: Note | None = None
    tests: Annotated[list[QuestionTest], Field(max_length=MAX_TESTS)] | None = None


class Question(Shape):
    """A question. For those who do not score, `notes` and `max_score` are null and hidden tests are not there."""

    id: str
    title: str
    prompt: str
    notes: str | None
    tests: list[QuestionTest]
    max_score: float | None
    created_at: datetime
    updated_at: datetime


class QuestionAnswer(Shape):
    """One question."""

    question: Question


class QuestionList(Shape):
    """GET sessions/:id/questions, in the order in which they were asked."""

    questions: list[Question]


class ResultCreation(Program):
    """POST sessions/:id/questions/:id/results: a program to be judged; who scores may hand one in for somebody else."""

    user_id: Id | None = None

    @model_validator(mode="after")
    def _has_a_source_of_its_own(self) -> Self:
        if self.code is None and self.files is None:
            raise PydanticCustomError("one_source", "give code or files")
        return self


class OutcomeOfTest(Shape):
    """What one test came to; `limit` and `error` as in the answer of POST execute."""

    name: str
    is_hidden: bool
    passed: bool
    points: float
    stdout: str
    stderr: str
    exitCode: int | None
    executionTime: float
    limit: str | None


class ScoreChanges(Shape):
    """PATCH sessions/:id/results/:id; `score` up to the result's `max_score`, `code_quality` of 100."""

    score: Points | None = None
    code_quality: Annotated[int, Field(ge=0, le=100)] | None = None
    feedback: Note | None = None


class Result(Shape):
    """A result. For those who do not score it is about the visible tests, and score, quality and feedback are null."""

    id: str
    question_id: str
    user_id: str
    username: str
    language: str
    code: str
    files: dict[str, str]
    test_results: list[OutcomeOfTest]
    total_tests: int
    passed_tests: int
    score: float | None
    max_score: float | None
    execution_time: float
    code_quality: int | None
    feedback: str | None
    created_at: datetime


class ResultAnswer(Shape):
    """One result."""

    result: Result


class ResultsQuery(Shape):
    """Of GET sessions/:id/results."""

    user_id: Id | None = None
    """Only this person's."""
    question_id: Id | None = None
    """Only of this question."""
    after: Cursor | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=200), InDigits] = 50
    """How many a page has at most."""


class ResultPage(Shape):
    """GET sessions/:id/results, newest first."""

    results: list[Result]
    next: str | None
