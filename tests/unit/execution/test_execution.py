"""Running code, with a scripted runner in the sandbox's place; `tests/docker` has the real one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from sqlalchemy import select

from codewithme_ext.errors import (
    DatabaseUnavailableError,
    GoneError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    SandboxUnavailableError,
    TooLargeError,
)
from codewithme_ext.events.types import ExecutionFinished, ExecutionOutput
from codewithme_ext.interview.execution.models import Execution
from codewithme_ext.interview.execution.schemas import (
    ExecuteRequest,
    ExecutionsQuery,
    RunRequest,
    StageLimits,
    TypedText,
)
from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.wire import parse
from codewithme_ext.storage.unit_of_work import UnitOfWork, Units
from codewithme_sandbox.job import EngineUnavailableError, Limits, Outcome, Output, Queued
from factories import FINISHED, ScriptedRunner, World


async def test_everyone_sees_start_output_and_result_in_this_order(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    world.runner.items = [Output("stdout", b"one\n"), Output("stderr", b"two\n"), FINISHED]
    result = await world.services.execution.run(
        maya, ExecuteRequest(language="python", code="print()", sessionId=session.id)
    )
    assert (result.stdout, result.stderr, result.exitCode, result.username) == ("one\n", "two\n", 0, "Maya")
    assert world.told()[-4:] == ["execution-started", "execution-output", "execution-output", "execution-finished"]
    assert [job.files for job in world.runner.jobs] == [{"main.py": b"print()"}]
    history = await world.services.execution.history(maya, session.id, ExecutionsQuery(limit=5))
    assert history.executions == [result]


async def test_a_result_says_what_was_allowed_and_how_long_each_part_took(world: World) -> None:
    maya = await world.host()
    world.runner.items = [FINISHED]
    result = await world.services.execution.run(maya, ExecuteRequest(language="python", code=""))
    assert (result.queueTime, result.compileTime, result.executionTime) == (7.0, 3.5, 12.5)
    assert result.limits == StageLimits(time=10_000, memory=128 * 1024)


async def test_a_language_says_what_its_stages_may_use(world: World) -> None:
    [python] = (await world.services.execution.languages()).languages
    assert python.runLimits == StageLimits(time=10_000, memory=128 * 1024)
    assert python.compileLimits is None


async def test_results_of_earlier_versions_can_still_be_read(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    world.runner.items = [FINISHED]
    await world.services.execution.run(maya, ExecuteRequest(language="python", code="", sessionId=session.id))
    async with world.services.execution._units.begin() as unit:
        row = (await unit.db.scalars(select(Execution))).one()
        row.result = {
            name: value for name, value in row.result.items() if name not in ("queueTime", "compileTime", "limits")
        }
    [told] = (await world.services.execution.history(maya, session.id, ExecutionsQuery(limit=5))).executions
    assert (told.exitCode, told.limits) == (0, None)


async def test_a_character_cut_in_two_pieces_arrives_whole(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    euro = "€".encode()
    world.runner.items = [Output("stdout", euro[:1]), Output("stdout", euro[1:] + b"\xff\x00"), FINISHED]
    result = await world.services.execution.run(maya, ExecuteRequest(language="python", code="", sessionId=session.id))
    assert result.stdout == "€\N{REPLACEMENT CHARACTER}\N{SYMBOL FOR NULL}"
    streamed = [c.event.text for c in world.published if isinstance(c.event, ExecutionOutput)]
    assert "".join(streamed).startswith("€")


async def test_a_signal_is_an_exit_code_as_in_a_shell(world: World) -> None:
    maya = await world.host()
    killed = Outcome("run", None, "SIGKILL", "wall_time", 10_000, 9_000, None, False, Limits(10, 128))
    world.runner.items = [killed]
    result = await world.services.execution.run(maya, ExecuteRequest(language="python", code=""))
    assert (result.exitCode, result.signal, result.limit) == (137, "SIGKILL", "wall_time")


async def test_without_an_engine_the_run_says_so_and_is_recorded(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    world.runner.error = EngineUnavailableError("No container engine answers. Start one.")
    with pytest.raises(SandboxUnavailableError, match="Start one"):
        await world.services.execution.run(maya, ExecuteRequest(language="python", code="", sessionId=session.id))
    last = world.published[-1].event
    assert isinstance(last, ExecutionFinished)
    assert last.result["error"]["code"] == "engine_unavailable"


async def test_a_run_that_starts_as_the_interview_ends_is_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya = await world.host()
    session = await world.session(maya)
    execution = world.services.execution
    begin = execution._begin

    async def begin_and_end(*run: Any, **how: Any) -> Any:
        begun = await begin(*run, **how)
        await world.services.sessions.end(maya, session.id)
        return begun

    async def goes_on(*_job: Any, **_how: Any) -> AsyncGenerator[Outcome, None]:
        await asyncio.Event().wait()
        yield FINISHED

    monkeypatch.setattr(execution, "_begin", begin_and_end)
    monkeypatch.setattr(world.runner, "run", goes_on)
    async with asyncio.timeout(20):
        with pytest.raises(SandboxUnavailableError, match="the interview ended"):
            await execution.run(maya, ExecuteRequest(language="python", code="", sessionId=session.id))
    assert "execution-finished" in world.told()


async def test_how_a_run_ended_is_recorded_when_the_database_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codewithme_ext.interview.execution.service.RECORD_PAUSES_S", (0, 0, 0))
    maya = await world.host()
    session = await world.session(maya)
    begin, tries = Units.begin, iter(("start", "away", "away", "back"))

    def sometimes(units: Units) -> AbstractAsyncContextManager[UnitOfWork]:
        if next(tries) == "away":
            raise DatabaseUnavailableError("The database does not answer.")
        return begin(units)

    monkeypatch.setattr(Units, "begin", sometimes)
    world.runner.items = [FINISHED]
    await world.services.execution.run(maya, ExecuteRequest(language="python", code="", sessionId=session.id))
    assert list(tries) == []
    assert len((await world.services.execution.history(maya, session.id, ExecutionsQuery())).executions) == 1


async def test_only_those_inside_with_the_right_may_run(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    jun = await world.guest(maya, session, "Jun", Role.OBSERVER)
    wish = RunRequest(language="python", code="")
    with pytest.raises(NotFoundError):
        await world.services.execution.start(jun, session.id, wish)
    await world.services.admission.admit(maya, session.id, jun.person_id)
    with pytest.raises(NotPermittedError):
        await world.services.execution.start(jun, session.id, wish)
    with pytest.raises(NotPermittedError):
        await world.services.execution.run(priya, ExecuteRequest(language="python", code=""))
    await world.services.sessions.end(maya, session.id)
    with pytest.raises(GoneError):
        await world.services.execution.start(maya, session.id, wish)


class EndlessRunner(ScriptedRunner):
    """A program that never ends by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.is_running = asyncio.Event()
        self.was_closed = asyncio.Event()

    async def run(self, job, *, person, stdin):
        self.is_running.set()
        try:
            yield Output("stdout", b"started")
            await asyncio.Event().wait()
        finally:
            self.was_closed.set()


async def test_ending_the_session_stops_its_runs(world: World) -> None:
    runner = EndlessRunner()
    world.services.execution._runner = runner
    runner.catalogue = world.runner.catalogue
    maya = await world.host()
    session = await world.session(maya)
    await world.services.execution.start(maya, session.id, RunRequest(language="python", code=""))
    await runner.is_running.wait()
    await world.services.sessions.end(maya, session.id)
    await asyncio.wait_for(runner.was_closed.wait(), 5)
    await world.services.execution.close()
    history = await world.services.execution.history(maya, session.id, ExecutionsQuery(limit=5))
    assert [run.error.code for run in history.executions] == ["stopped"]


async def test_a_run_that_fails_in_a_way_nobody_thought_of_has_ended_for_everyone(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    world.runner.error = RuntimeError("a library broke")
    wish = ExecuteRequest(language="python", code="", sessionId=session.id)
    with pytest.raises(SandboxUnavailableError):
        await world.services.execution.run(maya, wish)
    history = await world.services.execution.history(maya, session.id, ExecutionsQuery(limit=1))
    assert [run.error.code for run in history.executions] == ["internal"]
    assert world.told()[-1] == "execution-finished"


class EchoRunner(ScriptedRunner):
    """A program that prints what is typed into it."""

    async def run(self, job, *, person, stdin):
        yield Queued(place=2)
        yield Output("stdout", b"name? ")
        async for piece in stdin:
            yield Output("stdout", b"hello " + piece)
        yield FINISHED


async def test_a_program_reads_what_people_type_and_everyone_sees_it(world: World) -> None:
    world.services.execution._runner = EchoRunner()
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    execution = world.services.execution
    started = await execution.start(priya, session.id, RunRequest(language="python", code="", isInteractive=True))
    for person, text, is_last in ((maya, "Maya\n", False), (priya, "Priya\n", True)):
        wish = TypedText(executionId=started.executionId, text=text, isLast=is_last)
        await execution.type_into(person, session.id, wish)
    with pytest.raises(NotFoundError):
        await execution.type_into(maya, session.id, TypedText(executionId=started.executionId, text="late"))
    await asyncio.gather(*execution._runs)
    history = await execution.history(maya, session.id, ExecutionsQuery(limit=1))
    assert history.executions[0].stdout == "name? hello Maya\nhello Priya\n"
    assert world.told().count("execution-input") == 2
    assert "execution-queued" in world.told()


async def test_whoever_may_run_may_stop_and_it_is_told_who_did(world: World) -> None:
    runner = EndlessRunner()
    world.services.execution._runner = runner
    maya, tomas = await world.host(), await world.host("Tomas")
    session, foreign = await world.session(maya), await world.session(tomas)
    priya = await world.candidate(maya, session)
    execution = world.services.execution
    started = await execution.start(priya, session.id, RunRequest(language="python", code=""))
    await runner.is_running.wait()
    with pytest.raises(NotFoundError):
        await execution.stop(tomas, session.id, started.executionId)
    with pytest.raises(NotFoundError):
        await execution.stop(tomas, foreign.id, started.executionId)
    with pytest.raises(NotFoundError):
        await execution.type_into(priya, session.id, TypedText(executionId=started.executionId, text="no input"))
    await execution.stop(maya, session.id, started.executionId)
    await asyncio.gather(*execution._runs)
    history = await execution.history(maya, session.id, ExecutionsQuery(limit=1))
    assert (history.executions[0].error.code, history.executions[0].error.message) == ("stopped", "Stopped by Maya.")
    assert history.executions[0].stdout == "started"


async def test_a_run_that_a_dead_server_left_open_is_told_as_interrupted(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    # What a killed server leaves behind: the first of the two transactions.
    job = world.services.execution._job(RunRequest(language="python", code=""))
    await world.services.execution._begin(maya, session.id, job)
    await world.services.execution.recover()
    history = await world.services.execution.history(maya, session.id, ExecutionsQuery(limit=5))
    assert [(run.error.code, run.username) for run in history.executions] == [("interrupted", "Maya")]
    await world.services.execution.recover()
    assert world.told().count("execution-finished") == 1


async def test_code_that_is_too_long_is_refused(world: World) -> None:
    maya = await world.host()
    with pytest.raises(TooLargeError):
        await world.services.execution.run(maya, ExecuteRequest(language="python", code="x" * 100_001))


@pytest.mark.parametrize(
    "body",
    [
        {"language": "python"},
        {"language": "python", "code": "", "files": {"a.py": ""}, "entry": "a.py"},
        {"language": "python", "files": {"a.py": ""}},
        {"language": "python", "files": {"a.py": ""}, "entry": "b.py"},
        {"language": "python", "code": "", "stdout": "a forged result", "exitCode": 0},
        {"language": "../python", "code": ""},
        {"language": "python", "code": "", "image": "alpine"},
        {"language": "python", "code": "", "timeout": 1000},
    ],
)
def test_a_request_that_names_no_one_source_or_claims_a_result_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        parse(ExecuteRequest, body)


async def test_file_names_that_leave_the_folder_are_refused(world: World) -> None:
    maya = await world.host()
    for name in ("../a.py", "/a.py", "a/../../b.py"):
        with pytest.raises(InvalidInputError):
            await world.services.execution.run(maya, ExecuteRequest(language="python", files={name: ""}, entry=name))


async def test_a_session_runs_its_own_files_without_notebooks_and_large_data(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    folder = world.services.settings.files_dir / session.folder
    (folder / "lib").mkdir()
    for name, text in {
        "main.py": "import lib.tools",
        "lib/tools.py": "x = 1",
        "notes.ipynb": "{}",
        "data.csv": "1" * 100_001,
    }.items():
        (folder / name).write_text(text)
    world.runner.items = [FINISHED]
    await world.services.execution.run(
        maya, ExecuteRequest(language="python", entry="main.py", sessionId=session.id.upper())
    )
    assert world.runner.jobs[0].files == {"main.py": b"import lib.tools", "lib/tools.py": b"x = 1"}
    assert world.runner.jobs[0].entry == "main.py"


async def test_a_file_that_is_not_there_or_only_data_is_not_run(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    (world.services.settings.files_dir / session.folder / "data.py").write_text("1" * 100_001)
    with pytest.raises(InvalidInputError, match="no file other"):
        await world.services.execution.start(maya, session.id, RunRequest(language="python", entry="other.py"))
    with pytest.raises(TooLargeError):
        await world.services.execution.start(maya, session.id, RunRequest(language="python", entry="data.py"))


async def test_who_may_not_run_learns_nothing_of_the_files(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    jun = await world.guest(maya, session, "Jun", Role.OBSERVER)
    await world.services.admission.admit(maya, session.id, jun.person_id)
    for entry in ("main.py", "other.py"):
        with pytest.raises(NotPermittedError):
            await world.services.execution.start(jun, session.id, RunRequest(language="python", entry=entry))


@pytest.mark.parametrize("body", [{}, {"entry": "main.py"}, {"code": "", "files": {"main.py": ""}, "entry": "main.py"}])
def test_a_run_outside_of_a_session_brings_its_program(body: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        parse(ExecuteRequest, {"language": "python", **body})
