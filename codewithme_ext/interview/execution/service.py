"""Running code: start it, show everyone what it prints, record how it ended.

A run is two transactions with no database in between: one records that it started, then the program runs in the sandbox and
its output goes out by the bus, then one records the outcome. Results are the server's, never a client's.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, tuple_

from codewithme_sandbox.job import (
    EngineStatus,
    InvalidJobError,
    Job,
    JobTooLargeError,
    Language,
    Limits,
    Outcome,
    Output,
    Queued,
    SandboxError,
    StreamName,
    UnknownLanguageError,
)

from ...errors import (
    CodeWithMeError,
    DatabaseUnavailableError,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    SandboxUnavailableError,
    StorageFullError,
    TooLargeError,
)
from ...events.bus import Committed, EventBus
from ...events.types import (
    Event,
    ExecutionFinished,
    ExecutionInput,
    ExecutionOutput,
    ExecutionQueued,
    ExecutionStarted,
    SessionDeleted,
    SessionEnded,
)
from ...storage.base import new_id
from ...storage.unit_of_work import UnitOfWork, Units
from ..accounts.actor import Actor
from ..paging import cursor, read_cursor
from ..program import Program
from ..rate_limits import RateLimits
from ..roles import Capability
from ..sessions.access import enter
from ..sessions.models import InterviewSession
from . import schemas
from .console import Console
from .live import LiveRun, LiveRuns, TypedInput
from .models import Execution, ExecutionState
from .runner import Runner, Transcript, exit_code
from .sources import Documents, program_of

log = logging.getLogger(__name__)

LONGEST_RUN = timedelta(hours=1)
RECORD_PAUSES_S = (0.5, *[2.0] * 30)
"""Before each further try to record how a run ended."""
INTERRUPTED = schemas.RunError(code="interrupted", message="The server stopped while this ran. Run it again.")
BROKEN = schemas.RunError(
    code="internal", message="Something went wrong on the server. It has been logged; run it again."
)
# What results of earlier versions do not say.
_NOT_TOLD = {"queueTime": 0.0, "compileTime": 0.0, "limits": None}
ENDED = schemas.RunError(code="stopped", message="The run was stopped because the interview ended.")


@dataclass(frozen=True)
class _Run:
    """A run under way."""

    id: str
    session_id: str | None
    actor: Actor
    job: Job
    started_at: datetime


class ExecutionService:
    """Use cases of running code. Owns the tasks of runs under way."""

    def __init__(
        self,
        units: Units,
        bus: EventBus,
        runner: Runner,
        documents: Documents,
        *,
        limits: RateLimits,
        max_code_size: int,
        server: str = "",
    ) -> None:
        self._units = units
        self._bus = bus
        self._runner = runner
        self._documents = documents
        self._limits = limits
        self._max_code_size = max_code_size
        self._server = server
        self._runs: set[asyncio.Task[schemas.Execution]] = set()
        # Only programs are cancelled, never the recording of how they ended.
        self._live = LiveRuns()
        self._is_closing = False

    async def languages(self) -> schemas.LanguageList:
        """Every language and whether it can be run now."""
        return schemas.LanguageList(languages=[self._listed(*language) for language in await self._runner.languages()])

    def first_file(self, language: str) -> str | None:
        """The name of a new file in `language`; None for an unknown one."""
        return next((known.file_name for known in self._runner.catalogue() if known.id == language), None)

    async def engine(self) -> EngineStatus:
        """Whether code can be run now, and if not what to do."""
        return await self._runner.status()

    async def start(self, actor: Actor, session_id: str, wish: schemas.RunRequest) -> schemas.Started:
        """Run in a session; output and result go to everyone by the bus."""
        job = self._job(await self._with_files(actor, session_id, wish))
        await self._limits.run(actor)
        run = await self._begin(actor, session_id, job, is_interactive=wish.isInteractive)
        self._spawn(run, self._follow(run, TypedInput() if wish.isInteractive else None))
        return schemas.Started(executionId=run.id)

    async def stop(self, actor: Actor, session_id: str, execution_id: str) -> None:
        """Stop a program of the session; everyone who may run one may. Raises NotFoundError when it has ended."""
        await self._require(actor, session_id)
        self._live.get(session_id, execution_id).stop(
            schemas.RunError(code="stopped", message=f"Stopped by {actor.name}.")
        )

    async def type_into(self, actor: Actor, session_id: str, wish: schemas.TypedText) -> None:
        """Type into a program that runs; everyone sees what was typed. Raises NotFoundError when it takes no input."""
        await self._require(actor, session_id)
        run = self._live.get(session_id, wish.executionId)
        if run.typed is None:
            raise NotFoundError("This run was started with its whole input. Start one without to type into it.")
        run.typed.type(wish.text, is_last=wish.isLast)
        await self._publish(
            ExecutionInput(
                session_id=session_id,
                actor_id=actor.user_id,
                actor_name=actor.name,
                execution_id=wish.executionId,
                text=wish.text,
                is_last=wish.isLast,
            )
        )

    async def run(self, actor: Actor, wish: schemas.ExecuteRequest) -> schemas.Execution:
        """Run and wait for the result; with a session everyone in it sees it too.

        Raises SandboxUnavailableError when the program could not be run at all.
        """
        job = self._job(wish if wish.sessionId is None else await self._with_files(actor, wish.sessionId, wish))
        await self._limits.run(actor)
        if wish.sessionId is None:
            actor.require_account()
            run = _Run(id=new_id(), session_id=None, actor=actor, job=job, started_at=self._units.now)
        else:
            run = await self._begin(actor, wish.sessionId, job)
        # The run goes on for the others in the session when the one who asked goes away.
        result = await asyncio.shield(self._spawn(run, self._follow(run)))
        if result.error is not None:
            raise SandboxUnavailableError(result.error.message)
        return result

    async def judge(self, actor: Actor, program: Program, inputs: Sequence[str]) -> list[schemas.Execution]:
        """Run a program once for each standard input, one after the other, where nobody of a session sees it.

        All of them count as one run. Raises SandboxUnavailableError when it could not be run at all.
        """
        source = program.model_dump(include={"language", "code", "files", "entry"})
        jobs = [self._job(schemas.RunRequest(**source, stdin=stdin)) for stdin in inputs]
        await self._limits.run(actor)
        results = []
        for job in jobs:
            run = _Run(id=new_id(), session_id=None, actor=actor, job=job, started_at=self._units.now)
            result = await self._spawn(run, self._follow(run))
            if result.error is not None:
                raise SandboxUnavailableError(result.error.message)
            results.append(result)
        return results

    async def history(self, actor: Actor, session_id: str, wish: schemas.ExecutionsQuery) -> schemas.ExecutionPage:
        """The last runs of a session that have ended, newest first, in pages."""
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.VIEW)
            query = (
                select(Execution.id, Execution.started_at, Execution.result)
                .where(Execution.session_id == session.id, Execution.state != ExecutionState.RUNNING)
                .order_by(Execution.started_at.desc(), Execution.id.desc())
                .limit(wish.limit + 1)
            )
            if wish.after is not None:
                query = query.where(tuple_(Execution.started_at, Execution.id) < read_cursor(wish.after))
            rows = (await db.execute(query)).all()
        shown = rows[: wish.limit]
        return schemas.ExecutionPage(
            executions=[schemas.Execution.model_validate(_NOT_TOLD | (row.result or {})) for row in shown],
            next=cursor(shown[-1].started_at, shown[-1].id) if len(rows) > wish.limit else None,
        )

    async def recover(self) -> None:
        """At start: runs that a stopped server left open are over, and everyone who comes back is told so."""
        async with self._units.begin() as unit:
            # A neighbour's run goes on; one that is older than any run can be belongs to a server that never came back.
            is_over = or_(Execution.server.in_(("", self._server)), Execution.started_at < unit.now - LONGEST_RUN)
            rows = await unit.db.scalars(select(Execution).where(Execution.state == ExecutionState.RUNNING, is_over))
            for row in rows.all():
                run = _Run(
                    id=row.id,
                    session_id=row.session_id,
                    actor=Actor(user_id=row.user_id, name=row.username, role=Actor.system().role),
                    job=Job(language=row.language, files={row.entry: b""}, entry=row.entry),
                    started_at=row.started_at,
                )
                result = _result(run, Transcript(), None, INTERRUPTED, unit.now)
                row.interrupt(result.model_dump(mode="json"), unit.now)
                await self._emit_finished(unit, run, result)

    async def on_event(self, committed: Committed) -> None:
        """Runs of a session that ended or is deleted stop."""
        if not isinstance(committed.event, SessionEnded | SessionDeleted):
            return
        self._live.stop_all(ENDED, session_id=committed.event.session_id)

    async def close(self) -> None:
        """At the server's end: stop every run and wait until that is recorded."""
        self._is_closing = True
        self._live.stop_all(INTERRUPTED)
        await asyncio.gather(*self._runs, return_exceptions=True)

    def _listed(self, language: Language, is_available: bool, reason: str | None) -> schemas.Language:
        limits = self._runner.limits(language)
        return schemas.Language(
            id=language.id,
            name=language.name,
            version=language.version,
            icon=language.icon,
            fileName=language.file_name,
            editorMode=language.editor_mode,
            hasPage=language.has_page,
            compileLimits=_stage_limits(limits["compile"]) if "compile" in limits else None,
            runLimits=_stage_limits(limits["run"]),
            available=is_available,
            reason=reason,
        )

    async def _with_files(self, actor: Actor, session_id: str, wish: schemas.RunRequest) -> schemas.RunRequest:
        """The wish with the session's files, where it names only the one to start."""
        if wish.entry is None or wish.code is not None or wish.files is not None:
            return wish
        async with self._units.read() as db:
            session, _ = await enter(db, actor, session_id, Capability.RUN)
        files = program_of(await self._documents.texts(session.id), wish.entry, largest=self._max_code_size)
        return wish.model_copy(update={"files": files})

    def _job(self, wish: schemas.RunRequest) -> Job:
        first_file = self.first_file(wish.language)
        if first_file is None:
            raise InvalidInputError(
                f"There is no language called {wish.language}. See GET languages for the list.",
                [FieldProblem("language", "is not one of GET languages")],
            )
        entry = wish.entry or first_file
        files = wish.files if wish.files is not None else {entry: wish.code or ""}
        size = sum(len(text) for text in files.values())
        if size > self._max_code_size:
            raise TooLargeError(f"The code has {size} characters; {self._max_code_size} is the most that can be run.")
        try:
            return Job(
                language=wish.language,
                files={name: text.encode() for name, text in files.items()},
                entry=entry,
                stdin=wish.stdin.encode(),
            )
        except JobTooLargeError as error:
            raise TooLargeError(error.message) from error
        except (InvalidJobError, UnknownLanguageError) as error:
            raise InvalidInputError(error.message, [FieldProblem("files", error.message)]) from error

    async def _begin(self, actor: Actor, session_id: str, job: Job, *, is_interactive: bool = False) -> _Run:
        async with self._units.begin() as unit:
            session, _ = await enter(unit.db, actor, session_id, Capability.RUN)
            run = _Run(id=new_id(), session_id=session.id, actor=actor, job=job, started_at=unit.now)
            unit.db.add(
                Execution(
                    id=run.id,
                    session_id=session.id,
                    user_id=actor.person_id,
                    username=actor.name,
                    server=self._server,
                    language=job.language,
                    entry=job.entry,
                    files={name: content.decode() for name, content in job.files.items()},
                    started_at=run.started_at,
                )
            )
            await unit.emit(
                ExecutionStarted(
                    session_id=session.id,
                    actor_id=actor.user_id,
                    actor_name=actor.name,
                    execution_id=run.id,
                    language=job.language,
                    entry=job.entry,
                    is_interactive=is_interactive,
                    started_at=run.started_at,
                )
            )
        return run

    def _spawn(self, run: _Run, work: Coroutine[Any, Any, schemas.Execution]) -> asyncio.Task[schemas.Execution]:
        task = asyncio.create_task(work, name=f"execution {run.id}")
        self._runs.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[schemas.Execution]) -> None:
        self._runs.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("A run could not be recorded", exc_info=task.exception())

    async def _follow(self, run: _Run, typed: TypedInput | None = None) -> schemas.Execution:
        transcript = Transcript()
        outcome: Outcome | None = None
        error: schemas.RunError | None = None
        program = asyncio.create_task(self._stream(run, transcript, typed), name=f"program of {run.id}")
        live = LiveRun(run.id, run.session_id, program, typed)
        self._live.add(live)
        try:
            if run.session_id is not None:
                await self._stop_if_over(live)
            outcome = await program
        except asyncio.CancelledError:
            error = live.stopped or INTERRUPTED
        except (SandboxError, CodeWithMeError) as problem:
            error = schemas.RunError(code=problem.code, message=problem.message)
        except Exception:
            log.exception("A run failed in a way that nobody thought of")
            error = BROKEN
        finally:
            self._live.remove(live)
        result = _result(run, transcript, outcome, error, self._units.now)
        if run.session_id is not None:
            await self._record(run, result)
        return result

    async def _stream(self, run: _Run, transcript: Transcript, typed: TypedInput | None) -> Outcome:
        person = run.actor.user_id or ""

        async def show(stream: StreamName, text: str) -> None:
            await self._show(run, ExecutionOutput, stream=stream, text=text)

        async with (
            Console(show) as console,
            aclosing(self._runner.run(run.job, person=person, stdin=aiter(typed) if typed else None)) as items,
        ):
            async for item in items:
                match item:
                    case Outcome():
                        return item
                    case Queued(place=place):
                        await self._show(run, ExecutionQueued, place=place)
                    case Output(stream=stream):
                        console.write(stream, transcript.add(item))
        raise SandboxError("The sandbox ended the run without saying how it went. Run it again.")

    async def _show(self, run: _Run, event: type[ExecutionQueued | ExecutionOutput], **values: Any) -> None:
        if run.session_id is not None:
            await self._publish(
                event(
                    session_id=run.session_id,
                    actor_id=run.actor.user_id,
                    actor_name=run.actor.name,
                    execution_id=run.id,
                    **values,
                )
            )

    async def _publish(self, event: Event) -> None:
        await self._bus.publish(Committed(event, None, self._units.now))

    async def _require(self, actor: Actor, session_id: str) -> None:
        async with self._units.read() as db:
            await enter(db, actor, session_id, Capability.RUN)

    async def _stop_if_over(self, run: LiveRun) -> None:
        """The interview may have ended between the right to run and the program's start."""
        try:
            async with self._units.glance() as db:
                session = await db.get(InterviewSession, run.session_id)
        except DatabaseUnavailableError:
            return  # then it has not just ended
        if session is None or session.has_ended:
            run.stop(ENDED)

    async def _record(self, run: _Run, result: schemas.Execution) -> None:
        """Again and again while the database is away: until then everybody sees the program run."""
        for pause in RECORD_PAUSES_S:
            try:
                await self._record_once(run, result)
            except (DatabaseUnavailableError, StorageFullError):
                if self._is_closing:
                    raise
                await asyncio.sleep(pause)
            else:
                return
        await self._record_once(run, result)

    async def _record_once(self, run: _Run, result: schemas.Execution) -> None:
        async with self._units.begin() as unit:
            row = await unit.db.get(Execution, run.id)
            if row is None or row.state is not ExecutionState.RUNNING:
                return  # the session was deleted meanwhile, and its runs with it; or it is an answer that got lost
            row.finish(result.model_dump(mode="json"), unit.now)
            await self._emit_finished(unit, run, result)

    async def _emit_finished(self, unit: UnitOfWork, run: _Run, result: schemas.Execution) -> None:
        await unit.emit(
            ExecutionFinished(
                session_id=run.session_id or "",
                actor_id=run.actor.user_id,
                actor_name=run.actor.name,
                execution_id=run.id,
                result=result.model_dump(mode="json"),
            )
        )


def _result(
    run: _Run,
    transcript: Transcript,
    outcome: Outcome | None,
    error: schemas.RunError | None,
    finished_at: datetime,
) -> schemas.Execution:
    return schemas.Execution(
        executionId=run.id,
        language=run.job.language,
        entry=run.job.entry,
        stdout=transcript.text("stdout"),
        stderr=transcript.text("stderr"),
        exitCode=exit_code(outcome) if outcome else None,
        executionTime=outcome.wall_time_ms if outcome else 0.0,
        cpuTime=outcome.cpu_time_ms if outcome else 0.0,
        memoryPeak=outcome.memory_peak_kib if outcome else None,
        queueTime=outcome.queue_time_ms if outcome else 0.0,
        compileTime=outcome.compile_time_ms if outcome else 0.0,
        limits=_stage_limits(outcome.limits) if outcome else None,
        stage=outcome.stage if outcome else None,
        signal=outcome.signal if outcome else None,
        limit=outcome.limit if outcome else None,
        isTruncated=outcome.is_output_truncated if outcome else False,
        error=error,
        userId=run.actor.user_id or "",
        username=run.actor.name,
        startedAt=run.started_at,
        finishedAt=finished_at,
    )


def _stage_limits(limits: Limits) -> schemas.StageLimits:
    return schemas.StageLimits(time=limits.timeout_s * 1000, memory=limits.memory_mib * 1024)
