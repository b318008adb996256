"""Names, sizes and numbers of a session's files."""

from pathlib import Path

import pytest

from codewithme_ext.errors import InvalidInputError, LimitReachedError, TooLargeError
from codewithme_ext.interview.files import limits
from codewithme_ext.interview.files.limits import Usage, check_path, check_total, measure
from codewithme_ext.interview.files.service import Arrival
from factories import World


@pytest.mark.parametrize("inside", ["main.py", "src/main.py", "Übung 1.py", "日本語.txt", ".hidden", "a/b/c/d/e/f/g/h"])
def test_what_people_call_files_is_a_name(inside: str) -> None:
    check_path(inside)


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        ("two\nlines.py", "control"),
        ("bell\x07.py", "control"),
        ("a\u202egpj.py", "invisible"),
        ("zero\u200bwidth.py", "invisible"),
        (" leading.py", "space"),
        ("folder /x.py", "space"),
        ("x" * 201, "too long"),
        ("/".join(["folder"] * 9), "nested"),
        ("/".join(["x" * 100] * 3), "too long"),
    ],
)
def test_what_would_deceive_or_not_fit_is_none(inside: str, word: str) -> None:
    with pytest.raises(InvalidInputError, match=word):
        check_path(inside)


def test_a_folder_is_measured_with_all_that_is_in_it_but_not_behind_links(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.py").write_bytes(b"x" * 10)
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "main.py").write_bytes(b"x" * 1000)
    (tmp_path / "outside").write_bytes(b"x" * 5000)
    (folder / "link").symlink_to(tmp_path / "outside")
    found = measure(folder)
    assert found.entries == 3
    assert found.size_bytes < 1000
    assert measure(folder / "nothing") == Usage()


def test_one_file_too_many_is_refused_and_overwriting_one_is_not() -> None:
    full = Usage(entries=limits.MAX_FILES, size_bytes=10)
    with pytest.raises(LimitReachedError, match="200 files"):
        check_total(full, Usage(1, 0))
    check_total(full, Usage(0, 10))
    with pytest.raises(LimitReachedError, match="bytes"):
        check_total(Usage(1, limits.MAX_SESSION_BYTES), Usage(0, 1))


async def test_a_large_file_is_refused_as_a_whole_and_piece_by_piece(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    files, most = world.services.files, world.services.settings.max_file_size
    with pytest.raises(TooLargeError, match=str(most)):
        await files.check(Arrival(session.id, "big.bin", most + 1))
    there = world.services.settings.files_dir / session.folder / "big.bin"
    there.write_bytes(b"x" * (most - 10))
    assert not await files.check(Arrival(session.id, "big.bin", 10, is_more=True))
    with pytest.raises(TooLargeError):
        await files.check(Arrival(session.id, "big.bin", 11, is_more=True))
    assert not await files.check(Arrival(session.id, "big.bin", most))
