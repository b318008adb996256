"""The shapes of the wire, as the front end's types are generated from them."""

from pathlib import Path

from codewithme_ext.wire_schema import wire_text

KEPT = Path(__file__).parents[2] / "schema" / "api" / "wire.json"


def test_the_schema_in_the_repository_is_that_of_the_models() -> None:
    assert KEPT.read_text() == wire_text(), "run: python -m codewithme_ext.wire_schema schema/api/wire.json"
