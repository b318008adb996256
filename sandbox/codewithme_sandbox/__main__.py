"""``python -m codewithme_sandbox``: build the images, see whether all is well, run a file."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from contextlib import aclosing
from pathlib import Path, PurePosixPath

from .commands import Commands
from .docker_api import DockerApi
from .job import Job, Language, Outcome, Queued, SandboxError
from .languages import all_languages
from .pool import PoolSize
from .sandbox import Sandbox, SandboxSettings


def main() -> int:
    arguments = _parser().parse_args()
    logging.getLogger(__package__).setLevel(logging.ERROR)  # what goes wrong is told once, by the error
    settings = SandboxSettings(docker_host=arguments.docker_host, pool=PoolSize.none())
    commands = Commands(settings, lambda line: print(line, flush=True))
    try:
        match arguments.command:
            case "build":
                work = commands.build(arguments.words, is_forced=arguments.force, keeps_stages=arguments.keep_stages)
                return 0 if asyncio.run(work) else 1
            case "list":
                return 0 if asyncio.run(commands.list()) else 1
            case "check":
                return 0 if asyncio.run(commands.check(arguments.words)) else 1
            case "prune":
                return 0 if asyncio.run(commands.prune()) else 1
            case "status":
                return asyncio.run(_status(settings))
            case _:
                stdin = sys.stdin.buffer.read() if arguments.stdin else b""
                return asyncio.run(_run(settings, _job(Path(arguments.file), arguments.language, stdin)))
    except SandboxError as error:
        print(error.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # whoever read what we print has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codewithme_sandbox", description=__doc__)
    parser.add_argument("--docker-host", help="the container engine; DOCKER_HOST or the usual socket if not given")
    commands = parser.add_subparsers(dest="command", required=True)
    build_parser = commands.add_parser("build", help="build the images that are missing or out of date")
    build_parser.add_argument("words", nargs="*", metavar="language", help="languages, images, or `all`; else the core")
    build_parser.add_argument("--force", action="store_true", help="build also what is up to date")
    build_parser.add_argument(
        "--keep-stages", action="store_true", help="make the next build quicker; takes disk space"
    )
    commands.add_parser("list", help="show the images and their languages")
    check_parser = commands.add_parser("check", help="run each language's hello in the real sandbox")
    check_parser.add_argument(
        "words", nargs="*", metavar="language", help="languages, images, or `all`; else all there"
    )
    commands.add_parser("prune", help="remove what builds left and images that no language needs")
    commands.add_parser("status", help="show the engine, the images and the languages")
    run_parser = commands.add_parser("run", help="run a file in the sandbox")
    run_parser.add_argument("file")
    run_parser.add_argument("--language", help="the language's id; else found by the file's suffix")
    run_parser.add_argument("--stdin", action="store_true", help="give the program what comes on standard input")
    return parser


async def _status(settings: SandboxSettings) -> int:
    sandbox = Sandbox(settings)
    api = DockerApi(settings.docker_host)
    try:
        status = await sandbox.status()
        if not status.is_available:
            print(f"Not available: {status.reason} {status.advice}")
            return 1
        engine = await api.engine()
        print(f"Engine: Docker {engine['ServerVersion']}, {engine['Architecture']}, {engine['KernelVersion']}")
        await Commands(settings, print).list()
        return 0
    finally:
        await sandbox.stop()
        await api.close()


async def _run(settings: SandboxSettings, job: Job) -> int:
    sandbox = Sandbox(settings)
    try:
        async with aclosing(sandbox.run(job)) as items:
            async for item in items:
                if isinstance(item, Outcome):
                    return _told(item)
                if isinstance(item, Queued):
                    continue
                stream = sys.stdout if item.stream == "stdout" else sys.stderr
                stream.buffer.write(item.data)
                stream.buffer.flush()
    finally:
        await sandbox.stop()
    return 1


def _told(outcome: Outcome) -> int:
    """Says how it ended on standard error and returns the exit status a shell would give."""
    ended = f"exit {outcome.exit_code}" if outcome.signal is None else outcome.signal
    reason = f", {_limit_words(outcome)}" if outcome.limit else ""
    # What a process shares with others counts for its size, but not for the limit.
    used_mib = min((outcome.memory_peak_kib or 0) / 1024, outcome.limits.memory_mib)
    memory = f", {used_mib:.1f} of {outcome.limits.memory_mib} MiB" if used_mib else ""
    print(
        f"[{outcome.stage}: {ended}{reason}, {outcome.wall_time_ms:.0f} ms, {outcome.cpu_time_ms:.0f} ms CPU{memory}]",
        file=sys.stderr,
    )
    return outcome.shell_status


def _limit_words(outcome: Outcome) -> str:
    match outcome.limit:
        case "wall_time":
            return f"took longer than {outcome.limits.timeout_s:g} s"
        case "memory":
            return f"used more than {outcome.limits.memory_mib} MiB of memory"
        case "output":
            return "printed too much"
        case "processes":
            return "started too many processes"
        case "file_size":
            return "wrote too large a file"
        case None:
            return ""


def _job(file: Path, language_id: str | None, stdin: bytes) -> Job:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SandboxError(f"Cannot read {file}: {error.strerror}.") from error
    return Job(_language_of(file, language_id).id, {file.name: content}, file.name, stdin)


def _language_of(file: Path, language_id: str | None) -> Language:
    languages = all_languages()
    if language_id is not None and language_id in languages:
        return languages[language_id]
    if language_id is None:
        for language in languages.values():
            if PurePosixPath(language.file_name).suffix == file.suffix:
                return language
    wanted = language_id or file.suffix
    raise SandboxError(f"No language for {wanted!r}. Give one with --language, of: {', '.join(languages)}.")


if __name__ == "__main__":
    sys.exit(main())
