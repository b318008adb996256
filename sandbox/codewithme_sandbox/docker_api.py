"""The only file that talks to Docker: thin calls, and every way in which the engine can fail turned into our errors."""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote

import aiodocker
import aiohttp
from aiodocker.stream import Stream
from yarl import URL

from .job import EngineUnavailableError, SandboxError

PING_TIMEOUT_S = 1.5
EVENTS_TIMEOUT_S = 3.0
CALL_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=PING_TIMEOUT_S)
LONG_CALL = aiohttp.ClientTimeout(total=None, sock_connect=PING_TIMEOUT_S)
START_ADVICE = "Start Docker (`systemctl start docker` or `dockerd`), or set docker_host to an engine that runs."

# aiodocker's own status for "could not connect".
_NO_CONNECTION = 900


class NoSuchObjectError(SandboxError):
    """The engine knows no container or image of that name."""

    code = "no_such_object"


class AttachStream:
    """The byte stream to and from the main process of a container."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._unread = b""
        self._is_over = False

    async def write(self, data: bytes) -> None:
        try:
            await self._stream.write_in(data)
        except (AssertionError, RuntimeError, ConnectionError, aiohttp.ClientError) as error:
            # aiodocker asserts that the connection is there; when the engine has gone it is not.
            raise EngineUnavailableError("The container engine closed the connection.", "Run it again.") from error

    async def frame(self) -> tuple[str, bytes] | None:
        """The supervisor's next frame (type, payload), or None when the stream is over."""
        header = await self._exactly(5)
        if header is None:
            return None
        kind, length = struct.unpack(">cI", header)
        payload = await self._exactly(length)
        return None if payload is None else (kind.decode("latin-1"), payload)

    async def close(self) -> None:
        with suppress(AssertionError, OSError):  # the other side was first
            await self._stream.close()

    async def _exactly(self, size: int) -> bytes | None:
        while len(self._unread) < size and not self._is_over:
            try:
                message = await self._stream.read_out()
            except (AssertionError, ConnectionError, aiohttp.ClientError):
                message = None
            if message is None:
                self._is_over = True
            else:
                self._unread += message.data
        if len(self._unread) < size:
            return None
        data, self._unread = self._unread[:size], self._unread[size:]
        return data


class DockerApi:
    """Calls to one engine. Made without connecting; a lost engine is tried anew at the next call.

    Every method raises ``EngineUnavailableError`` when no engine answers, ``NoSuchObjectError`` for an unknown name,
    ``SandboxError`` for anything else the engine refuses.
    """

    def __init__(self, docker_host: str | None = None) -> None:
        self._docker_host = docker_host or os.environ.get("DOCKER_HOST") or None
        self._client: aiodocker.Docker | None = None

    async def close(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def ping(self) -> None:
        """Returns if an engine answers within ``PING_TIMEOUT_S``; never takes longer than that."""
        async with (
            self._errors() as client,
            asyncio.timeout(PING_TIMEOUT_S),
            client._query("_ping", versioned_api=False) as response,
        ):
            await response.read()

    async def engine(self) -> dict[str, Any]:
        """What the engine says about itself (``ServerVersion``, ``Architecture``, ``SecurityOptions`` …)."""
        async with self._errors() as client:
            return dict(await client.system.info())

    # ---- containers

    async def create(self, config: Mapping[str, Any], name: str) -> str:
        """Creates a container and returns its id."""
        async with self._errors() as client:
            body = await client._query_json("containers/create", "POST", params={"name": name}, data=dict(config))
            return str(body["Id"])

    async def attach(self, container: str) -> AttachStream:
        """Attaches to standard input and output; done before the start nothing is missed."""

        async def setup() -> tuple[URL, bytes | None, bool]:
            # aiodocker's own setup asks the engine first whether there is a terminal; we know.
            query = {"stream": "1", "stdin": "1", "stdout": "1"}
            return URL(f"containers/{container}/attach").with_query(query), None, False

        async with self._errors() as client:
            stream = Stream(client, setup, None)
            await stream._init()
            return AttachStream(stream)

    async def start(self, container: str) -> None:
        await self._post(f"containers/{container}/start")

    async def kill(self, container: str, signal: str = "SIGKILL") -> None:
        await self._post(f"containers/{container}/kill", {"signal": signal})

    async def set_limits(self, container: str, limits: Mapping[str, int]) -> None:
        """Changes a running container's limits; ``limits`` as in HostConfig."""
        async with self._errors() as client:
            await client._query_json(f"containers/{container}/update", "POST", data=dict(limits))

    async def wait(self, container: str) -> int:
        """Returns the exit status of the main process once the container has stopped."""
        async with self._errors() as client:
            body = await client._query_json(f"containers/{container}/wait", "POST", timeout=LONG_CALL)
            return int(body["StatusCode"])

    async def remove(self, container: str) -> None:
        """Kills and removes; returns when it is gone. Fine when it is gone or going already."""
        path, force = f"containers/{container}", {"force": "1", "v": "1"}
        try:
            async with self._errors() as client, client._query(path, "DELETE", params=force) as response:
                await response.read()
        except NoSuchObjectError:
            return
        except SandboxError as error:
            if error.code != "conflict":
                raise
            # The engine is at it by itself, as the container was made to be removed when it ends.
            with suppress(NoSuchObjectError):
                await self._post(f"{path}/wait", {"condition": "removed"})

    async def is_removed_within(self, container: str, timeout_s: float) -> bool:
        """Waits for the end of a container that the engine removes when it ends; False if that takes longer."""
        path, removed = f"containers/{container}/wait", {"condition": "removed"}
        try:
            async with asyncio.timeout(timeout_s), self._errors() as client:
                await client._query_json(path, "POST", params=removed)
        except TimeoutError:
            return False
        except NoSuchObjectError:
            pass  # gone already
        return True

    async def containers(self, label: str) -> list[tuple[str, dict[str, str]]]:
        """Id and labels of every container, running or not, that carries the label."""
        query = {"all": "1", "filters": json.dumps({"label": [label]})}
        async with self._errors() as client:
            listed = await client._query_json("containers/json", params=query)
            return [(entry["Id"], entry["Labels"]) for entry in listed]

    async def was_out_of_memory(self, container: str, since: float) -> bool:
        """Whether the container ran out of memory since then (Unix time); can be asked after its removal."""
        query = {
            "since": f"{since:.6f}",
            "until": f"{time.time():.6f}",
            "filters": json.dumps({"container": [container], "event": ["oom"]}),
        }
        async with (
            self._errors() as client,
            asyncio.timeout(EVENTS_TIMEOUT_S),
            client._query("events", params=query) as response,
        ):
            return bool((await response.read()).strip())

    # ---- images

    async def image_labels(self, image: str) -> dict[str, str]:
        async with self._errors() as client:
            body = await client._query_json(f"images/{quote(image, safe='/:')}/json")
            return dict(body["Config"]["Labels"] or {})

    async def image_id(self, image: str) -> str:
        async with self._errors() as client:
            return str((await client._query_json(f"images/{quote(image, safe='/:')}/json"))["Id"])

    async def image_size(self, image: str) -> int:
        """In bytes, with the images it stands on."""
        async with self._errors() as client:
            return int((await client._query_json(f"images/{quote(image, safe='/:')}/json"))["Size"])

    async def images(self, pattern: str) -> dict[str, dict[str, str]]:
        """Labels by name with tag; in the pattern ``*`` stands for anything but a slash."""
        query = {"filters": json.dumps({"reference": [pattern]})}
        async with self._errors() as client:
            listed = await client._query_json("images/json", params=query)
            return {name: dict(entry["Labels"] or {}) for entry in listed for name in entry["RepoTags"] or []}

    async def pull(self, image: str, tag: str, *, timeout_s: float) -> None:
        async with self._errors() as client, asyncio.timeout(timeout_s):
            query = {"fromImage": image, "tag": tag}
            async with client._query("images/create", "POST", params=query, timeout=LONG_CALL) as response:
                async for _ in _progress(response):
                    pass

    async def tag(self, image: str, repository: str, tag: str) -> None:
        await self._post(f"images/{quote(image, safe='/:')}/tag", {"repo": repository, "tag": tag})

    async def remove_image(self, image: str) -> None:
        """Takes away a name, or by its id an image without one; fine when a container still uses it."""
        path = f"images/{quote(image, safe='/:')}"
        try:
            async with self._errors() as client, client._query(path, "DELETE", timeout=LONG_CALL) as response:
                await response.read()
        except SandboxError as error:
            if error.code not in ("conflict", NoSuchObjectError.code):
                raise

    async def remove_untagged(self, label: str) -> int:
        """Removes the images without a name that carry the label, and returns how many bytes that freed."""
        query = {"filters": json.dumps({"dangling": ["true"], "label": [label]})}
        async with self._errors() as client:
            body = await client._query_json("images/prune", "POST", params=query, timeout=LONG_CALL)
            return int(body["SpaceReclaimed"])

    async def import_root(self, archive: AsyncIterator[bytes], repository: str, tag: str) -> None:
        """Makes an image from a tar stream of a root file system."""
        query = {"fromSrc": "-", "repo": repository, "tag": tag}
        async with (
            self._errors() as client,
            client._query(
                "images/create",
                "POST",
                params=query,
                data=archive,
                timeout=LONG_CALL,
                headers={"Content-Type": "application/x-tar"},
            ) as response,
        ):
            async for _ in _progress(response):
                pass

    async def build(
        self, context: bytes, *, tag: str, labels: Mapping[str, str], arguments: Mapping[str, str]
    ) -> AsyncIterator[str]:
        """Builds an image from a tar archive that holds a Dockerfile; yields the engine's output line by line.

        The build may use the host's network. It is the engine's classic builder, which every engine since 20.10 has
        without anything more to install.
        """
        query = {
            "t": tag,
            "labels": json.dumps(dict(labels)),
            "buildargs": json.dumps(dict(arguments)),
            "networkmode": "host",
            "forcerm": "1",
        }
        async with (
            self._errors() as client,
            client._query(
                "build",
                "POST",
                params=query,
                data=context,
                timeout=LONG_CALL,
                headers={"Content-Type": "application/x-tar"},
            ) as response,
        ):
            async for entry in _progress(response):
                for line in str(entry.get("stream", "")).splitlines():
                    if line.strip():
                        yield line.rstrip()

    # ---- how it fails

    async def _post(self, path: str, query: Mapping[str, str] | None = None) -> None:
        async with self._errors() as client, client._query(path, "POST", params=dict(query or {})) as response:
            await response.read()

    @asynccontextmanager
    async def _errors(self) -> AsyncIterator[aiodocker.Docker]:
        """The client, with whatever goes wrong inside turned into an error of ours."""
        try:
            yield self._connected()
        except aiodocker.DockerError as error:
            if error.status == _NO_CONNECTION:
                await self.close()
                raise self._unavailable(error.message) from error
            if error.status == 404:
                raise NoSuchObjectError(error.message) from error
            code = "conflict" if error.status == 409 else "engine_error"
            raise SandboxError(f"The container engine answered: {error.message.strip()}", code) from error
        except TimeoutError as error:
            await self.close()
            raise self._unavailable("it does not answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            await self.close()
            raise self._unavailable(str(error)) from error

    def _connected(self) -> aiodocker.Docker:
        if self._client is None:
            try:
                self._client = aiodocker.Docker(url=self._docker_host, timeout=CALL_TIMEOUT)
            except (AssertionError, ValueError) as error:  # aiodocker 0.27 asserts that there is one
                raise self._unavailable("there is no engine's socket") from error
        return self._client

    def _unavailable(self, reason: str) -> EngineUnavailableError:
        where = self._docker_host or "the usual socket"
        if "Permission denied" in reason:
            return EngineUnavailableError(
                f"The container engine at {where} does not let this user in.",
                "Add the user to the group `docker`, then log in anew and restart the server.",
            )
        # The client's words are nested and name the address once more; what went wrong is innermost.
        innermost = re.findall(r"\[([^\[\]]+)\]", reason)
        why = innermost[-1] if innermost else reason.rstrip(".")
        return EngineUnavailableError(f"No container engine answers at {where}: {why}.", START_ADVICE)


async def _progress(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """The engine's progress messages, one JSON object a line; an error among them is raised."""
    async for line in _lines(response.content.iter_any()):
        entry: dict[str, Any] = json.loads(line)
        if "error" in entry:
            raise SandboxError(f"The container engine answered: {str(entry['error']).strip()}", "engine_error")
        yield entry


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines of any length (aiohttp's own reader stops at 64 KiB)."""
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if line.strip():
                yield line
    if rest.strip():
        yield rest
