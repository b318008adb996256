"""What each of the sandbox's images is made from: its files, the images it stands on, and a hash of all that."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from .job import Language, SandboxError
from .languages import all_languages

# Other images take the supervisor from it, and most of them stand on it.
CORE = "core"
ALL = "all"
# What in the core image serves its own languages only; a change there leaves the other images as they are.
_FOR_CORE_ALONE = ("typescript/", "warm/")
_FROM = re.compile(r"^FROM\s+(\S+)(?:\s+AS\s+(\S+))?\s*$", re.MULTILINE)
_OURS = re.compile(r"codewithme/([a-z]+):latest")


@cache
def image_names() -> tuple[str, ...]:
    """Every image that a language needs, the core image first."""
    return tuple(dict.fromkeys([CORE, *(language.image for language in all_languages().values())]))


def languages_of(image: str) -> dict[str, Language]:
    """The languages that run in the image, by id."""
    return {key: language for key, language in all_languages().items() if language.image == image}


def images_for(words: Iterable[str]) -> list[str]:
    """The images meant by ids or names of languages, names of images, and ``all``; none twice.

    Raises ``SandboxError`` for a word that is none of these.
    """
    chosen: dict[str, None] = {}
    for word in words:
        chosen |= dict.fromkeys(_images_meant(word))
    return list(chosen)


def languages_for(words: Iterable[str]) -> list[Language]:
    """The languages meant by the same words, in the order of the table."""
    meant = [word.lower() for word in words]
    for word in meant:
        _images_meant(word)
    return [
        language
        for language in all_languages().values()
        if {ALL, language.image, language.id, language.name.lower()} & {*meant}
    ]


def _images_meant(word: str) -> list[str]:
    if word.lower() == ALL:
        return [*image_names()]
    if word in image_names():
        return [word]
    for language in all_languages().values():
        if word.lower() in (language.id, language.name.lower()):
            return [language.image]
    raise SandboxError(
        f"There is no language or image {word!r}. Languages: {', '.join(all_languages())}. "
        f"Images: {', '.join(image_names())}. Or: {ALL}.",
        "unknown_image",
    )


def content_hash(image: str) -> str:
    """Changes with everything that goes into the image; the machine that builds does not matter."""
    digest = hashlib.sha256()
    _add(digest, sources(image))
    for language in languages_of(image).values():
        digest.update(repr((language.id, language.version_argv)).encode())
    if stands_on_core(image):
        core = sources(CORE).items()
        _add(digest, {name: content for name, content in core if not name.startswith(_FOR_CORE_ALONE)})
    return digest.hexdigest()


def _add(digest: hashlib._Hash, contents: Mapping[str, bytes]) -> None:
    for name, content in sorted(contents.items()):
        digest.update(f"{name} {len(content)}\n".encode() + content)


def sources(image: str) -> dict[str, bytes]:
    """The build context as far as it is ours, by name. Of what the images share it holds what this one mentions."""
    package = files(__package__)
    folder = package.joinpath("images")
    own = dict(_walk(folder.joinpath(image), ""))
    recipe = own["Dockerfile"].decode()
    shared = {item.name: item.read_bytes() for item in folder.iterdir() if item.is_file() and item.name in recipe}
    # Also where it is copied from the core image: another supervisor makes another image.
    supervisor = package.joinpath("supervisor", "supervisor.c").read_bytes()
    return {**shared, "supervisor.c": supervisor, **own}


def needs_core(image: str) -> bool:
    """Whether the core image must be there for the build."""
    return f"codewithme/{CORE}:latest" in [name for name, _ in _stages(image)]


def stands_on_core(image: str) -> bool:
    """Whether the finished image contains the whole core image."""
    return _stages(image)[-1][0] == f"codewithme/{CORE}:latest"


def upstream(image: str) -> str | None:
    """The image of somebody else that must have been pulled, if there is one."""
    names = {stage for _, stage in _stages(image)}
    foreign = [name for name, _ in _stages(image) if name not in names and not _OURS.fullmatch(name)]
    return foreign[0] if foreign else None


def _stages(image: str) -> list[tuple[str, str]]:
    """What each stage of the Dockerfile stands on, and the stage's own name."""
    return _FROM.findall(sources(image)["Dockerfile"].decode())


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.name == "__pycache__":
            continue  # made by whatever installed us
        if item.is_dir():
            yield from _walk(item, f"{prefix}{item.name}/")
        else:
            yield f"{prefix}{item.name}", item.read_bytes()
