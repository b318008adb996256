"""The layouts of confined people, kept in memory."""

from codewithme_ext.jupyter.lab import MAX_WORKSPACES, MAX_WORKSPACES_OF_A_PERSON, KeptWorkspaces


def test_nobody_pushes_out_the_layouts_of_others() -> None:
    kept = KeptWorkspaces()
    kept.put("priya", "interview", "hers")
    for number in range(MAX_WORKSPACES + 10):
        kept.put("mallory", str(number), "x" * 10)
    assert kept.get("priya", "interview") == "hers"
    newest = [str(number) for number in range(MAX_WORKSPACES + 10)][-MAX_WORKSPACES_OF_A_PERSON:]
    assert all(kept.get("mallory", name) == "x" * 10 for name in newest)
    assert kept.get("mallory", "0") != "x" * 10


def test_a_layout_that_is_kept_again_is_the_newest() -> None:
    kept = KeptWorkspaces()
    for number in range(MAX_WORKSPACES_OF_A_PERSON):
        kept.put("priya", str(number), "first")
    kept.put("priya", "0", "again")
    kept.put("priya", "one more", "new")
    assert kept.get("priya", "0") == "again"
    assert kept.get("priya", "1") != "first"
