"""What every shape on the wire has in common: nothing unknown is accepted, and text is clean."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from unicodedata import category
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from ..errors import FieldProblem, InvalidInputError, NotFoundError

_TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make what stands around them read in another order: a name with them passes for another one."""


class Shape(BaseModel):
    """Base of requests and answers; unknown fields are an error rather than silence."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        serialize_by_alias=True,
        validate_by_name=True,
        use_attribute_docstrings=True,
    )


def _without_nul(text: str) -> str:
    # PostgreSQL cannot store NUL, and no person types it.
    if "\x00" in text:
        raise PydanticCustomError("nul_character", "must not contain the NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("lone_surrogate", "must be valid Unicode text") from None
    return text


def _on_one_line(text: str) -> str:
    if any(category(character) in ("Cc", "Zl", "Zp") or character in _TURNS_TEXT for character in text):
        raise PydanticCustomError("control_character", "must be a single line without control characters")
    return text


def _seen(text: str) -> str:
    if not any(category(character)[0] in "LNPS" for character in text):
        raise PydanticCustomError("nothing_to_see", "must have a letter, a digit or a sign that can be seen")
    return text


def _in_digits(text: Any) -> Any:
    # Python also reads "1_000", " 7 " and the digits of other scripts as numbers.
    if isinstance(text, str) and not (text.isascii() and text.isdigit() and len(text) < 18):
        raise PydanticCustomError("whole_number", "must be a whole number, written in digits")
    return text


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("moment", "must be a time that UTC has, too") from None


Text = Annotated[str, AfterValidator(_without_nul)]
InDigits = BeforeValidator(_in_digits)
"""For whole numbers in an address."""
Sequence = Annotated[int, Field(ge=0, le=2**31 - 1), InDigits]
"""A place in a session's activity; PostgreSQL compares it with no larger number."""
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time with its zone, in UTC from here on."""
Cursor = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
"""The `next` of a page, as `after` of the following one."""
Line = Annotated[
    str, StringConstraints(strip_whitespace=True), AfterValidator(_without_nul), AfterValidator(_on_one_line)
]
PersonName = Annotated[Line, StringConstraints(min_length=1, max_length=100), AfterValidator(_seen)]
Title = Annotated[Line, StringConstraints(min_length=1, max_length=200), AfterValidator(_seen)]
Password = Annotated[Text, StringConstraints(min_length=8, max_length=1024)]
SessionPassword = Annotated[Text, StringConstraints(min_length=1, max_length=1024)]
Markdown = Annotated[Text, StringConstraints(max_length=100_000)]
S = TypeVar("S", bound="Shape")
LanguageId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,31}$")]


def parse(shape: type[S], data: Any) -> S:
    """`data` as `shape`. Raises InvalidInputError that names each field and what it must be."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        problems = [
            FieldProblem(".".join(str(part) for part in detail["loc"]) or "body", detail["msg"])
            for detail in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        named = ", ".join(dict.fromkeys(problem.field for problem in problems))
        raise InvalidInputError(f"Some of this cannot be used: {named}. See errors for each.", problems) from error


def known_id(text: str, what: str) -> str:
    """`text` as a canonical UUID. Raises NotFoundError as for a missing row: no id is ever told from a malformed one."""
    try:
        return str(UUID(text))
    except (ValueError, AttributeError, TypeError):
        raise NotFoundError(f"There is no such {what}.") from None
