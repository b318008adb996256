"""Which image a word means, and what an image is made from."""

import pytest

from codewithme_sandbox import recipes
from codewithme_sandbox.job import SandboxError
from codewithme_sandbox.languages import all_languages


def test_a_word_may_be_a_language_or_an_image_and_counts_once() -> None:
    assert recipes.images_for(["java", "Kotlin", "C#", "jvm", "python"]) == ["jvm", "mono", "core"]


def test_all_is_every_image_with_the_core_image_first() -> None:
    images = recipes.images_for(["all"])
    assert images[0] == "core"
    assert set(images) == {language.image for language in all_languages().values()}


def test_an_unknown_word_is_refused_with_what_there_is() -> None:
    with pytest.raises(SandboxError, match=r"cobol.*jvm") as caught:
        recipes.images_for(["java", "../core"])
    assert caught.value.code == "unknown_image"


def test_an_image_means_all_its_languages() -> None:
    assert [language.id for language in recipes.languages_for(["gnu", "ruby"])] == ["ruby", "cobol", "fortran"]
    assert len(recipes.languages_for(["all"])) == len(all_languages())


def test_every_image_is_labelled_with_its_own_name_while_it_is_built() -> None:
    for image in recipes.image_names():
        recipe = recipes.sources(image)["Dockerfile"].decode()
        assert f"LABEL codewithme.stage={image}" in recipe or "host/" not in recipe


def test_only_dart_stands_on_an_image_of_somebody_else() -> None:
    foreign = {image: recipes.upstream(image) for image in recipes.image_names() if recipes.upstream(image)}
    assert foreign == {"dart": "dart:stable"}


def test_an_image_changes_with_what_it_takes_from_the_core_image_only(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {image: recipes.content_hash(image) for image in recipes.image_names()}
    sources = recipes.sources

    def changed(name: str) -> set[str]:
        def with_change(image: str) -> dict[str, bytes]:
            return sources(image) | ({name: b"changed"} if name in sources(image) else {})

        monkeypatch.setattr(recipes, "sources", with_change)
        return {image for image, content in before.items() if recipes.content_hash(image) != content}

    assert changed("warm/warm.py") == {"core"}
    assert changed("tools/quiet.sh") == {image for image in before if image not in ("jvm", "go", "dart")}
    assert changed("supervisor.c") == set(before)
