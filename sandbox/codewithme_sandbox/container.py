"""One container for one job: made, fed over its attach stream, watched by the host's own clock, thrown away."""

from __future__ import annotations

import asyncio
import secrets
import struct
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, replace

from .docker_api import AttachStream, DockerApi
from .job import EngineUnavailableError, Job, Output, SandboxError, Step
from .outcome import Compiled, StageEnd, killed_by_host, parse_compiled, parse_stage_end
from .policy import Mount, SandboxPolicy, container_config

# The host waits this much longer than the supervisor, then kills the container itself.
HOST_GRACE_S = 1.0
# Until the supervisor says hello. A container starts in 0.1 s; a machine under load gets its time.
START_TIMEOUT_S = 20.0
# How long a container may take to go by itself before it is killed.
LEAVE_S = 2.0
INPUT_FRAME_BYTES = 32 * 1024

_STREAMS: Mapping[str, Output] = {"O": Output("stdout", b""), "E": Output("stderr", b"")}

# What the code sees of its surroundings; nothing of the server's own environment gets in.
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - inside the container
    "LANG": "C.UTF-8",
    "USER": "candidate",
    "TERM": "dumb",
}


@dataclass(frozen=True)
class User:
    """Whom the processes of a container run as."""

    uid: int
    gid: int

    @classmethod
    def new(cls) -> User:
        """One for a single container: the kernel counts pipes, watches and locks by user over all containers."""
        number = 20_000 + secrets.randbelow(40_000)
        return cls(number, number)


class Container:
    """A started container whose supervisor waits for a job. It takes one job, ever; then ``remove`` it."""

    def __init__(self, api: DockerApi, container_id: str, policy: SandboxPolicy) -> None:
        self._api = api
        self._id = container_id
        self._policy = policy
        self._stream: AttachStream | None = None
        self._unsent = b""
        # Whether the supervisor does what it should, as far as we know.
        self._is_sound = False
        self._born = time.time()

    @classmethod
    async def start(
        cls,
        api: DockerApi,
        policy: SandboxPolicy,
        *,
        image: str,
        labels: Mapping[str, str],
        user: User | None = None,
        mounts: tuple[Mount, ...] = (),
    ) -> Container:
        """Raises ``NoSuchObjectError`` if the image is missing. On any error nothing is left."""
        user = user or User.new()
        config = container_config(policy, image=image, uid=user.uid, gid=user.gid, labels=labels, mounts=mounts)
        container = cls(api, await api.create(config, f"codewithme-run-{secrets.token_hex(6)}"), policy)
        try:
            await container._greet()
        except BaseException:
            await container.remove()
            raise
        return container

    async def prepare(self, step: Step) -> None:
        """Starts a program that waits for the job; returns when it is warm. Then ``run_prepared`` instead of ``run``."""
        await self._opened().write(_frame("P", _stage(step, step.argv, self._policy)))
        await self._hear("W")

    async def ended(self) -> None:
        """Returns when the container, which nobody uses, has ended or speaks unasked."""
        await self._opened().frame()

    def add_files(self, job: Job) -> None:
        """They go with the first stage."""
        for name, content in job.files.items():
            encoded = name.encode()
            self._unsent += _frame("F", struct.pack(">H", len(encoded)) + encoded + content)

    async def run(
        self,
        step: Step,
        argv: tuple[str, ...],
        *,
        stdin: bytes = b"",
        typed: AsyncIterator[bytes] | None = None,
        policy: SandboxPolicy,
    ) -> AsyncGenerator[Output | StageEnd, None]:
        """Runs one stage: its output as it comes and, last, exactly one ``StageEnd``.

        The program reads ``stdin``, then what ``typed`` brings, and when that is over the end of its input.
        Raises ``EngineUnavailableError`` when the engine goes away, ``SandboxError`` when the supervisor fails.
        """
        if policy.memory_mib != self._policy.memory_mib:
            await self._api.set_limits(self._id, policy.memory_limits())
            self._policy = policy
        async for item in self._stage("S", _stage(step, argv, policy), stdin, typed, policy.timeout_s):
            if not isinstance(item, Compiled):
                yield item

    async def run_prepared(
        self,
        step: Step,
        argv: tuple[str, ...],
        *,
        stdin: bytes = b"",
        typed: AsyncIterator[bytes] | None = None,
        policy: SandboxPolicy,
    ) -> AsyncGenerator[Output | Compiled | StageEnd, None]:
        """Like ``run``, both stages in the prepared program: ``Compiled`` comes between them if the first went well."""
        async for item in self._stage("G", _stage(step, argv, policy), stdin, typed, 2 * policy.timeout_s):
            yield item

    async def _stage(
        self, kind: str, words: bytes, stdin: bytes, typed: AsyncIterator[bytes] | None, timeout_s: float
    ) -> AsyncGenerator[Output | Compiled | StageEnd, None]:
        stream = self._opened()
        began = time.monotonic()
        feeding = None
        first, self._unsent = self._unsent + _frame(kind, words), b""
        if typed is None and len(stdin) <= INPUT_FRAME_BYTES:
            await stream.write(first + _input(stdin) + _frame("Z", b""))
        else:
            await stream.write(first)
            feeding = asyncio.create_task(_feed(stream, stdin, typed))
        try:
            deadline = asyncio.get_running_loop().time() + timeout_s + HOST_GRACE_S
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        frame = await stream.frame()
                except TimeoutError:
                    self._is_sound = False
                    yield killed_by_host("wall_time", (time.monotonic() - began) * 1000)
                    return
                if frame is None:
                    yield await self._lost((time.monotonic() - began) * 1000)
                    return
                kind, payload = frame
                if kind in _STREAMS:
                    yield replace(_STREAMS[kind], data=payload)
                elif kind == "C":
                    yield parse_compiled(payload)
                elif kind == "X":
                    yield parse_stage_end(payload)
                    return
                else:
                    raise _failure(kind, payload)
        finally:
            if feeding is not None:
                feeding.cancel()

    async def signal(self, number: int) -> None:
        """Sends a signal to the main process of the stage that runs."""
        await self._opened().write(_frame("K", bytes([number])))

    async def remove(self) -> None:
        """Kills whatever still runs and returns when the container is gone; may be called at any time."""
        try:
            if not await self._has_left():
                await self._api.remove(self._id)
        finally:
            if self._stream is not None:
                await self._stream.close()

    async def _has_left(self) -> bool:
        """The quick way to go: the supervisor exits when our end of the stream closes, the rest dies with it, and the
        engine clears up. It spares the engine a program that does the killing, a tenth of a container's whole cost.
        """
        if self._stream is None or not self._is_sound:
            return False
        await self._stream.close()
        return await self._api.is_removed_within(self._id, LEAVE_S)

    async def _greet(self) -> None:
        self._stream = await self._api.attach(self._id)
        await self._api.start(self._id)
        await self._hear("H")
        self._is_sound = True

    async def _hear(self, expected: str) -> None:
        """Waits for one frame without payload."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                frame = await self._opened().frame()
        except TimeoutError as error:
            raise SandboxError(
                "The container did not start in time; the machine may be overloaded. Try again."
            ) from error
        if frame is None:
            await self._api.ping()
            raise SandboxError("The container ended before it began. Build the sandbox image again.", "image_outdated")
        if frame[0] != expected:
            raise _failure(*frame)

    async def _lost(self, wall_time_ms: float) -> StageEnd:
        """The stream ended without a last word: the kernel killed the container for its memory, or the engine went."""
        try:
            await self._api.ping()
            if await self._api.was_out_of_memory(self._id, self._born):
                return killed_by_host("memory", wall_time_ms)
        except EngineUnavailableError as error:
            raise EngineUnavailableError(f"The run was cut off. {error.reason}", error.advice) from error
        raise SandboxError("The container of the run was ended from outside. Run it again.", "container_lost")

    def _opened(self) -> AttachStream:
        if self._stream is None:
            raise RuntimeError("a container is used only after Container.start()")
        return self._stream


async def _feed(stream: AttachStream, stdin: bytes, typed: AsyncIterator[bytes] | None) -> None:
    """Standard input, then its end. Runs beside the reading, since a program may print before it reads."""
    try:
        await _feed_bytes(stream, stdin)
        if typed is not None:
            async for data in typed:
                await _feed_bytes(stream, data)
        await stream.write(_frame("Z", b""))
    except EngineUnavailableError:
        pass  # whoever reads the stream finds that out, too, and tells


async def _feed_bytes(stream: AttachStream, data: bytes) -> None:
    for start in range(0, len(data), INPUT_FRAME_BYTES):
        await stream.write(_input(data[start : start + INPUT_FRAME_BYTES]))


def _input(data: bytes) -> bytes:
    return _frame("I", data) if data else b""


def _stage(step: Step, argv: tuple[str, ...], policy: SandboxPolicy) -> bytes:
    environment = {**_ENVIRONMENT, **step.env}
    words = [
        str(int(policy.timeout_s * 1000)),
        str(-policy.output_bytes if policy.is_output_dropped else policy.output_bytes),
        str(policy.file_mib * 2**20),
        str(len(argv)),
        *argv,
        *(f"{name}={value}" for name, value in environment.items()),
    ]
    return b"".join(word.encode() + b"\0" for word in words)


def _frame(kind: str, payload: bytes) -> bytes:
    return kind.encode() + struct.pack(">I", len(payload)) + payload


def _failure(kind: str, payload: bytes) -> SandboxError:
    reason = payload.decode(errors="replace") if kind == "!" else f"unexpected frame {kind!r}"
    return SandboxError(f"The sandbox could not run this: {reason}.", "supervisor_failed")
