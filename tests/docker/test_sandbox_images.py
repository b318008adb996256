"""The images as a whole: what is in them, and the commands that build, list and check them."""

import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest
from sandbox_runs import run

from codewithme_sandbox import builder
from codewithme_sandbox.builder import UpstreamMissingError, build
from codewithme_sandbox.commands import Commands
from codewithme_sandbox.docker_api import DockerApi, NoSuchObjectError
from codewithme_sandbox.job import Job, Step
from codewithme_sandbox.languages import all_languages
from codewithme_sandbox.pool import PoolSize
from codewithme_sandbox.recipes import image_names, languages_of, upstream
from codewithme_sandbox.sandbox import Sandbox, SandboxSettings

SETTINGS = SandboxSettings(pool=PoolSize.none())
OWN = [image for image in image_names() if upstream(image) is None]
# What the machine that builds lends to the builder stages, and programs that would become somebody else.
LEFT = """
ls -d /host /build /wheel /download /opt/wheel /etc/apt/apt.conf.d/90host /etc/resolv.conf.orig 2>/dev/null
grep -hv '^#' /etc/apt/sources.list | grep -v 'deb http://deb.debian.org/debian '
find / -xdev -perm /6000 -type f 2>/dev/null
true
"""


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("image", OWN)
async def test_an_image_holds_nothing_of_the_machine_that_built_it(image: str) -> None:
    language = replace(
        next(iter(languages_of(image).values())), compile=None, warm=None, run=Step(("/bin/sh", "{entry}"))
    )
    sandbox = Sandbox(SETTINGS, languages={"look": language})
    try:
        ran = await run(sandbox, Job("look", {"look.sh": LEFT.encode()}, "look.sh"))
    finally:
        await sandbox.stop()
    assert (ran.stdout, ran.outcome.exit_code) == ("", 0)


@pytest.mark.usefixtures("engine")
async def test_the_list_has_every_image_and_language() -> None:
    said: list[str] = []
    assert await Commands(SETTINGS, said.append).list()
    text = "\n".join(said)
    for image in image_names():
        assert f"Image {image}: " in text
    for language in all_languages().values():
        assert f"\n  {language.name} " in text


@pytest.mark.usefixtures("engine")
async def test_a_check_says_which_language_works() -> None:
    said: list[str] = []
    assert await Commands(SETTINGS, said.append).check(["bash", "go"])
    assert [line.split()[:2] for line in said] == [["ok", "Bash"], ["ok", "Go"]]


@pytest.mark.usefixtures("engine")
async def test_an_image_on_somebody_elses_says_what_to_pull() -> None:
    api = DockerApi()
    try:
        await api.image_id("dart:stable")
    except NoSuchObjectError:
        with pytest.raises(UpstreamMissingError, match="docker pull dart:stable"):
            await build("dart", SETTINGS, lambda line: None)
    finally:
        await api.close()


@pytest.mark.usefixtures("engine")
def test_the_servers_command_line_has_the_same_commands() -> None:
    command = [sys.executable, "-c", "from codewithme_ext.cli import main; main()", "sandbox"]
    checked = subprocess.run([*command, "check", "bash"], capture_output=True, text=True, timeout=60, check=True)
    assert checked.stdout.startswith("ok  Bash")
    refused = subprocess.run([*command, "build", "klingon"], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert "There is no language or image 'klingon'" in refused.stderr


async def test_two_builds_at_the_same_moment_do_not_take_each_others_images_away(
    engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They did: whoever was first pruned the stages that the other still stood on."""
    recipe = b"""
        FROM codewithme/core:latest AS builder
        LABEL codewithme.stage=twice
        USER root
        RUN mkdir /out && echo first > /out/first && sleep 1
        FROM builder AS second
        RUN echo second > /out/second
        FROM codewithme/core:latest
        COPY --from=second /out/ /
    """
    bash = replace(all_languages()["bash"], image="twice", hello="cat /first /second")
    monkeypatch.setattr(builder, "sources", lambda image: {"Dockerfile": recipe})
    monkeypatch.setattr(builder, "content_hash", lambda image: "the same")
    monkeypatch.setattr(builder, "languages_of", lambda image: {"bash": bash})
    monkeypatch.setattr(builder, "needs_core", lambda image: False)
    monkeypatch.setattr(builder, "upstream", lambda image: None)
    said: list[str] = []
    api = DockerApi()
    try:
        built = await asyncio.gather(*(build("twice", SETTINGS, said.append) for _ in range(2)))
        sandbox = Sandbox(SETTINGS, languages={"bash": bash})
        ran = await run(sandbox, builder.greeting(bash))
        await sandbox.stop()
        assert sorted(built) == [False, True]
        assert ran.stdout == "first\nsecond\n"
        assert "Another build is going on; waiting for its end" in said
    finally:
        await api.remove_image("codewithme/twice:latest")
        await api.close()
