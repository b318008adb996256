"""How answers are written."""

import json

from pydantic import BaseModel

from codewithme_ext.rest.base import as_json


class Named(BaseModel):
    name: str


def test_a_name_that_is_no_unicode_is_answered_all_the_same() -> None:
    for name in ("Zoë", "a file \udcff"):
        assert json.loads(as_json(Named(name=name))) == {"name": name}
