"""A program as clients send it: to be run, or to be judged by tests."""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from .wire import LanguageId, Shape, Text

Source = Annotated[Text, StringConstraints(max_length=1_000_000)]
FileName = Annotated[Text, StringConstraints(min_length=1, max_length=255)]


class Program(Shape):
    """One text in `code`, or several `files` with the `entry` to start; in a session, `entry` alone means the session's files."""

    language: LanguageId
    code: Source | None = None
    files: dict[FileName, Source] | None = None
    entry: FileName | None = None

    @property
    def text_of_entry(self) -> str:
        """What is started."""
        return self.files[self.entry] if self.files is not None and self.entry is not None else self.code or ""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if self.code is not None and self.files is not None:
            raise PydanticCustomError("one_source", "give either code or files, not both")
        if self.code is None and self.files is None and self.entry is None:
            raise PydanticCustomError("one_source", "give code, or files, or the entry among the session's files")
        if self.files is not None and self.entry not in self.files:
            raise PydanticCustomError("entry", "entry must be one of files")
        return self
