"""The Debian that all images stand on: from a registry when one answers, else made here with mmdebstrap."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from . import build_host
from .docker_api import DockerApi, NoSuchObjectError
from .job import EngineUnavailableError, SandboxError

REPOSITORY = "codewithme/base"
_PULL_TIMEOUT_S = 120.0
_CHUNK = 2**20

Progress = Callable[[str], None]


async def ensure(api: DockerApi, progress: Progress) -> None:
    """Makes ``codewithme/base:latest`` if it is not there."""
    try:
        await api.image_id(f"{REPOSITORY}:latest")
        return
    except NoSuchObjectError:
        pass
    if await _pulled(api, progress):
        return
    await _bootstrapped(api, progress)


async def _pulled(api: DockerApi, progress: Progress) -> bool:
    progress(f"Base image: asking the registry for debian:{build_host.RELEASE}-slim")
    try:
        await api.pull("debian", f"{build_host.RELEASE}-slim", timeout_s=_PULL_TIMEOUT_S)
    except EngineUnavailableError:
        await api.ping()  # the engine itself is away: that is the news; otherwise the registry was too slow
        progress("Base image: the registry does not answer")
        return False
    except SandboxError as error:
        progress(f"Base image: no registry ({error.message.splitlines()[0]})")
        return False
    await api.tag(f"debian:{build_host.RELEASE}-slim", REPOSITORY, "latest")
    return True


async def _bootstrapped(api: DockerApi, progress: Progress) -> None:
    await _ensure_mmdebstrap(progress)
    progress(f"Base image: making Debian {build_host.RELEASE} with mmdebstrap from {build_host.mirror()}")
    with tempfile.TemporaryDirectory(prefix="codewithme-base-") as folder:
        archive = Path(folder) / "base.tar"
        await _mmdebstrap(archive)
        progress(f"Base image: importing {archive.stat().st_size // 2**20} MB")
        await api.import_root(_chunks(archive), REPOSITORY, "latest")


async def _ensure_mmdebstrap(progress: Progress) -> None:
    if shutil.which("mmdebstrap"):
        return
    advice = (
        "No registry answers, so the base image must be made here: as root on Debian or Ubuntu, install `mmdebstrap`; "
        f"elsewhere load an image from a file and tag it {REPOSITORY}:latest."
    )
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SandboxError(advice, "base_image_missing")
    progress("Base image: installing mmdebstrap")
    await _command("apt-get", "update", "-q")
    await _command("apt-get", "install", "-y", "-q", "--no-install-recommends", "mmdebstrap", "debian-archive-keyring")


async def _mmdebstrap(archive: Path) -> None:
    sources = f"deb http://deb.debian.org/debian {build_host.RELEASE} main"
    options = [f"--aptopt={option}" for option in build_host.apt_options()]
    # The mirror and options of this machine are for the making only.
    forget = (
        'rm -rf "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/resolv.conf '
        f'"$1"/etc/hostname && echo "{sources}" > "$1"/etc/apt/sources.list'
    )
    await _command(
        "mmdebstrap",
        "--quiet",
        "--mode=root" if os.geteuid() == 0 else "--mode=unshare",
        "--variant=minbase",
        "--keyring=/usr/share/keyrings/debian-archive-keyring.gpg",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        *options,
        f"--customize-hook={forget}",
        build_host.RELEASE,
        str(archive),
        build_host.mirror(),
    )


async def _command(*argv: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        last = output.decode(errors="replace").strip().splitlines()[-5:]
        raise SandboxError(f"{argv[0]} failed: {' / '.join(last)}", "base_image_failed")


async def _chunks(archive: Path) -> AsyncIterator[bytes]:
    with archive.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
