"""Reads languages.toml, the table of every language: the only place where a language id becomes a command."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from .job import Job, Language, Step


@cache
def all_languages() -> Mapping[str, Language]:
    """Every language by id, in the order of the file."""
    table = tomllib.loads(files(__package__).joinpath("languages.toml").read_text(encoding="utf-8"))
    return {language_id: _language(language_id, entry) for language_id, entry in table.items()}


def command(language: Language, step: Step, job: Job) -> tuple[str, ...]:
    """``step.argv`` with the names of the job's files filled in; names are arguments, never shell text."""
    stem = str(PurePosixPath(job.entry).with_suffix(""))
    argv: list[str] = []
    for argument in step.argv:
        if argument == "{sources}":
            argv += _sources(language, job)
        else:
            argv.append(argument.replace("{entry}", job.entry).replace("{stem}", stem))
    return tuple(argv)


def _sources(language: Language, job: Job) -> list[str]:
    """The entry and its fellow source files, without those that are programs of their own (they define main, too)."""
    suffix = PurePosixPath(language.file_name).suffix
    pattern = re.compile((language.main_pattern or r"(?!)").encode(), re.MULTILINE)
    others = sorted(
        name
        for name, content in job.files.items()
        if name != job.entry and name.endswith(suffix) and not pattern.search(content)
    )
    return [job.entry, *others]


def _language(language_id: str, entry: Mapping[str, Any]) -> Language:
    return Language(
        id=language_id,
        name=entry["name"],
        version="",
        icon=entry["icon"],
        file_name=entry["file_name"],
        editor_mode=entry["editor_mode"],
        image=entry["image"],
        hello=entry["hello"],
        run=_step(entry["run"]),
        compile=_step(entry["compile"]) if "compile" in entry else None,
        warm=_step({**entry["run"], **entry["warm"]}) if "warm" in entry else None,
        version_argv=tuple(entry.get("version", ())),
        main_pattern=entry.get("main_pattern"),
        has_page=entry.get("has_page", False),
        missing_advice=entry.get("missing_advice"),
    )


def _step(entry: Mapping[str, Any]) -> Step:
    return Step(
        argv=tuple(entry["argv"]),
        timeout_s=entry.get("timeout_s"),
        memory_mib=entry.get("memory_mib", 0),
        env=entry.get("env", {}),
    )
