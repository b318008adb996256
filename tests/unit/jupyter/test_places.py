"""Which session a contents path belongs to."""

from pathlib import Path

import pytest

from codewithme_ext.jupyter.files import Place, holds_links, leads_out, place_of
from codewithme_ext.jupyter.identity import initials

SESSION = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        (f"interviews/{SESSION}", ""),
        (f"/interviews/{SESSION}/", ""),
        (f"interviews/{SESSION}/main.py", "main.py"),
        (f"interviews/{SESSION}/a b/100%.txt", "a b/100%.txt"),
        (f"interviews/{SESSION}/..hidden", "..hidden"),
        (f"interviews/{SESSION}/a:b", "a:b"),
    ],
)
def test_a_path_in_a_folder_is_that_sessions(path: str, inside: str) -> None:
    assert place_of(path) == Place(SESSION, inside)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "interviews",
        "interviews/",
        f"interviews//{SESSION}",
        f"interviews/{SESSION}x",
        f"interviews/{SESSION.upper()}",
        f"interviews/{SESSION.replace('-', '')}",
        f"interviews/{{{SESSION}}}",
        f"interviews/{SESSION}/../other",
        f"interviews/{SESSION}/a/./b",
        f"interviews/{SESSION}/a//b",
        f"interviews/{SESSION}/%2e%2e/other",
        f"interviews/{SESSION}/%2E%2E%2Fother",
        f"interviews/{SESSION}/a%00b",
        f"interviews/{SESSION}/a%5cb",
        f"interviews/{SESSION}\\..\\other",
        f"interviews/{SESSION}/a\x00b",
        f"RTC:interviews/{SESSION}/main.py",
        f"C:/interviews/{SESSION}/main.py",
        f"Interviews/{SESSION}/main.py",
        f"%69nterviews/{SESSION}/main.py",
        f"../interviews/{SESSION}/main.py",
    ],
)
def test_a_path_that_could_be_read_in_two_ways_is_nobodys(path: str) -> None:
    assert place_of(path) is None


def test_links_are_followed_before_a_place_is_believed(tmp_path: Path) -> None:
    root = tmp_path / "files"
    folder = root / "interviews" / SESSION
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    sibling = root / "interviews" / f"{SESSION}-other"
    sibling.mkdir()
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "beside").symlink_to(sibling)
    (folder / "same").symlink_to(folder / "inner")
    (folder / "loop").symlink_to(folder / "loop")
    for inside, is_outside in {
        "": False,
        "inner": False,
        "not yet there/deep": False,
        "same": False,
        "out": True,
        "out/not yet there": True,
        "beside/x": True,
        "inner/../out": True,
    }.items():
        assert leads_out(root, Place(SESSION, inside)) is is_outside, inside
    assert holds_links(root, Place(SESSION, ""))
    assert not holds_links(root, Place(SESSION, "inner"))


def test_a_folder_that_is_a_link_itself_leads_out(tmp_path: Path) -> None:
    root = tmp_path / "files"
    (root / "interviews").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (root / "interviews" / SESSION).symlink_to(tmp_path / "outside")
    assert leads_out(root, Place(SESSION, ""))


def test_a_data_folder_behind_a_link_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "real" / "interviews" / SESSION).mkdir(parents=True)
    (tmp_path / "files").symlink_to(tmp_path / "real")
    assert not leads_out(tmp_path / "files", Place(SESSION, "main.py"))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada King Lovelace", "AL"), ("Ada", "A"), ("  ", "?"), ("", "?"), ("ada ada", "A"), ("ß", "SS")],
)
def test_initials_are_of_the_first_and_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters
